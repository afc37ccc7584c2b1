//! `bithive bench`: what the parts cost on this machine.

use anyhow::Result;
use bithive_bench::{Figure, crypto};
use clap::Subcommand;
use comfy_table::{CellAlignment, Table};
use serde::Serialize;

use super::spinner;
use crate::output::{Output, table};

/// What the parts cost on this machine.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Broadcast encryption and blind matching beside their peers, on one core, each figure the median of several
    /// repetitions.
    ///
    /// All figures are costs. The ratio is the peer's cost divided by ours: above 1 ours is cheaper, below 1 the
    /// peer is. "Of limit" is our cost divided by that of the operations which it can't do without, measured in
    /// the same run; --json names them. Run a release build on an idle machine; it takes some minutes, with --quick less than one.
    Crypto {
        /// Leave out 4096 receivers, and test one vault with 1,000 contributors instead of 10,000.
        #[arg(long)]
        quick: bool,
    },
}

#[derive(Serialize)]
struct Answer {
    figures: Vec<Figure>,
}

pub(crate) fn run(command: Command, output: Output) -> Result<()> {
    match command {
        Command::Crypto { quick } => {
            if cfg!(debug_assertions) {
                eprintln!("note: this is not a release build; its figures say little");
            }
            let spinner = spinner(output);
            let figures = crypto(quick, |what| spinner.set_message(what.to_owned()));
            spinner.finish_and_clear();
            output.show(&Answer { figures: figures? }, |answer| println!("{}", rows(&answer.figures)))
        }
    }
}

fn rows(figures: &[Figure]) -> Table {
    let mut rows = table(&["figure", "n", "value", "unit", "peer's value", "ratio", "of limit", "peer"]);
    for column in [1, 2, 4, 5, 6] {
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
            number(figure.peer_value),
            number(figure.ratio),
            figure.limit.as_ref().map_or_else(String::new, |limit| number(limit.ratio)),
            figure.peer.clone(),
        ]);
    }
    rows
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
