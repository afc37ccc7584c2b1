//! `oracle`: prices and valuations that reporters sign, as a median that can refuse to answer.
//!
//! A feed has reporters, each with a key. In each interval of time, which is a round, a reporter signs one value; anybody puts enough of
//! these reports on the chain, and their median is the price. A price that is too old is no answer, and neither is one after a jump,
//! until more reporters have said the same for a while.
//!
//! ```text
//!                 Submit (anybody), at least `quorum` reports
//!   Empty ---------------------------------------------------------> Fresh <--.
//!                                                                    |  ^     |
//!                        older than `max_age`                        |  |     |
//!   Stale <----------------------------------------------------------+  |     |
//!     |  Submit: within `dev_bps` of the last price                     |     |
//!     +-----------------------------------------------------------------'     |
//!     |                                                                       |
//!     |  Submit: further away (Fresh, too)                                    |
//!     '--> Tripped -----------------------------------------------------------'
//!           |  ^     after `cooldown`, `quorum` + 2 reports (or all reporters) within `dev_bps` of the pending value
//!           '--' Submit: further away from the pending value; `cooldown` begins again
//! ```

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Timestamp, Uint128};

use crate::event::{events, names};

/// Bounds of a feed and of one message.
pub mod limits {
    /// Fewest reports of a price: one reporter that lies doesn't move the median beyond the others.
    pub const MIN_QUORUM: u8 = 3;
    /// Most reports that a feed may ask for.
    pub const MAX_QUORUM: u8 = 15;
    /// Most reporters of a feed, and most reports of one message: its loop.
    pub const MAX_REPORTERS: usize = 21;
    /// Reports beyond the quorum that end a trip.
    pub const CONFIRMING: u8 = 2;
    /// Shortest interval, in seconds: more often no chain takes prices.
    pub const MIN_INTERVAL: u64 = 10;
    /// Longest interval, in seconds: a year, for valuations of what is rarely appraised.
    pub const MAX_INTERVAL: u64 = 366 * 86_400;
    /// Oldest price, in seconds: two years.
    pub const MAX_AGE: u64 = 2 * 366 * 86_400;
    /// Shortest time from a trip to the next price, in seconds: a minute.
    pub const MIN_COOLDOWN: u64 = 60;
    /// Longest time from a trip to the next price, in seconds: 30 days.
    pub const MAX_COOLDOWN: u64 = 30 * 86_400;
    /// Largest step between prices that is no trip: half of the last price.
    pub const MAX_DEV_BPS: u16 = 5_000;
    /// Most decimals of a value.
    pub const MAX_DECIMALS: u8 = 24;
    /// Most characters of a description.
    pub const MAX_DESCRIPTION: usize = 128;
    /// How far a reporter's clock may be ahead of the chain's, in seconds. A block's time is some seconds in the past.
    pub const MAX_AHEAD: u64 = 30;
    /// Prices in succession from which a reporter was further away than `dev_bps` when it is suspended.
    pub const STRIKES: u8 = 3;
    /// How long a reporter is suspended, in seconds: a week.
    pub const SUSPENDED_SECONDS: u64 = 7 * 86_400;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

/// What a feed is for.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Category {
    /// What a coin or token is exchanged for.
    ExchangeRate,
    /// What an asset is worth, as appraisers say.
    Valuation,
}

names! {
    Category {
        ExchangeRate = "exchange_rate",
        Valuation = "valuation",
    }
}

/// What a feed answers now.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Status {
    /// Nothing yet: it never had a price.
    Empty,
    /// The last price.
    Fresh,
    /// Nothing: the last price is older than `max_age`.
    Stale,
    /// Nothing: the last median was too far from the price before, and nothing has confirmed it yet.
    Tripped,
    /// Nothing: the owner has stopped it, or paused the contract.
    Stopped,
}

names! {
    Status {
        Empty = "empty",
        Fresh = "fresh",
        Stale = "stale",
        Tripped = "tripped",
        Stopped = "stopped",
    }
}

events! {
    //! What the contract announces. Values are in the unit of their feed ([`PriceResponse`]), times are Unix seconds.

    /// The owner has made a feed.
    Created, CREATED = "feed_created" { feed: u64, category: Category, description: String, currency: String }
    /// The reporters of a feed changed: how many there are, and how many of them make a price.
    Reporters, REPORTERS = "feed_reporters" { feed: u64, reporters: u64, quorum: u8 }
    /// The owner has stopped a feed, or lets it go on.
    Stopped, STOPPED = "feed_stopped" { feed: u64, stopped: bool }
    /// The owner has stopped all feeds, or lets those go on that are not stopped by themselves.
    Paused, PAUSED = "oracle_paused" { paused: bool }
    /// A feed has a new price, the median of so many reports.
    Updated, UPDATED = "feed_updated" { feed: u64, round: u64, value: Uint128, time: u64, reports: u64 }
    /// A median was too far from the last price, or from the one that was pending: the feed answers nothing. From `until` on, more
    /// reporters can confirm `value`.
    Tripped, TRIPPED = "feed_tripped" { feed: u64, round: u64, value: Uint128, last: Uint128, until: u64 }
    /// A report among several was skipped: it counts for nothing, and says why.
    Skipped, SKIPPED = "feed_skipped" { feed: u64, round: u64, reporter: HexBinary, reason: String }
    /// A report that counted is further from the new price than `dev_bps`.
    Outlier, OUTLIER = "feed_outlier" { feed: u64, round: u64, reporter: HexBinary, value: Uint128, price: Uint128 }
    /// A reporter was an outlier [`limits::STRIKES`] times in succession: its reports count for nothing before `until`.
    Suspended, SUSPENDED = "feed_suspended" { feed: u64, reporter: HexBinary, until: u64 }
}

/// Creates the contract, without feeds.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance), a bech32 address.
    pub owner: String,
}

/// What a feed is, fixed for its life.
#[cw_serde]
#[derive(Eq)]
pub struct Terms {
    /// What it is for.
    pub category: Category,
    /// What is priced, for people: 1 to [`limits::MAX_DESCRIPTION`] characters.
    pub description: String,
    /// Currency of the values, a code of ISO 4217: three capital letters.
    pub currency: String,
    /// A value is in minor units of the currency for 10^`decimals` base units of what is priced ([`PriceResponse`]); at most
    /// [`limits::MAX_DECIMALS`].
    pub decimals: u8,
    /// Seconds of a round, [`limits::MIN_INTERVAL`] to [`limits::MAX_INTERVAL`]. Round n is from n times this, in Unix seconds, to the next.
    pub interval: u64,
    /// How old the reports of a price, and a price, may be, in seconds: from `interval` to [`limits::MAX_AGE`].
    pub max_age: u64,
    /// Largest step from a price to the next, in 1/10,000 of it: 1 to [`limits::MAX_DEV_BPS`]. A larger one trips the feed.
    pub dev_bps: u16,
    /// Seconds from a trip until its value can be confirmed, [`limits::MIN_COOLDOWN`] to [`limits::MAX_COOLDOWN`].
    pub cooldown: u64,
}

/// What one reporter has signed for a round.
#[cw_serde]
#[derive(Eq)]
pub struct Report {
    /// Its public key: Ed25519, 32 bytes.
    pub reporter: HexBinary,
    /// The value, at least 1, in the unit of the feed ([`PriceResponse`]).
    pub value: Uint128,
    /// When the reporter saw it, in Unix seconds; within the round.
    pub time: u64,
    /// Ed25519 (RFC 8032) over the report's text (`bithive_signed::report`), 64 bytes.
    pub signature: HexBinary,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// Makes a feed. Sender: the owner, who sets no values.
    CreateFeed {
        /// What it is.
        terms: Terms,
        /// Public keys of its reporters, Ed25519, 32 bytes each: `quorum` to [`limits::MAX_REPORTERS`], each once.
        reporters: Vec<HexBinary>,
        /// How many reports make a price: odd, [`limits::MIN_QUORUM`] to [`limits::MAX_QUORUM`], more than half of the reporters.
        quorum: u8,
    },
    /// Replaces the reporters of a feed, and with them strikes and suspensions. Its last price stays, so that the new ones can't
    /// jump. After the contract's first day it waits ([`crate::delay`]). Sender: the owner.
    SetReporters {
        /// Number of the feed, from 1.
        feed: u64,
        /// As in [`ExecuteMsg::CreateFeed`].
        reporters: Vec<HexBinary>,
        /// As in [`ExecuteMsg::CreateFeed`].
        quorum: u8,
    },
    /// Stops a feed, as when keys of reporters are stolen, or lets it go on. It answers nothing and takes nothing meanwhile, and
    /// its price grows old. Sender: the owner.
    SetStopped {
        /// Number of the feed, from 1.
        feed: u64,
        /// Whether it is stopped.
        stopped: bool,
    },
    /// Stops all feeds at once, as [`ExecuteMsg::SetStopped`] does one, or ends that. Sender: the owner.
    SetPaused {
        /// Whether the contract is paused.
        paused: bool,
    },
    /// Makes the median of reports the price, or trips the feed. Reports that do not hold are skipped and reported as
    /// events; if too few are left, that and the first reason are the error. Sender: anyone.
    Submit {
        /// Number of the feed, from 1.
        feed: u64,
        /// Round of the reports; after the one of the last price, and of the pending value.
        round: u64,
        /// At most [`limits::MAX_REPORTERS`] reports. Of several by one reporter, the first that holds counts.
        reports: Vec<Report>,
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
    CreateFeed: Owner,
    SetReporters: Owner,
    SetStopped: Owner,
    SetPaused: Owner,
    Submit: Anyone,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// Queries of the `oracle` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// The price of a feed. An error when there is no such feed, and when it has no price now: it is empty, stale, tripped or stopped.
    #[returns(PriceResponse)]
    Price {
        /// Number of the feed, from 1.
        feed: u64,
    },
    /// A feed, null when there is none.
    #[returns(Option<FeedResponse>)]
    Feed {
        /// Number of the feed, from 1.
        feed: u64,
    },
    /// Feeds, by number.
    #[returns(Vec<FeedResponse>)]
    Feeds {
        /// Start after this one.
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
    /// Whether all feeds are stopped.
    pub paused: bool,
}

/// A price: 10^`decimals` base units of what is priced are worth `value` minor units of the feed's currency. So
/// who is owed m minor units is paid ceil(m * 10^`decimals` / `value`) base units; the product needs 256 bits.
///
/// An example: a token with 6 decimals at 0.2536 euro, with 4 more places than a cent has, is `decimals` 10 and `value` 253,600: 10^10 base
/// units are 10,000 tokens, worth 2,536.00 euro, which are 253,600 cents.
#[cw_serde]
pub struct PriceResponse {
    /// Minor units of the currency (cents of a euro) for 10^`decimals` base units; at least 1.
    pub value: Uint128,
    /// At most [`limits::MAX_DECIMALS`].
    pub decimals: u8,
    /// When the reporters saw it: the median of their times, never in the future.
    pub time: Timestamp,
    /// Round of the reports, which only grows.
    pub round: u64,
}

/// A feed with its reporters, and what it answers now.
#[cw_serde]
pub struct FeedResponse {
    /// Its number, from 1.
    pub id: u64,
    /// What it is, fixed for its life.
    pub terms: Terms,
    /// Who reports, in the owner's order.
    pub reporters: Vec<ReporterResponse>,
    /// How many reports make a price.
    pub quorum: u8,
    /// How many reports within `dev_bps` of the pending value end a trip.
    pub confirming: u8,
    /// What it answers now.
    pub status: Status,
    /// The last price, fresh or not; null if there was none.
    pub last: Option<PointResponse>,
    /// The value that tripped it; null if it is not tripped.
    pub pending: Option<PendingResponse>,
}

/// A reporter of a feed.
#[cw_serde]
pub struct ReporterResponse {
    /// Public key, Ed25519, 32 bytes.
    pub key: HexBinary,
    /// Prices in succession from which it was an outlier.
    pub strikes: u8,
    /// Its reports count from then on, in Unix seconds; in the past if it is not suspended.
    pub suspended_until: u64,
}

/// A median of reports.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct PointResponse {
    /// In the unit of the feed ([`PriceResponse`]).
    pub value: Uint128,
    /// Median of the reports' times, in Unix seconds.
    pub time: u64,
    /// Round of the reports.
    pub round: u64,
}

/// A median that was too far from the last price.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct PendingResponse {
    /// In the unit of the feed ([`PriceResponse`]).
    pub value: Uint128,
    /// Round of the reports.
    pub round: u64,
    /// When it can be confirmed, in Unix seconds.
    pub until: u64,
}
