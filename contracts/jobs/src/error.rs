//! Why a message is refused.

use bithive_api::jobs::{Phase, limits};
use bithive_attest::host::HostError;
use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_dgkbe::slots::SlotError;
use bithive_economics::{BpsError, SplitError};
use cosmwasm_std::{HexBinary, StdError, Uint128};

/// Why a message was refused; nothing was changed.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, serialisation, an address, or a query.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// The split is not the whole.
    #[error(transparent)]
    Split(#[from] SplitError),
    /// A BLS key or signature.
    #[error(transparent)]
    Bls(#[from] HostError),
    /// The mask names no valid set of slots.
    #[error("mask: {0}")]
    Mask(#[from] SlotError),

    /// The payment token is not the registry's bond token.
    #[error("token is {found}; expected the registry's bond token {expected}")]
    OtherToken {
        /// The token given.
        found: String,
        /// Token that the registry bonds.
        expected: String,
    },
    /// The registry's unbonding time is too short: a node could leave before its job ends.
    #[error("the registry's unbonding_seconds is {found}; expected more than {}", limits::MAX_LIFE_SECONDS)]
    UnbondingTooShort {
        /// Unbonding time of the registry, in seconds.
        found: u64,
    },

    /// The quorum (q) is out of bounds.
    #[error("quorum is {found} of {workers} workers; expected more than half of them and at most all")]
    Quorum {
        /// The quorum that was given.
        found: u8,
        /// Number of workers of the job (k).
        workers: u8,
    },
    /// The assignment window is in the past or too long.
    #[error("assign_by is {found}; expected after now ({now}) and at most {latest}")]
    AssignBy {
        /// Time given, in Unix seconds.
        found: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
        /// Latest time allowed, in Unix seconds.
        latest: u64,
    },
    /// price * workers does not fit an amount.
    #[error("price {price} times {workers} workers does not fit 128 bits; expected a smaller price")]
    PriceOverflow {
        /// Price per worker, in base units.
        price: Uint128,
        /// Number of workers of the job (k).
        workers: u8,
    },

    /// There is no such job.
    #[error("there is no job {job_id}")]
    NoJob {
        /// The number given.
        job_id: u64,
    },
    /// The job's state does not allow this.
    #[error("job {job_id} is {found:?}; expected {expected}")]
    WrongPhase {
        /// Number of the job, from 1.
        job_id: u64,
        /// State that the job is in.
        found: Phase,
        /// The states that allow it.
        expected: &'static str,
    },
    /// The state's deadline has passed; anyone may advance the job.
    #[error("the deadline of job {job_id} in phase {phase:?} was {deadline}, and it is {now}; use `advance`")]
    TooLate {
        /// Number of the job, from 1.
        job_id: u64,
        /// State that the job is in.
        phase: Phase,
        /// Last second in which the message is accepted, Unix time.
        deadline: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// The deadline has not passed, so there is nothing to advance.
    #[error("job {job_id} is {phase:?} until {deadline}, and it is {now}; expected a later time")]
    TooEarly {
        /// Number of the job.
        job_id: u64,
        /// State that the job is in.
        phase: Phase,
        /// Last second of the state, Unix time.
        deadline: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },

    /// The mask selects too few or too many workers.
    #[error("mask selects {found} slots; expected {expected}")]
    SlotCount {
        /// Number of slots selected.
        found: usize,
        /// Number of workers of the job (k).
        expected: u8,
    },
    /// Not one header for each group that the mask touches.
    #[error("headers have {found} bytes; the mask touches {groups} groups, which takes {expected}")]
    Headers {
        /// Number of bytes given.
        found: usize,
        /// Groups with a worker.
        groups: usize,
        /// Bytes that their headers take.
        expected: usize,
    },
    /// Too few or too many asks.
    #[error("there are {found} asks; expected {expected}, one for each worker in slot order")]
    AskCount {
        /// Number of asks given.
        found: usize,
        /// Number of workers of the job (k).
        expected: u8,
    },
    /// An ask is 0 or above the job's price.
    #[error("ask of the worker at slot {slot} is {found}; expected 1 to {most}")]
    Ask {
        /// The worker's DGKBE slot, from 1.
        slot: u16,
        /// Ask given, in base units.
        found: Uint128,
        /// The job's price.
        most: Uint128,
    },
    /// The asks exceed the escrow.
    #[error("asks sum to {found}; expected at most the escrow {escrow}")]
    AskSum {
        /// Sum of the asks, in base units.
        found: Uint128,
        /// The job's escrow.
        escrow: Uint128,
    },
    /// A chosen slot has no node.
    #[error("slot {slot} is free; expected the slot of an eligible node")]
    SlotFree {
        /// DGKBE slot, from 1.
        slot: u16,
    },
    /// A chosen node may not be chosen.
    #[error("node {address} at slot {slot} is not eligible: its bond is too small or it is unbonding")]
    NotEligible {
        /// DGKBE slot, from 1.
        slot: u16,
        /// Account of the node.
        address: String,
    },
    /// The node failed this job before.
    #[error("node {address} at slot {slot} was at fault in an earlier round of this job")]
    FaultedBefore {
        /// DGKBE slot, from 1.
        slot: u16,
        /// Account of the node.
        address: String,
    },
    /// The node's bond does not cover another round.
    #[error(
        "node {address} at slot {slot} is bound in {open} open rounds; its bond {bond} must cover {each} for each and one more: \
         choose another node, or wait until one of its rounds ends"
    )]
    BondBound {
        /// DGKBE slot, from 1.
        slot: u16,
        /// Account of the node.
        address: String,
        /// Its bond, in base units.
        bond: Uint128,
        /// Rounds that it is bound in.
        open: u32,
        /// What a fault costs, in base units.
        each: Uint128,
    },
    /// A worker that is kept asks for what is left of its ask.
    #[error(
        "the worker at slot {slot} stays from the failed round and asks {found}; expected what is left of its ask, {expected}"
    )]
    KeptAsk {
        /// DGKBE slot, from 1.
        slot: u16,
        /// Ask given, in base units.
        found: Uint128,
        /// Its earlier ask less what it was paid for the failed round.
        expected: Uint128,
    },
    /// The same workers would find the same again.
    #[error("all workers stay from the failed round of job {job_id}; expected at least one that is new")]
    NobodyNew {
        /// Number of the job, from 1.
        job_id: u64,
    },
    /// Every round is about the same input.
    #[error("input_commitment is {found}; expected that of the job's first round, {expected}")]
    OtherInput {
        /// The commitment given.
        found: HexBinary,
        /// That of the rounds before.
        expected: HexBinary,
    },
    /// The requester has no bond.
    #[error(
        "{address} is not registered as a requester with the bond that the registry asks for; register it first, or add to its bond"
    )]
    RequesterBond {
        /// Account of the requester.
        address: String,
    },
    /// A worker signs once.
    #[error("{address} has already signed in round {round} of job {job_id}")]
    AlreadySigned {
        /// Number of the job, from 1.
        job_id: u64,
        /// Round of the job, from 1.
        round: u8,
        /// Address that sent the message.
        address: String,
    },
    /// The registry answered for another number of slots.
    #[error("the registry answered for {found} slots; expected {expected}")]
    RegistryAnswer {
        /// Number of rows in the answer.
        found: usize,
        /// Slots asked for.
        expected: usize,
    },

    /// The grants are of another registry.
    #[error("the grants' registry is {found}; expected that of this market, {expected}")]
    OtherRegistry {
        /// Registry that the grants ask.
        found: String,
        /// Registry of this market.
        expected: String,
    },
    /// Nobody can be asked about consents.
    #[error(
        "this market asks no contract about consents, so it takes no job that names any; post without `bases`, or see `set_grants`"
    )]
    NoGrants,
    /// A consent or an emergency does not permit the use.
    #[error(
        "{requester} may not use the data of {subject}: what permits it is {standing}; expected a consent to this requester that is live"
    )]
    NotPermitted {
        /// Who wants to use the data.
        requester: String,
        /// Whose data it is.
        subject: String,
        /// unknown, revoked or expired.
        standing: &'static str,
    },
    /// The grants answered for another number of bases.
    #[error("the grants answered for {found} bases; expected {expected}")]
    GrantsAnswer {
        /// Number of rows in the answer.
        found: usize,
        /// Bases asked for.
        expected: usize,
    },

    /// A worker commits once.
    #[error("{address} has already committed in round {round} of job {job_id}")]
    AlreadyCommitted {
        /// Number of the job, from 1.
        job_id: u64,
        /// Round of the job, from 1.
        round: u8,
        /// Address that sent the message.
        address: String,
    },
    /// A worker that did not commit can't reveal.
    #[error("{address} has not committed in round {round} of job {job_id}")]
    NotCommitted {
        /// Number of the job, from 1.
        job_id: u64,
        /// Round of the job, from 1.
        round: u8,
        /// Address that sent the message.
        address: String,
    },
    /// A worker reveals once.
    #[error("{address} has already revealed in round {round} of job {job_id}")]
    AlreadyRevealed {
        /// Number of the job, from 1.
        job_id: u64,
        /// Round of the job, from 1.
        round: u8,
        /// Address that sent the message.
        address: String,
    },
    /// The reveal does not open the commitment.
    #[error("the masked result, output and nonce of {address} do not open its commitment")]
    CommitmentMismatch {
        /// Address that sent the message.
        address: String,
    },

    /// Somebody outside the quorum is named as a signer.
    #[error("job {job_id}: signers {signers:#b} are not all in the quorum {quorum:#b}")]
    SignerOutsideQuorum {
        /// Number of the job, from 1.
        job_id: u64,
        /// Bit mask of the named signers.
        signers: u32,
        /// Bit mask of the quorum.
        quorum: u32,
    },
    /// Too few signers.
    #[error("job {job_id}: {found} members of the quorum signed; expected at least {expected}")]
    TooFewSigners {
        /// Number of the job, from 1.
        job_id: u64,
        /// Number of signers in the quorum.
        found: u32,
        /// Signers needed (q).
        expected: u8,
    },
    /// A job is listed twice or out of order.
    #[error("statements list job {job_id} after job {before}; expected ascending numbers, each once")]
    FinalizationOrder {
        /// Number of the job, from 1.
        job_id: u64,
        /// The one before it.
        before: u64,
    },
    /// No batch begins with this job.
    #[error("there is no batch {batch}; expected the first job of one")]
    NoBatch {
        /// The number given.
        batch: u64,
    },
    /// The named model owner is not the registered one.
    #[error("model_owner {found} is not who the model pays, {expected}; expected that or null")]
    OtherModelOwner {
        /// Account that was named.
        found: String,
        /// Receiver of the model's share, or in words that there is none.
        expected: String,
    },
    /// The named data owner has not let the requester name it.
    #[error(
        "data_owner {found} does not let {requester} name it; expected its consent in the contract of models, and somebody else than the requester"
    )]
    NoConsent {
        /// Account that was named.
        found: String,
        /// Account of the requester.
        requester: String,
    },
    /// A share above the whole.
    #[error(transparent)]
    Share(#[from] BpsError),
    /// New jobs are refused.
    #[error("new jobs are paused; posted jobs and withdrawals continue")]
    Paused,
    /// A job is reported once.
    #[error("job {job_id} was already reported")]
    AlreadyReported {
        /// Number of the job.
        job_id: u64,
    },
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
    /// A reply that this contract did not ask for.
    #[error("reply {id} is unknown")]
    UnknownReply {
        /// Id of the reply.
        id: u64,
    },
}
