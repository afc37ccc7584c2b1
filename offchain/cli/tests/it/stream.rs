//! Streams and vouchers by command.

use crate::common::Network;
use serde_json::Value;

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;

/// A network with alice, who has 1,000 BTT and some coins, and bob, who has coins for fees and a BTT.
fn network() -> Network {
    let network = Network::with_nodes(0);
    network.run("wallet new bob");
    network.run("wallet fund bob --amount 1");
    network
}

fn btt(network: &Network, name: &str) -> u64 {
    network.run(&format!("wallet show {name}"))["balance"].as_u64().unwrap()
}

/// What a claim has taken of streams, in base units.
fn taken(claims: &Value) -> Vec<(&str, u64)> {
    let taken = claims[0]["taken"].as_array().unwrap().iter().filter(|entry| entry["source"] == "flows");
    taken.map(|entry| (entry["token"].as_str().unwrap(), entry["amount"].as_u64().unwrap())).collect()
}

#[test]
fn a_stream_by_time_is_opened_added_to_settled_and_closed_and_a_claim_takes_what_is_due() {
    let network = network();
    let open = "stream open --from alice --to bob --amount 90 --rate 3 --every 86400 --advance 1";
    let opened = network.run(open);
    assert_eq!((&opened["id"], &opened["amount"]), (&1.into(), &(90 * UNIT).into()));
    let settled = network.run("stream settle 1 --from alice");
    assert_eq!(settled["amount"], 3 * UNIT, "the advance");
    network.run("stream top-up 1 --from alice --amount 9");
    network.advance(2 * DAY);
    let shown = network.run("stream show 1");
    assert_eq!((&shown["deposit"], &shown["paid"]), (&"99000000".into(), &"3000000".into()));
    assert_eq!(shown["due"], "6000000");
    let listed = network.run("stream list bob");
    assert_eq!(listed[0]["streams"][0]["id"], 1);
    assert!(network.told(&["stream", "list"]).contains("3 every 86400 s"));

    let claimable = network.run("wallet claimable bob");
    assert_eq!(claimable[0]["entries"][0]["amount"], 9 * UNIT, "credit and due");
    let before = btt(&network, "bob");
    let claims = network.run("wallet claim bob");
    assert_eq!(taken(&claims), [("BTT", 9 * UNIT)]);
    assert_eq!(claims[0]["transactions"].as_array().unwrap().len(), 1);
    assert_eq!(btt(&network, "bob"), before + 9 * UNIT);
    assert_eq!(taken(&network.run("wallet claim bob")), []);

    network.advance(DAY);
    assert_eq!(network.run("stream close 1 --from alice")["amount"], 87 * UNIT);
    let before = btt(&network, "alice");
    assert_eq!(network.run("stream withdraw --from alice")["amount"], 87 * UNIT);
    assert_eq!(btt(&network, "alice"), before + 87 * UNIT);
    assert_eq!(taken(&network.run("wallet claim bob")), [("BTT", 3 * UNIT)]);
    assert!(network.refused(&["stream", "show", "1"]).contains("there is no stream 1, or it has ended"));
}

#[test]
fn vouchers_are_signed_by_the_payers_key_checked_and_redeemed_in_one_transaction() {
    let network = network();
    network.run("stream open --from alice --to bob --amount 10 --vouchers --days 2 --notice 1");
    let files = ["0.5", "2"].map(|amount| {
        let out = network.file(&format!("{amount}.json"), "");
        std::fs::remove_file(&out).unwrap();
        let signed = network.run(&format!("voucher sign 1 --from alice --amount {amount} --out {out}"));
        assert_eq!(signed["flow"], 1);
        out
    });
    let shown = network.run(&format!("voucher show {} {}", files[0], files[1]));
    let pays: Vec<_> =
        shown.as_array().unwrap().iter().map(|voucher| voucher["pays"].as_u64().unwrap()).collect();
    assert_eq!(pays, [UNIT / 2, 2 * UNIT]);
    // The newer one first: the older one adds nothing, is skipped, and the exit code says so.
    let redeemed = network.ends_with(1, &["voucher", "redeem", "--from", "bob", &files[1], &files[0]]);
    assert_eq!(redeemed["paid"][0]["amount"], "2000000");
    assert!(redeemed["skipped"][0]["reason"].as_str().unwrap().contains("adds nothing"), "{redeemed}");
    assert_eq!(taken(&network.run("wallet claim bob")), [("BTT", 2 * UNIT)]);

    // Somebody changes the amount: the check fails, and the contract pays nothing.
    let text = std::fs::read_to_string(&files[1]).unwrap();
    let forged = network.file("forged.json", text.replace("2000000", "9000000"));
    let shown = network.ends_with(1, &["voucher", "show", &forged]);
    assert!(shown[0]["problem"].as_str().unwrap().contains("signature"), "{shown}");
    assert!(network.refused(&["voucher", "redeem", "--from", "bob", &forged]).contains("signature"));
    let elsewhere = network.file("elsewhere.json", text.replace("\"chain_id\":\"", "\"chain_id\":\"not-"));
    assert!(
        network.refused(&["voucher", "redeem", "--from", "bob", &elsewhere]).contains("this voucher is for")
    );
    let more = network.file("more.json", text.replace("{", "{\"more\":1,"));
    assert!(network.refused(&["voucher", "show", &more]).contains("unknown field"));

    // The payer closes; after the notice its claim finishes the stream and takes the rest.
    let closing = network.run("stream close 1 --from alice");
    assert!(closing["ends"].as_u64().is_some(), "{closing}");
    assert!(network.refused(&["stream", "finish", "1", "--from", "bob"]).contains("goes on until"));
    assert_eq!(taken(&network.run("wallet claim alice")), []);
    network.advance(3_601);
    assert_eq!(taken(&network.run("wallet claim alice")), [("BTT", 8 * UNIT)]);
}

#[test]
fn a_key_that_is_in_no_keystore_signs_the_text_of_a_voucher() {
    use ed25519_dalek::{Signer as _, SigningKey};
    let network = network();
    let key = SigningKey::from_bytes(&[7; 32]);
    let public = hex::encode(key.verifying_key().as_bytes());
    network.run(&format!("stream open --from alice --to bob --amount 10 --vouchers --key ed25519:{public}"));
    let text = network.run("voucher text 1 --amount 4");
    let text = text["text"].as_str().unwrap();
    assert!(text.starts_with("BitHive payment voucher, version 1\nchain "), "{text}");
    let signature = hex::encode(key.sign(text.as_bytes()).to_bytes());
    let signed = network.run(&format!("voucher sign 1 --amount 4 --signature {signature}"));
    let file = network.file("voucher.json", signed.to_string());
    assert_eq!(network.run(&format!("voucher redeem --from alice {file}"))["paid"][0]["amount"], "4000000");
    network.all_refused(&[
        (&format!("voucher sign 1 --amount 5 --signature {signature}"), "not of stream 1's key"),
        ("voucher sign 1 --amount 5 --from alice", "names another key"),
        ("voucher sign 1 --amount 4 --from alice", "has paid 4 BTT"),
        ("voucher sign 1 --amount 11 --from alice", "the deposit of stream 1 is 10 BTT"),
    ]);
}

#[test]
fn streams_are_paid_in_coins_of_the_chain_handed_over_and_finished_by_anybody() {
    let network = network();
    network.run("wallet new carol");
    network.run("wallet fund carol --amount 1");
    let coin =
        network.run("chain status")["fee_denom"].as_str().map_or_else(|| "ubee".to_owned(), Into::into);
    let open = format!(
        "stream open --from operator --to bob --asset native:{coin} --amount 30 --rate 10 --every 60 --transferable"
    );
    network.run(&open);
    network.run("stream transfer 1 --from bob --to carol");
    network.advance(600);
    network.run("stream finish 1 --from alice");
    let withdrawn = network.run(&format!("stream withdraw --from carol --asset native:{coin}"));
    assert_eq!(withdrawn["amount"], 30);
    assert!(network.refused(&["stream", "withdraw", "--from", "bob"]).contains("is owed nothing"));
}

#[test]
fn what_makes_no_stream_is_refused_and_moves_nothing() {
    let network = network();
    network.run("stream open --from alice --to bob --amount 10 --rate 1 --every 60");
    let open = "stream open --from alice --to bob";
    network.all_refused(&[
        (&format!("{open} --amount 10"), "--rate"),
        (&format!("{open} --amount 10 --rate 1"), "--every"),
        (&format!("{open} --amount 10 --rate 1 --every 60 --vouchers"), "cannot be used with"),
        (&format!("{open} --amount 0 --rate 1 --every 60"), "--amount is 0"),
        (&format!("{open} --amount 1 --rate 0 --every 60"), "--rate is 0"),
        (&format!("{open} --amount 1 --rate 2 --every 60"), "what one step costs"),
        (&format!("{open} --amount 1.5 --rate 1 --every 60 --asset native:ubee"), "base units"),
        (&format!("{open} --amount 1 --rate 1 --every 0"), "--every"),
        (&format!("{open} --amount 1 --vouchers --key ed25519:00"), "expected wallet:HEX"),
        ("stream open --from alice --to alice --amount 1 --rate 1 --every 60", "expected another account"),
        ("stream top-up 1 --from alice --amount 1 --days 3", "ends when its deposit has drained"),
        ("stream transfer 1 --from bob --to operator", "not transferable"),
        ("stream transfer 1 --from alice --to operator", "expected the payee of flow 1"),
        ("stream close 1 --from operator", "expected the payer or payee"),
        ("stream finish 1 --from bob", "goes on until"),
        ("stream settle 2 --from bob", "there is no stream 2"),
        ("voucher sign 1 --from alice --amount 1", "pays by time"),
    ]);
}
