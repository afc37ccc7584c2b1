//! Credit of BOINC projects, which oracles attest.
//!
//! Of a host only its total counts, and only what is new of it: a statement that comes twice, or late, says nothing new.
//! A host belongs to the account of its first statement, so its total is never counted for two.

use bithive_api::timebank::{BoincStatement, MAX_ORACLES, MAX_PROJECT, Oracle, events};
use bithive_attest::host::{sum_keys, verify_possession, verify_statement};
use bithive_attest::{BoincCredit, Domain, PUBLIC_KEY_BYTES, possession_bytes};
use bithive_contract_kit::pause::is_paused;
use cosmwasm_std::{Addr, Api, DepsMut, Env, Event, HexBinary, Response, StdResult, Storage};
use cw_ownable::assert_owner;

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
    check_project(&statement.project)?;
    let account = deps.api.addr_validate(&statement.account)?;
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
    if new == 0 {
        return Err(ContractError::Zero { what: "what the new total is worth in credits" });
    }
    (host.total, host.credits) = (total, credits);
    HOSTS.save(deps.storage, (project, number), &host)?;
    let most = CONFIG.load(deps.storage)?.params.import_per_day;
    let imported = IMPORTED.load(deps.storage)?.after(day(env), new, ("what is imported", most))?;
    IMPORTED.save(deps.storage, &imported)?;
    credit(deps.storage, env, &account, new)?;
    let event = Event::new(events::IMPORTED)
        .add_attribute("account", account)
        .add_attribute("project", project)
        .add_attribute("host", number.to_string())
        .add_attribute("total", total.to_string())
        .add_attribute("credits", new.to_string());
    Ok(Response::new().add_event(event))
}

/// Credits for so many cobblestones, rounded down.
fn converted(total: u64, rate: u32) -> Result<u64, ContractError> {
    // Can't saturate: 64 bits by 32 bits.
    let credits = u128::from(total).saturating_mul(rate.into()) / 10_000;
    u64::try_from(credits).map_err(|_| ContractError::OutOfBounds {
        field: "total",
        found: total.into(),
        least: 1,
        most: u128::from(u64::MAX).saturating_mul(10_000).checked_div(rate.into()).unwrap_or_default(),
    })
}

/// A name is kept as the key of its hosts, so it has a length that storage bears.
fn check_project(project: &str) -> Result<(), ContractError> {
    let (field, found, most) = ("bytes of project", project.len() as u128, MAX_PROJECT as u128);
    if (1..=most).contains(&found) {
        Ok(())
    } else {
        Err(ContractError::OutOfBounds { field, found, least: 1, most })
    }
}

fn domain(env: &Env) -> Domain<'_> {
    Domain { chain_id: &env.block.chain_id, contract: env.contract.address.as_str() }
}

/// Enough of the oracles signed exactly this, for this contract on this chain.
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
    sender: &Addr,
    oracles: &[Oracle],
    threshold: u8,
) -> Result<Response, ContractError> {
    assert_owner(deps.storage, sender)?;
    let bounded = |field, found: usize, least: usize, most: usize| {
        if (least..=most).contains(&found) {
            Ok(())
        } else {
            let (found, least, most) = (found as u128, least as u128, most as u128);
            Err(ContractError::OutOfBounds { field, found, least, most })
        }
    };
    bounded("oracles", oracles.len(), 1, MAX_ORACLES)?;
    // More than half: two groups that contradict each other can't both be enough.
    let least = (oracles.len() / 2).saturating_add(1);
    bounded("threshold", threshold.into(), least, oracles.len())?;
    let (mut members, mut keys) = (Vec::<Attestor>::new(), Vec::<Key>::new());
    for (index, oracle) in oracles.iter().enumerate() {
        let account = deps.api.addr_validate(&oracle.account)?;
        let found = oracle.bls_key.len() as u128;
        let expected = PUBLIC_KEY_BYTES as u128;
        let key: Key = oracle.bls_key.as_slice().try_into().map_err(|_| ContractError::OutOfBounds {
            field: "bytes of bls_key",
            found,
            least: expected,
            most: expected,
        })?;
        if members.iter().any(|other| other.account == account) || keys.contains(&key) {
            return Err(ContractError::OracleTwice { index });
        }
        let message = possession_bytes(domain(env), account.as_str(), &key);
        verify_possession(deps.api, &key, &message, &oracle.bls_possession)?;
        keys.push(key);
        members.push(Attestor { account, bls_key: oracle.bls_key.clone() });
    }
    let full_key = HexBinary::from(&sum_keys(deps.api, &keys)?);
    ORACLES.save(deps.storage, &Oracles { members, threshold, full_key })?;
    let event = Event::new(events::ORACLES)
        .add_attribute("oracles", oracles.len().to_string())
        .add_attribute("threshold", threshold.to_string());
    Ok(Response::new().add_event(event))
}
