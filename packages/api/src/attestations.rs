//! `attestations`: what a job's quorum signed, carried to other chains over IBC and verified there once more.
//!
//! One contract serves both ends of a channel ([`VERSION`], unordered). The sending end reads a job from the market of
//! its chain and sends one of two packets: the round's worker set ([`Packet::Workers`]), or the set together with the
//! final statement and its signature ([`Packet::Statement`]), which therefore needs no other packet to arrive first.
//! The receiving end recomputes the bytes that were signed, checks the quorum and the aggregate signature itself, and
//! keeps the [`AttestationResponse`] for contracts of its chain to ask for.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, HexBinary};

use crate::event::{ChainEvent, EventError, Field, events, names};

/// Version that both ends of a channel state; its ordering is unordered.
pub const VERSION: &str = "bithive-attestation-1";

/// Bounds of packets and of answers.
pub mod limits {
    /// Most bytes of a packet: 4 KiB of result and 16 keys are below 10 KiB as JSON.
    pub const MAX_PACKET_BYTES: usize = 16_384;
    /// Most bytes of a connection's, port's or chain's name, or of a market's address.
    pub const MAX_NAME_BYTES: usize = 128;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
    /// Most characters that are kept of another chain's refusal.
    pub const MAX_ERROR_CHARS: usize = 512;
}

/// What a packet carries.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PacketKind {
    /// The workers of a job.
    Workers,
    /// What the quorum of a job signed.
    Statement,
}

names! { PacketKind { Workers = "workers", Statement = "statement", } }

names! {
    Receipt {
        WorkersRecorded = "workers_recorded",
        WorkersAlreadyRecorded = "workers_already_recorded",
        Recorded = "recorded",
        AlreadyRecorded = "already_recorded",
    }
}

names! { Evidence { Signed = "signed", Settled = "settled", } }

/// As its two fields.
impl Field for Source {
    fn write_to(self, _key: &'static str, event: &mut cosmwasm_std::Event) {
        self.chain_id.write_to("chain_id", event);
        self.jobs.write_to("jobs", event);
    }

    fn read_from(event: &dyn ChainEvent, kind: &'static str, _key: &'static str) -> Result<Self, EventError> {
        let (chain_id, jobs) =
            (Field::read_from(event, kind, "chain_id")?, Field::read_from(event, kind, "jobs")?);
        Ok(Self { chain_id, jobs })
    }
}

impl Field for Option<Source> {
    fn write_to(self, key: &'static str, event: &mut cosmwasm_std::Event) {
        if let Some(source) = self {
            source.write_to(key, event);
        }
    }

    fn read_from(event: &dyn ChainEvent, kind: &'static str, key: &'static str) -> Result<Self, EventError> {
        match event.attribute("chain_id").or(event.attribute("jobs")) {
            Some(_) => Source::read_from(event, kind, key).map(Some),
            None => Ok(None),
        }
    }
}

events! {
    //! What the contract announces. A job is named by `source`, as `chain_id` and `jobs`, and `job_id`.

    /// A peer may open channels; it may send statements of `source` if there is one.
    PeerAllowed, PEER_ALLOWED = "attestation_peer_allowed" {
        connection_id: String, port_id: String, source: Option<Source>,
    }
    /// A peer may no longer open channels.
    PeerRemoved, PEER_REMOVED = "attestation_peer_removed" { connection_id: String, port_id: String }
    /// A channel is open; `port_id` is the other end's.
    ChannelOpened, CHANNEL_OPENED = "attestation_channel_opened" {
        channel_id: String, connection_id: String, port_id: String,
    }
    /// A channel was closed by the other end.
    ChannelClosed, CHANNEL_CLOSED = "attestation_channel_closed" { channel_id: String }
    /// A packet left; it is refused after the Unix time `timeout`, in seconds.
    Sent, SENT = "attestation_sent" {
        kind: PacketKind, channel_id: String, job_id: u64, round: u8, timeout: u64,
    }
    /// The other end accepted a packet.
    Accepted, ACCEPTED = "attestation_accepted" {
        kind: PacketKind, channel_id: String, job_id: u64, receipt: Receipt,
    }
    /// The other end refused a packet, or its answer can't be read.
    Refused, REFUSED = "attestation_refused" { kind: PacketKind, channel_id: String, job_id: u64, error: String }
    /// A packet was not received in time.
    TimedOut, TIMED_OUT = "attestation_timed_out" { kind: PacketKind, channel_id: String, job_id: u64 }
    /// A worker set was recorded; `workers` is their number.
    Workers, WORKERS = "attestation_workers" { source: Source, job_id: u64, round: u8, workers: u64 }
    /// An attestation was recorded; `statement` is the digest of what was signed.
    Recorded, RECORDED = "attestation_recorded" {
        source: Source, job_id: u64, round: u8, statement: HexBinary, evidence: Evidence,
    }
    /// A packet was answered with an error; `code` is one of [`codes`].
    Rejected, REJECTED = "attestation_rejected" { channel_id: String, code: String, error: String }
}

/// Creates the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// Governance: allows peers.
    pub owner: String,
    /// The market of this chain. Without one, the contract only receives.
    pub jobs: Option<String>,
}

/// A market on another chain: what its statements are bound to.
#[cw_serde]
#[derive(Eq)]
pub struct Source {
    /// Id of its chain.
    pub chain_id: String,
    /// Address of the market's contract on that chain.
    pub jobs: String,
}

/// Who may open channels to this contract, and what may come through them.
///
/// The connection identifies the light client and the port identifies the contract behind it, so no other chain and no
/// other contract can state the workers of `source`.
#[cw_serde]
#[derive(Eq)]
pub struct Peer {
    /// Id of the IBC connection on this chain, `connection-<n>`.
    pub connection_id: String,
    /// Port of the contract at its other end, `wasm.<address>`.
    pub port_id: String,
    /// The market whose statements it may send; null if it only receives.
    pub source: Option<Source>,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// Allows a peer, or changes what comes through it. Sender: the owner, before the handshake.
    AllowPeer(Peer),
    /// Removes a peer; what it sent before stays recorded. Sender: the owner.
    RemovePeer {
        /// Id of the IBC connection on this chain, `connection-<n>`.
        connection_id: String,
        /// IBC port at the connection's other end, `wasm.<address>`.
        port_id: String,
    },
    /// Sends the worker set of a job's round, from its assignment on: with it, [`ExecuteMsg::Submit`] is possible at the
    /// other end. Sender: anyone; again after a refusal or a timeout.
    Announce {
        /// Number of the job, from 1.
        job_id: u64,
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Seconds until the packet expires; [`crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS`] if null.
        timeout_seconds: Option<u64>,
    },
    /// Sends a settled job's final statement with its worker set. Sender: anyone; again after a refusal or a timeout.
    Send {
        /// Number of the job, from 1.
        job_id: u64,
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Seconds until the packet expires; [`crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS`] if null.
        timeout_seconds: Option<u64>,
    },
    /// As [`ExecuteMsg::Send`], with a signature that goes along: of a job that was settled together with others its market
    /// keeps only the aggregate over all of them. Sender: anyone who has the quorum's signature over this job's own statement.
    SendSigned {
        /// Number of the job, from 1.
        job_id: u64,
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Seconds until the packet expires; [`crate::ibc::limits::DEFAULT_TIMEOUT_SECONDS`] if null.
        timeout_seconds: Option<u64>,
        /// Aggregate of those who are recorded as its signers, 96 bytes; verified before the packet leaves.
        signature: HexBinary,
    },
    /// Records a statement for an announced worker set. Sender: anyone; the signature proves who signed.
    Submit {
        /// The market that the job belongs to.
        source: Source,
        /// Number of the job, from 1.
        job_id: u64,
        /// What was signed.
        statement: SignedStatement,
    },
    /// Applies a setting of the owner whose time has come ([`crate::delay`]). Sender: anyone.
    ApplySetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Drops a setting that waits. Sender: the owner.
    CancelSetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Proposes a new owner. Sender: the owner.
    TransferOwnership {
        /// The proposed owner.
        new_owner: String,
    },
    /// Accepts ownership. Sender: the proposed owner.
    AcceptOwnership {},
}

crate::permissions!(ExecuteMsg {
    AllowPeer: Owner,
    RemovePeer: Owner,
    Announce: Anyone,
    Send: Anyone,
    SendSigned: Anyone,
    Submit: Anyone,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a packet carries, as JSON.
#[cw_serde]
#[derive(Eq)]
pub enum Packet {
    /// A round's worker set.
    Workers(WorkerSet),
    /// A settled job's statement, with the set that signed it.
    Statement {
        /// The worker set.
        workers: WorkerSet,
        /// What the quorum signed.
        statement: SignedStatement,
    },
}

/// The workers of one round of one job, and what they work on.
#[cw_serde]
#[derive(Eq)]
pub struct WorkerSet {
    /// The market that the job belongs to.
    pub source: Source,
    /// Number of the job, from 1.
    pub job_id: u64,
    /// The round, from 1.
    pub round: u8,
    /// How many of them must sign (q): more than half.
    pub quorum: u8,
    /// BLAKE3 digest of the model file.
    pub model: HexBinary,
    /// Commitment to the plaintext input.
    pub input_commitment: HexBinary,
    /// BLS public keys in slot order, 48 bytes each, at most [`crate::jobs::limits::MAX_WORKERS`].
    pub keys: Vec<HexBinary>,
}

/// The rest of the final statement, and its signature. See `bithive_attest::Statement`.
#[cw_serde]
#[derive(Eq)]
pub struct SignedStatement {
    /// BLAKE3 digest of the encrypted output.
    pub output: HexBinary,
    /// Masked result, little-endian 32-bit words, at most [`crate::jobs::limits::MAX_DIMENSIONS`].
    pub masked: Binary,
    /// Bit i set: worker i is in the quorum.
    pub members: u32,
    /// Bit i set: worker i signed; all of them are in the quorum.
    pub signers: u32,
    /// Aggregate BLS signature, 96 bytes; null in a packet about a job that was settled together with others, whose market has
    /// verified the sum of their signatures. What is submitted by an account has one.
    pub signature: Option<HexBinary>,
}

/// Answer to a packet, as JSON (ICS-4's envelope).
#[cw_serde]
#[derive(Eq)]
pub enum Ack {
    /// A [`Receipt`] as JSON.
    Result(Binary),
    /// `<code>: <what was wrong and what was expected>`; codes are those of [`codes`].
    Error(String),
}

/// What the receiving contract did with a packet that it accepted.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Receipt {
    /// The worker set is new.
    WorkersRecorded,
    /// The same set was recorded before.
    WorkersAlreadyRecorded,
    /// The attestation is new.
    Recorded,
    /// The same statement was recorded before.
    AlreadyRecorded,
}

/// Error codes, the first word of an [`Ack::Error`].
pub mod codes {
    /// The packet is not what [`super::VERSION`] says, or a field of it is out of bounds.
    pub const MALFORMED: &str = "malformed";
    /// The channel is not open here, or its peer is not allowed any more.
    pub const CHANNEL: &str = "channel";
    /// The peer may not send statements of this market.
    pub const SOURCE: &str = "source";
    /// A newer round of the job is recorded, or the job is settled.
    pub const STALE: &str = "stale";
    /// Another set or statement is recorded for the same round.
    pub const CONFLICT: &str = "conflict";
    /// Too few of the workers signed, or others than the quorum.
    pub const QUORUM: &str = "quorum";
    /// A key or the signature is wrong.
    pub const SIGNATURE: &str = "signature";
}

/// What proves that a job ended as an attestation says.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Evidence {
    /// The quorum signed; whether its chain settled the job is not known.
    Signed,
    /// The quorum signed, and its chain settled the job with that. Final.
    Settled,
}

/// Queries of the `attestations` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// Peers, by connection and port.
    #[returns(Vec<Peer>)]
    Peers {
        /// Start after this one.
        start_after: Option<PeerKey>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Channels, by name.
    #[returns(Vec<crate::ibc::ChannelResponse>)]
    Channels {
        /// Start after this one.
        start_after: Option<String>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// The packets sent for a job and what became of them.
    #[returns(SendingsResponse)]
    Sendings {
        /// Id of the channel at this end, `channel-<n>`.
        channel_id: String,
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// The newest worker set of a job, null when none came.
    #[returns(Option<WorkerSet>)]
    Workers {
        /// The market that the job belongs to.
        source: Source,
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// The attestation of a job, null when there is none.
    #[returns(Option<AttestationResponse>)]
    Attestation {
        /// The market that the job belongs to.
        source: Source,
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// Attestations of a market, by job.
    #[returns(Vec<AttestationResponse>)]
    Attestations {
        /// The market that the job belongs to.
        source: Source,
        /// Start after this job.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Settings of the owner that wait, by number.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Configuration in force.
#[cw_serde]
pub struct ConfigResponse {
    /// The contract's owner (governance); never null, because ownership can't be renounced.
    pub owner: Option<Addr>,
    /// Address proposed as the next owner; null if none is.
    pub pending_owner: Option<Addr>,
    /// The market of this chain.
    pub jobs: Option<Addr>,
}

/// Names a peer.
#[cw_serde]
pub struct PeerKey {
    /// Id of the IBC connection on this chain, `connection-<n>`.
    pub connection_id: String,
    /// IBC port at the connection's other end, `wasm.<address>`.
    pub port_id: String,
}

/// The packets sent for a job over one channel, and what became of them.
#[cw_serde]
#[derive(Default)]
pub struct SendingsResponse {
    /// The packet with its worker set; null if none was sent.
    pub workers: Option<Sending>,
    /// The packet with its statement; null if none was sent.
    pub statement: Option<Sending>,
}

/// What became of a packet.
#[cw_serde]
pub struct Sending {
    /// The round that was sent.
    pub round: u8,
    /// When the packet expires, in Unix seconds of the other chain's clock.
    pub timeout: u64,
    /// What is known of the packet.
    pub status: Status,
}

/// State of a packet.
#[cw_serde]
pub enum Status {
    /// Under way. It can be sent again after its timeout, whether or not a relayer reported that.
    Pending {},
    /// The other end accepted it. Final.
    Accepted {
        /// What the other end recorded.
        receipt: Receipt,
    },
    /// The other end refused it. It can be sent again.
    Refused {
        /// The other end's error text, `<code>: <reason>`, cut to 512 characters.
        error: String,
    },
    /// It was not received in time. It can be sent again.
    TimedOut {},
}

/// What a quorum signed.
#[cw_serde]
pub struct AttestationResponse {
    /// The market that the job belongs to.
    pub source: Source,
    /// Number of the job, from 1.
    pub job_id: u64,
    /// The round that succeeded.
    pub round: u8,
    /// BLAKE3 digest of the model file.
    pub model: HexBinary,
    /// Commitment to the plaintext input.
    pub input_commitment: HexBinary,
    /// BLAKE3 digest of the encrypted output.
    pub output: HexBinary,
    /// Masked result, little-endian 32-bit words.
    pub masked: Binary,
    /// Bit i set: worker i is in the quorum.
    pub members: u32,
    /// Bit i set: worker i signed.
    pub signers: u32,
    /// SHA-256 of the bytes that were signed.
    pub statement: HexBinary,
    /// What proves it.
    pub evidence: Evidence,
    /// When this contract recorded it with this evidence, in Unix seconds.
    pub recorded_at: u64,
}
