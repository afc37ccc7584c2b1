// Written by gen/generate.mjs from schema/registry/; not to be edited.

import {
  binary, bool, hexBinary, list, literal, nullable, object, optional, text, u16, u32, u64, u8, uint128, variants, type Codec, type Addr, type Binary, type HexBinary, type Uint128,
} from "../codec.js";
import { ask, call, encodeHook, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Numeric parameters, each checked against `limits`. */
export interface Params {
  /**
   * Part of the bond of a malformed key's owner that whoever proves it receives, in 1/10,000; of the rest, `burn_bps`
   * is burnt and what is left goes to the treasury.
   */
  bounty_bps: number;
  /** Part of a slashed amount that is burnt, in 1/10,000; the rest goes to the treasury. */
  burn_bps: number;
  /**
   * What a dispute of a key takes as deposit, in base units: returned if the key is malformed, lost like a slashed
   * amount if it is not.
   */
  dispute_deposit: Uint128;
  /**
   * Length of an OPRF epoch in seconds; epoch = time / epoch_seconds. `unbonding_seconds` is at least
   * `limits::EPOCHS_AT_STAKE` of it.
   */
  epoch_seconds: bigint;
  /** Groups of that many slots (G); slots are numbered 1..=G*L, group after group. */
  groups: number;
  /** Least bond of a node, in base units. */
  node_bond: Uint128;
  /** Least bond of a requester, in base units. */
  requester_bond: Uint128;
  /** Slots of one broadcast group (L), as many as the common reference string is for. */
  slots: number;
  /**
   * Seconds between `unbond` and `withdraw_bond`; must outlast the longest job, so that a slash reaches a node that
   * is on its way out.
   */
  unbonding_seconds: bigint;
}
/** Checks {@link Params}. */
export const params: Codec<Params> = /* @__PURE__ */ object({
  bounty_bps: u16,
  burn_bps: u16,
  dispute_deposit: uint128,
  epoch_seconds: u64,
  groups: u16,
  node_bond: uint128,
  requester_bond: uint128,
  slots: u16,
  unbonding_seconds: u64,
});

/** Parameters that hold for the life of the contract. */
export interface InstantiateMsg {
  /** BLAKE3 digest of the DGKBE common reference string that every registered key refers to. */
  crs_digest: HexBinary;
  /**
   * Opening of that string's first 8 bytes (format and number of slots), a bao slice under `crs_digest`: it has to be
   * for `params.slots`, because a dispute finds every element of every file by that number.
   */
  crs_opening: Binary;
  /** Address that may wire the contracts together and set the committee; hand it to governance later. */
  owner: string;
  /** Parameters, checked against `limits`. */
  params: Params;
  /** cw20 contract of the bond token (BTT). */
  token: string;
  /** Receives the part of a slashed bond that is not burnt. */
  treasury: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  crs_digest: hexBinary,
  crs_opening: binary,
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

/** What a node did in a job. */
export type JobResult =
  /** It was in the quorum of a job that settled. */
  | { settled: {
    /** Trust in the outcome, in 1/10,000. */
    trust_bps: number;
    /** Compute credits of the job. */
    work: bigint;
  } }
  /** It did not answer in time. */
  | "missed";
/** Checks {@link JobResult}. */
export const jobResult: Codec<JobResult> = /* @__PURE__ */ variants({
  settled: object({
    trust_bps: u16,
    work: u64,
  }),
}, "missed");

/** What a node did in a job. */
export interface Outcome {
  /** Account of the node. */
  node: string;
  /** What it did. */
  result: JobResult;
}
/** Checks {@link Outcome}. */
export const outcome: Codec<Outcome> = /* @__PURE__ */ object({
  node: text,
  result: jobResult,
});

/** Capability of a machine, as its operator declares it. */
export interface Capability {
  /** Compute power, in GFLOPS. */
  gflops: bigint;
  /** Electric power, in mW. */
  milliwatts: bigint;
  /** Models that it runs in a day. */
  models_per_day: number;
  /** Video memory, in GB. */
  vram_gb: number;
}
/** Checks {@link Capability}. */
export const capability: Codec<Capability> = /* @__PURE__ */ object({
  gflops: u64,
  milliwatts: u64,
  models_per_day: u32,
  vram_gb: u16,
});

/** How committees are elected. */
export interface Election {
  /** Epochs that a member serves in a row before others go first, 1 to `limits::MAX_TERMS`. */
  max_terms: number;
  /** Members, 2 to `limits::MAX_COMMITTEE`. */
  seats: number;
  /** Members needed for one evaluation, 2 at least and more than half of `seats`. */
  threshold: number;
}
/** Checks {@link Election}. */
export const election: Codec<Election> = /* @__PURE__ */ object({
  max_terms: u16,
  seats: u8,
  threshold: u8,
});

/** One member of the committee. */
export interface CommitteeMemberForString {
  /** Account that posts the share key digests. */
  address: string;
  /** Transport endpoint (Ed25519 public key, 32 bytes) that answers evaluations. */
  endpoint: HexBinary;
}
/** Checks {@link CommitteeMemberForString}. */
export const committeeMemberForString: Codec<CommitteeMemberForString> = /* @__PURE__ */ object({
  address: text,
  endpoint: hexBinary,
});

/** Messages of the `registry` contract. None of them takes native coins. */
export type ExecuteMsg =
  /** A cw20 `Send` of the bond token; `msg` is a `Hook`. Sender: the token contract only. */
  | { receive: Cw20ReceiveMsg }
  /**
   * Start leaving: the node is no longer eligible at once; the bond stays slashable until withdrawn. Sender: a bonded
   * node or requester.
   */
  | { unbond: {} }
  /**
   * Pay out a bond whose unbonding time has passed and free the slot and the keys. Sender: anyone; the bond goes to
   * its owner.
   */
  | { withdraw_bond: {
    /** Owner of the bond. */
    address: string;
  } }
  /**
   * Take up to `amount` from a node's bond; never fails for a registered or absent node, so that one fault can't
   * block a job. Sender: the jobs contract only.
   */
  | { slash: {
    /** Most to take, in base units; the rest of the bond stays. */
    amount: Uint128;
    /** The job in which it happened. */
    job_id: bigint;
    /** Account of the node at fault. */
    node: string;
    /** Name of the fault, for the event. */
    reason: string;
  } }
  /**
   * Count what nodes did in a job. Unregistered nodes are skipped. Faults are counted by `Slash`. Sender: the jobs
   * contract only.
   */
  | { record: {
    /** Number of the job, from 1. */
    job_id: bigint;
    /** At most `limits::MAX_OUTCOMES`. */
    outcomes: Outcome[];
  } }
  /** Declare the machine's capability; replaces an earlier declaration. Sender: a node. */
  | { declare: {
    /** The declaration; its bounds are those of `bithive_economics::tier`. */
    capability: Capability;
  } }
  /**
   * Stand for the committee. There are at most `limits::MAX_CANDIDATES`; a larger bond takes the place of the
   * smallest. Who is no longer eligible stands no longer. Sender: an eligible node.
   */
  | { stand: {
    /** Transport endpoint (Ed25519 public key, 32 bytes) that would answer evaluations; not that of the node. */
    endpoint: HexBinary;
  } }
  /** Stand no longer; a committee that was elected serves as before. Sender: a candidate. */
  | { retire: {} }
  /**
   * Elect the committee of the next epoch: the candidates with the largest bonds, those last who have served as long
   * as they may. Once in an epoch, where elections are held. If they are those of now, the committee stays, and its
   * keys with it. Who is elected takes its seat, and takes office if as many members as the threshold post the same
   * digest for their first epoch before it begins; until then the committee of now goes on. In the first half of an
   * epoch only. Sender: anyone.
   */
  | { elect: {} }
  /**
   * Take the seat that the sender was elected to: its program runs, and agrees on keys with the others. Whoever has
   * not done so after a quarter of an epoch can be reported. Sender: who was elected and has not taken its seat.
   */
  | { take_seat: {} }
  /**
   * Report that a member has missed a duty (`QueryMsg::Duties`): it loses a tenth of its bond, burnt or to the
   * treasury, is no candidate any more, and the next candidate takes its place from the next epoch on. Nobody is paid
   * for a report. Sender: anyone, while elections are held.
   */
  | { report_absent: {
    /** The member's account. */
    address: string;
  } }
  /** Hold elections, or hold none: then the owner names committees. Sender: owner. */
  | { set_election: {
    /** Size and rotation; null to hold no elections. */
    election?: Election | null;
  } }
  /**
   * Refuse registrations, candidates and elections for a while. Bonds can be added to, left and withdrawn at any
   * time. Sender: owner.
   */
  | { set_paused: {
    /** Whether they are refused. */
    paused: boolean;
  } }
  /** Name the jobs contract, once. Sender: owner. */
  | { set_jobs: {
    /** Address of the jobs contract. */
    jobs: string;
  } }
  /**
   * Name the committee from an epoch on, in place of one that was named but has not begun. The committee in force
   * keeps its duties until then. Share keys posted for an epoch whose committee changes are void. Waits
   * (`crate::delay`) unless it is the first of all, or the one in force with the same threshold. Sender: owner, while
   * no elections are held.
   */
  | { set_committee: {
    /**
     * Its first epoch: a later one than the current; the current one, too, where no committee is in force. Where it
     * waits, a later one than that in which it can be applied at first.
     */
    from_epoch: bigint;
    /** The members, in index order (index 1 first); addresses and endpoints are unique. */
    members: CommitteeMemberForString[];
    /**
     * Members needed for one evaluation, 2 at least and more than half of the members, so that who asks different
     * members for different values gets no more of them.
     */
    threshold: number;
  } }
  /**
   * Post the digest of the epoch's published share keys. Sender: a member of that epoch's committee, once per epoch,
   * for the current or the next epoch.
   */
  | { post_share_keys: {
    /** SHA-256 digest of the canonical share key table. */
    digest: HexBinary;
    /** Number of the epoch: Unix time / `epoch_seconds`. */
    epoch: bigint;
  } }
  /**
   * Name the relay through which a transport endpoint can be reached, or take it back: a URL like
   * `https://relay.example:3340/`, http or https, a host, optionally a port, no path, at most
   * `limits::MAX_RELAY_BYTES`. It is forgotten when the endpoint's holder leaves. Sender: the node, requester or
   * committee member that holds the endpoint.
   */
  | { set_relay: {
    /** The endpoint (Ed25519 public key, 32 bytes). */
    endpoint: HexBinary;
    /** The relay's URL; null for none. */
    relay?: string | null;
  } }
  /**
   * Replace the commitment to one's attributes, which the committee evaluates and nothing else. What accreditors said
   * of the former one is void. Once in `unbonding_seconds`, counted from registration, as often as one could leave
   * and come back: otherwise every change would be another guess at what requests ask for. Sender: a node that is not
   * leaving.
   */
  | { commit_attributes: {
    /** SHA-256 digest of the commitments to the answers to all slots, 32 bytes. */
    commitment: HexBinary;
  } }
  /**
   * Say who may vouch for attributes, and which attributes the committee evaluates only where somebody has. Waits
   * (`crate::delay`), apart from the first accreditors without a requirement: nodes need the time to meet it. Sender:
   * owner.
   */
  | { set_accreditation: {
    /** Accounts of accreditors, at most `limits::MAX_ACCREDITORS`. */
    accreditors: string[];
    /** Names of attributes that need accreditation, at most `limits::MAX_ATTRIBUTES`; none without accreditors. */
    required: string[];
  } }
  /** Have an accreditor vouch for nobody any more, at once; what it has said no longer counts. Sender: owner. */
  | { remove_accreditor: {
    /** Address of the accreditor's account. */
    accreditor: string;
  } }
  /**
   * Vouch for attributes of a node: the accreditor has seen them, and what opens the node's commitments to them.
   * Replaces what it said of the node before. Sender: an accreditor.
   */
  | { accredit: {
    /** Names of the attributes, at most `limits::MAX_ATTRIBUTES`; none takes back what it said. */
    attributes: string[];
    /** The commitment that the node has registered: what the accreditor has seen opened. */
    commitment: HexBinary;
    /** Account of the node. */
    node: string;
    /** Until when, in Unix seconds; at most `limits::MAX_ACCREDITATION_SECONDS` from now. */
    until: bigint;
  } }
  /** Apply a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  | { apply_setting: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Drop a setting that waits. Sender: owner. */
  | { cancel_setting: {
    /** Its number, from 1. */
    id: bigint;
  } }
  /** Propose a new owner. Sender: owner. */
  | { transfer_ownership: {
    /** The proposed owner. */
    new_owner: string;
  } }
  /** Accept ownership. Sender: the proposed owner. */
  | { accept_ownership: {} };
/** Checks {@link ExecuteMsg}. */
export const executeMsg: Codec<ExecuteMsg> = /* @__PURE__ */ variants({
  receive: cw20ReceiveMsg,
  unbond: object({}),
  withdraw_bond: object({
    address: text,
  }),
  slash: object({
    amount: uint128,
    job_id: u64,
    node: text,
    reason: text,
  }),
  record: object({
    job_id: u64,
    outcomes: list(outcome),
  }),
  declare: object({
    capability: capability,
  }),
  stand: object({
    endpoint: hexBinary,
  }),
  retire: object({}),
  elect: object({}),
  take_seat: object({}),
  report_absent: object({
    address: text,
  }),
  set_election: object({
    election: optional(election),
  }),
  set_paused: object({
    paused: bool,
  }),
  set_jobs: object({
    jobs: text,
  }),
  set_committee: object({
    from_epoch: u64,
    members: list(committeeMemberForString),
    threshold: u8,
  }),
  post_share_keys: object({
    digest: hexBinary,
    epoch: u64,
  }),
  set_relay: object({
    endpoint: hexBinary,
    relay: optional(text),
  }),
  commit_attributes: object({
    commitment: hexBinary,
  }),
  set_accreditation: object({
    accreditors: list(text),
    required: list(text),
  }),
  remove_accreditor: object({
    accreditor: text,
  }),
  accredit: object({
    attributes: list(text),
    commitment: hexBinary,
    node: text,
    until: u64,
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

/** Queries of the `registry` contract. */
export type QueryMsg =
  /** Parameters and addresses of the other contracts. */
  | { config: {} }
  /** One node; null when there is none at the address. */
  | { node: {
    /** The node's account. */
    address: string;
  } }
  /** The nodes at these slots, in the same order; null where a slot is free. At most `limits::MAX_PAGE`. */
  | { nodes_at: {
    /** Slot numbers, from 1. */
    slots: number[];
  } }
  /** Nodes by ascending slot. */
  | { nodes: {
    /** Page size, at most `limits::MAX_PAGE`, by default `limits::DEFAULT_PAGE`. */
    limit?: number | null;
    /** Start after this slot. */
    start_after?: number | null;
  } }
  /** One requester; null when there is none at the address. */
  | { requester: {
    /** The requester's account. */
    address: string;
  } }
  /** Who is behind a transport endpoint; null when nobody eligible is. */
  | { identity: {
    /** Ed25519 public key, 32 bytes. */
    endpoint: HexBinary;
  } }
  /** The relay through which a transport endpoint can be reached; null when it has named none. */
  | { relay: {
    /** Ed25519 public key, 32 bytes. */
    endpoint: HexBinary;
  } }
  /**
   * The committee of an epoch; without members where there is none, and for epochs before the last one, which are
   * forgotten.
   */
  | { committee: {
    /** The epoch, by default the current one. The last committee that was named is that of `u64::MAX`. */
    epoch?: bigint | null;
  } }
  /** Who may vouch for attributes, and which attributes need it. */
  | { accreditation: {} }
  /**
   * What a node has committed to, and which attributes were vouched for; null when there is no node at the address.
   */
  | { accredited: {
    /** The node's account. */
    address: string;
  } }
  /** What a node has done, and its scores; null for an account that never was in a job and is no node. */
  | { performance: {
    /** The node's account. */
    address: string;
  } }
  /** Who stands for the committee, by falling bond, and how it is elected. */
  | { candidates: {} }
  /**
   * What members of the committee have yet to do that they can be reported for: seats that are not taken, share keys
   * that are not posted although as many members as the threshold have posted the same.
   */
  | { duties: {} }
  /** Whether registrations, candidates and elections are refused. */
  | { paused: {} }
  /** Share key digests that the members posted for an epoch. */
  | { share_keys: {
    /** Number of the epoch: Unix time / `epoch_seconds`. */
    epoch: bigint;
  } }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  node: object({
    address: text,
  }),
  nodes_at: object({
    slots: list(u16),
  }),
  nodes: object({
    limit: optional(u32),
    start_after: optional(u16),
  }),
  requester: object({
    address: text,
  }),
  identity: object({
    endpoint: hexBinary,
  }),
  relay: object({
    endpoint: hexBinary,
  }),
  committee: object({
    epoch: optional(u64),
  }),
  accreditation: object({}),
  accredited: object({
    address: text,
  }),
  performance: object({
    address: text,
  }),
  candidates: object({}),
  duties: object({}),
  paused: object({}),
  share_keys: object({
    epoch: u64,
  }),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Parameters and addresses of the other contracts. */
export interface ConfigResponse {
  /**
   * Sum of all bonds held, in base units; equals the contract's token balance, as long as nobody transfers tokens to
   * it without a hook.
   */
  bonded: Uint128;
  /** BLAKE3 digest of the common reference string. */
  crs_digest: HexBinary;
  /** The jobs contract, once wired. */
  jobs?: Addr | null;
  /** Who governs; null if nobody does any more. */
  owner?: Addr | null;
  /** Bonds, in base units, times, in seconds, and numbers of slots. */
  params: Params;
  /** Who has been proposed as the next owner. */
  pending_owner?: Addr | null;
  /** cw20 contract of BTT, in which bonds are held. */
  token: Addr;
  /** Receives what is slashed and not burnt. */
  treasury: Addr;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  bonded: uint128,
  crs_digest: hexBinary,
  jobs: optional(text),
  owner: optional(text),
  params: params,
  pending_owner: optional(text),
  token: text,
  treasury: text,
});

/** What a node registers. */
export interface NodeRegistration {
  /**
   * SHA-256 digest of the commitments to the node's answers to all slots, 32 bytes
   * (`bithive_blindmatch::commitment::AnswerCommitments`).
   */
  attributes_commitment: HexBinary;
  /** BLS public key in G1, 48 bytes; not the identity, not registered before. */
  bls_key: HexBinary;
  /** Proof of possession: BLS signature (G2, 96 bytes) over `bithive_attest::possession_bytes`. */
  bls_possession: HexBinary;
  /** T_j = \[t\]_1, 48 bytes; not the identity. */
  dgkbe_key: HexBinary;
  /** BLAKE3 digest of the whole encoded DGKBE public key, which is stored off chain. */
  dgkbe_key_digest: HexBinary;
  /** Transport endpoint (Ed25519 public key, 32 bytes). */
  endpoint: HexBinary;
  /** DGKBE slot, 1..=groups*slots; one owner per slot. */
  slot: number;
}
/** Checks {@link NodeRegistration}. */
export const nodeRegistration: Codec<NodeRegistration> = /* @__PURE__ */ object({
  attributes_commitment: hexBinary,
  bls_key: hexBinary,
  bls_possession: hexBinary,
  dgkbe_key: hexBinary,
  dgkbe_key_digest: hexBinary,
  endpoint: hexBinary,
  slot: u16,
});

/** One registered node. */
export interface NodeResponse {
  /** Address of the account. */
  address: Addr;
  /** Bond held, in base units. */
  bond: Uint128;
  /** Whether it may be chosen: bond at least `node_bond` and not unbonding. */
  eligible: boolean;
  /** Whether a dispute proved its DGKBE key malformed; it then leaves, and is never eligible with that key. */
  malformed: boolean;
  /** What it registered. */
  registration: NodeRegistration;
  /** Total slashed so far, in base units. */
  slashed: Uint128;
  /** When its bond can be withdrawn, in Unix seconds; null unless it is unbonding. */
  unbonding_until?: bigint | null;
}
/** Checks {@link NodeResponse}. */
export const nodeResponse: Codec<NodeResponse> = /* @__PURE__ */ object({
  address: text,
  bond: uint128,
  eligible: bool,
  malformed: bool,
  registration: nodeRegistration,
  slashed: uint128,
  unbonding_until: optional(u64),
});

/** One registered requester. */
export interface RequesterResponse {
  /** Address of the account. */
  address: Addr;
  /** Bond held, in base units. */
  bond: Uint128;
  /** Whether it may post: its bond suffices, and it is not unbonding. */
  eligible: boolean;
  /** Its transport endpoint (Ed25519 public key, 32 bytes). */
  endpoint: HexBinary;
  /** When its bond can be withdrawn, in Unix seconds; null unless it is unbonding. */
  unbonding_until?: bigint | null;
}
/** Checks {@link RequesterResponse}. */
export const requesterResponse: Codec<RequesterResponse> = /* @__PURE__ */ object({
  address: text,
  bond: uint128,
  eligible: bool,
  endpoint: hexBinary,
  unbonding_until: optional(u64),
});

/** The role behind an endpoint. */
export type Role =
  /** A contributor node. */
  | "node"
  /** A requester with a bond. */
  | "requester"
  /** A committee member. */
  | "committee";
/** Checks {@link Role}. */
export const role: Codec<Role> = /* @__PURE__ */ literal("node", "requester", "committee");

/** Who is behind an endpoint. */
export interface IdentityResponse {
  /** Address of the account. */
  address: Addr;
  /** As what the account is registered. */
  role: Role;
}
/** Checks {@link IdentityResponse}. */
export const identityResponse: Codec<IdentityResponse> = /* @__PURE__ */ object({
  address: text,
  role: role,
});

/** One member of the committee. */
export interface CommitteeMemberForAddr {
  /** Account that posts the share key digests. */
  address: Addr;
  /** Transport endpoint (Ed25519 public key, 32 bytes) that answers evaluations. */
  endpoint: HexBinary;
}
/** Checks {@link CommitteeMemberForAddr}. */
export const committeeMemberForAddr: Codec<CommitteeMemberForAddr> = /* @__PURE__ */ object({
  address: text,
  endpoint: hexBinary,
});

/** The committee of an epoch. */
export interface CommitteeResponse {
  /** Epoch of the current block. */
  epoch: bigint;
  /** Its first epoch; 0 where there is no committee. */
  from_epoch: bigint;
  /** Members, in index order. */
  members: CommitteeMemberForAddr[];
  /** Members needed for one evaluation; 0 where there is no committee. */
  threshold: number;
}
/** Checks {@link CommitteeResponse}. */
export const committeeResponse: Codec<CommitteeResponse> = /* @__PURE__ */ object({
  epoch: u64,
  from_epoch: u64,
  members: list(committeeMemberForAddr),
  threshold: u8,
});

/** Who may vouch for attributes, and for which it is needed. */
export interface AccreditationResponse {
  /** Accounts of accreditors. */
  accreditors: Addr[];
  /** Names of attributes that the committee evaluates only where an accreditor has vouched for them. */
  required: string[];
}
/** Checks {@link AccreditationResponse}. */
export const accreditationResponse: Codec<AccreditationResponse> = /* @__PURE__ */ object({
  accreditors: list(text),
  required: list(text),
});

/** What one accreditor says of a node. */
export interface GrantResponse {
  /** The accreditor's account. */
  accreditor: Addr;
  /** Names of the attributes that it has seen. */
  attributes: string[];
  /** Until when it counts, in Unix seconds. */
  until: bigint;
}
/** Checks {@link GrantResponse}. */
export const grantResponse: Codec<GrantResponse> = /* @__PURE__ */ object({
  accreditor: text,
  attributes: list(text),
  until: u64,
});

/** What a node has committed to, and what accreditors say of it. */
export interface AccreditedResponse {
  /** From when on the node may commit to others, in Unix seconds. */
  changeable_from: bigint;
  /** Digest of the commitments to its answers. */
  commitment: HexBinary;
  /** What accreditors say of this commitment that counts now. */
  grants: GrantResponse[];
  /** Attributes that need accreditation in this contract. */
  required: string[];
}
/** Checks {@link AccreditedResponse}. */
export const accreditedResponse: Codec<AccreditedResponse> = /* @__PURE__ */ object({
  changeable_from: u64,
  commitment: hexBinary,
  grants: list(grantResponse),
  required: list(text),
});

/** What a node has done. It stays when the node leaves, and counts again when the account returns. */
export interface PerformanceResponse {
  /** Most settled jobs in a row so far. */
  best_streak: bigint;
  /** The capability that it declared; null if none. */
  capability?: Capability | null;
  /** Highest tier, 1 to 4, of which the declaration has everything. */
  declared_tier?: number | null;
  /** E, in 10^-6 GFLOPS for each W; 0 without a declaration. */
  efficiency: bigint;
  /** Faults that cost bond. */
  faults: bigint;
  /** Jobs that it did not answer in time. */
  missed: bigint;
  /** Reputation, in 1/10,000; 5,000 for a newcomer. */
  reputation_bps: number;
  /** Jobs that settled with it in the quorum. */
  settled: bigint;
  /** Settled jobs in a row since the last fault. */
  streak: bigint;
  /** T, in 1/10,000: mean trust in the outcomes of its settled jobs. */
  trust_bps: number;
  /** V, in 1/10,000: 0.3 stake + 0.4 contribution + 0.3 compliance. */
  value_bps: number;
  /** Highest tier that its record bears out as well. */
  verified_tier?: number | null;
  /** Compute credits of its settled jobs. */
  work: bigint;
}
/** Checks {@link PerformanceResponse}. */
export const performanceResponse: Codec<PerformanceResponse> = /* @__PURE__ */ object({
  best_streak: u64,
  capability: optional(capability),
  declared_tier: optional(u8),
  efficiency: u64,
  faults: u64,
  missed: u64,
  reputation_bps: u16,
  settled: u64,
  streak: u64,
  trust_bps: u16,
  value_bps: u16,
  verified_tier: optional(u8),
  work: u64,
});

/** A candidate for the committee. */
export interface CandidateResponse {
  /** Address of the account. */
  address: Addr;
  /** Bond, in base units. */
  bond: Uint128;
  /** Its transport endpoint (Ed25519 public key, 32 bytes). */
  endpoint: HexBinary;
  /** Epochs that it was elected for in a row. */
  served: number;
}
/** Checks {@link CandidateResponse}. */
export const candidateResponse: Codec<CandidateResponse> = /* @__PURE__ */ object({
  address: text,
  bond: uint128,
  endpoint: hexBinary,
  served: u16,
});

/** Who stands for the committee. */
export interface CandidatesResponse {
  /** By falling bond; among equals, who stood first. */
  candidates: CandidateResponse[];
  /** Last epoch for which a committee was elected. */
  elected?: bigint | null;
  /** How committees are elected; null where the owner names them. */
  election?: Election | null;
}
/** Checks {@link CandidatesResponse}. */
export const candidatesResponse: Codec<CandidatesResponse> = /* @__PURE__ */ object({
  candidates: list(candidateResponse),
  elected: optional(u64),
  election: optional(election),
});

/** What a member of the committee does on chain. */
export type Duty =
  /** Take its seat, with `ExecuteMsg::TakeSeat`. */
  | "seat"
  /** Post the share keys of the epoch, with `ExecuteMsg::PostShareKeys`. */
  | "share_keys";
/** Checks {@link Duty}. */
export const duty: Codec<Duty> = /* @__PURE__ */ literal("seat", "share_keys");

/** A duty that a member of the committee has not done yet. */
export interface DutyResponse {
  /** The member's account. */
  address: Addr;
  /** What it has to do. */
  duty: Duty;
  /** The epoch for which. */
  epoch: bigint;
  /** Whether it can be reported in this block. */
  missed: boolean;
  /**
   * From when on it can be reported, in Unix seconds; null where there is too little time left for it to be missed.
   */
  until?: bigint | null;
}
/** Checks {@link DutyResponse}. */
export const dutyResponse: Codec<DutyResponse> = /* @__PURE__ */ object({
  address: text,
  duty: duty,
  epoch: u64,
  missed: bool,
  until: optional(u64),
});

/** One member's digest of the share keys. */
export interface ShareKeysResponse {
  /** The member's account. */
  address: Addr;
  /** SHA-256 digest of the canonical share key table. */
  digest: HexBinary;
}
/** Checks {@link ShareKeysResponse}. */
export const shareKeysResponse: Codec<ShareKeysResponse> = /* @__PURE__ */ object({
  address: text,
  digest: hexBinary,
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
 * A part of the file behind `dgkbe_key_digest`. Each opening is a slice in the format of bao 0.13 of exactly the
 * named bytes: they are at their place, or the file ends before, or the slice does not lead to the digest.
 */
export type KeyOpening =
  /**
   * Everything before the elements; wrong if one byte differs from what the registration dictates: format and
   * version, number of slots, slot, digest of the reference string, T.
   */
  | { header: {
    /** Opening of the first 90 bytes. */
    key: Binary;
  } }
  /** The end; wrong if the file is shorter or longer than 90 + 96 (slots - 1) bytes. */
  | { end: {
    /** Opening of the one byte behind that length. */
    key: Binary;
  } }
  /**
   * H for one index; wrong if the bytes are no canonical encoding of a point of G2's prime order subgroup, or if e(T,
   * B) is not e(g1, H).
   */
  | { element: {
    /** The index, 1..=slots, other than slots + 1 - slot. */
    index: number;
    /** Opening of the element's 96 bytes. */
    key: Binary;
    /** Opening of B for the index, 96 bytes, in the reference string. */
    power: Binary;
  } };
/** Checks {@link KeyOpening}. */
export const keyOpening: Codec<KeyOpening> = /* @__PURE__ */ variants({
  header: object({
    key: binary,
  }),
  end: object({
    key: binary,
  }),
  element: object({
    index: u16,
    key: binary,
    power: binary,
  }),
});

/** The accusation that a node's public DGKBE key is malformed, with the proof. */
export interface KeyDispute {
  /** The node's account. */
  node: string;
  /** The part of its key that is wrong. */
  opening: KeyOpening;
}
/** Checks {@link KeyDispute}. */
export const keyDispute: Codec<KeyDispute> = /* @__PURE__ */ object({
  node: text,
  opening: keyOpening,
});

/**
 * What a cw20 `Send` to the registry is for. An account has one role and one bond, because `AddBond` and
 * `ExecuteMsg::Unbond` name none.
 */
export type Hook =
  /** Register the token's sender as a node with this bond. */
  | { register_node: NodeRegistration }
  /** Register the token's sender as a requester with this bond. */
  | { register_requester: {
    /** Transport endpoint (Ed25519 public key, 32 bytes) from which it asks the committee. */
    endpoint: HexBinary;
  } }
  /** Add to the bond of the token's sender. */
  | { add_bond: {} }
  /**
   * Dispute a node's DGKBE key with a deposit of exactly `dispute_deposit`. If what is opened is malformed, the
   * deposit returns with the bounty, the owner loses its whole bond and leaves; if it is not, the deposit is lost. An
   * opening that does not verify is an error and moves nothing.
   */
  | { dispute: KeyDispute };
/** Checks {@link Hook}. */
export const hook: Codec<Hook> = /* @__PURE__ */ variants({
  register_node: nodeRegistration,
  register_requester: object({
    endpoint: hexBinary,
  }),
  add_bond: object({}),
  dispute: keyDispute,
});

/** The answer to each query. */
export interface Responses {
  config: ConfigResponse;
  node: NodeResponse | null;
  nodes_at: (NodeResponse | null)[];
  nodes: NodeResponse[];
  requester: RequesterResponse | null;
  identity: IdentityResponse | null;
  relay: string | null;
  committee: CommitteeResponse;
  accreditation: AccreditationResponse;
  accredited: AccreditedResponse | null;
  performance: PerformanceResponse | null;
  candidates: CandidatesResponse;
  duties: DutyResponse[];
  paused: boolean;
  share_keys: ShareKeysResponse[];
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  node: nullable(nodeResponse),
  nodes_at: list(nullable(nodeResponse)),
  nodes: list(nodeResponse),
  requester: nullable(requesterResponse),
  identity: nullable(identityResponse),
  relay: nullable(text),
  committee: committeeResponse,
  accreditation: accreditationResponse,
  accredited: nullable(accreditedResponse),
  performance: nullable(performanceResponse),
  candidates: candidatesResponse,
  duties: list(dutyResponse),
  paused: bool,
  share_keys: list(shareKeysResponse),
  settings: list(settingResponse),
};

/** Queries of a `registry` contract. */
export class Queries {
  readonly #chain: SmartQuery;
  readonly #address: string;

  /** Of the contract at `address`. */
  constructor(chain: SmartQuery, address: string) {
    this.#chain = chain;
    this.#address = address;
  }

  /** Parameters and addresses of the other contracts. */
  config(options?: QueryOptions): Promise<ConfigResponse> {
    return ask(this.#chain, this.#address, "registry.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** One node; null when there is none at the address. */
  node(args: Extract<QueryMsg, { node: unknown }>["node"], options?: QueryOptions): Promise<NodeResponse | null> {
    return ask(this.#chain, this.#address, "registry.node", queryMsg, { node: args }, responses.node, options);
  }

  /** The nodes at these slots, in the same order; null where a slot is free. At most `limits::MAX_PAGE`. */
  nodesAt(args: Extract<QueryMsg, { nodes_at: unknown }>["nodes_at"], options?: QueryOptions): Promise<(NodeResponse | null)[]> {
    return ask(this.#chain, this.#address, "registry.nodes_at", queryMsg, { nodes_at: args }, responses.nodes_at, options);
  }

  /** Nodes by ascending slot. */
  nodes(args: Extract<QueryMsg, { nodes: unknown }>["nodes"] = {}, options?: QueryOptions): Promise<NodeResponse[]> {
    return ask(this.#chain, this.#address, "registry.nodes", queryMsg, { nodes: args }, responses.nodes, options);
  }

  /** One requester; null when there is none at the address. */
  requester(args: Extract<QueryMsg, { requester: unknown }>["requester"], options?: QueryOptions): Promise<RequesterResponse | null> {
    return ask(this.#chain, this.#address, "registry.requester", queryMsg, { requester: args }, responses.requester, options);
  }

  /** Who is behind a transport endpoint; null when nobody eligible is. */
  identity(args: Extract<QueryMsg, { identity: unknown }>["identity"], options?: QueryOptions): Promise<IdentityResponse | null> {
    return ask(this.#chain, this.#address, "registry.identity", queryMsg, { identity: args }, responses.identity, options);
  }

  /** The relay through which a transport endpoint can be reached; null when it has named none. */
  relay(args: Extract<QueryMsg, { relay: unknown }>["relay"], options?: QueryOptions): Promise<string | null> {
    return ask(this.#chain, this.#address, "registry.relay", queryMsg, { relay: args }, responses.relay, options);
  }

  /**
   * The committee of an epoch; without members where there is none, and for epochs before the last one, which are
   * forgotten.
   */
  committee(args: Extract<QueryMsg, { committee: unknown }>["committee"] = {}, options?: QueryOptions): Promise<CommitteeResponse> {
    return ask(this.#chain, this.#address, "registry.committee", queryMsg, { committee: args }, responses.committee, options);
  }

  /** Who may vouch for attributes, and which attributes need it. */
  accreditation(options?: QueryOptions): Promise<AccreditationResponse> {
    return ask(this.#chain, this.#address, "registry.accreditation", queryMsg, { accreditation: {} }, responses.accreditation, options);
  }

  /**
   * What a node has committed to, and which attributes were vouched for; null when there is no node at the address.
   */
  accredited(args: Extract<QueryMsg, { accredited: unknown }>["accredited"], options?: QueryOptions): Promise<AccreditedResponse | null> {
    return ask(this.#chain, this.#address, "registry.accredited", queryMsg, { accredited: args }, responses.accredited, options);
  }

  /** What a node has done, and its scores; null for an account that never was in a job and is no node. */
  performance(args: Extract<QueryMsg, { performance: unknown }>["performance"], options?: QueryOptions): Promise<PerformanceResponse | null> {
    return ask(this.#chain, this.#address, "registry.performance", queryMsg, { performance: args }, responses.performance, options);
  }

  /** Who stands for the committee, by falling bond, and how it is elected. */
  candidates(options?: QueryOptions): Promise<CandidatesResponse> {
    return ask(this.#chain, this.#address, "registry.candidates", queryMsg, { candidates: {} }, responses.candidates, options);
  }

  /**
   * What members of the committee have yet to do that they can be reported for: seats that are not taken, share keys
   * that are not posted although as many members as the threshold have posted the same.
   */
  duties(options?: QueryOptions): Promise<DutyResponse[]> {
    return ask(this.#chain, this.#address, "registry.duties", queryMsg, { duties: {} }, responses.duties, options);
  }

  /** Whether registrations, candidates and elections are refused. */
  paused(options?: QueryOptions): Promise<boolean> {
    return ask(this.#chain, this.#address, "registry.paused", queryMsg, { paused: {} }, responses.paused, options);
  }

  /** Share key digests that the members posted for an epoch. */
  shareKeys(args: Extract<QueryMsg, { share_keys: unknown }>["share_keys"], options?: QueryOptions): Promise<ShareKeysResponse[]> {
    return ask(this.#chain, this.#address, "registry.share_keys", queryMsg, { share_keys: args }, responses.share_keys, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "registry.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `registry` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** A cw20 `Send` of the bond token; `msg` is a `Hook`. Sender: the token contract only. */
  receive(args: Extract<ExecuteMsg, { receive: unknown }>["receive"]): Message {
    return call(this.#sender, this.#address, "registry.receive", executeMsg, { receive: args });
  }

  /**
   * Start leaving: the node is no longer eligible at once; the bond stays slashable until withdrawn. Sender: a bonded
   * node or requester.
   */
  unbond(): Message {
    return call(this.#sender, this.#address, "registry.unbond", executeMsg, { unbond: {} });
  }

  /**
   * Pay out a bond whose unbonding time has passed and free the slot and the keys. Sender: anyone; the bond goes to
   * its owner.
   */
  withdrawBond(args: Extract<ExecuteMsg, { withdraw_bond: unknown }>["withdraw_bond"]): Message {
    return call(this.#sender, this.#address, "registry.withdraw_bond", executeMsg, { withdraw_bond: args });
  }

  /**
   * Take up to `amount` from a node's bond; never fails for a registered or absent node, so that one fault can't
   * block a job. Sender: the jobs contract only.
   */
  slash(args: Extract<ExecuteMsg, { slash: unknown }>["slash"]): Message {
    return call(this.#sender, this.#address, "registry.slash", executeMsg, { slash: args });
  }

  /**
   * Count what nodes did in a job. Unregistered nodes are skipped. Faults are counted by `Slash`. Sender: the jobs
   * contract only.
   */
  record(args: Extract<ExecuteMsg, { record: unknown }>["record"]): Message {
    return call(this.#sender, this.#address, "registry.record", executeMsg, { record: args });
  }

  /** Declare the machine's capability; replaces an earlier declaration. Sender: a node. */
  declare(args: Extract<ExecuteMsg, { declare: unknown }>["declare"]): Message {
    return call(this.#sender, this.#address, "registry.declare", executeMsg, { declare: args });
  }

  /**
   * Stand for the committee. There are at most `limits::MAX_CANDIDATES`; a larger bond takes the place of the
   * smallest. Who is no longer eligible stands no longer. Sender: an eligible node.
   */
  stand(args: Extract<ExecuteMsg, { stand: unknown }>["stand"]): Message {
    return call(this.#sender, this.#address, "registry.stand", executeMsg, { stand: args });
  }

  /** Stand no longer; a committee that was elected serves as before. Sender: a candidate. */
  retire(): Message {
    return call(this.#sender, this.#address, "registry.retire", executeMsg, { retire: {} });
  }

  /**
   * Elect the committee of the next epoch: the candidates with the largest bonds, those last who have served as long
   * as they may. Once in an epoch, where elections are held. If they are those of now, the committee stays, and its
   * keys with it. Who is elected takes its seat, and takes office if as many members as the threshold post the same
   * digest for their first epoch before it begins; until then the committee of now goes on. In the first half of an
   * epoch only. Sender: anyone.
   */
  elect(): Message {
    return call(this.#sender, this.#address, "registry.elect", executeMsg, { elect: {} });
  }

  /**
   * Take the seat that the sender was elected to: its program runs, and agrees on keys with the others. Whoever has
   * not done so after a quarter of an epoch can be reported. Sender: who was elected and has not taken its seat.
   */
  takeSeat(): Message {
    return call(this.#sender, this.#address, "registry.take_seat", executeMsg, { take_seat: {} });
  }

  /**
   * Report that a member has missed a duty (`QueryMsg::Duties`): it loses a tenth of its bond, burnt or to the
   * treasury, is no candidate any more, and the next candidate takes its place from the next epoch on. Nobody is paid
   * for a report. Sender: anyone, while elections are held.
   */
  reportAbsent(args: Extract<ExecuteMsg, { report_absent: unknown }>["report_absent"]): Message {
    return call(this.#sender, this.#address, "registry.report_absent", executeMsg, { report_absent: args });
  }

  /** Hold elections, or hold none: then the owner names committees. Sender: owner. */
  setElection(args: Extract<ExecuteMsg, { set_election: unknown }>["set_election"] = {}): Message {
    return call(this.#sender, this.#address, "registry.set_election", executeMsg, { set_election: args });
  }

  /**
   * Refuse registrations, candidates and elections for a while. Bonds can be added to, left and withdrawn at any
   * time. Sender: owner.
   */
  setPaused(args: Extract<ExecuteMsg, { set_paused: unknown }>["set_paused"]): Message {
    return call(this.#sender, this.#address, "registry.set_paused", executeMsg, { set_paused: args });
  }

  /** Name the jobs contract, once. Sender: owner. */
  setJobs(args: Extract<ExecuteMsg, { set_jobs: unknown }>["set_jobs"]): Message {
    return call(this.#sender, this.#address, "registry.set_jobs", executeMsg, { set_jobs: args });
  }

  /**
   * Name the committee from an epoch on, in place of one that was named but has not begun. The committee in force
   * keeps its duties until then. Share keys posted for an epoch whose committee changes are void. Waits
   * (`crate::delay`) unless it is the first of all, or the one in force with the same threshold. Sender: owner, while
   * no elections are held.
   */
  setCommittee(args: Extract<ExecuteMsg, { set_committee: unknown }>["set_committee"]): Message {
    return call(this.#sender, this.#address, "registry.set_committee", executeMsg, { set_committee: args });
  }

  /**
   * Post the digest of the epoch's published share keys. Sender: a member of that epoch's committee, once per epoch,
   * for the current or the next epoch.
   */
  postShareKeys(args: Extract<ExecuteMsg, { post_share_keys: unknown }>["post_share_keys"]): Message {
    return call(this.#sender, this.#address, "registry.post_share_keys", executeMsg, { post_share_keys: args });
  }

  /**
   * Name the relay through which a transport endpoint can be reached, or take it back: a URL like
   * `https://relay.example:3340/`, http or https, a host, optionally a port, no path, at most
   * `limits::MAX_RELAY_BYTES`. It is forgotten when the endpoint's holder leaves. Sender: the node, requester or
   * committee member that holds the endpoint.
   */
  setRelay(args: Extract<ExecuteMsg, { set_relay: unknown }>["set_relay"]): Message {
    return call(this.#sender, this.#address, "registry.set_relay", executeMsg, { set_relay: args });
  }

  /**
   * Replace the commitment to one's attributes, which the committee evaluates and nothing else. What accreditors said
   * of the former one is void. Once in `unbonding_seconds`, counted from registration, as often as one could leave
   * and come back: otherwise every change would be another guess at what requests ask for. Sender: a node that is not
   * leaving.
   */
  commitAttributes(args: Extract<ExecuteMsg, { commit_attributes: unknown }>["commit_attributes"]): Message {
    return call(this.#sender, this.#address, "registry.commit_attributes", executeMsg, { commit_attributes: args });
  }

  /**
   * Say who may vouch for attributes, and which attributes the committee evaluates only where somebody has. Waits
   * (`crate::delay`), apart from the first accreditors without a requirement: nodes need the time to meet it. Sender:
   * owner.
   */
  setAccreditation(args: Extract<ExecuteMsg, { set_accreditation: unknown }>["set_accreditation"]): Message {
    return call(this.#sender, this.#address, "registry.set_accreditation", executeMsg, { set_accreditation: args });
  }

  /** Have an accreditor vouch for nobody any more, at once; what it has said no longer counts. Sender: owner. */
  removeAccreditor(args: Extract<ExecuteMsg, { remove_accreditor: unknown }>["remove_accreditor"]): Message {
    return call(this.#sender, this.#address, "registry.remove_accreditor", executeMsg, { remove_accreditor: args });
  }

  /**
   * Vouch for attributes of a node: the accreditor has seen them, and what opens the node's commitments to them.
   * Replaces what it said of the node before. Sender: an accreditor.
   */
  accredit(args: Extract<ExecuteMsg, { accredit: unknown }>["accredit"]): Message {
    return call(this.#sender, this.#address, "registry.accredit", executeMsg, { accredit: args });
  }

  /** Apply a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "registry.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drop a setting that waits. Sender: owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "registry.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Propose a new owner. Sender: owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "registry.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accept ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "registry.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}

/** The field `msg` of a token's `send` to a `registry` contract. */
export const hooks = {
  /** Register the token's sender as a node with this bond. */
  registerNode(args: Extract<Hook, { register_node: unknown }>["register_node"]): Binary {
    return encodeHook("registry.register_node", hook, { register_node: args });
  },

  /** Register the token's sender as a requester with this bond. */
  registerRequester(args: Extract<Hook, { register_requester: unknown }>["register_requester"]): Binary {
    return encodeHook("registry.register_requester", hook, { register_requester: args });
  },

  /** Add to the bond of the token's sender. */
  addBond(): Binary {
    return encodeHook("registry.add_bond", hook, { add_bond: {} });
  },

  /**
   * Dispute a node's DGKBE key with a deposit of exactly `dispute_deposit`. If what is opened is malformed, the
   * deposit returns with the bounty, the owner loses its whole bond and leaves; if it is not, the deposit is lost. An
   * opening that does not verify is an error and moves nothing.
   */
  dispute(args: Extract<Hook, { dispute: unknown }>["dispute"]): Binary {
    return encodeHook("registry.dispute", hook, { dispute: args });
  },
};
