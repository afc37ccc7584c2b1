// Written by gen/generate.mjs from schema/vesting/; not to be edited.

import {
  binary, bool, list, nullable, object, optional, text, u16, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** The contract has no parameters and no owner. */
export interface InstantiateMsg {}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({});

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

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send`; `msg` is a `Hook`. Sender: the token contract, whatever contract that is. */
  | { receive: Cw20ReceiveMsg }
  /** Pays the owner what is due. Sender: anyone. */
  | { claim: {
    /** Number of the position, from 1. */
    id: bigint;
  } }
  /** Pays the owner what is due, and makes another account the owner of the rest. Sender: the owner. */
  | { transfer: {
    /** Number of the position, from 1. */
    id: bigint;
    /** Address of the new owner. */
    new_owner: string;
  } }
  /** Pays the owner what is due, and returns the rest. Sender: the account that made a revocable position. */
  | { revoke: {
    /** Number of the position, from 1. */
    id: bigint;
  } };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  claim: object({
    id: u64,
  }),
  transfer: object({
    id: u64,
    new_owner: text,
  }),
  revoke: object({
    id: u64,
  }),
});

/** Queries of the `vesting` contract. */
export type QueryMsg =
  /** A position, null when there is none of that number (any more). */
  | { position: {
    /** Number of the position, from 1. */
    id: bigint;
  } }
  /** The positions of an owner, by number. */
  | { positions: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Address of the owner. */
    owner: string;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** Amount of a token that the contract holds for positions. */
  | { held: {
    /** Address of the cw20 token. */
    token: string;
  } };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  position: object({
    id: u64,
  }),
  positions: object({
    limit: optional(u32),
    owner: text,
    start_after: optional(u64),
  }),
  held: object({
    token: text,
  }),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/**
 * When an amount becomes due: `immediate_bps` of it at the start, the rest in equal steps. A linear schedule is one
 * whose step is a second.
 */
export interface Schedule {
  /** Seconds from the start to the first step. */
  cliff_seconds: bigint;
  /** Part that is due at the start, in 1/10,000. */
  immediate_bps: number;
  /** Start, in Unix seconds. It may be past: what would have become due since then is due at once. */
  start: bigint;
  /** Seconds from one step to the next, at least 1. */
  step_seconds: bigint;
  /** Number of steps, at least 1. All of them are within 100 years of the start. */
  steps: number;
}
/** Checks {@link Schedule}. */
export const schedule: Codec<Schedule> = /* @__PURE__ */ object({
  cliff_seconds: u64,
  immediate_bps: u16,
  start: u64,
  step_seconds: u64,
  steps: u32,
});

/** A locked amount and when it becomes due. */
export interface PositionResponse {
  /** What was paid so far, in base units. */
  claimed: Uint128;
  /** What can be claimed now, in base units. */
  due: Uint128;
  /** When everything is due, in Unix seconds. */
  end: bigint;
  /** Number of the position, from 1. */
  id: bigint;
  /** When the next part becomes due, in Unix seconds; null once everything is due. */
  next?: bigint | null;
  /** Address that receives what becomes due. */
  owner: Addr;
  /** Address that may revoke it; null if nobody may. */
  revoker?: Addr | null;
  /** When parts of the amount become due. */
  schedule: Schedule;
  /** Address of the cw20 token. */
  token: Addr;
  /** The whole amount, in base units. */
  total: Uint128;
}
/** Checks {@link PositionResponse}. */
export const positionResponse: Codec<PositionResponse> = /* @__PURE__ */ object({
  claimed: uint128,
  due: uint128,
  end: u64,
  id: u64,
  next: optional(u64),
  owner: text,
  revoker: optional(text),
  schedule: schedule,
  token: text,
  total: uint128,
});

/** Positions of an owner. */
export interface PositionsResponse {
  /** The positions, by ascending number. */
  positions: PositionResponse[];
}
/** Checks {@link PositionsResponse}. */
export const positionsResponse: Codec<PositionsResponse> = /* @__PURE__ */ object({
  positions: list(positionResponse),
});

/** Amount of a token that the contract holds for positions. */
export interface HeldResponse {
  /** Sum of what was not claimed of all positions, in base units. The contract's balance is at least this. */
  amount: Uint128;
}
/** Checks {@link HeldResponse}. */
export const heldResponse: Codec<HeldResponse> = /* @__PURE__ */ object({
  amount: uint128,
});

/** What a cw20 `Send` to the contract is for. */
export type Hook =
  /** Locks the tokens for `owner`. */
  | { lock: {
    /** Address that receives what becomes due. */
    owner: string;
    /** Whether the sender may take back what is not due. */
    revocable: boolean;
    /** When parts of the amount become due. */
    schedule: Schedule;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  lock: object({
    owner: text,
    revocable: bool,
    schedule: schedule,
  }),
});

/** The answer to each query. */
export interface Responses {
  position: PositionResponse | null;
  positions: PositionsResponse;
  held: HeldResponse;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  position: nullable(positionResponse),
  positions: positionsResponse,
  held: heldResponse,
};

/** Queries of a `vesting` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** A position, null when there is none of that number (any more). */
  position(args: Extract<QueryMsg, { position: unknown }>["position"], options?: QueryOptions): Promise<PositionResponse | null> {
    return ask(this.#chain, this.#address, "vesting.position", queryMsg, { position: args }, responses.position, options);
  }

  /** The positions of an owner, by number. */
  positions(args: Extract<QueryMsg, { positions: unknown }>["positions"], options?: QueryOptions): Promise<PositionsResponse> {
    return ask(this.#chain, this.#address, "vesting.positions", queryMsg, { positions: args }, responses.positions, options);
  }

  /** Amount of a token that the contract holds for positions. */
  held(args: Extract<QueryMsg, { held: unknown }>["held"], options?: QueryOptions): Promise<HeldResponse> {
    return ask(this.#chain, this.#address, "vesting.held", queryMsg, { held: args }, responses.held, options);
  }
}

/** Messages to a `vesting` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send`; `msg` is a `Hook`. Sender: the token contract, whatever contract that is. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "vesting.receive", executeMsg, { receive: args });
  }

  /** Pays the owner what is due. Sender: anyone. */
  claim(args: Extract<ExecuteMsg, { claim: unknown }>["claim"]): Message {
    return call(this.#sender, this.#address, "vesting.claim", executeMsg, { claim: args });
  }

  /** Pays the owner what is due, and makes another account the owner of the rest. Sender: the owner. */
  transfer(args: Extract<ExecuteMsg, { transfer: unknown }>["transfer"]): Message {
    return call(this.#sender, this.#address, "vesting.transfer", executeMsg, { transfer: args });
  }

  /** Pays the owner what is due, and returns the rest. Sender: the account that made a revocable position. */
  revoke(args: Extract<ExecuteMsg, { revoke: unknown }>["revoke"]): Message {
    return call(this.#sender, this.#address, "vesting.revoke", executeMsg, { revoke: args });
  }
}

/** The field `msg` of a token's `send` to a `vesting` contract. */
export const hooks = {
  /** Locks the tokens for `owner`. */
  lock(args: Extract<Hook, { lock: unknown }>["lock"]): Binary {
    return encodeHook("vesting.lock", hook, { lock: args });
  },
};
