// Written by gen/generate.mjs from schema/checkout/; not to be edited.

import {
  binary, hexBinary, list, literal, nullable, object, optional, text, u16, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Creates the contract. It has no owner, no parameters and no pause. */
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

/** A currency of the chain. */
export type AssetForString =
  /** A native denomination, vouchers of ICS-20 (`ibc/...`) among them. */
  | { native: string }
  /** A cw20 token. */
  | { cw20: string };
/** Checks {@link AssetForString}. */
export const assetForString: Codec<AssetForString> = /* @__PURE__ */ variants({
  native: text,
  cw20: text,
});

/** What an offer costs. `A` is the type of addresses: text in messages. */
export type PriceForString =
  /** An amount of the offer's asset, in base units, at least 1. */
  | { fixed: Uint128 }
  /** A fiat amount, turned into the offer's asset when it is paid, rounded up. */
  | { quoted: {
    /** Number of the feed there. */
    feed: bigint;
    /** Minor units of the feed's currency, such as cents; at least 1. */
    fiat: Uint128;
    /**
     * Contract that answers the query `price` (`bithive_api::oracle`). The seller chooses it; a payment's `max` is
     * the payer's bound.
     */
    oracle: string;
  } }
  /** What the payer likes, in base units: a payment's `max` is its amount. */
  | { open: {
    /** The least that is taken, at least 1. */
    least: Uint128;
  } };
/** Checks {@link PriceForString}. */
export const priceForString: Codec<PriceForString> = /* @__PURE__ */ variants({
  fixed: uint128,
  quoted: object({
    feed: u64,
    fiat: uint128,
    oracle: text,
  }),
  open: object({
    least: uint128,
  }),
});

/** One of those among whom a payment is split. */
export interface PartForString {
  /** Account that is credited; neither this contract nor the asset's token. */
  account: string;
  /** Its part in 1/10,000, at least 1. */
  bps: number;
}
/** Checks {@link PartForString}. */
export const partForString: Codec<PartForString> = /* @__PURE__ */ object({
  account: text,
  bps: u16,
});

/** Something for sale. It never changes; a seller that wants another price cancels it and makes another one. */
export interface Offer {
  /** What it is paid in. */
  asset: AssetForString;
  /** The only address that may buy it; anybody when left out. */
  buyer?: string | null;
  /**
   * Salted digest of what is paid for, as codes of services are (`limits::CODING_BYTES` bytes,
   * `bithive_payment::coding`): who is shown both can check that they belong to this offer, and nobody else learns
   * anything.
   */
  coding?: HexBinary | null;
  /** Last second in which it can be bought, Unix seconds; without an end when left out. */
  expires?: bigint | null;
  /** What it costs. */
  price: PriceForString;
  /**
   * Part of a payment that is its referrer's before the rest is split, in 1/10,000, at most
   * `limits::MAX_REFERRAL_BPS`.
   */
  referral_bps: number;
  /**
   * Among whom a payment is split, at most `limits::MAX_PARTS`, each once, 10,000 in all; the seller alone when
   * empty. Parts are rounded down, and what that leaves is the first one's.
   */
  split: PartForString[];
  /** How often it can be bought, at least once; without a bound when left out. */
  uses?: number | null;
}
/** Checks {@link Offer}. */
export const offer: Codec<Offer> = /* @__PURE__ */ object({
  asset: assetForString,
  buyer: optional(text),
  coding: optional(hexBinary),
  expires: optional(u64),
  price: priceForString,
  referral_bps: u16,
  split: list(partForString),
  uses: optional(u32),
});

/** A payment for an offer. What was sent beyond the price comes back with the same transaction. */
export interface Pay {
  /**
   * The payer's own name for this payment, `limits::MIN_KEY_BYTES` to `limits::MAX_KEY_BYTES` bytes. In one asset a
   * payer uses a key once: whoever is not sure whether a payment went through sends the same one again.
   */
  key: HexBinary;
  /** Most that the payer pays, in base units, at most what it sends. Of an open price it is the amount. */
  max: Uint128;
  /** Number of the offer, from 1. */
  offer: bigint;
  /**
   * Account that is given the offer's referral part; refused where the offer has none. It may be the payer itself.
   */
  referrer?: string | null;
}
/** Checks {@link Pay}. */
export const pay: Codec<Pay> = /* @__PURE__ */ object({
  key: hexBinary,
  max: uint128,
  offer: u64,
  referrer: optional(text),
});

/** Messages. Only `ExecuteMsg::Pay` and `ExecuteMsg::Refund` take native coins, of one denomination. */
export type ExecuteMsg =
  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Puts something up for sale. Sender: anyone, its seller. */
  | { offer: Offer }
  /** Ends an offer. What was paid stays paid, and can be refunded. Sender: its seller. */
  | { cancel: {
    /** Number of the offer, from 1. */
    id: bigint;
  } }
  /** Pays an offer with native coins. Sender: anyone, or the offer's buyer where it names one. */
  | { pay: Pay }
  /**
   * Gives the coins that come with it back to the payer of a receipt, as a credit. Refunds of a receipt sum to what
   * was paid at most. The parts of the split and the referrer's stay where they are. Sender: the seller.
   */
  | { refund: {
    /** Number of the receipt, from 1. */
    receipt: bigint;
  } }
  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  | { withdraw: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  offer: offer,
  cancel: object({
    id: u64,
  }),
  pay: pay,
  refund: object({
    receipt: u64,
  }),
  withdraw: object({
    asset: assetForString,
  }),
});

/** Which receipts are listed. */
export type ReceiptsOf =
  /** Of an offer, by its number. */
  | { offer: bigint }
  /** Of a payer, by its address. */
  | { payer: string };
/** Checks {@link ReceiptsOf}. */
export const receiptsOf: Codec<ReceiptsOf> = /* @__PURE__ */ variants({
  offer: u64,
  payer: text,
});

/** Queries of the `checkout` contract. */
export type QueryMsg =
  /** An offer, null when there is none of this number. */
  | { offer: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Offers, by number. */
  | { offers: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Only those that this account sells, or that name it as their buyer. */
    party?: string | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /**
   * What an offer costs now, in base units; of an open price the least. An error where the price is stale or tripped.
   */
  | { quote: {
    /** Number of the offer, from 1. */
    id: bigint;
  } }
  /** A receipt, null when there is none of this number. */
  | { receipt: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** The receipt of a payment by its key, null when nothing was paid under it. */
  | { payment: {
    /** What was paid in. */
    asset: AssetForString;
    /** The payer's key of the payment. */
    key: HexBinary;
    /** Address of the payer. */
    payer: string;
  } }
  /** Receipts, by number. */
  | { receipts: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Of which offer or payer. */
    of: ReceiptsOf;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** What an account may withdraw in an asset, in base units. */
  | { claimable: {
    /** Address of the account. */
    account: string;
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } }
  /** What the contract owes in an asset: the sum of all credits, in base units. Its balance is at least that. */
  | { held: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  offer: object({
    id: u64,
  }),
  offers: object({
    limit: optional(u32),
    party: optional(text),
    start_after: optional(u64),
  }),
  quote: object({
    id: u64,
  }),
  receipt: object({
    id: u64,
  }),
  payment: object({
    asset: assetForString,
    key: hexBinary,
    payer: text,
  }),
  receipts: object({
    limit: optional(u32),
    of: receiptsOf,
    start_after: optional(u64),
  }),
  claimable: object({
    account: text,
    asset: assetForString,
  }),
  held: object({
    asset: assetForString,
  }),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** A currency of the chain. */
export type AssetForAddr =
  /** A native denomination, vouchers of ICS-20 (`ibc/...`) among them. */
  | { native: string }
  /** A cw20 token. */
  | { cw20: Addr };
/** Checks {@link AssetForAddr}. */
export const assetForAddr: Codec<AssetForAddr> = /* @__PURE__ */ variants({
  native: text,
  cw20: text,
});

/** What an offer costs. `A` is the type of addresses: text in messages. */
export type PriceForAddr =
  /** An amount of the offer's asset, in base units, at least 1. */
  | { fixed: Uint128 }
  /** A fiat amount, turned into the offer's asset when it is paid, rounded up. */
  | { quoted: {
    /** Number of the feed there. */
    feed: bigint;
    /** Minor units of the feed's currency, such as cents; at least 1. */
    fiat: Uint128;
    /**
     * Contract that answers the query `price` (`bithive_api::oracle`). The seller chooses it; a payment's `max` is
     * the payer's bound.
     */
    oracle: Addr;
  } }
  /** What the payer likes, in base units: a payment's `max` is its amount. */
  | { open: {
    /** The least that is taken, at least 1. */
    least: Uint128;
  } };
/** Checks {@link PriceForAddr}. */
export const priceForAddr: Codec<PriceForAddr> = /* @__PURE__ */ variants({
  fixed: uint128,
  quoted: object({
    feed: u64,
    fiat: uint128,
    oracle: text,
  }),
  open: object({
    least: uint128,
  }),
});

/** One of those among whom a payment is split. */
export interface PartForAddr {
  /** Account that is credited; neither this contract nor the asset's token. */
  account: Addr;
  /** Its part in 1/10,000, at least 1. */
  bps: number;
}
/** Checks {@link PartForAddr}. */
export const partForAddr: Codec<PartForAddr> = /* @__PURE__ */ object({
  account: text,
  bps: u16,
});

/** Whether an offer can be bought. */
export type OfferState =
  /** It can be bought. */
  | "open"
  /** It was bought as often as it can be. */
  | "sold_out"
  /** Its end has passed. */
  | "expired"
  /** Its seller has ended it. */
  | "cancelled";
/** Checks {@link OfferState}. */
export const offerState: Codec<OfferState> = /* @__PURE__ */ literal("open", "sold_out", "expired", "cancelled");

/** An offer as it stands now. */
export interface OfferResponse {
  /** What it is paid in. */
  asset: AssetForAddr;
  /** The only account that may buy it. */
  buyer?: Addr | null;
  /** Salted digest of what is paid for. */
  coding?: HexBinary | null;
  /** Last second in which it can be bought, Unix seconds. */
  expires?: bigint | null;
  /** Its number, from 1. */
  id: bigint;
  /** What it costs. */
  price: PriceForAddr;
  /** Part of a payment that is its referrer's, in 1/10,000. */
  referral_bps: number;
  /** Account that made it, and that may refund payments. */
  seller: Addr;
  /** Among whom a payment is split. */
  split: PartForAddr[];
  /** Whether it can be bought at the time of the query. */
  state: OfferState;
  /** How often it can be bought from now on. */
  uses?: number | null;
}
/** Checks {@link OfferResponse}. */
export const offerResponse: Codec<OfferResponse> = /* @__PURE__ */ object({
  asset: assetForAddr,
  buyer: optional(text),
  coding: optional(hexBinary),
  expires: optional(u64),
  id: u64,
  price: priceForAddr,
  referral_bps: u16,
  seller: text,
  split: list(partForAddr),
  state: offerState,
  uses: optional(u32),
});

/** A payment that was made. */
export interface ReceiptResponse {
  /** What was paid, in base units. */
  amount: Uint128;
  /** What was paid in. */
  asset: AssetForAddr;
  /** Its number, from 1. */
  id: bigint;
  /** The payer's key of the payment. */
  key: HexBinary;
  /** Number of the offer. */
  offer: bigint;
  /** Account that paid. */
  payer: Addr;
  /** Account that was given the referral part. */
  referrer?: Addr | null;
  /** What of it was given back, in base units. */
  refunded: Uint128;
  /** Round of the feed that priced it, where one did. */
  round?: bigint | null;
  /** When it was paid, Unix seconds. */
  time: bigint;
}
/** Checks {@link ReceiptResponse}. */
export const receiptResponse: Codec<ReceiptResponse> = /* @__PURE__ */ object({
  amount: uint128,
  asset: assetForAddr,
  id: u64,
  key: hexBinary,
  offer: u64,
  payer: text,
  referrer: optional(text),
  refunded: uint128,
  round: optional(u64),
  time: u64,
});

/** What a cw20 `Send` to the contract is for. */
export type Hook =
  /** As `ExecuteMsg::Pay`, with tokens. */
  | { pay: Pay }
  /** As `ExecuteMsg::Refund`, with tokens. */
  | { refund: {
    /** Number of the receipt, from 1. */
    receipt: bigint;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  pay: pay,
  refund: object({
    receipt: u64,
  }),
});

/** The answer to each query. */
export interface Responses {
  offer: OfferResponse | null;
  offers: OfferResponse[];
  quote: Uint128;
  receipt: ReceiptResponse | null;
  payment: ReceiptResponse | null;
  receipts: ReceiptResponse[];
  claimable: Uint128;
  held: Uint128;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  offer: nullable(offerResponse),
  offers: list(offerResponse),
  quote: uint128,
  receipt: nullable(receiptResponse),
  payment: nullable(receiptResponse),
  receipts: list(receiptResponse),
  claimable: uint128,
  held: uint128,
};

/** Queries of a `checkout` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** An offer, null when there is none of this number. */
  offer(args: Extract<QueryMsg, { offer: unknown }>["offer"], options?: QueryOptions): Promise<OfferResponse | null> {
    return ask(this.#chain, this.#address, "checkout.offer", queryMsg, { offer: args }, responses.offer, options);
  }

  /** Offers, by number. */
  offers(args: Extract<QueryMsg, { offers: unknown }>["offers"] = {}, options?: QueryOptions): Promise<OfferResponse[]> {
    return ask(this.#chain, this.#address, "checkout.offers", queryMsg, { offers: args }, responses.offers, options);
  }

  /**
   * What an offer costs now, in base units; of an open price the least. An error where the price is stale or tripped.
   */
  quote(args: Extract<QueryMsg, { quote: unknown }>["quote"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "checkout.quote", queryMsg, { quote: args }, responses.quote, options);
  }

  /** A receipt, null when there is none of this number. */
  receipt(args: Extract<QueryMsg, { receipt: unknown }>["receipt"], options?: QueryOptions): Promise<ReceiptResponse | null> {
    return ask(this.#chain, this.#address, "checkout.receipt", queryMsg, { receipt: args }, responses.receipt, options);
  }

  /** The receipt of a payment by its key, null when nothing was paid under it. */
  payment(args: Extract<QueryMsg, { payment: unknown }>["payment"], options?: QueryOptions): Promise<ReceiptResponse | null> {
    return ask(this.#chain, this.#address, "checkout.payment", queryMsg, { payment: args }, responses.payment, options);
  }

  /** Receipts, by number. */
  receipts(args: Extract<QueryMsg, { receipts: unknown }>["receipts"], options?: QueryOptions): Promise<ReceiptResponse[]> {
    return ask(this.#chain, this.#address, "checkout.receipts", queryMsg, { receipts: args }, responses.receipts, options);
  }

  /** What an account may withdraw in an asset, in base units. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "checkout.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /** What the contract owes in an asset: the sum of all credits, in base units. Its balance is at least that. */
  held(args: Extract<QueryMsg, { held: unknown }>["held"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "checkout.held", queryMsg, { held: args }, responses.held, options);
  }
}

/** Messages to a `checkout` contract, to be sent in transactions. */
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
    return call(this.#sender, this.#address, "checkout.receive", executeMsg, { receive: args });
  }

  /** Puts something up for sale. Sender: anyone, its seller. */
  offer(args: Extract<ExecuteMsg, { offer: unknown }>["offer"]): Message {
    return call(this.#sender, this.#address, "checkout.offer", executeMsg, { offer: args });
  }

  /** Ends an offer. What was paid stays paid, and can be refunded. Sender: its seller. */
  cancel(args: Extract<ExecuteMsg, { cancel: unknown }>["cancel"]): Message {
    return call(this.#sender, this.#address, "checkout.cancel", executeMsg, { cancel: args });
  }

  /** Pays an offer with native coins. Sender: anyone, or the offer's buyer where it names one. */
  pay(args: Extract<ExecuteMsg, { pay: unknown }>["pay"]): Message {
    return call(this.#sender, this.#address, "checkout.pay", executeMsg, { pay: args });
  }

  /**
   * Gives the coins that come with it back to the payer of a receipt, as a credit. Refunds of a receipt sum to what
   * was paid at most. The parts of the split and the referrer's stay where they are. Sender: the seller.
   */
  refund(args: Extract<ExecuteMsg, { refund: unknown }>["refund"]): Message {
    return call(this.#sender, this.#address, "checkout.refund", executeMsg, { refund: args });
  }

  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  withdraw(args: Extract<ExecuteMsg, { withdraw: unknown }>["withdraw"]): Message {
    return call(this.#sender, this.#address, "checkout.withdraw", executeMsg, { withdraw: args });
  }
}

/** The field `msg` of a token's `send` to a `checkout` contract. */
export const hooks = {
  /** As `ExecuteMsg::Pay`, with tokens. */
  pay(args: Extract<Hook, { pay: unknown }>["pay"]): Binary {
    return encodeHook("checkout.pay", hook, { pay: args });
  },

  /** As `ExecuteMsg::Refund`, with tokens. */
  refund(args: Extract<Hook, { refund: unknown }>["refund"]): Binary {
    return encodeHook("checkout.refund", hook, { refund: args });
  },
};
