//! The answer of a job as FHIR: a DiagnosticReport with an Observation for each row or image, and the Provenance of both, in one Bundle.
//!
//! Nothing clinical is claimed. The status is `preliminary`: a person has to look at it. What was measured has a code of LOINC or SNOMED CT only
//! where the model's manifest names one; otherwise it has the manifest's words. The model's digest, the job and the quorum's signature are
//! identifiers of the report, so that anybody can look them up on the chain.

mod dicom;
mod error;
mod finding;
mod job;
mod manifest;

use crate::date::instant;
use crate::json::Object;
use crate::primitive::is_uuid;
use crate::resource::{
    Bundle, BundleEntry, DiagnosticReport, Effective, Observation, Provenance, ProvenanceAgent,
    ProvenanceEntity,
};
use crate::types::{CodeableConcept, Identifier, Reference};

pub use error::ReportError;
pub use finding::{Finding, FindingValue};
pub use job::{ACCOUNT, ATTESTATION, INPUT, JOB, Job, MODEL};
pub use manifest::{Manifest, ManifestCode, ManifestCodes, ManifestOutput};

use finding::observation;
use manifest::concept;

const PARTICIPANT: &str = "http://terminology.hl7.org/CodeSystem/provenance-participant-type";
/// Tells these hashes from others: purpose and version.
const IDENTITY: &str = "bithive 2026 fhir identity v1";

/// Whom a report is about, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// A reference to a Patient, such as `Patient/12`.
    pub subject: String,
    /// When the data of it was taken, a `dateTime`.
    pub effective: Option<String>,
    /// References to ImagingStudy resources, if images were read.
    pub studies: Vec<String>,
    /// DICOM Study Instance UIDs of studies whose place as a resource is not known. Of de-identified studies they are the new ones.
    pub study_uids: Vec<String>,
    /// When the report is written, in seconds since 1970.
    pub issued: u64,
}

/// The Bundle of a report.
///
/// Identities of its resources follow from the job, the row or image and the subject: the same report made again has the same ones. The caller checks the
/// Bundle with [`crate::check()`]: subject, studies and codes are somebody's input.
///
/// # Errors
/// A manifest of another model; no findings, or those of rows from a model of images; a UID that is none; a time that has no date.
pub fn report(
    manifest: &Manifest,
    job: &Job,
    about: &About,
    findings: &[Finding],
) -> Result<Object, ReportError> {
    if !job.model.eq_ignore_ascii_case(&manifest.blake3) {
        return Err(ReportError::OtherModel { manifest: manifest.blake3.clone(), job: job.model.clone() });
    }
    if findings.is_empty() {
        return Err(ReportError::Nothing);
    }
    let of_row = |finding: &Finding| matches!(finding.value, FindingValue::Number { .. });
    if manifest.reads_images() && findings.iter().any(of_row) {
        return Err(ReportError::Rows);
    }
    let issued = instant(about.issued).ok_or(ReportError::Clock { seconds: about.issued })?;
    let identity = |kind: &str, number: Option<usize>| {
        let number = number.map_or_else(String::new, |number| number.to_string());
        urn(&[&job.chain, &job.contract, &job.number.to_string(), &about.subject, kind, &number])
    };
    let effective = about.effective.clone().map(Effective::DateTime);
    let mut studies: Vec<Reference> = about.studies.iter().map(Reference::to).collect();
    for uid in &about.study_uids {
        studies.push(dicom::reference("ImagingStudy", uid)?);
    }
    let mut observations = Vec::with_capacity(findings.len());
    for finding in findings {
        let own = observation(manifest, job, &studies, finding)?;
        let own = Observation {
            subject: Some(Reference::to(&about.subject)),
            effective: effective.clone(),
            issued: Some(issued.clone()),
            ..own
        };
        observations.push((identity("Observation", Some(finding.number)), own));
    }
    let result: Vec<Reference> = observations.iter().map(|(urn, _)| Reference::to(urn)).collect();
    let report = DiagnosticReport {
        identifier: vec![
            Identifier::new(JOB, job.name()),
            Identifier::new(MODEL, manifest.blake3.to_ascii_lowercase()),
            Identifier::new(ATTESTATION, &job.attestation),
        ],
        status: "preliminary".into(),
        code: concept(manifest.fhir.report.as_ref(), &format!("Output of the model {}", manifest.name)),
        subject: Some(Reference::to(&about.subject)),
        effective,
        issued: Some(issued.clone()),
        result: result.clone(),
        imaging_study: studies,
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
