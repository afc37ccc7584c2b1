//! A network of processes: three committee members, four nodes, two relayers, around a chain behind a proxy.

use std::net::{SocketAddr, UdpSocket};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{
    BlockClock, Chain, Cosmos, CosmosOptions, Embedded, ServeOptions, Server, SigningKey, Wallet,
};
use bithive_client::{Account, Client, Deployment};
use bithive_daemon::config::PeerEntry;
use bithive_daemon::keys::{AccountFile, NodeFile};
use bithive_deploy::Artifacts;
use bithive_devnet::{Devnet, Up, wasmd};
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::EndpointKey;
use bithive_keystore::Kdf;
use bithive_local::{
    Founders, NODE_BOND, REQUESTER_BOND, UNIT, ceremony, deploy, deploy_wasm, node_values, open_chain,
    register_node,
};
use bithive_node::NodeKeys;
use cosmwasm_std::{Coin, coin, coins};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tempfile::TempDir;

use crate::party::{Party, password};
use crate::proxy::Proxy;

pub(crate) const NODES: usize = 4;
pub(crate) const RELAYERS: usize = 2;
const DENOM: &str = "ubee";
const ARTIFACTS: &str = "../../../artifacts";

/// What makes blocks.
enum Node {
    Embedded { chain: Embedded, server: Option<Server>, address: SocketAddr },
    Devnet(Devnet),
}

pub(crate) struct Network {
    pub(crate) client: Client,
    pub(crate) proxy: Proxy,
    pub(crate) parties: Vec<Party>,
    pub(crate) peers: Vec<PeerEntry>,
    pub(crate) requester: (SigningKey, EndpointKey, SocketAddr),
    pub(crate) crs: Arc<Crs>,
    pub(crate) groups: Groups,
    /// Seconds of each of a job's windows.
    pub(crate) window: u64,
    /// Height of the first block after the deployment.
    pub(crate) first_height: u64,
    pub(crate) relayers: Vec<SigningKey>,
    node: Node,
    folder: TempDir,
}

fn fees() -> Coin {
    coin(10_000_000_000, DENOM)
}

/// Addresses that were free a moment ago.
fn free_addresses(count: usize) -> Vec<SocketAddr> {
    let sockets: Vec<UdpSocket> = (0..count).map(|_| UdpSocket::bind("127.0.0.1:0").unwrap()).collect();
    sockets.iter().map(|socket| socket.local_addr().unwrap()).collect()
}

impl Node {
    /// The chain, how the test reaches it, where its RPC is, and how long its windows have to be.
    async fn start(founders: &Founders, crs: &Crs) -> (Self, Arc<dyn Chain>, Deployment, String, u64) {
        match std::env::var_os("BITHIVE_TEST_DEVNET").map(PathBuf::from) {
            None => Self::embedded(founders, crs).await,
            Some(home) => Self::devnet(&home, founders, crs).await,
        }
    }

    async fn embedded(founders: &Founders, crs: &Crs) -> (Self, Arc<dyn Chain>, Deployment, String, u64) {
        let chain = open_chain(None, founders).unwrap();
        let handle: Arc<dyn Chain> = Arc::new(chain.clone());
        let deployment = deploy(handle.clone(), founders, crs, 1).await.unwrap();
        let server = serve(&chain, SocketAddr::from(([127, 0, 0, 1], 0))).await;
        let (url, address) = (server.url(), server.address());
        // Every transaction moves this chain's clock as well.
        (Self::Embedded { chain, server: Some(server), address }, handle, deployment, url, 240)
    }

    async fn devnet(
        home: &Path,
        founders: &Founders,
        crs: &Crs,
    ) -> (Self, Arc<dyn Chain>, Deployment, String, u64) {
        let devnet = Devnet::at(home).unwrap();
        let state = devnet.state().unwrap();
        let chain = state.chains.first().expect("`bithive devnet up` starts a chain");
        let poll = (chain.block_time.duration() / 4).min(Duration::from_millis(250));
        let options = CosmosOptions::new(chain.rpc_url()).chain_id(&chain.chain_id).poll_interval(poll);
        let cosmos = Cosmos::connect(options).await.unwrap();
        let handle: Arc<dyn Chain> = Arc::new(cosmos.clone());
        let faucet = Wallet::connect(handle.clone(), devnet.faucet(chain).unwrap()).await.unwrap();
        let amount = coins(1_000_000_000_000, DENOM);
        faucet.send(founders.operator.address(), &amount).await.unwrap();
        let artifacts = Artifacts::read(Path::new(ARTIFACTS)).unwrap();
        let deployment = deploy_wasm(&cosmos, &artifacts, founders, crs, 1).await.unwrap();
        let url = chain.rpc_url();
        (Self::Devnet(devnet), handle, deployment, url, 60)
    }
}

async fn serve(chain: &Embedded, listen: SocketAddr) -> Server {
    let clock = BlockClock { every: Duration::from_millis(300), seconds: 1 };
    chain.serve(ServeOptions { listen, clock: Some(clock), ..ServeOptions::default() }).await.unwrap()
}

impl Network {
    pub(crate) async fn start(seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let groups = Groups::new(1, 8).unwrap();
        let crs = Arc::new(ceremony(groups.size(), &mut rng).unwrap());
        let founders = Founders::generate(&mut rng).unwrap();
        let (node, chain, deployment, url, window) = Node::start(&founders, &crs).await;
        let client = Client::new(chain.clone(), deployment);
        let first_height = chain.info().await.unwrap().height + 1;
        let operator = account(&client, founders.operator.clone()).await;
        let mut draw = || (SigningKey::generate(&mut rng), EndpointKey::generate(&mut rng));
        let (requester, relayers): (_, Vec<_>) = (draw(), (0..RELAYERS).map(|_| draw()).collect());
        let members = &founders.committee;
        for member in members {
            operator.grant(member.account.address(), 0, fees()).await.unwrap();
        }
        for (key, _) in &relayers {
            operator.grant(key.address(), 0, fees()).await.unwrap();
        }
        operator.grant(requester.0.address(), 8_000 * UNIT, fees()).await.unwrap();
        let own = account(&client, requester.0.clone()).await;
        own.register_requester(requester.1.id().0, REQUESTER_BOND).await.unwrap();
        let mut nodes = vec![];
        for slot in 1..=NODES as u16 {
            let drawn = NodeKeys::generate(&crs, groups, slot, &mut rng).unwrap();
            nodes.push(drawn);
        }

        let mut ids: Vec<_> = members.iter().map(|member| member.endpoint.id()).collect();
        ids.extend(nodes.iter().map(|(keys, _)| keys.endpoint.id()));
        ids.extend(relayers.iter().map(|(_, endpoint)| endpoint.id()));
        ids.push(requester.1.id());
        let addresses = free_addresses(ids.len());
        let peers = ids
            .iter()
            .zip(&addresses)
            .map(|(id, address)| PeerEntry { endpoint: *id, addresses: vec![*address] });
        let peers: Vec<PeerEntry> = peers.collect();
        let proxy = Proxy::before(&url).await;
        let mut network = Self {
            client: client.clone(),
            proxy,
            parties: vec![],
            peers,
            requester: (requester.0, requester.1, *addresses.last().unwrap()),
            crs,
            groups,
            window,
            first_height,
            relayers: relayers.iter().map(|(key, _)| key.clone()).collect(),
            node,
            folder: tempfile::tempdir().unwrap(),
        };
        let mut address = addresses.iter();
        for (number, member) in members.iter().enumerate() {
            let keys = AccountFile::new(&member.account, &member.endpoint);
            let name = format!("committee-{number}");
            let folder = network.folder(&name);
            keys.create(&folder.join("keys.json"), (&password(), Kdf::RANDOM), &mut rng).unwrap();
            network.add(&name, "committee", *address.next().unwrap(), "");
        }
        let named = relayers.iter().map(|(_, endpoint)| format!("{:?}", endpoint.id().to_string()));
        let named = named.collect::<Vec<_>>().join(", ");
        for (number, (keys, public)) in nodes.into_iter().enumerate() {
            let name = format!("node-{number}");
            let folder = network.folder(&name);
            let values = node_values(24, "eu", &["gdpr"]);
            let file = NodeFile::new(&keys, values.clone(), 10 * UNIT + number as u128);
            file.create(&folder.join("keys.json"), (&password(), Kdf::RANDOM), &mut rng).unwrap();
            std::fs::write(folder.join("node.pub"), public.encode()).unwrap();
            std::fs::write(folder.join("crs.bin"), network.crs.encode()).unwrap();
            let attributes = Attributes::new(&Schema::bithive(), values).unwrap();
            let domain = client.deployment().registry_domain();
            let registration = keys.registration(domain, number as u16 + 1, &public, &attributes);
            register_node(&operator, keys.account, registration, (NODE_BOND, fees())).await.unwrap();
            let own = format!(
                "public_key = \"node.pub\"\nreference_string = \"crs.bin\"\nfirst_block = {first_height}\n\
                 relayers = [{named}]\n"
            );
            network.add(&name, "node", *address.next().unwrap(), &own);
        }
        for (number, (key, endpoint)) in relayers.iter().enumerate() {
            let name = format!("relayer-{number}");
            let folder = network.folder(&name);
            let keys = AccountFile::new(key, endpoint);
            keys.create(&folder.join("keys.json"), (&password(), Kdf::RANDOM), &mut rng).unwrap();
            network.add(&name, "relayer", *address.next().unwrap(), "");
        }
        network.parties.iter_mut().for_each(Party::start);
        network.wait_for_share_keys().await;
        network
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn folder(&self, name: &str) -> PathBuf {
        let folder = self.path(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    }

    /// A party with its configuration.
    fn add(&mut self, name: &str, role: &str, listen: SocketAddr, own: &str) {
        let folder = self.folder(name);
        let deployment = serde_json::to_vec(self.client.deployment()).unwrap();
        std::fs::write(folder.join("deployment.json"), deployment).unwrap();
        let mut text = format!(
            "role = {role:?}\nkeys = \"keys.json\"\ndata = \"data\"\n{own}[chain]\nrpc = {:?}\n\
             deployment = \"deployment.json\"\n[log]\nfilter = \"warn\"\n",
            self.proxy.url
        );
        if role == "relayer" {
            text += "[fees]\nper_transaction = 100_000_000\nper_day = 10_000_000_000\nwarn_below = 0\n\
                     [work]\nspread = \"5s\"\n";
        }
        text += &format!("[network]\nlisten = [\"{listen}\"]\n");
        for peer in self.peers.iter().filter(|peer| peer.addresses != [listen]) {
            let addresses: Vec<_> = peer.addresses.iter().map(ToString::to_string).collect();
            text +=
                &format!("[[network.peers]]\nendpoint = \"{}\"\naddresses = {addresses:?}\n", peer.endpoint);
        }
        let config = folder.join("config.toml");
        std::fs::write(&config, text).unwrap();
        self.parties.push(Party::new(name, config));
    }

    async fn wait_for_share_keys(&mut self) {
        let epoch = self.client.committee().await.unwrap().epoch;
        for _ in 0..1_200 {
            self.assert_running();
            if self.client.share_keys(epoch).await.unwrap().len() == 3 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no share keys after 120 s\n{}", self.logs());
    }

    pub(crate) fn assert_running(&mut self) {
        let ended: Vec<String> =
            self.parties.iter_mut().filter_map(|party| party.ended().then(|| party.name.clone())).collect();
        assert!(ended.is_empty(), "{ended:?} ended by themselves\n{}", self.logs());
    }

    /// The last words of everybody.
    pub(crate) fn logs(&self) -> String {
        let mut text = String::new();
        for party in &self.parties {
            let lines = party.lines();
            text += &format!("== {}\n", party.name);
            text += &lines[lines.len().saturating_sub(12)..].join("\n");
            text.push('\n');
        }
        text
    }

    /// Another program uses a relayer's key.
    pub(crate) async fn use_a_relayers_sequence(&self) {
        let wallet = Wallet::connect(self.client.chain().clone(), self.relayers[0].clone()).await.unwrap();
        let to = self.relayers[1].address();
        if let Err(error) = wallet.send(to, &coins(1, DENOM)).await {
            println!("the relayer was faster: {error}");
        }
    }

    /// The chain's node stops and starts.
    pub(crate) async fn restart_node(&mut self) {
        println!("the chain's node is restarted");
        match &mut self.node {
            Node::Embedded { chain, server, address } => {
                server.take().unwrap().stop().await;
                tokio::time::sleep(Duration::from_secs(1)).await;
                *server = Some(serve(chain, *address).await);
            }
            Node::Devnet(devnet) => tokio::task::block_in_place(|| {
                devnet.down().unwrap();
                let program = || wasmd::ensure(&wasmd::cache_folder(), &|_| {});
                let mut rng = ChaCha20Rng::seed_from_u64(1);
                devnet.up(Up { chains: None, block_time: None }, program, &mut rng, &|_| {}).unwrap();
            }),
        }
    }
}

pub(crate) async fn account(client: &Client, key: SigningKey) -> Account {
    Account::new(client.clone(), Wallet::connect(client.chain().clone(), key).await.unwrap())
}
