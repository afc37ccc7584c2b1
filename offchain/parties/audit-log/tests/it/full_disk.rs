//! A disk that is full stops the act.
#![cfg(unix)]

use std::path::Path;
use std::process::Command;

use bithive_audit::{Act, Outcome};
use bithive_audit_log::{AuditLog, AuditLogError, verify};

use crate::writing::who;

/// Where the other process writes.
const FOLDER: &str = "BITHIVE_TEST_FULL_DISK";

/// Runs in a process whose files can't grow beyond some kilobytes: a write beyond that writes what fits, and fails.
#[test]
fn writes_until_nothing_fits() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let log = AuditLog::open(Path::new(&folder), who()).unwrap();
    let mut written = 1;
    let refused = loop {
        match log.record(Act::Opened, Outcome::Success, |_| {}) {
            Ok(_) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 1_000, "the limit of the process has no effect");
    };
    assert!(matches!(refused, AuditLogError::Write { .. }), "{refused}");
    assert!(refused.to_string().contains("make room"), "{refused}");
    assert!(log.record(Act::Opened, Outcome::Success, |_| {}).is_err(), "and is still full");
    println!("written: {written}");
}

#[test]
fn on_a_full_disk_nothing_is_logged_in_part_and_what_was_logged_stays() {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("audit");
    let child = Command::new("sh")
        .args([
            "-c",
            "trap '' XFSZ; ulimit -f 8; exec \"$0\" --exact full_disk::writes_until_nothing_fits --nocapture",
        ])
        .arg(std::env::current_exe().unwrap())
        .env(FOLDER, &inside)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&child.stdout).into_owned();
    assert!(child.status.success(), "{text}{}", String::from_utf8_lossy(&child.stderr));
    let (_, rest) = text.split_once("written: ").unwrap_or_else(|| panic!("{text}"));
    let written: u64 = rest.split_whitespace().next().unwrap().parse().unwrap();
    let verdict = verify(&inside, [], |_| {}).unwrap();
    assert_eq!((verdict.log.unwrap().head.seq, verdict.torn), (written, 0));
    // With room again it goes on, and there is nothing to mend.
    let log = AuditLog::open(&inside, who()).unwrap();
    log.record(Act::Opened, Outcome::Success, |_| {}).unwrap();
    let mut last = None;
    verify(&inside, [], |entry| last = Some(entry.clone())).unwrap().log.unwrap();
    let last = last.unwrap();
    assert_eq!((last.seq, last.event.act), (written + 1, Act::Opened));
}
