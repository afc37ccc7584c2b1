//! Tests of `bithive-fhir` through its public interface, one module for each subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod audit;
mod bad_input;
mod consent;
mod report;
mod round_trip;

use bithive_fhir::{Json, Object, check};

/// A document that is JSON.
pub fn parsed(text: &str) -> Object {
    Json::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{error}: {text}"))
}

/// The only problem of a document.
pub fn problem(text: &str) -> String {
    let issues = check(&parsed(text)).issues;
    assert_eq!(issues.len(), 1, "{text}: {issues:?}");
    issues[0].to_string()
}

/// Expects a document without problems.
pub fn valid(text: &str) {
    let checked = check(&parsed(text));
    assert_eq!(checked.issues, Vec::new(), "{text}");
}

/// An observation with more members.
pub fn observation(more: &str) -> String {
    let comma = if more.is_empty() { "" } else { "," };
    format!(r#"{{"resourceType":"Observation","status":"final","code":{{"text":"size"}}{comma}{more}}}"#)
}
