//! Positions are made within their bounds.

use bithive_api::vesting::{ExecuteMsg, Hook, QueryMsg, Schedule};
use bithive_contract_kit::InputError;
use bithive_economics::{BpsError, ScheduleError};
use bithive_test_kit::vesting::{DAY, VestingSuite, schedule};
use bithive_test_kit::{FEE_DENOM, START, refusal};
use bithive_vesting::ContractError;
use cosmwasm_std::{Uint128, coins, to_json_binary};
use cw20::Cw20ReceiveMsg;

fn refused(amount: u128, schedule: Schedule) -> ContractError {
    let mut suite = VestingSuite::new();
    let (alice, bob) = (suite.suite.account("alice"), suite.suite.account("bob"));
    let before = suite.suite.balance(&alice);
    let error = refusal(suite.lock(&alice, bob.as_str(), amount, schedule, false));
    assert_eq!(suite.suite.balance(&alice), before + amount, "nothing moved");
    assert_eq!((suite.held(), suite.position(1)), (0, None));
    error
}

#[test]
fn a_position_says_what_is_due_and_when_the_next_part_is() {
    let mut suite = VestingSuite::new();
    let (alice, bob) = (suite.suite.account("alice"), suite.suite.account("bob"));
    suite.lock(&alice, bob.as_str(), 1_000, schedule(), true).unwrap();
    let position = suite.position(1).unwrap();
    assert_eq!((position.owner, position.revoker), (bob, Some(alice)));
    assert_eq!((position.total.u128(), position.due.u128()), (1_000, 100));
    assert_eq!((position.next, position.end), (Some(START + 10 * DAY), START + 19 * DAY));
    assert_eq!((suite.held(), suite.suite.balance(&suite.vesting.clone())), (1_000, 1_000));
    suite.suite.conservation();
}

#[test]
fn nothing_cannot_be_locked() {
    assert_eq!(refused(0, schedule()), ContractError::Input(InputError::Zero { field: "the amount" }));
}

#[test]
fn schedules_out_of_bounds_are_refused_by_name() {
    let zero = |field| ContractError::Schedule(ScheduleError::Zero { field });
    assert_eq!(refused(5, Schedule { steps: 0, ..schedule() }), zero("steps"));
    assert_eq!(refused(5, Schedule { step_seconds: 0, ..schedule() }), zero("step_seconds"));
    let share = BpsError { field: "immediate_bps", found: 10_001 };
    assert_eq!(refused(5, Schedule { immediate_bps: 10_001, ..schedule() }), ContractError::Share(share));
    let error = refused(5, Schedule { cliff_seconds: u64::MAX, ..schedule() });
    assert_eq!(error, ContractError::Schedule(ScheduleError::TooLong { seconds: u64::MAX }));
    let error = refused(5, Schedule { start: u64::MAX, ..schedule() });
    assert_eq!(error, ContractError::Schedule(ScheduleError::TooLate { start: u64::MAX }));
}

#[test]
fn an_owner_is_an_account_that_can_use_what_becomes_due() {
    let mut suite = VestingSuite::new();
    let alice = suite.suite.account("alice");
    let itself = suite.vesting.to_string();
    let error: ContractError = refusal(suite.lock(&alice, &itself, 5, schedule(), false));
    assert!(matches!(error, ContractError::Input(InputError::Unusable { field: "owner", .. })), "{error}");
    let error: ContractError = refusal(suite.lock(&alice, "cosmos1stranger", 5, schedule(), false));
    assert!(matches!(error, ContractError::Input(InputError::Address { .. })), "{error}");
    assert_eq!(suite.held(), 0);
}

#[test]
fn a_hook_of_no_token_makes_a_position_of_no_token() {
    let mut suite = VestingSuite::new();
    let (eve, bob) = (suite.suite.account("eve"), suite.suite.account("bob"));
    let hook = Hook::Lock { owner: bob.into(), schedule: schedule(), revocable: false };
    let amount = Uint128::new(1_000);
    let msg = to_json_binary(&hook).unwrap();
    let hook = Cw20ReceiveMsg { sender: eve.to_string(), amount, msg };
    suite.execute(&eve, &ExecuteMsg::Receive(hook)).unwrap();
    // The position is in a "token" that is Eve's account: BTT are not touched, and a claim of it fails.
    assert_eq!(suite.position(1).unwrap().token, eve);
    assert_eq!(suite.held(), 0);
    assert!(suite.execute(&eve, &ExecuteMsg::Claim { id: 1 }).is_err());
}

#[test]
fn tokens_are_kept_apart() {
    let mut suite = VestingSuite::new();
    let (alice, bob) = (suite.suite.account("alice"), suite.suite.account("bob"));
    suite.lock(&alice, bob.as_str(), 1_000, schedule(), false).unwrap();
    let sky = suite.suite.another_token("Sky", "SKY");
    suite.suite.fund_with(&sky, &alice, 500);
    let hook = Hook::Lock { owner: bob.to_string(), schedule: schedule(), revocable: false };
    let msg = to_json_binary(&hook).unwrap();
    let send =
        cw20::Cw20ExecuteMsg::Send { contract: suite.vesting.to_string(), amount: 500u128.into(), msg };
    suite.suite.execute(&alice, &sky, &send).unwrap();
    suite.suite.advance(19 * DAY);
    suite.execute(&bob, &ExecuteMsg::Claim { id: 2 }).unwrap();
    assert_eq!((suite.suite.balance_of(&sky, &bob), suite.suite.balance(&bob)), (500, 0));
    assert_eq!(suite.held(), 1_000);
}

#[test]
fn native_coins_are_refused() {
    let mut suite = VestingSuite::new();
    let (owner, vesting) = (suite.suite.owner.clone(), suite.vesting.clone());
    let message = ExecuteMsg::Claim { id: 1 };
    let result = suite.suite.execute_with(&owner, &vesting, &message, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
}

#[test]
fn positions_of_an_owner_come_page_by_page() {
    let mut suite = VestingSuite::new();
    let (alice, bob) = (suite.suite.account("alice"), suite.suite.account("bob"));
    for owner in [&bob, &alice, &bob, &bob] {
        suite.lock(&alice, owner.as_str(), 10, schedule(), false).unwrap();
    }
    let page = |start_after, limit| {
        let query = QueryMsg::Positions { owner: bob.to_string(), start_after, limit };
        let page: bithive_api::vesting::PositionsResponse = suite.suite.query(&suite.vesting, &query);
        page.positions.into_iter().map(|position| position.id).collect::<Vec<_>>()
    };
    assert_eq!(page(None, Some(2)), [1, 3]);
    assert_eq!(page(Some(3), None), [4]);
    assert_eq!(page(Some(4), Some(u32::MAX)), [0u64; 0]);
}
