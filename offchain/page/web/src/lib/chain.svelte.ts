/** The chain behind this page: connected once, watched block by block, asked in batches. */

import { Chain, ClientError, type SmartQuery } from "@bithive/client";
import { untrack } from "svelte";

import { Batch, Heights } from "./batch";
import { readConfig, type Config } from "./config";

/** Milliseconds between two looks at the height. */
const EVERY = 2_000;
/** After a failure the next look comes later, up to this. */
const AT_MOST = 30_000;

class Network {
  /** What the server said about itself; nothing before it did. */
  config = $state.raw<Config | undefined>();
  chain = $state.raw<Chain | undefined>();
  height = $state(0n);
  /** Time of the last block, in Unix seconds: deadlines are compared with the chain's clock, not with this machine's. */
  time = $state(0n);
  /** Why nothing new can be shown; what is shown is of {@link height}. */
  problem = $state.raw<unknown>();

  readonly #heights = new Heights();
  #wait = EVERY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Connects, and watches until the page is closed. */
  start(): void {
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) {
        this.look();
      }
    });
    void this.#look();
  }

  /** Looks at once, not only when it is time: after a transaction, or when the reader asks. */
  look(): void {
    clearTimeout(this.#timer);
    this.#wait = EVERY;
    void this.#look();
  }

  /** Address of a contract, if this network has it. */
  at(contract: string): string | undefined {
    return this.config?.contracts[contract];
  }

  /** Queries that are answered from one height. */
  batch(signal?: AbortSignal): SmartQuery & { readonly height: bigint } {
    return new Batch("/x/batch", this.#heights, signal === undefined ? {} : { signal });
  }

  async #look(): Promise<void> {
    try {
      this.config ??= await fetchConfig();
      this.chain ??= await Chain.connect("/rpc", { chainId: this.config.chain.id });
      const status = await this.chain.status();
      const time = BigInt(Math.floor(Date.parse(status.time) / 1000) || 0);
      if (status.height !== this.height) {
        this.height = status.height;
        this.time = time;
      }
      this.problem = undefined;
      this.#wait = EVERY;
    } catch (error) {
      this.problem = error;
      this.#wait = Math.min(this.#wait * 2, AT_MOST);
    }
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      // What nobody looks at is not asked for.
      if (!document.hidden) {
        void this.#look();
      }
    }, this.#wait);
  }
}

async function fetchConfig(): Promise<Config> {
  let response: Response;
  try {
    response = await fetch("/config.json", { cache: "no-store", credentials: "omit", redirect: "error", signal: AbortSignal.timeout(10_000) });
  } catch (error) {
    throw new ClientError({ kind: "node_down", url: location.origin, reason: error instanceof Error ? error.message : "no answer" });
  }
  if (!response.ok) {
    throw new ClientError({ kind: "node_down", url: location.origin, reason: `HTTP status ${response.status}` });
  }
  return readConfig(new Uint8Array(await response.arrayBuffer()));
}

export const network = new Network();

/** Something read from the chain, again at each height. */
export class Watched<T> {
  value = $state.raw<T | undefined>();
  problem = $state.raw<unknown>();
  /** Height that the value is of. */
  height = $state(0n);

  /**
   * Reads at each new height while the component lives; and at once when `question` changes, which is reactive. An answer
   * to an earlier question is dropped; a slow answer to the same one is taken, unless a later one is there.
   */
  constructor(load: (chain: SmartQuery, signal: AbortSignal) => Promise<T>, question: () => unknown = () => undefined) {
    let asked: { question: unknown; stop: AbortController } | undefined;
    let [turn, shown] = [0, 0];
    $effect(() => {
      const current = question();
      if (network.height === 0n) {
        return;
      }
      if (asked === undefined || asked.question !== current) {
        asked?.stop.abort();
        asked = { question: current, stop: new AbortController() };
        this.value = undefined;
      }
      const own = (turn += 1);
      const { stop } = asked;
      const batch = network.batch(stop.signal);
      untrack(() => load(batch, stop.signal)).then(
        (value) => {
          if (!stop.signal.aborted && own > shown) {
            shown = own;
            this.value = value;
            this.height = batch.height;
            this.problem = undefined;
          }
        },
        (error: unknown) => {
          if (!stop.signal.aborted && own > shown) {
            this.problem = error;
          }
        },
      );
    });
    $effect(() => () => asked?.stop.abort());
  }
}
