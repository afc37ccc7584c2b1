//! Agreements by command.

use crate::common::Network;
use serde_json::Value;

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;

/// A network with alice, who has 1,000 BTT and some coins, and bob and carol, who have coins for fees and a BTT.
fn network() -> Network {
    let network = Network::with_nodes(0);
    for name in ["bob", "carol"] {
        network.run(&format!("wallet new {name}"));
        network.run(&format!("wallet fund {name} --amount 1"));
    }
    network
}

/// What a claim has taken of agreements, in base units.
fn taken(claims: &Value) -> Vec<(&str, u64)> {
    let taken = claims[0]["taken"].as_array().unwrap().iter().filter(|entry| entry["source"] == "escrow");
    taken.map(|entry| (entry["token"].as_str().unwrap(), entry["amount"].as_u64().unwrap())).collect()
}

#[test]
fn milestones_are_submitted_approved_rejected_disputed_and_ruled_and_claims_take_what_is_due() {
    let network = network();
    let open =
        "escrow open --from alice --to bob --milestone 30 --milestone 50:10:2 --milestone 20 --arbiter carol";
    let opened = network.run(open);
    assert_eq!((&opened["id"], &opened["amount"]), (&1.into(), &(100 * UNIT).into()));
    let evidence = network.file("report.txt", "all is done");
    let submitted = network.run(&format!("escrow submit 1 --from bob --evidence {evidence}"));
    assert_eq!(submitted["evidence"].as_str().unwrap().len(), 64);
    assert_eq!(network.run("escrow approve 1 --from alice")["amount"], 30 * UNIT);
    let shown = network.run("escrow show 1");
    assert_eq!((&shown["milestone"], &shown["left"]), (&2.into(), &"70000000".into()));
    assert!(network.told(&["escrow", "show", "1"]).contains("at work"));
    assert_eq!(network.run("escrow list bob")[0]["agreements"][0]["id"], 1);

    // The payer is silent on the second milestone: the payee's claim releases it.
    network.run("escrow submit 1 --from bob");
    assert!(network.refused(&["escrow", "advance", "1", "--from", "bob"]).contains("advance it after that"));
    network.advance(2 * DAY + 60);
    let claimable = network.run("wallet claimable bob");
    assert_eq!(claimable[0]["entries"][0]["amount"], 80 * UNIT);
    assert_eq!(taken(&network.run("wallet claim bob")), [("BTT", 80 * UNIT)]);

    network.run("escrow submit 1 --from bob");
    network.run("escrow reject 1 --from alice");
    network.run("escrow dispute 1 --from bob");
    assert!(network.told(&["escrow", "list", "carol"]).contains("with the arbiter"));
    let ruled = network.run("escrow rule 1 --from carol --payees 25.5");
    assert_eq!((&ruled["payees"], &ruled["payer"]), (&5_100_000.into(), &14_900_000.into()));
    assert_eq!(taken(&network.run("wallet claim alice")), [("BTT", 14_900_000)]);
    assert_eq!(network.run("escrow withdraw --from bob")["amount"], 5_100_000);
    assert!(network.refused(&["escrow", "show", "1"]).contains("there is no agreement 1, or it has ended"));
}

#[test]
fn a_code_is_made_kept_in_a_file_and_releases_to_the_payee_whoever_presents_it() {
    let network = network();
    let file = network.file("code.txt", "");
    std::fs::remove_file(&file).unwrap();
    network.run(&format!("escrow open --from alice --to bob --milestone 20 --code {file}"));
    let code = std::fs::read_to_string(&file).unwrap();
    assert_eq!(code.len(), 32);
    // The file is never overwritten, and no money goes where it can't be written.
    let again = format!("escrow open --from alice --to bob --milestone 20 --code {file}");
    network.refused(&again.split(' ').collect::<Vec<_>>());
    let wrong = "0".repeat(32);
    network.all_refused(&[
        ("escrow reveal 1 --from carol --code short", "expected 16 to 64"),
        (&format!("escrow reveal 1 --from carol --code {wrong}"), "not the code"),
        ("escrow approve 1 --from alice", "released by its code"),
        ("escrow submit 1 --from bob", "released by its code"),
    ]);
    assert_eq!(network.run(&format!("escrow reveal 1 --from carol --code {code}"))["amount"], 20 * UNIT);
    assert_eq!(taken(&network.run("wallet claim bob")), [("BTT", 20 * UNIT)]);
    assert_eq!(taken(&network.run("wallet claim carol")), []);
}

#[test]
fn a_crowd_funds_votes_and_is_refunded() {
    let network = network();
    network.run("escrow open --from bob --to bob=75 --to carol=25 --milestone 40 --milestone 60 --crowd 5");
    network.run("escrow fund 1 --from alice --amount 70");
    let funded = network.run("escrow fund 1 --from operator --amount 50");
    assert_eq!((&funded["amount"], &funded["raised"]), (&(30 * UNIT).into(), &(100 * UNIT).into()));
    network.run("escrow submit 1 --from carol");
    network.run("escrow approve 1 --from alice");
    assert_eq!(network.run("escrow show 1")["milestone"], 2, "more than half has decided");
    network.run("escrow submit 1 --from bob");
    network.run("escrow reject 1 --from operator");
    assert!(network.told(&["escrow", "show", "1"]).contains("vote: 0 BTT for, 30 BTT against"));
    assert!(network.refused(&["escrow", "reject", "1", "--from", "operator"]).contains("each does once"));
    network.advance(8 * DAY);
    network.run("escrow advance 1 --from carol");
    let listed = network.run("escrow list alice");
    assert_eq!(listed[0]["contributions"][0]["refundable"], (42 * UNIT).to_string());
    assert_eq!(taken(&network.run("wallet claim alice")), [("BTT", 42 * UNIT)]);
    assert_eq!(network.run("escrow refund 1 --from bob --to operator")["amount"], 18 * UNIT);
    assert_eq!(taken(&network.run("wallet claim carol")), [("BTT", 10 * UNIT)]);
    assert!(network.refused(&["escrow", "show", "1"]).contains("there is no agreement 1"));
}

#[test]
fn signers_release_coins_of_the_chain_and_the_first_payee_gives_up() {
    let network = network();
    let coin =
        network.run("chain status")["fee_denom"].as_str().map_or_else(|| "ubee".to_owned(), Into::into);
    let open = format!(
        "escrow open --from operator --to bob --asset native:{coin} --milestone 30 --milestone 20 --signer alice --signer carol --needed 1"
    );
    network.run(&open);
    network.run("escrow approve 1 --from carol");
    assert_eq!(network.run("escrow decline 1 --from bob")["amount"], 20);
    let withdrawn = network.run(&format!("escrow withdraw --from bob --asset native:{coin}"));
    assert_eq!(withdrawn["amount"], 30);
    assert!(network.refused(&["escrow", "withdraw", "--from", "carol"]).contains("is owed nothing"));
}

#[test]
fn what_makes_no_agreement_is_refused_and_moves_nothing() {
    let network = network();
    network.run("escrow open --from alice --to bob --milestone 10");
    let open = "escrow open --from alice --to bob";
    network.all_refused(&[
        (open, "--milestone"),
        (&format!("{open} --milestone 0"), "--milestone is 0"),
        (&format!("{open} --milestone 1:0"), "is not 1 to 366 days"),
        (&format!("{open} --milestone 1:9:9:9"), "expected AMOUNT:DAYS:REVIEW_DAYS"),
        (&format!("{open} --to carol --milestone 1"), "expected NAME=PERCENT"),
        (&format!("{open}=50 --milestone 1"), "expected exactly 10000"),
        (&format!("{open}=100.5 --milestone 1"), "expected 0 to 100"),
        (&format!("{open} --milestone 1 --arbiter carol --hash 00"), "expected 64 hex digits"),
        (&format!("{open} --milestone 1 --arbiter bob"), "expected another account"),
        (&format!("{open} --milestone 1 --signer carol"), "--needed"),
        (&format!("{open} --milestone 1 --signer carol --needed 2"), "expected 1 to 1"),
        (&format!("{open} --milestone 1 --crowd 3 --arbiter carol"), "cannot be used with"),
        (&format!("{open} --milestone 1.5 --asset native:ubee"), "base units"),
        ("escrow open --from alice --to alice --milestone 1", "expected other accounts"),
        ("escrow fund 1 --from carol --amount 1", "takes no contributions"),
        ("escrow submit 1 --from alice", "expected a payee of agreement 1"),
        ("escrow approve 1 --from bob", "expected the payer of agreement 1"),
        ("escrow reject 1 --from alice", "nothing that was submitted"),
        ("escrow dispute 1 --from bob", "has no arbiter"),
        ("escrow rule 1 --from carol --payees 50", "expected the arbiter"),
        ("escrow decline 1 --from alice", "expected the first payee"),
        ("escrow refund 1 --from alice", "refunds nothing"),
        ("escrow advance 2 --from bob", "there is no agreement 2"),
    ]);
}
