//! What has to hold in the end.

use std::collections::BTreeMap;
use std::sync::Arc;

use bithive_api::ContractEvent as _;
use bithive_api::jobs::{Event, Fault, Phase};
use bithive_client::Client;
use bithive_relayer::{Contracts, FeeLimits, Relayer, Settings};

use crate::driver::Driver;
use crate::network::Network;
use crate::party::Party;

pub(crate) async fn everything(network: &mut Network, driver: &Driver) {
    let settled = driver.done().values().filter(|phase| **phase == Phase::Settled).count();
    println!("{} jobs: {settled} settled, {} refunded", driver.done().len(), driver.done().len() - settled);
    assert!(settled > 0, "no job was settled: this shows nothing\n{}", network.logs());
    driver.read_results().await;
    books(&network.client).await;
    history(network, driver).await;
    reports(network, driver).await;
    network.parties.iter_mut().for_each(Party::stop);
    outboxes(network).await;
}

/// No money came from nowhere or went nowhere, and none is still held for a job.
async fn books(client: &Client) {
    let supply = client.supply().await.unwrap();
    let held: u128 = client.balances().await.unwrap().iter().map(|(_, balance)| balance).sum();
    assert_eq!(held, supply.minted.u128() - supply.burnt.u128());
    let totals = client.totals().await.unwrap();
    assert_eq!(totals.escrowed.u128(), 0, "every job is final");
    let market = client.balance(client.deployment().jobs()).await.unwrap();
    assert_eq!(market, totals.claimable.u128());
    let bonded = client.registry_config().await.unwrap().bonded.u128();
    assert_eq!(client.balance(client.deployment().registry()).await.unwrap(), bonded);
}

/// Every job ended once, and no worker said two things in one round.
async fn history(network: &Network, driver: &Driver) {
    let client = &network.client;
    let mut cursor = client.chain().blocks_from(network.first_height);
    let head = client.chain().info().await.unwrap().height;
    let mut ends: BTreeMap<u64, Vec<&str>> = BTreeMap::new();
    let mut said: BTreeMap<(&str, u64, u8, String), u32> = BTreeMap::new();
    while cursor.next_height() <= head {
        let block = cursor.next().await.unwrap();
        let events = block.txs.into_iter().filter(|tx| tx.error.is_none()).flat_map(|tx| tx.events);
        let events: Vec<_> = events.collect();
        for event in Event::of(client.deployment().jobs(), &events) {
            match event.unwrap() {
                Event::Settled { job_id, .. } => ends.entry(job_id).or_default().push("settled"),
                Event::Refunded { job_id, .. } => ends.entry(job_id).or_default().push("refunded"),
                Event::Commitment { job_id, round, worker } => {
                    *said.entry(("commitment", job_id, round.0, worker.into())).or_default() += 1;
                }
                Event::Reveal { job_id, round, worker } => {
                    *said.entry(("reveal", job_id, round.0, worker.into())).or_default() += 1;
                }
                Event::Fault { job_id, reason, .. } => assert_ne!(
                    reason,
                    Fault::OutsideQuorum,
                    "job {job_id}: an honest worker contradicted itself"
                ),
                _ => {}
            }
        }
    }
    for (job, phase) in driver.done() {
        let expected = if *phase == Phase::Settled { "settled" } else { "refunded" };
        assert_eq!(ends.get(job), Some(&vec![expected]), "job {job}");
    }
    for (what, times) in &said {
        assert_eq!(*times, 1, "{what:?}");
    }
    println!("{} blocks, {} commitments and reveals", head - network.first_height + 1, said.len());
}

/// The work of every settled job is told of, whoever settled it and whoever was killed then.
async fn reports(network: &Network, driver: &Driver) {
    for (job, _) in driver.done().iter().filter(|(_, phase)| **phase == Phase::Settled) {
        let mut looks = 0;
        while !network.client.is_reported(*job).await.unwrap() {
            looks += 1;
            assert!(looks < 120, "nobody reports job {job}\n{}", network.logs());
            tokio::time::sleep(std::time::Duration::from_millis(500)).await;
        }
    }
}

/// The relayers have nothing left to do.
async fn outboxes(network: &Network) {
    let relayers = network.parties.iter().filter(|party| party.name.starts_with("relayer"));
    for (party, key) in relayers.zip(&network.relayers) {
        let database = redb::Database::create(party.folder().join("data/outbox.redb")).unwrap();
        let settings = Settings {
            contracts: Contracts { jobs: network.client.deployment().jobs().to_owned(), attestations: None },
            channels: Default::default(),
            fees: FeeLimits { per_transaction: 100_000_000, per_day: 10_000_000_000, warn_below: 0 },
            jitter: std::time::Duration::ZERO,
            batch: 64,
            first_block: None,
        };
        let chain = network.client.chain().clone();
        let mut relayer = Relayer::new(chain, key.clone(), settings, database, Arc::new(())).await.unwrap();
        relayer.turn().await.unwrap();
        let status = relayer.outbox().status();
        println!("{}: {:?}", party.name, status.entries);
        let open = ["queued", "signed", "set_aside"].map(|state| status.count(state));
        assert_eq!((open, status.in_flight, status.jobs), ([0, 0, 0], None, 0), "{status:?}");
    }
}
