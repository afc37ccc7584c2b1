//! Which reports count. What does not is skipped with its reason, and keeps no other from counting.

use bithive_api::oracle::{Event, Report, limits};
use bithive_oracle::ContractError;
use bithive_signed::report as text;
use bithive_test_kit::CHAIN_ID;
use bithive_test_kit::flows::signer;
use bithive_test_kit::oracle::{INTERVAL, MAX_AGE, Oracle, key};
use cosmwasm_std::HexBinary;
use ed25519_dalek::Signer as _;

use crate::world::World;

/// Submits `bad` with three good reports: it is skipped for a reason with `expected` in it, and the others make the price. With two good ones
/// it is the error.
fn is_skipped(bad: impl Fn(&World) -> Report, expected: &str) {
    let mut world = World::new();
    world.next();
    let mut few = world.oracle.reports(&world.suite, 1, &[100, 101]);
    few.push(bad(&world));
    let error = world.submit_refused(few).to_string();
    assert!(error.contains("2 reports count; expected 3 or more. The first that does not: "), "{error}");
    assert!(error.contains(expected), "{error}");
    let mut reports = world.oracle.reports(&world.suite, 1, &[100, 101, 102]);
    reports.insert(1, bad(&world));
    let events = world.submit(reports);
    let [Event::Skipped { feed: 1, reason, .. }, Event::Updated { value, reports: 3, .. }] = &events[..]
    else {
        panic!("{events:?}")
    };
    assert!(reason.contains(expected), "{reason}");
    assert_eq!(value.u128(), 101);
}

#[test]
fn a_report_of_nobody_of_the_feed_is_skipped() {
    is_skipped(|world| world.oracle.report(6, 1, 100, world.now()), "is no reporter of feed 1");
    // Whatever bytes stand for its key.
    let short =
        |world: &World| Report { reporter: [7; 3].into(), ..world.oracle.report(4, 1, 100, world.now()) };
    is_skipped(short, "070707 is no reporter");
}

#[test]
fn a_second_report_of_one_reporter_is_skipped_and_a_bad_first_one_takes_nobodys_place() {
    is_skipped(|world| world.oracle.report(1, 1, 999, world.now()), "has a report in this list that counts");
    let mut world = World::new();
    world.next();
    let good = world.oracle.reports(&world.suite, 1, &[100, 101, 102]);
    let forged = Report { value: 999u128.into(), ..good[0].clone() };
    let events = world.submit([vec![forged], good].concat());
    assert!(matches!(events[..], [Event::Skipped { .. }, Event::Updated { reports: 3, .. }]), "{events:?}");
}

#[test]
fn a_report_of_another_chain_contract_feed_or_round_is_skipped() {
    let signed = |world: &World, change: &dyn Fn(&mut text::Report<'_>)| {
        let (now, contract) = (world.now(), world.oracle.address.clone());
        let mut report = text::Report {
            chain_id: CHAIN_ID,
            contract: contract.as_str(),
            feed: 1,
            round: now / INTERVAL,
            value: 100,
            time: now,
        };
        change(&mut report);
        let signature = signer(4).sign(report.text().as_bytes()).to_bytes();
        Report { reporter: key(4), value: 100u128.into(), time: now, signature: signature.into() }
    };
    let not_signed = "is not signed by its key for this chain, contract, feed and round";
    is_skipped(|world| signed(world, &|report| report.chain_id = "another-1"), not_signed);
    is_skipped(|world| signed(world, &|report| report.contract = "bithive1another"), not_signed);
    is_skipped(|world| signed(world, &|report| report.feed = 2), not_signed);
    is_skipped(|world| signed(world, &|report| report.round += 1), not_signed);
    is_skipped(|world| signed(world, &|report| report.value = 1_000), not_signed);
    is_skipped(|world| signed(world, &|report| report.time -= 1), not_signed);
    // The same text without a change counts.
    let mut world = World::new();
    world.next();
    let mut reports = world.oracle.reports(&world.suite, 1, &[100, 101]);
    reports.push(signed(&world, &|_| {}));
    assert!(matches!(world.submit(reports)[..], [Event::Updated { reports: 3, .. }]));
}

#[test]
fn a_signature_of_another_key_or_length_is_skipped() {
    let not_signed = "is not signed by its key";
    let by_another =
        |world: &World| Report { reporter: key(4), ..world.oracle.report(5, 1, 100, world.now()) };
    is_skipped(by_another, not_signed);
    for length in [0, 63, 65, 1_000] {
        let cut = |world: &World| {
            let signature = HexBinary::from(vec![1; length]);
            Report { signature, ..world.oracle.report(4, 1, 100, world.now()) }
        };
        is_skipped(cut, not_signed);
    }
}

#[test]
fn a_value_of_0_is_skipped_since_nothing_can_be_divided_by_it() {
    is_skipped(|world| world.oracle.report(4, 1, 0, world.now()), "reports a value of 0");
}

#[test]
fn a_report_seen_in_another_round_is_skipped() {
    let at = |world: &World, time| world.oracle.report(4, 1, 100, time);
    is_skipped(|world| at(world, world.now() - INTERVAL), "which is not in round");
    is_skipped(|world| at(world, world.now() + INTERVAL), "which is not in round");
    is_skipped(|world| at(world, u64::MAX), "which is not in round");
    is_skipped(|world| at(world, 0), "which is not in round");
}

fn of_round(oracle: &Oracle, times: [u64; 4]) -> Vec<Report> {
    [1, 2, 3, 4].map(|n| oracle.report(n, 1, 100, times[usize::from(n) - 1])).to_vec()
}

#[test]
fn a_report_of_a_clock_that_is_far_ahead_is_skipped() {
    let mut world = World::new();
    // Ten seconds into a round.
    let start = (world.round() + 1) * INTERVAL;
    world.suite.advance(start + 10 - world.now());
    let (now, ahead) = (world.now(), limits::MAX_AHEAD);
    let reports = of_round(&world.oracle, [now, now + ahead, now + ahead + 1, now + ahead]);
    let events = world.submit(reports);
    let [Event::Skipped { reason, .. }, Event::Updated { reports: 3, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert!(reason.contains("more than 30 seconds ahead"), "{reason}");
}

#[test]
fn a_whole_round_in_the_future_makes_no_price() {
    let mut world = World::new();
    let time = world.now() + 10 * INTERVAL;
    let (stranger, reports) = (world.suite.account("a stranger"), of_round(&world.oracle, [time; 4]));
    let message = bithive_api::oracle::ExecuteMsg::Submit { feed: 1, round: time / INTERVAL, reports };
    let refused: ContractError =
        bithive_test_kit::refusal(world.oracle.send(&mut world.suite, &stranger, &message));
    assert!(
        matches!(&refused, ContractError::TooFew { found: 0, first: Some(why), .. } if why.contains("ahead")),
        "{refused}"
    );
}

#[test]
fn a_report_that_is_too_old_is_skipped() {
    let mut world = World::new();
    let start = (world.round() + 1) * INTERVAL;
    let (now, round) = (start + 20 + MAX_AGE, start / INTERVAL);
    world.suite.advance(now - world.now());
    let reports = of_round(&world.oracle, [start + 20, start + 19, start + 25, start + 30]);
    let stranger = world.suite.account("a stranger");
    let message = bithive_api::oracle::ExecuteMsg::Submit { feed: 1, round, reports };
    let response = world.oracle.send(&mut world.suite, &stranger, &message).unwrap();
    let events: Vec<Event> = bithive_test_kit::announced(&world.oracle.address, &response);
    let [Event::Skipped { reason, .. }, Event::Updated { reports: 3, .. }] = &events[..] else {
        panic!("{events:?}")
    };
    assert!(reason.contains("older than 600 seconds. Ask for a new report"), "{reason}");
}

#[test]
fn no_message_has_more_reports_than_a_feed_can_have_reporters() {
    let mut world = World::new();
    world.next();
    let report = world.oracle.report(1, 1, 100, world.now());
    let refused = world.submit_refused(vec![report; limits::MAX_REPORTERS + 1]);
    assert!(matches!(refused, ContractError::Input(_)), "{refused}");
}
