//! `bithive fhir report`: a job's output as a report that a hospital's systems read.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result, bail, ensure};
use bithive_command_kit::{Output, input, printable};
use bithive_fhir::{About, Finding, Manifest, Object, check, report};
use bithive_inference::{Device, Images, MAX_BYTES, Model, ModelInput, sigmoid};
use bithive_requester::attested;
use clap::Args;

use crate::acting::RequesterArgs;

/// Manifest of the model that jobs are posted with where none is named.
const MANIFEST: &[u8] = include_bytes!("../../../../../models/wdbc.json");
/// Most bytes of a manifest.
const MAX_MANIFEST_BYTES: usize = 1 << 20;

/// Arguments of `bithive fhir report`.
#[derive(Args)]
pub struct ReportArgs {
    /// Number of the job.
    #[arg(long, value_name = "NUMBER")]
    job: u64,
    /// Whom it is about: a reference to a Patient, such as Patient/12 or `https://ehr.example/fhir/Patient/12`.
    #[arg(long, value_name = "REFERENCE")]
    subject: String,
    /// Row or image of the input that is about the subject, from 0; can be repeated. Can be left out where the job has one.
    #[arg(long = "row", visible_alias = "image", value_name = "NUMBER")]
    rows: Vec<usize>,
    /// The model's manifest, a JSON file that its author gives beside it: the file of --model's name that ends with .json, or that of the
    /// built-in model.
    #[arg(long, value_name = "FILE")]
    manifest: Option<PathBuf>,
    /// The job's ONNX model, if it reads images: it knows how many classes each image has, and their names.
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The images (BHIM) that the job was posted with: the size of a pixel is theirs. Areas are in pixels without it.
    #[arg(long, value_name = "FILE", requires = "model")]
    images: Option<PathBuf>,
    /// When the data was taken: 2026, 2026-03, 2026-03-09, or with time and zone.
    #[arg(long, value_name = "DATE")]
    effective: Option<String>,
    /// Images that were read: a reference to an ImagingStudy; can be repeated.
    #[arg(long = "study", value_name = "REFERENCE")]
    studies: Vec<String>,
    /// Images that were read: their DICOM Study Instance UID, where no resource of them is known; can be repeated.
    #[arg(long = "study-uid", value_name = "UID")]
    study_uids: Vec<String>,
    /// File for the Bundle, which must not be there yet; only its owner can read it.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    #[command(flatten)]
    requester: RequesterArgs,
}

/// Writes the report of a settled job.
pub(super) async fn write(args: &ReportArgs, home: &Path, output: Output) -> Result<()> {
    // Whatever can be wrong without the job comes first.
    let manifest = manifest(args)?;
    let reading = Reading::of(args)?;
    ensure!(
        reading.model.is_some() || !manifest.reads_images(),
        "the model {} reads images; name its file with --model",
        printable(&manifest.name)
    );
    if let Some(file) = args.out.as_deref().filter(|file| file.exists()) {
        bail!("--out {}: it is there already; choose another file or remove it", file.display());
    }
    let acting = args.requester.open(home).await?;
    let client = acting.requester.account().client().clone();
    let found = async {
        let opened = acting.requester.open(args.job).await?;
        acting.requester.ended(args.job).await?;
        let response = client.job(args.job).await?;
        anyhow::Ok((opened.values, attested(&client, &response).await?))
    }
    .await;
    acting.close().await;
    let (values, job) = found?;
    let findings = reading.findings(&values, &job.model, manifest.gives_log_odds())?;
    let findings = chosen(findings, &args.rows, reading.what())?;
    let issued = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let about = About {
        subject: args.subject.clone(),
        effective: args.effective.clone(),
        studies: args.studies.clone(),
        study_uids: args.study_uids.clone(),
        issued,
    };
    let bundle = report(&manifest, &job, &about, &findings)?;
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
            let (count, what) = (findings.len(), reading.what());
            let answer = serde_json::json!({ "job_id": args.job, "file": file, "rows": count });
            output.show(&answer, |_| println!("{}: report of {count} {what}s", file.display()))?;
        }
    }
    Ok(())
}

/// The manifest of the job's model.
fn manifest(args: &ReportArgs) -> Result<Manifest> {
    let beside = args.model.as_ref().map(|model| model.with_extension("json"));
    let (bytes, source) = match args.manifest.as_ref().or(beside.as_ref()) {
        None => (MANIFEST.to_vec(), "manifest of the built-in model".to_owned()),
        Some(file) => {
            let bytes = input::read(file, MAX_MANIFEST_BYTES)
                .context("--manifest: the model's manifest, which its author gives beside it")?;
            (bytes, format!("--manifest {}", file.display()))
        }
    };
    serde_json::from_slice(&bytes)
        .with_context(|| format!("{source}: expected name, blake3, and output with name and meaning"))
}

/// How the job's numbers are read.
struct Reading {
    /// A model of images; rows have one number each.
    model: Option<Model>,
    /// Images of the size and spacing of those that it read.
    images: Option<ModelInput>,
}

impl Reading {
    fn of(args: &ReportArgs) -> Result<Self> {
        let model =
            args.model.as_deref().map(|path| input::load_model(Some(path), Device::Cpu)).transpose()?;
        let images = args.images.as_deref().map(|path| {
            let named = || format!("--images {}", path.display());
            Images::decode(&input::read(path, MAX_BYTES).context("--images")?).with_context(named)
        });
        let images = images.transpose()?.map(ModelInput::Images);
        // A model of rows needs no file: a row has one number.
        Ok(Self { model: model.map(|(_, model)| model).filter(|model| model.answer().is_some()), images })
    }

    fn what(&self) -> &'static str {
        if self.model.is_some() { "image" } else { "row" }
    }

    /// What the model gave, for each row or image. `ran` is the digest of the model that the job ran.
    fn findings(&self, values: &[f32], ran: &str, log_odds: bool) -> Result<Vec<Finding>> {
        let Some(model) = &self.model else {
            let row = |(number, value): (usize, &f32)| {
                Finding::of_row(number, *value, log_odds.then(|| sigmoid(*value)))
            };
            return Ok(values.iter().enumerate().map(row).collect::<Result<_, _>>()?);
        };
        let own = hex::encode(model.digest());
        ensure!(
            ran == own,
            "--model: the job ran the model {ran}, this file is {own}; name the file that the job was posted with"
        );
        let said =
            model.answers(values, self.images.as_ref().and_then(|images| model.mask_spacing(images)))?;
        let image = |answered| Finding::of_image(answered, model.classes());
        Ok(said.answers.iter().map(image).collect::<Result<_, _>>()?)
    }
}

/// The findings that are about the subject.
fn chosen(all: Vec<Finding>, numbers: &[usize], what: &str) -> Result<Vec<Finding>> {
    let count = all.len();
    let numbers: &[usize] = match (numbers, count) {
        ([], 1) => &[0],
        ([], _) => bail!("the job has {count} {what}s; say by --row which of them are about the subject"),
        (numbers, _) => numbers,
    };
    let mut findings: Vec<Finding> = Vec::with_capacity(numbers.len());
    for number in numbers {
        let finding = all.get(*number);
        let finding = finding
            .with_context(|| format!("--row {number}: the job has {count} {what}s, numbered from 0"))?;
        ensure!(
            findings.iter().all(|other| other.number != *number),
            "--row {number} is there twice; leave one"
        );
        findings.push(finding.clone());
    }
    Ok(findings)
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
