//! FHIR documents, as a user checks and writes them.

use crate::common::{Network, POLICY, bithive, json as run, path, refused, text};
use serde_json::{Value, json};

const DIGITS: [&str; 2] = ["../../models/digits.onnx", "../../data/digits/holdout.bhim"];
const PHANTOMS: [&str; 2] = ["../../models/phantoms.onnx", "../../data/phantoms/holdout.bhim"];

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

/// A network whose job 1, over these images of a file, is settled by a quorum of three nodes.
fn settled([model, input]: [&str; 2], images: &[&str]) -> Network {
    let network = Network::with_nodes(3);
    let terms = ["job", "post", "--from", "alice", "--policy", POLICY, "--price", "20"];
    let images: Vec<&str> = images.iter().flat_map(|image| ["--row", image]).collect();
    network.json(&[&terms[..], &["--model", model, "--input", input], &images].concat());
    network.json(&["node", "once"]);
    network.json(&["job", "assign", "1", "--from", "alice"]);
    network.json(&["node", "once"]);
    assert_eq!(network.phase(1), "settled");
    let job = network.json(&["job", "status", "1"]);
    let agreed = job["workers"].as_array().unwrap().iter().filter(|worker| worker["in_quorum"] == true);
    assert_eq!(agreed.count(), 3);
    network
}

/// The report of job 1, which holds to FHIR.
fn reported(network: &Network, more: &[&str]) -> Vec<Value> {
    let out = network.file("report.json", "");
    std::fs::remove_file(&out).unwrap();
    let report =
        ["fhir", "report", "--job", "1", "--from", "alice", "--subject", "Patient/12", "--out", &out];
    network.json(&[&report[..], more].concat());
    assert_eq!(validate(0, &[&out])[0]["resource"], "Bundle");
    let written: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    let entries = written["entry"].as_array().unwrap();
    entries.iter().map(|entry| entry["resource"].clone()).collect()
}

#[test]
fn images_go_through_nodes_to_a_quorum_and_their_classes_into_a_report() {
    let network = settled(DIGITS, &["4", "9"]);
    let result = network.json(&["job", "result", "1", "--from", "alice", "--model", DIGITS[0]]);
    let alone = run(&["predict", "--model", DIGITS[0], "--input", DIGITS[1], "--row", "4", "--row", "9"]);
    let classes = |answers: &Value| -> Vec<String> {
        let answers = answers.as_array().unwrap().iter();
        answers.map(|answer| answer["class"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(classes(&result["rows"]), classes(&alone["answers"]));

    let report = ["fhir", "report", "--job", "1", "--from", "alice", "--subject", "Patient/12"];
    let rows =
        network.refused(&[&report[..], &["--row", "0", "--manifest", "../../models/digits.json"]].concat());
    assert!(rows.contains("the model digits reads images; name its file with --model"), "{rows}");
    let unsaid = network.refused(&[&report[..], &["--model", DIGITS[0]]].concat());
    assert!(unsaid.contains("the job has 2 images; say by --row"), "{unsaid}");
    let other = network.refused(&[&report[..], &["--image", "0", "--model", PHANTOMS[0]]].concat());
    assert!(other.contains("this file is 0f2a6cce"), "{other}");
    let uid = ["--image", "0", "--model", DIGITS[0], "--study-uid", "2.25.017"];
    let uid = network.refused(&[&report[..], &uid].concat());
    assert!(uid.contains("\"2.25.017\" is no DICOM UID"), "{uid}");

    let written =
        reported(&network, &["--image", "0", "--image", "1", "--model", DIGITS[0], "--study-uid", "2.25.17"]);
    assert_eq!(written.len(), 4, "a report, two observations, a provenance");
    for (observation, class) in written[1..3].iter().zip(classes(&alone["answers"])) {
        assert_eq!(observation["valueCodeableConcept"]["text"], class);
        assert_eq!(observation["component"].as_array().unwrap().len(), 10);
        let study = &observation["derivedFrom"][0]["identifier"];
        assert_eq!((&study["system"], &study["value"]), (&"urn:dicom:uid".into(), &"urn:oid:2.25.17".into()));
    }
    assert_eq!(written[3]["agent"].as_array().unwrap().len(), 3);
}

#[test]
fn a_mask_becomes_an_area_in_square_millimetres_and_not_thousands_of_rows() {
    let network = settled(PHANTOMS, &["1"]);
    let alone = run(&["predict", "--model", PHANTOMS[0], "--input", PHANTOMS[1], "--row", "1"]);
    let pixels = alone["answers"][0]["areas"][0]["pixels"].as_u64().unwrap();
    assert!(pixels > 0, "there is a lesion");
    let written = reported(&network, &["--model", PHANTOMS[0], "--images", PHANTOMS[1]]);
    assert_eq!(written.len(), 3, "one observation for one image");
    let area = &written[1]["valueQuantity"];
    assert_eq!((&area["code"], &area["system"]), (&"mm2".into(), &"http://unitsofmeasure.org".into()));
    // Two by two millimetres.
    assert_eq!(area["value"].as_f64().unwrap(), 4.0 * pixels as f64);
    assert_eq!(written[1]["code"], json!({ "text": "Area of lesion" }));
    let written = reported(&network, &["--model", PHANTOMS[0]]);
    let count = &written[1]["valueQuantity"];
    assert_eq!((&count["value"], count.get("code")), (&pixels.into(), None), "no unit is made up");
}
