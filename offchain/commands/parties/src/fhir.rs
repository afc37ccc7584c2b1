//! `bithive fhir`: documents of hospitals, checked; and a job's output as a report that a hospital's systems read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use bithive_api::jobs::JobResponse;
use bithive_client::Client;
use bithive_command_kit::{Output, printable};
use bithive_fhir::limits::MAX_BYTES;
use bithive_fhir::{About, Checked, Decimal, Json, Manifest, Object, Row, check, report};
use bithive_inference::sigmoid;
use clap::{Args, Subcommand};
use serde::Serialize;

use super::acting::RequesterArgs;

/// Manifest of the model that jobs are posted with where none is named.
const MANIFEST: &[u8] = include_bytes!("../../../../models/wdbc.json");
/// Most bytes of a manifest.
const MAX_MANIFEST_BYTES: usize = 1 << 20;

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
    /// The status is preliminary: somebody has to look at it. Codes of LOINC or SNOMED CT are those that the model's manifest names under
    /// "fhir"; without them it has the manifest's words. The model's digest, the job and the quorum's signature are identifiers in it. The
    /// Bundle is on standard output unless --out names a file.
    Report(Box<ReportArgs>),
}

/// Arguments of `bithive fhir report`.
#[derive(Args)]
pub struct ReportArgs {
    /// Number of the job.
    #[arg(long, value_name = "NUMBER")]
    job: u64,
    /// Whom it is about: a reference to a Patient, such as Patient/12 or `https://ehr.example/fhir/Patient/12`.
    #[arg(long, value_name = "REFERENCE")]
    subject: String,
    /// Row of the input that is about the subject, from 0; can be repeated. Can be left out where the job has one row.
    #[arg(long = "row", value_name = "NUMBER")]
    rows: Vec<usize>,
    /// The model's manifest, a JSON file that its author gives beside it; that of the built-in model by default.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// When the data was taken: 2026, 2026-03, 2026-03-09, or with time and zone.
    #[arg(long, value_name = "DATE")]
    effective: Option<String>,
    /// Images that were read: a reference to an ImagingStudy; can be repeated.
    #[arg(long = "study", value_name = "REFERENCE")]
    studies: Vec<String>,
    /// File for the Bundle, which must not be there yet; only its owner can read it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    requester: RequesterArgs,
}

/// Runs a command.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Validate { files } => validate(&files, output),
        Command::Report(args) => {
            write_report(&args, home, output).await?;
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
    let bytes = read(file, MAX_BYTES)?;
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

/// Reads a file that is not larger than `most`.
fn read(file: &Path, most: usize) -> Result<Vec<u8>> {
    let shown = file.display();
    let length = std::fs::metadata(file).with_context(|| shown.to_string())?.len();
    ensure!(length <= most as u64, "{shown} has {length} bytes; at most {most} are read");
    std::fs::read(file).with_context(|| shown.to_string())
}

async fn write_report(args: &ReportArgs, home: &Path, output: Output) -> Result<()> {
    // Whatever can be wrong without the job comes first.
    let (manifest, source) = match &args.manifest {
        None => (MANIFEST.to_vec(), "manifest of the built-in model".to_owned()),
        Some(file) => {
            (read(file, MAX_MANIFEST_BYTES).context("--manifest")?, format!("--manifest {}", file.display()))
        }
    };
    let manifest: Manifest = serde_json::from_slice(&manifest)
        .with_context(|| format!("{source}: expected name, blake3, and output with name and meaning"))?;
    if let Some(file) = args.out.as_deref().filter(|file| file.exists()) {
        bail!("--out {}: it is there already; choose another file or remove it", file.display());
    }
    let acting = args.requester.open(home).await?;
    let client = acting.requester.account().client().clone();
    let found = async {
        let opened = acting.requester.open(args.job).await?;
        acting.requester.ended(args.job).await?;
        let response = client.job(args.job).await?;
        anyhow::Ok((opened.values, job(&client, &response).await?))
    }
    .await;
    acting.close().await;
    let (values, job) = found?;
    let rows = rows(&values, &args.rows, manifest.gives_log_odds())?;
    let issued = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let about = About {
        subject: args.subject.clone(),
        effective: args.effective.clone(),
        studies: args.studies.clone(),
        issued,
    };
    let bundle = report(&manifest, &job, &about, &rows)?;
    // Subject, date, studies and codes come from the command line and the manifest.
    if let Some(issue) = check(&bundle).issues.first() {
        bail!(
            "the report would not hold to FHIR R4; correct the option or the manifest that says it: {issue}"
        );
    }
    match &args.out {
        None => println!("{}", bundle.to_json_pretty()),
        Some(file) => {
            write_new(file, &bundle)?;
            let answer = serde_json::json!({ "job_id": args.job, "file": file, "rows": rows.len() });
            output.show(&answer, |_| println!("{}: report of {} rows", file.display(), rows.len()))?;
        }
    }
    Ok(())
}

/// The rows that are about the subject.
fn rows(values: &[f32], chosen: &[usize], log_odds: bool) -> Result<Vec<Row>> {
    let chosen: &[usize] = match (chosen, values.len()) {
        ([], 1) => &[0],
        ([], count) => bail!("the job has {count} rows; say by --row which of them are about the subject"),
        (chosen, _) => chosen,
    };
    let mut rows: Vec<Row> = Vec::with_capacity(chosen.len());
    for number in chosen {
        let value = values
            .get(*number)
            .with_context(|| format!("--row {number}: the job has {} rows, numbered from 0", values.len()))?;
        ensure!(rows.iter().all(|row| row.number != *number), "--row {number} is there twice; leave one");
        let decimal =
            |value| Decimal::from_f32(value).with_context(|| format!("row {number} has no finite value"));
        let probability = if log_odds { Some(decimal(sigmoid(*value))?) } else { None };
        rows.push(Row { number: *number, value: decimal(*value)?, probability });
    }
    Ok(rows)
}

/// What the chain says of a settled job.
async fn job(client: &Client, job: &JobResponse) -> Result<bithive_fhir::Job> {
    let number = job.job_id;
    let (Some(outcome), Some(assignment)) = (&job.outcome, &job.assignment) else {
        bail!("job {number} has no outcome yet; its report can be written once it is settled");
    };
    let attestation = match (&outcome.signature, outcome.batch) {
        (Some(signature), _) => signature.to_hex(),
        (None, Some(batch)) => client.batch(batch).await?.signature.to_hex(),
        (None, None) => {
            bail!("job {number} has no signature yet; its report can be written once it is settled")
        }
    };
    let quorum = job.workers.iter().filter(|worker| worker.in_quorum == Some(true));
    Ok(bithive_fhir::Job {
        chain: client.deployment().chain_id.clone(),
        contract: client.deployment().jobs().to_owned(),
        number,
        model: job.terms.model.to_hex(),
        input: assignment.input_commitment.to_hex(),
        attestation,
        workers: quorum.map(|worker| worker.address.to_string()).collect(),
    })
}

/// Writes a file that must not be there yet and that only its owner can read: it is about a person's health.
fn write_new(file: &Path, bundle: &Object) -> Result<()> {
    let shown = || format!("--out {}", file.display());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut to = options.open(file).with_context(shown)?;
    let written = to.write_all(bundle.to_json_pretty().as_bytes()).and_then(|()| to.sync_all());
    written.with_context(shown).inspect_err(|_| {
        // Part of a file is of no use.
        let _ = std::fs::remove_file(file);
    })
}
