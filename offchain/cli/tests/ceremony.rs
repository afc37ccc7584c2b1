//! A ceremony as its contributors run it.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub, dead_code)]

mod common;

use std::path::{Path, PathBuf};

use bithive_dgkbe::crs::UnverifiedCrs;
use common::{bithive, json, path, refused};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;

/// A transcript for 4 slots in a folder of its own.
struct Ceremony {
    folder: tempfile::TempDir,
}

impl Ceremony {
    fn new() -> Self {
        let ceremony = Self { folder: tempfile::tempdir().unwrap() };
        let answer = json(&["ceremony", "new", "--slots", "4", &ceremony.file("transcript")]);
        assert_eq!((answer["slots"].as_u64(), answer["contributions"].as_u64()), (Some(4), Some(0)));
        ceremony
    }

    fn contributed(times: usize) -> Self {
        let ceremony = Self::new();
        (0..times).for_each(|_| drop(ceremony.run(&["contribute"])));
        ceremony
    }

    fn file(&self, name: &str) -> String {
        path(&self.folder.path().join(name))
    }

    fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.file("transcript")).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> Value {
        json(&[&["ceremony"], arguments, &[&self.file("transcript")]].concat())
    }

    /// Each command is refused with these words, and changes and creates nothing.
    fn all_refuse(&self, named: &str) {
        let (before, files) = (self.bytes(), self.files());
        let (transcript, out) = (self.file("transcript"), self.file("crs"));
        for arguments in [
            vec!["ceremony", "contribute", &transcript],
            vec!["ceremony", "verify", &transcript],
            vec!["ceremony", "export", &transcript, "--out", &out],
        ] {
            let error = refused(&arguments);
            assert!(error.contains(named), "{arguments:?}\n  said: {error}\n  expected: {named}");
        }
        assert!(self.bytes() == before, "a refused command changed the transcript");
        assert_eq!(self.files(), files);
    }

    fn files(&self) -> Vec<PathBuf> {
        let mut files: Vec<PathBuf> =
            self.folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
        files.sort();
        files
    }
}

fn exit_code(arguments: &[&str]) -> Option<i32> {
    bithive(arguments).output().unwrap().status.code()
}

#[test]
fn two_contributions_give_a_reference_string_that_verifies() {
    let ceremony = Ceremony::new();
    let first = ceremony.run(&["contribute"]);
    let second = ceremony.run(&["contribute"]);
    assert_eq!((first["contributions"].as_u64(), second["contributions"].as_u64()), (Some(1), Some(2)));
    assert_ne!(first["hash"], second["hash"]);

    let verified = ceremony.run(&["verify"]);
    assert_eq!((&verified["hash"], &verified["contributions"]), (&second["hash"], &second["contributions"]));
    let out = ceremony.file("crs");
    let exported = ceremony.run(&["export", "--out", &out]);
    assert_eq!(exported["crs_digest"], verified["crs_digest"]);

    let crs = UnverifiedCrs::decode(&std::fs::read(&out).unwrap()).unwrap();
    let crs = crs.verify(&mut ChaCha20Rng::seed_from_u64(1)).unwrap();
    assert_eq!(crs.slots(), 4);
    assert_eq!(exported["crs_digest"].as_str().unwrap(), hex::encode(crs.digest()));
    assert_eq!(ceremony.files().len(), 2, "nothing is left aside");
}

#[test]
fn every_hash_on_the_way_is_included_and_no_other() {
    let ceremony = Ceremony::new();
    let hashes =
        [ceremony.run(&["contribute"]), ceremony.run(&["contribute"])].map(|answer| answer["hash"].clone());
    for hash in &hashes {
        assert_eq!(ceremony.run(&["verify", "--includes", hash.as_str().unwrap()])["included"], true);
    }
    let elsewhere = Ceremony::new().run(&["contribute"])["hash"].as_str().unwrap().to_owned();
    let transcript = ceremony.file("transcript");
    let output =
        bithive(&["ceremony", "verify", "--includes", &elsewhere, &transcript, "--json"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1), "a check that fails");
    let answer: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(answer["included"], false);
    let error = refused(&["ceremony", "verify", "--includes", "12", &transcript]);
    assert!(error.contains("64 hexadecimal digits"), "{error}");
}

#[test]
fn a_truncated_transcript_is_refused() {
    let ceremony = Ceremony::contributed(2);
    let whole = ceremony.bytes();
    for length in [0, 5, 7, 100, whole.len() - 1] {
        std::fs::write(ceremony.file("transcript"), &whole[..length]).unwrap();
        ceremony.all_refuse(if length < 5 { "first bytes" } else { "takes" });
    }
}

#[test]
fn a_bit_flipped_anywhere_is_refused() {
    let ceremony = Ceremony::contributed(2);
    let whole = ceremony.bytes();
    // Magic, version, count, both A_1 and proofs, number of slots, elements of both lists.
    for position in [0, 5, 7, 30, 80, 130, 160, 208, 260, 272, 400, 900, whole.len() - 1] {
        let mut bytes = whole.clone();
        bytes[position] ^= 1;
        std::fs::write(ceremony.file("transcript"), &bytes).unwrap();
        ceremony.all_refuse("error: ");
    }
}

#[test]
fn a_transcript_of_no_contributions_gives_no_reference_string() {
    let ceremony = Ceremony::new();
    let (transcript, out) = (ceremony.file("transcript"), ceremony.file("crs"));
    let error = refused(&["ceremony", "export", &transcript, "--out", &out]);
    assert!(error.contains("no contribution"), "{error}");
    assert!(!Path::new(&out).exists());
    assert!(refused(&["ceremony", "verify", &transcript]).contains("no contribution"));
}

#[test]
fn a_start_that_somebody_prepared_is_refused() {
    let ceremony = Ceremony::contributed(1);
    // The elements of a secret that somebody knows, without the contribution that made them.
    let bytes = ceremony.bytes();
    let prepared = [&bytes[..6], &[0, 0], &bytes[8 + 128..]].concat();
    std::fs::write(ceremony.file("transcript"), &prepared).unwrap();
    let error = refused(&["ceremony", "contribute", &ceremony.file("transcript")]);
    assert!(error.contains("starts with"), "{error}");
    assert!(ceremony.bytes() == prepared);
}

#[test]
fn files_that_exist_are_not_overwritten() {
    let ceremony = Ceremony::contributed(1);
    let (before, transcript) = (ceremony.bytes(), ceremony.file("transcript"));
    let error = refused(&["ceremony", "new", "--slots", "4", &transcript]);
    assert!(error.contains("exists already"), "{error}");
    let error = refused(&["ceremony", "export", &transcript, "--out", &transcript]);
    assert!(error.contains("exists already"), "{error}");
    assert!(ceremony.bytes() == before);
}

#[test]
fn of_two_contributions_at_once_one_is_refused() {
    let ceremony = Ceremony::contributed(1);
    let (before, transcript) = (ceremony.bytes(), ceremony.file("transcript"));
    let other = std::fs::File::open(&transcript).unwrap();
    other.lock().unwrap();
    let error = refused(&["ceremony", "contribute", &transcript]);
    assert!(error.contains("another contribution is under way"), "{error}");
    assert!(ceremony.bytes() == before);
    drop(other);
    assert_eq!(ceremony.run(&["contribute"])["contributions"], 2);
}

#[test]
fn impossible_arguments_are_refused() {
    let ceremony = Ceremony::new();
    let file = ceremony.file("other");
    for slots in ["0", "1", "4097"] {
        let error = refused(&["ceremony", "new", "--slots", slots, &file]);
        assert!(error.contains("--slots") && error.contains("2 to 4096"), "{error}");
    }
    assert!(!Path::new(&file).exists());
    assert_eq!(exit_code(&["ceremony", "verify", &file]), Some(2));
    assert_eq!(exit_code(&["ceremony", "contribute", &file]), Some(2));
}
