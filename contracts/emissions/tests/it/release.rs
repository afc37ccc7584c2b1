//! The buckets with a recipient, the owner, and instantiation.

use bithive_api::MigrateMsg;
use bithive_api::emissions::{Bucket, ConfigResponse, ExecuteMsg, QueryMsg, Recipients};
use bithive_contract_kit::InputError;
use bithive_emissions::ContractError;
use bithive_emissions::contract::CONTRACT_NAME;
use bithive_emissions::state::LOCKED_FROM;
use bithive_test_kit::emissions::{CAP, DAY, EmissionsSuite, code};
use bithive_test_kit::{FEE_DENOM, START, Suite, UNIT, refusal, token};
use cosmwasm_std::{Addr, coins};
use cw_multi_test::Executor;

const BUCKETS: [Bucket; 3] = [Bucket::Application, Bucket::Foundation, Bucket::Infrastructure];

/// Releases what is due of every bucket.
fn release_all(suite: &mut EmissionsSuite) {
    for bucket in BUCKETS {
        drop(suite.release(bucket));
    }
}

#[test]
fn the_application_is_paid_by_the_rule_of_contributors_and_the_others_after_a_month_by_tenths() {
    let mut suite = EmissionsSuite::new();
    suite.suite.advance(DAY);
    suite.release(Bucket::Application).unwrap();
    let to = suite.recipients.clone();
    // A fifth of the day's 75,000.
    assert_eq!(suite.btk(&to.application), 15_000 * UNIT);
    suite.suite.advance(DAY / 2);
    suite.release(Bucket::Application).unwrap();
    assert_eq!(suite.btk(&to.application), 22_500 * UNIT);
    suite.suite.advance(DAY / 2);
    suite.release(Bucket::Application).unwrap();
    // And 1/180 of the first day's 60,000.
    assert_eq!(suite.btk(&to.application), 30_000 * UNIT + 60_000 * UNIT / 180);
    let error: ContractError = refusal(suite.release(Bucket::Foundation));
    assert_eq!(error, ContractError::NothingDue { recipient: to.foundation.to_string() });
    suite.suite.advance(58 * DAY);
    suite.release(Bucket::Foundation).unwrap();
    // A tenth of the first month's 25,000 a day.
    assert_eq!(suite.btk(&to.foundation), 25_000 * 30 * UNIT / 10);
    suite.suite.advance(30 * DAY);
    for bucket in [Bucket::Foundation, Bucket::Infrastructure] {
        suite.release(bucket).unwrap();
    }
    assert_eq!(
        [&to.foundation, &to.infrastructure].map(|account| suite.btk(account)),
        [25_000 * 30 * UNIT * 3 / 10; 2]
    );
    suite.check();
}

#[test]
fn releasing_often_or_once_gives_the_same_and_a_second_time_in_a_block_nothing() {
    let balances = [1, 13, 700].map(|every| {
        let mut suite = EmissionsSuite::new();
        for day in 1..=700 {
            suite.suite.advance(DAY);
            if day % every == 0 {
                release_all(&mut suite);
            }
        }
        release_all(&mut suite);
        assert!(BUCKETS.iter().all(|bucket| suite.release(*bucket).is_err()));
        suite.check();
        let Recipients { application, foundation, infrastructure } = suite.recipients.clone();
        [application, foundation, infrastructure].map(|account| suite.btk(&account))
    });
    assert_eq!(balances, [balances[0]; 3]);
}

#[test]
fn a_clock_that_goes_back_releases_nothing_twice() {
    let mut suite = EmissionsSuite::new();
    suite.suite.advance(90 * DAY);
    release_all(&mut suite);
    let to = suite.recipients.clone();
    let paid = |suite: &EmissionsSuite| {
        [&to.application, &to.foundation, &to.infrastructure].map(|account| suite.btk(account))
    };
    let before = paid(&suite);
    assert!(before.iter().all(|amount| *amount > 0));
    // Also to before the start.
    for _ in 0..2 {
        suite.suite.app.update_block(|block| block.time = block.time.minus_days(60));
        for bucket in BUCKETS {
            let error: ContractError = refusal(suite.release(bucket));
            assert!(matches!(error, ContractError::NothingDue { .. }), "{error}");
        }
    }
    assert_eq!(paid(&suite), before);
    suite.suite.advance(120 * DAY);
    suite.check();
}

#[test]
fn the_cap_holds_after_any_number_of_years() {
    let mut suite = EmissionsSuite::new();
    let alice = suite.suite.account("alice");
    suite.credit(&alice, u64::MAX).unwrap();
    for _ in 0..60 {
        suite.suite.advance(2_100 * DAY);
        suite.credit(&alice, u64::MAX).unwrap();
        // In the end an era's emission is less than a unit, and nothing is due.
        drop(suite.claim(&alice));
        release_all(&mut suite);
        suite.check();
    }
    suite.suite.advance(1_000 * DAY);
    drop(suite.claim(&alice));
    let emission = suite.emission();
    assert_eq!((emission.halvings, emission.emitted.u128()), (60, CAP - 1));
    // Of the contributors' part, one day of each era was earned; the other buckets are paid whole, each rounded down.
    let earned: u128 = (0..61).map(|era| (375_000 * UNIT) >> era).sum();
    let claimed = emission.claimed.u128();
    assert!(claimed.abs_diff(earned) <= 61, "{claimed} {earned}");
    let others = emission.minted.u128() - claimed;
    assert!(others < CAP / 4 && CAP / 4 - others <= 4, "{others}");
    suite.check();
}

#[test]
fn another_recipient_takes_over_once_the_old_one_was_paid() {
    let mut suite = EmissionsSuite::new();
    let (owner, alice) = (suite.suite.owner.clone(), suite.suite.account("alice"));
    suite.suite.advance(DAY);
    let set = ExecuteMsg::SetRecipient { bucket: Bucket::Application, recipient: alice.to_string() };
    assert!(matches!(refusal(suite.execute(&alice, &set)), ContractError::Ownership(_)));
    suite.suite.renew(&suite.emissions);
    suite.execute(&owner, &set).unwrap();
    let old = suite.recipients.application.clone();
    assert_eq!((suite.btk(&old), suite.btk(&alice)), (15_000 * UNIT, 0));
    suite.suite.advance(DAY);
    suite.release(Bucket::Application).unwrap();
    // What was locked goes with the bucket.
    let later = 15_000 * UNIT + 60_000 * UNIT / 180;
    assert_eq!((suite.btk(&old), suite.btk(&alice)), (15_000 * UNIT, later));
    suite.suite.renew(&suite.emissions);
    for recipient in [suite.emissions.to_string(), suite.btk.to_string()] {
        let set = ExecuteMsg::SetRecipient { bucket: Bucket::Foundation, recipient: recipient.clone() };
        assert_eq!(
            refusal::<ContractError>(suite.execute(&owner, &set)),
            ContractError::Input(InputError::Unusable { field: "recipient", found: recipient })
        );
    }
    suite.check();
}

#[test]
fn ownership_changes_hands_in_two_steps() {
    let mut suite = EmissionsSuite::new();
    let (owner, alice) = (suite.suite.owner.clone(), suite.suite.account("alice"));
    let pause = ExecuteMsg::SetPaused { paused: true };
    suite.execute(&owner, &ExecuteMsg::TransferOwnership { new_owner: alice.to_string() }).unwrap();
    assert!(suite.execute(&alice, &pause).is_err());
    suite.execute(&alice, &ExecuteMsg::AcceptOwnership {}).unwrap();
    assert!(suite.execute(&owner, &pause).is_err());
    suite.execute(&alice, &pause).unwrap();
    let config: ConfigResponse = suite.suite.query(&suite.emissions, &QueryMsg::Config {});
    assert_eq!((config.owner, config.paused), (Some(alice), true));
}

fn instantiated(start: u64, change: impl Fn(&mut Recipients<Addr>, &Addr)) -> ContractError {
    let mut suite = Suite::new();
    let (owner, btt) = (suite.owner.clone(), suite.btt.clone());
    let mut to =
        Recipients { application: owner.clone(), foundation: owner.clone(), infrastructure: owner.clone() };
    change(&mut to, &btt);
    let message = EmissionsSuite::message(&owner, &btt, start, &to);
    let error = EmissionsSuite::instantiate(&mut suite, &message).unwrap_err();
    error.downcast().unwrap()
}

#[test]
fn a_start_or_a_recipient_that_makes_no_sense_is_refused() {
    let start = START - 1;
    assert_eq!(instantiated(start, |_, _| {}), ContractError::Past { start, now: START });
    assert!(matches!(instantiated(u64::MAX, |_, _| {}), ContractError::Start(_)));
    let error = instantiated(START, |to, token| to.application = token.clone());
    assert!(matches!(error, ContractError::Input(InputError::Unusable { .. })), "{error}");
}

#[test]
fn nothing_is_emitted_before_the_start() {
    let mut suite = Suite::new();
    let (owner, btt) = (suite.owner.clone(), suite.btt.clone());
    let to =
        Recipients { application: owner.clone(), foundation: owner.clone(), infrastructure: owner.clone() };
    let message = EmissionsSuite::message(&owner, &btt, START + 10, &to);
    let emissions = EmissionsSuite::instantiate(&mut suite, &message).unwrap();
    let meter = suite.faucet.clone();
    suite
        .execute(&owner, &emissions, &ExecuteMsg::SetMeter { meter: meter.to_string(), allowed: true })
        .unwrap();
    let credit = ExecuteMsg::Credit { contributor: owner.to_string(), units: 1 };
    let error: ContractError = refusal(suite.execute(&meter, &emissions, &credit));
    assert_eq!(error, ContractError::NotStarted { start: START + 10 });
    suite.advance(9);
    assert!(suite.execute(&owner, &emissions, &ExecuteMsg::Release { bucket: Bucket::Application }).is_err());
    suite.advance(1);
    suite.execute(&meter, &emissions, &credit).unwrap();
}

#[test]
fn native_coins_are_refused() {
    let mut suite = EmissionsSuite::new();
    let (owner, emissions) = (suite.suite.owner.clone(), suite.emissions.clone());
    let message = ExecuteMsg::Release { bucket: Bucket::Application };
    let result = suite.suite.execute_with(&owner, &emissions, &message, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
}

#[test]
fn what_an_earlier_version_emitted_stays_due_at_once_and_what_comes_after_is_locked() {
    let mut suite = EmissionsSuite::new();
    let (owner, emissions) = (suite.suite.owner.clone(), suite.emissions.clone());
    let to = suite.recipients.application.clone();
    {
        // As version 0.1.0 kept it.
        let mut storage = suite.suite.app.contract_storage_mut(&emissions);
        LOCKED_FROM.remove(&mut *storage);
        cw2::set_contract_version(&mut *storage, CONTRACT_NAME, "0.1.0").unwrap();
    }
    let locked_from = |suite: &EmissionsSuite| {
        let config: ConfigResponse = suite.suite.query(&suite.emissions, &QueryMsg::Config {});
        config.locked_from
    };
    suite.suite.advance(10 * DAY);
    suite.release(Bucket::Application).unwrap();
    assert_eq!((suite.btk(&to), locked_from(&suite)), (750_000 * UNIT, None));
    suite.suite.advance(DAY / 2);
    let before = suite.emission();
    assert_eq!(before.due.application.u128(), 37_500 * UNIT);
    let code_id = suite.suite.app.store_code(code());
    let migrate = |suite: &mut EmissionsSuite| {
        suite.suite.app.migrate_contract(owner.clone(), emissions.clone(), &MigrateMsg {}, code_id).unwrap();
    };
    migrate(&mut suite);
    assert_eq!((suite.emission(), locked_from(&suite)), (before, Some(START + 10 * DAY + DAY / 2)));
    // Half a day later a fifth of that half day is due, a day later a part of its rest as well.
    suite.suite.advance(DAY / 2);
    let due = |suite: &EmissionsSuite| suite.emission().due.application.u128();
    assert_eq!(due(&suite), 37_500 * UNIT + 7_500 * UNIT);
    suite.suite.advance(DAY);
    assert_eq!(due(&suite), 37_500 * UNIT + 7_500 * UNIT + 15_000 * UNIT + 30_000 * UNIT / 180);
    // Once: the second time changes nothing.
    let before = suite.emission();
    migrate(&mut suite);
    assert_eq!(suite.emission(), before);
    suite.release(Bucket::Application).unwrap();
    suite.check();
}

#[test]
fn migration_keeps_what_was_paid_and_refuses_another_contracts_state() {
    let mut suite = EmissionsSuite::new();
    let owner = suite.suite.owner.clone();
    suite.suite.advance(DAY);
    suite.release(Bucket::Application).unwrap();
    let before = suite.emission();
    let code_id = suite.suite.app.store_code(code());
    let emissions = suite.emissions.clone();
    suite.suite.app.migrate_contract(owner.clone(), emissions, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(suite.emission(), before);
    let app = &mut suite.suite.app;
    let other = token::instantiate(app, &owner, &token::message("Some token", "SOME", &owner));
    let result = app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(result), ContractError::Migration(_)));
}
