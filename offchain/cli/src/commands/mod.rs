//! Commands, one module for each noun; most work on a network in a folder.

mod accounts;
pub(crate) mod audit;
pub(crate) mod bench;
mod budget;
pub(crate) mod ceremony;
pub(crate) mod chain;
mod claims;
pub(crate) mod daemon;
pub(crate) mod deploy;
mod deployments;
pub(crate) mod devnet;
pub(crate) mod economy;
pub(crate) mod follow;
pub(crate) mod health;
pub(crate) mod ibc;
pub(crate) mod job;
pub(crate) mod join;
pub(crate) mod keys;
pub(crate) mod netlab;
pub(crate) mod node;
mod nodes;
pub(crate) mod policy;
mod pools;
pub(crate) mod reading;
pub(crate) mod requester;
pub(crate) mod rewards;
mod serve;
mod spec;
pub(crate) mod stake;
pub(crate) mod vesting;
pub(crate) mod wallet;

use std::io::IsTerminal as _;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::output::Output;

/// Says on the terminal's error stream what a long command is doing; nothing where there is no terminal or the
/// answer is JSON.
fn spinner(output: Output) -> ProgressBar {
    if output.json || !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let spinner = ProgressBar::new_spinner().with_style(ProgressStyle::default_spinner());
    spinner.enable_steady_tick(Duration::from_millis(100));
    spinner
}
