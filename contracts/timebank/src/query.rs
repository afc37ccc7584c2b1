//! One function for each query.

use bithive_api::timebank::{
    AccountResponse, ConfigResponse, HostResponse, MeterResponse, OracleResponse, OraclesResponse,
    TotalsResponse,
};
use bithive_contract_kit::pause::is_paused;
use bithive_economics::interest::worth;
use cosmwasm_std::{Deps, Env};

use crate::ContractError;
use crate::ledger::{current, day};
use crate::state::{Attestor, CONFIG, HOSTS, Host, IMPORTED, METERS, ORACLES, SHARES};

pub(crate) fn config(deps: Deps<'_>) -> Result<ConfigResponse, ContractError> {
    let ownership = cw_ownable::get_ownership(deps.storage)?;
    let config = CONFIG.load(deps.storage)?;
    Ok(ConfigResponse {
        owner: ownership.owner,
        pending_owner: ownership.pending_owner,
        token: config.token,
        jobs: config.jobs,
        treasury: config.treasury,
        params: config.params,
        paused: is_paused(deps.storage)?,
    })
}

pub(crate) fn account(deps: Deps<'_>, env: &Env, address: &str) -> Result<AccountResponse, ContractError> {
    let (params, totals) = current(deps.storage, env)?;
    let shares = SHARES.may_load(deps.storage, &deps.api.addr_validate(address)?)?.unwrap_or_default();
    Ok(AccountResponse { credits: worth(shares.u128(), totals.index(&params)).unwrap_or(u64::MAX) })
}

pub(crate) fn totals(deps: Deps<'_>, env: &Env) -> Result<TotalsResponse, ContractError> {
    let (params, totals) = current(deps.storage, env)?;
    Ok(TotalsResponse {
        credits: totals.credits(&params),
        funded: totals.funded,
        owed: totals.owed(&params)?,
        days: totals.days,
        index: totals.index(&params).into(),
        imported_today: IMPORTED.load(deps.storage)?.on(day(env)),
    })
}

pub(crate) fn meter(
    deps: Deps<'_>,
    env: &Env,
    address: &str,
) -> Result<Option<MeterResponse>, ContractError> {
    let meter = METERS.may_load(deps.storage, &deps.api.addr_validate(address)?)?;
    Ok(meter.map(|meter| MeterResponse { per_day: meter.per_day, today: meter.given.on(day(env)) }))
}

/// At most `limits::MAX_ORACLES`.
pub(crate) fn oracles(deps: Deps<'_>) -> Result<OraclesResponse, ContractError> {
    let Some(oracles) = ORACLES.may_load(deps.storage)? else {
        return Ok(OraclesResponse { oracles: Vec::new(), threshold: 0 });
    };
    let response = |Attestor { account, bls_key }| OracleResponse { account, bls_key };
    Ok(OraclesResponse {
        oracles: oracles.members.into_iter().map(response).collect(),
        threshold: oracles.threshold,
    })
}

pub(crate) fn host(deps: Deps<'_>, project: &str, host: u64) -> Result<Option<HostResponse>, ContractError> {
    let host = HOSTS.may_load(deps.storage, (project, host))?;
    Ok(host.map(|Host { account, total, credits }| HostResponse { account, total, credits }))
}
