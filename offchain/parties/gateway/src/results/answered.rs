//! One job's result, and what it is about.

use bithive_fhir::Job;
use bithive_tensor::{Answers, Tensor};

use crate::market::ModelFacts;
use crate::study::Part;

/// One job's answers, and what they are about.
pub(crate) struct Answered<'a> {
    pub(crate) part: &'a Part,
    pub(crate) images: Tensor,
    pub(crate) job: Job,
    pub(crate) answers: Answers,
    pub(crate) model: &'a ModelFacts,
    /// Milliseconds since 1970: when the study was settled.
    pub(crate) at: u64,
}

impl Answered<'_> {
    /// Parts of what identifiers are derived from.
    pub(crate) fn identity<'b>(&'b self, kind: &'b str, number: &'b str) -> [&'b str; 4] {
        [kind, self.job.chain.as_str(), self.job.contract.as_str(), number]
    }

    /// What the model is called and that nobody has looked at this, in ASCII.
    pub(crate) fn words(&self) -> String {
        let manifest = &self.model.manifest;
        let words = format!(
            "Output of the model {}, job {} of {}. Preliminary: nobody has checked it. {}",
            manifest.name,
            self.job.number,
            self.job.chain,
            manifest.notice.as_deref().unwrap_or_default()
        );
        ascii(words.trim())
    }
}

/// The text without characters that a character set may not have.
pub(crate) fn ascii(text: &str) -> String {
    text.chars().map(|c| if (' '..='~').contains(&c) && c != '\\' { c } else { '?' }).collect()
}
