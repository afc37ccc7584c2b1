//! A network whose parties are processes, around a chain of this process whose clock the test can move.

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bithive_api::jobs::{JobResponse, Phase};
use bithive_blindmatch::attributes::Attributes;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{BlockClock, Chain, Embedded, ServeOptions, Server, SigningKey, Wallet};
use bithive_client::{Account, Client, Deployment};
use bithive_daemon::keys::{AccountFile, NodeFile};
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::EndpointKey;
use bithive_keystore::{Kdf, Password};
use bithive_local::{
    Founders, NODE_BOND, REQUESTER_BOND, UNIT, ceremony, deploy_economy, fee_grant, node_values, open_chain,
    register_node,
};
use bithive_node::NodeKeys;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde_json::Value;
use tempfile::TempDir;

use super::process::Process;
use crate::common::{bithive, path};

/// What the requester has beside its bond, in base units.
pub const MONEY: u128 = 1_000 * UNIT;
const SLOTS: u16 = 4;
const PATIENCE: Duration = Duration::from_secs(180);

/// A second requester, with as much; [`Town`] has no other use for it.
pub const OTHER_REQUESTER: &str = "other-requester";

/// Names of the committee's members.
pub const MEMBERS: [&str; 3] = ["member-0", "member-1", "member-2"];

/// A network; its processes end with it.
pub struct Town {
    // Dropped in this order: processes before the folder they live in.
    pub nodes: BTreeMap<String, Process>,
    pub members: BTreeMap<String, Process>,
    pub relay: Option<Process>,
    /// Accounts of [`MEMBERS`].
    pub accounts: Vec<String>,
    server: Option<Server>,
    pub runtime: tokio::runtime::Runtime,
    pub chain: Embedded,
    pub client: Client,
    pub requester: String,
    folder: TempDir,
}

/// What the folders of all parties have.
struct Common {
    deployment: Deployment,
    crs: Vec<u8>,
    rpc: String,
    relay: Option<String>,
}

impl Common {
    fn party(&self, folder: &Path, role: &str, own: &str) -> PathBuf {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(folder.join("deployment.json"), serde_json::to_vec(&self.deployment).unwrap())
            .unwrap();
        std::fs::write(folder.join("crs.bin"), &self.crs).unwrap();
        let relays: Vec<String> = self.relay.iter().map(|url| format!("{url:?}")).collect();
        let network = match role {
            "relay" => String::new(),
            _ => format!("[network]\nlisten = [\"127.0.0.1:0\"]\nrelays = [{}]\n", relays.join(", ")),
        };
        let text = format!(
            "role = {role:?}\n{own}\n[chain]\nrpc = {:?}\ndeployment = \"deployment.json\"\n{network}",
            self.rpc
        );
        let file = folder.join("config.toml");
        std::fs::write(&file, text).unwrap();
        file
    }

    fn account(&self, folder: &Path, role: &str, keys: (&SigningKey, &EndpointKey)) -> PathBuf {
        let crs = if role == "requester" { "reference_string = \"crs.bin\"\n" } else { "" };
        let file = self.party(folder, role, &format!("keys = \"keys.json\"\ndata = \"data\"\n{crs}"));
        let password = password(folder);
        let mut rng = ChaCha20Rng::seed_from_u64(3);
        AccountFile::new(keys.0, keys.1)
            .create(&folder.join("keys.json"), (&password, Kdf::RANDOM), &mut rng)
            .unwrap();
        file
    }
}

/// The password of a party's keystore, in its folder.
fn password(folder: &Path) -> Password {
    let password = Password::new("the password of a party").unwrap();
    password.write(&folder.join("password")).unwrap();
    password
}

impl Town {
    /// A committee, a relay, a registered requester, and `count` nodes that satisfy the policy of [`Town::run`], which run.
    pub fn with_nodes(count: u16) -> Self {
        let mut town = Self::new();
        for index in 1..=count {
            town.start_node(&format!("node-{index}"));
        }
        town
    }

    /// As [`Town::with_nodes`], without a node that runs; there are registered ones.
    pub fn new() -> Self {
        let mut town = Self::founded();
        town.start_relay();
        for name in MEMBERS {
            town.start_member(name);
        }
        for member in town.members.values() {
            member.event("share_keys");
        }
        town
    }

    /// A network of which only the chain runs; everybody is registered.
    pub fn founded() -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let mut rng = ChaCha20Rng::seed_from_u64(11);
        let groups = Groups::new(1, SLOTS).unwrap();
        let crs = ceremony(groups.size(), &mut rng).unwrap();
        let founders = Founders::generate(&mut rng).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let chain = runtime.block_on(async { open_chain(None, &founders).unwrap() });
        let handle: Arc<dyn Chain> = Arc::new(chain.clone());
        let deployment =
            runtime.block_on(deploy_economy(handle.clone(), &founders, &crs, groups.count())).unwrap();
        let client = Client::new(handle, deployment.clone());
        let clock = Some(BlockClock { every: Duration::from_millis(250), seconds: 1 });
        let server =
            runtime.block_on(chain.serve(ServeOptions { clock, ..ServeOptions::default() })).unwrap();
        let mut common = Common { deployment, crs: crs.encode(), rpc: server.url(), relay: None };
        let listen = free_address();
        common.party(&folder.path().join("relay"), "relay", &format!("listen = \"{listen}\"\n"));
        common.relay = Some(format!("http://{listen}"));
        for (name, keys) in MEMBERS.iter().zip(&founders.committee) {
            common.account(&folder.path().join(name), "committee", (&keys.account, &keys.endpoint));
        }
        let accounts = founders.committee.iter().map(|keys| keys.account.address().to_owned()).collect();
        let operator = runtime.block_on(account(&client, founders.operator.clone()));
        for slot in 1..=SLOTS {
            let own = folder.path().join(format!("node-{slot}"));
            runtime.block_on(node(&common, &own, (&operator, &crs, groups, slot), &mut rng));
        }
        let [requester, _] = ["requester", OTHER_REQUESTER]
            .map(|name| runtime.block_on(requester(&common, &folder.path().join(name), &operator, &mut rng)));
        Self {
            nodes: BTreeMap::new(),
            members: BTreeMap::new(),
            relay: None,
            accounts,
            server: Some(server),
            runtime,
            chain,
            client,
            requester,
            folder,
        }
    }

    pub fn start_relay(&mut self) {
        let relay = bithive(&["relay", "run", "--config", &path(&self.config("relay"))]);
        self.start_relay_as(relay);
    }

    /// As [`Town::start_relay`], by a command of the caller's.
    pub fn start_relay_as(&mut self, command: Command) {
        let relay = Process::spawn("relay", command);
        relay.event("ready");
        self.relay = Some(relay);
    }

    /// Starts a member of [`MEMBERS`] and waits for nothing.
    pub fn start_member(&mut self, name: &str) {
        let process = party(name, &["committee", "run"], &self.config(name));
        self.members.insert(name.into(), process);
    }

    /// Starts a party that is not expected to run.
    pub fn attempt(&self, name: &str, role: &str) -> Process {
        party(name, &[role, "run"], &self.config(name))
    }

    pub fn start_node(&mut self, name: &str) {
        let process = party(name, &["node", "run"], &self.config(name));
        process.event("ready");
        self.nodes.insert(name.into(), process);
    }

    /// Ends all nodes at once.
    pub fn kill_nodes(&mut self) {
        for (_, node) in std::mem::take(&mut self.nodes) {
            node.kill();
        }
    }

    pub fn config(&self, party: &str) -> PathBuf {
        self.folder.path().join(party).join("config.toml")
    }

    /// Changes the configuration of a party that does not run.
    pub fn reconfigure(&self, party: &str, from: &str, to: &str) {
        let file = self.config(party);
        let text = std::fs::read_to_string(&file).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(file, text.replacen(from, to, 1)).unwrap();
    }

    /// URL of the chain's server.
    pub fn rpc(&self) -> String {
        self.server.as_ref().unwrap().url()
    }

    /// The name of the node with this account.
    pub fn name_of(&self, address: &str) -> String {
        let node = self.runtime.block_on(self.client.node(address)).unwrap().unwrap();
        format!("node-{}", node.registration.slot)
    }

    /// `job run` over two rows, for everybody with enough memory; `extra` options.
    pub fn run(&self, extra: &[&str]) -> Process {
        let job = ["--row", "0", "--row", "1", "--price", "20"];
        let policy: &[&str] = if extra.contains(&"--policy") { &[] } else { &["--policy", "vram >= 16"] };
        self.requester("run", &[&job[..], policy, extra].concat())
    }

    /// A `job` command of the requester that prints lines of JSON.
    pub fn requester(&self, command: &str, extra: &[&str]) -> Process {
        self.job_of("requester", command, extra)
    }

    /// As [`Town::requester`], of a requester by its name.
    pub fn job_of(&self, name: &str, command: &str, extra: &[&str]) -> Process {
        let (config, password) = self.files(name);
        let files = ["--config", &config, "--password-file", &password];
        Process::start(name, &[&["--json", "job", command], &files[..], extra].concat())
    }

    /// A command of a party that ends by itself, with its configuration; what it printed, and its exit code.
    pub fn command(&self, party: &str, arguments: &[&str]) -> (Value, Option<i32>) {
        let (config, password) = self.files(party);
        let files = ["--config", &config, "--password-file", &password, "--json"];
        let output = bithive(&[arguments, &files[..]].concat()).output().unwrap();
        let shown = crate::common::text(&output);
        (serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{shown}")), output.status.code())
    }

    /// As [`Town::command`], for one that needs no keys.
    pub fn command_of_chain(&self, party: &str, arguments: &[&str]) -> (Value, Option<i32>) {
        let config = path(&self.config(party));
        let output = bithive(&[arguments, &["--config", &config, "--json"]].concat()).output().unwrap();
        let shown = crate::common::text(&output);
        (serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{shown}")), output.status.code())
    }

    fn files(&self, party: &str) -> (String, String) {
        let config = self.config(party);
        (path(&config), path(&config.with_file_name("password")))
    }

    pub fn job(&self, job_id: u64) -> JobResponse {
        self.runtime.block_on(self.client.job(job_id)).unwrap()
    }

    /// Waits until the job is in one of these states.
    pub fn until_phase(&self, job_id: u64, phases: &[Phase]) -> JobResponse {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let job = self.job(job_id);
            if phases.contains(&job.phase) {
                return job;
            }
            assert!(Instant::now() < deadline, "job {job_id} is {:?}, expected one of {phases:?}", job.phase);
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    /// The chain's clock moves by so many seconds.
    pub fn advance(&self, seconds: u64) {
        self.runtime.block_on(self.chain.advance_time(seconds)).unwrap();
    }

    /// What the requester holds, and what the market owes it.
    pub fn money(&self) -> (u128, u128) {
        self.runtime.block_on(async {
            let balance = self.client.balance(&self.requester).await.unwrap();
            (balance, self.client.claimable(&self.requester).await.unwrap())
        })
    }

    /// The chain's server ends; what it returns starts it again at the same address.
    pub fn stop_server(&mut self) -> SocketAddr {
        let server = self.server.take().unwrap();
        let address = server.url().strip_prefix("http://").unwrap().parse().unwrap();
        self.runtime.block_on(server.stop());
        address
    }

    pub fn start_server(&mut self, listen: SocketAddr) {
        let clock = Some(BlockClock { every: Duration::from_millis(250), seconds: 1 });
        self.server = Some(
            self.runtime
                .block_on(self.chain.serve(ServeOptions { listen, clock, ..Default::default() }))
                .unwrap(),
        );
    }
}

/// An address of this machine at which nobody listens, and at which nobody does who lets the system choose one.
pub fn free_address() -> SocketAddr {
    loop {
        let random = getrandom::u32().unwrap() % 20_000;
        let address = SocketAddr::from(([127, 0, 0, 1], 10_000 + u16::try_from(random).unwrap()));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

/// A party that runs until it is killed.
fn party(name: &str, command: &[&str], config: &Path) -> Process {
    let (file, password) = (path(config), path(&config.with_file_name("password")));
    Process::start(name, &[command, &["--config", &file, "--password-file", &password]].concat())
}

async fn account(client: &Client, key: SigningKey) -> Account {
    Account::new(client.clone(), Wallet::connect(client.chain().clone(), key).await.unwrap())
}

/// Registers a requester whose files are in `folder`; returns its address.
async fn requester(common: &Common, folder: &Path, operator: &Account, rng: &mut ChaCha20Rng) -> String {
    let (key, endpoint) = (SigningKey::generate(rng), EndpointKey::generate(rng));
    let address = key.address().to_owned();
    common.account(folder, "requester", (&key, &endpoint));
    operator.grant(&address, MONEY + REQUESTER_BOND, fee_grant()).await.unwrap();
    let own = account(operator.client(), key).await;
    own.register_requester(endpoint.id().0, REQUESTER_BOND).await.unwrap();
    address
}

/// Registers a node whose files are in `folder`.
async fn node(
    common: &Common,
    folder: &Path,
    (operator, crs, groups, slot): (&Account, &Crs, Groups, u16),
    rng: &mut ChaCha20Rng,
) {
    let values = node_values(24, "eu", &["gdpr"]);
    let own =
        "keys = \"node.json\"\npublic_key = \"node.pub\"\nreference_string = \"crs.bin\"\ndata = \"data\"\n";
    common.party(folder, "node", own);
    let (keys, public) = NodeKeys::generate(crs, groups, slot, rng).unwrap();
    let file = NodeFile::new(&keys, values.clone(), (10 + u128::from(slot)) * UNIT);
    file.create(&folder.join("node.json"), (&password(folder), Kdf::RANDOM), rng).unwrap();
    std::fs::write(folder.join("node.pub"), public.encode()).unwrap();
    let attributes = Attributes::new(&Schema::bithive(), values).unwrap();
    let client = operator.client();
    let registration = keys.registration(client.deployment().registry_domain(), slot, &public, &attributes);
    register_node(operator, keys.account, registration, (NODE_BOND, fee_grant())).await.unwrap();
}
