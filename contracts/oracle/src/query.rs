//! One function for each query.

use bithive_api::oracle::{ConfigResponse, FeedResponse, PriceResponse, Status, limits};
use bithive_contract_kit::page;
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Deps, Order, StdResult, Timestamp};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{self, FEEDS, Price};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        paused: is_paused(deps.storage)?,
    })
}

/// The price, if the feed has one now.
pub(crate) fn price(deps: Deps<'_>, now: u64, id: u64) -> Result<PriceResponse, ContractError> {
    let (feed, price) = (state::feed(deps.storage, id)?, state::price(deps.storage, id)?);
    let status = feed.status(deps.storage, &price, now)?;
    let Price { last, pending } = price;
    match (status, last) {
        (Status::Fresh, Some(last)) => Ok(PriceResponse {
            value: last.value,
            decimals: feed.terms.decimals,
            time: Timestamp::from_seconds(last.time),
            round: last.round,
        }),
        (Status::Stopped, _) => Err(ContractError::Stopped { feed: id }),
        (Status::Tripped, _) => {
            let until = pending.map_or(now, |pending| pending.until);
            Err(ContractError::Tripped { feed: id, until, confirming: feed.confirming() })
        }
        (Status::Stale, Some(last)) => {
            let max_age = feed.terms.max_age;
            Err(ContractError::Stale { feed: id, time: last.time, now, max_age })
        }
        _ => Err(ContractError::Empty { feed: id, quorum: feed.quorum }),
    }
}

pub(crate) fn feed(deps: Deps<'_>, now: u64, id: u64) -> Result<Option<FeedResponse>, ContractError> {
    let feed = FEEDS.may_load(deps.storage, id)?;
    Ok(feed.map(|feed| feed.response(deps.storage, id, now)).transpose()?)
}

pub(crate) fn feeds(
    deps: Deps<'_>,
    now: u64,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<FeedResponse>, ContractError> {
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let rows = FEEDS.range(deps.storage, start, None, Order::Ascending).take(size);
    let read = rows.map(|row| row.and_then(|(id, feed)| feed.response(deps.storage, id, now)));
    Ok(read.collect::<StdResult<_>>()?)
}
