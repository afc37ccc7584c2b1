//! A model that takes long, and a node that holds back: the attack on nodes that do one job after the other.

use bithive_api::jobs::Phase;

use super::{WAITING, assert_bonds_are_whole, assigned, claimed, commitments, onnx, processor_time, until};
use crate::common::path;
use crate::requester::town::Town;

/// Two nodes compute a model of as much work as there may be, on as many rows as there may be. Then the third commits to another job of
/// theirs, which it has held back: they reveal and sign that one all the same.
#[test]
fn a_slow_model_costs_honest_nodes_neither_bonds_nor_their_other_jobs() {
    let town = Town::with_nodes(3);
    // The nodes' public keys are here from now on, so that jobs are assigned to a node that stands still.
    assert_eq!(town.run(&[]).end().0, Some(0));
    let short = claimed(town.run(&WAITING));
    let folder = tempfile::tempdir().unwrap();
    let (model, rows) = (folder.path().join("slow.onnx"), folder.path().join("rows.csv"));
    std::fs::write(&model, onnx::softplus(2, 8_192, 40)).unwrap();
    std::fs::write(&rows, format!("a,b\n{}", "0.5,0.5\n".repeat(10_000))).unwrap();
    let (model, rows) = (path(&model), path(&rows));
    let slow = ["--model", &model, "--input", &rows, "--policy", "vram >= 16", "--price", "20"];
    let windows = ["--commit-seconds", "86400"];
    let slow = claimed(town.requester("run", &[&slow[..], &windows, &WAITING].concat()));

    let (honest, third) = ([&town.nodes["node-1"], &town.nodes["node-2"]], &town.nodes["node-3"]);
    third.signal("-STOP");
    let run = assigned(&town, short);
    until("two commit", || commitments(&town.job(short)) == 2);
    run.kill();
    let before = honest.map(processor_time);
    let run = assigned(&town, slow);
    // A node that waits for others takes next to nothing.
    until("both compute", || {
        honest.map(processor_time).iter().zip(before).all(|(now, then)| *now > then + 300)
    });
    assert_eq!(town.job(short).phase, Phase::Assigned);
    third.signal("-CONT");
    let settled = town.until_phase(short, &[Phase::Settled]);
    assert_eq!(town.job(slow).phase, Phase::Assigned, "the slow one is still computed");
    assert_eq!(settled.outcome.as_ref().unwrap().quorum, 0b111);
    assert_bonds_are_whole(&town, &settled);
    run.kill();
    assert_eq!(town.requester("resume", &[&short.to_string()]).end().0, Some(0));
}
