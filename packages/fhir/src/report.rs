//! The answer of a job as FHIR: a DiagnosticReport with an Observation for each row, and the Provenance of both, in one Bundle.
//!
//! Nothing clinical is claimed. The status is `preliminary`: a person has to look at it. What was measured has a code of LOINC or SNOMED CT only
//! where the model's manifest names one; otherwise it has the manifest's words. The model's digest, the job and the quorum's signature are
//! identifiers of the report, so that anybody can look them up on the chain.

use serde::Deserialize;

use crate::date::instant;
use crate::decimal::Decimal;
use crate::json::Object;
use crate::primitive::is_uuid;
use crate::resource::{
    Bundle, BundleEntry, DiagnosticReport, Effective, Observation, ObservationComponent, ObservationValue,
    Provenance, ProvenanceAgent, ProvenanceEntity,
};
use crate::types::{Annotation, CodeableConcept, Coding, Identifier, Quantity, Reference};

/// System of identifiers: BLAKE3 digests of model files, in hexadecimal.
pub const MODEL: &str = "https://github.com/bithive/bithive/fhir/model-blake3";
/// System of identifiers: jobs, as chain/contract/number.
pub const JOB: &str = "https://github.com/bithive/bithive/fhir/job";
/// System of identifiers: aggregate signatures of quorums, in hexadecimal.
pub const ATTESTATION: &str = "https://github.com/bithive/bithive/fhir/attestation";
/// System of identifiers: accounts, as chain/address.
pub const ACCOUNT: &str = "https://github.com/bithive/bithive/fhir/account";
/// System of identifiers: commitments to a job's input, in hexadecimal.
pub const INPUT: &str = "https://github.com/bithive/bithive/fhir/input-commitment";

const PARTICIPANT: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
/// Tells these hashes from others: purpose and version.
const IDENTITY: &str = "bithive 2026 fhir identity v1";

/// What is read of a model's manifest, a JSON file beside the model.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Manifest {
    /// The model's name.
    pub name: String,
    /// What users have to know, such as that it is not for clinical use.
    pub notice: Option<String>,
    /// BLAKE3 digest of the model file, in hexadecimal.
    pub blake3: String,
    /// What the model gives.
    pub output: ManifestOutput,
    /// Codes for FHIR, where the author names them.
    #[serde(default)]
    pub fhir: ManifestCodes,
}

impl Manifest {
    /// Whether the model gives log-odds, which stand for a probability.
    #[must_use]
    pub fn gives_log_odds(&self) -> bool {
        self.output.name == "logit"
    }
}

/// What a model gives, in its manifest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct ManifestOutput {
    /// Its name in the model; `logit` for log-odds.
    pub name: String,
    /// What the number means, in words.
    pub meaning: String,
}

/// Codes for FHIR in a manifest; all can be left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestCodes {
    /// What kind of report it is.
    pub report: Option<ManifestCode>,
    /// What is measured.
    pub observation: Option<ManifestCode>,
    /// The unit of the number, a code of UCUM.
    pub unit: Option<String>,
}

/// A code in a manifest.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestCode {
    /// The code system, such as `http://loinc.org` or `http://snomed.info/sct`.
    pub system: String,
    /// The code in that system.
    pub code: String,
    /// What it is called there.
    pub display: Option<String>,
}

/// One row of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its number in the job, from 0.
    pub number: usize,
    /// What the model gave.
    pub value: Decimal,
    /// The probability that it stands for, where the model gives log-odds.
    pub probability: Option<Decimal>,
}

/// What is known of the job.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// Id of the chain.
    pub chain: String,
    /// Address of the contract with the job.
    pub contract: String,
    /// Number of the job, from 1.
    pub number: u64,
    /// BLAKE3 digest of the model file that the job names, in hexadecimal.
    pub model: String,
    /// Commitment to the input, in hexadecimal.
    pub input: String,
    /// Aggregate signature of the quorum, in hexadecimal.
    pub attestation: String,
    /// Addresses of the workers that agreed.
    pub workers: Vec<String>,
}

/// Whom a report is about, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// A reference to a Patient, such as `Patient/12`.
    pub subject: String,
    /// When the data of it was taken, a `dateTime`.
    pub effective: Option<String>,
    /// References to ImagingStudy resources, if images were read.
    pub studies: Vec<String>,
    /// When the report is written, in seconds since 1970.
    pub issued: u64,
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "no report was made"]
pub enum ReportError {
    /// The manifest is of another model.
    #[error(
        "the manifest is of the model {manifest}, and the job was run with {job}; give the manifest of that model"
    )]
    OtherModel {
        /// Digest in the manifest.
        manifest: String,
        /// Digest in the job.
        job: String,
    },
    /// Nothing to report.
    #[error("no rows are named; a report has at least one")]
    NoRows,
    /// A time beyond the calendar of FHIR.
    #[error("{seconds} seconds since 1970 are beyond the year 9999; correct this machine's clock")]
    Clock {
        /// The time, in seconds since 1970.
        seconds: u64,
    },
}

/// The Bundle of a report.
///
/// Identities of its resources follow from the job, the row and the subject: the same report made again has the same ones. The caller checks the
/// Bundle with [`crate::check()`]: subject, studies and codes are somebody's input.
///
/// # Errors
/// A manifest of another model; no rows; a time that has no date.
pub fn report(manifest: &Manifest, job: &Job, about: &About, rows: &[Row]) -> Result<Object, ReportError> {
    if !job.model.eq_ignore_ascii_case(&manifest.blake3) {
        return Err(ReportError::OtherModel { manifest: manifest.blake3.clone(), job: job.model.clone() });
    }
    if rows.is_empty() {
        return Err(ReportError::NoRows);
    }
    let issued = instant(about.issued).ok_or(ReportError::Clock { seconds: about.issued })?;
    let identity = |kind: &str, row: Option<usize>| {
        let row = row.map_or_else(String::new, |row| row.to_string());
        urn(&[&job.chain, &job.contract, &job.number.to_string(), &about.subject, kind, &row])
    };
    let effective = about.effective.clone().map(Effective::DateTime);
    let mut observations = Vec::with_capacity(rows.len());
    for row in rows {
        let own = observation(manifest, job, row);
        let own = Observation {
            subject: Some(Reference::to(&about.subject)),
            effective: effective.clone(),
            issued: Some(issued.clone()),
            ..own
        };
        observations.push((identity("Observation", Some(row.number)), own));
    }
    let result: Vec<Reference> = observations.iter().map(|(urn, _)| Reference::to(urn)).collect();
    let report = DiagnosticReport {
        identifier: vec![
            Identifier::new(JOB, job_name(job)),
            Identifier::new(MODEL, manifest.blake3.to_ascii_lowercase()),
            Identifier::new(ATTESTATION, &job.attestation),
        ],
        status: "preliminary".into(),
        code: concept(manifest.fhir.report.as_ref(), &format!("Output of the model {}", manifest.name)),
        subject: Some(Reference::to(&about.subject)),
        effective,
        issued: Some(issued.clone()),
        result: result.clone(),
        imaging_study: about.studies.iter().map(Reference::to).collect(),
        conclusion: manifest.notice.clone(),
        ..DiagnosticReport::default()
    };
    let report_urn = identity("DiagnosticReport", None);
    let provenance =
        provenance(manifest, job, &issued, [Reference::to(&report_urn)].into_iter().chain(result).collect());
    let mut entry = vec![in_bundle(report_urn, report.into_object())];
    entry.extend(observations.into_iter().map(|(urn, own)| in_bundle(urn, own.into_object())));
    entry.push(in_bundle(identity("Provenance", None), provenance.into_object()));
    let bundle = Bundle { kind: "collection".into(), timestamp: Some(issued), entry, ..Bundle::default() };
    Ok(bundle.into_object())
}

fn observation(manifest: &Manifest, job: &Job, row: &Row) -> Observation {
    let mut quantity = Quantity { value: Some(row.value.clone()), ..Quantity::default() };
    if let Some(unit) = &manifest.fhir.unit {
        quantity.unit = Some(unit.clone());
        quantity.code = Some(unit.clone());
        quantity.system = Some("http://unitsofmeasure.org".into());
    }
    let probability = row.probability.clone().map(|value| ObservationComponent {
        code: CodeableConcept::of_text("Probability that the model gives"),
        value: Some(value.into()),
        ..ObservationComponent::default()
    });
    Observation {
        identifier: vec![Identifier::new(JOB, format!("{}/row/{}", job_name(job), row.number))],
        status: "preliminary".into(),
        code: concept(manifest.fhir.observation.as_ref(), &manifest.output.meaning),
        value: Some(ObservationValue::Quantity(quantity)),
        method: Some(CodeableConcept::of_text(format!(
            "Model {}, agreed on by {} workers",
            manifest.name,
            job.workers.len()
        ))),
        note: manifest
            .notice
            .iter()
            .map(|text| Annotation { text: text.clone(), ..Annotation::default() })
            .collect(),
        component: probability.into_iter().collect(),
        ..Observation::default()
    }
}

fn provenance(manifest: &Manifest, job: &Job, recorded: &str, target: Vec<Reference>) -> Provenance {
    let worker = |address: &String| ProvenanceAgent {
        kind: Some(CodeableConcept::of_code(PARTICIPANT, "performer")),
        who: Reference::named(
            Identifier::new(ACCOUNT, format!("{}/{address}", job.chain)),
            "Worker of the quorum",
        ),
        ..ProvenanceAgent::default()
    };
    let source = |identifier, display: &str| ProvenanceEntity {
        role: "source".into(),
        what: Reference::named(identifier, display),
        ..ProvenanceEntity::default()
    };
    Provenance {
        target,
        recorded: recorded.to_owned(),
        activity: Some(CodeableConcept::of_text(
            "Evaluation of a model by several workers, of which a quorum agreed",
        )),
        agent: job.workers.iter().map(worker).collect(),
        entity: vec![
            source(
                Identifier::new(MODEL, manifest.blake3.to_ascii_lowercase()),
                &format!("Model {}", manifest.name),
            ),
            source(Identifier::new(INPUT, &job.input), "Input of the job, sealed"),
            source(Identifier::new(ATTESTATION, &job.attestation), "Signature of the quorum"),
        ],
        ..Provenance::default()
    }
}

fn job_name(job: &Job) -> String {
    format!("{}/{}/{}", job.chain, job.contract, job.number)
}

/// A code where there is one, with words in any case.
fn concept(code: Option<&ManifestCode>, text: &str) -> CodeableConcept {
    let coding =
        code.map(|code| Coding { display: code.display.clone(), ..Coding::new(&code.system, &code.code) });
    CodeableConcept { coding: coding.into_iter().collect(), ..CodeableConcept::of_text(text) }
}

fn in_bundle(urn: String, resource: Object) -> BundleEntry {
    BundleEntry { full_url: Some(urn), resource: Some(resource), ..BundleEntry::default() }
}

/// A UUID of version 8 (RFC 9562, section 5.8) as a URN, from a hash of the parts.
fn urn(parts: &[&str]) -> String {
    let mut hasher = blake3::Hasher::new_derive_key(IDENTITY);
    for part in parts {
        // With its length, so that no two lists give the same bytes.
        hasher.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    let mut bytes = [0u8; 16];
    hasher.finalize_xof().fill(&mut bytes);
    let number = u128::from_be_bytes(bytes) & !(0xf << 76) & !(0x3 << 62) | (0x8 << 76) | (0x2 << 62);
    let digits = format!("{number:032x}");
    let mut text = String::with_capacity(45);
    for (place, digit) in digits.chars().enumerate() {
        if matches!(place, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    debug_assert!(is_uuid(&text), "a UUID");
    format!("urn:uuid:{text}")
}
