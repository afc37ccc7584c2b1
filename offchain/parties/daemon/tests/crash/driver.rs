//! A requester with jobs one after another.

use std::collections::{BTreeMap, BTreeSet};

use bithive_api::jobs::Phase;
use bithive_blindmatch::policy::Policy;
use bithive_client::Client;
use bithive_daemon::config::NetworkConfig;
use bithive_daemon::party::Party;
use bithive_requester::{JobSpec, Offer, Quorum, Requester, Selection, Windows};
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

use crate::network::Network;

pub(crate) struct Driver {
    client: Client,
    requester: Requester,
    spec: JobSpec,
    open: BTreeSet<u64>,
    done: BTreeMap<u64, Phase>,
    _party: Party,
}

impl Driver {
    pub(crate) async fn new(network: &Network) -> Self {
        let config = NetworkConfig {
            listen: vec![network.requester.2],
            peers: network.peers.clone(),
            ..NetworkConfig::default()
        };
        let (key, endpoint, _) = &network.requester;
        let data = network.path("requester");
        let party = Party::start(&network.client, &config, &data, (key.clone(), endpoint)).await.unwrap();
        let group = (network.crs.clone(), network.groups);
        let rng = ChaCha20Rng::seed_from_u64(77);
        let (account, exchange, tags) = (party.account.clone(), party.exchange(), party.tags());
        let state = party.state.clone();
        let requester = Requester::new(account, exchange, tags, state, group, rng).unwrap();
        let window = network.window;
        let spec = JobSpec {
            policy: Policy::parse("vram >= 16", &party.schema).unwrap(),
            rows: b"rows".to_vec(),
            dimensions: 2,
            model: Bytes::from_static(b"model"),
            offer: Offer::new(
                15_000_000,
                Quorum { workers: 3, quorum: 2, tolerance: 4 },
                Windows { assign_seconds: 3 * window, ..Windows::same(window) },
            ),
        };
        let (open, done) = (BTreeSet::new(), BTreeMap::new());
        Self { client: network.client.clone(), requester, spec, open, done, _party: party }
    }

    pub(crate) fn open(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn posted(&self) -> usize {
        self.open.len() + self.done.len()
    }

    pub(crate) fn done(&self) -> &BTreeMap<u64, Phase> {
        &self.done
    }

    /// Posts a job; while no committee answers there is none.
    pub(crate) async fn post(&mut self) {
        match self.requester.post(&self.spec).await {
            Ok(posted) => drop(self.open.insert(posted.job_id)),
            Err(error) => println!("no job is posted: {error}"),
        }
    }

    /// Reads claims, assigns what can be assigned, and looks what has ended.
    pub(crate) async fn step(&mut self) {
        if let Err(error) = self.requester.collect().await {
            println!("claims wait: {error}");
        }
        for id in self.open.clone() {
            let Ok(job) = self.client.job(id).await else { continue };
            match job.phase {
                Phase::Open | Phase::Disputed => {
                    // Claims may still be on their way.
                    let _ = self.requester.assign(id, &Selection::default()).await;
                }
                Phase::Settled | Phase::Refunded => {
                    self.open.remove(&id);
                    self.done.insert(id, job.phase);
                }
                _ => {}
            }
        }
    }

    pub(crate) async fn states(&self) -> Vec<(u64, Phase, u8)> {
        let mut states = vec![];
        for id in &self.open {
            let job = self.client.job(*id).await.unwrap();
            states.push((*id, job.phase, job.round));
        }
        states
    }

    /// Every settled job's result is the one that the nodes found.
    pub(crate) async fn read_results(&self) {
        for (id, _) in self.done.iter().filter(|(_, phase)| **phase == Phase::Settled) {
            let result = self.requester.result(*id).await.unwrap();
            for (found, expected) in result.iter().zip(crate::party::ANSWER) {
                assert!((found - expected).abs() < 0.001, "job {id}: {result:?}");
            }
        }
    }
}
