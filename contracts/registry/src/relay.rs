//! How an endpoint is reached: the URL of a relay, said by whoever holds the endpoint.
//!
//! The chain names the relay and no address of the party itself: where a machine is, only its relay and the peers
//! that it talks to know.

use bithive_api::registry::{events, limits};
use bithive_api::relay::check_relay_url;
use cosmwasm_std::{Addr, Deps, DepsMut, Env, Event, HexBinary, Response, StdResult, Storage};

use crate::ContractError;
use crate::state::{ENDPOINTS, RELAYS, committee_holder};
use crate::validate;

/// Names, changes or takes back the relay of an endpoint.
pub(crate) fn set(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    endpoint: &HexBinary,
    relay: Option<String>,
) -> Result<Response, ContractError> {
    validate::digest("endpoint", endpoint)?;
    if !holds(deps.storage, env, sender, endpoint)? {
        return Err(ContractError::NotHolder { sender: sender.into(), endpoint: endpoint.clone() });
    }
    match &relay {
        Some(url) => {
            validate_url(url)?;
            RELAYS.save(deps.storage, endpoint.as_slice(), url)?;
        }
        None => RELAYS.remove(deps.storage, endpoint.as_slice()),
    }
    let event = Event::new(events::RELAY_SET)
        .add_attribute("address", sender)
        .add_attribute("endpoint", endpoint.to_hex())
        .add_attribute("relay", relay.unwrap_or_default());
    Ok(Response::new().add_event(event))
}

/// As long as there is a bond, on its way out, too: whoever unbonds still has jobs to finish.
fn holds(storage: &dyn Storage, env: &Env, sender: &Addr, endpoint: &HexBinary) -> StdResult<bool> {
    if committee_holder(storage, env, endpoint)?.as_ref() == Some(sender) {
        return Ok(true);
    }
    let holder = ENDPOINTS.may_load(storage, endpoint.as_slice())?;
    Ok(holder.is_some_and(|holder| holder.address == sender))
}

pub(crate) fn query(deps: Deps<'_>, endpoint: &HexBinary) -> Result<Option<String>, ContractError> {
    validate::digest("endpoint", endpoint)?;
    Ok(RELAYS.may_load(deps.storage, endpoint.as_slice())?)
}

/// Checks the form of a relay's URL, [`check_relay_url`].
///
/// # Errors
/// [`ContractError::Relay`].
pub fn validate_url(url: &str) -> Result<(), ContractError> {
    let most = limits::MAX_RELAY_BYTES;
    check_relay_url(url).map_err(|problem| ContractError::Relay {
        found: url.chars().take(most).collect(),
        problem,
        most,
    })
}
