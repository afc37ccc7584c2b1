//! Keystores from the command line.

use std::path::{Path, PathBuf};

use crate::common::{bithive, json, path, refused, text};

const WORDS: &str =
    "abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon abandon about";

/// A file that nobody else can read.
fn secret(folder: &Path, name: &str, content: &str) -> String {
    let file = folder.join(name);
    bithive_keystore::private::create(&file, content.as_bytes()).unwrap();
    path(&file)
}

fn read(file: &Path) -> String {
    std::fs::read_to_string(file).unwrap()
}

#[test]
fn words_restore_the_keys_that_were_made_with_them() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let password = secret(folder.path(), "password", "a long password\n");
    let (keys, again) = (path(&at("keys.json")), path(&at("again.json")));
    let words = path(&at("words"));
    let cheap = ["--password-file", &password, "--kdf-memory", "1"];
    let made = json(&[&["keys", "new", "--out", &keys, "--words-out", &words], &cheap[..]].concat());
    assert_eq!(read(&at("words")).split_whitespace().count(), 24);
    let restored = json(&[&["keys", "import", "--out", &again, "--words-file", &words], &cheap[..]].concat());
    assert_eq!(made["entries"], restored["entries"]);
    assert_eq!(json(&["keys", "list", &again])["entries"], made["entries"]);

    let shown = path(&at("account.key"));
    json(&["keys", "export", &keys, "--name", "account", "--out", &shown, "--password-file", &password]);
    assert_eq!(read(&at("account.key")).trim().len(), 64);
    let single = path(&at("single.json"));
    let import = ["keys", "import", "--out", &single, "--account-file", &shown];
    let single = json(&[&import[..], &cheap[..]].concat());
    assert_eq!(single["entries"][0]["public"], made["entries"][1]["public"]);

    let other = secret(folder.path(), "other", "another password\n");
    let change = ["keys", "change-password", &keys, "--new-password-file", &other];
    json(&[&change[..], &cheap[..]].concat());
    let export = |password: &str, out: &str| {
        let out = path(&folder.path().join(out));
        let arguments =
            ["keys", "export", &keys, "--name", "mnemonic", "--out", &out, "--password-file", password];
        bithive(&arguments).output().unwrap()
    };
    assert!(text(&export(&password, "no")).contains("password is wrong"));
    assert!(export(&other, "words-again").status.success());
    assert_eq!(read(&at("words-again")), read(&at("words")));
}

#[test]
fn nothing_secret_goes_into_a_pipe_and_nothing_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let password = secret(folder.path(), "password", "a long password");
    let words = secret(folder.path(), "words", WORDS);
    let keys = path(&folder.path().join("keys.json"));
    let new = ["keys", "new", "--out", &keys, "--password-file", &password];
    assert!(refused(&new).contains("--words-out"));
    assert!(!Path::new(&keys).exists(), "nothing is made without the words");
    let import = ["keys", "import", "--out", &keys, "--words-file", &words, "--password-file", &password];
    json(&import);
    assert!(refused(&import).contains("exists already"));
    let export = ["keys", "export", &keys, "--name", "account", "--password-file", &password];
    assert!(refused(&export).contains("--out"));
    // Without a password file, somebody has to be asked, and there is no terminal.
    let asked = refused(&["keys", "export", &keys, "--name", "account", "--out", "unused"]);
    assert!(asked.contains("--password-file") && asked.contains("BITHIVE_PASSWORD_FILE"), "{asked}");
    let mut named = bithive(&["keys", "list", &keys, "--json"]);
    let listed = named.env("BITHIVE_PASSWORD_FILE", &password).output().unwrap();
    assert!(listed.status.success());
}

#[test]
fn bad_words_passwords_and_costs_are_named_and_never_quoted() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| secret(folder.path(), name, content);
    let (good, short) = (file("good", "a long password"), file("short", "short"));
    let words = [
        (file("few", "abandon about"), "2 words"),
        (file("unknown", &WORDS.replace("about", "sesame")), "place 12"),
        (file("checksum", &WORDS.replace("about", "abandon")), "checksum"),
    ];
    let keys: PathBuf = folder.path().join("keys.json");
    let import = |words: &str, password: &str, memory: &str| {
        let out = path(&keys);
        let arguments = ["keys", "import", "--out", &out, "--words-file", words];
        refused(&[&arguments[..], &["--password-file", password, "--kdf-memory", memory]].concat())
    };
    for (words, wrong) in &words {
        let error = import(words, &good, "1");
        assert!(error.contains(wrong) && !error.contains("sesame"), "{error}");
    }
    let fine = file("fine", WORDS);
    assert!(import(&fine, &short, "1").contains("at least 8"));
    assert!(import(&fine, &good, "4096").contains("--kdf-memory"));
    assert!(!keys.exists());
}

#[test]
fn a_health_check_that_fails_names_the_check_and_exits_with_1() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("node.toml");
    json(&["config", "init", "node", "--out", &path(&config)]);
    let output = bithive(&["health-check", "--config", &path(&config), "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["ok"], false);
    let failed: Vec<_> =
        report["checks"].as_array().unwrap().iter().filter(|c| c["outcome"] == "failed").collect();
    assert_eq!(failed[0]["check"], "configuration");
    assert!(failed.iter().any(|check| check["check"] == "keystore"), "{report}");
    assert!(failed.iter().all(|check| check["todo"].is_string()), "{report}");
    let shown = bithive(&["health-check", "--config", &path(&config)]).output().unwrap();
    assert!(text(&shown).contains("FAILED   keystore"), "{}", text(&shown));
}

#[test]
fn the_status_of_a_process_that_does_not_run_is_told_by_exit_code_1() {
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("relay.toml");
    std::fs::write(
        &config,
        "role = \"relay\"\nlisten = \"127.0.0.1:0\"\nadmission = \"everyone\"\n[metrics]\nlisten = \"127.0.0.1:9\"\n",
    )
    .unwrap();
    let output = bithive(&["status", "--config", &path(&config), "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    assert!(text(&output).contains("\"running\": false"), "{}", text(&output));
    std::fs::write(&config, "role = \"relay\"\nlisten = \"127.0.0.1:0\"\nadmission = \"everyone\"\n")
        .unwrap();
    assert!(refused(&["status", "--config", &path(&config)]).contains("metrics.listen"));
}
