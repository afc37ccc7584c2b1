//! Bonds and elections by command.

use crate::common::Network;
use serde_json::Value;

const UNIT: u64 = 1_000_000;

fn endpoint(byte: u8) -> String {
    hex::encode([byte; 32])
}

#[test]
fn nodes_stand_are_elected_take_their_seats_and_leave() {
    let network = Network::with_nodes(2);
    let told = |text: &str| network.told(&text.split(' ').collect::<Vec<_>>());
    let show = network.run("registry show");
    assert_eq!(show["candidates"]["election"], Value::Null);
    assert_eq!(show["committee"]["members"].as_array().unwrap().len(), 3);
    assert!(told("registry show").contains("no elections are held"));
    network.run("registry set-election --seats 2 --max-terms 4");
    network.run("wallet fund node:n1 --amount 50");
    network.run("registry add-bond --from node:n1 --amount 20");
    for (node, byte) in [("node:n1", 1), ("node:n2", 2)] {
        network.run(&format!("registry stand --from {node} --endpoint {}", endpoint(byte)));
    }
    let show = network.run("registry show");
    let candidates = show["candidates"]["candidates"].as_array().unwrap();
    let bonds: Vec<u64> =
        candidates.iter().map(|one| one["bond"].as_str().unwrap().parse().unwrap()).collect();
    assert_eq!((bonds.len(), bonds[0] - bonds[1]), (2, 20 * UNIT), "the largest bond first");
    let account = network.run("registry account node:n1");
    assert_eq!(account["candidate"]["endpoint"], endpoint(1).as_str());
    assert!(told("registry account node:n1").contains("stands for the committee"));
    let declared = network
        .run("registry declare --from node:n1 --vram-gb 24 --models-per-day 100 --gflops 40000 --watts 300");
    assert!(declared["tier"].as_u64().is_some(), "{declared}");
    assert_eq!(network.run("registry account node:n1")["performance"]["capability"]["milliwatts"], 300_000);

    // To the first half of an epoch.
    let now = network.run("chain settings")["now"].as_u64().unwrap();
    network.advance(show["next_epoch_at"].as_u64().unwrap() - now);
    let elected = network.run("registry elect --from alice");
    assert_eq!(elected["kept"], false);
    assert!(network.refused(&["registry", "elect", "--from", "alice"]).contains("epoch"));
    let show = network.run("registry show");
    assert_eq!(show["duties"].as_array().unwrap().len(), 2);
    assert!(told("registry show").contains("has yet to do seat"));
    network.run("registry take-seat --from node:n1");
    assert_eq!(network.run("registry show")["duties"].as_array().unwrap().len(), 1);

    let again = format!("registry stand --from node:n2 --endpoint {}", endpoint(3));
    let no_node = format!("registry stand --from alice --endpoint {}", endpoint(3));
    network.all_refused(&[
        (&again, "already a candidate"),
        (&no_node, "no eligible node"),
        ("registry stand --from node:n1 --endpoint 00", "64 hex digits"),
        ("registry take-seat --from node:n1", "has no seat to take"),
        ("registry report-absent node:n1 --from alice", "has missed no duty"),
        ("registry report-absent node:n2 --from alice", "report it after that"),
        ("registry withdraw --from alice", "not unbonding"),
        ("registry retire --from alice", "not a candidate"),
        ("registry add-bond --from alice --amount 0", "--amount is 0"),
        ("registry set-election --none --from alice", "owner"),
        ("registry set-election", "--seats"),
    ]);
    network.run("registry retire --from node:n2");
    assert_eq!(network.run("registry show")["candidates"]["candidates"].as_array().unwrap().len(), 1);

    // A requester leaves, too.
    let until = network.run("registry unbond --from alice")["until"].as_u64().unwrap();
    assert!(network.refused(&["registry", "withdraw", "--from", "alice"]).contains("is locked until"));
    let now = network.run("chain settings")["now"].as_u64().unwrap();
    network.advance(until - now);
    let before = network.run("wallet show alice")["balance"].as_u64().unwrap();
    let paid = network.run("registry withdraw alice --from operator")["amount"].as_u64().unwrap();
    assert_eq!(network.run("wallet show alice")["balance"].as_u64().unwrap(), before + paid);
    assert!(told("registry account alice").contains("neither a node nor a requester"));
}
