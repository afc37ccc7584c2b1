//! Minting and the cap.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_api::token::ExecuteMsg;
use bithive_test_kit::token::CAP;
use bithive_test_kit::{Suite, refusal};
use bithive_token::ContractError;
use cosmwasm_std::{Addr, Uint128};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

fn mint(suite: &mut Suite, sender: &Addr, amount: u128) -> AnyResult<AppResponse> {
    let recipient = suite.account("alice").into();
    let btt = suite.btt.clone();
    suite.execute(sender, &btt, &ExecuteMsg::Mint { recipient, amount: amount.into() })
}

#[test]
fn the_minter_mints_up_to_the_cap_and_not_one_unit_more() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    mint(&mut suite, &owner, CAP - 1).unwrap();
    let error = refusal::<ContractError>(mint(&mut suite, &owner, 2));
    let (amount, minted, room) = (Uint128::new(2), Uint128::new(CAP - 1), Uint128::new(1));
    assert_eq!(error, ContractError::CapExceeded { amount, minted, room });
    mint(&mut suite, &owner, 1).unwrap();
    assert_eq!(suite.balance(&suite.account("alice")), CAP);
    suite.conservation();
}

#[test]
fn burning_makes_no_room_under_the_cap() {
    let mut suite = Suite::new();
    let (owner, alice, btt) = (suite.owner.clone(), suite.account("alice"), suite.btt.clone());
    mint(&mut suite, &owner, CAP).unwrap();
    suite.execute(&alice, &btt, &ExecuteMsg::Burn { amount: CAP.into() }).unwrap();
    let error = refusal::<ContractError>(mint(&mut suite, &owner, 1));
    assert!(matches!(error, ContractError::CapExceeded { .. }), "{error}");
    assert_eq!(suite.supply(&btt).supply, Uint128::zero());
    suite.conservation();
}

#[test]
fn an_amount_that_would_wrap_is_refused() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    mint(&mut suite, &owner, 1).unwrap();
    let error = refusal::<ContractError>(mint(&mut suite, &owner, u128::MAX));
    assert!(matches!(error, ContractError::CapExceeded { .. }), "{error}");
    suite.conservation();
}

#[test]
fn only_the_minter_mints() {
    let mut suite = Suite::new();
    let alice = suite.account("alice");
    let error = refusal::<ContractError>(mint(&mut suite, &alice, 1));
    assert_eq!(error, ContractError::NotMinter { sender: alice.into(), minter: suite.owner.to_string() });
    suite.conservation();
}

#[test]
fn a_mint_to_something_that_is_no_address_changes_nothing() {
    let mut suite = Suite::new();
    let (owner, btt) = (suite.owner.clone(), suite.btt.clone());
    let message = ExecuteMsg::Mint { recipient: "nobody".into(), amount: 5u128.into() };
    refusal::<ContractError>(suite.execute(&owner, &btt, &message));
    assert_eq!(suite.supply(&btt).minted, Uint128::zero());
    suite.conservation();
}
