//! A network kept in a folder: every command opens it, does one thing and closes it.
//!
//! ```text
//! deployment.json   addresses of the contracts
//! crs.bin           reference string of the broadcast group
//! founders.json     keys of operator, treasury, incentive pool and committee
//! chain/            the embedded chain
//! exchange/         content and messages between parties
//! committee/N.redb  a member's keys and ledger
//! wallets/NAME.json     an account's key
//! requesters/NAME.json, NAME.redb    endpoint and records of a requester
//! nodes/NAME.json, NAME.redb         keys, attributes, records of a node
//! ```
//!
//! Keys are not encrypted: the folder is a development network's. Files with secrets are readable by their owner
//! only.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use bithive_chain::SigningKey;
use bithive_client::{Account, Deployment};
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::{EndpointKey, LocalNetwork};
use bithive_local::{Founders, Local, MemberKeys, ceremony, deploy, open_chain};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Addresses of the contracts.
pub(crate) const DEPLOYMENT: &str = "deployment.json";
/// Keys of those who made a network.
pub(crate) const FOUNDERS: &str = "founders.json";
/// Reference string of the broadcast groups.
pub(crate) const CRS: &str = "crs.bin";
const LONGEST_NAME: usize = 32;

/// An opened network.
pub(crate) struct Home {
    path: PathBuf,
    /// Chain, contracts, committee, exchange.
    pub(crate) local: Local,
    /// Fresh randomness of this process.
    pub(crate) rng: ChaCha20Rng,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct StoredFounders {
    operator: String,
    treasury: String,
    incentive_pool: String,
    committee: Vec<StoredMember>,
}

#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct StoredMember {
    account: String,
    endpoint: String,
}

/// An account's key as stored.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
struct StoredWallet {
    account: String,
}

/// A generator seeded by the operating system.
pub(crate) fn fresh_rng() -> Result<ChaCha20Rng> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed)
        .map_err(|error| anyhow!("the operating system gives no randomness: {error}"))?;
    Ok(ChaCha20Rng::from_seed(*seed))
}

/// Creates a network. It is made aside and moved into place when it is whole, so a folder is a network or is not.
pub(crate) async fn create(path: &Path, groups: Groups) -> Result<Deployment> {
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
    write(&aside.join(CRS), &crs.encode())?;
    let founders = Founders::generate(&mut rng)?;
    write_founders(&aside, &founders)?;
    let deployment = {
        let chain = open_chain(Some(&aside.join("chain")), &founders)?;
        deploy(Arc::new(chain), &founders, &crs, groups.count()).await?
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
    pub(crate) async fn open(path: &Path) -> Result<Self> {
        if !path.join(DEPLOYMENT).exists() {
            bail!("{} holds no network; run `bithive --home {0} chain init` first", path.display());
        }
        let mut rng = fresh_rng()?;
        let founders = read_founders(path)?;
        let chain = open_chain(Some(&path.join("chain")), &founders)?;
        let deployment: Deployment = read_json(&path.join(DEPLOYMENT))?;
        let crs = read_crs(path, &chain, &deployment).await?;
        let network = LocalNetwork::at(&path.join("exchange"))?;
        let states = (1..=founders.committee.len())
            .map(|index| State::open(&path.join("committee").join(format!("{index}.redb"))))
            .collect::<Result<_, _>>()?;
        let local = Local::start(chain, deployment, network, crs, founders, states, &mut rng).await?;
        Ok(Self { path: path.into(), local, rng })
    }

    /// The key of the account called `name`: a founder's or a wallet's.
    pub(crate) fn key(&self, name: &str) -> Result<SigningKey> {
        let founders = read_founders(&self.path)?;
        match name {
            "operator" => Ok(founders.operator),
            "treasury" => Ok(founders.treasury),
            "incentive-pool" => Ok(founders.incentive_pool),
            _ => {
                let path = self.file("wallets", name, "json")?;
                if !path.exists() {
                    bail!("there is no wallet {name:?}; create it with `wallet new {name}`");
                }
                let stored: StoredWallet = read_json(&path)?;
                key("account", &stored.account)
            }
        }
    }

    /// The account called `name`.
    pub(crate) async fn account(&self, name: &str) -> Result<Account> {
        self.local.account(self.key(name)?).await
    }

    /// Creates a wallet and returns its address.
    pub(crate) fn new_wallet(&mut self, name: &str) -> Result<String> {
        let path = self.file("wallets", name, "json")?;
        if path.exists() || ["operator", "treasury", "incentive-pool"].contains(&name) {
            bail!("there is a wallet {name:?} already");
        }
        let key = SigningKey::generate(&mut self.rng);
        let account = hex::encode(Zeroizing::new(key.to_bytes()));
        write_json(&path, &StoredWallet { account })?;
        Ok(key.address().to_owned())
    }

    /// Names of the files in a folder of the home, without their endings.
    pub(crate) fn names(&self, folder: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        for entry in std::fs::read_dir(self.path.join(folder))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json")
                && let Some(name) = path.file_stem().and_then(|name| name.to_str())
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// The file of a party; names are such that they can't leave their folder.
    pub(crate) fn file(&self, folder: &str, name: &str, ending: &str) -> Result<PathBuf> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(allowed) {
            bail!("{name:?} is not a name; expected 1 to {LONGEST_NAME} of a-z, 0-9 and -");
        }
        Ok(self.path.join(folder).join(format!("{name}.{ending}")))
    }

    /// A requester's endpoint, created when it has none.
    pub(crate) fn requester_endpoint(&mut self, name: &str) -> Result<EndpointKey> {
        let path = self.file("requesters", name, "json")?;
        if !path.exists() {
            let endpoint = EndpointKey::generate(&mut self.rng);
            write_json(&path, &StoredWallet { account: hex::encode(endpoint.to_bytes()) })?;
        }
        let stored: StoredWallet = read_json(&path)?;
        Ok(EndpointKey::from_bytes(&*array("endpoint", &stored.account)?))
    }
}

async fn read_crs(path: &Path, chain: &bithive_chain::Embedded, deployment: &Deployment) -> Result<Crs> {
    let client = bithive_client::Client::new(Arc::new(chain.clone()), deployment.clone());
    let digest = client.registry_config().await?.crs_digest;
    let digest: [u8; 32] = digest.as_slice().try_into().context("the registry's reference string digest")?;
    let file = std::fs::File::open(path.join(CRS)).with_context(|| CRS)?;
    // The registry pins the digest of what was verified when the network was made.
    Ok(UnverifiedCrs::read(file)?.trust(&digest)?)
}

fn stored(founders: &Founders) -> StoredFounders {
    let hex_of = |key: &SigningKey| hex::encode(key.to_bytes());
    StoredFounders {
        operator: hex_of(&founders.operator),
        treasury: hex_of(&founders.treasury),
        incentive_pool: hex_of(&founders.incentive_pool),
        committee: founders
            .committee
            .iter()
            .map(|member| StoredMember {
                account: hex_of(&member.account),
                endpoint: hex::encode(member.endpoint.to_bytes()),
            })
            .collect(),
    }
}

/// Writes the founders' keys to the folder `path`.
pub(crate) fn write_founders(path: &Path, founders: &Founders) -> Result<()> {
    write_json(&path.join(FOUNDERS), &stored(founders))
}

/// The founders' keys from the folder `path`.
pub(crate) fn read_founders(path: &Path) -> Result<Founders> {
    let stored: StoredFounders = read_json(&path.join(FOUNDERS))?;
    let member = |member: &StoredMember| -> Result<MemberKeys> {
        Ok(MemberKeys {
            account: key("account", &member.account)?,
            endpoint: EndpointKey::from_bytes(&*array("endpoint", &member.endpoint)?),
        })
    };
    Ok(Founders {
        operator: key("operator", &stored.operator)?,
        treasury: key("treasury", &stored.treasury)?,
        incentive_pool: key("incentive_pool", &stored.incentive_pool)?,
        committee: stored.committee.iter().map(member).collect::<Result<_>>()?,
    })
}

fn key(what: &str, text: &str) -> Result<SigningKey> {
    Ok(SigningKey::from_bytes(&*array(what, text)?)?)
}

fn array(what: &str, text: &str) -> Result<Zeroizing<[u8; 32]>> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, &mut *bytes).map_err(|error| anyhow!("stored key {what}: {error}"))?;
    Ok(bytes)
}

/// Reads a JSON file of the home.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = Zeroizing::new(std::fs::read(path).with_context(|| path.display().to_string())?);
    serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
}

/// Writes a JSON file that only its owner can read.
pub(crate) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    write(path, &Zeroizing::new(serde_json::to_vec_pretty(value)?))
}

/// Writes a file as a whole: under another name first, readable by its owner only, then renamed.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let temporary = path.with_extension("tmp");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(&temporary).with_context(|| temporary.display().to_string())?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&temporary, path).with_context(|| path.display().to_string())
}
