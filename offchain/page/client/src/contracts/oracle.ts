// Written by gen/generate.mjs from schema/oracle/; not to be edited.

import {
  binary, bool, hexBinary, list, literal, nullable, object, optional, text, u16, u32, u64, u8, uint128, uint64, variants, type Codec, type Addr, type Binary, type HexBinary, type Timestamp, type Uint128,
} from "../codec.js";
import { ask, call, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Creates the contract, without feeds. */
export interface InstantiateMsg {
  /** The contract's owner (governance), a bech32 address. */
  owner: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  owner: text,
});

/** What a feed is for. */
export type Category =
  /** What a coin or token is exchanged for. */
  | "exchange_rate"
  /** What an asset is worth, as appraisers say. */
  | "valuation";
/** Checks {@link Category}. */
export const category: Codec<Category> = /* @__PURE__ */ literal("exchange_rate", "valuation");

/** What a feed is, fixed for its life. */
export interface Terms {
  /** What it is for. */
  category: Category;
  /** Seconds from a trip until its value can be confirmed, `limits::MIN_COOLDOWN` to `limits::MAX_COOLDOWN`. */
  cooldown: bigint;
  /** Currency of the values, a code of ISO 4217: three capital letters. */
  currency: string;
  /**
   * A value is in minor units of the currency for 10^`decimals` base units of what is priced (`PriceResponse`); at
   * most `limits::MAX_DECIMALS`.
   */
  decimals: number;
  /** What is priced, for people: 1 to `limits::MAX_DESCRIPTION` characters. */
  description: string;
  /**
   * Largest step from a price to the next, in 1/10,000 of it: 1 to `limits::MAX_DEV_BPS`. A larger one trips the
   * feed.
   */
  dev_bps: number;
  /**
   * Seconds of a round, `limits::MIN_INTERVAL` to `limits::MAX_INTERVAL`. Round n is from n times this, in Unix
   * seconds, to the next.
   */
  interval: bigint;
  /** How old the reports of a price, and a price, may be, in seconds: from `interval` to `limits::MAX_AGE`. */
  max_age: bigint;
}
/** Checks {@link Terms}. */
export const terms: Codec<Terms> = /* @__PURE__ */ object({
  category: category,
  cooldown: u64,
  currency: text,
  decimals: u8,
  description: text,
  dev_bps: u16,
  interval: u64,
  max_age: u64,
});

/** What one reporter has signed for a round. */
export interface Report {
  /** Its public key: Ed25519, 32 bytes. */
  reporter: HexBinary;
  /** Ed25519 (RFC 8032) over the report's text (`bithive_signed::report`), 64 bytes. */
  signature: HexBinary;
  /** When the reporter saw it, in Unix seconds; within the round. */
  time: bigint;
  /** The value, at least 1, in the unit of the feed (`PriceResponse`). */
  value: Uint128;
}
/** Checks {@link Report}. */
export const report: Codec<Report> = /* @__PURE__ */ object({
  reporter: hexBinary,
  signature: hexBinary,
  time: u64,
  value: uint128,
});

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** Makes a feed. Sender: the owner, who sets no values. */
  | { create_feed: {
    /**
     * How many reports make a price: odd, `limits::MIN_QUORUM` to `limits::MAX_QUORUM`, more than half of the
     * reporters.
     */
    quorum: number;
    /** Public keys of its reporters, Ed25519, 32 bytes each: `quorum` to `limits::MAX_REPORTERS`, each once. */
    reporters: HexBinary[];
    /** What it is. */
    terms: Terms;
  } }
  /**
   * Replaces the reporters of a feed, and with them strikes and suspensions. Its last price stays, so that the new
   * ones can't jump. After the contract's first day it waits (`crate::delay`). Sender: the owner.
   */
  | { set_reporters: {
    /** Number of the feed, from 1. */
    feed: bigint;
    /** As in `ExecuteMsg::CreateFeed`. */
    quorum: number;
    /** As in `ExecuteMsg::CreateFeed`. */
    reporters: HexBinary[];
  } }
  /**
   * Stops a feed, as when keys of reporters are stolen, or lets it go on. It answers nothing and takes nothing
   * meanwhile, and its price grows old. Sender: the owner.
   */
  | { set_stopped: {
    /** Number of the feed, from 1. */
    feed: bigint;
    /** Whether it is stopped. */
    stopped: boolean;
  } }
  /** Stops all feeds at once, as `ExecuteMsg::SetStopped` does one, or ends that. Sender: the owner. */
  | { set_paused: {
    /** Whether the contract is paused. */
    paused: boolean;
  } }
  /**
   * Makes the median of reports the price, or trips the feed. Reports that do not hold are skipped and reported as
   * events; if too few are left, that and the first reason are the error. Sender: anyone.
   */
  | { submit: {
    /** Number of the feed, from 1. */
    feed: bigint;
    /** At most `limits::MAX_REPORTERS` reports. Of several by one reporter, the first that holds counts. */
    reports: Report[];
    /** Round of the reports; after the one of the last price, and of the pending value. */
    round: bigint;
  } }
  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  | { apply_setting: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Drops a setting that waits. Sender: the owner. */
  | { cancel_setting: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Proposes a new owner. Sender: the owner. */
  | { transfer_ownership: {
    /** The proposed owner. */
    new_owner: string;
  } }
  /** Accepts ownership. Sender: the proposed owner. */
  | { accept_ownership: {} };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  create_feed: object({
    quorum: u8,
    reporters: list(hexBinary),
    terms: terms,
  }),
  set_reporters: object({
    feed: u64,
    quorum: u8,
    reporters: list(hexBinary),
  }),
  set_stopped: object({
    feed: u64,
    stopped: bool,
  }),
  set_paused: object({
    paused: bool,
  }),
  submit: object({
    feed: u64,
    reports: list(report),
    round: u64,
  }),
  apply_setting: object({
    id: u64,
  }),
  cancel_setting: object({
    id: u64,
  }),
  transfer_ownership: object({
    new_owner: text,
  }),
  accept_ownership: object({}),
});

/** Queries of the `oracle` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /**
   * The price of a feed. An error when there is no such feed, and when it has no price now: it is empty, stale,
   * tripped or stopped.
   */
  | { price: {
    /** Number of the feed, from 1. */
    feed: bigint;
  } }
  /** A feed, null when there is none. */
  | { feed: {
    /** Number of the feed, from 1. */
    feed: bigint;
  } }
  /** Feeds, by number. */
  | { feeds: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  price: object({
    feed: u64,
  }),
  feed: object({
    feed: u64,
  }),
  feeds: object({
    limit: optional(u32),
    start_after: optional(u64),
  }),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Configuration in force. */
export interface ConfigResponse {
  /** The contract's owner (governance); never null, because ownership can't be renounced. */
  owner?: Addr | null;
  /** Whether all feeds are stopped. */
  paused: boolean;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  owner: optional(text),
  paused: bool,
  pending_owner: optional(text),
});

/**
 * A price: 10^`decimals` base units of what is priced are worth `value` minor units of the feed's currency. So who is
 * owed m minor units is paid ceil(m * 10^`decimals` / `value`) base units; the product needs 256 bits.
 *
 * An example: a token with 6 decimals at 0.2536 euro, with 4 more places than a cent has, is `decimals` 10 and
 * `value` 253,600: 10^10 base units are 10,000 tokens, worth 2,536.00 euro, which are 253,600 cents.
 */
export interface PriceResponse {
  /** At most `limits::MAX_DECIMALS`. */
  decimals: number;
  /** Round of the reports, which only grows. */
  round: bigint;
  /** When the reporters saw it: the median of their times, never in the future. */
  time: Timestamp;
  /** Minor units of the currency (cents of a euro) for 10^`decimals` base units; at least 1. */
  value: Uint128;
}
/** Checks {@link PriceResponse}. */
export const priceResponse: Codec<PriceResponse> = /* @__PURE__ */ object({
  decimals: u8,
  round: u64,
  time: uint64,
  value: uint128,
});

/** A median of reports. */
export interface PointResponse {
  /** Round of the reports. */
  round: bigint;
  /** Median of the reports' times, in Unix seconds. */
  time: bigint;
  /** In the unit of the feed (`PriceResponse`). */
  value: Uint128;
}
/** Checks {@link PointResponse}. */
export const pointResponse: Codec<PointResponse> = /* @__PURE__ */ object({
  round: u64,
  time: u64,
  value: uint128,
});

/** A median that was too far from the last price. */
export interface PendingResponse {
  /** Round of the reports. */
  round: bigint;
  /** When it can be confirmed, in Unix seconds. */
  until: bigint;
  /** In the unit of the feed (`PriceResponse`). */
  value: Uint128;
}
/** Checks {@link PendingResponse}. */
export const pendingResponse: Codec<PendingResponse> = /* @__PURE__ */ object({
  round: u64,
  until: u64,
  value: uint128,
});

/** A reporter of a feed. */
export interface ReporterResponse {
  /** Public key, Ed25519, 32 bytes. */
  key: HexBinary;
  /** Prices in succession from which it was an outlier. */
  strikes: number;
  /** Its reports count from then on, in Unix seconds; in the past if it is not suspended. */
  suspended_until: bigint;
}
/** Checks {@link ReporterResponse}. */
export const reporterResponse: Codec<ReporterResponse> = /* @__PURE__ */ object({
  key: hexBinary,
  strikes: u8,
  suspended_until: u64,
});

/** What a feed answers now. */
export type Status =
  /** Nothing yet: it never had a price. */
  | "empty"
  /** The last price. */
  | "fresh"
  /** Nothing: the last price is older than `max_age`. */
  | "stale"
  /** Nothing: the last median was too far from the price before, and nothing has confirmed it yet. */
  | "tripped"
  /** Nothing: the owner has stopped it, or paused the contract. */
  | "stopped";
/** Checks {@link Status}. */
export const status: Codec<Status> = /* @__PURE__ */ literal("empty", "fresh", "stale", "tripped", "stopped");

/** A feed with its reporters, and what it answers now. */
export interface FeedResponse {
  /** How many reports within `dev_bps` of the pending value end a trip. */
  confirming: number;
  /** Its number, from 1. */
  id: bigint;
  /** The last price, fresh or not; null if there was none. */
  last?: PointResponse | null;
  /** The value that tripped it; null if it is not tripped. */
  pending?: PendingResponse | null;
  /** How many reports make a price. */
  quorum: number;
  /** Who reports, in the owner's order. */
  reporters: ReporterResponse[];
  /** What it answers now. */
  status: Status;
  /** What it is, fixed for its life. */
  terms: Terms;
}
/** Checks {@link FeedResponse}. */
export const feedResponse: Codec<FeedResponse> = /* @__PURE__ */ object({
  confirming: u8,
  id: u64,
  last: optional(pointResponse),
  pending: optional(pendingResponse),
  quorum: u8,
  reporters: list(reporterResponse),
  status: status,
  terms: terms,
});

/** A setting that waits. */
export interface SettingResponse {
  /** When anybody may apply it, in Unix seconds. */
  effective_at: bigint;
  /** Its number in this contract, from 1. */
  id: bigint;
  /** The owner's message, JSON. */
  message: Binary;
  /** When it is void, in Unix seconds. */
  void_at: bigint;
}
/** Checks {@link SettingResponse}. */
export const settingResponse: Codec<SettingResponse> = /* @__PURE__ */ object({
  effective_at: u64,
  id: u64,
  message: binary,
  void_at: u64,
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  price: PriceResponse;
  feed: FeedResponse | null;
  feeds: FeedResponse[];
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  price: priceResponse,
  feed: nullable(feedResponse),
  feeds: list(feedResponse),
  settings: list(settingResponse),
};

/** Queries of a `oracle` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Configuration in force. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "oracle.config", queryMsg, { config: {} }, responses.config, options);
  }

  /**
   * The price of a feed. An error when there is no such feed, and when it has no price now: it is empty, stale,
   * tripped or stopped.
   */
  price(args: Extract<QueryMsg, { price: unknown }>["price"], options?: QueryOptions): Promise<PriceResponse> {
    return ask(this.#chain, this.#address, "oracle.price", queryMsg, { price: args }, responses.price, options);
  }

  /** A feed, null when there is none. */
  feed(args: Extract<QueryMsg, { feed: unknown }>["feed"], options?: QueryOptions): Promise<FeedResponse | null> {
    return ask(this.#chain, this.#address, "oracle.feed", queryMsg, { feed: args }, responses.feed, options);
  }

  /** Feeds, by number. */
  feeds(args: Extract<QueryMsg, { feeds: unknown }>["feeds"] = {}, options?: QueryOptions): Promise<FeedResponse[]> {
    return ask(this.#chain, this.#address, "oracle.feeds", queryMsg, { feeds: args }, responses.feeds, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "oracle.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `oracle` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** Makes a feed. Sender: the owner, who sets no values. */
  createFeed(args: Extract<ExecuteMsg, { create_feed: unknown }>["create_feed"]): Message {
    return call(this.#sender, this.#address, "oracle.create_feed", executeMsg, { create_feed: args });
  }

  /**
   * Replaces the reporters of a feed, and with them strikes and suspensions. Its last price stays, so that the new
   * ones can't jump. After the contract's first day it waits (`crate::delay`). Sender: the owner.
   */
  setReporters(args: Extract<ExecuteMsg, { set_reporters: unknown }>["set_reporters"]): Message {
    return call(this.#sender, this.#address, "oracle.set_reporters", executeMsg, { set_reporters: args });
  }

  /**
   * Stops a feed, as when keys of reporters are stolen, or lets it go on. It answers nothing and takes nothing
   * meanwhile, and its price grows old. Sender: the owner.
   */
  setStopped(args: Extract<ExecuteMsg, { set_stopped: unknown }>["set_stopped"]): Message {
    return call(this.#sender, this.#address, "oracle.set_stopped", executeMsg, { set_stopped: args });
  }

  /** Stops all feeds at once, as `ExecuteMsg::SetStopped` does one, or ends that. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "oracle.set_paused", executeMsg, { set_paused: args });
  }

  /**
   * Makes the median of reports the price, or trips the feed. Reports that do not hold are skipped and reported as
   * events; if too few are left, that and the first reason are the error. Sender: anyone.
   */
  submit(args: Extract<ExecuteMsg, { submit: unknown }>["submit"]): Message {
    return call(this.#sender, this.#address, "oracle.submit", executeMsg, { submit: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "oracle.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "oracle.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "oracle.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "oracle.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}
