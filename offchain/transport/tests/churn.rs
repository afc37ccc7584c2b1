//! The soak of `examples/soak.rs`, smaller: processes that are killed and restarted while content moves.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::time::Duration;

#[allow(dead_code)]
#[path = "../examples/soak.rs"]
mod soak;

#[test]
#[ignore = "a process that the other test starts"]
fn a_role_of_the_soak() {
    soak::role_of_environment();
}

#[test]
fn content_arrives_right_while_processes_are_killed() {
    let plan =
        soak::Plan { blobs: 40, largest: 4_000_000, interval: Duration::from_secs(2), batch: 10_000_000 };
    let outcome = soak::conduct(plan, &["--ignored", "--exact", "a_role_of_the_soak"]);
    assert_eq!(outcome.arrived, 40);
    for (error, count) in &outcome.errors {
        println!("{count} times: {error}");
    }
}
