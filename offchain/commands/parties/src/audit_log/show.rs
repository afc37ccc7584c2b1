//! `bithive audit show` and `bithive audit access`.

use std::collections::VecDeque;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Result, ensure};
use bithive_audit::{Digest, Entry, Filter, show_time};
use bithive_audit_log::verify;
use bithive_command_kit::{Output, table};
use serde_json::{Value, json};

use super::choose::{AboutArgs, FilterArgs, TimeArgs};
use super::which::LogArgs;

/// Arguments of `bithive audit show`.
#[derive(clap::Args)]
pub struct ShowArgs {
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// Only the entry with this number.
    #[arg(long, value_name = "NUMBER")]
    seq: Option<u64>,
    /// How many of the last entries.
    #[arg(long, value_name = "NUMBER", default_value_t = 100)]
    last: usize,
}

/// Arguments of `bithive audit access`.
#[derive(clap::Args)]
pub struct AccessArgs {
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    about: AboutArgs,
    #[command(flatten)]
    time: TimeArgs,
}

/// Shows the last entries.
pub(crate) fn run(args: &ShowArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let folder = args.log.folder(home)?;
    let filter = args.filter.filter(&folder)?;
    let is_wanted = |entry: &Entry| args.seq.is_none_or(|seq| entry.seq == seq) && filter.takes(&entry.event);
    shown(&folder, is_wanted, args.last, output)
}

/// Shows every access to something.
pub(crate) fn access(args: &AccessArgs, home: &Path, output: Output) -> Result<ExitCode> {
    ensure!(
        args.about.is_some(),
        "expected --subject, --object, --job, --file, --consent or --actor: what the accesses are to, or whose they are"
    );
    let folder = args.log.folder(home)?;
    let filter = Filter { acts: Filter::ACCESS.to_vec(), ..args.about.filter(&folder, &args.time)? };
    shown(&folder, |entry| filter.takes(&entry.event), usize::MAX, output)
}

fn shown(folder: &Path, is_wanted: impl Fn(&Entry) -> bool, most: usize, output: Output) -> Result<ExitCode> {
    let mut entries: VecDeque<Entry> = VecDeque::new();
    let verdict = verify(folder, [], |entry| {
        if is_wanted(entry) {
            entries.push_back(entry.clone());
        }
        if entries.len() > most {
            entries.pop_front();
        }
    })?;
    let fault = verdict.log.as_ref().err().map(ToString::to_string);
    let answer = json!({ "entries": entries.iter().map(as_json).collect::<Vec<_>>(), "fault": fault });
    output.show(&answer, |_| {
        let mut rows = table(&[
            "entry", "time", "act", "outcome", "actor", "role", "records", "subject", "object", "consent",
            "purpose", "code",
        ]);
        for entry in &entries {
            rows.add_row(row(entry));
        }
        println!("{rows}");
    })?;
    if let Some(fault) = fault {
        eprintln!("the log is broken, and what follows is not shown: {fault}");
        return Ok(ExitCode::FAILURE);
    }
    Ok(ExitCode::SUCCESS)
}

fn row(entry: &Entry) -> [String; 12] {
    // The first digits tell digests apart for people; --json has all of them.
    let short = |digest: Option<Digest>| {
        digest.map_or_else(String::new, |digest| digest.to_string().chars().take(12).collect())
    };
    fn text(value: Option<impl ToString>) -> String {
        value.map_or_else(String::new, |value| value.to_string())
    }
    let event = &entry.event;
    [
        entry.seq.to_string(),
        show_time(event.at),
        event.act.to_string(),
        event.outcome.to_string(),
        event.actor.to_string(),
        event.role.to_string(),
        text(event.count),
        short(event.subject),
        short(event.object),
        short(event.consent),
        text(event.purpose.as_ref()),
        text(event.code.as_ref()),
    ]
}

/// An entry with all its fields.
pub(crate) fn as_json(entry: &Entry) -> Value {
    let mut value = serde_json::to_value(&entry.event).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("seq".into(), json!(entry.seq));
        fields.insert("time".into(), json!(show_time(entry.event.at)));
        fields.insert("digest".into(), json!(entry.digest));
        fields.insert("prev".into(), json!(entry.prev));
    }
    value
}
