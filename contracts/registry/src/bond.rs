//! Tokens that leave: unbonding, withdrawal, slashing.
//!
//! State is written before a message goes to the token, so a reentrant call finds the bond gone.

use bithive_api::registry::Event;
use bithive_contract_kit::{input, token};
use bithive_economics::record::JobEvent;
use bithive_economics::{self as economics, Bps};
use cosmwasm_std::{Addr, DepsMut, Env, Response, StdResult, Storage, Uint128, WasmMsg};

use crate::state::{
    BLS_KEYS, CAPABILITIES, CONFIG, Config, ENDPOINTS, Kind, PARTICIPANTS, Participant, RELAYS, SLOTS,
    participant, subtract_bonded,
};
use crate::{ContractError, accreditation, candidates, record};

/// Starts the unbonding time.
pub(crate) fn unbond(deps: DepsMut<'_>, env: &Env, sender: &Addr) -> Result<Response, ContractError> {
    let mut entry = participant(deps.storage, sender)?;
    if let Some(until) = entry.unbonding_until {
        return Err(ContractError::Unbonding { address: sender.into(), until });
    }
    // Both are far below 64 bits: block times count from 1970, unbonding takes at most a year.
    let until = env.block.time.seconds().saturating_add(CONFIG.load(deps.storage)?.params.unbonding_seconds);
    entry.unbonding_until = Some(until);
    PARTICIPANTS.save(deps.storage, sender, &entry)?;
    candidates::changed(deps.storage, sender, &entry)?;
    Ok(Response::new().add_event(Event::Unbonding { address: sender.clone(), until }))
}

/// Pays out a bond and deletes its owner's entry, so it can't be paid out again.
pub(crate) fn withdraw(deps: DepsMut<'_>, env: &Env, address: &str) -> Result<Response, ContractError> {
    let owner = input::address(deps.api, "address", address)?;
    let entry = participant(deps.storage, &owner)?;
    let name = || owner.to_string();
    let until = entry.unbonding_until.ok_or_else(|| ContractError::NotUnbonding { address: name() })?;
    let now = env.block.time.seconds();
    if now < until {
        return Err(ContractError::TooEarly { address: name(), until, now });
    }
    release(deps.storage, &owner, &entry.kind);
    accreditation::forget(deps.storage, &owner)?;
    subtract_bonded(deps.storage, entry.bond)?;
    let config = CONFIG.load(deps.storage)?;
    let payment = transfer(&config, &owner, entry.bond)?;
    let event = Event::BondWithdrawn { address: owner, amount: entry.bond };
    Ok(Response::new().add_messages(payment).add_event(event))
}

/// Frees everything that a participant holds.
fn release(storage: &mut dyn Storage, owner: &Addr, kind: &Kind) {
    let endpoint = match kind {
        Kind::Node(node) => {
            SLOTS.remove(storage, node.slot);
            BLS_KEYS.remove(storage, node.bls_key.as_slice());
            CAPABILITIES.remove(storage, owner);
            &node.endpoint
        }
        Kind::Requester { endpoint } => endpoint,
    };
    ENDPOINTS.remove(storage, endpoint.as_slice());
    RELAYS.remove(storage, endpoint.as_slice());
    PARTICIPANTS.remove(storage, owner);
}

/// Takes up to `amount`. Once the caller is known to be the jobs contract, no node address and no amount makes
/// this fail: one fault must not block the settlement of a job.
pub(crate) fn slash(
    deps: DepsMut<'_>,
    node: &str,
    amount: Uint128,
    reason: String,
    job_id: u64,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    let found = bonded_node(&deps, node)?;
    let bond = found.as_ref().map_or(0, |(_, entry)| entry.bond.u128());
    let cut = economics::slash(bond, amount.u128(), Bps::new("burn_bps", config.params.burn_bps)?);
    if let Some((address, mut entry)) = found {
        entry.bond = cut.rest.into();
        entry.slashed = entry.slashed.saturating_add(cut.taken.into());
        PARTICIPANTS.save(deps.storage, &address, &entry)?;
        subtract_bonded(deps.storage, cut.taken.into())?;
        candidates::changed(deps.storage, &address, &entry)?;
        record::count(deps.storage, &address, JobEvent::Fault)?;
    }
    let (address, reason) = (node.into(), reason);
    let (amount, burnt) = (cut.taken.into(), cut.burnt.into());
    let event = Event::Slashed { address, amount, burnt, reason, job_id };
    Ok(Response::new()
        .add_messages(burn(&config, cut.burnt.into())?)
        .add_messages(transfer(&config, &config.treasury, cut.treasury.into())?)
        .add_event(event))
}

/// The node at an address; none for a requester and for text that is no address.
fn bonded_node(deps: &DepsMut<'_>, node: &str) -> StdResult<Option<(Addr, Participant)>> {
    let Ok(address) = deps.api.addr_validate(node) else { return Ok(None) };
    let entry = PARTICIPANTS.may_load(deps.storage, &address)?;
    Ok(entry.filter(|entry| matches!(entry.kind, Kind::Node(_))).map(|entry| (address, entry)))
}

/// No message for nothing: a token may refuse an amount of zero.
pub(crate) fn transfer(config: &Config, recipient: &Addr, amount: Uint128) -> StdResult<Option<WasmMsg>> {
    some(amount).map(|amount| token::transfer(&config.token, recipient, amount)).transpose()
}

pub(crate) fn burn(config: &Config, amount: Uint128) -> StdResult<Option<WasmMsg>> {
    some(amount).map(|amount| token::burn(&config.token, amount)).transpose()
}

/// cw20 refuses messages that move nothing.
fn some(amount: Uint128) -> Option<Uint128> {
    Some(amount).filter(|amount| !amount.is_zero())
}
