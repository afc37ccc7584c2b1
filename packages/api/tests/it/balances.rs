//! How changes of balances are read, which cw20-base announces.

use bithive_api::event::CONTRACT;
use bithive_api::token::Event;
use bithive_api::{ContractEvent as _, EventError};
use cosmwasm_std::{Addr, attr};

const HOME: &str = "cosmwasm1home";

/// That these are the attributes which the token writes, its own tests say.
#[test]
fn a_change_of_balances_is_read_from_the_unnamed_event() {
    let event = |kind: &str, attributes: &[(&'static str, &str)]| {
        let event = cosmwasm_std::Event::new(kind).add_attribute(CONTRACT, HOME);
        event.add_attributes(attributes.iter().map(|(key, value)| attr(*key, *value)))
    };
    let [from, to] = ["cosmwasm1from", "cosmwasm1to"];
    let burn = [("action", "burn"), ("from", from), ("amount", "7")];
    let burnt = Event::Burnt { from: Addr::unchecked(from), by: None, amount: 7u128.into() };
    assert_eq!(burnt.received(), None);
    assert_eq!(Event::read(HOME, &event("wasm", &burn)), Ok(Some(burnt)));
    assert_eq!(Event::read("cosmwasm1stranger", &event("wasm", &burn)), Ok(None));
    assert_eq!(Event::read(HOME, &event("wasm-burn", &burn)), Ok(None));
    assert_eq!(Event::read(HOME, &event("wasm", &burn[1..])), Ok(None));
    let other = [("action", "increase_allowance"), ("owner", from), ("spender", to), ("amount", "7")];
    assert_eq!(Event::read(HOME, &event("wasm", &other)), Ok(None));
    let missing = Err(EventError::Missing { kind: "wasm", key: "to" });
    let send = [("action", "send"), ("from", from), ("amount", "7")];
    assert_eq!(Event::read(HOME, &event("wasm", &send)), missing);
    let mint = [("action", "mint"), ("to", to), ("amount", "-7")];
    assert!(matches!(
        Event::read(HOME, &event("wasm", &mint)),
        Err(EventError::Malformed { key: "amount", .. })
    ));
}
