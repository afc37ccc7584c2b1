//! What is stored. What reporters bring about is apart from what the owner sets, which is larger and seldom written.

use bithive_api::oracle::{
    FeedResponse, PendingResponse, PointResponse, ReporterResponse, Status, Terms, limits,
};
use bithive_contract_kit::pause::is_paused;
use bithive_economics::Bps;
use bithive_economics::trip::Rules;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{HexBinary, StdResult, Storage};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Number of the next feed; 1 if absent.
pub const NEXT_FEED: Item<u64> = Item::new("next_feed");
/// Feeds by number: what the owner has set.
pub const FEEDS: Map<u64, Feed> = Map::new("feeds");
/// What reports have come to, by feed; absent before the first.
pub const PRICES: Map<u64, Price> = Map::new("prices");
/// Of each reporter, by feed and in the order of its reporters; absent while nobody has a strike or was suspended.
pub const RECORDS: Map<u64, Vec<Record>> = Map::new("records");

/// A feed, as the owner has set it.
#[cw_serde]
pub struct Feed {
    /// What it is, fixed for its life.
    pub terms: Terms,
    /// Public keys, Ed25519, 32 bytes each.
    pub reporters: Vec<HexBinary>,
    /// Reports that make a price.
    pub quorum: u8,
    /// Whether the owner has stopped it.
    pub stopped: bool,
}

/// What reports have come to.
#[cw_serde]
#[derive(Default)]
pub struct Price {
    /// The last price.
    pub last: Option<PointResponse>,
    /// The value that tripped the feed.
    pub pending: Option<PendingResponse>,
}

/// What a reporter has done.
#[cw_serde]
#[derive(Copy, Default, Eq)]
pub struct Record {
    /// Prices in succession from which it was an outlier.
    pub strikes: u8,
    /// Its reports count from then on, Unix seconds.
    pub suspended_until: u64,
}

impl Feed {
    /// Reports near a pending value that confirm it: the quorum and [`limits::CONFIRMING`], or all reporters where they are fewer.
    #[must_use]
    pub fn confirming(&self) -> u8 {
        let all = u8::try_from(self.reporters.len()).unwrap_or(u8::MAX);
        self.quorum.saturating_add(limits::CONFIRMING).min(all)
    }

    /// Largest step from one price to the next, which the owner's message has bounded.
    #[must_use]
    pub fn most(&self) -> Bps {
        Bps::new("dev_bps", self.terms.dev_bps).unwrap_or(Bps::ZERO)
    }

    /// When reports become a price.
    #[must_use]
    pub fn rules(&self) -> Rules {
        Rules { quorum: self.quorum.into(), confirming: self.confirming().into(), most: self.most() }
    }

    /// Until when a price of this time is answered, Unix seconds.
    #[must_use]
    pub fn good_until(&self, time: u64) -> u64 {
        time.saturating_add(self.terms.max_age)
    }

    /// Whether it answers and takes nothing: the owner has stopped it, or paused the contract.
    ///
    /// # Errors
    /// Storage.
    pub fn is_stopped(&self, storage: &dyn Storage) -> StdResult<bool> {
        Ok(self.stopped || is_paused(storage)?)
    }

    /// What the feed answers at `now`.
    ///
    /// # Errors
    /// Storage.
    pub fn status(&self, storage: &dyn Storage, price: &Price, now: u64) -> StdResult<Status> {
        Ok(match (self.is_stopped(storage)?, price.pending, price.last) {
            (true, ..) => Status::Stopped,
            (_, Some(_), _) => Status::Tripped,
            (_, _, None) => Status::Empty,
            (_, _, Some(last)) if now > self.good_until(last.time) => Status::Stale,
            _ => Status::Fresh,
        })
    }

    /// The response type of a query, at `now`.
    ///
    /// # Errors
    /// Storage.
    pub fn response(self, storage: &dyn Storage, id: u64, now: u64) -> StdResult<FeedResponse> {
        let (price, records) = (price(storage, id)?, self.records(storage, id)?);
        let (status, confirming) = (self.status(storage, &price, now)?, self.confirming());
        let Self { terms, reporters, quorum, .. } = self;
        let response = |(key, record): (HexBinary, Record)| ReporterResponse {
            key,
            strikes: record.strikes,
            suspended_until: record.suspended_until,
        };
        let reporters = reporters.into_iter().zip(records).map(response).collect();
        let Price { last, pending } = price;
        Ok(FeedResponse { id, terms, reporters, quorum, confirming, status, last, pending })
    }

    /// One for each reporter, in their order.
    ///
    /// # Errors
    /// Storage.
    pub fn records(&self, storage: &dyn Storage, id: u64) -> StdResult<Vec<Record>> {
        let mut records = RECORDS.may_load(storage, id)?.unwrap_or_default();
        records.resize(self.reporters.len(), Record::default());
        Ok(records)
    }
}

impl Price {
    /// Round of the newest reports that came to something; later ones follow. None before the first.
    #[must_use]
    pub fn newest(&self) -> Option<u64> {
        self.pending.map(|pending| pending.round).max(self.last.map(|last| last.round))
    }
}

/// The feed `id`.
///
/// # Errors
/// [`ContractError::NoFeed`].
pub fn feed(storage: &dyn Storage, id: u64) -> Result<Feed, ContractError> {
    FEEDS.may_load(storage, id)?.ok_or(ContractError::NoFeed { feed: id })
}

/// What reports for the feed `id` have come to.
///
/// # Errors
/// Storage.
pub fn price(storage: &dyn Storage, id: u64) -> StdResult<Price> {
    Ok(PRICES.may_load(storage, id)?.unwrap_or_default())
}
