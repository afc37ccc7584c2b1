//! Health checks of a node on a chain that is served: all is well, and one thing after another is not.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bithive_blindmatch::attributes::{AttributeValue, Attributes};
use bithive_blindmatch::schema::Schema;
use bithive_chain::{BlockClock, ServeOptions, Server};
use bithive_daemon::keys::{NodeFile, derive_node, write};
use bithive_daemon::metrics::NodeMonitor;
use bithive_daemon::{health, metrics};
use bithive_deploy::Contract;
use bithive_dgkbe::Groups;
use bithive_exchange::LocalNetwork;
use bithive_keystore::{Kdf, Keystore, Mnemonic, Password};
use bithive_local::{Local, NODE_BOND, UNIT};
use bithive_monitor::health::{Finding, Outcome, Report};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;

struct Place {
    folder: TempDir,
    local: Local,
    server: Server,
    password: Password,
    address: String,
    relay: tokio::net::TcpListener,
    udp: SocketAddr,
}

impl Place {
    /// A network, and a node with its configuration, keystore and registration.
    async fn new() -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(5);
        let groups = Groups::new(1, 4).unwrap();
        let local = Local::in_memory(groups, LocalNetwork::in_memory(), &mut rng).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        let mut keystore = Keystore::from_mnemonic(&Mnemonic::generate(&mut rng).unwrap()).unwrap();
        let (keys, public) = derive_node(&keystore, &local.crs, groups, 1).unwrap();
        let values: std::collections::BTreeMap<_, _> = [
            ("vram".to_owned(), AttributeValue::Number(24)),
            ("region".to_owned(), AttributeValue::Category("eu".into())),
            ("certifications".to_owned(), AttributeValue::Members(["gdpr".to_owned()].into())),
        ]
        .into();
        NodeFile::new(&keys, values.clone(), UNIT).store(&mut keystore).unwrap();
        let password = Password::random(&mut rng);
        keystore.create(&folder.path().join("node.json"), (&password, Kdf::RANDOM), &mut rng).unwrap();
        write(&folder.path().join("node.pub"), &public.encode()).unwrap();
        write(&folder.path().join("crs.bin"), &local.crs.encode()).unwrap();
        let address = keys.account.address().to_owned();
        local.fund(&address, NODE_BOND).await.unwrap();
        let attributes = Attributes::new(&Schema::bithive(), values).unwrap();
        let domain = local.client.deployment().registry_domain();
        let registration = keys.registration(domain, 1, &public, &attributes);
        local.account(keys.account).await.unwrap().register_node(registration, NODE_BOND).await.unwrap();
        let clock = Some(BlockClock { every: Duration::from_millis(50), seconds: 1 });
        let listen = "127.0.0.1:0".parse().unwrap();
        let server =
            local.chain.serve(ServeOptions { listen, clock, ..ServeOptions::default() }).await.unwrap();
        let relay = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let udp = std::net::UdpSocket::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let place = Self { folder, local, server, password, address, relay, udp };
        place.configure("127.0.0.1:9");
        place.deployment(|_| {});
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn configure(&self, metrics: &str) {
        let text = format!(
            "role = \"node\"\nkeys = \"node.json\"\npublic_key = \"node.pub\"\nreference_string = \"crs.bin\"\ndata = \
             \"data\"\n[chain]\nrpc = {:?}\ndeployment = \"deployment.json\"\n[network]\nlisten = [\"{}\"]\nrelays = \
             [\"http://{}\"]\n[metrics]\nlisten = {metrics:?}\n",
            self.server.url(),
            self.udp,
            self.relay.local_addr().unwrap(),
        );
        std::fs::write(self.path("node.toml"), text).unwrap();
    }

    fn deployment(&self, edit: impl FnOnce(&mut bithive_client::Deployment)) {
        let mut deployment = self.local.client.deployment().clone();
        edit(&mut deployment);
        std::fs::write(self.path("deployment.json"), serde_json::to_vec(&deployment).unwrap()).unwrap();
    }

    async fn check(&self) -> Report {
        health::check(&self.path("node.toml"), Some(&self.password)).await
    }

    /// The only check that fails, with what it says.
    async fn failure(&self) -> Finding {
        let report = self.check().await;
        assert!(!report.is_healthy(), "{report:?}");
        let mut failed = report.checks.into_iter().filter(|finding| finding.outcome == Outcome::Failed);
        let first = failed.next().unwrap();
        assert_eq!(failed.next(), None);
        assert!(first.todo.is_some(), "it says what helps: {first:?}");
        first
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_can_work_passes_every_check_and_each_thing_that_is_wrong_is_named() {
    let mut place = Place::new().await;
    let report = place.check().await;
    assert!(report.is_healthy(), "{report:#?}");
    let names: Vec<_> = report.checks.iter().map(|finding| finding.check).collect();
    assert_eq!(
        names,
        [
            "configuration",
            "keystore",
            "chain",
            "chain id",
            "blocks",
            "clock",
            "contracts",
            "registration",
            "committee",
            "fees",
            "relay",
            "process",
            "UDP port",
            "disk"
        ]
    );

    // The password, or the file's mode.
    let right = std::mem::replace(&mut place.password, Password::new("another password").unwrap());
    let failure = place.failure().await;
    assert!(failure.check == "keystore" && failure.found.contains("password is wrong"), "{failure:?}");
    place.password = right;

    // The registry says that the node is leaving.
    let keystore = Keystore::open(&place.path("node.json"), &place.password).unwrap();
    let account = place.local.account(keystore.account("account").unwrap()).await.unwrap();
    account.registry(&bithive_api::registry::ExecuteMsg::Unbond {}).await.unwrap();
    let failure = place.failure().await;
    assert!(failure.check == "registration" && failure.found.contains("leaving"), "{failure:?}");
    // Another account is not registered, and can't pay.
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    let stranger = Keystore::from_mnemonic(&Mnemonic::generate(&mut rng).unwrap()).unwrap();
    stranger.replace(&place.path("node.json"), (&place.password, Kdf::RANDOM), &mut rng).unwrap();
    let report = place.check().await;
    let of = |name: &str| report.checks.iter().find(|finding| finding.check == name).unwrap();
    assert!(of("registration").todo.as_ref().unwrap().contains("node join"));
    assert!(of("fees").outcome == Outcome::Failed && of("fees").todo.as_ref().unwrap().contains("send it"));
    assert!(!of("registration").found.contains(&place.address));
}

#[tokio::test(flavor = "multi_thread")]
async fn chain_contracts_relay_and_port_are_named_when_they_are_wrong() {
    let place = Place::new().await;
    place.deployment(|deployment| deployment.chain_id = "another-1".into());
    assert_eq!(place.failure().await.check, "chain id");
    place.deployment(|deployment| {
        let treasury = deployment.treasury.clone();
        *deployment = deployment.clone().with([(Contract::Jobs, treasury)]);
    });
    let report = place.check().await;
    assert!(
        report
            .checks
            .iter()
            .any(|finding| finding.check == "contracts" && finding.outcome == Outcome::Failed)
    );
    std::fs::write(place.path("deployment.json"), "{}").unwrap();
    assert_eq!(place.failure().await.check, "deployment");
    place.deployment(|_| {});

    let taken = std::net::UdpSocket::bind(place.udp).unwrap();
    let failure = place.failure().await;
    assert!(failure.check == "UDP port" && failure.found.contains(&place.udp.to_string()), "{failure:?}");
    // Not if it is the node itself that has it.
    let (monitor, registry) = NodeMonitor::new(Arc::new(|_| {}));
    let listen = bithive_daemon::config::MetricsConfig { listen: Some("127.0.0.1:0".parse().unwrap()) };
    let served = metrics::serve(&listen, registry, Arc::new(monitor)).await.unwrap().unwrap();
    place.configure(&served.address().to_string());
    let report = place.check().await;
    assert!(report.is_healthy(), "{report:#?}");
    assert!(
        report.checks.iter().any(|finding| finding.check == "process" && finding.outcome == Outcome::Passed)
    );
    drop((served, taken));

    std::fs::remove_file(place.path("crs.bin")).unwrap();
    let failure = place.failure().await;
    assert!(failure.check == "configuration" && failure.found.contains("reference_string"), "{failure:?}");
    write(&place.path("crs.bin"), b"there").unwrap();
    place.configure("0.0.0.0:9464");
    let failure = place.failure().await;
    assert!(failure.check == "configuration" && failure.found.contains("metrics.listen"), "{failure:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chain_or_a_relay_that_does_not_answer_is_named() {
    let place = Place::new().await;
    let config = std::fs::read_to_string(place.path("node.toml")).unwrap();
    let down = config.replace(&place.server.url(), "http://127.0.0.1:9");
    std::fs::write(place.path("node.toml"), down).unwrap();
    assert_eq!(place.failure().await.check, "chain");
    let relay = place.relay.local_addr().unwrap().to_string();
    std::fs::write(place.path("node.toml"), config.replace(&relay, "127.0.0.1:9")).unwrap();
    assert_eq!(place.failure().await.check, "relay");
    std::fs::write(place.path("node.toml"), "role = \"captain\"").unwrap();
    assert_eq!(place.failure().await.check, "configuration");
}
