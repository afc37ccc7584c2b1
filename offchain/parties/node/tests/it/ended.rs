//! What a node keeps of jobs that have ended, and for how long.

use std::sync::Arc;

use bithive_api::jobs::{ExecuteMsg, Phase};
use bithive_node::Contributor;

use crate::flaky::FlakyExchange;
use crate::town::Town;

const DAY: u64 = 86_400;

/// Records of jobs; what the node knows of itself and of the committee is left out.
fn records(town: &Town, index: usize) -> Vec<String> {
    let mut names = town.nodes[index].state.names("").unwrap();
    let of_jobs = ["job/", "result/", "guard/c", "guard/s", "ended/", "outputs/"];
    names.retain(|name| of_jobs.iter().any(|prefix| name.starts_with(prefix)));
    names
}

/// Node 0 lives on an exchange that notes what is removed.
async fn live(town: &mut Town, exchange: &Arc<FlakyExchange>) {
    let setup = town.setup_with(0, Arc::new(town.local.chain.clone()), exchange.clone()).await;
    Contributor::new(setup, town.nodes[0].from_height).await.unwrap().catch_up().await.unwrap();
}

async fn settled_job(town: &mut Town, exchange: &Arc<FlakyExchange>) -> u64 {
    let job_id = town.assigned_job().await;
    while town.phase(job_id).await != Phase::Settled {
        live(town, exchange).await;
        town.live(1).await;
        town.live(2).await;
    }
    live(town, exchange).await;
    job_id
}

async fn days_pass(town: &mut Town, days: u64, exchange: &Arc<FlakyExchange>) {
    town.local.chain.advance_time(days * DAY).await.unwrap();
    town.local.chain.produce_block().await.unwrap();
    live(town, exchange).await;
}

#[tokio::test]
async fn what_a_job_has_left_is_removed_when_nobody_can_ask_for_it_any_more() {
    let mut town = Town::with_nodes(3).await;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    let removed = || exchange.removed.lock().unwrap().clone();
    let job_id = settled_job(&mut town, &exchange).await;
    let job = town.job(job_id).await;
    let payload: [u8; 32] = job.assignment.unwrap().payload.as_slice().try_into().unwrap();
    let own = job.workers.iter().find(|worker| worker.address.as_str() == town.nodes[0].address).unwrap();
    let output: [u8; 32] = own.output.as_ref().unwrap().as_slice().try_into().unwrap();
    assert_eq!(removed(), [payload], "the input at once");
    let left = records(&town, 0);
    assert!(left.contains(&format!("job/{job_id}")) && left.len() == 6, "{left:?}");
    days_pass(&mut town, 6, &exchange).await;
    assert_eq!(removed().len(), 1, "the requester may come for its output");
    days_pass(&mut town, 2, &exchange).await;
    assert_eq!(removed(), [payload, output]);
    assert!(!records(&town, 0).iter().any(|name| name.starts_with("result/")), "the result with it");
    days_pass(&mut town, 6, &exchange).await;
    assert_eq!(records(&town, 0), [""; 0]);
}

#[tokio::test]
async fn records_do_not_grow_with_the_jobs_that_were_done() {
    let mut town = Town::with_nodes(3).await;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    for jobs in 1..=3 {
        settled_job(&mut town, &exchange).await;
        let left = records(&town, 0);
        assert_eq!(left.len(), 6 * jobs, "{left:?}");
    }
    // Jobs that it had no part in leave nothing, not even for a while.
    let stranger = town.add_node(8, "eu").await;
    let job_id = town.post().await.job_id;
    town.live(stranger).await;
    assert_eq!(records(&town, stranger).len(), 1);
    town.requester_account().await.jobs(&ExecuteMsg::Cancel { job_id }).await.unwrap();
    town.live(stranger).await;
    assert_eq!(records(&town, stranger), [""; 0]);
    days_pass(&mut town, 14, &exchange).await;
    assert_eq!(records(&town, 0), [""; 0]);
}

#[tokio::test]
async fn a_model_that_was_only_looked_at_is_removed_with_its_job() {
    let mut town = Town::with_nodes(1).await;
    let exchange = FlakyExchange::new(town.local.exchange(town.nodes[0].endpoint));
    let job_id = town.post().await.job_id;
    live(&mut town, &exchange).await;
    assert!(exchange.removed.lock().unwrap().is_empty());
    town.requester_account().await.jobs(&ExecuteMsg::Cancel { job_id }).await.unwrap();
    live(&mut town, &exchange).await;
    assert_eq!(*exchange.removed.lock().unwrap(), [*blake3::hash(b"model").as_bytes()]);
}
