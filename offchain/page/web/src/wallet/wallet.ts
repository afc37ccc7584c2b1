/** Who signs for the reader: one small interface, and an adapter for each wallet. */

import { connectKeplr, ClientError, fromBase64, toUtf8, type Keplr, type Signer, type WalletChain } from "@bithive/client";

export type WalletKind = "keplr" | "leap" | "development";

/** A wallet that the reader has connected. */
export interface Connected extends Signer {
  /** Signs a text in the form of ADR-36, which is no transaction: 64 bytes. */
  signArbitrary(text: string): Promise<Uint8Array>;
}

/** A wallet that can be connected. */
export interface Adapter {
  readonly kind: WalletKind;
  /** What it calls itself. */
  readonly name: string;
  /** Where it can be had, if it is not there. */
  readonly website?: string;
  /** Event of the window by which it says that the reader has chosen another account. */
  readonly changed?: string;
  isThere(): boolean;
  /** @throws ClientError says what was wrong, and what to do. */
  connect(chain: WalletChain): Promise<Connected>;
}

/** What is used of a wallet of Keplr's form beyond what the client uses. */
interface KeplrForm extends Keplr {
  signArbitrary(chainId: string, signer: string, text: string): Promise<{ signature: string }>;
}

declare global {
  interface Window {
    keplr?: KeplrForm;
    leap?: KeplrForm;
  }
}

function keplrForm(kind: "keplr" | "leap", name: string, website: string): Adapter {
  return {
    kind,
    name,
    website,
    changed: `${kind}_keystorechange`,
    isThere: () => window[kind] !== undefined,
    async connect(chain) {
      const wallet = window[kind];
      const signer = await connectKeplr(wallet, chain, name);
      if (wallet === undefined) {
        throw new ClientError({ kind: "wallet_missing", wallet: name });
      }
      return {
        getAccount: () => signer.getAccount(),
        signDirect: (address, document) => signer.signDirect(address, document),
        async signArbitrary(text) {
          const { address } = await signer.getAccount();
          try {
            return fromBase64((await wallet.signArbitrary(chain.chainId, address, text)).signature);
          } catch (error) {
            if (error instanceof ClientError) {
              throw error;
            }
            const reason = error instanceof Error ? error.message : String(error);
            throw /reject|denied|declined|cancell?ed/i.test(reason)
              ? new ClientError({ kind: "wallet_rejected", wallet: name })
              : new ClientError({ kind: "wallet_failed", wallet: name, reason: reason.slice(0, 256) });
          }
        },
      };
    },
  };
}

export const KEPLR: Adapter = keplrForm("keplr", "Keplr", "https://www.keplr.app/");
export const LEAP: Adapter = keplrForm("leap", "Leap", "https://www.leapwallet.io/");

/** The bytes that ADR-36 signs for a text: an amino document of no chain, with its names in order and no white space. */
export function arbitraryBytes(address: string, text: string): Uint8Array {
  const bytes = toUtf8(text);
  const data = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return toUtf8(JSON.stringify({
    account_number: "0",
    chain_id: "",
    fee: { amount: [], gas: "0" },
    memo: "",
    msgs: [{ type: "sign/MsgSignData", value: { data, signer: address } }],
    sequence: "0",
  }));
}
