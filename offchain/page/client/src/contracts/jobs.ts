// Written by gen/generate.mjs from schema/jobs/; not to be edited.

import {
  binary, bool, defaulted, hexBinary, list, literal, nullable, object, optional, text, u16, u32, u64, u8, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/**
 * Division of what is paid for a job, in 1/10,000; the five parts sum to 10,000. A part whose receiver the job does
 * not name goes to the treasury, and so does the rounding.
 */
export interface Split {
  /** Share of the data's owner. */
  data_owner: number;
  /** Share of the patient incentive pool. */
  incentive_pool: number;
  /** Share of the model's owner. */
  model_owner: number;
  /** Share of the protocol's treasury. */
  treasury: number;
  /** The worker's share. */
  worker: number;
}
/** Checks {@link Split}. */
export const split: Codec<Split> = /* @__PURE__ */ object({
  data_owner: u16,
  incentive_pool: u16,
  model_owner: u16,
  treasury: u16,
  worker: u16,
});

/** Parameters that hold for the life of the contract. */
export interface InstantiateMsg {
  /** Address that receives the patient incentive pool's share. */
  incentive_pool: string;
  /** The registry; its token and slot count must fit, its unbonding time must exceed `limits::MAX_LIFE_SECONDS`. */
  registry: string;
  /**
   * Taken from a worker's bond for a commitment that it does not reveal and for an agreed result that it does not
   * sign, and the most for a result far from the quorum's, in base units; 1 to the registry's `node_bond`. A bond
   * covers one for each open round. Not committing costs the job, but no bond.
   */
  slash_amount: Uint128;
  /** How a worker's ask is divided; sums to 10,000. */
  split: Split;
  /** cw20 contract that jobs are paid in (BTT). */
  token: string;
  /** Address that receives the treasury's share. */
  treasury: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  incentive_pool: text,
  registry: text,
  slash_amount: uint128,
  split: split,
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

/** One round's workers. */
export interface Assignment {
  /**
   * What each worker asks, in slot order, each at most `price`; of a worker that is kept, what is left of its ask
   * (`WorkerResponse::remainder`).
   */
  asks: Uint128[];
  /**
   * Aggregate of the BLS signatures of the workers that are not kept, at least one, each over
   * `bithive_attest::consent_bytes` with its own ask: nobody can be bound, and slashed, without having asked for the
   * job.
   */
  consent: HexBinary;
  /** DGKBE headers, 128 bytes for each group that S touches, by ascending group. */
  headers: HexBinary;
  /** Commitment to the plaintext input, 32 bytes; the same in every round of the job. */
  input_commitment: HexBinary;
  /** The chosen set S in `bithive_dgkbe::GroupedSet` encoding; exactly k slots, each an eligible node. */
  mask: Binary;
  /** BLAKE3 digest of the encrypted input. */
  payload: HexBinary;
}
/** Checks {@link Assignment}. */
export const assignment: Codec<Assignment> = /* @__PURE__ */ object({
  asks: list(uint128),
  consent: hexBinary,
  headers: hexBinary,
  input_commitment: hexBinary,
  mask: binary,
  payload: hexBinary,
});

/** One job of `ExecuteMsg::FinalizeMany`. */
export interface Finalization {
  /** Number of the job, from 1. */
  job_id: bigint;
  /** Bit i set: worker i (in slot order) signed. Only members of the quorum count, at least q. */
  signers: number;
}
/** Checks {@link Finalization}. */
export const finalization: Codec<Finalization> = /* @__PURE__ */ object({
  job_id: u64,
  signers: u32,
});

/** What a run of a model is worth, as it was measured. */
export interface ModelWork {
  /** Confidence of the model, M, in 1/10,000. */
  confidence_bps: number;
  /**
   * Compute credits of a run, for each worker, within `limits::MODEL_CREDITS`: what is credited at most, as far as
   * the job's fees pay for it (`bithive_economics::work::Settled`).
   */
  credits: bigint;
  /** Quality of the data that it was trained on, D, in 1/10,000. */
  quality_bps: number;
}
/** Checks {@link ModelWork}. */
export const modelWork: Codec<ModelWork> = /* @__PURE__ */ object({
  confidence_bps: u16,
  credits: u64,
  quality_bps: u16,
});

/** Messages of the `jobs` contract. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send` of the payment token; `msg` is a `Hook`. Sender: the token contract only. */
  | { receive: Cw20ReceiveMsg }
  /** Withdraw an open job and refund it. Sender: its requester, state Open. */
  | { cancel: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /**
   * Choose workers, or replace those of a failed round. Workers of the failed round that revealed and are not at
   * fault can be kept without asking them again, for what is left of their ask. Sender: its requester, state Open or
   * Disputed.
   */
  | { assign: {
    /** What the workers need and agreed to. */
    assignment: Assignment;
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /**
   * Commit to a result. Sender: a worker of the round, once, state Assigned. Who does not commit in time loses the
   * job, not bond: it may have been given nothing that it could open. Who commits must reveal.
   */
  | { commit: {
    /** `bithive_attest::commitment` of the result, the output's digest, the worker and a nonce; 32 bytes. */
    commitment: HexBinary;
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /** Reveal the committed result. Sender: a worker that committed, once, state Committed. */
  | { reveal: {
    /** Number of the job, from 1. */
    job_id: bigint;
    /** Masked fixed-point result: `dimensions` little-endian 32-bit words. */
    masked: Binary;
    /** The commitment's nonce, 32 bytes. */
    nonce: HexBinary;
    /** BLAKE3 digest of the encrypted full output. */
    output: HexBinary;
  } }
  /**
   * Publish the own signature of the final statement: so nobody who collects signatures can make a member of the
   * quorum look as if it had not signed. The q-th one settles the job. Sender: a member of the quorum, once, state
   * Revealed.
   */
  | { sign: {
    /** Number of the job, from 1. */
    job_id: bigint;
    /** BLS signature (G2, 96 bytes) over `bithive_attest::Statement::sign_bytes`. */
    signature: HexBinary;
  } }
  /** Settle with the quorum's aggregate signature over the final statement. Sender: anyone, state Revealed. */
  | { finalize: {
    /** Number of the job, from 1. */
    job_id: bigint;
    /** Aggregate BLS signature (G2, 96 bytes) over `bithive_attest::Statement::sign_bytes`. */
    signature: HexBinary;
    /** Bit i set: worker i (in slot order) signed. Only members of the quorum count, at least q. */
    signers: number;
  } }
  /**
   * Settle many jobs with one aggregate signature over all their final statements. Sender: anyone, each job in state
   * Revealed. All are settled or none: one that is not Revealed, or one bad signature, refuses the message.
   */
  | { finalize_many: {
    /** Sum of what `ExecuteMsg::Finalize` would take for each of them (G2, 96 bytes). */
    signature: HexBinary;
    /** The jobs, by ascending number, each once; 1..=`limits::MAX_FINALIZATIONS`. */
    statements: Finalization[];
  } }
  /**
   * Leave a state whose deadline has passed. Sender: anyone, in practice workers and relayers.
   *
   * Nothing happens at a deadline by itself: a missing reveal is charged, and an escrow returned, only here. To reach
   * a node that is leaving, the fault must be charged before the registry's unbonding time has passed since the
   * node's `Unbond`; from then on its bond can be withdrawn.
   */
  | { advance: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /**
   * Tell the emissions and the registry what a settled job's quorum did, once: whose the work is that was announced
   * when the job was settled, and records. Nothing of it depends on when it is sent. `ExecuteMsg::Finalize` tries it
   * by itself, which never keeps it from settling; whatever refuses it, it can be tried again. Sender: anyone, state
   * Settled.
   */
  | { report: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /** Pay out what the sender has earned or was refunded. Sender: anyone who is owed. */
  | { withdraw: {} }
  /** Name the contract that credits work, or none. Sender: the registry's owner. */
  | { set_emissions: {
    /** `emissions`, which has to know this contract as a meter. */
    emissions?: string | null;
  } }
  /** Name the contract that knows who is paid for a model, or none: then nobody is. Sender: the registry's owner. */
  | { set_models: {
    /** `models`, for the same token. */
    models?: string | null;
  } }
  /**
   * Name the contract that knows what subjects of data have consented to, or none: then nothing that names consents
   * is posted or assigned. Sender: the registry's owner.
   */
  | { set_grants: {
    /** `grants`, of the same registry. */
    grants?: string | null;
  } }
  /** State the work of a model, or forget it. Sender: the registry's owner. */
  | { set_model: {
    /** BLAKE3 digest of the model file, 32 bytes. */
    model: HexBinary;
    /** What a run of it is; null to forget it. */
    work?: ModelWork | null;
  } }
  /**
   * Refuse new jobs, or take them again; what was posted goes on, and withdrawals do. Sender: the registry's owner.
   */
  | { set_paused: {
    /** Whether new jobs are refused. */
    paused: boolean;
  } }
  /** Apply a setting of governance whose time has come (`crate::delay`). Sender: anyone. */
  | { apply_setting: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Drop a setting that waits. Sender: the registry's owner. */
  | { cancel_setting: {
    /** Its number, from 1. */
    id: bigint;
  } };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  cancel: object({
    job_id: u64,
  }),
  assign: object({
    assignment: assignment,
    job_id: u64,
  }),
  commit: object({
    commitment: hexBinary,
    job_id: u64,
  }),
  reveal: object({
    job_id: u64,
    masked: binary,
    nonce: hexBinary,
    output: hexBinary,
  }),
  sign: object({
    job_id: u64,
    signature: hexBinary,
  }),
  finalize: object({
    job_id: u64,
    signature: hexBinary,
    signers: u32,
  }),
  finalize_many: object({
    signature: hexBinary,
    statements: list(finalization),
  }),
  advance: object({
    job_id: u64,
  }),
  report: object({
    job_id: u64,
  }),
  withdraw: object({}),
  set_emissions: object({
    emissions: optional(text),
  }),
  set_models: object({
    models: optional(text),
  }),
  set_grants: object({
    grants: optional(text),
  }),
  set_model: object({
    model: hexBinary,
    work: optional(modelWork),
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
});

/** Queries of the `jobs` contract. */
export type QueryMsg =
  /** Parameters and wiring. */
  | { config: {} }
  /** One job; an error when there is none. */
  | { job: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /** A job's vault. */
  | { vault: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /** Jobs by ascending number. */
  | { jobs: {
    /** Page size, at most `limits::MAX_PAGE`, which is also the default. */
    limit?: number | null;
    /** Start after this job. */
    start_after?: bigint | null;
  } }
  /** What permits a job to use data; nothing where it names none. */
  | { bases: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /** Jobs that name data of a subject, by ascending number. */
  | { uses: {
    /** Page size, at most `limits::MAX_PAGE`, which is also the default. */
    limit?: number | null;
    /** Start after this job. */
    start_after?: bigint | null;
    /** Address of the subject's account. */
    subject: string;
  } }
  /** What settled several jobs at once; an error when `batch` is not the first job of one. */
  | { batch: {
    /** Number of its first job, as in `OutcomeResponse::batch`. */
    batch: bigint;
  } }
  /** What a run of a model is worth; null where it is not known. */
  | { model: {
    /** BLAKE3 digest of the model file. */
    model: HexBinary;
  } }
  /** Who credits work, whether new jobs are refused, and whether a job was reported. */
  | { reporting: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /** What an account may withdraw, in base units. */
  | { claimable: {
    /** The account's address. */
    address: string;
  } }
  /**
   * Rounds that an account is bound in as a worker: its bond covers a slash for each of them and one more when it is
   * assigned.
   */
  | { open_rounds: {
    /** The account's address. */
    address: string;
  } }
  /** Sums that must equal the contract's token balance. */
  | { totals: {} }
  /** Settings of governance that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  job: object({
    job_id: u64,
  }),
  vault: object({
    job_id: u64,
  }),
  jobs: object({
    limit: optional(u32),
    start_after: optional(u64),
  }),
  bases: object({
    job_id: u64,
  }),
  uses: object({
    limit: optional(u32),
    start_after: optional(u64),
    subject: text,
  }),
  batch: object({
    batch: u64,
  }),
  model: object({
    model: hexBinary,
  }),
  reporting: object({
    job_id: u64,
  }),
  claimable: object({
    address: text,
  }),
  open_rounds: object({
    address: text,
  }),
  totals: object({}),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Parameters and wiring. */
export interface ConfigResponse {
  /** Contract that credits work; null where none does. */
  emissions?: Addr | null;
  /** Contract that knows what subjects of data have consented to; null where no job names consents. */
  grants?: Addr | null;
  /** Groups of that many slots; slots are numbered 1..=groups*slots. */
  groups: number;
  /** Patient incentive pool. */
  incentive_pool: Addr;
  /** Contract that knows who is paid for a model; null where nobody is. */
  models?: Addr | null;
  /** Contract that knows nodes and requesters and holds their bonds. */
  registry: Addr;
  /** Taken from the bond for each fault that costs bond, in base units. */
  slash_amount: Uint128;
  /** Slots of one broadcast group. */
  slots: number;
  /** Division of a worker's ask. */
  split: Split;
  /** cw20 contract of BTT, in which jobs are paid. */
  token: Addr;
  /** Receives the treasury's share of each ask. */
  treasury: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  emissions: optional(text),
  grants: optional(text),
  groups: u16,
  incentive_pool: text,
  models: optional(text),
  registry: text,
  slash_amount: uint128,
  slots: u16,
  split: split,
  token: text,
  treasury: text,
});

/** What the quorum agreed on. */
export interface OutcomeResponse {
  /** If it was settled with others, the first job of the batch: `QueryMsg::Batch` has their signature. */
  batch?: bigint | null;
  /** Bit i set: worker i is in the quorum. */
  quorum: number;
  /** Index of the member whose result is nearest to the others; its output is the job's output. */
  representative: number;
  /** The aggregate signature that settled the job; null if it was settled with others. */
  signature?: HexBinary | null;
  /** Bit i set: worker i signed; null until the job is settled. */
  signers?: number | null;
}
/** Checks {@link OutcomeResponse}. */
export const outcomeResponse: Codec<OutcomeResponse> = /* @__PURE__ */ object({
  batch: optional(u64),
  quorum: u32,
  representative: u8,
  signature: optional(hexBinary),
  signers: optional(u32),
});

/** State of a job. */
export type Phase =
  /** Waiting for workers. */
  | "open"
  /** Waiting for commitments. */
  | "assigned"
  /** Waiting for reveals. */
  | "committed"
  /** A quorum agrees; waiting for its signature. */
  | "revealed"
  /** Paid out. Final. */
  | "settled"
  /** Escrow returned. Final. */
  | "refunded"
  /** A round failed; waiting for replacements. */
  | "disputed";
/** Checks {@link Phase}. */
export const phase: Codec<Phase> = /* @__PURE__ */ literal("open", "assigned", "committed", "revealed", "settled", "refunded", "disputed");

/**
 * The public terms of a job. Its conditions are only in the vault. `A` is the type of addresses: text in a message,
 * and checked where the contract stores the terms and answers with them.
 */
export interface TermsForAddr {
  /** Last second in which workers can be assigned, Unix time; in the future, at most a window away. */
  assign_by: bigint;
  /** Seconds for commitments, from the assignment. */
  commit_seconds: bigint;
  /**
   * Owner of the data, if it is to receive its share; it has let the requester name it
   * (`crate::models::ExecuteMsg::SetConsent`), and is somebody else.
   */
  data_owner?: Addr | null;
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
  model_owner?: Addr | null;
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
/** Checks {@link TermsForAddr}. */
export const termsForAddr: Codec<TermsForAddr> = /* @__PURE__ */ object({
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

/** One worker of the current round. */
export interface WorkerResponse {
  /** Address of the worker's account. */
  address: Addr;
  /** What it is paid before the split, in base units. */
  ask: Uint128;
  /** Whether it was at fault in any round, so that the job can't have it again. */
  barred: boolean;
  /** BLS public key in G1 at the time of assignment, 48 bytes. */
  bls_key: HexBinary;
  /** Its commitment, 32 bytes; null until it commits. */
  commitment?: HexBinary | null;
  /** Whether it is in the quorum; null before there is one. */
  in_quorum?: boolean | null;
  /** Its masked result, little-endian 32-bit words; null until it reveals. */
  masked?: Binary | null;
  /** BLAKE3 digest of its encrypted output; null until it reveals. */
  output?: HexBinary | null;
  /**
   * What it asks if it is kept for the next round, in base units; null unless the round has failed, and it revealed
   * and is not at fault.
   */
  remainder?: Uint128 | null;
  /** Whether it has published its signature by `ExecuteMsg::Sign`. */
  signed: boolean;
  /** Its DGKBE slot, from 1. */
  slot: number;
}
/** Checks {@link WorkerResponse}. */
export const workerResponse: Codec<WorkerResponse> = /* @__PURE__ */ object({
  address: text,
  ask: uint128,
  barred: bool,
  bls_key: hexBinary,
  commitment: optional(hexBinary),
  in_quorum: optional(bool),
  masked: optional(binary),
  output: optional(hexBinary),
  remainder: optional(uint128),
  signed: bool,
  slot: u16,
});

/** A job as the chain knows it. */
export interface JobResponse {
  /** The current round's assignment, once there is one. */
  assignment?: Assignment | null;
  /** Unix time after which `advance` applies; null in a final state. */
  deadline?: bigint | null;
  /** Escrow still held for the job, in base units. */
  escrow: Uint128;
  /** Number of the job, from 1. */
  job_id: bigint;
  /** The agreed result, once a quorum agrees. */
  outcome?: OutcomeResponse | null;
  /** Where the job is between posting and settlement. */
  phase: Phase;
  /** Account that posted it. */
  requester: Addr;
  /** Round, from 1 once assigned; 0 before. */
  round: number;
  /** The terms, without the vault. */
  terms: TermsForAddr;
  /** The current round's workers, in slot order. */
  workers: WorkerResponse[];
}
/** Checks {@link JobResponse}. */
export const jobResponse: Codec<JobResponse> = /* @__PURE__ */ object({
  assignment: optional(assignment),
  deadline: optional(u64),
  escrow: uint128,
  job_id: u64,
  outcome: optional(outcomeResponse),
  phase: phase,
  requester: text,
  round: u8,
  terms: termsForAddr,
  workers: list(workerResponse),
});

/** A job's vault. */
export interface VaultResponse {
  /** The sealed policy in `bithive_blindmatch::Vault` encoding. */
  vault: Binary;
}
/** Checks {@link VaultResponse}. */
export const vaultResponse: Codec<VaultResponse> = /* @__PURE__ */ object({
  vault: binary,
});

/**
 * What permits somebody to use data. `A` is the type of addresses: text in a message, and checked where a contract
 * stores it and answers with it.
 */
export type BasisForAddr =
  /** A consent that the subject has recorded. */
  | { consent: {
    /** `bithive_consent::grant::opening`, 32 bytes. */
    opening: HexBinary;
    /** The subject's account. */
    subject: Addr;
  } }
  /** An emergency that the user has stated. */
  | { break_glass: {
    /** Number of the emergency, from 1. */
    id: bigint;
    /** The subject's account. */
    subject: Addr;
  } };
/** Checks {@link BasisForAddr}. */
export const basisForAddr: Codec<BasisForAddr> = /* @__PURE__ */ variants({
  consent: object({
    opening: hexBinary,
    subject: text,
  }),
  break_glass: object({
    id: u64,
    subject: text,
  }),
});

/** A job that names data of a subject. */
export interface UseResponse {
  /** What of this subject permits it. */
  bases: BasisForAddr[];
  /** Number of the job, from 1. */
  job_id: bigint;
  /** State of the job: data of an open one was given to nobody yet. */
  phase: Phase;
  /** Account that uses the data. */
  requester: Addr;
  /** Round, from 1 once assigned; 0 before. */
  round: number;
}
/** Checks {@link UseResponse}. */
export const useResponse: Codec<UseResponse> = /* @__PURE__ */ object({
  bases: list(basisForAddr),
  job_id: u64,
  phase: phase,
  requester: text,
  round: u8,
});

/** What settled several jobs at once: enough, with the jobs' statements, to verify them again. */
export interface BatchResponse {
  /** Numbers of the jobs, ascending. */
  jobs: bigint[];
  /** The aggregate over all their statements, each by the signers in its job's outcome. */
  signature: HexBinary;
}
/** Checks {@link BatchResponse}. */
export const batchResponse: Codec<BatchResponse> = /* @__PURE__ */ object({
  jobs: list(u64),
  signature: hexBinary,
});

/** Who credits work, whether new jobs are refused, and whether a job was reported. */
export interface ReportingResponse {
  /** Compute credits of each worker that was paid, fixed when the job was settled; 0 before. */
  credits: bigint;
  /** Contract that credits work. */
  emissions?: Addr | null;
  /** Whether new jobs are refused. */
  paused: boolean;
  /** Whether the job was reported. */
  reported: boolean;
}
/** Checks {@link ReportingResponse}. */
export const reportingResponse: Codec<ReportingResponse> = /* @__PURE__ */ object({
  credits: u64,
  emissions: optional(text),
  paused: bool,
  reported: bool,
});

/** Sums over all jobs; amounts in base units. */
export interface TotalsResponse {
  /** Credited and not withdrawn, in base units. */
  claimable: Uint128;
  /** Escrow of jobs that are not final, in base units. */
  escrowed: Uint128;
  /** Jobs posted so far. */
  jobs: bigint;
}
/** Checks {@link TotalsResponse}. */
export const totalsResponse: Codec<TotalsResponse> = /* @__PURE__ */ object({
  claimable: uint128,
  escrowed: uint128,
  jobs: u64,
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

/**
 * What permits somebody to use data. `A` is the type of addresses: text in a message, and checked where a contract
 * stores it and answers with it.
 */
export type BasisForString =
  /** A consent that the subject has recorded. */
  | { consent: {
    /** `bithive_consent::grant::opening`, 32 bytes. */
    opening: HexBinary;
    /** The subject's account. */
    subject: string;
  } }
  /** An emergency that the user has stated. */
  | { break_glass: {
    /** Number of the emergency, from 1. */
    id: bigint;
    /** The subject's account. */
    subject: string;
  } };
/** Checks {@link BasisForString}. */
export const basisForString: Codec<BasisForString> = /* @__PURE__ */ variants({
  consent: object({
    opening: hexBinary,
    subject: text,
  }),
  break_glass: object({
    id: u64,
    subject: text,
  }),
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

/** What a cw20 `Send` to the market is for. */
export type Hook =
  /**
   * Post a job; the amount sent is its escrow and must equal `price * workers`. Its requester must be registered with
   * the bond that the registry asks of requesters.
   */
  | { post: {
    /**
     * What permits the use of the data, at most `crate::grants::limits::MAX_BASES`: each has to be live for the
     * requester when the job is posted and at each assignment. Nothing for data that needs no consent.
     */
    bases?: BasisForString[];
    /** Price, workers, times and digests of the job. */
    terms: TermsForString;
    /** Sealed policy (`bithive_blindmatch::Vault` encoding), 1..=`limits::MAX_VAULT_BYTES` bytes. */
    vault: Binary;
  } }
  /**
   * Post a job that somebody else is the requester of, with the same escrow: it assigns workers, and what is refunded
   * is its own. The requester need not agree, because the payer gives the tokens away; it needs the bond of a
   * requester when it assigns workers.
   */
  | { post_for: {
    /** What permits the use of the data, as in `Hook::Post`; for the requester, not the payer. */
    bases?: BasisForString[];
    /** Account of the requester. */
    requester: string;
    /** Terms of the job. */
    terms: TermsForString;
    /** Sealed policy, as in `Hook::Post`. */
    vault: Binary;
  } }
  /**
   * Add the amount sent to the escrow of a job that is not final, for workers of another round. What is not paid is
   * refunded to the requester.
   */
  | { add_escrow: {
    /** Number of the job, from 1. */
    job_id: bigint;
  } };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  post: object({
    bases: defaulted(list(basisForString)),
    terms: termsForString,
    vault: binary,
  }),
  post_for: object({
    bases: defaulted(list(basisForString)),
    requester: text,
    terms: termsForString,
    vault: binary,
  }),
  add_escrow: object({
    job_id: u64,
  }),
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  job: JobResponse;
  vault: VaultResponse;
  jobs: JobResponse[];
  bases: BasisForAddr[];
  uses: UseResponse[];
  batch: BatchResponse;
  model: ModelWork | null;
  reporting: ReportingResponse;
  claimable: Uint128;
  open_rounds: number;
  totals: TotalsResponse;
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  job: jobResponse,
  vault: vaultResponse,
  jobs: list(jobResponse),
  bases: list(basisForAddr),
  uses: list(useResponse),
  batch: batchResponse,
  model: nullable(modelWork),
  reporting: reportingResponse,
  claimable: uint128,
  open_rounds: u32,
  totals: totalsResponse,
  settings: list(settingResponse),
};

/** Queries of a `jobs` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Parameters and wiring. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "jobs.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** One job; an error when there is none. */
  job(args: Extract<QueryMsg, { job: unknown }>["job"], options?: QueryOptions): Promise<JobResponse> {
    return ask(this.#chain, this.#address, "jobs.job", queryMsg, { job: args }, responses.job, options);
  }

  /** A job's vault. */
  vault(args: Extract<QueryMsg, { vault: unknown }>["vault"], options?: QueryOptions): Promise<VaultResponse> {
    return ask(this.#chain, this.#address, "jobs.vault", queryMsg, { vault: args }, responses.vault, options);
  }

  /** Jobs by ascending number. */
  jobs(args: Extract<QueryMsg, { jobs: unknown }>["jobs"] = {}, options?: QueryOptions): Promise<JobResponse[]> {
    return ask(this.#chain, this.#address, "jobs.jobs", queryMsg, { jobs: args }, responses.jobs, options);
  }

  /** What permits a job to use data; nothing where it names none. */
  bases(args: Extract<QueryMsg, { bases: unknown }>["bases"], options?: QueryOptions): Promise<BasisForAddr[]> {
    return ask(this.#chain, this.#address, "jobs.bases", queryMsg, { bases: args }, responses.bases, options);
  }

  /** Jobs that name data of a subject, by ascending number. */
  uses(args: Extract<QueryMsg, { uses: unknown }>["uses"], options?: QueryOptions): Promise<UseResponse[]> {
    return ask(this.#chain, this.#address, "jobs.uses", queryMsg, { uses: args }, responses.uses, options);
  }

  /** What settled several jobs at once; an error when `batch` is not the first job of one. */
  batch(args: Extract<QueryMsg, { batch: unknown }>["batch"], options?: QueryOptions): Promise<BatchResponse> {
    return ask(this.#chain, this.#address, "jobs.batch", queryMsg, { batch: args }, responses.batch, options);
  }

  /** What a run of a model is worth; null where it is not known. */
  model(args: Extract<QueryMsg, { model: unknown }>["model"], options?: QueryOptions): Promise<ModelWork | null> {
    return ask(this.#chain, this.#address, "jobs.model", queryMsg, { model: args }, responses.model, options);
  }

  /** Who credits work, whether new jobs are refused, and whether a job was reported. */
  reporting(args: Extract<QueryMsg, { reporting: unknown }>["reporting"], options?: QueryOptions): Promise<ReportingResponse> {
    return ask(this.#chain, this.#address, "jobs.reporting", queryMsg, { reporting: args }, responses.reporting, options);
  }

  /** What an account may withdraw, in base units. */
  claimable(args: Extract<QueryMsg, { claimable: unknown }>["claimable"], options?: QueryOptions): Promise<Uint128> {
    return ask(this.#chain, this.#address, "jobs.claimable", queryMsg, { claimable: args }, responses.claimable, options);
  }

  /**
   * Rounds that an account is bound in as a worker: its bond covers a slash for each of them and one more when it is
   * assigned.
   */
  openRounds(args: Extract<QueryMsg, { open_rounds: unknown }>["open_rounds"], options?: QueryOptions): Promise<number> {
    return ask(this.#chain, this.#address, "jobs.open_rounds", queryMsg, { open_rounds: args }, responses.open_rounds, options);
  }

  /** Sums that must equal the contract's token balance. */
  totals(options?: QueryOptions): Promise<TotalsResponse> {
    return ask(this.#chain, this.#address, "jobs.totals", queryMsg, { totals: {} }, responses.totals, options);
  }

  /** Settings of governance that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "jobs.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `jobs` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send` of the payment token; `msg` is a `Hook`. Sender: the token contract only. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "jobs.receive", executeMsg, { receive: args });
  }

  /** Withdraw an open job and refund it. Sender: its requester, state Open. */
  cancel(args: Extract<ExecuteMsg, { cancel: unknown }>["cancel"]): Message {
    return call(this.#sender, this.#address, "jobs.cancel", executeMsg, { cancel: args });
  }

  /**
   * Choose workers, or replace those of a failed round. Workers of the failed round that revealed and are not at
   * fault can be kept without asking them again, for what is left of their ask. Sender: its requester, state Open or
   * Disputed.
   */
  assign(args: Extract<ExecuteMsg, { assign: unknown }>["assign"]): Message {
    return call(this.#sender, this.#address, "jobs.assign", executeMsg, { assign: args });
  }

  /**
   * Commit to a result. Sender: a worker of the round, once, state Assigned. Who does not commit in time loses the
   * job, not bond: it may have been given nothing that it could open. Who commits must reveal.
   */
  commit(args: Extract<ExecuteMsg, { commit: unknown }>["commit"]): Message {
    return call(this.#sender, this.#address, "jobs.commit", executeMsg, { commit: args });
  }

  /** Reveal the committed result. Sender: a worker that committed, once, state Committed. */
  reveal(args: Extract<ExecuteMsg, { reveal: unknown }>["reveal"]): Message {
    return call(this.#sender, this.#address, "jobs.reveal", executeMsg, { reveal: args });
  }

  /**
   * Publish the own signature of the final statement: so nobody who collects signatures can make a member of the
   * quorum look as if it had not signed. The q-th one settles the job. Sender: a member of the quorum, once, state
   * Revealed.
   */
  sign(args: Extract<ExecuteMsg, { sign: unknown }>["sign"]): Message {
    return call(this.#sender, this.#address, "jobs.sign", executeMsg, { sign: args });
  }

  /** Settle with the quorum's aggregate signature over the final statement. Sender: anyone, state Revealed. */
  finalize(args: Extract<ExecuteMsg, { finalize: unknown }>["finalize"]): Message {
    return call(this.#sender, this.#address, "jobs.finalize", executeMsg, { finalize: args });
  }

  /**
   * Settle many jobs with one aggregate signature over all their final statements. Sender: anyone, each job in state
   * Revealed. All are settled or none: one that is not Revealed, or one bad signature, refuses the message.
   */
  finalizeMany(args: Extract<ExecuteMsg, { finalize_many: unknown }>["finalize_many"]): Message {
    return call(this.#sender, this.#address, "jobs.finalize_many", executeMsg, { finalize_many: args });
  }

  /**
   * Leave a state whose deadline has passed. Sender: anyone, in practice workers and relayers.
   *
   * Nothing happens at a deadline by itself: a missing reveal is charged, and an escrow returned, only here. To reach
   * a node that is leaving, the fault must be charged before the registry's unbonding time has passed since the
   * node's `Unbond`; from then on its bond can be withdrawn.
   */
  advance(args: Extract<ExecuteMsg, { advance: unknown }>["advance"]): Message {
    return call(this.#sender, this.#address, "jobs.advance", executeMsg, { advance: args });
  }

  /**
   * Tell the emissions and the registry what a settled job's quorum did, once: whose the work is that was announced
   * when the job was settled, and records. Nothing of it depends on when it is sent. `ExecuteMsg::Finalize` tries it
   * by itself, which never keeps it from settling; whatever refuses it, it can be tried again. Sender: anyone, state
   * Settled.
   */
  report(args: Extract<ExecuteMsg, { report: unknown }>["report"]): Message {
    return call(this.#sender, this.#address, "jobs.report", executeMsg, { report: args });
  }

  /** Pay out what the sender has earned or was refunded. Sender: anyone who is owed. */
  withdraw(): Message {
    return call(this.#sender, this.#address, "jobs.withdraw", executeMsg, { withdraw: {} });
  }

  /** Name the contract that credits work, or none. Sender: the registry's owner. */
  setEmissions(args: Extract<ExecuteMsg, { set_emissions: unknown }>["set_emissions"] = {}): Message {
    return call(this.#sender, this.#address, "jobs.set_emissions", executeMsg, { set_emissions: args });
  }

  /** Name the contract that knows who is paid for a model, or none: then nobody is. Sender: the registry's owner. */
  setModels(args: Extract<ExecuteMsg, { set_models: unknown }>["set_models"] = {}): Message {
    return call(this.#sender, this.#address, "jobs.set_models", executeMsg, { set_models: args });
  }

  /**
   * Name the contract that knows what subjects of data have consented to, or none: then nothing that names consents
   * is posted or assigned. Sender: the registry's owner.
   */
  setGrants(args: Extract<ExecuteMsg, { set_grants: unknown }>["set_grants"] = {}): Message {
    return call(this.#sender, this.#address, "jobs.set_grants", executeMsg, { set_grants: args });
  }

  /** State the work of a model, or forget it. Sender: the registry's owner. */
  setModel(args: Extract<ExecuteMsg, { set_model: unknown }>["set_model"]): Message {
    return call(this.#sender, this.#address, "jobs.set_model", executeMsg, { set_model: args });
  }

  /**
   * Refuse new jobs, or take them again; what was posted goes on, and withdrawals do. Sender: the registry's owner.
   */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "jobs.set_paused", executeMsg, { set_paused: args });
  }

  /** Apply a setting of governance whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "jobs.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drop a setting that waits. Sender: the registry's owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "jobs.cancel_setting", executeMsg, { cancel_setting: args });
  }
}

/** The field `msg` of a token's `send` to a `jobs` contract. */
export const hooks = {
  /**
   * Post a job; the amount sent is its escrow and must equal `price * workers`. Its requester must be registered with
   * the bond that the registry asks of requesters.
   */
  post(args: Extract<Hook, { post: unknown }>["post"]): Binary {
    return encodeHook("jobs.post", hook, { post: args });
  },

  /**
   * Post a job that somebody else is the requester of, with the same escrow: it assigns workers, and what is refunded
   * is its own. The requester need not agree, because the payer gives the tokens away; it needs the bond of a
   * requester when it assigns workers.
   */
  postFor(args: Extract<Hook, { post_for: unknown }>["post_for"]): Binary {
    return encodeHook("jobs.post_for", hook, { post_for: args });
  },

  /**
   * Add the amount sent to the escrow of a job that is not final, for workers of another round. What is not paid is
   * refunded to the requester.
   */
  addEscrow(args: Extract<Hook, { add_escrow: unknown }>["add_escrow"]): Binary {
    return encodeHook("jobs.add_escrow", hook, { add_escrow: args });
  },
};
