//! `bithive ramp`: bank money for assets of the chain, with agents that have a bond.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use bithive_command_kit::Output;
use clap::Subcommand;

use super::accounts::Accounts;
use super::network::On;
use super::ramp_args::{OrderArgs, PayArgs};
use super::ramp_book::Book;
use super::ramp_site::Site;
use super::simulated_bank;
use super::unsigned::{Transactions, Transacts};
use super::{ramp_acts as acts, ramp_bank as bank, ramp_shown as shown};

/// Bank money for assets of the chain. An agent is a listing of the category `ramps` with a bond (`bithive listing`). A customer orders; who sells the
/// asset puts it into an agreement that seller, buyer and arbiter release, two of them together; who buys it pays at its bank, with a
/// message that `pay` writes; who is paid reads it in what its bank sends, and releases the asset when the payment can no longer be recalled in the
/// ordinary way. No program here speaks to a bank. docs/ramp.md says what is not safe about it.
///
/// An order is named by its file or by the identifier that goes with the payment. What this machine knows of orders is in `ramp.redb` of the home
/// folder; it is what keeps an entry from paying twice, so keep it. Exit codes: 0 done or it holds, 1 it does not (not paid, taken back, held, not
/// covered), 2 an error.
#[derive(Subcommand)]
pub enum Command {
    /// Order, as a customer: write the order's file for the agent. An order to sell puts the asset into an agreement at once.
    ///
    /// For example: ramp order --from alice --listing 1 --sell --amount 50 --money '46.25 EUR' --rail sepa --name 'A. Doe' --iban DE89370400440532013000
    /// --arbiter carol --out order.json
    ///
    /// It is refused if the bond of the agent does not cover it besides everything else that the agent has open.
    Order(Box<OrderArgs>),
    /// Take up an order, as its agent. If the customer buys, the asset goes into an agreement now; if it sells, it has to be in one.
    Accept {
        /// File of the order.
        order: PathBuf,
        /// Wallet of the agent.
        #[arg(long)]
        from: String,
        /// File of what is known of orders; `ramp.redb` in the home folder when left out.
        #[arg(long, value_name = "FILE")]
        book: Option<PathBuf>,
    },
    /// Write the message by which a bank pays an order (pain.001.001.09), as who pays. It is for you to give to the bank.
    ///
    /// It is refused if the agreement does not hold the asset for the order, if there is no time left to pay, hold and release, or if the bond does not
    /// cover the order. An order has one message: a second payment would be yours to get back.
    Pay(Box<PayArgs>),
    /// Look for the payment of an order in messages of your bank (camt.053.001.08, camt.054.001.08), as who is paid.
    ///
    /// Identifier, amount and currency have to be exactly those of the order. An entry pays once; one that takes back another never pays. The
    /// messages have no signature: take them from the bank itself.
    Confirm {
        /// File or identifier of the order.
        order: String,
        /// Messages of the bank.
        #[arg(required = true)]
        messages: Vec<PathBuf>,
        /// File of what is known of orders; `ramp.redb` in the home folder when left out.
        #[arg(long, value_name = "FILE")]
        book: Option<PathBuf>,
    },
    /// Release the asset of an order, as who buys or sells it; two of buyer, seller and arbiter do. Who sells it does so once the payment is final.
    Release {
        /// File or identifier of the order.
        order: String,
        /// Wallet of who releases.
        #[arg(long)]
        from: String,
        /// File of what is known of orders; `ramp.redb` in the home folder when left out.
        #[arg(long, value_name = "FILE")]
        book: Option<PathBuf>,
    },
    /// Compare an order with the chain: its agreement, the agent's bond, and how it has ended.
    Verify {
        /// File or identifier of the order.
        order: String,
        /// Transaction that has ended the agreement: its hash in hex. The receipt of the order is made from it.
        #[arg(long, value_name = "HASH", value_parser = shown::hash)]
        transaction: Option<[u8; 32]>,
        /// File of what is known of orders; `ramp.redb` in the home folder when left out.
        #[arg(long, value_name = "FILE")]
        book: Option<PathBuf>,
    },
    /// List the orders that this machine knows.
    List {
        /// File of what is known of orders; `ramp.redb` in the home folder when left out.
        #[arg(long, value_name = "FILE")]
        book: Option<PathBuf>,
    },
    /// A SIMULATED bank for tests and demonstrations, in a folder. No money is in it, and everything that it writes says so.
    SimulatedBank {
        /// Folder of the simulated bank.
        #[arg(long, value_name = "FOLDER")]
        folder: PathBuf,
        /// What the bank does.
        #[command(subcommand)]
        command: simulated_bank::Command,
    },
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Order(_) | Self::Accept { .. } | Self::Release { .. } => Transactions::One,
            _ => Transactions::None,
        }
    }
}

/// Runs a command on the network that is meant. 1 if something does not hold.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    let command = match command {
        // These need no chain.
        Command::SimulatedBank { folder, command } => {
            simulated_bank::run(command, &folder, output)?;
            return Ok(ExitCode::SUCCESS);
        }
        Command::Confirm { order, messages, book } => {
            return bank::confirm(&Book::open(book, home)?, &order, &messages, output);
        }
        command => command,
    };
    let accounts = Accounts::open(&network, home).await?;
    let site = |book| Site::open(&accounts, book, home);
    match command {
        Command::Order(args) => acts::order(&site(args.book.clone())?, *args, output).await?,
        Command::Accept { order, from, book } => acts::accept(&site(book)?, &order, &from, output).await?,
        Command::Pay(args) => bank::pay(&site(args.book.clone())?, *args, output).await?,
        Command::Release { order, from, book } => {
            return acts::release(&site(book)?, &order, &from, output).await;
        }
        Command::Verify { order, transaction, book } => {
            return shown::verify(&site(book)?, &order, transaction, output).await;
        }
        Command::List { book } => shown::list(&site(book)?, output).await?,
        Command::Confirm { .. } | Command::SimulatedBank { .. } => {}
    }
    Ok(ExitCode::SUCCESS)
}
