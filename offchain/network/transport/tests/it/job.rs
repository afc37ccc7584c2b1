//! A whole job where every party has an endpoint of its own, over loopback UDP.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::jobs::Phase;
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::policy::Policy;
use bithive_chain::{Chain, SigningKey};
use bithive_dgkbe::{Groups, PublicKey};
use bithive_exchange::{EndpointKey, Exchange, Network, PeerId};
use bithive_local::{Founders, Local, REQUESTER_BOND, UNIT, ceremony, deploy, fork, node_values, open_chain};
use bithive_node::{Compute, Contributor, Limits, NodeKeys, Observer, Report, Setup};
use bithive_requester::{JobSpec, Offer, Quorum, Requester, Selection, Windows};
use bithive_state::State;
use bithive_transport::{Config, Transport};
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;

const NODES: u16 = 3;
const ANSWER: [f32; 2] = [0.5, -1.25];
const WINDOW: u64 = 3_600;

struct Finds;

impl Compute for Finds {
    fn run(&self, _: &[u8], _: &[u8], _: &Limits) -> Result<Vec<f32>, String> {
        Ok(ANSWER.to_vec())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(Duration::ZERO)
    }
}

struct Failures;

impl Observer for Failures {
    fn report(&self, report: Report) {
        if let Report::Failed { reason, retries, .. } = report {
            assert!(retries, "{reason}");
        }
    }
}

/// An endpoint for each key, all of which know each other's addresses.
#[derive(Clone, Default)]
struct Endpoints(Arc<HashMap<PeerId, (Transport, TempDir)>>);

impl Endpoints {
    async fn start(keys: Vec<EndpointKey>) -> Self {
        let mut ends = HashMap::new();
        for key in keys {
            let folder = tempfile::tempdir().unwrap();
            let config = Config { listen: Some(vec!["127.0.0.1:0".parse().unwrap()]), ..Config::default() };
            let transport = Transport::start(&key, folder.path(), config).await.unwrap();
            ends.insert(key.id(), (transport, folder));
        }
        for (transport, _) in ends.values() {
            for (peer, (other, _)) in &ends {
                transport.add_peer(*peer, &other.listens_on()).unwrap();
            }
        }
        Self(Arc::new(ends))
    }
}

impl Network for Endpoints {
    fn end(&self, id: PeerId) -> Arc<dyn Exchange> {
        Arc::new(self.0[&id].0.clone())
    }
}

fn copy(key: &EndpointKey) -> EndpointKey {
    EndpointKey::from_bytes(&key.to_bytes())
}

/// Registers a node and starts its program.
async fn node(
    local: &Local,
    (keys, public): (NodeKeys, PublicKey),
    slot: u16,
    rng: &mut ChaCha20Rng,
) -> Contributor {
    let attributes =
        Attributes::new(&local.schema, node_values(24, "eu", &["iso27001", "hipaa", "gdpr"])).unwrap();
    let registration =
        keys.registration(local.client.deployment().registry_domain(), slot, &public, &attributes);
    let exchange = local.exchange(keys.endpoint.id());
    let state = State::in_memory().unwrap();
    let setup = Setup {
        account: local.register_node(keys.account.clone(), registration, public.encode()).await.unwrap(),
        attributes,
        ask: 10 * UNIT,
        state,
        compute: Arc::new(Finds),
        crs: local.crs.clone(),
        observer: Arc::new(Failures),
        rng: fork(rng),
        keys,
        exchange,
    };
    let height = local.chain.info().await.unwrap().height + 1;
    Contributor::new(setup, height).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_job_settles_between_endpoints_of_their_own() {
    let mut rng = ChaCha20Rng::seed_from_u64(11);
    let groups = Groups::new(1, 8).unwrap();
    let crs = ceremony(groups.size(), &mut rng).unwrap();
    let founders = Founders::generate(&mut rng).unwrap();
    let requester_key = EndpointKey::generate(&mut rng);
    let mut nodes = Vec::new();
    for slot in 1..=NODES {
        let (keys, public) = NodeKeys::generate(&crs, groups, slot, &mut rng).unwrap();
        nodes.push((keys, public));
    }
    let mut keys: Vec<EndpointKey> = founders.committee.iter().map(|member| copy(&member.endpoint)).collect();
    keys.extend(nodes.iter().map(|(keys, _)| copy(&keys.endpoint)));
    keys.push(copy(&requester_key));
    let endpoints = Endpoints::start(keys).await;

    let chain = open_chain(None, &founders).unwrap();
    let deployment = deploy(Arc::new(chain.clone()), &founders, &crs, groups.count()).await.unwrap();
    let states = founders.committee.iter().map(|_| State::in_memory().unwrap()).collect();
    let local = Local::start(chain, deployment, endpoints, crs, founders, states, &mut rng).await.unwrap();

    let (stop, stopped) = tokio::sync::watch::channel(false);
    let mut programs = Vec::new();
    for (slot, keys) in (1..).zip(nodes) {
        let (mut program, mut stopped) = (node(&local, keys, slot, &mut rng).await, stopped.clone());
        programs.push(tokio::spawn(async move {
            program.run(async move { drop(stopped.wait_for(|stop| *stop).await) }).await
        }));
    }

    let account = local.account(SigningKey::generate(&mut rng)).await.unwrap();
    local.fund(account.address(), 1_000 * UNIT + REQUESTER_BOND).await.unwrap();
    account.register_requester(requester_key.id().0, REQUESTER_BOND).await.unwrap();
    let exchange = local.exchange(requester_key.id());
    let state = State::in_memory().unwrap();
    let tags = local.tags(&exchange, &state);
    let group = (local.crs.clone(), local.groups);
    let mut requester = Requester::new(account, exchange, tags, state, group, fork(&mut rng)).unwrap();
    let spec = JobSpec {
        policy: Policy::parse("vram >= 16 and region in (eu, ch)", &local.schema).unwrap(),
        rows: b"rows".to_vec(),
        dimensions: 2,
        model: Bytes::from_static(b"model"),
        offer: Offer::new(15 * UNIT, Quorum { workers: 3, quorum: 2, tolerance: 4 }, Windows::same(WINDOW)),
    };
    let job_id = requester.post(&spec).await.unwrap().job_id;
    let settled = tokio::time::timeout(Duration::from_secs(120), async {
        while requester.claims(job_id).await.unwrap().len() < usize::from(NODES) {
            assert!(requester.collect().await.unwrap().refused.is_empty());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        requester.assign(job_id, &Selection::default()).await.unwrap();
        while local.client.job(job_id).await.unwrap().phase != Phase::Settled {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    settled.await.expect("the job settles");
    assert_eq!(requester.result(job_id).await.unwrap(), ANSWER);
    stop.send(true).unwrap();
    for program in programs {
        program.await.unwrap().unwrap();
    }
}
