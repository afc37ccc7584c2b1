//! Instantiation, and what owners do.

use bithive_api::datasets::{Asset, Event, InstantiateMsg, limits};
use bithive_contract_kit::input::{self, address, length, positive, sized};
use cosmwasm_std::{Addr, DepsMut, HexBinary, Response, Storage, Uint128};

use crate::ContractError;
use crate::state::{ATTESTATIONS, DATASETS, Dataset, NEXT_DATASET, dataset};

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: &InstantiateMsg) -> Result<Response, ContractError> {
    ATTESTATIONS.save(deps.storage, &address(deps.api, "attestations", &msg.attestations)?)?;
    Ok(Response::new())
}

pub(crate) fn register(
    deps: DepsMut<'_>,
    owner: Addr,
    digest: HexBinary,
    asset: Asset,
    share: Uint128,
) -> Result<Response, ContractError> {
    sized::<32>("digest", &digest)?;
    positive("the share", share)?;
    if let Asset::Native(denom) = &asset {
        length("denom", denom.len(), 1..=limits::MAX_NAME_BYTES)?;
    }
    let asset = input::asset(deps.api, "asset", asset)?;
    let id = NEXT_DATASET.may_load(deps.storage)?.unwrap_or(1);
    NEXT_DATASET.save(deps.storage, &id.saturating_add(1))?;
    let (active, uses, earned) = (true, 0, Uint128::zero());
    let dataset = Dataset { owner, digest, asset, share, active, uses, earned };
    DATASETS.save(deps.storage, id, &dataset)?;
    let Dataset { owner, digest, asset, share, .. } = dataset;
    Ok(Response::new().add_event(Event::Registered { id, owner, digest, asset, share }))
}

pub(crate) fn update(
    storage: &mut dyn Storage,
    id: u64,
    share: Uint128,
    active: bool,
) -> Result<Response, ContractError> {
    let mut dataset = dataset(storage, id)?;
    positive("the share", share)?;
    (dataset.share, dataset.active) = (share, active);
    DATASETS.save(storage, id, &dataset)?;
    Ok(Response::new().add_event(Event::Updated { id, share, active }))
}
