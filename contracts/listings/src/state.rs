//! Storage: what is kept, under which key. cw-ownable keeps `ownership`, cw2 `contract_info`, the contract kit `held` and `claimable`,
//! `paused`, and the settings that wait.

use bithive_api::listings::{Asset, Content, Drand, State, Terms};
use bithive_drand::Chain;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, HexBinary, StdError, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// What holds for the life of the contract.
pub const CONFIG: Item<Config> = Item::new("config");
/// Number of the next listing; 1 if absent.
pub const NEXT_LISTING: Item<u64> = Item::new("next_listing");
/// Number of the next challenge; 1 if absent.
pub const NEXT_CHALLENGE: Item<u64> = Item::new("next_challenge");
/// Categories by name.
pub const CATEGORIES: Map<&str, Category> = Map::new("categories");
/// Terms that categories have or had, by their number.
pub const TERMS: Map<(&str, u32), Terms<Addr>> = Map::new("terms");
/// Listings by number.
pub const LISTINGS: Map<u64, Listing> = Map::new("listings");
/// What is listed, by number: apart, so that a juror's duties do not write it again.
pub const CONTENTS: Map<u64, Content> = Map::new("contents");
/// Open challenges, by the number of their listing.
pub const CHALLENGES: Map<u64, Challenge> = Map::new("challenges");
/// Listings of each category.
pub const IN_CATEGORY: Map<(&str, u64), Empty> = Map::new("in_category");
/// Listings of each owner, challenger and juror.
pub const OF_PARTY: Map<(&Addr, u64), Empty> = Map::new("of_party");
/// Labels, by listing and labeller.
pub const LABELS: Map<(u64, &Addr), String> = Map::new("labels");

/// What holds for the life of the contract.
#[cw_serde]
pub struct Config {
    /// Account that gets the treasury's parts.
    pub treasury: Addr,
    /// Network whose rounds draw jurors, checked at instantiation.
    pub drand: Drand,
}

impl Config {
    /// The network whose rounds draw jurors.
    ///
    /// # Errors
    /// A stored network that instantiation excludes.
    pub fn network(&self) -> StdResult<Chain> {
        let Drand { public_key, genesis, period } = &self.drand;
        let wrong = || StdError::generic_err("the stored drand network has no key of 96 bytes, or no period");
        Chain::of_key(public_key, *genesis, *period).ok_or_else(wrong)
    }
}

/// A category; its terms are in [`TERMS`].
#[cw_serde]
pub struct Category {
    /// Number of the present terms, from 1.
    pub number: u32,
    /// Whether its owners are jurors.
    pub jurors: bool,
    /// Whether listings are taken.
    pub open: bool,
    /// Accounts that may label its listings.
    pub labellers: Vec<Addr>,
}

/// A listing that is not gone.
#[cw_serde]
pub struct Listing {
    /// Name of its category.
    pub category: String,
    /// Number of the terms that it stands under.
    pub terms: u32,
    /// Account that has made it.
    pub owner: Addr,
    /// How often its content was stated, from 1.
    pub revision: u32,
    /// What its bond is paid in: the terms' asset.
    pub asset: Asset<Addr>,
    /// Base units of the bond that are left.
    pub bond: Uint128,
    /// Where it stands, but for an open challenge.
    pub state: State,
    /// How often the bond of the last challenge was doubled, and when that ended (Unix seconds); none before the first.
    pub challenged: Option<(u32, u64)>,
    /// Challenges that nobody decided.
    pub unruled: u32,
    /// The seat that it has in its category's pool; only active ones of jurors have one.
    pub seat: Option<u32>,
    /// Cases that its owner has to judge.
    pub cases: u32,
}

/// An open challenge.
#[cw_serde]
pub struct Challenge {
    /// Its number, from 1.
    pub number: u64,
    /// Account that has made it.
    pub challenger: Addr,
    /// Its bond, in the listing's asset.
    pub bond: Uint128,
    /// How often that was doubled.
    pub doublings: u32,
    /// The revision that it is about.
    pub revision: u32,
    /// SHA-256 of the evidence.
    pub evidence: HexBinary,
    /// Where the evidence is to be read.
    pub uri: String,
    /// When it was made, Unix seconds.
    pub opened: u64,
    /// Until when the ruler rules, jurors are drawn, or those that were drawn vote, Unix seconds.
    pub deadline: u64,
    /// Round that draws the jurors; none once they are drawn, and with a named ruler.
    pub round: Option<u64>,
    /// The jurors that were drawn.
    pub jurors: Vec<Juror>,
}

/// A juror of a case.
#[cw_serde]
pub struct Juror {
    /// Number of its own listing.
    pub id: u64,
    /// Owner of that listing.
    pub juror: Addr,
    /// Its vote: whether the challenger is right.
    pub upheld: Option<bool>,
}

/// The listing `id`.
///
/// # Errors
/// [`ContractError::NoListing`].
pub fn listing(storage: &dyn Storage, id: u64) -> Result<Listing, ContractError> {
    LISTINGS.may_load(storage, id)?.ok_or(ContractError::NoListing { id })
}

/// The open challenge of listing `id`.
///
/// # Errors
/// [`ContractError::NoChallenge`].
pub fn challenge(storage: &dyn Storage, id: u64) -> Result<Challenge, ContractError> {
    CHALLENGES.may_load(storage, id)?.ok_or(ContractError::NoChallenge { id })
}

/// The open challenge of listing `id`, which must be the one of this number: a decision on one does not count for the next.
///
/// # Errors
/// [`ContractError::NoChallenge`], [`ContractError::OtherChallenge`].
pub fn challenge_of(storage: &dyn Storage, id: u64, number: u64) -> Result<Challenge, ContractError> {
    let open = challenge(storage, id)?;
    if open.number == number {
        return Ok(open);
    }
    Err(ContractError::OtherChallenge { id, found: number, expected: open.number })
}

impl Listing {
    /// The terms that it stands under.
    ///
    /// # Errors
    /// Storage.
    pub fn terms(&self, storage: &dyn Storage) -> StdResult<Terms<Addr>> {
        TERMS.load(storage, (&self.category, self.terms))
    }
}

/// Refuses what an open challenge excludes.
///
/// # Errors
/// [`ContractError::Challenged`].
pub(crate) fn expect_unchallenged(storage: &dyn Storage, id: u64) -> Result<(), ContractError> {
    if CHALLENGES.has(storage, id) { Err(ContractError::Challenged { id }) } else { Ok(()) }
}

/// Refuses what only an active listing may do.
///
/// # Errors
/// [`ContractError::NotActive`].
pub(crate) fn expect_active(listing: &Listing, id: u64) -> Result<(), ContractError> {
    if listing.state == State::Active { Ok(()) } else { Err(ContractError::NotActive { id }) }
}
