//! Whole runs: real contracts, real transactions.

use bithive_economy::{MONTH_DAYS, Options, Report, UNIT, YEAR_DAYS, plot, simulate};

const YEAR: Options = Options { years: 1, nodes: 8, seed: 1, poke_days: None };

async fn run(options: Options) -> Report {
    simulate(&options, |_| {}).await.unwrap()
}

#[tokio::test]
async fn a_year_of_eight_nodes_holds_every_check_and_repeats() {
    let mut days = 0;
    let report = simulate(&YEAR, |_| days += 1).await.unwrap();
    assert_eq!(report.broken, None);
    assert_eq!(days, YEAR_DAYS + 1);
    // Day 0, twelve months, and the last day.
    let at: Vec<u64> = report.rows.iter().map(|row| row.day).collect();
    assert_eq!(at, (0..=12).map(|month| month * MONTH_DAYS).chain([YEAR_DAYS]).collect::<Vec<_>>());
    // Comparisons of a row do not get fewer as accounts come.
    assert!(report.checks >= 58 * report.rows.len() as u64);
    let (first, last) = (report.rows.first().unwrap(), report.rows.last().unwrap());
    assert_eq!((first.emitted, first.minted, first.staked), (0, 0, 0));
    assert_eq!(last.emitted, 500_000 * UNIT * u128::from(YEAR_DAYS));
    assert_eq!(last.contributors + last.application + last.foundation + last.infrastructure, last.minted);
    assert_eq!(last.minted + last.locked, last.emitted);
    // Two patients, a check-up a month each; two idle machines.
    assert!(last.patients >= 2 * 11 * 200 * UNIT && last.treasury_paid > 0 && last.btt_burnt > 0);
    assert!(last.credits > 0 && last.credits_spent > 0);
    assert!(last.credits_backing >= u128::from(last.credits) * UNIT / 1_000);
    assert!(last.paid_whole > 0 && last.staked > 0 && last.circulating > 0 && last.bought > 0);
    assert!(last.circulating + last.staked + last.unbonding + last.rewards + last.burnt <= last.minted);

    assert_eq!(run(YEAR).await, report);
    assert_ne!(run(Options { seed: 2, ..YEAR }).await.rows, report.rows);
}

#[tokio::test]
async fn how_often_somebody_claims_for_others_changes_what_nobody_is_entitled_to() {
    let seldom = run(YEAR).await;
    for days in [1, 45] {
        let often = run(Options { poke_days: Some(days), ..YEAR }).await;
        assert_eq!(often.broken, None);
        assert_eq!(seldom.entitled.len(), often.entitled.len());
        for (one, other) in seldom.entitled.iter().zip(&often.entitled) {
            assert_eq!(one.holder, other.holder);
            assert!(one.amount.abs_diff(other.amount) <= 1, "{one:?} {other:?}");
        }
        // More was asked for, so as much or more exists already.
        assert!(often.rows.iter().zip(&seldom.rows).all(|(often, seldom)| often.minted >= seldom.minted));
    }
}

#[tokio::test]
async fn rows_are_drawn_and_too_few_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("economy.svg");
    let report = run(Options { nodes: 1, ..YEAR }).await;
    plot(&report.rows, &file).unwrap();
    let svg = std::fs::read_to_string(&file).unwrap();
    for name in ["contributors", "not due yet", "circulating", "earned by a T on a day", "paid to patients"] {
        assert!(svg.contains(name), "{name}");
    }
    let one = report.rows.get(..1).unwrap();
    assert!(plot(one, &file).unwrap_err().to_string().ends_with("there are 1 rows; expected at least 2"));
}

#[tokio::test]
async fn options_out_of_bounds_start_nothing() {
    let error = simulate(&Options { years: 0, ..YEAR }, |_| panic!("a day began")).await.unwrap_err();
    assert_eq!(error.to_string(), "years is 0; expected 1 to 50");
}
