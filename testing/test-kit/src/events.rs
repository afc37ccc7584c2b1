//! What contracts announced in a response, read as whoever follows a chain reads it.

use bithive_api::ContractEvent;
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;

/// The events of `contract` in a response, in their order.
///
/// # Panics
/// One of them can't be read.
#[must_use]
pub fn announced<E: ContractEvent>(contract: &Addr, response: &AppResponse) -> Vec<E> {
    E::of(contract.as_str(), &response.events).collect::<Result<_, _>>().expect("events of this version")
}

/// One field of the events of one variant, in their order: `told!(market.jobs, response, Event::Settled.paid)`.
#[macro_export]
macro_rules! told {
    ($contract:expr, $response:expr, $event:ident::$variant:ident.$field:ident) => {
        $crate::announced(&$contract, &$response)
            .into_iter()
            .filter_map(|event| match event {
                $event::$variant { $field, .. } => Some($field),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
}
