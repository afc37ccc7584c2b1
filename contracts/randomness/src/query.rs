//! One function for each query.

use bithive_api::randomness::{
    BEACONS, BeaconResponse, ConfigResponse, HeldResponse, RequestResponse, RequestsOf, WantedResponse,
    beacon_key, limits,
};
use bithive_contract_kit::input;
use bithive_contract_kit::ledger::{AssetLedger, Held, Ledger};
use bithive_contract_kit::page;
use cosmwasm_std::{Deps, Order, StdError, StdResult, Storage, Uint128};
use cw_storage_plus::Bound;

use crate::ContractError;
use crate::state::{self, CONFIG, Config, OF_CONSUMER, OF_ROUND, REQUESTS, WANTED};

pub(crate) fn config(storage: &dyn Storage) -> Result<ConfigResponse, ContractError> {
    let Config { token, drand } = CONFIG.load(storage)?;
    Ok(ConfigResponse { token, drand })
}

pub(crate) fn beacon(storage: &dyn Storage, round: u64) -> Result<Option<BeaconResponse>, ContractError> {
    let found = state::beacon(storage, round)?;
    Ok(found.map(|randomness| BeaconResponse { round, randomness: randomness.into() }))
}

pub(crate) fn beacons(
    storage: &dyn Storage,
    before: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<BeaconResponse>, ContractError> {
    // Rounds begin at 1; the last key of the range is left out.
    let (first, end) = (beacon_key(0), beacon_key(before.unwrap_or(u64::MAX)));
    let rows = storage.range(Some(&first), Some(&end), Order::Descending);
    let read = |(key, value): (Vec<u8>, Vec<u8>)| {
        let round = key.get(BEACONS.len().saturating_add(2)..).and_then(|bytes| bytes.try_into().ok());
        let round =
            round.map(u64::from_be_bytes).ok_or_else(|| StdError::generic_err("a stored round's key"))?;
        Ok(BeaconResponse { round, randomness: value.into() })
    };
    Ok(rows.take(page::size(limit, limits::MAX_PAGE)).map(read).collect::<StdResult<_>>()?)
}

pub(crate) fn wanted(
    storage: &dyn Storage,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<WantedResponse>, ContractError> {
    let network = CONFIG.load(storage)?.network()?;
    let rows = WANTED.range(storage, start_after.map(Bound::exclusive), None, Order::Ascending);
    rows.take(page::size(limit, limits::MAX_PAGE))
        .map(|row| {
            let (round, wanted) = row?;
            Ok(WantedResponse { round, at: network.time_of(round)?, bounty: wanted.bounty })
        })
        .collect()
}

pub(crate) fn request(storage: &dyn Storage, id: u64) -> Result<Option<RequestResponse>, ContractError> {
    REQUESTS.may_load(storage, id)?.map(|request| request.response(storage, id)).transpose()
}

pub(crate) fn requests(
    deps: Deps<'_>,
    of: &RequestsOf,
    start_after: Option<u64>,
    limit: Option<u32>,
) -> Result<Vec<RequestResponse>, ContractError> {
    let (start, size) = (start_after.map(Bound::exclusive), page::size(limit, limits::MAX_PAGE));
    let ids: Vec<u64> = match of {
        RequestsOf::Consumer(consumer) => {
            let consumer = input::address(deps.api, "consumer", consumer)?;
            let rows = OF_CONSUMER.prefix(&consumer).keys(deps.storage, start, None, Order::Ascending);
            rows.take(size).collect::<StdResult<_>>()?
        }
        RequestsOf::Round(round) => {
            let rows = OF_ROUND.prefix(*round).keys(deps.storage, start, None, Order::Ascending);
            rows.take(size).collect::<StdResult<_>>()?
        }
    };
    ids.into_iter().map(|id| state::request(deps.storage, id)?.response(deps.storage, id)).collect()
}

pub(crate) fn claimable(deps: Deps<'_>, account: &str) -> Result<Uint128, ContractError> {
    let account = input::address(deps.api, "account", account)?;
    let asset = CONFIG.load(deps.storage)?.asset();
    Ok(AssetLedger::new(&asset).claimable(deps.storage, &account)?.unwrap_or_default())
}

pub(crate) fn held(storage: &dyn Storage) -> Result<HeldResponse, ContractError> {
    let asset = CONFIG.load(storage)?.asset();
    let Held { escrowed, claimable } = AssetLedger::new(&asset).held(storage)?;
    Ok(HeldResponse { escrowed, claimable })
}
