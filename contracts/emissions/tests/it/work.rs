//! Credits and claims.

use bithive_api::emissions::{DayResponse, ExecuteMsg, QueryMsg, Work};
use bithive_api::staking as staking_api;
use bithive_contract_kit::permission::Unauthorized;
use bithive_emissions::ContractError;
use bithive_test_kit::emissions::{DAY, EmissionsSuite};
use bithive_test_kit::staking::{self, StakingSuite};
use bithive_test_kit::{UNIT, refusal};
use cosmwasm_std::{Addr, to_json_binary};
use cw20::Cw20ExecuteMsg;

/// What contributors together earn on a day of the first era.
const POOL: u128 = 375_000 * UNIT;

fn suite() -> (EmissionsSuite, Addr, Addr) {
    let suite = EmissionsSuite::new();
    let [alice, bob] = ["alice", "bob"].map(|name| suite.suite.account(name));
    (suite, alice, bob)
}

fn day(suite: &EmissionsSuite, day: u64) -> DayResponse {
    suite.suite.query(&suite.emissions, &QueryMsg::Day { day })
}

#[test]
fn a_days_emission_is_divided_by_the_days_work() {
    let (mut suite, alice, bob) = suite();
    suite.credit(&alice, 1).unwrap();
    suite.credit(&bob, 2).unwrap();
    suite.credit(&alice, 1).unwrap();
    assert_eq!(day(&suite, 0), DayResponse { units: 4, pool: POOL.into() });
    assert_eq!(suite.contributor(&alice).today, Some(Work { day: 0, units: 2 }));
    suite.suite.advance(DAY);
    let contributor = suite.contributor(&alice);
    assert_eq!((contributor.earned.u128(), contributor.today), (POOL / 2, None));
    // 20 % when the day ends.
    assert_eq!(contributor.due.u128(), POOL / 10);
    suite.claim(&alice).unwrap();
    assert_eq!(suite.btk(&alice), POOL / 10);
    suite.check();
}

#[test]
fn the_rest_of_a_day_is_due_over_180_days() {
    let (mut suite, alice, _) = suite();
    suite.credit(&alice, 7).unwrap();
    suite.suite.advance(DAY + 90 * DAY);
    suite.claim(&alice).unwrap();
    assert_eq!(suite.btk(&alice), POOL * 6 / 10);
    suite.suite.advance(90 * DAY - 1);
    suite.claim(&alice).unwrap();
    assert!(suite.btk(&alice) < POOL);
    suite.suite.advance(1);
    suite.claim(&alice).unwrap();
    assert_eq!(suite.btk(&alice), POOL);
    suite.suite.advance(1_000 * DAY);
    assert!(suite.claim(&alice).is_err());
    suite.check();
}

#[test]
fn a_day_without_work_leaves_its_emission_to_the_next_with_some() {
    let (mut suite, alice, bob) = suite();
    suite.suite.advance(3 * DAY);
    suite.credit(&alice, 1).unwrap();
    assert_eq!(day(&suite, 3).pool.u128(), 4 * POOL);
    assert_eq!(day(&suite, 1), DayResponse { units: 0, pool: 0u128.into() });
    suite.suite.advance(2 * DAY);
    assert_eq!(day(&suite, 5).pool.u128(), 2 * POOL);
    suite.credit(&bob, 1).unwrap();
    suite.suite.advance(181 * DAY);
    suite.claim(&alice).unwrap();
    suite.claim(&bob).unwrap();
    assert_eq!((suite.btk(&alice), suite.btk(&bob)), (4 * POOL, 2 * POOL));
    suite.check();
}

#[test]
fn nothing_is_due_before_the_day_has_ended_nor_twice_in_a_block() {
    let (mut suite, alice, bob) = suite();
    suite.credit(&alice, 1).unwrap();
    let nothing = ContractError::NothingDue { recipient: alice.to_string() };
    assert_eq!(refusal::<ContractError>(suite.claim(&alice)), nothing);
    suite.suite.advance(DAY);
    suite.claim(&alice).unwrap();
    assert_eq!(refusal::<ContractError>(suite.claim(&alice)), nothing);
    assert!(matches!(refusal(suite.claim(&bob)), ContractError::NothingDue { .. }));
    assert_eq!(suite.btk(&alice), POOL / 5);
}

#[test]
fn claiming_every_day_or_once_gives_the_same() {
    let totals = [1, 7, 200].map(|every| {
        let (mut suite, alice, bob) = suite();
        for day in 0..200 {
            suite.credit(&alice, 1 + day % 3).unwrap();
            suite.credit(&bob, 2).unwrap();
            suite.suite.advance(DAY);
            if day % every == 0 {
                suite.claim(&alice).unwrap();
            }
        }
        // Nothing is left for who has claimed every day.
        assert_eq!(suite.claim(&alice).is_err(), every == 1);
        suite.check();
        suite.btk(&alice)
    });
    assert_eq!(totals, [totals[0]; 3]);
}

#[test]
fn work_is_credited_by_meters_only_and_only_while_they_may() {
    let (mut suite, alice, bob) = suite();
    let (owner, meter) = (suite.suite.owner.clone(), suite.meter.clone());
    let credit = ExecuteMsg::Credit { contributor: alice.to_string(), units: 1 };
    let refused = |sender: &Addr| {
        ContractError::Unauthorized(Unauthorized::new(sender, "a meter that the owner has named"))
    };
    assert_eq!(refusal::<ContractError>(suite.execute(&bob, &credit)), refused(&bob));
    assert_eq!(refusal::<ContractError>(suite.execute(&owner, &credit)), refused(&owner));
    let stop = ExecuteMsg::SetMeter { meter: meter.to_string(), allowed: false };
    assert!(matches!(refusal(suite.execute(&bob, &stop)), ContractError::Ownership(_)));
    suite.execute(&owner, &stop).unwrap();
    assert_eq!(refusal::<ContractError>(suite.credit(&alice, 1)), refused(&meter));
}

#[test]
fn work_that_can_t_be_counted_is_refused() {
    let (mut suite, alice, bob) = suite();
    assert_eq!(refusal::<ContractError>(suite.credit(&alice, 0)), ContractError::NoWork);
    suite.credit(&alice, u64::MAX).unwrap();
    let error: ContractError = refusal(suite.credit(&bob, 1));
    assert_eq!(error, ContractError::TooMuchWork { units: 1 });
    suite.suite.advance(DAY);
    suite.credit(&bob, 1).unwrap();
    suite.suite.advance(181 * DAY);
    suite.claim(&alice).unwrap();
    assert_eq!(suite.btk(&alice), POOL);
}

#[test]
fn a_clock_that_goes_back_credits_nothing_and_pays_nothing() {
    let (mut suite, alice, _) = suite();
    suite.suite.advance(2 * DAY);
    suite.credit(&alice, 1).unwrap();
    suite.suite.advance(DAY);
    suite.claim(&alice).unwrap();
    let paid = suite.btk(&alice);
    suite.suite.app.update_block(|block| block.time = block.time.minus_days(2));
    let error: ContractError = refusal(suite.credit(&alice, 1));
    assert_eq!(error, ContractError::TimeWentBack { day: 1, last: 2 });
    assert!(suite.claim(&alice).is_err());
    assert_eq!(suite.btk(&alice), paid);
    suite.check();
}

#[test]
fn a_pause_stops_credits_and_never_payments() {
    let (mut suite, alice, bob) = suite();
    let owner = suite.suite.owner.clone();
    suite.credit(&alice, 1).unwrap();
    let pause = ExecuteMsg::SetPaused { paused: true };
    assert!(matches!(refusal(suite.execute(&bob, &pause)), ContractError::Ownership(_)));
    suite.execute(&owner, &pause).unwrap();
    assert_eq!(refusal::<ContractError>(suite.credit(&alice, 1)), ContractError::Paused);
    suite.suite.advance(40 * DAY);
    suite.claim(&alice).unwrap();
    suite.release(bithive_api::emissions::Bucket::Application).unwrap();
    suite.execute(&owner, &ExecuteMsg::SetPaused { paused: false }).unwrap();
    suite.credit(&alice, 1).unwrap();
    suite.check();
}

/// Staking of BTK on the suite's chain, known to the contract.
fn with_staking(suite: &mut EmissionsSuite) -> Addr {
    let mut message = StakingSuite::message(&suite.suite, staking::params());
    message.token = suite.btk.to_string();
    let staking = StakingSuite::instantiate(&mut suite.suite, &message).unwrap();
    let (owner, set) =
        (suite.suite.owner.clone(), ExecuteMsg::SetStaking { staking: Some(staking.to_string()) });
    suite.execute(&owner, &set).unwrap();
    staking
}

#[test]
fn work_counts_by_half_until_the_pledge_is_topped_up() {
    let (mut suite, alice, bob) = suite();
    suite.credit(&alice, 50_000).unwrap();
    suite.credit(&bob, 1).unwrap();
    suite.suite.advance(DAY);
    suite.claim(&alice).unwrap();
    let staking = with_staking(&mut suite);
    // Nobody has pledged anything.
    suite.credit(&alice, 5).unwrap();
    assert_eq!(suite.contributor(&alice).today, Some(Work { day: 1, units: 2 }));
    assert_eq!(refusal::<ContractError>(suite.credit(&bob, 1)), ContractError::NoWork);
    // 800 BTK for 8 T.
    let pledge = |suite: &mut EmissionsSuite, amount: u128, hook: &staking_api::Hook| {
        let msg = to_json_binary(hook).unwrap();
        let send = Cw20ExecuteMsg::Send { contract: staking.to_string(), amount: amount.into(), msg };
        let btk = suite.btk.clone();
        suite.suite.execute(&alice, &btk, &send).unwrap();
    };
    pledge(&mut suite, 799 * UNIT, &staking_api::Hook::Register { tera: 8, commission_bps: 0 });
    suite.credit(&alice, 100).unwrap();
    pledge(&mut suite, UNIT, &staking_api::Hook::Pledge {});
    suite.credit(&alice, 100).unwrap();
    assert_eq!(suite.contributor(&alice).today, Some(Work { day: 1, units: 2 + 50 + 100 }));
    suite.check();
    // The pledge doubles at the halving.
    suite.suite.advance(2_100 * DAY);
    suite.credit(&alice, 100).unwrap();
    assert_eq!(suite.contributor(&alice).today, Some(Work { day: 2_101, units: 50 }));
    suite.check();
}

#[test]
fn only_the_owner_names_a_contract_that_pledges_btk() {
    let (mut suite, alice, _) = suite();
    let owner = suite.suite.owner.clone();
    let wrong = StakingSuite::message(&suite.suite, staking::params());
    let wrong = StakingSuite::instantiate(&mut suite.suite, &wrong).unwrap();
    let set = |staking: Option<&Addr>| ExecuteMsg::SetStaking { staking: staking.map(ToString::to_string) };
    assert!(matches!(refusal(suite.execute(&owner, &set(Some(&wrong)))), ContractError::OtherToken { .. }));
    assert!(matches!(refusal(suite.execute(&owner, &set(Some(&alice)))), ContractError::Std(_)));
    assert!(matches!(refusal(suite.execute(&alice, &set(None))), ContractError::Ownership(_)));
    with_staking(&mut suite);
    suite.execute(&owner, &set(None)).unwrap();
    suite.credit(&alice, 1).unwrap();
    assert_eq!(suite.contributor(&alice).today.unwrap().units, 1);
}
