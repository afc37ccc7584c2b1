//! What a model gave for a row or an image, and the Observation that says it.

use bithive_tensor::{Answered, Area};

use super::dicom;
use super::error::ReportError;
use super::job::{JOB, Job};
use super::manifest::{Manifest, concept};
use crate::decimal::Decimal;
use crate::resource::{Observation, ObservationComponent, ObservationValue};
use crate::types::{Annotation, CodeableConcept, Identifier, Quantity, Reference};

/// The code system of units (<https://ucum.org>).
const UCUM: &str = "http://unitsofmeasure.org";

/// What the model gave for one row or image.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Number of the row or image in the job, from 0.
    pub number: usize,
    /// What it gave.
    pub value: FindingValue,
    /// DICOM SOP Instance UID of the image, where it is known. Of a de-identified image it is the new one.
    pub instance: Option<String>,
}

/// What a model gives.
#[derive(Clone, Debug, PartialEq)]
pub enum FindingValue {
    /// A number for a row.
    Number {
        /// What the model gave.
        value: Decimal,
        /// The probability that it stands for, where the model gives log-odds.
        probability: Option<Decimal>,
    },
    /// The class of an image.
    Class {
        /// The most likely one.
        class: String,
        /// Names of classes and their chances, in the model's order.
        chances: Vec<(String, Decimal)>,
    },
    /// What classes cover of an image.
    Areas(Vec<Area>),
}

impl Finding {
    /// Of a row. `probability` is what the number stands for, where the model gives log-odds.
    ///
    /// # Errors
    /// [`ReportError::NotFinite`].
    pub fn of_row(number: usize, value: f32, probability: Option<f32>) -> Result<Self, ReportError> {
        let decimal = |value| Decimal::from_f32(value).ok_or(ReportError::NotFinite { what: "row", number });
        let probability = probability.map(decimal).transpose()?;
        let value = FindingValue::Number { value: decimal(value)?, probability };
        Ok(Self { number, value, instance: None })
    }

    /// Of an image. `classes` are the names of the model's classes, numbers where it has none.
    ///
    /// # Errors
    /// [`ReportError::NotFinite`]; [`ReportError::Rows`] for the answer about a row.
    pub fn of_image(answered: &Answered, classes: &[String]) -> Result<Self, ReportError> {
        let (number, value) = match answered {
            Answered::Row { .. } => return Err(ReportError::Rows),
            Answered::Image { image, class, chances } => {
                let name = |class: usize| classes.get(class).cloned().unwrap_or_else(|| class.to_string());
                let chances = chances.iter().enumerate().map(|(class, chance)| {
                    let decimal = Decimal::parse(&format!("{chance:.4}"));
                    let none = ReportError::NotFinite { what: "image", number: *image };
                    decimal.map(|decimal| (name(class), decimal)).ok_or(none)
                });
                let chances = chances.collect::<Result<_, _>>()?;
                (*image, FindingValue::Class { class: class.clone(), chances })
            }
            Answered::Mask { image, areas } => (*image, FindingValue::Areas(areas.clone())),
        };
        Ok(Self { number, value, instance: None })
    }

    /// `row` or `image`.
    fn what(&self) -> &'static str {
        if matches!(self.value, FindingValue::Number { .. }) { "row" } else { "image" }
    }
}

/// The Observation of a finding. Subject and times are the caller's.
pub(super) fn observation(
    manifest: &Manifest,
    job: &Job,
    studies: &[Reference],
    finding: &Finding,
) -> Result<Observation, ReportError> {
    let (text, value, component) = match &finding.value {
        FindingValue::Number { value, probability } => {
            let value = quantity(value.clone(), manifest.fhir.unit.as_deref());
            let probability =
                probability.clone().map(|value| component("Probability that the model gives", value.into()));
            (manifest.output.meaning.clone(), Some(value), probability.into_iter().collect())
        }
        FindingValue::Class { class, chances } => {
            let chance = |(class, chance): &(String, Decimal)| {
                component(&format!("Chance of {class}"), quantity(chance.clone(), Some("1")))
            };
            let class = ObservationValue::CodeableConcept(CodeableConcept::of_text(class));
            let chances = chances.iter().map(chance).collect();
            ("Class of the image".to_owned(), Some(class), chances)
        }
        FindingValue::Areas(areas) => areas_of(areas, finding.number)?,
    };
    let mut derived_from = studies.to_vec();
    if let Some(instance) = &finding.instance {
        derived_from.push(dicom::reference("Media", instance)?);
    }
    let note = |text: &String| Annotation { text: text.clone(), ..Annotation::default() };
    let workers = job.workers.len();
    Ok(Observation {
        identifier: vec![Identifier::new(
            JOB,
            format!("{}/{}/{}", job.name(), finding.what(), finding.number),
        )],
        status: "preliminary".into(),
        code: concept(manifest.fhir.observation.as_ref(), &text),
        value,
        method: Some(CodeableConcept::of_text(format!(
            "Model {}, agreed on by {workers} workers",
            manifest.name
        ))),
        note: manifest.notice.iter().map(note).collect(),
        component,
        derived_from,
        ..Observation::default()
    })
}

/// Words for what is measured, the value of a single class, and what each class covers.
type Said = (String, Option<ObservationValue>, Vec<ObservationComponent>);

fn areas_of(areas: &[Area], image: usize) -> Result<Said, ReportError> {
    let not_finite = ReportError::NotFinite { what: "image", number: image };
    let area = |area: &Area| {
        let size = area.square_millimetres;
        size.map(|size| square_millimetres(size).ok_or_else(|| not_finite.clone())).transpose()
    };
    let pixels = |area: &Area| Decimal::of_count(area.pixels);
    if let [one] = areas {
        let words = format!("Area of {}", one.class);
        let known = area(one)?.map(|size| quantity(size, Some("mm2")));
        let pixels = quantity(pixels(one), None);
        return Ok(match known {
            Some(size) => (words, Some(size), vec![component("Pixels", pixels)]),
            // The size of a pixel is not known.
            None => (format!("Pixels of {}", one.class), Some(pixels), Vec::new()),
        });
    }
    let mut components = Vec::new();
    for one in areas {
        if let Some(size) = area(one)? {
            components.push(component(&format!("Area of {}", one.class), quantity(size, Some("mm2"))));
        }
        components.push(component(&format!("Pixels of {}", one.class), quantity(pixels(one), None)));
    }
    Ok(("What each class covers of the image".to_owned(), None, components))
}

/// Four significant digits: the edge of an area is not known better.
fn square_millimetres(size: f64) -> Option<Decimal> {
    let rounded: f64 = format!("{size:.3e}").parse().ok()?;
    Decimal::parse(&rounded.to_string())
}

/// An amount, with its unit as a code of UCUM.
fn quantity(value: Decimal, unit: Option<&str>) -> ObservationValue {
    let mut quantity = Quantity { value: Some(value), ..Quantity::default() };
    if let Some(unit) = unit {
        quantity.unit = Some(if unit == "mm2" { "mm²" } else { unit }.to_owned());
        quantity.code = Some(unit.to_owned());
        quantity.system = Some(UCUM.into());
    }
    ObservationValue::Quantity(quantity)
}

fn component(text: &str, value: ObservationValue) -> ObservationComponent {
    ObservationComponent {
        code: CodeableConcept::of_text(text),
        value: Some(value),
        ..ObservationComponent::default()
    }
}
