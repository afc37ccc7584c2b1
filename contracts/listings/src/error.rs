//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::delay::DelayError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_drand::DrandError;
use cosmwasm_std::{OverflowError, StdError, Uint128};
use cw_ownable::OwnershipError;
use cw_utils::PaymentError;

/// Errors of the contract; none of them changes anything.
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
    /// The sender is not the owner, or not the proposed one.
    #[error(transparent)]
    Ownership(#[from] OwnershipError),
    /// A setting does not wait, or can't take effect.
    #[error(transparent)]
    Delay(#[from] DelayError),
    /// A bond in native coins is one coin.
    #[error("{0}; expected the bond in coins of one denomination")]
    Coin(#[from] PaymentError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// The beacon does not verify, or the network's clock can't be read.
    #[error(transparent)]
    Drand(#[from] DrandError),
    /// A number can't be counted any further.
    #[error("a number is at its largest value; nothing can be added")]
    Numbers,
    /// The contract takes no bonds now.
    #[error("listings are paused; challenges, leaving and payments go on")]
    Paused,
    /// The name of a category has other characters.
    #[error("name is {found:?}; expected a-z, 0-9 and hyphens only")]
    Name {
        /// Name that was given.
        found: String,
    },
    /// Jurors are drawn from a category of jurors.
    #[error("the ruler is jurors of {found:?}, which is no category of jurors; make it first")]
    NoPool {
        /// Name that was given.
        found: String,
    },
    /// A category of jurors stays one, and no other becomes one.
    #[error("category {category} has jurors = {jurors}, for good; make another category")]
    Jurors {
        /// Name of the category.
        category: String,
        /// Whether its owners are jurors.
        jurors: bool,
    },
    /// The bond of jurors never falls.
    #[error("the bond of category {category} is {bond} of {asset}; expected that asset and no less")]
    Cheaper {
        /// Name of the category.
        category: String,
        /// Asset of its bond, as text.
        asset: String,
        /// Its bond, in base units.
        bond: Uint128,
    },
    /// There is no such category.
    #[error("there is no category {found:?}")]
    NoCategory {
        /// Name that was given.
        found: String,
    },
    /// The category takes no listings.
    #[error("category {category} takes no listings now")]
    Closed {
        /// Name of the category.
        category: String,
    },
    /// Other terms than the present ones.
    #[error(
        "terms {found} of category {category} were named; the present ones are {present}: read them first"
    )]
    OtherTerms {
        /// Name of the category.
        category: String,
        /// Number that was named.
        found: u32,
        /// Number of the present terms.
        present: u32,
    },
    /// Another asset than that of bonds.
    #[error("the asset is {found}; expected {expected}, which bonds are paid in")]
    WrongAsset {
        /// Asset that was found, as text.
        found: String,
        /// Asset of the bonds, as text.
        expected: String,
    },
    /// An account has one seat in a pool.
    #[error(
        "this account has a seat in category {category} already, by listing {id}; one is all that an account has"
    )]
    Seated {
        /// Number of its listing.
        id: u64,
        /// Name of the category.
        category: String,
    },
    /// There is no such listing.
    #[error("there is no listing {id}; it was never made, or its owner has left")]
    NoListing {
        /// Number that was asked for.
        id: u64,
    },
    /// The listing leaves, or was removed.
    #[error("listing {id} is leaving or was removed; expected one that is active")]
    NotActive {
        /// Number of the listing.
        id: u64,
    },
    /// The listing does not leave.
    #[error("listing {id} is not leaving; its owner may ask for that first")]
    NotLeaving {
        /// Number of the listing.
        id: u64,
    },
    /// The bond still stands.
    #[error("the bond of listing {id} stands until {ends}, and it is {now} (Unix seconds)")]
    Stands {
        /// Number of the listing.
        id: u64,
        /// When it returns.
        ends: u64,
        /// Time of the block.
        now: u64,
    },
    /// The listing's time is over: its bond is due.
    #[error(
        "the bond of listing {id} stood until {ends}, and it is {now} (Unix seconds); it can't be challenged any more"
    )]
    Over {
        /// Number of the listing.
        id: u64,
        /// Until when it stood.
        ends: u64,
        /// Time of the block.
        now: u64,
    },
    /// The juror has open cases.
    #[error(
        "the owner of listing {id} judges {cases} open cases as a juror; anybody may advance them after their deadlines"
    )]
    OnCase {
        /// Number of the listing.
        id: u64,
        /// Cases that are open.
        cases: u32,
    },
    /// An update that changes nothing.
    #[error("nothing of listing {id} would change; expected a content, terms or both")]
    NothingNew {
        /// Number of the listing.
        id: u64,
    },
    /// The bond is less than the terms ask for.
    #[error("the bond of listing {id} is {found}; expected {expected}: add the rest first")]
    Short {
        /// Number of the listing.
        id: u64,
        /// Its bond, in base units.
        found: Uint128,
        /// Bond of the terms.
        expected: Uint128,
    },
    /// There is nothing to cut.
    #[error("listing {id} has no bond left")]
    NoBond {
        /// Number of the listing.
        id: u64,
    },
    /// Somebody has challenged it before.
    #[error("listing {id} is challenged; expected that to end first")]
    Challenged {
        /// Number of the listing.
        id: u64,
    },
    /// Nobody has challenged it.
    #[error("listing {id} is not challenged; a challenge was never made, or it has ended")]
    NoChallenge {
        /// Number of the listing.
        id: u64,
    },
    /// Another challenge than the open one.
    #[error("challenge {found} of listing {id} was named; the open one is {expected}")]
    OtherChallenge {
        /// Number of the listing.
        id: u64,
        /// Number that was named.
        found: u64,
        /// Number of the open challenge.
        expected: u64,
    },
    /// Too few jurors to draw from.
    #[error(
        "category {category} has {found} jurors; expected {} or more to draw from",
        crate::seats::LEAST_SEATED
    )]
    FewJurors {
        /// Name of the category of jurors.
        category: String,
        /// Jurors that have a seat.
        found: u32,
    },
    /// No draw is open.
    #[error("no draw is open for listing {id}; its jurors are drawn, or its ruler is named")]
    NoDraw {
        /// Number of the listing.
        id: u64,
    },
    /// Nobody was drawn.
    #[error("the sender is no juror of listing {id}")]
    NoJurors {
        /// Number of the listing.
        id: u64,
    },
    /// A vote is final.
    #[error("{juror} has voted on listing {id} already; a vote is final")]
    Voted {
        /// Number of the listing.
        id: u64,
        /// Address of the juror.
        juror: String,
    },
    /// The deadline has passed.
    #[error("the deadline was {deadline}, and it is {now} (Unix seconds); anybody may advance listing {id}")]
    TooLate {
        /// Number of the listing.
        id: u64,
        /// The deadline, in Unix seconds.
        deadline: u64,
        /// Time of the block.
        now: u64,
    },
    /// The challenge is open.
    #[error(
        "the challenge of listing {id} is open until {deadline}, and it is {now} (Unix seconds); a ruling or the last vote ends it before"
    )]
    Open {
        /// Number of the listing.
        id: u64,
        /// The deadline, in Unix seconds.
        deadline: u64,
        /// Time of the block.
        now: u64,
    },
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
