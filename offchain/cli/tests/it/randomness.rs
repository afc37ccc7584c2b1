//! Public randomness by command.

use crate::common::Network;

/// Round 1000 of quicknet.
const ROUND: &str = "1000";
const SIGNATURE: &str =
    "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39";
const RANDOMNESS: &str = "fe290beca10872ef2fb164d2aa4442de4566183ec51c56ff3cd603d930e54fdd";
const DAY: u64 = 86_400;

#[test]
fn a_round_of_quicknet_is_brought_by_anybody_once_and_read() {
    let network = Network::with_nodes(0);
    let known = network.ends_with(1, &["randomness", "round", ROUND]);
    assert!(known.is_null());
    let submit = format!("randomness submit {ROUND} --signature {SIGNATURE} --from alice");
    let submitted = network.run(&submit);
    assert_eq!((&submitted["round"], &submitted["randomness"]), (&1_000.into(), &RANDOMNESS.into()));
    assert_eq!(network.run(&format!("randomness round {ROUND}"))["randomness"], RANDOMNESS);
    assert!(network.told(&["randomness", "show"]).contains("drand's quicknet"));
    assert_eq!(network.run("randomness show")["newest"][0]["round"], 1_000);
    let forged = SIGNATURE.replace("b44679", "b44678");
    network.all_refused(&[
        (&submit, "is known already"),
        (&format!("randomness submit {ROUND} --signature {forged} --from alice"), "drand signature"),
        (
            &format!("randomness submit 1001 --signature {SIGNATURE} --from alice"),
            "does not verify for round 1001",
        ),
        (&format!("randomness submit {ROUND} --from alice"), "--signature"),
        ("randomness submit 1 --drand http://api.drand.sh --from alice", "expected https://"),
    ]);
}

#[test]
fn a_bounty_waits_for_its_round_and_comes_back_where_nobody_brings_it() {
    let network = Network::with_nodes(0);
    let asked = network.run("randomness request --from alice --bounty 2.5");
    assert_eq!((&asked["id"], &asked["bounty"]), (&1.into(), &2_500_000.into()));
    let listed = network.run("randomness list alice");
    assert_eq!(listed[0]["requests"][0]["round"], asked["round"]);
    assert!(network.told(&["randomness", "list", "alice"]).contains("2.5 BTT"));
    assert_eq!(network.run("randomness show")["wanted"][0]["bounty"], "2500000");
    network.all_refused(&[
        ("randomness deliver 1 --from alice", "was not submitted yet"),
        ("randomness expire 1 --from alice", "waits for its round until"),
        ("randomness withdraw --from alice", "is owed nothing"),
        ("randomness expire 9 --from alice", "there is no request 9"),
        ("randomness request --from alice --bounty x", "--bounty"),
    ]);
    // Its time has come, and no server has it.
    network.advance(100);
    let follow = ["randomness", "follow", "--once", "--drand", "http://127.0.0.1:1", "--from", "alice"];
    assert_eq!(network.ends_with(1, &follow), serde_json::json!([]));
    network.advance(31 * DAY);
    assert_eq!(network.run("randomness expire 1 --from operator")["bounty"], 2_500_000);
    let claimable = network.run("wallet claimable alice");
    let entries = claimable[0]["entries"].as_array().unwrap();
    let due: Vec<_> = entries.iter().filter(|entry| entry["source"] == "randomness").collect();
    assert_eq!((due.len(), &due[0]["amount"]), (1, &2_500_000.into()));
    network.run("wallet claim alice");
    assert!(network.refused(&["randomness", "withdraw", "--from", "alice"]).contains("is owed nothing"));
}

#[test]
fn a_stand_in_is_no_source_for_a_chain_of_quicknet() {
    let network = Network::with_nodes(0);
    let [secret, file] = ["stand-in.key", "drand.json"].map(|name| {
        let path = network.file(name, "");
        std::fs::remove_file(&path).unwrap();
        path
    });
    let made = network.run(&format!("randomness stand-in --out {secret} --network-out {file}"));
    assert_eq!(made["stand_in"], true);
    assert_eq!(std::fs::read_to_string(&secret).unwrap().len(), 64);
    let text = std::fs::read_to_string(&file).unwrap();
    assert!(text.contains(made["network"]["public_key"].as_str().unwrap()), "{text}");
    let refused = format!("randomness follow --stand-in {secret} --once --from alice");
    network.all_refused(&[
        (&refused, "is not the secret of the chain's network"),
        (&format!("randomness stand-in --out {secret} --network-out {file}"), "exists"),
    ]);
}
