//! Who sent and who opened what is in the audit log, and nobody's name is.

use std::path::Path;

use bithive_audit::{Entry, Event};
use bithive_audit_log::verify;
use bithive_dicomnet::command::Status;
use bithive_dicomnet::multipart::write;
use serde_json::json;

use super::Place;
use super::http::Client;
use super::peer::Peer;
use crate::testing::{Phantom, file};

const STUDY: &str = "1.2.826.0.1.99.1";

/// The entries of a log that holds.
fn entries(place: &Place) -> Vec<Event> {
    let mut all: Vec<Entry> = Vec::new();
    let verdict = verify(&place.config.audit.log, [], |entry| all.push(entry.clone())).unwrap();
    verdict.log.unwrap();
    all.into_iter().map(|entry| entry.event).collect()
}

/// Act, outcome, code, actor and count of entries.
fn shown(events: &[Event]) -> Vec<String> {
    let show = |event: &Event| {
        let code = event.code.as_ref().map_or("-", |code| code.as_str());
        let count = event.count.map_or("-".into(), |count| count.to_string());
        format!("{} {} {code} {} {count}", event.act, event.outcome, event.actor)
    };
    events.iter().map(show).collect()
}

fn text_of(folder: &Path) -> String {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    let logs = files.filter(|file| file.extension().is_some_and(|end| end == "log"));
    logs.map(|file| std::fs::read_to_string(file).unwrap()).collect()
}

#[tokio::test]
async fn what_is_sent_and_opened_is_logged_without_a_name() {
    let place = Place::new();
    let gateway = place.start().await;
    let mut peer = Peer::call(gateway.dicom().unwrap()).await;
    for instance in 1..=3 {
        let phantom = Phantom { instance, ..Phantom::default() };
        assert_eq!(peer.store(&phantom).await, Some(Status::SUCCESS));
    }
    let patient = Phantom { instance: 9, patient: "P-2", ..Phantom::default() };
    assert_eq!(peer.store(&patient).await, Some(Status::OTHER_PATIENT));
    peer.0.release().await.unwrap();
    let client = Client { address: gateway.web().unwrap(), token: place.token() };
    let kind = "multipart/related; type=\"application/dicom\"; boundary=b0undary";
    let slice = file(&Phantom { instance: 4, ..Phantom::default() });
    let body = write(&[&slice, b"nothing"], "application/dicom", "b0undary");
    assert_eq!(client.ask("POST", "/dicom-web/studies", kind, &body).await.status, 202);
    assert_eq!(client.get("/dicom-web/studies?PatientID=P-1").await.status, 200);
    assert_eq!(client.get(&format!("/dicom-web/studies/{STUDY}")).await.status, 200);
    let observation = json!({
        "resourceType": "Observation", "id": "o", "status": "final", "code": { "text": "x" },
        "subject": { "reference": "Patient/doe" },
    });
    let observation = observation.to_string();
    let kind = "application/fhir+json";
    assert_eq!(client.ask("PUT", "/fhir/Observation/o", kind, observation.as_bytes()).await.status, 201);
    let wrong = client.ask("POST", "/fhir/Patient", "application/fhir+json", b"{}").await;
    assert_eq!(wrong.status, 422);
    assert_eq!(client.get("/fhir/Observation/o").await.status, 200);
    assert_eq!(client.get("/fhir/Observation").await.status, 200);
    gateway.stop().await;

    let all = entries(&place);
    assert_eq!(
        shown(&all),
        [
            "log-begun success - gateway -",
            "configuration-changed success - gateway -",
            "signed-in success association ae:STORESCU -",
            "received begun c-store ae:STORESCU -",
            "received success c-store ae:STORESCU 3",
            "received refused other-patient ae:STORESCU 1",
            "received begun stow token -",
            "received refused unreadable token 1",
            "received success stow token 1",
            "opened success qido token 1",
            "opened success wado token 4",
            "received success fhir-update token -",
            "received refused fhir-create token -",
            "opened success fhir-read token -",
            "opened success fhir-search token 1",
        ]
    );
    let (begun, wado) = (&all[3], &all[10]);
    assert!(begun.object.is_some() && begun.object == wado.object, "one study is one object");
    assert!(begun.subject.is_some() && begun.subject == wado.subject && wado.subject == all[9].subject);
    let audit = crate::Audit::read(&place.config.audit).unwrap();
    assert_eq!((wado.object, wado.subject), (audit.study(STUDY), audit.patient("", "P-1")));
    assert_eq!(
        (all[13].object, all[13].subject),
        (audit.document("Observation/o"), audit.document("Patient/doe"))
    );
    let text = text_of(&place.config.audit.log);
    for word in ["P-1", "P-2", "Doe", "doe", "1.2.826", "Observation"] {
        assert!(!text.contains(word), "{word}");
    }
}

#[tokio::test]
async fn strangers_are_logged_one_by_one_at_first_and_then_counted() {
    let place = Place::new();
    let gateway = place.start().await;
    let client = Client { address: gateway.web().unwrap(), token: "x".repeat(32) };
    for _ in 0..25 {
        assert_eq!(client.get("/dicom-web/studies").await.status, 401);
    }
    assert!(Peer::calling(gateway.dicom().unwrap(), "STRANGER", "BITHIVE").await.is_err());
    gateway.stop().await;
    let all = shown(&entries(&place));
    let failed: Vec<_> =
        all.iter().filter(|one| one.starts_with("signed-in failed unknown-token stranger")).collect();
    assert_eq!(failed.len(), 11, "{all:?}");
    assert!(failed[10].ends_with(" 15"), "{all:?}");
    assert!(all.iter().any(|one| one == "signed-in refused association stranger -"), "{all:?}");
}

#[tokio::test]
async fn what_cannot_be_logged_is_neither_stored_nor_given_out() {
    let place = Place::new();
    let gateway = place.start().await;
    let mut peer = Peer::call(gateway.dicom().unwrap()).await;
    assert_eq!(peer.store(&Phantom::default()).await, Some(Status::SUCCESS));
    let client = Client { address: gateway.web().unwrap(), token: place.token() };
    std::fs::remove_dir_all(&place.config.audit.log).unwrap();
    std::fs::write(&place.config.audit.log, "in the way").unwrap();
    assert_eq!(client.get(&format!("/dicom-web/studies/{STUDY}")).await.status, 503);
    assert_eq!(client.get("/dicom-web/studies").await.status, 503);
    let other = Phantom { study: 2, ..Phantom::default() };
    assert_eq!(peer.store(&other).await, Some(Status::OUT_OF_RESOURCES));
    assert_eq!(gateway.spool().tally().studies, 1);
}

#[tokio::test]
async fn a_gateway_without_a_log_works_and_writes_none() {
    let mut place = Place::new();
    place.config.audit.enabled = false;
    let gateway = place.start().await;
    let mut peer = Peer::call(gateway.dicom().unwrap()).await;
    assert_eq!(peer.store(&Phantom::default()).await, Some(Status::SUCCESS));
    let client = Client { address: gateway.web().unwrap(), token: place.token() };
    assert_eq!(client.get(&format!("/dicom-web/studies/{STUDY}")).await.status, 200);
    assert!(!place.config.audit.log.exists());
}
