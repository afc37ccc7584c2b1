//! `bithive model`: who is paid for a model.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_api::models::{Card, Event, ExecuteMsg, Hook, ModelResponse, Ruling, events};
use bithive_client::Token;
use bithive_client::amount::show_in;
use bithive_command_kit::{Output, input};
use bithive_contracts::Contract;
use clap::{Args, Subcommand, ValueEnum};
use cosmwasm_std::HexBinary;

use super::accounts::{Accounts, AddressBook, Done, account, address, economy, now, until};
use super::announced::OWNER;
use super::network::On;
use super::unsigned::{Transactions, Transacts};

/// Owners of models, who are paid for their runs. Accounts are named as in `stake`.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Show a registration, or all of them.
    Show {
        #[command(flatten)]
        model: Which,
        /// Show all registrations.
        #[arg(long, conflicts_with_all = ["model", "digest"])]
        all: bool,
    },
    /// Register a model with a bond, for example: model register --from alice --text 'Tumour classifier, CC BY 4.0'
    Register {
        #[command(flatten)]
        model: Which,
        /// Wallet that pays the bond and is the owner.
        #[arg(long)]
        from: String,
        #[command(flatten)]
        card: CardArgs,
    },
    /// Change who receives the shares of a model, or what is said of it.
    Update {
        #[command(flatten)]
        model: Which,
        /// Wallet of the owner.
        #[arg(long)]
        from: String,
        #[command(flatten)]
        card: CardArgs,
    },
    /// Say, with a deposit, that a model is not its registered owner's; half of the loser's money is the winner's.
    Challenge {
        #[command(flatten)]
        model: Which,
        /// Wallet that pays the deposit.
        #[arg(long)]
        from: String,
        /// Why, for those who rule.
        #[arg(long)]
        reason: String,
        /// The wallet is the owner: what it says of the model.
        #[arg(long, value_name = "TEXT")]
        claim: Option<String>,
    },
    /// Rule on a challenge, as the owner of the contract.
    Rule {
        #[command(flatten)]
        model: Which,
        /// Who is right.
        ruling: Right,
        /// The owner's wallet, or a keystore file.
        #[arg(long, default_value = OWNER)]
        from: String,
    },
    /// End a challenge that nobody ruled on in time, or pay the bond of a model that was given up.
    Close {
        #[command(flatten)]
        model: Which,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Give a model up: it earns no more, and its bond is free after a time.
    Leave {
        #[command(flatten)]
        model: Which,
        /// Wallet of the owner.
        #[arg(long)]
        from: String,
    },
}

/// A model, by its file or its digest.
#[derive(Args)]
pub struct Which {
    /// ONNX classifier; the demonstration model by default.
    #[arg(long, value_name = "FILE", conflicts_with = "digest")]
    model: Option<PathBuf>,
    /// BLAKE3 digest of the model file, in hex, in place of the file.
    #[arg(long, value_name = "HEX")]
    digest: Option<String>,
}

/// What an owner says of its model.
#[derive(Args)]
pub struct CardArgs {
    /// Name, card and licence, or where they are.
    #[arg(long)]
    text: String,
    /// Name or address of who receives the shares; the wallet itself by default.
    #[arg(long)]
    receiver: Option<String>,
}

/// Who is right in a challenge.
#[derive(Clone, Copy, ValueEnum)]
pub enum Right {
    /// The registered owner.
    Registrant,
    /// The account that challenged the registration.
    Challenger,
    /// Neither of them.
    Neither,
}

impl Which {
    fn digest(&self) -> Result<HexBinary> {
        match &self.digest {
            Some(text) => HexBinary::from_hex(text).context("--digest; expected 64 hex digits"),
            None => {
                let (bytes, _) = input::model_file(self.model.as_deref())?;
                Ok(HexBinary::from(blake3::hash(&bytes).as_bytes()))
            }
        }
    }
}

impl CardArgs {
    fn card(self, accounts: &Accounts) -> Result<Card> {
        let receiver = self.receiver.map(|name| address(accounts, &name)).transpose()?;
        Ok(Card { receiver, text: self.text })
    }
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show { .. } => Transactions::None,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<()> {
    execute(command, &Accounts::open(&network, home).await?, output).await
}

async fn execute(command: Command, accounts: &Accounts, output: Output) -> Result<()> {
    match command {
        Command::Show { model, all } => show(accounts, &model, all, output).await,
        Command::Register { model, from, card } => {
            let hook = Hook::Register { model: model.digest()?, card: card.card(accounts)? };
            let receipt = account(accounts, &from).await?.bond_model(&hook).await?;
            let registered = |event| match event {
                Event::Registered { model, bond, in_force_at, .. } => Some((model, bond, in_force_at)),
                _ => None,
            };
            let done = done(accounts, &receipt, events::REGISTERED, registered)?;
            let now = now(accounts).await?;
            output.show(&done, |done| {
                let (model, bond, at) = &done.value;
                let (bond, at) = (btt(bond.u128()), until(*at, now));
                println!(
                    "{model} is registered with a bond of {bond}; it earns {at}, unless it is challenged"
                );
            })
        }
        Command::Challenge { model, from, reason, claim } => {
            let claim = claim.map(|text| Card { receiver: None, text });
            let hook = Hook::Challenge { model: model.digest()?, claim, reason };
            let receipt = account(accounts, &from).await?.bond_model(&hook).await?;
            let challenged = |event| match event {
                Event::Challenged { deposit, until, .. } => Some((deposit, until)),
                _ => None,
            };
            let done = done(accounts, &receipt, events::CHALLENGED, challenged)?;
            let now = now(accounts).await?;
            output.show(&done, |done| {
                let (deposit, at) = (btt(done.value.0.u128()), until(done.value.1, now));
                println!("challenged with a deposit of {deposit}; the time for a ruling ends {at}");
            })
        }
        Command::Update { model, from, card } => {
            let message = ExecuteMsg::Update { model: model.digest()?, card: card.card(accounts)? };
            tell(accounts, &from, &message, events::UPDATED, "the registration is changed", output).await
        }
        Command::Leave { model, from } => {
            let message = ExecuteMsg::Leave { model: model.digest()? };
            let text = "the model earns no more; `model close` frees its bond later";
            tell(accounts, &from, &message, events::LEAVING, text, output).await
        }
        Command::Rule { model, ruling, from } => {
            let ruling = match ruling {
                Right::Registrant => Ruling::Registrant,
                Right::Challenger => Ruling::Challenger,
                Right::Neither => Ruling::Neither,
            };
            let message = ExecuteMsg::Rule { model: model.digest()?, ruling };
            tell(accounts, &from, &message, events::RULED, "the ruling is in force", output).await
        }
        Command::Close { model, from } => close(accounts, model.digest()?, &from, output).await,
    }
}

async fn close(accounts: &Accounts, model: HexBinary, from: &str, output: Output) -> Result<()> {
    let receipt = account(accounts, from).await?.models(&ExecuteMsg::Close { model }).await?;
    let any = |event| match event {
        Event::Removed { .. } => Some("the model has no owner any more; `wallet claim` pays what is owed"),
        Event::Unruled { .. } => {
            Some("nobody ruled; the registration remains, the deposit is the challenger's")
        }
        _ => None,
    };
    let contract = economy(accounts)?;
    let contract = contract.at(Contract::Models);
    let done = Done::read(&receipt, contract, events::REMOVED, any)
        .or_else(|_| Done::read(&receipt, contract, events::UNRULED, any))?;
    output.show(&done, |done| println!("{}", done.value))
}

async fn show(accounts: &Accounts, model: &Which, all: bool, output: Output) -> Result<()> {
    let client = economy(accounts)?;
    let rows = if all {
        client.models().await?.entries
    } else {
        let digest = model.digest()?;
        let found = client.model(&digest).await?;
        vec![found.with_context(|| format!("model {} has no owner", digest.to_hex()))?]
    };
    let (book, now) = (AddressBook::of(accounts)?, now(accounts).await?);
    output.show(&rows, |rows| {
        for row in rows {
            print_row(row, &book, now);
        }
    })
}

fn print_row(row: &ModelResponse, book: &AddressBook, now: u64) {
    let (owner, receiver) = (book.name(row.owner.as_str()), book.name(row.receiver.as_str()));
    let earns = match (row.earns, row.leaving, &row.challenge) {
        (true, ..) => "earns".into(),
        (false, Some(at), _) => format!("was given up, its bond is free {}", until(at, now)),
        (false, None, Some(_)) => "earns nothing until a ruling".into(),
        (false, None, None) => format!("earns {}", until(row.in_force_at, now)),
    };
    println!("{}: {owner}, paid to {receiver}, bond {}; {earns}", row.model, btt(row.bond.u128()));
    println!("  {}", row.text);
    if let Some(challenge) = &row.challenge {
        let (who, at) = (book.name(challenge.challenger.as_str()), until(challenge.until, now));
        println!("  challenged by {who}: {}; the time for a ruling ends {at}", challenge.reason);
    }
}

fn btt(amount: u128) -> String {
    show_in(amount, Token::Btt.symbol())
}

async fn tell(
    accounts: &Accounts,
    from: &str,
    message: &ExecuteMsg,
    event: &str,
    text: &str,
    output: Output,
) -> Result<()> {
    let receipt = account(accounts, from).await?.models(message).await?;
    let done = done(accounts, &receipt, event, |_: Event| Some(()))?;
    output.show(&done, |_| println!("{text}"))
}

fn done<T>(
    accounts: &Accounts,
    receipt: &bithive_chain::Receipt,
    event: &str,
    pick: impl Fn(Event) -> Option<T>,
) -> Result<Done<T>> {
    Done::read(receipt, economy(accounts)?.at(Contract::Models), event, pick)
}
