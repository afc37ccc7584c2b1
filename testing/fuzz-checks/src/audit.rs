//! Audit logs: lines, whole logs, rules, signed heads.

use bithive_audit::{Detector, Digest, Entry, Event, Head, Rules, Verifier};

use crate::memory::Budget;
use crate::{canonical, choose};

/// Rules are TOML, whose smallest value is many times as large in memory.
pub const BUDGET: Budget = Budget { fixed: 512 << 10, per_byte: 256 };

/// The first byte chooses between a line, an event, a log, rules and a signed head.
pub fn check(input: &[u8]) {
    match choose(input, 5) {
        None => {}
        Some((0, bytes)) => line(bytes),
        Some((1, bytes)) => event(bytes),
        Some((2, bytes)) => log(bytes),
        Some((3, bytes)) => rules(bytes),
        Some((_, bytes)) => drop(Head::read(bytes)),
    }
}

fn line(bytes: &[u8]) {
    let written = |entry: &Entry| entry.to_line().expect("what was read").trim_end().as_bytes().to_vec();
    canonical(bytes, Entry::read, written);
}

/// An event that JSON gives has a line, or is out of bounds.
fn event(bytes: &[u8]) {
    let Ok(event) = serde_json::from_slice::<Event>(bytes) else { return };
    let Ok(entry) = Entry::new(event, 7, Digest([1; 32])) else { return };
    let line = entry.to_line().expect("an entry");
    assert_eq!(Entry::read(line.trim_end().as_bytes()), Ok(entry));
}

/// A log that is sound has as many lines as numbers, and one without its last line agrees with no head of it.
fn log(bytes: &[u8]) {
    let lines: Vec<&[u8]> = bytes.strip_suffix(b"\n").unwrap_or(bytes).split(|byte| *byte == b'\n').collect();
    let verify = |lines: &[&[u8]], known: Option<Head>| {
        let mut verifier = Verifier::new(known);
        for line in lines {
            verifier.push(line);
        }
        verifier.finish()
    };
    let Ok(summary) = verify(&lines, None) else { return };
    assert_eq!(summary.head.seq - summary.first + 1, lines.len() as u64);
    assert_eq!(verify(&lines, Some(summary.head.clone())).map(|known| known.head), Ok(summary.head.clone()));
    assert!(verify(&lines[..lines.len() - 1], Some(summary.head)).is_err(), "an end that was cut off shows");
}

fn rules(bytes: &[u8]) {
    let Ok(rules) = Rules::read(bytes) else { return };
    let mut detector = Detector::new(rules);
    let log = include_str!("../../../packages/audit/tests/vectors/log.txt");
    for line in log.lines() {
        let entry = Entry::read(line.as_bytes()).expect("a sound log");
        detector.feed(&entry);
    }
}
