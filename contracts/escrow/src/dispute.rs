//! What an arbiter decides, when the payer has rejected and a payee disagrees.

use bithive_api::escrow::{Approver, Event, Phase, limits};
use bithive_economics::Bps;
use cosmwasm_std::{Addr, Env, Response, Storage, Uint128};

use crate::ContractError;
use crate::pay::{pay, refund_all, release};
use crate::state::{AGREEMENTS, agreement_at};
use crate::submit::expect_in_time;

/// A payee calls the arbiter.
pub(crate) fn dispute(
    storage: &mut dyn Storage,
    env: &Env,
    by: Addr,
    (id, milestone): (u64, u8),
) -> Result<Response, ContractError> {
    let mut agreement = agreement_at(storage, id, milestone)?;
    let Approver::Payer { arbiter: Some(arbiter) } = agreement.approver.clone() else {
        return Err(ContractError::NoArbiter { id });
    };
    let Phase::Rejected { until } = agreement.phase else {
        return Err(ContractError::NotRejected { id, milestone });
    };
    let now = env.block.time.seconds();
    expect_in_time(id, now, until)?;
    let until = now.saturating_add(limits::RULING_SECONDS);
    agreement.phase = Phase::Disputed { until };
    AGREEMENTS.save(storage, id, &agreement)?;
    Ok(Response::new().add_event(Event::Disputed { id, milestone, by, arbiter, until }))
}

/// The arbiter divides the milestone's amount. What a payee does not get of it ends the agreement: the rest is the payer's.
pub(crate) fn rule(
    storage: &mut dyn Storage,
    env: &Env,
    arbiter: Addr,
    (id, milestone): (u64, u8),
    payees_bps: u16,
) -> Result<Response, ContractError> {
    let share = Bps::new("payees_bps", payees_bps)?;
    let mut agreement = agreement_at(storage, id, milestone)?;
    let Phase::Disputed { until } = agreement.phase else {
        return Err(ContractError::NotDisputed { id, milestone });
    };
    let now = env.block.time.seconds();
    expect_in_time(id, now, until)?;
    let payees = Uint128::new(share.of(agreement.present()?.amount.u128()));
    let whole = share == Bps::WHOLE;
    let payer = if whole { Uint128::zero() } else { agreement.left.checked_sub(payees)? };
    let response = Response::new().add_event(Event::Ruled { id, milestone, arbiter, payees, payer });
    if whole {
        return release(storage, now, id, agreement, response);
    }
    let response = pay(storage, id, &mut agreement, payees, response)?;
    refund_all(storage, id, agreement, response)
}
