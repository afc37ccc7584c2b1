// Written by gen/generate.mjs from schema/randomness/; not to be edited.

import {
  binary, bool, hexBinary, list, nullable, object, optional, text, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** A drand network of the scheme `bls-unchained-g1-rfc9380` (`bithive_drand::Chain`). */
export interface Drand {
  /** Time of its round 1, Unix seconds. */
  genesis: bigint;
  /** Seconds from one round to the next, at least 1. */
  period: number;
  /** Its public key, 96 bytes. */
  public_key: HexBinary;
}
/** Checks {@link Drand}. */
export const drand: Codec<Drand> = /* @__PURE__ */ object({
  genesis: u64,
  period: u32,
  public_key: hexBinary,
});

/** Creates the contract, without rounds. It has no owner and no pause. */
export interface InstantiateMsg {
  /** Network whose rounds are taken, for the life of the contract. */
  drand: Drand;
  /** Address of the token that bounties are paid in. */
  token: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  drand: drand,
  token: text,
});

/** Cw20ReceiveMsg should be de/serialized under `Receive()` variant in a ExecuteMsg */
export interface Cw20ReceiveMsg {
  amount: Uint128;
  msg: Binary;
  sender: string;
}
/** Checks {@link Cw20ReceiveMsg}. */
export const cw20ReceiveMsg: Codec<Cw20ReceiveMsg> = /* @__PURE__ */ object({
  amount: uint128,
  msg: binary,
  sender: text,
});

/** What somebody waits for. */
export interface Request {
  /**
   * Earliest time of the round, Unix seconds; now when left out. At most `limits::MAX_AFTER` from now. The round is
   * the first one that is `limits::MAX_LAG` seconds later than this and than now.
   */
  after?: bigint | null;
  /**
   * Gas for a call of the sender with `Call`, which is a contract then; at most `limits::MAX_CALL_GAS`. No call when
   * 0.
   */
  call_gas: bigint;
  /** What comes back with the call, at most `limits::MAX_JOB` bytes. */
  job: Binary;
}
/** Checks {@link Request}. */
export const request: Codec<Request> = /* @__PURE__ */ object({
  after: optional(u64),
  call_gas: u64,
  job: binary,
});

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send` of the token; `msg` is a `Hook`. Sender: the token. */
  | { receive: Cw20ReceiveMsg }
  /**
   * Waits for a round, without a bounty: somebody else may bring it, or does not. The answer's data is a `Requested`.
   * Sender: anyone.
   */
  | { request: Request }
  /**
   * Verifies a round and keeps its randomness. Sender: anyone, who is credited with the bounties of those who wait
   * for it.
   */
  | { submit: {
    /** Number of the round, from 1. */
    round: bigint;
    /** The network's signature, 48 bytes. */
    signature: HexBinary;
  } }
  /**
   * Calls the consumers of requests whose rounds are known, and forgets the requests. A call that fails changes
   * nothing else. Sender: anyone.
   */
  | { deliver: {
    /** Numbers of 1 to `limits::MAX_DELIVERIES` requests, each once. */
    requests: bigint[];
  } }
  /** Gives the bounty of a request back whose round did not come in `limits::EXPIRY_SECONDS`. Sender: anyone. */
  | { expire: {
    /** Number of the request, from 1. */
    id: bigint;
  } }
  /** Pays out all that the sender is owed. Sender: anyone. */
  | { withdraw: {} };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  request: request,
  submit: object({
    round: u64,
    signature: hexBinary,
  }),
  deliver: object({
    requests: list(u64),
  }),
  expire: object({
    id: u64,
  }),
  withdraw: object({}),
});

/** Which requests are meant. */
export type RequestsOf =
  /** Of this account. */
  | { consumer: string }
  /** Those that wait for this round, or waited for it and were not delivered yet. */
  | { round: bigint };
/** Checks {@link RequestsOf}. */
export const requestsOf: Codec<RequestsOf> = /* @__PURE__ */ variants({
  consumer: text,
  round: u64,
});

/** Queries of the `randomness` contract. */
export type QueryMsg =
  /** Token and network. */
  | { config: {} }
  /** A round's randomness, null before it was submitted. Contracts read it without this query (`beacon_key`). */
  | { beacon: {
    /** Number of the round. */
    round: bigint;
  } }
  /** Known rounds, the newest first. */
  | { beacons: {
    /** Only those before this one. */
    before?: bigint | null;
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
  } }
  /** Rounds that requests wait for, the earliest first, with the sum of their bounties. */
  | { wanted: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this round. */
    start_after?: bigint | null;
  } }
  /** A request, null when there is none (any more). */
  | { request: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Requests, by number. */
  | { requests: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Which of them. */
    of: RequestsOf;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** What an account may withdraw, in base units of BTT. */
  | { claimable: {
    /** Address of the account. */
    account: string;
  } }
  /** What the contract owes, in base units of BTT; its balance is at least the sum. */
  | { held: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  beacon: object({
    round: u64,
  }),
  beacons: object({
    before: optional(u64),
    limit: optional(u32),
  }),
  wanted: object({
    limit: optional(u32),
    start_after: optional(u64),
  }),
  request: object({
    id: u64,
  }),
  requests: object({
    limit: optional(u32),
    of: requestsOf,
    start_after: optional(u64),
  }),
  claimable: object({
    account: text,
  }),
  held: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** What holds for the life of the contract. */
export interface ConfigResponse {
  /** Network whose rounds are taken. */
  drand: Drand;
  /** The token of bounties. */
  token: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  drand: drand,
  token: text,
});

/** A known round. */
export interface BeaconResponse {
  /** Its randomness, 32 bytes. */
  randomness: HexBinary;
  /** Number of the round. */
  round: bigint;
}
/** Checks {@link BeaconResponse}. */
export const beaconResponse: Codec<BeaconResponse> = /* @__PURE__ */ object({
  randomness: hexBinary,
  round: u64,
});

/** A round that requests wait for. */
export interface WantedResponse {
  /** When the network signs it, Unix seconds. */
  at: bigint;
  /** Sum of the bounties, in base units of BTT. */
  bounty: Uint128;
  /** Number of the round. */
  round: bigint;
}
/** Checks {@link WantedResponse}. */
export const wantedResponse: Codec<WantedResponse> = /* @__PURE__ */ object({
  at: u64,
  bounty: uint128,
  round: u64,
});

/** A request that was not delivered yet. */
export interface RequestResponse {
  /** When the network signs that, Unix seconds. */
  at: bigint;
  /** Its bounty, in base units of BTT. */
  bounty: Uint128;
  /** Gas for the call; none when 0. */
  call_gas: bigint;
  /** Account that has asked. */
  consumer: Addr;
  /** Until when it waits, Unix seconds. */
  expires: bigint;
  /** Its number, from 1. */
  id: bigint;
  /** What comes back with the call. */
  job: Binary;
  /** Whether its round is known, so that it can be delivered. */
  ready: boolean;
  /** The round that it is bound to. */
  round: bigint;
}
/** Checks {@link RequestResponse}. */
export const requestResponse: Codec<RequestResponse> = /* @__PURE__ */ object({
  at: u64,
  bounty: uint128,
  call_gas: u64,
  consumer: text,
  expires: u64,
  id: u64,
  job: binary,
  ready: bool,
  round: u64,
});

/** What the contract owes, in base units of BTT. */
export interface HeldResponse {
  /** Credited and not withdrawn. */
  claimable: Uint128;
  /** Bounties of requests that wait. */
  escrowed: Uint128;
}
/** Checks {@link HeldResponse}. */
export const heldResponse: Codec<HeldResponse> = /* @__PURE__ */ object({
  claimable: uint128,
  escrowed: uint128,
});

/** What a cw20 `Send` to the contract is for. */
export type Hook =
  /** As `ExecuteMsg::Request`; what is sent is the bounty. */
  | { request: Request };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  request: request,
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  beacon: BeaconResponse | null;
  beacons: BeaconResponse[];
  wanted: WantedResponse[];
  request: RequestResponse | null;
  requests: RequestResponse[];
  claimable: Uint128;
  held: HeldResponse;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  beacon: nullable(beaconResponse),
  beacons: list(beaconResponse),
  wanted: list(wantedResponse),
  request: nullable(requestResponse),
  requests: list(requestResponse),
  claimable: uint128,
  held: heldResponse,
};

/** Queries of a `randomness` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Token and network. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "randomness.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** A round's randomness, null before it was submitted. Contracts read it without this query (`beacon_key`). */
  beacon(args: Extract<QueryMsg, { beacon: unknown }>["beacon"], options?: QueryOptions): Promise<BeaconResponse | null> {
    return ask(this.#chain, this.#address, "randomness.beacon", queryMsg, { beacon: args }, responses.beacon, options);
  }

  /** Known rounds, the newest first. */
  beacons(args: Extract<QueryMsg, { beacons: unknown }>["beacons"] = {}, options?: QueryOptions): Promise<BeaconResponse[]> {
    return ask(this.#chain, this.#address, "randomness.beacons", queryMsg, { beacons: args }, responses.beacons, options);
  }

  /** Rounds that requests wait for, the earliest first, with the sum of their bounties. */
  wanted(args: Extract<QueryMsg, { wanted: unknown }>["wanted"] = {}, options?: QueryOptions): Promise<WantedResponse[]> {
    return ask(this.#chain, this.#address, "randomness.wanted", queryMsg, { wanted: args }, responses.wanted, options);
  }

  /** A request, null when there is none (any more). */
  request(args: Extract<QueryMsg, { request: unknown }>["request"], options?: QueryOptions): Promise<RequestResponse | null> {
    return ask(this.#chain, this.#address, "randomness.request", queryMsg, { request: args }, responses.request, options);
  }

  /** Requests, by number. */
  requests(args: Extract<QueryMsg, { requests: unknown }>["requests"], options?: QueryOptions): Promise<RequestResponse[]> {
    return ask(this.#chain, this.#address, "randomness.requests", queryMsg, { requests: args }, responses.requests, options);
  }

  /** What an account may withdraw, in base units of BTT. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "randomness.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /** What the contract owes, in base units of BTT; its balance is at least the sum. */
  held(options?: QueryOptions): Promise<HeldResponse> {
    return ask(this.#chain, this.#address, "randomness.held", queryMsg, { held: {} }, responses.held, options);
  }
}

/** Messages to a `randomness` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send` of the token; `msg` is a `Hook`. Sender: the token. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "randomness.receive", executeMsg, { receive: args });
  }

  /**
   * Waits for a round, without a bounty: somebody else may bring it, or does not. The answer's data is a `Requested`.
   * Sender: anyone.
   */
  request(args: Extract<ExecuteMsg, { request: unknown }>["request"]): Message {
    return call(this.#sender, this.#address, "randomness.request", executeMsg, { request: args });
  }

  /**
   * Verifies a round and keeps its randomness. Sender: anyone, who is credited with the bounties of those who wait
   * for it.
   */
  submit(args: Extract<ExecuteMsg, { submit: unknown }>["submit"]): Message {
    return call(this.#sender, this.#address, "randomness.submit", executeMsg, { submit: args });
  }

  /**
   * Calls the consumers of requests whose rounds are known, and forgets the requests. A call that fails changes
   * nothing else. Sender: anyone.
   */
  deliver(args: Extract<ExecuteMsg, { deliver: unknown }>["deliver"]): Message {
    return call(this.#sender, this.#address, "randomness.deliver", executeMsg, { deliver: args });
  }

  /** Gives the bounty of a request back whose round did not come in `limits::EXPIRY_SECONDS`. Sender: anyone. */
  expire(args: Extract<ExecuteMsg, { expire: unknown }>["expire"]): Message {
    return call(this.#sender, this.#address, "randomness.expire", executeMsg, { expire: args });
  }

  /** Pays out all that the sender is owed. Sender: anyone. */
  withdraw(): Message {
    return call(this.#sender, this.#address, "randomness.withdraw", executeMsg, { withdraw: {} });
  }
}

/** The field `msg` of a token's `send` to a `randomness` contract. */
export const hooks = {
  /** As `ExecuteMsg::Request`; what is sent is the bounty. */
  request(args: Extract<Hook, { request: unknown }>["request"]): Binary {
    return encodeHook("randomness.request", hook, { request: args });
  },
};
