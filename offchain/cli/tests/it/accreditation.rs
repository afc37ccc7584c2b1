//! Attributes by command: what a node commits to, shows to an accreditor, and is vouched for.

use serde_json::Value;

use crate::common::{Network, path};

const DAY: u64 = 86_400;

fn run(network: &Network, text: &str) -> Value {
    network.json(&text.split(' ').collect::<Vec<_>>())
}

/// Address of a wallet.
fn address(network: &Network, wallet: &str) -> String {
    run(network, &format!("wallet show {wallet}"))["address"].as_str().unwrap().to_owned()
}

/// What nodes did when they were let do everything that is due.
fn did(network: &Network) -> String {
    run(network, "node once").to_string()
}

#[test]
fn a_request_stays_closed_to_a_node_until_an_accreditor_has_seen_what_it_asks_for() {
    let network = Network::with_nodes(1);
    let operator = address(&network, "operator");
    let node = run(&network, "node list")[0]["address"].clone();
    let set = run(&network, &format!("chain accreditors set --accreditor {operator} --require region"));
    assert_eq!(set["accreditation"]["required"], serde_json::json!(["region"]));
    network.post();
    assert!(did(&network).contains("the vault of job 1 does not open"));

    let file = path(&network.home().join("region.disclosure"));
    let told = run(&network, &format!("node disclose n1 --attribute region --out {file}"));
    assert_eq!(told["node"], node);
    let shown = run(&network, &format!("accredit show {file}"));
    assert_eq!(shown["answers"], serde_json::json!([{ "slot": "region", "answer": "eu" }]));
    let strangers = network.refused(&["accredit", "grant", &file, "--node", "n1", "--from", "alice"]);
    assert!(strangers.contains("an accreditor that the owner has listed"), "{strangers}");
    run(&network, &format!("accredit grant {file} --node n1 --days 30"));
    let grants = run(&network, "accredit list n1")["accredited"]["grants"].clone();
    assert_eq!((&grants[0]["accreditor"], &grants[0]["attributes"][0]), (&operator.into(), &"region".into()));
    network.post();
    let done = did(&network);
    assert!(done.contains("the vault of job 2 opens"), "{done}");
    assert!(done.contains("the vault of job 1 opens"), "it is looked at again: {done}");
    // What it says later is added to what it said.
    let memory = path(&network.home().join("memory.disclosure"));
    run(&network, &format!("node disclose n1 --attribute vram --out {memory}"));
    let both = run(&network, &format!("accredit grant {memory} --node n1 --days 60"));
    assert_eq!(both["attributes"], serde_json::json!(["vram", "region"]));
    let grant = run(&network, "accredit list n1")["accredited"]["grants"][0].clone();
    assert_eq!(grant["until"], grants[0]["until"], "no longer than it said of the region");

    run(&network, "accredit revoke --node n1");
    assert_eq!(run(&network, "accredit list n1")["accredited"]["grants"], serde_json::json!([]));
}

#[test]
fn a_node_commits_to_other_attributes_after_its_time_and_has_to_show_them_anew() {
    let network = Network::with_nodes(1);
    let early = network.refused(&["node", "commit", "n1", "--set", "region=us"]);
    assert!(early.contains("can be replaced in"), "{early}");
    assert_eq!(run(&network, "node commit n1")["registered"], false, "the refused change is not stored");
    let file = path(&network.home().join("old.disclosure"));
    run(&network, &format!("node disclose n1 --attribute vram --out {file}"));
    let operator = address(&network, "operator");
    run(&network, &format!("chain accreditors set --accreditor {operator}"));

    run(&network, &format!("chain advance --seconds {}", 40 * DAY));
    assert_eq!(run(&network, "node commit n1 --set region=us")["registered"], true);
    let stale = network.refused(&["accredit", "grant", &file, "--node", "n1"]);
    assert!(stale.contains("ask the node to disclose again"), "{stale}");
    network.post();
    assert!(did(&network).contains("the vault of job 1 does not open"), "alice asks for eu or ch");
}

#[test]
fn what_is_no_disclosure_or_names_nothing_known_is_refused() {
    let network = Network::with_nodes(1);
    let file = network.file("garbage", [1, 2, 3]);
    assert!(network.refused(&["accredit", "show", &file]).contains("disclosure"));
    let out = path(&network.home().join("x"));
    let unknown = network.refused(&["node", "disclose", "n1", "--attribute", "colour", "--out", &out]);
    assert!(unknown.contains("`colour` is not in the schema"), "{unknown}");
    let unknown =
        network.refused(&["chain", "accreditors", "set", "--accreditor", "x", "--require", "colour"]);
    assert!(unknown.contains("expected one of vram, region, certifications"), "{unknown}");
    assert!(network.refused(&["node", "add-bond", "n1", "--amount", "0"]).contains("amount"));
}

#[test]
fn an_operator_adds_to_the_bond_of_its_node() {
    let network = Network::with_nodes(1);
    run(&network, "wallet send --from alice --to node:n1 --amount 5");
    let before = run(&network, "node list")[0]["bond"].as_u64().unwrap();
    let node = run(&network, "node add-bond n1 --amount 2.5");
    assert_eq!(node["bond"], (before + 2_500_000).to_string());
    assert_eq!(run(&network, "node list")[0]["bond"], before + 2_500_000);
}
