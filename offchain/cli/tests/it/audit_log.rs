//! Audit logs and consents, as a user has them.

use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::common::{Network, POLICY, bithive, json, path, refused, text};

/// The acts of entries, with how they ended.
fn acts(shown: &Value) -> Vec<String> {
    let entries = shown["entries"].as_array().unwrap().iter();
    entries.map(|entry| format!("{} {}", entry["act"], entry["outcome"]).replace('"', "")).collect()
}

/// Runs a command that finds something, with exit code 1.
fn found(arguments: &[&str]) -> Value {
    let output = bithive(arguments).arg("--json").output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{arguments:?}: {}", text(&output));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn a_home_with_a_log_says_what_was_done_and_which_entry_was_changed() {
    let network = Network::with_nodes(0);
    network.post();
    assert!(
        network.refused(&["audit", "verify"]).contains("holds no audit log"),
        "a home has none by itself"
    );
    network.json(&["audit", "init"]);
    let job = network.post();
    let expected = ["log-begun success", "opened success", "job-posted begun", "job-posted success"];
    let shown = network.json(&["audit", "show"]);
    assert_eq!(acts(&shown), expected);
    assert_eq!(shown["entries"][1]["count"], 2);
    let verified = network.json(&["audit", "verify"]);
    assert_eq!((&verified["ok"], &verified["last"]), (&true.into(), &4.into()));
    let of_job = network.json(&["audit", "show", "--job", &job.to_string()]);
    assert_eq!(acts(&of_job), ["job-posted success"]);
    let actor = shown["entries"][1]["actor"].as_str().unwrap();
    assert_eq!(acts(&network.json(&["audit", "access", "--actor", actor])), ["opened success"]);
    assert!(network.refused(&["audit", "access"]).contains("--subject"));

    let csv = network.file("audit.csv", "");
    std::fs::remove_file(&csv).unwrap();
    network.json(&["audit", "export", "--form", "csv", "--out", &csv]);
    assert_eq!(std::fs::read_to_string(&csv).unwrap().lines().count(), 5);
    let events = network.told(&["audit", "export", "--act", "opened"]);
    let event: Value = serde_json::from_str(events.trim()).unwrap();
    assert_eq!((&event["resourceType"], &event["action"]), (&"AuditEvent".into(), &"R".into()));

    let segment = network.home().join("audit/entries-00000000000000000001.log");
    let log = std::fs::read_to_string(&segment).unwrap();
    std::fs::write(&segment, log.replacen("\"outcome\":\"begun\"", "\"outcome\":\"refused\"", 1)).unwrap();
    let broken = network.ends_with(1, &["audit", "verify"]);
    assert_eq!((&broken["fault"], &broken["entry"]), (&"changed".into(), &3.into()));
    let jobs = network.json(&["job", "list"]);
    let error = network.refused(&["job", "post", "--from", "alice", "--policy", POLICY, "--price", "20"]);
    assert!(error.contains("broken at entry 3"), "{error}");
    assert_eq!(network.json(&["job", "list"]), jobs, "what can't be logged is not done");
}

#[test]
fn break_glass_is_logged_by_another_program_and_watched() {
    let folder = tempfile::tempdir().unwrap();
    let log = path(&folder.path().join("audit"));
    let subject = "ab".repeat(32);
    let record =
        ["audit", "record", "break-glass", "--log", &log, "--actor", "ward-3", "--role", "clinician"];
    json(&[&record[..], &["--code", "emergency", "--subject", &subject]].concat());
    let access = json(&["audit", "access", "--log", &log, "--subject", &subject]);
    assert_eq!(access["entries"][0]["code"], "emergency");
    let watch = ["audit", "watch", "--log", &log, "--once"];
    let output = bithive(&watch).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("break-glass") && !text(&output).contains("ward-3"), "{}", text(&output));
    assert_eq!(bithive(&watch).output().unwrap().status.code(), Some(0), "nothing is told twice");
    let wrong = ["audit", "record", "opened", "--log", &log, "--actor", "Ann Other", "--role", "clinician"];
    assert!(refused(&wrong).contains("never the name of a person"));
    assert!(refused(&["audit", "record", "opened", "--log", &log]).contains("--role"));
    assert!(refused(&["audit", "record", "log-begun", "--log", &log]).contains("nobody else records it"));
}

/// A requester's folder: keys, and the configuration that new ones get.
fn party(folder: &Path) -> (String, String) {
    let at = |name: &str| path(&folder.join(name));
    let password = at("password");
    bithive_keystore::private::create(Path::new(&password), b"a long password\n").unwrap();
    let (keys, words) = (at("requester.json"), at("words"));
    let new = ["keys", "new", "--out", &keys, "--words-out", &words, "--password-file", &password];
    json(&[&new[..], &["--kdf-memory", "1"]].concat());
    let (_, template) =
        bithive_daemon::config::TEMPLATES.iter().find(|(role, _)| *role == "requester").unwrap();
    std::fs::write(at("requester.toml"), template).unwrap();
    (at("requester.toml"), password)
}

#[test]
fn a_consent_is_made_signed_checked_and_withdrawn_and_its_log_has_a_signed_head() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name));
    let (config, password) = party(folder.path());
    let keys = json(&["keys", "list", &at("requester.json")]);
    let entries = keys["entries"].as_array().unwrap();
    let issuer = entries.iter().find(|entry| entry["name"] == "account").unwrap()["public"].as_str().unwrap();
    let rows: PathBuf = folder.path().join("rows.csv");
    std::fs::write(&rows, "a,b\n1,2\n").unwrap();
    let rows = path(&rows);
    let (draft, consent, list) = (at("draft.json"), at("consent.json"), at("withdrawn.json"));
    let make = ["consent", "make", "--issuer", issuer, "--reader", "bithive1reader", "--purpose", "TREAT"];
    json(&[&make[..], &["--data", &rows, "--days", "30", "--out", &draft]].concat());
    let by = ["--config", &config, "--password-file", &password];
    let signed = json(&[&["consent", "sign", &draft, "--out", &consent], &by[..]].concat());
    let check = |extra: &[&'static str]| {
        let mut all = vec!["consent", "check", &consent, "--reader", "bithive1reader", "--issuer", issuer];
        all.extend(["--purpose", "TREAT", "--data", &rows]);
        all.extend(extra);
        bithive(&all).arg("--json").output().unwrap()
    };
    let permitted = check(&[]);
    assert!(permitted.status.success(), "{}", text(&permitted));
    let late = check(&["--at", "2999-01-01T00:00:00Z"]);
    let late: Value = serde_json::from_slice(&late.stdout).unwrap();
    assert_eq!((&late["permitted"], &late["reason"]), (&false.into(), &"expired".into()));
    json(&[&["consent", "revoke", &consent, "--out", &list], &by[..]].concat());
    let arguments = ["consent", "check", &consent, "--reader", "bithive1reader", "--purpose", "TREAT"];
    let withdrawn = found(&[&arguments[..], &["--issuer", issuer, "--revocations", &list]].concat());
    assert_eq!(withdrawn["reason"], "revoked");

    let head = at("head.json");
    json(&[&["audit", "head", "--sign", "--out", &head], &by[..]].concat());
    let shown = json(&["audit", "show", "--config", &config]);
    let expected = [
        "log-begun success",
        "configuration-changed success",
        "keystore-opened success",
        "consent-given success",
        "keystore-opened success",
        "consent-withdrawn success",
        "keystore-opened success",
        "head-signed success",
    ];
    assert_eq!(acts(&shown), expected);
    assert_eq!(shown["entries"][3]["consent"], signed["digest"]);
    let verified = json(&["audit", "verify", "--config", &config, "--head", &head, "--signer", issuer]);
    assert_eq!((&verified["heads_compared"], &verified["last"]), (&1.into(), &8.into()));
    let other = ["audit", "verify", "--config", &config, "--head", &head, "--signer", "bithive1other"];
    assert!(refused(&other).contains("is signed by"));
    let segment = folder.path().join("audit/entries-00000000000000000001.log");
    let log = std::fs::read_to_string(&segment).unwrap();
    std::fs::write(&segment, log.split_inclusive('\n').take(5).collect::<String>()).unwrap();
    let cut = found(&["audit", "verify", "--config", &config, "--head", &head]);
    assert_eq!((&cut["fault"], &cut["entry"]), (&"cut-off".into(), &6.into()));
}

#[test]
fn a_wrong_password_is_in_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let (config, _) = party(folder.path());
    let wrong = path(&folder.path().join("wrong"));
    bithive_keystore::private::create(Path::new(&wrong), b"another password\n").unwrap();
    let sign = ["audit", "head", "--sign", "--config", &config, "--password-file", &wrong];
    assert!(refused(&sign).contains("password is wrong"));
    let shown = json(&["audit", "show", "--config", &config]);
    assert_eq!(acts(&shown)[2], "keystore-opened failed");
}

#[test]
fn a_job_under_a_consent_that_does_not_permit_it_is_not_posted() {
    let network = Network::with_nodes(0);
    let folder = tempfile::tempdir().unwrap();
    let (config, password) = party(folder.path());
    let at = |name: &str| path(&folder.path().join(name));
    let keys = json(&["keys", "list", &at("requester.json")]);
    let entries = keys["entries"].as_array().unwrap();
    let issuer = entries.iter().find(|entry| entry["name"] == "account").unwrap()["public"].as_str().unwrap();
    let rows = network.file("rows.csv", include_str!("../../../../data/wdbc/holdout.csv"));
    let alice = network.json(&["wallet", "show", "alice"])["address"].as_str().unwrap().to_owned();
    let alice = alice.as_str();
    let (draft, consent) = (at("draft.json"), at("consent.json"));
    let make =
        ["consent", "make", "--issuer", issuer, "--reader", alice, "--purpose", "TREAT", "--data", &rows];
    json(&[&make[..], &["--days", "1", "--out", &draft]].concat());
    let sign =
        ["consent", "sign", &draft, "--config", &config, "--password-file", &password, "--out", &consent];
    let digest = json(&sign)["digest"].clone();
    network.json(&["audit", "init"]);
    let post = |purpose: &'static str| {
        let terms = ["job", "post", "--from", "alice", "--policy", POLICY, "--price", "20", "--input", &rows];
        [&terms[..], &["--consent", &consent, "--consent-issuer", issuer, "--purpose", purpose]].concat()
    };
    let unrecorded = |purpose| [&post(purpose)[..], &["--unrecorded"]].concat();
    let error = network.refused(&post("HRESCH"));
    assert!(error.contains("does not permit the purpose HRESCH; it permits: TREAT"), "{error}");
    assert_eq!(network.json(&["job", "list"]), Value::Array(vec![]), "nothing was posted");
    // The issuer has put nothing on the chain.
    let error = network.refused(&post("TREAT"));
    assert!(error.contains("bithive consent record") && error.contains("--unrecorded"), "{error}");
    network.json(&unrecorded("TREAT"));
    let under = network.json(&["audit", "show", "--consent", digest.as_str().unwrap()]);
    assert_eq!(acts(&under), ["opened success", "job-posted begun", "job-posted success"]);
}
