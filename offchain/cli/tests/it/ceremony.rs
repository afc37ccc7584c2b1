//! A ceremony as its contributors run it.

use std::path::{Path, PathBuf};

use crate::common::{bithive, json, path, refused};
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::crs::ceremony::{Transcript, local_ceremony};
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
fn where_it_is_stands_in_a_file_too() {
    let ceremony = Ceremony::contributed(1);
    let said = ceremony.folder.path().join("said");
    let transcript = ceremony.file("transcript");
    let status = bithive(&["ceremony", "contribute", &transcript])
        .stdout(std::process::Stdio::null())
        .stderr(std::fs::File::create(&said).unwrap())
        .status()
        .unwrap();
    assert!(status.success());
    let said = std::fs::read_to_string(said).unwrap();
    assert_eq!(said, "reading every point\nverifying\ncontributing\n", "a line for each step");
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

/// Bytes of a transcript's header, of a contribution, of a string's header, and of the points of either group.
const HEADER: usize = 8;
const STEP: usize = 128;
const G1: usize = 48;
const G2: usize = 96;

/// A transcript of three contributions for 4 slots, taken apart.
struct Parts {
    steps: Vec<Vec<u8>>,
    /// The string's header, and A_0 to A_8.
    a: Vec<u8>,
    /// B_1 to B_8 without B_5.
    b: Vec<Vec<u8>>,
}

impl Parts {
    fn new() -> Self {
        let whole = local_ceremony(4, 3, &mut ChaCha20Rng::seed_from_u64(1)).unwrap().encode().unwrap();
        let (steps, string) = whole[HEADER..].split_at(3 * STEP);
        let (a, b) = string.split_at(HEADER + 9 * G1);
        Self {
            steps: steps.chunks(STEP).map(<[u8]>::to_vec).collect(),
            a: a.to_vec(),
            b: b.chunks(G2).map(<[u8]>::to_vec).collect(),
        }
    }

    fn ordered(mut self, order: &[usize]) -> Self {
        self.steps = order.iter().map(|index| self.steps[*index].clone()).collect();
        self
    }

    fn joined(self) -> Vec<u8> {
        let count = u16::try_from(self.steps.len()).unwrap().to_be_bytes();
        [b"BHTRN\x01".as_slice(), &count, &self.steps.concat(), &self.a, &self.b.concat()].concat()
    }

    /// With other bytes from `at` on: in the first list, or in a contribution.
    fn with_a(mut self, at: usize, bytes: &[u8]) -> Self {
        self.a[at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn with_step(mut self, at: usize, bytes: &[u8]) -> Self {
        self.steps[1][at..at + bytes.len()].copy_from_slice(bytes);
        self
    }

    fn with_b(mut self, place: usize, bytes: &[u8]) -> Self {
        self.b[place] = bytes.to_vec();
        self
    }
}

/// B_5 of the same secret. A ceremony for more slots that draws the same numbers publishes what is secret for 4.
fn missing_power() -> Vec<u8> {
    let crs = |slots| {
        let rng = &mut ChaCha20Rng::seed_from_u64(1);
        local_ceremony(slots, 3, rng).unwrap().verify(rng).unwrap()
    };
    assert_eq!(crs(4).b(4), crs(8).b(4), "the secrets are the same");
    crs(8).b(5).unwrap().encode().to_vec()
}

/// A point of the curve outside the subgroup: the first small x that is refused for this reason alone.
fn off_subgroup(length: usize, with: impl Fn(&[u8]) -> Parts) -> Vec<u8> {
    let mut bytes = vec![0; length];
    bytes[0] = 0x80;
    (0..=255)
        .find_map(|x| {
            bytes[length - 1] = x;
            let error = Transcript::decode(&with(&bytes).joined()).err()?.to_string();
            error.contains("not in the subgroup").then(|| bytes.clone())
        })
        .unwrap()
}

#[test]
fn every_kind_of_bad_transcript_is_refused_and_named() {
    let ceremony = Ceremony::new();
    let parts = Parts::new;
    std::fs::write(ceremony.file("transcript"), parts().joined()).unwrap();
    assert_eq!(ceremony.run(&["verify"])["contributions"], 3, "untouched, it is accepted");

    let hole = missing_power();
    let (mut filled, mut appended) = (parts(), parts());
    filled.b.insert(4, hole.clone());
    appended.b.push(hole.clone());
    let mut both = parts();
    both.b.splice(4..=4, [hole.clone()]);
    let zero = |length| [&[0xc0], &vec![0; length - 1][..]].concat();
    let off_a = off_subgroup(G1, |bytes| parts().with_a(HEADER + 2 * G1, bytes));
    let off_b = off_subgroup(G2, |bytes| parts().with_b(2, bytes));
    let proof = |index| format!("contribution {index}: the proof of knowledge does not hold");
    let (subgroup, identity) = ("is not in the subgroup of order r", "is the identity");
    let cases: Vec<(&str, Parts, String)> = vec![
        ("the missing power in its own place", filled, "takes".into()),
        ("the missing power at the end", appended, "takes".into()),
        ("the missing power instead of B_4", parts().with_b(3, &hole), "not the powers of one".into()),
        ("the missing power instead of B_6", both, "not the powers of one".into()),
        ("the missing power instead of B_8", parts().with_b(6, &hole), "not the powers of one".into()),
        ("a contribution twice in a row", parts().ordered(&[0, 0, 1, 2]), "contribution 1 leaves".into()),
        ("a contribution repeated later", parts().ordered(&[0, 1, 0, 2]), proof(2)),
        ("the first contribution skipped", parts().ordered(&[1, 2]), proof(0)),
        ("a contribution skipped", parts().ordered(&[0, 2]), proof(1)),
        ("the last contribution skipped", parts().ordered(&[0, 1]), "not those of the last".into()),
        ("the first two in the wrong order", parts().ordered(&[1, 0, 2]), proof(0)),
        ("the last two in the wrong order", parts().ordered(&[0, 2, 1]), proof(1)),
        ("A_2 off the subgroup", parts().with_a(HEADER + 2 * G1, &off_a), format!("A 2: G1 {subgroup}")),
        ("B_3 off the subgroup", parts().with_b(2, &off_b), format!("B 2: G2 {subgroup}")),
        ("new A_1 off the subgroup", parts().with_step(0, &off_a), format!("new A_1 1: G1 {subgroup}")),
        (
            "commitment off the subgroup",
            parts().with_step(G1, &off_a),
            format!("commitment 1: G1 {subgroup}"),
        ),
        ("A_2 the identity", parts().with_a(HEADER + 2 * G1, &zero(G1)), format!("A 2: G1 {identity}")),
        ("B_3 the identity", parts().with_b(2, &zero(G2)), format!("B 2: G2 {identity}")),
        ("new A_1 the identity", parts().with_step(0, &zero(G1)), format!("new A_1 1: G1 {identity}")),
        ("commitment the identity", parts().with_step(G1, &zero(G1)), format!("commitment 1: G1 {identity}")),
    ];
    for (what, bad, named) in cases {
        println!("{what}");
        std::fs::write(ceremony.file("transcript"), bad.joined()).unwrap();
        ceremony.all_refuse(&named);
    }
}

#[test]
fn of_many_contributions_at_once_none_that_succeeds_is_lost() {
    let ceremony = Ceremony::new();
    let transcript = ceremony.file("transcript");
    let contributed = || exit_code(&["ceremony", "contribute", &transcript]) == Some(0);
    let succeeded: usize = std::thread::scope(|scope| {
        let crowd: Vec<_> =
            (0..6).map(|_| scope.spawn(|| (0..10).filter(|_| contributed()).count())).collect();
        crowd.into_iter().map(|one| one.join().unwrap()).sum()
    });
    assert!(succeeded > 0);
    assert_eq!(ceremony.run(&["verify"])["contributions"], succeeded);
}

#[cfg(unix)]
#[test]
fn a_killed_contribution_leaves_the_transcript_as_it_was_and_the_next_one_works() {
    use std::os::unix::process::ExitStatusExt as _;

    let ceremony = Ceremony { folder: tempfile::tempdir().unwrap() };
    let transcript = ceremony.file("transcript");
    // So many slots that a contribution takes much longer than the pauses.
    json(&["ceremony", "new", "--slots", "2048", &transcript]);
    ceremony.run(&["contribute"]);
    let before = ceremony.bytes();
    let mut killed = 0;
    for pause in [20, 100, 300] {
        let mut child = bithive(&["ceremony", "contribute", &transcript])
            .stdout(std::process::Stdio::null())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(pause));
        child.kill().unwrap();
        if child.wait().unwrap().signal() == Some(9) {
            killed += 1;
            assert!(ceremony.bytes() == before, "killed after {pause} ms, it changed the transcript");
        } else {
            std::fs::write(&transcript, &before).unwrap();
        }
    }
    assert!(killed > 0, "no contribution was still under way");
    assert_eq!(ceremony.run(&["contribute"])["contributions"], 2);
    assert_eq!(ceremony.run(&["verify"])["contributions"], 2);
}
