//! A party with a configuration and a keystore of its own, for commands that need no home folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bithive_audit::Role;
use bithive_audit_log::AuditLog;
use bithive_chain::{SigningKey, Wallet};
use bithive_client::{Account, Client};
use bithive_daemon::config::{
    AuditConfig, ChainConfig, CommitteeConfig, MeterConfig, NodeConfig, OracleConfig, RelayerConfig,
    RequesterConfig, Settings, role_of,
};
use bithive_daemon::{Stop, audit, chain};
use bithive_keystore::{Keystore, Password, PasswordSource, names};

/// How long a chain may take to answer before it is said that it is waited for, and until that is said again.
const SILENCE: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(60)];

/// Where the password of a keystore comes from.
#[derive(Clone, Debug, Default, clap::Args)]
pub struct PasswordArgs {
    /// File with the keystore's password, which only its owner can read; the terminal is asked by default.
    #[arg(long, value_name = "FILE", env = bithive_keystore::PASSWORD_FILE)]
    pub password_file: Option<PathBuf>,
    /// Command for the shell whose first line of output is the keystore's password, in place of a file, for example:
    /// 'pass show hive/alice'
    #[arg(long, value_name = "COMMAND")]
    pub password_command: Option<String>,
}

impl PasswordArgs {
    /// The command, the file, or the terminal.
    #[must_use]
    pub fn source(&self) -> PasswordSource {
        PasswordSource::of(self.password_file.clone(), self.password_command.clone())
    }

    /// The password of the keystore `of`.
    ///
    /// # Errors
    /// A file that is not there, that others can read or that holds no password; a command that fails or prints none; nobody to ask.
    pub fn read(&self, of: &Path) -> Result<Password> {
        Ok(self.source().read(of)?)
    }
}

/// What the configurations of all parties with an account have: their chain and their keystore.
pub struct Configured {
    /// The chain that the party works on.
    pub chain: ChainConfig,
    /// The file of its keystore.
    pub keys: PathBuf,
    /// Its audit log, as what it acts, and its configuration as text; none of a party that has no such log.
    audit: Option<(AuditConfig, Role, String)>,
}

impl Configured {
    /// Reads the configuration of a node, a committee member, a relayer, a requester or a meter.
    ///
    /// # Errors
    /// Names the field that is wrong; a relay has no account.
    pub fn load(file: &Path) -> Result<Self> {
        Ok(match role_of(file)?.as_str() {
            NodeConfig::ROLE => {
                let config = NodeConfig::load(file)?;
                let audit = Some((config.audit.clone(), Role::Node, format!("{config:?}")));
                Self { chain: config.chain, keys: config.keys, audit }
            }
            CommitteeConfig::ROLE => {
                let CommitteeConfig { chain, keys, .. } = CommitteeConfig::load(file)?;
                Self { chain, keys, audit: None }
            }
            RelayerConfig::ROLE => {
                let RelayerConfig { chain, keys, .. } = RelayerConfig::load(file)?;
                Self { chain, keys, audit: None }
            }
            OracleConfig::ROLE => {
                let OracleConfig { chain, keys, .. } = OracleConfig::load(file)?;
                Self { chain, keys, audit: None }
            }
            MeterConfig::ROLE => {
                let MeterConfig { chain, keys, .. } = MeterConfig::load(file)?;
                Self { chain, keys, audit: None }
            }
            RequesterConfig::ROLE => {
                let config = RequesterConfig::load(file)?;
                let audit = Some((config.audit.clone(), Role::Requester, format!("{config:?}")));
                Self { chain: config.chain, keys: config.keys, audit }
            }
            role => bail!(
                "{} is the configuration of a {role}, which has no account; expected that of a node, committee, \
                 relayer, requester, meter or oracle",
                file.display()
            ),
        })
    }

    /// The party's address, as its keystore shows it without a password.
    ///
    /// # Errors
    /// The keystore is not there, or has no account.
    pub fn address(&self) -> Result<String> {
        there(&self.keys)?;
        let entries = Keystore::describe(&self.keys)?;
        let account = entries.into_iter().find(|entry| entry.name == names::ACCOUNT);
        let account = account.with_context(|| format!("{} has no account", self.keys.display()))?;
        Ok(account.public)
    }

    /// The party's account on its chain.
    ///
    /// # Errors
    /// A keystore that does not open, or a chain that refuses; one that does not answer is waited for.
    pub async fn account(&self, password: &PasswordArgs) -> Result<Account> {
        let (key, _) = self.unlock(password)?;
        on_chain(&connect(&self.chain).await?, key).await
    }

    /// The party's account key, and its audit log, which says that the keystore was opened.
    ///
    /// # Errors
    /// A keystore that does not open; a log that can't be written.
    pub fn unlock(&self, password: &PasswordArgs) -> Result<(SigningKey, Option<AuditLog>)> {
        let log = self.begin_log()?;
        let password = password.read(&self.keys)?;
        let key: Result<_> =
            audit::opened(
                log.as_ref(),
                || Ok(open_keystore(&self.keys, &password)?.account(names::ACCOUNT)?),
            );
        Ok((key?, log))
    }

    /// The party's audit log, to be written; none if its configuration names none.
    ///
    /// # Errors
    /// A keystore without an account; a log that can't be written.
    pub fn begin_log(&self) -> Result<Option<AuditLog>> {
        there(&self.keys)?;
        let Some((audit, role, text)) = &self.audit else { return Ok(None) };
        Ok(audit::begin(audit, (&self.keys, *role), text)?)
    }

    /// Folder of the party's audit log; none if its configuration names none.
    #[must_use]
    pub fn log_folder(&self) -> Option<&Path> {
        self.audit.as_ref()?.0.log.as_deref()
    }
}

/// The account of a key on a chain.
async fn on_chain(client: &Client, key: SigningKey) -> Result<Account> {
    Ok(Account::new(client.clone(), Wallet::connect(client.chain().clone(), key).await?))
}

/// Opens a keystore.
///
/// # Errors
/// Names the command that makes one where there is none.
pub fn open_keystore(file: &Path, password: &Password) -> Result<Keystore> {
    there(file)?;
    Ok(Keystore::open(file, password)?)
}

fn there(keystore: &Path) -> Result<()> {
    anyhow::ensure!(
        keystore.exists(),
        "{0} is not there; make it with `bithive keys new --out {0}`",
        keystore.display()
    );
    Ok(())
}

/// The deployment on a configured chain. A chain that does not answer is waited for, and that is said on the error stream.
///
/// # Errors
/// Another chain than the deployment's; the wait was ended by a signal.
pub async fn connect(config: &ChainConfig) -> Result<Client> {
    let (stop, _handle) = Stop::on_signals()?;
    let waiting = async {
        let [first, later] = SILENCE;
        tokio::time::sleep(first).await;
        loop {
            eprintln!("chain.rpc {} does not answer; waiting for it", config.rpc);
            tokio::time::sleep(later).await;
        }
    };
    tokio::select! {
        client = chain::connect(config, &stop) => client?.context("stopped before the chain answered"),
        () = waiting => bail!("stopped before the chain answered"),
    }
}
