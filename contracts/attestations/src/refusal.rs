//! Why a worker set or a statement is not recorded: what an acknowledgement says, and what `Submit` fails with.

use bithive_api::attestations::codes;
use bithive_attest::StatementError;
use bithive_attest::host::HostError;
use cosmwasm_std::StdError;

/// Why a worker set or a statement was refused. Nothing of it was stored.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum Refusal {
    /// The packet is too long to be one.
    #[error("the packet has {found} bytes; expected at most {limit}")]
    TooLong {
        /// Length found, in bytes.
        found: usize,
        /// Length allowed, in bytes.
        limit: usize,
    },
    /// The packet is not JSON of the packet's type.
    #[error("the packet can't be read ({0}); expected a packet of this version as JSON")]
    Unreadable(StdError),
    /// A field is out of bounds.
    #[error("{field} is {found}; expected {expected}")]
    Field {
        /// Name of the field.
        field: &'static str,
        /// The value that was found.
        found: u64,
        /// What is allowed, in words.
        expected: &'static str,
    },
    /// The packet came over a channel that is not open here.
    #[error("channel {0} is not open here; expected one whose handshake this contract has completed")]
    Channel(String),
    /// The peer was removed.
    #[error("{port_id} on {connection_id} is not an allowed peer; expected one that the owner has allowed")]
    Peer {
        /// Id of the IBC connection on this chain.
        connection_id: String,
        /// IBC port at the other end.
        port_id: String,
    },
    /// The peer may not send statements of any market.
    #[error("{port_id} may send statements of no market; expected a peer with a source")]
    NoSource {
        /// IBC port at the other end.
        port_id: String,
    },
    /// The peer may send statements of another market only.
    #[error("the market is {found}; expected {expected}, whose statements the peer may send")]
    WrongSource {
        /// Market of the packet.
        found: String,
        /// Market of the peer.
        expected: String,
    },
    /// A newer round is recorded.
    #[error("round {found} of job {job_id} is old; expected round {newest} or a later one")]
    Stale {
        /// Number of the job.
        job_id: u64,
        /// Round of the packet.
        found: u8,
        /// Newest round recorded.
        newest: u8,
    },
    /// The job ended in another round.
    #[error("job {job_id} settled in round {settled}; expected nothing of round {found}")]
    Settled {
        /// Number of the job.
        job_id: u64,
        /// Round of the packet.
        found: u8,
        /// Round that succeeded.
        settled: u8,
    },
    /// The round has another worker set.
    #[error("round {round} of job {job_id} has another worker set here; expected the same")]
    OtherWorkers {
        /// Number of the job.
        job_id: u64,
        /// Round of the job, from 1.
        round: u8,
    },
    /// The job has another statement.
    #[error("job {job_id} has another statement here, {recorded}; expected the same")]
    OtherStatement {
        /// Number of the job.
        job_id: u64,
        /// SHA-256 of the recorded statement.
        recorded: String,
    },
    /// No worker set came for the job.
    #[error("no worker set of job {job_id} of this market has arrived; expected it to be announced first")]
    NoWorkers {
        /// Number of the job.
        job_id: u64,
    },
    /// The quorum or the signers are not a part of what they should be a part of.
    #[error("{what} {found:#b} are not all among {of} {allowed:#b}; expected a subset")]
    NotSubset {
        /// What the bits stand for, in words.
        what: &'static str,
        /// Bit mask found.
        found: u32,
        /// Whom they are compared with, in words.
        of: &'static str,
        /// Bit mask of those allowed.
        allowed: u32,
    },
    /// Too few members or signers.
    #[error("{found} {what}; expected at least {expected}")]
    TooFew {
        /// Who is counted, in words.
        what: &'static str,
        /// How many were found.
        found: u32,
        /// Least number allowed.
        expected: u8,
    },
    /// A part of the statement has a wrong length.
    #[error(transparent)]
    Statement(#[from] StatementError),
    /// An account submits a statement without a signature.
    #[error("the statement of job {job_id} has no signature; expected the quorum's")]
    NoSignature {
        /// Number of the job.
        job_id: u64,
    },
    /// A key or the signature.
    #[error(transparent)]
    Bls(#[from] HostError),
    /// The storage failed, or a message could not be read or written.
    #[error(transparent)]
    Std(#[from] StdError),
}

impl Refusal {
    /// The first word of an error acknowledgement.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::TooLong { .. }
            | Self::Unreadable(_)
            | Self::Field { .. }
            | Self::Statement(_)
            | Self::Std(_) => codes::MALFORMED,
            Self::Channel(_) | Self::Peer { .. } => codes::CHANNEL,
            Self::NoSource { .. } | Self::WrongSource { .. } => codes::SOURCE,
            Self::Stale { .. } | Self::Settled { .. } | Self::NoWorkers { .. } => codes::STALE,
            Self::OtherWorkers { .. } | Self::OtherStatement { .. } => codes::CONFLICT,
            Self::NotSubset { .. } | Self::TooFew { .. } => codes::QUORUM,
            Self::NoSignature { .. } | Self::Bls(_) => codes::SIGNATURE,
        }
    }
}
