//! `bithive chain settings`: what owners have announced and has no effect yet, and applying what is due.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result};
use bithive_client::{OwnerSetting, OwnerSettings, Stage};
use bithive_command_kit::{Output, table, until};
use bithive_deploy::Contract;
use clap::{ArgGroup, Subcommand};
use serde::Serialize;
use serde_json::json;

use super::place::{Place, PlaceArgs};

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
    /// Anybody may send this; here the operator of the home folder does, and pays the fees. Each setting is a transaction of its own. The
    /// exit code is 1 if a contract refused one, or if nothing of what was named is due.
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

/// Runs the command. 1 if a contract does not say what waits in it, or if something could not be applied.
pub(super) async fn run(args: SettingsArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let place = args.place.open(home).await?;
    match args.command {
        None => list(&place, output).await,
        Some(Command::Apply { names, .. }) => apply(&place, &names, output).await,
    }
}

async fn list(place: &Place, output: Output) -> Result<ExitCode> {
    let now = place.wallet.chain().info().await?.time.seconds();
    let OwnerSettings { settings, unanswered } = place.settings().await?;
    let answer =
        json!({ "chain_id": place.chain_id, "now": now, "settings": settings, "unanswered": unanswered });
    output.show(&answer, |_| {
        if settings.is_empty() {
            println!("{}: no setting waits", place.chain_id);
        } else {
            print(&settings, now);
        }
        for contract in &unanswered {
            let (name, error) = (contract.contract, &contract.error);
            println!(
                "{name} does not say what waits in it ({error}); `bithive deploy` brings its code up to date"
            );
        }
    })?;
    Ok(if unanswered.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn print(settings: &[OwnerSetting], now: u64) {
    let mut rows = table(&["setting", "sets", "announced", "takes effect", "is void"]);
    for setting in settings {
        let announced = until(now, setting.announced_at);
        let announced = announced.strip_prefix("in ").map_or("now".into(), |time| format!("{time} ago"));
        let effective = match setting.stage {
            Stage::Waits => until(setting.effective_at, now),
            Stage::Due => "by anybody, now".into(),
            Stage::Void => "never".into(),
        };
        rows.add_row([
            label(setting),
            setting.name().into(),
            announced,
            effective,
            until(setting.void_at, now),
        ]);
    }
    println!("{rows}");
    for setting in settings {
        println!("{}: {}", label(setting), setting.message);
    }
    if settings.iter().any(|setting| setting.stage == Stage::Due) {
        println!("`bithive chain settings apply --all` applies what is due");
    }
}

/// Contract and number, as `apply` takes them.
fn label(setting: &OwnerSetting) -> String {
    format!("{}:{}", setting.contract, setting.id)
}

/// A setting that was applied.
#[derive(Serialize)]
struct Applied {
    #[serde(flatten)]
    setting: OwnerSetting,
    transaction: String,
    height: u64,
}

/// A setting that was not.
#[derive(Serialize)]
struct Refused {
    #[serde(flatten)]
    setting: OwnerSetting,
    error: String,
}

async fn apply(place: &Place, names: &[String], output: Output) -> Result<ExitCode> {
    let wanted = names.iter().map(|name| Wanted::read(name, place)).collect::<Result<Vec<_>>>()?;
    let chosen = |setting: &OwnerSetting| wanted.is_empty() || wanted.iter().any(|wanted| wanted.is(setting));
    let mut settings = place.settings().await?.settings;
    settings.retain(|setting| chosen(setting) && setting.stage != Stage::Void);
    let (due, waits): (Vec<_>, Vec<_>) =
        settings.into_iter().partition(|setting| setting.stage == Stage::Due);
    let (mut applied, mut refused) = (Vec::new(), Vec::new());
    for setting in due {
        match setting.apply(&place.wallet).await {
            Ok(receipt) => {
                let (transaction, height) = (receipt.hash.to_string(), receipt.height);
                applied.push(Applied { setting, transaction, height });
            }
            // The others are not held up by one that its contract refuses.
            Err(error) => refused.push(Refused { setting, error: error.to_string() }),
        }
    }
    let failed = !refused.is_empty() || (!names.is_empty() && applied.is_empty());
    let now = place.wallet.chain().info().await?.time.seconds();
    let answer =
        json!({ "chain_id": place.chain_id, "applied": applied, "refused": refused, "waits": waits });
    output.show(&answer, |_| {
        for Applied { setting, height, .. } in &applied {
            println!("{} {}: in effect since block {height}", label(setting), setting.name());
        }
        for Refused { setting, error } in &refused {
            println!("{} {}: refused: {error}", label(setting), setting.name());
        }
        for setting in &waits {
            let (label, name) = (label(setting), setting.name());
            println!("{label} {name}: can be applied {}", until(setting.effective_at, now));
        }
        if applied.is_empty() && refused.is_empty() && waits.is_empty() {
            println!("{}: nothing is due", place.chain_id);
        }
    })?;
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// What is to be applied: all of a contract, or one by its number.
struct Wanted {
    contract: Contract,
    id: Option<u64>,
}

impl Wanted {
    fn read(text: &str, place: &Place) -> Result<Self> {
        let (name, id) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let contract = place.contracts.keys().find(|contract| contract.name() == name).copied();
        let known: Vec<_> = place.contracts.keys().map(|contract| contract.name()).collect();
        let contract = contract.with_context(|| {
            format!("{} has no contract {name:?}; expected one of {}", place.chain_id, known.join(", "))
        })?;
        let number = |text: &str| {
            text.parse()
                .with_context(|| format!("{text:?} is no number of a setting; expected one like {name}:3"))
        };
        Ok(Self { contract, id: id.map(number).transpose()? })
    }

    fn is(&self, setting: &OwnerSetting) -> bool {
        setting.contract == self.contract && self.id.is_none_or(|id| id == setting.id)
    }
}

/// Tells of settings that wait; `place` is the option of `chain settings` that names their chain.
pub(super) fn tell_of(waits: &[OwnerSetting], now: u64, place: &str) {
    for setting in waits {
        let (label, name, at) = (label(setting), setting.name(), until(setting.effective_at, now));
        println!(
            "{label} {name} has no effect yet: its contract is older than a day, so it waits and can be applied {at}"
        );
    }
    if !waits.is_empty() {
        println!(
            "anybody applies it then: `bithive chain settings apply --all{place}`, or this command again"
        );
    }
}

/// 0 if nothing waits, else 1.
pub(super) fn exit_code(waits: &[OwnerSetting]) -> ExitCode {
    if waits.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
