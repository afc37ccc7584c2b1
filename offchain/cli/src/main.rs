//! The `bithive` command line.

mod amount;
mod commands;
mod demo;
mod home;
mod output;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

use home::Home;
use output::Output;

/// Confidential compute for medical AI: sealed jobs, broadcast encryption, verified results, honest pay.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    /// Print one JSON document instead of text.
    #[arg(long, global = true)]
    json: bool,
    /// Folder of the network that the other commands work on.
    #[arg(long, global = true, env = "BITHIVE_HOME", default_value = ".bithive")]
    home: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// A confidential job from request to payment, every party in this process.
    Demo(demo::DemoArgs),
    /// The embedded chain of a home folder.
    #[command(subcommand)]
    Chain(commands::chain::Command),
    /// Real CosmWasm chains (wasmd) on this machine.
    #[command(subcommand)]
    Devnet(commands::devnet::Command),
    /// The contracts on a chain of the devnet or any other: uploads, creates and wires what is missing.
    Deploy(commands::deploy::DeployArgs),
    /// Tokens and attestations between chains.
    #[command(subcommand)]
    Ibc(commands::ibc::Command),
    /// Accounts.
    #[command(subcommand)]
    Wallet(commands::wallet::Command),
    /// BTK behind nodes: pledges, delegations, rewards.
    #[command(subcommand)]
    Stake(commands::stake::Command),
    /// Tokens that become due on a schedule.
    #[command(subcommand)]
    Vesting(commands::vesting::Command),
    /// BTT for what patients do for their health, signed for by several parties.
    #[command(subcommand)]
    Rewards(commands::rewards::Command),
    /// Who may post jobs.
    #[command(subcommand)]
    Requester(commands::requester::Command),
    /// Contributor nodes.
    #[command(subcommand)]
    Node(commands::node::Command),
    /// Committee members.
    #[command(subcommand)]
    Committee(commands::daemon::CommitteeCommand),
    /// Relays.
    #[command(subcommand)]
    Relay(commands::daemon::RelayCommand),
    /// Relayers, which do on chain what is due.
    #[command(subcommand)]
    Relayer(commands::daemon::RelayerCommand),
    /// Configurations of nodes, committee members, relays, relayers and requesters.
    #[command(subcommand)]
    Config(commands::daemon::ConfigCommand),
    /// Keystores: encrypted files with a party's keys.
    #[command(subcommand)]
    Keys(commands::keys::Command),
    /// Whether a party can work, and what is wrong where it can't.
    HealthCheck(commands::health::HealthArgs),
    /// What a party that runs does now.
    Status(commands::health::StatusArgs),
    /// Jobs, from post to result.
    #[command(subcommand)]
    Job(commands::job::Command),
    /// Policies, before money is spent on them.
    #[command(subcommand)]
    Policy(commands::policy::Command),
    /// A reference string made by many, of whom one honest contributor is enough.
    #[command(subcommand)]
    Ceremony(commands::ceremony::Command),
    /// Keys from noisy readings of a chip or a person.
    #[command(subcommand)]
    Reading(commands::reading::Command),
    /// Programs behind emulated links and NATs.
    #[command(subcommand)]
    Netlab(commands::netlab::Command),
    /// What the parts cost on this machine.
    #[command(subcommand)]
    Bench(commands::bench::Command),
    /// The token economy over simulated years.
    #[command(subcommand)]
    Economy(commands::economy::Command),
    /// A node that perturbs its results, for the demo.
    #[command(hide = true)]
    DemoCheat(commands::daemon::RunArgs),
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return fail(&error.into(), cli.json),
    };
    let json = cli.json;
    runtime.block_on(run(cli)).unwrap_or_else(|error| fail(&error, json))
}

async fn run(cli: Cli) -> Result<ExitCode> {
    let output = Output { json: cli.json };
    match cli.command {
        Command::Demo(args) => return demo::run(args, &cli.home, cli.json).await,
        Command::Policy(command) => commands::policy::run(command, output)?,
        Command::Ceremony(command) => return commands::ceremony::run(command, output),
        Command::Reading(command) => return commands::reading::run(command, output),
        Command::Netlab(command) => return commands::netlab::run(command, output),
        Command::Bench(command) => commands::bench::run(command, output).await?,
        Command::Economy(command) => return commands::economy::run(command, output).await,
        Command::Devnet(command) => {
            return tokio::task::block_in_place(|| commands::devnet::run(command, &cli.home, output));
        }
        Command::Deploy(args) => commands::deploy::run(args, &cli.home, output).await?,
        Command::Ibc(command) => return commands::ibc::run(command, &cli.home, output).await,
        Command::Chain(command) => commands::chain::run(command, &cli.home, output).await?,
        Command::Wallet(command) => {
            return commands::wallet::run(command, &mut Home::open(&cli.home).await?, output).await;
        }
        Command::Stake(command) => {
            commands::stake::run(command, &Home::open(&cli.home).await?, output).await?
        }
        Command::Vesting(command) => {
            commands::vesting::run(command, &Home::open(&cli.home).await?, output).await?
        }
        Command::Rewards(command) => {
            commands::rewards::run(command, &Home::open(&cli.home).await?, output).await?
        }
        Command::Committee(command) => return commands::daemon::committee(command, output).await,
        Command::Relay(command) => return commands::daemon::relay(command).await,
        Command::Relayer(command) => return commands::daemon::relayer(command, output).await,
        Command::Config(command) => commands::daemon::config(command, output)?,
        Command::Keys(command) => commands::keys::run(command, output)?,
        Command::HealthCheck(args) => return commands::health::check(args, output).await,
        Command::Status(args) => return commands::health::status(args, output).await,
        Command::DemoCheat(args) => return commands::daemon::node(args, demo::cheat).await,
        Command::Node(commands::node::Command::Run(args)) => return commands::node::run_daemon(args).await,
        Command::Node(commands::node::Command::Join(args)) => commands::join::node(*args, output).await?,
        Command::Requester(commands::requester::Command::Join(args)) => {
            commands::join::requester(args, output).await?;
        }
        Command::Job(commands::job::Command::Run(args)) => commands::follow::run(*args, output).await?,
        Command::Requester(command) => {
            commands::requester::run(command, &mut Home::open(&cli.home).await?, output).await?;
        }
        Command::Node(command) => {
            return commands::node::run(command, &mut Home::open(&cli.home).await?, output).await;
        }
        Command::Job(command) => {
            commands::job::run(command, &mut Home::open(&cli.home).await?, output).await?
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what was wrong, on one line, and exits with 2: 1 is for checks that fail.
fn fail(error: &anyhow::Error, json: bool) -> ExitCode {
    if json {
        println!("{}", serde_json::json!({ "ok": false, "error": format!("{error:#}") }));
    } else {
        eprintln!("error: {error:#}");
    }
    ExitCode::from(2)
}
