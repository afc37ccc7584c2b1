//! `bithive audit export`.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_audit::export::{CSV_HEADER, csv, fhir};
use bithive_audit_log::verify;
use bithive_command_kit::Output;
use clap::ValueEnum;
use serde_json::json;

use super::choose::FilterArgs;
use super::which::LogArgs;

/// Arguments of `bithive audit export`.
#[derive(clap::Args)]
pub struct ExportArgs {
    #[command(flatten)]
    log: LogArgs,
    #[command(flatten)]
    filter: FilterArgs,
    /// Form of the entries.
    #[arg(long, value_enum, default_value_t = Form::Fhir)]
    form: Form,
    /// File to create, which only its owner can read; standard output by default.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Form of what is written.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// AuditEvents of FHIR R4, a line of JSON each (NDJSON), in the manner of IHE's Basic Audit Log Patterns.
    Fhir,
    /// A header line and a line for each entry.
    Csv,
}

/// Writes entries, if the whole log is sound.
pub(crate) fn run(args: &ExportArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let folder = args.log.folder(home)?;
    let filter = args.filter.filter(&folder)?;
    let head = match verify(&folder, [], |_| {})?.log {
        Ok(summary) => summary.head,
        Err(fault) => {
            eprintln!("nothing is exported: the log is broken: {fault}");
            return Ok(ExitCode::FAILURE);
        }
    };
    let mut to: Box<dyn Write> = match &args.out {
        None => Box::new(std::io::stdout().lock()),
        Some(file) => {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            Box::new(BufWriter::new(options.open(file).with_context(|| format!("--out {}", file.display()))?))
        }
    };
    let (mut written, mut count) = (Ok(()), 0u64);
    if args.form == Form::Csv {
        written = writeln!(to, "{CSV_HEADER}");
    }
    // What was added in between belongs to the next export: the head that is told is the last entry of this one.
    verify(&folder, [head.clone()], |entry| {
        if written.is_err() || entry.seq > head.seq || !filter.takes(&entry.event) {
            return;
        }
        count = count.saturating_add(1);
        written = match args.form {
            Form::Fhir => writeln!(to, "{}", fhir(entry, head.log).into_object().to_json()),
            Form::Csv => writeln!(to, "{}", csv(entry)),
        };
    })?;
    written.and_then(|()| to.flush()).context("the export")?;
    if let Some(file) = &args.out {
        let answer = json!({ "file": file, "entries": count, "head": head });
        output.show(&answer, |_| {
            println!("wrote {count} entries to {}; the log's last entry is {}", file.display(), head.seq)
        })?;
    }
    Ok(ExitCode::SUCCESS)
}
