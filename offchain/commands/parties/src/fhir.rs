//! `bithive fhir`: documents of hospitals, checked; and a job's output as a report that a hospital's systems read.

mod report;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use bithive_command_kit::{Output, input, printable};
use bithive_fhir::limits::MAX_BYTES;
use bithive_fhir::{Checked, Json, check};
use clap::Subcommand;
use serde::Serialize;

use report::ReportArgs;

/// FHIR R4: check documents, and write a job's output as a report.
#[derive(Subcommand)]
pub enum Command {
    /// Check documents against FHIR R4, for example: fhir validate bundle.json
    ///
    /// Each problem is named with its place and what helps. Exit code 1 if there is one. Nothing is sent anywhere.
    Validate {
        /// JSON files, each with one resource; at most 8 MiB each.
        #[arg(required = true, value_name = "FILE")]
        files: Vec<PathBuf>,
    },
    /// Write the output of a settled job as FHIR: a Bundle with a DiagnosticReport, Observations and their Provenance
    ///
    /// For example: fhir report --job 7 --subject Patient/12 --row 3 --manifest model.json --from clinic --out report.json
    ///
    /// Of a job on images, --model has an Observation for each image: its class and the chances, or what each class covers, in mm² where
    /// --images says how large a pixel is.
    ///
    /// The status is preliminary: somebody has to look at it. Codes of LOINC or SNOMED CT are those that the model's manifest names under
    /// "fhir"; without them it has the manifest's words. The model's digest, the job and the quorum's signature are identifiers in it. The
    /// Bundle is on standard output unless --out names a file.
    Report(Box<ReportArgs>),
}

/// Runs a command.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Validate { files } => validate(&files, output),
        Command::Report(args) => {
            report::write(&args, home, output).await?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

/// What a check of one file found.
#[derive(Serialize)]
struct Verdict {
    file: PathBuf,
    /// Type of the document's resource; none if it is no document.
    resource: Option<String>,
    valid: bool,
    issues: Vec<Problem>,
    /// Resources in it that are of types which are not checked.
    unchecked: Vec<String>,
}

#[derive(Serialize)]
struct Problem {
    /// Where, as FHIRPath; empty where the document is not JSON.
    path: String,
    problem: String,
}

fn validate(files: &[PathBuf], output: Output) -> Result<ExitCode> {
    let mut verdicts = Vec::with_capacity(files.len());
    for file in files {
        verdicts.push(verdict(file)?);
    }
    let valid = verdicts.iter().all(|verdict| verdict.valid);
    output.show(&verdicts, |verdicts| verdicts.iter().for_each(print))?;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn verdict(file: &Path) -> Result<Verdict> {
    let bytes = input::read(file, MAX_BYTES)?;
    let (resource, Checked { issues, unchecked }, unread) = match Json::parse(&bytes) {
        Ok(document) => {
            let kind = document.text("resourceType").map(printable);
            (kind, check(&document), None)
        }
        Err(error) => (None, Checked::default(), Some(error)),
    };
    let unread = unread.map(|error| Problem { path: String::new(), problem: printable(&error.to_string()) });
    let issues = issues
        .iter()
        .map(|issue| Problem { path: printable(&issue.path), problem: printable(&issue.fault.to_string()) });
    let issues: Vec<Problem> = unread.into_iter().chain(issues).collect();
    let unchecked = unchecked.iter().map(|place| printable(place)).collect();
    Ok(Verdict { file: file.to_owned(), resource, valid: issues.is_empty(), issues, unchecked })
}

fn print(verdict: &Verdict) {
    let Verdict { file, resource, valid, issues, unchecked } = verdict;
    let file = file.display();
    if *valid {
        println!("{file}: valid {}", resource.as_deref().unwrap_or_default());
    } else {
        println!("{file}: {} problems", issues.len());
    }
    for Problem { path, problem } in issues {
        if path.is_empty() {
            println!("  {problem}");
        } else {
            println!("  {path}: {problem}");
        }
    }
    for place in unchecked {
        println!("  not checked, of a type that is not read here: {place}");
    }
}
