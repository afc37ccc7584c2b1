// Written by gen/generate.mjs from schema/rewards/; not to be edited.

import {
  binary, bool, hexBinary, list, literal, nullable, object, optional, text, u16, u32, u64, u8, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/**
 * Limits of what is paid on a day of the chain's clock (UTC). Beside them, a patient has one reward for
 * `Activity::ChronicCare` a day, whatever is set here.
 */
export interface Limits {
  /** What one patient receives, in base units, at least 1. */
  patient_amount: Uint128;
  /** Rewards of one patient, at least 1. */
  patient_count: number;
  /** What all patients receive, in base units; at least that of one. */
  total_amount: Uint128;
}
/** Checks {@link Limits}. */
export const limits: Codec<Limits> = /* @__PURE__ */ object({
  patient_amount: uint128,
  patient_count: u16,
  total_amount: uint128,
});

/** Creates the contract. */
export interface InstantiateMsg {
  /**
   * Parties that must approve a reward, the proposer among them, within `limits::APPROVALS`, each of another role.
   */
  approvals: number;
  /** Limits of what is paid on a day. */
  limits: Limits;
  /** The contract's owner (governance), a bech32 address. */
  owner: string;
  /** Address of the cw20 token BTT. */
  token: string;
  /** Address that receives budget that the owner returns. */
  treasury: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  approvals: u8,
  limits: limits,
  owner: text,
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

/** What a patient is rewarded for. */
export type Activity =
  /** A check-up: 200 to 600 BTT. */
  | "check_up"
  /** A day of chronic care: 10 to 30, once a day for a patient. */
  | "chronic_care"
  /** A treatment cycle: 400 to 1,500 BTT. */
  | "treatment_cycle"
  /** Education: 80 to 200 BTT. */
  | "education"
  /** Sharing of data: 150 to 450 BTT. */
  | "data_sharing"
  /** Lending compute power: 300 to 2,500 BTT. */
  | "compute";
/** Checks {@link Activity}. */
export const activity: Codec<Activity> = /* @__PURE__ */ literal("check_up", "chronic_care", "treatment_cycle", "education", "data_sharing", "compute");

/**
 * What a reward is computed from: R = A C + (H T) P, within the activity's range. Factors are in 1/10,000, at most
 * 100,000.
 */
export interface Inputs {
  /** Adjustment to the person, P, in 1/10,000. */
  adjustment: number;
  /** Quality of the completion, C, in 1/10,000. */
  completion: number;
  /** Value of a consistent history, H, in base units. */
  history: Uint128;
  /** Multiplier of time, T, in 1/10,000. */
  time: number;
  /** Value of the activity, A, in base units. */
  value: Uint128;
}
/** Checks {@link Inputs}. */
export const inputs: Codec<Inputs> = /* @__PURE__ */ object({
  adjustment: u32,
  completion: u32,
  history: uint128,
  time: u32,
  value: uint128,
});

/** Role of a party that approves rewards. */
export type Role =
  /** Treats the patient. */
  | "clinician"
  /** Runs the place where it happens. */
  | "institution"
  /** Pays for care. */
  | "insurer"
  /** Checks the others. */
  | "auditor";
/** Checks {@link Role}. */
export const role: Codec<Role> = /* @__PURE__ */ literal("clinician", "institution", "insurer", "auditor");

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send` of BTT; `msg` is a `Hook`. Sender: the token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Proposes a reward and approves it. Sender: a party. */
  | { propose: {
    /** What the patient did. */
    activity: Activity;
    /** SHA-256 of the evidence, which is kept elsewhere. */
    evidence: HexBinary;
    /** Inputs of the formula. */
    inputs: Inputs;
    /** Address that receives the reward; it must not reveal who the patient is. */
    patient: string;
  } }
  /**
   * Approves a proposal; the last approval that it needs pays it. Sender: a party of a role that has not approved.
   */
  | { approve: {
    /** Number of the proposal, from 1. */
    id: bigint;
  } }
  /** Removes a proposal whose time for approvals is over. Sender: anyone. */
  | { expire: {
    /** Number of the proposal, from 1. */
    id: bigint;
  } }
  /** By anybody: takes what a settlement contract owes into the budget. */
  | { collect: {
    /** A source that the owner has named. */
    source: string;
  } }
  /** Gives an account a role, or takes it. Sender: the owner. */
  | { set_party: {
    /** Address of the account. */
    address: string;
    /** Its new role; null to take it away. */
    role?: Role | null;
  } }
  /** Sets the limits. Sender: the owner. */
  | { set_limits: Limits }
  /** Gives a part of the budget to the treasury. Sender: the owner. */
  | { return_budget: {
    /** Amount in base units. */
    amount: Uint128;
  } }
  /** Names a contract to collect from, or takes the name back. Sender: the owner. */
  | { set_source: {
    /** Whether it is one. */
    allowed: boolean;
    /** A contract with the message `withdraw` of `jobs`. */
    source: string;
  } }
  /** Stops proposals and approvals, or lets them go on; collecting goes on. Sender: the owner. */
  | { set_paused: {
    /** Whether proposals and approvals are stopped. */
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
  propose: object({
    activity: activity,
    evidence: hexBinary,
    inputs: inputs,
    patient: text,
  }),
  approve: object({
    id: u64,
  }),
  expire: object({
    id: u64,
  }),
  collect: object({
    source: text,
  }),
  set_party: object({
    address: text,
    role: optional(role),
  }),
  set_limits: limits,
  return_budget: object({
    amount: uint128,
  }),
  set_source: object({
    allowed: bool,
    source: text,
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

/** Queries of the `rewards` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** An account's role, null without one. */
  | { party: {
    /** Address of the account. */
    address: string;
  } }
  /** A proposal, null when there is none of that number (any more). */
  | { proposal: {
    /** Number of the proposal, from 1. */
    id: bigint;
  } }
  /** Proposals that wait, by number. */
  | { proposals: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** What a patient received. */
  | { patient: {
    /** Address of the patient. */
    address: string;
  } }
  /** What the contract holds and has paid. */
  | { budget: {} }
  /** Whether the contract collects from another one. */
  | { source: {
    /** The other contract. */
    address: string;
  } }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  party: object({
    address: text,
  }),
  proposal: object({
    id: u64,
  }),
  proposals: object({
    limit: optional(u32),
    start_after: optional(u64),
  }),
  patient: object({
    address: text,
  }),
  budget: object({}),
  source: object({
    address: text,
  }),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Configuration in force. */
export interface ConfigResponse {
  /** Parties that must approve a reward: 2 to 4. */
  approvals: number;
  /** Limits of what is paid on a day. */
  limits: Limits;
  /** The contract's owner (governance); never null, because ownership can't be renounced. */
  owner?: Addr | null;
  /** Whether proposals and approvals are stopped. */
  paused: boolean;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
  /** Address of the cw20 token BTT. */
  token: Addr;
  /** Address that receives budget that the owner returns. */
  treasury: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  approvals: u8,
  limits: limits,
  owner: optional(text),
  paused: bool,
  pending_owner: optional(text),
  token: text,
  treasury: text,
});

/** Approval by one party. */
export interface Approval {
  /** Address of the party. */
  party: Addr;
  /** Its role when it approved. */
  role: Role;
}
/** Checks {@link Approval}. */
export const approval: Codec<Approval> = /* @__PURE__ */ object({
  party: text,
  role: role,
});

/** A proposal that waits for approvals. */
export interface ProposalResponse {
  /** What the patient did. */
  activity: Activity;
  /** What will be paid, in base units. */
  amount: Uint128;
  /** Who has approved, in order, the proposer first. */
  approvals: Approval[];
  /** SHA-256 of the evidence. */
  evidence: HexBinary;
  /** Number of the proposal, from 1. */
  id: bigint;
  /** Receives the reward. */
  patient: Addr;
  /** Last second for approvals, Unix time. */
  until: bigint;
}
/** Checks {@link ProposalResponse}. */
export const proposalResponse: Codec<ProposalResponse> = /* @__PURE__ */ object({
  activity: activity,
  amount: uint128,
  approvals: list(approval),
  evidence: hexBinary,
  id: u64,
  patient: text,
  until: u64,
});

/** What a patient received, in base units. */
export interface PatientResponse {
  /** Whether one of them is for chronic care: then there is no other today. */
  chronic_care: boolean;
  /** Number of rewards received today. */
  count: number;
  /** Received today, in base units. */
  today: Uint128;
  /** Received in all, in base units. */
  total: Uint128;
}
/** Checks {@link PatientResponse}. */
export const patientResponse: Codec<PatientResponse> = /* @__PURE__ */ object({
  chronic_care: bool,
  count: u16,
  today: uint128,
  total: uint128,
});

/** What the contract holds and has paid, in base units. */
export interface BudgetResponse {
  /** What can be paid: the contract's balance, but for what was sent to it without a hook since it last collected. */
  available: Uint128;
  /** Ever put in, what was collected included. */
  funded: Uint128;
  /** Paid to patients so far. */
  paid: Uint128;
  /** Given to the treasury so far. */
  returned: Uint128;
  /** Paid to all patients today. */
  today: Uint128;
}
/** Checks {@link BudgetResponse}. */
export const budgetResponse: Codec<BudgetResponse> = /* @__PURE__ */ object({
  available: uint128,
  funded: uint128,
  paid: uint128,
  returned: uint128,
  today: uint128,
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

/** What a cw20 `Send` of BTT is for. */
export type Hook =
  /** Adds the tokens to the budget. */
  | { fund: {} };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  fund: object({}),
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  party: Role | null;
  proposal: ProposalResponse | null;
  proposals: ProposalResponse[];
  patient: PatientResponse;
  budget: BudgetResponse;
  source: boolean;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  party: nullable(role),
  proposal: nullable(proposalResponse),
  proposals: list(proposalResponse),
  patient: patientResponse,
  budget: budgetResponse,
  source: bool,
  settings: list(settingResponse),
};

/** Queries of a `rewards` contract. */
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
    return ask(this.#chain, this.#address, "rewards.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** An account's role, null without one. */
  party(args: Extract<QueryMsg, { party: unknown }>["party"], options?: QueryOptions): Promise<Role | null> {
    return ask(this.#chain, this.#address, "rewards.party", queryMsg, { party: args }, responses.party, options);
  }

  /** A proposal, null when there is none of that number (any more). */
  proposal(args: Extract<QueryMsg, { proposal: unknown }>["proposal"], options?: QueryOptions): Promise<ProposalResponse | null> {
    return ask(this.#chain, this.#address, "rewards.proposal", queryMsg, { proposal: args }, responses.proposal, options);
  }

  /** Proposals that wait, by number. */
  proposals(args: Extract<QueryMsg, { proposals: unknown }>["proposals"] = {}, options?: QueryOptions): Promise<ProposalResponse[]> {
    return ask(this.#chain, this.#address, "rewards.proposals", queryMsg, { proposals: args }, responses.proposals, options);
  }

  /** What a patient received. */
  patient(args: Extract<QueryMsg, { patient: unknown }>["patient"], options?: QueryOptions): Promise<PatientResponse> {
    return ask(this.#chain, this.#address, "rewards.patient", queryMsg, { patient: args }, responses.patient, options);
  }

  /** What the contract holds and has paid. */
  budget(options?: QueryOptions): Promise<BudgetResponse> {
    return ask(this.#chain, this.#address, "rewards.budget", queryMsg, { budget: {} }, responses.budget, options);
  }

  /** Whether the contract collects from another one. */
  source(args: Extract<QueryMsg, { source: unknown }>["source"], options?: QueryOptions): Promise<boolean> {
    return ask(this.#chain, this.#address, "rewards.source", queryMsg, { source: args }, responses.source, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "rewards.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `rewards` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send` of BTT; `msg` is a `Hook`. Sender: the token contract. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "rewards.receive", executeMsg, { receive: args });
  }

  /** Proposes a reward and approves it. Sender: a party. */
  propose(args: Extract<ExecuteMsg, { propose: unknown }>["propose"]): Message {
    return call(this.#sender, this.#address, "rewards.propose", executeMsg, { propose: args });
  }

  /**
   * Approves a proposal; the last approval that it needs pays it. Sender: a party of a role that has not approved.
   */
  approve(args: Extract<ExecuteMsg, { approve: unknown }>["approve"]): Message {
    return call(this.#sender, this.#address, "rewards.approve", executeMsg, { approve: args });
  }

  /** Removes a proposal whose time for approvals is over. Sender: anyone. */
  expire(args: Extract<ExecuteMsg, { expire: unknown }>["expire"]): Message {
    return call(this.#sender, this.#address, "rewards.expire", executeMsg, { expire: args });
  }

  /** By anybody: takes what a settlement contract owes into the budget. */
  collect(args: Extract<ExecuteMsg, { collect: unknown }>["collect"]): Message {
    return call(this.#sender, this.#address, "rewards.collect", executeMsg, { collect: args });
  }

  /** Gives an account a role, or takes it. Sender: the owner. */
  setParty(args: Extract<ExecuteMsg, { set_party: unknown }>["set_party"]): Message {
    return call(this.#sender, this.#address, "rewards.set_party", executeMsg, { set_party: args });
  }

  /** Sets the limits. Sender: the owner. */
  setLimits(args: Extract<ExecuteMsg, { set_limits: unknown }>["set_limits"]): Message {
    return call(this.#sender, this.#address, "rewards.set_limits", executeMsg, { set_limits: args });
  }

  /** Gives a part of the budget to the treasury. Sender: the owner. */
  returnBudget(args: Extract<ExecuteMsg, { return_budget: unknown }>["return_budget"]): Message {
    return call(this.#sender, this.#address, "rewards.return_budget", executeMsg, { return_budget: args });
  }

  /** Names a contract to collect from, or takes the name back. Sender: the owner. */
  setSource(args: Extract<ExecuteMsg, { set_source: unknown }>["set_source"]): Message {
    return call(this.#sender, this.#address, "rewards.set_source", executeMsg, { set_source: args });
  }

  /** Stops proposals and approvals, or lets them go on; collecting goes on. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "rewards.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "rewards.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "rewards.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "rewards.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "rewards.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `rewards` contract. */
export const hooks = {
  /** Adds the tokens to the budget. */
  fund(): Binary {
    return encodeHook("rewards.fund", hook, { fund: {} });
  },
};
