//! Allowances, and what spenders do with them.

use bithive_api::token::{ExecuteMsg, QueryMsg};
use bithive_test_kit::{Suite, refusal};
use bithive_token::ContractError;
use cosmwasm_std::{Addr, Uint128};
use cw20::{AllAllowancesResponse, AllSpenderAllowancesResponse, AllowanceResponse, Expiration};

/// Alice holds 100 and allows Bob `allowed`.
fn allowed(allowed: u128, expires: Option<Expiration>) -> (Suite, Addr, Addr, Addr) {
    let mut suite = Suite::new();
    let (alice, bob, btt) = (suite.account("alice"), suite.account("bob"), suite.btt.clone());
    suite.fund(&alice, 100);
    let message = ExecuteMsg::IncreaseAllowance { spender: bob.to_string(), amount: allowed.into(), expires };
    suite.execute(&alice, &btt, &message).unwrap();
    (suite, alice, bob, btt)
}

fn take(owner: &Addr, recipient: &Addr, amount: u128) -> ExecuteMsg {
    ExecuteMsg::TransferFrom {
        owner: owner.to_string(),
        recipient: recipient.to_string(),
        amount: amount.into(),
    }
}

#[test]
fn a_spender_moves_and_burns_what_was_allowed_and_no_more() {
    let (mut suite, alice, bob, btt) = allowed(60, None);
    suite.execute(&bob, &btt, &take(&alice, &bob, 40)).unwrap();
    let burn = ExecuteMsg::BurnFrom { owner: alice.to_string(), amount: 15u128.into() };
    suite.execute(&bob, &btt, &burn).unwrap();
    assert_eq!((suite.balance(&alice), suite.balance(&bob)), (45, 40));
    assert_eq!(suite.supply(&btt).burnt.u128(), 15);
    let error = refusal::<ContractError>(suite.execute(&bob, &btt, &take(&alice, &bob, 6)));
    let (amount, allowance) = (Uint128::new(6), Uint128::new(5));
    let (owner, spender) = (alice.to_string(), bob.to_string());
    assert_eq!(error, ContractError::InsufficientAllowance { owner, spender, amount, allowance });
    suite.conservation();
}

#[test]
fn an_allowance_above_the_balance_does_not_help() {
    let (mut suite, alice, bob, btt) = allowed(500, None);
    let burn = ExecuteMsg::BurnFrom { owner: alice.to_string(), amount: 101u128.into() };
    let error = refusal::<ContractError>(suite.execute(&bob, &btt, &burn));
    assert!(matches!(error, ContractError::InsufficientBalance { .. }), "{error}");
    assert_eq!(suite.supply(&btt).burnt.u128(), 0);
    suite.conservation();
}

#[test]
fn an_expired_allowance_is_worth_nothing() {
    let until = Expiration::AtTime(cosmwasm_std::Timestamp::from_seconds(bithive_test_kit::START + 10));
    let (mut suite, alice, bob, btt) = allowed(60, Some(until));
    suite.execute(&bob, &btt, &take(&alice, &bob, 1)).unwrap();
    suite.advance(10);
    let error = refusal::<ContractError>(suite.execute(&bob, &btt, &take(&alice, &bob, 1)));
    assert_eq!(error, ContractError::Base(cw20_base::ContractError::Expired {}));
}

#[test]
fn an_allowance_that_would_wrap_is_refused() {
    let (mut suite, alice, bob, btt) = allowed(1, None);
    let amount = Uint128::MAX;
    let message = ExecuteMsg::IncreaseAllowance { spender: bob.to_string(), amount, expires: None };
    let error = refusal::<ContractError>(suite.execute(&alice, &btt, &message));
    assert!(matches!(error, ContractError::Overflow(_)), "{error}");
}

#[test]
fn an_allowance_can_be_taken_back() {
    let (mut suite, alice, bob, btt) = allowed(60, None);
    let lower = |amount: u128| ExecuteMsg::DecreaseAllowance {
        spender: bob.to_string(),
        amount: amount.into(),
        expires: None,
    };
    suite.execute(&alice, &btt, &lower(20)).unwrap();
    let query = QueryMsg::Allowance { owner: alice.to_string(), spender: bob.to_string() };
    assert_eq!(suite.query::<AllowanceResponse>(&btt, &query).allowance.u128(), 40);
    suite.execute(&alice, &btt, &lower(1_000)).unwrap();
    assert_eq!(suite.query::<AllowanceResponse>(&btt, &query).allowance.u128(), 0);
    let error = refusal::<ContractError>(suite.execute(&alice, &btt, &lower(1)));
    assert_eq!(error, ContractError::Base(cw20_base::ContractError::NoAllowance {}));
}

#[test]
fn allowances_are_listed_from_both_sides() {
    let (suite, alice, bob, btt) = allowed(60, None);
    let query = QueryMsg::AllAllowances { owner: alice.to_string(), start_after: None, limit: None };
    let given: AllAllowancesResponse = suite.query(&btt, &query);
    let query = QueryMsg::AllSpenderAllowances { spender: bob.to_string(), start_after: None, limit: None };
    let received: AllSpenderAllowancesResponse = suite.query(&btt, &query);
    assert_eq!((given.allowances.len(), received.allowances.len()), (1, 1));
    assert_eq!(given.allowances[0].allowance, received.allowances[0].allowance);
}

#[test]
fn a_hook_of_send_from_names_the_spender_not_the_owner() {
    let (mut suite, alice, bob, btt) = allowed(100, None);
    let registry = suite.registry.clone();
    suite.register_requester("bob", bithive_test_kit::registry::REQUESTER_BOND).unwrap();
    let msg = cosmwasm_std::to_json_binary(&bithive_api::registry::Hook::AddBond {}).unwrap();
    let (owner, contract, amount) = (alice.to_string(), registry.to_string(), Uint128::new(50));
    suite.execute(&bob, &btt, &ExecuteMsg::SendFrom { owner, contract, amount, msg }).unwrap();
    let bond = suite.requester("bob").unwrap().bond.u128();
    assert_eq!(bond, bithive_test_kit::registry::REQUESTER_BOND + 50);
    assert!(suite.requester("alice").is_none());
    suite.custody();
    suite.conservation();
}
