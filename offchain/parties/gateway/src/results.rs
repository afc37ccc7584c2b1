//! Answers: what a model said of a study, as FHIR and as DICOM in the study that was asked about.
//!
//! Here, on the hospital's own side, they are about the patient as the hospital knows him. Identifiers follow from the job: the same answer
//! made again is the same document and the same object, byte by byte.

mod answered;
mod capture;
mod header;
mod report;
mod text;

use bithive_dicomnet::Uid;
use bithive_fhir::Job;
use bithive_tensor::{Answers, Spacing, Tensor};

use answered::Answered;
pub(crate) use report::id as report_id;

use crate::arrival::{Announced, Arrival};
use crate::config::GatewayConfig;
use crate::documents::Documents;
use crate::error::GatewayError;
use crate::images::{self, NoImages};
use crate::market::{ModelFacts, Settled};
use crate::outbox::{Outbox, Thing};
use crate::rules::Rule;
use crate::spool::{OWN, Spool};
use crate::study::Study;

/// Kind of records: results of jobs.
const RESULTS: &str = "results";

/// What was made of a study's results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Made {
    /// DICOM objects in the spool.
    pub(crate) objects: Vec<Uid>,
    /// FHIR documents in the spool, by type and id.
    pub(crate) documents: Vec<(String, String)>,
}

impl Made {
    pub(crate) fn count(&self) -> u64 {
        self.objects.len().saturating_add(self.documents.len()) as u64
    }
}

/// Names of all destinations.
#[derive(Clone, Debug, Default)]
pub(crate) struct Destinations {
    pacs: Vec<String>,
    ehr: Vec<String>,
}

impl Destinations {
    pub(crate) fn of(config: &GatewayConfig) -> Self {
        let pacs = config.pacs.iter().map(|peer| peer.name.clone()).collect();
        Self { pacs, ehr: config.ehr.iter().map(|server| server.name.clone()).collect() }
    }

    /// Those of a rule.
    pub(crate) fn of_rule(&self, rule: &Rule) -> Self {
        let named = |all: &[String]| all.iter().filter(|name| rule.send.contains(name)).cloned().collect();
        Self { pacs: named(&self.pacs), ehr: named(&self.ehr) }
    }
}

fn name(study: &Uid, part: usize) -> String {
    format!("{study}/{part}")
}

/// Keeps the result of a job.
pub(crate) fn keep(
    spool: &Spool,
    (study, part): (&Uid, usize),
    settled: &Settled,
) -> Result<(), GatewayError> {
    let bytes = settled.values.iter().flat_map(|value| value.to_le_bytes()).collect();
    spool.put(RESULTS, &name(study, part), &settled.job, bytes)
}

/// What the chain says of the job of a part, if its result is there.
pub(crate) fn job(spool: &Spool, study: &Uid, part: usize) -> Result<Option<Job>, GatewayError> {
    Ok(spool.get::<Job>(RESULTS, &name(study, part))?.map(|(job, _)| job))
}

/// Removes the results of a study.
pub(crate) fn clear(spool: &Spool, study: &Uid, parts: usize) -> Result<(), GatewayError> {
    (0..parts).try_for_each(|part| spool.remove(RESULTS, &name(study, part)))
}

/// Makes the answers of all jobs of a study, and keeps them in the spool.
pub(crate) fn make(
    spool: &Spool,
    documents: &Documents,
    study: &Study,
    model: &ModelFacts,
) -> Result<Made, NoImages> {
    let wrong = |problem: String| NoImages::Study(problem);
    let mut made = Made::default();
    for (number, part) in study.parts.iter().enumerate() {
        let found = spool.get::<Job>(RESULTS, &name(&study.study, number))?;
        let (job, bytes) = found.ok_or_else(|| wrong("the result of a job is missing".into()))?;
        let values: Vec<f32> =
            bytes.as_chunks::<4>().0.iter().map(|value| f32::from_le_bytes(*value)).collect();
        let images = Tensor::decode(&images::file(spool, &study.study, number)?);
        let images = images.map_err(|error| wrong(error.to_string()))?;
        let spacing = mask_spacing(model, &images);
        let answers = Answers::of_images(model.answer, &model.classes, &values, spacing);
        let answers = answers.map_err(|error| wrong(format!("the result is none of the model: {error}")))?;
        let at = study.settled_at.unwrap_or(study.since);
        let answered = Answered { part, images, job, answers, model, at };
        let objects = if answered.answers.masks.is_some() {
            capture::objects(spool, &answered)?
        } else {
            vec![text::object(spool, &answered)?]
        };
        for file in objects {
            let announced = Announced { study: Some(study.study.clone()), ..Announced::default() };
            let arrival = Arrival::of_file(&announced, &file, (OWN, at));
            let arrival = arrival.map_err(|refused| wrong(format!("an answer is no object: {refused}")))?;
            made.objects.push(arrival.about.instance.clone());
            // A spool that is full may have room later.
            spool.store(arrival).map_err(|refused| GatewayError::Task(refused.to_string()))?;
        }
        made.documents.push(report::keep(spool, documents, &answered)?);
    }
    Ok(made)
}

/// Size of a pixel of the masks of these images, where that of the images is known: a mask covers the whole image.
fn mask_spacing(model: &ModelFacts, images: &Tensor) -> Option<Spacing> {
    let [height, width] = model.answer.mask?;
    let (shape, spacing) = (images.shape(), images.spacing()?);
    let scaled = |size: f32, own: usize, mask: usize| size * own as f32 / mask as f32;
    let row = scaled(spacing.row(), shape.height(), height);
    Spacing::new(row, scaled(spacing.column(), shape.width(), width)).ok()
}

/// Records what is to be sent where. What was recorded before stays as it is.
pub(crate) fn send(
    spool: &Spool,
    outbox: &Outbox,
    made: &Made,
    to: &Destinations,
) -> Result<(), GatewayError> {
    for name in &to.pacs {
        for instance in &made.objects {
            outbox.add(spool, name, Thing::Object(instance.clone()))?;
        }
    }
    for name in &to.ehr {
        for (kind, id) in &made.documents {
            outbox.add(spool, name, Thing::Document { kind: kind.clone(), id: id.clone() })?;
        }
    }
    Ok(())
}
