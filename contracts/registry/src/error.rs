//! What a message to the registry can get wrong.

use bithive_attest::host::HostError;
use bithive_contract_kit::InputError;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_dgkbe::SlotError;
use bithive_dgkbe::opening::OpeningError;
use bithive_economics::BpsError;
use bithive_economics::tier::CapabilityError;
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
    /// A slot that no group has.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// The account is registered already.
    #[error("{address} is registered already; expected an account without a role, which has one bond")]
    AlreadyRegistered {
        /// The account.
        address: String,
    },
    /// The account has no bond here.
    #[error("{address} is not registered; expected a node or a requester")]
    NotRegistered {
        /// The account.
        address: String,
    },
    /// Too few tokens for the role.
    #[error("the bond is {found}; expected at least {least}")]
    BondTooSmall {
        /// Tokens sent.
        found: Uint128,
        /// Least bond of the role.
        least: Uint128,
    },
    /// The slot does not exist.
    #[error("slot is {slot}; expected 1 to {slots}")]
    SlotRange {
        /// What was given.
        slot: u16,
        /// Slots of the group.
        slots: u16,
    },
    /// The slot has an owner.
    #[error("slot {slot} has an owner; expected a free slot")]
    SlotTaken {
        /// The slot.
        slot: u16,
    },
    /// The BLS key is registered already.
    #[error("bls_key is registered already; expected a fresh key")]
    BlsKeyTaken,
    /// The endpoint is in use by a node, a requester or a committee member.
    #[error("endpoint {endpoint} is registered already; expected a fresh key")]
    EndpointTaken {
        /// The endpoint.
        endpoint: HexBinary,
    },
    /// The account is on its way out.
    #[error("{address} is unbonding until {until}; expected a bond that is not")]
    Unbonding {
        /// The account.
        address: String,
        /// When the bond can be withdrawn.
        until: u64,
    },
    /// The bond was not asked back.
    #[error("{address} is not unbonding; expected `unbond` first")]
    NotUnbonding {
        /// The account.
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
        /// Longest URL.
        most: usize,
    },
    /// The unbonding time has not passed.
    #[error("the bond of {address} is locked until {until} and it is {now}; expected a later time")]
    TooEarly {
        /// The account.
        address: String,
        /// When the bond can be withdrawn.
        until: u64,
        /// The block's time.
        now: u64,
    },
    /// The jobs contract is named once.
    #[error("the jobs contract is {jobs} already; it is set once")]
    JobsAlreadySet {
        /// The jobs contract.
        jobs: String,
    },
    /// The committee has a size that its threshold does not fit.
    #[error(
        "threshold is {threshold} of {members} members; expected 2 to {members}, and at most {most} members"
    )]
    Committee {
        /// Members needed for one evaluation.
        threshold: u8,
        /// Members listed.
        members: usize,
        /// Most members.
        most: usize,
    },
    /// A committee would begin in an epoch that has one already.
    #[error("from_epoch is {from_epoch}; expected {least} or later")]
    FromEpoch {
        /// What was given.
        from_epoch: u64,
        /// The earliest first epoch.
        least: u64,
    },
    /// Share keys are posted for the current or the next epoch.
    #[error("epoch is {epoch}; expected {current} or the one after it")]
    Epoch {
        /// What was given.
        epoch: u64,
        /// Epoch of the block.
        current: u64,
    },
    /// Share keys are posted once.
    #[error("{address} has posted share keys for epoch {epoch} already; they are final")]
    AlreadyPosted {
        /// The member.
        address: String,
        /// The epoch.
        epoch: u64,
    },
    /// A capability that no machine has.
    #[error("capability: {0}")]
    Capability(#[from] CapabilityError),
    /// Only eligible nodes stand.
    #[error("{address} is no eligible node; expected a node with the least bond that is not unbonding")]
    NotEligible {
        /// The account.
        address: String,
    },
    /// A candidate stands once.
    #[error("{address} is already a candidate; `retire` first to stand with another endpoint")]
    AlreadyStanding {
        /// The candidate.
        address: String,
    },
    /// There is no such candidate.
    #[error("{address} is not a candidate for the committee")]
    NotStanding {
        /// The account.
        address: String,
    },
    /// The list of candidates is full of larger bonds.
    #[error("the bond is {found}, and the list of candidates is full; expected more than {least}")]
    ListFull {
        /// The bond.
        found: Uint128,
        /// Smallest bond in the list.
        least: Uint128,
    },
    /// The owner names committees.
    #[error("elections are off; the owner names committees")]
    NoElections,
    /// Committees are elected.
    #[error("committees are elected; use `elect`, or turn elections off first")]
    ElectionsHeld,
    /// A committee is elected once for an epoch.
    #[error("the committee of epoch {epoch} is already elected; try again when that epoch has begun")]
    AlreadyElected {
        /// The epoch.
        epoch: u64,
    },
    /// Too few candidates for all seats.
    #[error("there are {found} candidates; expected at least {expected}. The present committee continues")]
    TooFewCandidates {
        /// Candidates there are.
        found: usize,
        /// Seats.
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
        /// The account.
        address: String,
    },
    /// A key is malformed once.
    #[error("the key of {address} is proven malformed already; expected a key that is not")]
    AlreadyProven {
        /// The node.
        address: String,
    },
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
