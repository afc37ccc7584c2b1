//! Disputes of DGKBE keys: one opened part of a key file, one pairing equality, one verdict.
//!
//! A verdict is arithmetic on what the owner itself registered, so it costs the owner the whole bond: no software
//! publishes a malformed key by mistake, and a smaller cut would leave a bond behind a key that nobody can use. The
//! bounty is less than half of it, so disputing oneself only burns money. A lost deposit is divided like a slashed
//! amount and does not go to the accused, which has no loss and must not gain from a dispute that it provoked.

use bithive_api::registry::{Event, KeyDispute, KeyOpening, NodeRegistration};
use bithive_attest::PUBLIC_KEY_BYTES;
use bithive_attest::host::{G1_GENERATOR, HostError};
use bithive_contract_kit::input::{address, exactly, sized};
use bithive_dgkbe::Groups;
use bithive_dgkbe::opening::{Fault, KeyFile, Opened, Part, open_power};
use bithive_economics::{self as economics, Bps};
use cosmwasm_std::{Addr, Api, DepsMut, Env, Response, Uint128, VerificationError};

use crate::bond::{burn, transfer};
use crate::state::{CONFIG, Config, Kind, PARTICIPANTS, Participant, subtract_bonded};
use crate::{ContractError, candidates};

/// Decides a dispute. The deposit has arrived and is counted in no bond; it leaves with this message.
pub(crate) fn dispute(
    deps: DepsMut<'_>,
    env: &Env,
    disputer: &Addr,
    deposit: Uint128,
    dispute: &KeyDispute,
) -> Result<Response, ContractError> {
    let config = CONFIG.load(deps.storage)?;
    exactly("the deposit of a dispute", deposit, config.params.dispute_deposit)?;
    let accused = address(deps.api, "node", &dispute.node)?;
    let Some(entry) = PARTICIPANTS.may_load(deps.storage, &accused)? else {
        return Err(ContractError::NotNode { address: accused.into() });
    };
    let Kind::Node(registration) = &entry.kind else {
        return Err(ContractError::NotNode { address: accused.into() });
    };
    if entry.malformed {
        return Err(ContractError::AlreadyProven { address: accused.into() });
    }
    let Some(fault) = fault(deps.api, &config, registration, &dispute.opening)? else {
        return forfeit(&config, &accused, disputer);
    };
    let (slot, fault) = (registration.slot, fault.to_string());
    convict(deps, env, &config, (accused, entry), disputer, (slot, fault))
}

/// What is wrong with the opened part; none if nothing is.
fn fault(
    api: &dyn Api,
    config: &Config,
    registration: &NodeRegistration,
    opening: &KeyOpening,
) -> Result<Option<Fault>, ContractError> {
    let digest = sized("dgkbe_key_digest", &registration.dgkbe_key_digest)?;
    let crs_digest = sized("crs_digest", &config.crs_digest)?;
    let commitment = sized::<PUBLIC_KEY_BYTES>("dgkbe_key", &registration.dgkbe_key)?;
    let groups = Groups::new(config.params.groups, config.params.slots)?;
    let (slots, slot) = (groups.size(), groups.place(registration.slot)?.slot);
    let file = KeyFile { slots, slot, crs_digest: &crs_digest, commitment: &commitment };
    let (part, key) = match opening {
        KeyOpening::Header { key } => (Part::Header, key),
        KeyOpening::End { key } => (Part::End, key),
        KeyOpening::Element { index, key, .. } => (Part::Element(*index), key),
    };
    match (file.open(part, &digest, key)?, opening) {
        (Opened::Malformed(fault), _) => Ok(Some(fault)),
        (Opened::Element(element), KeyOpening::Element { index, power, .. }) => {
            let power = open_power(slots, *index, &crs_digest, power)?;
            judge(api, &commitment, &power, &element, *index)
        }
        (Opened::Sound | Opened::Element(_), _) => Ok(None),
    }
}

/// Whether an element is a point and e(T, B) = e(g1, H). The host refuses a whole equality for one bad point, so the
/// element is decoded on its own first: only its own failure counts against its owner.
fn judge(
    api: &dyn Api,
    commitment: &[u8],
    power: &[u8],
    element: &[u8],
    index: u16,
) -> Result<Option<Fault>, ContractError> {
    let refused = |what, error: &VerificationError| HostError::Point { what, reason: error.to_string() };
    match api.bls12_381_aggregate_g2(element) {
        // The sum of one point is that point, encoded canonically; the host reads more than one identity.
        Ok(canonical) if canonical == *element => {}
        Ok(_) | Err(VerificationError::InvalidPoint) => return Ok(Some(Fault::Point { index })),
        Err(error) => return Err(refused("element of the key", &error).into()),
    }
    let equal = api
        .bls12_381_pairing_equality(commitment, power, &G1_GENERATOR, element)
        .map_err(|error| refused("power of the reference string", &error))?;
    Ok((!equal).then_some(Fault::Equation { index }))
}

/// The key is malformed: its owner loses the bond and starts unbonding; the disputer gets the deposit back and the
/// bounty.
fn convict(
    deps: DepsMut<'_>,
    env: &Env,
    config: &Config,
    (accused, mut entry): (Addr, Participant),
    disputer: &Addr,
    (slot, fault): (u16, String),
) -> Result<Response, ContractError> {
    let params = &config.params;
    let taken = entry.bond;
    let bounty = Uint128::new(Bps::new("bounty_bps", params.bounty_bps)?.of(taken.u128()));
    let lost = taken.checked_sub(bounty)?.u128();
    let cut = economics::slash(lost, lost, Bps::new("burn_bps", params.burn_bps)?);
    // Leaving starts here, because an owner without a bond has no reason to ask for it: anyone can then free the
    // slot once the time has passed.
    let until = entry
        .unbonding_until
        .unwrap_or_else(|| env.block.time.seconds().saturating_add(params.unbonding_seconds));
    entry.bond = Uint128::zero();
    entry.slashed = entry.slashed.saturating_add(taken);
    entry.unbonding_until = Some(until);
    entry.malformed = true;
    PARTICIPANTS.save(deps.storage, &accused, &entry)?;
    subtract_bonded(deps.storage, taken)?;
    candidates::changed(deps.storage, &accused, &entry)?;
    let event = Event::KeyMalformed {
        address: accused,
        slot,
        disputer: disputer.clone(),
        fault,
        amount: taken,
        bounty,
        burnt: cut.burnt.into(),
        until,
    };
    Ok(Response::new()
        .add_messages(transfer(config, disputer, params.dispute_deposit.checked_add(bounty)?)?)
        .add_messages(burn(config, cut.burnt.into())?)
        .add_messages(transfer(config, &config.treasury, cut.treasury.into())?)
        .add_event(event))
}

/// Nothing was wrong: the deposit is lost.
fn forfeit(config: &Config, accused: &Addr, disputer: &Addr) -> Result<Response, ContractError> {
    let deposit = config.params.dispute_deposit.u128();
    let cut = economics::slash(deposit, deposit, Bps::new("burn_bps", config.params.burn_bps)?);
    let (address, disputer) = (accused.clone(), disputer.clone());
    let event = Event::DisputeLost { address, disputer, amount: cut.taken.into(), burnt: cut.burnt.into() };
    Ok(Response::new()
        .add_messages(burn(config, cut.burnt.into())?)
        .add_messages(transfer(config, &config.treasury, cut.treasury.into())?)
        .add_event(event))
}
