//! The answer as a report that a hospital's systems read.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};
use bithive_api::jobs::JobResponse;
use bithive_client::Client;
use bithive_fhir::{About, Finding, Issue, Manifest, Object, check, report};
use bithive_inference::{Answered, Answers, Model, ModelInput};
use bithive_requester::attested;

use super::super::check::Check;
use super::super::screen::Screen;
use super::hospital::Study;
use super::phantom;
use super::shown::holds;

/// The manifest beside the model.
const MANIFEST: &[u8] = include_bytes!("../../../../models/phantoms.json");

/// A report that is written.
pub(crate) struct Reported {
    /// A DiagnosticReport with its Observations and their Provenance.
    pub(crate) bundle: Object,
    /// What the model says of each image.
    pub(super) answers: Answers,
    issues: Vec<Issue>,
    quorum: usize,
}

/// Writes the report of a settled job over a study.
pub(super) async fn write(
    client: &Client,
    job: &JobResponse,
    (study, model): (&Study, &Model),
    values: &[f32],
) -> Result<Reported> {
    let manifest: Manifest = serde_json::from_slice(MANIFEST)?;
    let job = attested(client, job).await?;
    let spacing = model.mask_spacing(&ModelInput::Images(study.images.clone()));
    let answers = model.answers(values, spacing)?;
    let mut findings = Vec::new();
    for (answered, instance) in answers.answers.iter().zip(&study.instances) {
        let finding = Finding::of_image(answered, model.classes())?;
        findings.push(Finding { instance: Some(instance.clone()), ..finding });
    }
    let about = About {
        subject: format!("Patient/{}", study.pseudonym),
        effective: None,
        studies: Vec::new(),
        study_uids: vec![study.uid.clone()],
        issued: SystemTime::now().duration_since(UNIX_EPOCH).context("this machine's clock")?.as_secs(),
    };
    let bundle = report(&manifest, &job, &about, &findings)?;
    let issues = check(&bundle).issues;
    Ok(Reported { bundle, answers, issues, quorum: job.workers.len() })
}

impl Reported {
    /// Observations of the report.
    pub(super) fn observations(&self) -> usize {
        let kind = |entry: &bithive_fhir::Json| {
            let resource = entry.object().and_then(|entry| entry.get("resource"));
            resource.and_then(|resource| resource.object()).and_then(|one| one.text("resourceType"))
                == Some("Observation")
        };
        self.bundle.items("entry").iter().filter(|entry| kind(entry)).count()
    }

    pub(super) fn show(&self, screen: Screen, checks: &mut Vec<Check>) {
        for answered in &self.answers.answers {
            if let Answered::Mask { image, areas } = answered {
                for area in areas {
                    let size = area.square_millimetres.unwrap_or_default();
                    screen.line(format!("image {image}: {} of {size:.0} mm²", area.class));
                }
            }
        }
        let text = self.bundle.to_json();
        let (observations, bytes) = (self.observations(), text.len());
        screen.line(format!(
            "FHIR R4: a preliminary DiagnosticReport, {observations} Observations and their Provenance, {bytes} bytes; attested by {} workers",
            self.quorum
        ));
        checks.push(Check::new(
            "the report holds to FHIR R4",
            self.issues.is_empty(),
            self.issues.first().map_or_else(|| "no problem is found".to_owned(), ToString::to_string),
        ));
        checks.push(Check::new(
            "the report has an observation for each image",
            observations == self.answers.answers.len(),
            format!("{observations} of {}", self.answers.answers.len()),
        ));
        let named =
            phantom::identifying().filter(|(_, value)| holds(text.as_bytes(), value.as_bytes())).count();
        checks.push(Check::new(
            "the report names nobody",
            named == 0,
            format!("{named} identifying values are found"),
        ));
    }
}
