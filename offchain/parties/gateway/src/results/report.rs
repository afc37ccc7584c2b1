//! The report of a job as FHIR, about the patient and the study as the hospital knows them.

use bithive_fhir::{About, Finding, JOB, Job, Json, Object, check, report};
use serde_json::{Value, json};

use super::answered::Answered;
use crate::documents::Documents;
use crate::images::NoImages;
use crate::spool::Spool;

/// Makes the report and keeps it; returns type and id.
pub(super) fn keep(
    spool: &Spool,
    documents: &Documents,
    answered: &Answered<'_>,
) -> Result<(String, String), NoImages> {
    let wrong = |problem: String| NoImages::Study(format!("there is no report: {problem}"));
    let first = answered.part.images.first().and_then(|source| spool.about(&source.instance));
    let about = first.ok_or_else(|| wrong("an image is not in the spool any more".into()))?;
    let mut findings = Vec::with_capacity(answered.answers.answers.len());
    for (said, source) in answered.answers.answers.iter().zip(&answered.part.images) {
        let finding = Finding::of_image(said, &answered.model.classes);
        let finding = finding.map_err(|error| wrong(error.to_string()))?;
        findings.push(Finding { instance: Some(source.instance.to_string()), ..finding });
    }
    let wanted = About {
        subject: subject(spool, documents, &about)?,
        effective: date(about.attribute("00080020")),
        studies: Vec::new(),
        study_uids: vec![about.study.to_string()],
        issued: answered.at.checked_div(1_000).unwrap_or_default(),
    };
    let job = answered.job.clone();
    let made = report(&answered.model.manifest, &job, &wanted, &findings);
    let mut bundle = made.map_err(|error| wrong(error.to_string()))?;
    let number = answered.job.number.to_string();
    let own = id(spool, &answered.job);
    let name = format!("{}/{}/{number}", answered.job.chain, answered.job.contract);
    let identifier = document(&json!({ "system": JOB, "value": name }))?;
    bundle.insert("identifier", Json::Object(identifier));
    bundle.insert("id", Json::from(own.as_str()));
    if let Some(issue) = check(&bundle).issues.first() {
        return Err(wrong(format!("it does not hold to FHIR R4: {issue}")));
    }
    documents.keep(spool, ("Bundle", &own), bundle)?;
    Ok(("Bundle".into(), own))
}

/// A reference to the patient: a document that says his number and nothing else. Which of the documents that others have sent is about him
/// is not guessed: numbers of two systems may be equal.
fn subject(spool: &Spool, documents: &Documents, about: &crate::About) -> Result<String, NoImages> {
    let (issuer, patient) = about.patient();
    let id = spool.pseudonym(&["patient", issuer, patient]);
    let object = if patient.is_empty() {
        json!({ "resourceType": "Patient", "id": id })
    } else {
        json!({ "resourceType": "Patient", "id": id, "identifier": [{ "value": patient }] })
    };
    let object = document(&object)?;
    documents.keep(spool, ("Patient", &id), object)?;
    Ok(format!("Patient/{id}"))
}

fn document(value: &Value) -> Result<Object, NoImages> {
    Json::parse(value.to_string().as_bytes()).map_err(|error| NoImages::Study(error.to_string()))
}

/// A date of DICOM as FHIR has it; none for one that is none.
fn date(digits: &str) -> Option<String> {
    let is_date = digits.len() == 8 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let part = |range: std::ops::Range<usize>| digits.get(range);
    let (year, month, day) = (part(0..4)?, part(4..6)?, part(6..8)?);
    is_date.then(|| format!("{year}-{month}-{day}"))
}

/// The id of the report of a job.
pub(crate) fn id(spool: &Spool, job: &Job) -> String {
    spool.pseudonym(&["report", &job.chain, &job.contract, &job.number.to_string()])
}
