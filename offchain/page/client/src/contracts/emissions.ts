// Written by gen/generate.mjs from schema/emissions/; not to be edited.

import {
  binary, bool, list, literal, object, optional, text, u64, uint128, uint64, variants, type Codec, type Addr, type Binary, type Uint128, type Uint64,
} from "../codec.js";
import { ask, call, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Accounts that receive a bucket each. */
export interface RecipientsForString {
  /** 15 % of the emission: 20 % of it as it is emitted, the rest of each day's part in 180 daily parts. */
  application: string;
  /** 5 %: each month's part is locked for a month, then paid at 10 % a month. */
  foundation: string;
  /** 5 %, as the foundation's. */
  infrastructure: string;
}
/** Checks {@link RecipientsForString}. */
export const recipientsForString: Codec<RecipientsForString> = /* @__PURE__ */ object({
  application: text,
  foundation: text,
  infrastructure: text,
});

/** Creates the contract. It becomes the minter of BTK by the token's `UpdateMinter`. */
export interface InstantiateMsg {
  /** The contract's owner (governance): names meters and recipients. */
  owner: string;
  /** Recipients of the three buckets other than the contributors'. */
  recipients: RecipientsForString;
  /** When the emission starts, in Unix seconds: now or later. */
  start: bigint;
  /** Address of the cw20 token BTK. */
  token: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  owner: text,
  recipients: recipientsForString,
  start: u64,
  token: text,
});

/** A bucket with a recipient. */
export type Bucket =
  /** Application value: 15 % of the emission. */
  | "application"
  /** Foundation, that is community governance: 5 %. */
  | "foundation"
  /** Infrastructure: 5 %. */
  | "infrastructure";
/** Checks {@link Bucket}. */
export const bucket: Codec<Bucket> = /* @__PURE__ */ literal("application", "foundation", "infrastructure");

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** Reports verified work of today; half of it is credited where the pledge is too small. Sender: a meter. */
  | { credit: {
    /** Address of the account that did the work. */
    contributor: string;
    /** Verified work, in compute credits, at least 1. */
    units: bigint;
  } }
  /**
   * Counts verified work as today's before it says whose it is: what the others of this day earn does not depend on
   * when that is said. Sender: a meter.
   */
  | { announce: {
    /** Compute credits, at least 1. */
    units: bigint;
  } }
  /**
   * Says whose the work is that was announced. What it earns is fixed by the day of the announcement, and becomes due
   * from today on. Sender: the meter that announced it.
   */
  | { credit_announced: {
    /** A time of the day on which it was announced, in Unix seconds. */
    at: bigint;
    /** Who worked: 1 to `MAX_CONTRIBUTORS`. */
    contributors: string[];
    /** Compute credits of each of them, at least 1; half is credited where the pledge is too small. */
    units: bigint;
  } }
  /** By anybody: pays a contributor what is due to it. */
  | { claim: {
    /** Address of the contributor. */
    contributor: string;
  } }
  /** Pays a bucket's recipient what is due to it. Sender: anyone. */
  | { release: {
    /** The bucket, one of the three with a recipient. */
    bucket: Bucket;
  } }
  /** Names another recipient; what is due is paid to the old one first. Sender: the owner. */
  | { set_recipient: {
    /** The bucket, one of the three with a recipient. */
    bucket: Bucket;
    /** Address of the new recipient. */
    recipient: string;
  } }
  /** Lets an account credit work, or no longer. Sender: the owner. */
  | { set_meter: {
    /** Whether it may credit work. */
    allowed: boolean;
    /** A contract that meters jobs or storage. */
    meter: string;
  } }
  /**
   * Names the contract that knows pledges, or none: a contributor whose pledge is below what its node should pledge,
   * or that has none, is credited half of its work. Sender: the owner.
   */
  | { set_staking: {
    /** Address of the `staking` contract; null to credit all work in full. */
    staking?: string | null;
  } }
  /** Stops crediting or lets it go on. Payments are never stopped. Sender: the owner. */
  | { set_paused: {
    /** Whether work is no longer credited. */
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
  credit: object({
    contributor: text,
    units: u64,
  }),
  announce: object({
    units: u64,
  }),
  credit_announced: object({
    at: u64,
    contributors: list(text),
    units: u64,
  }),
  claim: object({
    contributor: text,
  }),
  release: object({
    bucket: bucket,
  }),
  set_recipient: object({
    bucket: bucket,
    recipient: text,
  }),
  set_meter: object({
    allowed: bool,
    meter: text,
  }),
  set_staking: object({
    staking: optional(text),
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

/** Queries of the `emissions` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** What was emitted and minted by now. */
  | { emission: {} }
  /** A contributor's work and pay. */
  | { contributor: {
    /** Address of the contributor. */
    address: string;
  } }
  /** Whether an account may credit work. */
  | { meter: {
    /** Address of the account. */
    address: string;
  } }
  /** The work of a day. */
  | { day: {
    /** Day of the emission, from 0 at its start. */
    day: bigint;
  } }
  /** Work that a meter announced on a day and has not said whose it is. */
  | { announced: {
    /** Days since the start, from 0. */
    day: bigint;
    /** Address of the meter. */
    meter: string;
  } }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  emission: object({}),
  contributor: object({
    address: text,
  }),
  meter: object({
    address: text,
  }),
  day: object({
    day: u64,
  }),
  announced: object({
    day: u64,
    meter: text,
  }),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Accounts that receive a bucket each. */
export interface RecipientsForAddr {
  /** 15 % of the emission: 20 % of it as it is emitted, the rest of each day's part in 180 daily parts. */
  application: Addr;
  /** 5 %: each month's part is locked for a month, then paid at 10 % a month. */
  foundation: Addr;
  /** 5 %, as the foundation's. */
  infrastructure: Addr;
}
/** Checks {@link RecipientsForAddr}. */
export const recipientsForAddr: Codec<RecipientsForAddr> = /* @__PURE__ */ object({
  application: text,
  foundation: text,
  infrastructure: text,
});

/** Configuration in force. */
export interface ConfigResponse {
  /**
   * From when on the application's part is locked, in Unix seconds: what was emitted before is due at once, all of
   * it. Null in a contract of an earlier version that was not migrated since.
   */
  locked_from?: bigint | null;
  /** The contract's owner (governance); never null, because ownership can't be renounced. */
  owner?: Addr | null;
  /** Whether crediting is stopped. */
  paused: boolean;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
  /** Recipients of the three buckets other than the contributors'. */
  recipients: RecipientsForAddr;
  /** Staking contract that states pledges; null if pledges don't count. */
  staking?: Addr | null;
  /** When the emission starts, in Unix seconds. */
  start: bigint;
  /** Address of the cw20 token BTK. */
  token: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  locked_from: optional(u64),
  owner: optional(text),
  paused: bool,
  pending_owner: optional(text),
  recipients: recipientsForAddr,
  staking: optional(text),
  start: u64,
  token: text,
});

/** Accounts that receive a bucket each. */
export interface RecipientsForUint128 {
  /** 15 % of the emission: 20 % of it as it is emitted, the rest of each day's part in 180 daily parts. */
  application: Uint128;
  /** 5 %: each month's part is locked for a month, then paid at 10 % a month. */
  foundation: Uint128;
  /** 5 %, as the foundation's. */
  infrastructure: Uint128;
}
/** Checks {@link RecipientsForUint128}. */
export const recipientsForUint128: Codec<RecipientsForUint128> = /* @__PURE__ */ object({
  application: uint128,
  foundation: uint128,
  infrastructure: uint128,
});

/** What was emitted and minted, in base units. */
export interface EmissionResponse {
  /** The part of `minted` that contributors were paid. */
  claimed: Uint128;
  /** The contributors' part of it. */
  contributors: Uint128;
  /** What `Release` would pay now. */
  due: RecipientsForUint128;
  /** Emitted by now, for everybody. */
  emitted: Uint128;
  /** Halvings so far. */
  halvings: bigint;
  /** What this contract has minted: to contributors and to the recipients of the buckets. */
  minted: Uint128;
  /** What recipients were paid so far. */
  released: RecipientsForUint128;
}
/** Checks {@link EmissionResponse}. */
export const emissionResponse: Codec<EmissionResponse> = /* @__PURE__ */ object({
  claimed: uint128,
  contributors: uint128,
  due: recipientsForUint128,
  emitted: uint128,
  halvings: u64,
  minted: uint128,
  released: recipientsForUint128,
});

/** Work of a day. */
export interface Work {
  /** Day of the emission, from 0 at its start. */
  day: bigint;
  /** Verified work, in compute credits. */
  units: bigint;
}
/** Checks {@link Work}. */
export const work: Codec<Work> = /* @__PURE__ */ object({
  day: u64,
  units: u64,
});

/** A contributor's work and pay, in base units. */
export interface ContributorResponse {
  /** The part of `earned` that was paid. */
  claimed: Uint128;
  /** What can be claimed now. */
  due: Uint128;
  /** Earned on days that have ended, due or not. */
  earned: Uint128;
  /** Work of a day that has not ended. */
  today?: Work | null;
}
/** Checks {@link ContributorResponse}. */
export const contributorResponse: Codec<ContributorResponse> = /* @__PURE__ */ object({
  claimed: uint128,
  due: uint128,
  earned: uint128,
  today: optional(work),
});

/** The work of a day. */
export interface DayResponse {
  /** What each of them earns at most. */
  ceiling: Uint128;
  /**
   * What they earn together at most: the day's emission for contributors. While the day lasts, what it will be at its
   * end.
   */
  pool: Uint128;
  /** Work of the day, in compute credits. */
  units: bigint;
}
/** Checks {@link DayResponse}. */
export const dayResponse: Codec<DayResponse> = /* @__PURE__ */ object({
  ceiling: uint128,
  pool: uint128,
  units: u64,
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
  emission: EmissionResponse;
  contributor: ContributorResponse;
  meter: boolean;
  day: DayResponse;
  announced: Uint64;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  emission: emissionResponse,
  contributor: contributorResponse,
  meter: bool,
  day: dayResponse,
  announced: uint64,
  settings: list(settingResponse),
};

/** Queries of a `emissions` contract. */
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
    return ask(this.#chain, this.#address, "emissions.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** What was emitted and minted by now. */
  emission(options?: QueryOptions): Promise<EmissionResponse> {
    return ask(this.#chain, this.#address, "emissions.emission", queryMsg, { emission: {} }, responses.emission, options);
  }

  /** A contributor's work and pay. */
  contributor(args: Extract<QueryMsg, { contributor: unknown }>["contributor"], options?: QueryOptions): Promise<ContributorResponse> {
    return ask(this.#chain, this.#address, "emissions.contributor", queryMsg, { contributor: args }, responses.contributor, options);
  }

  /** Whether an account may credit work. */
  meter(args: Extract<QueryMsg, { meter: unknown }>["meter"], options?: QueryOptions): Promise<boolean> {
    return ask(this.#chain, this.#address, "emissions.meter", queryMsg, { meter: args }, responses.meter, options);
  }

  /** The work of a day. */
  day(args: Extract<QueryMsg, { day: unknown }>["day"], options?: QueryOptions): Promise<DayResponse> {
    return ask(this.#chain, this.#address, "emissions.day", queryMsg, { day: args }, responses.day, options);
  }

  /** Work that a meter announced on a day and has not said whose it is. */
  announced(args: Extract<QueryMsg, { announced: unknown }>["announced"], options?: QueryOptions): Promise<Uint64> {
    return ask(this.#chain, this.#address, "emissions.announced", queryMsg, { announced: args }, responses.announced, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "emissions.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `emissions` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** Reports verified work of today; half of it is credited where the pledge is too small. Sender: a meter. */
  credit(args: Extract<ExecuteMsg, { credit: unknown }>["credit"]): Message {
    return call(this.#sender, this.#address, "emissions.credit", executeMsg, { credit: args });
  }

  /**
   * Counts verified work as today's before it says whose it is: what the others of this day earn does not depend on
   * when that is said. Sender: a meter.
   */
  announce(args: Extract<ExecuteMsg, { announce: unknown }>["announce"]): Message {
    return call(this.#sender, this.#address, "emissions.announce", executeMsg, { announce: args });
  }

  /**
   * Says whose the work is that was announced. What it earns is fixed by the day of the announcement, and becomes due
   * from today on. Sender: the meter that announced it.
   */
  creditAnnounced(args: Extract<ExecuteMsg, { credit_announced: unknown }>["credit_announced"]): Message {
    return call(this.#sender, this.#address, "emissions.credit_announced", executeMsg, { credit_announced: args });
  }

  /** By anybody: pays a contributor what is due to it. */
  claim(args: Extract<ExecuteMsg, { claim: unknown }>["claim"]): Message {
    return call(this.#sender, this.#address, "emissions.claim", executeMsg, { claim: args });
  }

  /** Pays a bucket's recipient what is due to it. Sender: anyone. */
  release(args: Extract<ExecuteMsg, { release: unknown }>["release"]): Message {
    return call(this.#sender, this.#address, "emissions.release", executeMsg, { release: args });
  }

  /** Names another recipient; what is due is paid to the old one first. Sender: the owner. */
  setRecipient(args: Extract<ExecuteMsg, { set_recipient: unknown }>["set_recipient"]): Message {
    return call(this.#sender, this.#address, "emissions.set_recipient", executeMsg, { set_recipient: args });
  }

  /** Lets an account credit work, or no longer. Sender: the owner. */
  setMeter(args: Extract<ExecuteMsg, { set_meter: unknown }>["set_meter"]): Message {
    return call(this.#sender, this.#address, "emissions.set_meter", executeMsg, { set_meter: args });
  }

  /**
   * Names the contract that knows pledges, or none: a contributor whose pledge is below what its node should pledge,
   * or that has none, is credited half of its work. Sender: the owner.
   */
  setStaking(args: Extract<ExecuteMsg, { set_staking: unknown }>["set_staking"] = {}): Message {
    return call(this.#sender, this.#address, "emissions.set_staking", executeMsg, { set_staking: args });
  }

  /** Stops crediting or lets it go on. Payments are never stopped. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "emissions.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "emissions.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "emissions.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "emissions.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "emissions.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}
