// Written by gen/generate.mjs from schema/attestations/; not to be edited.

import {
  binary, bool, hexBinary, list, literal, nullable, object, optional, text, u32, u64, u8, variants, type Codec, type Addr, type Binary, type HexBinary,
} from "../codec.js";
import { ask, call, type Message, type QueryOptions, type SmartQuery } from "../contract.js";

/** Creates the contract. */
export interface InstantiateMsg {
  /** The market of this chain. Without one, the contract only receives. */
  jobs?: string | null;
  /** Governance: allows peers. */
  owner: string;
}
/** Checks {@link InstantiateMsg}. */
export const instantiateMsg: Codec<InstantiateMsg> = /* @__PURE__ */ object({
  jobs: optional(text),
  owner: text,
});

/** A market on another chain: what its statements are bound to. */
export interface Source {
  /** Id of its chain. */
  chain_id: string;
  /** Address of the market's contract on that chain. */
  jobs: string;
}
/** Checks {@link Source}. */
export const source: Codec<Source> = /* @__PURE__ */ object({
  chain_id: text,
  jobs: text,
});

/**
 * Who may open channels to this contract, and what may come through them.
 *
 * The connection identifies the light client and the port identifies the contract behind it, so no other chain and no
 * other contract can state the workers of `source`.
 */
export interface Peer {
  /** Id of the IBC connection on this chain, `connection-<n>`. */
  connection_id: string;
  /** Port of the contract at its other end, `wasm.<address>`. */
  port_id: string;
  /** The market whose statements it may send; null if it only receives. */
  source?: Source | null;
}
/** Checks {@link Peer}. */
export const peer: Codec<Peer> = /* @__PURE__ */ object({
  connection_id: text,
  port_id: text,
  source: optional(source),
});

/** The rest of the final statement, and its signature. See `bithive_attest::Statement`. */
export interface SignedStatement {
  /** Masked result, little-endian 32-bit words, at most `crate::jobs::limits::MAX_DIMENSIONS`. */
  masked: Binary;
  /** Bit i set: worker i is in the quorum. */
  members: number;
  /** BLAKE3 digest of the encrypted output. */
  output: HexBinary;
  /**
   * Aggregate BLS signature, 96 bytes; null in a packet about a job that was settled together with others, whose
   * market has verified the sum of their signatures. What is submitted by an account has one.
   */
  signature?: HexBinary | null;
  /** Bit i set: worker i signed; all of them are in the quorum. */
  signers: number;
}
/** Checks {@link SignedStatement}. */
export const signedStatement: Codec<SignedStatement> = /* @__PURE__ */ object({
  masked: binary,
  members: u32,
  output: hexBinary,
  signature: optional(hexBinary),
  signers: u32,
});

/** Messages. None of them takes native coins. */
export type ExecuteMsg =
  /** Allows a peer, or changes what comes through it. Sender: the owner, before the handshake. */
  | { allow_peer: Peer }
  /** Removes a peer; what it sent before stays recorded. Sender: the owner. */
  | { remove_peer: {
    /** Id of the IBC connection on this chain, `connection-<n>`. */
    connection_id: string;
    /** IBC port at the connection's other end, `wasm.<address>`. */
    port_id: string;
  } }
  /**
   * Sends the worker set of a job's round, from its assignment on: with it, `ExecuteMsg::Submit` is possible at the
   * other end. Sender: anyone; again after a refusal or a timeout.
   */
  | { announce: {
    /** Id of the channel at this end, `channel-<n>`. */
    channel_id: string;
    /** Number of the job, from 1. */
    job_id: bigint;
    /** Seconds until the packet expires; `crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS` if null. */
    timeout_seconds?: bigint | null;
  } }
  /**
   * Sends a settled job's final statement with its worker set. Sender: anyone; again after a refusal or a timeout.
   */
  | { send: {
    /** Id of the channel at this end, `channel-<n>`. */
    channel_id: string;
    /** Number of the job, from 1. */
    job_id: bigint;
    /** Seconds until the packet expires; `crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS` if null. */
    timeout_seconds?: bigint | null;
  } }
  /**
   * As `ExecuteMsg::Send`, with a signature that goes along: of a job that was settled together with others its
   * market keeps only the aggregate over all of them. Sender: anyone who has the quorum's signature over this job's
   * own statement.
   */
  | { send_signed: {
    /** Id of the channel at this end, `channel-<n>`. */
    channel_id: string;
    /** Number of the job, from 1. */
    job_id: bigint;
    /** Aggregate of those who are recorded as its signers, 96 bytes; verified before the packet leaves. */
    signature: HexBinary;
    /** Seconds until the packet expires; `crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS` if null. */
    timeout_seconds?: bigint | null;
  } }
  /** Records a statement for an announced worker set. Sender: anyone; the signature proves who signed. */
  | { submit: {
    /** Number of the job, from 1. */
    job_id: bigint;
    /** The market that the job belongs to. */
    source: Source;
    /** What was signed. */
    statement: SignedStatement;
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
  allow_peer: peer,
  remove_peer: object({
    connection_id: text,
    port_id: text,
  }),
  announce: object({
    channel_id: text,
    job_id: u64,
    timeout_seconds: optional(u64),
  }),
  send: object({
    channel_id: text,
    job_id: u64,
    timeout_seconds: optional(u64),
  }),
  send_signed: object({
    channel_id: text,
    job_id: u64,
    signature: hexBinary,
    timeout_seconds: optional(u64),
  }),
  submit: object({
    job_id: u64,
    source: source,
    statement: signedStatement,
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

/** Names a peer. */
export interface PeerKey {
  /** Id of the IBC connection on this chain, `connection-<n>`. */
  connection_id: string;
  /** IBC port at the connection's other end, `wasm.<address>`. */
  port_id: string;
}
/** Checks {@link PeerKey}. */
export const peerKey: Codec<PeerKey> = /* @__PURE__ */ object({
  connection_id: text,
  port_id: text,
});

/** Queries of the `attestations` contract. */
export type QueryMsg =
  /** Configuration in force. */
  | { config: {} }
  /** Peers, by connection and port. */
  | { peers: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: PeerKey | null;
  } }
  /** Channels, by name. */
  | { channels: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** Start after this one. */
    start_after?: string | null;
  } }
  /** The packets sent for a job and what became of them. */
  | { sendings: {
    /** Id of the channel at this end, `channel-<n>`. */
    channel_id: string;
    /** Number of the job, from 1. */
    job_id: bigint;
  } }
  /** The newest worker set of a job, null when none came. */
  | { workers: {
    /** Number of the job, from 1. */
    job_id: bigint;
    /** The market that the job belongs to. */
    source: Source;
  } }
  /** The attestation of a job, null when there is none. */
  | { attestation: {
    /** Number of the job, from 1. */
    job_id: bigint;
    /** The market that the job belongs to. */
    source: Source;
  } }
  /** Attestations of a market, by job. */
  | { attestations: {
    /** Page size, at most `limits::MAX_PAGE`. */
    limit?: number | null;
    /** The market that the job belongs to. */
    source: Source;
    /** Start after this job. */
    start_after?: bigint | null;
  } }
  /** Settings of the owner that wait, by number. */
  | { settings: {} };
/** Checks {@link QueryMsg}. */
export const queryMsg: Codec<QueryMsg> = /* @__PURE__ */ variants({
  config: object({}),
  peers: object({
    limit: optional(u32),
    start_after: optional(peerKey),
  }),
  channels: object({
    limit: optional(u32),
    start_after: optional(text),
  }),
  sendings: object({
    channel_id: text,
    job_id: u64,
  }),
  workers: object({
    job_id: u64,
    source: source,
  }),
  attestation: object({
    job_id: u64,
    source: source,
  }),
  attestations: object({
    limit: optional(u32),
    source: source,
    start_after: optional(u64),
  }),
  settings: object({}),
});

/** Migration carries no parameters: what changes is derived from the stored version. */
export interface MigrateMsg {}
/** Checks {@link MigrateMsg}. */
export const migrateMsg: Codec<MigrateMsg> = /* @__PURE__ */ object({});

/** Configuration in force. */
export interface ConfigResponse {
  /** The market of this chain. */
  jobs?: Addr | null;
  /** The contract's owner (governance); never null, because ownership can't be renounced. */
  owner?: Addr | null;
  /** Address proposed as the next owner; null if none is. */
  pending_owner?: Addr | null;
}
/** Checks {@link ConfigResponse}. */
export const configResponse: Codec<ConfigResponse> = /* @__PURE__ */ object({
  jobs: optional(text),
  owner: optional(text),
  pending_owner: optional(text),
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

/** What the receiving contract did with a packet that it accepted. */
export type Receipt =
  /** The worker set is new. */
  | "workers_recorded"
  /** The same set was recorded before. */
  | "workers_already_recorded"
  /** The attestation is new. */
  | "recorded"
  /** The same statement was recorded before. */
  | "already_recorded";
/** Checks {@link Receipt}. */
export const receipt: Codec<Receipt> = /* @__PURE__ */ literal("workers_recorded", "workers_already_recorded", "recorded", "already_recorded");

/** State of a packet. */
export type Status =
  /** Under way. It can be sent again after its timeout, whether or not a relayer reported that. */
  | { pending: {} }
  /** The other end accepted it. Final. */
  | { accepted: {
    /** What the other end recorded. */
    receipt: Receipt;
  } }
  /** The other end refused it. It can be sent again. */
  | { refused: {
    /** The other end's error text, `<code>: <reason>`, cut to 512 characters. */
    error: string;
  } }
  /** It was not received in time. It can be sent again. */
  | { timed_out: {} };
/** Checks {@link Status}. */
export const status: Codec<Status> = /* @__PURE__ */ variants({
  pending: object({}),
  accepted: object({
    receipt: receipt,
  }),
  refused: object({
    error: text,
  }),
  timed_out: object({}),
});

/** What became of a packet. */
export interface Sending {
  /** The round that was sent. */
  round: number;
  /** What is known of the packet. */
  status: Status;
  /** When the packet expires, in Unix seconds of the other chain's clock. */
  timeout: bigint;
}
/** Checks {@link Sending}. */
export const sending: Codec<Sending> = /* @__PURE__ */ object({
  round: u8,
  status: status,
  timeout: u64,
});

/** The packets sent for a job over one channel, and what became of them. */
export interface SendingsResponse {
  /** The packet with its statement; null if none was sent. */
  statement?: Sending | null;
  /** The packet with its worker set; null if none was sent. */
  workers?: Sending | null;
}
/** Checks {@link SendingsResponse}. */
export const sendingsResponse: Codec<SendingsResponse> = /* @__PURE__ */ object({
  statement: optional(sending),
  workers: optional(sending),
});

/** The workers of one round of one job, and what they work on. */
export interface WorkerSet {
  /** Commitment to the plaintext input. */
  input_commitment: HexBinary;
  /** Number of the job, from 1. */
  job_id: bigint;
  /** BLS public keys in slot order, 48 bytes each, at most `crate::jobs::limits::MAX_WORKERS`. */
  keys: HexBinary[];
  /** BLAKE3 digest of the model file. */
  model: HexBinary;
  /** How many of them must sign (q): more than half. */
  quorum: number;
  /** The round, from 1. */
  round: number;
  /** The market that the job belongs to. */
  source: Source;
}
/** Checks {@link WorkerSet}. */
export const workerSet: Codec<WorkerSet> = /* @__PURE__ */ object({
  input_commitment: hexBinary,
  job_id: u64,
  keys: list(hexBinary),
  model: hexBinary,
  quorum: u8,
  round: u8,
  source: source,
});

/** What proves that a job ended as an attestation says. */
export type Evidence =
  /** The quorum signed; whether its chain settled the job is not known. */
  | "signed"
  /** The quorum signed, and its chain settled the job with that. Final. */
  | "settled";
/** Checks {@link Evidence}. */
export const evidence: Codec<Evidence> = /* @__PURE__ */ literal("signed", "settled");

/** What a quorum signed. */
export interface AttestationResponse {
  /** What proves it. */
  evidence: Evidence;
  /** Commitment to the plaintext input. */
  input_commitment: HexBinary;
  /** Number of the job, from 1. */
  job_id: bigint;
  /** Masked result, little-endian 32-bit words. */
  masked: Binary;
  /** Bit i set: worker i is in the quorum. */
  members: number;
  /** BLAKE3 digest of the model file. */
  model: HexBinary;
  /** BLAKE3 digest of the encrypted output. */
  output: HexBinary;
  /** When this contract recorded it with this evidence, in Unix seconds. */
  recorded_at: bigint;
  /** The round that succeeded. */
  round: number;
  /** Bit i set: worker i signed. */
  signers: number;
  /** The market that the job belongs to. */
  source: Source;
  /** SHA-256 of the bytes that were signed. */
  statement: HexBinary;
}
/** Checks {@link AttestationResponse}. */
export const attestationResponse: Codec<AttestationResponse> = /* @__PURE__ */ object({
  evidence: evidence,
  input_commitment: hexBinary,
  job_id: u64,
  masked: binary,
  members: u32,
  model: hexBinary,
  output: hexBinary,
  recorded_at: u64,
  round: u8,
  signers: u32,
  source: source,
  statement: hexBinary,
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
  peers: Peer[];
  channels: ChannelResponse[];
  sendings: SendingsResponse;
  workers: WorkerSet | null;
  attestation: AttestationResponse | null;
  attestations: AttestationResponse[];
  settings: SettingResponse[];
}

/** Checks {@link Responses}. */
export const responses: { [Name in keyof Responses]: Codec<Responses[Name]> } = {
  config: configResponse,
  peers: list(peer),
  channels: list(channelResponse),
  sendings: sendingsResponse,
  workers: nullable(workerSet),
  attestation: nullable(attestationResponse),
  attestations: list(attestationResponse),
  settings: list(settingResponse),
};

/** Queries of a `attestations` contract. */
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
    return ask(this.#chain, this.#address, "attestations.config", queryMsg, { config: {} }, responses.config, options);
  }

  /** Peers, by connection and port. */
  peers(args: Extract<QueryMsg, { peers: unknown }>["peers"] = {}, options?: QueryOptions): Promise<Peer[]> {
    return ask(this.#chain, this.#address, "attestations.peers", queryMsg, { peers: args }, responses.peers, options);
  }

  /** Channels, by name. */
  channels(args: Extract<QueryMsg, { channels: unknown }>["channels"] = {}, options?: QueryOptions): Promise<ChannelResponse[]> {
    return ask(this.#chain, this.#address, "attestations.channels", queryMsg, { channels: args }, responses.channels, options);
  }

  /** The packets sent for a job and what became of them. */
  sendings(args: Extract<QueryMsg, { sendings: unknown }>["sendings"], options?: QueryOptions): Promise<SendingsResponse> {
    return ask(this.#chain, this.#address, "attestations.sendings", queryMsg, { sendings: args }, responses.sendings, options);
  }

  /** The newest worker set of a job, null when none came. */
  workers(args: Extract<QueryMsg, { workers: unknown }>["workers"], options?: QueryOptions): Promise<WorkerSet | null> {
    return ask(this.#chain, this.#address, "attestations.workers", queryMsg, { workers: args }, responses.workers, options);
  }

  /** The attestation of a job, null when there is none. */
  attestation(args: Extract<QueryMsg, { attestation: unknown }>["attestation"], options?: QueryOptions): Promise<AttestationResponse | null> {
    return ask(this.#chain, this.#address, "attestations.attestation", queryMsg, { attestation: args }, responses.attestation, options);
  }

  /** Attestations of a market, by job. */
  attestations(args: Extract<QueryMsg, { attestations: unknown }>["attestations"], options?: QueryOptions): Promise<AttestationResponse[]> {
    return ask(this.#chain, this.#address, "attestations.attestations", queryMsg, { attestations: args }, responses.attestations, options);
  }

  /** Settings of the owner that wait, by number. */
  settings(options?: QueryOptions): Promise<SettingResponse[]> {
    return ask(this.#chain, this.#address, "attestations.settings", queryMsg, { settings: {} }, responses.settings, options);
  }
}

/** Messages to a `attestations` contract, to be sent in transactions. */
export class Messages {
  readonly #sender: string;
  readonly #address: string;

  /** From the account `sender` to the contract at `address`. */
  constructor(sender: string, address: string) {
    this.#sender = sender;
    this.#address = address;
  }

  /** Allows a peer, or changes what comes through it. Sender: the owner, before the handshake. */
  allowPeer(args: Extract<ExecuteMsg, { allow_peer: unknown }>["allow_peer"]): Message {
    return call(this.#sender, this.#address, "attestations.allow_peer", executeMsg, { allow_peer: args });
  }

  /** Removes a peer; what it sent before stays recorded. Sender: the owner. */
  removePeer(args: Extract<ExecuteMsg, { remove_peer: unknown }>["remove_peer"]): Message {
    return call(this.#sender, this.#address, "attestations.remove_peer", executeMsg, { remove_peer: args });
  }

  /**
   * Sends the worker set of a job's round, from its assignment on: with it, `ExecuteMsg::Submit` is possible at the
   * other end. Sender: anyone; again after a refusal or a timeout.
   */
  announce(args: Extract<ExecuteMsg, { announce: unknown }>["announce"]): Message {
    return call(this.#sender, this.#address, "attestations.announce", executeMsg, { announce: args });
  }

  /**
   * Sends a settled job's final statement with its worker set. Sender: anyone; again after a refusal or a timeout.
   */
  send(args: Extract<ExecuteMsg, { send: unknown }>["send"]): Message {
    return call(this.#sender, this.#address, "attestations.send", executeMsg, { send: args });
  }

  /**
   * As `ExecuteMsg::Send`, with a signature that goes along: of a job that was settled together with others its
   * market keeps only the aggregate over all of them. Sender: anyone who has the quorum's signature over this job's
   * own statement.
   */
  sendSigned(args: Extract<ExecuteMsg, { send_signed: unknown }>["send_signed"]): Message {
    return call(this.#sender, this.#address, "attestations.send_signed", executeMsg, { send_signed: args });
  }

  /** Records a statement for an announced worker set. Sender: anyone; the signature proves who signed. */
  submit(args: Extract<ExecuteMsg, { submit: unknown }>["submit"]): Message {
    return call(this.#sender, this.#address, "attestations.submit", executeMsg, { submit: args });
  }

  /** Applies a setting of the owner whose time has come (`crate::delay`). Sender: anyone. */
  applySetting(args: Extract<ExecuteMsg, { apply_setting: unknown }>["apply_setting"]): Message {
    return call(this.#sender, this.#address, "attestations.apply_setting", executeMsg, { apply_setting: args });
  }

  /** Drops a setting that waits. Sender: the owner. */
  cancelSetting(args: Extract<ExecuteMsg, { cancel_setting: unknown }>["cancel_setting"]): Message {
    return call(this.#sender, this.#address, "attestations.cancel_setting", executeMsg, { cancel_setting: args });
  }

  /** Proposes a new owner. Sender: the owner. */
  transferOwnership(args: Extract<ExecuteMsg, { transfer_ownership: unknown }>["transfer_ownership"]): Message {
    return call(this.#sender, this.#address, "attestations.transfer_ownership", executeMsg, { transfer_ownership: args });
  }

  /** Accepts ownership. Sender: the proposed owner. */
  acceptOwnership(): Message {
    return call(this.#sender, this.#address, "attestations.accept_ownership", executeMsg, { accept_ownership: {} });
  }
}
