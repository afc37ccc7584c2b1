//! What the payer, signers, contributors or the holder of a code say of a milestone.

use bithive_api::escrow::{Approver, Event, Phase, limits};
use bithive_contract_kit::input::length;
use cosmwasm_std::{Addr, Env, HexBinary, Response, Storage, Uint128};
use sha2::{Digest as _, Sha256};

use crate::ContractError;
use crate::pay::{refund_all, release};
use crate::state::{AGREEMENTS, Agreement, CONTRIBUTIONS, agreement, agreement_at};
use crate::submit::expect_in_time;

/// Approves or rejects the present milestone. The sender is one of those who may, by the table of permissions.
pub(crate) fn speak(
    storage: &mut dyn Storage,
    env: &Env,
    sender: &Addr,
    (id, milestone): (u64, u8),
    approves: bool,
) -> Result<Response, ContractError> {
    let agreement = agreement_at(storage, id, milestone)?;
    let now = env.block.time.seconds();
    match &agreement.approver {
        // Whatever the state: the payer's word for the payees takes nothing from anybody else.
        Approver::Payer { .. } if approves => release(storage, now, id, agreement, Response::new()),
        Approver::Payer { .. } => reject(storage, now, id, agreement),
        Approver::Preimage { .. } => Err(ContractError::ByCode { id }),
        Approver::Signers { .. } => sign(storage, now, sender, (id, agreement), approves),
        Approver::Contributors {} => vote(storage, now, sender, (id, agreement), approves),
    }
}

/// The payer rejects what was submitted. The payees have the rest of their time, at least as long as a review, to do better or to dispute.
fn reject(
    storage: &mut dyn Storage,
    now: u64,
    id: u64,
    mut agreement: Agreement,
) -> Result<Response, ContractError> {
    let milestone = agreement.milestone;
    let Phase::Submitted { until } = agreement.phase else {
        return Err(ContractError::NothingSubmitted { id, milestone });
    };
    expect_in_time(id, now, until)?;
    let until = agreement.due.max(now.saturating_add(agreement.present()?.review));
    agreement.phase = Phase::Rejected { until };
    AGREEMENTS.save(storage, id, &agreement)?;
    Ok(Response::new().add_event(Event::Rejected { id, milestone, until }))
}

/// A signer says whether the milestone is reached, once. Enough of them release it; where enough can't be found any more, it is refunded.
fn sign(
    storage: &mut dyn Storage,
    now: u64,
    by: &Addr,
    (id, mut agreement): (u64, Agreement),
    approves: bool,
) -> Result<Response, ContractError> {
    let Approver::Signers { signers, needed } = &agreement.approver else {
        return Err(ContractError::ByCode { id });
    };
    let (count, needed) = (signers.len(), usize::from(*needed));
    let bit = signers.iter().position(|signer| signer == by).and_then(|index| {
        let index = u32::try_from(index).ok()?;
        1u16.checked_shl(index)
    });
    let Some(bit) = bit else { return Err(ContractError::ByCode { id }) };
    let milestone = agreement.milestone;
    match agreement.phase {
        Phase::Submitted { until } => expect_in_time(id, now, until)?,
        Phase::Active { until } if approves => expect_in_time(id, now, until)?,
        _ => return Err(ContractError::NothingSubmitted { id, milestone }),
    }
    if agreement.tally.spoken & bit != 0 {
        return Err(ContractError::SpokenAlready { id, milestone });
    }
    agreement.tally.spoken |= bit;
    let response = Response::new().add_event(count_in(&mut agreement, id, by, (approves, Uint128::one()))?);
    let (approving, refusing) = (agreement.tally.approving.u128(), agreement.tally.refusing.u128());
    let (needed, count) = (wide(needed), wide(count));
    if approving >= needed {
        release(storage, now, id, agreement, response)
    } else if refusing > count.saturating_sub(needed) {
        refund_all(storage, id, agreement, response)
    } else {
        AGREEMENTS.save(storage, id, &agreement)?;
        Ok(response)
    }
}

fn wide(count: usize) -> u128 {
    u128::try_from(count).unwrap_or(u128::MAX)
}

/// A contributor says whether the milestone is reached, once, with the weight of what it put in.
fn vote(
    storage: &mut dyn Storage,
    now: u64,
    by: &Addr,
    (id, mut agreement): (u64, Agreement),
    approves: bool,
) -> Result<Response, ContractError> {
    let milestone = agreement.milestone;
    let (Phase::Submitted { until } | Phase::Voting { until }) = agreement.phase else {
        return Err(ContractError::NothingSubmitted { id, milestone });
    };
    expect_in_time(id, now, until)?;
    let mut contribution = CONTRIBUTIONS.load(storage, (by, id))?;
    if contribution.voted == milestone {
        return Err(ContractError::SpokenAlready { id, milestone });
    }
    contribution.voted = milestone;
    CONTRIBUTIONS.save(storage, (by, id), &contribution)?;
    let event = count_in(&mut agreement, id, by, (approves, contribution.amount))?;
    let mut response = Response::new().add_event(event);
    let votes = agreement.votes();
    match votes.decided() {
        Some(true) => return release(storage, now, id, agreement, response),
        Some(false) => return refund_all(storage, id, agreement, response),
        None => {}
    }
    if matches!(agreement.phase, Phase::Submitted { .. }) && votes.opens_vote() {
        // As long as the review: who was silent because nobody objected has the same time again.
        let until = now.saturating_add(agreement.present()?.review);
        agreement.phase = Phase::Voting { until };
        response = response.add_event(Event::Voting { id, milestone, until });
    }
    AGREEMENTS.save(storage, id, &agreement)?;
    Ok(response)
}

/// Counts what a signer or contributor says.
fn count_in(
    agreement: &mut Agreement,
    id: u64,
    by: &Addr,
    (approves, weight): (bool, Uint128),
) -> Result<Event, ContractError> {
    let milestone = agreement.milestone;
    let tally = &mut agreement.tally;
    let side = if approves { &mut tally.approving } else { &mut tally.refusing };
    *side = side.checked_add(weight)?;
    Ok(Event::Voted { id, milestone, by: by.clone(), approves, weight })
}

/// Releases an agreement with its code, to its payees, whoever presents it.
pub(crate) fn reveal(
    storage: &mut dyn Storage,
    env: &Env,
    by: Addr,
    (id, preimage): (u64, HexBinary),
) -> Result<Response, ContractError> {
    length("preimage", preimage.len(), limits::MIN_CODE_BYTES..=limits::MAX_CODE_BYTES)?;
    let agreement = agreement(storage, id)?;
    let Approver::Preimage { hash } = &agreement.approver else {
        return Err(ContractError::NoCode { id });
    };
    if Sha256::digest(&preimage).as_slice() != hash.as_slice() {
        return Err(ContractError::WrongCode { id });
    }
    let (now, until) = (env.block.time.seconds(), agreement.due);
    expect_in_time(id, now, until)?;
    let response = Response::new().add_event(Event::Revealed { id, by, preimage });
    release(storage, now, id, agreement, response)
}
