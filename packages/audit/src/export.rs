//! Entries for others: FHIR AuditEvents for a regulator, and CSV.

use bithive_fhir::{
    AuditAgent, AuditDetail, AuditEntity, AuditEvent, AuditSource, AuditValue, CodeableConcept, Coding,
    Identifier, Reference,
};
use bithive_signed::Digest;

use crate::entry::Entry;
use crate::event::{Act, Outcome};
use crate::stamp::show_time;

/// Where this crate's own codes and identifiers come from: the first part of their system, followed by `act`, `role`, `actor`, `subject`,
/// `object`, `consent`, `entry` or `log`.
pub const SYSTEM: &str = "https://github.com/bithive/bithive/audit/";

const DICOM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const LIFECYCLE: &str = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
const ENTITY_TYPE: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ENTITY_ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const PURPOSE: &str = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

/// How FHIR names an act: type (system, code), subtype in DICOM's codes, action. Displays are left to whoever knows the code systems.
struct Named {
    of: (&'static str, &'static str),
    subtype: Option<&'static str>,
    action: &'static str,
}

const fn named(act: Act) -> Named {
    // Security alert.
    const ALERT: (&str, &str) = (DICOM, "110113");
    let (of, subtype, action) = match act {
        Act::Opened | Act::ResultRead => ((LIFECYCLE, "access"), None, "R"),
        Act::Decrypted => ((LIFECYCLE, "decrypt"), None, "R"),
        // Export.
        Act::Exported => ((DICOM, "110106"), None, "R"),
        // Import.
        Act::Received => ((DICOM, "110107"), None, "C"),
        Act::Deidentified => ((LIFECYCLE, "deidentify"), None, "U"),
        Act::JobPosted | Act::ConsentGiven => ((LIFECYCLE, "originate"), None, "C"),
        Act::InputSent => ((LIFECYCLE, "transmit"), None, "R"),
        Act::ConsentWithdrawn => ((LIFECYCLE, "deprecate"), None, "U"),
        Act::Erased => ((LIFECYCLE, "destroy"), None, "D"),
        // Emergency override started.
        Act::BreakGlass => (ALERT, Some("110127"), "E"),
        // Software configuration.
        Act::ConfigurationChanged => (ALERT, Some("110131"), "U"),
        // User authentication: login.
        Act::KeystoreOpened | Act::SignedIn => ((DICOM, "110114"), Some("110122"), "E"),
        // Audit recording started, and stopped.
        Act::LogBegun => (ALERT, Some("110134"), "E"),
        Act::LogRepaired => (ALERT, Some("110133"), "E"),
        // Audit log used.
        Act::HeadSigned => ((DICOM, "110101"), None, "R"),
    };
    Named { of, subtype, action }
}

/// A reference by one of this crate's identifiers.
fn named_as(of: &str, value: impl ToString) -> Reference {
    let identifier = Identifier::new(format!("{SYSTEM}{of}"), value.to_string());
    Reference { identifier: Some(identifier), ..Reference::default() }
}

/// One of this crate's codes.
fn own(of: &str, code: &str) -> Coding {
    Coding::new(format!("{SYSTEM}{of}"), code)
}

/// An entry as an AuditEvent of FHIR R4, in the manner of IHE's Basic Audit Log Patterns: the patient, the consent and the data are
/// entities, known by pseudonyms. It names no profile that it claims to hold to. Its id is the entry's digest, and the last entity
/// has what it takes to check the entry against its neighbours.
#[must_use]
pub fn fhir(entry: &Entry, log: Digest) -> AuditEvent {
    let event = &entry.event;
    let Named { of: (system, code), subtype, action } = named(event.act);
    let concept = |coding| CodeableConcept { coding: vec![coding], ..CodeableConcept::default() };
    let purpose = event.purpose.as_ref().map(|code| CodeableConcept::of_code(PURPOSE, code.as_str()));
    let agent = AuditAgent {
        role: vec![concept(own("role", event.role.word()))],
        who: Some(named_as("actor", &event.actor)),
        requestor: true,
        purpose_of_use: purpose.into_iter().collect(),
        ..AuditAgent::default()
    };
    let words: Vec<&str> = (event.outcome != Outcome::Success)
        .then(|| event.outcome.word())
        .into_iter()
        .chain(event.code.as_ref().map(|code| code.as_str()))
        .collect();
    AuditEvent {
        id: Some(entry.digest.to_string()),
        kind: Coding::new(system, code),
        subtype: subtype
            .map(|code| Coding::new(DICOM, code))
            .into_iter()
            .chain([own("act", event.act.word())])
            .collect(),
        action: Some(action.into()),
        recorded: show_time(event.at),
        outcome: Some(outcome(event.outcome).into()),
        outcome_desc: (!words.is_empty()).then(|| words.join(": ")),
        agent: vec![agent],
        source: AuditSource {
            observer: named_as("log", log),
            kind: vec![Coding::new("http://terminology.hl7.org/CodeSystem/security-source-type", "4")],
            ..AuditSource::default()
        },
        entity: entities(entry),
        ..AuditEvent::default()
    }
}

fn detail(kind: &str, value: impl ToString) -> AuditDetail {
    let value = Some(AuditValue::String(value.to_string()));
    AuditDetail { kind: kind.into(), value, ..AuditDetail::default() }
}

fn entities(entry: &Entry) -> Vec<AuditEntity> {
    let event = &entry.event;
    let entity = |what, kind: &str, role: &str| AuditEntity {
        what,
        kind: Some(Coding::new(ENTITY_TYPE, kind)),
        role: Some(Coding::new(ENTITY_ROLE, role)),
        ..AuditEntity::default()
    };
    let mut all = Vec::new();
    if let Some(subject) = &event.subject {
        all.push(entity(Some(named_as("subject", subject)), "1", "1"));
    }
    if event.object.is_some() || event.count.is_some() {
        let what = event.object.as_ref().map(|object| named_as("object", object));
        let count = event.count.map(|count| detail("count", count));
        all.push(AuditEntity { detail: count.into_iter().collect(), ..entity(what, "2", "4") });
    }
    if let Some(consent) = &event.consent {
        all.push(AuditEntity {
            what: Some(named_as("consent", consent)),
            kind: Some(Coding::new("http://hl7.org/fhir/resource-types", "Consent")),
            ..AuditEntity::default()
        });
    }
    let place = vec![detail("seq", entry.seq), detail("prev", entry.prev)];
    all.push(AuditEntity { detail: place, ..entity(Some(named_as("entry", entry.digest)), "2", "13") });
    all
}

/// Codes of `AuditEvent.outcome`: 0 success, 4 minor failure, 8 serious failure.
const fn outcome(outcome: Outcome) -> &'static str {
    match outcome {
        // What is about to be done has not failed.
        Outcome::Begun | Outcome::Success => "0",
        Outcome::Refused => "4",
        Outcome::Failed => "8",
    }
}

/// The names of the columns of [`csv`].
pub const CSV_HEADER: &str =
    "seq,time,act,outcome,actor,role,subject,object,consent,purpose,code,count,digest,prev";

/// An entry as a line of CSV, without its end. No value needs quotes, and none begins as a formula: see [`bithive_signed::Name`].
#[must_use]
pub fn csv(entry: &Entry) -> String {
    fn text(value: Option<impl ToString>) -> String {
        value.map_or_else(String::new, |value| value.to_string())
    }
    let event = &entry.event;
    [
        entry.seq.to_string(),
        show_time(event.at),
        event.act.to_string(),
        event.outcome.to_string(),
        event.actor.to_string(),
        event.role.to_string(),
        text(event.subject),
        text(event.object),
        text(event.consent),
        text(event.purpose.as_ref()),
        text(event.code.as_ref()),
        text(event.count),
        entry.digest.to_string(),
        entry.prev.to_string(),
    ]
    .join(",")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::event::{Event, Role};

    fn entry(act: Act) -> Entry {
        let mut event = Event::new(
            ("bithive1abc".parse().unwrap(), Role::Requester),
            act,
            Outcome::Failed,
            1_795_392_000_000,
        );
        event.subject = Some(Digest([1; 32]));
        event.object = Some(Digest([2; 32]));
        event.consent = Some(Digest([3; 32]));
        event.purpose = Some("TREAT".parse().unwrap());
        event.code = Some("wrong-password".parse().unwrap());
        event.count = Some(12);
        Entry::new(event, 5, Digest([4; 32])).unwrap()
    }

    #[test]
    fn an_audit_event_holds_to_r4_for_every_act_and_outcome() {
        for act in Act::ALL {
            for outcome in Outcome::ALL {
                let mut full = entry(*act).event;
                full.outcome = *outcome;
                let bare = Event::new((full.actor.clone(), full.role), *act, *outcome, full.at);
                for event in [full, bare] {
                    let entry = Entry::new(event, 5, Digest([4; 32])).unwrap();
                    let event = fhir(&entry, Digest([9; 32]));
                    let action = event.action.clone().unwrap();
                    assert!(["C", "R", "U", "D", "E"].contains(&action.as_str()), "{act}");
                    let issues = bithive_fhir::check(&event.into_object()).issues;
                    assert_eq!(issues, Vec::new(), "{act} {outcome}");
                }
            }
        }
    }

    #[test]
    fn an_audit_event_says_who_what_and_under_which_consent() {
        let entry = entry(Act::Decrypted);
        let event = fhir(&entry, Digest([9; 32]));
        assert_eq!(event.outcome.as_deref(), Some("8"));
        assert_eq!(event.outcome_desc.as_deref(), Some("failed: wrong-password"));
        assert_eq!(event.recorded, "2026-11-23T00:00:00.000Z");
        let value = |reference: &Option<Reference>| {
            let identifier = reference.as_ref().and_then(|reference| reference.identifier.clone());
            identifier.and_then(|identifier| identifier.value).unwrap()
        };
        assert_eq!(value(&event.agent[0].who), "bithive1abc");
        assert_eq!(event.agent[0].purpose_of_use[0].coding[0].code.as_deref(), Some("TREAT"));
        let values: Vec<String> = event.entity.iter().map(|entity| value(&entity.what)).collect();
        let digests =
            [Digest([1; 32]), Digest([2; 32]), Digest([3; 32]), entry.digest].map(|one| one.to_string());
        assert_eq!(values, digests);
        assert_eq!(event.entity[1].detail, [detail("count", 12)]);
        // One line, as NDJSON has it.
        let line = event.into_object().to_json();
        assert!(line.starts_with("{\"resourceType\":\"AuditEvent\"") && !line.contains('\n'), "{line}");
    }

    #[test]
    fn a_line_of_csv_has_a_value_for_every_column() {
        let line = csv(&entry(Act::Exported));
        assert_eq!(line.split(',').count(), CSV_HEADER.split(',').count());
        assert!(
            line.starts_with("5,2026-11-23T00:00:00.000Z,exported,failed,bithive1abc,requester,0101"),
            "{line}"
        );
        assert!(!line.contains(['"', '\n', '\r']));
    }
}
