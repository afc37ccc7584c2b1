//! What can go wrong for a requester.

use bithive_attest::bls::BlsError;
use bithive_audit_log::AuditLogError;
use bithive_blindmatch::DecodeError;
use bithive_blindmatch::claim::ClaimError;
use bithive_blindmatch::policy::PolicyError;
use bithive_blindmatch::vault::VaultError;
use bithive_chain::ChainError;
use bithive_client::GrantError;
use bithive_client::amount::show;
use bithive_committee::ServiceError;
use bithive_dgkbe::SlotError;
use bithive_dgkbe::envelope::EnvelopeError;
use bithive_dgkbe::kem::KemError;
use bithive_dgkbe::keys::KeyError;
use bithive_exchange::ExchangeError;
use bithive_payload::PayloadError;
use bithive_state::StateError;

use crate::bad_copy::BadCopy;

/// Why a step failed.
#[derive(Debug, thiserror::Error)]
pub enum RequesterError {
    /// The chain refused or did not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Nothing on the chain permits the use of the data.
    #[error(transparent)]
    Grant(#[from] GrantError),
    /// A peer did not answer, or content is missing.
    #[error(transparent)]
    Exchange(#[from] ExchangeError),
    /// Own records can't be used.
    #[error(transparent)]
    State(#[from] StateError),
    /// The audit log can't be written, so the step is not taken.
    #[error(transparent)]
    Audit(#[from] AuditLogError),
    /// The committee did not give tags.
    #[error(transparent)]
    Committee(#[from] ServiceError),
    /// The policy does not fit the schema.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// The policy can't be sealed.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// Something malformed arrived or is stored.
    #[error(transparent)]
    Decode(#[from] DecodeError),
    /// A claim is refused.
    #[error(transparent)]
    Claim(#[from] ClaimError),
    /// The chosen set is malformed.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The set's keys do not fit.
    #[error(transparent)]
    Kem(#[from] KemError),
    /// The input can't be encrypted.
    #[error(transparent)]
    Envelope(#[from] EnvelopeError),
    /// A public key is malformed.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The output does not open.
    #[error(transparent)]
    Payload(#[from] PayloadError),
    /// Signatures can't be added up.
    #[error(transparent)]
    Bls(#[from] BlsError),
    /// A claim, a node's registration or an answer of the chain does not agree with what is known.
    #[error("{what} is not valid: {reason}")]
    Mismatch {
        /// What was compared, in words.
        what: &'static str,
        /// Why it is refused.
        reason: String,
    },
    /// A term of the offer is out of bounds.
    #[error("{option} is {found}; expected {expected}")]
    Term {
        /// The option of the command line that sets it.
        option: &'static str,
        /// What was given, with its unit.
        found: String,
        /// What can be given.
        expected: String,
    },
    /// The account can't pay for the job.
    #[error(
        "account {account} holds {}; expected at least {}, which is --price {} for each of {workers} workers (--workers): send it \
         the rest, or offer less",
        show(*held), show(*needed), show(*price)
    )]
    Funds {
        /// Address of the account.
        account: String,
        /// What it holds, in base units.
        held: u128,
        /// What the job takes, in base units.
        needed: u128,
        /// Price for each worker, in base units.
        price: u128,
        /// Number of workers.
        workers: u8,
    },
    /// The account can't pay for the job with credits.
    #[error(
        "account {account} holds {held} credits; the job takes {needed}, and --credits permits {most}: permit enough, wait until it has \
         earned them, or pay with BTT without --credits"
    )]
    Credits {
        /// Address of the account.
        account: String,
        /// Credits that it holds.
        held: u64,
        /// Credits that the job takes.
        needed: u128,
        /// Most credits that were permitted.
        most: u64,
    },
    /// Credits are of a contract that is not known.
    #[error(
        "--credits: the deployment of {chain_id} names no time bank; take a file of the network that does, or pay with BTT without \
         --credits"
    )]
    NoTimebank {
        /// Id of the chain.
        chain_id: String,
    },
    /// No member of the quorum has given the output.
    #[error(
        "no worker of the quorum has given the output of job {job_id}: {}; `bithive job result {job_id}` asks them again",
        list(bad)
    )]
    NoOutput {
        /// Number of the job.
        job_id: u64,
        /// Who was asked, and why there was nothing to be had.
        bad: Vec<BadCopy>,
    },
    /// Too few usable claims.
    #[error("job {job_id} has {found} usable claims for round {round}; expected at least {expected}")]
    TooFewClaims {
        /// Number of the job.
        job_id: u64,
        /// The round to assign.
        round: u8,
        /// Number of usable claims.
        found: usize,
        /// Number of workers that the job needs.
        expected: usize,
    },
    /// The escrow does not cover another round.
    #[error(
        "the workers of job {job_id} ask {} in all, its escrow holds {}; allow {} to be added (--add-escrow)",
        show(*asked), show(*escrow), show(*missing)
    )]
    Escrow {
        /// Number of the job.
        job_id: u64,
        /// Sum of the asks, in base units.
        asked: u128,
        /// What the job still holds, in base units.
        escrow: u128,
        /// What is asked beyond the escrow, in base units.
        missing: u128,
    },
    /// The job is in a phase in which this can't be done.
    #[error("job {job_id} is {phase}; {expected}")]
    Phase {
        /// Number of the job.
        job_id: u64,
        /// Phase that the chain says it is in.
        phase: String,
        /// The phase in which it can be done.
        expected: &'static str,
    },
    /// The job was posted by another version of the program.
    #[error(
        "job {job_id} was posted by another version of this program: its vault is of version {found}, expected {expected}, so no node \
         claims it. `bithive job cancel {job_id}` gives its escrow back, or `bithive job advance {job_id}` once its deadline has \
         passed; post it again then"
    )]
    OtherVersion {
        /// Number of the job.
        job_id: u64,
        /// Version of its vault.
        found: u8,
        /// The version that this program reads.
        expected: u8,
    },
    /// The job was posted by someone else, or its records are elsewhere.
    #[error(
        "job {job_id} is not in this requester's records; only the requester that posted it can continue it"
    )]
    NotOurs {
        /// Number of the job.
        job_id: u64,
    },
}

fn list(bad: &[BadCopy]) -> String {
    let each: Vec<String> = bad.iter().map(ToString::to_string).collect();
    each.join("; ")
}
