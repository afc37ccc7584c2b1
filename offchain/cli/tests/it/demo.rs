//! The demo tells the truth about a whole job.

use crate::common::{json, refused};
use serde_json::Value;

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is not a number"))
}

#[test]
fn a_whole_job_runs_and_every_check_holds() {
    let demo = json(&["demo"]);
    assert_eq!(demo["ok"], true);
    assert!(demo["checks"].as_array().unwrap().len() >= 15);
    assert_eq!((number(&demo["matched"]), number(&demo["eligible"])), (5, 5));
    assert_eq!(demo["chosen"].as_array().unwrap().len(), 3);
    assert_eq!(number(&demo["header_bytes"]), 128);
    assert!(number(&demo["vault_bytes"]) <= 24 * number(&demo["vault_leaves"]) + 200);
    assert_eq!(number(&demo["decrypt_refused"]), number(&demo["decrypt_attempts"]));
    assert_eq!(number(&demo["quorum"]), 2);
    assert_eq!(demo["slashed"].as_array().unwrap().len(), 1);
    assert_eq!(number(&demo["rows"]), 114);
    assert!(demo["accuracy"].as_f64().unwrap() > 0.9);
    assert_eq!(number(&demo["paid"]) + number(&demo["refunded"]), number(&demo["escrow"]));
    assert_eq!(number(&demo["minted"]) - number(&demo["burnt"]), number(&demo["balances_total"]));
    for step in ["register_node", "post", "assign", "commit", "finalize", "withdraw"] {
        assert!(number(&demo["gas"][step]["gas"]) > 0, "{step}");
    }
    for step in ["register_node", "assign", "finalize"] {
        let share = demo["gas"][step]["bls_share"].as_f64().unwrap();
        assert!(share > 0.0 && share < 1.0, "{step}: {share}");
        assert!(number(&demo["gas"][step]["bls_gas"]) < number(&demo["gas"][step]["gas"]), "{step}");
    }
    assert_eq!(demo["gas"]["commit"]["bls_gas"], 0);
    assert_eq!(demo["chain"], "bithive-local-1");
    assert!(demo["stage_ms"].as_object().unwrap().len() >= 8);
    let lie = &demo["dishonest_requester"];
    assert_eq!((lie["accomplices"].as_array().unwrap().len(), lie["victim"].as_str()), (2, Some("node-1")));
    assert!(number(&lie["harmed"]) > 0 && number(&lie["spent"]) > number(&lie["harmed"]), "{lie}");
    let curious = &demo["curious"];
    // Those with 16 GiB or more: the condition that the vault was committed to.
    let [first, second, third] = [0, 1, 2].map(|key| number(&curious["claims_by_key"][key]));
    assert_eq!((first, second, third), (number(&curious["claims"]), 0, 0), "{curious}");
    assert!(first >= 5, "{curious}");
    let copies = curious["copies"].as_array().unwrap();
    assert_eq!(copies.len(), 3);
    assert!(copies.iter().all(|copy| copy["opened"] == 0 && copy["tried"] == 8), "{curious}");
    assert_eq!(demo["refused_registrations"].as_array().unwrap().len(), 3);
}

#[test]
fn a_study_goes_from_a_scanner_to_a_report_and_every_check_holds() {
    let demo = json(&["demo", "--imaging"]);
    let checks = demo["checks"].as_array().unwrap();
    let failed: Vec<_> = checks.iter().filter(|check| check["ok"] != true).collect();
    assert!(failed.is_empty(), "{failed:?}");
    assert_eq!(demo["ok"], true);
    for name in [
        "each object is on disk when the scanner hears of success",
        "what the gateway has on disk names nobody",
        "no identifying value is left",
        "the pixels are those of the scanner",
        "no job is posted under a consent that is not on the chain",
        "the consent is on the chain",
        "a quorum agrees",
        "the answer is what the model says here",
        "the patient sees the job",
        "the report holds to FHIR R4",
        "the report names nobody",
        "no job is assigned after the consent is withdrawn",
        "the pixels are nowhere in the open",
    ] {
        assert!(checks.iter().any(|check| check["name"] == name), "{name} is not checked");
    }
    assert!(checks.len() >= 24, "{}", checks.len());
    assert_eq!((number(&demo["objects"]), demo["chosen"].as_array().unwrap().len()), (3, 3));
    assert!(number(&demo["quorum"]) >= number(&demo["quorum_needed"]));
    let answers = demo["answers"].as_array().unwrap();
    assert_eq!(answers.len(), 3);
    // The report that is printed is one that anybody's check takes.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    std::fs::write(&file, demo["report"].to_string()).unwrap();
    let verdicts = json(&["fhir", "validate", file.to_str().unwrap()]);
    assert_eq!((&verdicts[0]["valid"], &verdicts[0]["resource"]), (&true.into(), &"Bundle".into()));
    let observation = &demo["report"]["entry"][1]["resource"];
    assert_eq!(observation["valueQuantity"]["code"], "mm2");
    let area = answers[0]["areas"][0]["square_millimetres"].as_f64().unwrap();
    assert!((observation["valueQuantity"]["value"].as_f64().unwrap() - area).abs() <= area / 1_000.0);
    let study = format!("urn:oid:{}", demo["study"].as_str().unwrap());
    assert_eq!(observation["derivedFrom"][0]["identifier"]["value"], study);
}

#[test]
fn equal_seeds_choose_and_pay_equally_and_other_seeds_do_not() {
    let facts = |seed: &str| {
        let demo = json(&["demo", "--seed", seed, "--row", "3"]);
        (demo["chosen"].clone(), demo["payments"].clone(), demo["slashed"].clone(), demo["paid"].clone())
    };
    assert_eq!(facts("7"), facts("7"));
    assert_ne!(facts("7").0, facts("8").0);
}

#[test]
fn the_header_does_not_grow_with_the_workers() {
    let demo = json(&["demo", "--nodes", "10", "--slots", "12", "--redundancy", "7"]);
    assert_eq!((demo["ok"].as_bool(), number(&demo["header_bytes"])), (Some(true), 128));
    assert_eq!((demo["chosen"].as_array().unwrap().len(), number(&demo["quorum"])), (7, 6));
}

#[test]
fn more_nodes_than_slots_of_a_group_form_groups_with_a_header_each() {
    let demo = json(&["demo", "--nodes", "20", "--slots", "6", "--seed", "3", "--row", "3"]);
    assert_eq!((demo["ok"].as_bool(), number(&demo["slots"]), number(&demo["groups"])), (Some(true), 6, 4));
    let headers = number(&demo["headers"]);
    assert!((2..=3).contains(&headers), "three workers, drawn over four groups: {headers}");
    assert_eq!(number(&demo["header_bytes"]), 128 * headers);
}

#[test]
fn a_user_chooses_rows_input_and_model() {
    let data = "../../data/wdbc/wdbc.csv";
    let model = "../../models/wdbc.onnx";
    let demo = json(&["demo", "--input", data, "--model", model, "--row", "0", "--row", "568"]);
    assert_eq!((demo["ok"].as_bool(), number(&demo["rows"])), (Some(true), 2));
    assert_eq!(demo["predictions"][0]["label"], "malignant");
}

#[test]
fn more_rows_than_words_are_projected_and_still_agree() {
    let data = "../../data/wdbc/wdbc.csv";
    let demo = json(&["demo", "--input", data]);
    assert_eq!((demo["ok"].as_bool(), number(&demo["rows"])), (Some(true), 569));
    assert_eq!(demo["slashed"].as_array().unwrap().len(), 1, "a cheat shows in the projection, too");
}

#[test]
fn arguments_out_of_bounds_name_the_argument() {
    for (arguments, named) in [
        (&["demo", "--redundancy", "2"][..], "--redundancy is 2; expected 3 to 16"),
        (&["demo", "--nodes", "5"], "--nodes is 5; expected at least redundancy + 3 = 6"),
        (&["demo", "--slots", "1"], "--slots is 1; expected 2 to 4096 slots of a group"),
        (&["demo", "--slots", "2", "--nodes", "3000"], "1500 groups of 2 slots; expected 1 to 1024 groups"),
        (&["demo", "--row", "114"], "--row: row index 114: expected less than 114"),
        (&["demo", "--input", "nowhere.csv"], "nowhere.csv"),
        (&["demo", "--imaging", "--network"], "--network"),
        (&["demo", "--imaging", "--input", "nowhere.csv"], "--input"),
    ] {
        let error = refused(arguments);
        assert!(error.contains(named), "{arguments:?}: {error}");
    }
}

#[test]
fn a_devnet_that_is_not_there_is_an_error_that_says_what_to_do() {
    let home = tempfile::tempdir().unwrap();
    let artifacts = "../../artifacts";
    let arguments = ["--home", home.path().to_str().unwrap(), "demo", "--chain", "devnet", "--artifacts"];
    // Where the wasm is not built, that is what is missing first.
    let error = refused(&[&arguments[..], &[artifacts]].concat());
    assert!(error.contains("bithive devnet up") || error.contains("scripts/wasm"), "{error}");
    let error = refused(&[&arguments[..], &["nowhere"]].concat());
    assert!(error.contains("nowhere") && error.contains("scripts/wasm"), "{error}");
    let error = refused(&["demo", "--chain", "devnet", "--network"]);
    assert!(error.contains("--network"), "{error}");
}

#[cfg(not(feature = "cuda"))]
#[test]
fn a_gpu_that_is_not_there_is_an_error_and_no_fall_back() {
    let error = refused(&["demo", "--device", "gpu"]);
    assert!(error.contains("gpu") && error.contains("cuda"), "{error}");
}
