//! What a message to the registry can get wrong.

use bithive_api::registry::limits;
use bithive_attest::host::HostError;
use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_dgkbe::SlotError;
use bithive_dgkbe::opening::OpeningError;
use bithive_economics::BpsError;
use bithive_economics::tier::CapabilityError;
use bithive_threshold::least_threshold;
use cosmwasm_std::{HexBinary, OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;

/// Errors of the registry; none of them changes anything.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// A message of the owner or the proposed owner came from somebody else.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A point or a proof of possession is not valid.
    #[error(transparent)]
    Bls(#[from] HostError),
    /// An amount or a time left its range.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// A share is more than the whole.
    #[error(transparent)]
    Share(#[from] BpsError),
    /// The slot is in no group.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The account is registered already.
    #[error("{address} is registered already; expected an account without a role, which has one bond")]
    AlreadyRegistered {
        /// Address of the account.
        address: String,
    },
    /// The account has no bond here.
    #[error("{address} is not registered; expected a node or a requester")]
    NotRegistered {
        /// Address of the account.
        address: String,
    },
    /// The account has another role.
    #[error("{address} is no node; expected a node's account")]
    NotANode {
        /// Address of the account.
        address: String,
    },
    /// Attributes are required that nobody may vouch for.
    #[error(
        "attributes are required and no accreditors listed; expected at least one accreditor, or no requirement"
    )]
    NobodyToAccredit,
    /// The account is not in the list.
    #[error("{address} is no accreditor; see the query `accreditation`")]
    NotAnAccreditor {
        /// Address of the account.
        address: String,
    },
    /// The node has registered another commitment than the one that was seen opened.
    #[error(
        "the node's commitment is {registered}; expected that of what it has disclosed: ask it to disclose again"
    )]
    OtherCommitment {
        /// The commitment that it has registered.
        registered: HexBinary,
    },
    /// The node has committed to its attributes less than an unbonding time ago.
    #[error("the commitment to attributes can be replaced from {from} on, in Unix seconds")]
    CommittedRecently {
        /// The earliest time, in Unix seconds.
        from: u64,
    },
    /// A bond could leave before the epochs are over for which its owner has duties or tags.
    #[error(
        "params.unbonding_seconds is {unbonding_seconds}; expected at least {least}, {} epochs of \
         params.epoch_seconds, or shorter epochs",
        limits::EPOCHS_AT_STAKE
    )]
    UnbondingShort {
        /// Seconds between leaving and payment.
        unbonding_seconds: u64,
        /// Least for the length of an epoch.
        least: u64,
    },
    /// Too few tokens for the role.
    #[error("the bond is {found}; expected at least {least}")]
    BondTooSmall {
        /// Tokens sent, in base units.
        found: Uint128,
        /// Least bond of the role, in base units.
        least: Uint128,
    },
    /// The slot does not exist.
    #[error("slot is {slot}; expected 1 to {slots}")]
    SlotRange {
        /// The slot that was given.
        slot: u16,
        /// Number of slots of all groups.
        slots: u16,
    },
    /// The slot has an owner.
    #[error("slot {slot} has an owner; expected a free slot")]
    SlotTaken {
        /// Slot that was asked for.
        slot: u16,
    },
    /// The BLS key is registered already.
    #[error("bls_key is registered already; expected a fresh key")]
    BlsKeyTaken,
    /// The endpoint is in use by a node, a requester or a committee member.
    #[error("endpoint {endpoint} is registered already; expected a fresh key")]
    EndpointTaken {
        /// Transport endpoint (Ed25519 public key, 32 bytes).
        endpoint: HexBinary,
    },
    /// The participant is unbonding.
    #[error("{address} is unbonding until {until}; expected a bond that is not")]
    Unbonding {
        /// Address of the account.
        address: String,
        /// When the bond can be withdrawn, in Unix seconds.
        until: u64,
    },
    /// The participant is not unbonding.
    #[error("{address} is not unbonding; expected `unbond` first")]
    NotUnbonding {
        /// Address of the account.
        address: String,
    },
    /// A relay's URL is none.
    #[error(
        "relay is {found:?}, {problem}; expected http:// or https://, a host, optionally a port, no path, at most \
         {most} bytes"
    )]
    Relay {
        /// What was given, cut to that length.
        found: String,
        /// What is wrong with it.
        problem: &'static str,
        /// Longest URL allowed, in bytes.
        most: usize,
    },
    /// The unbonding time has not passed.
    #[error("the bond of {address} is locked until {until} and it is {now}; expected a later time")]
    TooEarly {
        /// Address of the account.
        address: String,
        /// When the bond can be withdrawn, in Unix seconds.
        until: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
    },
    /// The jobs contract is already set.
    #[error("the jobs contract is {jobs} already; it is set once")]
    JobsAlreadySet {
        /// Address of the jobs contract.
        jobs: String,
    },
    /// The committee has a size that its threshold does not fit.
    #[error(
        "threshold is {threshold} of {members} members; expected {} to {members}, so that who asks different members for \
         different values gets no more of them, and at most {most} members",
        least_threshold(*members)
    )]
    Committee {
        /// Members needed for one evaluation.
        threshold: u8,
        /// Number of members listed.
        members: usize,
        /// Most members allowed.
        most: usize,
    },
    /// An earlier version stored a committee, or terms of elections, that this one does not take.
    #[error(
        "the {what} in force has threshold {threshold} of {members} members; expected {least} or more. Set another one with \
         the version that is there, and migrate once it has been in office for an epoch"
    )]
    StoredThreshold {
        /// committee or election.
        what: &'static str,
        /// Members needed for one evaluation.
        threshold: u8,
        /// Members, or seats.
        members: usize,
        /// Least threshold for so many.
        least: usize,
    },
    /// A committee would begin in an epoch that has one already.
    #[error("from_epoch is {from_epoch}; expected {least} or later")]
    FromEpoch {
        /// First epoch given.
        from_epoch: u64,
        /// The earliest first epoch.
        least: u64,
    },
    /// Share keys are posted for the current or the next epoch.
    #[error("epoch is {epoch}; expected {current} or the one after it")]
    Epoch {
        /// The epoch that was given.
        epoch: u64,
        /// Epoch of the block.
        current: u64,
    },
    /// The member has already posted share keys for the epoch.
    #[error("{address} has posted share keys for epoch {epoch} already; they are final")]
    AlreadyPosted {
        /// Address of the member.
        address: String,
        /// Number of the epoch.
        epoch: u64,
    },
    /// The declared capability is out of bounds.
    #[error("capability: {0}")]
    Capability(#[from] CapabilityError),
    /// Only eligible nodes stand.
    #[error("{address} is no eligible node; expected a node with the least bond that is not unbonding")]
    NotEligible {
        /// Address of the account.
        address: String,
    },
    /// The node is already a candidate.
    #[error("{address} is already a candidate; `retire` first to stand with another endpoint")]
    AlreadyStanding {
        /// Address of the candidate.
        address: String,
    },
    /// There is no such candidate.
    #[error("{address} is not a candidate for the committee")]
    NotStanding {
        /// Address of the account.
        address: String,
    },
    /// The list of candidates is full of larger bonds.
    #[error("the bond is {found}, and the list of candidates is full; expected more than {least}")]
    ListFull {
        /// Bond of the sender, in base units.
        found: Uint128,
        /// Smallest bond in the list, in base units.
        least: Uint128,
    },
    /// No elections are held.
    #[error("elections are off; the owner names committees")]
    NoElections,
    /// The owner can't name a committee while elections are held.
    #[error("committees are elected; use `elect`, or turn elections off first")]
    ElectionsHeld,
    /// The committee of the epoch is already elected.
    #[error("the committee of epoch {epoch} is already elected; try again when that epoch has begun")]
    AlreadyElected {
        /// Number of the epoch.
        epoch: u64,
    },
    /// The next committee is elected in the first half of an epoch, so that it has the other half to agree on keys.
    #[error(
        "the committee of epoch {epoch} could be elected until {until}; try again when that epoch has begun. The present \
         committee continues"
    )]
    ElectionOver {
        /// Number of the epoch.
        epoch: u64,
        /// When the time ended, in Unix seconds.
        until: u64,
    },
    /// The sender has no seat to take.
    #[error("{address} has no seat to take; expected somebody who was elected and has not taken its seat")]
    NoSeat {
        /// Address of the account.
        address: String,
    },
    /// The member has nothing to do that it could be reported for.
    #[error("{address} has missed no duty of the committee; query `duties` for those who have")]
    NotAbsent {
        /// Address of the account.
        address: String,
    },
    /// The member's time for a duty is not over.
    #[error(
        "{address} has until {until} and at least {blocks} blocks, and it is {now}; report it after that"
    )]
    NotYetAbsent {
        /// Address of the account.
        address: String,
        /// From when on it can be reported, in Unix seconds.
        until: u64,
        /// Time of the block, in Unix seconds.
        now: u64,
        /// Blocks that it has at least.
        blocks: u64,
    },
    /// Too few candidates for all seats.
    #[error("there are {found} candidates; expected at least {expected}. The present committee continues")]
    TooFewCandidates {
        /// Candidates there are.
        found: usize,
        /// Number of seats.
        expected: usize,
    },
    /// Registrations, candidates and elections are refused.
    #[error("registrations, candidacies and elections are paused; bonds can still be added to and withdrawn")]
    Paused,
    /// An opening of a key or of the reference string proves nothing.
    #[error(transparent)]
    Opening(#[from] OpeningError),
    /// The accused has no key here.
    #[error("{address} is not a node; expected the account of a registered node")]
    NotNode {
        /// Address of the account.
        address: String,
    },
    /// The key was already proven malformed.
    #[error("the key of {address} is proven malformed already; expected a key that is not")]
    AlreadyProven {
        /// Address of the node.
        address: String,
    },
    /// A setting that waits, or does not.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
