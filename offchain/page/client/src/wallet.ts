/** Who signs: a wallet in the browser, or whatever else has these two methods. */

import { addressOf, checkAddress } from "./address.js";
import { fromBase64, sameBytes } from "./bytes.js";
import { ClientError } from "./errors.js";
import type { Document, Signed } from "./tx.js";

/** An account that a signer signs for. */
export interface SignerAccount {
  address: string;
  /** Compressed secp256k1 key, 33 bytes. */
  publicKey: Uint8Array;
}

/** Signs documents in SIGN_MODE_DIRECT. */
export interface Signer {
  /** The account that is chosen now. */
  getAccount(): Promise<SignerAccount>;
  /** Signs. What comes back is what was signed: the user may have changed fee or memo. */
  signDirect(address: string, document: Document): Promise<Signed>;
}

/** What is used of `window.keplr`; Leap's `window.leap` has the same. */
export interface Keplr {
  enable(chainId: string): Promise<void>;
  experimentalSuggestChain?(chainInfo: unknown): Promise<void>;
  getKey(chainId: string): Promise<{ bech32Address: string; pubKey: Uint8Array; isNanoLedger?: boolean; isKeystone?: boolean }>;
  signDirect(
    chainId: string,
    signer: string,
    document: {
      bodyBytes: Uint8Array;
      authInfoBytes: Uint8Array;
      chainId: string;
      // A `Long` of the package of that name in the wallet's own types, of which it uses `toString`.
      accountNumber: never;
    },
  ): Promise<{
    signed: { bodyBytes: Uint8Array; authInfoBytes: Uint8Array; chainId: string; accountNumber: { toString(): string } };
    signature: { pub_key: { value: string }; signature: string };
  }>;
}

/** What a wallet has to know of a chain. */
export interface WalletChain {
  chainId: string;
  /** What the wallet calls it. */
  name: string;
  /** Absolute URLs that the wallet itself asks. */
  rpc: string;
  rest: string;
  feeDenom: string;
  /** Ticker and decimals of the fee's denomination. */
  feeSymbol: string;
  feeDecimals: number;
  /** Price of a unit of gas, like 0.025. */
  gasPrice: number;
}

/** The chain in the form of `experimentalSuggestChain`. */
export function suggestion(chain: WalletChain): object {
  const currency = { coinDenom: chain.feeSymbol, coinMinimalDenom: chain.feeDenom, coinDecimals: chain.feeDecimals };
  const prefixes = Object.entries({ Acc: "", Val: "valoper", Cons: "valcons" }).flatMap(([name, suffix]) => [
    [`bech32Prefix${name}Addr`, `bithive${suffix}`],
    [`bech32Prefix${name}Pub`, `bithive${suffix}pub`],
  ]);
  const gasPriceStep = { low: chain.gasPrice, average: chain.gasPrice, high: chain.gasPrice * 2 };
  return {
    chainId: chain.chainId,
    chainName: chain.name,
    rpc: chain.rpc,
    rest: chain.rest,
    bip44: { coinType: 118 },
    bech32Config: Object.fromEntries(prefixes),
    currencies: [currency],
    feeCurrencies: [{ ...currency, gasPriceStep }],
    features: ["cosmwasm"],
  };
}

/**
 * The account that Keplr, or a wallet of its form, has for a chain. Asks the user for access, and to add the chain where
 * the wallet does not know it.
 *
 * @throws ClientError `wallet_missing`, `wallet_rejected`, `wallet_signs_amino_only`, `wallet_failed`.
 */
export async function connectKeplr(keplr: Keplr | undefined, chain: WalletChain, wallet = "Keplr"): Promise<Signer> {
  if (keplr === undefined) {
    throw new ClientError({ kind: "wallet_missing", wallet });
  }
  try {
    await keplr.experimentalSuggestChain?.(suggestion(chain));
    await keplr.enable(chain.chainId);
  } catch (error) {
    throw walletError(error, wallet);
  }
  const signer = new KeplrSigner(keplr, chain.chainId, wallet);
  await signer.getAccount();
  return signer;
}

class KeplrSigner implements Signer {
  readonly #keplr: Keplr;
  readonly #chainId: string;
  readonly #wallet: string;

  constructor(keplr: Keplr, chainId: string, wallet: string) {
    this.#keplr = keplr;
    this.#chainId = chainId;
    this.#wallet = wallet;
  }

  async getAccount(): Promise<SignerAccount> {
    const key = await this.#guarded(() => this.#keplr.getKey(this.#chainId));
    if (key.isNanoLedger === true) {
      throw new ClientError({ kind: "wallet_signs_amino_only", wallet: this.#wallet });
    }
    const publicKey = Uint8Array.from(key.pubKey);
    checkAddress(key.bech32Address);
    if (addressOf(publicKey) !== key.bech32Address) {
      throw this.#failed(`its key is not that of ${key.bech32Address}`);
    }
    return { address: key.bech32Address, publicKey };
  }

  async signDirect(address: string, document: Document): Promise<Signed> {
    const { bodyBytes, authInfoBytes, chainId } = document;
    // The wallet takes a falsy account number for none, and 0n is falsy: an object is not.
    const accountNumber = Object(document.accountNumber) as never;
    const account = await this.getAccount();
    if (account.address !== address) {
      throw new ClientError({ kind: "wallet_key_changed", expected: address, got: account.address });
    }
    const { signed, signature } = await this.#guarded(() =>
      this.#keplr.signDirect(this.#chainId, address, { bodyBytes, authInfoBytes, chainId, accountNumber }));
    if (signed.chainId !== chainId || signed.accountNumber.toString() !== document.accountNumber.toString()) {
      throw new ClientError({ kind: "wallet_changed_transaction", part: "chain or account number" });
    }
    const key = fromBase64(signature.pub_key.value);
    if (!sameBytes(key, account.publicKey)) {
      throw new ClientError({ kind: "wallet_key_changed", expected: address, got: addressOf(key) });
    }
    return {
      bodyBytes: Uint8Array.from(signed.bodyBytes),
      authInfoBytes: Uint8Array.from(signed.authInfoBytes),
      signature: fromBase64(signature.signature),
    };
  }

  async #guarded<T>(ask: () => Promise<T>): Promise<T> {
    try {
      return await ask();
    } catch (error) {
      throw walletError(error, this.#wallet);
    }
  }

  #failed(reason: string): ClientError {
    return new ClientError({ kind: "wallet_failed", wallet: this.#wallet, reason });
  }
}

/** Wallets have no codes for errors, only words. */
function walletError(error: unknown, wallet: string): ClientError {
  const reason = error instanceof Error ? error.message : String(error);
  return /reject|denied|declined|cancell?ed/i.test(reason)
    ? new ClientError({ kind: "wallet_rejected", wallet })
    : new ClientError({ kind: "wallet_failed", wallet, reason: reason.slice(0, 256) });
}
