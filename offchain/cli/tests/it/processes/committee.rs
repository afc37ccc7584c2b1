//! Committee members that do not reach each other for a while, and those without their records.

use bithive_local::UNIT;
use serde_json::Value;

use super::until;
use crate::requester::town::{MEMBERS, MONEY, Town};

/// Seconds of an epoch.
const EPOCH: u64 = 86_400;

/// The member says that it waits, and names the others.
fn waits_for_others(town: &Town, name: &str) {
    let others = MEMBERS.iter().zip(&town.accounts).filter(|(other, _)| **other != name);
    let others: Vec<&String> = others.map(|(_, account)| account).collect();
    let names_them = |value: &Value| {
        let reason = value["reason"].as_str().unwrap_or_default();
        value["event"] == "waits" && others.iter().all(|account| reason.contains(account.as_str()))
    };
    town.members[name].until("that it waits for the others", names_them);
}

fn posts(town: &Town, name: &str, epoch: u64) {
    let posted = |value: &Value| value["event"] == "share_keys" && value["epoch"] == epoch;
    town.members[name].until("share keys", posted);
}

fn epoch(town: &Town) -> u64 {
    town.runtime.block_on(town.client.committee()).unwrap().epoch
}

/// A job runs to its end: tags come from the members, and claims and content by the relay.
fn a_job_settles(town: &mut Town) {
    let before = town.money().0;
    for name in ["node-1", "node-2", "node-3"] {
        if !town.nodes.contains_key(name) {
            town.start_node(name);
        }
    }
    let (code, log) = town.run(&[]).end();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(town.money(), (before - 36 * UNIT, 0));
}

#[test]
fn members_that_start_together_before_their_relay_lose_nobody_and_work_on() {
    let mut town = Town::founded();
    for name in MEMBERS {
        town.start_member(name);
    }
    for name in MEMBERS {
        waits_for_others(&town, name);
    }
    town.start_relay();
    let now = epoch(&town);
    for name in MEMBERS {
        posts(&town, name, now);
    }
    assert_eq!(town.money(), (MONEY, 0));
    a_job_settles(&mut town);
}

#[test]
fn a_member_that_is_alone_over_an_epoch_waits_and_two_are_enough_to_work_on() {
    let mut town = Town::new();
    let first = epoch(&town);
    let posted = |epoch| town.runtime.block_on(town.client.share_keys(epoch)).unwrap().len();
    // All have agreed on their keys.
    until("all post the keys of the next epoch", || posted(first + 1) == MEMBERS.len());
    for name in ["member-1", "member-2"] {
        town.members.remove(name).unwrap().kill();
    }
    town.advance(EPOCH);
    town.advance(EPOCH);
    waits_for_others(&town, "member-0");
    let now = epoch(&town);
    assert!(now >= first + 2);
    assert!(town.runtime.block_on(town.client.share_keys(now)).unwrap().is_empty());
    town.start_member("member-2");
    for name in ["member-0", "member-2"] {
        posts(&town, name, now);
    }
    a_job_settles(&mut town);
    town.start_member("member-1");
    posts(&town, "member-1", now);
    a_job_settles(&mut town);
}

/// A party without its records could sign or answer something else than before.
#[test]
fn parties_whose_records_were_emptied_zeroed_or_taken_away_do_not_start() {
    let mut town = Town::with_nodes(1);
    town.nodes.remove("node-1").unwrap().kill();
    town.members.remove("member-0").unwrap().kill();
    for (name, role) in [("node-1", "node"), ("member-0", "committee")] {
        let records = town.config(name).with_file_name("data").join("records.redb");
        let newest = std::fs::read(&records).unwrap();
        let zeroed = [&vec![0; 4_096][..], &newest[4_096..]].concat();
        for (content, what) in
            [(Some(vec![]), "is empty"), (Some(zeroed), "is damaged"), (None, "is missing")]
        {
            match content {
                Some(content) => std::fs::write(&records, content).unwrap(),
                None => std::fs::remove_file(&records).unwrap(),
            }
            let (code, log) = town.attempt(name, role).end();
            assert_eq!(code, Some(2), "{name} {what}: {log}");
            for part in [what, "put back the newest copy", "records.redb"] {
                assert!(log.contains(part), "{name}: expected {part:?}\n{log}");
            }
        }
        std::fs::write(&records, newest).unwrap();
        town.attempt(name, role).event("ready");
    }
}
