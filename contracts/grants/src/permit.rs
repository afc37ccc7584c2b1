//! Permits to read contents: given, taken back, and the question that a committee asks.

use bithive_api::grants::{Event, Standing, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::input::{address, count, sized};
use cosmwasm_std::{Addr, Api, Deps, DepsMut, Env, HexBinary, Response};

use crate::ContractError;
use crate::state::{Content, PERMITS, Permit, Revoked, content};

/// For whom, what for and until when.
pub(crate) struct Given {
    pub(crate) readers: Vec<String>,
    pub(crate) purpose: String,
    pub(crate) until: u64,
}

/// Permits readers: all of them or none.
pub(crate) fn permit(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    digest: &HexBinary,
    given: Given,
) -> Result<Response, ContractError> {
    let Given { readers, purpose, until } = given;
    let key = sized::<32>("content", digest)?;
    let row = content(deps.storage, &key)?;
    let readers = addresses(deps.api, &readers)?;
    check_purpose(&purpose)?;
    let now = env.block.time.seconds();
    let latest = now.saturating_add(limits::MAX_SECONDS);
    if until <= now || until > latest {
        return Err(ContractError::Expires { found: until, now, latest });
    }
    let mut response = Response::new();
    for reader in readers {
        if let Some(known) = PERMITS.may_load(deps.storage, (&key, &reader))? {
            may_replace(&row, &known, sender, &reader, now)?;
        }
        let permit = Permit { by: sender.clone(), purpose: purpose.clone(), until, at: now, revoked: None };
        PERMITS.save(deps.storage, (&key, &reader), &permit)?;
        let (content, by, purpose) = (digest.clone(), sender.clone(), purpose.clone());
        response = response.add_event(Event::ContentPermitted { content, reader, by, purpose, until });
    }
    Ok(response)
}

/// The author decides over every permit. A granter decides over its own, and over what nobody holds any more, unless the author has taken
/// it back.
fn may_replace(
    row: &Content,
    known: &Permit,
    sender: &Addr,
    reader: &Addr,
    now: u64,
) -> Result<(), ContractError> {
    if row.author == *sender {
        return Ok(());
    }
    if known.revoked.as_ref().is_some_and(|revoked| revoked.by == row.author) {
        return Err(ContractError::AuthorRevoked { reader: reader.into() });
    }
    if known.by != *sender && known.standing(now) == Standing::Live {
        return Err(ContractError::NotTheGiver { reader: reader.into(), by: known.by.clone().into() });
    }
    Ok(())
}

/// Takes permits back. What is revoked already or was never given is passed over: a repetition must not keep the others from being revoked.
pub(crate) fn revoke(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    digest: &HexBinary,
    readers: &[String],
) -> Result<Response, ContractError> {
    let key = sized::<32>("content", digest)?;
    let row = content(deps.storage, &key)?;
    let mut response = Response::new();
    for reader in addresses(deps.api, readers)? {
        let Some(known) = PERMITS.may_load(deps.storage, (&key, &reader))? else { continue };
        let is_author = row.author == *sender;
        if !is_author && known.by != *sender {
            return Err(ContractError::NotTheGiver { reader: reader.into(), by: known.by.into() });
        }
        // The author's word is kept over a granter's: what it revokes, only it permits again.
        let by_author = known.revoked.as_ref().is_some_and(|revoked| revoked.by == row.author);
        if known.revoked.is_some() && (by_author || !is_author) {
            continue;
        }
        let at = env.block.time.seconds();
        let revoked = Some(Revoked { by: sender.clone(), at });
        PERMITS.save(deps.storage, (&key, &reader), &Permit { revoked, ..known })?;
        response =
            response.add_event(Event::PermitRevoked { content: digest.clone(), reader, by: sender.clone() });
    }
    Ok(response)
}

/// Whether an account may read a content now: one row.
pub(crate) fn allowed(
    deps: Deps<'_>,
    env: &Env,
    digest: &HexBinary,
    reader: &str,
) -> Result<Standing, ContractError> {
    let key = sized::<32>("content", digest)?;
    let reader = address(deps.api, "reader", reader)?;
    let found = PERMITS.may_load(deps.storage, (&key, &reader))?;
    Ok(found.map_or(Standing::Unknown, |permit| permit.standing(env.block.time.seconds())))
}

fn addresses(api: &dyn Api, readers: &[String]) -> Result<Vec<Addr>, ContractError> {
    count("readers", readers.len(), 1..=limits::MAX_READERS)?;
    let readers: Result<_, _> = readers.iter().map(|reader| address(api, "readers", reader)).collect();
    Ok(readers?)
}

fn check_purpose(purpose: &str) -> Result<(), ContractError> {
    let (found, most) = (purpose.len(), limits::MAX_PURPOSE);
    if !(1..=most).contains(&found) {
        return Err(InputError::Length { field: "purpose", found, least: 1, most }.into());
    }
    if purpose.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return Ok(());
    }
    Err(ContractError::Purpose { found: purpose.to_owned() })
}
