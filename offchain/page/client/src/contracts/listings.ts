// Written by gen/generate.mjs from schema/listings/; not to be edited.

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

/** Creates the contract, without categories. */
export interface InstantiateMsg {
  /** Network whose rounds draw jurors, for the life of the contract. */
  drand: Drand;
  /** The contract's owner (governance), a bech32 address. It sets categories; it has no message that moves a bond. */
  owner: string;
  /** Account that gets the treasury's parts of lost bonds. */
  treasury: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  drand: drand,
  owner: text,
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

/** What is listed. Nothing of it is checked but its form: that is what challenges are for. */
export interface Content {
  /** SHA-256 of what is to be read there, 32 bytes. */
  digest: HexBinary;
  /** Its name, for people, 1 to `limits::MAX_NAME` characters. */
  name: string;
  /** Where more is to be read, at most `limits::MAX_URI` bytes. */
  uri: string;
}
/** Checks {@link Content}. */
export const content: Codec<Content> = /* @__PURE__ */ object({
  digest: hexBinary,
  name: text,
  uri: text,
});

/** A listing that is made with a bond. */
export interface List {
  /** Name of the category. */
  category: string;
  /** What is listed. */
  content: Content;
  /** Number of the category's terms that the owner has read; others are refused. */
  terms: number;
}
/** Checks {@link List}. */
export const listCodec: Codec<List> = /* @__PURE__ */ object({
  category: text,
  content: content,
  terms: u32,
});

/** A challenge that is made with a bond. */
export interface Challenge {
  /** SHA-256 of the evidence, 32 bytes. */
  evidence: HexBinary;
  /** Number of the listing, from 1. */
  id: bigint;
  /**
   * The revision that it is about, 1 to the present one: an update does not save an owner from what it listed before.
   */
  revision: number;
  /** Where the evidence is to be read, at most `limits::MAX_URI` bytes. */
  uri: string;
}
/** Checks {@link Challenge}. */
export const challenge: Codec<Challenge> = /* @__PURE__ */ object({
  evidence: hexBinary,
  id: u64,
  revision: u32,
  uri: text,
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

/** Who decides on challenges. */
export type RulerForString =
  /**
   * An account or a contract. Whoever names it trusts it: it takes half of any bond by a challenge of its own that it
   * upholds.
   */
  | { named: string }
  /** Seven jurors, drawn from this category, whose owners are jurors. */
  | { jurors: string };
/** Checks {@link RulerForString}. */
export const rulerForString: Codec<RulerForString> = /* @__PURE__ */ variants({
  named: text,
  jurors: text,
});

/** What a listing and a challenge cost, and who decides. */
export interface TermsForString {
  /** What bonds are paid in. */
  asset: AssetForString;
  /**
   * Base units of a listing's bond, 1 to `limits::MAX_BOND`; also of a challenger's, which doubles with each repeat.
   */
  bond: Uint128;
  /** Who decides on challenges. */
  ruler: RulerForString;
  /**
   * Seconds that a ruler has, or jurors have from their draw on, within `limits::RULING_SECONDS`. A draw is made in
   * as many.
   */
  ruling_seconds: bigint;
  /** Contracts that may cut a bond, at most `limits::MAX_SLASHERS`. */
  slashers: string[];
  /** Seconds from an owner's wish to leave until its bond returns, within `limits::UNBOND_SECONDS`. */
  unbond_seconds: bigint;
}
/** Checks {@link TermsForString}. */
export const termsForString: Codec<TermsForString> = /* @__PURE__ */ object({
  asset: assetForString,
  bond: uint128,
  ruler: rulerForString,
  ruling_seconds: u64,
  slashers: list(text),
  unbond_seconds: u64,
});

/**
 * What the owner of the contract sets of a category. A listing keeps the terms that it was made under until its owner
 * updates it, so that no later terms bind it; whether a category is open and who labels holds at once.
 */
export interface Category {
  /**
   * Whether its owners are jurors: each account has one listing, with a seat that draws can hit. It never changes;
   * the bond of such a category stays in one asset and never falls, so that no later terms make a majority of its
   * jurors cheap.
   */
  jurors: boolean;
  /** Accounts that may label its listings, at most `limits::MAX_LABELLERS`. */
  labellers: string[];
  /** Whether listings are taken. */
  open: boolean;
  /** What a listing and a challenge cost, and who decides. */
  terms: TermsForString;
}
/** Checks {@link Category}. */
export const category: Codec<Category> = /* @__PURE__ */ object({
  jurors: bool,
  labellers: list(text),
  open: bool,
  terms: termsForString,
});

/**
 * Messages. Only `ExecuteMsg::List`, `ExecuteMsg::TopUp` and `ExecuteMsg::Challenge` take native coins, of one
 * denomination.
 */
export type ExecuteMsg =
  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Lists something with native coins. Sender: anyone, its owner. */
  | { list: List }
  /** Adds native coins to a bond, at most to what its terms ask for. Sender: anyone; the bond is the owner's. */
  | { top_up: {
    /** Number of the listing, from 1. */
    id: bigint;
  } }
  /** Challenges a listing with native coins. Sender: anyone. */
  | { challenge: Challenge }
  /**
   * Changes what is listed, moves to the category's present terms, or both. Only while active. Sender: the listing's
   * owner.
   */
  | { update: {
    /** The new content; null to leave it. */
    content?: Content | null;
    /** Number of the listing, from 1. */
    id: bigint;
    /** Number of the present terms, which must be in the same asset; null to keep those of now. */
    terms?: number | null;
  } }
  /** Asks for the bond, which returns after the terms' time. Only while active. Sender: the listing's owner. */
  | { leave: {
    /** Number of the listing, from 1. */
    id: bigint;
  } }
  /** Decides on a challenge, until its deadline. Sender: the ruler that the listing's terms name. */
  | { rule: {
    /** Number of the challenge, from 1. */
    challenge: bigint;
    /** Number of the listing, from 1. */
    id: bigint;
    /** Whether the challenger is right. */
    upheld: boolean;
  } }
  /** Draws the jurors of a challenge by the beacon of its round. Sender: anyone. */
  | { draw: {
    /** Number of the listing, from 1. */
    id: bigint;
    /** The network's signature of the challenge's round, 48 bytes. */
    signature: HexBinary;
  } }
  /** Votes on a challenge, once, until its deadline. Sender: a juror that was drawn for it. */
  | { vote: {
    /** Number of the challenge, from 1. */
    challenge: bigint;
    /** Number of the listing, from 1. */
    id: bigint;
    /** Whether the challenger is right. */
    upheld: boolean;
  } }
  /** Ends a challenge: all jurors have voted, or its deadline has passed. Sender: anyone. */
  | { advance: {
    /** Number of the listing, from 1. */
    id: bigint;
  } }
  /** Gives a leaving listing's bond back after its time. Sender: anyone; it is the owner's. */
  | { finish: {
    /** Number of the listing, from 1. */
    id: bigint;
  } }
  /**
   * Cuts a bond, for the treasury: nobody else gains by it. Sender: a contract that the listing's terms name as
   * slasher.
   */
  | { slash: {
    /** Base units; a bond that is smaller is cut whole, and the listing removed. */
    amount: Uint128;
    /** Number of the listing, from 1. */
    id: bigint;
    /** What for, for people, at most `limits::MAX_REASON` characters. */
    reason: string;
  } }
  /** Says something of a listing. It moves no money. Sender: a labeller of the listing's category. */
  | { label: {
    /** Number of the listing, from 1. */
    id: bigint;
    /** The label, for people, 1 to `limits::MAX_LABEL` characters; null to take one's own back. */
    label?: string | null;
  } }
  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  | { withdraw: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } }
  /** Pays out all that the treasury is owed in an asset. Sender: anyone. */
  | { collect: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } }
  /** Makes a category, or gives it new terms. Sender: the owner. */
  | { set_category: {
    /** What it asks for. */
    category: Category;
    /** Its name, 1 to `limits::MAX_CATEGORY` of a-z, 0-9 and hyphens. */
    name: string;
  } }
  /**
   * Stops new listings and additions to bonds, or lets them go on. Challenges go on, so that no pause shields a
   * listing that leaves. Sender: the owner.
   */
  | { set_paused: {
    /** Whether they are stopped. */
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
  list: listCodec,
  top_up: object({
    id: u64,
  }),
  challenge: challenge,
  update: object({
    content: optional(content),
    id: u64,
    terms: optional(u32),
  }),
  leave: object({
    id: u64,
  }),
  rule: object({
    challenge: u64,
    id: u64,
    upheld: bool,
  }),
  draw: object({
    id: u64,
    signature: hexBinary,
  }),
  vote: object({
    challenge: u64,
    id: u64,
    upheld: bool,
  }),
  advance: object({
    id: u64,
  }),
  finish: object({
    id: u64,
  }),
  slash: object({
    amount: uint128,
    id: u64,
    reason: text,
  }),
  label: object({
    id: u64,
    label: optional(text),
  }),
  withdraw: object({
    asset: assetForString,
  }),
  collect: object({
    asset: assetForString,
  }),
  set_category: object({
    category: category,
    name: text,
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

/** Which listings a query is for. */
export type Of =
  /** Those of a category, removed ones too. */
  | { category: string }
  /** Those that an account owns, has challenged or is drawn to judge, as long as that lasts. */
  | { party: string };
/** Checks {@link Of}. */
export const of: Codec<Of> = /* @__PURE__ */ variants({
  category: text,
  party: text,
});

/** Queries of the `listings` contract. */
export type QueryMsg =
  /** What holds for the life of the contract, and who owns it. */
  | { config: {} }
  /** A category with its present terms, null when there is none. */
  | { category: {
    /** Name of the category. */
    name: string;
  } }
  /** Categories, by name. */
  | { categories: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: string | null;
  } }
  /** Terms that a category has or had, null when it never had them. */
  | { terms: {
    /** Name of the category. */
    category: string;
    /** Their number, from 1. */
    terms: number;
  } }
  /** A listing, null when there is none (any more). One that was removed stays, without a bond. */
  | { listing: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Listings, by number. */
  | { listings: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Only these; null for all. */
    of?: Of | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /** What labellers say of a listing, by labeller; at most `limits::MAX_PAGE`. */
  | { labels: {
    /** Number of the listing, from 1. */
    id: bigint;
    /** Start after this labeller. */
    start_after?: string | null;
  } }
  /** What an account may withdraw in an asset, in base units. */
  | { claimable: {
    /** Address of the account. */
    account: string;
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } }
  /** What the contract owes in an asset; its balance is at least the sum. */
  | { held: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } }
  /** Settings of the owner that wait. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  category: object({
    name: text,
  }),
  categories: object({
    limit: optional(u32),
    start_after: optional(text),
  }),
  terms: object({
    category: text,
    terms: u32,
  }),
  listing: object({
    id: u64,
  }),
  listings: object({
    limit: optional(u32),
    of: optional(of),
    start_after: optional(u64),
  }),
  labels: object({
    id: u64,
    start_after: optional(text),
  }),
  claimable: object({
    account: text,
    asset: assetForString,
  }),
  held: object({
    asset: assetForString,
  }),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** What holds for the life of the contract, and who owns it. */
export interface ConfigResponse {
  /** Network whose rounds draw jurors. */
  drand: Drand;
  /** Owner of the contract; null if nobody is. */
  owner?: Addr | null;
  /** Whether new listings are stopped. */
  paused: boolean;
  /** The account that may accept ownership; null if nobody was proposed. */
  pending_owner?: Addr | null;
  /** Account that gets the treasury's parts of lost bonds. */
  treasury: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  drand: drand,
  owner: optional(text),
  paused: bool,
  pending_owner: optional(text),
  treasury: text,
});

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

/** Who decides on challenges. */
export type RulerForAddr =
  /**
   * An account or a contract. Whoever names it trusts it: it takes half of any bond by a challenge of its own that it
   * upholds.
   */
  | { named: Addr }
  /** Seven jurors, drawn from this category, whose owners are jurors. */
  | { jurors: string };
/** Checks {@link RulerForAddr}. */
export const rulerForAddr: Codec<RulerForAddr> = /* @__PURE__ */ variants({
  named: text,
  jurors: text,
});

/** What a listing and a challenge cost, and who decides. */
export interface TermsForAddr {
  /** What bonds are paid in. */
  asset: AssetForAddr;
  /**
   * Base units of a listing's bond, 1 to `limits::MAX_BOND`; also of a challenger's, which doubles with each repeat.
   */
  bond: Uint128;
  /** Who decides on challenges. */
  ruler: RulerForAddr;
  /**
   * Seconds that a ruler has, or jurors have from their draw on, within `limits::RULING_SECONDS`. A draw is made in
   * as many.
   */
  ruling_seconds: bigint;
  /** Contracts that may cut a bond, at most `limits::MAX_SLASHERS`. */
  slashers: Addr[];
  /** Seconds from an owner's wish to leave until its bond returns, within `limits::UNBOND_SECONDS`. */
  unbond_seconds: bigint;
}
/** Checks {@link TermsForAddr}. */
export const termsForAddr: Codec<TermsForAddr> = /* @__PURE__ */ object({
  asset: assetForAddr,
  bond: uint128,
  ruler: rulerForAddr,
  ruling_seconds: u64,
  slashers: list(text),
  unbond_seconds: u64,
});

/** A category with its present terms. */
export interface CategoryResponse {
  /** Whether its owners are jurors. */
  jurors: boolean;
  /** Accounts that may label its listings. */
  labellers: Addr[];
  /** Name of the category. */
  name: string;
  /** Number of its present terms, from 1. */
  number: number;
  /** Whether listings are taken. */
  open: boolean;
  /** Jurors that have a seat; 0 where owners are no jurors. */
  seated: number;
  /** Its present terms. */
  terms: TermsForAddr;
}
/** Checks {@link CategoryResponse}. */
export const categoryResponse: Codec<CategoryResponse> = /* @__PURE__ */ object({
  jurors: bool,
  labellers: list(text),
  name: text,
  number: u32,
  open: bool,
  seated: u32,
  terms: termsForAddr,
});

/** A juror of a case. */
export interface JurorResponse {
  /** Number of the juror's own listing. */
  id: bigint;
  /** Owner of that listing. */
  juror: Addr;
  /** Whether it says that the challenger is right; null before its vote. */
  upheld?: boolean | null;
}
/** Checks {@link JurorResponse}. */
export const jurorResponse: Codec<JurorResponse> = /* @__PURE__ */ object({
  id: u64,
  juror: text,
  upheld: optional(bool),
});

/** An open challenge. */
export interface ChallengeResponse {
  /** Its bond, in base units of the listing's asset. */
  bond: Uint128;
  /** Account that has made it. */
  challenger: Addr;
  /** Until when the ruler rules, jurors are drawn, or those that were drawn vote, Unix seconds. */
  deadline: bigint;
  /** SHA-256 of the evidence, 32 bytes. */
  evidence: HexBinary;
  /** The jurors that were drawn. */
  jurors: JurorResponse[];
  /** Its number in this contract, from 1. */
  number: bigint;
  /** The revision that it is about. */
  revision: number;
  /** Round whose beacon draws the jurors; null once they are drawn, and with a named ruler. */
  round?: bigint | null;
  /** Where the evidence is to be read. */
  uri: string;
}
/** Checks {@link ChallengeResponse}. */
export const challengeResponse: Codec<ChallengeResponse> = /* @__PURE__ */ object({
  bond: uint128,
  challenger: text,
  deadline: u64,
  evidence: hexBinary,
  jurors: list(jurorResponse),
  number: u64,
  revision: u32,
  round: optional(u64),
  uri: text,
});

/** Where a listing stands. */
export type State =
  /** It stands, and may be challenged. */
  | "active"
  /** Its owner leaves. A challenge that is decided moves `ends` on by the time that it took. */
  | { leaving: {
    /** When its bond returns, Unix seconds. */
    ends: bigint;
  } }
  /** It has lost a challenge, or its whole bond. */
  | "removed";
/** Checks {@link State}. */
export const state: Codec<State> = /* @__PURE__ */ variants({
  leaving: object({
    ends: u64,
  }),
}, "active", "removed");

/** A listing that is not gone. */
export interface ListingResponse {
  /** What the bond is paid in. */
  asset: AssetForAddr;
  /** Base units of the bond that are left; less than the terms' bond after a cut. */
  bond: Uint128;
  /** Cases that its owner has to judge as a juror. Its bond stays as long as there are any. */
  cases: number;
  /** Name of its category. */
  category: string;
  /** The challenge that is open. */
  challenge?: ChallengeResponse | null;
  /** What the next challenge costs at the time of the query, in base units. */
  challenge_bond: Uint128;
  /** What is listed. */
  content: Content;
  /** Whether these are the category's present ones. */
  current: boolean;
  /** Its number, from 1. */
  id: bigint;
  /** Account that has made it, and that gets its bond back. */
  owner: Addr;
  /** How often that was stated, from 1. */
  revision: number;
  /** Where it stands. */
  state: State;
  /** Number of the category's terms that it stands under. */
  terms: number;
  /** Challenges of it that nobody decided. */
  unruled: number;
}
/** Checks {@link ListingResponse}. */
export const listingResponse: Codec<ListingResponse> = /* @__PURE__ */ object({
  asset: assetForAddr,
  bond: uint128,
  cases: u32,
  category: text,
  challenge: optional(challengeResponse),
  challenge_bond: uint128,
  content: content,
  current: bool,
  id: u64,
  owner: text,
  revision: u32,
  state: state,
  terms: u32,
  unruled: u32,
});

/** What a labeller says of a listing. */
export interface LabelResponse {
  /** What it says, for people. */
  label: string;
  /** Account that says it. */
  labeller: Addr;
  /** Whether the listing's category still names that account. */
  named: boolean;
}
/** Checks {@link LabelResponse}. */
export const labelResponse: Codec<LabelResponse> = /* @__PURE__ */ object({
  label: text,
  labeller: text,
  named: bool,
});

/** What the contract owes of an asset, in base units. */
export interface HeldResponse {
  /** Credited and not withdrawn. */
  claimable: Uint128;
  /** In bonds of listings and challenges. */
  escrowed: Uint128;
}
/** Checks {@link HeldResponse}. */
export const heldResponse: Codec<HeldResponse> = /* @__PURE__ */ object({
  claimable: uint128,
  escrowed: uint128,
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
  /** As `ExecuteMsg::List`, with tokens. */
  | { list: List }
  /** As `ExecuteMsg::TopUp`, with tokens. */
  | { top_up: {
    /** Number of the listing, from 1. */
    id: bigint;
  } }
  /** As `ExecuteMsg::Challenge`, with tokens. */
  | { challenge: Challenge };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  list: listCodec,
  top_up: object({
    id: u64,
  }),
  challenge: challenge,
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  category: CategoryResponse | null;
  categories: CategoryResponse[];
  terms: TermsForAddr | null;
  listing: ListingResponse | null;
  listings: ListingResponse[];
  labels: LabelResponse[];
  claimable: Uint128;
  held: HeldResponse;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  category: nullable(categoryResponse),
  categories: list(categoryResponse),
  terms: nullable(termsForAddr),
  listing: nullable(listingResponse),
  listings: list(listingResponse),
  labels: list(labelResponse),
  claimable: uint128,
  held: heldResponse,
  settings: list(settingResponse),
};

/** Queries of a `listings` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** What holds for the life of the contract, and who owns it. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "listings.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** A category with its present terms, null when there is none. */
  category(args: Extract<QueryMsg, { category: unknown }>["category"], options?: QueryOptions): Promise<CategoryResponse | null> {
    return ask(this.#chain, this.#address, "listings.category", queryMsg, { category: args }, responses.category, options);
  }

  /** Categories, by name. */
  categories(args: Extract<QueryMsg, { categories: unknown }>["categories"] = {}, options?: QueryOptions): Promise<CategoryResponse[]> {
    return ask(this.#chain, this.#address, "listings.categories", queryMsg, { categories: args }, responses.categories, options);
  }

  /** Terms that a category has or had, null when it never had them. */
  terms(args: Extract<QueryMsg, { terms: unknown }>["terms"], options?: QueryOptions): Promise<TermsForAddr | null> {
    return ask(this.#chain, this.#address, "listings.terms", queryMsg, { terms: args }, responses.terms, options);
  }

  /** A listing, null when there is none (any more). One that was removed stays, without a bond. */
  listing(args: Extract<QueryMsg, { listing: unknown }>["listing"], options?: QueryOptions): Promise<ListingResponse | null> {
    return ask(this.#chain, this.#address, "listings.listing", queryMsg, { listing: args }, responses.listing, options);
  }

  /** Listings, by number. */
  listings(args: Extract<QueryMsg, { listings: unknown }>["listings"] = {}, options?: QueryOptions): Promise<ListingResponse[]> {
    return ask(this.#chain, this.#address, "listings.listings", queryMsg, { listings: args }, responses.listings, options);
  }

  /** What labellers say of a listing, by labeller; at most `limits::MAX_PAGE`. */
  labels(args: Extract<QueryMsg, { labels: unknown }>["labels"], options?: QueryOptions): Promise<LabelResponse[]> {
    return ask(this.#chain, this.#address, "listings.labels", queryMsg, { labels: args }, responses.labels, options);
  }

  /** What an account may withdraw in an asset, in base units. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "listings.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /** What the contract owes in an asset; its balance is at least the sum. */
  held(args: Extract<QueryMsg, { held: unknown }>["held"], options?: QueryOptions): Promise<HeldResponse> {
    return ask(this.#chain, this.#address, "listings.held", queryMsg, { held: args }, responses.held, options);
  }

  /** Settings of the owner that wait. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "listings.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `listings` contract, to be sent in transactions. */
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
    return call(this.#sender, this.#address, "listings.receive", executeMsg, { receive: args });
  }

  /** Lists something with native coins. Sender: anyone, its owner. */
  list(args: Extract<ExecuteMsg, { list: unknown }>["list"]): Message {
    return call(this.#sender, this.#address, "listings.list", executeMsg, { list: args });
  }

  /** Adds native coins to a bond, at most to what its terms ask for. Sender: anyone; the bond is the owner's. */
  topUp(args: Extract<ExecuteMsg, { top_up: unknown }>["top_up"]): Message {
    return call(this.#sender, this.#address, "listings.top_up", executeMsg, { top_up: args });
  }

  /** Challenges a listing with native coins. Sender: anyone. */
  challenge(args: Extract<ExecuteMsg, { challenge: unknown }>["challenge"]): Message {
    return call(this.#sender, this.#address, "listings.challenge", executeMsg, { challenge: args });
  }

  /**
   * Changes what is listed, moves to the category's present terms, or both. Only while active. Sender: the listing's
   * owner.
   */
  update(args: Extract<ExecuteMsg, { update: unknown }>["update"]): Message {
    return call(this.#sender, this.#address, "listings.update", executeMsg, { update: args });
  }

  /** Asks for the bond, which returns after the terms' time. Only while active. Sender: the listing's owner. */
  leave(args: Extract<ExecuteMsg, { leave: unknown }>["leave"]): Message {
    return call(this.#sender, this.#address, "listings.leave", executeMsg, { leave: args });
  }

  /** Decides on a challenge, until its deadline. Sender: the ruler that the listing's terms name. */
  rule(args: Extract<ExecuteMsg, { rule: unknown }>["rule"]): Message {
    return call(this.#sender, this.#address, "listings.rule", executeMsg, { rule: args });
  }

  /** Draws the jurors of a challenge by the beacon of its round. Sender: anyone. */
  draw(args: Extract<ExecuteMsg, { draw: unknown }>["draw"]): Message {
    return call(this.#sender, this.#address, "listings.draw", executeMsg, { draw: args });
  }

  /** Votes on a challenge, once, until its deadline. Sender: a juror that was drawn for it. */
  vote(args: Extract<ExecuteMsg, { vote: unknown }>["vote"]): Message {
    return call(this.#sender, this.#address, "listings.vote", executeMsg, { vote: args });
  }

  /** Ends a challenge: all jurors have voted, or its deadline has passed. Sender: anyone. */
  advance(args: Extract<ExecuteMsg, { advance: unknown }>["advance"]): Message {
    return call(this.#sender, this.#address, "listings.advance", executeMsg, { advance: args });
  }

  /** Gives a leaving listing's bond back after its time. Sender: anyone; it is the owner's. */
  finish(args: Extract<ExecuteMsg, { finish: unknown }>["finish"]): Message {
    return call(this.#sender, this.#address, "listings.finish", executeMsg, { finish: args });
  }

  /**
   * Cuts a bond, for the treasury: nobody else gains by it. Sender: a contract that the listing's terms name as
   * slasher.
   */
  slash(args: Extract<ExecuteMsg, { slash: unknown }>["slash"]): Message {
    return call(this.#sender, this.#address, "listings.slash", executeMsg, { slash: args });
  }

  /** Says something of a listing. It moves no money. Sender: a labeller of the listing's category. */
  label(args: Extract<ExecuteMsg, { label: unknown }>["label"]): Message {
    return call(this.#sender, this.#address, "listings.label", executeMsg, { label: args });
  }

  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  withdraw(args: Extract<ExecuteMsg, { withdraw: unknown }>["withdraw"]): Message {
    return call(this.#sender, this.#address, "listings.withdraw", executeMsg, { withdraw: args });
  }

  /** Pays out all that the treasury is owed in an asset. Sender: anyone. */
  collect(args: Extract<ExecuteMsg, { collect: unknown }>["collect"]): Message {
    return call(this.#sender, this.#address, "listings.collect", executeMsg, { collect: args });
  }

  /** Makes a category, or gives it new terms. Sender: the owner. */
  setCategory(args: Extract<ExecuteMsg, { set_category: unknown }>["set_category"]): Message {
    return call(this.#sender, this.#address, "listings.set_category", executeMsg, { set_category: args });
  }

  /**
   * Stops new listings and additions to bonds, or lets them go on. Challenges go on, so that no pause shields a
   * listing that leaves. Sender: the owner.
   */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "listings.set_paused", executeMsg, { set_paused: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "listings.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "listings.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "listings.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "listings.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `listings` contract. */
export const hooks = {
  /** As `ExecuteMsg::List`, with tokens. */
  list(args: Extract<Hook, { list: unknown }>["list"]): Binary {
    return encodeHook("listings.list", hook, { list: args });
  },

  /** As `ExecuteMsg::TopUp`, with tokens. */
  topUp(args: Extract<Hook, { top_up: unknown }>["top_up"]): Binary {
    return encodeHook("listings.top_up", hook, { top_up: args });
  },

  /** As `ExecuteMsg::Challenge`, with tokens. */
  challenge(args: Extract<Hook, { challenge: unknown }>["challenge"]): Binary {
    return encodeHook("listings.challenge", hook, { challenge: args });
  },
};
