//! Listings and challenges by command.

use crate::common::Network;
use serde_json::Value;

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;

/// A network with alice, who has 1,000 BTT, bob, who has 100, and a category whose ruler is the operator.
fn network() -> Network {
    let network = Network::with_nodes(0);
    network.run("wallet new bob");
    network.run("wallet fund bob --amount 100");
    let set = "listing category set arbiters --bond 10 --unbond-days 14 --ruling-hours 48 --ruler operator";
    network.run(&format!("{set} --labeller operator"));
    network
}

fn btt(network: &Network, name: &str) -> u64 {
    network.run(&format!("wallet show {name}"))["balance"].as_u64().unwrap()
}

/// What a claim has taken of listings, in base units.
fn taken(claims: &Value) -> Vec<(&str, u64)> {
    let taken = claims[0]["taken"].as_array().unwrap().iter().filter(|entry| entry["source"] == "listings");
    taken.map(|entry| (entry["token"].as_str().unwrap(), entry["amount"].as_u64().unwrap())).collect()
}

fn add(network: &Network, from: &str) -> u64 {
    let file = network.file("terms.txt", "I answer within a day.");
    let added = network.json(&[
        "listing",
        "add",
        "--from",
        from,
        "--category",
        "arbiters",
        "--name",
        "An arbiter",
        "--file",
        &file,
    ]);
    added["id"].as_u64().unwrap()
}

#[test]
fn a_listing_is_challenged_ruled_on_and_removed_and_a_claim_takes_what_is_won() {
    let network = network();
    let id = add(&network, "alice");
    assert_eq!(network.run("listing category show arbiters")["terms"]["bond"], "10000000");
    assert!(network.told(&["listing", "category", "list"]).contains("operator"));
    let before = btt(&network, "bob");
    let evidence = network.file("evidence.txt", "It did not answer for a month.");
    let challenged = network.run(&format!("listing challenge {id} --from bob --file {evidence}"));
    assert_eq!((&challenged["challenge"], &challenged["amount"]), (&1.into(), &(10 * UNIT).into()));
    assert_eq!(btt(&network, "bob"), before - 10 * UNIT);
    let shown = network.run(&format!("listing show {id}"));
    assert_eq!(shown["challenge"]["revision"], 1);
    assert!(network.told(&["listing", "list"]).contains("active, challenged"));
    assert_eq!(network.run("listing list bob")[0]["listings"][0]["id"], id);

    let ruled = network.run(&format!("listing rule {id} --from operator --uphold"));
    assert_eq!((&ruled["verdict"], &ruled["won"]), (&"upheld".into(), &(5 * UNIT).into()));
    assert_eq!(network.run("wallet claimable bob")[0]["entries"][0]["amount"], 15 * UNIT);
    assert_eq!(taken(&network.run("wallet claim bob")), [("BTT", 15 * UNIT)]);
    assert_eq!(btt(&network, "bob"), before + 5 * UNIT);
    assert_eq!(network.run("listing collect --from alice")["amount"], 5 * UNIT);
    assert_eq!(network.run("listing list --category arbiters")[0]["state"], "removed");
}

#[test]
fn an_owner_updates_leaves_and_has_its_bond_back_with_everything_else_that_is_due() {
    let network = network();
    let id = add(&network, "alice");
    let digest = "ab".repeat(32);
    let updated = network.run(&format!("listing update {id} --from alice --name Better --digest {digest}"));
    assert_eq!(updated["revision"], 2);
    network.run(&format!("listing label {id} reliable --from operator"));
    assert!(network.told(&["listing", "show", &id.to_string()]).contains("\"reliable\", says operator"));
    let evidence = network.file("evidence.txt", "Nothing.");
    network.run(&format!("listing challenge {id} --from bob --file {evidence} --revision 1"));
    let rejected = network.run(&format!("listing rule {id} --from operator --reject"));
    assert_eq!(rejected["verdict"], "rejected");
    // A second one costs twice as much; nobody decides, and leaving ends it in the same transaction.
    let again = network.run(&format!("listing challenge {id} --from bob --file {evidence}"));
    assert_eq!(again["amount"], 20 * UNIT);
    assert!(
        network.refused(&["listing", "leave", &id.to_string(), "--from", "alice"]).contains("challenged")
    );
    network.advance(2 * DAY + 1);
    network.run(&format!("listing leave {id} --from alice"));
    assert_eq!(taken(&network.run("wallet claim bob")), [("BTT", 20 * UNIT)]);
    assert_eq!(taken(&network.run("wallet claim alice")), [("BTT", 5 * UNIT)]);
    let early = network.refused(&["listing", "advance", &id.to_string(), "--from", "bob"]);
    assert!(early.contains("before its time"), "{early}");
    network.advance(14 * DAY + 1);
    let claimable = network.run("wallet claimable alice");
    assert_eq!(claimable[0]["entries"][0]["what"], id.to_string());
    let before = btt(&network, "alice");
    assert_eq!(taken(&network.run("wallet claim alice")), [("BTT", 10 * UNIT)]);
    assert_eq!(btt(&network, "alice"), before + 10 * UNIT);
    assert!(network.refused(&["listing", "show", &id.to_string()]).contains("its owner has left"));
}

#[test]
fn anybody_ends_a_challenge_without_a_ruling_and_gives_a_bond_back() {
    let network = network();
    let id = add(&network, "alice");
    let evidence = "cd".repeat(32);
    network.run(&format!("listing challenge {id} --from bob --digest {evidence}"));
    network.advance(2 * DAY + 1);
    assert_eq!(network.run(&format!("listing advance {id} --from operator"))["verdict"], "unruled");
    assert_eq!(network.run("listing withdraw --from bob")["amount"], 10 * UNIT);
    network.run(&format!("listing leave {id} --from alice"));
    network.advance(14 * DAY + 1);
    assert_eq!(network.run(&format!("listing advance {id} --from bob"))["amount"], 10 * UNIT);
    assert_eq!(network.run("listing withdraw --from alice")["amount"], 10 * UNIT);
}

#[test]
fn jurors_have_seats_and_who_draws_them_is_told_which_beacon_that_takes() {
    let network = network();
    network.run("listing category set jurors --bond 1 --judged-by jurors --jurors");
    network.run("listing category set reports --bond 2 --judged-by jurors");
    let document = "ef".repeat(32);
    for index in 1..=9 {
        network.run(&format!("wallet new j{index}"));
        network.run(&format!("wallet fund j{index} --amount 1"));
        network.run(&format!(
            "listing add --from j{index} --category jurors --name j{index} --digest {document}"
        ));
    }
    assert_eq!(network.run("listing category show jurors")["seated"], 9);
    network.run(&format!("listing add --from alice --category reports --name r --digest {document}"));
    let challenged = network.run(&format!("listing challenge 10 --from bob --digest {document}"));
    let round = challenged["round"].as_u64().unwrap();
    let asked = network.refused(&["listing", "advance", "10", "--from", "alice"]);
    assert!(asked.contains(&format!("https://api.drand.sh/v2/beacons/quicknet/rounds/{round}")), "{asked}");
    let (signature, seen) = ("8".repeat(96), "drand signature");
    network.all_refused(&[
        (&format!("listing advance 10 --from alice --beacon {signature}"), seen),
        ("listing advance 10 --from alice --beacon 00", "expected 96 hex digits"),
        ("listing vote 10 --from j1 --uphold", "expected a juror that was drawn"),
        ("listing rule 10 --from operator --uphold", "expected votes of jurors"),
    ]);
    // Nobody brings the beacon: no ruling, and no juror loses anything.
    network.advance(8 * DAY);
    assert_eq!(network.run("listing advance 10 --from alice")["verdict"], "unruled");
    assert_eq!(network.run("listing show 1")["bond"], "1000000");
}

#[test]
fn a_category_that_is_set_later_waits_and_what_makes_no_listing_is_refused_and_moves_nothing() {
    let network = network();
    let id = add(&network, "alice");
    let document = "ef".repeat(32);
    network.advance(2 * DAY);
    let waits =
        network.ends_with(1, &["listing", "category", "set", "late", "--bond", "1", "--ruler", "operator"]);
    assert_eq!(waits["message"], "set_category");
    let add = format!("listing add --from bob --name x --digest {document}");
    network.all_refused(&[
        (&format!("{add} --category none"), "there is no category"),
        (&format!("{add} --category arbiters --terms 2"), "the present ones are 1"),
        ("listing add --from bob --category arbiters --name x", "--digest"),
        ("listing add --from bob --category arbiters --name x --digest 00", "expected 64 hex digits"),
        (&format!("listing update {id} --from alice"), "--name"),
        (&format!("listing update {id} --from alice --name x"), "required"),
        (&format!("listing update {id} --from bob --terms 1"), "expected the owner of listing"),
        (&format!("listing leave {id} --from bob"), "expected the owner of listing"),
        (&format!("listing top-up {id} --from bob"), "--amount is 0"),
        (&format!("listing top-up {id} --from bob --amount 1"), "the amount is 1"),
        (&format!("listing rule {id} --from operator --uphold"), "is not challenged"),
        (&format!("listing rule {id} --from operator"), "--uphold"),
        (&format!("listing rule {id} --from operator --uphold --reject"), "cannot be used with"),
        (&format!("listing label {id} x --from bob"), "expected a labeller"),
        (&format!("listing advance {id} --from bob"), "nothing is to be done"),
        ("listing challenge 9 --from bob --digest 00", "expected 64 hex digits"),
        (&format!("listing challenge 9 --from bob --digest {document}"), "there is no listing 9"),
        (&format!("listing challenge {id} --from bob --digest {document} --revision 2"), "revision is 2"),
        ("listing withdraw --from bob", "is owed nothing"),
        ("listing category set x --bond 1", "--ruler"),
        ("listing category set x --bond 0 --ruler operator", "--bond is 0"),
        ("listing category set X --bond 1 --ruler operator", "expected a-z"),
        ("listing category set x --bond 1 --judged-by arbiters", "no category of jurors"),
        ("listing category set x --bond 1 --ruler operator --from alice", "owner"),
    ]);
}
