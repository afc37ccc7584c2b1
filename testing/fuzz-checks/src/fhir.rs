//! FHIR documents, narratives, dates and decimals.

use std::cmp::Ordering;

use bithive_fhir::{Decimal, Json, ReadError, Resource, When, check as issues_of};

use crate::choose;
use crate::memory::Budget;

/// The tables of the definitions, which are read once; and values that are a byte in a list, with their messages.
pub const BUDGET: Budget = Budget { fixed: 3 << 20, per_byte: 512 };

/// The first byte chooses between a document, a narrative in one, a date and a decimal.
pub fn check(input: &[u8]) {
    match choose(input, 4) {
        None => {}
        Some((0, bytes)) => document(bytes),
        Some((1, bytes)) => narrative(&String::from_utf8_lossy(bytes)),
        Some((2, bytes)) => date(&String::from_utf8_lossy(bytes)),
        Some((_, bytes)) => decimal(&String::from_utf8_lossy(bytes)),
    }
}

fn document(bytes: &[u8]) {
    let Ok(read) = Json::parse(bytes) else { return };
    assert_eq!(Json::parse(read.to_json().as_bytes()).as_ref(), Ok(&read), "what is written reads back");
    let issues = issues_of(&read).issues;
    assert!(issues.iter().all(|issue| !issue.to_string().is_empty()));
    let known = issues.iter().filter(|issue| !issue.fault.is_unknown_element()).count();
    let taken = Resource::read(bytes);
    // A required text may have an extension in its place, which the structs do not take.
    let refused = matches!(taken, Err(ReadError::Issues(_)));
    assert_eq!(refused, known > 0, "a reader refuses what a check refuses");
    if let Ok(resource) = taken {
        assert_eq!(resource.clone().into_object(), read, "nothing is lost");
        if let Resource::Consent(consent) = resource {
            let _ = consent.holds_at(1_770_000_000);
        }
    }
}

fn narrative(div: &str) {
    let text = serde_json::json!({
        "resourceType": "Patient", "text": { "status": "generated", "div": div },
    });
    document(text.to_string().as_bytes());
}

fn date(text: &str) {
    let Some(when) = When::parse(text) else { return };
    assert!(!when.is_before(&when));
    assert!(text.is_ascii());
}

fn decimal(text: &str) {
    let (one, other) = text.split_once(' ').unwrap_or((text, "0"));
    let (Some(one), Some(other)) = (Decimal::parse(one), Decimal::parse(other)) else { return };
    assert_eq!(one.compare(&other), other.compare(&one).reverse());
    assert_eq!(one.compare(&one), Ordering::Equal);
}
