//! `bithive bench`: what the parts cost on this machine.

use std::io::IsTerminal as _;
use std::path::PathBuf;

use anyhow::Result;
use bithive_bench::{Aim, CellResult, Estimate, Figure, Selection, crypto, plot, transport};
use clap::Subcommand;
use comfy_table::{CellAlignment, Table};
use indicatif::{ProgressBar, ProgressStyle};
use serde::Serialize;

use super::spinner;
use crate::output::{Output, table};

/// What the parts cost on this machine.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Broadcast encryption and blind matching beside their peers, on one core unless a name says otherwise, each
    /// time the fastest of several repetitions.
    ///
    /// A ratio above 1 is better than the peer, for costs and for rates (1/s). "Of limit" is how far a figure is from
    /// what the operations allow that it can't do without, measured in the same run: 1 is as good as it gets;
    /// --json names them. Run a release build on an idle machine; it takes some minutes, with --quick less than one.
    Crypto {
        /// Leave out 4096 receivers, and test one vault with 1,000 contributors instead of 10,000.
        #[arg(long)]
        quick: bool,
        /// Draw cost against the number of receivers, and every figure's distance from its limit, into this folder.
        #[arg(long, value_name = "DIR")]
        plot: Option<PathBuf>,
    },
    /// UDX congestion control beside the Cubic, NewReno and BBR of the QUIC library, in a simulated network that runs
    /// the library's real connections: every cell with confidence intervals.
    ///
    /// A ratio above 1 is better than the peer. Everything takes hours on one core; --quick runs what has an aim in
    /// minutes. The same seed gives the same run, except BBR's, which draws from the operating system.
    Transport {
        /// Only what has an aim: one path with three loss rates, a short queue, 2 to 8 flows, UDX beside Cubic.
        #[arg(long)]
        quick: bool,
        /// Only cells whose name contains this; several times for several.
        #[arg(long)]
        cells: Vec<String>,
        /// Runs of each cell.
        #[arg(long, default_value_t = 10)]
        seeds: u64,
        /// Length of every run in seconds, instead of each cell's own.
        #[arg(long)]
        seconds: Option<f64>,
        /// Draw goodput, round-trip time and queue over time of selected cells into this folder.
        #[arg(long, value_name = "DIR")]
        plot: Option<PathBuf>,
    },
}

#[derive(Serialize)]
struct Answer {
    figures: Vec<Figure>,
}

pub(crate) fn run(command: Command, output: Output) -> Result<()> {
    match command {
        Command::Crypto { quick, plot: folder } => {
            if cfg!(debug_assertions) {
                eprintln!("note: this is not a release build; its figures say little");
            }
            let spinner = spinner(output);
            let figures = crypto(quick, |what| spinner.set_message(what.to_owned()));
            spinner.finish_and_clear();
            let figures = figures?;
            if let Some(folder) = folder {
                plot(&figures, &folder)?;
            }
            output.show(&Answer { figures }, |answer| println!("{}", rows(&answer.figures)))
        }
        Command::Transport { quick, cells, seeds, seconds, plot } => {
            let selection = Selection { quick, containing: cells, seconds };
            let bar = bar(std::io::stderr().is_terminal());
            let answer = transport(&selection, seeds, plot.as_deref(), |done, all| {
                bar.set_length(all as u64);
                bar.set_position(done as u64);
            });
            bar.finish_and_clear();
            output
                .show(&answer?, |answer| println!("{}\n{}", cell_rows(&answer.cells), rows(&answer.figures)))
        }
    }
}

/// Runs done, on the error stream, so that JSON on the other one stays a document.
fn bar(terminal: bool) -> ProgressBar {
    if !terminal {
        return ProgressBar::hidden();
    }
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} runs, {eta} left");
    ProgressBar::new(0).with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

fn cell_rows(cells: &[CellResult]) -> Table {
    let mut rows = table(&[
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
    for column in 1..9 {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
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

fn rows(figures: &[Figure]) -> Table {
    let mut rows =
        table(&["figure", "n", "value", "unit", "aim", "peer's value", "ratio", "of limit", "peer"]);
    for column in [1, 2, 4, 5, 6, 7] {
        if let Some(column) = rows.column_mut(column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for figure in figures {
        rows.add_row([
            figure.name.clone(),
            figure.n.to_string(),
            number(figure.value),
            figure.unit.to_owned(),
            figure.aim.map_or_else(String::new, aim),
            number(figure.peer_value),
            number(figure.ratio),
            figure.limit.as_ref().map_or_else(String::new, |limit| number(limit.ratio)),
            figure.peer.clone(),
        ]);
    }
    rows
}

fn aim(aim: Aim) -> String {
    format!("{} {}", number(aim.value), if aim.met { "met" } else { "missed" })
}

/// Three digits or more, as many as say something.
fn number(value: f64) -> String {
    match value {
        value if value >= 100.0 => format!("{value:.0}"),
        value if value >= 10.0 => format!("{value:.1}"),
        value if value >= 0.1 => format!("{value:.2}"),
        value => format!("{value:.2e}"),
    }
}
