//! Instantiation, and what the owner does.

use bithive_api::attestations::{Event, ExecuteMsg, InstantiateMsg, Peer, limits};
use bithive_contract_kit::delay;
use bithive_contract_kit::input::address;
use cosmwasm_std::{Deps, DepsMut, Env, Response, Storage};
use cw_ownable::initialize_owner;

use crate::ContractError;
use crate::state::{CONFIG, Config, PEERS};
use crate::verify::check_source;

pub(crate) fn instantiate(
    deps: DepsMut<'_>,
    env: &Env,
    msg: InstantiateMsg,
) -> Result<Response, ContractError> {
    let owner = address(deps.api, "owner", &msg.owner)?;
    let jobs = msg.jobs.map(|jobs| address(deps.api, "jobs", &jobs)).transpose()?;
    initialize_owner(deps.storage, deps.api, Some(owner.as_str()))?;
    delay::begin(deps.storage, env)?;
    CONFIG.save(deps.storage, &Config { jobs })?;
    Ok(Response::new())
}

/// Whether the owner's message has to wait, once what it names was checked. A peer is removed at once.
pub(crate) fn waits(deps: Deps<'_>, env: &Env, msg: &ExecuteMsg) -> Result<bool, ContractError> {
    let setting = matches!(msg, ExecuteMsg::AllowPeer(_));
    Ok(setting && delay::waits(deps.storage, env)?)
}

pub(crate) fn allow_peer(storage: &mut dyn Storage, peer: &Peer) -> Result<Response, ContractError> {
    let Peer { connection_id, port_id, source } = peer;
    expect_name("connection_id", connection_id, "connection-", "connection-<number>")?;
    expect_name("port_id", port_id, "wasm.", "wasm.<address of the contract at the other end>")?;
    source.as_ref().map_or(Ok(()), check_source)?;
    PEERS.save(storage, (connection_id, port_id), source)?;
    let Peer { connection_id, port_id, source } = peer.clone();
    let event = Event::PeerAllowed { connection_id, port_id, source };
    Ok(Response::new().add_event(event))
}

pub(crate) fn remove_peer(
    storage: &mut dyn Storage,
    connection_id: String,
    port_id: String,
) -> Result<Response, ContractError> {
    if !PEERS.has(storage, (&connection_id, &port_id)) {
        return Err(ContractError::NoPeer { connection_id, port_id });
    }
    PEERS.remove(storage, (&connection_id, &port_id));
    Ok(Response::new().add_event(Event::PeerRemoved { connection_id, port_id }))
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
