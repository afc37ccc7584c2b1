//! `bithive bench transport`.

use std::path::PathBuf;

use anyhow::Result;
use bithive_bench::{CellResult, Estimate, Score, Selection, Trials, transport};
use bithive_command_kit::{Output, progress, table};
use comfy_table::{CellAlignment, Table};

use super::rows;

/// What to run.
#[derive(clap::Args)]
pub struct Args {
    /// Only the cells that have an aim: one path with three loss rates, a short queue, 2 to 8 flows, UDX beside Cubic.
    #[arg(long)]
    quick: bool,
    /// Only cells whose name contains this; several times for several.
    #[arg(long)]
    cells: Vec<String>,
    /// Runs of each cell.
    #[arg(long, default_value_t = 10)]
    seeds: u64,
    /// Seed of the first of them; the others count up.
    #[arg(long, default_value_t = 1)]
    first_seed: u64,
    /// Length of every run in seconds, instead of each cell's own.
    #[arg(long)]
    seconds: Option<f64>,
    /// Runs at a time; as many as there are cores if not given. The results are the same.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    threads: usize,
    /// Keep every run in this file, and take from it those that were made before with the same configuration: an
    /// experiment that was stopped goes on.
    #[arg(long, value_name = "FILE")]
    runs: Option<PathBuf>,
    /// Run nothing: show the runs that the file has so far.
    #[arg(long, requires = "runs")]
    kept_only: bool,
    /// Draw goodput, round-trip time and queue over time of selected cells into this folder.
    #[arg(long, value_name = "DIR")]
    plot: Option<PathBuf>,
    /// Write qlog traces of the same cells into this folder.
    #[arg(long, value_name = "DIR")]
    qlog: Option<PathBuf>,
}

pub(crate) fn run(args: Args, output: Output) -> Result<()> {
    let trials = Trials {
        selection: Selection { quick: args.quick, containing: args.cells, seconds: args.seconds },
        seeds: args.first_seed..args.first_seed.saturating_add(args.seeds),
        threads: args.threads,
        runs: args.runs,
        kept_only: args.kept_only,
        plots: args.plot,
        qlog: args.qlog,
    };
    let line = progress(output, "{bar:40} {pos}/{len} runs, {eta} left")?;
    line.set_message(if args.kept_only { "reading the runs" } else { "running" });
    let answer = transport(&trials, |done, all| line.at(done as u64, all as u64));
    line.finish_and_clear();
    output.show(&answer?, |answer| {
        println!("{}\n{}\n{}", cell_rows(&answer.cells), rows(&answer.figures), score_rows(&answer.scores));
    })
}

/// A table whose columns from the second on hold numbers.
pub(super) fn numbers(titles: &[&str]) -> Table {
    let mut rows = table(titles);
    for column in 1..titles.len() {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    rows
}

fn cell_rows(cells: &[CellResult]) -> Table {
    let mut rows = numbers(&[
        "cell",
        "runs",
        "goodput %",
        "with start %",
        "each flow %",
        "Jain",
        "RTT p95 / base",
        "own loss %",
        "queue / BDP",
    ]);
    for cell in cells {
        let runs = match &cell.failed {
            Some((failed, _)) => format!("{} ({failed} failed)", cell.seeds),
            None => cell.seeds.to_string(),
        };
        let each: Vec<String> = cell.flow_goodput.iter().map(|flow| format!("{:.1}", flow.mean)).collect();
        rows.add_row([
            cell.name.clone(),
            runs,
            with_width(cell.goodput, 1),
            with_width(cell.whole_goodput, 1),
            each.join(" "),
            with_width(cell.fairness, 3),
            with_width(cell.rtt_p95, 2),
            with_width(cell.own_loss, 2),
            with_width(cell.queue, 2),
        ]);
    }
    rows
}

fn with_width(estimate: Estimate, digits: usize) -> String {
    format!("{:.digits$} ± {:.digits$}", estimate.mean, estimate.half_width)
}

fn score_rows(scores: &[Score]) -> Table {
    let mut rows = numbers(&["controller", "paths", "best or as good", "mean", "measure"]);
    for score in scores {
        rows.add_row([
            format!("{}, {}", score.control, score.group),
            score.of.to_string(),
            score.best.to_string(),
            format!("{:.2}", score.mean),
            score.measure.to_owned(),
        ]);
    }
    rows
}
