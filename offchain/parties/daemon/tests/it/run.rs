//! Parties that run: over an embedded chain and loopback UDP, each with a folder of its own.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::schema::Schema;
use bithive_chain::{Chain, Embedded, ServeOptions, Wallet};
use bithive_client::{Account, Client, Deployment, GroupError};
use bithive_daemon::config::{
    Admitted, AuditConfig, ChainConfig, CommitteeConfig, LogConfig, MeasurementConfig, MetricsConfig,
    NetworkConfig, NodeConfig, RelayConfig, RpcUrl,
};
use bithive_daemon::keys::{self, AccountFile, NodeFile};
use bithive_daemon::stop::StopHandle;
use bithive_daemon::{DaemonError, Event, Events, Stop, committee, node, relay};
use bithive_dgkbe::{Crs, Groups};
use bithive_inference::Device;
use bithive_keystore::{Kdf, Keystore, KeystoreError, Mnemonic, Password};
use bithive_local::{
    Founders, NODE_BOND, UNIT, ceremony, deploy, deploy_economy, fee_grant, node_values, open_chain,
    register_node,
};
use bithive_node::{NodeKeys, Onnx};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tokio::task::JoinHandle;

const WAIT: Duration = Duration::from_secs(120);

fn password() -> Password {
    Password::new("the parties' password").unwrap()
}

pub(crate) struct World {
    folder: TempDir,
    pub(crate) chain: Embedded,
    pub(crate) client: Client,
    pub(crate) founders: Founders,
    crs: Crs,
    groups: Groups,
    rng: ChaCha20Rng,
}

impl World {
    /// A network with a market.
    pub(crate) async fn new() -> Self {
        Self::deployed(false).await
    }

    /// A network with the whole economy around the market.
    pub(crate) async fn with_economy() -> Self {
        Self::deployed(true).await
    }

    async fn deployed(economy: bool) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let groups = Groups::new(1, 4).unwrap();
        let crs = ceremony(groups.size(), &mut rng).unwrap();
        let founders = Founders::generate(&mut rng).unwrap();
        let chain = open_chain(None, &founders).unwrap();
        let handle: Arc<dyn Chain> = Arc::new(chain.clone());
        let deployment = match economy {
            false => deploy(handle.clone(), &founders, &crs, 1).await.unwrap(),
            true => deploy_economy(handle.clone(), &founders, &crs, 1).await.unwrap(),
        };
        let client = Client::new(handle, deployment);
        Self { folder: tempfile::tempdir().unwrap(), chain, client, founders, crs, groups, rng }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn chain_config(&self, rpc: &str) -> ChainConfig {
        let deployment = self.path("deployment.json");
        self.write_deployment(self.client.deployment());
        ChainConfig::new(rpc.parse::<RpcUrl>().unwrap(), deployment)
    }

    fn write_deployment(&self, deployment: &Deployment) {
        let text = serde_json::to_vec(deployment).unwrap();
        std::fs::write(self.path("deployment.json"), text).unwrap();
    }

    fn network(relay: Option<&str>) -> NetworkConfig {
        NetworkConfig {
            listen: vec!["127.0.0.1:0".parse().unwrap()],
            relays: relay.map(|url| url.parse().unwrap()).into_iter().collect(),
            ..NetworkConfig::default()
        }
    }

    fn member(&self, index: usize, relay: Option<&str>) -> CommitteeConfig {
        let file = self.path(&format!("member-{index}.json"));
        let founder = &self.founders.committee[index];
        if !file.exists() {
            let keys = AccountFile::new(&founder.account, &founder.endpoint);
            keys.create(&file, (&password(), Kdf::RANDOM), &mut ChaCha20Rng::seed_from_u64(3)).unwrap();
        }
        CommitteeConfig {
            release: vec![],
            role: "committee".into(),
            keys: file,
            data: self.path(&format!("member-{index}")),
            chain: self.chain_config("http://unused"),
            network: Self::network(relay),
            metrics: MetricsConfig { listen: Some("127.0.0.1:0".parse().unwrap()) },
            log: LogConfig::default(),
        }
    }

    /// A node with its keys; registered, if it is to be.
    async fn node(&mut self, registered: bool) -> NodeConfig {
        let schema = Schema::bithive();
        let values = node_values(24, "eu", &["gdpr"]);
        let (keys, public) = NodeKeys::generate(&self.crs, self.groups, 1, &mut self.rng).unwrap();
        let file = self.path("node.json");
        let _ = std::fs::remove_file(&file);
        let node = NodeFile::new(&keys, values.clone(), 10 * UNIT);
        node.create(&file, (&password(), Kdf::RANDOM), &mut self.rng).unwrap();
        std::fs::write(self.path("node.pub"), public.encode()).unwrap();
        std::fs::write(self.path("crs.bin"), self.crs.encode()).unwrap();
        if registered {
            let attributes = Attributes::new(&schema, values).unwrap();
            let domain = self.client.deployment().registry_domain();
            let registration = keys.registration(domain, 1, &public, &attributes);
            let operator = self.account(self.founders.operator.clone()).await;
            register_node(&operator, keys.account, registration, (NODE_BOND, fee_grant())).await.unwrap();
        }
        NodeConfig {
            role: "node".into(),
            keys: self.path("node.json"),
            public_key: self.path("node.pub"),
            reference_string: self.path("crs.bin"),
            data: self.path("node"),
            device: Device::Cpu,
            first_block: None,
            relayers: vec![],
            measurement: MeasurementConfig::default(),
            chain: self.chain_config("http://unused"),
            network: Self::network(None),
            metrics: MetricsConfig::default(),
            audit: AuditConfig::default(),
            log: LogConfig::default(),
        }
    }

    async fn account(&self, key: bithive_chain::SigningKey) -> Account {
        let wallet = Wallet::connect(self.client.chain().clone(), key).await.unwrap();
        Account::new(self.client.clone(), wallet)
    }
}

/// A running party.
pub(crate) struct Running {
    stop: StopHandle,
    said: UnboundedReceiver<Event>,
    task: JoinHandle<Result<(), DaemonError>>,
}

impl Running {
    pub(crate) fn start<F>(run: impl FnOnce(Events, Stop) -> F) -> Self
    where
        F: Future<Output = Result<(), DaemonError>> + Send + 'static,
    {
        let ((stopped, stop), (to, said)) = (Stop::with_handle(), unbounded_channel());
        let events: Events = Arc::new(move |event: &Event| drop(to.send(event.clone())));
        Self { stop, said, task: tokio::spawn(run(events, stopped)) }
    }

    pub(crate) async fn until(&mut self, wanted: impl Fn(&Event) -> bool) -> Event {
        let found = async {
            loop {
                let Some(event) = self.said.recv().await else {
                    panic!("the party has ended: {:?}", (&mut self.task).await);
                };
                if wanted(&event) {
                    return event;
                }
            }
        };
        tokio::time::timeout(WAIT, found).await.expect("it says so")
    }

    pub(crate) async fn ready(&mut self) -> Event {
        self.until(|event| matches!(event, Event::Ready { .. })).await
    }

    /// Whether it has ended by itself.
    pub(crate) fn has_ended(&self) -> bool {
        self.task.is_finished()
    }

    pub(crate) async fn stop(self) {
        self.stop.stop();
        tokio::time::timeout(WAIT, self.task).await.expect("it stops").unwrap().unwrap();
    }
}

pub(crate) fn member(world: &World, index: usize, relay: Option<&str>) -> Running {
    member_on(world, world.client.clone(), index, relay)
}

/// A member that reaches the chain by a client of its own.
pub(crate) fn member_on(world: &World, client: Client, index: usize, relay: Option<&str>) -> Running {
    let config = world.member(index, relay);
    Running::start(move |events, stop| async move {
        let keys = AccountFile::read(&config.keys, &password())?.keys();
        committee::run_on(&client, &config, keys, events, stop).await
    })
}

fn relay_of_members(world: &World) -> Running {
    relay_at(world, "127.0.0.1:0".parse().unwrap())
}

pub(crate) fn relay_at(world: &World, listen: SocketAddr) -> Running {
    let client = world.client.clone();
    let config = RelayConfig {
        role: "relay".into(),
        listen,
        tls: None,
        client_rate: None,
        connections_of_address: None,
        admission: Admitted::Registry,
        chain: None,
        metrics: MetricsConfig { listen: Some("127.0.0.1:0".parse().unwrap()) },
        log: LogConfig::default(),
    };
    Running::start(
        move |events, stop| async move { relay::run_on(Some(client), &config, events, stop).await },
    )
}

async fn run_node(world: &World, config: NodeConfig) -> Running {
    let client = world.client.clone();
    Running::start(move |events, stop| async move {
        let file = NodeFile::read(&config.keys, &password())?;
        let compute = Arc::new(Onnx::new(Device::Cpu));
        node::run_on(&client, &config, &file, compute, events, stop).await
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn members_find_each_other_by_the_relay_on_chain_and_one_that_comes_back_goes_on() {
    let world = World::new().await;
    let mut relay = relay_of_members(&world);
    let Event::Ready { url: Some(url), .. } = relay.ready().await else { panic!("a relay has a URL") };
    let mut members: Vec<Running> = (0..3).map(|index| member(&world, index, Some(&url))).collect();
    let epoch = world.client.committee().await.unwrap().epoch;
    for running in &mut members {
        running.until(|event| *event == Event::ShareKeys { epoch }).await;
    }
    assert_eq!(world.client.share_keys(epoch).await.unwrap().len(), 3);
    for founder in &world.founders.committee {
        let named = world.client.relay(founder.endpoint.id().0).await.unwrap();
        assert_eq!(named.as_deref(), Some(url.as_str()));
    }
    members.remove(0).stop().await;
    let mut again = member(&world, 0, None);
    again.until(|event| *event == Event::ShareKeys { epoch }).await;
    assert_eq!(world.client.share_keys(epoch).await.unwrap().len(), 3, "nothing is posted twice");
    let endpoint = world.founders.committee[0].endpoint.id().0;
    assert_eq!(world.client.relay(endpoint).await.unwrap(), None, "without a relay none is named");
    again.stop().await;
    for running in members {
        running.stop().await;
    }
    relay.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_runs_stops_and_runs_again_and_nobody_else_can_in_its_folder() {
    let mut world = World::new().await;
    let config = world.node(true).await;
    let mut running = run_node(&world, config.clone()).await;
    let Event::Ready { role, listens_on, .. } = running.ready().await else { panic!("it is ready") };
    assert_eq!((role.as_str(), listens_on.len()), ("node", 1));
    let second = run_node(&world, config.clone()).await;
    let error = second.task.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("in use by another process"), "{error}");
    running.stop().await;
    let mut again = run_node(&world, config).await;
    again.ready().await;
    again.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_cant_run_says_why() {
    let mut world = World::new().await;
    let config = world.node(false).await;
    let error = run_node(&world, config).await.task.await.unwrap().unwrap_err();
    assert!(matches!(error, DaemonError::NotRegistered { .. }), "{error}");
    let config = world.node(true).await;

    let taken = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    let mut busy = config.clone();
    busy.network.listen = vec![taken.local_addr().unwrap()];
    let error = run_node(&world, busy).await.task.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("network: listen"), "{error}");

    std::fs::write(&config.public_key, "another").unwrap();
    let error = run_node(&world, config.clone()).await.task.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("node.pub") && error.contains("digest"), "{error}");

    std::fs::write(&config.reference_string, "another").unwrap();
    let error = run_node(&world, config.clone()).await.task.await.unwrap().unwrap_err();
    assert!(matches!(error, DaemonError::Group(GroupError::ReferenceString { .. })), "{error}");

    let other = Password::new("another password").unwrap();
    let error = NodeFile::read(&config.keys, &other).map(|_| ()).unwrap_err();
    assert!(matches!(error, DaemonError::Keystore(KeystoreError::Shut { .. })), "{error}");
    std::fs::write(&config.keys, "{\"keys\": \"5ec4e7\"}").unwrap();
    let error = run_node(&world, config).await.task.await.unwrap().unwrap_err().to_string();
    assert!(error.contains("node.json") && !error.contains("5ec4e7"), "{error}");
}

#[test]
fn the_same_words_and_slot_make_the_same_node_again() {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    let groups = Groups::new(2, 4).unwrap();
    let crs = ceremony(groups.size(), &mut rng).unwrap();
    let mnemonic = Mnemonic::generate(&mut rng).unwrap();
    let node = |slot| {
        let keystore = Keystore::from_mnemonic(&Mnemonic::parse(&mnemonic.words()).unwrap()).unwrap();
        keys::derive_node(&keystore, &crs, groups, slot).unwrap()
    };
    let ((first, public), (again, public_again), (other, other_public)) = (node(6), node(6), node(2));
    assert_eq!(*first.encode().unwrap(), *again.encode().unwrap());
    assert_eq!(public.digest(), public_again.digest());
    // Slots 2 and 6 have the same place in their groups, and keys of their own.
    assert_eq!(public.slot(), other_public.slot());
    assert_ne!(public.digest(), other_public.digest());
    assert_eq!(first.account.address(), other.account.address());
    let mut keystore = Keystore::from_mnemonic(&mnemonic).unwrap();
    let values = [("vram".to_owned(), AttributeValue::Number(24))].into();
    NodeFile::new(&first, values, 11 * UNIT).store(&mut keystore).unwrap();
    let stored = NodeFile::of(&keystore).unwrap();
    assert_eq!(*stored.keys(&crs).unwrap().encode().unwrap(), *first.encode().unwrap());
    // Attributes are secrets and don't print themselves.
    assert!(stored.ask == 11 * UNIT && stored.attributes["vram"] == AttributeValue::Number(24));
    assert!(NodeFile::of(&Keystore::new()).is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stranger_is_no_committee_member() {
    let world = World::new().await;
    let mut config = world.member(0, None);
    let (account, endpoint) = {
        let mut rng = ChaCha20Rng::seed_from_u64(9);
        (bithive_chain::SigningKey::generate(&mut rng), bithive_exchange::EndpointKey::generate(&mut rng))
    };
    config.data = world.path("stranger");
    let (_handle_stop, events): (_, Events) = (Stop::with_handle(), Arc::new(|_| {}));
    let (stop, _handle) = _handle_stop;
    let ended =
        committee::run_on(&world.client, &config, (account, endpoint), events.clone(), stop.clone()).await;
    assert!(matches!(ended, Err(DaemonError::NotRegistered { role: "a committee member", .. })));
    let founder = &world.founders.committee[0];
    let other = bithive_exchange::EndpointKey::from_bytes(&[3; 32]);
    let ended =
        committee::run_on(&world.client, &config, (founder.account.clone(), other), events, stop).await;
    assert!(matches!(ended, Err(DaemonError::OtherKey { what: "endpoint", .. })));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_chain_is_refused_and_one_that_is_down_is_waited_for_until_the_stop() {
    let world = World::new().await;
    let server = world.chain.serve(ServeOptions::default()).await.unwrap();
    let config = world.chain_config(&server.url());
    let (stop, handle) = Stop::with_handle();
    assert!(bithive_daemon::chain::connect(&config, &stop).await.unwrap().is_some());
    let mut other = world.client.deployment().clone();
    other.chain_id = "another-1".into();
    world.write_deployment(&other);
    let Err(error) = bithive_daemon::chain::connect(&config, &stop).await else { panic!("another chain") };
    assert!(error.to_string().contains("\"another-1\""), "{error}");
    let down = ChainConfig { rpc: "http://127.0.0.1:9".parse().unwrap(), ..config };
    let waiting = tokio::spawn(async move { bithive_daemon::chain::connect(&down, &stop).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!waiting.is_finished());
    handle.stop();
    assert!(waiting.await.unwrap().unwrap().is_none());
    server.stop().await;
}
