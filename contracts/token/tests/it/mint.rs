//! Minting and the cap.

use bithive_api::token::ExecuteMsg;
use bithive_contract_kit::permission::Unauthorized;
use bithive_test_kit::token::CAP;
use bithive_test_kit::{Suite, refusal};
use bithive_token::ContractError;
use cosmwasm_std::{Addr, Uint128};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

fn mint(suite: &mut Suite, sender: &Addr, amount: u128) -> AnyResult<AppResponse> {
    let recipient = suite.account("alice").into();
    let btt = suite.btt.clone();
    let mint = ExecuteMsg::Mint { recipient, amount: amount.into() };
    // Contracts send what the owner tells them to.
    if *sender == suite.faucet {
        suite.relay(sender, &btt, &mint)
    } else {
        suite.execute(sender, &btt, &mint)
    }
}

#[test]
fn the_minter_mints_up_to_the_cap_and_not_one_unit_more() {
    let mut suite = Suite::new();
    let minter = suite.faucet.clone();
    mint(&mut suite, &minter, CAP - 1).unwrap();
    let error = refusal::<ContractError>(mint(&mut suite, &minter, 2));
    let (amount, minted, room) = (Uint128::new(2), Uint128::new(CAP - 1), Uint128::new(1));
    assert_eq!(error, ContractError::CapExceeded { amount, minted, room });
    mint(&mut suite, &minter, 1).unwrap();
    assert_eq!(suite.balance(&suite.account("alice")), CAP);
    suite.conservation();
}

#[test]
fn burning_makes_no_room_under_the_cap() {
    let mut suite = Suite::new();
    let (minter, alice, btt) = (suite.faucet.clone(), suite.account("alice"), suite.btt.clone());
    mint(&mut suite, &minter, CAP).unwrap();
    suite.execute(&alice, &btt, &ExecuteMsg::Burn { amount: CAP.into() }).unwrap();
    let error = refusal::<ContractError>(mint(&mut suite, &minter, 1));
    assert!(matches!(error, ContractError::CapExceeded { .. }), "{error}");
    assert_eq!(suite.supply(&btt).supply, Uint128::zero());
    suite.conservation();
}

#[test]
fn an_amount_that_would_wrap_is_refused() {
    let mut suite = Suite::new();
    let minter = suite.faucet.clone();
    mint(&mut suite, &minter, 1).unwrap();
    let error = refusal::<ContractError>(mint(&mut suite, &minter, u128::MAX));
    assert!(matches!(error, ContractError::CapExceeded { .. }), "{error}");
    suite.conservation();
}

#[test]
fn only_the_minter_mints() {
    let mut suite = Suite::new();
    let alice = suite.account("alice");
    let error = refusal::<ContractError>(mint(&mut suite, &alice, 1));
    let refused = Unauthorized::new(&alice, format!("the minter {}", suite.faucet));
    assert_eq!(error, ContractError::Unauthorized(refused));
    suite.conservation();
}

#[test]
fn a_mint_to_something_that_is_no_address_changes_nothing() {
    let mut suite = Suite::new();
    let (minter, btt) = (suite.faucet.clone(), suite.btt.clone());
    let message = ExecuteMsg::Mint { recipient: "nobody".into(), amount: 5u128.into() };
    let error = refusal::<ContractError>(suite.relay(&minter, &btt, &message));
    assert!(!matches!(error, ContractError::CapExceeded { .. }), "{error}");
    assert_eq!(suite.supply(&btt).minted, Uint128::zero());
    suite.conservation();
}

#[test]
fn a_person_that_is_the_minter_does_not_mint_and_hands_over_to_a_contract_only() {
    let mut suite = Suite::new();
    let (owner, faucet) = (suite.owner.clone(), suite.faucet.clone());
    let message = bithive_test_kit::token::message("Some token", "SOME", &owner);
    let token = bithive_test_kit::token::instantiate(&mut suite.app, &owner, &message);
    let mint = ExecuteMsg::Mint { recipient: owner.to_string(), amount: 1u128.into() };
    let refused = ContractError::PersonalMinter { minter: owner.to_string() };
    assert_eq!(refusal::<ContractError>(suite.execute(&owner, &token, &mint)), refused);
    let hand_over = |to: &Addr| ExecuteMsg::UpdateMinter { new_minter: Some(to.to_string()) };
    let alice = suite.account("alice");
    let error = refusal::<ContractError>(suite.execute(&owner, &token, &hand_over(&alice)));
    assert_eq!(error, ContractError::PersonalMinter { minter: alice.to_string() });
    suite.execute(&owner, &token, &hand_over(&faucet)).unwrap();
    suite.relay(&faucet, &token, &mint).unwrap();
    assert_eq!(suite.balance_of(&token, &owner), 1);
    suite.conservation_of(&token);
}
