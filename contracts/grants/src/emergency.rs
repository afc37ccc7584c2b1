//! Emergencies: data is opened without consent, where everybody sees it.

use bithive_api::grants::{BreakGlassResponse, Event, Reason, limits};
use bithive_contract_kit::input::{address, sized};
use cosmwasm_std::{Addr, DepsMut, Empty, Env, HexBinary, Response};

use crate::ContractError;
use crate::state::{EMERGENCIES, NEXT_EMERGENCY, OF_SUBJECT, STATED, Stated};

/// Seconds of a day.
const DAY: u64 = 86_400;

/// What a requester states.
pub(crate) struct Emergency {
    pub(crate) subject: String,
    pub(crate) reference: HexBinary,
    pub(crate) reason: Reason,
    pub(crate) text: HexBinary,
}

/// Writes an emergency down for good. What it is worth is bounded by the day, and what it costs is the name behind a bond.
pub(crate) fn state(
    deps: DepsMut<'_>,
    env: &Env,
    requester: Addr,
    emergency: Emergency,
) -> Result<Response, ContractError> {
    let Emergency { subject, reference, reason, text } = emergency;
    sized::<32>("reference", &reference)?;
    sized::<32>("text", &text)?;
    let subject = address(deps.api, "subject", &subject)?;
    if subject == requester {
        return Err(ContractError::OwnData { requester: requester.into() });
    }
    let at = env.block.time.seconds();
    let day = at.checked_div(DAY).unwrap_or_default();
    let before = STATED.may_load(deps.storage, &requester)?.unwrap_or_default();
    // A clock that goes back opens no day again.
    let stated = if before.day >= day { before } else { Stated { day, count: 0 } };
    if stated.count >= limits::EMERGENCIES_A_DAY {
        let next = stated.day.saturating_add(1).saturating_mul(DAY);
        return Err(ContractError::TooManyEmergencies { requester: requester.into(), next });
    }
    STATED.save(deps.storage, &requester, &Stated { count: stated.count.saturating_add(1), ..stated })?;
    let id = NEXT_EMERGENCY.may_load(deps.storage)?.unwrap_or(1);
    NEXT_EMERGENCY.save(deps.storage, &id.saturating_add(1))?;
    OF_SUBJECT.save(deps.storage, (&subject, id), &Empty {})?;
    let row = BreakGlassResponse { id, subject, requester, reference, reason, text, at };
    EMERGENCIES.save(deps.storage, id, &row)?;
    let BreakGlassResponse { subject, requester, reference, text, .. } = row;
    Ok(Response::new().add_event(Event::BreakGlass { id, subject, requester, reference, reason, text }))
}
