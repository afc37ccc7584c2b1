/** What contracts announce in transactions. */

import { ClientError } from "./errors.js";

/** An event as the chain reports it. */
export interface Event {
  /** Like `wasm-job_posted`. */
  kind: string;
  attributes: readonly { key: string; value: string }[];
}

/** Before the type of every event that a contract names; the chain puts it there. */
const NAMED = "wasm-";
/** Type of the event that has a contract's attributes of no event of its own, like those of cw20. */
const UNNAMED = "wasm";
/** Attribute with the contract's address, which only the chain can set. */
const CONTRACT = "_contract_address";

/**
 * The events of the contract at `contract`, in their order. Nobody else can write them.
 *
 * @param kind The contract's name of them, like `job_posted`; left out for those without a name.
 */
export function eventsOf(events: Iterable<Event>, contract: string, kind?: string): ContractEvent[] {
  const wanted = kind === undefined ? UNNAMED : NAMED + kind;
  return [...events]
    .filter((event) => event.kind === wanted)
    .map((event) => new ContractEvent(event))
    .filter((event) => event.get(CONTRACT) === contract);
}

/** An event whose attributes are read by their names. */
export class ContractEvent {
  readonly kind: string;
  readonly #attributes: Map<string, string>;

  constructor({ kind, attributes }: Event) {
    this.kind = kind;
    // The first one of each name, as the programs of BitHive read them.
    this.#attributes = new Map(attributes.map(({ key, value }) => [key, value] as const).reverse());
  }

  /** The value of an attribute, if it is there. */
  get(key: string): string | undefined {
    return this.#attributes.get(key);
  }

  /** @throws ClientError `unreadable`: there is no such attribute. */
  text(key: string): string {
    const value = this.get(key);
    if (value === undefined) {
      throw this.#wrong(key, "it is not there");
    }
    return value;
  }

  /** A number of at most 64 bits. @throws ClientError `unreadable`. */
  u64(key: string): bigint {
    return this.#integer(key, 64n);
  }

  /** An amount in base units. @throws ClientError `unreadable`. */
  amount(key: string): bigint {
    return this.#integer(key, 128n);
  }

  /** Addresses joined by commas. @throws ClientError `unreadable`. */
  addresses(key: string): string[] {
    const value = this.text(key);
    return value === "" ? [] : value.split(",");
  }

  #integer(key: string, bits: bigint): bigint {
    const text = this.text(key);
    if (!/^[0-9]{1,39}$/.test(text) || BigInt(text) >= 1n << bits) {
      throw this.#wrong(key, `${JSON.stringify(text.slice(0, 64))}, expected a number below 2^${bits}`);
    }
    return BigInt(text);
  }

  #wrong(key: string, reason: string): ClientError {
    return new ClientError({ kind: "unreadable", what: `attribute ${key} of event ${this.kind}`, reason });
  }
}
