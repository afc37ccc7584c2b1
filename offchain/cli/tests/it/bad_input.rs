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
        (csv("semicolons.csv", HOLDOUT.replace(',', ";")), "found semicolons; save the table with commas"),
        (
            csv("quote.csv", format!("{header}\n\"{row}\n{row}\n")),
            "line 2: a quote (\") is opened and never closed",
        ),
        (csv("headless.csv", format!("{row}\n{row}\n")), "add a line with a name for each column above them"),
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
        (post(&["--price", "0"]), "--price is 0 BTT; expected more than 0 BTT"),
        (post(&["--price", "-1"]), "'--price <PRICE>': -1 is below 0; expected an amount like 12 or 12.5"),
        (post(&["--price", &"9".repeat(40)]), "more than there can ever be of any token"),
        (post(&["--price", "340282366920938463463374607431768"]), "BTT for each of 3 workers"),
        (
            post(&["--price", "400"]),
            "holds 900 BTT; expected at least 1,200 BTT, which is --price 400 BTT for each of 3 workers",
        ),
        (post(&["--assign-seconds", "0"]), "--assign-seconds is 0; expected 30 to 86400"),
        (post(&["--assign-seconds", "86500"]), "--assign-seconds is 86500; expected 30 to 86400"),
        (post(&["--commit-seconds", "1"]), "--commit-seconds is 1; expected 30 to 86400"),
        (post(&["--model-owner", "nobody"]), "model_owner"),
        (post(&["--data-owner", "nobody"]), "data_owner"),
    ];
    all_refused(&network, &cases);
}

/// The attack: a policy, or a file, that somebody has sent writes to the terminal of who checks it.
#[test]
fn control_characters_of_the_input_are_not_printed() {
    let clear = "\u{1b}[2J\u{9b}2J\r\u{7}\u{7f}\u{202e}";
    for (text, column) in [(format!("{clear}vram >= 16"), 1), (format!("vram >=\n {clear}"), 10)] {
        let error = refused(&["policy", "check", &text]);
        assert!(error.contains(&format!("column {column}: ")), "{error}");
        let hostile = |c: char| c != '\n' && (c.is_control() || c == '\u{202e}');
        assert!(!error.contains(hostile), "{error:?}");
        // The mark is below what is wrong.
        let lines: Vec<&str> = error.trim_end().lines().collect();
        let [.., line, mark] = lines[..] else { panic!("{error}") };
        assert_eq!(mark.trim_end().chars().count(), 2 + column);
        assert_eq!(line.chars().nth(1 + column), Some('\u{241b}'), "{line}");
    }
    let network = Network::with_nodes(0);
    let file = network.file("escape.csv", format!("{clear},b\n1,2\n"));
    let error = network
        .refused(&["job", "post", "--from", "alice", "--policy", POLICY, "--price", "20", "--input", &file]);
    assert!(!error.contains(|c: char| c != '\n' && c.is_control()), "{error:?}");
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
        (
            words("wallet send --from alice --to operator --amount 1001"),
            "--amount is 1,001 BTT; alice holds 900 BTT",
        ),
        (words("wallet send --from alice --to operator --amount -1"), "-1 is below 0"),
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
fn who_has_no_money_is_told_how_to_get_it() {
    let network = Network::with_nodes(0);
    network.json(&["wallet", "new", "bob"]);
    let error = network.refused(&["requester", "register", "bob"]);
    assert!(error.contains("bob holds 0 BTT and 0 ubee for fees; expected at least 100 BTT"), "{error}");
    assert!(error.contains("`bithive wallet fund bob --amount 100`"), "{error}");
    let address = network.json(&["wallet", "show", "bob"])["address"].as_str().unwrap().to_owned();
    let error = network.refused(&["wallet", "withdraw", "bob"]);
    assert!(error.contains(&format!("`bithive wallet fund {address} --amount 0`")), "{error}");
    // The remedies are commands that work.
    network.json(&["wallet", "fund", &address, "--amount", "0"]);
    let error = network.refused(&["requester", "register", "bob"]);
    assert!(error.contains("`bithive wallet fund bob --amount 100`"), "{error}");
    network.json(&["wallet", "fund", "bob", "--amount", "100"]);
    network.json(&["requester", "register", "bob"]);
}

#[test]
fn what_a_contract_refuses_is_said_without_its_address() {
    let network = Network::with_nodes(0);
    network.post();
    let deployment = std::fs::read(network.home().join("deployment.json")).unwrap();
    let deployment: serde_json::Value = serde_json::from_slice(&deployment).unwrap();
    let market = deployment["contracts"]["jobs"].as_str().unwrap().to_owned();
    for arguments in
        [&["job", "advance", "1"][..], &["job", "cancel", "1", "--from", "operator"], &["job", "status", "9"]]
    {
        let error = network.refused(arguments);
        assert!(error.contains("the contract "), "{error}");
        assert!(!error.contains(&market) && !error.contains("message 0"), "{error}");
    }
    let early = network.refused(&["job", "advance", "1"]);
    assert!(early.contains("the contract refuses: job 1 is Open until"), "{early}");
}

#[test]
fn a_requester_needs_a_name_or_a_configuration_and_not_both() {
    let both = ["job", "result", "1", "--from", "alice", "--config", "requester.toml"];
    assert!(refused(&both).contains("cannot be used with"));
    for neither in [&["job", "result", "1"][..], &["job", "claims", "1"], &["wallet", "withdraw"]] {
        let error = refused(neither);
        assert!(error.contains("--config"), "{error}");
    }
    let error = refused(&["job", "resume", "--config", "requester.toml"]);
    assert!(error.contains("<JOB_ID|--all>") || error.contains("JOB_ID"), "{error}");
    assert!(refused(&["job", "list", "--config", "nowhere.toml"]).contains("nowhere.toml"));
}

#[test]
fn a_folder_without_a_network_says_how_to_make_one() {
    let folder = tempfile::tempdir().unwrap();
    let error = refused(&["--home", folder.path().to_str().unwrap(), "wallet", "list"]);
    assert!(error.contains("chain init"), "{error}");
}
