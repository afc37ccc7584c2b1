//! A requester that stops in the middle of handing out its input: the nodes that wait for the rest have other work.

use std::path::PathBuf;
use std::time::Instant;

use bithive_api::jobs::Phase;
use bithive_local::UNIT;

use super::{PATIENCE, assert_bonds_are_whole, commitments, onnx, until};
use crate::common::path;
use crate::requester::town::{MONEY, OTHER_REQUESTER, Town};

/// Nearly as large as an input may be, 16 MB of numbers, so that nobody has all of it at once.
const ROWS: usize = 1_000;
const FEATURES: usize = 4_000;
const NODES: [&str; 3] = ["node-1", "node-2", "node-3"];

/// Where a node keeps content of this digest: while it is on its way in, and as a whole.
fn content(town: &Town, node: &str, digest: &str) -> [PathBuf; 2] {
    let folder = town.config(node).with_file_name("data").join("transport");
    ["partial", "blobs"].map(|kind| folder.join(kind).join(digest))
}

#[test]
fn input_that_stops_coming_delays_no_job_of_another_requester_and_goes_on_where_it_ended() {
    let town = Town::with_nodes(3);
    let folder = tempfile::tempdir().unwrap();
    let (model, rows) = (folder.path().join("wide.onnx"), folder.path().join("rows.csv"));
    std::fs::write(&model, onnx::softplus(FEATURES, 1, 1)).unwrap();
    let names: Vec<_> = (0..FEATURES).map(|at| format!("f{at}")).collect();
    let row = format!("{}\n", vec!["0.5"; FEATURES].join(","));
    std::fs::write(&rows, format!("{}\n{}", names.join(","), row.repeat(ROWS))).unwrap();
    let (model, rows) = (path(&model), path(&rows));
    let wide = ["--model", &model, "--input", &rows, "--policy", "vram >= 16", "--price", "20"];
    let windows = ["--commit-seconds", "86400"];
    let stops = town.job_of(OTHER_REQUESTER, "run", &[&wide[..], &windows].concat());
    let stopped = stops.event("posted")["job_id"].as_u64().unwrap();
    until("it is assigned", || town.job(stopped).assignment.is_some());
    let digest = town.job(stopped).assignment.unwrap().payload.to_hex();

    let here = |kind: usize| NODES.iter().filter(|node| content(&town, node, &digest)[kind].exists()).count();
    let began = Instant::now();
    while here(0) == 0 {
        assert!(began.elapsed() < PATIENCE, "no node fetches the input");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    stops.signal("-STOP");
    assert_eq!(here(1), 0, "it stopped in the middle");

    // All three nodes are needed for this one, and wait for the rest of the other one.
    let run = town.run(&[]);
    let quick = run.event("posted")["job_id"].as_u64().unwrap();
    let (code, log) = run.end();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(town.money(), (MONEY - 36 * UNIT, 0));
    assert_bonds_are_whole(&town, &town.job(quick));
    let job = town.job(stopped);
    assert_eq!((job.phase, commitments(&job), here(1)), (Phase::Assigned, 0, 0));

    stops.signal("-CONT");
    let settled = town.until_phase(stopped, &[Phase::Settled]);
    assert_bonds_are_whole(&town, &settled);
    let (code, log) = stops.end();
    assert_eq!(code, Some(0), "{log}");
}
