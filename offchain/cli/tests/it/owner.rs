//! What owners of contracts do, the same for every contract.

use serde_json::{Value, json};

use crate::common::{self, Network, refused};
use crate::setup::Served;

const DAY: u64 = 86_400;

fn row<'a>(show: &'a Value, contract: &str) -> &'a Value {
    show["contracts"].as_array().unwrap().iter().find(|row| row["contract"] == contract).unwrap()
}

#[test]
fn contracts_are_paused_handed_over_and_set_by_their_owners_alone() {
    let network = Network::with_nodes(0);
    let operator = network.run("wallet show operator")["address"].clone();
    let alice = network.run("wallet show alice")["address"].clone();
    let show = network.run("owner show");
    for contract in
        ["registry", "jobs", "treasury", "rewards", "emissions", "staking", "timebank", "meter", "models"]
    {
        assert_eq!(row(&show, contract)["owner"], operator, "{contract}");
        let paused = if contract == "jobs" { Value::Null } else { false.into() };
        assert_eq!(row(&show, contract)["paused"], paused, "{contract}");
    }
    for contract in ["token", "btk", "vesting"] {
        assert_eq!(
            (&row(&show, contract)["owner"], &row(&show, contract)["paused"]),
            (&Value::Null, &Value::Null)
        );
    }
    // Every pause stops what it is for, and ends.
    network.run("owner pause registry");
    assert_eq!(network.run("owner show registry")["contracts"][0]["paused"], true);
    network.run("wallet new bob");
    network.run("wallet fund bob --amount 200");
    assert!(network.refused(&["requester", "register", "bob"]).contains("paused"));
    network.run("owner resume registry");
    network.run("requester register bob");
    network.run("owner pause jobs");
    network.run("owner resume jobs");

    network.run("owner transfer treasury alice");
    let shown = network.run("owner show treasury");
    assert_eq!((&shown["contracts"][0]["owner"], &shown["contracts"][0]["proposed"]), (&operator, &alice));
    assert!(network.told(&["owner", "show", "treasury"]).contains("alice"));
    assert!(network.refused(&["owner", "accept", "treasury", "--from", "bob"]).contains("owner"));
    network.run("owner accept treasury --from alice");
    assert_eq!(network.run("owner show treasury")["contracts"][0]["owner"], alice);
    network.run("owner pause treasury --from alice");

    let set = |contract: &'static str, message: Value| {
        ["owner".to_owned(), "set".into(), contract.into(), message.to_string()]
    };
    let refused = |contract, message| {
        let words = set(contract, message);
        network.refused(&words.each_ref().map(String::as_str))
    };
    let slasher = json!({ "set_slasher": { "slasher": network.contract("jobs"), "allowed": true } });
    assert!(refused("staking", json!({ "set_slashers": {} })).contains("schema/staking/execute.json"));
    assert!(refused("staking", json!({ "compound": { "node": alice } })).contains("no message of its owner"));
    let words = set("staking", slasher);
    assert_eq!(network.json(&words.each_ref().map(String::as_str))["message"], "set_slasher");

    network.all_refused(&[
        ("owner pause staking --from alice", "owner"),
        ("owner pause treasury", "owner"),
        ("owner pause vesting", "has no pause"),
        ("owner pause bank", "has no contract \"bank\"; expected one of token"),
        ("owner transfer jobs alice", "expected registry in place of jobs"),
        ("owner transfer vesting alice", "has no owner"),
        ("owner transfer staking nobody", "wallet new nobody"),
        ("owner accept staking --from alice", "owner"),
        ("owner cancel staking", "expected one like jobs:3"),
        ("owner cancel staking:x", "no number of a setting"),
        ("owner cancel models:1", "keeps no settings waiting"),
        ("owner cancel staking:7", "no setting 7 waits"),
        ("owner apply", "--all"),
        ("owner set staking x", "no JSON"),
    ]);
}

#[test]
fn a_setting_of_any_contract_waits_and_is_applied_or_cancelled() {
    let network = Network::with_nodes(0);
    network.advance(DAY);
    let alice = network.run("wallet show alice")["address"].clone();
    let message = json!({ "set_recipient": { "bucket": "foundation", "recipient": alice } }).to_string();
    let set = ["owner", "set", "emissions", &message];
    let waits = network.ends_with(1, &set);
    assert_eq!((&waits["waits"][0]["id"], &waits["waits"][0]["stage"]), (&1.into(), &"waits".into()));
    let shown = network.told(&["owner", "show", "emissions"]);
    assert!(shown.contains("emissions:1") && shown.contains("set_recipient"), "{shown}");
    // The same list as that of the operator's command.
    assert_eq!(network.run("owner show")["settings"], network.run("chain settings")["settings"]);
    network.run("owner cancel emissions:1");
    assert_eq!(network.run("owner show")["settings"], json!([]));
    network.ends_with(1, &set);
    assert!(network.refused(&["owner", "cancel", "emissions:2", "--from", "alice"]).contains("owner"));
    network.advance(3 * DAY);
    // Anybody applies what is due.
    let applied = network.run("owner apply --all --from alice");
    assert_eq!(applied["applied"][0]["id"], 2);
    assert_eq!(network.ends_with(1, &["owner", "apply", "emissions:2"])["applied"], json!([]));
    // The owner's own commands tell that they wait as well.
    let limits = "rewards limits --patient-count 1 --patient-amount 600 --total-amount 600";
    let limits = network.ends_with(1, &limits.split(' ').collect::<Vec<_>>());
    assert_eq!(limits["waits"][0]["contract"], "rewards");
}

/// The owner of a registry who has no home folder: a keystore, its password, and the file of the network.
struct Council {
    chain: Served,
    address: String,
    keystore: String,
    password: String,
    config: String,
}

impl Council {
    fn new() -> Self {
        let chain = Served::new();
        let (party, [folder, password, _]) = chain.party("requester", "council");
        let (address, config) = (party["address"].as_str().unwrap(), party["config"].as_str().unwrap());
        let council = Self {
            keystore: format!("{folder}/requester.json"),
            address: address.into(),
            config: config.into(),
            password,
            chain,
        };
        council.chain.json(&["wallet", "fund", address, "--amount", "100", "--chain", &council.chain.url]);
        council.chain.json(&["owner", "transfer", "registry", address, "--chain", &council.chain.url]);
        council.signed("owner accept registry");
        council
    }

    fn words<'a>(&'a self, command: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        command.split(' ').chain(more.iter().copied()).collect()
    }

    /// Runs a command that the keystore signs for.
    fn signed(&self, command: &str) -> Value {
        let network = self.chain.network();
        let with = ["--from", &self.keystore, "--network", &network, "--password-file", &self.password];
        common::json(&self.words(command, &with))
    }

    /// Runs a command whose transaction goes to a file, and is signed and sent from there.
    fn by_file(&self, command: &str, name: &str) -> Value {
        let (network, file) = (self.chain.network(), self.chain.file(name));
        let with = ["--from", &self.address, "--network", &network, "--unsigned", &file];
        let made = common::json(&self.words(command, &with));
        assert_eq!(made["sender"], self.address.as_str(), "{command}");
        let sign = ["--keystore", &self.keystore, "--password-file", &self.password];
        let signed = common::json(&self.words(&format!("tx sign {file}"), &sign));
        common::json(&["tx", "send", signed["signed"].as_str().unwrap(), "--chain", &self.chain.url])
    }

    fn accreditors(&self) -> Value {
        let network = self.chain.network();
        let shown = common::json(&["chain", "accreditors", "--network", &network]);
        shown["accreditation"]["accreditors"].clone()
    }
}

#[test]
fn an_owner_without_a_home_folder_signs_by_keystore_by_configuration_and_in_files() {
    let council = Council::new();
    let (address, url) = (council.address.as_str(), council.chain.url.as_str());
    let set = format!("chain accreditors set --accreditor {address}");
    // Who was the owner before is none any more.
    let home = council.chain.file("home");
    let before = [&["--home", &home][..], &council.words(&set, &["--chain", url])].concat();
    assert!(refused(&before).contains("owner"));
    council.signed(&set);
    assert_eq!(council.accreditors(), json!([address]));
    council.by_file(&format!("chain accreditors remove {address}"), "remove.json");
    assert_eq!(council.accreditors(), json!([]));

    let members: Vec<_> =
        (1..=2).map(|number| council.chain.party("committee", &format!("member-{number}")).0).collect();
    let member = |member: &Value| {
        format!("--member {}={}", member["address"].as_str().unwrap(), member["endpoint"].as_str().unwrap())
    };
    let [one, two] = [member(&members[0]), member(&members[1])];
    // The committee of the first day is replaced from the next epoch on, once more by a file.
    let named = council.signed(&format!("committee name {one} {two}"));
    assert_eq!((&named["threshold"], &named["waits"]), (&2.into(), &json!([])));
    council.by_file(&format!("committee name {two} {one}"), "committee.json");

    // Owner of the market is that of the registry. The account of a configuration needs no name.
    let own = ["--config", &council.config, "--from", "@", "--password-file", &council.password];
    assert_eq!(common::json(&council.words("chain model --credits 7", &own))["work"]["credits"], 7);
    council.by_file("chain model --forget", "model.json");
    let nobody = [&["--home", &home][..], &council.words("chain model --credits 7", &["--chain", url])];
    assert!(refused(&nobody.concat()).contains("owner"));

    let shown = ["--network", &council.chain.network(), "--unsigned", "none.json"].map(String::from);
    let shown = shown.each_ref().map(String::as_str);
    let none = refused(&council.words("chain settings", &shown));
    assert!(none.contains("sends no transaction"), "{none}");
    let several = refused(&council.words("chain settings apply --all", &shown));
    assert!(several.contains("name another one with --from"), "{several}");
}
