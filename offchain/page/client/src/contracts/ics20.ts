// Written by gen/generate.mjs from schema/ics20/; not to be edited.

import {
  binary, bool, list, object, optional, text, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** How much of a token may be on other chains. */
export interface TokenLimitForString {
  /** Most of it that is outside over one channel at once, in base units: what the other chain can lose. */
  limit: Uint128;
  /** The cw20 contract. */
  token: string;
}
/** Checks {@link TokenLimitForString}. */
export const tokenLimitForString: Codec<TokenLimitForString> = /* @__PURE__ */ object({
  limit: uint128,
  token: text,
});

/** Creates the contract. */
export interface InstantiateMsg {
  /** The contract's owner (governance): sets limits and pauses sends. */
  owner: string;
  /** The tokens that can be sent. */
  tokens: TokenLimitForString[];
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  owner: text,
  tokens: list(tokenLimitForString),
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
  /** A cw20 `Send` of a token that has a limit; `msg` is a `Hook`. Sender: a token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Pays an account a refund that could not be paid when it was due. Sender: anyone. */
  | { withdraw: {
    /** Address of the account. */
    account: string;
    /** Address of the cw20 token. */
    token: string;
  } }
  /**
   * Sets how much of a token may be outside over one channel; none takes no new sends of it. What is outside already
   * can always come back. Sender: the owner.
   */
  | { set_limit: {
    /** The new limit, in base units; null to take no new sends. */
    limit?: Uint128 | null;
    /** Address of the cw20 token. */
    token: string;
  } }
  /** Stops new sends, or lets them go on. Never stops what comes back, nor refunds. Sender: the owner. */
  | { set_paused: {
    /** Whether new sends are stopped. */
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
  withdraw: object({
    account: text,
    token: text,
  }),
  set_limit: object({
    limit: optional(uint128),
    token: text,
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

/** Queries of the `ics20` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** Tokens that can be sent, and their limits, by address. */
  | { limits: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this token. */
    start_after?: string | null;
  } }
  /** Channels, by name. */
  | { channels: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: string | null;
  } }
  /** Amount of a token that is on the other chain of a channel, in base units. */
  | { outstanding: {
    /** Id of the channel at this end, `channel-<n>`. */
    channel_id: string;
    /** Address of the cw20 token. */
    token: string;
  } }
  /** Refund that an account is owed in a token, in base units. */
  | { owed: {
    /** Address of the account. */
    account: string;
    /** Address of the cw20 token. */
    token: string;
  } }
  /** Amount of a token that the contract holds for others, in base units; its balance is at least this. */
  | { held: {
    /** Address of the cw20 token. */
    token: string;
  } }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  limits: object({
    limit: optional(u32),
    start_after: optional(text),
  }),
  channels: object({
    limit: optional(u32),
    start_after: optional(text),
  }),
  outstanding: object({
    channel_id: text,
    token: text,
  }),
  owed: object({
    account: text,
    token: text,
  }),
  held: object({
    token: text,
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
  /** Whether new sends are stopped. */
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

/** How much of a token may be on other chains. */
export interface TokenLimitForAddr {
  /** Most of it that is outside over one channel at once, in base units: what the other chain can lose. */
  limit: Uint128;
  /** The cw20 contract. */
  token: Addr;
}
/** Checks {@link TokenLimitForAddr}. */
export const tokenLimitForAddr: Codec<TokenLimitForAddr> = /* @__PURE__ */ object({
  limit: uint128,
  token: text,
});

/** State of an IBC channel. */
export interface ChannelResponse {
  /** Channel id at this end, `channel-<n>`. */
  channel_id: string;
  /** Id of the IBC connection on this chain, `connection-<n>`. */
  connection_id: string;
  /** Channel id at the other end, `channel-<n>`. */
  counterparty_channel_id: string;
  /** Whether packets may still pass. */
  open: boolean;
  /** IBC port at the other end. */
  port_id: string;
}
/** Checks {@link ChannelResponse}. */
export const channelResponse: Codec<ChannelResponse> = /* @__PURE__ */ object({
  channel_id: text,
  connection_id: text,
  counterparty_channel_id: text,
  open: bool,
  port_id: text,
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

/** What a cw20 `Send` to the contract is for. */
export type Hook =
  /** Sends them to another chain. */
  | { transfer: {
    /** Id of the channel at this end, `channel-<n>`. */
    channel_id: string;
    /** Memo for the other chain, at most `limits::MAX_MEMO_BYTES`. */
    memo?: string | null;
    /** Address on the other chain, at most `limits::MAX_RECEIVER_BYTES`. */
    receiver: string;
    /** Seconds until the packet expires; `crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS` if null. */
    timeout_seconds?: bigint | null;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  transfer: object({
    channel_id: text,
    memo: optional(text),
    receiver: text,
    timeout_seconds: optional(u64),
  }),
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  limits: TokenLimitForAddr[];
  channels: ChannelResponse[];
  outstanding: Uint128;
  owed: Uint128;
  held: Uint128;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  limits: list(tokenLimitForAddr),
  channels: list(channelResponse),
  outstanding: uint128,
  owed: uint128,
  held: uint128,
  settings: list(settingResponse),
};

/** Queries of a `ics20` contract. */
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
    return ask(this.#chain, this.#address, "ics20.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** Tokens that can be sent, and their limits, by address. */
  limits(args: Extract<QueryMsg, { limits: unknown }>["limits"] = {}, options?: QueryOptions): Promise<TokenLimitForAddr[]> {
    return ask(this.#chain, this.#address, "ics20.limits", queryMsg, { limits: args }, responses.limits, options);
  }

  /** Channels, by name. */
  channels(args: Extract<QueryMsg, { channels: unknown }>["channels"] = {}, options?: QueryOptions): Promise<ChannelResponse[]> {
    return ask(this.#chain, this.#address, "ics20.channels", queryMsg, { channels: args }, responses.channels, options);
  }

  /** Amount of a token that is on the other chain of a channel, in base units. */
  outstanding(args: Extract<QueryMsg, { outstanding: unknown }>["outstanding"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "ics20.outstanding", queryMsg, { outstanding: args }, responses.outstanding, options);
  }

  /** Refund that an account is owed in a token, in base units. */
  owed(args: Extract<QueryMsg, { owed: unknown }>["owed"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "ics20.owed", queryMsg, { owed: args }, responses.owed, options);
  }

  /** Amount of a token that the contract holds for others, in base units; its balance is at least this. */
  held(args: Extract<QueryMsg, { held: unknown }>["held"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "ics20.held", queryMsg, { held: args }, responses.held, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "ics20.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `ics20` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send` of a token that has a limit; `msg` is a `Hook`. Sender: a token contract. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "ics20.receive", executeMsg, { receive: args });
  }

  /** Pays an account a refund that could not be paid when it was due. Sender: anyone. */
  withdraw(args: Extract<ExecuteMsg, { withdraw: unknown }>["withdraw"]): Message {
    return call(this.#sender, this.#address, "ics20.withdraw", executeMsg, { withdraw: args });
  }

  /**
   * Sets how much of a token may be outside over one channel; none takes no new sends of it. What is outside already
   * can always come back. Sender: the owner.
   */
  setLimit(args: Extract<ExecuteMsg, { set_limit: unknown }>["set_limit"]): Message {
    return call(this.#sender, this.#address, "ics20.set_limit", executeMsg, { set_limit: args });
  }

  /** Stops new sends, or lets them go on. Never stops what comes back, nor refunds. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "ics20.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "ics20.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "ics20.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "ics20.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "ics20.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `ics20` contract. */
export const hooks = {
  /** Sends them to another chain. */
  transfer(args: Extract<Hook, { transfer: unknown }>["transfer"]): Binary {
    return encodeHook("ics20.transfer", hook, { transfer: args });
  },
};
