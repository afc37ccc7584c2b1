//! Instantiation, and what the owner does: feeds, their reporters, and a brake. It has no message that sets a value.

use bithive_api::oracle::{Event, ExecuteMsg, InstantiateMsg, Terms, limits};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::{InputError, address, count, sized, text, within};
use cosmwasm_std::{Api, Deps, DepsMut, Env, HexBinary, Response, Storage};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{FEEDS, Feed, NEXT_FEED, RECORDS, feed};

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: &InstantiateMsg,
) -> Result<Response, ContractError> {
    delay::begin(deps.storage, env)?;
    let owner = address(deps.api, "owner", &msg.owner)?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked. Nobody relies on a new feed; other reporters of one that is
/// relied on could bring about any value.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let ExecuteMsg::SetReporters { feed: id, reporters, quorum } = msg else { return Ok(false) };
    feed(deps.storage, *id)?;
    check_reporters(deps.api, reporters, *quorum)?;
    Ok(delay::waits(deps.storage, env)?)
}

pub(crate) fn create(
    deps: DepsMut<'_>,
    terms: Terms,
    reporters: Vec<HexBinary>,
    quorum: u8,
) -> Result<Response, ContractError> {
    check_terms(&terms)?;
    check_reporters(deps.api, &reporters, quorum)?;
    let id = NEXT_FEED.may_load(deps.storage)?.unwrap_or(1);
    NEXT_FEED.save(deps.storage, &id.checked_add(1).ok_or(ContractError::NoNumber)?)?;
    let Terms { category, description, currency, .. } = terms.clone();
    let created = Event::Created { feed: id, category, description, currency };
    let named = named(id, &reporters, quorum);
    FEEDS.save(deps.storage, id, &Feed { terms, reporters, quorum, stopped: false })?;
    Ok(Response::new().add_event(created).add_event(named))
}

pub(crate) fn set_reporters(
    deps: DepsMut<'_>,
    id: u64,
    reporters: Vec<HexBinary>,
    quorum: u8,
) -> Result<Response, ContractError> {
    let before = feed(deps.storage, id)?;
    check_reporters(deps.api, &reporters, quorum)?;
    let named = named(id, &reporters, quorum);
    FEEDS.save(deps.storage, id, &Feed { reporters, quorum, ..before })?;
    // They are kept by place, and the places are other reporters' now.
    RECORDS.remove(deps.storage, id);
    Ok(Response::new().add_event(named))
}

pub(crate) fn set_stopped(
    storage: &mut dyn Storage,
    id: u64,
    stopped: bool,
) -> Result<Response, ContractError> {
    let before = feed(storage, id)?;
    FEEDS.save(storage, id, &Feed { stopped, ..before })?;
    Ok(Response::new().add_event(Event::Stopped { feed: id, stopped }))
}

fn named(id: u64, reporters: &[HexBinary], quorum: u8) -> Event {
    Event::Reporters { feed: id, reporters: reporters.len() as u64, quorum }
}

fn check_terms(terms: &Terms) -> Result<(), ContractError> {
    let Terms { category: _, description, currency, decimals, interval, max_age, dev_bps, cooldown } = terms;
    text("description", description, limits::MAX_DESCRIPTION)?;
    if description.trim().is_empty() || description.chars().any(char::is_control) {
        return Err(ContractError::Description { found: description.clone() });
    }
    if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_uppercase()) {
        return Err(ContractError::Currency { found: currency.clone() });
    }
    within("decimals", (*decimals).into(), 0..=limits::MAX_DECIMALS.into())?;
    let (shortest, longest) = (limits::MIN_INTERVAL, limits::MAX_INTERVAL);
    within("interval", (*interval).into(), shortest.into()..=longest.into())?;
    // A price that is too old before its round is over would never be answered.
    within("max_age", (*max_age).into(), (*interval).into()..=limits::MAX_AGE.into())?;
    within("dev_bps", (*dev_bps).into(), 1..=limits::MAX_DEV_BPS.into())?;
    within("cooldown", (*cooldown).into(), limits::MIN_COOLDOWN.into()..=limits::MAX_COOLDOWN.into())?;
    Ok(())
}

fn check_reporters(api: &dyn Api, reporters: &[HexBinary], quorum: u8) -> Result<(), ContractError> {
    within("quorum", quorum.into(), limits::MIN_QUORUM.into()..=limits::MAX_QUORUM.into())?;
    if quorum.is_multiple_of(2) {
        return Err(ContractError::EvenQuorum { found: quorum });
    }
    // More than half: two groups that contradict each other can't both be enough.
    let most = usize::from(quorum).saturating_mul(2).saturating_sub(1).min(limits::MAX_REPORTERS);
    count("reporters", reporters.len(), quorum.into()..=most)?;
    for (place, key) in reporters.iter().enumerate() {
        check_key(api, &sized("reporters", key)?)?;
        if reporters.iter().take(place).any(|before| before == key) {
            return Err(InputError::Duplicate { field: "reporters", found: key.to_hex() }.into());
        }
    }
    Ok(())
}

/// Refuses a key of small order: R = the neutral element and s = 0 sign every text for it, so anybody could report in its name. A key that
/// is no point signs nothing, and is its owner's loss.
fn check_key(api: &dyn Api, key: &[u8; 32]) -> Result<(), ContractError> {
    let mut signature = [0; 64];
    signature[0] = 1;
    if api.ed25519_verify(b"no text", &signature, key).unwrap_or(false) {
        return Err(ContractError::WeakKey { found: HexBinary::from(key).to_hex() });
    }
    Ok(())
}
