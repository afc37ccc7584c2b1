//! `bithive owner`: what owners of contracts do, the same for every contract.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_client::{OwnerSettings, OwnersMsg, Ownership, Stage, has_message, owners_message, ownership};
use bithive_command_kit::waiting::Watched;
use bithive_command_kit::{Output, table};
use bithive_contracts::Contract;
use clap::{ArgGroup, Subcommand};
use serde::Serialize;
use serde_json::Value;

use super::accounts::{Accounts, AddressBook, address, now};
use super::announced::{OWNER, Owner, apply_all};
use super::network::{NetworkArgs, On};
use super::unsigned::{Transactions, Transacts};

/// Owners of contracts. A contract is named as in `owner show`; the owner's wallet is the operator's unless --from names another, or a
/// keystore file.
///
/// The owner of the market is that of the registry. Token, vesting and datasets have no owner.
#[derive(Subcommand)]
pub enum Command {
    /// Show each contract's owner, the proposed owner, whether it is paused, and what waits in it.
    Show {
        /// Contracts, for example: owner show jobs registry; all of them when left out.
        contracts: Vec<String>,
    },
    /// Pause a contract, as its owner, for example: owner pause staking. What accounts have in it, they can always take.
    Pause {
        /// Contract to pause.
        contract: String,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// End the pause of a contract, as its owner.
    Resume {
        /// Contract to resume.
        contract: String,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Propose, as the owner of a contract, who owns it next, for example: owner transfer treasury council. Nothing changes until
    /// that account accepts.
    Transfer {
        /// Contract to hand over.
        contract: String,
        /// Name or address of the next owner.
        to: String,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Accept a contract, as the account that was proposed, for example: owner accept treasury --from council
    Accept {
        /// Contract to accept.
        contract: String,
        /// Wallet of the proposed owner, or its keystore file.
        #[arg(long)]
        from: String,
    },
    /// Send any message of the owner of a contract, for those without a command, for example:
    /// owner set staking '{"set_slasher":{"slasher":"bithive1...","allowed":true}}'
    ///
    /// The message is checked against the contract's messages before it is sent; only messages of owners are. docs/messages.md lists them.
    Set {
        /// Contract that gets the message.
        contract: String,
        /// The message, as JSON.
        message: String,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Let settings take effect whose time has come, for example: owner apply treasury jobs:3. Anybody may.
    #[command(group = ArgGroup::new("which").args(["names", "all"]).required(true))]
    Apply {
        /// Contracts, for all that is due in them, or single settings by contract and number.
        #[arg(value_name = "CONTRACT[:NUMBER]")]
        names: Vec<String>,
        /// Apply everything that is due.
        #[arg(long)]
        all: bool,
        /// Wallet that sends the transactions; anybody may.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// Cancel a setting that waits, as the owner, for example: owner cancel jobs:3
    Cancel {
        /// The setting, by contract and number, as `owner show` lists it.
        #[arg(value_name = "CONTRACT:NUMBER")]
        setting: String,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show { .. } => Transactions::None,
            Self::Apply { .. } => Transactions::Several(
                "any account may apply what is due, so that the owner's key is not needed: name another one with --from",
            ),
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if something has to wait, or could not be applied.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let accounts = &Accounts::open(&network, home).await?;
    let watched = watched(accounts, &network);
    let owner = |from| Owner::new(accounts, &network, from, output);
    match &command {
        Command::Show { contracts } => show(accounts, &watched, contracts, output).await,
        Command::Pause { contract, from } => {
            pause(&watched, &owner(from), (contract, true), &format!("{contract} is paused")).await
        }
        Command::Resume { contract, from } => {
            pause(&watched, &owner(from), (contract, false), &format!("{contract} goes on")).await
        }
        Command::Transfer { contract, to, from } => {
            let contract = owned(&watched, contract)?;
            let new_owner = address(accounts, to)?;
            let message = OwnersMsg::TransferOwnership { new_owner };
            let text =
                format!("{to} is proposed; it accepts with `bithive owner accept {contract} --from ..`");
            owner(from).send(contract, &message, &text).await
        }
        Command::Accept { contract, from } => {
            let contract = owned(&watched, contract)?;
            let text = format!("{contract} is {from}'s");
            owner(from).send(contract, &OwnersMsg::AcceptOwnership {}, &text).await
        }
        Command::Set { contract, message, from } => {
            let (contract, _) = watched.named(contract)?;
            let message: Value = serde_json::from_str(message)
                .context("the message is no JSON; expected one like {\"set_paused\":{\"paused\":true}}")?;
            let message = owners_message(contract, &message)?;
            owner(from).send(contract, &message, "done").await
        }
        Command::Apply { names, from, .. } => {
            let account = accounts.account(from).await?;
            watched.apply(account.wallet(), names, output).await
        }
        Command::Cancel { setting, from } => {
            let (contract, _, id) = watched.numbered(setting)?;
            ensure!(
                has_message(contract, "CancelSetting"),
                "{contract} keeps no settings waiting; `bithive owner show` lists those that wait"
            );
            let message = OwnersMsg::CancelSetting { id };
            owner(from).send(contract, &message, &format!("{setting} is cancelled")).await
        }
    }
}

fn watched<'a>(accounts: &'a Accounts, network: &NetworkArgs) -> Watched<'a> {
    let deployment = accounts.client().deployment();
    Watched {
        chain: accounts.client().chain().as_ref(),
        chain_id: &deployment.chain_id,
        contracts: deployment.contracts().collect(),
        apply_all: apply_all(&network.option()),
    }
}

/// A contract whose owner can be another.
fn owned(watched: &Watched<'_>, name: &str) -> Result<Contract> {
    let (contract, _) = watched.named(name)?;
    ensure!(
        contract != Contract::Jobs,
        "the owner of the market is that of the registry; expected registry in place of jobs"
    );
    ensure!(has_message(contract, "TransferOwnership"), "{contract} has no owner");
    Ok(contract)
}

async fn pause(
    watched: &Watched<'_>,
    owner: &Owner<'_>,
    (name, paused): (&str, bool),
    text: &str,
) -> Result<ExitCode> {
    let (contract, _) = watched.named(name)?;
    ensure!(has_message(contract, "SetPaused"), "{contract} has no pause: nobody can stop it");
    owner.send(contract, &OwnersMsg::SetPaused { paused }, text).await
}

#[derive(Serialize)]
struct Shown {
    contract: Contract,
    address: String,
    #[serde(flatten)]
    ownership: Ownership,
}

#[derive(Serialize)]
struct Everything {
    chain_id: String,
    contracts: Vec<Shown>,
    #[serde(flatten)]
    waiting: OwnerSettings,
}

async fn show(
    accounts: &Accounts,
    watched: &Watched<'_>,
    names: &[String],
    output: Output,
) -> Result<ExitCode> {
    let mut watched = watched.clone();
    if !names.is_empty() {
        watched.contracts = names.iter().map(|name| watched.named(name)).collect::<Result<_>>()?;
    }
    let mut contracts = Vec::new();
    for (contract, address) in &watched.contracts {
        let ownership = ownership(watched.chain, *contract, address).await?;
        contracts.push(Shown { contract: *contract, address: (*address).to_owned(), ownership });
    }
    let (waiting, now) = (watched.settings().await?, now(accounts).await?);
    let answer = Everything { chain_id: watched.chain_id.to_owned(), contracts, waiting };
    let book = AddressBook::of(accounts)?;
    output.show(&answer, |Everything { contracts, waiting, .. }| {
        let mut rows = table(&["contract", "owner", "proposed", "paused", "waits"]);
        for Shown { contract, ownership: Ownership { owner, proposed, paused }, .. } in contracts {
            let named = |address: &Option<String>| address.as_ref().map(|address| book.name(address));
            let waits = waiting
                .settings
                .iter()
                .filter(|setting| setting.contract == *contract && setting.stage != Stage::Void);
            rows.add_row([
                contract.to_string(),
                named(owner).unwrap_or_else(|| "nobody".into()),
                named(proposed).unwrap_or_default(),
                match (paused, has_message(*contract, "SetPaused")) {
                    (Some(true), _) => "yes",
                    (Some(false), _) => "no",
                    (None, true) => "it does not say",
                    (None, false) => "",
                }
                .into(),
                waits.count().to_string(),
            ]);
        }
        println!("{rows}");
        if !waiting.settings.is_empty() {
            watched.print(&waiting.settings, now);
        }
        for contract in &waiting.unanswered {
            println!("{} does not say what waits in it: {}", contract.contract, contract.error);
        }
    })?;
    let whole = answer.waiting.unanswered.is_empty();
    Ok(if whole { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
