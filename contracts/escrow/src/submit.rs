//! What payees say: that a milestone is reached, or that they give up.

use bithive_api::escrow::{Approver, Event, Phase, limits};
use cosmwasm_std::{Addr, Env, HexBinary, Response, Storage};

use crate::ContractError;
use crate::pay::refund_all;
use crate::state::{AGREEMENTS, agreement, agreement_at};
use crate::terms::digest;

/// A payee says that the present milestone is reached; the review begins.
pub(crate) fn submit(
    storage: &mut dyn Storage,
    env: &Env,
    by: Addr,
    (id, milestone): (u64, u8),
    evidence: Option<HexBinary>,
) -> Result<Response, ContractError> {
    if let Some(evidence) = &evidence {
        digest("evidence", evidence)?;
    }
    let mut agreement = agreement_at(storage, id, milestone)?;
    if matches!(agreement.approver, Approver::Preimage { .. }) {
        return Err(ContractError::ByCode { id });
    }
    let now = env.block.time.seconds();
    let (Phase::Active { until } | Phase::Rejected { until }) = agreement.phase else {
        return Err(ContractError::NotAwaited { id, milestone });
    };
    expect_in_time(id, now, until)?;
    if agreement.submissions >= limits::MAX_SUBMISSIONS {
        return Err(ContractError::TooManySubmissions { id, milestone });
    }
    agreement.submissions = agreement.submissions.saturating_add(1);
    let until = now.saturating_add(agreement.present()?.review);
    agreement.phase = Phase::Submitted { until };
    AGREEMENTS.save(storage, id, &agreement)?;
    Ok(Response::new().add_event(Event::Submitted { id, milestone, by, evidence, until }))
}

/// The first payee gives up what is not released.
pub(crate) fn decline(storage: &mut dyn Storage, id: u64) -> Result<Response, ContractError> {
    let agreement = agreement(storage, id)?;
    if matches!(agreement.phase, Phase::Refunding { .. }) {
        return Err(ContractError::Refunding { id });
    }
    refund_all(storage, id, agreement, Response::new())
}

/// Refuses what comes after the last second of a state.
pub(crate) const fn expect_in_time(id: u64, now: u64, until: u64) -> Result<(), ContractError> {
    if now > until { Err(ContractError::Late { id, until, now }) } else { Ok(()) }
}
