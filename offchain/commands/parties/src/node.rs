//! `bithive node`: contributor nodes.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use bithive_api::registry::NodeResponse;
use bithive_blindmatch::attributes::Attributes;
use bithive_chain::Chain;
use bithive_client::Client;
use bithive_client::amount::{self, show};
use bithive_command_kit::{Output, table};
use bithive_daemon::keys::NodeFile;
use bithive_home::Home;
use bithive_inference::Device;
use bithive_local::fork;
use bithive_node::{Contributor, NodeKeys, Observer, Onnx, Report, Setup};
use bithive_state::State;
use clap::Subcommand;
use serde_json::json;

use super::acting::ReaderArgs;
use super::audit::{self, AuditArgs};
use super::daemon::{self, RunArgs};
use super::join::{self, NodeJoinArgs};
use super::nodes::{load, parse_attributes, store};
use super::registration::{self, AddBondArgs, CommitArgs, DiscloseArgs, NodeArgs};

/// Contributor nodes: add, join, run, audit and leave.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Create a node's keys, fund it from the operator, and register it.
    Add {
        /// Name of the node.
        name: String,
        /// An attribute, like vram=24, region=eu or certifications=iso27001,gdpr; repeat it for every attribute of the schema.
        #[arg(long = "set", value_name = "NAME=VALUE", required = true)]
        attributes: Vec<String>,
        /// What it asks for a job, in BTT.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse)]
        ask: u128,
        /// DGKBE slot; the first free one by default.
        #[arg(long)]
        slot: Option<u16>,
        /// Bond in BTT.
        #[arg(long, allow_negative_numbers = true, value_parser = amount::parse, default_value = "1000")]
        bond: u128,
    },
    /// List all registered nodes.
    List {
        #[command(flatten)]
        reader: ReaderArgs,
    },
    /// Let nodes do everything that is due now, then stop.
    Once {
        /// Names; all nodes by default.
        names: Vec<String>,
        /// Where models run: cpu or gpu.
        #[arg(long, default_value_t = Device::Cpu)]
        device: Device,
    },
    /// Run a node over the network until it is stopped.
    Run(RunArgs),
    /// Make a node's keys and register it, over the network.
    Join(Box<NodeJoinArgs>),
    Audit(AuditArgs),
    /// Add to a node's bond: the more, the more open jobs it covers at once.
    AddBond(AddBondArgs),
    /// Register the commitment to a node's attributes, after changing them with --set.
    ///
    /// Requests are evaluated for the registered attributes only. They can be replaced once in the time that leaving takes, and
    /// accreditors have to see the new ones.
    Commit(CommitArgs),
    /// Write a file that shows some of a node's attributes to an accreditor, and no others.
    Disclose(DiscloseArgs),
    /// Start to leave: the node is no longer chosen, and its bond can be withdrawn after the unbonding time.
    Unbond(NodeArgs),
}

/// Runs a command. Those of a node that has an endpoint of its own need no home.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Run(args) => return daemon::node(args, |onnx| Arc::new(onnx)).await,
        Command::Join(args) => join::node(*args, output).await?,
        Command::AddBond(args) => registration::add_bond(args, home, output).await?,
        Command::Commit(args) => registration::commit(args, home, output).await?,
        Command::Disclose(args) => registration::disclose(args, home, output).await?,
        Command::Audit(args) => return audit::run(args, home, output).await,
        Command::Add { name, attributes, ask, slot, bond } => {
            let mut home = Home::open(home).await?;
            let node = add(&mut home, &name, &attributes, ask, slot, bond).await?;
            output.show(&node, |node| {
                println!("{name} {} has slot {}", node.address, node.registration.slot)
            })?;
        }
        Command::List { reader } => {
            let (client, home) = reader.open(home).await?;
            list(&client, home.as_ref(), output).await?;
        }
        Command::Once { names, device } => {
            let mut home = Home::open(home).await?;
            device.check()?;
            once(&mut home, names, device, output).await?;
        }
        Command::Unbond(args) => registration::unbond(args, home, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn add(
    home: &mut Home,
    name: &str,
    attributes: &[String],
    ask: u128,
    slot: Option<u16>,
    bond: u128,
) -> Result<NodeResponse> {
    let path = home.file("nodes", name, "json")?;
    if path.exists() {
        bail!("there is a node {name:?} already");
    }
    let values = parse_attributes(attributes, &home.local.schema)?;
    let checked = Attributes::new(&home.local.schema, values.clone())?;
    let slot = match slot {
        Some(slot) => slot,
        None => join::free_slot(&home.local.client, home.local.groups).await?,
    };
    let (keys, public) = NodeKeys::generate(&home.local.crs, home.local.groups, slot, &mut home.rng)?;
    let address = keys.account.address().to_owned();
    home.local.exchange(keys.endpoint.id()).publish(public.encode().into()).await?;
    home.local.fund(&address, bond).await?;
    let domain = home.local.client.deployment().registry_domain();
    let registration = keys.registration(domain, slot, &public, &checked);
    // Stored before it is registered: a bond without its keys would be lost for as long as it stays.
    store(home, name, &NodeFile::new(&keys, values, ask))?;
    let account = home.local.account(keys.account).await?;
    if let Err(error) = account.register_node(registration, bond).await {
        std::fs::remove_file(&path)?;
        return Err(error.into());
    }
    home.local.client.node(&address).await?.context("the node is not registered")
}

async fn list(client: &Client, home: Option<&Home>, output: Output) -> Result<()> {
    let mut names: BTreeMap<String, String> = BTreeMap::new();
    if let Some(home) = home {
        for name in home.names("nodes")? {
            names.insert(load(home, &name)?.0.account.address().to_owned(), name);
        }
    }
    let nodes = client.nodes().await?;
    let rows: Vec<_> = nodes
        .iter()
        .map(|node| {
            json!({
                "name": names.get(node.address.as_str()),
                "address": node.address,
                "slot": node.registration.slot,
                "bond": node.bond.u128(),
                "slashed": node.slashed.u128(),
                "eligible": node.eligible,
            })
        })
        .collect();
    output.show(&rows, |_| {
        let mut rows = table(&["node", "address", "slot", "bond", "slashed", "eligible"]);
        for node in &nodes {
            rows.add_row([
                names.get(node.address.as_str()).cloned().unwrap_or_default(),
                node.address.to_string(),
                node.registration.slot.to_string(),
                show(node.bond.u128()),
                show(node.slashed.u128()),
                if node.eligible { "yes".into() } else { "no".into() },
            ]);
        }
        println!("{rows}");
    })
}

/// Prints a node's reports and keeps them for the JSON answer.
struct Printer {
    name: String,
    output: Output,
    reports: Arc<std::sync::Mutex<Vec<serde_json::Value>>>,
}

impl Observer for Printer {
    fn report(&self, report: Report) {
        let text = describe(&report);
        self.output.note(format!("{}: {text}", self.name));
        if let Ok(mut reports) = self.reports.lock() {
            reports.push(json!({ "node": self.name, "did": text }));
        }
    }
}

/// What a node did, in words.
pub(crate) fn describe(report: &Report) -> String {
    match report {
        Report::VaultTried { job_id, opened: true } => format!("the vault of job {job_id} opens"),
        Report::VaultTried { job_id, opened: false } => format!("the vault of job {job_id} does not open"),
        Report::Declined { job_id, reason } => format!("does not claim job {job_id}: {reason}"),
        Report::Claimed { job_id, ask, .. } => format!("claims job {job_id} for {}", show(*ask)),
        Report::NotChosen { job_id } => format!("is not chosen for job {job_id}"),
        Report::Decrypted { job_id, bytes } => format!("decrypts {bytes} bytes of job {job_id}"),
        Report::Committed { job_id } => format!("commits to a result of job {job_id}"),
        Report::Revealed { job_id } => format!("reveals its masked result of job {job_id}"),
        Report::Signed { job_id } => format!("signs the final statement of job {job_id}"),
        Report::ShowedSignature { job_id } => format!("shows its signature for job {job_id} on chain"),
        Report::Finalized { job_id } => format!("settles job {job_id}"),
        Report::Withdrew { amount } => format!("withdraws {}", show(*amount)),
        Report::Failed { job_id, reason, retries } => {
            let then = if *retries { "tries again later" } else { "gives up" };
            format!("job {job_id}: {reason}; {then}")
        }
    }
}

async fn once(home: &mut Home, names: Vec<String>, device: Device, output: Output) -> Result<()> {
    let names = if names.is_empty() { home.names("nodes")? } else { names };
    let reports = Arc::default();
    let mut nodes = Vec::with_capacity(names.len());
    for name in &names {
        let observer = Printer { name: name.clone(), output, reports: Arc::clone(&reports) };
        nodes.push(open(home, name, device, Arc::new(observer)).await?);
    }
    // One node's transactions and messages can be another's work: go round until the chain stands still.
    loop {
        let before = home.local.chain.info().await?.height;
        for node in &mut nodes {
            node.catch_up().await?;
        }
        if home.local.chain.info().await?.height == before {
            break;
        }
    }
    let reports = reports.lock().map(|reports| reports.clone()).unwrap_or_default();
    output.show(&json!({ "nodes": names, "reports": reports }), |_| {
        if reports.is_empty() {
            println!("nothing to do");
        }
    })
}

/// A node of the home, which goes on where its records end.
pub(crate) async fn open(
    home: &mut Home,
    name: &str,
    device: Device,
    observer: Arc<dyn Observer>,
) -> Result<Contributor> {
    let (keys, stored) = load(home, name)?;
    let account = home.local.account(keys.account.clone()).await?;
    let exchange = home.local.exchange(keys.endpoint.id());
    let state = State::open(&home.file("nodes", name, "redb")?)?;
    let setup = Setup {
        account,
        attributes: Attributes::new(&home.local.schema, stored.attributes.clone())?,
        ask: stored.ask,
        crs: home.local.crs.clone(),
        compute: Arc::new(Onnx::new(device)),
        observer,
        rng: fork(&mut home.rng),
        keys,
        exchange,
        state,
    };
    Contributor::new(setup, 1).await.with_context(|| format!("node {name:?}"))
}
