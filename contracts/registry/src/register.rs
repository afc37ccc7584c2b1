//! Tokens that arrive: registrations, additions to a bond, deposits of disputes.

use bithive_api::registry::{Event, Hook, NodeRegistration, Role};
use bithive_contract_kit::input::{positive, sized};
use bithive_contract_kit::pause::is_paused;
use bithive_contract_kit::token;
use cosmwasm_std::{Addr, DepsMut, Env, HexBinary, Response, Storage, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::ContractError;
use crate::state::{
    BLS_KEYS, CONFIG, Holder, Kind, PARTICIPANTS, Participant, SLOTS, add_bonded, claim_endpoint, participant,
};
use crate::{accreditation, candidates, dispute, validate};

/// A cw20 hook. Only `info.sender` is proven: it must be the bond token, and then `hook.sender` is whoever moved
/// the tokens.
pub(crate) fn receive(deps: DepsMut<'_>, env: &Env, hook: Cw20ReceiveMsg) -> Result<Response, ContractError> {
    let (account, message) = token::hook(deps.api, &hook)?;
    let registers = matches!(message, Hook::RegisterNode(_) | Hook::RegisterRequester { .. });
    if registers && is_paused(deps.storage)? {
        return Err(ContractError::Paused);
    }
    match message {
        Hook::RegisterNode(node) => register_node(deps, env, account, hook.amount, node),
        Hook::RegisterRequester { endpoint } => register_requester(deps, env, account, hook.amount, endpoint),
        Hook::AddBond {} => add_bond(deps, &account, hook.amount),
        Hook::Dispute(dispute) => dispute::dispute(deps, env, &account, hook.amount, &dispute),
    }
}

fn register_node(
    deps: DepsMut<'_>,
    env: &Env,
    account: Addr,
    bond: Uint128,
    node: NodeRegistration,
) -> Result<Response, ContractError> {
    let params = CONFIG.load(deps.storage)?.params;
    require_bond(bond, params.node_bond)?;
    validate::registration(deps.api, env, validate::all_slots(&params), &account, &node)?;
    let slot = node.slot;
    if SLOTS.has(deps.storage, slot) {
        return Err(ContractError::SlotTaken { slot });
    }
    SLOTS.save(deps.storage, slot, &account)?;
    if BLS_KEYS.has(deps.storage, node.bls_key.as_slice()) {
        return Err(ContractError::BlsKeyTaken);
    }
    BLS_KEYS.save(deps.storage, node.bls_key.as_slice(), &account)?;
    let holder = Holder { address: account.clone(), role: Role::Node };
    claim_endpoint(deps.storage, env, &node.endpoint, &holder)?;
    admit(deps.storage, &account, bond, Kind::Node(node))?;
    accreditation::committed(deps.storage, env, &account)?;
    Ok(Response::new().add_event(Event::NodeRegistered { address: account, slot }))
}

fn register_requester(
    deps: DepsMut<'_>,
    env: &Env,
    account: Addr,
    bond: Uint128,
    endpoint: HexBinary,
) -> Result<Response, ContractError> {
    let params = CONFIG.load(deps.storage)?.params;
    require_bond(bond, params.requester_bond)?;
    sized::<32>("endpoint", &endpoint)?;
    let holder = Holder { address: account.clone(), role: Role::Requester };
    claim_endpoint(deps.storage, env, &endpoint, &holder)?;
    admit(deps.storage, &account, bond, Kind::Requester { endpoint })?;
    Ok(Response::new().add_event(Event::RequesterRegistered { address: account }))
}

fn require_bond(found: Uint128, least: Uint128) -> Result<(), ContractError> {
    if found < least { Err(ContractError::BondTooSmall { found, least }) } else { Ok(()) }
}

fn admit(storage: &mut dyn Storage, account: &Addr, bond: Uint128, kind: Kind) -> Result<(), ContractError> {
    if PARTICIPANTS.has(storage, account) {
        return Err(ContractError::AlreadyRegistered { address: account.into() });
    }
    let entry = Participant { bond, unbonding_until: None, slashed: Uint128::zero(), malformed: false, kind };
    PARTICIPANTS.save(storage, account, &entry)?;
    add_bonded(storage, bond)
}

/// Refused while unbonding: the addition would leave with the bond, and not make the node eligible.
fn add_bond(deps: DepsMut<'_>, account: &Addr, amount: Uint128) -> Result<Response, ContractError> {
    positive("the amount", amount)?;
    let mut entry = participant(deps.storage, account)?;
    if let Some(until) = entry.unbonding_until {
        return Err(ContractError::Unbonding { address: account.into(), until });
    }
    entry.bond = entry.bond.checked_add(amount)?;
    PARTICIPANTS.save(deps.storage, account, &entry)?;
    add_bonded(deps.storage, amount)?;
    candidates::changed(deps.storage, account, &entry)?;
    Ok(Response::new().add_event(Event::BondAdded { address: account.clone(), amount }))
}
