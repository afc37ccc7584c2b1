//! What is read of a model's manifest.

use serde::Deserialize;

use crate::types::{CodeableConcept, Coding};

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
    /// How images are prepared, in a manifest of a model that reads images; nothing of it is read here.
    pub image: Option<serde_json::Value>,
    /// Codes for FHIR, where the author names them.
    #[serde(default)]
    pub fhir: ManifestCodes,
}

impl Manifest {
    /// Whether the model reads images: its numbers are of classes or pixels, and no row has one.
    #[must_use]
    pub fn reads_images(&self) -> bool {
        self.image.is_some()
    }

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
    /// The unit of a row's number, a code of UCUM.
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

/// A code where there is one, with words in any case.
pub(super) fn concept(code: Option<&ManifestCode>, text: &str) -> CodeableConcept {
    let coding =
        code.map(|code| Coding { display: code.display.clone(), ..Coding::new(&code.system, &code.code) });
    CodeableConcept { coding: coding.into_iter().collect(), ..CodeableConcept::of_text(text) }
}
