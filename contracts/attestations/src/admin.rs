//! Instantiation, and what the owner does.

use bithive_api::attestations::{InstantiateMsg, Peer, events, limits};
use cosmwasm_std::{Addr, DepsMut, Event, Response, Storage};
use cw_ownable::{assert_owner, initialize_owner};

use crate::ContractError;
use crate::state::{CONFIG, Config, PEERS};
use crate::verify::check_source;

pub(crate) fn instantiate(deps: DepsMut<'_>, msg: InstantiateMsg) -> Result<Response, ContractError> {
    let owner = deps.api.addr_validate(&msg.owner)?;
    let jobs = msg.jobs.map(|jobs| deps.api.addr_validate(&jobs)).transpose()?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    CONFIG.save(deps.storage, &Config { jobs })?;
    Ok(Response::new())
}

pub(crate) fn allow_peer(
    storage: &mut dyn Storage,
    sender: &Addr,
    peer: &Peer,
) -> Result<Response, ContractError> {
    assert_owner(storage, sender)?;
    let Peer { connection_id, port_id, source } = peer;
    expect_name("connection_id", connection_id, "connection-", "connection-<number>")?;
    expect_name("port_id", port_id, "wasm.", "wasm.<address of the contract at the other end>")?;
    let mut event = Event::new(events::PEER_ALLOWED)
        .add_attribute("connection_id", connection_id)
        .add_attribute("port_id", port_id);
    if let Some(source) = source {
        check_source(source)?;
        event = event.add_attribute("chain_id", &source.chain_id).add_attribute("jobs", &source.jobs);
    }
    PEERS.save(storage, (connection_id, port_id), source)?;
    Ok(Response::new().add_event(event))
}

pub(crate) fn remove_peer(
    storage: &mut dyn Storage,
    sender: &Addr,
    connection_id: String,
    port_id: String,
) -> Result<Response, ContractError> {
    assert_owner(storage, sender)?;
    if !PEERS.has(storage, (&connection_id, &port_id)) {
        return Err(ContractError::NoPeer { connection_id, port_id });
    }
    PEERS.remove(storage, (&connection_id, &port_id));
    let event = Event::new(events::PEER_REMOVED)
        .add_attribute("connection_id", connection_id)
        .add_attribute("port_id", port_id);
    Ok(Response::new().add_event(event))
}

fn expect_name(
    field: &'static str,
    found: &str,
    prefix: &str,
    expected: &'static str,
) -> Result<(), ContractError> {
    let rest = found.strip_prefix(prefix).unwrap_or_default();
    if !rest.is_empty() && found.len() <= limits::MAX_NAME_BYTES {
        return Ok(());
    }
    Err(ContractError::Name { field, found: found.into(), expected })
}
