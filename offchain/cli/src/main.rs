//! The `bithive` command line.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use bithive_chain_commands::{chain, committee, deploy, deployment, devnet, ibc};
use bithive_command_kit::{Output, error_text, printable};
use bithive_demo as demo;
use bithive_party_commands::{
    accredit, audit_log, consent, content, daemon, fhir, gateway, health, job, keys, node, page, policy,
    requester, serve_model, service, setup,
};
use bithive_token_commands::{
    On, dataset, escrow, feed, invoice, listing, model, owner, pay, profile, ramp, randomness, registry,
    rewards, run as on_network, stake, stream, timebank, treasury, tx, vesting, voucher, wallet,
};
use bithive_tool_commands::{bench, boinc, ceremony, dicom, economy, netlab, predict, reading};
use clap::{Parser, Subcommand};

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
    Chain(chain::Command),
    /// Real CosmWasm chains (wasmd) on this machine.
    #[command(subcommand)]
    Devnet(devnet::Command),
    /// The contracts on a chain of the devnet or any other: uploads, creates and wires what is missing.
    ///
    /// A contract that is older than a day keeps what it is told for three days, in which everybody sees it: the exit code is 1 then, and a
    /// run after that time, or `chain settings apply`, lets it take effect.
    Deploy(deploy::DeployArgs),
    /// What others need to take part in a network, as one file.
    #[command(subcommand)]
    Deployment(deployment::Command),
    /// Prepare a party: keys, configuration, and what it has to know of the network, in one folder.
    ///
    /// For example: setup node --network hive.network. What the command line does not say is asked for at the terminal. A
    /// password file that is not there is made, with a random password. It can be run again: what is there stays.
    Setup(setup::SetupArgs),
    /// Units with which systemd runs a party, the page, a served chain, or who watches an audit log.
    #[command(subcommand)]
    Service(service::Command),
    /// Tokens and attestations between chains.
    #[command(subcommand)]
    Ibc(ibc::Command),
    /// Accounts: create, fund, send, list and claim.
    Wallet(On<wallet::Command>),
    /// BTK behind nodes: pledges, delegations, rewards.
    Stake(On<stake::Command>),
    /// Bonds that anyone may challenge: list, challenge, rule, vote, leave, withdraw.
    Listing(On<listing::Command>),
    /// Payments that flow by time or by signed vouchers: open, list, settle, close, withdraw.
    Stream(On<stream::Command>),
    /// Money that waits for a condition: milestones, codes, signers, crowds.
    Escrow(On<escrow::Command>),
    /// Vouchers, which the payer of a stream signs and its payee redeems.
    Voucher(On<voucher::Command>),
    /// Invoices, and whatever else is for sale: create, show, list, cancel, refund, withdraw, receipts.
    Invoice(On<invoice::Command>),
    /// Payments for offers, with links and QR codes that ask for them, and for requests to servers.
    Pay(On<pay::Command>),
    /// Prices and valuations that reporters sign: feeds, reports, prices.
    Feed(On<feed::Command>),
    /// Public randomness: rounds of drand that the chain verifies, and who waits for them.
    Randomness(On<randomness::Command>),
    /// Bank money for assets of the chain, with agents that have a bond; and a simulated bank.
    Ramp(On<ramp::Command>),
    /// Tokens that become due on a schedule.
    Vesting(On<vesting::Command>),
    /// BTT for what patients do for their health, signed for by several parties.
    Rewards(On<rewards::Command>),
    /// Owners of models, who are paid for their runs.
    Model(On<model::Command>),
    /// Data sets, what a use of them costs, and who may name their owners.
    Dataset(On<dataset::Command>),
    /// Credits for idle compute, which pay for jobs.
    Timebank(On<timebank::Command>),
    /// The protocol's share of settlements, and what may be done with it.
    Treasury(On<treasury::Command>),
    /// Bonds, and candidates and elections of the committee.
    Registry(On<registry::Command>),
    /// Owners of contracts: pause, hand over, announce, apply and cancel.
    Owner(On<owner::Command>),
    /// Transactions in files: show, sign without a chain, and send what a command has made with --unsigned.
    #[command(subcommand)]
    Tx(tx::Command),
    /// Networks and accounts by a name of one's own.
    #[command(subcommand)]
    Profile(profile::Command),
    /// Requesters: who may post jobs.
    #[command(subcommand)]
    Requester(requester::Command),
    /// Contributor nodes: add, join, run, add to the bond, commit to attributes, audit and leave.
    #[command(subcommand)]
    Node(node::Command),
    /// Accreditors: read what nodes show of their attributes, and vouch for it.
    #[command(subcommand)]
    Accredit(accredit::Command),
    /// Committee members: run one, show its keys, name them.
    #[command(subcommand)]
    Committee(CommitteeCommand),
    /// Relays, which pass on packets between endpoints that can't reach each other.
    #[command(subcommand)]
    Relay(daemon::RelayCommand),
    /// Relayers, which do on chain what is due.
    #[command(subcommand)]
    Relayer(daemon::RelayerCommand),
    /// Meters, which claim idle time of their machine and vouch for that of others.
    #[command(subcommand)]
    Meter(daemon::MeterCommand),
    /// Configurations of nodes, committee members, relays, relayers, requesters, meters and oracles.
    #[command(subcommand)]
    Config(daemon::ConfigCommand),
    /// Keystores: encrypted files with a party's keys.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Check whether a party can work, and name what is wrong.
    HealthCheck(health::HealthArgs),
    /// Show what a running party does now.
    Status(health::StatusArgs),
    /// The page for people: serve it with the chain and a courier behind it, for example: page --network hive.network
    ///
    /// Without --chain and --network it is the network of the home folder, and its committee and nodes work in this process. The address that it
    /// prints has the token of a session behind its #; what is public needs none. `demo --page` serves a demonstration.
    Page(Box<page::PageArgs>),
    /// Jobs, from post to result.
    #[command(subcommand)]
    Job(job::Command),
    /// FHIR R4: check documents, and write a job's output as a report.
    #[command(subcommand)]
    Fhir(fhir::Command),
    /// Gateways: DICOM and FHIR of a hospital's systems into an encrypted spool.
    #[command(subcommand)]
    Gateway(gateway::Command),
    /// Run a model on rows or images on this machine alone, for example: predict --model phantoms.onnx --input study.bhim --masks masks.bhim
    Predict(predict::PredictArgs),
    /// A model behind HTTP that is paid for by the request (x402), for example: serve-model --chain http://127.0.0.1:26657 --from operator
    /// --price 0.01
    ///
    /// A request is paid for by a voucher of a stream to --from; `bithive pay get` sends one. docs/door.md is the interface.
    ServeModel(Box<serve_model::ServeModelArgs>),
    /// The audit log of a party: check it, show it, and be told of what is unusual.
    #[command(subcommand)]
    Audit(Box<audit_log::Command>),
    /// Consent receipts: who may use which data, for what, until when.
    #[command(subcommand)]
    Consent(Box<consent::Command>),
    /// Contents: encrypted files whose keys a committee releases to whom their author permits.
    #[command(subcommand)]
    Content(Box<content::Command>),
    /// Check policies before money is spent on them.
    #[command(subcommand)]
    Policy(policy::Command),
    /// Make a reference string together, of which one honest contributor is enough, or a committee's key for contents.
    #[command(subcommand)]
    Ceremony(ceremony::Command),
    /// Keys from noisy readings of a chip or a person.
    #[command(subcommand)]
    Reading(reading::Command),
    /// Medical images: what files are, without the patient's name, and as the images that jobs take.
    #[command(subcommand)]
    Dicom(dicom::Command),
    /// Programs behind emulated links and NATs.
    #[command(subcommand)]
    Netlab(netlab::Command),
    /// Statistics that BOINC projects export, and accounts of projects that name one on a chain.
    #[command(subcommand)]
    Boinc(BoincCommand),
    /// Measure what the parts cost on this machine.
    #[command(subcommand)]
    Bench(bench::Command),
    /// Simulate the token economy over years.
    #[command(subcommand)]
    Economy(economy::Command),
    /// A node that perturbs its results, for the demo.
    #[command(hide = true)]
    DemoCheat(daemon::RunArgs),
}

/// Commands on files, and those of oracles.
#[derive(Subcommand)]
enum BoincCommand {
    #[command(flatten)]
    File(boinc::Command),
    /// Oracles, which attest what hosts have earned in BOINC projects.
    #[command(subcommand)]
    Oracle(daemon::OracleCommand),
}

/// Commands of members and of the registry's owner.
#[derive(Subcommand)]
enum CommitteeCommand {
    #[command(flatten)]
    Member(daemon::CommitteeCommand),
    /// Name the committee, as the owner of the registry, from an epoch on.
    ///
    /// In a registry that is older than a day, another committee than the one in force waits for three days, in which everybody sees it: the
    /// exit code is 1 then, and the same command says what waits, or applies it.
    Name(committee::NameArgs),
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
    let (home, output) = (&cli.home, Output { json: cli.json });
    match cli.command {
        Command::Demo(args) => return demo::run(args, home, output).await,
        Command::Chain(command) => return chain::run(command, home, output).await,
        Command::Devnet(command) => {
            return tokio::task::block_in_place(|| devnet::run(command, home, output));
        }
        Command::Deploy(args) => return deploy::run(args, home, output).await,
        Command::Ibc(command) => return ibc::run(command, home, output).await,
        Command::Wallet(on) => return on_network(on, output, |on| wallet::run(on, home, output)).await,
        Command::Stake(on) => on_network(on, output, |on| stake::run(on, home, output)).await?,
        Command::Listing(on) => return on_network(on, output, |on| listing::run(on, home, output)).await,
        Command::Stream(on) => on_network(on, output, |on| stream::run(on, home, output)).await?,
        Command::Escrow(on) => on_network(on, output, |on| escrow::run(on, home, output)).await?,
        Command::Voucher(on) => return on_network(on, output, |on| voucher::run(on, home, output)).await,
        Command::Invoice(on) => return on_network(on, output, |on| invoice::run(on, home, output)).await,
        Command::Feed(on) => return on_network(on, output, |on| feed::run(on, home, output)).await,
        Command::Randomness(on) => {
            return on_network(on, output, |on| randomness::run(on, home, output)).await;
        }
        Command::Pay(on) => on_network(on, output, |on| pay::run(on, home, output)).await?,
        Command::Ramp(on) => return on_network(on, output, |on| ramp::run(on, home, output)).await,
        Command::Vesting(on) => on_network(on, output, |on| vesting::run(on, home, output)).await?,
        Command::Rewards(on) => return on_network(on, output, |on| rewards::run(on, home, output)).await,
        Command::Model(on) => on_network(on, output, |on| model::run(on, home, output)).await?,
        Command::Dataset(on) => on_network(on, output, |on| dataset::run(on, home, output)).await?,
        Command::Timebank(on) => return on_network(on, output, |on| timebank::run(on, home, output)).await,
        Command::Treasury(on) => return on_network(on, output, |on| treasury::run(on, home, output)).await,
        Command::Registry(on) => return on_network(on, output, |on| registry::run(on, home, output)).await,
        Command::Owner(on) => return on_network(on, output, |on| owner::run(on, home, output)).await,
        Command::Tx(command) => return tx::run(command, home, output).await,
        Command::Profile(command) => profile::run(command, output)?,
        Command::Requester(command) => requester::run(command, home, output).await?,
        Command::Node(command) => return node::run(command, home, output).await,
        Command::Accredit(command) => return accredit::run(command, home, output).await,
        Command::Page(args) => page::run(*args, home, output).await?,
        Command::Job(command) => return job::run(command, home, output).await,
        Command::Fhir(command) => return fhir::run(command, home, output).await,
        Command::Gateway(command) => return gateway::run(command, output).await,
        Command::Deployment(command) => deployment::run(command, home, output).await?,
        Command::Service(command) => service::run(command, home, output)?,
        Command::Setup(args) => setup::run(args, home, output).await?,
        Command::Committee(CommitteeCommand::Member(command)) => {
            return daemon::committee(command, output).await;
        }
        Command::Committee(CommitteeCommand::Name(args)) => return committee::name(args, home, output).await,
        Command::Relay(command) => return daemon::relay(command).await,
        Command::Relayer(command) => return daemon::relayer(command, output).await,
        Command::Meter(command) => return daemon::meter(command, output).await,
        Command::Config(command) => daemon::config(command, output)?,
        Command::Keys(command) => keys::run(command, output)?,
        Command::HealthCheck(args) => return health::check(args, output).await,
        Command::Status(args) => return health::status(args, output).await,
        Command::ServeModel(args) => serve_model::run(*args, home, output).await?,
        Command::Predict(args) => predict::run(&args, output)?,
        Command::Audit(command) => return audit_log::run(*command, home, output).await,
        Command::Consent(command) => return consent::run(*command, home, output).await,
        Command::Content(command) => return content::run(*command, home, output).await,
        Command::Policy(command) => policy::run(command, output)?,
        Command::Ceremony(command) => return ceremony::run(command, output),
        Command::Reading(command) => return reading::run(command, output),
        Command::Dicom(command) => return dicom::run(command, output),
        Command::Netlab(command) => return netlab::run(command, output),
        Command::Boinc(BoincCommand::File(command)) => return boinc::run(command, output),
        Command::Boinc(BoincCommand::Oracle(command)) => return daemon::oracle(command, output).await,
        Command::Bench(command) => bench::run(command, output).await?,
        Command::Economy(command) => return economy::run(command, output).await,
        Command::DemoCheat(args) => return daemon::node(args, demo::cheat).await,
    }
    Ok(ExitCode::SUCCESS)
}

/// Says what was wrong, on one line, and exits with 2: 1 is for checks that fail.
fn fail(error: &anyhow::Error, json: bool) -> ExitCode {
    let text = error_text(error);
    if json {
        println!("{}", serde_json::json!({ "ok": false, "error": text }));
    } else {
        // It may quote a file, an argument or what somebody else has sent.
        eprintln!("error: {}", printable(&text));
    }
    ExitCode::from(2)
}
