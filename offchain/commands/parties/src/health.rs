//! `bithive health-check` and `bithive status`.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use bithive_command_kit::{Output, table};
use bithive_daemon::config::{
    CommitteeConfig, MeterConfig, NodeConfig, OracleConfig, RelayConfig, RelayerConfig, Settings, role_of,
};
use bithive_keystore::PasswordSource;
use bithive_monitor::fetch_status;
use bithive_monitor::health::Outcome;
use console::style;
use serde_json::{Value, json};

use super::keys::PasswordArgs;

/// Arguments of `bithive health-check`.
#[derive(clap::Args)]
pub struct HealthArgs {
    /// Configuration of a node, committee member, relay, relayer, requester, meter or oracle.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Ask for the keystore's password at the terminal if neither a file nor a command has it; without this the keystore is then not opened.
    #[arg(long)]
    ask_password: bool,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Arguments of `bithive status`.
#[derive(clap::Args)]
pub struct StatusArgs {
    /// Configuration of a node, committee member, relay or relayer that runs.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
}

/// Names what is wrong with a party and what to do; exit code 1 if anything is wrong.
pub async fn check(args: HealthArgs, output: Output) -> Result<ExitCode> {
    let password = match args.password.source() {
        PasswordSource::Terminal if args.ask_password => {
            Some(bithive_keystore::ask("Password of the keystore: ")?)
        }
        PasswordSource::Terminal => None,
        source => Some(source.read(&args.config)?),
    };
    let report = bithive_daemon::health::check(&args.config, password.as_ref()).await;
    let healthy = report.is_healthy();
    output.show(&json!({ "ok": healthy, "checks": report.checks }), |_| {
        for finding in &report.checks {
            let mark = match finding.outcome {
                Outcome::Passed => style("ok     ").green(),
                Outcome::Warning => style("warning").yellow(),
                Outcome::Failed => style("FAILED ").red(),
                Outcome::Skipped => style("skipped").dim(),
            };
            println!("{mark}  {:<14}{}", finding.check, finding.found);
            if let Some(todo) = &finding.todo {
                println!("                       {todo}");
            }
        }
    })?;
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Shows what a running party does now; exit code 1 if it does not run.
pub async fn status(args: StatusArgs, output: Output) -> Result<ExitCode> {
    let file = &args.config;
    let role = role_of(file)?;
    let metrics = match role.as_str() {
        NodeConfig::ROLE => NodeConfig::load(file)?.metrics,
        CommitteeConfig::ROLE => CommitteeConfig::load(file)?.metrics,
        RelayConfig::ROLE => RelayConfig::load(file)?.metrics,
        RelayerConfig::ROLE => RelayerConfig::load(file)?.metrics,
        MeterConfig::ROLE => MeterConfig::load(file)?.metrics,
        OracleConfig::ROLE => OracleConfig::load(file)?.metrics,
        _ => bail!(
            "a {role} does not run as a process; expected the configuration of a node, committee, relay, relayer, meter or oracle"
        ),
    };
    let address = metrics.listen.with_context(|| {
        format!("{}: metrics.listen is missing; set it, and start the process again", file.display())
    })?;
    let status = match fetch_status(address.socket()).await {
        Ok(status) => status,
        Err(error) => {
            output.show(&json!({ "ok": false, "running": false, "reason": error.to_string() }), |_| {
                println!("not running: {error}");
            })?;
            return Ok(ExitCode::FAILURE);
        }
    };
    output.show(&status, print)?;
    Ok(ExitCode::SUCCESS)
}

/// One line for each field; lists of objects as tables below.
fn print(status: &serde_json::Map<String, Value>) {
    for (name, value) in status {
        match value {
            Value::Array(rows) if rows.is_empty() => println!("{name:<26}none"),
            Value::Array(_) => {}
            Value::Null => println!("{name:<26}not known yet"),
            Value::String(text) => println!("{name:<26}{text}"),
            other => println!("{name:<26}{other}"),
        }
    }
    for (name, value) in status {
        let Some(rows) = value.as_array().filter(|rows| !rows.is_empty()) else { continue };
        let columns: Vec<&str> = rows
            .first()
            .and_then(Value::as_object)
            .map(|row| row.keys().map(String::as_str).collect())
            .unwrap_or_default();
        let mut shown = table(&columns);
        for row in rows {
            shown.add_row(columns.iter().map(|column| match row.get(column) {
                Some(Value::String(text)) => text.clone(),
                Some(other) => other.to_string(),
                None => String::new(),
            }));
        }
        println!("{name}\n{shown}");
    }
}
