//! Credits by command: oracles are named, what they sign is imported, and credits pay for a job.

use crate::common::{Network, POLICY};
use bithive_attest::bls::{SecretKey, aggregate};
use bithive_attest::{BoincCredit, Domain, possession_bytes};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::{Value, json};

const UNIT: u64 = 1_000_000;
const DAY: u64 = 86_400;
const PROJECT: &str = "https://boinc.example/";

/// Three oracles, who sign for the time bank of a network.
struct Oracles {
    chain_id: String,
    timebank: String,
    keys: Vec<SecretKey>,
}

impl Oracles {
    fn of(network: &Network) -> Self {
        let file = std::fs::read(network.home().join("deployment.json")).unwrap();
        let deployment: Value = serde_json::from_slice(&file).unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        Self {
            chain_id: deployment["chain_id"].as_str().unwrap().to_owned(),
            timebank: network.contract("timebank"),
            keys: (0..3).map(|_| SecretKey::generate(&mut rng).unwrap()).collect(),
        }
    }

    fn domain(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: &self.timebank }
    }

    /// What an oracle hands out, as a file.
    fn file(&self, network: &Network, index: usize, account: &str) -> String {
        let key = self.keys[index].public_key();
        let proof = self.keys[index].prove_possession(&possession_bytes(self.domain(), account, &key));
        let oracle = json!({
            "account": account, "bls_key": hex::encode(key), "bls_possession": hex::encode(proof),
        });
        network.file(&format!("oracle-{index}.json"), oracle.to_string())
    }

    /// A statement that the first and the last of them sign, as a file.
    fn statement(&self, network: &Network, account: &str, total: u64) -> String {
        let message = BoincCredit { account, project: PROJECT, host: 42, total }.sign_bytes(self.domain());
        let signature = aggregate(&[0, 2].map(|index: usize| self.keys[index].sign(&message))).unwrap();
        let signed = json!({
            "statement": { "account": account, "project": PROJECT, "host": 42, "total": total },
            "signers": 5, "signature": hex::encode(signature),
        });
        network.file(&format!("host-42-{total}.json"), signed.to_string())
    }
}

fn address(network: &Network, name: &str) -> String {
    network.json(&["wallet", "show", name])["address"].as_str().unwrap().to_owned()
}

#[test]
fn what_oracles_sign_becomes_credits_that_pay_for_a_job() {
    let network = Network::with_nodes(0);
    let oracles = Oracles::of(&network);
    let accounts = ["operator", "treasury", "incentive-pool"].map(|name| address(&network, name));
    let files: Vec<_> = (0..3).map(|index| oracles.file(&network, index, &accounts[index])).collect();
    let named =
        ["timebank", "set-oracles", "--oracle", &files[0], "--oracle", &files[1], "--oracle", &files[2]];
    assert_eq!(network.json(&named)["waits"], json!([]), "in the first day at once");
    assert_eq!(network.run("timebank fund --from operator --amount 100")["amount"], 100 * UNIT);
    let show = network.run("timebank show");
    assert_eq!((&show["oracles"]["threshold"], &show["totals"]["funded"]), (&2.into(), &"100000000".into()));

    let alice = address(&network, "alice");
    let statement = oracles.statement(&network, &alice, 400_000);
    // Anybody may bring it; the credits are alice's.
    let imported = network.json(&["timebank", "import", &statement, "--from", "operator"]);
    assert_eq!((&imported["credits"], &imported["account"]), (&4_000.into(), &alice.as_str().into()));
    let again = network.refused(&["timebank", "import", &statement, "--from", "operator"]);
    assert!(again.contains("was counted up to 400000"), "{again}");
    let host = network.json(&["timebank", "host", PROJECT, "42"]);
    assert_eq!(host["imported"]["credits"], 4_000);
    let holder = &network.run("timebank accounts alice")[0];
    assert_eq!((&holder["credits"], &holder["worth"]), (&4_000.into(), &(4 * UNIT).into()));

    // A job of three workers at 1 BTT takes 3,000 credits, and no BTT of its requester.
    let post = |most: &'static str| {
        [
            "job",
            "post",
            "--from",
            "alice",
            "--policy",
            POLICY,
            "--price",
            "1",
            "--row",
            "0",
            "--credits",
            most,
        ]
    };
    let refused = network.refused(&post("2999"));
    assert!(refused.contains("the job takes 3000, and --credits permits 2999"), "{refused}");
    let before = network.run("wallet show alice");
    let job = network.json(&post("3000"))["job_id"].as_u64().unwrap();
    let after = network.run("wallet show alice");
    assert_eq!((&after["balance"], &after["credits"]), (&before["balance"], &1_000.into()));
    assert_eq!(network.run(&format!("job status {job}"))["escrow"], "3000000");
    let refused = network.refused(&post("3000"));
    assert!(refused.contains("holds 1000 credits"), "{refused}");
    // What is refunded is BTT.
    network.run(&format!("job cancel {job} --from alice"));
    network.run("wallet withdraw alice");
    let refunded = network.run("wallet show alice")["balance"].as_u64().unwrap();
    assert_eq!(refunded, after["balance"].as_u64().unwrap() + 3 * UNIT);
}

#[test]
fn meters_and_funds_are_the_owners_and_what_may_not_be_done_moves_nothing() {
    let network = Network::with_nodes(0);
    let (staking, told) =
        (network.contract("staking"), |text: &str| network.told(&text.split(' ').collect::<Vec<_>>()));
    network.run(&format!("timebank set-meter {staking} --per-day 500"));
    assert_eq!(network.run(&format!("timebank accounts {staking}"))[0]["meter"]["per_day"], 500);
    network.run("timebank fund --from operator --amount 10");
    assert!(told("timebank return-funds --amount 4").contains("4 BTT is the treasury's"));
    assert_eq!(network.run("timebank show")["totals"]["funded"], "6000000");
    network.advance(DAY);
    network.run("timebank accrue --from alice");
    // A day later a higher limit waits, and removing a meter does not.
    let more = format!("timebank set-meter {staking} --per-day 900");
    let more: Vec<_> = more.split(' ').collect();
    let waits = network.ends_with(1, &more);
    assert_eq!(
        (&waits["waits"][0]["contract"], &waits["message"]),
        (&"timebank".into(), &"set_meter".into())
    );
    assert!(network.told(&more).contains("bithive owner apply --all"));
    network.run(&format!("timebank set-meter {staking} --remove"));
    assert_eq!(network.run(&format!("timebank accounts {staking}"))[0]["meter"], Value::Null);
    assert!(told("timebank show").contains("0 credits, worth 0 BTT; 6 BTT back them"));
    assert!(told("timebank accounts alice").contains("alice"));

    let text = network.file("text.json", "not json");
    let other = network.file("other.json", r#"{"statement":{},"signers":1,"signature":"","more":1}"#);
    let operator = address(&network, "operator");
    network.all_refused(&[
        (&format!("timebank import {text} --from alice"), "text.json"),
        (&format!("timebank import {other} --from alice"), "expected a signed statement"),
        ("timebank import nowhere.json --from alice", "nowhere.json"),
        ("timebank fund --from alice --amount -1", "below 0"),
        ("timebank return-funds --amount 7", "6 BTT are not needed to back credits; expected at least 7 BTT"),
        ("timebank return-funds --amount 1 --from alice", "owner"),
        (&format!("timebank set-meter {operator} --per-day 5"), "expected a contract"),
        (&format!("timebank set-meter {staking}"), "--per-day"),
        ("timebank set-oracles", "--oracle"),
    ]);
}
