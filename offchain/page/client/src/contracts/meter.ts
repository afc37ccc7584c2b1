// Written by gen/generate.mjs from schema/meter/; not to be edited.

import {
  binary, bool, list, object, optional, text, u32, u64, u8, variants, type Codec, type Addr, type Binary,
} from "../codec.js";
import { ask, call, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Parameters, fixed for the life of the contract. */
export interface Params {
  /** Credits for an hour of idle time, 1 to `limits::MAX_CREDITS_PER_HOUR`; the same for all machines. */
  credits_per_hour: number;
  /** Most credits that are counted in a period for all machines together, 1 to `limits::MAX_PER_PERIOD`. */
  per_period: bigint;
  /**
   * Length of a period, in seconds, within `limits::PERIOD_SECONDS`. Period n begins n times this after 1970 (UTC).
   */
  period_seconds: bigint;
}
/** Checks {@link Params}. */
export const params: Codec<Params> = /* @__PURE__ */ object({
  credits_per_hour: u32,
  per_period: u64,
  period_seconds: u64,
});

/** Creates the contract, without members. */
export interface InstantiateMsg {
  /** The contract's owner (governance), a bech32 address. */
  owner: string;
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Address of the `timebank` contract. */
  timebank: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  owner: text,
  params: params,
  timebank: text,
});

/** A claim that a member vouches for. */
export interface VouchedClaim {
  /** Address of the machine. */
  machine: string;
  /** Number of the period. */
  period: bigint;
  /** Idle seconds, exactly as the machine has claimed them. */
  seconds: bigint;
}
/** Checks {@link VouchedClaim}. */
export const vouchedClaim: Codec<VouchedClaim> = /* @__PURE__ */ object({
  machine: text,
  period: u64,
  seconds: u64,
});

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /**
   * States how long the sender, a machine, was idle in a period: once for each, in the three periods after it
   * (`bithive_economics::idle`). Sender: anyone.
   */
  | { claim: {
    /** Address of the account that gets the credits. */
    account: string;
    /** Number of the period. */
    period: bigint;
    /** Idle seconds, at most the period's. */
    seconds: bigint;
  } }
  /**
   * Vouches for what machines have claimed, as often as it was taken over by enough members that are no machine or
   * account of it. Sender: a member.
   */
  | { vouch: {
    /** 1 to `limits::MAX_VOUCHES` claims; if one of them is refused, all are. */
    claims: VouchedClaim[];
  } }
  /** Has the time bank give an account credits that are due to it. Sender: anyone. */
  | { collect: {
    /** Address of the account. */
    account: string;
    /** Most credits to give; null for all that are due. What a time bank has room for on a day is bounded. */
    most?: bigint | null;
  } }
  /** Replaces the members. Sender: the owner. */
  | { set_members: {
    /** At most `limits::MAX_MEMBERS`, each once. */
    members: string[];
    /** How many have to vouch: more than half. */
    threshold: number;
  } }
  /** Stops claims and vouching or lets them go on; what is due can be collected at any time. Sender: the owner. */
  | { set_paused: {
    /** Whether claims and vouching are stopped. */
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
  claim: object({
    account: text,
    period: u64,
    seconds: u64,
  }),
  vouch: object({
    claims: list(vouchedClaim),
  }),
  collect: object({
    account: text,
    most: optional(u64),
  }),
  set_members: object({
    members: list(text),
    threshold: u8,
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

/** Queries of the `meter` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** Who vouches for claims. */
  | { members: {} }
  /** What a machine has claimed in periods that are open, or were when it last claimed. */
  | { machine: {
    /** Address of the machine. */
    address: string;
  } }
  /** Credits that are due to an account. */
  | { due: {
    /** Address of the account. */
    account: string;
  } }
  /** Which periods are open, and how much was counted in the present one. */
  | { periods: {} }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  members: object({}),
  machine: object({
    address: text,
  }),
  due: object({
    account: text,
  }),
  periods: object({}),
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
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Whether claims and vouching are stopped. */
  paused: boolean;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
  /** Address of the `timebank` contract. */
  timebank: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  owner: optional(text),
  params: params,
  paused: bool,
  pending_owner: optional(text),
  timebank: text,
});

/** Who vouches for claims, and how many have to. */
export interface MembersResponse {
  /** Addresses of the members' accounts. */
  members: Addr[];
  /** How many have to vouch; 0 without members. */
  threshold: number;
}
/** Checks {@link MembersResponse}. */
export const membersResponse: Codec<MembersResponse> = /* @__PURE__ */ object({
  members: list(text),
  threshold: u8,
});

/** What a machine has claimed for a period. */
export interface ClaimResponse {
  /** Address of the account that gets the credits. */
  account: Addr;
  /** Whether enough have: the credits are or were due. */
  counted: boolean;
  /** What they are worth. */
  credits: bigint;
  /** Number of the period. */
  period: bigint;
  /** Idle time of the period, in seconds. */
  seconds: bigint;
  /** Members that have vouched for it. */
  vouched_by: Addr[];
}
/** Checks {@link ClaimResponse}. */
export const claimResponse: Codec<ClaimResponse> = /* @__PURE__ */ object({
  account: text,
  counted: bool,
  credits: u64,
  period: u64,
  seconds: u64,
  vouched_by: list(text),
});

/** What a machine has claimed. */
export interface MachineResponse {
  /** By period; at most as many as are open. */
  claims: ClaimResponse[];
}
/** Checks {@link MachineResponse}. */
export const machineResponse: Codec<MachineResponse> = /* @__PURE__ */ object({
  claims: list(claimResponse),
});

/** Credits that are due to an account. */
export interface DueResponse {
  /** Credits that the time bank has not given yet. */
  credits: bigint;
}
/** Checks {@link DueResponse}. */
export const dueResponse: Codec<DueResponse> = /* @__PURE__ */ object({
  credits: u64,
});

/** Which periods are open, and how much was counted in the present one. */
export interface PeriodsResponse {
  /** Credits that were counted in the present period. */
  counted: bigint;
  /** Number of the present period. */
  current: bigint;
  /** First period that can be claimed now. */
  first: bigint;
  /** Last period that can be claimed now; below `first` if none can. */
  last: bigint;
}
/** Checks {@link PeriodsResponse}. */
export const periodsResponse: Codec<PeriodsResponse> = /* @__PURE__ */ object({
  counted: u64,
  current: u64,
  first: u64,
  last: u64,
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
  members: MembersResponse;
  machine: MachineResponse;
  due: DueResponse;
  periods: PeriodsResponse;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  members: membersResponse,
  machine: machineResponse,
  due: dueResponse,
  periods: periodsResponse,
  settings: list(settingResponse),
};

/** Queries of a `meter` contract. */
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
    return ask(this.#chain, this.#address, "meter.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** Who vouches for claims. */
  members(options?: QueryOptions): Promise<MembersResponse> {
    return ask(this.#chain, this.#address, "meter.members", queryMsg, { members: {} }, responses.members, options);
  }

  /** What a machine has claimed in periods that are open, or were when it last claimed. */
  machine(args: Extract<QueryMsg, { machine: unknown }>["machine"], options?: QueryOptions): Promise<MachineResponse> {
    return ask(this.#chain, this.#address, "meter.machine", queryMsg, { machine: args }, responses.machine, options);
  }

  /** Credits that are due to an account. */
  due(args: Extract<QueryMsg, { due: unknown }>["due"], options?: QueryOptions): Promise<DueResponse> {
    return ask(this.#chain, this.#address, "meter.due", queryMsg, { due: args }, responses.due, options);
  }

  /** Which periods are open, and how much was counted in the present one. */
  periods(options?: QueryOptions): Promise<PeriodsResponse> {
    return ask(this.#chain, this.#address, "meter.periods", queryMsg, { periods: {} }, responses.periods, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "meter.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `meter` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /**
   * States how long the sender, a machine, was idle in a period: once for each, in the three periods after it
   * (`bithive_economics::idle`). Sender: anyone.
   */
  claim(args: Extract<ExecuteMsg, { claim: unknown }>["claim"]): Message {
    return call(this.#sender, this.#address, "meter.claim", executeMsg, { claim: args });
  }

  /**
   * Vouches for what machines have claimed, as often as it was taken over by enough members that are no machine or
   * account of it. Sender: a member.
   */
  vouch(args: Extract<ExecuteMsg, { vouch: unknown }>["vouch"]): Message {
    return call(this.#sender, this.#address, "meter.vouch", executeMsg, { vouch: args });
  }

  /** Has the time bank give an account credits that are due to it. Sender: anyone. */
  collect(args: Extract<ExecuteMsg, { collect: unknown }>["collect"]): Message {
    return call(this.#sender, this.#address, "meter.collect", executeMsg, { collect: args });
  }

  /** Replaces the members. Sender: the owner. */
  setMembers(args: Extract<ExecuteMsg, { set_members: unknown }>["set_members"]): Message {
    return call(this.#sender, this.#address, "meter.set_members", executeMsg, { set_members: args });
  }

  /** Stops claims and vouching or lets them go on; what is due can be collected at any time. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "meter.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "meter.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "meter.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "meter.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "meter.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}
