//! What data owners state: whose jobs may name them.

use bithive_api::models::{Event, limits};
use bithive_contract_kit::input::{address, within};
use cosmwasm_std::{Addr, DepsMut, Env, Response};

use crate::ContractError;
use crate::state::CONSENTS;

/// The owner's own message is its consent: nobody else can state it, and it costs nothing to take back.
pub(crate) fn set(
    deps: DepsMut<'_>,
    env: &Env,
    owner: &Addr,
    requester: &str,
    until: Option<u64>,
) -> Result<Response, ContractError> {
    let requester = address(deps.api, "requester", requester)?;
    let key = (owner, &requester);
    match until {
        Some(until) => {
            let now = env.block.time.seconds();
            let most = now.saturating_add(limits::MAX_CONSENT_SECONDS);
            within("until", until.into(), now.into()..=most.into())?;
            CONSENTS.save(deps.storage, key, &until)?;
        }
        None => CONSENTS.remove(deps.storage, key),
    }
    let until = until.unwrap_or_default();
    Ok(Response::new().add_event(Event::Consent { owner: owner.clone(), requester, until }))
}
