//! `bithive boinc`: statistics that BOINC projects export, and links of their accounts to a chain.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_boinc::limits::MAX_BYTES;
use bithive_boinc::{Change, Credit, Error, Host, Record, Records, User, change, link_text, linked_address};
use bithive_chain::validate_address;
use bithive_command_kit::{Output, printable, table};
use clap::{Args, Subcommand};
use serde::Serialize;

/// Faults of records that are shown; the rest is counted.
const SHOWN_FAULTS: usize = 20;
const DAY: u64 = 86_400;

/// Statistics that BOINC projects export, and accounts of projects that name an account on a chain.
#[derive(Subcommand)]
pub enum Command {
    /// Read an export of users or hosts, for example: boinc read host.gz --user 12
    ///
    /// The file is `user.gz` or `host.gz` of a project, which are in the folder `stats` of its downloads, compressed or not. Exit
    /// code 1 if a record of it is not usable, or if credit fell or jumped since --previous.
    Read(ReadArgs),
    /// Show what to write into an account of a project so that it names an account on a chain, and check that it is there.
    ///
    /// Only who controls the account of the project can change its name and the address of its page. Oracles look there. With
    /// --users, exit code 1 if no account of that export names the address.
    Link {
        /// The account on the chain, a bech32 address.
        address: String,
        /// Export of users (`user.gz`) to look in.
        #[arg(long, value_name = "FILE")]
        users: Option<PathBuf>,
    },
}

/// Arguments of `bithive boinc read`.
#[derive(Args)]
pub struct ReadArgs {
    /// Export of users or hosts.
    file: PathBuf,
    /// Only the user with this number, or its hosts.
    #[arg(long, value_name = "NUMBER")]
    user: Option<u64>,
    /// Only users that name an account on a chain.
    #[arg(long)]
    linked: bool,
    /// Records to show at most, those with the most credit.
    #[arg(long, value_name = "NUMBER", default_value_t = 20)]
    limit: usize,
    /// An earlier export of the same project, to compare with.
    #[arg(long, value_name = "FILE", requires = "days")]
    previous: Option<PathBuf>,
    /// Days between the two exports, 1 to 10,000.
    #[arg(long, value_name = "DAYS", requires = "previous", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    days: Option<u64>,
    /// Most credit that one record gains in a day; what gains more is reported as a jump.
    #[arg(long, value_name = "CREDIT", default_value = "1000000", requires = "previous")]
    per_day: Credit,
}

/// Runs a command.
pub fn run(command: Command, output: Output) -> Result<ExitCode> {
    match command {
        Command::Read(args) => read(&args, output),
        Command::Link { address, users } => link(&address, users.as_deref(), output),
    }
}

/// What a table shows of a record.
#[derive(Clone, Serialize, PartialEq, Eq, PartialOrd, Ord)]
struct Row {
    #[serde(serialize_with = "as_text")]
    total_credit: Credit,
    id: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<u64>,
    #[serde(skip_serializing_if = "String::is_empty")]
    name: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    cpid: String,
    expavg_credit: Option<String>,
    /// The account on a chain that it names.
    account: Option<String>,
    /// What happened to it since the earlier export.
    change: Option<String>,
}

fn as_text<S: serde::Serializer>(credit: &Credit, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(credit)
}

impl From<Record> for Row {
    fn from(record: Record) -> Self {
        match record {
            Record::User(user) => {
                let account = linked_address(&user).map(ToOwned::to_owned);
                let User { id, name, url: _, cpid, total, recent } = user;
                let expavg_credit = recent.map(|recent| recent.to_string());
                Self { total_credit: total, id, user: None, name, cpid, expavg_credit, account, change: None }
            }
            Record::Host(Host { id, user, cpid, total, recent }) => Self {
                total_credit: total,
                id,
                user,
                name: String::new(),
                cpid,
                expavg_credit: recent.map(|recent| recent.to_string()),
                account: None,
                change: None,
            },
        }
    }
}

#[derive(Serialize)]
struct Summary {
    file: PathBuf,
    records: u64,
    /// Sum of the credit of all usable records.
    total_credit: String,
    /// Records that are not usable.
    faulty: u64,
    /// The first of these, each with its place.
    faults: Vec<String>,
    /// Records whose credit fell since the earlier export.
    fell: u64,
    /// Records whose credit grew by more than the stated rate.
    jumped: u64,
    /// Records whose number is there more than once.
    repeated: u64,
    rows: Vec<Row>,
}

fn open(file: &Path) -> Result<Records<File>> {
    let named = || file.display().to_string();
    let opened = File::open(file).with_context(named)?;
    Records::new(opened, MAX_BYTES).with_context(named)
}

/// Credit of every usable record of an export, by number.
fn totals(file: &Path) -> Result<BTreeMap<u64, Credit>> {
    let mut totals = BTreeMap::new();
    for record in open(file)? {
        match record {
            Ok(Record::User(User { id, total, .. }) | Record::Host(Host { id, total, .. })) => {
                totals.insert(id, total);
            }
            Err(error) if error.is_of_one_record() => {}
            Err(error) => return Err(error).with_context(|| file.display().to_string()),
        }
    }
    Ok(totals)
}

fn told(change: Change) -> String {
    match change {
        Change::Same => "same".into(),
        Change::Grew(by) => format!("+{by}"),
        Change::Fell(by) => format!("fell by {by}"),
        Change::Jumped(by) => format!("jumped by {by}"),
    }
}

fn read(args: &ReadArgs, output: Output) -> Result<ExitCode> {
    ensure!((1..=10_000).contains(&args.limit), "--limit is {}; expected 1 to 10000", args.limit);
    let before = args.previous.as_deref().map(totals).transpose()?;
    let seconds = args.days.unwrap_or_default().saturating_mul(DAY);
    let mut summary = Summary {
        file: args.file.clone(),
        records: 0,
        total_credit: String::new(),
        faulty: 0,
        faults: Vec::new(),
        fell: 0,
        jumped: 0,
        repeated: 0,
        rows: Vec::new(),
    };
    let (mut sum, mut best, mut seen) = (0u128, BTreeSet::new(), BTreeSet::new());
    for record in open(&args.file)? {
        summary.records = summary.records.saturating_add(1);
        let record = match record {
            Ok(record) => record,
            Err(error @ Error::Record { .. }) => {
                summary.faulty = summary.faulty.saturating_add(1);
                if summary.faults.len() < SHOWN_FAULTS {
                    summary.faults.push(printable(&error.to_string()));
                }
                continue;
            }
            Err(error) => return Err(error).with_context(|| args.file.display().to_string()),
        };
        let mut row = Row::from(record);
        if !seen.insert(row.id) {
            summary.repeated = summary.repeated.saturating_add(1);
        }
        sum = sum.saturating_add(row.total_credit.millionths());
        if let Some(before) = &before {
            let then = before.get(&row.id).copied().unwrap_or_default();
            let change = change(then, row.total_credit, seconds, args.per_day);
            match change {
                Change::Fell(_) => summary.fell = summary.fell.saturating_add(1),
                Change::Jumped(_) => summary.jumped = summary.jumped.saturating_add(1),
                Change::Same | Change::Grew(_) => {}
            }
            row.change = Some(told(change));
        }
        let of_user = args.user.is_none_or(|user| row.user.unwrap_or(row.id) == user);
        if of_user && (!args.linked || row.account.is_some()) {
            best.insert(row);
            if best.len() > args.limit {
                best.pop_first();
            }
        }
    }
    summary.total_credit = format!("{}.{:06}", sum / 1_000_000, sum % 1_000_000);
    summary.rows = best.into_iter().rev().collect();
    let bad = summary.faulty > 0 || summary.fell > 0 || summary.jumped > 0 || summary.repeated > 0;
    output.show(&summary, print)?;
    Ok(if bad { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn print(summary: &Summary) {
    let Summary { records, total_credit, faulty, faults, fell, jumped, repeated, rows, .. } = summary;
    println!("{records} records with {total_credit} credit");
    let mut table = table(&["number", "name", "user", "credit", "a day", "account", "change"]);
    for row in rows {
        table.add_row([
            row.id.to_string(),
            printable(&row.name),
            row.user.map(|user| user.to_string()).unwrap_or_default(),
            row.total_credit.to_string(),
            row.expavg_credit.clone().unwrap_or_default(),
            row.account.clone().unwrap_or_default(),
            row.change.clone().unwrap_or_default(),
        ]);
    }
    println!("{table}");
    for fault in faults {
        println!("{fault}");
    }
    for (number, what) in [
        (faulty, "records are not usable"),
        (repeated, "records have a number that was there before"),
        (fell, "records have less credit than before"),
        (jumped, "records have gained more than the stated rate"),
    ] {
        if *number > 0 {
            println!("{number} {what}");
        }
    }
}

#[derive(Serialize)]
struct Link {
    address: String,
    /// What to write.
    text: String,
    /// Accounts of the export that name the address; none without an export.
    users: Option<Vec<Row>>,
}

fn link(address: &str, users: Option<&Path>, output: Output) -> Result<ExitCode> {
    validate_address(address).context("the account on the chain")?;
    let found = match users {
        None => None,
        Some(file) => {
            let mut rows = Vec::new();
            for record in open(file)? {
                match record {
                    Ok(Record::User(user)) if linked_address(&user) == Some(address) => {
                        rows.push(Row::from(Record::User(user)));
                    }
                    Ok(Record::User(_)) => {}
                    Ok(Record::Host(_)) => bail!("{} is of hosts; expected one of users", file.display()),
                    Err(error) if error.is_of_one_record() => {}
                    Err(error) => return Err(error).with_context(|| file.display().to_string()),
                }
            }
            Some(rows)
        }
    };
    let missing = found.as_ref().is_some_and(Vec::is_empty);
    let answer = Link { address: address.to_owned(), text: link_text(address), users: found };
    output.show(&answer, |Link { text, users, .. }| {
        println!("Write this into the account of the project, as the URL of its page or into its name:\n\n  {text}\n");
        println!("Let the project show your computers on its web site: exports name the owner of a host only then.");
        match users.as_deref() {
            None => println!("Most projects export once a day; --users FILE checks an export."),
            Some([]) => println!("No account of this export names it."),
            Some(rows) => {
                for row in rows {
                    println!("user {} ({}) names it", row.id, printable(&row.name));
                }
            }
        }
    })?;
    Ok(if missing { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
