//! Proposals, approvals, and their end.

use bithive_api::rewards::{Activity, Approval, Event, Inputs, Role, limits};
use bithive_contract_kit::input::{outside, sized};
use bithive_contract_kit::pause::is_paused;
use bithive_economics::score::{RewardInputs, reward};
use cosmwasm_std::{Addr, DepsMut, Env, HexBinary, Response, Storage, Uint128};

use crate::permission::not_party;
use crate::state::{CONFIG, EVIDENCE, NEXT_ID, PARTIES, PROPOSALS, Proposal, formula};
use crate::{ContractError, pay};

pub(crate) fn propose(
    deps: DepsMut<'_>,
    env: &Env,
    sender: &Addr,
    patient: &str,
    activity: Activity,
    inputs: &Inputs,
    evidence: HexBinary,
) -> Result<Response, ContractError> {
    let role = active_role(deps.storage, sender)?;
    let token = CONFIG.load(deps.storage)?.token;
    let patient = outside(deps.api, "patient", patient, &[&env.contract.address, &token])?;
    expect_not_patient(sender, &patient)?;
    sized::<32>("evidence", &evidence)?;
    if let Some(id) = EVIDENCE.may_load(deps.storage, evidence.as_slice())? {
        return Err(ContractError::EvidenceUsed { id });
    }
    let Inputs { value, completion, history, time, adjustment } = *inputs;
    let inputs = RewardInputs { value: value.u128(), completion, history: history.u128(), time, adjustment };
    let formula = formula(activity);
    let amount: Uint128 = reward(formula, &inputs)?.into();
    if amount.is_zero() {
        return Err(ContractError::NothingEarned { least: (formula.range().0 / 2).into() });
    }
    let id = NEXT_ID.may_load(deps.storage)?.unwrap_or(1);
    NEXT_ID.save(deps.storage, &id.saturating_add(1))?;
    EVIDENCE.save(deps.storage, evidence.as_slice(), &id)?;
    let until = env.block.time.plus_seconds(limits::APPROVAL_SECONDS).seconds();
    let approvals = vec![Approval { party: sender.clone(), role }];
    let proposal = Proposal { patient, activity, amount, evidence, approvals, until };
    PROPOSALS.save(deps.storage, id, &proposal)?;
    let (patient, party) = (proposal.patient, sender.clone());
    Ok(Response::new().add_event(Event::Proposed { id, patient, activity, amount, party, until }))
}

pub(crate) fn approve(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    id: u64,
) -> Result<Response, ContractError> {
    let role = active_role(storage, sender)?;
    let mut proposal = find(storage, id)?;
    expect_not_patient(sender, &proposal.patient)?;
    if env.block.time.seconds() > proposal.until {
        return Err(ContractError::TooLate { id, until: proposal.until });
    }
    // Who lost its role, or has another one since, has not approved.
    let mut valid = Vec::with_capacity(proposal.approvals.len());
    for approval in proposal.approvals {
        if PARTIES.may_load(storage, &approval.party)? == Some(approval.role) {
            valid.push(approval);
        }
    }
    proposal.approvals = valid;
    if proposal.approvals.iter().any(|approval| approval.role == role) {
        return Err(ContractError::RoleTwice { id, role });
    }
    proposal.approvals.push(Approval { party: sender.clone(), role });
    let event = Event::Approved { id, party: sender.clone(), role };
    if proposal.approvals.len() < usize::from(CONFIG.load(storage)?.approvals) {
        PROPOSALS.save(storage, id, &proposal)?;
        return Ok(Response::new().add_event(event));
    }
    // Removed before it is paid. Its evidence stays, so that it is not paid again.
    PROPOSALS.remove(storage, id);
    Ok(pay::pay(storage, env, id, &proposal)?.add_event(event))
}

pub(crate) fn expire(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let proposal = find(storage, id)?;
    if env.block.time.seconds() <= proposal.until {
        return Err(ContractError::TooEarly { id, until: proposal.until });
    }
    PROPOSALS.remove(storage, id);
    EVIDENCE.remove(storage, proposal.evidence.as_slice());
    Ok(Response::new().add_event(Event::Expired { id }))
}

fn find(storage: &dyn Storage, id: u64) -> Result<Proposal, ContractError> {
    PROPOSALS.may_load(storage, id)?.ok_or(ContractError::NoProposal { id })
}

/// The role of a party, while parties may speak.
fn active_role(storage: &dyn Storage, sender: &Addr) -> Result<Role, ContractError> {
    let role = PARTIES.may_load(storage, sender)?.ok_or_else(|| not_party(sender))?;
    if is_paused(storage)? { Err(ContractError::Paused) } else { Ok(role) }
}

fn expect_not_patient(sender: &Addr, patient: &Addr) -> Result<(), ContractError> {
    if sender == patient { Err(ContractError::OwnReward { sender: sender.into() }) } else { Ok(()) }
}
