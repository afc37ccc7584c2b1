//! `listings`: a bond that anyone may challenge.
//!
//! The owner of a listing puts a bond behind something that others rely on: a program, an appraiser, an arbiter, a juror. Who
//! says that it is not what it claims to be puts a bond against it, and the ruler of the category decides: an account or contract that
//! the category names, or seven jurors, drawn by a round of drand that nobody knew when the challenge was made. Who loses
//! pays half of its bond to who wins; the treasury, and jurors who voted with the majority, have the rest. Without a ruling
//! both bonds return.
//!
//! ```text
//!            List                    Challenge (anyone)
//!   owner ----------> Active <-------------------------------> Challenged
//!                       |      Rule, votes: rejected; no ruling     |  Rule, votes: upheld
//!                 Leave |                                           +-----------------------> Removed
//!                       v                                           ^
//!                    Leaving --- Challenge (anyone): back here, if it is not upheld
//!                       |
//!                       '-- Finish (anyone), after its time --> gone, the bond is the owner's
//! ```

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

pub use crate::asset::Asset;
pub use crate::drand::Drand;
use crate::event::{events, names};

/// Bounds of what categories and listings may state.
pub mod limits {
    use cosmwasm_std::Uint128;

    /// Most bytes of a category's name: lower-case letters, digits and hyphens.
    pub const MAX_CATEGORY: usize = 32;
    /// Most that the bond of a category may be, in base units: doubled as often as repeats may, it fits 128 bits.
    pub const MAX_BOND: Uint128 = Uint128::new(u128::MAX >> 8);
    /// Least and most of [`Terms::unbond_seconds`](super::Terms::unbond_seconds): an hour and a year.
    pub const UNBOND_SECONDS: (u64, u64) = (3_600, 365 * 86_400);
    /// Least and most of [`Terms::ruling_seconds`](super::Terms::ruling_seconds): an hour and 60 days.
    pub const RULING_SECONDS: (u64, u64) = (3_600, 60 * 86_400);
    /// Most contracts that may cut the bonds of a category.
    pub const MAX_SLASHERS: usize = 4;
    /// Most accounts that may label the listings of a category.
    pub const MAX_LABELLERS: usize = 4;
    /// Jurors of a case.
    pub const JURORS: usize = 7;
    /// Seats that one draw looks at to find them, so that no draw reads a whole pool.
    pub const MAX_TRIES: usize = 64;
    /// Seconds after the time of a challenge's block from which the round of its draw is taken: a block's time may be behind the clocks of
    /// those who see drand's rounds.
    pub const DRAW_MARGIN_SECONDS: u64 = 60;
    /// Most characters of the name of what is listed.
    pub const MAX_NAME: usize = 64;
    /// Most bytes of an address where more is to be read.
    pub const MAX_URI: usize = 256;
    /// Most characters of a reason.
    pub const MAX_REASON: usize = 256;
    /// Most characters of a label.
    pub const MAX_LABEL: usize = 64;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

events! {
    //! What the contract announces. Amounts are in base units of `asset`, or of the listing's asset where there is none.

    /// A category has new terms, or opens or closes. They bind listings that are made or updated from now on.
    Category, CATEGORY = "listing_category" { category: String, terms: u32, asset: Asset<Addr>, bond: Uint128, open: bool }
    /// Something was listed with a bond.
    Listed, LISTED = "listing_listed" { id: u64, category: String, terms: u32, owner: Addr, asset: Asset<Addr>, amount: Uint128 }
    /// A bond has grown to `bond`.
    ToppedUp, TOPPED_UP = "listing_topped_up" { id: u64, by: Addr, amount: Uint128, bond: Uint128 }
    /// What is listed has changed, or stands under later terms.
    Updated, UPDATED = "listing_updated" { id: u64, revision: u32, terms: u32 }
    /// The owner wants its bond back. It stands until `ends`, in Unix seconds.
    Leaving, LEAVING = "listing_leaving" { id: u64, ends: u64 }
    /// A listing is gone, and its bond is the owner's.
    Left, LEFT = "listing_left" { id: u64, owner: Addr, asset: Asset<Addr>, amount: Uint128 }
    /// Somebody says that a revision is not what it claims. `round` is that of the draw of jurors, where there are any.
    Challenged, CHALLENGED = "listing_challenged" { id: u64, challenge: u64, revision: u32, challenger: Addr, asset: Asset<Addr>, amount: Uint128, evidence: HexBinary, deadline: u64, round: Option<u64> }
    /// Jurors were drawn, who vote until `deadline`, in Unix seconds.
    Drawn, DRAWN = "listing_drawn" { id: u64, challenge: u64, jurors: Vec<Addr>, deadline: u64 }
    /// Too many of the seats that were drawn are empty: the next draw is by `round`.
    Redrawn, REDRAWN = "listing_redrawn" { id: u64, challenge: u64, round: u64 }
    /// A juror has voted.
    Voted, VOTED = "listing_voted" { id: u64, challenge: u64, juror: Addr, upheld: bool }
    /// A juror, whose own listing is `id`, did not vote on listing `case`, and loses `amount` of its bond.
    Silent, SILENT = "listing_silent" { id: u64, case: u64, juror: Addr, amount: Uint128, bond: Uint128 }
    /// A challenge has ended. `lost` is the bond of who lost; `won` of it is the winner's, `juror` that of each juror of the majority.
    Closed, CLOSED = "listing_closed" { id: u64, challenge: u64, verdict: Verdict, lost: Uint128, won: Uint128, juror: Uint128, treasury: Uint128 }
    /// A listing was removed: it lost a challenge, or its whole bond.
    Removed, REMOVED = "listing_removed" { id: u64, owner: Addr }
    /// A contract that the terms name has cut a bond, for the treasury.
    Slashed, SLASHED = "listing_slashed" { id: u64, by: Addr, amount: Uint128, bond: Uint128, reason: String }
    /// A labeller says something of a listing, or, without a label, nothing any more.
    Labelled, LABELLED = "listing_labelled" { id: u64, labeller: Addr, label: Option<String> }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "listing_withdrawn" { account: Addr, asset: Asset<Addr>, amount: Uint128 }
    /// The contract takes no new listings, or takes them again.
    Paused, PAUSED = "listing_paused" { paused: bool }
}

/// How a challenge ended.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Verdict {
    /// The listing is not what it claims: it is removed, and loses its bond.
    Upheld,
    /// The listing stands, and the challenger loses its bond.
    Rejected,
    /// Nobody has decided in time: both bonds return.
    Unruled,
}

names! { Verdict { Upheld = "upheld", Rejected = "rejected", Unruled = "unruled", } }

/// Creates the contract, without categories.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance), a bech32 address. It sets categories; it has no message that moves a bond.
    pub owner: String,
    /// Account that gets the treasury's parts of lost bonds.
    pub treasury: String,
    /// Network whose rounds draw jurors, for the life of the contract.
    pub drand: Drand,
}

/// What the owner of the contract sets of a category. A listing keeps the terms that it was made under until its owner updates
/// it, so that no later terms bind it; whether a category is open and who labels holds at once.
#[cw_serde]
pub struct Category {
    /// What a listing and a challenge cost, and who decides.
    pub terms: Terms,
    /// Whether its owners are jurors: each account has one listing, with a seat that draws can hit. It never changes; the bond of such
    /// a category stays in one asset and never falls, so that no later terms make a majority of its jurors cheap.
    pub jurors: bool,
    /// Whether listings are taken.
    pub open: bool,
    /// Accounts that may label its listings, at most [`limits::MAX_LABELLERS`].
    pub labellers: Vec<String>,
}

/// What a listing and a challenge cost, and who decides.
#[cw_serde]
pub struct Terms<A = String> {
    /// What bonds are paid in.
    pub asset: Asset<A>,
    /// Base units of a listing's bond, 1 to [`limits::MAX_BOND`]; also of a challenger's, which doubles with each repeat.
    pub bond: Uint128,
    /// Seconds from an owner's wish to leave until its bond returns, within [`limits::UNBOND_SECONDS`].
    pub unbond_seconds: u64,
    /// Seconds that a ruler has, or jurors have from their draw on, within [`limits::RULING_SECONDS`]. A draw is made in as many.
    pub ruling_seconds: u64,
    /// Who decides on challenges.
    pub ruler: Ruler<A>,
    /// Contracts that may cut a bond, at most [`limits::MAX_SLASHERS`].
    pub slashers: Vec<A>,
}

/// Who decides on challenges.
#[cw_serde]
pub enum Ruler<A = String> {
    /// An account or a contract. Whoever names it trusts it: it takes half of any bond by a challenge of its own that it upholds.
    Named(A),
    /// Seven jurors, drawn from this category, whose owners are jurors.
    Jurors(String),
}

/// What is listed. Nothing of it is checked but its form: that is what challenges are for.
#[cw_serde]
#[derive(Eq)]
pub struct Content {
    /// Its name, for people, 1 to [`limits::MAX_NAME`] characters.
    pub name: String,
    /// Where more is to be read, at most [`limits::MAX_URI`] bytes.
    pub uri: String,
    /// SHA-256 of what is to be read there, 32 bytes.
    pub digest: HexBinary,
}

/// A listing that is made with a bond.
#[cw_serde]
pub struct List {
    /// Name of the category.
    pub category: String,
    /// Number of the category's terms that the owner has read; others are refused.
    pub terms: u32,
    /// What is listed.
    pub content: Content,
}

/// A challenge that is made with a bond.
#[cw_serde]
pub struct Challenge {
    /// Number of the listing, from 1.
    pub id: u64,
    /// The revision that it is about, 1 to the present one: an update does not save an owner from what it listed before.
    pub revision: u32,
    /// SHA-256 of the evidence, 32 bytes.
    pub evidence: HexBinary,
    /// Where the evidence is to be read, at most [`limits::MAX_URI`] bytes.
    pub uri: String,
}

/// Messages. Only [`ExecuteMsg::List`], [`ExecuteMsg::TopUp`] and [`ExecuteMsg::Challenge`] take native coins, of one denomination.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send`; `msg` is a [`Hook`]. Sender: a token contract.
    Receive(Cw20ReceiveMsg),
    /// Lists something with native coins. Sender: anyone, its owner.
    List(List),
    /// Adds native coins to a bond, at most to what its terms ask for. Sender: anyone; the bond is the owner's.
    TopUp {
        /// Number of the listing, from 1.
        id: u64,
    },
    /// Challenges a listing with native coins. Sender: anyone.
    Challenge(Challenge),
    /// Changes what is listed, moves to the category's present terms, or both. Only while active. Sender: the listing's owner.
    Update {
        /// Number of the listing, from 1.
        id: u64,
        /// The new content; null to leave it.
        content: Option<Content>,
        /// Number of the present terms, which must be in the same asset; null to keep those of now.
        terms: Option<u32>,
    },
    /// Asks for the bond, which returns after the terms' time. Only while active. Sender: the listing's owner.
    Leave {
        /// Number of the listing, from 1.
        id: u64,
    },
    /// Decides on a challenge, until its deadline. Sender: the ruler that the listing's terms name.
    Rule {
        /// Number of the listing, from 1.
        id: u64,
        /// Number of the challenge, from 1.
        challenge: u64,
        /// Whether the challenger is right.
        upheld: bool,
    },
    /// Draws the jurors of a challenge by the beacon of its round. Sender: anyone.
    Draw {
        /// Number of the listing, from 1.
        id: u64,
        /// The network's signature of the challenge's round, 48 bytes.
        signature: HexBinary,
    },
    /// Votes on a challenge, once, until its deadline. Sender: a juror that was drawn for it.
    Vote {
        /// Number of the listing, from 1.
        id: u64,
        /// Number of the challenge, from 1.
        challenge: u64,
        /// Whether the challenger is right.
        upheld: bool,
    },
    /// Ends a challenge: all jurors have voted, or its deadline has passed. Sender: anyone.
    Advance {
        /// Number of the listing, from 1.
        id: u64,
    },
    /// Gives a leaving listing's bond back after its time. Sender: anyone; it is the owner's.
    Finish {
        /// Number of the listing, from 1.
        id: u64,
    },
    /// Cuts a bond, for the treasury: nobody else gains by it. Sender: a contract that the listing's terms name as slasher.
    Slash {
        /// Number of the listing, from 1.
        id: u64,
        /// Base units; a bond that is smaller is cut whole, and the listing removed.
        amount: Uint128,
        /// What for, for people, at most [`limits::MAX_REASON`] characters.
        reason: String,
    },
    /// Says something of a listing. It moves no money. Sender: a labeller of the listing's category.
    Label {
        /// Number of the listing, from 1.
        id: u64,
        /// The label, for people, 1 to [`limits::MAX_LABEL`] characters; null to take one's own back.
        label: Option<String>,
    },
    /// Pays out all that the sender is owed in an asset. Sender: anyone.
    Withdraw {
        /// The native coin or cw20 token.
        asset: Asset,
    },
    /// Pays out all that the treasury is owed in an asset. Sender: anyone.
    Collect {
        /// The native coin or cw20 token.
        asset: Asset,
    },
    /// Makes a category, or gives it new terms. Sender: the owner.
    SetCategory {
        /// Its name, 1 to [`limits::MAX_CATEGORY`] of a-z, 0-9 and hyphens.
        name: String,
        /// What it asks for.
        category: Category,
    },
    /// Stops new listings and additions to bonds, or lets them go on. Challenges go on, so that no pause shields a listing that leaves.
    /// Sender: the owner.
    SetPaused {
        /// Whether they are stopped.
        paused: bool,
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
    Receive: AnyToken,
    List: Anyone,
    TopUp: Anyone,
    Challenge: Anyone,
    Update: ListingOwner,
    Leave: ListingOwner,
    Rule: Ruler,
    Draw: Anyone,
    Vote: Juror,
    Advance: Anyone,
    Finish: Anyone,
    Slash: Slasher,
    Label: Labeller,
    Withdraw: Anyone,
    Collect: Anyone,
    SetCategory: Owner,
    SetPaused: Owner,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// As [`ExecuteMsg::List`], with tokens.
    List(List),
    /// As [`ExecuteMsg::TopUp`], with tokens.
    TopUp {
        /// Number of the listing, from 1.
        id: u64,
    },
    /// As [`ExecuteMsg::Challenge`], with tokens.
    Challenge(Challenge),
}

/// Queries of the `listings` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// What holds for the life of the contract, and who owns it.
    #[returns(ConfigResponse)]
    Config {},
    /// A category with its present terms, null when there is none.
    #[returns(Option<CategoryResponse>)]
    Category {
        /// Name of the category.
        name: String,
    },
    /// Categories, by name.
    #[returns(Vec<CategoryResponse>)]
    Categories {
        /// Start after this one.
        start_after: Option<String>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Terms that a category has or had, null when it never had them.
    #[returns(Option<Terms<Addr>>)]
    Terms {
        /// Name of the category.
        category: String,
        /// Their number, from 1.
        terms: u32,
    },
    /// A listing, null when there is none (any more). One that was removed stays, without a bond.
    #[returns(Option<ListingResponse>)]
    Listing {
        /// Its number, from 1.
        id: u64,
    },
    /// Listings, by number.
    #[returns(Vec<ListingResponse>)]
    Listings {
        /// Only these; null for all.
        of: Option<Of>,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What labellers say of a listing, by labeller; at most [`limits::MAX_PAGE`].
    #[returns(Vec<LabelResponse>)]
    Labels {
        /// Number of the listing, from 1.
        id: u64,
        /// Start after this labeller.
        start_after: Option<String>,
    },
    /// What an account may withdraw in an asset, in base units.
    #[returns(Uint128)]
    Claimable {
        /// Address of the account.
        account: String,
        /// The native coin or cw20 token.
        asset: Asset,
    },
    /// What the contract owes in an asset; its balance is at least the sum.
    #[returns(HeldResponse)]
    Held {
        /// The native coin or cw20 token.
        asset: Asset,
    },
    /// Settings of the owner that wait.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Which listings a query is for.
#[cw_serde]
pub enum Of {
    /// Those of a category, removed ones too.
    Category(String),
    /// Those that an account owns, has challenged or is drawn to judge, as long as that lasts.
    Party(String),
}

/// What holds for the life of the contract, and who owns it.
#[cw_serde]
pub struct ConfigResponse {
    /// Owner of the contract; null if nobody is.
    pub owner: Option<Addr>,
    /// The account that may accept ownership; null if nobody was proposed.
    pub pending_owner: Option<Addr>,
    /// Account that gets the treasury's parts of lost bonds.
    pub treasury: Addr,
    /// Network whose rounds draw jurors.
    pub drand: Drand,
    /// Whether new listings are stopped.
    pub paused: bool,
}

/// A category with its present terms.
#[cw_serde]
pub struct CategoryResponse {
    /// Name of the category.
    pub name: String,
    /// Number of its present terms, from 1.
    pub number: u32,
    /// Its present terms.
    pub terms: Terms<Addr>,
    /// Whether its owners are jurors.
    pub jurors: bool,
    /// Jurors that have a seat; 0 where owners are no jurors.
    pub seated: u32,
    /// Whether listings are taken.
    pub open: bool,
    /// Accounts that may label its listings.
    pub labellers: Vec<Addr>,
}

/// A listing that is not gone.
#[cw_serde]
pub struct ListingResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Name of its category.
    pub category: String,
    /// Number of the category's terms that it stands under.
    pub terms: u32,
    /// Whether these are the category's present ones.
    pub current: bool,
    /// Account that has made it, and that gets its bond back.
    pub owner: Addr,
    /// What is listed.
    pub content: Content,
    /// How often that was stated, from 1.
    pub revision: u32,
    /// What the bond is paid in.
    pub asset: Asset<Addr>,
    /// Base units of the bond that are left; less than the terms' bond after a cut.
    pub bond: Uint128,
    /// Where it stands.
    pub state: State,
    /// The challenge that is open.
    pub challenge: Option<ChallengeResponse>,
    /// What the next challenge costs at the time of the query, in base units.
    pub challenge_bond: Uint128,
    /// Challenges of it that nobody decided.
    pub unruled: u32,
    /// Cases that its owner has to judge as a juror. Its bond stays as long as there are any.
    pub cases: u32,
}

/// Where a listing stands.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum State {
    /// It stands, and may be challenged.
    Active,
    /// Its owner leaves. A challenge that is decided moves `ends` on by the time that it took.
    Leaving {
        /// When its bond returns, Unix seconds.
        ends: u64,
    },
    /// It has lost a challenge, or its whole bond.
    Removed,
}

/// An open challenge.
#[cw_serde]
pub struct ChallengeResponse {
    /// Its number in this contract, from 1.
    pub number: u64,
    /// Account that has made it.
    pub challenger: Addr,
    /// Its bond, in base units of the listing's asset.
    pub bond: Uint128,
    /// The revision that it is about.
    pub revision: u32,
    /// SHA-256 of the evidence, 32 bytes.
    pub evidence: HexBinary,
    /// Where the evidence is to be read.
    pub uri: String,
    /// Until when the ruler rules, jurors are drawn, or those that were drawn vote, Unix seconds.
    pub deadline: u64,
    /// Round whose beacon draws the jurors; null once they are drawn, and with a named ruler.
    pub round: Option<u64>,
    /// The jurors that were drawn.
    pub jurors: Vec<JurorResponse>,
}

/// A juror of a case.
#[cw_serde]
pub struct JurorResponse {
    /// Number of the juror's own listing.
    pub id: u64,
    /// Owner of that listing.
    pub juror: Addr,
    /// Whether it says that the challenger is right; null before its vote.
    pub upheld: Option<bool>,
}

/// What a labeller says of a listing.
#[cw_serde]
pub struct LabelResponse {
    /// Account that says it.
    pub labeller: Addr,
    /// Whether the listing's category still names that account.
    pub named: bool,
    /// What it says, for people.
    pub label: String,
}

/// What the contract owes of an asset, in base units.
#[cw_serde]
pub struct HeldResponse {
    /// In bonds of listings and challenges.
    pub escrowed: Uint128,
    /// Credited and not withdrawn.
    pub claimable: Uint128,
}
