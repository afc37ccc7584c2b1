//! Invoices, offers, payments and links by command.

use serde_json::Value;

use crate::common::Network;

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;

/// A network with alice, who has 1,000 BTT and some coins, and bob, who has coins for fees and 100 BTT.
fn network() -> Network {
    let network = Network::with_nodes(0);
    network.run("wallet new bob");
    network.run("wallet fund bob --amount 100");
    network
}

fn btt(network: &Network, name: &str) -> u64 {
    network.run(&format!("wallet show {name}"))["balance"].as_u64().unwrap()
}

/// What a claim has taken of payments, in base units.
fn taken(claims: &Value) -> Vec<(&str, u64)> {
    let taken = claims[0]["taken"].as_array().unwrap().iter().filter(|entry| entry["source"] == "checkout");
    taken.map(|entry| (entry["token"].as_str().unwrap(), entry["amount"].as_u64().unwrap())).collect()
}

/// Path of a file that is not there.
fn fresh(network: &Network, name: &str) -> String {
    let file = network.file(name, "");
    std::fs::remove_file(&file).unwrap();
    file
}

#[test]
fn an_invoice_is_made_paid_once_refunded_and_claimed() {
    let network = network();
    let made = network.run("invoice create --from alice --to bob --amount 12.5");
    assert_eq!((&made["id"], &made["uses"]), (&1.into(), &1.into()));
    let shown = network.run("invoice show 1");
    assert_eq!((&shown["state"], &shown["price"]["fixed"]), (&"open".into(), &"12500000".into()));
    assert!(network.told(&["invoice", "list", "bob"]).contains("12.5 BTT"));
    assert!(network.refused(&["pay", "offer", "1", "--from", "operator"]).contains("pay as its buyer"));

    let (before, key) = (btt(&network, "bob"), "ab".repeat(16));
    let paid = network.run(&format!("pay offer 1 --from bob --key {key} --max 20"));
    assert_eq!((&paid["receipt"], &paid["amount"]), (&1.into(), &(25 * UNIT / 2).into()));
    assert_eq!(btt(&network, "bob"), before - 25 * UNIT / 2, "what is above the price came back");
    let again = network.refused(&["pay", "offer", "1", "--from", "bob", "--key", &key, "--max", "20"]);
    assert!(again.contains("receipt 1 has it") && again.contains(&key), "{again}");
    assert!(network.refused(&["pay", "offer", "1", "--from", "bob"]).contains("as often as it can be"));
    assert_eq!(network.run("invoice show 1")["state"], "sold_out");
    for text in ["invoice receipts 1", "invoice receipts --payer bob"] {
        let found = network.run(text);
        assert_eq!(
            (&found["receipts"][0]["id"], &found["receipts"][0]["key"]),
            (&1.into(), &key.as_str().into())
        );
    }

    let claimable = network.run("wallet claimable alice");
    assert_eq!(claimable[0]["entries"][0]["amount"], 25 * UNIT / 2);
    assert_eq!(taken(&network.run("wallet claim alice")), [("BTT", 25 * UNIT / 2)]);
    assert_eq!(network.run("invoice refund 1 --from alice --amount 2.5")["amount"], 5 * UNIT / 2);
    assert_eq!(network.run("invoice refund 1 --from alice")["amount"], 10 * UNIT);
    assert!(
        network
            .refused(&["invoice", "refund", "1", "--from", "alice"])
            .contains("nothing of receipt 1 is left")
    );
    assert_eq!(network.run("invoice withdraw --from bob")["amount"], 25 * UNIT / 2);
    assert_eq!(btt(&network, "bob"), before);
}

#[test]
fn a_link_is_made_shown_and_paid_and_its_picture_written() {
    let network = network();
    let create = "invoice create --from alice --least 1 --standing --split alice=9000 --split operator=1000 --referral-bps 1000";
    network.run(create);
    let (png, key) = (fresh(&network, "bill.png"), "01".repeat(16));
    let link =
        format!("pay link 1 --page https://bithive.example --key {key} --referrer operator --png {png}");
    let made = network.run(&link);
    let text = made["link"].as_str().unwrap();
    assert!(text.starts_with("https://bithive.example/pay#chain="), "{text}");
    assert!(std::fs::read(&png).unwrap().starts_with(b"\x89PNG\r\n"));
    let words: Vec<_> = link.split(' ').collect();
    assert!(network.refused(&words).contains("expected the name of a new file"));
    assert!(network.told(&["pay", "link", "1", "--page", "https://bithive.example"]).contains('█'));

    let shown = network.run(&format!("pay open {text}"));
    assert_eq!((&shown["costs"], &shown["key"]), (&UNIT.to_string().into(), &key.as_str().into()));
    assert!(network.refused(&["pay", "open", text, "--from", "bob"]).contains("name it with --amount"));
    let paid = network.run(&format!("pay open {text} --from bob --amount 10"));
    assert_eq!(paid["amount"], 10 * UNIT);
    assert!(
        network
            .refused(&["pay", "open", text, "--from", "bob", "--amount", "10"])
            .contains("receipt 1 has it")
    );
    // A tenth is the referrer's, who has a tenth of the rest, too.
    assert_eq!(taken(&network.run("wallet claim alice")), [("BTT", 81 * UNIT / 10)]);
    assert_eq!(network.run("invoice withdraw --from operator")["amount"], 19 * UNIT / 10);

    let elsewhere = text.replace("#chain=", "#chain=not-");
    for (link, refusal) in [
        (format!("{text}&amount=5"), "the parameter \"amount\""),
        (format!("{text}&offer=2"), "more than once"),
        (text.replace("https", "http"), "is no page"),
        (elsewhere, "the link asks for a payment on not-"),
    ] {
        assert!(network.refused(&["pay", "open", &link]).contains(refusal), "{link}");
    }
}

#[test]
fn what_a_bill_is_for_stays_off_the_chain_and_is_checked_with_its_salt() {
    let network = network();
    let (codes, salt) = (network.file("codes.json", "[\"99213\"]"), fresh(&network, "salt"));
    network.run(&format!("invoice create --from alice --to bob --amount 3 --coding {codes} --salt {salt}"));
    let check =
        |file: &str| ["invoice", "check", "1", "--coding", file, "--salt", &salt].map(ToOwned::to_owned);
    let holds = check(&codes);
    assert_eq!(network.ends_with(0, &holds.each_ref().map(String::as_str))["holds"], true);
    let other = network.file("other.json", "[\"99214\"]");
    let other = check(&other);
    assert_eq!(network.ends_with(1, &other.each_ref().map(String::as_str))["holds"], false);
    let shown = network.run("invoice show 1");
    assert_eq!(shown["coding"].as_str().unwrap().len(), 64);
}

#[test]
fn a_price_in_a_currency_is_paid_at_the_feeds_price_and_not_without_one() {
    let network = network();
    let keys = [1, 2, 3].map(|number| {
        let file = fresh(&network, &format!("{number}.key"));
        let made = network.run(&format!("feed key --out {file}"));
        (file, format!("--reporter {}", made["reporter"].as_str().unwrap()))
    });
    let named = keys.each_ref().map(|(_, named)| named.as_str()).join(" ");
    network.run(&format!(
        "feed create --description BTT --currency EUR --decimals 10 --interval 60 --max-age 600 --dev-bps 1000 --cooldown 300 --quorum 3 {named}"
    ));
    network.run("invoice create --from alice --to bob --fiat 1999 --feed 1");
    assert!(network.refused(&["pay", "offer", "1", "--from", "bob"]).contains("no price"));
    network.advance(60);
    let reports = keys.each_ref().map(|(key, _)| {
        let out = fresh(&network, &format!("{}.json", key.rsplit('/').next().unwrap()));
        network.run(&format!("feed report 1 --value 253600 --key {key} --out {out}"));
        out
    });
    network.run(&format!("feed submit {} --from alice", reports.join(" ")));
    // 19.99 at 0.2536 a token, rounded up; what the bound was above it came back.
    let paid = network.run("pay offer 1 --from bob");
    assert_eq!(paid["amount"], 78_824_922);
    assert_eq!(btt(&network, "bob"), 100 * UNIT - 78_824_922);
    assert!(paid["round"].as_u64().is_some(), "{paid}");
}

#[test]
fn what_makes_no_offer_or_payment_is_refused_and_moves_nothing() {
    let network = network();
    network.run("invoice create --from alice --amount 3 --days 1 --uses 2");
    let create = "invoice create --from alice";
    network.all_refused(&[
        (create, "--amount"),
        (&format!("{create} --amount 3 --least 1"), "cannot be used with"),
        (&format!("{create} --fiat 100"), "--feed"),
        (&format!("{create} --amount 0"), "price is 0"),
        (&format!("{create} --amount 3 --split alice=9999"), "expected exactly 10000"),
        (&format!("{create} --amount 3 --split alice"), "expected ACCOUNT=BPS"),
        (&format!("{create} --amount 3 --referral-bps 3001"), "3001"),
        (&format!("{create} --amount 3 --coding codes.json"), "--salt"),
        (&format!("{create} --fiat 100 --feed 1 --oracle bob"), "expected a contract"),
        ("invoice cancel 1 --from bob", "expected the seller of offer 1"),
        ("invoice refund 1 --from alice", "there is no receipt 1"),
        ("invoice receipts", "--payer"),
        ("invoice check 1 --coding x --salt y", "has no coding"),
        ("pay offer 9 --from bob", "there is no offer 9"),
        ("pay offer 1 --from bob --max 2.9", "raise max"),
        ("pay offer 1 --from bob --amount 3", "leave --amount out"),
        ("pay offer 1 --from bob --referrer alice", "leave the referrer out"),
        ("pay offer 1 --from bob --key 00", "expected 32 to 128 hex digits"),
        ("pay link 1 --page http://bithive.example", "is no page"),
        ("pay link 1 --page https://bithive.example --referrer alice", "no part for a referrer"),
    ]);
    network.advance(DAY + 1);
    assert!(network.refused(&["pay", "offer", "1", "--from", "bob"]).contains("was open until"));
    assert!(
        network.refused(&["pay", "link", "1", "--page", "https://bithive.example"]).contains("has expired")
    );
    assert_eq!(btt(&network, "bob"), 100 * UNIT);
}
