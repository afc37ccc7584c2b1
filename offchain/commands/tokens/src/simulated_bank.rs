//! `bithive ramp simulated-bank`: a bank in a folder, in which there is no money. It shows and tests how orders go.

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use bithive_bank::limits::MAX_BYTES;
use bithive_bank::{Iban, Money, ReportKind, instant, read_transfers, write_report};
use bithive_command_kit::{Output, input};
use bithive_keystore::private;
use bithive_state::State;
use clap::Subcommand;
use serde_json::json;

use super::simulated_ledger::{Ledger, NOTE};

/// File of the ledger, in the folder.
const LEDGER: &str = "simulated-bank.redb";
/// The one record of that file.
const RECORD: &str = "ledger";

/// What a simulated bank does. Its accounts have IBANs of ZZ, which is the code of no country.
#[derive(Subcommand)]
pub enum Command {
    /// Open an account, and print its IBAN.
    Open {
        /// Name of who holds it.
        name: String,
        /// What is on it from the start, such as '1000 EUR'.
        #[arg(long, value_name = "AMOUNT CURRENCY")]
        balance: Money,
        /// Time, such as 2026-11-25T10:00:00Z or in Unix seconds; that of this machine when left out.
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<u64>,
    },
    /// List the accounts.
    Accounts,
    /// Take a message with payments (pain.001.001.09), and book them between accounts of this bank. A message is taken once.
    Take {
        /// File of the message.
        message: PathBuf,
        /// Time of the bank, as for `open`.
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<u64>,
    },
    /// Write a statement of an account (camt.053.001.08).
    Statement {
        /// The account that is meant.
        iban: Iban,
        /// New file for the statement.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Time of the bank, as for `open`.
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<u64>,
    },
    /// Write a notification of all entries of an account (camt.054.001.08).
    Notify {
        /// The account that is meant.
        iban: Iban,
        /// New file for the notification.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// Time of the bank, as for `open`.
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<u64>,
    },
    /// Take back a payment, as a bank does after a recall.
    Reverse {
        /// Identifier of the payment from end to end.
        end_to_end: String,
        /// Time of the bank, as for `open`.
        #[arg(long, value_name = "TIME", value_parser = time)]
        at: Option<u64>,
    },
}

fn time(text: &str) -> Result<u64, String> {
    let read = instant(text).or_else(|| text.parse().ok());
    read.ok_or_else(|| "expected a time such as 2026-11-25T10:00:00Z, or Unix seconds".into())
}

fn now(at: Option<u64>) -> u64 {
    at.unwrap_or_else(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs())
}

/// Runs a command on the folder.
pub(super) fn run(command: Command, folder: &Path, output: Output) -> Result<()> {
    std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
    let state = State::open(&folder.join(LEDGER))?;
    let mut ledger: Ledger = state.get(RECORD)?.unwrap_or_default();
    match command {
        Command::Open { name, balance, at } => {
            let iban = ledger.open(name, balance, now(at))?;
            state.put(RECORD, &ledger)?;
            show(output, json!({ "iban": iban, "balance": balance }), &format!("{iban} with {balance}"))
        }
        Command::Accounts => {
            let accounts = ledger.accounts()?;
            let line = |(iban, name, balance): &(Iban, String, String)| format!("{iban} {name}: {balance}");
            let lines: Vec<_> = accounts.iter().map(line).collect();
            let object = |(iban, name, balance): &(Iban, String, String)| json!({ "iban": iban, "name": name, "balance": balance });
            let objects: Vec<_> = accounts.iter().map(object).collect();
            show(output, json!({ "accounts": objects }), &lines.join("\n"))
        }
        Command::Take { message, at } => {
            let transfers = read_transfers(&input::read(&message, MAX_BYTES)?)
                .with_context(|| message.display().to_string())?;
            let references = ledger.take(&transfers, now(at))?;
            state.put(RECORD, &ledger)?;
            let text = format!("booked {} payments", references.len());
            show(output, json!({ "references": references }), &text)
        }
        Command::Statement { iban, out, at } => {
            report(&state, ledger, (ReportKind::Statement, &iban), (&out, now(at)), output)
        }
        Command::Notify { iban, out, at } => {
            report(&state, ledger, (ReportKind::Notification, &iban), (&out, now(at)), output)
        }
        Command::Reverse { end_to_end, at } => {
            let money = ledger.reverse(&end_to_end, now(at))?;
            state.put(RECORD, &ledger)?;
            show(output, json!({ "reversed": money }), &format!("{money} were taken back"))
        }
    }
}

fn report(
    state: &State,
    mut ledger: Ledger,
    (kind, iban): (ReportKind, &Iban),
    (out, at): (&Path, u64),
    output: Output,
) -> Result<()> {
    ensure!(!out.exists(), "--out: {} exists already; choose another name or move it away", out.display());
    let report = ledger.report(kind, iban, at)?;
    state.put(RECORD, &ledger)?;
    private::create(out, write_report(&report).as_bytes())?;
    show(output, json!({ "message": out, "id": report.message }), &format!("wrote {}", out.display()))
}

/// Whatever it answers says what it is.
fn show(output: Output, mut answer: serde_json::Value, text: &str) -> Result<()> {
    if let Some(answer) = answer.as_object_mut() {
        answer.insert("simulated".into(), true.into());
        answer.insert("note".into(), NOTE.into());
    }
    output.show(&answer, |_| println!("{text}\n{NOTE}"))
}
