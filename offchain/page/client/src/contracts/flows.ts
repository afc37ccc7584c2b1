// Written by gen/generate.mjs from schema/flows/; not to be edited.

import {
  binary, bool, hexBinary, list, nullable, object, optional, text, u32, u64, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
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

/** The key of a flow by vouchers, and how it signs a voucher's text (`bithive_signed::voucher`). */
export type Key =
  /** Ed25519 over the text, RFC 8032; 32 bytes. */
  | { ed25519: HexBinary }
  /** ECDSA on secp256k1 over the SHA-256 of the text; the compressed point, 33 bytes. */
  | { secp256k1: HexBinary }
  /** A wallet's, which signs the text in the form of ADR-36 for the payer's address: ECDSA on secp256k1, 33 bytes. */
  | { wallet: HexBinary };
/** Checks {@link Key}. */
export const key: Codec<Key> = /* @__PURE__ */ variants({
  ed25519: hexBinary,
  secp256k1: hexBinary,
  wallet: hexBinary,
});

/** What makes a deposit due. */
export type Terms =
  /** An amount for each step of time. */
  | { rate: {
    /** Units that are due at once, as a rent is that is paid in advance. */
    advance: bigint;
    /** Base units for each step, at least 1; the deposit has one unit or more. */
    amount: Uint128;
    /** Seconds of a step, `limits::MIN_STEP_SECONDS` to `limits::MAX_STEP_SECONDS`. */
    step: bigint;
  } }
  /** What the holder of a key has signed. */
  | { vouchers: {
    /**
     * End, in Unix seconds: vouchers are taken until then. At least the notice from now, at most
     * `limits::MAX_SECONDS`.
     */
    ends: bigint;
    /** Public key that signs them. */
    key: Key;
    /**
     * Seconds from the payer's wish to close until the rest is the payer's, `limits::MIN_NOTICE_SECONDS` to
     * `limits::MAX_NOTICE_SECONDS`.
     */
    notice: bigint;
  } };
/** Checks {@link Terms}. */
export const terms: Codec<Terms> = /* @__PURE__ */ variants({
  rate: object({
    advance: u64,
    amount: uint128,
    step: u64,
  }),
  vouchers: object({
    ends: u64,
    key: key,
    notice: u64,
  }),
});

/** A flow that is opened with a deposit. */
export interface Open {
  /** Address that is paid; neither this contract nor the deposit's token. */
  payee: string;
  /** What makes the deposit due. */
  terms: Terms;
  /** Whether the payee may hand the flow over to another account. */
  transferable: boolean;
}
/** Checks {@link Open}. */
export const open: Codec<Open> = /* @__PURE__ */ object({
  payee: text,
  terms: terms,
  transferable: bool,
});

/** A voucher to redeem. */
export interface SignedVoucher {
  /** All that is owed since the flow was opened, in base units of its asset. */
  cumulative: Uint128;
  /** Number of the flow, from 1. */
  id: bigint;
  /** Signature of the flow's key over the voucher's text, 64 bytes; of ECDSA r and s. */
  signature: HexBinary;
}
/** Checks {@link SignedVoucher}. */
export const signedVoucher: Codec<SignedVoucher> = /* @__PURE__ */ object({
  cumulative: uint128,
  id: u64,
  signature: hexBinary,
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

/** Messages. Only `ExecuteMsg::Open` and `ExecuteMsg::TopUp` take native coins, of one denomination. */
export type ExecuteMsg =
  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Opens a flow with native coins. Sender: anyone, its payer. */
  | { open: Open }
  /**
   * Adds native coins to a flow. A flow by time that has drained begins again now, without an advance. Sender:
   * anyone; what is left goes to the payer. To a flow by time, others than its payer add whole units only.
   */
  | { top_up: {
    /** Later end of a flow by vouchers, in Unix seconds; only of its payer. */
    ends?: bigint | null;
    /** Number of the flow, from 1. */
    id: bigint;
  } }
  /** Credits the payee with what a flow by time owes. Sender: anyone. */
  | { settle: {
    /** Number of the flow, from 1. */
    id: bigint;
  } }
  /**
   * Credits payees with what vouchers add. Those that add nothing or do not hold are skipped, and reported as events;
   * if all are, the first reason is the error. Sender: anyone.
   */
  | { redeem: {
    /** 1 to `limits::MAX_VOUCHERS`. */
    vouchers: SignedVoucher[];
  } }
  /**
   * Settles the flow, and hands it over; vouchers that were not redeemed pay the new payee. Sender: its payee, if the
   * flow is transferable.
   */
  | { transfer: {
    /** Number of the flow, from 1. */
    id: bigint;
    /** Address that is paid from now on. */
    payee: string;
  } }
  /**
   * Ends a flow: at once by its payee, or by the payer of a flow by time, with what is owed until now settled. The
   * payer of a flow by vouchers waits for its notice. A payee redeems before it closes: later vouchers pay nothing.
   * Sender: its payer or payee.
   */
  | { close: {
    /** Number of the flow, from 1. */
    id: bigint;
  } }
  /** Ends a flow that has nothing left to pay, or whose end has passed. Sender: anyone. */
  | { finish: {
    /** Number of the flow, from 1. */
    id: bigint;
  } }
  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  | { withdraw: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  open: open,
  top_up: object({
    ends: optional(u64),
    id: u64,
  }),
  settle: object({
    id: u64,
  }),
  redeem: object({
    vouchers: list(signedVoucher),
  }),
  transfer: object({
    id: u64,
    payee: text,
  }),
  close: object({
    id: u64,
  }),
  finish: object({
    id: u64,
  }),
  withdraw: object({
    asset: assetForString,
  }),
});

/** Queries of the `flows` contract. */
export type QueryMsg =
  /** A flow, null when there is none (any more). */
  | { flow: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Flows, by number. */
  | { flows: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Only those that this account pays or is paid by. */
    party?: string | null;
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
  /** What the contract owes in an asset; its balance is at least the sum. */
  | { held: {
    /** The native coin or cw20 token. */
    asset: AssetForString;
  } };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  flow: object({
    id: u64,
  }),
  flows: object({
    limit: optional(u32),
    party: optional(text),
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

/** A flow that has not ended. */
export interface FlowResponse {
  /** What it pays in. */
  asset: AssetForAddr;
  /** Whether the payer has closed it, and its notice runs. */
  closing: boolean;
  /** All that was deposited since then, in base units. */
  deposit: Uint128;
  /** What the payee can be credited with at the time of the query without a voucher, in base units. */
  due: Uint128;
  /** When the last unit is due, or until when vouchers are taken, Unix seconds. */
  ends: bigint;
  /** Its number, from 1. */
  id: bigint;
  /** What of it the payee was credited with, in base units. */
  paid: Uint128;
  /** Account that is paid. */
  payee: Addr;
  /** Account that has opened it, and that gets what is left. */
  payer: Addr;
  /** Time from which steps count, Unix seconds. */
  start: bigint;
  /** What makes the deposit due. The end of a flow by vouchers is in `ends`. */
  terms: Terms;
  /** Whether the payee may hand it over. */
  transferable: boolean;
}
/** Checks {@link FlowResponse}. */
export const flowResponse: Codec<FlowResponse> = /* @__PURE__ */ object({
  asset: assetForAddr,
  closing: bool,
  deposit: uint128,
  due: uint128,
  ends: u64,
  id: u64,
  paid: uint128,
  payee: text,
  payer: text,
  start: u64,
  terms: terms,
  transferable: bool,
});

/** What the contract owes of an asset, in base units. */
export interface HeldResponse {
  /** Credited and not withdrawn. */
  claimable: Uint128;
  /** In flows: deposited and not credited to anybody. */
  escrowed: Uint128;
}
/** Checks {@link HeldResponse}. */
export const heldResponse: Codec<HeldResponse> = /* @__PURE__ */ object({
  claimable: uint128,
  escrowed: uint128,
});

/** What a cw20 `Send` to the contract is for. */
export type Hook =
  /** As `ExecuteMsg::Open`, with tokens. */
  | { open: Open }
  /** As `ExecuteMsg::TopUp`, with tokens. */
  | { top_up: {
    /** Later end of a flow by vouchers, in Unix seconds; only of its payer. */
    ends?: bigint | null;
    /** Number of the flow, from 1. */
    id: bigint;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  open: open,
  top_up: object({
    ends: optional(u64),
    id: u64,
  }),
});

/** The answer to each query. */
export interface Responses {
  flow: FlowResponse | null;
  flows: FlowResponse[];
  claimable: Uint128;
  held: HeldResponse;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  flow: nullable(flowResponse),
  flows: list(flowResponse),
  claimable: uint128,
  held: heldResponse,
};

/** Queries of a `flows` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** A flow, null when there is none (any more). */
  flow(args: Extract<QueryMsg, { flow: unknown }>["flow"], options?: QueryOptions): Promise<FlowResponse | null> {
    return ask(this.#chain, this.#address, "flows.flow", queryMsg, { flow: args }, responses.flow, options);
  }

  /** Flows, by number. */
  flows(args: Extract<QueryMsg, { flows: unknown }>["flows"] = {}, options?: QueryOptions): Promise<FlowResponse[]> {
    return ask(this.#chain, this.#address, "flows.flows", queryMsg, { flows: args }, responses.flows, options);
  }

  /** What an account may withdraw in an asset, in base units. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "flows.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /** What the contract owes in an asset; its balance is at least the sum. */
  held(args: Extract<QueryMsg, { held: unknown }>["held"], options?: QueryOptions): Promise<HeldResponse> {
    return ask(this.#chain, this.#address, "flows.held", queryMsg, { held: args }, responses.held, options);
  }
}

/** Messages to a `flows` contract, to be sent in transactions. */
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
    return call(this.#sender, this.#address, "flows.receive", executeMsg, { receive: args });
  }

  /** Opens a flow with native coins. Sender: anyone, its payer. */
  open(args: Extract<ExecuteMsg, { open: unknown }>["open"]): Message {
    return call(this.#sender, this.#address, "flows.open", executeMsg, { open: args });
  }

  /**
   * Adds native coins to a flow. A flow by time that has drained begins again now, without an advance. Sender:
   * anyone; what is left goes to the payer. To a flow by time, others than its payer add whole units only.
   */
  topUp(args: Extract<ExecuteMsg, { top_up: unknown }>["top_up"]): Message {
    return call(this.#sender, this.#address, "flows.top_up", executeMsg, { top_up: args });
  }

  /** Credits the payee with what a flow by time owes. Sender: anyone. */
  settle(args: Extract<ExecuteMsg, { settle: unknown }>["settle"]): Message {
    return call(this.#sender, this.#address, "flows.settle", executeMsg, { settle: args });
  }

  /**
   * Credits payees with what vouchers add. Those that add nothing or do not hold are skipped, and reported as events;
   * if all are, the first reason is the error. Sender: anyone.
   */
  redeem(args: Extract<ExecuteMsg, { redeem: unknown }>["redeem"]): Message {
    return call(this.#sender, this.#address, "flows.redeem", executeMsg, { redeem: args });
  }

  /**
   * Settles the flow, and hands it over; vouchers that were not redeemed pay the new payee. Sender: its payee, if the
   * flow is transferable.
   */
  transfer(args: Extract<ExecuteMsg, { transfer: unknown }>["transfer"]): Message {
    return call(this.#sender, this.#address, "flows.transfer", executeMsg, { transfer: args });
  }

  /**
   * Ends a flow: at once by its payee, or by the payer of a flow by time, with what is owed until now settled. The
   * payer of a flow by vouchers waits for its notice. A payee redeems before it closes: later vouchers pay nothing.
   * Sender: its payer or payee.
   */
  close(args: Extract<ExecuteMsg, { close: unknown }>["close"]): Message {
    return call(this.#sender, this.#address, "flows.close", executeMsg, { close: args });
  }

  /** Ends a flow that has nothing left to pay, or whose end has passed. Sender: anyone. */
  finish(args: Extract<ExecuteMsg, { finish: unknown }>["finish"]): Message {
    return call(this.#sender, this.#address, "flows.finish", executeMsg, { finish: args });
  }

  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  withdraw(args: Extract<ExecuteMsg, { withdraw: unknown }>["withdraw"]): Message {
    return call(this.#sender, this.#address, "flows.withdraw", executeMsg, { withdraw: args });
  }
}

/** The field `msg` of a token's `send` to a `flows` contract. */
export const hooks = {
  /** As `ExecuteMsg::Open`, with tokens. */
  open(args: Extract<Hook, { open: unknown }>["open"]): Binary {
    return encodeHook("flows.open", hook, { open: args });
  },

  /** As `ExecuteMsg::TopUp`, with tokens. */
  topUp(args: Extract<Hook, { top_up: unknown }>["top_up"]): Binary {
    return encodeHook("flows.top_up", hook, { top_up: args });
  },
};
