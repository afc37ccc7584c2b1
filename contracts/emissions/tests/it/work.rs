//! Credits and claims.

use bithive_api::MigrateMsg;
use bithive_api::emissions::{Bucket, DayResponse, ExecuteMsg, QueryMsg, Work};
use bithive_api::staking as staking_api;
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_emissions::ContractError;
use bithive_test_kit::emissions::{self, DAY, EmissionsSuite};
use bithive_test_kit::staking::{self, StakingSuite};
use bithive_test_kit::{UNIT, refusal};
use cosmwasm_std::{Addr, Uint64, Uint128, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor as _};
use cw20::Cw20ExecuteMsg;

/// What contributors together earn on a day of the first era, at most.
const POOL: u128 = 375_000 * UNIT;
/// Units that earn as much at the ceiling of 0.002 BTK for each.
const FULL: u64 = 187_500_000;
/// A day's response.
const fn of(units: u64) -> DayResponse {
    DayResponse { units, pool: Uint128::new(POOL), ceiling: Uint128::new(2_000) }
}

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
    suite.credit(&alice, FULL).unwrap();
    suite.credit(&bob, 2 * FULL).unwrap();
    suite.credit(&alice, FULL).unwrap();
    assert_eq!(day(&suite, 0), of(4 * FULL));
    assert_eq!(suite.contributor(&alice).today, Some(Work { day: 0, units: 2 * FULL }));
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
    suite.credit(&alice, 7 * FULL).unwrap();
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
fn what_a_day_does_not_earn_is_never_minted() {
    let (mut suite, alice, bob) = suite();
    suite.suite.advance(3 * DAY);
    suite.credit(&alice, 2 * FULL).unwrap();
    assert_eq!([1, 3].map(|number| day(&suite, number)), [of(0), of(2 * FULL)]);
    suite.suite.advance(2 * DAY);
    // A third of what would earn everything.
    suite.credit(&bob, FULL / 3).unwrap();
    suite.suite.advance(181 * DAY);
    suite.claim(&alice).unwrap();
    suite.claim(&bob).unwrap();
    assert_eq!((suite.btk(&alice), suite.btk(&bob)), (POOL, POOL / 3));
    suite.check();
}

/// The attack: after days on which nobody worked, one unit was worth all of their emission.
#[test]
fn one_unit_after_a_gap_earns_what_it_earns_on_any_day() {
    let earned = [0, 1, 11, 400].map(|gap| {
        let (mut suite, mallory, _) = suite();
        suite.suite.advance(gap * DAY);
        suite.credit(&mallory, 1).unwrap();
        suite.suite.advance(181 * DAY);
        suite.claim(&mallory).unwrap();
        suite.check();
        suite.btk(&mallory)
    });
    assert_eq!(earned, [2_000; 4]);
}

fn announce(suite: &mut EmissionsSuite, units: u64) {
    let meter = suite.meter.clone();
    suite.execute(&meter, &ExecuteMsg::Announce { units }).unwrap();
}

/// Credits what was announced `ago` seconds before now.
fn assign(suite: &mut EmissionsSuite, ago: u64, to: &[&Addr], units: u64) -> AnyResult<AppResponse> {
    let contributors = to.iter().map(ToString::to_string).collect();
    let (meter, at) = (suite.meter.clone(), suite.suite.now() - ago);
    suite.execute(&meter, &ExecuteMsg::CreditAnnounced { at, contributors, units })
}

/// The attack: a report that is kept back until a day on which nobody else works.
#[test]
fn announced_work_earns_what_its_day_gives_whenever_it_is_credited() {
    let earned = [0, 1, 30].map(|late| {
        let (mut suite, alice, bob) = suite();
        suite.credit(&alice, 2 * FULL).unwrap();
        announce(&mut suite, 2 * FULL);
        assert_eq!(day(&suite, 0), of(4 * FULL));
        suite.suite.advance(late * DAY);
        assign(&mut suite, late * DAY, &[&bob], 2 * FULL).unwrap();
        if late > 0 {
            // From then on: 20 % at once.
            assert_eq!(suite.contributor(&bob).due.u128(), POOL / 10);
        }
        suite.suite.advance(400 * DAY);
        for who in [&alice, &bob] {
            suite.claim(who).unwrap();
        }
        suite.check();
        [&alice, &bob].map(|who| suite.btk(who))
    });
    assert_eq!(earned, [[POOL / 2; 2]; 3]);
}

#[test]
fn late_credits_add_up_with_the_work_of_every_other_day() {
    let (mut suite, alice, bob) = suite();
    announce(&mut suite, 3 * FULL);
    suite.suite.advance(DAY);
    announce(&mut suite, 2 * FULL);
    suite.credit(&alice, 2 * FULL).unwrap();
    suite.suite.advance(DAY);
    // Of both days, while alice has work of today.
    suite.credit(&alice, FULL).unwrap();
    assign(&mut suite, 2 * DAY, &[&alice, &bob], FULL).unwrap();
    assign(&mut suite, DAY, &[&bob, &alice], FULL).unwrap();
    assign(&mut suite, 2 * DAY, &[&alice], FULL).unwrap();
    suite.check();
    suite.suite.advance(DAY);
    // A second one on the same day that paid something already.
    suite.claim(&alice).unwrap();
    suite.suite.advance(400 * DAY);
    suite.claim(&alice).unwrap();
    suite.claim(&bob).unwrap();
    // Thirds of the first day, quarters of the second, all of the third.
    assert_eq!(suite.btk(&alice), POOL / 3 * 2 + POOL / 4 * 3 + POOL);
    assert_eq!(suite.btk(&bob), POOL / 3 + POOL / 4);
    suite.check();
}

#[test]
fn work_is_credited_once_to_so_many_as_a_job_has_and_only_as_it_was_announced() {
    let (mut suite, alice, bob) = suite();
    announce(&mut suite, 10);
    let meter = suite.meter.to_string();
    let refused = |day, left, units| ContractError::NotAnnounced { meter: meter.clone(), day, left, units };
    let error: ContractError = refusal(assign(&mut suite, 0, &[&alice, &bob], 6));
    assert_eq!(error, refused(0, 10, 12));
    let error: ContractError = refusal(assign(&mut suite, 0, &[&alice, &bob], u64::MAX));
    assert_eq!(error, refused(0, 10, u64::MAX));
    assign(&mut suite, 0, &[&alice, &bob], 3).unwrap();
    let query = QueryMsg::Announced { meter: meter.clone(), day: 0 };
    assert_eq!(suite.suite.query::<Uint64>(&suite.emissions, &query).u64(), 4);
    assign(&mut suite, 0, &[&alice, &bob], 2).unwrap();
    let error: ContractError = refusal(assign(&mut suite, 0, &[&alice], 1));
    assert_eq!(error, refused(0, 0, 1));
    let owner = suite.suite.owner.clone();
    let other = bithive_test_kit::faucet::instantiate(&mut suite.suite.app, &owner);
    let allow = ExecuteMsg::SetMeter { meter: other.to_string(), allowed: true };
    suite.execute(&owner, &allow).unwrap();
    suite.suite.advance(DAY);
    announce(&mut suite, 1);
    // Not of another day, nor another meter's.
    let error: ContractError = refusal(assign(&mut suite, DAY, &[&alice], 1));
    assert_eq!(error, refused(0, 0, 1));
    let at = suite.suite.now();
    let take = ExecuteMsg::CreditAnnounced { at, contributors: vec![bob.to_string()], units: 1 };
    assert!(matches!(refusal(suite.execute(&other, &take)), ContractError::NotAnnounced { .. }));
    let early = suite.suite.now();
    let error: ContractError = refusal(assign(&mut suite, early, &[&alice], 1));
    assert!(matches!(error, ContractError::NotStarted { .. }), "{error}");
    for count in [0, 17] {
        let error: ContractError = refusal(assign(&mut suite, 0, &vec![&alice; count], 1));
        assert_eq!(error, ContractError::Contributors { found: count });
    }
    assert_eq!(refusal::<ContractError>(assign(&mut suite, 0, &[&alice], 0)), ContractError::NoWork);
    let zero = ExecuteMsg::Announce { units: 0 };
    let meter = suite.meter.clone();
    assert_eq!(refusal::<ContractError>(suite.execute(&meter, &zero)), ContractError::NoWork);
    suite.check();
}

/// Half of one unit is none; it must not keep the others of a job from theirs.
#[test]
fn who_pledged_too_little_is_credited_half_and_the_other_half_is_nobodys() {
    let (mut suite, alice, bob) = suite();
    with_staking(&mut suite);
    announce(&mut suite, 2 * FULL + 2);
    assign(&mut suite, 0, &[&alice, &bob], 1).unwrap();
    assert_eq!(suite.contributor(&alice).today, None);
    assign(&mut suite, 0, &[&alice, &bob], FULL).unwrap();
    assert_eq!(day(&suite, 0), of(2 * FULL + 2));
    suite.suite.advance(400 * DAY);
    suite.claim(&alice).unwrap();
    // Alone, and for half: not everything, as if there were nobody it could lose to.
    let paid = suite.btk(&alice);
    assert!(POOL / 4 - paid <= 10_000, "{paid}");
    suite.check();
}

/// A day that began before work had a ceiling, and the days without work before it, are paid as they were promised.
#[test]
fn days_of_an_earlier_version_are_paid_by_its_rule() {
    let (mut suite, alice, bob) = suite();
    suite.suite.advance(3 * DAY);
    suite.credit(&alice, 1).unwrap();
    {
        let mut storage = suite.suite.app.contract_storage_mut(&suite.emissions);
        let (mut key, record) = (b"\0\x04days".to_vec(), br#"{"units":1,"first":0}"#);
        key.extend(3u64.to_be_bytes());
        assert!(storage.get(&key).is_some(), "the key of day 3");
        storage.set(&key, record);
    }
    let (owner, code_id) = (suite.suite.owner.clone(), suite.suite.app.store_code(emissions::code()));
    let emissions = suite.emissions.clone();
    suite.suite.app.migrate_contract(owner, emissions, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(day(&suite, 3), DayResponse { units: 1, pool: (4 * POOL).into(), ceiling: Uint128::MAX });
    // What is left of that day counts by its rule, the next day by the new one.
    suite.credit(&bob, 3).unwrap();
    suite.suite.advance(2 * DAY);
    suite.credit(&alice, 1).unwrap();
    assert_eq!(day(&suite, 5), of(1));
    suite.suite.advance(181 * DAY);
    suite.claim(&alice).unwrap();
    suite.claim(&bob).unwrap();
    assert_eq!((suite.btk(&alice), suite.btk(&bob)), (POOL + 2_000, 3 * POOL));
    suite.check();
}

#[test]
fn nothing_is_due_before_the_day_has_ended_nor_twice_in_a_block() {
    let (mut suite, alice, bob) = suite();
    suite.credit(&alice, FULL).unwrap();
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
            // Above the ceiling, at it, and below.
            suite.credit(&alice, FULL / 3 * (1 + day % 3)).unwrap();
            suite.credit(&bob, FULL / 3).unwrap();
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
    suite.suite.renew(&suite.emissions);
    let (owner, set) =
        (suite.suite.owner.clone(), ExecuteMsg::SetStaking { staking: Some(staking.to_string()) });
    suite.execute(&owner, &set).unwrap();
    staking
}

#[test]
fn work_counts_by_half_until_the_pledge_is_topped_up() {
    let (mut suite, alice, bob) = suite();
    suite.credit(&alice, FULL).unwrap();
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

/// The attack: a machine of 16 T that declares 4 T pledges for 4 and is paid for 16.
#[test]
fn work_beyond_the_capacity_that_is_pledged_for_counts_half() {
    let (mut suite, alice, _) = suite();
    suite.credit(&alice, FULL).unwrap();
    suite.suite.advance(DAY);
    suite.claim(&alice).unwrap();
    let staking = with_staking(&mut suite);
    let send = |suite: &mut EmissionsSuite, amount: u128, hook: &staking_api::Hook| {
        let msg = to_json_binary(hook).unwrap();
        let send = Cw20ExecuteMsg::Send { contract: staking.to_string(), amount: amount.into(), msg };
        let btk = suite.btk.clone();
        suite.suite.execute(&alice, &btk, &send).unwrap();
    };
    send(&mut suite, 1_600 * UNIT, &staking_api::Hook::Register { tera: 16, commission_bps: 0 });
    let set = |tera| staking_api::ExecuteMsg::SetCapacity { tera };
    suite.suite.execute(&alice, &staking, &set(4)).unwrap();
    let today = |suite: &EmissionsSuite| suite.contributor(&alice).today.unwrap().units;
    // 16,000 credits, of which 4 T do 4,800 on a day; in parts as at once, and late work as work of today.
    announce(&mut suite, 3_000);
    for _ in 0..13 {
        suite.credit(&alice, 1_000).unwrap();
    }
    assign(&mut suite, 0, &[&alice], 3_000).unwrap();
    assert_eq!(today(&suite), 4_800 + (16_000 - 4_800) / 2);
    // As much as it pledges for.
    suite.suite.execute(&alice, &staking, &set(16)).unwrap();
    suite.credit(&alice, 1_000).unwrap();
    assert_eq!(today(&suite), 4_800 + (16_000 - 4_800) / 2 + 1_000);
    announce(&mut suite, 6_000);
    suite.suite.advance(DAY);
    suite.suite.execute(&alice, &staking, &set(4)).unwrap();
    assign(&mut suite, DAY, &[&alice], 6_000).unwrap();
    suite.credit(&alice, 100).unwrap();
    assert_eq!(today(&suite), 50, "what was reported late has used today's capacity");
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

fn waiting(suite: &EmissionsSuite) -> Vec<bithive_api::delay::SettingResponse> {
    suite.suite.query(&suite.emissions, &QueryMsg::Settings {})
}

/// The attack: an owner, or who took its key, names itself as a meter and is credited with the day's work. A meter is a
/// contract, and after the contract's first day it waits where everybody sees it.
#[test]
fn a_meter_is_a_contract_and_takes_effect_after_a_delay_that_anybody_can_watch() {
    use bithive_api::delay::{Event as Setting, limits};
    use bithive_contract_kit::delay::DelayError;
    let mut suite = EmissionsSuite::new();
    let (owner, stranger) = (suite.suite.owner.clone(), suite.suite.account("stranger"));
    let set = |meter: &Addr| ExecuteMsg::SetMeter { meter: meter.to_string(), allowed: true };
    for late in [false, true] {
        let error: ContractError = refusal(suite.execute(&owner, &set(&owner)));
        let found = owner.to_string();
        assert_eq!(error, ContractError::Input(InputError::NotContract { field: "meter", found }), "{late}");
        suite.suite.advance(limits::SETUP_SECONDS);
    }
    let other = bithive_test_kit::faucet::instantiate(&mut suite.suite.app, &owner);
    let response = suite.execute(&owner, &set(&other)).unwrap();
    let due = suite.suite.now() + limits::DELAY_SECONDS;
    let told: Vec<Setting> = bithive_test_kit::announced(&suite.emissions, &response);
    let void_at = due + limits::OPEN_SECONDS;
    let message = "SetMeter".into();
    assert_eq!(told, [Setting::Scheduled { id: 1, message, effective_at: due, void_at }]);
    let credit = ExecuteMsg::Credit { contributor: stranger.to_string(), units: 1 };
    assert!(suite.execute(&other, &credit).is_err());
    let apply = ExecuteMsg::ApplySetting { id: 1 };
    suite.suite.advance(limits::DELAY_SECONDS - 1);
    let error: ContractError = refusal(suite.execute(&stranger, &apply));
    assert_eq!(error, ContractError::Delay(DelayError::TooEarly { id: 1, effective_at: due, now: due - 1 }));
    assert_eq!(waiting(&suite).len(), 1);
    suite.suite.advance(1);
    suite.execute(&stranger, &apply).unwrap();
    suite.execute(&other, &credit).unwrap();
    assert_eq!(waiting(&suite), []);
    assert!(suite.execute(&stranger, &apply).is_err(), "once");
    // Taking it back is at once; so is cancelling, by the owner.
    suite.execute(&owner, &ExecuteMsg::SetMeter { meter: other.to_string(), allowed: false }).unwrap();
    assert!(suite.execute(&other, &credit).is_err());
    suite.execute(&owner, &ExecuteMsg::SetStaking { staking: None }).unwrap();
    let cancel = ExecuteMsg::CancelSetting { id: 2 };
    assert!(suite.execute(&stranger, &cancel).is_err());
    suite.execute(&owner, &cancel).unwrap();
    assert_eq!(waiting(&suite), []);
    let recipient = ExecuteMsg::SetRecipient { bucket: Bucket::Application, recipient: stranger.to_string() };
    suite.execute(&owner, &recipient).unwrap();
    assert_eq!(waiting(&suite).len(), 1, "a recipient waits as well");
}
