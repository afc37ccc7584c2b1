// Written by gen/generate.mjs from schema/treasury/; not to be edited.

import {
  binary, bool, list, nullable, object, optional, text, u64, uint128, variants, type Codec, type Addr, type Binary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Numbers that hold for the life of the contract. Amounts are in base units of BTT, and for one period. */
export interface Params {
  /** Most that may be burnt. */
  burn: Uint128;
  /** Most that all offers together may pay. */
  buy: Uint128;
  /** Length of a period, within `limits::PERIOD_SECONDS`; periods are counted from 1970. */
  period_seconds: bigint;
  /** Balance that burns and offers never go below. */
  reserve: Uint128;
  /** Most that the owner may spend. */
  spend: Uint128;
}
/** Checks {@link Params}. */
export const params: Codec<Params> = /* @__PURE__ */ object({
  burn: uint128,
  buy: uint128,
  period_seconds: u64,
  reserve: uint128,
  spend: uint128,
});

/** Creates the contract. */
export interface InstantiateMsg {
  /**
   * Address of the cw20 token BTK, for which an offer bids at most `limits::MAX_BTK_BID`; null where there is none.
   */
  btk?: string | null;
  /** The contract's owner (governance), a bech32 address. */
  owner: string;
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Address of the cw20 token BTT. */
  token: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  btk: optional(text),
  owner: text,
  params: params,
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

/** A standing offer for a token. */
export interface OfferTerms {
  /**
   * Most that this offer pays in a period, 1 to `Params::buy`. A sale takes back as much of the rise as it takes of
   * this.
   */
  budget: Uint128;
  /**
   * Bid after `rise_seconds` without a sale; at least `low`, at most `limits::MAX_BID`, and `limits::MAX_BTK_BID` for
   * BTK. The same as `low` for a fixed price.
   */
  high: Uint128;
  /** Bid at first, in base units of BTT for 1,000,000 base units of the token, at least 1. */
  low: Uint128;
  /** Seconds in which the bid rises, within `limits::RISE_SECONDS`. */
  rise_seconds: bigint;
}
/** Checks {@link OfferTerms}. */
export const offerTerms: Codec<OfferTerms> = /* @__PURE__ */ object({
  budget: uint128,
  high: uint128,
  low: uint128,
  rise_seconds: u64,
});

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Withdraws what a settlement contract owes to the treasury. Sender: anyone. */
  | { collect: {
    /** Address of a source that the owner has named. */
    source: string;
  } }
  /**
   * By anybody. BTT: what is above the reserve, up to what is left of the period. A token with an offer: all of it
   * that was sent here.
   */
  | { burn: {
    /** BTT, or a token with an offer. */
    token: string;
  } }
  /** Pays BTT, within the period's bound. Sender: the owner. */
  | { spend: {
    /** Amount in base units of BTT. */
    amount: Uint128;
    /** What for, for people, at most `limits::MAX_PURPOSE` characters. */
    purpose: string;
    /** Address that is paid. */
    recipient: string;
  } }
  /** Makes an offer, which starts at its low bid, or withdraws it. Sender: the owner. */
  | { set_offer: {
    /** The new terms; null to withdraw the offer. */
    terms?: OfferTerms | null;
    /** A cw20 token other than BTT. */
    token: string;
  } }
  /** Names a contract to collect from, or takes the name back. Sender: the owner. */
  | { set_source: {
    /** Whether the treasury collects from it. */
    allowed: boolean;
    /** A contract with the message `withdraw` of `jobs`. */
    source: string;
  } }
  /** Stops offers and spending or lets them go on; collecting and burning go on. Sender: the owner. */
  | { set_paused: {
    /** Whether offers and spending are stopped. */
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
  collect: object({
    source: text,
  }),
  burn: object({
    token: text,
  }),
  spend: object({
    amount: uint128,
    purpose: text,
    recipient: text,
  }),
  set_offer: object({
    terms: optional(offerTerms),
    token: text,
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

/** Queries of the `treasury` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** The offer for a token, null without one. */
  | { offer: {
    /** Address of the token that the offer buys. */
    token: string;
  } }
  /** All offers, at most `limits::MAX_OFFERS`. */
  | { offers: {} }
  /** Whether the treasury collects from a contract. */
  | { source: {
    /** Address of the contract. */
    address: string;
  } }
  /** Balance and totals of the treasury. */
  | { totals: {} }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  offer: object({
    token: text,
  }),
  offers: object({}),
  source: object({
    address: text,
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
  /** Address of the cw20 token BTK, whose bids have a bound of their own; null where none was named. */
  btk?: Addr | null;
  /** The contract's owner (governance); never null, because ownership can't be renounced. */
  owner?: Addr | null;
  /** Parameters, fixed for the life of the contract. */
  params: Params;
  /** Whether offers and spending are stopped. */
  paused: boolean;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
  /** Address of the cw20 token BTT. */
  token: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  btk: optional(text),
  owner: optional(text),
  params: params,
  paused: bool,
  pending_owner: optional(text),
  token: text,
});

/** An offer as it stands now. */
export interface OfferResponse {
  /** Bid now, in base units of BTT for 1,000,000 base units. */
  bid: Uint128;
  /** Bought and burnt of the token since it was first offered for, in its base units. */
  bought: Uint128;
  /** BTT that it can still pay in this period: the less of its own budget's and all offers' rest. */
  left: Uint128;
  /** Terms that the owner set. */
  terms: OfferTerms;
  /** Address of the token that the offer buys. */
  token: Addr;
}
/** Checks {@link OfferResponse}. */
export const offerResponse: Codec<OfferResponse> = /* @__PURE__ */ object({
  bid: uint128,
  bought: uint128,
  left: uint128,
  terms: offerTerms,
  token: text,
});

/** Balance and totals of the treasury, in base units of BTT. */
export interface TotalsResponse {
  /** BTT that it holds. */
  balance: Uint128;
  /** BTT burnt so far. */
  burnt: Uint128;
  /** Burnt in this period. */
  burnt_now: Uint128;
  /** Paid by offers so far. */
  paid: Uint128;
  /** Paid by offers in this period. */
  paid_now: Uint128;
  /** Spent by the owner so far. */
  spent: Uint128;
  /** Spent by the owner in this period. */
  spent_now: Uint128;
}
/** Checks {@link TotalsResponse}. */
export const totalsResponse: Codec<TotalsResponse> = /* @__PURE__ */ object({
  balance: uint128,
  burnt: uint128,
  burnt_now: uint128,
  paid: uint128,
  paid_now: uint128,
  spent: uint128,
  spent_now: uint128,
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

/** What a cw20 `Send` to the treasury is for. */
export type Hook =
  /** BTT for the treasury. A transfer without a hook is one, too. */
  | { deposit: {} }
  /** Sells the tokens to the offer for them: the sender is paid in BTT, the tokens are burnt. */
  | { sell: {
    /** Least that the seller accepts, in base units of BTT: the bid falls when somebody else is first. */
    least: Uint128;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  deposit: object({}),
  sell: object({
    least: uint128,
  }),
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  offer: OfferResponse | null;
  offers: OfferResponse[];
  source: boolean;
  totals: TotalsResponse;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  offer: nullable(offerResponse),
  offers: list(offerResponse),
  source: bool,
  totals: totalsResponse,
  settings: list(settingResponse),
};

/** Queries of a `treasury` contract. */
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
    return ask(this.#chain, this.#address, "treasury.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** The offer for a token, null without one. */
  offer(args: Extract<QueryMsg, { offer: unknown }>["offer"], options?: QueryOptions): Promise<OfferResponse | null> {
    return ask(this.#chain, this.#address, "treasury.offer", queryMsg, { offer: args }, responses.offer, options);
  }

  /** All offers, at most `limits::MAX_OFFERS`. */
  offers(options?: QueryOptions): Promise<OfferResponse[]> {
    return ask(this.#chain, this.#address, "treasury.offers", queryMsg, { offers: {} }, responses.offers, options);
  }

  /** Whether the treasury collects from a contract. */
  source(args: Extract<QueryMsg, { source: unknown }>["source"], options?: QueryOptions): Promise<boolean> {
    return ask(this.#chain, this.#address, "treasury.source", queryMsg, { source: args }, responses.source, options);
  }

  /** Balance and totals of the treasury. */
  totals(options?: QueryOptions): Promise<TotalsResponse> {
    return ask(this.#chain, this.#address, "treasury.totals", queryMsg, { totals: {} }, responses.totals, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "treasury.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `treasury` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "treasury.receive", executeMsg, { receive: args });
  }

  /** Withdraws what a settlement contract owes to the treasury. Sender: anyone. */
  collect(args: Extract<ExecuteMsg, { collect: unknown }>["collect"]): Message {
    return call(this.#sender, this.#address, "treasury.collect", executeMsg, { collect: args });
  }

  /**
   * By anybody. BTT: what is above the reserve, up to what is left of the period. A token with an offer: all of it
   * that was sent here.
   */
  burn(args: Extract<ExecuteMsg, { burn: unknown }>["burn"]): Message {
    return call(this.#sender, this.#address, "treasury.burn", executeMsg, { burn: args });
  }

  /** Pays BTT, within the period's bound. Sender: the owner. */
  spend(args: Extract<ExecuteMsg, { spend: unknown }>["spend"]): Message {
    return call(this.#sender, this.#address, "treasury.spend", executeMsg, { spend: args });
  }

  /** Makes an offer, which starts at its low bid, or withdraws it. Sender: the owner. */
  setOffer(args: Extract<ExecuteMsg, { set_offer: unknown }>["set_offer"]): Message {
    return call(this.#sender, this.#address, "treasury.set_offer", executeMsg, { set_offer: args });
  }

  /** Names a contract to collect from, or takes the name back. Sender: the owner. */
  setSource(args: Extract<ExecuteMsg, { set_source: unknown }>["set_source"]): Message {
    return call(this.#sender, this.#address, "treasury.set_source", executeMsg, { set_source: args });
  }

  /** Stops offers and spending or lets them go on; collecting and burning go on. Sender: the owner. */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "treasury.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "treasury.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "treasury.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "treasury.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "treasury.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `treasury` contract. */
export const hooks = {
  /** BTT for the treasury. A transfer without a hook is one, too. */
  deposit(): Binary {
    return encodeHook("treasury.deposit", hook, { deposit: {} });
  },

  /** Sells the tokens to the offer for them: the sender is paid in BTT, the tokens are burnt. */
  sell(args: Extract<Hook, { sell: unknown }>["sell"]): Binary {
    return encodeHook("treasury.sell", hook, { sell: args });
  },
};
