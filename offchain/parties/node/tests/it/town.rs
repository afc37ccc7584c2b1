//! A network with nodes and a requester whose programs can be stopped and started between any two steps: what
//! outlasts a program is its keys and its state.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use bithive_api::jobs::{ExecuteMsg, JobResponse, Phase};
use bithive_api::registry::NodeRegistration;
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::policy::Policy;
use bithive_chain::{Chain, SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_dgkbe::Groups;
use bithive_exchange::{EndpointKey, Exchange, Kind, LocalNetwork, PeerId, Protocol, Tap};
use bithive_local::{Local, REQUESTER_BOND, UNIT, fork, node_values};
use bithive_node::{Compute, Contributor, Limits, NodeKeys, Observer, Report, Setup};
use bithive_requester::{JobSpec, Offer, Posted, Quorum, Requester, Selection, Windows};
use bithive_state::State;
use bytes::Bytes;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub const PRICE: u128 = 15 * UNIT;
pub const POLICY: &str = "vram >= 16 and region in (eu, ch)";
pub const WINDOW: u64 = 3_600;
/// What every honest node of these tests finds.
pub const ANSWER: [f32; 2] = [0.5, -1.25];

/// Finds the same whatever it is given.
pub struct Finds(pub Vec<f32>);

impl Compute for Finds {
    fn run(&self, _: &[u8], _: &[u8], _: &Limits) -> Result<Vec<f32>, String> {
        Ok(self.0.clone())
    }

    fn estimate(&self, _: &[u8], _: usize) -> Result<Duration, String> {
        Ok(Duration::ZERO)
    }
}

/// Everything a node reported, over all of its lives.
#[derive(Default)]
pub struct Log(Mutex<Vec<Report>>);

impl Observer for Log {
    fn report(&self, report: Report) {
        self.0.lock().unwrap().push(report);
    }
}

impl Log {
    pub fn all(&self) -> Vec<Report> {
        self.0.lock().unwrap().clone()
    }

    pub fn count(&self, wanted: impl Fn(&Report) -> bool) -> usize {
        self.all().iter().filter(|report| wanted(report)).count()
    }

    pub fn failures(&self) -> Vec<(String, bool)> {
        let failed = |report| match report {
            Report::Failed { reason, retries, .. } => Some((reason, retries)),
            _ => None,
        };
        self.all().into_iter().filter_map(failed).collect()
    }

    /// The only failure.
    pub fn failure(&self) -> (String, bool) {
        let failures = self.failures();
        assert_eq!(failures.len(), 1, "{failures:?}");
        failures[0].clone()
    }
}

/// A registered node while its program is not running.
pub struct Person {
    keys: Vec<u8>,
    pub address: String,
    pub endpoint: PeerId,
    pub registration: NodeRegistration,
    pub attributes: Attributes,
    pub ask: u128,
    pub compute: Arc<dyn Compute>,
    pub state: State,
    pub log: Arc<Log>,
    pub from_height: u64,
}

pub struct Town {
    pub local: Local,
    pub tap: Tap,
    pub rng: ChaCha20Rng,
    pub nodes: Vec<Person>,
    pub requester_key: SigningKey,
    pub requester_endpoint: PeerId,
    pub requester_state: State,
    /// Of three workers, how many must agree.
    pub quorum: u8,
}

/// Attributes with all certifications.
pub fn attributes(local: &Local, vram: u64, region: &str) -> Attributes {
    Attributes::new(&local.schema, node_values(vram, region, &["iso27001", "hipaa", "gdpr"])).unwrap()
}

impl Town {
    /// A network without nodes, and a registered requester with 1000 BTT.
    pub async fn empty() -> Self {
        Self::of(Groups::new(1, 8).unwrap()).await
    }

    /// As [`Town::empty`], with these groups.
    pub async fn of(groups: Groups) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(7);
        let tap = Tap::default();
        let local = Local::in_memory(groups, LocalNetwork::tapped(tap.clone()), &mut rng).await.unwrap();
        let requester_key = SigningKey::generate(&mut rng);
        let requester_endpoint = EndpointKey::generate(&mut rng).id();
        let requester_state = State::in_memory().unwrap();
        let town = Self {
            local,
            tap,
            rng,
            nodes: vec![],
            requester_key,
            requester_endpoint,
            requester_state,
            quorum: 2,
        };
        let account = town.requester_account().await;
        town.local.fund(account.address(), 1_000 * UNIT + REQUESTER_BOND).await.unwrap();
        account.register_requester(town.requester_endpoint.0, REQUESTER_BOND).await.unwrap();
        town
    }

    /// Another registered requester: its account and its endpoint.
    pub async fn another_requester(&mut self) -> (Account, PeerId) {
        let (key, endpoint) =
            (SigningKey::generate(&mut self.rng), EndpointKey::generate(&mut self.rng).id());
        let account = self.local.account(key).await.unwrap();
        self.local.fund(account.address(), 1_000 * UNIT + REQUESTER_BOND).await.unwrap();
        account.register_requester(endpoint.0, REQUESTER_BOND).await.unwrap();
        (account, endpoint)
    }

    /// A network with `count` nodes that satisfy [`POLICY`], at slots 1, 2, ..., each asking 0.01 BTT more than
    /// the one before.
    pub async fn with_nodes(count: u16) -> Self {
        let mut town = Self::empty().await;
        for _ in 0..count {
            town.add_node(24, "eu").await;
        }
        town
    }

    pub async fn add_node(&mut self, vram: u64, region: &str) -> usize {
        self.add_node_with_key(vram, region, |_| {}).await
    }

    /// Adds a node that publishes, and registers the digest of, what `alter` makes of its public key.
    pub async fn add_node_with_key(
        &mut self,
        vram: u64,
        region: &str,
        alter: impl FnOnce(&mut Vec<u8>),
    ) -> usize {
        let (local, index) = (&self.local, self.nodes.len());
        let slot = u16::try_from(index + 1).unwrap();
        let attributes = attributes(local, vram, region);
        let (keys, public) = NodeKeys::generate(&local.crs, local.groups, slot, &mut self.rng).unwrap();
        let mut published = public.encode();
        alter(&mut published);
        let mut registration =
            keys.registration(local.client.deployment().registry_domain(), slot, &public, &attributes);
        registration.dgkbe_key_digest = blake3::hash(&published).as_bytes().into();
        let account =
            local.register_node(keys.account.clone(), registration.clone(), published).await.unwrap();
        self.nodes.push(Person {
            keys: keys.encode().unwrap().to_vec(),
            address: account.address().into(),
            endpoint: keys.endpoint.id(),
            registration,
            attributes,
            ask: 10 * UNIT + index as u128 * UNIT / 100,
            compute: Arc::new(Finds(ANSWER.to_vec())),
            state: State::in_memory().unwrap(),
            log: Arc::default(),
            from_height: local.chain.info().await.unwrap().height + 1,
        });
        index
    }

    pub fn keys(&self, index: usize) -> NodeKeys {
        NodeKeys::decode(&self.local.crs, &self.nodes[index].keys).unwrap()
    }

    pub async fn node_account(&self, index: usize) -> Account {
        self.local.account(self.keys(index).account).await.unwrap()
    }

    /// What a program of this node starts from.
    pub async fn setup(&mut self, index: usize) -> Setup {
        let exchange = self.local.exchange(self.nodes[index].endpoint);
        self.setup_with(index, Arc::new(self.local.chain.clone()), exchange).await
    }

    pub async fn setup_with(
        &mut self,
        index: usize,
        chain: Arc<dyn Chain>,
        exchange: Arc<dyn Exchange>,
    ) -> Setup {
        let (keys, person) = (self.keys(index), &self.nodes[index]);
        let client = Client::new(chain.clone(), self.local.client.deployment().clone());
        Setup {
            account: Account::new(client, Wallet::connect(chain, keys.account.clone()).await.unwrap()),
            attributes: person.attributes.clone(),
            ask: person.ask,
            state: person.state.clone(),
            compute: person.compute.clone(),
            crs: self.local.crs.clone(),
            observer: person.log.clone(),
            rng: fork(&mut self.rng),
            keys,
            exchange,
        }
    }

    pub async fn start(&mut self, index: usize) -> Contributor {
        let setup = self.setup(index).await;
        Contributor::new(setup, self.nodes[index].from_height).await.unwrap()
    }

    /// Starts the node's program, lets it do all that there is to do, and ends it.
    pub async fn live(&mut self, index: usize) {
        self.start(index).await.catch_up().await.unwrap();
    }

    pub async fn live_all(&mut self) {
        for index in 0..self.nodes.len() {
            self.live(index).await;
        }
    }

    /// All nodes in turn until nothing happens any more.
    pub async fn live_until_quiet(&mut self) {
        let mut seen = 0;
        while seen < self.height().await {
            seen = self.height().await;
            self.live_all().await;
        }
        self.assert_books_balance().await;
    }

    pub async fn height(&self) -> u64 {
        self.local.chain.info().await.unwrap().height
    }

    pub async fn requester_account(&self) -> Account {
        self.local.account(self.requester_key.clone()).await.unwrap()
    }

    /// The requester's program, started again.
    pub async fn requester(&mut self) -> Requester {
        let exchange = self.local.exchange(self.requester_endpoint);
        let tags = self.local.tags(&exchange, &self.requester_state);
        let (account, state) = (self.requester_account().await, self.requester_state.clone());
        let group = (self.local.crs.clone(), self.local.groups);
        Requester::new(account, exchange, tags, state, group, fork(&mut self.rng)).unwrap()
    }

    /// Three workers; nobody is paid for model or data.
    pub fn spec(&self) -> JobSpec {
        JobSpec {
            policy: Policy::parse(POLICY, &self.local.schema).unwrap(),
            rows: b"rows".to_vec(),
            dimensions: 2,
            model: Bytes::from_static(b"model"),
            offer: Offer::new(
                PRICE,
                Quorum { workers: 3, quorum: self.quorum, tolerance: 4 },
                Windows::same(WINDOW),
            ),
        }
    }

    pub async fn post(&mut self) -> Posted {
        let spec = self.spec();
        self.requester().await.post(&spec).await.unwrap()
    }

    /// Posts a job, has every node look at it, and reads the claims.
    pub async fn claimed_job(&mut self) -> u64 {
        let job_id = self.post().await.job_id;
        self.live_all().await;
        let collected = self.requester().await.collect().await.unwrap();
        assert!(collected.refused.is_empty(), "{:?}", collected.refused);
        job_id
    }

    /// As [`Town::claimed_job`], and assigns the cheapest.
    pub async fn assigned_job(&mut self) -> u64 {
        let job_id = self.claimed_job().await;
        self.requester().await.assign(job_id, &Selection::default()).await.unwrap();
        self.assert_books_balance().await;
        job_id
    }

    pub async fn job(&self, job_id: u64) -> JobResponse {
        self.local.client.job(job_id).await.unwrap()
    }

    pub async fn phase(&self, job_id: u64) -> Phase {
        self.job(job_id).await.phase
    }

    /// Time passes, and somebody takes the exit that is due.
    pub async fn let_pass(&self, job_id: u64, seconds: u64) {
        self.local.chain.advance_time(seconds).await.unwrap();
        self.local.operator.jobs(&ExecuteMsg::Advance { job_id }).await.unwrap();
        self.assert_books_balance().await;
    }

    /// Messages of a protocol that reached `to`, with their senders.
    pub fn messages(&self, protocol: Protocol, to: PeerId) -> Vec<(PeerId, Bytes)> {
        let wanted = Kind::Message(protocol);
        let seen = self.tap.deliveries().into_iter().filter(|seen| seen.kind == wanted && seen.to == to);
        seen.map(|seen| (seen.from.unwrap(), seen.body)).collect()
    }

    /// No money came from nowhere or went nowhere.
    pub async fn assert_books_balance(&self) {
        let client = &self.local.client;
        let supply = client.supply().await.unwrap();
        let balances = client.balances().await.unwrap();
        let held: u128 = balances.iter().map(|(_, balance)| balance).sum();
        assert_eq!(held, supply.minted.u128() - supply.burnt.u128());
        let totals = client.totals().await.unwrap();
        let market = client.balance(client.deployment().jobs()).await.unwrap();
        assert_eq!(market, totals.escrowed.u128() + totals.claimable.u128());
        let bonded = client.registry_config().await.unwrap().bonded.u128();
        assert_eq!(client.balance(client.deployment().registry()).await.unwrap(), bonded);
    }
}
