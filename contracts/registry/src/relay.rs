//! How an endpoint is reached: the URL of a relay, set by the holder of the endpoint.
//!
//! The chain names the relay and no address of the party itself: where a machine is, only its relay and the peers
//! that it talks to know.

use bithive_api::event::OrEmpty;
use bithive_api::registry::{Event, limits};
use bithive_api::relay::check_relay_url;
use bithive_contract_kit::input::sized;
use bithive_contract_kit::permission::Unauthorized;
use cosmwasm_std::{Addr, Deps, Env, HexBinary, Response, Storage};

use crate::ContractError;
use crate::state::{ENDPOINTS, RELAYS, committee_holder};

/// Names, changes or takes back the relay of an endpoint.
pub(crate) fn set(
    storage: &mut dyn Storage,
    sender: &Addr,
    endpoint: &HexBinary,
    relay: Option<String>,
) -> Result<Response, ContractError> {
    match &relay {
        Some(url) => {
            validate_url(url)?;
            RELAYS.save(storage, endpoint.as_slice(), url)?;
        }
        None => RELAYS.remove(storage, endpoint.as_slice()),
    }
    let (address, endpoint) = (sender.clone(), endpoint.clone());
    Ok(Response::new().add_event(Event::RelaySet { address, endpoint, relay: OrEmpty(relay) }))
}

/// Checks that the sender holds the endpoint: as a committee member, or by a bond, even while unbonding, because its
/// jobs still run.
///
/// # Errors
/// [`ContractError::Input`], [`ContractError::Unauthorized`].
pub(crate) fn expect_holder(
    storage: &dyn Storage,
    env: &Env,
    sender: &Addr,
    endpoint: &HexBinary,
) -> Result<(), ContractError> {
    sized::<32>("endpoint", endpoint)?;
    if committee_holder(storage, env, endpoint)?.as_ref() == Some(sender) {
        return Ok(());
    }
    let holder = ENDPOINTS.may_load(storage, endpoint.as_slice())?;
    if holder.is_some_and(|holder| holder.address == sender) {
        return Ok(());
    }
    let expected = format!("the node, requester or committee member that holds endpoint {endpoint}");
    Err(Unauthorized::new(sender, expected).into())
}

pub(crate) fn query(deps: Deps<'_>, endpoint: &HexBinary) -> Result<Option<String>, ContractError> {
    sized::<32>("endpoint", endpoint)?;
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
