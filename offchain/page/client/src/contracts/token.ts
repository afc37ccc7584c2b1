// Written by gen/generate.mjs from schema/token/; not to be edited.

import {
  binary, list, nullable, object, optional, text, u32, u64, u8, uint128, uint64, variants, type Codec, type Addr, type Binary, type Timestamp, type Uint128,
} from "../codec.js";
import { ask, call, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

export interface Cw20Coin {
  address: string;
  amount: Uint128;
}
/** Checks {@link Cw20Coin}. */
export const cw20Coin: Codec<Cw20Coin> = /* @__PURE__ */ object({
  address: text,
  amount: uint128,
});

/**
 * This is used to store the logo on the blockchain in an accepted format. Enforce maximum size of 5KB on all
 * variants.
 */
export type EmbeddedLogo =
  /**
   * Store the Logo as an SVG file. The content must conform to the spec at
   * https://en.wikipedia.org/wiki/Scalable_Vector_Graphics (The contract should do some light-weight sanity-check
   * validation)
   */
  | { svg: Binary }
  /** Store the Logo as a PNG file. This will likely only support up to 64x64 or so within the 5KB limit. */
  | { png: Binary };
/** Checks {@link EmbeddedLogo}. */
export const embeddedLogo: Codec<EmbeddedLogo> = /* @__PURE__ */ variants({
  svg: binary,
  png: binary,
});

/** This is used for uploading logo data, or setting it in InstantiateData */
export type Logo =
  /** A reference to an externally hosted logo. Must be a valid HTTP or HTTPS URL. */
  | { url: string }
  /** Logo content stored on the blockchain. Enforce maximum size of 5KB on all variants */
  | { embedded: EmbeddedLogo };
/** Checks {@link Logo}. */
export const logo: Codec<Logo> = /* @__PURE__ */ variants({
  url: text,
  embedded: embeddedLogo,
});

/** Marketing info, which wallets show. */
export interface Marketing {
  /** Short description of the token. */
  description?: string | null;
  /** Logo, a URL or an embedded image of at most 5 KiB. */
  logo?: Logo | null;
  /** Account that may change this. */
  marketing?: string | null;
  /** URL of the project's page. */
  project?: string | null;
}
/** Checks {@link Marketing}. */
export const marketing: Codec<Marketing> = /* @__PURE__ */ object({
  description: optional(text),
  logo: optional(logo),
  marketing: optional(text),
  project: optional(text),
});

/** Creates one token. */
export interface InstantiateMsg {
  /** Most that may ever be minted, in base units; burning does not make room for more. */
  cap: Uint128;
  /** Decimals, at most 18; BitHive's tokens have 6. */
  decimals: number;
  /** Minted at once; addresses are unique, the sum is at most `cap`. */
  initial_balances: Cw20Coin[];
  /** Marketing info, which wallets show. */
  marketing?: Marketing | null;
  /**
   * May mint up to the cap, if it is a contract; a person may only hand this over to one. None means that the supply
   * is final.
   */
  minter?: string | null;
  /** Name, 3 to 50 bytes. */
  name: string;
  /** Ticker, 3 to 12 letters. */
  symbol: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  cap: uint128,
  decimals: u8,
  initial_balances: list(cw20Coin),
  marketing: optional(marketing),
  minter: optional(text),
  name: text,
  symbol: text,
});

/**
 * Expiration represents a point in time when some event happens. It can compare with a BlockInfo and will return
 * is_expired() == true once the condition is hit (and for every block in the future)
 */
export type Expiration =
  /** AtHeight will expire when `env.block.height` >= height */
  | { at_height: bigint }
  /** AtTime will expire when `env.block.time` >= time */
  | { at_time: Timestamp }
  /** Never will never expire. Used to express the empty variant */
  | { never: {} };
/** Checks {@link Expiration}. */
export const expiration: Codec<Expiration> = /* @__PURE__ */ variants({
  at_height: u64,
  at_time: uint64,
  never: object({}),
});

export type ExecuteMsg =
  /** Transfer is a base message to move tokens to another account without triggering actions */
  | { transfer: {
    amount: Uint128;
    recipient: string;
  } }
  /** Burn is a base message to destroy tokens forever */
  | { burn: {
    amount: Uint128;
  } }
  /** Send is a base message to transfer tokens to a contract and trigger an action on the receiving contract. */
  | { send: {
    amount: Uint128;
    contract: string;
    msg: Binary;
  } }
  /**
   * Only with "approval" extension. Allows spender to access an additional amount tokens from the owner's
   * (env.sender) account. If expires is Some(), overwrites current allowance expiration with this one.
   */
  | { increase_allowance: {
    amount: Uint128;
    expires?: Expiration | null;
    spender: string;
  } }
  /**
   * Only with "approval" extension. Lowers the spender's access of tokens from the owner's (env.sender) account by
   * amount. If expires is Some(), overwrites current allowance expiration with this one.
   */
  | { decrease_allowance: {
    amount: Uint128;
    expires?: Expiration | null;
    spender: string;
  } }
  /**
   * Only with "approval" extension. Transfers amount tokens from owner -> recipient if `env.sender` has sufficient
   * pre-approval.
   */
  | { transfer_from: {
    amount: Uint128;
    owner: string;
    recipient: string;
  } }
  /**
   * Only with "approval" extension. Sends amount tokens from owner -> contract if `env.sender` has sufficient
   * pre-approval.
   */
  | { send_from: {
    amount: Uint128;
    contract: string;
    msg: Binary;
    owner: string;
  } }
  /** Only with "approval" extension. Destroys tokens forever */
  | { burn_from: {
    amount: Uint128;
    owner: string;
  } }
  /**
   * Only with the "mintable" extension. If authorized, creates amount new tokens and adds to the recipient balance.
   */
  | { mint: {
    amount: Uint128;
    recipient: string;
  } }
  /**
   * Only with the "mintable" extension. The current minter may set a new minter. Setting the minter to None will
   * remove the token's minter forever.
   */
  | { update_minter: {
    new_minter?: string | null;
  } }
  /**
   * Only with the "marketing" extension. If authorized, updates marketing metadata. Setting None/null for any of
   * these will leave it unchanged. Setting Some("") will clear this field on the contract storage
   */
  | { update_marketing: {
    /** A longer description of the token and it's utility. Designed for tooltips or such */
    description?: string | null;
    /** The address (if any) who can update this data structure */
    marketing?: string | null;
    /** A URL pointing to the project behind this token. */
    project?: string | null;
  } }
  /** If set as the "marketing" role on the contract, upload a new URL, SVG, or PNG for the token */
  | { upload_logo: Logo };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  transfer: object({
    amount: uint128,
    recipient: text,
  }),
  burn: object({
    amount: uint128,
  }),
  send: object({
    amount: uint128,
    contract: text,
    msg: binary,
  }),
  increase_allowance: object({
    amount: uint128,
    expires: optional(expiration),
    spender: text,
  }),
  decrease_allowance: object({
    amount: uint128,
    expires: optional(expiration),
    spender: text,
  }),
  transfer_from: object({
    amount: uint128,
    owner: text,
    recipient: text,
  }),
  send_from: object({
    amount: uint128,
    contract: text,
    msg: binary,
    owner: text,
  }),
  burn_from: object({
    amount: uint128,
    owner: text,
  }),
  mint: object({
    amount: uint128,
    recipient: text,
  }),
  update_minter: object({
    new_minter: optional(text),
  }),
  update_marketing: object({
    description: optional(text),
    marketing: optional(text),
    project: optional(text),
  }),
  upload_logo: logo,
});

/** Queries of cw20, and `Supply`. */
export type QueryMsg =
  /** Balance of an address, 0 if unset. */
  | { balance: {
    /** Address of the account. */
    address: string;
  } }
  /** Name, symbol, decimals, supply. */
  | { token_info: {} }
  /** Who may mint, and the cap. */
  | { minter: {} }
  /** What was minted and burnt. */
  | { supply: {} }
  /** What `spender` may use of `owner`'s balance. */
  | { allowance: {
    /** Owner of the balance. */
    owner: string;
    /** Who may spend it. */
    spender: string;
  } }
  /** All allowances that an owner has given. */
  | { all_allowances: {
    /** Page size, at most 30. */
    limit?: number | null;
    /** Owner of the balance. */
    owner: string;
    /** Start after this spender. */
    start_after?: string | null;
  } }
  /** All allowances that a spender was given. */
  | { all_spender_allowances: {
    /** Page size, at most 30. */
    limit?: number | null;
    /** Who may spend. */
    spender: string;
    /** Start after this owner. */
    start_after?: string | null;
  } }
  /** All accounts that have held the token. */
  | { all_accounts: {
    /** Page size, at most 30. */
    limit?: number | null;
    /** Start after this account. */
    start_after?: string | null;
  } }
  /** Marketing info, which wallets show. */
  | { marketing_info: {} }
  /** The embedded logo; an error when there is none. */
  | { download_logo: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  balance: object({
    address: text,
  }),
  token_info: object({}),
  minter: object({}),
  supply: object({}),
  allowance: object({
    owner: text,
    spender: text,
  }),
  all_allowances: object({
    limit: optional(u32),
    owner: text,
    start_after: optional(text),
  }),
  all_spender_allowances: object({
    limit: optional(u32),
    spender: text,
    start_after: optional(text),
  }),
  all_accounts: object({
    limit: optional(u32),
    start_after: optional(text),
  }),
  marketing_info: object({}),
  download_logo: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

export interface BalanceResponse {
  balance: Uint128;
}
/** Checks {@link BalanceResponse}. */
export const balanceResponse: Codec<BalanceResponse> = /* @__PURE__ */ object({
  balance: uint128,
});

export interface TokenInfoResponse {
  decimals: number;
  name: string;
  symbol: string;
  total_supply: Uint128;
}
/** Checks {@link TokenInfoResponse}. */
export const tokenInfoResponse: Codec<TokenInfoResponse> = /* @__PURE__ */ object({
  decimals: u8,
  name: text,
  symbol: text,
  total_supply: uint128,
});

export interface MinterResponse {
  /**
   * cap is a hard cap on total supply that can be achieved by minting. Note that this refers to total_supply. If
   * None, there is unlimited cap.
   */
  cap?: Uint128 | null;
  minter: string;
}
/** Checks {@link MinterResponse}. */
export const minterResponse: Codec<MinterResponse> = /* @__PURE__ */ object({
  cap: optional(uint128),
  minter: text,
});

/** What was minted and burnt since the token exists. */
export interface SupplyResponse {
  /** Burnt so far. */
  burnt: Uint128;
  /** Most that may ever be minted. */
  cap: Uint128;
  /** Minted so far, initial balances included; never above `cap`. */
  minted: Uint128;
  /** In existence: `minted - burnt`. */
  supply: Uint128;
}
/** Checks {@link SupplyResponse}. */
export const supplyResponse: Codec<SupplyResponse> = /* @__PURE__ */ object({
  burnt: uint128,
  cap: uint128,
  minted: uint128,
  supply: uint128,
});

export interface AllowanceResponse {
  allowance: Uint128;
  expires: Expiration;
}
/** Checks {@link AllowanceResponse}. */
export const allowanceResponse: Codec<AllowanceResponse> = /* @__PURE__ */ object({
  allowance: uint128,
  expires: expiration,
});

export interface AllowanceInfo {
  allowance: Uint128;
  expires: Expiration;
  spender: string;
}
/** Checks {@link AllowanceInfo}. */
export const allowanceInfo: Codec<AllowanceInfo> = /* @__PURE__ */ object({
  allowance: uint128,
  expires: expiration,
  spender: text,
});

export interface AllAllowancesResponse {
  allowances: AllowanceInfo[];
}
/** Checks {@link AllAllowancesResponse}. */
export const allAllowancesResponse: Codec<AllAllowancesResponse> = /* @__PURE__ */ object({
  allowances: list(allowanceInfo),
});

export interface SpenderAllowanceInfo {
  allowance: Uint128;
  expires: Expiration;
  owner: string;
}
/** Checks {@link SpenderAllowanceInfo}. */
export const spenderAllowanceInfo: Codec<SpenderAllowanceInfo> = /* @__PURE__ */ object({
  allowance: uint128,
  expires: expiration,
  owner: text,
});

export interface AllSpenderAllowancesResponse {
  allowances: SpenderAllowanceInfo[];
}
/** Checks {@link AllSpenderAllowancesResponse}. */
export const allSpenderAllowancesResponse: Codec<AllSpenderAllowancesResponse> = /* @__PURE__ */ object({
  allowances: list(spenderAllowanceInfo),
});

export interface AllAccountsResponse {
  accounts: string[];
}
/** Checks {@link AllAccountsResponse}. */
export const allAccountsResponse: Codec<AllAccountsResponse> = /* @__PURE__ */ object({
  accounts: list(text),
});

/**
 * This is used to display logo info, provide a link or inform there is one that can be downloaded from the blockchain
 * itself
 */
export type LogoInfo =
  /** A reference to an externally hosted logo. Must be a valid HTTP or HTTPS URL. */
  | { url: string }
  /** There is an embedded logo on the chain, make another call to download it. */
  | "embedded";
/** Checks {@link LogoInfo}. */
export const logoInfo: Codec<LogoInfo> = /* @__PURE__ */ variants({
  url: text,
}, "embedded");

export interface MarketingInfoResponse {
  /** A longer description of the token and it's utility. Designed for tooltips or such */
  description?: string | null;
  /** A link to the logo, or a comment there is an on-chain logo stored */
  logo?: LogoInfo | null;
  /** The address (if any) who can update this data structure */
  marketing?: Addr | null;
  /** A URL pointing to the project behind this token. */
  project?: string | null;
}
/** Checks {@link MarketingInfoResponse}. */
export const marketingInfoResponse: Codec<MarketingInfoResponse> = /* @__PURE__ */ object({
  description: optional(text),
  logo: optional(logoInfo),
  marketing: optional(text),
  project: optional(text),
});

/**
 * When we download an embedded logo, we get this response type. We expect a SPA to be able to accept this info and
 * display it.
 */
export interface DownloadLogoResponse {
  data: Binary;
  mime_type: string;
}
/** Checks {@link DownloadLogoResponse}. */
export const downloadLogoResponse: Codec<DownloadLogoResponse> = /* @__PURE__ */ object({
  data: binary,
  mime_type: text,
});

/** The answer to each query. */
export interface Responses {
  balance: BalanceResponse;
  token_info: TokenInfoResponse;
  minter: MinterResponse | null;
  supply: SupplyResponse;
  allowance: AllowanceResponse;
  all_allowances: AllAllowancesResponse;
  all_spender_allowances: AllSpenderAllowancesResponse;
  all_accounts: AllAccountsResponse;
  marketing_info: MarketingInfoResponse;
  download_logo: DownloadLogoResponse;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  balance: balanceResponse,
  token_info: tokenInfoResponse,
  minter: nullable(minterResponse),
  supply: supplyResponse,
  allowance: allowanceResponse,
  all_allowances: allAllowancesResponse,
  all_spender_allowances: allSpenderAllowancesResponse,
  all_accounts: allAccountsResponse,
  marketing_info: marketingInfoResponse,
  download_logo: downloadLogoResponse,
};

/** Queries of a `token` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Balance of an address, 0 if unset. */
  balance(args: Extract<QueryMsg, { balance: unknown }>["balance"], options?: QueryOptions): Promise<BalanceResponse> {
    return ask(this.#chain, this.#address, "token.balance", queryMsg, { balance: args }, responses.balance, options);
  }

  /** Name, symbol, decimals, supply. */
  tokenInfo(options?: QueryOptions): Promise<TokenInfoResponse> {
    return ask(this.#chain, this.#address, "token.token_info", queryMsg, { token_info: {} }, responses.token_info, options);
  }

  /** Who may mint, and the cap. */
  minter(options?: QueryOptions): Promise<MinterResponse | null> {
    return ask(this.#chain, this.#address, "token.minter", queryMsg, { minter: {} }, responses.minter, options);
  }

  /** What was minted and burnt. */
  supply(options?: QueryOptions): Promise<SupplyResponse> {
    return ask(this.#chain, this.#address, "token.supply", queryMsg, { supply: {} }, responses.supply, options);
  }

  /** What `spender` may use of `owner`'s balance. */
  allowance(args: Extract<QueryMsg, { allowance: unknown }>["allowance"], options?: QueryOptions): Promise<AllowanceResponse> {
    return ask(this.#chain, this.#address, "token.allowance", queryMsg, { allowance: args }, responses.allowance, options);
  }

  /** All allowances that an owner has given. */
  allAllowances(args: Extract<QueryMsg, { all_allowances: unknown }>["all_allowances"], options?: QueryOptions): Promise<AllAllowancesResponse> {
    return ask(this.#chain, this.#address, "token.all_allowances", queryMsg, { all_allowances: args }, responses.all_allowances, options);
  }

  /** All allowances that a spender was given. */
  allSpenderAllowances(args: Extract<QueryMsg, { all_spender_allowances: unknown }>["all_spender_allowances"], options?: QueryOptions): Promise<AllSpenderAllowancesResponse> {
    return ask(this.#chain, this.#address, "token.all_spender_allowances", queryMsg, { all_spender_allowances: args }, responses.all_spender_allowances, options);
  }

  /** All accounts that have held the token. */
  allAccounts(args: Extract<QueryMsg, { all_accounts: unknown }>["all_accounts"] = {}, options?: QueryOptions): Promise<AllAccountsResponse> {
    return ask(this.#chain, this.#address, "token.all_accounts", queryMsg, { all_accounts: args }, responses.all_accounts, options);
  }

  /** Marketing info, which wallets show. */
  marketingInfo(options?: QueryOptions): Promise<MarketingInfoResponse> {
    return ask(this.#chain, this.#address, "token.marketing_info", queryMsg, { marketing_info: {} }, responses.marketing_info, options);
  }

  /** The embedded logo; an error when there is none. */
  downloadLogo(options?: QueryOptions): Promise<DownloadLogoResponse> {
    return ask(this.#chain, this.#address, "token.download_logo", queryMsg, { download_logo: {} }, responses.download_logo, options);
  }
}

/** Messages to a `token` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** Transfer is a base message to move tokens to another account without triggering actions */
  transfer(args: Extract<ExecuteMsg, { transfer: unknown }>["transfer"]): Message {
    return call(this.#sender, this.#address, "token.transfer", executeMsg, { transfer: args });
  }

  /** Burn is a base message to destroy tokens forever */
  burn(args: Extract<ExecuteMsg, { burn: unknown }>["burn"]): Message {
    return call(this.#sender, this.#address, "token.burn", executeMsg, { burn: args });
  }

  /** Send is a base message to transfer tokens to a contract and trigger an action on the receiving contract. */
  send(args: Extract<ExecuteMsg, { send: unknown }>["send"]): Message {
    return call(this.#sender, this.#address, "token.send", executeMsg, { send: args });
  }

  /**
   * Only with "approval" extension. Allows spender to access an additional amount tokens from the owner's
   * (env.sender) account. If expires is Some(), overwrites current allowance expiration with this one.
   */
  increaseAllowance(args: Extract<ExecuteMsg, { increase_allowance: unknown }>["increase_allowance"]): Message {
    return call(this.#sender, this.#address, "token.increase_allowance", executeMsg, { increase_allowance: args });
  }

  /**
   * Only with "approval" extension. Lowers the spender's access of tokens from the owner's (env.sender) account by
   * amount. If expires is Some(), overwrites current allowance expiration with this one.
   */
  decreaseAllowance(args: Extract<ExecuteMsg, { decrease_allowance: unknown }>["decrease_allowance"]): Message {
    return call(this.#sender, this.#address, "token.decrease_allowance", executeMsg, { decrease_allowance: args });
  }

  /**
   * Only with "approval" extension. Transfers amount tokens from owner -> recipient if `env.sender` has sufficient
   * pre-approval.
   */
  transferFrom(args: Extract<ExecuteMsg, { transfer_from: unknown }>["transfer_from"]): Message {
    return call(this.#sender, this.#address, "token.transfer_from", executeMsg, { transfer_from: args });
  }

  /**
   * Only with "approval" extension. Sends amount tokens from owner -> contract if `env.sender` has sufficient
   * pre-approval.
   */
  sendFrom(args: Extract<ExecuteMsg, { send_from: unknown }>["send_from"]): Message {
    return call(this.#sender, this.#address, "token.send_from", executeMsg, { send_from: args });
  }

  /** Only with "approval" extension. Destroys tokens forever */
  burnFrom(args: Extract<ExecuteMsg, { burn_from: unknown }>["burn_from"]): Message {
    return call(this.#sender, this.#address, "token.burn_from", executeMsg, { burn_from: args });
  }

  /**
   * Only with the "mintable" extension. If authorized, creates amount new tokens and adds to the recipient balance.
   */
  mint(args: Extract<ExecuteMsg, { mint: unknown }>["mint"]): Message {
    return call(this.#sender, this.#address, "token.mint", executeMsg, { mint: args });
  }

  /**
   * Only with the "mintable" extension. The current minter may set a new minter. Setting the minter to None will
   * remove the token's minter forever.
   */
  updateMinter(args: Extract<ExecuteMsg, { update_minter: unknown }>["update_minter"] = {}): Message {
    return call(this.#sender, this.#address, "token.update_minter", executeMsg, { update_minter: args });
  }

  /**
   * Only with the "marketing" extension. If authorized, updates marketing metadata. Setting None/null for any of
   * these will leave it unchanged. Setting Some("") will clear this field on the contract storage
   */
  updateMarketing(args: Extract<ExecuteMsg, { update_marketing: unknown }>["update_marketing"] = {}): Message {
    return call(this.#sender, this.#address, "token.update_marketing", executeMsg, { update_marketing: args });
  }

  /** If set as the "marketing" role on the contract, upload a new URL, SVG, or PNG for the token */
  uploadLogo(args: Extract<ExecuteMsg, { upload_logo: unknown }>["upload_logo"]): Message {
    return call(this.#sender, this.#address, "token.upload_logo", executeMsg, { upload_logo: args });
  }
}
