//! What a deadline that has passed does, on anybody's message.

use bithive_api::escrow::{Approver, Event, Phase};
use cosmwasm_std::{Env, Response, Storage};

use crate::ContractError;
use crate::pay::{refund_all, release};
use crate::state::agreement;

/// Moves an agreement on whose deadline has passed.
pub(crate) fn advance(storage: &mut dyn Storage, env: &Env, id: u64) -> Result<Response, ContractError> {
    let agreement = agreement(storage, id)?;
    let Some(until) = agreement.until() else { return Err(ContractError::Refunding { id }) };
    let now = env.block.time.seconds();
    if now <= until {
        return Err(ContractError::NotYet { id, until, now });
    }
    let mut response = Response::new();
    let releases = match (&agreement.phase, &agreement.approver) {
        // Silence costs those who would gain by it; signers are the condition itself.
        (Phase::Submitted { .. }, Approver::Payer { .. } | Approver::Contributors {}) => true,
        (Phase::Voting { .. }, _) => agreement.votes().approves(),
        (Phase::Disputed { .. }, Approver::Payer { arbiter: Some(arbiter) }) => {
            let (milestone, arbiter) = (agreement.milestone, arbiter.clone());
            response = response.add_event(Event::Unruled { id, milestone, arbiter });
            false
        }
        _ => false,
    };
    if releases {
        release(storage, now, id, agreement, response)
    } else {
        refund_all(storage, id, agreement, response)
    }
}
