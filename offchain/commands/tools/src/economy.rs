//! `bithive economy`: the token economy over simulated years.

use std::io::IsTerminal as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use bithive_client::amount::group;
use bithive_command_kit::{Output, table};
use bithive_economy::{Options, Report, Row, UNIT, YEAR_DAYS, plot, simulate};
use clap::Subcommand;
use comfy_table::{CellAlignment, Table};
use indicatif::{ProgressBar, ProgressStyle};

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
}

/// Simulates the economy. The exit code is 1 when an invariant breaks.
pub async fn run(command: Command, output: Output) -> Result<ExitCode> {
    let Command::Simulate { years, nodes, seed, poke_days, plot: file } = command;
    let options = Options { years, nodes, seed, poke_days }.checked()?;
    let bar = bar(&options, output)?;
    let report = simulate(&options, |day| bar.set_position(day)).await;
    bar.finish_and_clear();
    let report = report?;
    output.show(&report, show)?;
    if let Some(file) = file {
        plot(&report.rows, &file)?;
    }
    Ok(if report.broken.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn bar(options: &Options, output: Output) -> Result<ProgressBar> {
    if output.json || !std::io::stderr().is_terminal() {
        return Ok(ProgressBar::hidden());
    }
    let style = ProgressStyle::with_template("day {pos} of {len} [{bar:40}] {percent:>3} %, {eta} left")?;
    Ok(ProgressBar::new(options.days()).with_style(style))
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
