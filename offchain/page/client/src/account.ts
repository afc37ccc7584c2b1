/** Sending transactions: simulate, sign, broadcast, wait for a block. */

import { checkAddress } from "./address.js";
import { sameBytes } from "./bytes.js";
import type { Chain, TxResult } from "./chain.js";
import { contractOf, type Message } from "./contract.js";
import { ClientError, type Coin } from "./errors.js";
import type { Event } from "./events.js";
import { txError, type Outline } from "./failure.js";
import { assemble, document, feeFor, unsigned, type Document, type Fee, type SignedTx } from "./tx.js";
import type { Signer, SignerAccount } from "./wallet.js";

/** What transactions pay, and how long they are waited for. */
export interface AccountOptions {
  /** Denomination of fees. Default `ubee`. */
  feeDenom?: string;
  /** Price of a unit of gas. Default `0.025`. It comes from here and never from a server, which could ask for everything. */
  gasPrice?: string;
  /** Greatest gas that a simulation may lead to. Default 100,000,000. */
  gasCap?: bigint;
  /** Milliseconds until a block has to have a transaction. Default 60,000. */
  confirm?: number;
  /** Milliseconds between two questions for it. Default 500. */
  poll?: number;
}

/** How one transaction is sent. */
export interface SendOptions {
  /** Public text of at most 256 bytes. */
  memo?: string;
  /** In place of what a simulation gives. */
  fee?: Fee;
  /** Last height at which a block may include it. */
  timeoutHeight?: bigint;
  /** Ends the wait. What was handed to the server by then may take effect. */
  signal?: AbortSignal;
}

/** A transaction whose messages took effect. */
export interface Receipt {
  hash: string;
  height: bigint;
  gasUsed: bigint;
  gasLimit: bigint;
  /** What was paid, which is what the wallet signed. */
  fee: readonly Coin[];
  /** Whether the wallet signed another fee or memo than it was asked to. */
  changedByWallet: boolean;
  events: readonly Event[];
}

/** What is simulated with: a fee's transfer costs gas as well, so there is one. */
const SIMULATED_GAS = 1n;
/** A gas limit is the simulated gas times 13/10, because simulation sees a smaller fee and another block. */
const GAS_MARGIN = [13n, 10n] as const;

/** An account that sends transactions, one after another. */
export class SendingAccount {
  readonly address: string;
  readonly #publicKey: Uint8Array;
  readonly #chain: Chain;
  readonly #signer: Signer;
  readonly #options: Required<AccountOptions>;
  /** Ends when the transaction before has ended, however: two at once would take the same sequence. */
  #before: Promise<unknown> = Promise.resolve();

  private constructor(chain: Chain, signer: Signer, account: SignerAccount, options: AccountOptions) {
    this.address = checkAddress(account.address);
    this.#publicKey = account.publicKey;
    this.#chain = chain;
    this.#signer = signer;
    this.#options = { feeDenom: "ubee", gasPrice: "0.025", gasCap: 100_000_000n, confirm: 60_000, poll: 500, ...options };
  }

  /** The account that a signer has now. */
  static async connect(chain: Chain, signer: Signer, options: AccountOptions = {}): Promise<SendingAccount> {
    return new SendingAccount(chain, signer, await signer.getAccount(), options);
  }

  /**
   * The fee that {@link send} would propose for these messages.
   *
   * @throws ClientError The error that they would fail with; nothing is spent.
   */
  async simulate(messages: readonly Message[], options: SendOptions = {}): Promise<Fee> {
    const { feeDenom, gasPrice, gasCap } = this.#options;
    const simulated = feeFor(SIMULATED_GAS, gasPrice, feeDenom);
    const asked = await this.#document(messages, simulated, options);
    const used = await this.#chain.simulate(unsigned(asked.document), this.#outline(messages, asked.sequence, simulated),
      signalOf(options));
    if (used > gasCap) {
      throw new ClientError({ kind: "gas_above_cap", cap: gasCap, used });
    }
    const gasLimit = (used * GAS_MARGIN[0]) / GAS_MARGIN[1];
    return feeFor(gasLimit > gasCap ? gasCap : gasLimit, gasPrice, feeDenom);
  }

  /**
   * Sends messages in one transaction: all take effect or none does. Simulates it before the wallet is asked, sends the
   * bytes that the wallet gives back, and waits for the block that has them.
   *
   * @throws ClientError `spent` says what it has cost.
   */
  send(messages: readonly Message[], options: SendOptions = {}): Promise<Receipt> {
    const sent = this.#before.then(() => this.#send(messages, options));
    this.#before = sent.catch(() => undefined);
    return sent;
  }

  async #send(messages: readonly Message[], options: SendOptions): Promise<Receipt> {
    const fee = options.fee ?? (await this.simulate(messages, options));
    const { document: asked, sequence } = await this.#document(messages, fee, options);
    const signed = assemble(asked, await this.#signer.signDirect(this.address, asked));
    const outline = { ...this.#outline(messages, sequence, signed.fee), bytes: signed.bytes.length };
    const result = await this.#broadcast(signed, outline, options.signal);
    if (result.failure !== undefined) {
      throw txError(result.failure, outline, "fee");
    }
    const { hash, height, gasUsed, events } = result;
    const isAsFee = (other: Fee) => other.gasLimit === fee.gasLimit && sameCoins(other.amount, fee.amount);
    const changedByWallet = !isAsFee(signed.fee) || signed.memo !== (options.memo ?? "");
    return { hash, height, gasUsed, gasLimit: signed.fee.gasLimit, fee: signed.fee.amount, changedByWallet, events };
  }

  async #document(messages: readonly Message[], fee: Fee, options: SendOptions): Promise<{ document: Document; sequence: bigint }> {
    const account = await this.#chain.account(this.address, signalOf(options));
    const context = {
      chainId: this.#chain.chainId,
      accountNumber: account.number,
      sequence: account.sequence,
      publicKey: this.#publicKey,
      fee,
      memo: options.memo,
      timeoutHeight: options.timeoutHeight,
    };
    return { document: document(messages, context), sequence: account.sequence };
  }

  #outline(messages: readonly Message[], sequence: bigint, fee: Fee): Outline {
    const contracts = messages.map(contractOf);
    const { chainId } = this.#chain;
    return { chainId, sender: this.address, sequence, gasLimit: fee.gasLimit, fee: fee.amount[0], contracts, bytes: 0 };
  }

  /**
   * Hands over, and waits for the block. Without an answer the same bytes go once more: a chain takes them at most once.
   * From then on a refusal may come from the first time, so only a block tells.
   */
  async #broadcast(tx: SignedTx, outline: Outline, signal: AbortSignal | undefined): Promise<TxResult> {
    const offer = async () => {
      try {
        return await this.#chain.handOver(tx.bytes, outline, { signal });
      } catch (error) {
        if (!(error instanceof ClientError) || error.kind === "aborted") {
          throw this.#unconfirmed(tx, error);
        }
        return error.after("unknown");
      }
    };
    let said = await offer();
    if (said instanceof ClientError && said.spent === "unknown") {
      const again = await offer();
      said = again instanceof ClientError ? again.after("unknown") : again;
    }
    if (said instanceof ClientError && said.spent === "nothing") {
      throw said;
    }
    return this.#confirm(tx, said instanceof ClientError ? said.what : "no block has it", signal);
  }

  async #confirm(tx: SignedTx, said: string, signal: AbortSignal | undefined): Promise<TxResult> {
    const { confirm, poll } = this.#options;
    const end = Date.now() + confirm;
    let reason = said;
    for (;;) {
      try {
        const result = await this.#chain.tx(tx.hash, { signal });
        if (result !== undefined) {
          return result;
        }
        reason = said;
      } catch (error) {
        // What is wrong with this answer is no answer about the transaction.
        reason = error instanceof ClientError ? error.what : String(error);
      }
      if (Date.now() >= end || signal?.aborted) {
        throw this.#unconfirmed(tx, reason);
      }
      await sleep(poll, signal);
    }
  }

  #unconfirmed({ hash }: SignedTx, reason: unknown): ClientError {
    const text = reason instanceof ClientError ? reason.what : String(reason);
    return new ClientError({ kind: "unconfirmed", hash, reason: text }, "unknown");
  }

  /**
   * Checks that the signer's account is still the one that was connected.
   *
   * @throws ClientError `wallet_key_changed`.
   */
  async checkSigner(): Promise<void> {
    const { address, publicKey } = await this.#signer.getAccount();
    if (address !== this.address || !sameBytes(publicKey, this.#publicKey)) {
      throw new ClientError({ kind: "wallet_key_changed", expected: this.address, got: address });
    }
  }
}

function signalOf({ signal }: SendOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

function sameCoins(one: readonly Coin[], other: readonly Coin[]): boolean {
  return one.length === other.length
    && one.every((coin, index) => coin.denom === other[index]?.denom && coin.amount === other[index]?.amount);
}

function sleep(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal?.addEventListener("abort", done);
  });
}
