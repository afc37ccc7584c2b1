//! Which network the commands of this crate act on.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use bithive_client::Client;
use bithive_command_kit::{Configured, connect};
use bithive_home::{HomeKeys, elsewhere};
use bithive_keystore::PasswordSource;

use super::profile::{Profile, account_of};
use super::unsigned::UnsignedArgs;

/// A group of commands, and the network that they act on.
#[derive(clap::Args)]
pub struct On<C: clap::Subcommand> {
    #[command(flatten)]
    pub(super) network: NetworkArgs,
    #[command(subcommand)]
    pub(super) command: C,
}

/// Which network: that of the home folder when none is given. Where a wallet's name is expected, a keystore file can be named, and `@` is
/// the account of --config or of the profile.
#[derive(clap::Args)]
pub struct NetworkArgs {
    /// File of a network, as `bithive deployment export` writes it, in place of the home folder. Accounts are keystore files then.
    #[arg(long, value_name = "FILE", global = true)]
    network: Option<PathBuf>,
    /// A chain of the devnet (token), or the URL of a node's RPC. The home folder knows its contracts, or --network does.
    #[arg(long, value_name = "NAME|URL", global = true)]
    chain: Option<String>,
    /// Configuration of a party, whose network and account are meant; no home folder is needed.
    #[arg(long, value_name = "FILE", global = true, conflicts_with_all = ["network", "chain"])]
    config: Option<PathBuf>,
    /// Options that `bithive profile add` has kept under this name.
    #[arg(long, value_name = "NAME", global = true, conflicts_with_all = ["network", "chain", "config"])]
    profile: Option<String>,
    /// File with the password of keystore files, which only its owner can read; the terminal is asked by default.
    #[arg(long, value_name = "FILE", env = bithive_keystore::PASSWORD_FILE, global = true)]
    password_file: Option<PathBuf>,
    /// Command for the shell whose first line of output is that password, in place of a file, for example: 'pass show hive/alice'
    #[arg(long, value_name = "COMMAND", global = true)]
    password_command: Option<String>,
    #[command(flatten)]
    pub(super) unsigned: UnsignedArgs,
}

impl NetworkArgs {
    /// Whether the home folder's own network is meant.
    #[must_use]
    pub const fn is_home(&self) -> bool {
        self.network.is_none() && self.chain.is_none() && !self.has_own()
    }

    /// Whether the configuration of a party or a profile is given, whose account is meant where none is named.
    pub(super) const fn has_own(&self) -> bool {
        self.config.is_some() || self.profile.is_some()
    }

    /// What the options say, or those that the profile stands for.
    fn given(&self) -> Result<Profile> {
        if let Some(name) = &self.profile {
            return Profile::named(name).with_context(|| format!("--profile {name}"));
        }
        let Self { network, chain, config, .. } = self;
        Ok(Profile { network: network.clone(), chain: chain.clone(), config: config.clone(), account: None })
    }

    /// Address and keystore of the party whose configuration is given, or of the profile's account.
    pub(super) fn own(&self) -> Result<Option<(String, PathBuf)>> {
        match self.given()? {
            Profile { config: Some(file), .. } => {
                let configured = Configured::load(&file)?;
                Ok(Some((configured.address()?, configured.keys)))
            }
            Profile { account: Some(keystore), .. } => Ok(Some((account_of(&keystore)?, keystore))),
            _ => Ok(None),
        }
    }

    /// The options of the network as they are typed, each after a blank; empty for the home folder.
    #[must_use]
    pub fn option(&self) -> String {
        let file = |file: &PathBuf| file.display().to_string();
        let options = [
            ("network", self.network.as_ref().map(file)),
            ("chain", self.chain.clone()),
            ("config", self.config.as_ref().map(file)),
            ("profile", self.profile.clone()),
        ];
        let given = options.into_iter().filter_map(|(name, value)| Some((name, value?)));
        given.map(|(name, value)| format!(" --{name} {value}")).collect()
    }

    pub(super) fn password(&self) -> PasswordSource {
        PasswordSource::of(self.password_file.clone(), self.password_command.clone())
    }

    /// The deployment that is named, and the keystores of the home folder that belong to it; none for the home folder itself.
    pub(super) async fn deployment(&self, home: &Path) -> Result<Option<(Client, Option<HomeKeys>)>> {
        let Profile { network, chain, config, .. } = self.given()?;
        if let Some(file) = &config {
            return Ok(Some((connect(&Configured::load(file)?.chain).await?, None)));
        }
        elsewhere(network.as_deref(), chain.as_deref(), home).await
    }
}
