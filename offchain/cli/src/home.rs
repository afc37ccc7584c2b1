//! A network kept in a folder: every command opens it, does one thing and closes it.
//!
//! ```text
//! deployment.json   addresses of the market's contracts
//! economy.json      addresses of the contracts of the tokens' economy
//! crs.bin           reference string of the broadcast group
//! password          what opens the keystores below
//! founders.json     keys of operator, treasury, incentive pool and committee
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

use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, anyhow, bail};
use bithive_chain::SigningKey;
use bithive_client::{Account, Deployment, Economy};
use bithive_daemon::keys::NodeFile;
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::{Crs, Groups};
use bithive_exchange::{EndpointKey, LocalNetwork};
use bithive_keystore::{Kdf, Keystore, Password, names};
use bithive_local::{Founders, Local, MemberKeys, ceremony, deploy_economy, open_chain};
use bithive_state::State;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// Addresses of the market's contracts.
pub(crate) const DEPLOYMENT: &str = "deployment.json";
/// Addresses of the economy's contracts.
pub(crate) const ECONOMY: &str = "economy.json";
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
    economy: Option<Economy>,
    /// Fresh randomness of this process.
    pub(crate) rng: ChaCha20Rng,
}

/// The password of all keystores of a home.
pub(crate) const PASSWORD: &str = "password";
/// Entries of the founders' keystore.
const OPERATOR: &str = "operator";
const TREASURY: &str = "treasury";
const INCENTIVE_POOL: &str = "incentive-pool";

/// A generator seeded by the operating system.
pub(crate) fn fresh_rng() -> Result<ChaCha20Rng> {
    let mut seed = Zeroizing::new([0; 32]);
    getrandom::fill(&mut *seed)
        .map_err(|error| anyhow!("the operating system gives no randomness: {error}"))?;
    Ok(ChaCha20Rng::from_seed(*seed))
}

/// Creates a network. It is made aside and moved into place when it is whole, so a folder is a network or is not.
pub(crate) async fn create(path: &Path, groups: Groups) -> Result<(Deployment, Economy)> {
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
    let (deployment, economy) = {
        let chain = open_chain(Some(&aside.join("chain")), &founders)?;
        deploy_economy(Arc::new(chain), &founders, &crs, groups.count()).await?
    };
    write_json(&aside.join(DEPLOYMENT), &deployment)?;
    write_json(&aside.join(ECONOMY), &economy)?;
    if path.exists() {
        std::fs::remove_dir(path)?;
    }
    std::fs::rename(&aside, path).with_context(|| format!("{}", path.display()))?;
    Ok((deployment, economy))
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
        let economy = path.join(ECONOMY);
        let economy = economy.exists().then(|| read_json(&economy)).transpose()?;
        let crs = read_crs(path, &chain, &deployment).await?;
        let network = LocalNetwork::at(&path.join("exchange"))?;
        let states = (1..=founders.committee.len())
            .map(|index| State::open(&path.join("committee").join(format!("{index}.redb"))))
            .collect::<Result<_, _>>()?;
        let local = Local::start(chain, deployment, network, crs, founders, states, &mut rng).await?;
        Ok(Self { path: path.into(), local, economy, rng })
    }

    /// Where the contracts of the tokens' economy are.
    pub(crate) fn economy(&self) -> Result<&Economy> {
        self.economy.as_ref().with_context(|| {
            format!(
                "the network in {} was made before networks had an economy: it has no {ECONOMY}; run `bithive --home DIR \
                 chain init` in a new folder",
                self.path.display()
            )
        })
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
                Ok(Keystore::open(&path, &self.password()?)?.account(names::ACCOUNT)?)
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
        let mut keystore = Keystore::new();
        keystore.insert_account(names::ACCOUNT, &key)?;
        keystore.create(&path, (&self.password()?, Kdf::RANDOM), &mut self.rng)?;
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
            let mut keystore = Keystore::new();
            keystore.insert_endpoint(names::ENDPOINT, &EndpointKey::generate(&mut self.rng))?;
            keystore.create(&path, (&self.password()?, Kdf::RANDOM), &mut self.rng)?;
        }
        Ok(Keystore::open(&path, &self.password()?)?.endpoint(names::ENDPOINT)?)
    }

    /// What opens the keystores of this home.
    pub(crate) fn password(&self) -> Result<Password> {
        Ok(Password::read(&self.path.join(PASSWORD))?)
    }

    /// Writes a node's keystore.
    pub(crate) fn store_node(&mut self, name: &str, node: &NodeFile) -> Result<()> {
        let file = self.file("nodes", name, "json")?;
        Ok(node.create(&file, (&self.password()?, Kdf::RANDOM), &mut self.rng)?)
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

/// Writes the founders' keys to the folder `path`, and a password for its keystores, if there is none.
pub(crate) fn write_founders(path: &Path, founders: &Founders) -> Result<()> {
    let mut rng = fresh_rng()?;
    let password = password_of(path)?;
    let mut keystore = Keystore::new();
    keystore.insert_account(OPERATOR, &founders.operator)?;
    keystore.insert_account(TREASURY, &founders.treasury)?;
    keystore.insert_account(INCENTIVE_POOL, &founders.incentive_pool)?;
    for (number, member) in (1..).zip(&founders.committee) {
        keystore.insert_account(&member_entry(number, names::ACCOUNT), &member.account)?;
        keystore.insert_endpoint(&member_entry(number, names::ENDPOINT), &member.endpoint)?;
    }
    Ok(keystore.replace(&path.join(FOUNDERS), (&password, Kdf::RANDOM), &mut rng)?)
}

/// The founders' keys from the folder `path`.
pub(crate) fn read_founders(path: &Path) -> Result<Founders> {
    let keystore = Keystore::open(&path.join(FOUNDERS), &Password::read(&path.join(PASSWORD))?)?;
    let members = (1..).take_while(|number| keystore.has(&member_entry(*number, names::ACCOUNT)));
    let member = |number| -> Result<MemberKeys> {
        Ok(MemberKeys {
            account: keystore.account(&member_entry(number, names::ACCOUNT))?,
            endpoint: keystore.endpoint(&member_entry(number, names::ENDPOINT))?,
        })
    };
    Ok(Founders {
        operator: keystore.account(OPERATOR)?,
        treasury: keystore.account(TREASURY)?,
        incentive_pool: keystore.account(INCENTIVE_POOL)?,
        committee: members.map(member).collect::<Result<_>>()?,
    })
}

/// The password of the keystores in a folder, drawn if there is none.
pub(crate) fn password_of(folder: &Path) -> Result<Password> {
    let file = folder.join(PASSWORD);
    if !file.exists() {
        Password::random(&mut fresh_rng()?).write(&file)?;
    }
    Ok(Password::read(&file)?)
}

fn member_entry(number: usize, what: &str) -> String {
    format!("committee-{number}.{what}")
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
