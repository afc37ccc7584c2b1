//! `bithive economy`: the token economy over simulated years, and strategies against its rules.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use bithive_client::amount::group;
use bithive_command_kit::{Output, progress, table};
use bithive_economy::{
    AttackOptions, AttackReport, Game, Options, Report, Row, UNIT, YEAR_DAYS, attack, plot, plot_attacks,
    simulate,
};
use clap::Subcommand;
use comfy_table::{CellAlignment, Table};

/// The token economy over simulated years.
#[derive(Subcommand)]
pub enum Command {
    /// Run the contracts on an embedded chain in memory while nodes join, pledge, work, fail, leave and claim, and show
    /// every 30 days how much of each token exists and where it is.
    ///
    /// Supplies, balances, stakes and schedules are compared with each other and with the closed forms at every row; a
    /// comparison that fails ends the run with exit code 1. The table has a row for each year, --json has all of them. The
    /// same options give the same rows.
    Simulate {
        /// Years of 365 days, 1 to 50.
        #[arg(long, default_value_t = 12)]
        years: u32,
        /// Most nodes that work at the same time, 1 to 1,000.
        #[arg(long, default_value_t = 20)]
        nodes: u32,
        /// Seed of the random choices: when nodes join, leave and fail, and how much they work.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Days after which somebody claims for everybody, again and again, besides what each claims for itself.
        #[arg(long, value_name = "DAYS")]
        poke_days: Option<u32>,
        /// Draw BTK by bucket and use, what a T earns, and BTT paid and burnt, into this SVG file.
        #[arg(long, value_name = "FILE")]
        plot: Option<PathBuf>,
    },
    /// Play strategies against the rules with the real contracts, beside honest parties, and show for each what the attacker
    /// spent and gained, what others lost, and what they lost for each unit that the attacker did (griefing).
    ///
    /// Each is played twice, without the attacker and with it; the difference is what it comes to. Bonds, stakes and what is due
    /// later count, and a BTK counts as half a BTT, the fees that one costs at least. The exit code is 1 when a strategy
    /// gains, or others lose more than the attacker, beyond a bound that is stated. docs/threats.md explains the rules.
    Attack {
        /// Numbers of honest nodes, 3 to 32 each, with commas: every strategy is played at each of them.
        #[arg(long, value_name = "NODES", value_delimiter = ',', default_values_t = [3, 8, 16])]
        size: Vec<u16>,
        /// Seed of all keys. The same options give the same games.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// Play only the strategies of these names, with commas.
        #[arg(long, value_name = "NAMES", value_delimiter = ',')]
        only: Vec<String>,
        /// Draw the games of the largest size into this SVG file.
        #[arg(long, value_name = "FILE")]
        plot: Option<PathBuf>,
    },
}

/// Simulates the economy, or plays strategies. The exit code is 1 when an invariant breaks, or a strategy gains.
pub async fn run(command: Command, output: Output) -> Result<ExitCode> {
    match command {
        Command::Simulate { years, nodes, seed, poke_days, plot } => {
            years_of(Options { years, nodes, seed, poke_days }, plot, output).await
        }
        Command::Attack { size, seed, only, plot } => {
            games_of(&AttackOptions { sizes: size, seed, only }, plot, output).await
        }
    }
}

async fn games_of(options: &AttackOptions, file: Option<PathBuf>, output: Output) -> Result<ExitCode> {
    options.checked()?;
    let (line, games) = (progress(output, "game {pos} of {len} [{bar:40}] {msg}")?, options.games());
    let report = attack(options, |ended, name| {
        line.set_message(name);
        line.at(ended as u64, games as u64);
    })
    .await;
    line.finish_and_clear();
    let report = report?;
    output.show(&report, show_games)?;
    if let Some(file) = file {
        plot_attacks(&report.games, &file)?;
    }
    Ok(if report.broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn years_of(options: Options, file: Option<PathBuf>, output: Output) -> Result<ExitCode> {
    let options = options.checked()?;
    let line = progress(output, "day {pos} of {len} [{bar:40}] {percent:>3} %, {eta} left")?;
    line.set_message(format!("simulating {} days", options.days()));
    let report = simulate(&options, |day| line.at(day, options.days())).await;
    line.finish_and_clear();
    let report = report?;
    output.show(&report, show)?;
    if let Some(file) = file {
        plot(&report.rows, &file)?;
    }
    Ok(if report.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn show_games(report: &AttackReport) {
    let mut lines = table(&[
        "strategy",
        "nodes",
        "spent",
        "gained",
        "profit",
        "others lost",
        "unpaid work",
        "griefing",
        "refused",
        "holds",
    ]);
    for column in lines.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for game in &report.games {
        let sign = if game.profit < 0 { "-" } else { "" };
        lines.add_row([
            game.strategy.to_owned(),
            game.nodes.to_string(),
            exact(game.spent),
            exact(game.gained),
            format!("{sign}{}", exact(game.profit.unsigned_abs())),
            exact(game.others_lost),
            exact(game.unpaid_work),
            game.griefing.map_or("-".into(), |factor| format!("{factor:.2}")),
            game.refused.to_string(),
            holds(game).into(),
        ]);
    }
    println!("{lines}");
    println!(
        "amounts in BTT, a BTK counts as {} BTT; spent and gained: by token, and what is due later is counted; griefing: what \
         others lost for each unit that the attacker lost; unpaid work: of honest nodes, by what they asked; refused: messages that contracts refused",
        exact(report.price)
    );
    let mut shown = Vec::new();
    for game in report.games.iter().filter(|game| game.bound.is_some()) {
        if let (false, Some(bound), Some(most)) = (shown.contains(&game.strategy), game.bound, game.most) {
            shown.push(game.strategy);
            println!("bounded: {}: {}; {bound}, at most {} BTT here", game.strategy, game.about, exact(most));
        }
    }
    for game in report.games.iter().filter(|game| !game.held) {
        let power = game.power.as_ref().map(|power| format!("; it got {power}")).unwrap_or_default();
        let worst = game.worst.as_ref().map(|(name, loss)| format!("; {name} lost {}", exact(*loss)));
        let worst = worst.unwrap_or_default();
        println!("FAILED: {} at {} nodes: {}{worst}{power}", game.strategy, game.nodes, game.about);
    }
    println!("{} of {} games hold", report.games.len().saturating_sub(report.broken), report.games.len());
}

fn holds(game: &Game) -> &'static str {
    match (game.held, game.bound) {
        (true, None) => "yes",
        (true, Some(_)) => "bounded",
        (false, _) => "NO",
    }
}

/// BTT with six places.
fn exact(amount: u128) -> String {
    format!("{}.{:06}", group(&(amount / UNIT).to_string()), amount % UNIT)
}

fn show(report: &Report) {
    println!("{}", rows(&report.rows));
    println!(
        "amounts in whole BTK; locked: emitted, and not due yet or not claimed; stakes include unbonding stake"
    );
    if let Some(last) = report.rows.last() {
        println!(
            "burnt: {} of slashes, {} bought by the treasury; circulating SKY {}, BTT {}",
            whole(last.burnt.saturating_sub(last.bought)),
            whole(last.bought),
            whole(last.sky_circulating),
            whole(last.btt_circulating)
        );
    }
    if let Some(last) = report.rows.last() {
        println!(
            "BTT: {} paid to patients, {} paid by the treasury and {} burnt, {} paid for jobs with credits; {} credits, backed \
             by {} BTT",
            whole(last.patients),
            whole(last.treasury_paid),
            whole(last.btt_burnt),
            whole(last.credits_spent),
            group(&last.credits.to_string()),
            whole(last.credits_backing)
        );
    }
    match &report.broken {
        None => println!(
            "{} comparisons in {} rows held, {} blocks",
            report.checks,
            report.rows.len(),
            report.blocks
        ),
        Some(broken) => println!("FAILED: {broken}"),
    }
}

/// The first row of every year, and the last.
fn rows(rows: &[Row]) -> Table {
    let mut table = table(&[
        "year",
        "halvings",
        "nodes",
        "paid whole",
        "T",
        "emitted",
        "locked",
        "minted",
        "burnt",
        "staked",
        "circulating",
        "a T earns a day",
        "pledge for a T",
    ]);
    for column in table.column_iter_mut() {
        column.set_cell_alignment(CellAlignment::Right);
    }
    let year = |row: &Row| row.day / YEAR_DAYS;
    let mut before = None;
    for (index, row) in rows.iter().enumerate() {
        let last = index.saturating_add(1) == rows.len();
        if !last && before == Some(year(row)) {
            continue;
        }
        before = Some(year(row));
        table.add_row([
            format!("{:.1}", row.day as f64 / YEAR_DAYS as f64),
            row.halvings.to_string(),
            row.nodes.to_string(),
            row.paid_whole.to_string(),
            row.tera.to_string(),
            whole(row.emitted),
            whole(row.locked),
            whole(row.minted),
            whole(row.burnt),
            whole(row.staked.saturating_add(row.unbonding).saturating_add(row.rewards)),
            whole(row.circulating),
            whole(row.daily_per_tera),
            whole(row.pledge_per_tera),
        ]);
    }
    table
}

/// Without the part behind the point.
fn whole(amount: u128) -> String {
    group(&(amount / UNIT).to_string())
}
