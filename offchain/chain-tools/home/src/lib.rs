//! A network kept in a folder: every command opens it, does one thing and closes it.
//!
//! ```text
//! deployment.json   addresses of the contracts
//! economy.json      those of the tokens' economy, in networks of an older version only
//! crs.bin           reference string of the broadcast group
//! chain.json        where the chain is reached, while it is served
//! password          what opens the keystores below
//! founders.json     keys of operator, treasury, incentive pool and committee
//! release.json      the committee's keys for contents; release-committee.bin is what everybody knows of them
//! chain/            the embedded chain
//! exchange/         content and messages between parties
//! committee/N.redb  a member's keys and ledger
//! wallets/NAME.json     an account's key
//! requesters/NAME.json, NAME.redb    endpoint and records of a requester
//! nodes/NAME.json, NAME.redb         keys, attributes, records of a node
//! ```
//!
//! Keys are in keystores, whose password is random and in the file `password`: the folder is a development network's.
//! Files with secrets are readable by their owner only.
//!
//! What is deployed on other chains is in [`deployments`] of the same folder; [`target`] finds those chains, [`elsewhere`] their contracts.

pub mod deployments;
mod elsewhere;
mod files;
mod founders;
mod keys;
mod releases;
mod target;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use bithive_chain::{Chain as _, Embedded, SigningKey};
use bithive_client::{Account, Client, Deployment, EconomyClient};
use bithive_deploy::Contract;
use bithive_dgkbe::Groups;
use bithive_exchange::{EndpointKey, LocalNetwork};
use bithive_keystore::{Kdf, Keystore, Password, fresh_rng, names, private};
use bithive_local::{Founders, Local, ceremony, deploy_economy, found_chain, open_chain};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;

pub use elsewhere::elsewhere;
pub use files::{FOUNDERS, PASSWORD, read_json, write_json};
pub use founders::{FOUNDER_NAMES, password_of, read_founders, write_founders};
pub use keys::HomeKeys;
pub use releases::RELEASE_COMMITTEE;
pub use target::{Target, devnet, fund, target};

/// Addresses of the contracts.
pub const DEPLOYMENT: &str = "deployment.json";
/// Addresses of the economy's contracts in a network of an older version, whose other file has the market's alone.
const ECONOMY: &str = "economy.json";
/// Where the chain of a home can be reached while `bithive chain serve` runs.
pub const SERVED: &str = "chain.json";
/// Reference string of the broadcast groups.
pub const CRS: &str = "crs.bin";

/// An opened network.
pub struct Home {
    path: PathBuf,
    /// The keystores in its folder.
    pub keys: HomeKeys,
    /// Chain, contracts, committee, exchange.
    pub local: Local,
    /// Fresh randomness of this process.
    pub rng: ChaCha20Rng,
}

/// Creates a network. It is made aside and moved into place when it is whole, so a folder is a network or is not.
pub async fn create(path: &Path, groups: Groups) -> Result<Deployment> {
    if path.exists() && std::fs::read_dir(path).map(|mut entries| entries.next().is_some()).unwrap_or(true) {
        bail!("{} exists and is not an empty folder; choose another or remove it", path.display());
    }
    let mut rng = fresh_rng()?;
    let mut name = path.file_name().context("the home folder needs a name")?.to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let aside = path.with_file_name(name);
    std::fs::create_dir_all(&aside).with_context(|| format!("{}", aside.display()))?;
    for folder in ["committee", "wallets", "requesters", "nodes", "exchange"] {
        std::fs::create_dir_all(aside.join(folder))?;
    }
    let crs = ceremony(groups.size(), &mut rng)?;
    private::replace(&aside.join(CRS), &crs.encode())?;
    let founders = Founders::generate(&mut rng)?;
    write_founders(&aside, &founders)?;
    releases::write_release_keys(&aside, &founders)?;
    let deployment = {
        let chain = found_chain(&aside.join("chain"), &founders, &mut rng)?;
        deploy_economy(Arc::new(chain), &founders, &crs, groups.count()).await?
    };
    write_json(&aside.join(DEPLOYMENT), &deployment)?;
    if path.exists() {
        std::fs::remove_dir(path)?;
    }
    std::fs::rename(&aside, path).with_context(|| format!("{}", path.display()))?;
    Ok(deployment)
}

impl Home {
    /// Opens the network in `path`.
    pub async fn open(path: &Path) -> Result<Self> {
        if !path.join(DEPLOYMENT).exists() {
            bail!("{} holds no network; run `bithive --home {0} chain init` first", path.display());
        }
        let mut rng = fresh_rng()?;
        let founders = read_founders(path)?;
        let (chain, deployment) = chain_of(path, &founders).await?;
        let client = Client::new(Arc::new(chain.clone()), deployment.clone());
        let crs = client.reference_string(&path.join(CRS)).await?;
        let network = LocalNetwork::at(&path.join("exchange"))?;
        let states = (1..=founders.committee.len())
            .map(|index| State::open(&path.join("committee").join(format!("{index}.redb"))))
            .collect::<Result<_, _>>()?;
        let local = Local::start(chain, deployment, network, crs, founders, states, &mut rng).await?;
        local.release_with(releases::read_release_keys(path)?)?;
        Ok(Self { path: path.into(), keys: HomeKeys::at(path), local, rng })
    }

    /// Read access to the tokens' economy.
    ///
    /// # Errors
    /// The network was made without one.
    pub fn economy(&self) -> Result<EconomyClient> {
        EconomyClient::new(self.local.client.clone())
            .with_context(|| format!("the network in {} has no economy of the tokens", self.path.display()))
    }

    /// The key of the account called `name`: a founder's or a wallet's.
    pub fn key(&self, name: &str) -> Result<SigningKey> {
        self.keys.key(name)
    }

    /// Names of the files in a folder of the home, without their endings.
    pub fn names(&self, folder: &str) -> Result<Vec<String>> {
        self.keys.names(folder)
    }

    /// The file of a party; names are such that they can't leave their folder.
    pub fn file(&self, folder: &str, name: &str, ending: &str) -> Result<PathBuf> {
        self.keys.file(folder, name, ending)
    }

    /// What opens the keystores of this home.
    pub fn password(&self) -> Result<Password> {
        self.keys.password()
    }

    /// The account called `name`.
    pub async fn account(&self, name: &str) -> Result<Account> {
        self.local.account(self.key(name)?).await
    }

    /// Creates a wallet and returns its address.
    pub fn new_wallet(&mut self, name: &str) -> Result<String> {
        let path = self.file("wallets", name, "json")?;
        if path.exists() || FOUNDER_NAMES.contains(&name) {
            bail!("there is a wallet {name:?} already");
        }
        let key = SigningKey::generate(&mut self.rng);
        let mut keystore = Keystore::new();
        keystore.insert_account(names::ACCOUNT, &key)?;
        keystore.create(&path, (&self.password()?, Kdf::RANDOM), &mut self.rng)?;
        Ok(key.address().to_owned())
    }

    /// A requester's endpoint, created when it has none.
    pub fn requester_endpoint(&mut self, name: &str) -> Result<EndpointKey> {
        let path = self.file("requesters", name, "json")?;
        if !path.exists() {
            let mut keystore = Keystore::new();
            keystore.insert_endpoint(names::ENDPOINT, &EndpointKey::generate(&mut self.rng))?;
            keystore.create(&path, (&self.password()?, Kdf::RANDOM), &mut self.rng)?;
        }
        Ok(Keystore::open(&path, &self.password()?)?.endpoint(names::ENDPOINT)?)
    }
}

/// The chain of the network in `path`, and the deployment on it.
///
/// # Errors
/// The deployment is of another chain.
pub async fn chain_of(path: &Path, founders: &Founders) -> Result<(Embedded, Deployment)> {
    let chain = open_chain(Some(&path.join("chain")), founders)?;
    let deployment = read_deployment(path)?;
    let found = chain.info().await?.chain_id;
    if deployment.chain_id != found {
        bail!(
            "{} is of chain {:?}, and the chain of this home is {found:?}; put back the home's own file",
            path.join(DEPLOYMENT).display(),
            deployment.chain_id
        );
    }
    Ok((chain, deployment))
}

/// Where the contracts of the network in `path` are. The chain is not opened: another process may serve it.
pub fn read_deployment(path: &Path) -> Result<Deployment> {
    let deployment: Deployment = read_json(&path.join(DEPLOYMENT))?;
    let economy = path.join(ECONOMY);
    if !economy.exists() {
        return Ok(deployment);
    }
    let economy: BTreeMap<Contract, String> = read_json(&economy)?;
    Ok(deployment.with(economy))
}
