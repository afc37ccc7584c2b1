//! Bad input is an error that names the field and what is expected, and changes nothing.

use crate::common::{Network, POLICY, refused};

const FIXTURES: &str = "../parties/inference/tests/fixtures/";
const HOLDOUT: &str = include_str!("../../../../data/wdbc/holdout.csv");

/// Each case is refused with words that name it, and the chain is as it was.
fn all_refused(network: &Network, cases: &[(Vec<String>, &str)]) {
    let before = network.json(&["chain", "status"]);
    for (arguments, named) in cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let error = network.refused(&arguments);
        assert!(error.contains(named), "{arguments:?}\n  said: {error}\n  expected: {named}");
    }
    assert_eq!(network.json(&["chain", "status"]), before, "a refused command changed the chain");
}

fn post(extra: &[&str]) -> Vec<String> {
    let mut arguments = vec!["job", "post", "--from", "alice"];
    if !extra.contains(&"--policy") {
        arguments.extend(["--policy", POLICY]);
    }
    if !extra.contains(&"--price") {
        arguments.extend(["--price", "20"]);
    }
    arguments.extend(extra);
    arguments.into_iter().map(Into::into).collect()
}

#[test]
fn tables_and_models() {
    let network = Network::with_nodes(0);
    let (header, row) = (HOLDOUT.lines().next().unwrap(), HOLDOUT.lines().nth(1).unwrap());
    let csv = |name: &str, content: String| post(&["--input", &network.file(name, content)]);
    let cell = row.split(',').next().unwrap();
    let many = std::iter::repeat_n(row, 10_001).collect::<Vec<_>>().join("\n");
    let model = |name: &str| post(&["--model", &format!("{FIXTURES}{name}")]);
    let cases = [
        (csv("empty.csv", String::new()), "empty"),
        (csv("no_rows.csv", format!("{header}\n")), "1 to 10000 rows"),
        (csv("short.csv", format!("{header}\n1,2,3\n")), "expected 31"),
        (csv("nan.csv", format!("{header}\n{}\n", row.replacen(cell, "NaN", 1))), "row 1"),
        (csv("word.csv", format!("{header}\n{}\n", row.replacen(cell, "wide", 1))), "row 1"),
        (csv("many.csv", format!("{header}\n{many}\n")), "10000"),
        (csv("huge.csv", "x".repeat((16 << 20) + 1)), "at most 16777216"),
        (csv("columns.csv", "a,b\n1,2\n".into()), "30"),
        (model("rank_three_input.onnx"), "expected"),
        (model("unsupported_operator.onnx"), "operator"),
        (post(&["--model", &network.file("text.onnx", "not a model")]), "ONNX"),
    ];
    all_refused(&network, &cases);
}

#[test]
fn policies_and_terms() {
    let network = Network::with_nodes(0);
    let cases = [
        (post(&["--policy", "ram >= 16"]), "ram"),
        (post(&["--policy", "vram >= 17"]), "[8, 12, 16, 24, 48, 80]"),
        (post(&["--policy", "any 3 of (gdpr, hipaa)"]), "expected 1 to 2"),
        (post(&["--policy", "region in (mars)"]), "mars"),
        (post(&["--policy", "vram >="]), "column"),
        (post(&["--workers", "2", "--quorum", "3"]), "quorum"),
        (post(&["--workers", "4", "--quorum", "2"]), "quorum"),
        (post(&["--workers", "17", "--quorum", "9"]), "workers"),
        (post(&["--price", "0"]), "price"),
        (post(&["--assign-seconds", "0"]), "assign_by"),
        (post(&["--assign-seconds", "86500"]), "assign_by"),
        (post(&["--commit-seconds", "1"]), "commit_seconds"),
        (post(&["--model-owner", "nobody"]), "model_owner"),
        (post(&["--data-owner", "nobody"]), "data_owner"),
    ];
    all_refused(&network, &cases);
}

#[test]
fn parties_and_amounts() {
    let network = Network::with_nodes(1);
    let words = |text: &str| text.split(' ').map(Into::into).collect::<Vec<String>>();
    let node = |extra: &str| words(&format!("node add n2 --ask 5 {extra}"));
    let all = "--set vram=24 --set region=eu --set certifications=gdpr";
    let cases = [
        (node("--set vram=24 --set region=eu"), "certifications"),
        (node(&format!("{all} --set colour=red")), "colour"),
        (node("--set vram=many --set region=eu --set certifications="), "whole number"),
        (node("--set vram=24 --set region=mars --set certifications="), "mars"),
        (node(&format!("{all} --slot 9")), "slot"),
        (words("wallet new ../alice"), "is not a name"),
        (words("wallet new alice"), "already"),
        (words("wallet new operator"), "already"),
        (words("wallet show bob"), "wallet new bob"),
        (words("wallet send --from alice --to operator --amount 1001"), "at most 900000000"),
        (words("job post --from bob --price 1 --policy vram>=8"), "bob"),
        (words("job status 1"), "1"),
        (words("job claims 7 --from alice"), "7"),
        (words("requester register alice --bond 99"), "--bond is 99 BTT; expected at least 100 BTT"),
        (words("node once n9"), "n9"),
        (words("chain init"), "not an empty folder"),
    ];
    let before = network.json(&["node", "list"]);
    for (arguments, named) in &cases {
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let error = network.refused(&arguments);
        assert!(error.contains(named), "{arguments:?}\n  said: {error}\n  expected: {named}");
    }
    assert_eq!(network.json(&["node", "list"]), before);
    assert_eq!(network.json(&["chain", "status"])["conserved"], true);
}

#[test]
fn a_folder_without_a_network_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(&["--home", folder.path().to_str().unwrap(), "wallet", "list"]);
    assert!(error.contains("chain init"), "{error}");
}
