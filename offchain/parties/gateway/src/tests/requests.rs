//! DICOMweb and FHIR.

use bithive_deid::split;
use bithive_dicomnet::multipart::{boundary, parts, write};
use serde_json::json;

use super::Place;
use super::http::Client;
use crate::run::Gateway;
use crate::testing::{Phantom, file};

const KIND: &str = "multipart/related; type=\"application/dicom\"; boundary=b0undary";
const FHIR: &str = "application/fhir+json";
const STUDY: &str = "1.2.826.0.1.99.1";

async fn start() -> (Place, Gateway, Client) {
    let place = Place::new();
    let gateway = place.start().await;
    let client = Client { address: gateway.web().unwrap(), token: place.token() };
    (place, gateway, client)
}

fn body(files: &[Vec<u8>]) -> Vec<u8> {
    let slices: Vec<&[u8]> = files.iter().map(Vec::as_slice).collect();
    write(&slices, "application/dicom", "b0undary")
}

fn slice(instance: u32) -> Vec<u8> {
    file(&Phantom { instance, ..Phantom::default() })
}

#[tokio::test]
async fn without_the_token_or_under_another_name_nothing_is_answered() {
    let (_place, gateway, client) = start().await;
    let ask = async |headers: &str| {
        client.send(&format!("GET /dicom-web/studies HTTP/1.0\r\n{headers}"), b"").await.status
    };
    let host = format!("Host: {}", client.address);
    let token = format!("Authorization: Bearer {}", client.token);
    assert_eq!(ask(&format!("{host}\r\n{token}")).await, 204);
    assert_eq!(ask(&host).await, 401);
    assert_eq!(ask(&format!("{host}\r\nAuthorization: Bearer {}x", client.token)).await, 401);
    assert_eq!(ask(&format!("{host}\r\nAuthorization: Basic {}", client.token)).await, 401);
    assert_eq!(ask(&format!("{host}\r\n{token}\r\n{token}")).await, 401);
    assert_eq!(ask(&format!("Host: evil.example\r\n{token}")).await, 421);
    assert_eq!(ask(&format!("{host}\r\n{token}\r\nOrigin: https://evil.example")).await, 403);
    gateway.stop().await;
}

#[tokio::test]
async fn what_is_posted_is_found_and_comes_back_byte_by_byte() {
    let (_place, _gateway, client) = start().await;
    let files = [slice(1), slice(2)];
    for _ in 0..2 {
        let answer = client.ask("POST", "/dicom-web/studies", KIND, &body(&files)).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        assert_eq!(answer.json()["00081199"]["Value"].as_array().unwrap().len(), 2);
    }
    let studies = client.get("/dicom-web/studies?PatientID=P-1&StudyDate=20260101-").await.json();
    assert_eq!(studies.as_array().unwrap().len(), 1);
    assert_eq!(studies[0]["0020000D"]["Value"][0], STUDY);
    assert_eq!(studies[0]["00201208"]["Value"][0], 2);
    assert_eq!(studies[0]["00100010"]["Value"][0]["Alphabetic"], "Doe^Jane");
    assert_eq!(client.get("/dicom-web/studies?PatientID=P-2").await.status, 204);
    let instances = client.get(&format!("/dicom-web/studies/{STUDY}/instances?offset=1")).await.json();
    assert_eq!(instances[0]["00080018"]["Value"][0], "1.2.826.0.1.99.1.1.2");
    assert_eq!(instances[0]["00280010"]["Value"][0], 8);
    assert_eq!(
        client.get(&format!("/dicom-web/studies/{STUDY}/series")).await.json()[0]["00201209"]["Value"][0],
        2
    );

    let answer = client.get(&format!("/dicom-web/studies/{STUDY}")).await;
    let kind = answer.head.lines().find_map(|line| line.strip_prefix("content-type: ")).unwrap();
    let found = boundary(kind, "application/dicom").unwrap();
    let got = parts(&answer.body, &found, 9).unwrap();
    assert_eq!(got.len(), 2);
    for (part, sent) in got.iter().zip(&files) {
        assert_eq!(part.kind, "application/dicom");
        assert_eq!(split(part.body).unwrap(), split(sent).unwrap());
    }
    assert_eq!(client.get("/dicom-web/studies/1.2.3").await.status, 404);
    for bad in ["/dicom-web/studies/a", "/dicom-web/studies?limit=x", "/dicom-web/studies?Weight=1"] {
        assert_eq!(client.get(bad).await.status, 400, "{bad}");
    }
    assert_eq!(client.get("/dicom-web").await.status, 404);
    assert_eq!(client.ask("DELETE", "/dicom-web/studies", "", b"").await.status, 405);
}

#[tokio::test]
async fn each_object_of_a_request_is_answered_for() {
    let (_place, gateway, client) = start().await;
    let other = file(&Phantom { value: 9, ..Phantom::default() });
    let answer = client.ask("POST", "/dicom-web/studies", KIND, &body(&[slice(1), other.clone()])).await;
    assert_eq!(answer.status, 202);
    let answer = answer.json();
    assert_eq!(answer["00081199"]["Value"].as_array().unwrap().len(), 1);
    assert_eq!(answer["00081198"]["Value"][0]["00081197"]["Value"][0], 0xC001);
    let answer = client.ask("POST", "/dicom-web/studies", KIND, &body(&[other, b"no object".to_vec()])).await;
    assert_eq!(answer.status, 409);
    assert_eq!(answer.json()["00081198"]["Value"][1]["00081197"]["Value"][0], 0xC000);
    let elsewhere = client.ask("POST", "/dicom-web/studies/1.2.3", KIND, &body(&[slice(2)])).await;
    assert_eq!(
        (elsewhere.status, &elsewhere.json()["00081198"]["Value"][0]["00081197"]["Value"][0]),
        (409, &0xA900.into())
    );
    let cut = body(&[slice(2)]);
    assert_eq!(client.ask("POST", "/dicom-web/studies", KIND, &cut[..cut.len() - 8]).await.status, 400);
    assert_eq!(client.ask("POST", "/dicom-web/studies", "application/dicom", &slice(2)).await.status, 415);
    assert_eq!(client.ask("POST", "/dicom-web/studies", KIND, b"--b0undary--").await.status, 400);
    assert_eq!(gateway.spool().tally().instances, 1);
}

#[tokio::test]
async fn documents_are_checked_kept_and_found_by_identifier() {
    let (place, gateway, client) = start().await;
    let identifier = json!([{ "system": "urn:oid:1.2.3", "value": "P-1" }]);
    let patient = json!({ "resourceType": "Patient", "identifier": identifier, "gender": "female" });
    let post = async |document: &serde_json::Value| {
        client.ask("POST", "/fhir/Patient", FHIR, document.to_string().as_bytes()).await
    };
    let first = post(&patient).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let id = first.json()["id"].as_str().unwrap().to_owned();
    let again = post(&patient).await;
    assert_eq!((again.status, again.json()["id"].as_str()), (200, Some(id.as_str())), "one document");
    let wrong = post(&json!({ "resourceType": "Patient", "gender": "f" })).await;
    assert_eq!((wrong.status, &wrong.json()["resourceType"]), (422, &"OperationOutcome".into()));
    assert!(wrong.text().contains("Patient.gender"), "{}", wrong.text());
    let observation = json!({ "resourceType": "Observation", "status": "final", "code": { "text": "x" } });
    assert_eq!(post(&observation).await.status, 422, "of another type than the path");

    let update = json!({ "resourceType": "Patient", "id": "p1", "identifier": identifier });
    let put = async |path: &str| client.ask("PUT", path, FHIR, update.to_string().as_bytes()).await.status;
    assert_eq!(put("/fhir/Patient/p1").await, 201);
    assert_eq!(put("/fhir/Patient/p1").await, 200);
    assert_eq!(put("/fhir/Patient/p2").await, 400);
    assert_eq!(put("/fhir/Patient/p_2").await, 400);
    assert_eq!(put("/fhir/Account/p1").await, 404);
    assert_eq!(client.get("/fhir/Patient/p1").await.json(), update);
    assert_eq!(client.get("/fhir/Patient/p3").await.status, 404);
    let found = client.get("/fhir/Patient?identifier=urn:oid:1.2.3%7CP-1").await.json();
    assert_eq!((&found["total"], found["entry"].as_array().unwrap().len()), (&2.into(), 2));
    assert_eq!(client.get("/fhir/Patient?identifier=P-9").await.json()["total"], 0);
    assert_eq!(client.get("/fhir/Patient?name=x").await.status, 400);
    assert_eq!(client.get("/fhir/metadata").await.json()["fhirVersion"], "4.0.1");
    gateway.stop().await;

    let gateway = place.start().await;
    let client = Client { address: gateway.web().unwrap(), token: place.token() };
    assert_eq!(client.get("/fhir/Patient").await.json()["total"], 2, "after a new start");
}

#[tokio::test]
async fn a_decimal_keeps_its_digits() {
    let (_place, _gateway, client) = start().await;
    let text = r#"{"resourceType":"Observation","id":"o","status":"final","code":{"text":"x"},"valueQuantity":{"value":1.50}}"#;
    assert_eq!(client.ask("PUT", "/fhir/Observation/o", FHIR, text.as_bytes()).await.status, 201);
    assert!(client.get("/fhir/Observation/o").await.text().contains("1.50"));
    assert!(client.get("/fhir/Observation").await.text().contains("1.50"));
}
