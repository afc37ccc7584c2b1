/** The wallet that is connected now, and sending from it. */

import { ClientError, SendingAccount, type Fee, type Message, type Receipt, type Signer, type WalletChain } from "@bithive/client";

import { network } from "../lib/chain.svelte";
import type { Config } from "../lib/config";
import { forget, keep, kept } from "../lib/storage";
import { KEPLR, LEAP, type Adapter, type Connected, type WalletKind } from "./wallet";

/** What a transaction waits for. */
export type Stage = "simulation" | "wallet" | "block";

const NAME = "bithive.wallet";

/** Adapters by kind; the development key's code is loaded when it is used. */
const ADAPTERS: Readonly<Record<WalletKind, Adapter>> = {
  keplr: KEPLR,
  leap: LEAP,
  development: {
    kind: "development",
    name: "Development key",
    isThere: () => network.config?.chain.kind === "embedded",
    async connect(chain) {
      const { connectDevelopment } = await import("./development");
      return connectDevelopment(chain.chainId);
    },
  },
};

export const WALLETS = Object.values(ADAPTERS);

class Purse {
  kind = $state<WalletKind | undefined>();
  address = $state<string | undefined>();
  account = $state.raw<SendingAccount | undefined>();
  /** The last transaction that took effect: what it came from may be gone by then. */
  last = $state.raw<Receipt | undefined>();
  /** Whether the wallet's panel is open. */
  open = $state(false);
  #connected: Connected | undefined;
  #changed: { event: string; listener: () => void } | undefined;

  get name(): string {
    return this.kind === undefined ? "" : ADAPTERS[this.kind].name;
  }

  /** Connects a wallet. @throws ClientError */
  async connect(kind: WalletKind): Promise<void> {
    const { config, chain } = network;
    if (config === undefined || chain === undefined) {
      throw network.problem ?? new ClientError({ kind: "node_down", url: location.origin, reason: "it has not answered yet" });
    }
    const adapter = ADAPTERS[kind];
    const connected = await adapter.connect(walletChain(config));
    const account = await SendingAccount.connect(chain, connected, { feeDenom: config.chain.feeDenom, gasPrice: config.chain.gasPrice });
    this.disconnect();
    this.#connected = connected;
    [this.kind, this.address, this.account] = [kind, account.address, account];
    keep(NAME, kind);
    if (adapter.changed !== undefined) {
      // The reader chose another account in the wallet: the page shows that one, and asks again if it may.
      const listener = () => void this.connect(kind).catch(() => this.disconnect());
      window.addEventListener(adapter.changed, listener);
      this.#changed = { event: adapter.changed, listener };
    }
  }

  /** Connects the wallet of the last visit, where that asks the reader nothing new. */
  async again(): Promise<void> {
    const kind = kept(NAME);
    if (kind === "keplr" || kind === "leap" || kind === "development") {
      // Without it the page is the public view; the panel says what is wrong when the reader connects.
      await this.connect(kind).catch(() => undefined);
    }
  }

  disconnect(): void {
    if (this.#changed !== undefined) {
      window.removeEventListener(this.#changed.event, this.#changed.listener);
      this.#changed = undefined;
    }
    this.#connected = undefined;
    [this.kind, this.address, this.account] = [undefined, undefined, undefined];
    forget(NAME);
  }

  /** What messages would cost. @throws ClientError The error that they would fail with; nothing is spent. */
  simulate(messages: readonly Message[]): Promise<Fee> {
    return this.#own().simulate(messages);
  }

  /**
   * Sends messages in one transaction. Tabs of this browser wait for each other: two at once would take the same sequence. `before` is run
   * when it is this tab's turn: what it throws stops it.
   *
   * @throws ClientError `spent` says what it has cost.
   */
  async send(messages: readonly Message[], told: (stage: Stage) => void, before?: () => Promise<void>): Promise<Receipt> {
    const { chain, config } = network;
    const connected = this.#connected;
    if (connected === undefined || chain === undefined || config === undefined) {
      throw new ClientError({ kind: "wallet_missing", wallet: this.name || "a wallet" });
    }
    const signer: Signer = {
      getAccount: () => connected.getAccount(),
      async signDirect(address, document) {
        told("wallet");
        const signed = await connected.signDirect(address, document);
        told("block");
        return signed;
      },
    };
    const options = { feeDenom: config.chain.feeDenom, gasPrice: config.chain.gasPrice };
    const account = await SendingAccount.connect(chain, signer, options);
    if (account.address !== this.address) {
      throw new ClientError({ kind: "wallet_key_changed", expected: this.address ?? "", got: account.address });
    }
    const send = async () => {
      told("simulation");
      await before?.();
      return account.send(messages);
    };
    try {
      const sent = navigator.locks === undefined ? send() : navigator.locks.request(`bithive.send.${account.address}`, send);
      return (this.last = await sent);
    } finally {
      network.look();
    }
  }

  /** Signs a text that is no transaction. @throws ClientError */
  signArbitrary(text: string): Promise<Uint8Array> {
    if (this.#connected === undefined) {
      throw new ClientError({ kind: "wallet_missing", wallet: "a wallet" });
    }
    return this.#connected.signArbitrary(text);
  }

  #own(): SendingAccount {
    if (this.account === undefined) {
      throw new ClientError({ kind: "wallet_missing", wallet: "a wallet" });
    }
    return this.account;
  }
}

function walletChain({ chain }: Config): WalletChain {
  return {
    chainId: chain.id,
    name: "BitHive",
    rpc: new URL("/rpc", location.origin).href,
    rest: new URL("/rest", location.origin).href,
    feeDenom: chain.feeDenom,
    feeSymbol: "BEE",
    feeDecimals: 6,
    gasPrice: Number(chain.gasPrice),
  };
}

export const purse = new Purse();
