//! FHIR documents, as a user checks and writes them.

use crate::common::{Network, bithive, path, refused, text};
use serde_json::{Value, json};

/// A file in a folder that lives as long as the test.
fn file(folder: &tempfile::TempDir, name: &str, content: &str) -> String {
    let file = folder.path().join(name);
    std::fs::write(&file, content).unwrap();
    path(&file)
}

fn validate(code: i32, files: &[&str]) -> Value {
    let output = bithive(&[&["fhir", "validate"], files].concat()).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(code), "{}", text(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn documents_are_checked_one_by_one_with_place_and_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let good = file(&folder, "good.json", r#"{"resourceType":"Patient","birthDate":"1990-03"}"#);
    let bad = file(&folder, "bad.json", r#"{"resourceType":"Patient","birthDate":"03.1990","gender":"f"}"#);
    let unread =
        file(&folder, "unread.json", r#"{"resourceType":"Patient","gender":"male","gender":"female"}"#);
    assert_eq!(validate(0, &[&good])[0]["valid"], true);
    let verdicts = validate(1, &[&good, &bad, &unread]);
    assert_eq!(verdicts[0]["valid"], true);
    assert_eq!(verdicts[1]["issues"].as_array().unwrap().len(), 2);
    assert_eq!(verdicts[1]["issues"][0]["path"], "Patient.birthDate");
    let problem = verdicts[2]["issues"][0]["problem"].as_str().unwrap();
    assert!(problem.contains("Patient.gender is there twice"), "{problem}");
    let told = text(&bithive(&["fhir", "validate", &bad]).output().unwrap());
    assert!(told.contains("Patient.gender: \"f\" is not in the value set"), "{told}");
    assert!(refused(&["fhir", "validate", "nowhere.json"]).contains("nowhere.json"));
    assert!(refused(&["fhir", "validate"]).contains("<FILE>"));
}

#[test]
fn a_settled_job_becomes_a_report_that_holds_to_fhir() {
    let network = Network::with_nodes(3);
    network.post();
    network.json(&["node", "once"]);
    network.json(&["job", "assign", "1", "--from", "alice"]);
    let early =
        network.refused(&["fhir", "report", "--job", "1", "--subject", "Patient/12", "--from", "alice"]);
    assert!(early.contains("once it is Settled"), "{early}");
    network.json(&["node", "once"]);

    let report = ["fhir", "report", "--job", "1", "--from", "alice", "--subject"];
    let unsaid = network.refused(&[&report[..], &["Patient/12"]].concat());
    assert!(unsaid.contains("--row"), "{unsaid}");
    let beyond = network.refused(&[&report[..], &["Patient/12", "--row", "2"]].concat());
    assert!(beyond.contains("has 2 rows, numbered from 0"), "{beyond}");
    let other = network.refused(&[&report[..], &["Practitioner/12", "--row", "1"]].concat());
    assert!(other.contains("DiagnosticReport") || other.contains("expected a Patient"), "{other}");
    let manifest = network.file(
        "other.json",
        json!({ "name": "a", "blake3": "00", "output": { "name": "logit", "meaning": "b" } }).to_string(),
    );
    let model =
        network.refused(&[&report[..], &["Patient/12", "--row", "1", "--manifest", &manifest]].concat());
    assert!(model.contains("the manifest is of the model 00"), "{model}");

    let out = network.file("report.json", "");
    std::fs::remove_file(&out).unwrap();
    network.json(
        &[&report[..], &["Patient/12", "--row", "1", "--effective", "2026-03", "--out", &out]].concat(),
    );
    let written: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let entries = written["entry"].as_array().unwrap();
    let kinds: Vec<_> =
        entries.iter().map(|entry| entry["resource"]["resourceType"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["DiagnosticReport", "Observation", "Provenance"]);
    assert_eq!(entries[0]["resource"]["status"], "preliminary");
    assert_eq!(
        entries[1]["resource"]["code"],
        json!({ "text": "log-odds of malignant" }),
        "no code is made up"
    );
    assert_eq!(entries[2]["resource"]["agent"].as_array().unwrap().len(), 3);
    assert_eq!(validate(0, &[&out])[0]["resource"], "Bundle");
    let again = network.refused(&[&report[..], &["Patient/12", "--row", "1", "--out", &out]].concat());
    assert!(again.contains("it is there already"), "{again}");
}
