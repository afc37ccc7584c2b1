//! Instantiation, and what owners do.

use bithive_api::datasets::{Asset, InstantiateMsg, events, limits};
use cosmwasm_std::{Addr, DepsMut, Event, HexBinary, Response, Storage, Uint128};

use crate::ContractError;
use crate::state::{ATTESTATIONS, DATASETS, Dataset, NEXT_DATASET, asset_name, dataset};

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: &InstantiateMsg) -> Result<Response, ContractError> {
    ATTESTATIONS.save(deps.storage, &deps.api.addr_validate(&msg.attestations)?)?;
    Ok(Response::new())
}

pub(crate) fn register(
    deps: DepsMut<'_>,
    owner: Addr,
    digest: HexBinary,
    asset: Asset,
    share: Uint128,
) -> Result<Response, ContractError> {
    expect_length("digest", digest.len(), 32, 32)?;
    expect_share(share)?;
    let asset = match asset {
        Asset::Native(denom) => {
            expect_length("denom", denom.len(), 1, limits::MAX_NAME_BYTES)?;
            Asset::Native(denom)
        }
        Asset::Cw20(token) => Asset::Cw20(deps.api.addr_validate(&token)?.into()),
    };
    let id = NEXT_DATASET.may_load(deps.storage)?.unwrap_or(1);
    NEXT_DATASET.save(deps.storage, &id.saturating_add(1))?;
    let event = Event::new(events::REGISTERED)
        .add_attribute("id", id.to_string())
        .add_attribute("owner", &owner)
        .add_attribute("digest", digest.to_hex())
        .add_attribute("asset", asset_name(&asset))
        .add_attribute("share", share);
    let (active, uses, earned) = (true, 0, Uint128::zero());
    DATASETS.save(deps.storage, id, &Dataset { owner, digest, asset, share, active, uses, earned })?;
    Ok(Response::new().add_event(event))
}

pub(crate) fn update(
    storage: &mut dyn Storage,
    sender: &Addr,
    id: u64,
    share: Uint128,
    active: bool,
) -> Result<Response, ContractError> {
    let mut dataset = dataset(storage, id)?;
    if dataset.owner != sender {
        let (sender, owner) = (sender.into(), dataset.owner.into());
        return Err(ContractError::NotOwner { id, sender, owner });
    }
    expect_share(share)?;
    (dataset.share, dataset.active) = (share, active);
    DATASETS.save(storage, id, &dataset)?;
    let event = Event::new(events::UPDATED)
        .add_attribute("id", id.to_string())
        .add_attribute("share", share)
        .add_attribute("active", active.to_string());
    Ok(Response::new().add_event(event))
}

pub(crate) fn expect_length(
    field: &'static str,
    found: usize,
    least: usize,
    most: usize,
) -> Result<(), ContractError> {
    if (least..=most).contains(&found) {
        return Ok(());
    }
    Err(ContractError::Length { field, found, least, most })
}

fn expect_share(share: Uint128) -> Result<(), ContractError> {
    if share.is_zero() { Err(ContractError::NoShare) } else { Ok(()) }
}
