//! Windows that are too short for what a node has measured of its machine.

use bithive_inference::Model;
use serde_json::Value;

use super::{WAITING, onnx};
use crate::common::path;
use crate::requester::process::Process;
use crate::requester::town::Town;

const ROWS: usize = 10_000;
/// Shortest and longest window that there is, in seconds.
const WINDOWS: [u64; 2] = [30, 86_400];
/// How many times the time of a run has to fit into the window.
const MARGIN: f64 = 3.0;
/// What the log has before the measured speed.
const SPEED: &str = "multiply_adds=";

/// Units of work that the node does in a second, as it has measured when it started.
fn speed(node: &Process) -> f64 {
    node.until_logged("models run with so many multiply-adds a second");
    let log = node.log();
    let (_, rest) = log.split_once(SPEED).unwrap_or_else(|| panic!("{log}"));
    rest.split_whitespace().next().unwrap().parse().unwrap()
}

/// Of a window, what is left beside the transaction of the commitment.
fn usable(window: u64) -> f64 {
    (window - (window / 4).min(30)) as f64
}

/// What the node does about a job: it claims it, or says why not.
fn decision(node: &Process, job_id: u64) -> Result<(), String> {
    let decided = |value: &Value| {
        value["job_id"] == job_id && (value["did"] == "claimed" || value["did"] == "declined")
    };
    match node.until("a decision", decided)["reason"].as_str() {
        Some(reason) => Err(reason.to_owned()),
        None => Ok(()),
    }
}

#[test]
fn a_node_claims_what_fits_its_measured_machine_and_declines_what_does_not() {
    let town = Town::with_nodes(1);
    let node = &town.nodes["node-1"];
    let folder = tempfile::tempdir().unwrap();
    let (model, rows) = (folder.path().join("slow.onnx"), folder.path().join("rows.csv"));
    // As much work as there may be.
    let slow = onnx::softplus(2, 8_192, 40);
    let needed = MARGIN * Model::work(&slow).unwrap().of_rows(ROWS) as f64 / speed(node);
    std::fs::write(&model, slow).unwrap();
    std::fs::write(&rows, format!("a,b\n{}", "0.5,0.5\n".repeat(ROWS))).unwrap();
    let (model, rows) = (path(&model), path(&rows));
    let slow = ["--model", &model, "--input", &rows, "--policy", "vram >= 16", "--price", "20"];
    let decided = |run: Process| {
        let job_id = run.event("posted")["job_id"].as_u64().unwrap();
        let decision = decision(node, job_id);
        // The model comes from it until then.
        run.kill();
        decision
    };

    let [shortest, longest] = WINDOWS;
    let (short, enough) = ((0.9 * needed) as u64, (1.1 * needed) as u64 + 31);
    for window in [shortest, short.clamp(shortest, longest), enough.clamp(shortest, longest)] {
        let seconds = window.to_string();
        let seconds = ["--commit-seconds", &seconds];
        let decision = decided(town.requester("run", &[&slow[..], &seconds, &WAITING].concat()));
        let fits = usable(window) >= needed;
        assert_eq!(decision.is_ok(), fits, "{window} s, of which {needed} s are needed: {decision:?}");
        let words = format!("window for commitments of {window} s");
        for part in [words.as_str(), "--commit-seconds"] {
            assert!(decision.as_ref().err().is_none_or(|reason| reason.contains(part)), "{decision:?}");
        }
    }
    // The same window is enough for less work.
    let seconds = shortest.to_string();
    let seconds = ["--commit-seconds", &seconds];
    assert_eq!(decided(town.run(&[&seconds[..], &WAITING].concat())), Ok(()));
}
