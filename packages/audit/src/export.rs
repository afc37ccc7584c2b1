//! Entries for others: FHIR AuditEvents for a regulator, and CSV.

use bithive_signed::Digest;
use serde_json::{Value, json};

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

fn identifier(of: &str, value: impl ToString) -> Value {
    json!({ "identifier": { "system": format!("{SYSTEM}{of}"), "value": value.to_string() } })
}

fn coding((system, code): (&str, &str)) -> Value {
    json!({ "system": system, "code": code })
}

/// An entry as an AuditEvent of FHIR R4, in the manner of IHE's Basic Audit Log Patterns: the patient, the consent and the data are
/// entities, known by pseudonyms. It names no profile that it claims to hold to. Its id is the entry's digest, and the last entity
/// has what it takes to check the entry against its neighbours.
#[must_use]
pub fn fhir(entry: &Entry, log: Digest) -> Value {
    let event = &entry.event;
    let Named { of, subtype, action } = named(event.act);
    let subtypes: Vec<Value> = subtype
        .map(|code| coding((DICOM, code)))
        .into_iter()
        .chain([json!({ "system": format!("{SYSTEM}act"), "code": event.act.word() })])
        .collect();
    let mut agent = json!({
        "role": [{ "coding": [{ "system": format!("{SYSTEM}role"), "code": event.role.word() }] }],
        "who": identifier("actor", &event.actor),
        "requestor": true,
    });
    if let Some(purpose) = &event.purpose {
        put(
            &mut agent,
            "purposeOfUse",
            json!([{ "coding": [{ "system": PURPOSE, "code": purpose.as_str() }] }]),
        );
    }
    let mut audit = json!({
        "resourceType": "AuditEvent",
        "id": entry.digest,
        "type": coding(of),
        "subtype": subtypes,
        "action": action,
        "recorded": show_time(event.at),
        "outcome": outcome(event.outcome),
        "agent": [agent],
        "source": {
            "observer": identifier("log", log),
            "type": [coding(("http://terminology.hl7.org/CodeSystem/security-source-type", "4"))],
        },
        "entity": entities(entry),
    });
    let words: Vec<&str> = (event.outcome != Outcome::Success)
        .then(|| event.outcome.word())
        .into_iter()
        .chain(event.code.as_ref().map(|code| code.as_str()))
        .collect();
    if !words.is_empty() {
        put(&mut audit, "outcomeDesc", json!(words.join(": ")));
    }
    audit
}

fn put(object: &mut Value, name: &str, value: Value) {
    if let Some(fields) = object.as_object_mut() {
        fields.insert(name.into(), value);
    }
}

fn entities(entry: &Entry) -> Vec<Value> {
    let event = &entry.event;
    let role = |code| coding((ENTITY_ROLE, code));
    let mut all = Vec::new();
    if let Some(subject) = &event.subject {
        all.push(json!({
            "what": identifier("subject", subject),
            "type": coding((ENTITY_TYPE, "1")),
            "role": role("1"),
        }));
    }
    if event.object.is_some() || event.count.is_some() {
        let mut entity = json!({
            "type": coding((ENTITY_TYPE, "2")),
            "role": role("4"),
        });
        if let Some(object) = &event.object {
            put(&mut entity, "what", identifier("object", object));
        }
        if let Some(count) = event.count {
            put(&mut entity, "detail", json!([{ "type": "count", "valueString": count.to_string() }]));
        }
        all.push(entity);
    }
    if let Some(consent) = &event.consent {
        all.push(json!({
            "what": identifier("consent", consent),
            "type": coding(("http://hl7.org/fhir/resource-types", "Consent")),
        }));
    }
    all.push(json!({
        "what": identifier("entry", entry.digest),
        "type": coding((ENTITY_TYPE, "2")),
        "role": role("13"),
        "detail": [
            { "type": "seq", "valueString": entry.seq.to_string() },
            { "type": "prev", "valueString": entry.prev.to_string() },
        ],
    }));
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
    fn an_audit_event_has_what_fhir_demands_for_every_act() {
        for act in Act::ALL {
            let event = fhir(&entry(*act), Digest([9; 32]));
            // Elements of AuditEvent whose least number is 1 in R4.
            for path in ["/type/code", "/recorded", "/agent/0/requestor", "/source/observer/identifier/value"]
            {
                assert!(!event.pointer(path).unwrap().is_null(), "{act}: {path}");
            }
            assert!(["C", "R", "U", "D", "E"].contains(&event["action"].as_str().unwrap()), "{act}");
            // An id has at most 64 of these characters.
            let id = event["id"].as_str().unwrap();
            assert!(id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{id}");
        }
    }

    #[test]
    fn an_audit_event_says_who_what_and_under_which_consent() {
        let entry = entry(Act::Decrypted);
        let event = fhir(&entry, Digest([9; 32]));
        assert_eq!(event["outcome"], "8");
        assert_eq!(event["outcomeDesc"], "failed: wrong-password");
        assert_eq!(event["recorded"], "2026-11-23T00:00:00.000Z");
        assert_eq!(event["agent"][0]["who"]["identifier"]["value"], "bithive1abc");
        assert_eq!(event["agent"][0]["purposeOfUse"][0]["coding"][0]["code"], "TREAT");
        let values: Vec<&str> = event["entity"]
            .as_array()
            .unwrap()
            .iter()
            .map(|entity| entity["what"]["identifier"]["value"].as_str().unwrap())
            .collect();
        let digests =
            [Digest([1; 32]), Digest([2; 32]), Digest([3; 32]), entry.digest].map(|one| one.to_string());
        assert_eq!(values, digests);
        assert_eq!(event["entity"][1]["detail"][0]["valueString"], "12");
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
