//! Transactions in files: made where the chain is, signed where the key is, sent by anybody, once.

use serde_json::{Value, json as document};

use crate::common::{Network, bithive, json, path, refused, text};
use crate::setup::Served;

/// A message of another module, protobuf `Any` in base64.
const DELEGATE: &str = "CiMvY29zbW9zLnN0YWtpbmcudjFiZXRhMS5Nc2dEZWxlZ2F0ZRIDAQID";

/// An account with 100 BTT on a chain that is served, whose keystore no command that makes transactions is told of.
struct Cold {
    served: Served,
    network: String,
    address: String,
    operator: String,
    keystore: String,
    password: String,
}

impl Cold {
    fn new() -> Self {
        let served = Served::new();
        let (party, [folder, password, _]) = served.party("requester", "alice");
        let (network, keystore) = (served.network(), format!("{folder}/requester.json"));
        let address = party["address"].as_str().unwrap().to_owned();
        served.json(&["wallet", "fund", &address, "--amount", "100", "--chain", &served.url]);
        let operator = served.json(&["wallet", "show", "operator", "--chain", &served.url]);
        let operator = operator["address"].as_str().unwrap().to_owned();
        Self { served, network, address, operator, keystore, password }
    }

    fn file(&self, name: &str) -> String {
        self.served.file(name)
    }

    fn balance(&self) -> Value {
        json(&["wallet", "show", &self.address, "--network", &self.network])["balance"].clone()
    }

    /// Arguments that make a transaction of 1 BTT to the operator.
    fn making<'a>(&'a self, file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let send = ["wallet", "send", "--from", &self.address, "--to", &self.operator, "--amount", "1"];
        [&send[..], &["--network", &self.network, "--unsigned", file], more].concat()
    }

    fn make(&self, name: &str, more: &[&str]) -> String {
        let file = self.file(name);
        json(&self.making(&file, more));
        file
    }

    fn signing<'a>(&'a self, file: &'a str, more: &[&'a str]) -> Vec<&'a str> {
        let sign = ["tx", "sign", file, "--keystore", &self.keystore, "--password-file", &self.password];
        [&sign[..], more].concat()
    }

    /// Signs a file; the name of the signed one.
    fn sign(&self, file: &str, more: &[&str]) -> String {
        json(&self.signing(file, more))["signed"].as_str().unwrap().to_owned()
    }

    fn sending<'a>(&'a self, file: &'a str) -> [&'a str; 5] {
        ["tx", "send", file, "--chain", &self.served.url]
    }

    /// A copy of a file with another value of a field.
    fn changed(&self, file: &str, name: &str, (field, value): (&str, Value)) -> String {
        let mut content: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        assert!(content[field] != value, "{field} is {value} already");
        content[field] = value;
        let copy = self.file(name);
        std::fs::write(&copy, content.to_string()).unwrap();
        copy
    }
}

fn told(arguments: &[&str]) -> String {
    text(&bithive(arguments).output().unwrap())
}

#[test]
fn a_transaction_is_made_by_address_signed_without_a_chain_and_sent_once() {
    let cold = Cold::new();
    let file = cold.file("send.json");
    let made = json(&cold.making(&file, &[]));
    assert_eq!((&made["sender"], &made["sequence"]), (&cold.address.as_str().into(), &0.into()));
    assert_eq!(cold.balance(), 100_000_000, "nothing is sent");
    let again = refused(&cold.making(&file, &[]));
    assert!(again.contains("exists already"), "{again}");

    let shown = json(&["tx", "show", &file, "--network", &cold.network]);
    let message = &shown["messages"][0];
    assert_eq!((&message["does"], &message["name"]), (&"call_contract".into(), &"token".into()));
    assert_eq!(message["words"], format!("moves 1 BTT to {}", cold.operator));
    assert_eq!((&shown["signature"], &shown["timeout_height"]), (&"missing".into(), &Value::Null));
    let unsent = refused(&cold.sending(&file));
    assert!(unsent.contains("tx sign"), "{unsent}");

    let output = bithive(&cold.signing(&file, &[])).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let said = String::from_utf8(output.stdout).unwrap();
    let (before, after) = (said.find("calls contract").unwrap(), said.find("wrote").unwrap());
    assert!(before < after && said.contains(&cold.operator), "what is signed is shown first: {said}");
    let signed = cold.file("send.signed.json");
    let valid = json(&["tx", "show", &signed]);
    assert_eq!(valid["signature"], "valid");
    let twice = refused(&cold.signing(&signed, &["--out", &cold.file("twice.json")]));
    assert!(twice.contains("signed already"), "{twice}");

    let sent = json(&cold.sending(&signed));
    assert_eq!((&sent["sent_before"], &sent["transaction"]), (&false.into(), &valid["transaction"]));
    assert!(sent["height"].as_u64().unwrap() > 1 && cold.balance() == 99_000_000, "{sent}");
    let again = json(&cold.sending(&signed));
    assert_eq!((&again["sent_before"], &again["height"]), (&true.into(), &sent["height"]));
    assert!(told(&cold.sending(&signed)).contains("sent before"));
    assert_eq!(cold.balance(), 99_000_000, "what is sent twice takes effect once");
}

#[test]
fn wrong_keys_altered_files_and_stale_or_late_transactions_are_refused() {
    let cold = Cold::new();
    let file = cold.make("one.json", &[]);
    let (_, [folder, password, _]) = cold.served.party("requester", "bob");
    let other = format!("{folder}/requester.json");
    let wrong = refused(&["tx", "sign", &file, "--keystore", &other, "--password-file", &password]);
    assert!(wrong.contains("the sender's keystore"), "{wrong}");

    let signed = cold.sign(&file, &[]);
    for (field, value) in [("gas_limit", 90_000_000.into()), ("memo", "paid".into()), ("sequence", 1.into())]
    {
        let altered = cold.changed(&signed, "altered.json", (field, value));
        let error = refused(&cold.sending(&altered));
        assert!(error.contains("changed after it was signed"), "{error}");
        let shown = bithive(&["tx", "show", &altered]).output().unwrap();
        assert_eq!(shown.status.code(), Some(1), "{}", text(&shown));
        assert!(text(&shown).contains("NOT the account's"), "{}", text(&shown));
    }
    let elsewhere = cold.changed(&file, "elsewhere.json", ("chain_id", "other-1".into()));
    let error = refused(&cold.sending(&cold.sign(&elsewhere, &[])));
    assert!(error.contains("other-1"), "{error}");
    let network = refused(&["tx", "show", &elsewhere, "--network", &cold.network]);
    assert!(network.contains("other-1"), "{network}");
    let late = cold.sign(&cold.make("late.json", &["--timeout-height", "1", "--gas", "400000"]), &[]);
    let error = refused(&cold.sending(&late));
    assert!(error.contains("until block 1,") && error.contains("make it again"), "{error}");
    let early = cold.changed(&file, "early.json", ("sequence", 7.into()));
    let error = refused(&cold.sending(&cold.sign(&early, &[])));
    assert!(error.contains("sequences before it first"), "{error}");

    let second = cold.make("second.json", &["--gas", "400000"]);
    assert_eq!(json(&["tx", "show", &second])["gas_limit"], 400_000);
    let second = cold.sign(&second, &[]);
    json(&cold.sending(&signed));
    let error = refused(&cold.sending(&second));
    assert!(error.contains("make it again") && error.contains("sequence 0"), "{error}");
    assert_eq!(cold.balance(), 99_000_000);
}

#[test]
fn messages_that_cannot_be_shown_are_signed_only_on_request() {
    let cold = Cold::new();
    let file = cold.make("known.json", &[]);
    let unknown = cold.changed(&file, "unknown.json", ("messages", document!([DELEGATE])));
    let shown = json(&["tx", "show", &unknown]);
    assert_eq!(shown["messages"][0]["type_url"], "/cosmos.staking.v1beta1.MsgDelegate");
    assert_eq!(shown["messages"][0]["value"], "010203");
    let said = told(&["tx", "show", &unknown]);
    assert!(said.contains("WARNING") && said.contains("010203"), "{said}");
    let error = refused(&cold.signing(&unknown, &[]));
    assert!(error.contains("--unknown-messages"), "{error}");
    let signed = cold.sign(&unknown, &["--unknown-messages"]);
    let error = refused(&cold.sending(&signed));
    assert!(error.contains("MsgDelegate"), "{error}");
}

#[test]
fn commands_without_a_transaction_or_with_several_make_no_file() {
    let cold = Cold::new();
    let file = cold.file("none.json");
    let on = ["--network", &cold.network, "--unsigned", &file];
    let address = cold.address.as_str();
    for (command, named) in [
        (&["wallet", "show", address][..], "sends no transaction"),
        (&["stake", "list", address][..], "sends no transaction"),
        (&["wallet", "claim", "--all"][..], "several transactions"),
        (&["wallet", "claim", address, &cold.operator][..], "several transactions"),
        (&["owner", "apply", "--all", "--from", address][..], "several transactions"),
        (&["wallet", "send", "--from", address, "--to", address, "--amount", "101"][..], "holds 100 BTT"),
        (&["registry", "retire", "--from", address][..], "refuses"),
    ] {
        let error = refused(&[command, &on[..]].concat());
        assert!(error.contains(named), "{command:?}: {error}");
        assert!(!std::path::Path::new(&file).exists(), "{command:?}");
    }
    let send = ["wallet", "send", "--from", address, "--to", address, "--amount", "1"];
    let error = refused(&[&send[..], &["--network", &cold.network, "--gas", "1"]].concat());
    assert!(error.contains("expected --unsigned"), "{error}");
    let error = refused(&[&send[..], &on[..], &["--gas", "0"]].concat());
    assert!(error.contains("--gas"), "{error}");
}

#[test]
fn files_that_are_no_transactions_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let file = path(&folder.path().join("file.json"));
    let large = " ".repeat((1 << 20) + 1);
    for (content, named) in [
        ("", "--unsigned writes it"),
        ("{\"format\":\"bithive-transaction\",\"version\":2}", "version 2"),
        ("{\"format\":\"other\",\"version\":1}", "format is other"),
        (large.as_str(), "1048576 bytes"),
    ] {
        std::fs::write(&file, content).unwrap();
        for command in [&["tx", "show", &file][..], &["tx", "send", &file, "--chain", "http://127.0.0.1:1"]] {
            let error = refused(command);
            assert!(error.contains(named), "{error}");
        }
    }
}

#[test]
fn a_password_comes_from_a_command() {
    let cold = Cold::new();
    let file = cold.make("command.json", &[]);
    let sign = |command: &str| {
        let sign = ["tx", "sign", &file, "--keystore", &cold.keystore, "--password-command", command];
        bithive(&sign).output().unwrap()
    };
    for (command, named) in
        [("exit 3", "exit code 3"), ("true", "no password"), ("echo wrong-password", "the password is wrong")]
    {
        let output = sign(command);
        assert_eq!(output.status.code(), Some(2), "{command}: {}", text(&output));
        let said = text(&output);
        assert!(said.contains(named) && !said.contains("wrong-password"), "{command}: {said}");
    }
    let output = sign(&format!("cat '{}'; echo 'a note below it'", cold.password));
    assert!(output.status.success(), "{}", text(&output));
    let command = format!("cat '{}'", cold.password);
    let send = ["wallet", "send", "--from", &cold.keystore, "--to", &cold.operator, "--amount", "1"];
    json(&[&send[..], &["--network", &cold.network, "--password-command", &command]].concat());
    assert_eq!(cold.balance(), 99_000_000);
}

#[test]
fn a_home_that_is_not_served_makes_and_sends_too() {
    let network = Network::with_nodes(0);
    let file = network.file("unused", "") + ".json";
    let send = ["wallet", "send", "--from", "alice", "--to", "operator", "--amount", "1"];
    network.json(&[&send[..], &["--unsigned", &file]].concat());
    let content: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
    assert!(content["public_key"].is_string(), "the keys of its wallets are at hand: {content}");
    let (keystore, password) = (network.home().join("wallets/alice.json"), network.home().join("password"));
    let (keystore, password) = (path(&keystore), path(&password));
    let signed = json(&["tx", "sign", &file, "--keystore", &keystore, "--password-file", &password]);
    assert_eq!(signed["content"]["signature"], "valid");
    let before = network.run("wallet show alice")["balance"].as_u64().unwrap();
    let signed = signed["signed"].as_str().unwrap();
    for before in [false, true] {
        assert_eq!(network.json(&["tx", "send", signed])["sent_before"], before);
    }
    assert_eq!(network.run("wallet show alice")["balance"], before - 1_000_000);
}
