//! Every strategy against the real contracts.

use bithive_economy::{AttackOptions, AttackReport, EconomyError, UNIT, attack, plot_attacks, price};

fn options(sizes: &[u16], only: &[&str]) -> AttackOptions {
    AttackOptions { sizes: sizes.to_vec(), seed: 1, only: only.iter().map(ToString::to_string).collect() }
}

async fn play(options: &AttackOptions) -> AttackReport {
    attack(options, |_, _| {}).await.unwrap()
}

#[tokio::test]
async fn no_strategy_gains_or_grieves_beyond_what_is_stated() {
    let mut told = 0;
    let report = attack(&options(&[4], &[]), |_, _| told += 1).await.unwrap();
    let broken: Vec<_> = report.games.iter().filter(|game| !game.held).collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert_eq!((report.broken, told), (0, report.games.len()));
    let page = std::fs::read_to_string("../../../docs/threats.md").unwrap();
    for game in &report.games {
        let row = page.lines().find(|line| line.contains(&format!("`{}`", game.strategy)));
        let row = row.unwrap_or_else(|| panic!("docs/threats.md does not list {}", game.strategy));
        let bounded = row.to_lowercase().contains("**bounded**");
        assert!(bounded || game.bound.is_none(), "docs/threats.md has no bound of {}", game.strategy);
        // A bound that nothing comes near says nothing.
        let came_to = game.others_lost.max(game.unpaid_work).max(u128::try_from(game.profit).unwrap_or(0));
        let most = game.most.unwrap_or(0);
        assert!(most <= 3 * came_to, "{} comes to {came_to} of {most}", game.strategy);
    }
    assert!(report.games.len() >= 20);
}

#[tokio::test]
async fn who_is_elected_to_the_committee_and_never_comes_loses_bond_and_who_accuses_others_none() {
    let report = play(&options(&[4], &["committee-absence", "false-report"])).await;
    let spent: Vec<u128> = report.games.iter().map(|game| game.spent.saturating_sub(game.gained)).collect();
    // A tenth of the bonds of three nodes: 2,001 BTT each.
    assert_eq!(spent, [3 * 2_001 * UNIT / 10, 0], "{report:#?}");
    assert!(report.games.iter().all(|game| game.held && game.others_lost == 0));
}

#[tokio::test]
async fn a_game_repeats_and_its_bars_are_drawn() {
    let options = options(&[3, 4], &["wash-three", "dispute-of-oneself"]);
    assert_eq!(options.games(), 4);
    let report = play(&options).await;
    assert_eq!(play(&options).await, report);
    assert_eq!(report.price, UNIT / 2);
    assert_eq!(report.price, price());
    let sizes: Vec<u16> = report.games.iter().map(|game| game.nodes).collect();
    assert_eq!(sizes, [3, 3, 4, 4]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("attacks.svg");
    plot_attacks(&report.games, &file).unwrap();
    let drawn = std::fs::read_to_string(&file).unwrap();
    assert!(drawn.contains("dispute-of-oneself") && drawn.contains("beside 4 honest nodes"));
    assert!(matches!(plot_attacks(&[], &file), Err(EconomyError::Draw { .. })));
}

#[tokio::test]
async fn sizes_out_of_bounds_and_unknown_names_are_refused() {
    let refused = |options: AttackOptions| options.checked().unwrap_err().to_string();
    assert_eq!(refused(options(&[4, 2], &[])), "size is 2; expected 3 to 32");
    assert_eq!(refused(options(&[33], &[])), "size is 33; expected 3 to 32");
    let unknown = refused(options(&[4], &["wash-three", "nothing"]));
    assert!(
        unknown.starts_with("there is no strategy \"nothing\"; expected one of wash-alone, "),
        "{unknown}"
    );
    assert!(options(&[3, 32], &[]).checked().is_ok());
}
