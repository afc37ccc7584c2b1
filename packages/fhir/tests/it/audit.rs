//! Events of an audit log.

use bithive_fhir::{Access, Action, Identifier, Reference, check};

fn access() -> Access {
    let system = "https://hospital.example/accounts";
    Access {
        action: Action::Read,
        at: 1_770_000_000,
        outcome: Ok(()),
        user: Identifier::new(system, "reader"),
        program: Identifier::new(system, "gateway"),
        record: Reference::to("ImagingStudy/1"),
        patient: Some(Identifier::new("https://hospital.example/pseudonyms", "x")),
        purpose: Some("HRESCH".into()),
        consent: Some(Identifier::new("https://hospital.example/consents", "y")),
    }
}

#[test]
fn an_event_holds_to_r4_in_every_kind_and_outcome() {
    for action in [Action::Create, Action::Read, Action::Update, Action::Delete] {
        for outcome in [Ok(()), Err("the consent is revoked".to_owned())] {
            let event = Access { action, outcome, ..access() }.event().unwrap();
            assert_eq!(check(&event.into_object()).issues, Vec::new());
        }
    }
    let bare = Access { patient: None, purpose: None, consent: None, ..access() };
    assert_eq!(check(&bare.event().unwrap().into_object()).issues, Vec::new());
    assert_eq!(Access { at: u64::MAX, ..access() }.event(), None);
}

#[test]
fn a_failure_says_so() {
    let event = Access { outcome: Err("revoked".into()), ..access() }.event().unwrap();
    assert_eq!((event.outcome.as_deref(), event.outcome_desc.as_deref()), (Some("8"), Some("revoked")));
}
