//! `bithive gateway`: a hospital's images and documents in, jobs of its studies, and answers out.

mod consents;
mod login;
mod market;
mod rules;
mod studies;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bithive_audit_log::AuditLog;
use bithive_command_kit::{Output, PasswordArgs};
use bithive_daemon::config::{LogConfig, LogFilter, LogFormat, RequesterConfig, Settings as _};
use bithive_daemon::event::standard_output;
use bithive_daemon::keys::AccountFile;
use bithive_daemon::{Event, Stop, chain};
use bithive_gateway::config::{GatewayConfig, JobsConfig, LogFormat as Format, ROLE, TEMPLATE};
use bithive_gateway::{Audit, Gateway, Spool, SpoolKey, Token, Uid, forget};
use bithive_monitor::{StatusError, fetch_status};
use clap::Subcommand;
use serde_json::{Value, json};

use self::login::{LoginArgs, PseudonymArgs};
use self::market::RequesterMarket;
use super::acting::{online, unlock};
use super::daemon::{UntilArgs, start_log};

/// Wait before the requester is tried again that could not begin.
const PAUSE: Duration = Duration::from_secs(10);

/// Gateways: DICOM and FHIR of a hospital's systems into an encrypted spool.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Write a commented configuration, for example: gateway config --out gateway.toml
    Config {
        /// File to write; standard output by default.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Make the key of a spool, in a new file that only its owner can read. Without it nothing of the spool can be read.
    Key {
        /// The file to create.
        file: PathBuf,
    },
    /// Make the token that requests to DICOMweb and FHIR have to show, in a new file that only its owner can read.
    Token {
        /// The file to create.
        file: PathBuf,
    },
    /// Sign in as a person at the hospital's issuer, by a browser on this machine, and write the token that requests to the gateway show.
    ///
    /// For example: `gateway login --issuer https://login.hospital.example/realms/hospital --out token`
    Login(LoginArgs),
    /// Show by which words the audit log knows a person, study, patient or document, for `bithive audit show`.
    Pseudonym(PseudonymArgs),
    /// Check a configuration, and that the files that it names are there.
    Check(ConfigArgs),
    /// Take images and documents until stopped: DICOM C-ECHO and C-STORE, DICOMweb, FHIR.
    ///
    /// By the rules of the configuration studies become jobs, and their results answers, which are sent on.
    ///
    /// What is answered with success is encrypted and on disk. It can be killed at any moment: whoever was not answered sends again, and an
    /// object that comes twice is stored once. Standard output has a line of JSON when it is ready and when it has stopped.
    Run {
        #[command(flatten)]
        config: ConfigArgs,
        #[command(flatten)]
        until: UntilArgs,
    },
    /// List studies: how far each is on its way to an answer, and why it is not further. The gateway may run.
    Studies(ConfigArgs),
    /// List answers that are to be sent and that their destination has not taken. The gateway may run.
    Outbox(ConfigArgs),
    /// Have a study that was answered or refused begin again, with new jobs, of a gateway that does not run. Exit code 1 if there is none.
    Again {
        #[command(flatten)]
        config: ConfigArgs,
        /// Study Instance UID.
        #[arg(long, value_name = "UID")]
        study: Uid,
    },
    /// Remove a study from the spool of a gateway that does not run, with its images, results and answers.
    ///
    /// Its files are removed, not overwritten: what a disk keeps of removed files is readable to who has the key. Exit code 1 if there is no such study.
    Erase {
        #[command(flatten)]
        config: ConfigArgs,
        /// Study Instance UID.
        #[arg(long, value_name = "UID")]
        study: Uid,
    },
    /// Show what a running gateway has and does. Exit code 1 if it does not run.
    Status(ConfigArgs),
}

/// The gateway, by its configuration.
#[derive(clap::Args)]
pub struct ConfigArgs {
    /// Configuration, as `bithive gateway config` writes it.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Runs a command; none needs a chain.
pub async fn run(command: Command, output: Output) -> Result<ExitCode> {
    match command {
        Command::Config { out } => write_config(out, output)?,
        Command::Key { file } => {
            SpoolKey::create(&file)?;
            made(&file, "keep a copy elsewhere: without it nothing of the spool can be read", output)?;
        }
        Command::Token { file } => {
            Token::create(&file)?;
            made(&file, "requests show it in the header \"Authorization: Bearer ...\"", output)?;
        }
        Command::Login(args) => login::login(&args, output).await?,
        Command::Pseudonym(args) => login::pseudonym(&args, output)?,
        Command::Check(ConfigArgs { config: file }) => {
            let config = GatewayConfig::load(&file)?;
            config.check_files(&file)?;
            check_jobs(&config, &file)?;
            output
                .show(&json!({ "ok": true, "role": ROLE }), |_| println!("ok: a gateway's configuration"))?;
        }
        Command::Run { config, until } => serve(&config.config, &until).await?,
        Command::Studies(ConfigArgs { config }) => studies::list(&config, output)?,
        Command::Outbox(ConfigArgs { config }) => studies::outbox(&config, output)?,
        Command::Again { config, study } => return studies::begin_again(&config.config, &study, output),
        Command::Erase { config, study } => return erase(&config.config, &study, output),
        Command::Status(ConfigArgs { config }) => return status(&config, output).await,
    }
    Ok(ExitCode::SUCCESS)
}

fn write_config(out: Option<PathBuf>, output: Output) -> Result<()> {
    let Some(file) = out else {
        print!("{TEMPLATE}");
        return Ok(());
    };
    ensure!(!file.exists(), "--out: {} exists; choose another name", file.display());
    std::fs::write(&file, TEMPLATE).with_context(|| file.display().to_string())?;
    output.show(&json!({ "role": ROLE, "file": file }), |_| println!("wrote {}", file.display()))
}

fn made(file: &Path, words: &str, output: Output) -> Result<()> {
    output.show(&json!({ "file": file }), |_| println!("wrote {}; {words}", file.display()))
}

async fn serve(file: &Path, until: &UntilArgs) -> Result<()> {
    let config = GatewayConfig::load(file)?;
    config.check_files(file)?;
    let format = if config.log.format == Format::Json { LogFormat::Json } else { LogFormat::Text };
    let filter: LogFilter = config
        .log
        .filter
        .parse()
        .map_err(|error| anyhow::anyhow!("{}: log.filter: {error}", file.display()))?;
    start_log(&LogConfig { format, filter })?;
    let prepared = check_jobs(&config, file)?;
    let stop = until.stop()?;
    // Before anything is taken: with other keys or another password it would never post.
    let unlocked = config.jobs.as_ref().map(keys_of).transpose()?;
    let mut gateway = Gateway::start(&config).await?;
    let tally = gateway.spool().tally();
    tracing::info!(studies = tally.studies, instances = tally.instances, "the gateway works");
    let events = standard_output();
    events(&Event::Ready {
        role: ROLE.into(),
        endpoint: None,
        account: None,
        listens_on: gateway.dicom().into_iter().chain(gateway.web()).chain(gateway.metrics()).collect(),
        url: gateway.web().map(|address| format!("http://{address}/")),
    });
    match unlocked {
        Some(keys) => {
            tokio::select! {
                worked = work(&mut gateway, keys, prepared, &stop) => worked?,
                () = stop.requested() => {}
            }
        }
        None => stop.requested().await,
    }
    gateway.stop().await;
    events(&Event::Stopped);
    Ok(())
}

type Rules = std::collections::BTreeMap<String, rules::Prepared>;

/// Reads what rules name, and the requester's configuration.
fn check_jobs(config: &GatewayConfig, file: &Path) -> Result<Rules> {
    let prepared = rules::load(config).with_context(|| file.display().to_string())?;
    if let Some(jobs) = &config.jobs {
        RequesterConfig::load(&jobs.requester)
            .with_context(|| format!("{}: jobs.requester", file.display()))?;
    }
    Ok(prepared)
}

/// Configuration and keys of the requester, and its audit log.
type Unlocked = (RequesterConfig, PasswordArgs, (AccountFile, Option<AuditLog>));

fn keys_of(jobs: &JobsConfig) -> Result<Unlocked> {
    let config = RequesterConfig::load(&jobs.requester)?;
    let password = PasswordArgs { password_file: Some(jobs.password.clone()), password_command: None };
    let keys = unlock(&config, &password).context("jobs.requester")?;
    Ok((config, password, keys))
}

/// Turns studies into jobs until it is stopped. Nothing that arrives waits for it: a chain that does not answer holds up jobs alone.
async fn work(
    gateway: &mut Gateway,
    (config, password, mut keys): Unlocked,
    prepared: Rules,
    stop: &Stop,
) -> Result<()> {
    let (requester, party) = loop {
        let Some(client) = chain::connect(&config.chain, stop).await? else { return Ok(()) };
        let (account, log) = keys;
        match online(&client, &config, account, log).await {
            Ok(online) => break online,
            Err(error) => tracing::error!(error = format!("{error:#}"), "no jobs are posted yet"),
        }
        tokio::time::sleep(PAUSE).await;
        keys = unlock(&config, &password)?;
    };
    tracing::info!(account = requester.account().address(), "studies become jobs");
    let mut market = RequesterMarket::new(requester, prepared);
    tokio::select! {
        () = gateway.work(&mut market) => {}
        () = stop.requested() => {}
    }
    party.transport.close().await;
    Ok(())
}

fn erase(file: &Path, study: &Uid, output: Output) -> Result<ExitCode> {
    let config = GatewayConfig::load(file)?;
    config.check_files(file)?;
    let spool = Spool::open(&config.spool, SpoolKey::read(&config.key)?, config.limits())?;
    let audit = Audit::read(&config.audit)?;
    audit.erased(study.as_str(), None)?;
    let removed = forget(&spool, study)?;
    audit.erased(study.as_str(), Some(removed))?;
    output.show(&json!({ "removed": removed }), |_| println!("{removed} objects are removed"))?;
    Ok(if removed == 0 { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

async fn status(file: &Path, output: Output) -> Result<ExitCode> {
    let config = GatewayConfig::load(file)?;
    let address = config.metrics.listen.with_context(|| {
        format!("{}: metrics.listen is missing; set it, and start the gateway again", file.display())
    })?;
    match fetch_status(address).await {
        Ok(status) => {
            output.show(&status, |status| {
                for (name, value) in status {
                    match value {
                        Value::String(text) => println!("{name:<26}{text}"),
                        other => println!("{name:<26}{other}"),
                    }
                }
            })?;
            Ok(ExitCode::SUCCESS)
        }
        Err(error @ (StatusError::Down { .. } | StatusError::Other { .. })) => {
            let answer = json!({ "ok": false, "running": false, "reason": error.to_string() });
            output.show(&answer, |_| println!("not running: {error}"))?;
            Ok(ExitCode::FAILURE)
        }
    }
}
