//! A key from a reading, as a user gets it: files in, helper data and a commitment out.

use std::path::Path;

use crate::common::{bithive, json, path, refused, text};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::Value;

const CONTEXT: &str = "device 12";

/// A chip and a folder for what is made of its readings.
struct Chip {
    folder: tempfile::TempDir,
    cells: Vec<u8>,
}

impl Chip {
    fn new() -> Self {
        let mut cells = vec![0; 127];
        ChaCha20Rng::seed_from_u64(1).fill_bytes(&mut cells);
        let chip = Self { folder: tempfile::tempdir().unwrap(), cells };
        chip.read("first", 0);
        chip
    }

    fn file(&self, name: &str) -> String {
        path(&self.folder.path().join(name))
    }

    /// Reads the chip into a file, with this many bits wrong.
    fn read(&self, name: &str, wrong: usize) -> String {
        let mut cells = self.cells.clone();
        (0..wrong).for_each(|bit| cells[bit % 127] ^= 1 << (bit / 127));
        std::fs::write(self.file(name), cells).unwrap();
        self.file(name)
    }

    /// Arguments of an enrolment of the first reading.
    fn enrolling(&self, extra: &[&str]) -> Vec<String> {
        let (reading, helper) = (self.file("first"), self.file("helper"));
        let mut arguments: Vec<String> =
            ["reading", "enroll", "--reading", &reading, "--helper", &helper].map(Into::into).into();
        for (name, value) in
            [("--context", CONTEXT), ("--profile", "puf-1016"), ("--min-entropy-rate", "0.9")]
        {
            if !extra.contains(&name) {
                arguments.extend([name.to_owned(), value.to_owned()]);
            }
        }
        arguments.extend(extra.iter().map(|word| (*word).to_owned()));
        arguments
    }

    fn enrolled() -> (Self, Value) {
        let chip = Self::new();
        let key = chip.file("key");
        let answer = json(&words(&chip.enrolling(&["--key", &key])));
        (chip, answer)
    }

    /// Reproduces from a reading with this many bits wrong.
    fn reproduce(&self, wrong: usize, context: &str, extra: &[&str]) -> std::process::Output {
        let (reading, helper) = (self.read("next", wrong), self.file("helper"));
        let arguments =
            ["reading", "reproduce", "--reading", &reading, "--helper", &helper, "--context", context];
        bithive(&arguments).args(extra).arg("--json").output().unwrap()
    }
}

fn words(arguments: &[String]) -> Vec<&str> {
    arguments.iter().map(String::as_str).collect()
}

fn answer(output: &std::process::Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", text(output)))
}

#[test]
fn a_noisy_reading_gives_the_enrolled_key() {
    let (chip, enrolled) = Chip::enrolled();
    let again = chip.file("again");
    let output = chip.reproduce(102, CONTEXT, &["--key", &again]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    assert_eq!(answer(&output)["commitment"], enrolled["commitment"]);

    let key = std::fs::read_to_string(chip.file("key")).unwrap();
    assert_eq!((key.len(), hex::decode(key.trim()).unwrap().len()), (65, 32));
    assert_eq!(std::fs::read_to_string(&again).unwrap(), key);
    assert!(!text(&output).contains(key.trim()), "the key is printed");
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_key() {
    use std::os::unix::fs::PermissionsExt as _;
    let (chip, _) = Chip::enrolled();
    let mode = std::fs::metadata(chip.file("key")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn too_much_noise_or_another_context_is_a_check_that_fails() {
    let (chip, _) = Chip::enrolled();
    for (wrong, context) in [(103, CONTEXT), (500, CONTEXT), (0, "device 13")] {
        let key = chip.file("none");
        let output = chip.reproduce(wrong, context, &["--key", &key]);
        assert_eq!(output.status.code(), Some(1), "{}", text(&output));
        let answer = answer(&output);
        assert_eq!(answer["reproduced"], false);
        assert!(answer["reason"].as_str().unwrap().contains("not reproduced"));
        assert!(answer.get("commitment").is_none());
        assert!(!Path::new(&key).exists());
    }
}

#[test]
fn changed_helper_data_gives_no_key() {
    let (chip, _) = Chip::enrolled();
    let mut bytes = std::fs::read(chip.file("helper")).unwrap();
    bytes[100] ^= 1;
    std::fs::write(chip.file("helper"), &bytes).unwrap();
    assert_eq!(chip.reproduce(0, CONTEXT, &[]).status.code(), Some(1));
    std::fs::write(chip.file("helper"), &bytes[1..]).unwrap();
    assert_eq!(chip.reproduce(0, CONTEXT, &[]).status.code(), Some(2));
}

#[test]
fn a_further_context_has_a_key_of_its_own() {
    let (chip, enrolled) = Chip::enrolled();
    let (reading, helper, further) = (chip.read("next", 60), chip.file("helper"), chip.file("further"));
    let shared = ["--reading", &reading, "--helper", &helper, "--context", CONTEXT];
    let new = ["--further-context", "backup", "--out", &further];
    let extended = json(&[&["reading", "extend"], &shared[..], &new[..]].concat());
    assert_ne!(extended["commitment"], enrolled["commitment"]);

    let arguments =
        ["reading", "reproduce", "--reading", &reading, "--helper", &further, "--context", "backup"];
    assert_eq!(json(&arguments)["commitment"], extended["commitment"]);
    let same = ["--further-context", CONTEXT, "--out", &chip.file("same")];
    assert!(refused(&[&["reading", "extend"], &shared[..], &same[..]].concat()).contains("expected another"));
}

#[test]
fn readings_in_hexadecimal_are_the_bytes_that_they_stand_for() {
    let (chip, enrolled) = Chip::enrolled();
    let digits = hex::encode(&chip.cells);
    let (one, two) = digits.split_at(100);
    std::fs::write(chip.file("digits"), format!("{one}\n{two}\n")).unwrap();
    let (reading, helper) = (chip.file("digits"), chip.file("helper"));
    let arguments =
        ["reading", "reproduce", "--reading", &reading, "--helper", &helper, "--context", CONTEXT];
    assert_eq!(json(&arguments)["commitment"], enrolled["commitment"]);
}

#[test]
fn bad_arguments_and_readings_are_refused_and_create_nothing() {
    let chip = Chip::new();
    let refuses = |extra: &[&str], named: &str| {
        let error = refused(&words(&chip.enrolling(extra)));
        assert!(error.contains(named), "{extra:?}\n  said: {error}\n  expected: {named}");
        assert!(!Path::new(&chip.file("helper")).exists());
    };
    refuses(&["--profile", "iris"], "puf-1016, puf-3048, biometric-2040");
    refuses(&["--profile", "puf-3048"], "expects 381");
    refuses(&["--context", ""], "context has 0 bytes");
    refuses(&["--min-entropy-rate", "0.859"], "128 are needed");
    for rate in ["0", "1.001", "-1", "0.9001", "much", "00.9", "0,9", ""] {
        refuses(&["--min-entropy-rate", rate], "at most three decimals");
    }
    refuses(&["--earlier", &chip.file("nothing")], "nothing");
    refuses(&["--key", &chip.file("no/such/folder")], "folder");

    for (content, named) in
        [(vec![0; 127], "check the sensor"), (vec![b'x'; 5], "5 bytes"), (vec![1; 20_000], "16384")]
    {
        std::fs::write(chip.file("first"), content).unwrap();
        refuses(&[], named);
    }
}

#[test]
fn files_that_exist_are_not_overwritten() {
    let (chip, _) = Chip::enrolled();
    let before = std::fs::read(chip.file("helper")).unwrap();
    assert!(refused(&words(&chip.enrolling(&[]))).contains("exists already"));
    let output = chip.reproduce(0, CONTEXT, &["--key", &chip.file("helper")]);
    assert_eq!(output.status.code(), Some(2));
    assert!(std::fs::read(chip.file("helper")).unwrap() == before);
}

#[test]
fn a_second_enrolment_that_gives_away_too_much_is_refused() {
    let (chip, _) = Chip::enrolled();
    std::fs::rename(chip.file("helper"), chip.file("old")).unwrap();
    let error = refused(&words(&chip.enrolling(&["--earlier", &chip.file("old")])));
    assert!(error.contains("helper data can give away 1490"), "{error}");
    assert!(!Path::new(&chip.file("helper")).exists());
}

#[test]
fn profiles_are_listed_with_what_they_promise() {
    let listed = json(&["reading", "profiles"]);
    let names: Vec<&str> = listed.as_array().unwrap().iter().map(|p| p["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["puf-1016", "puf-3048", "biometric-2040"]);
    for profile in listed.as_array().unwrap() {
        assert!(profile["failure_probability"].as_f64().unwrap() < 1e-6);
    }
    let shown = text(&bithive(&["reading", "profiles"]).output().unwrap());
    assert!(shown.contains("1016, 271, 102") && shown.contains("0.860 or more"), "{shown}");
}
