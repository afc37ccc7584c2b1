// Written by gen/generate.mjs from schema/escrow/; not to be edited.

import {
  binary, bool, hexBinary, list, nullable, object, optional, text, u16, u32, u64, u8, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
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

/** Who says that a milestone is reached, and what silence means. */
export type ApproverForString =
  /**
   * The payer, whose silence after a submission releases. What it rejects is refunded, unless an arbiter whom the
   * payees have called rules otherwise; an arbiter that gives no ruling for `limits::RULING_SECONDS` leaves it
   * refunded.
   */
  | { payer: {
    /** Who decides when the payer rejects and the payees disagree; neither payer nor payee. */
    arbiter?: string | null;
  } }
  /** Who knows a code, which releases the only milestone until it is due. There are no submissions. */
  | { preimage: {
    /**
     * SHA-256 of the code, 32 bytes. A code is used once: whoever sees it can release every agreement with its hash.
     */
    hash: HexBinary;
  } }
  /** So many of these accounts, whose silence after a submission refunds. */
  | { signers: {
    /** How many of them have to approve, at least 1. */
    needed: number;
    /** Their addresses, 1 to `limits::MAX_SIGNERS`, each once. Fewer than `needed` of them are payees. */
    signers: string[];
  } }
  /**
   * The contributors, by what each put in. Their silence after a submission releases; objections of a quarter of the
   * weight open a vote, in which the larger side wins, and a tie releases.
   */
  | { contributors: {} };
/** Checks {@link ApproverForString}. */
export const approverForString: Codec<ApproverForString> = /* @__PURE__ */ variants({
  payer: object({
    arbiter: optional(text),
  }),
  preimage: object({
    hash: hexBinary,
  }),
  signers: object({
    needed: u8,
    signers: list(text),
  }),
  contributors: object({}),
});

/** A part of the work, and what it costs. */
export interface Milestone {
  /** What the payees get for it, in base units, at least 1. */
  amount: Uint128;
  /**
   * Seconds that the payees have for it from when it begins, `limits::MIN_DUE_SECONDS` to `limits::MAX_DUE_SECONDS`.
   */
  due: bigint;
  /**
   * Seconds that who approves has from each submission, `limits::MIN_REVIEW_SECONDS` to `limits::MAX_REVIEW_SECONDS`.
   */
  review: bigint;
}
/** Checks {@link Milestone}. */
export const milestone: Codec<Milestone> = /* @__PURE__ */ object({
  amount: uint128,
  due: u64,
  review: u64,
});

/** A payee and its share. */
export interface PayeeForString {
  /** Address that is paid; not the payer, this contract or the asset's token. */
  address: string;
  /** Its share of each payment, 1 to 10,000 basis points. */
  bps: number;
}
/** Checks {@link PayeeForString}. */
export const payeeForString: Codec<PayeeForString> = /* @__PURE__ */ object({
  address: text,
  bps: u16,
});

/** What is agreed. */
export interface Terms {
  /** Who says that a milestone is reached. */
  approver: ApproverForString;
  /** What is paid for, in this order, 1 to `limits::MAX_MILESTONES`; 1 where a code releases it. */
  milestones: Milestone[];
  /**
   * Who is paid, 1 to `limits::MAX_PAYEES`, whose shares sum to the whole. Each part is rounded down, and the first
   * payee has what is left, less than a unit a payee.
   */
  payees: PayeeForString[];
  /** SHA-256 of the text that the parties have agreed on, if there is one. */
  text?: HexBinary | null;
}
/** Checks {@link Terms}. */
export const terms: Codec<Terms> = /* @__PURE__ */ object({
  approver: approverForString,
  milestones: list(milestone),
  payees: list(payeeForString),
  text: optional(hexBinary),
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

/** Messages. Only `ExecuteMsg::Open` and `ExecuteMsg::Fund` take native coins, of one denomination. */
export type ExecuteMsg =
  /** A cw20 `Send`; `msg` is a `Hook`. Sender: a token contract. */
  | { receive: Cw20ReceiveMsg }
  /** Makes an agreement with native coins, exactly the sum of its milestones. Sender: anyone, its payer. */
  | { open: Terms }
  /**
   * Asks a crowd for the sum of the milestones. Sender: anyone, who gets what can't be divided among contributors.
   */
  | { raise: {
    /** What contributions are in. */
    asset: AssetForString;
    /**
     * Seconds in which the sum has to come together, `limits::MIN_FUNDING_SECONDS` to `limits::MAX_FUNDING_SECONDS`.
     */
    seconds: bigint;
    /** What is agreed; signers or contributors approve. */
    terms: Terms;
  } }
  /**
   * Contributes native coins. What is above the sum becomes a credit of the sender; the contribution that reaches it
   * begins the first milestone. Sender: anyone.
   */
  | { fund: {
    /** Number of the agreement, from 1. */
    id: bigint;
  } }
  /** Says that a milestone is reached. Sender: a payee. */
  | { submit: {
    /** SHA-256 of what shows it, if there is something to show. */
    evidence?: HexBinary | null;
    /** Number of the agreement, from 1. */
    id: bigint;
    /** Number of the milestone, from 1. */
    milestone: number;
  } }
  /**
   * Releases a milestone, or says so as one of several. The payer and signers may approve before a submission.
   * Sender: who approves the agreement.
   */
  | { approve: {
    /** Number of the agreement, from 1. */
    id: bigint;
    /** Number of the milestone, from 1. */
    milestone: number;
  } }
  /** Says that a milestone is not reached, after a submission. Sender: who approves the agreement. */
  | { reject: {
    /** Number of the agreement, from 1. */
    id: bigint;
    /** Number of the milestone, from 1. */
    milestone: number;
  } }
  /**
   * Releases an agreement with its code. Whoever sends it, the payees are paid, so copying it from others gains
   * nothing. Sender: anyone.
   */
  | { reveal: {
    /** Number of the agreement, from 1. */
    id: bigint;
    /** The code, `limits::MIN_CODE_BYTES` to `limits::MAX_CODE_BYTES`. */
    preimage: HexBinary;
  } }
  /** Calls the arbiter, after a rejection. Sender: a payee. */
  | { dispute: {
    /** Number of the agreement, from 1. */
    id: bigint;
    /** Number of the milestone, from 1. */
    milestone: number;
  } }
  /**
   * Divides the amount of a milestone that is disputed. With all of it the payees go on to the next milestone; with
   * less the agreement ends, and the payer is refunded the rest and all later milestones. Sender: the arbiter.
   */
  | { rule: {
    /** Number of the agreement, from 1. */
    id: bigint;
    /** Number of the milestone, from 1. */
    milestone: number;
    /** Share of the payees in 1/10,000. */
    payees_bps: number;
  } }
  /** Gives up what is not released: it is refunded at once. Sender: the first payee. */
  | { decline: {
    /** Number of the agreement, from 1. */
    id: bigint;
  } }
  /**
   * Moves an agreement on whose deadline has passed: a goal or submission that did not come, a rejection that nobody
   * disputed, a ruling that was not given are refunded; silence releases or refunds, as `Approver` says. Sender:
   * anyone.
   */
  | { advance: {
    /** Number of the agreement, from 1. */
    id: bigint;
  } }
  /** Credits a contributor with its part of what is left of an agreement that did not succeed. Sender: anyone. */
  | { refund: {
    /** Address of the contributor. */
    contributor: string;
    /** Number of the agreement, from 1. */
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
  open: terms,
  raise: object({
    asset: assetForString,
    seconds: u64,
    terms: terms,
  }),
  fund: object({
    id: u64,
  }),
  submit: object({
    evidence: optional(hexBinary),
    id: u64,
    milestone: u8,
  }),
  approve: object({
    id: u64,
    milestone: u8,
  }),
  reject: object({
    id: u64,
    milestone: u8,
  }),
  reveal: object({
    id: u64,
    preimage: hexBinary,
  }),
  dispute: object({
    id: u64,
    milestone: u8,
  }),
  rule: object({
    id: u64,
    milestone: u8,
    payees_bps: u16,
  }),
  decline: object({
    id: u64,
  }),
  advance: object({
    id: u64,
  }),
  refund: object({
    contributor: text,
    id: u64,
  }),
  withdraw: object({
    asset: assetForString,
  }),
});

/** Queries of the `escrow` contract. */
export type QueryMsg =
  /** An agreement, null when there is none (any more). */
  | { agreement: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Agreements, by number. */
  | { agreements: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Only those that this account opened, is paid by, signs for or rules on; not those that it contributed to. */
    party?: string | null;
    /** Start after this one. */
    start_after?: bigint | null;
  } }
  /**
   * What an account contributed, by number of the agreement; a contribution that was refunded is not listed any more.
   */
  | { contributions: {
    /** Address of the account. */
    account: string;
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this agreement. */
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
  agreement: object({
    id: u64,
  }),
  agreements: object({
    limit: optional(u32),
    party: optional(text),
    start_after: optional(u64),
  }),
  contributions: object({
    account: text,
    limit: optional(u32),
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

/** Who says that a milestone is reached, and what silence means. */
export type ApproverForAddr =
  /**
   * The payer, whose silence after a submission releases. What it rejects is refunded, unless an arbiter whom the
   * payees have called rules otherwise; an arbiter that gives no ruling for `limits::RULING_SECONDS` leaves it
   * refunded.
   */
  | { payer: {
    /** Who decides when the payer rejects and the payees disagree; neither payer nor payee. */
    arbiter?: Addr | null;
  } }
  /** Who knows a code, which releases the only milestone until it is due. There are no submissions. */
  | { preimage: {
    /**
     * SHA-256 of the code, 32 bytes. A code is used once: whoever sees it can release every agreement with its hash.
     */
    hash: HexBinary;
  } }
  /** So many of these accounts, whose silence after a submission refunds. */
  | { signers: {
    /** How many of them have to approve, at least 1. */
    needed: number;
    /** Their addresses, 1 to `limits::MAX_SIGNERS`, each once. Fewer than `needed` of them are payees. */
    signers: Addr[];
  } }
  /**
   * The contributors, by what each put in. Their silence after a submission releases; objections of a quarter of the
   * weight open a vote, in which the larger side wins, and a tie releases.
   */
  | { contributors: {} };
/** Checks {@link ApproverForAddr}. */
export const approverForAddr: Codec<ApproverForAddr> = /* @__PURE__ */ variants({
  payer: object({
    arbiter: optional(text),
  }),
  preimage: object({
    hash: hexBinary,
  }),
  signers: object({
    needed: u8,
    signers: list(text),
  }),
  contributors: object({}),
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

/** What a crowd has put in. */
export interface CrowdResponse {
  /** How many accounts have contributed. */
  contributors: bigint;
  /** Sum of the milestones, in base units. */
  goal: Uint128;
  /** Sum of the contributions, in base units. */
  raised: Uint128;
}
/** Checks {@link CrowdResponse}. */
export const crowdResponse: Codec<CrowdResponse> = /* @__PURE__ */ object({
  contributors: u64,
  goal: uint128,
  raised: uint128,
});

/** A payee and its share. */
export interface PayeeForAddr {
  /** Address that is paid; not the payer, this contract or the asset's token. */
  address: Addr;
  /** Its share of each payment, 1 to 10,000 basis points. */
  bps: number;
}
/** Checks {@link PayeeForAddr}. */
export const payeeForAddr: Codec<PayeeForAddr> = /* @__PURE__ */ object({
  address: text,
  bps: u16,
});

/**
 * Where an agreement stands. `until` is the last second of a state, in Unix seconds: after it `ExecuteMsg::Advance`
 * moves on.
 */
export type Phase =
  /** Contributions come in. */
  | { funding: {
    /** The sum has to be there by then. */
    until: bigint;
  } }
  /** A submission is awaited, or a code. */
  | { active: {
    /** After that, it is refunded. */
    until: bigint;
  } }
  /** Who approves looks at what a payee submitted. */
  | { submitted: {
    /** After that, silence decides. */
    until: bigint;
  } }
  /** Contributors vote on what was submitted. */
  | { voting: {
    /** After that, the larger side has it. */
    until: bigint;
  } }
  /** The payer rejected what was submitted. */
  | { rejected: {
    /** After that, it is refunded. */
    until: bigint;
  } }
  /** The arbiter decides. */
  | { disputed: {
    /** After that, it is refunded. */
    until: bigint;
  } }
  /** Contributors are refunded, each by `ExecuteMsg::Refund`. */
  | { refunding: {
    /** What there was to refund, in base units. */
    amount: Uint128;
    /** Contributors that are not refunded yet. */
    waiting: bigint;
  } };
/** Checks {@link Phase}. */
export const phase: Codec<Phase> = /* @__PURE__ */ variants({
  funding: object({
    until: u64,
  }),
  active: object({
    until: u64,
  }),
  submitted: object({
    until: u64,
  }),
  voting: object({
    until: u64,
  }),
  rejected: object({
    until: u64,
  }),
  disputed: object({
    until: u64,
  }),
  refunding: object({
    amount: uint128,
    waiting: u64,
  }),
});

/** An agreement that has not ended. */
export interface AgreementResponse {
  /** Who approves them. */
  approver: ApproverForAddr;
  /** Signers, or weight of contributors, that approve the present milestone. */
  approving: Uint128;
  /** What is paid in. */
  asset: AssetForAddr;
  /** What the crowd has put in; none where the opener pays. */
  crowd?: CrowdResponse | null;
  /** Its number, from 1. */
  id: bigint;
  /** In escrow for it, in base units. */
  left: Uint128;
  /** Number of the present milestone, from 1; 0 while contributions come in. */
  milestone: number;
  /** All milestones, in their order. */
  milestones: Milestone[];
  /** Account that made it: the payer, or who asks the crowd. */
  opener: Addr;
  /** Who is paid. */
  payees: PayeeForAddr[];
  /** Where it stands. */
  phase: Phase;
  /** Signers, or weight of contributors, that reject the present milestone. */
  refusing: Uint128;
  /** Submissions of the present milestone. */
  submissions: number;
  /** SHA-256 of the agreed text. */
  text?: HexBinary | null;
}
/** Checks {@link AgreementResponse}. */
export const agreementResponse: Codec<AgreementResponse> = /* @__PURE__ */ object({
  approver: approverForAddr,
  approving: uint128,
  asset: assetForAddr,
  crowd: optional(crowdResponse),
  id: u64,
  left: uint128,
  milestone: u8,
  milestones: list(milestone),
  opener: text,
  payees: list(payeeForAddr),
  phase: phase,
  refusing: uint128,
  submissions: u8,
  text: optional(hexBinary),
});

/** A contribution that was not refunded. */
export interface ContributionResponse {
  /** What the account put in, in base units: its weight. */
  amount: Uint128;
  /** What it is in; none where the agreement is over. */
  asset?: AssetForAddr | null;
  /** Number of the agreement, from 1. */
  id: bigint;
  /** Whether the agreement goes on. One that was paid in full is over, and a contribution to it was spent. */
  open: boolean;
  /** What `ExecuteMsg::Refund` credits it with now, in base units. */
  refundable: Uint128;
  /** The last milestone that it spoke on; 0 if on none. */
  voted: number;
}
/** Checks {@link ContributionResponse}. */
export const contributionResponse: Codec<ContributionResponse> = /* @__PURE__ */ object({
  amount: uint128,
  asset: optional(assetForAddr),
  id: u64,
  open: bool,
  refundable: uint128,
  voted: u8,
});

/** What the contract owes of an asset, in base units. */
export interface HeldResponse {
  /** Credited and not withdrawn. */
  claimable: Uint128;
  /** In agreements: put in and not credited to anybody. */
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
  | { open: Terms }
  /** As `ExecuteMsg::Fund`, with tokens. */
  | { fund: {
    /** Number of the agreement, from 1. */
    id: bigint;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  open: terms,
  fund: object({
    id: u64,
  }),
});

/** The answer to each query. */
export interface Responses {
  agreement: AgreementResponse | null;
  agreements: AgreementResponse[];
  contributions: ContributionResponse[];
  claimable: Uint128;
  held: HeldResponse;
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  agreement: nullable(agreementResponse),
  agreements: list(agreementResponse),
  contributions: list(contributionResponse),
  claimable: uint128,
  held: heldResponse,
};

/** Queries of a `escrow` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** An agreement, null when there is none (any more). */
  agreement(args: Extract<QueryMsg, { agreement: unknown }>["agreement"], options?: QueryOptions): Promise<AgreementResponse | null> {
    return ask(this.#chain, this.#address, "escrow.agreement", queryMsg, { agreement: args }, responses.agreement, options);
  }

  /** Agreements, by number. */
  agreements(args: Extract<QueryMsg, { agreements: unknown }>["agreements"] = {}, options?: QueryOptions): Promise<AgreementResponse[]> {
    return ask(this.#chain, this.#address, "escrow.agreements", queryMsg, { agreements: args }, responses.agreements, options);
  }

  /**
   * What an account contributed, by number of the agreement; a contribution that was refunded is not listed any more.
   */
  contributions(args: Extract<QueryMsg, { contributions: unknown }>["contributions"], options?: QueryOptions): Promise<ContributionResponse[]> {
    return ask(this.#chain, this.#address, "escrow.contributions", queryMsg, { contributions: args }, responses.contributions, options);
  }

  /** What an account may withdraw in an asset, in base units. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "escrow.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /** What the contract owes in an asset; its balance is at least the sum. */
  held(args: Extract<QueryMsg, { held: unknown }>["held"], options?: QueryOptions): Promise<HeldResponse> {
    return ask(this.#chain, this.#address, "escrow.held", queryMsg, { held: args }, responses.held, options);
  }
}

/** Messages to a `escrow` contract, to be sent in transactions. */
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
    return call(this.#sender, this.#address, "escrow.receive", executeMsg, { receive: args });
  }

  /** Makes an agreement with native coins, exactly the sum of its milestones. Sender: anyone, its payer. */
  open(args: Extract<ExecuteMsg, { open: unknown }>["open"]): Message {
    return call(this.#sender, this.#address, "escrow.open", executeMsg, { open: args });
  }

  /**
   * Asks a crowd for the sum of the milestones. Sender: anyone, who gets what can't be divided among contributors.
   */
  raise(args: Extract<ExecuteMsg, { raise: unknown }>["raise"]): Message {
    return call(this.#sender, this.#address, "escrow.raise", executeMsg, { raise: args });
  }

  /**
   * Contributes native coins. What is above the sum becomes a credit of the sender; the contribution that reaches it
   * begins the first milestone. Sender: anyone.
   */
  fund(args: Extract<ExecuteMsg, { fund: unknown }>["fund"]): Message {
    return call(this.#sender, this.#address, "escrow.fund", executeMsg, { fund: args });
  }

  /** Says that a milestone is reached. Sender: a payee. */
  submit(args: Extract<ExecuteMsg, { submit: unknown }>["submit"]): Message {
    return call(this.#sender, this.#address, "escrow.submit", executeMsg, { submit: args });
  }

  /**
   * Releases a milestone, or says so as one of several. The payer and signers may approve before a submission.
   * Sender: who approves the agreement.
   */
  approve(args: Extract<ExecuteMsg, { approve: unknown }>["approve"]): Message {
    return call(this.#sender, this.#address, "escrow.approve", executeMsg, { approve: args });
  }

  /** Says that a milestone is not reached, after a submission. Sender: who approves the agreement. */
  reject(args: Extract<ExecuteMsg, { reject: unknown }>["reject"]): Message {
    return call(this.#sender, this.#address, "escrow.reject", executeMsg, { reject: args });
  }

  /**
   * Releases an agreement with its code. Whoever sends it, the payees are paid, so copying it from others gains
   * nothing. Sender: anyone.
   */
  reveal(args: Extract<ExecuteMsg, { reveal: unknown }>["reveal"]): Message {
    return call(this.#sender, this.#address, "escrow.reveal", executeMsg, { reveal: args });
  }

  /** Calls the arbiter, after a rejection. Sender: a payee. */
  dispute(args: Extract<ExecuteMsg, { dispute: unknown }>["dispute"]): Message {
    return call(this.#sender, this.#address, "escrow.dispute", executeMsg, { dispute: args });
  }

  /**
   * Divides the amount of a milestone that is disputed. With all of it the payees go on to the next milestone; with
   * less the agreement ends, and the payer is refunded the rest and all later milestones. Sender: the arbiter.
   */
  rule(args: Extract<ExecuteMsg, { rule: unknown }>["rule"]): Message {
    return call(this.#sender, this.#address, "escrow.rule", executeMsg, { rule: args });
  }

  /** Gives up what is not released: it is refunded at once. Sender: the first payee. */
  decline(args: Extract<ExecuteMsg, { decline: unknown }>["decline"]): Message {
    return call(this.#sender, this.#address, "escrow.decline", executeMsg, { decline: args });
  }

  /**
   * Moves an agreement on whose deadline has passed: a goal or submission that did not come, a rejection that nobody
   * disputed, a ruling that was not given are refunded; silence releases or refunds, as `Approver` says. Sender:
   * anyone.
   */
  advance(args: Extract<ExecuteMsg, { advance: unknown }>["advance"]): Message {
    return call(this.#sender, this.#address, "escrow.advance", executeMsg, { advance: args });
  }

  /** Credits a contributor with its part of what is left of an agreement that did not succeed. Sender: anyone. */
  refund(args: Extract<ExecuteMsg, { refund: unknown }>["refund"]): Message {
    return call(this.#sender, this.#address, "escrow.refund", executeMsg, { refund: args });
  }

  /** Pays out all that the sender is owed in an asset. Sender: anyone. */
  withdraw(args: Extract<ExecuteMsg, { withdraw: unknown }>["withdraw"]): Message {
    return call(this.#sender, this.#address, "escrow.withdraw", executeMsg, { withdraw: args });
  }
}

/** The field `msg` of a token's `send` to a `escrow` contract. */
export const hooks = {
  /** As `ExecuteMsg::Open`, with tokens. */
  open(args: Extract<Hook, { open: unknown }>["open"]): Binary {
    return encodeHook("escrow.open", hook, { open: args });
  },

  /** As `ExecuteMsg::Fund`, with tokens. */
  fund(args: Extract<Hook, { fund: unknown }>["fund"]): Binary {
    return encodeHook("escrow.fund", hook, { fund: args });
  },
};
