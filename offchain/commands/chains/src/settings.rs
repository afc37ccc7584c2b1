//! `bithive chain settings`: what owners have announced and has no effect yet, and applying what is due.

use std::path::Path;
use std::process::ExitCode;

use anyhow::Result;
use bithive_client::OwnerSetting;
use bithive_command_kit::{Output, waiting};
use bithive_token_commands::Transactions;
use clap::{ArgGroup, Subcommand};

use super::place::PlaceArgs;

pub(super) use bithive_command_kit::waiting::exit_code;

/// Arguments of `bithive chain settings`.
#[derive(clap::Args)]
pub struct SettingsArgs {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    place: PlaceArgs,
}

#[derive(Subcommand)]
enum Command {
    /// Let settings take effect whose time has come, for example: chain settings apply treasury jobs:3
    ///
    /// Anybody may send this and pay the fees: the operator of the home folder, or whom --from names. Each setting is a transaction of its
    /// own. The exit code is 1 if a contract refused one, or if nothing of what was named is due.
    #[command(group = ArgGroup::new("which").args(["names", "all"]).required(true))]
    Apply {
        /// Contracts, for all that is due in them, or single settings by contract and number.
        #[arg(value_name = "CONTRACT[:NUMBER]")]
        names: Vec<String>,
        /// Apply everything that is due.
        #[arg(long)]
        all: bool,
    },
}

/// The command that applies everything that is due; `place` is the options that name its chain.
fn apply_all(place: &str) -> String {
    format!("bithive chain settings apply --all{place}")
}

/// Runs the command. 1 if a contract does not say what waits in it, or if something could not be applied.
pub(super) async fn run(args: SettingsArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let SettingsArgs { command, place: at } = args;
    let transactions = match &command {
        None => Transactions::None,
        Some(Command::Apply { .. }) => Transactions::Several(
            "any account may apply what is due, so that the owner's key is not needed: name another one with --from",
        ),
    };
    at.run(transactions, output, async {
        let place = at.open(home).await?;
        let watched = place.watched(apply_all(&at.option()));
        match command {
            None => watched.list(output).await,
            Some(Command::Apply { names, .. }) => {
                watched.apply(place.account().await?.wallet(), &names, output).await
            }
        }
    })
    .await
}

/// Tells of settings that wait; `place` is the options of `chain settings` that name their chain.
pub(super) fn tell_of(waits: &[OwnerSetting], now: u64, place: &str) {
    waiting::tell_of(waits, now, &apply_all(place));
}
