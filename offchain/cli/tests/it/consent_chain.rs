//! Consents on a chain, uses that the subject sees, emergencies, heads of audit logs, and erasure, as a user has them.

use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::common::{Network, POLICY, bithive, json, path, refused, text};

const ROWS: &str = include_str!("../../../../data/wdbc/holdout.csv");

struct World {
    network: Network,
    folder: tempfile::TempDir,
    patient: String,
    alice: String,
    rows: String,
}

impl World {
    /// A network with a requester, alice, and a patient, who has a wallet.
    fn new() -> Self {
        let network = Network::with_nodes(0);
        network.json(&["wallet", "new", "patient"]);
        network.json(&["wallet", "fund", "patient", "--amount", "1"]);
        let address =
            |name: &str| network.json(&["wallet", "show", name])["address"].as_str().unwrap().to_owned();
        let (patient, alice) = (address("patient"), address("alice"));
        let rows = network.file("rows.csv", ROWS);
        Self { network, folder: tempfile::tempdir().unwrap(), patient, alice, rows }
    }

    fn at(&self, name: &str) -> String {
        path(&self.folder.path().join(name))
    }

    /// A receipt of the patient for alice and two purposes, signed by its wallet.
    fn receipt(&self) -> String {
        let (draft, consent) = (self.at("draft.json"), self.at("consent.json"));
        let who = ["consent", "make", "--issuer", &self.patient, "--reader", &self.alice];
        let what = ["--purpose", "TREAT", "--purpose", "HRESCH", "--data", &self.rows, "--days", "1"];
        json(&[&who[..], &what, &["--out", &draft]].concat());
        self.network.json(&["consent", "sign", &draft, "--from", "patient", "--out", &consent]);
        consent
    }

    fn post<'a>(&'a self, more: &[&'a str]) -> Vec<&'a str> {
        let terms =
            ["job", "post", "--from", "alice", "--policy", POLICY, "--price", "20", "--input", &self.rows];
        [&terms[..], more].concat()
    }

    fn under<'a>(&'a self, consent: &'a str, purpose: &'a str) -> Vec<&'a str> {
        self.post(&["--consent", consent, "--consent-issuer", &self.patient, "--purpose", purpose])
    }

    fn uses(&self, consent: &str) -> Vec<(u64, String)> {
        let shown = self.network.json(&["consent", "uses", "patient", "--receipt", consent]);
        let used = shown["uses"].as_array().unwrap().iter();
        used.map(|used| (used["job_id"].as_u64().unwrap(), used["purpose"].as_str().unwrap().to_owned()))
            .collect()
    }
}

fn standings(shown: &Value) -> Vec<(String, String)> {
    let uses = shown["uses"].as_array().unwrap().iter();
    uses.map(|used| {
        (used["purpose"].as_str().unwrap().to_owned(), used["standing"].as_str().unwrap().to_owned())
    })
    .collect()
}

#[test]
fn a_job_runs_under_a_recorded_consent_until_its_purpose_is_revoked_and_the_patient_sees_it() {
    let world = World::new();
    let (network, consent) = (&world.network, world.receipt());
    let owned = |pairs: [(&str, &str); 2]| pairs.map(|(one, other)| (one.to_owned(), other.to_owned()));
    let standing = || standings(&network.json(&["consent", "show", &consent, "--standing"]));
    assert_eq!(standing(), owned([("HRESCH", "unknown"), ("TREAT", "unknown")]));
    let error = network.refused(&world.under(&consent, "TREAT"));
    assert!(error.contains("bithive consent record"), "{error}");
    // Nobody else records it.
    let error = network.refused(&["consent", "record", &consent, "--from", "alice"]);
    assert!(error.contains("consent order"), "{error}");
    let recorded = network.json(&["consent", "record", &consent, "--from", "patient"]);
    assert_eq!(recorded["recorded"].as_array().unwrap().len(), 2);
    assert_eq!(standing(), owned([("HRESCH", "live"), ("TREAT", "live")]));
    // Again, as after a run that was cut off: there is nothing to do.
    let again = network.json(&["consent", "record", &consent, "--from", "patient"]);
    assert_eq!(again["recorded"], Value::Array(vec![]));
    let job = |purpose| network.json(&world.under(&consent, purpose))["job_id"].as_u64().unwrap();
    let (treated, studied) = (job("TREAT"), job("HRESCH"));
    assert_eq!(world.uses(&consent), [(treated, "TREAT".to_owned()), (studied, "HRESCH".to_owned())]);
    // One purpose is withdrawn; the other one goes on.
    network.json(&["consent", "revoke", &consent, "--purpose", "HRESCH", "--from", "patient"]);
    assert_eq!(standing(), owned([("HRESCH", "revoked"), ("TREAT", "live")]));
    let error = network.refused(&["job", "assign", "--from", "alice", &studied.to_string()]);
    assert!(error.contains("revoked"), "{error}");
    let error = network.refused(&["job", "assign", "--from", "alice", &treated.to_string()]);
    assert!(error.contains("usable claims"), "it is permitted, and has no workers: {error}");
    let error = network.refused(&world.under(&consent, "HRESCH"));
    assert!(error.contains("revoked"), "{error}");
    let error = network.refused(&["consent", "record", &consent, "--from", "patient"]);
    assert!(error.contains("for good"), "{error}");
    let error = network.refused(&["consent", "revoke", &consent, "--purpose", "PATRQT", "--from", "patient"]);
    assert!(error.contains("HRESCH, TREAT"), "{error}");
}

#[test]
fn a_patient_with_a_keystore_file_signs_and_records_without_a_wallet_of_the_folder() {
    let world = World::new();
    let network = &world.network;
    let (keystore, draft, consent) =
        (world.at("patient.json"), world.at("draft.json"), world.at("consent.json"));
    let password = network.file("patient.password", "a password of the patient's own\n");
    std::fs::set_permissions(&password, std::fs::Permissions::from_mode(0o600)).unwrap();
    let words = world.at("patient.words");
    let new = ["keys", "new", "--out", &keystore, "--words-out", &words, "--kdf-memory", "8"];
    json(&[&new[..], &["--password-file", &password]].concat());
    network.json(&["wallet", "fund", &keystore, "--amount", "1"]);
    let patient = network.json(&["wallet", "show", &keystore])["address"].as_str().unwrap().to_owned();
    let who = ["consent", "make", "--issuer", &patient, "--reader", &world.alice, "--purpose", "TREAT"];
    json(&[&who[..], &["--data", &world.rows, "--days", "1", "--out", &draft]].concat());
    let by = ["--from", &keystore, "--password-file", &password];
    // Somebody else's key puts nothing to it.
    let error = network.refused(&["consent", "sign", &draft, "--from", "patient", "--out", &consent]);
    assert!(error.contains(&patient), "{error}");
    network.json(&[&["consent", "sign", &draft, "--out", &consent][..], &by].concat());
    network.json(&[&["consent", "record", &consent][..], &by].concat());
    let standing = || standings(&network.json(&["consent", "show", &consent, "--standing"]));
    assert_eq!(standing(), [("TREAT".to_owned(), "live".to_owned())]);
    network.json(&[&["consent", "revoke", &consent][..], &by].concat());
    assert_eq!(standing(), [("TREAT".to_owned(), "revoked".to_owned())]);
    let error = network.refused(&["consent", "record", &consent, "--from", &keystore, "--config", &draft]);
    assert!(error.contains("cannot be used with"), "{error}");
}

#[test]
fn an_order_is_the_text_that_a_wallet_signs() {
    let world = World::new();
    let consent = world.receipt();
    let order = world.network.json(&["consent", "order", &consent, "--revoke"]);
    let text = order["text"].as_str().unwrap();
    assert!(text.starts_with("BitHive consent order 1\nchain ") && text.contains("\nrevoke\n"), "{text}");
    assert_eq!(order["signer"], world.patient.as_str());
    assert_eq!(text.lines().count(), 6);
}

#[test]
fn an_emergency_is_seen_by_the_patient_and_counts_for_its_requester() {
    let world = World::new();
    let network = &world.network;
    let (text, out) = (world.at("why.txt"), world.at("emergency.json"));
    std::fs::write(&text, "unconscious, trauma room 2").unwrap();
    let glass = ["consent", "break-glass", &world.patient, "--reason", "ETREAT", "--data", &world.rows];
    let glass = |from| [&glass[..], &["--text", &text, "--out", &out, "--from", from]].concat();
    let error = network.refused(&glass("patient"));
    assert!(error.contains("a requester that the registry knows"), "{error}");
    std::fs::remove_file(&out).unwrap();
    let stated = network.json(&glass("alice"));
    assert_eq!(stated["id"], 1);
    let kept: Value = serde_json::from_slice(&std::fs::read(&out).unwrap()).unwrap();
    assert_eq!(kept["digest"], stated["text"]);
    let emergency = ["--emergency", "1", "--emergency-subject", &world.patient];
    let job = network.json(&world.post(&emergency))["job_id"].as_u64().unwrap();
    let shown = network.json(&["consent", "uses", "patient"]);
    assert_eq!(
        (&shown["uses"][0]["job_id"], &shown["uses"][0]["purpose"]),
        (&job.into(), &"emergency".into())
    );
    let told = &shown["emergencies"][0];
    assert_eq!((&told["requester"], &told["reason"]), (&world.alice.as_str().into(), &"etreat".into()));
    let unknown = ["--emergency", "2", "--emergency-subject", &world.patient];
    assert!(network.refused(&world.post(&unknown)).contains("unknown"));
}

#[test]
fn a_log_whose_end_was_cut_off_does_not_agree_with_the_chain() {
    let network = Network::with_nodes(0);
    network.json(&["audit", "init"]);
    let error = network.refused(&["audit", "verify", "--chain"]);
    assert!(error.contains("audit anchor"), "{error}");
    network.post();
    let anchored = network.json(&["audit", "anchor"]);
    assert_eq!(anchored["head"]["seq"], 5);
    let verified = network.json(&["audit", "verify", "--chain"]);
    assert_eq!((&verified["ok"], &verified["heads_compared"]), (&true.into(), &1.into()));
    network.post();
    network.json(&["audit", "anchor"]);
    let segment = network.home().join("audit/entries-00000000000000000001.log");
    let log = std::fs::read_to_string(&segment).unwrap();
    let short: String = log.split_inclusive('\n').take(6).collect();
    std::fs::write(&segment, short).unwrap();
    assert_eq!(network.json(&["audit", "verify"])["ok"], true, "the log alone does not show it");
    let cut = network.ends_with(1, &["audit", "verify", "--chain"]);
    assert_eq!((&cut["fault"], &cut["entry"]), (&"cut-off".into(), &7.into()));
}

#[test]
fn a_watch_puts_the_head_on_the_chain_when_it_is_due_and_not_again_without_new_entries() {
    let network = Network::with_nodes(0);
    network.json(&["audit", "init"]);
    network.post();
    let home = path(&network.home());
    let watch = |more: &[&str]| {
        let all = [&["--home", &home, "--json", "audit", "watch", "--once", "--anchor-every"], more].concat();
        let output = bithive(&all).output().unwrap();
        // Exit code 1 says that there are alerts: it may be late.
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", text(&output));
        let lines = String::from_utf8(output.stdout).unwrap();
        let lines = lines.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
        lines.filter(|line| line.get("anchored").is_some()).collect::<Vec<_>>()
    };
    assert!(watch(&["1h"]).is_empty(), "four entries of this minute");
    let anchored = watch(&["1h", "--anchor-entries", "4"]);
    assert_eq!(anchored[0]["anchored"]["seq"], 5);
    assert_eq!(network.json(&["audit", "verify", "--chain"])["heads_compared"], 1);
    assert!(watch(&["0s", "--anchor-entries", "1"]).is_empty(), "nothing is new but entries about heads");
    network.post();
    assert_eq!(watch(&["0s"])[0]["anchored"]["seq"], 10, "some time after the first new entry");
}

#[test]
fn a_subject_that_was_erased_is_named_with_what_that_does_not_reach() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| path(&folder.path().join(name));
    let (keys, wrapping, salt) = (at("keys"), at("wrap.key"), at("consent.json"));
    json(&["dicom", "key", &wrapping]);
    let of = ["--keys", &keys, "--wrapping-key", &wrapping];
    let error = refused(&[&["dicom", "erase", "3F2A9C"][..], &of].concat());
    assert!(error.contains("no key of this subject"), "{error}");
    let digits = std::fs::read_to_string(&wrapping).unwrap();
    let own = bithive_subject_keys::SubjectKeys::open(
        std::path::Path::new(&keys),
        &bithive_subject_keys::WrappingKey::from_hex(&digits).unwrap(),
    );
    let mut rng = bithive_keystore::fresh_rng().unwrap();
    let sealed =
        own.unwrap().of("3F2A9C", &mut rng).unwrap().seal("a.bhim.sealed", b"pixels", &mut rng).unwrap();
    let (image, out) = (at("a.bhim.sealed"), at("a.bhim"));
    std::fs::write(&image, sealed).unwrap();
    let log = at("log");
    let of = [&of[..], &["--log", &log, "--actor", "archive"]].concat();
    json(&[&["dicom", "unseal", &image, "--out", &out][..], &of].concat());
    assert_eq!(std::fs::read(&out).unwrap(), b"pixels");
    std::fs::write(&salt, "a receipt with its salt").unwrap();
    let erased = json(&[&["dicom", "erase", "3F2A9C", "--salt", &salt][..], &of].concat());
    assert_eq!((&erased["key_bytes_overwritten"], &erased["files"][0]["bytes"]), (&80.into(), &23.into()));
    assert!(erased["not_reached"].to_string().contains("snapshots"), "{erased}");
    assert!(!std::path::Path::new(&salt).exists());
    let again = at("again.bhim");
    let error = refused(&[&["dicom", "unseal", &image, "--out", &again][..], &of].concat());
    assert!(error.contains("was erased"), "{error}");
    let shown = json(&["audit", "show", "--log", &log]);
    let acts: Vec<String> = shown["entries"].as_array().unwrap()[1..]
        .iter()
        .map(|entry| format!("{} {} {}", entry["act"], entry["outcome"], entry["code"]).replace('"', ""))
        .collect();
    let expected = [
        "decrypted begun dicom-unseal",
        "decrypted success dicom-unseal",
        "exported begun dicom-unseal",
        "exported success dicom-unseal",
        "erased begun dicom-erase",
        "erased success dicom-erase",
        "decrypted begun dicom-unseal",
        "decrypted failed dicom-unseal",
    ];
    assert_eq!(acts, expected);
    let of_file = json(&["audit", "show", "--log", &log, "--file", &image]);
    assert_eq!(of_file["entries"].as_array().unwrap().len(), 6, "and the log has no name of it");
    let written =
        std::fs::read_to_string(folder.path().join("log/entries-00000000000000000001.log")).unwrap();
    assert!(written.contains("\"archive\"") && !written.contains("3F2A9C") && !written.contains("a.bhim"));
}
