//! What commands that run until they are stopped have in common: the log, the stop, the events.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use bithive_attest::{Domain, possession_bytes};
use bithive_command_kit::Output;
use bithive_daemon::config::{
    Admitted, ChainConfig, CommitteeConfig, LogConfig, LogFormat, LoopbackAddress, MeterConfig,
    MetricsConfig, NodeConfig, OracleConfig, RelayConfig, RelayTls, RelayerConfig, RpcUrl, Settings,
    TEMPLATES, validate,
};
use bithive_daemon::{Stop, committee, event, meter, node, oracle, relay, relayer};
use bithive_keystore::{Keystore, names};
use bithive_node::{Compute, Onnx};
use clap::Subcommand;
use serde_json::json;
use tracing_subscriber::EnvFilter;

use super::keys::PasswordArgs;

/// Arguments of a party that runs until it is stopped.
#[derive(clap::Args)]
pub struct RunArgs {
    /// Configuration, as `bithive config init` writes it.
    #[arg(long, value_name = "FILE")]
    pub config: PathBuf,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
    #[command(flatten)]
    pub(crate) until: UntilArgs,
}

/// When a party stops, beside SIGINT and SIGTERM.
#[derive(clap::Args)]
pub struct UntilArgs {
    /// Stop when standard input ends, too: for programs that start this one and may die.
    #[arg(long)]
    pub stop_with_stdin: bool,
}

impl UntilArgs {
    /// The stop of this process.
    pub fn stop(&self) -> Result<Stop> {
        let (stop, handle) = Stop::on_signals()?;
        if self.stop_with_stdin {
            std::thread::spawn(move || {
                let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
                handle.stop();
            });
        }
        Ok(stop)
    }
}

/// Configurations of nodes, committee members, relays, relayers, requesters, meters and oracles.
#[derive(Subcommand)]
pub enum ConfigCommand {
    /// Write a commented configuration.
    Init {
        /// node, committee, relay, relayer, requester, meter or oracle.
        role: String,
        /// File to write; standard output by default.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Check a configuration, and that the files it names are there.
    Validate {
        /// Configuration to check.
        file: PathBuf,
    },
}

/// Committee members: run one, show its keys.
#[derive(Subcommand)]
pub enum CommitteeCommand {
    /// Answer share keys and evaluations, take seats, post share keys, report absent members, until stopped.
    Run(RunArgs),
    /// Show the keys with which this member stands, or with which the owner of the registry names it.
    Keys {
        /// Configuration, as `bithive config init committee` writes it; its keystore is made by `bithive keys new`.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

/// Relayers, which do on chain what is due.
#[derive(Subcommand)]
pub enum RelayerCommand {
    /// Move jobs on after deadlines, settle them, and send attestations to other chains, until stopped.
    Run(RunArgs),
    /// Show the account, which needs coins for fees, and the endpoint, which nodes name as their relayer.
    Keys {
        /// Configuration, as `bithive config init relayer` writes it; its keystore is made by `bithive keys new`.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

/// Oracles, which attest what hosts have earned in BOINC projects.
#[derive(Subcommand)]
pub enum OracleCommand {
    /// Read exports of projects, sign what hosts of linked accounts have earned, and import what enough oracles have signed, until stopped.
    ///
    /// A host is signed for when its owner names an account on the chain (`bithive boinc link`), and when its credit neither fell nor
    /// grew faster than the configuration allows.
    Run(RunArgs),
    /// Write what the owner of the time bank names this oracle with: account, key, proof of possession, for `bithive timebank set-oracles`.
    Keys {
        /// Configuration, as `bithive config init oracle` writes it; its keystore is made by `bithive keys new`.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
        /// Where the password of the keystore comes from.
        #[command(flatten)]
        password: PasswordArgs,
        /// File to write; it holds no secret.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
}

/// Meters, which claim idle time of their machine and vouch for that of others.
#[derive(Subcommand)]
pub enum MeterCommand {
    /// Measure how long this machine is idle, claim it, vouch for machines that the configuration names, collect credits, until stopped.
    ///
    /// What is measured is the word of whoever runs this: the part of the time in which the processors had nothing to do and nobody
    /// used a keyboard or a terminal. Members of the meter, who know the machine, have to vouch for it before it is worth anything.
    Run(RunArgs),
    /// Show the account, which needs coins for fees, and which members name to vouch for this machine.
    Keys {
        /// Configuration, as `bithive config init meter` writes it; its keystore is made by `bithive keys new`.
        #[arg(long, value_name = "FILE")]
        config: PathBuf,
    },
}

/// Relays, which pass on packets between endpoints that can't reach each other.
#[derive(Subcommand)]
pub enum RelayCommand {
    /// Pass on packets between endpoints that can't reach each other, until stopped.
    Run(Box<RelayArgs>),
}

/// Arguments of `bithive relay run`.
#[derive(clap::Args)]
pub struct RelayArgs {
    /// Configuration, as `bithive config init relay` writes it; in place of the options below.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["listen", "tls_cert", "tls_key", "chain", "open", "metrics"])]
    config: Option<PathBuf>,
    /// TCP address for clients.
    #[arg(long, default_value = "0.0.0.0:3340", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// Chain of certificates, PEM: clients then use TLS, at --tls-listen.
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Private key of the certificate, PEM.
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
    /// TCP address for clients with TLS.
    #[arg(long, default_value = "0.0.0.0:443", value_name = "ADDRESS", requires = "tls_cert")]
    tls_listen: SocketAddr,
    /// RPC server of the chain whose registry says who may use the relay.
    #[arg(long, value_name = "URL", requires = "deployment", conflicts_with = "open")]
    chain: Option<RpcUrl>,
    /// Addresses of the contracts.
    #[arg(long, value_name = "FILE", requires = "chain")]
    deployment: Option<PathBuf>,
    /// Let everybody use the relay.
    #[arg(long)]
    open: bool,
    /// Loopback TCP address for metrics and status.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<LoopbackAddress>,
    #[command(flatten)]
    until: UntilArgs,
}

/// Writes and checks configurations.
pub fn config(command: ConfigCommand, output: Output) -> Result<()> {
    match command {
        ConfigCommand::Init { role, out } => {
            let known = || TEMPLATES.map(|(name, _)| name).join(", ");
            let template = TEMPLATES.iter().find(|(name, _)| *name == role);
            let (_, text) =
                template.with_context(|| format!("role is {role:?}; expected one of {}", known()))?;
            let Some(path) = out else {
                print!("{text}");
                return Ok(());
            };
            anyhow::ensure!(!path.exists(), "--out: {} exists; choose another name", path.display());
            std::fs::write(&path, text).with_context(|| path.display().to_string())?;
            output.show(&json!({ "role": role, "file": path }), |_| println!("wrote {}", path.display()))
        }
        ConfigCommand::Validate { file } => {
            let role = validate(&file)?;
            output.show(&json!({ "ok": true, "role": role }), |_| println!("ok: a {role}'s configuration"))
        }
    }
}

/// Runs a committee member.
pub async fn committee(command: CommitteeCommand, output: Output) -> Result<ExitCode> {
    let args = match command {
        CommitteeCommand::Run(args) => args,
        CommitteeCommand::Keys { config } => {
            super::join::committee(&config, output)?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let config = CommitteeConfig::load(&args.config)?;
    start_log(&config.log)?;
    let password = args.password.read(&config.keys)?;
    committee::run(&config, &password, event::standard_output(), args.until.stop()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a node; `wrap` puts something around what runs its models.
pub async fn node(args: RunArgs, wrap: impl FnOnce(Onnx) -> Arc<dyn Compute>) -> Result<ExitCode> {
    let config = NodeConfig::load(&args.config)?;
    start_log(&config.log)?;
    config.device.check().context("device")?;
    let (password, compute) = (args.password.read(&config.keys)?, wrap(Onnx::new(config.device)));
    node::run(&config, &password, compute, event::standard_output(), args.until.stop()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a relayer.
pub async fn relayer(command: RelayerCommand, output: Output) -> Result<ExitCode> {
    let args = match command {
        RelayerCommand::Run(args) => args,
        RelayerCommand::Keys { config } => {
            super::join::show_keys(&RelayerConfig::load(&config)?.keys, output)?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let config = RelayerConfig::load(&args.config)?;
    start_log(&config.log)?;
    let password = args.password.read(&config.keys)?;
    relayer::run(&config, &password, event::standard_output(), args.until.stop()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// Runs a meter.
pub async fn meter(command: MeterCommand, output: Output) -> Result<ExitCode> {
    let args = match command {
        MeterCommand::Run(args) => args,
        MeterCommand::Keys { config } => {
            super::join::show_keys(&MeterConfig::load(&config)?.keys, output)?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let config = MeterConfig::load(&args.config)?;
    start_log(&config.log)?;
    let password = args.password.read(&config.keys)?;
    meter::run(&config, &password, event::standard_output(), args.until.stop()?).await?;
    Ok(ExitCode::SUCCESS)
}

/// Runs an oracle, or writes what names it.
pub async fn oracle(command: OracleCommand, output: Output) -> Result<ExitCode> {
    let args = match command {
        OracleCommand::Run(args) => args,
        OracleCommand::Keys { config, password, out } => {
            oracle_keys(&OracleConfig::load(&config)?, &password, &out, output)?;
            return Ok(ExitCode::SUCCESS);
        }
    };
    let config = OracleConfig::load(&args.config)?;
    start_log(&config.log)?;
    let password = args.password.read(&config.keys)?;
    oracle::run(&config, &password, event::standard_output(), args.until.stop()?).await?;
    Ok(ExitCode::SUCCESS)
}

fn oracle_keys(config: &OracleConfig, password: &PasswordArgs, out: &Path, output: Output) -> Result<()> {
    anyhow::ensure!(!out.exists(), "--out: {} exists; choose another name", out.display());
    let deployment = bithive_daemon::chain::deployment(&config.chain.deployment)?;
    let timebank =
        deployment.timebank().context("chain.deployment has no time bank; `bithive deploy` adds it")?;
    let keystore = Keystore::open(&config.keys, &password.read(&config.keys)?)?;
    let (account, key) = (keystore.account(names::ACCOUNT)?, keystore.bls(names::BLS)?);
    let domain = Domain { chain_id: &deployment.chain_id, contract: timebank };
    let public = key.public_key();
    let proof = key.prove_possession(&possession_bytes(domain, account.address(), &public));
    let oracle = json!({
        "account": account.address(),
        "bls_key": hex::encode(public),
        "bls_possession": hex::encode(proof),
    });
    std::fs::write(out, serde_json::to_vec_pretty(&oracle)?).with_context(|| out.display().to_string())?;
    output.show(&oracle, |_| {
        println!(
            "wrote {0}; the owner of the time bank names it with `bithive timebank set-oracles --oracle {0}`",
            out.display()
        );
    })
}

/// Runs a relay.
pub async fn relay(command: RelayCommand) -> Result<ExitCode> {
    let RelayCommand::Run(args) = command;
    let config = match &args.config {
        Some(file) => RelayConfig::load(file)?,
        None => relay_config(&args)?,
    };
    start_log(&config.log)?;
    relay::run(&config, event::standard_output(), args.until.stop()?).await?;
    Ok(ExitCode::SUCCESS)
}

fn relay_config(args: &RelayArgs) -> Result<RelayConfig> {
    let chain = match (&args.chain, &args.deployment) {
        (Some(rpc), Some(deployment)) => Some(ChainConfig::new(rpc.clone(), deployment.clone())),
        _ => None,
    };
    anyhow::ensure!(
        chain.is_some() || args.open,
        "who may use the relay? expected --chain URL --deployment FILE (members of the registry), or --open"
    );
    let tls = args.tls_cert.iter().zip(&args.tls_key).next();
    let mut config = RelayConfig {
        role: RelayConfig::ROLE.into(),
        listen: args.listen,
        tls: tls.map(|(certificates, key)| RelayTls {
            listen: args.tls_listen,
            certificates: certificates.clone(),
            key: key.clone(),
        }),
        client_rate: None,
        connections_of_address: None,
        admission: if args.open { Admitted::Everyone } else { Admitted::Registry },
        chain,
        metrics: MetricsConfig { listen: args.metrics },
        log: LogConfig::default(),
    };
    config.settle(&bithive_daemon::config::Check::of(Path::new("command line")))?;
    Ok(config)
}

/// Sends the log to standard error from now on.
pub fn start_log(log: &LogConfig) -> Result<()> {
    let filter = EnvFilter::new(log.filter.as_str());
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format {
        LogFormat::Text => lines.with_ansi(false).try_init(),
        LogFormat::Json => lines.json().try_init(),
    }
    .map_err(|error| anyhow!("the log: {error}"))
}
