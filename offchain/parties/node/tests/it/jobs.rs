//! Jobs from claim to payment.

use std::sync::Arc;

use bithive_api::jobs::Phase;
use bithive_dgkbe::Groups;
use bithive_exchange::Kind;
use bithive_inference::{Device, Model, Table};
use bithive_local::{NODE_BOND, UNIT};
use bithive_node::{Onnx, Report};
use bithive_requester::Selection;

use crate::town::{ANSWER, Finds, Town};

const MODEL: &[u8] = include_bytes!("../../../../../models/wdbc.onnx");
const ROWS: &[u8] = include_bytes!("../../../../../data/wdbc/holdout.csv");

#[tokio::test]
async fn three_nodes_that_only_catch_up_settle_a_job() {
    let mut town = Town::with_nodes(3).await;
    let poor = town.add_node(8, "eu").await;
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    for node in &town.nodes[..3] {
        let reports = node.log.all();
        assert!(matches!(reports[0], Report::VaultTried { opened: true, .. }));
        assert!(matches!(reports[1], Report::Claimed { ask, .. } if ask == node.ask));
        let done = [
            Report::Decrypted { job_id, bytes: 0 },
            Report::Committed { job_id },
            Report::Revealed { job_id },
            Report::Signed { job_id },
        ];
        let kinds = reports[2..6].iter().map(std::mem::discriminant);
        assert!(kinds.eq(done.iter().map(std::mem::discriminant)), "{reports:?}");
        // 85 of 100 are the worker's; what it holds is what it was paid.
        let paid = town.local.client.balance(&node.address).await.unwrap();
        assert_eq!(paid, node.ask * 85 / 100);
        assert_eq!(node.log.count(|report| *report == Report::Withdrew { amount: paid }), 1);
    }
    assert_eq!(town.nodes[poor].log.all(), [Report::VaultTried { job_id, opened: false }]);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn workers_of_two_groups_settle_a_job_and_fetch_no_key_of_the_other_group() {
    let mut town = Town::of(Groups::new(2, 2).unwrap()).await;
    for _ in 0..3 {
        town.add_node(24, "eu").await;
    }
    let job_id = town.assigned_job().await;
    assert_eq!(town.job(job_id).await.assignment.unwrap().headers.len(), 2 * 128);
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    // Slots 1 and 2 are one group, slot 3 is alone in the other.
    for (reader, fetched) in [(0, &[1][..]), (1, &[0]), (2, &[])] {
        let keys = town.tap.deliveries().into_iter().filter(|delivery| {
            let key = delivery.kind == Kind::Content && delivery.body.starts_with(b"BHKEY");
            key && delivery.to == town.nodes[reader].endpoint
        });
        let found: Vec<Vec<u8>> = keys.map(|delivery| delivery.body[42..90].to_vec()).collect();
        let expected: Vec<Vec<u8>> =
            fetched.iter().map(|index: &usize| town.nodes[*index].registration.dgkbe_key.to_vec()).collect();
        assert_eq!(found, expected, "node {reader}");
    }
}

#[tokio::test]
async fn nodes_that_run_side_by_side_settle_a_job_and_end_when_told() {
    let mut town = Town::with_nodes(3).await;
    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut tasks = Vec::new();
    for index in 0..3 {
        let (mut node, mut stopped) = (town.start(index).await, stopped.clone());
        tasks.push(tokio::spawn(async move {
            node.run(async move { drop(stopped.wait_for(|stop| *stop).await) }).await
        }));
    }
    let job_id = town.post().await.job_id;
    let mut requester = town.requester().await;
    while requester.claims(job_id).await.unwrap().len() < 3 {
        assert!(requester.collect().await.unwrap().refused.is_empty());
        tokio::task::yield_now().await;
    }
    requester.assign(job_id, &Selection::default()).await.unwrap();
    while town.phase(job_id).await != Phase::Settled {
        tokio::task::yield_now().await;
    }
    assert_eq!(requester.result(job_id).await.unwrap(), ANSWER);
    stop.send(true).unwrap();
    for task in tasks {
        task.await.unwrap().unwrap();
    }
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_model_runs_and_its_output_reaches_the_requester() {
    let mut town = Town::with_nodes(3).await;
    for node in &mut town.nodes {
        node.compute = Arc::new(Onnx::new(Device::Cpu));
    }
    let table = Table::from_csv(ROWS).unwrap().select(&[0, 1, 2]).unwrap();
    let mut spec = town.spec();
    (spec.rows, spec.model, spec.dimensions) = (table.features().encode(), MODEL.into(), 3);
    let job_id = town.requester().await.post(&spec).await.unwrap().job_id;
    town.live_all().await;
    town.requester().await.collect().await.unwrap();
    town.requester().await.assign(job_id, &Selection::default()).await.unwrap();
    town.live_until_quiet().await;
    let own = Model::load(MODEL, Device::Cpu).unwrap().run(table.features()).unwrap();
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), own);
    town.assert_books_balance().await;
}

#[tokio::test]
async fn a_node_that_asks_more_than_the_price_does_not_claim() {
    let mut town = Town::with_nodes(1).await;
    town.nodes[0].ask = 15 * UNIT + 1;
    let job_id = town.claimed_job().await;
    assert_eq!(town.nodes[0].log.all(), [Report::VaultTried { job_id, opened: true }]);
    assert!(town.requester().await.claims(job_id).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_node_that_is_not_chosen_says_so_once_and_does_nothing_else() {
    let mut town = Town::with_nodes(4).await;
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    assert_eq!(town.phase(job_id).await, Phase::Settled);
    let reports = town.nodes[3].log.all();
    assert_eq!(reports.len(), 3, "{reports:?}");
    assert_eq!(reports[2], Report::NotChosen { job_id });
    assert_eq!(town.local.client.balance(&town.nodes[3].address).await.unwrap(), 0);
}

#[tokio::test]
async fn an_outvoted_node_is_not_paid_and_loses_bond_and_the_others_are_paid() {
    let mut town = Town::with_nodes(3).await;
    town.nodes[1].compute = Arc::new(Finds(vec![9.0, 9.0]));
    let job_id = town.assigned_job().await;
    town.live_until_quiet().await;
    let job = town.job(job_id).await;
    assert_eq!(job.phase, Phase::Settled);
    assert_eq!(job.outcome.unwrap().quorum, 0b101);
    assert_eq!(town.requester().await.result(job_id).await.unwrap(), ANSWER);
    for (index, node) in town.nodes.iter().enumerate() {
        let cheat = index == 1;
        let paid = if cheat { 0 } else { node.ask * 85 / 100 };
        assert_eq!(town.local.client.balance(&node.address).await.unwrap(), paid);
        let bond = town.local.client.node(&node.address).await.unwrap().unwrap().bond.u128();
        assert_eq!(bond, if cheat { NODE_BOND - node.ask / 2 } else { NODE_BOND });
    }
    town.assert_books_balance().await;
}
