//! A profile stands for the options of a network and an account, and keeps no secrets.

use std::process::Output;

use serde_json::Value;

use crate::common::{bithive, text};
use crate::setup::Served;

/// Runs words as somebody whose configuration folder is `config`, in another folder than that of the files.
fn output(config: &str, arguments: &[&str]) -> Output {
    let elsewhere = tempfile::tempdir().unwrap();
    let mut command = bithive(arguments);
    command.arg("--json").env("XDG_CONFIG_HOME", config).current_dir(elsewhere.path());
    command.output().unwrap()
}

fn json(config: &str, arguments: &[&str]) -> Value {
    let output = output(config, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", text(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn refused(config: &str, arguments: &[&str], named: &str) {
    let output = output(config, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", text(&output));
    assert!(text(&output).contains(named), "{arguments:?}\n  said: {}\n  expected: {named}", text(&output));
}

#[test]
fn a_profile_names_a_network_and_an_account() {
    let served = Served::new();
    let (_, [folder, password, _]) = served.party("requester", "alice");
    let (network, keystore) = (served.network(), format!("{folder}/requester.json"));
    let funded = served.json(&["wallet", "fund", &keystore, "--amount", "100", "--chain", &served.url]);
    let config = &served.file("config");
    assert_eq!(json(config, &["profile", "list"])["profiles"], serde_json::json!({}));
    let add = ["profile", "add", "hive", "--network", &network, "--account", &keystore];
    json(config, &add);
    let listed = json(config, &["profile", "list"]);
    assert_eq!(listed["profiles"]["hive"]["account"], keystore.as_str());
    let file = listed["file"].as_str().unwrap().to_owned();
    assert!(file.starts_with(config.as_str()), "{file}");

    let shown = json(config, &["wallet", "show", "--profile", "hive"]);
    assert_eq!((&shown["address"], &shown["balance"]), (&funded["address"], &100_000_000.into()));
    let operator = served.json(&["wallet", "show", "operator", "--chain", &served.url]);
    let operator = operator["address"].as_str().unwrap();
    let send = ["wallet", "send", "--from", "@", "--to", operator, "--amount", "1", "--profile", "hive"];
    let sent = json(config, &[&send[..], &["--password-file", &password]].concat());
    assert_eq!(sent["balance"], 99_000_000);
    json(config, &["timebank", "accounts", "@", "--profile", "hive"]);

    refused(config, &add, "--replace");
    json(config, &[&add[..], &["--replace"]].concat());
    json(config, &["profile", "add", "bare", "--chain", &served.url]);
    refused(config, &["wallet", "show", "--profile", "bare"], "knows no contracts");
    refused(config, &["wallet", "show", "--profile", "other"], "expected one of bare, hive");
    refused(config, &["wallet", "show", "--profile", "hive", "--chain", "token"], "--profile");
    refused(config, &["profile", "add", "../x", "--chain", "token"], "no name of a profile");
    refused(config, &["profile", "add", "x"], "--network");
    refused(config, &["profile", "add", "x", "--network", &keystore], "deployment export");
    refused(config, &["profile", "add", "x", "--chain", "token", "--account", &password], "password");
    refused(config, &["profile", "add", "x", "--chain", "http://a:b@chain"], "keep no secrets");
    refused(config, &["profile", "remove", "x"], "profile list");
    json(config, &["profile", "remove", "bare"]);
    std::fs::write(&file, "[hive]\npassword = 'x'\n").unwrap();
    refused(config, &["wallet", "show", "--profile", "hive"], "unknown field `password`");
}
