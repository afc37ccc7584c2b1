// Written by gen/generate.mjs from schema/timebank/; not to be edited.

import {
  binary, bool, hexBinary, list, nullable, object, optional, text, u16, u32, u64, u8, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Parameters, fixed for the life of the contract. */
export interface Params {
  /** Credits for a unit of BOINC credit, in 1/10,000, 1 to `limits::MAX_BOINC_RATE`. */
  boinc_rate: number;
  /** Most credits that are imported in a day. */
  import_per_day: bigint;
  /** Interest for a day, in millionths, at most `limits::MAX_INTEREST_PPM`. */
  interest_ppm: number;
  /** What a credit is worth, in base units of BTT, 1 to `limits::MAX_PRICE`. */
  price: Uint128;
}
/** Checks {@link Params}. */
export const params: Codec<Params> = /* @__PURE__ */ object({
  boinc_rate: u32,
  import_per_day: u64,
  interest_ppm: u32,
  price: uint128,
});

/** Creates the contract. */
export interface InstantiateMsg {
  /** Address of the `jobs` contract. */
  jobs: string;
  /** The contract's owner (governance), a bech32 address. */
  owner: string;
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Address of the cw20 token BTT. */
  token: string;
  /** Address that receives BTT that the owner returns. */
  treasury: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  jobs: text,
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

/** What oracles attest: the total of a host in a BOINC project, and whose it is. */
export interface BoincStatement {
  /** Address of the account on this chain. */
  account: string;
  /** The host's number in the project. */
  host: bigint;
  /** URL of the project, 1 to `limits::MAX_PROJECT_BYTES` bytes, as its scheduler names it. */
  project: string;
  /** Credit that the project granted to the host since it began, in whole cobblestones, rounded down. */
  total: bigint;
}
/** Checks {@link BoincStatement}. */
export const boincStatement: Codec<BoincStatement> = /* @__PURE__ */ object({
  account: text,
  host: u64,
  project: text,
  total: u64,
});

/**
 * The public terms of a job. Its conditions are only in the vault. `A` is the type of addresses: text in a message,
 * and checked where the contract stores the terms and answers with them.
 */
export interface TermsForString {
  /** Last second in which workers can be assigned, Unix time; in the future, at most a window away. */
  assign_by: bigint;
  /** Seconds for commitments, from the assignment. */
  commit_seconds: bigint;
  /**
   * Owner of the data, if it is to receive its share; it has let the requester name it
   * (`crate::models::ExecuteMsg::SetConsent`), and is somebody else.
   */
  data_owner?: string | null;
  /** Words of the masked result, 1..=`limits::MAX_DIMENSIONS`. */
  dimensions: number;
  /** Seconds for the final statement, and for replacing the workers of a failed round. */
  finalize_seconds: bigint;
  /** BLAKE3 digest of the model file. */
  model: HexBinary;
  /**
   * Receiver of the model's share. Not the requester's word: the market asks `crate::models` when the job is posted,
   * and writes here what it answers. A message that names somebody else is refused; null leaves it to the market.
   */
  model_owner?: string | null;
  /** Most that one worker may ask, in base units, more than 0. */
  price: Uint128;
  /** Workers that must agree (q), k/2 < q <= k: two disjoint quorums must be impossible. */
  quorum: number;
  /** Seconds for reveals. */
  reveal_seconds: bigint;
  /** Largest difference of any word within the quorum, in fixed-point units; 0 for bitwise jobs. */
  tolerance: number;
  /** Number of workers (k), 1..=`limits::MAX_WORKERS`. */
  workers: number;
}
/** Checks {@link TermsForString}. */
export const termsForString: Codec<TermsForString> = /* @__PURE__ */ object({
  assign_by: u64,
  commit_seconds: u64,
  data_owner: optional(text),
  dimensions: u16,
  finalize_seconds: u64,
  model: hexBinary,
  model_owner: optional(text),
  price: uint128,
  quorum: u8,
  reveal_seconds: u64,
  tolerance: u32,
  workers: u8,
});

/** An account that attests BOINC credit. */
export interface Oracle {
  /** Address of the oracle. */
  account: string;
  /** BLS public key in G1, 48 bytes. */
  bls_key: HexBinary;
  /** Proof of possession: BLS signature (G2, 96 bytes) over `bithive_attest::possession_bytes`. */
  bls_possession: HexBinary;
}
/** Checks {@link Oracle}. */
export const oracle: Codec<Oracle> = /* @__PURE__ */ object({
  account: text,
  bls_key: hexBinary,
  bls_possession: hexBinary,
});

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send` of BTT; `msg` is a `Hook`. Sender: the token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Credits idle time, up to what the meter may credit in a day and what is funded. Sender: a meter. */
  | { deposit: {
    /** Address of the account whose machine was idle. */
    account: string;
    /** Credits to give, at least 1. */
    credits: bigint;
  } }
  /** Credits what oracles attest; each unit of a host's total counts once. Sender: anyone. */
  | { import: {
    /** Aggregate of their BLS signatures (G2, 96 bytes) over `bithive_attest::BoincCredit::sign_bytes`. */
    signature: HexBinary;
    /** Bit i set: oracle i signed. */
    signers: number;
    /** The statement that the oracles signed. */
    statement: BoincStatement;
  } }
  /**
   * Posts a job for the sender and pays its escrow, rounded up to whole credits. The job is the sender's: it assigns
   * workers, and what is refunded is BTT for it. Sender: whose credits they are.
   */
  | { spend: {
    /** Most credits that it may cost. */
    most: bigint;
    /** Terms of the job. */
    terms: TermsForString;
    /** Sealed policy, as in `Hook::Post`. */
    vault: Binary;
  } }
  /** Credits the interest of the days that have passed; every message does so first. Sender: anyone. */
  | { accrue: {} }
  /** Sets what a meter may credit. Sender: the owner. */
  | { set_meter: {
    /** A contract that meters idle time. */
    meter: string;
    /** Most credits that it may give in a day; null to remove the meter. */
    per_day?: bigint | null;
  } }
  /** Replaces the oracles. Sender: the owner. */
  | { set_oracles: {
    /** At most `limits::MAX_ORACLES`, each with another key; index 0 first. */
    oracles: Oracle[];
    /** How many must sign: more than half. */
    threshold: number;
  } }
  /** Gives BTT that no credit needs to the treasury. Sender: the owner. */
  | { return_funds: {
    /** Amount in base units. */
    amount: Uint128;
  } }
  /** Stops deposits and imports or lets them go on; credits can be spent at any time. Sender: the owner. */
  | { set_paused: {
    /** Whether deposits and imports are stopped. */
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
  deposit: object({
    account: text,
    credits: u64,
  }),
  import: object({
    signature: hexBinary,
    signers: u32,
    statement: boincStatement,
  }),
  spend: object({
    most: u64,
    terms: termsForString,
    vault: binary,
  }),
  accrue: object({}),
  set_meter: object({
    meter: text,
    per_day: optional(u64),
  }),
  set_oracles: object({
    oracles: list(oracle),
    threshold: u8,
  }),
  return_funds: object({
    amount: uint128,
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

/** Queries of the `timebank` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** An account's credits. */
  | { account: {
    /** Address of the account. */
    address: string;
  } }
  /** How many credits there are, and the BTT that back them. */
  | { totals: {} }
  /** What a meter may credit in a day, and has credited today; null for any other account. */
  | { meter: {
    /** Address of the account. */
    address: string;
  } }
  /** The oracles that attest BOINC credit. */
  | { oracles: {} }
  /** What was imported of a host, null before the first time. */
  | { host: {
    /** The host's number in the project. */
    host: bigint;
    /** URL of the project. */
    project: string;
  } }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  account: object({
    address: text,
  }),
  totals: object({}),
  meter: object({
    address: text,
  }),
  oracles: object({}),
  host: object({
    host: u64,
    project: text,
  }),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Configuration in force. */
export interface ConfigResponse {
  /** Address of the `jobs` contract. */
  jobs: Addr;
  /** The contract's owner (governance); never null, because ownership can't be renounced. */
  owner?: Addr | null;
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Whether deposits and imports are stopped. */
  paused: boolean;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
  /** Address of the cw20 token BTT. */
  token: Addr;
  /** Address that receives BTT that the owner returns. */
  treasury: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  jobs: text,
  owner: optional(text),
  params: params,
  paused: bool,
  pending_owner: optional(text),
  token: text,
  treasury: text,
});

/** Credits of an account. */
export interface AccountResponse {
  /** Credits, with the interest of days that have passed and were funded. */
  credits: bigint;
}
/** Checks {@link AccountResponse}. */
export const accountResponse: Codec<AccountResponse> = /* @__PURE__ */ object({
  credits: u64,
});

/** How many credits there are, and the BTT that back them. */
export interface TotalsResponse {
  /** Credits of all accounts, rounded up. */
  credits: bigint;
  /** Number of days whose interest was credited. */
  days: bigint;
  /** BTT that back them, in base units: the contract's balance, but for what was sent to it without a hook. */
  funded: Uint128;
  /** Credits imported today. */
  imported_today: bigint;
  /** What a credit of the first day is now, in 2^-64 credits. */
  index: Uint128;
  /** BTT that the credits are worth, in base units; at most `funded`. */
  owed: Uint128;
}
/** Checks {@link TotalsResponse}. */
export const totalsResponse: Codec<TotalsResponse> = /* @__PURE__ */ object({
  credits: u64,
  days: u64,
  funded: uint128,
  imported_today: u64,
  index: uint128,
  owed: uint128,
});

/** What a meter may credit, and has credited today. */
export interface MeterResponse {
  /** Most credits that it may give in a day. */
  per_day: bigint;
  /** Credits given today. */
  today: bigint;
}
/** Checks {@link MeterResponse}. */
export const meterResponse: Codec<MeterResponse> = /* @__PURE__ */ object({
  per_day: u64,
  today: u64,
});

/** One oracle and its key. */
export interface OracleResponse {
  /** Address of the oracle. */
  account: Addr;
  /** BLS public key in G1, 48 bytes. */
  bls_key: HexBinary;
}
/** Checks {@link OracleResponse}. */
export const oracleResponse: Codec<OracleResponse> = /* @__PURE__ */ object({
  account: text,
  bls_key: hexBinary,
});

/** The oracles that attest BOINC credit. */
export interface OraclesResponse {
  /** In the order of their bits, from bit 0. */
  oracles: OracleResponse[];
  /** How many must sign; 0 without oracles. */
  threshold: number;
}
/** Checks {@link OraclesResponse}. */
export const oraclesResponse: Codec<OraclesResponse> = /* @__PURE__ */ object({
  oracles: list(oracleResponse),
  threshold: u8,
});

/** What was imported of a host. */
export interface HostResponse {
  /** Address of the account on this chain; it never changes. */
  account: Addr;
  /** Credits given for it. */
  credits: bigint;
  /** The host's total that was counted, in cobblestones. */
  total: bigint;
}
/** Checks {@link HostResponse}. */
export const hostResponse: Codec<HostResponse> = /* @__PURE__ */ object({
  account: text,
  credits: u64,
  total: u64,
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
  /** Adds the tokens to what backs credits and interest. */
  | { fund: {} };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  fund: object({}),
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  account: AccountResponse;
  totals: TotalsResponse;
  meter: MeterResponse | null;
  oracles: OraclesResponse;
  host: HostResponse | null;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  account: accountResponse,
  totals: totalsResponse,
  meter: nullable(meterResponse),
  oracles: oraclesResponse,
  host: nullable(hostResponse),
  settings: list(settingResponse),
};

/** Queries of a `timebank` contract. */
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
    return ask(this.#chain, this.#address, "timebank.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** An account's credits. */
  account(args: Extract<QueryMsg, { account: unknown }>["account"], options?: QueryOptions): Promise<AccountResponse> {
    return ask(this.#chain, this.#address, "timebank.account", queryMsg, { account: args }, responses.account, options);
  }

  /** How many credits there are, and the BTT that back them. */
  totals(options?: QueryOptions): Promise<TotalsResponse> {
    return ask(this.#chain, this.#address, "timebank.totals", queryMsg, { totals: {} }, responses.totals, options);
  }

  /** What a meter may credit in a day, and has credited today; null for any other account. */
  meter(args: Extract<QueryMsg, { meter: unknown }>["meter"], options?: QueryOptions): Promise<MeterResponse | null> {
    return ask(this.#chain, this.#address, "timebank.meter", queryMsg, { meter: args }, responses.meter, options);
  }

  /** The oracles that attest BOINC credit. */
  oracles(options?: QueryOptions): Promise<OraclesResponse> {
    return ask(this.#chain, this.#address, "timebank.oracles", queryMsg, { oracles: {} }, responses.oracles, options);
  }

  /** What was imported of a host, null before the first time. */
  host(args: Extract<QueryMsg, { host: unknown }>["host"], options?: QueryOptions): Promise<HostResponse | null> {
    return ask(this.#chain, this.#address, "timebank.host", queryMsg, { host: args }, responses.host, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "timebank.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `timebank` contract, to be sent in transactions. */
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
    return call(this.#sender, this.#address, "timebank.receive", executeMsg, { receive: args });
  }

  /** Credits idle time, up to what the meter may credit in a day and what is funded. Sender: a meter. */
  deposit(args: Extract<ExecuteMsg, { deposit: unknown }>["deposit"]): Message {
    return call(this.#sender, this.#address, "timebank.deposit", executeMsg, { deposit: args });
  }

  /** Credits what oracles attest; each unit of a host's total counts once. Sender: anyone. */
  import(args: Extract<ExecuteMsg, { import: unknown }>["import"]): Message {
    return call(this.#sender, this.#address, "timebank.import", executeMsg, { import: args });
  }

  /**
   * Posts a job for the sender and pays its escrow, rounded up to whole credits. The job is the sender's: it assigns
   * workers, and what is refunded is BTT for it. Sender: whose credits they are.
   */
  spend(args: Extract<ExecuteMsg, { spend: unknown }>["spend"]): Message {
    return call(this.#sender, this.#address, "timebank.spend", executeMsg, { spend: args });
  }

  /** Credits the interest of the days that have passed; every message does so first. Sender: anyone. */
  accrue(): Message {
    return call(this.#sender, this.#address, "timebank.accrue", executeMsg, { accrue: {} });
  }

  /** Sets what a meter may credit. Sender: the owner. */
  setMeter(args: Extract<ExecuteMsg, { set_meter: unknown }>["set_meter"]): Message {
    return call(this.#sender, this.#address, "timebank.set_meter", executeMsg, { set_meter: args });
  }

  /** Replaces the oracles. Sender: the owner. */
  setOracles(args: Extract<ExecuteMsg, { set_oracles: unknown }>["set_oracles"]): Message {
    return call(this.#sender, this.#address, "timebank.set_oracles", executeMsg, { set_oracles: args });
  }

  /** Gives BTT that no credit needs to the treasury. Sender: the owner. */
  returnFunds(args: Extract<ExecuteMsg, { return_funds: unknown }>["return_funds"]): Message {
    return call(this.#sender, this.#address, "timebank.return_funds", executeMsg, { return_funds: args });
  }

  /** Stops deposits and imports or lets them go on; credits can be spent at any time. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "timebank.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "timebank.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "timebank.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "timebank.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "timebank.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `timebank` contract. */
export const hooks = {
  /** Adds the tokens to what backs credits and interest. */
  fund(): Binary {
    return encodeHook("timebank.fund", hook, { fund: {} });
  },
};
