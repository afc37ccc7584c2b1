//! Every message of every contract has a command, or a reason why none sends it: `docs/messages.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use crate::common::{bithive, text};
use bithive_contracts::Code;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Contract and message, and what sends it.
fn table() -> BTreeMap<(String, String), String> {
    let page = std::fs::read_to_string(root().join("docs/messages.md")).unwrap();
    let mut rows = BTreeMap::new();
    for line in page.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| contract |")) {
        let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [contract, message, sent_by] = cells[..] else { panic!("{line}") };
        let row = (contract.to_owned(), message.to_owned());
        assert!(rows.insert(row, sent_by.to_owned()).is_none(), "twice: {line}");
    }
    rows
}

/// The commands that a text names, as words.
fn commands(text: &str) -> impl Iterator<Item = Vec<&str>> {
    text.split('`')
        .skip(1)
        .step_by(2)
        .filter_map(|quoted| quoted.strip_prefix("bithive "))
        .map(|words| words.split(' ').collect())
}

#[test]
fn every_message_is_sent_by_a_command_or_says_why_none_sends_it() {
    let rows = table();
    let mut messages = BTreeSet::new();
    for code in Code::ALL {
        let file = root().join("contracts").join(code.name()).join("permissions.txt");
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let (message, _) = line.split_once(' ').unwrap();
            messages.insert((code.name().to_owned(), message.to_owned()));
        }
    }
    let listed: BTreeSet<_> = rows.keys().cloned().collect();
    assert_eq!(
        messages.difference(&listed).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new(),
        "not listed"
    );
    assert_eq!(
        listed.difference(&messages).collect::<Vec<_>>(),
        Vec::<&(String, String)>::new(),
        "no message"
    );
    for ((contract, message), sent_by) in &rows {
        let reason = sent_by.strip_prefix("no command: ").map_or(0, str::len);
        let sends = sent_by.starts_with("`bithive ") && commands(sent_by).next().is_some();
        assert!(sends || reason >= 20, "{contract} {message}: {sent_by}");
    }
}

#[test]
fn every_command_that_is_listed_exists() {
    let rows = table();
    let listed: BTreeSet<Vec<&str>> = rows.values().flat_map(|sent_by| commands(sent_by)).collect();
    assert!(listed.len() > 50, "{}", listed.len());
    for command in listed {
        let output = bithive(&command).arg("--help").output().unwrap();
        assert!(output.status.success(), "{command:?}: {}", text(&output));
    }
    // What the check rests on: a command that does not exist has no help.
    assert!(!bithive(&["stake", "locks", "--help"]).output().unwrap().status.success());
}
