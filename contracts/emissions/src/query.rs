//! One function for each query.

use bithive_api::emissions::{
    Bucket, ConfigResponse, ContributorResponse, DayResponse, EmissionResponse, Recipients,
};
use bithive_contract_kit::pause::is_paused;
use bithive_economics::emission;
use cosmwasm_std::{Deps, Env, Uint64, Uint128};

use crate::ContractError;
use crate::release::{part, released_by};
use crate::state::{ANNOUNCED, CONFIG, LOCKED_FROM, METERS, PAID, STAKING};
use crate::work::{current, day_of, pool};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        token: config.token,
        start: config.start,
        recipients: config.recipients,
        locked_from: LOCKED_FROM.may_load(deps.storage)?,
        staking: STAKING.may_load(deps.storage)?,
        paused: is_paused(deps.storage)?,
    })
}

pub(crate) fn emission(deps: Deps<'_>, env: &Env) -> Result<EmissionResponse, ContractError> {
    let (emission, now) = (CONFIG.load(deps.storage)?.emission()?, env.block.time.seconds());
    let paid = PAID.load(deps.storage)?;
    let mut released = paid.released.clone();
    let mut due = |bucket| -> Result<_, ContractError> {
        let by_now = released_by(deps.storage, &emission, bucket, now)?;
        Ok(by_now.saturating_sub(*part(&mut released, bucket)))
    };
    Ok(EmissionResponse {
        halvings: emission.halvings(now),
        emitted: emission.total(now).into(),
        contributors: emission.of(emission::Bucket::Contributors, now).into(),
        minted: paid.minted()?,
        claimed: paid.claimed,
        due: Recipients {
            application: due(Bucket::Application)?,
            foundation: due(Bucket::Foundation)?,
            infrastructure: due(Bucket::Infrastructure)?,
        },
        released: paid.released,
    })
}

pub(crate) fn contributor(
    deps: Deps<'_>,
    env: &Env,
    address: &str,
) -> Result<ContributorResponse, ContractError> {
    let address = deps.api.addr_validate(address)?;
    let (contributor, due) = current(deps.storage, &address, env.block.time.seconds())?;
    let (today, earned, claimed) = (contributor.open, contributor.earned, contributor.claimed);
    Ok(ContributorResponse { today, earned, claimed, due })
}

pub(crate) fn meter(deps: Deps<'_>, address: &str) -> Result<bool, ContractError> {
    Ok(METERS.has(deps.storage, &deps.api.addr_validate(address)?))
}

pub(crate) fn day(deps: Deps<'_>, day: u64) -> Result<DayResponse, ContractError> {
    let emission = CONFIG.load(deps.storage)?.emission()?;
    let record = day_of(deps.storage, day)?;
    let (units, pool) = (record.units, pool(&emission, day, &record).into());
    Ok(DayResponse { units, pool, ceiling: record.ceiling.unwrap_or(Uint128::MAX) })
}

pub(crate) fn announced(deps: Deps<'_>, meter: &str, day: u64) -> Result<Uint64, ContractError> {
    let meter = deps.api.addr_validate(meter)?;
    Ok(ANNOUNCED.may_load(deps.storage, (&meter, day))?.unwrap_or_default().into())
}
