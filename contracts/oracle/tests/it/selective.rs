//! A submitter that sees all reports, shows those that it likes, and works with reporters that lie: it stays between the honest reports
//! while a price needs 2 f + 1 reports and f reporters lie.

use bithive_api::oracle::{Report, Status};
use bithive_test_kit::oracle::COOLDOWN;

use crate::world::World;

/// What the honest reporters saw.
const HONEST: [u128; 5] = [1_000, 1_010, 1_020, 1_030, 1_050];

/// Each choice of at least `least` reports.
fn choices(reports: &[Report], least: usize) -> Vec<Vec<Report>> {
    let of = |mask: u32| {
        let chosen = reports.iter().enumerate().filter(|(index, _)| mask & (1 << index) != 0);
        chosen.map(|(_, report)| report.clone()).collect::<Vec<_>>()
    };
    (0..1u32 << reports.len()).map(of).filter(|chosen| chosen.len() >= least).collect()
}

/// Feed 1 of seven reporters, of whom five make a price. Every choice is tried in a round of its own.
fn prices(values: &[u128; 7]) -> Vec<u128> {
    let mut world = World::with(7, 5);
    world.say(&[1_020; 7]);
    let count = choices(&world.oracle.reports(&world.suite, 1, values), 5).len();
    let mut prices = Vec::new();
    for choice in 0..count {
        world.next();
        let reports = world.oracle.reports(&world.suite, 1, values);
        world.submit(choices(&reports, 5).swap_remove(choice));
        if world.status() == Status::Tripped {
            let pending = world.feed().pending.unwrap().value;
            prices.push(pending.u128());
            // Back for the next choice.
            world.suite.advance(COOLDOWN);
            world.say(&[1_020; 7]);
            world.suite.advance(COOLDOWN);
            world.say(&[1_020; 7]);
        } else {
            prices.extend(world.price());
        }
        assert_eq!(world.status(), Status::Fresh);
    }
    prices
}

fn with_lies(lies: &[u128], honest: usize) -> [u128; 7] {
    let values: Vec<u128> = HONEST[..honest].iter().chain(lies).copied().collect();
    values.try_into().unwrap()
}

#[test]
fn no_choice_of_reports_leaves_the_honest_range_with_two_liars_of_five_needed() {
    for lies in [[1, 1], [u128::MAX, u128::MAX], [1, u128::MAX], [999, 1_051], [1_000, 1_050]] {
        // Suspensions can't end the test early: two of seven may be suspended, since seven confirm and nobody is left out.
        let found = prices(&with_lies(&lies, 5));
        assert_eq!(found.len(), 29);
        assert!(found.iter().all(|price| (1_000..=1_050).contains(price)), "{lies:?}: {found:?}");
    }
}

#[test]
fn with_one_liar_more_some_choice_leaves_it_so_the_bound_is_the_bound() {
    let found = prices(&with_lies(&[2_000, 2_000, 2_000], 4));
    assert!(found.contains(&2_000), "{found:?}");
}

#[test]
fn liars_alone_or_with_those_they_leave_out_make_no_price() {
    let mut world = World::with(7, 5);
    world.next();
    let reports = world.oracle.reports(&world.suite, 1, &with_lies(&[2_000, 2_000], 5));
    for choice in choices(&reports, 0).into_iter().filter(|choice| (1..5).contains(&choice.len())) {
        let refused = world.submit_refused(choice).to_string();
        assert!(refused.contains("reports count; expected 5 or more"), "{refused}");
    }
    assert_eq!(world.status(), Status::Empty);
}

#[test]
fn a_liar_that_signs_several_values_for_a_round_is_counted_once() {
    let mut world = World::with(7, 5);
    world.next();
    let honest = world.oracle.reports(&world.suite, 1, &HONEST[..4]);
    let lies: Vec<_> = (0..9).map(|more| world.oracle.report(7, 1, 5_000 + more, world.now())).collect();
    let four = world.submit_refused([&honest[..3], &lies].concat()).to_string();
    assert!(four.contains("4 reports count"), "{four}");
    world.submit([honest, lies].concat());
    assert_eq!(world.price(), Some(1_020));
}
