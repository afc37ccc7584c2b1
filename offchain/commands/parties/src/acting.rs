//! Who acts: a party of the home folder, or one with a configuration of its own. Every command of a requester takes both.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use bithive_audit::Role;
use bithive_audit_log::AuditLog;
use bithive_chain::Wallet;
use bithive_client::{Account, Client};
use bithive_command_kit::{Configured, PasswordArgs, connect, open_keystore};
use bithive_daemon::audit;
use bithive_daemon::config::{RequesterConfig, Settings};
use bithive_daemon::keys::AccountFile;
use bithive_daemon::party::Party;
use bithive_exchange::Exchange;
use bithive_home::{Home, HomeKeys, elsewhere};
use bithive_keystore::{fresh_rng, names};
use bithive_requester::Requester;
use clap::ArgGroup;

use super::requester;

/// Folder of a home with the audit log of its requesters. Where it is not there, nothing is logged: `bithive audit init` makes it.
pub(crate) const HOME_LOG: &str = "audit";

/// Which requester: one of the home folder, or one with a configuration of its own.
#[derive(clap::Args)]
#[command(group = ArgGroup::new("who").args(["from", "config"]).required(true))]
pub struct RequesterArgs {
    /// Name of a requester of the home folder.
    #[arg(long, value_name = "NAME")]
    from: Option<String>,
    /// Configuration of a requester that acts over the network.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Whose account pays: a wallet of the home folder, a keystore file on any chain, or a party with a configuration of its own.
#[derive(clap::Args)]
pub struct AccountArgs {
    /// Name of a wallet of the home folder, or a keystore file.
    #[arg(long, value_name = "NAME|FILE", default_value = "operator", conflicts_with = "config")]
    from: String,
    /// Configuration of a party, whose account is used in place of a wallet.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["network", "chain"])]
    config: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Where the chain is: in the home folder, behind the node that a configuration names, or any.
#[derive(clap::Args)]
pub struct ReaderArgs {
    /// Configuration of a party, whose chain is asked in place of the home folder's.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["network", "chain"])]
    config: Option<PathBuf>,
    #[command(flatten)]
    place: PlaceArgs,
}

/// Another chain than that of the home folder.
#[derive(clap::Args)]
struct PlaceArgs {
    /// File of a network, as `bithive deployment export` writes it, in place of the home folder. Accounts are keystore files then.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// A chain of the devnet (token), or the URL of a node's RPC. The home folder knows its contracts, or --network does.
    #[arg(long, value_name = "NAME|URL")]
    chain: Option<String>,
}

impl PlaceArgs {
    const fn is_home(&self) -> bool {
        self.network.is_none() && self.chain.is_none()
    }

    /// The contracts there and keystores that have names, or the home folder with its own chain.
    async fn open(&self, home: &Path) -> Result<(Client, Option<HomeKeys>, Option<Home>)> {
        if let Some((client, keys)) = elsewhere(self.network.as_deref(), self.chain.as_deref(), home).await? {
            return Ok((client, keys, None));
        }
        let home = Home::open(home).await?;
        Ok((home.local.client.clone(), Some(home.keys.clone()), Some(home)))
    }
}

/// A requester that can act.
pub(crate) struct Acting {
    pub(crate) requester: Requester,
    /// Its home folder, if it is in one. The embedded chain ends with it.
    pub(crate) home: Option<Home>,
    party: Option<Party>,
    exchange: Arc<dyn Exchange>,
}

impl RequesterArgs {
    /// Opens the requester; one with a configuration is on the network from now on.
    pub(crate) async fn open(&self, path: &Path) -> Result<Acting> {
        if let Some(file) = &self.config {
            let config = RequesterConfig::load(file)?;
            let (keys, log) = unlock(&config, &self.password)?;
            let (requester, party) = online(&connect(&config.chain).await?, &config, keys, log).await?;
            let exchange = party.exchange();
            return Ok(Acting { requester, home: None, party: Some(party), exchange });
        }
        let name = self.from.as_deref().context("expected --from NAME, or --config FILE")?;
        let mut home = Home::open(path).await?;
        let requester = requester::open(&mut home, name).await?;
        let folder = path.join(HOME_LOG);
        let log = if folder.is_dir() {
            let who = requester.account().address().parse()?;
            Some(AuditLog::open(&folder, (who, Role::Requester))?)
        } else {
            None
        };
        let requester = requester.with_audit(log);
        let exchange = home.local.exchange(requester.endpoint());
        Ok(Acting { requester, home: Some(home), party: None, exchange })
    }

    /// The configuration, if it has one.
    pub(crate) fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }
}

impl Acting {
    /// Its end of the network.
    pub(crate) fn exchange(&self) -> Arc<dyn Exchange> {
        self.exchange.clone()
    }

    /// Leaves the network.
    pub(crate) async fn close(self) {
        if let Some(party) = self.party {
            party.transport.close().await;
        }
    }
}

impl AccountArgs {
    /// The configuration, if it has one.
    pub(crate) fn config(&self) -> Option<&Path> {
        self.config.as_deref()
    }

    /// Where the password of its keystore comes from.
    pub(crate) const fn password(&self) -> &PasswordArgs {
        &self.password
    }

    /// The audit log that its acts belong into: that of the configuration, or that of the home folder where there is one.
    pub(crate) fn log(&self, home: &Path, address: &str) -> Result<Option<AuditLog>> {
        if let Some(file) = &self.config {
            return Configured::load(file)?.begin_log();
        }
        let folder = home.join(HOME_LOG);
        if !self.place.is_home() || !folder.is_dir() {
            return Ok(None);
        }
        Ok(Some(AuditLog::open(&folder, (address.parse()?, Role::Requester))?))
    }

    /// The account, and the home that its chain is in.
    pub(crate) async fn open(&self, home: &Path) -> Result<(Account, Option<Home>)> {
        if let Some(file) = &self.config {
            return Ok((Configured::load(file)?.account(&self.password).await?, None));
        }
        let (client, keys, home) = self.place.open(home).await?;
        let key = match (Path::new(&self.from), keys) {
            (file, _) if file.is_file() => {
                open_keystore(file, &self.password.read(file)?)?.account(names::ACCOUNT)?
            }
            (_, Some(keys)) => keys.key(&self.from)?,
            (_, None) => anyhow::bail!(
                "{:?} is no keystore file; on this network accounts are keystores: `bithive keys new --out FILE` makes one",
                self.from
            ),
        };
        let wallet = Wallet::connect(client.chain().clone(), key).await?;
        Ok((Account::new(client, wallet), home))
    }
}

impl ReaderArgs {
    /// The client, and the home that its chain is in.
    pub(crate) async fn open(&self, home: &Path) -> Result<(Client, Option<Home>)> {
        if let Some(file) = &self.config {
            return Ok((connect(&Configured::load(file)?.chain).await?, None));
        }
        let (client, _, home) = self.place.open(home).await?;
        Ok((client, home))
    }
}

/// The keys of a configured requester, and its audit log, which says that they were taken.
pub(crate) fn unlock(
    config: &RequesterConfig,
    password: &PasswordArgs,
) -> Result<(AccountFile, Option<AuditLog>)> {
    let log = audit::begin(&config.audit, (&config.keys, Role::Requester), &format!("{config:?}"))?;
    let password = password.read(&config.keys)?;
    let keys = audit::opened(log.as_ref(), || AccountFile::read(&config.keys, &password))?;
    Ok((keys, log))
}

/// A configured requester on the network.
pub(crate) async fn online(
    client: &Client,
    config: &RequesterConfig,
    keys: AccountFile,
    log: Option<AuditLog>,
) -> Result<(Requester, Party)> {
    let (account, endpoint) = keys.keys();
    anyhow::ensure!(
        client.requester(account.address()).await?.is_some(),
        "account {} is not registered as a requester; register it with `bithive requester join --config FILE`",
        account.address()
    );
    let crs = client.reference_string(&config.reference_string).await?.shared();
    let groups = client.groups().await?;
    let party = Party::start(client, &config.network, &config.data, (account, &endpoint)).await?;
    let (exchange, tags, state) = (party.exchange(), party.tags(), party.state.clone());
    let requester =
        Requester::new(party.account.clone(), exchange, tags, state, (crs, groups), fresh_rng()?)?;
    Ok((requester.with_audit(log), party))
}
