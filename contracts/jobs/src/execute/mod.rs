//! One function per message.

mod advance;
mod assign;
mod cancel;
mod commit;
mod finalize;
mod finalize_many;
mod govern;
mod instantiate;
mod post;
mod reveal;
mod withdraw;

pub use advance::advance;
pub use assign::assign;
pub use cancel::cancel;
pub use commit::commit;
pub use finalize::finalize;
pub use finalize_many::finalize_many;
pub use govern::{set_emissions, set_model, set_paused};
pub use instantiate::instantiate;
pub(crate) use instantiate::split_of;
pub use post::receive;
pub use reveal::reveal;
pub use withdraw::withdraw;

use cosmwasm_std::{Addr, Api};

use crate::ContractError;

/// A fixed number of bytes from outside; `field` names them in the error.
pub(crate) fn sized<const N: usize>(field: &'static str, bytes: &[u8]) -> Result<[u8; N], ContractError> {
    bytes.try_into().map_err(|_| ContractError::Length { field, found: bytes.len(), expected: N })
}

/// An address from outside; `field` names it in the error.
fn address(api: &dyn Api, field: &'static str, text: &str) -> Result<Addr, ContractError> {
    api.addr_validate(text).map_err(|_| ContractError::Address { field, found: text.to_owned() })
}
