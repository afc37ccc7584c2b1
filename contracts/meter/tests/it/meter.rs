//! Claims, vouching, collecting, and what liars, absent members and repeaters gain.

use bithive_api::meter::{ExecuteMsg, Params, VouchedClaim, limits};
use bithive_api::timebank;
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_meter::ContractError;
use bithive_test_kit::idle::{IdleSuite, MEMBERS, PER_DAY, PER_PERIOD, params};
use bithive_test_kit::timebank::DAY;
use bithive_test_kit::{FEE_DENOM, refusal};
use cosmwasm_std::{Addr, coins};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor};

fn refused(result: AnyResult<AppResponse>) -> ContractError {
    refusal(result)
}

/// Both other members vouch for a claim of the machine.
fn counted(suite: &mut IdleSuite, machine: &str, period: u64, seconds: u64) {
    suite.claim(machine, period, seconds, "alice").unwrap();
    for member in &MEMBERS[..2] {
        suite.vouch(member, machine, period, seconds).unwrap();
    }
}

#[test]
fn idle_time_that_enough_members_vouch_for_becomes_credits() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    suite.claim("machine", period, 3_600, "alice").unwrap();
    assert_eq!((suite.due("alice"), suite.machine("machine").claims[0].credits), (0, 10));
    suite.vouch("member-1", "machine", period, 3_600).unwrap();
    assert_eq!(suite.due("alice"), 0, "one of two");
    suite.vouch("member-3", "machine", period, 3_600).unwrap();
    assert_eq!((suite.due("alice"), suite.credits("alice"), suite.periods().counted), (10, 0, 10));
    suite.collect("alice", Some(4)).unwrap();
    assert_eq!((suite.due("alice"), suite.credits("alice")), (6, 4));
    suite.collect("alice", None).unwrap();
    assert_eq!((suite.due("alice"), suite.credits("alice")), (0, 10));
    let again = refused(suite.collect("alice", None));
    assert!(matches!(again, ContractError::Input(InputError::Zero { .. })), "{again}");
    suite.bank.check();
}

#[test]
fn a_machine_alone_and_a_member_alone_gain_nothing() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    suite.claim("machine", period, DAY, "machine").unwrap();
    let error = refused(suite.vouch("machine", "machine", period, DAY));
    let machine = suite.account("machine");
    let expected = Unauthorized::new(&machine, "a member that the owner has named");
    assert_eq!(error, ContractError::Unauthorized(expected));
    // A lying member, as often as it likes, also in one message.
    suite.vouch("member-1", "machine", period, DAY).unwrap();
    for _ in 0..3 {
        let error = refused(suite.vouch("member-1", "machine", period, DAY));
        assert!(matches!(error, ContractError::Twice { .. }), "{error}");
    }
    let claim = VouchedClaim { machine: machine.to_string(), period, seconds: DAY };
    let member = suite.account("member-2");
    let twice = ExecuteMsg::Vouch { claims: vec![claim.clone(), claim] };
    assert!(matches!(refused(suite.send(&member, &twice)), ContractError::Twice { .. }));
    assert_eq!((suite.due("machine"), suite.machine("machine").claims[0].vouched_by.len()), (0, 1));
}

#[test]
fn nobody_vouches_for_its_own_time() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    // As the machine, and as the account of another machine.
    suite.claim("member-1", period, 3_600, "alice").unwrap();
    suite.claim("machine", period, 3_600, "member-1").unwrap();
    for machine in ["member-1", "machine"] {
        let error = refused(suite.vouch("member-1", machine, period, 3_600));
        assert!(matches!(error, ContractError::OwnClaim { .. }), "{machine}: {error}");
    }
    // Others do.
    suite.vouch("member-2", "member-1", period, 3_600).unwrap();
    suite.vouch("member-3", "member-1", period, 3_600).unwrap();
    assert_eq!(suite.due("alice"), 10);
}

#[test]
fn an_absent_member_stops_nothing_while_enough_are_there() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    counted(&mut suite, "machine", period, 7_200);
    assert_eq!(suite.due("alice"), 20, "the third never came");
    // Too many absent ones: nothing is counted, and in time the claim is void.
    suite.claim("other", period, 7_200, "alice").unwrap();
    suite.vouch("member-1", "other", period, 7_200).unwrap();
    suite.chain().advance(3 * DAY);
    let error = refused(suite.vouch("member-2", "other", period, 7_200));
    let (first, last) = (suite.periods().first, suite.last());
    assert_eq!(error, ContractError::Closed { period, first, last });
    assert_eq!(suite.due("alice"), 20);
}

#[test]
fn a_member_that_comes_late_counts_nothing_twice_and_is_not_refused() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    counted(&mut suite, "machine", period, 3_600);
    suite.claim("other", period, 3_600, "bob").unwrap();
    // One message for both, written before the others had vouched.
    let claims = ["machine", "other"].map(|machine| VouchedClaim {
        machine: suite.account(machine).into(),
        period,
        seconds: 3_600,
    });
    let late = suite.account("member-3");
    suite.send(&late, &ExecuteMsg::Vouch { claims: claims.to_vec() }).unwrap();
    assert_eq!((suite.due("alice"), suite.due("bob"), suite.periods().counted), (10, 0, 10));
    suite.vouch("member-1", "other", period, 3_600).unwrap();
    assert_eq!((suite.due("alice"), suite.due("bob")), (10, 10));
}

#[test]
fn a_period_is_claimed_once_after_it_has_ended_and_not_for_long() {
    let mut suite = IdleSuite::new();
    let (first, last) = (suite.periods().first, suite.last());
    assert_eq!((suite.periods().current, first), (last + 1, last - 2));
    // One from the future, the one that goes on, and one that is long past.
    for period in [u64::MAX, last + 2, last + 1, first - 1, 0] {
        let error = refused(suite.claim("machine", period, 60, "alice"));
        assert_eq!(error, ContractError::Closed { period, first, last });
    }
    counted(&mut suite, "machine", last, 3_600);
    let machine = suite.account("machine").to_string();
    for account in ["alice", "bob"] {
        let error = refused(suite.claim("machine", last, 7_200, account));
        assert_eq!(error, ContractError::Claimed { machine: machine.clone(), period: last });
    }
    // Each open period, in any order; and what is stored does not grow.
    suite.claim("machine", first, 3_600, "alice").unwrap();
    suite.claim("machine", first + 1, 3_600, "alice").unwrap();
    for _ in 0..10 {
        suite.chain().advance(DAY);
        let period = suite.last();
        suite.claim("machine", period, 3_600, "alice").unwrap();
        assert_eq!(suite.machine("machine").claims.len(), 3);
    }
}

#[test]
fn a_clock_that_goes_back_opens_no_period_again() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    counted(&mut suite, "machine", period, 3_600);
    suite.chain().advance(4 * DAY);
    let later = suite.last();
    suite.claim("machine", later, 3_600, "alice").unwrap();
    suite.chain().app.update_block(|block| block.time = block.time.minus_seconds(4 * DAY));
    let error = refused(suite.claim("machine", period, 3_600, "alice"));
    assert!(matches!(error, ContractError::Claimed { .. }), "{error}");
    assert_eq!(suite.due("alice"), 10);
}

#[test]
fn a_period_holds_no_more_than_its_length() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    for seconds in [0, DAY + 1, u64::MAX] {
        let error = refused(suite.claim("machine", period, seconds, "alice"));
        let field = matches!(error, ContractError::Input(InputError::OutOfBounds { field: "seconds", .. }));
        assert!(field, "{error}");
    }
    // Less than a credit is no claim.
    let error = refused(suite.claim("machine", period, 359, "alice"));
    assert!(matches!(error, ContractError::Input(InputError::Zero { .. })), "{error}");
    suite.claim("machine", period, DAY, "alice").unwrap();
    // A member can't make more, or less, of it.
    for seconds in [DAY - 1, DAY + 1, 0] {
        let error = refused(suite.vouch("member-1", "machine", period, seconds));
        assert_eq!(error, ContractError::OtherTime { period, claimed: DAY, found: seconds });
    }
    for (machine, period) in [("machine", period - 1), ("stranger", period)] {
        let error = refused(suite.vouch("member-1", machine, period, DAY));
        assert!(matches!(error, ContractError::NoClaim { .. }), "{error}");
    }
}

#[test]
fn members_that_collude_get_no_more_than_the_bound_of_a_period_under_however_many_names() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    let names: Vec<String> = (0..6).map(|index| format!("name-{index}")).collect();
    for name in &names {
        suite.claim(name, period, DAY, name).unwrap();
        suite.vouch("member-1", name, period, DAY).unwrap();
    }
    let mut given = 0;
    for name in &names {
        match suite.vouch("member-2", name, period, DAY) {
            Ok(_) => given += 240,
            Err(error) => {
                let error: ContractError = error.downcast().unwrap();
                assert_eq!(error, ContractError::PeriodLimit { left: 0, credits: 240 });
            }
        }
    }
    assert_eq!((given, suite.periods().counted), (PER_PERIOD, PER_PERIOD));
    // The refused ones wait for the next period, and do not add up.
    suite.chain().advance(DAY);
    suite.vouch("member-2", &names[5], period, DAY).unwrap();
    assert_eq!(suite.periods().counted, 240);
    let due: u64 = names.iter().map(|name| suite.due(name)).sum();
    assert_eq!(due, 5 * 240);
}

#[test]
fn what_the_time_bank_has_no_room_for_stays_due() {
    let mut suite = IdleSuite::new();
    for _ in 0..5 {
        let period = suite.last();
        counted(&mut suite, "machine", period, DAY);
        suite.chain().advance(DAY);
    }
    assert_eq!(suite.due("alice"), 1_200);
    let error: bithive_timebank::ContractError = refusal(suite.collect("alice", None));
    let left = PER_DAY;
    assert_eq!(
        error,
        bithive_timebank::ContractError::DailyLimit { bound: "what the meter gives", left, credits: 1_200 }
    );
    assert_eq!((suite.due("alice"), suite.credits("alice")), (1_200, 0), "nothing has changed");
    suite.collect("alice", Some(PER_DAY)).unwrap();
    suite.chain().advance(DAY);
    suite.collect("alice", None).unwrap();
    assert_eq!((suite.due("alice"), suite.credits("alice")), (0, 1_200));
    // A time bank that takes it as no meter any more gives nothing.
    let period = suite.last();
    counted(&mut suite, "machine", period, 3_600);
    let meter = suite.meter.to_string();
    suite.bank.as_owner(&timebank::ExecuteMsg::SetMeter { meter, per_day: None }).unwrap();
    let error: bithive_timebank::ContractError = refusal(suite.collect("alice", None));
    assert!(matches!(error, bithive_timebank::ContractError::Unauthorized(_)), "{error}");
    assert_eq!(suite.due("alice"), 10);
    suite.bank.check();
}

#[test]
fn a_member_that_was_removed_counts_for_nothing() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    suite.claim("machine", period, 3_600, "alice").unwrap();
    suite.vouch("member-1", "machine", period, 3_600).unwrap();
    suite.set_members(&["member-2", "member-3", "member-4"], 2).unwrap();
    let error = refused(suite.vouch("member-1", "machine", period, 3_600));
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
    suite.vouch("member-2", "machine", period, 3_600).unwrap();
    assert_eq!(suite.due("alice"), 0, "one present member");
    suite.vouch("member-4", "machine", period, 3_600).unwrap();
    assert_eq!(suite.due("alice"), 10);
}

#[test]
fn members_are_different_and_more_than_half_have_to_vouch() {
    let mut suite = IdleSuite::new();
    for threshold in [0, 1, 4] {
        let error = refused(suite.set_members(&MEMBERS, threshold));
        assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { field: "threshold", .. })));
    }
    let error = refused(suite.set_members(&["a", "b", "a"], 2));
    assert!(matches!(error, ContractError::Input(InputError::Duplicate { field: "members", .. })));
    assert!(matches!(refused(suite.set_members(&[], 1)), ContractError::Input(InputError::Count { .. })));
    let many: Vec<String> = (0..=limits::MAX_MEMBERS).map(|index| format!("m{index}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    assert!(matches!(refused(suite.set_members(&many, 9)), ContractError::Input(InputError::Count { .. })));
    suite.set_members(&many[1..], 9).unwrap();
    assert_eq!((suite.members().members.len(), suite.members().threshold), (16, 9));
}

#[test]
fn members_take_effect_after_a_delay_that_anybody_can_watch() {
    let mut suite = IdleSuite::new();
    let meter = suite.meter.clone();
    let members = vec![suite.account("new").to_string()];
    let query = bithive_api::meter::QueryMsg::Members {};
    suite.bank.market.suite.check_delay(
        &meter,
        |_| ExecuteMsg::SetMembers { members: members.clone(), threshold: 1 },
        |suite| suite.query::<bithive_api::meter::MembersResponse>(&meter, &query).threshold == 1,
    );
}

#[test]
fn a_pause_stops_claims_and_vouching_and_never_what_is_due() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    counted(&mut suite, "machine", period, 3_600);
    suite.claim("other", period, 3_600, "alice").unwrap();
    suite.as_owner(&ExecuteMsg::SetPaused { paused: true }).unwrap();
    assert!(suite.config().paused);
    assert_eq!(refused(suite.claim("machine", period - 1, 3_600, "alice")), ContractError::Paused);
    assert_eq!(refused(suite.vouch("member-1", "other", period, 3_600)), ContractError::Paused);
    suite.collect("alice", None).unwrap();
    assert_eq!(suite.credits("alice"), 10);
    suite.as_owner(&ExecuteMsg::SetPaused { paused: false }).unwrap();
    suite.vouch("member-1", "other", period, 3_600).unwrap();
}

#[test]
fn a_message_has_a_bound_and_all_of_it_takes_effect_or_nothing() {
    let mut suite = IdleSuite::new();
    let period = suite.last();
    suite.claim("machine", period, 3_600, "alice").unwrap();
    let claim = |machine: &str| VouchedClaim { machine: machine.into(), period, seconds: 3_600 };
    let (member, machine) = (suite.account("member-1"), suite.account("machine").to_string());
    for claims in [vec![], vec![claim(&machine); limits::MAX_VOUCHES + 1]] {
        let error = refused(suite.send(&member, &ExecuteMsg::Vouch { claims }));
        assert!(matches!(error, ContractError::Input(InputError::Count { field: "claims", .. })), "{error}");
    }
    let unknown = suite.account("unknown").to_string();
    let both = ExecuteMsg::Vouch { claims: vec![claim(&machine), claim(&unknown)] };
    assert!(matches!(refused(suite.send(&member, &both)), ContractError::NoClaim { .. }));
    assert!(suite.machine("machine").claims[0].vouched_by.is_empty());
}

#[test]
fn parameters_out_of_bounds_native_coins_and_bad_addresses_are_refused() {
    let mut suite = IdleSuite::new();
    let timebank = suite.bank.timebank.clone();
    let bad = [
        Params { period_seconds: 3_599, ..params() },
        Params { period_seconds: 604_801, ..params() },
        Params { credits_per_hour: 0, ..params() },
        Params { credits_per_hour: limits::MAX_CREDITS_PER_HOUR + 1, ..params() },
        Params { per_period: 0, ..params() },
        Params { per_period: limits::MAX_PER_PERIOD + 1, ..params() },
    ];
    for params in bad {
        let message = IdleSuite::message(&suite.bank.market.suite, &timebank, params);
        let result = IdleSuite::instantiate(suite.chain(), &message);
        let error: ContractError = result.unwrap_err().downcast().unwrap();
        assert!(matches!(error, ContractError::Input(InputError::OutOfBounds { .. })), "{params:?}");
    }
    let (period, machine, meter) = (suite.last(), suite.account("machine"), suite.meter.clone());
    let claim = ExecuteMsg::Claim { period, seconds: 3_600, account: "nobody".into() };
    assert!(matches!(
        refused(suite.send(&machine, &claim)),
        ContractError::Input(InputError::Address { .. })
    ));
    let owner = suite.bank.market.suite.owner.clone();
    let paid = suite.chain().execute_with(
        &owner,
        &meter,
        &ExecuteMsg::SetPaused { paused: true },
        &coins(1, FEE_DENOM),
    );
    assert!(matches!(refused(paid), ContractError::Input(InputError::Payment(_))));
}

#[test]
fn migration_checks_the_name() {
    let mut suite = IdleSuite::new();
    let (meter, timebank) = (suite.meter.clone(), suite.bank.timebank.clone());
    let code = suite.chain().app.store_code(bithive_test_kit::idle::code());
    let mut migrate = |contract: &Addr| {
        let owner = suite.bank.market.suite.owner.clone();
        suite.chain().app.migrate_contract(owner, contract.clone(), &bithive_api::MigrateMsg {}, code)
    };
    migrate(&meter).unwrap();
    assert!(matches!(refused(migrate(&timebank)), ContractError::Migration(_)));
}
