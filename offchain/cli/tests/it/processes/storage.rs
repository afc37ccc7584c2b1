//! What a node keeps on disk, and what it says of that.

use serde_json::Value;

use super::until;
use crate::requester::town::{Town, free_address};

const DAY: u64 = 86_400;

fn content_bytes(town: &Town) -> u64 {
    town.command_of_chain("node-1", &["status"]).0["content_bytes"].as_u64().unwrap()
}

#[test]
fn the_status_says_what_is_stored_and_outputs_go_after_a_week() {
    let mut town = Town::new();
    let own = std::fs::metadata(town.config("node-1").with_file_name("node.pub")).unwrap().len();
    let metrics = format!("\n[metrics]\nlisten = \"{}\"\n[log]\nformat = \"json\"\n", free_address());
    town.reconfigure("node-1", "\n[network]\n", &format!("{metrics}[network]\n"));
    for name in ["node-1", "node-2", "node-3"] {
        town.start_node(name);
    }
    assert_eq!(content_bytes(&town), own, "others fetch its public key");
    let model =
        std::fs::metadata(concat!(env!("CARGO_MANIFEST_DIR"), "/../../models/wdbc.onnx")).unwrap().len();
    let run = town.run(&[]);
    assert_eq!(run.event("settled")["values"].as_array().unwrap().len(), 2);
    assert_eq!(run.end().0, Some(0));
    // Its own output, and for other jobs the model and the public keys of three workers; the encrypted input is gone with the job.
    let without_output = 3 * own + model;
    until("the input goes", || content_bytes(&town) < without_output + 1_024);
    let stored = content_bytes(&town);
    assert!(stored > without_output, "{stored} bytes, of which each key has {own} and the model {model}");
    town.advance(8 * DAY);
    until(&format!("the output goes: {stored} bytes"), || content_bytes(&town) == without_output);
    // What it wrote to its log is for machines.
    let log = town.nodes["node-1"].log();
    assert!(!log.is_empty());
    for line in log.lines() {
        let line: Value = serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        for field in ["timestamp", "level", "target", "fields"] {
            assert!(!line[field].is_null(), "{field}: {line}");
        }
    }
}
