//! RPC servers that answer with something else while a step has a deadline.

use bithive_api::jobs::Phase;
use bithive_local::UNIT;

use super::rpc::{Fault, Proxy};
use super::{WAITING, assert_bonds_are_whole, assigned, claimed, commitments, until};
use crate::requester::town::Town;

/// What a step needs of the chain.
const STEP: [&str; 3] = ["abci_query", "broadcast_tx_sync", "tx"];
/// All that a node asks for.
const ALL: [&str; 7] =
    ["status", "abci_info", "abci_query", "broadcast_tx_sync", "tx", "block", "block_results"];

/// From the last commitment on, one node's only server answers several times with pages or not at all, and the first of another node's
/// two servers does so for ever.
#[test]
fn servers_that_answer_with_pages_from_the_reveal_on_cost_no_bond() {
    let mut town = Town::new();
    let direct = town.rpc();
    let [only, first] = [0; 2].map(|_| town.runtime.block_on(async { Proxy::before(&direct).await }));
    let rpc = format!("rpc = {direct:?}");
    town.reconfigure("node-1", &rpc, &format!("rpc = {:?}", only.url));
    town.reconfigure("node-2", &rpc, &format!("rpc = [{:?}, {direct:?}]", first.url));
    for name in ["node-1", "node-2", "node-3"] {
        town.start_node(name);
    }
    assert_eq!(town.run(&[]).end().0, Some(0), "and the nodes' public keys are here from now on");

    for fault in [Fault::Page, Fault::LosesAnswer] {
        let job_id = claimed(town.run(&WAITING));
        let third = &town.nodes["node-3"];
        third.signal("-STOP");
        let run = assigned(&town, job_id);
        until("two commit", || commitments(&town.job(job_id)) == 2);
        let met = [only.met(), first.met()];
        only.fail(fault, 4, &STEP);
        first.fail(fault, u32::MAX, &ALL);
        third.signal("-CONT");
        let settled = town.until_phase(job_id, &[Phase::Settled]);
        // How often depends on the step that it hits; a server that fails is asked last, so it may be spared by the second job.
        assert!(only.met() > met[0] && first.met() >= met[1].max(1), "{fault:?}: {met:?}");
        assert_eq!(settled.outcome.as_ref().unwrap().quorum, 0b111, "{fault:?}");
        assert_bonds_are_whole(&town, &settled);
        assert_eq!(run.end().0, Some(0), "{fault:?}");
        only.fail(fault, 0, &STEP);
        first.fail(fault, 0, &ALL);
    }
    // Of three jobs, less what others have of each: it was withdrawn, too.
    for worker in &town.job(3).workers {
        let address = worker.address.as_str();
        let least = 3 * 11 * UNIT * 3 / 4;
        until(&format!("{} has its pay", town.name_of(address)), || {
            town.runtime.block_on(town.client.balance(address)).unwrap() >= least
        });
    }
}
