//! The token economy by command: what can be claimed is one list, one command takes it, and what may not be done moves
//! nothing.

use crate::common::Network;
use serde_json::Value;

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;

fn words(text: &str) -> Vec<&str> {
    text.split(' ').collect()
}

fn run(network: &Network, text: &str) -> Value {
    network.json(&words(text))
}

fn advance(network: &Network, seconds: u64) {
    network.json(&["chain", "advance", "--seconds", &seconds.to_string()]);
}

/// Entries of the only wallet in an answer, by source.
fn of<'a>(answer: &'a Value, list: &str, source: &str) -> Vec<&'a Value> {
    let all = answer.as_array().unwrap();
    assert_eq!(all.len(), 1, "{answer}");
    all[0][list].as_array().unwrap().iter().filter(|entry| entry["source"] == source).collect()
}

fn one<'a>(answer: &'a Value, list: &str, source: &str) -> &'a Value {
    let found = of(answer, list, source);
    assert_eq!(found.len(), 1, "{source} in {answer}");
    found[0]
}

/// Balances of a wallet: BTT, BTK, SKY.
fn balances(network: &Network, name: &str) -> [u64; 3] {
    let wallet = network.json(&["wallet", "show", name]);
    ["balance", "btk", "sky"].map(|token| wallet[token].as_u64().unwrap())
}

/// A network a day after its start, in which the operator has the application's BTK, of which alice, bob and node n1 were
/// sent some.
fn with_btk(nodes: usize) -> Network {
    let network = Network::with_nodes(nodes);
    run(&network, "wallet new bob");
    run(&network, "wallet fund bob --amount 10");
    // On the first day what the owner sets takes effect at once.
    run(&network, "chain model --credits 100");
    advance(&network, DAY);
    let claims = run(&network, "wallet claim operator");
    let taken = one(&claims, "taken", "emissions_application")["amount"].as_u64().unwrap();
    // A fifth of 15 % of 500,000 a day; the first seconds are before the start.
    assert!(taken > 14_900 * UNIT && taken < 15_100 * UNIT, "{taken}");
    assert_eq!(balances(&network, "operator")[1], taken);
    for to in ["alice", "bob"].into_iter().chain((nodes > 0).then_some("node:n1")) {
        run(&network, &format!("wallet send --from operator --to {to} --amount 1000 --token btk"));
    }
    network
}

/// The operator takes what is due at once of the SKY that are locked for it.
fn take_sky(network: &Network) {
    assert_eq!(balances(network, "operator")[2], 0, "a new network has locked all");
    let claims = run(network, "wallet claim operator");
    assert_eq!(of(&claims, "taken", "vesting").len(), 3, "ecology, community, research");
    assert_eq!(balances(network, "operator")[2], 4_000_000_000 * UNIT);
}

#[test]
fn all_sky_of_a_new_network_are_locked_for_its_operator() {
    let network = Network::with_nodes(0);
    take_sky(&network);
    let list = run(&network, "vesting list operator");
    let positions = list[0]["positions"].as_array().unwrap();
    let told: Vec<_> = positions.iter().map(|at| (&at["named"], &at["total"], &at["vested"])).collect();
    let line = |named: &str, millions: u64, vested: u64| {
        let units = |millions: u64| Value::from((millions * 1_000_000 * UNIT).to_string());
        (Value::from(named), units(millions), units(vested))
    };
    let expected = [
        line("mining", 8_000, 0),
        line("team", 2_000, 0),
        line("ecology", 4_000, 2_000),
        line("private-placement", 2_000, 0),
        line("ecology", 3_000, 1_500),
        line("ecology", 1_000, 500),
    ];
    assert_eq!(
        told,
        expected.iter().map(|(named, total, vested)| (named, total, vested)).collect::<Vec<_>>()
    );
    advance(&network, DAY);
    let claims = run(&network, "wallet claim operator");
    // A day of 7,300 of mining.
    assert_eq!(one(&claims, "taken", "vesting")["amount"], 8_000_000_000 * UNIT / 7_300);
}

#[test]
fn everything_that_is_due_is_one_list_and_one_command_takes_it() {
    let network = with_btk(0);
    run(&network, "stake bond --from bob --amount 400 --tera 4 --commission-bps 1000");
    run(&network, "stake delegate --from alice --node bob --amount 100");
    let reward = run(&network, "stake reward --from operator --node bob --amount 80");
    assert_eq!(reward["commission"], 8 * UNIT);
    let unbonding = run(&network, "stake unbond --from alice --node bob --amount 25");
    assert_eq!(unbonding["amount"], 25 * UNIT);
    let made = "vesting create --from operator --to alice --amount 1000 --token sky --schedule ecology";
    assert_eq!(run(&network, made)["amount"], 1_000 * UNIT);
    let job = network.post();
    network.json(&["job", "cancel", &job.to_string(), "--from", "alice"]);

    let list = run(&network, "wallet claimable alice");
    assert_eq!(list[0]["complete"], true);
    assert_eq!(one(&list, "entries", "job_market")["amount"], 60 * UNIT);
    let position = one(&list, "entries", "vesting");
    assert_eq!((&position["token"], &position["amount"]), (&"SKY".into(), &(500 * UNIT).into()));
    assert_eq!(position["later"]["amount"], 500 * UNIT);
    let stake = one(&list, "entries", "staking_unbonded");
    assert_eq!((&stake["amount"], &stake["later"]["amount"]), (&0.into(), &(25 * UNIT).into()));
    assert_eq!(stake["later"]["at"], unbonding["until"]);

    advance(&network, 21 * DAY);
    let list = run(&network, "wallet claimable alice");
    // 72 of 80 after the commission, over seven days, in which alice has 75 of 475; a few seconds of them with 100 of 500.
    let rewards = one(&list, "entries", "staking_rewards")["amount"].as_u64().unwrap();
    assert!((11_368_400..=11_370_000).contains(&rewards), "{rewards}");
    let before = balances(&network, "alice");
    let claims = run(&network, "wallet claim alice");
    assert_eq!(claims[0]["transactions"].as_array().unwrap().len(), 1);
    assert_eq!(claims[0]["refused"].as_array().unwrap().len(), 0);
    for source in ["job_market", "vesting", "staking_unbonded", "staking_rewards"] {
        let (listed, taken) = (one(&list, "entries", source), one(&claims, "taken", source));
        assert_eq!((&listed["amount"], &listed["what"]), (&taken["amount"], &taken["what"]), "{source}");
    }
    let after = balances(&network, "alice");
    assert_eq!([after[0] - before[0], after[2] - before[2]], [60 * UNIT, 500 * UNIT]);
    assert_eq!(after[1] - before[1], 25 * UNIT + rewards);
    for (token, (before, after)) in ["BTT", "BTK", "SKY"].into_iter().zip(before.into_iter().zip(after)) {
        assert_eq!(claims[0]["received"][token], after - before, "{token}");
    }

    let status = run(&network, "chain status");
    let again = run(&network, "wallet claim alice");
    assert_eq!(again[0]["transactions"], Value::Array(vec![]));
    assert_eq!(again[0]["taken"], Value::Array(vec![]));
    assert_eq!(run(&network, "chain status"), status, "nothing due is no transaction");
    let left = run(&network, "wallet claimable alice");
    assert_eq!(one(&left, "entries", "vesting")["later"]["amount"], 500 * UNIT);
    assert_eq!(left[0]["entries"].as_array().unwrap().len(), 1);
}

#[test]
fn work_of_a_node_is_claimed_for_all_accounts_at_once() {
    let network = with_btk(3);
    run(&network, "stake bond --from node:n1 --amount 400 --tera 4");
    network.post();
    network.json(&["node", "once"]);
    network.json(&["job", "assign", "1", "--from", "alice"]);
    network.json(&["node", "once"]);
    run(&network, "node unbond n2");
    let early = run(&network, "wallet claimable node:n2");
    assert_eq!(one(&early, "entries", "registry_bond")["later"]["amount"], 1_000 * UNIT);
    advance(&network, 14 * DAY);
    let work = |name: &str| {
        let list = run(&network, &format!("wallet claimable {name}"));
        let entry = one(&list, "entries", "emissions");
        (entry["amount"].as_u64().unwrap(), entry["later"]["amount"].as_u64().unwrap())
    };
    let ((pledged, rest), (other, _)) = (work("node:n1"), work("node:n3"));
    assert!(pledged > 0 && rest > pledged, "20 % at once, the rest in daily parts");
    // Without a pledge half of the work counts.
    assert!(pledged.abs_diff(2 * other) <= 2, "{pledged}, {other}");

    let everybody = run(&network, "wallet claimable");
    let names: Vec<_> = everybody.as_array().unwrap().iter().map(|listed| &listed["name"]).collect();
    assert_eq!(
        names,
        ["operator", "treasury", "incentive-pool", "alice", "bob", "node:n1", "node:n2", "node:n3"]
    );
    let claims = run(&network, "wallet claim --all");
    let named = |name: &str| {
        let claimed = claims.as_array().unwrap().iter().find(|claimed| claimed["name"] == name);
        Value::Array(vec![claimed.unwrap().clone()])
    };
    assert_eq!(one(&named("node:n1"), "taken", "emissions")["amount"], pledged);
    // Nodes have taken their pay by themselves; of 60 in escrow, asks of 11, 12 and 13 are not the requester's.
    assert_eq!(one(&named("alice"), "taken", "job_market")["amount"], 24 * UNIT);
    assert_eq!(one(&named("node:n2"), "taken", "registry_bond")["amount"], 1_000 * UNIT);
    for claimed in claims.as_array().unwrap() {
        assert_eq!(
            (&claimed["refused"], &claimed["error"]),
            (&Value::Array(vec![]), &Value::Null),
            "{claimed}"
        );
    }
}

#[test]
fn an_account_without_coins_for_fees_holds_up_no_other() {
    let network = Network::with_nodes(0);
    take_sky(&network);
    let dave = run(&network, "wallet new dave");
    for to in ["alice", dave["address"].as_str().unwrap()] {
        let lock =
            format!("vesting create --from operator --to {to} --amount 8 --token sky --schedule ecology");
        run(&network, &lock);
    }
    assert!(network.refused(&["wallet", "claim", "dave"]).contains("has never had coins"));
    let home = crate::common::path(&network.home());
    let arguments = network.arguments(&home, &["wallet", "claim", "--all", "--json"]);
    let output = crate::common::bithive(&arguments).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", crate::common::text(&output));
    let claims: Value = serde_json::from_slice(&output.stdout).unwrap();
    let named = |name: &str| {
        let mut all = claims.as_array().unwrap().iter();
        all.find(|claimed| claimed["name"] == name).unwrap().clone()
    };
    assert!(named("dave")["error"].as_str().unwrap().contains("has never had coins"));
    assert_eq!(named("alice")["received"]["SKY"], 4 * UNIT);
    assert_eq!(balances(&network, "alice")[2], 4 * UNIT);
    // Anybody may send the message for dave.
    let list = run(&network, "wallet claimable dave");
    let position = one(&list, "entries", "vesting")["what"].as_str().unwrap().to_owned();
    network.json(&["vesting", "claim", &position, "--from", "alice"]);
    assert_eq!(balances(&network, "dave")[2], 4 * UNIT);
}

#[test]
fn stakes_compound_unbond_and_change_their_terms() {
    let network = with_btk(0);
    let bond = run(&network, "stake bond --from bob --amount 300 --tera 4");
    assert_eq!(bond["amount"], 300 * UNIT);
    let pool = run(&network, "stake pool bob");
    assert_eq!((&pool["pledge"], &pool["required"]), (&"300000000".into(), &"400000000".into()));
    assert_eq!(pool["earning_bps"], 5_000, "the pledge is too small");
    run(&network, "stake bond --from bob --amount 100");
    assert_eq!(run(&network, "stake commission --from bob 2000")["commission_bps"], 2_000);
    run(&network, "stake capacity --from bob 8");
    let pool = run(&network, "stake pool bob");
    assert_eq!((&pool["tera"], &pool["required"]), (&8.into(), &"800000000".into()));
    assert_eq!(pool["locks"].as_array().unwrap().len(), 2);
    run(&network, "stake delegate --from alice --node bob --amount 400");
    run(&network, "stake reward --from operator --node bob --amount 100");
    // Due over seven days.
    advance(&network, 7 * DAY);
    let compounded = run(&network, "stake compound --from alice --node bob");
    assert_eq!(compounded["compounded"], true);
    let stakes = run(&network, "stake list alice bob");
    let grown: u64 = stakes[0]["stakes"][0]["stake"].as_str().unwrap().parse().unwrap();
    assert!((439_999_999..=440_000_000).contains(&grown), "{grown}");
    assert_eq!(stakes[0]["voting_power"], stakes[0]["stakes"][0]["stake"]);
    assert_eq!(stakes[1]["pool"]["tera"], 8);
    let before = balances(&network, "bob");
    let claimed = run(&network, "stake claim --from bob");
    assert_eq!(balances(&network, "bob")[1] - before[1], claimed["amount"].as_u64().unwrap());
    let unbonding = run(&network, "stake undelegate --from alice --node bob");
    assert_eq!(unbonding["amount"], grown);
    let id = unbonding["id"].to_string();
    advance(&network, 21 * DAY);
    // Anybody may send the message; the stake is alice's.
    let before = balances(&network, "alice");
    network.json(&["stake", "withdraw", &id, "--from", "bob"]);
    assert_eq!(balances(&network, "alice")[1] - before[1], grown);
    advance(&network, 540 * DAY);
    for lock in pool["locks"].as_array().unwrap() {
        network.json(&["stake", "unlock", "--from", "bob", &lock["id"].to_string()]);
    }
    // What a lock has let go can be locked again.
    let locked = run(&network, "stake lock --from bob --amount 100");
    assert_eq!(
        (&locked["shares"], run(&network, "stake pool bob")["pledge"].as_str()),
        (&(100 * UNIT).into(), Some("100000000"))
    );
    assert_eq!(run(&network, "stake unbond --from bob")["amount"], 300 * UNIT);
    assert!(network.refused(&words("stake lock --from bob")).contains("not locked"));
    assert!(network.refused(&words("stake lock --from alice --amount 1")).contains("has no stake"));
}

#[test]
fn a_position_is_made_listed_handed_on_and_taken_back() {
    let network = Network::with_nodes(0);
    take_sky(&network);
    run(&network, "wallet new bob");
    run(&network, "wallet fund bob --amount 1");
    let schedules = run(&network, "vesting schedules");
    let names: Vec<_> = schedules.as_array().unwrap().iter().map(|schedule| &schedule["name"]).collect();
    assert_eq!(names, ["contributor", "foundation", "team", "ecology", "mining", "private-placement"]);
    let create = |rest: &str| {
        let text = format!("vesting create --from operator --to alice --amount 1000 {rest}");
        run(&network, &text)["id"].to_string()
    };
    let team = create("--token sky --schedule team --revocable");
    let other = create("--token btt --schedule foundation --start 1000");
    let list = run(&network, "vesting list alice");
    let positions = list[0]["positions"].as_array().unwrap();
    assert_eq!((&positions[0]["named"], &positions[0]["symbol"]), (&"team".into(), &"SKY".into()));
    assert_eq!((&positions[0]["vested"], &positions[0]["due"]), (&"0".into(), &"0".into()));
    assert_eq!(positions[1]["due"], "1000000000", "a start that is past");
    advance(&network, 30 * DAY);
    // Anybody may send the message; the tokens are alice's.
    let before = balances(&network, "alice");
    assert_eq!(network.json(&["vesting", "claim", &team, "--from", "bob"])["amount"], 50 * UNIT);
    network.json(&["vesting", "claim", &other, "--from", "alice"]);
    let after = balances(&network, "alice");
    assert_eq!([after[0] - before[0], after[2] - before[2]], [1_000 * UNIT, 50 * UNIT]);
    advance(&network, 30 * DAY);
    network.json(&["vesting", "transfer", &team, "--from", "alice", "--to", "bob"]);
    assert_eq!(balances(&network, "alice")[2], after[2] + 50 * UNIT, "what was due");
    let list = run(&network, "vesting list bob");
    assert_eq!(list[0]["positions"][0]["claimed"], "100000000");
    let before = balances(&network, "operator");
    assert_eq!(network.json(&["vesting", "revoke", &team, "--from", "operator"])["amount"], 900 * UNIT);
    assert_eq!(balances(&network, "operator")[2] - before[2], 900 * UNIT);
    assert_eq!(run(&network, "vesting list bob")[0]["positions"], Value::Array(vec![]));
}

#[test]
fn a_patient_is_paid_once_two_roles_have_signed() {
    let network = Network::with_nodes(0);
    for name in ["clinic", "insurer"] {
        run(&network, &format!("wallet new {name}"));
        run(&network, &format!("wallet fund {name} --amount 0"));
    }
    run(&network, "rewards fund --from operator --amount 500");
    run(&network, "rewards party clinic --role clinician");
    run(&network, "rewards party insurer --role insurer");
    let all = run(&network, "rewards show");
    assert_eq!(all["parties"].as_array().unwrap().len(), 2);
    assert_eq!(all["budget"]["available"], "500000000");
    let report = network.file("report", "blood pressure: fine");
    let grant = ["rewards", "grant", "--from", "clinic", "--patient", "alice", "--activity", "check-up"];
    let grant = [&grant[..], &["--value", "300", "--evidence", &report]].concat();
    let proposal = network.json(&grant);
    assert_eq!(proposal["amount"], 300 * UNIT);
    let waiting = run(&network, "rewards proposals");
    assert_eq!(waiting["entries"].as_array().unwrap().len(), 1);
    assert!(network.refused(&grant).contains("evidence"), "a piece of evidence is rewarded once");
    let id = proposal["id"].to_string();
    assert!(network.refused(&["rewards", "approve", &id, "--from", "clinic"]).contains("Clinician"));
    assert!(network.refused(&["rewards", "approve", &id, "--from", "alice"]).contains("expected a party"));
    assert!(network.refused(&["rewards", "expire", &id, "--from", "alice"]).contains("still"));
    let before = balances(&network, "alice");
    assert_eq!(network.json(&["rewards", "approve", &id, "--from", "insurer"])["amount"], 300 * UNIT);
    assert_eq!(balances(&network, "alice")[0] - before[0], 300 * UNIT);
    let patient = run(&network, "rewards patient alice");
    assert_eq!((&patient["count"], &patient["today"]), (&1.into(), &"300000000".into()));
    run(&network, "rewards limits --patient-count 1 --patient-amount 600 --total-amount 600");
    assert_eq!(run(&network, "rewards return --amount 50")["amount"], 50 * UNIT);
    run(&network, "rewards party insurer --role none");
    let all = run(&network, "rewards show");
    assert_eq!(
        (&all["budget"]["available"], &all["config"]["limits"]["patient_count"]),
        (&"150000000".into(), &1.into())
    );
    assert_eq!(all["parties"].as_array().unwrap().len(), 1);
}

#[test]
fn what_may_not_be_done_is_an_error_with_a_reason_and_moves_nothing() {
    let network = with_btk(0);
    run(&network, "wallet new carol");
    run(&network, "wallet fund carol --amount 1");
    run(&network, "stake bond --from bob --amount 400 --tera 4");
    run(&network, "stake delegate --from alice --node bob --amount 100");
    run(&network, "stake unbond --from alice --node bob --amount 40");
    let made = run(
        &network,
        "vesting create --from operator --to alice --amount 10 --token sky --schedule private-placement",
    );
    let unbonding = run(&network, "stake list alice")[0]["unbonding"][0]["id"].to_string();
    let position = made["id"].to_string();
    let cases = [
        (format!("stake withdraw {unbonding} --from alice"), "or later"),
        ("stake unbond --from bob".into(), "is 0"),
        ("stake unbond --from bob --amount 1".into(), "not locked"),
        ("stake unbond --from alice --node bob --amount 61".into(), "expected at most that"),
        ("stake unbond --from alice --node bob --amount 0".into(), "--amount is 0"),
        ("stake unbond --from carol --node bob --amount 1".into(), "has no stake"),
        ("stake unlock --from bob 1".into(), "or later"),
        ("stake delegate --from alice --node bob --amount 0".into(), "is 0"),
        ("stake delegate --from alice --node carol --amount 1".into(), "not a registered node"),
        ("stake delegate --from bob --node bob --amount 1".into(), "pledge"),
        ("stake delegate --from carol --node bob --amount 1".into(), "at most 0"),
        ("stake claim --from carol --node bob".into(), "has no rewards"),
        ("stake compound --from carol --node bob".into(), "has no rewards"),
        ("stake commission --from bob 2001".into(), "expected 0 to 2000"),
        ("stake commission --from carol 100".into(), "not a registered node"),
        ("stake capacity --from bob 5".into(), "expected 4, 8 or 16"),
        ("stake bond --from carol --amount 1".into(), "--tera"),
        ("stake bond --from bob --amount 1 --tera 4".into(), "operates a node already"),
        ("stake pool carol".into(), "operates no node"),
        (format!("vesting claim {position} --from alice"), "nothing of position"),
        (format!("vesting transfer {position} --from carol --to carol"), "expected the owner of position"),
        (format!("vesting revoke {position} --from operator"), "is final"),
        ("vesting claim 999 --from alice".into(), "no position 999"),
        (
            "vesting create --from operator --to alice --amount 0 --token sky --schedule team".into(),
            "--amount is 0",
        ),
        (
            "vesting create --from operator --to alice --amount 1 --token sky --schedule founders".into(),
            "expected one of contributor",
        ),
        (
            "vesting create --from operator --to alice --amount 1 --token btc --schedule team".into(),
            "expected btt, btk or sky",
        ),
        ("vesting create --from carol --to alice --amount 5 --token sky --schedule team".into(), "at most 0"),
        ("rewards party carol --role auditor --from carol".into(), "owner"),
        ("rewards return --amount 1".into(), "the budget is 0 BTT; expected at least 1 BTT"),
        ("wallet send --from carol --to alice --amount 1 --token btk".into(), "carol holds 0 BTK"),
        ("wallet claim nobody".into(), "wallet new nobody"),
        ("wallet claim node:n9".into(), "node add n9"),
        ("wallet claim".into(), "--all"),
        ("wallet claimable nobody".into(), "wallet new nobody"),
    ];
    let before = (run(&network, "chain status"), run(&network, "wallet list"), run(&network, "stake list"));
    for (text, named) in &cases {
        let error = network.refused(&words(text));
        assert!(error.contains(named), "{text}\n  said: {error}\n  expected: {named}");
    }
    let after = (run(&network, "chain status"), run(&network, "wallet list"), run(&network, "stake list"));
    assert_eq!(after, before, "a refused command moved something");
}

#[test]
fn tables_say_whose_it_is_and_when() {
    let network = with_btk(0);
    run(&network, "stake bond --from bob --amount 400 --tera 4");
    run(&network, "stake delegate --from alice --node bob --amount 100");
    run(&network, "stake unbond --from alice --node bob --amount 25");
    run(&network, "vesting create --from operator --to alice --amount 1000 --token sky --schedule team");
    let home = crate::common::path(&network.home());
    let told = |text: &str| {
        let output = crate::common::bithive(&network.arguments(&home, &words(text))).output().unwrap();
        assert!(output.status.success(), "{}", crate::common::text(&output));
        String::from_utf8(output.stdout).unwrap()
    };
    for (text, expected) in [
        ("wallet claimable alice", vec!["unbonded stake", "25 BTK", "in 20 d 23 h", "1,000 SKY"]),
        ("wallet claim alice", vec!["nothing to claim"]),
        ("stake list", vec!["alice votes with 75 BTK", "bob operates 4 T", "100.00 %"]),
        ("stake pool bob", vec!["commission 0.00 %, at most 20.00 %", "in 539 d 23 h"]),
        ("vesting list alice", vec!["team", "1,000 SKY", "in 29 d 23 h"]),
        ("vesting schedules", vec!["20 steps of a month, the first after 12 months"]),
        ("rewards show", vec!["budget 0 BTT", "owner operator", "no account of this home is a party"]),
        ("rewards proposals", vec!["no proposal waits"]),
        (
            "wallet claim operator",
            vec!["emission for the application", "operator received", "one transaction"],
        ),
    ] {
        let said = told(text);
        for expected in expected {
            assert!(said.contains(expected), "{text}\n{said}\n  expected: {expected}");
        }
    }
}

#[test]
fn a_model_is_registered_challenged_ruled_on_and_given_up() {
    let network = Network::with_nodes(0);
    run(&network, "wallet new bob");
    for name in ["alice", "bob"] {
        run(&network, &format!("wallet fund {name} --amount 500"));
    }
    let registered = network.json(&["model", "register", "--from", "alice", "--text", "CC BY 4.0"]);
    assert_eq!(registered["bond"], 100 * UNIT);
    let show = || network.json(&["model", "show", "--all"])[0].clone();
    assert_eq!((show()["earns"].clone(), show()["text"].clone()), (false.into(), "CC BY 4.0".into()));
    network.json(&["chain", "advance", "--seconds", "259200"]);
    assert_eq!(show()["earns"], true);
    let reason = ["--reason", "published before"];
    network.json(&[&["model", "challenge", "--from", "bob"][..], &reason].concat());
    let ruled = network.json(&["model", "rule", "registrant"]);
    assert_eq!(ruled["ruling"], "registrant");
    let claimed = network.json(&["wallet", "claim", "alice"]);
    assert!(claimed.to_string().contains("\"source\":\"models\""), "{claimed}");
    network.json(&["model", "update", "--from", "alice", "--text", "CC0", "--receiver", "bob"]);
    assert_eq!(show()["text"], "CC0");
    network.json(&["model", "leave", "--from", "alice"]);
    network.json(&["chain", "advance", "--seconds", "604801"]);
    network.json(&["model", "close", "--from", "bob"]);
    assert_eq!(network.json(&["model", "show", "--all"]), serde_json::json!([]));
    let consent = network.json(&["dataset", "consent", "--from", "bob", "--requester", "alice"]);
    assert!(consent["until"].as_u64().unwrap() > 0);
    network.refused(&["model", "show"]);
    network.refused(&["model", "register", "--from", "alice", "--text", "x", "--digest", "00"]);
}
