//! The demo with every party as a process of its own.

use std::process::Stdio;
use std::time::Duration;

use crate::common::{bithive, json, path, refused, text};
use serde_json::Value;

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is not a number"))
}

fn holds(demo: &Value) {
    for check in demo["checks"].as_array().unwrap() {
        assert_eq!(check["ok"], true, "{check}");
    }
    assert_eq!(demo["ok"], true);
    assert_eq!((number(&demo["matched"]), number(&demo["eligible"])), (5, 5));
    assert_eq!(demo["chosen"].as_array().unwrap().len(), 3);
    assert_eq!((number(&demo["quorum"]), number(&demo["quorum_needed"])), (2, 2));
    assert_eq!(demo["slashed"].as_array().unwrap().len(), 1);
    assert!(number(&demo["decrypt_attempts"]) >= 6);
    assert_eq!(number(&demo["decrypt_refused"]), number(&demo["decrypt_attempts"]));
    let curious = &demo["curious"];
    assert_eq!(number(&curious["claims_by_key"][0]), number(&curious["claims"]), "{curious}");
    assert_eq!(curious["copies"].as_array().unwrap().len(), 3, "{curious}");
    assert_eq!(number(&demo["paid"]) + number(&demo["refunded"]), number(&demo["escrow"]));
    assert_eq!(number(&demo["minted"]) - number(&demo["burnt"]), number(&demo["balances_total"]));
}

#[test]
fn a_whole_job_runs_between_processes_and_every_check_holds() {
    let demo = json(&["demo", "--network", "--row", "3", "--row", "5"]);
    holds(&demo);
    assert_eq!(number(&demo["rows"]), 2);
    let names: Vec<&str> =
        demo["checks"].as_array().unwrap().iter().map(|check| check["name"].as_str().unwrap()).collect();
    assert!(names.contains(&"claims come from the qualifying nodes, and from all of them"), "{names:?}");
    // The same cast and the same choices as in one process.
    let local = json(&["demo", "--row", "3", "--row", "5"]);
    let chosen = |demo: &Value| {
        let mut names = demo["chosen"].as_array().unwrap().clone();
        names.sort_by_key(ToString::to_string);
        names
    };
    assert_eq!(chosen(&demo), chosen(&local));
    assert_eq!(demo["slashed"], local["slashed"]);
    assert_eq!(demo["predictions"], local["predictions"]);
}

#[test]
fn a_job_settles_though_a_committee_member_and_a_worker_are_killed_in_the_middle() {
    let output = bithive(&["demo", "--network", "--kill", "--row", "3"]).output().unwrap();
    let shown = text(&output);
    assert!(output.status.success(), "{shown}");
    assert_eq!(shown.matches("is killed, and started again").count(), 2, "{shown}");
    holds(&json(&["demo", "--network", "--kill", "--row", "3"]));
}

#[test]
fn killing_needs_processes() {
    assert!(refused(&["demo", "--kill"]).contains("--network"));
}

#[cfg(target_os = "linux")]
#[test]
fn an_interrupted_demo_leaves_no_process_and_no_folder_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut demo = bithive(&["demo", "--network", "--row", "3"]);
    demo.env("TMPDIR", folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut demo = demo.spawn().unwrap();
    // A party has the demo's folder in its arguments.
    let marker = path(folder.path());
    let parties = || {
        let processes = std::fs::read_dir("/proc").unwrap().filter_map(Result::ok);
        let arguments = processes.filter_map(|process| std::fs::read(process.path().join("cmdline")).ok());
        arguments.filter(|line| String::from_utf8_lossy(line).contains(&marker)).count()
    };
    while parties() < 4 {
        assert!(demo.try_wait().unwrap().is_none(), "the demo ended before it had started anybody");
        std::thread::sleep(Duration::from_millis(20));
    }
    let killed = std::process::Command::new("kill").args(["-INT", &demo.id().to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(demo.wait().unwrap().code(), Some(2));
    assert_eq!(parties(), 0);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[cfg(target_os = "linux")]
#[test]
fn a_whole_job_runs_between_parties_behind_two_nats() {
    let output = bithive(&["demo", "--network", "--namespaces", "--row", "3", "--json"]).output().unwrap();
    let shown = text(&output);
    if output.status.code() == Some(2) && shown.contains("--namespaces:") {
        println!("SKIPPED: {shown}");
        return;
    }
    holds(&serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {shown}")));
}
