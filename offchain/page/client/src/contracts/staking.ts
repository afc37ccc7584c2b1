// Written by gen/generate.mjs from schema/staking/; not to be edited.

import {
  binary, bool, list, nullable, object, optional, text, u16, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Parameters, fixed for the life of the contract. */
export interface Params {
  /** Part of a slash that is burnt, in 1/10,000. */
  burn_bps: number;
  /** Most that a commission may be, in 1/10,000. */
  max_commission_bps: number;
  /** Seconds from `Unbond` to `Withdraw`, within `limits::UNBONDING_SECONDS`. */
  unbonding_seconds: bigint;
}
/** Checks {@link Params}. */
export const params: Codec<Params> = /* @__PURE__ */ object({
  burn_bps: u16,
  max_commission_bps: u16,
  unbonding_seconds: u64,
});

/** Creates the contract. */
export interface InstantiateMsg {
  /** Start of the emission, from which halvings are counted, in Unix seconds. */
  emission_start: bigint;
  /** The contract's owner (governance), a bech32 address. */
  owner: string;
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Address of the cw20 token BTK. */
  token: string;
  /** Address that receives what is slashed and not burnt. */
  treasury: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  emission_start: u64,
  owner: text,
  params: params,
  token: text,
  treasury: text,
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

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send` of BTK; `msg` is a `Hook`. Sender: the token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Changes the node's capacity. Sender: an operator. */
  | { set_capacity: {
    /** Capacity in T: 4, 8 or 16. */
    tera: number;
  } }
  /** Changes the commission on later rewards. Sender: an operator. */
  | { set_commission: {
    /** Commission, in 1/10,000, at most `Params::max_commission_bps`. */
    commission_bps: number;
  } }
  /**
   * Locks one's own stake for 540 days, as a pledge: what rewards became, and what a lock has let go. Sender: an
   * operator.
   */
  | { lock: {
    /** Shares; all that are not locked if there is none. */
    shares?: Uint128 | null;
  } }
  /** By anybody, once its time has come: a part of a pledge is no longer locked. */
  | { unlock: {
    /** Number of the lock, from 1. */
    id: bigint;
    /** Address of the node's operator. */
    node: string;
  } }
  /** Starts unbonding. Sender: the delegator, or the operator for its own pledge. */
  | { unbond: {
    /** Address of the node's operator. */
    node: string;
    /** Shares to unbond; null for all that are not locked. */
    shares?: Uint128 | null;
  } }
  /** Pays out an unbonding whose time is over. Sender: anyone. */
  | { withdraw: {
    /** Number of the unbonding, from 1. */
    id: bigint;
  } }
  /** Pays a delegator's rewards. Sender: anyone. */
  | { claim_rewards: {
    /** Address of who has the stake. */
    delegator: string;
    /** Address of the node's operator. */
    node: string;
  } }
  /** Adds the sender's rewards to its stake in the same node. Sender: a delegator or the operator. */
  | { compound: {
    /** Address of the node's operator. */
    node: string;
  } }
  /** Takes stake, unbonding stake included. Sender: a slasher. */
  | { slash: {
    /** Most that is taken, in base units. */
    amount: Uint128;
    /** Address of the node's operator. */
    node: string;
    /** Why, for people, at most `limits::MAX_REASON` characters. */
    reason: string;
  } }
  /** Lets an account slash, or no longer. Sender: the owner. */
  | { set_slasher: {
    /** Whether it may slash. */
    allowed: boolean;
    /** A contract that finds faults. */
    slasher: string;
  } }
  /** Refuses new stake or takes it again; stake leaves at any time. Sender: the owner. */
  | { set_paused: {
    /** Whether new stake is refused. */
    paused: boolean;
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
  receive: cw20ReceiveMsg,
  set_capacity: object({
    tera: u16,
  }),
  set_commission: object({
    commission_bps: u16,
  }),
  lock: object({
    shares: optional(uint128),
  }),
  unlock: object({
    id: u64,
    node: text,
  }),
  unbond: object({
    node: text,
    shares: optional(uint128),
  }),
  withdraw: object({
    id: u64,
  }),
  claim_rewards: object({
    delegator: text,
    node: text,
  }),
  compound: object({
    node: text,
  }),
  slash: object({
    amount: uint128,
    node: text,
    reason: text,
  }),
  set_slasher: object({
    allowed: bool,
    slasher: text,
  }),
  set_paused: object({
    paused: bool,
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

/** Queries of the `staking` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** A node, null when it is not registered. */
  | { node: {
    /** Address of the node's operator. */
    node: string;
  } }
  /** Locks of an operator's pledge. */
  | { locks: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Address of the node's operator. */
    node: string;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** An account's stake in a node, null without any. */
  | { delegation: {
    /** Address of who has the stake. */
    delegator: string;
    /** Address of the node's operator. */
    node: string;
  } }
  /** An account's stakes, by node. */
  | { delegations: {
    /** Address of who has the stakes. */
    delegator: string;
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this node. */
    start_after?: string | null;
  } }
  /** An account's unbonding stakes, by number. */
  | { unbondings: {
    /** Address of who has the stakes. */
    delegator: string;
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** What an account's stakes in the named nodes were worth before the block at `height`, in base units. */
  | { voting_power: {
    /** Address of who has the stakes. */
    delegator: string;
    /** Height of a block of this chain. */
    height: bigint;
    /** Operators, each once, at most `limits::MAX_PAGE`. */
    nodes: string[];
  } }
  /** What all stakes were worth before the block at `height`, in base units. */
  | { total_power: {
    /** Height of a block of this chain. */
    height: bigint;
  } }
  /** What the contract holds. */
  | { totals: {} }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  node: object({
    node: text,
  }),
  locks: object({
    limit: optional(u32),
    node: text,
    start_after: optional(u64),
  }),
  delegation: object({
    delegator: text,
    node: text,
  }),
  delegations: object({
    delegator: text,
    limit: optional(u32),
    start_after: optional(text),
  }),
  unbondings: object({
    delegator: text,
    limit: optional(u32),
    start_after: optional(u64),
  }),
  voting_power: object({
    delegator: text,
    height: u64,
    nodes: list(text),
  }),
  total_power: object({
    height: u64,
  }),
  totals: object({}),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Configuration in force. */
export interface ConfigResponse {
  /** Start of the emission, in Unix seconds. */
  emission_start: bigint;
  /** The contract's owner (governance); never null, because ownership can't be renounced. */
  owner?: Addr | null;
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Whether new stake is refused. */
  paused: boolean;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
  /** Address of the cw20 token BTK. */
  token: Addr;
  /** Address that receives what is slashed and not burnt. */
  treasury: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  emission_start: u64,
  owner: optional(text),
  params: params,
  paused: bool,
  pending_owner: optional(text),
  token: text,
  treasury: text,
});

/** A registered node. */
export interface NodeResponse {
  /** Commission, in 1/10,000. */
  commission_bps: number;
  /** Part of its work that it is paid for, in 1/10,000: half when the pledge is below what is required. */
  earning_bps: number;
  /** What the operator has locked, in base units: its pledge. What it could take out at once is none. */
  pledge: Uint128;
  /** What it should pledge now, in base units. */
  required: Uint128;
  /** Shares of everybody. */
  shares: Uint128;
  /** Taken by slashes so far, in base units. */
  slashed: Uint128;
  /** Stake of everybody, in base units. */
  stake: Uint128;
  /** Capacity in T: 4, 8 or 16. */
  tera: number;
  /** What is unbonding, in base units. */
  unbonding: Uint128;
}
/** Checks {@link NodeResponse}. */
export const nodeResponse: Codec<NodeResponse> = /* @__PURE__ */ object({
  commission_bps: u16,
  earning_bps: u16,
  pledge: uint128,
  required: uint128,
  shares: uint128,
  slashed: uint128,
  stake: uint128,
  tera: u16,
  unbonding: uint128,
});

/** A locked part of a pledge. */
export interface LockResponse {
  /** Its number, from 1. */
  id: bigint;
  /** Shares that are locked. */
  shares: Uint128;
  /** When it can be unlocked, in Unix seconds. */
  until: bigint;
}
/** Checks {@link LockResponse}. */
export const lockResponse: Codec<LockResponse> = /* @__PURE__ */ object({
  id: u64,
  shares: uint128,
  until: u64,
});

/** An account's stake in a node. */
export interface DelegationResponse {
  /** Part of them that is locked. */
  locked: Uint128;
  /** Address of the node's operator. */
  node: Addr;
  /** What can be claimed now, in base units. */
  rewards: Uint128;
  /** Shares of the node's pool. */
  shares: Uint128;
  /** What they are worth, in base units. */
  stake: Uint128;
}
/** Checks {@link DelegationResponse}. */
export const delegationResponse: Codec<DelegationResponse> = /* @__PURE__ */ object({
  locked: uint128,
  node: text,
  rewards: uint128,
  shares: uint128,
  stake: uint128,
});

/** Stake that is unbonding. */
export interface UnbondingResponse {
  /** What it is worth now, in base units. */
  amount: Uint128;
  /** Its number, from 1. */
  id: bigint;
  /** Address of the node's operator. */
  node: Addr;
  /** When it can be withdrawn, in Unix seconds. */
  until: bigint;
}
/** Checks {@link UnbondingResponse}. */
export const unbondingResponse: Codec<UnbondingResponse> = /* @__PURE__ */ object({
  amount: uint128,
  id: u64,
  node: text,
  until: u64,
});

/**
 * What the contract holds, in base units. The sum is its balance of BTK, but for what was sent to it without a hook.
 */
export interface TotalsResponse {
  /** Rewards that were not claimed, due or not. */
  rewards: Uint128;
  /** Stake of all nodes. */
  staked: Uint128;
  /** What is unbonding. */
  unbonding: Uint128;
}
/** Checks {@link TotalsResponse}. */
export const totalsResponse: Codec<TotalsResponse> = /* @__PURE__ */ object({
  rewards: uint128,
  staked: uint128,
  unbonding: uint128,
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

/** What a cw20 `Send` of BTK is for. */
export type Hook =
  /** Registers the sender as an operator and pledges what was sent. */
  | { register: {
    /** Its commission, in 1/10,000, at most `Params::max_commission_bps`. */
    commission_bps: number;
    /** Capacity in T: 4, 8 or 16. */
    tera: number;
  } }
  /** Adds to the sender's pledge, locked from now on. */
  | { pledge: {} }
  /** Delegates to a node. */
  | { delegate: {
    /** Address of the node's operator. */
    node: string;
  } }
  /**
   * A reward for a node's pool: the operator's commission at once, the rest over
   * `bithive_economics::stream::SECONDS`.
   */
  | { reward: {
    /** Address of the node's operator. */
    node: string;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  register: object({
    commission_bps: u16,
    tera: u16,
  }),
  pledge: object({}),
  delegate: object({
    node: text,
  }),
  reward: object({
    node: text,
  }),
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  node: NodeResponse | null;
  locks: LockResponse[];
  delegation: DelegationResponse | null;
  delegations: DelegationResponse[];
  unbondings: UnbondingResponse[];
  voting_power: Uint128;
  total_power: Uint128;
  totals: TotalsResponse;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  node: nullable(nodeResponse),
  locks: list(lockResponse),
  delegation: nullable(delegationResponse),
  delegations: list(delegationResponse),
  unbondings: list(unbondingResponse),
  voting_power: uint128,
  total_power: uint128,
  totals: totalsResponse,
  settings: list(settingResponse),
};

/** Queries of a `staking` contract. */
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
    return ask(this.#chain, this.#address, "staking.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** A node, null when it is not registered. */
  node(args: Extract<QueryMsg, { node: unknown }>["node"], options?: QueryOptions): Promise<NodeResponse | null> {
    return ask(this.#chain, this.#address, "staking.node", queryMsg, { node: args }, responses.node, options);
  }

  /** Locks of an operator's pledge. */
  locks(args: Extract<QueryMsg, { locks: unknown }>["locks"], options?: QueryOptions): Promise<LockResponse[]> {
    return ask(this.#chain, this.#address, "staking.locks", queryMsg, { locks: args }, responses.locks, options);
  }

  /** An account's stake in a node, null without any. */
  delegation(args: Extract<QueryMsg, { delegation: unknown }>["delegation"], options?: QueryOptions): Promise<DelegationResponse | null> {
    return ask(this.#chain, this.#address, "staking.delegation", queryMsg, { delegation: args }, responses.delegation, options);
  }

  /** An account's stakes, by node. */
  delegations(args: Extract<QueryMsg, { delegations: unknown }>["delegations"], options?: QueryOptions): Promise<DelegationResponse[]> {
    return ask(this.#chain, this.#address, "staking.delegations", queryMsg, { delegations: args }, responses.delegations, options);
  }

  /** An account's unbonding stakes, by number. */
  unbondings(args: Extract<QueryMsg, { unbondings: unknown }>["unbondings"], options?: QueryOptions): Promise<UnbondingResponse[]> {
    return ask(this.#chain, this.#address, "staking.unbondings", queryMsg, { unbondings: args }, responses.unbondings, options);
  }

  /** What an account's stakes in the named nodes were worth before the block at `height`, in base units. */
  votingPower(args: Extract<QueryMsg, { voting_power: unknown }>["voting_power"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "staking.voting_power", queryMsg, { voting_power: args }, responses.voting_power, options);
  }

  /** What all stakes were worth before the block at `height`, in base units. */
  totalPower(args: Extract<QueryMsg, { total_power: unknown }>["total_power"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "staking.total_power", queryMsg, { total_power: args }, responses.total_power, options);
  }

  /** What the contract holds. */
  totals(options?: QueryOptions): Promise<TotalsResponse> {
    return ask(this.#chain, this.#address, "staking.totals", queryMsg, { totals: {} }, responses.totals, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "staking.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `staking` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send` of BTK; `msg` is a `Hook`. Sender: the token contract. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "staking.receive", executeMsg, { receive: args });
  }

  /** Changes the node's capacity. Sender: an operator. */
  setCapacity(args: Extract<ExecuteMsg, { set_capacity: unknown }>["set_capacity"]): Message {
    return call(this.#sender, this.#address, "staking.set_capacity", executeMsg, { set_capacity: args });
  }

  /** Changes the commission on later rewards. Sender: an operator. */
  setCommission(args: Extract<ExecuteMsg, { set_commission: unknown }>["set_commission"]): Message {
    return call(this.#sender, this.#address, "staking.set_commission", executeMsg, { set_commission: args });
  }

  /**
   * Locks one's own stake for 540 days, as a pledge: what rewards became, and what a lock has let go. Sender: an
   * operator.
   */
  lock(args: Extract<ExecuteMsg, { lock: unknown }>["lock"] = {}): Message {
    return call(this.#sender, this.#address, "staking.lock", executeMsg, { lock: args });
  }

  /** By anybody, once its time has come: a part of a pledge is no longer locked. */
  unlock(args: Extract<ExecuteMsg, { unlock: unknown }>["unlock"]): Message {
    return call(this.#sender, this.#address, "staking.unlock", executeMsg, { unlock: args });
  }

  /** Starts unbonding. Sender: the delegator, or the operator for its own pledge. */
  unbond(args: Extract<ExecuteMsg, { unbond: unknown }>["unbond"]): Message {
    return call(this.#sender, this.#address, "staking.unbond", executeMsg, { unbond: args });
  }

  /** Pays out an unbonding whose time is over. Sender: anyone. */
  withdraw(args: Extract<ExecuteMsg, { withdraw: unknown }>["withdraw"]): Message {
    return call(this.#sender, this.#address, "staking.withdraw", executeMsg, { withdraw: args });
  }

  /** Pays a delegator's rewards. Sender: anyone. */
  claimRewards(args: Extract<ExecuteMsg, { claim_rewards: unknown }>["claim_rewards"]): Message {
    return call(this.#sender, this.#address, "staking.claim_rewards", executeMsg, { claim_rewards: args });
  }

  /** Adds the sender's rewards to its stake in the same node. Sender: a delegator or the operator. */
  compound(args: Extract<ExecuteMsg, { compound: unknown }>["compound"]): Message {
    return call(this.#sender, this.#address, "staking.compound", executeMsg, { compound: args });
  }

  /** Takes stake, unbonding stake included. Sender: a slasher. */
  slash(args: Extract<ExecuteMsg, { slash: unknown }>["slash"]): Message {
    return call(this.#sender, this.#address, "staking.slash", executeMsg, { slash: args });
  }

  /** Lets an account slash, or no longer. Sender: the owner. */
  setSlasher(args: Extract<ExecuteMsg, { set_slasher: unknown }>["set_slasher"]): Message {
    return call(this.#sender, this.#address, "staking.set_slasher", executeMsg, { set_slasher: args });
  }

  /** Refuses new stake or takes it again; stake leaves at any time. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "staking.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "staking.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "staking.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "staking.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "staking.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `staking` contract. */
export const hooks = {
  /** Registers the sender as an operator and pledges what was sent. */
  register(args: Extract<Hook, { register: unknown }>["register"]): Binary {
    return encodeHook("staking.register", hook, { register: args });
  },

  /** Adds to the sender's pledge, locked from now on. */
  pledge(): Binary {
    return encodeHook("staking.pledge", hook, { pledge: {} });
  },

  /** Delegates to a node. */
  delegate(args: Extract<Hook, { delegate: unknown }>["delegate"]): Binary {
    return encodeHook("staking.delegate", hook, { delegate: args });
  },

  /**
   * A reward for a node's pool: the operator's commission at once, the rest over
   * `bithive_economics::stream::SECONDS`.
   */
  reward(args: Extract<Hook, { reward: unknown }>["reward"]): Binary {
    return encodeHook("staking.reward", hook, { reward: args });
  },
};
