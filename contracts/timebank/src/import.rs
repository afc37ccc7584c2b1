//! Credit of BOINC projects, which oracles attest.
//!
//! Of a host's total only the increase since the last statement counts: a statement that comes twice, or late, adds
//! nothing. A host belongs to the account of its first statement, so its total is never counted for two.

use bithive_api::timebank::{BoincStatement, Event, Oracle, limits};
use bithive_attest::host::{sum_keys, verify_possession, verify_statement};
use bithive_attest::{BoincCredit, Domain, PUBLIC_KEY_BYTES, possession_bytes};
use bithive_contract_kit::InputError;
use bithive_contract_kit::input::{address, count, length, positive, sized, within};
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Api, DepsMut, Env, HexBinary, Response, StdResult, Storage};

use crate::ContractError;
use crate::ledger::{credit, day};
use crate::state::{Attestor, CONFIG, HOSTS, Host, IMPORTED, ORACLES, Oracles};

type Key = [u8; PUBLIC_KEY_BYTES];

pub(crate) fn import(
    deps: DepsMut<'_>,
    env: &Env,
    statement: &BoincStatement,
    signers: u32,
    signature: &HexBinary,
) -> Result<Response, ContractError> {
    if is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    length("project", statement.project.len(), 1..=limits::MAX_PROJECT_BYTES)?;
    let account = address(deps.api, "account", &statement.account)?;
    verify(deps.storage, deps.api, env, statement, signers, signature)?;
    let (project, number, total) = (statement.project.as_str(), statement.host, statement.total);
    let fresh = Host { account: account.clone(), total: 0, credits: 0 };
    let mut host = HOSTS.may_load(deps.storage, (project, number))?.unwrap_or(fresh);
    if host.account != account {
        return Err(ContractError::OtherAccount { host: number, account: host.account.into() });
    }
    if total <= host.total {
        return Err(ContractError::NothingNew { host: number, counted: host.total, found: total });
    }
    // Of the whole total, so that it doesn't matter in how many statements it came.
    let credits = converted(total, CONFIG.load(deps.storage)?.params.boinc_rate)?;
    let new = credits.saturating_sub(host.credits);
    positive("what the new total is worth in credits", new.into())?;
    (host.total, host.credits) = (total, credits);
    HOSTS.save(deps.storage, (project, number), &host)?;
    let most = CONFIG.load(deps.storage)?.params.import_per_day;
    let imported = IMPORTED.load(deps.storage)?.after(day(env), new, ("what is imported", most))?;
    IMPORTED.save(deps.storage, &imported)?;
    credit(deps.storage, env, &account, new)?;
    let event = Event::Imported { account, project: project.into(), host: number, total, credits: new };
    Ok(Response::new().add_event(event))
}

/// Credits for so many cobblestones, rounded down.
fn converted(total: u64, rate: u32) -> Result<u64, ContractError> {
    // Can't saturate: 64 bits by 32 bits.
    let credits = u128::from(total).saturating_mul(rate.into()) / 10_000;
    let most = u128::from(u64::MAX).saturating_mul(10_000).checked_div(rate.into()).unwrap_or_default();
    let refused = |_| InputError::OutOfBounds { field: "total", found: total.into(), least: 1, most };
    Ok(u64::try_from(credits).map_err(refused)?)
}

fn domain(env: &Env) -> Domain<'_> {
    Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() }
}

/// Checks that enough oracles signed this statement for this contract on this chain.
fn verify(
    storage: &dyn Storage,
    api: &dyn Api,
    env: &Env,
    statement: &BoincStatement,
    signers: u32,
    signature: &HexBinary,
) -> Result<(), ContractError> {
    let none = Oracles { members: Vec::new(), threshold: 1, full_key: HexBinary::default() };
    let oracles = ORACLES.may_load(storage)?.unwrap_or(none);
    let count = u32::try_from(oracles.members.len()).unwrap_or(u32::MAX);
    // At most 16 oracles: the shift is less than 32 bits.
    let all = 1u32.checked_shl(count).unwrap_or(0).wrapping_sub(1);
    let (found, unknown) = ((signers & all).count_ones(), (signers & !all).count_ones());
    let threshold = u32::from(oracles.threshold);
    if unknown > 0 || found < threshold {
        return Err(ContractError::Signers { found, oracles: count, unknown, threshold });
    }
    let keys =
        oracles.members.iter().map(|oracle| oracle.bls_key.to_array()).collect::<StdResult<Vec<Key>>>()?;
    let signed = |index: &u32| signers.checked_shr(*index).unwrap_or(0) & 1 == 1;
    let absent: Vec<Key> =
        (0u32..).zip(keys).filter(|(index, _)| !signed(index)).map(|(_, key)| key).collect();
    let BoincStatement { account, project, host, total } = statement;
    let credit = BoincCredit { account, project, host: *host, total: *total };
    let message = credit.sign_bytes(domain(env));
    Ok(verify_statement(api, &oracles.full_key.to_array()?, &absent, &message, signature)?)
}

pub(crate) fn set_oracles(
    deps: DepsMut<'_>,
    env: &Env,
    oracles: &[Oracle],
    threshold: u8,
) -> Result<Response, ContractError> {
    count("oracles", oracles.len(), 1..=limits::MAX_ORACLES)?;
    // More than half: two groups that contradict each other can't both be enough.
    let least = (oracles.len() / 2).saturating_add(1);
    within("threshold", threshold.into(), least as u128..=oracles.len() as u128)?;
    let (mut members, mut keys) = (Vec::<Attestor>::new(), Vec::<Key>::new());
    for oracle in oracles {
        let account = address(deps.api, "oracles.account", &oracle.account)?;
        let key: Key = sized("bls_key", &oracle.bls_key)?;
        let twice = |found| Err(InputError::Duplicate { field: "oracles", found }.into());
        if members.iter().any(|other| other.account == account) {
            return twice(account.into());
        }
        if keys.contains(&key) {
            return twice(oracle.bls_key.to_hex());
        }
        let message = possession_bytes(domain(env), account.as_str(), &key);
        verify_possession(deps.api, &key, &message, &oracle.bls_possession)?;
        keys.push(key);
        members.push(Attestor { account, bls_key: oracle.bls_key.clone() });
    }
    let full_key = HexBinary::from(&sum_keys(deps.api, &keys)?);
    ORACLES.save(deps.storage, &Oracles { members, threshold, full_key })?;
    let oracles = oracles.len() as u64;
    Ok(Response::new().add_event(Event::Oracles { oracles, threshold: threshold.into() }))
}
