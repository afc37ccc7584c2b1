//! `bithive health-check`: whether a party can work, and what is wrong where it can't.
//!
//! The checks start with what everything depends on, and end with what a job needs. A check that depends on one that
//! failed is reported as skipped.

mod contracts;
mod process;
mod standing;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use bithive_chain::{Chain, ChainError, ChainInfo, Cosmos};
use bithive_client::Client;
use bithive_keystore::{Keystore, Password, names};
use bithive_monitor::fetch_status;
use bithive_monitor::health::{
    Finding, Report, check_balance, check_blocks, check_clock, check_disk, check_keystore, check_tcp,
    check_udp,
};

use crate::chain;
use crate::config::{
    ChainConfig, CommitteeConfig, MeterConfig, MetricsConfig, NetworkConfig, NodeConfig, OracleConfig,
    RelayConfig, RelayerConfig, RequesterConfig, Settings, role_of, validate,
};

/// How long a chain that stands still is waited for.
const PATIENCE: Duration = Duration::from_secs(15);
/// Transactions that an account should be able to pay for.
const TRANSACTIONS: u32 = 10;

/// What the checks of a party need of its configuration.
struct Subject {
    role: &'static str,
    keys: Option<std::path::PathBuf>,
    data: Option<std::path::PathBuf>,
    chain: Option<ChainConfig>,
    network: NetworkConfig,
    metrics: MetricsConfig,
}

impl Subject {
    fn load(file: &Path) -> Result<Self, crate::ConfigError> {
        let role = role_of(file)?;
        Ok(match role.as_str() {
            CommitteeConfig::ROLE => {
                let CommitteeConfig { keys, data, chain, network, metrics, .. } =
                    CommitteeConfig::load(file)?;
                let (keys, data, chain) = (Some(keys), Some(data), Some(chain));
                Self { role: CommitteeConfig::ROLE, keys, data, chain, network, metrics }
            }
            RequesterConfig::ROLE => {
                let RequesterConfig { keys, data, chain, network, .. } = RequesterConfig::load(file)?;
                let (keys, data, chain) = (Some(keys), Some(data), Some(chain));
                let metrics = MetricsConfig::default();
                Self { role: RequesterConfig::ROLE, keys, data, chain, network, metrics }
            }
            MeterConfig::ROLE => {
                let MeterConfig { keys, data, chain, metrics, .. } = MeterConfig::load(file)?;
                let (keys, data, chain) = (Some(keys), Some(data), Some(chain));
                let network = NetworkConfig::default();
                Self { role: MeterConfig::ROLE, keys, data, chain, network, metrics }
            }
            OracleConfig::ROLE => {
                let OracleConfig { keys, data, chain, metrics, .. } = OracleConfig::load(file)?;
                let (keys, data, chain) = (Some(keys), Some(data), Some(chain));
                let network = NetworkConfig::default();
                Self { role: OracleConfig::ROLE, keys, data, chain, network, metrics }
            }
            RelayConfig::ROLE => {
                let RelayConfig { chain, metrics, .. } = RelayConfig::load(file)?;
                let network = NetworkConfig::default();
                Self { role: RelayConfig::ROLE, keys: None, data: None, chain, network, metrics }
            }
            RelayerConfig::ROLE => {
                let RelayerConfig { keys, data, chain, network, metrics, .. } = RelayerConfig::load(file)?;
                let (keys, data, chain) = (Some(keys), Some(data), Some(chain));
                Self { role: RelayerConfig::ROLE, keys, data, chain, network, metrics }
            }
            _ => {
                let NodeConfig { keys, data, chain, network, metrics, .. } = NodeConfig::load(file)?;
                let (keys, data, chain) = (Some(keys), Some(data), Some(chain));
                Self { role: NodeConfig::ROLE, keys, data, chain, network, metrics }
            }
        })
    }
}

/// Checks the party of a configuration. Without a password, the keystore is read but not opened.
pub async fn check(file: &Path, password: Option<&Password>) -> Report {
    let mut report = Report::default();
    let subject = match Subject::load(file) {
        Ok(subject) => subject,
        Err(error) => {
            let todo = "mend the field; `bithive config init` writes a commented example";
            report.add(Finding::failed("configuration", error.to_string(), todo));
            return report;
        }
    };
    report.add(match validate(file) {
        Ok(role) => Finding::passed("configuration", format!("a {role}'s, {}", file.display())),
        Err(error) => Finding::failed("configuration", error.to_string(), "put the file there"),
    });
    let account = keys(&mut report, &subject, password);
    let client = chain_answers(&mut report, &subject).await;
    if let Some((client, info)) = &client {
        contracts::check(&mut report, client).await;
        standing::check(&mut report, client, subject.role, account.as_deref()).await;
        match &account {
            Some(account) => {
                let finding = check_balance(&**client.chain(), info, account, TRANSACTIONS).await;
                report.add(finding);
            }
            None if subject.keys.is_some() => {
                report.add(Finding::skipped("fees", "the keystore names no account"));
            }
            None => {}
        }
    } else if subject.chain.is_some() {
        for check in ["contracts", "registration", "committee", "fees"] {
            report.add(Finding::skipped(check, "the chain can't be asked"));
        }
    }
    network(&mut report, &subject).await;
    if let Some(data) = &subject.data {
        report.add(check_disk(data));
    }
    report
}

/// The keystore; returns the account's address.
fn keys(report: &mut Report, subject: &Subject, password: Option<&Password>) -> Option<String> {
    let file = subject.keys.as_ref()?;
    let (finding, _) = check_keystore(file, password);
    report.add(finding);
    let entries = Keystore::describe(file).ok()?;
    entries.into_iter().find(|entry| entry.name == names::ACCOUNT).map(|entry| entry.public)
}

/// The chain answers, is the right one, and makes blocks.
async fn chain_answers(report: &mut Report, subject: &Subject) -> Option<(Client, ChainInfo)> {
    let config = subject.chain.as_ref()?;
    let failed = |check, error: &ChainError, todo: &str| Finding::failed(check, error.to_string(), todo);
    let deployment = match chain::deployment(&config.deployment) {
        Ok(deployment) => deployment,
        Err(error) => {
            let todo = "put the deployment's addresses there, as `bithive deploy` writes them";
            report.add(Finding::failed("deployment", error.to_string(), todo));
            return None;
        }
    };
    let mut answers = None;
    for (rpc, options) in config.rpc.iter().zip(chain::endpoints(config, &deployment)) {
        match Cosmos::connect(options).await {
            Ok(chain) => {
                report.add(Finding::passed("chain", format!("{rpc} answers")));
                answers.get_or_insert(chain);
            }
            Err(error @ ChainError::WrongChainId { .. }) => {
                let todo = "set chain.rpc or chain.deployment to the other chain's";
                report.add(failed("chain id", &error, todo));
                return None;
            }
            Err(error @ ChainError::NodeDown { .. }) => {
                let todo =
                    "see whether the server runs and is not syncing, and whether chain.rpc is its address";
                report.add(failed("chain", &error, todo));
            }
            Err(error) => {
                let todo = "see whether chain.rpc is a CometBFT RPC server of the chain";
                report.add(failed("chain", &error, todo));
            }
        }
    }
    let chain: Arc<dyn Chain> = Arc::new(answers?);
    report.add(Finding::passed("chain id", deployment.chain_id.clone()));
    match check_blocks(&*chain, PATIENCE).await {
        Ok((finding, info)) => {
            if report.add(finding) {
                report.add(check_clock(&info));
            }
            Some((Client::new(chain, deployment), info))
        }
        Err(error) => {
            report.add(failed("blocks", &error, "ask another RPC server"));
            None
        }
    }
}

/// Relays answer; the sockets are free, or the party itself has them.
async fn network(report: &mut Report, subject: &Subject) {
    for relay in &subject.network.relays {
        let finding = check_tcp("relay", relay.as_str()).await;
        report.add(finding);
    }
    let running = match subject.metrics.listen {
        Some(address) => fetch_status(address.socket())
            .await
            .ok()
            .filter(|status| status.get("role").and_then(|role| role.as_str()) == Some(subject.role)),
        None => None,
    };
    if let Some(status) = running {
        report.add(process::finding(subject.role, &status));
        return;
    }
    report.add(Finding::skipped("process", format!("no running {} answers", subject.role)));
    for address in &subject.network.listen {
        report.add(check_udp(*address));
    }
}
