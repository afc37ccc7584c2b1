//! Whether a consent can be relied on.

use bithive_fhir::{Consent, ConsentError, Resource, When};

fn consent(status: &str, provision: &str) -> Consent {
    let text = format!(
        r#"{{"resourceType":"Consent","status":"{status}","scope":{{"text":"a"}},"category":[{{"text":"b"}}],
        "policyRule":{{"text":"c"}},"provision":{provision}}}"#
    );
    match Resource::read(text.as_bytes()) {
        Ok(Resource::Consent(consent)) => *consent,
        other => panic!("{other:?}"),
    }
}

fn at(text: &str) -> u64 {
    u64::try_from(When::parse(text).unwrap().begun_everywhere()).unwrap()
}

const YEAR: &str = r#"{"type":"permit","period":{"start":"2026-03","end":"2027-03-01"}}"#;

#[test]
fn a_consent_holds_within_its_period_in_every_zone() {
    let consent = consent("active", YEAR);
    assert_eq!(consent.holds_at(at("2026-06-01T00:00:00Z")), Ok(()));
    assert_eq!(consent.holds_at(at("2026-03-01T12:00:00Z")), Ok(()));
    assert!(matches!(consent.holds_at(at("2026-03-01T11:59:59Z")), Err(ConsentError::NotYet { .. })));
    assert_eq!(consent.holds_at(at("2027-03-01T09:59:59Z")), Ok(()));
    assert!(matches!(consent.holds_at(at("2027-03-01T10:00:00Z")), Err(ConsentError::Ended { .. })));
}

#[test]
fn a_consent_without_a_period_is_not_relied_on() {
    let now = at("2026-06-01T00:00:00Z");
    for (provision, missing) in [
        (r#"{"type":"permit"}"#, "start"),
        (r#"{"type":"permit","period":{"start":"2026"}}"#, "end"),
        (r#"{"type":"permit","period":{"end":"2027"}}"#, "start"),
    ] {
        let error = consent("active", provision).holds_at(now).unwrap_err();
        assert_eq!(error, ConsentError::NoPeriod { missing });
        assert!(error.to_string().contains("Consent.provision.period"), "{error}");
    }
}

#[test]
fn what_is_not_understood_or_not_said_is_a_no() {
    let now = at("2026-06-01T00:00:00Z");
    assert!(matches!(consent("inactive", YEAR).holds_at(now), Err(ConsentError::NotActive { .. })));
    assert!(matches!(
        consent("active", &YEAR.replace("permit", "deny")).holds_at(now),
        Err(ConsentError::NoPermit { .. })
    ));
    assert!(matches!(
        consent("active", &YEAR.replace(r#""type":"permit","#, "")).holds_at(now),
        Err(ConsentError::NoPermit { .. })
    ));
    let exception = YEAR.replace(r#""period""#, r#""provision":[{"type":"deny"}],"period""#);
    assert_eq!(consent("active", &exception).holds_at(now), Err(ConsentError::Exceptions { found: 1 }));
}
