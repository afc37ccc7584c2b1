//! Settings of owners that wait: listed, told of, and applied.

use std::process::ExitCode;

use anyhow::{Context as _, Result};
use bithive_chain::{Chain, Wallet};
use bithive_client::{OwnerSetting, OwnerSettings, Stage, owner_settings};
use bithive_contracts::Contract;
use serde::Serialize;
use serde_json::json;

use crate::{Output, table, until};

/// The contracts of a deployment, whose settings are meant.
#[derive(Clone)]
pub struct Watched<'a> {
    /// The chain that they are on.
    pub chain: &'a dyn Chain,
    /// The id of that chain.
    pub chain_id: &'a str,
    /// Address of each contract.
    pub contracts: Vec<(Contract, &'a str)>,
    /// The command that applies everything that is due, as a user types it.
    pub apply_all: String,
}

impl<'a> Watched<'a> {
    /// The contract called `name`, with its address.
    ///
    /// # Errors
    /// The deployment has none of this name; the error says which it has.
    pub fn named(&self, name: &str) -> Result<(Contract, &'a str)> {
        let found = self.contracts.iter().find(|(contract, _)| contract.name() == name).copied();
        let known: Vec<_> = self.contracts.iter().map(|(contract, _)| contract.name()).collect();
        found.with_context(|| {
            format!("{} has no contract {name:?}; expected one of {}", self.chain_id, known.join(", "))
        })
    }

    /// A setting's contract and number, as `CONTRACT:NUMBER`.
    ///
    /// # Errors
    /// There is no such contract, or the number is none.
    pub fn numbered(&self, text: &str) -> Result<(Contract, &'a str, u64)> {
        let (name, number) = text
            .split_once(':')
            .with_context(|| format!("{text:?} is no setting; expected one like jobs:3, as it is listed"))?;
        let (contract, address) = self.named(name)?;
        Ok((contract, address, number_of(name, number)?))
    }

    /// What waits in the contracts.
    ///
    /// # Errors
    /// The chain does not answer.
    pub async fn settings(&self) -> Result<OwnerSettings> {
        Ok(owner_settings(self.chain, &self.contracts).await?)
    }

    /// Shows what waits. 1 if a contract does not say what waits in it.
    ///
    /// # Errors
    /// The chain does not answer.
    pub async fn list(&self, output: Output) -> Result<ExitCode> {
        let now = self.chain.info().await?.time.seconds();
        let OwnerSettings { settings, unanswered } = self.settings().await?;
        let answer =
            json!({ "chain_id": self.chain_id, "now": now, "settings": settings, "unanswered": unanswered });
        output.show(&answer, |_| {
            if settings.is_empty() {
                println!("{}: no setting waits", self.chain_id);
            } else {
                self.print(&settings, now);
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

    /// Prints settings as a table, and what each of them sets.
    pub fn print(&self, settings: &[OwnerSetting], now: u64) {
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
            println!("`{}` applies what is due", self.apply_all);
        }
    }

    /// Applies what is due of `names`, contracts or single settings, or everything if there are none; each in a transaction of its own.
    /// 1 if something was refused, or if nothing of what was named is due.
    ///
    /// # Errors
    /// A name is none of a contract or setting; the chain does not answer.
    pub async fn apply(&self, wallet: &Wallet, names: &[String], output: Output) -> Result<ExitCode> {
        let wanted = names.iter().map(|name| Wanted::read(name, self)).collect::<Result<Vec<_>>>()?;
        let chosen =
            |setting: &OwnerSetting| wanted.is_empty() || wanted.iter().any(|wanted| wanted.is(setting));
        let mut settings = self.settings().await?.settings;
        settings.retain(|setting| chosen(setting) && setting.stage != Stage::Void);
        let (due, waits): (Vec<_>, Vec<_>) =
            settings.into_iter().partition(|setting| setting.stage == Stage::Due);
        let (mut applied, mut refused) = (Vec::new(), Vec::new());
        for setting in due {
            match setting.apply(wallet).await {
                Ok(receipt) => {
                    let (transaction, height) = (receipt.hash.to_string(), receipt.height);
                    applied.push(Applied { setting, transaction, height });
                }
                // The others are not held up by one that its contract refuses.
                Err(error) => refused.push(Refused { setting, error: error.to_string() }),
            }
        }
        let failed = !refused.is_empty() || (!names.is_empty() && applied.is_empty());
        let now = self.chain.info().await?.time.seconds();
        let answer =
            json!({ "chain_id": self.chain_id, "applied": applied, "refused": refused, "waits": waits });
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
                println!("{}: nothing is due", self.chain_id);
            }
        })?;
        Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// Contract and number, as `apply` takes them.
fn label(setting: &OwnerSetting) -> String {
    format!("{}:{}", setting.contract, setting.id)
}

fn number_of(name: &str, text: &str) -> Result<u64> {
    text.parse().with_context(|| format!("{text:?} is no number of a setting; expected one like {name}:3"))
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

/// What is to be applied: all of a contract, or one by its number.
struct Wanted {
    contract: Contract,
    id: Option<u64>,
}

impl Wanted {
    fn read(text: &str, watched: &Watched<'_>) -> Result<Self> {
        let (name, id) = match text.split_once(':') {
            Some((name, number)) => (name, Some(number)),
            None => (text, None),
        };
        let (contract, _) = watched.named(name)?;
        Ok(Self { contract, id: id.map(|number| number_of(name, number)).transpose()? })
    }

    fn is(&self, setting: &OwnerSetting) -> bool {
        setting.contract == self.contract && self.id.is_none_or(|id| id == setting.id)
    }
}

/// Tells of settings that wait; `apply_all` is the command that applies everything that is due.
pub fn tell_of(waits: &[OwnerSetting], now: u64, apply_all: &str) {
    for setting in waits {
        let (label, name, at) = (label(setting), setting.name(), until(setting.effective_at, now));
        println!(
            "{label} {name} has no effect yet: its contract is older than a day, so it waits and can be applied {at}"
        );
    }
    if !waits.is_empty() {
        println!("anybody applies it then: `{apply_all}`, or this command again");
    }
}

/// 0 if nothing waits, else 1.
#[must_use]
pub fn exit_code(waits: &[OwnerSetting]) -> ExitCode {
    if waits.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
