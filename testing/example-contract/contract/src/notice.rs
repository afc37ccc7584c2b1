//! What is shown.

use bithive_api::notice::limits::MAX_BYTES;
use bithive_api::notice::{Event, NoticeResponse};
use bithive_contract_kit::input;
use cosmwasm_std::{DepsMut, Env, Response, StdResult, Storage};
use cw_storage_plus::Item;

use crate::ContractError;

/// What is shown.
pub const NOTICE: Item<NoticeResponse> = Item::new("notice");

/// Shows a text in place of the last one.
///
/// # Errors
/// [`ContractError::Input`].
pub fn put(deps: DepsMut, env: &Env, text: String) -> Result<Response, ContractError> {
    input::length("text", text.len(), 1..=MAX_BYTES)?;
    let event = Event::Put { text: text.clone() };
    NOTICE.save(deps.storage, &NoticeResponse { text, since: env.block.time.seconds() })?;
    Ok(Response::new().add_event(event))
}

/// What is shown.
///
/// # Errors
/// Storage.
pub fn shown(storage: &dyn Storage) -> StdResult<Option<NoticeResponse>> {
    NOTICE.may_load(storage)
}
