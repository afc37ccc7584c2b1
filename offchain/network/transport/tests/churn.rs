//! The soak of `examples/soak.rs`, smaller: processes that are killed and restarted while content moves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

#[path = "../examples/soak.rs"]
mod soak;

#[test]
#[ignore = "a process that the other test starts"]
fn a_role_of_the_soak() {
    soak::role_of_environment();
}

#[test]
fn content_arrives_right_while_processes_are_killed() {
    let interval = Duration::from_millis(500);
    let plan = soak::Plan { blobs: 60, largest: 16_000_000, interval, batch: 40_000_000 };
    let outcome = soak::conduct(plan, &["--ignored", "--exact", "a_role_of_the_soak"]);
    assert_eq!(outcome.arrived, 60);
    assert!(outcome.kills > 0);
    for (error, count) in &outcome.errors {
        println!("{count} times: {error}");
    }
}
