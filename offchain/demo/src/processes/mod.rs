//! Every party as a process of its own, on this machine, over UDP.
//!
//! The demo writes each party a folder with its keys and configuration, starts the same commands that separate
//! machines run, and listens to what they say on standard output. Parties find each other by the relay that each
//! has registered on chain; data, keys, claims and results travel between their endpoints only.

mod files;
mod hosts;
mod process;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use async_trait::async_trait;
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{Chain, Cosmos, CosmosOptions, SigningKey, Wallet};
use bithive_client::{Account, Client, Deployment};
use bithive_daemon::Event;
use bithive_daemon::config::NetworkConfig;
use bithive_daemon::party::Party;
use bithive_exchange::{EndpointKey, Exchange, PeerId};
use bithive_local::{Founders, REQUESTER_BOND, UNIT, deploy, open_chain};
use bithive_requester::Selection;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use tokio::sync::mpsc::UnboundedSender;

pub(super) use self::hosts::Hosts;

use self::files::{Common, node_keys};
use self::process::{Plan, Process};
use super::args::DemoArgs;
use super::check::{Check, Observations};
use super::folder::Folder;
use super::network::{Attacker, FaultPoint, JobRequest, Matched, Network, Parties, Posted};
use super::node::DemoNode;
use super::reports::{NodeReports, PartyEvent};
use super::screen::Screen;
use super::setup::{DemoState, Genesis, StageTimer, populate};
use bithive_home::{CRS, DEPLOYMENT, PASSWORD, write_founders, write_json};
use bithive_keystore::private;
use bithive_requester::{AssignmentSummary, JobProgress};

/// How often the demo asks the chain about its own transactions.
const POLL: Duration = Duration::from_millis(50);
const HOME: &str = "chain";
const REQUESTER: &str = "requester";
const AUDITOR: &str = "auditor";
const LONGEST_CLAIMS: &str = "120";

/// The running parties.
pub(super) struct Processes {
    /// Dropped in this order: processes before the folder they live in.
    chain: Option<Process>,
    relay: Option<Process>,
    committee: Vec<Process>,
    nodes: Vec<Process>,
    job: Option<Process>,
    requester: Account,
    requester_config: OsString,
    /// A registered requester beside the one whose jobs these are; tries what it may not.
    auditor: Party,
    /// Endpoint and account of every node.
    accounts: Vec<(PeerId, String)>,
    /// Who claimed, by job.
    claims: BTreeMap<u64, BTreeSet<String>>,
    input: Vec<OsString>,
    rows: Vec<usize>,
    kill: bool,
    reports: UnboundedSender<PartyEvent>,
    screen: Screen,
    folder: Folder,
    hosts: Hosts,
}

/// Founds the network and starts everybody.
pub(super) async fn start(
    args: &DemoArgs,
    policy: &Policy,
    screen: Screen,
    hosts: Hosts,
) -> Result<(DemoState, Processes)> {
    let mut rng = ChaCha20Rng::seed_from_u64(args.seed);
    let (timer, reports, folder) = (StageTimer::new(), NodeReports::new(), Folder::new()?);
    let Genesis { crs, founders, groups } = Genesis::draw(args, screen, &mut rng)?;
    let deployment = found(&folder.of(HOME), &founders, &crs, groups.count()).await?;
    screen.line(hosts.shown());
    let site = (&folder, &hosts);
    let mut chain = launch(site, chain_plan(site)?, &reports)?;
    let rpc = chain.until("its address", |served: serde_json::Value| {
        served.get("url").and_then(|url| url.as_str()).map(str::to_owned)
    });
    let rpc = rpc.await?;
    screen.line(format!("chain {} is a process, at {rpc}", deployment.chain_id));
    let options = CosmosOptions::new(rpc.as_str()).chain_id(deployment.chain_id.as_str()).poll_interval(POLL);
    let handle: Arc<dyn Chain> = Arc::new(Cosmos::connect(options).await?);
    let client = Client::new(handle.clone(), deployment.clone());
    let operator = Account::new(client.clone(), Wallet::connect(handle, founders.operator.clone()).await?);
    let crs = Arc::new(crs);
    let schema = Schema::bithive();
    let network =
        Network { client: client.clone(), crs: crs.clone(), groups, schema, operator, first_height: 1 };
    let treasuries = (founders.treasury.clone(), founders.incentive_pool.clone());
    let provide = async |node: &DemoNode| node_keys(&folder.of(&node.profile.name), node, &crs);
    let mut demo = populate(args, policy, (network, treasuries), (screen, timer), rng, provide).await?;
    demo.reports = reports;

    let relay = relay(site, &demo.reports, (&rpc, &deployment)).await?;
    let common = Common { rpc, relay: relay.1, deployment, crs: crs.encode(), listen: hosts.listen() };
    screen.line(format!("relay at {}, for members of the registry", common.relay));
    let committee = committee(site, &demo.reports, &common, &founders, &client).await?;
    screen.line(format!("{} committee members run, and have posted share keys", committee.len()));
    let nodes = nodes(site, &demo, &common, args).await?;
    screen.line(format!("{} nodes run", nodes.len()));
    let (requester, requester_config) = requester(&folder, &mut demo, &common).await?;
    let auditor = auditor(site, &mut demo, &common).await?;
    demo.timer.lap("1_genesis");
    let processes = Processes {
        chain: Some(chain),
        relay: Some(relay.0),
        committee,
        nodes,
        job: None,
        requester,
        requester_config,
        auditor,
        accounts: demo.nodes.iter().map(|node| (node.endpoint, node.address.clone())).collect(),
        claims: BTreeMap::new(),
        input: input_arguments(args)?,
        rows: args.rows.clone(),
        kill: args.kill,
        reports: demo.reports.sender(),
        screen,
        folder,
        hosts,
    };
    Ok((demo, processes))
}

/// Makes the chain's home: its first blocks hold the contracts.
async fn found(
    home: &Path,
    founders: &Founders,
    crs: &bithive_dgkbe::Crs,
    groups: u16,
) -> Result<Deployment> {
    std::fs::create_dir_all(home).with_context(|| home.display().to_string())?;
    write_founders(home, founders)?;
    private::replace(&home.join(CRS), &crs.encode())?;
    let chain = open_chain(Some(&home.join("chain")), founders)?;
    let deployment = deploy(Arc::new(chain), founders, crs, groups).await?;
    write_json(&home.join(DEPLOYMENT), &deployment)?;
    Ok(deployment)
}

/// The parties' folders and hosts.
type Site<'a> = (&'a Folder, &'a Hosts);

fn launch((folder, hosts): Site<'_>, plan: Plan, reports: &NodeReports) -> Result<Process> {
    let (command, log) = (hosts.command(&plan.name)?, folder.log(&plan.name));
    Process::start(plan, command, &log, reports.sender())
}

fn plan(name: &str, node: Option<usize>, arguments: &[&str], config: &Path) -> Plan {
    let mut arguments: Vec<OsString> = arguments.iter().map(Into::into).collect();
    arguments.extend(["--config".into(), config.into(), "--stop-with-stdin".into()]);
    arguments.extend(password_arguments(config));
    Plan { name: name.into(), arguments, node, last: None }
}

/// The password of a party's keystore is in its folder; a relay has none.
fn password_arguments(config: &Path) -> Vec<OsString> {
    let password = config.with_file_name(PASSWORD);
    if password.exists() { vec!["--password-file".into(), password.into()] } else { Vec::new() }
}

fn chain_plan((folder, hosts): Site<'_>) -> Result<Plan> {
    let mut arguments: Vec<OsString> = vec!["--json".into(), "--home".into(), folder.of(HOME).into()];
    arguments.extend(["chain", "serve", "--listen"].map(Into::into));
    arguments.push(SocketAddr::from((hosts.public()?, 0)).to_string().into());
    Ok(Plan { name: HOME.into(), arguments, node: None, last: None })
}

async fn relay(
    site: Site<'_>,
    reports: &NodeReports,
    (rpc, deployment): (&str, &Deployment),
) -> Result<(Process, String)> {
    let own = site.0.of("relay");
    std::fs::create_dir_all(&own)?;
    write_json(&own.join(DEPLOYMENT), deployment)?;
    let config = own.join("config.toml");
    let listen = SocketAddr::from((site.1.public()?, 0)).to_string();
    let text = format!(
        "role = \"relay\"\nlisten = {listen:?}\n\n[chain]\nrpc = {rpc:?}\ndeployment = {DEPLOYMENT:?}\n"
    );
    private::replace(&config, text.as_bytes())?;
    let mut relay = launch(site, plan("relay", None, &["relay", "run"], &config), reports)?;
    match relay.ready().await? {
        Event::Ready { url: Some(url), .. } => Ok((relay, url)),
        other => bail!("the relay has no URL: {other:?}"),
    }
}

async fn committee(
    site: Site<'_>,
    reports: &NodeReports,
    common: &Common,
    founders: &Founders,
    client: &Client,
) -> Result<Vec<Process>> {
    let mut members = Vec::new();
    for (number, keys) in (1..).zip(&founders.committee) {
        let name = format!("committee-{number}");
        let config = common.account(&site.0.of(&name), "committee", (&keys.account, &keys.endpoint))?;
        members.push(launch(site, plan(&name, None, &["committee", "run"], &config), reports)?);
    }
    let epoch = client.committee().await?.epoch;
    for member in &mut members {
        member.ready().await?;
    }
    for member in &mut members {
        let posted =
            |event| matches!(event, Event::ShareKeys { epoch: posted } if posted == epoch).then_some(());
        member.until("share keys", posted).await?;
    }
    Ok(members)
}

async fn nodes(site: Site<'_>, demo: &DemoState, common: &Common, args: &DemoArgs) -> Result<Vec<Process>> {
    let mut nodes = Vec::new();
    for (index, node) in demo.nodes.iter().enumerate() {
        let name = &node.profile.name;
        let config = common.node(&site.0.of(name), &args.device.to_string())?;
        let command: &[&str] = if demo.roles.perturbs(index) { &["demo-cheat"] } else { &["node", "run"] };
        nodes.push(launch(site, plan(name, Some(index), command, &config), &demo.reports)?);
    }
    for node in &mut nodes {
        node.ready().await?;
    }
    Ok(nodes)
}

/// Registers the requester; its process runs while there is a job.
async fn requester(folder: &Folder, demo: &mut DemoState, common: &Common) -> Result<(Account, OsString)> {
    let (account, endpoint) = newcomer(demo, 1_000 * UNIT).await?;
    let config = common.account(&folder.of(REQUESTER), "requester", (&account, &endpoint))?;
    Ok((demo.network.account(account).await?, config.into()))
}

/// Another registered requester: from its endpoint the outsiders' keys are tried, and it is the one that wants to know more than
/// it should.
async fn auditor((folder, hosts): Site<'_>, demo: &mut DemoState, common: &Common) -> Result<Party> {
    let (account, endpoint) = newcomer(demo, 1_000 * UNIT).await?;
    let network = NetworkConfig {
        listen: vec![hosts.listen().parse()?],
        relays: vec![common.relay.parse()?],
        ..NetworkConfig::default()
    };
    let data = folder.of(AUDITOR);
    Ok(Party::start(&demo.network.client, &network, &data, (account, &endpoint)).await?)
}

async fn newcomer(demo: &mut DemoState, money: u128) -> Result<(SigningKey, EndpointKey)> {
    let endpoint = EndpointKey::generate(&mut demo.rng);
    let key = SigningKey::generate(&mut demo.rng);
    let account = demo.network.account(key.clone()).await?;
    demo.network.fund(account.address(), money + REQUESTER_BOND).await?;
    account.register_requester(endpoint.id().0, REQUESTER_BOND).await?;
    Ok((key, endpoint))
}

/// The arguments that choose input and model; relative paths hold for the requester's process, too.
fn input_arguments(args: &DemoArgs) -> Result<Vec<OsString>> {
    let mut arguments: Vec<OsString> = Vec::new();
    for (name, path) in [("--input", &args.input), ("--model", &args.model)] {
        if let Some(path) = path {
            arguments.extend([name.into(), std::path::absolute(path)?.into()]);
        }
    }
    Ok(arguments)
}

impl Processes {
    fn running(&mut self) -> Result<&mut Process> {
        self.job.as_mut().context("no job is posted")
    }

    /// Kills a party, starts it again, and waits until it answers.
    async fn restart(&self, party: Process) -> Result<Process> {
        let plan = party.kill();
        self.screen.line(format!("{} is killed, and started again", plan.name));
        let log = self.folder.log(&plan.name);
        let command = self.hosts.command(&plan.name)?;
        let mut party = Process::start(plan, command, &log, self.reports.clone())?;
        party.ready().await?;
        Ok(party)
    }
}

#[async_trait]
impl Parties for Processes {
    async fn post(&mut self, job: JobRequest<'_>) -> Result<Posted> {
        let JobRequest { policy, spec, rows, selection, claims } = job;
        let price = format!("{}.{:06}", spec.offer.price / UNIT, spec.offer.price % UNIT);
        let mut arguments: Vec<OsString> =
            ["--json", "job", "run", "--policy", policy].map(Into::into).into();
        let mut set = |name: &str, value: OsString| arguments.extend([name.into(), value]);
        set("--config", self.requester_config.clone());
        set("--password-file", Path::new(&self.requester_config).with_file_name(PASSWORD).into());
        set("--price", price.into());
        set("--workers", spec.offer.quorum.workers.to_string().into());
        set("--quorum", spec.offer.quorum.quorum.to_string().into());
        set("--tolerance", spec.offer.quorum.tolerance.to_string().into());
        set("--claims", claims.to_string().into());
        set("--claims-seconds", LONGEST_CLAIMS.into());
        if let Some(owner) = &spec.offer.model_owner {
            set("--model-owner", owner.into());
        }
        // The first rows of those that were asked for, or of all.
        let chosen = if self.rows.is_empty() { (0..rows).collect() } else { self.rows.clone() };
        for row in chosen.iter().take(rows) {
            set("--row", row.to_string().into());
        }
        for account in &selection.exclude {
            set("--exclude", account.into());
        }
        arguments.extend(self.input.clone());
        arguments.push("--stop-with-stdin".into());
        let plan = Plan { name: REQUESTER.into(), arguments, node: None, last: Some("settled") };
        let command = self.hosts.command(REQUESTER)?;
        let mut job = Process::start(plan, command, &self.folder.log(REQUESTER), self.reports.clone())?;
        let posted = job.until("posted", |step| match step {
            JobProgress::Posted { job_id, vault, .. } => Some((job_id, vault)),
            _ => None,
        });
        let (job_id, vault) = posted.await?;
        self.job = Some(job);
        Ok(Posted { job_id, vault: hex::decode(vault).context("the vault")? })
    }

    async fn assign(&mut self, job_id: u64, _: &Selection) -> Result<AssignmentSummary> {
        let assigned = self.running()?.until("assigned", |step| match step {
            JobProgress::Assigned { claims, refused, chosen, .. } => Some((claims, refused, chosen)),
            _ => None,
        });
        let (claims, refused, chosen) = assigned.await?;
        if let Some(reason) = refused.first() {
            bail!("a claim was refused: {reason}");
        }
        self.claims.insert(job_id, claims.into_iter().collect());
        Ok(chosen)
    }

    async fn result(&mut self, _: u64) -> Result<Vec<f32>> {
        let settled = self.running()?.until("the result", |step| match step {
            JobProgress::Settled { values, .. } => Some(values),
            _ => None,
        });
        let values = settled.await?;
        self.job.take().context("no job is posted")?.finish().await?;
        Ok(values)
    }

    fn requester(&self) -> &Account {
        &self.requester
    }

    fn attacker(&self) -> Attacker {
        let Party { account, .. } = &self.auditor;
        Attacker { account: account.clone(), exchange: self.auditor.exchange(), tags: self.auditor.tags() }
    }

    fn outsider(&self, _: &DemoNode) -> Arc<dyn Exchange> {
        self.auditor.exchange()
    }

    async fn inject_fault(&mut self, point: FaultPoint, worker: Option<usize>) -> Result<()> {
        match (self.kill, point, worker) {
            (true, FaultPoint::Posted, _) => {
                let member = self.committee.pop().context("there is no committee")?;
                let member = self.restart(member).await?;
                self.committee.push(member);
            }
            (true, FaultPoint::Assigned, Some(worker)) if worker < self.nodes.len() => {
                let node = self.nodes.remove(worker);
                let node = self.restart(node).await?;
                self.nodes.insert(worker, node);
            }
            _ => {}
        }
        Ok(())
    }

    async fn stop(&mut self) -> Result<()> {
        let parties = self.nodes.drain(..).chain(self.committee.drain(..)).chain(self.relay.take());
        let mut stopping = tokio::task::JoinSet::new();
        parties.for_each(|party| drop(stopping.spawn(party.stop())));
        while let Some(stopped) = stopping.join_next().await {
            stopped??;
        }
        self.auditor.transport.close().await;
        // The chain goes on: the books are still to be read.
        if let Some(chain) = &self.chain {
            chain.may_end();
        }
        Ok(())
    }

    fn observed(&self, jobs: &[Matched]) -> Result<Observations> {
        let bodies = self.folder.contents(&[HOME, REQUESTER, AUDITOR])?;
        let (mut exact, mut claimed, mut qualified) = (true, 0, 0);
        // Only the requester's process says who has claimed.
        for Matched { job_id, nodes, .. } in jobs.iter().filter(|job| !job.of_attacker) {
            let qualifying = self.accounts.iter().filter(|(endpoint, _)| nodes.contains(endpoint));
            let qualifying: BTreeSet<String> = qualifying.map(|(_, account)| account.clone()).collect();
            let claims = self.claims.get(job_id);
            exact &= claims == Some(&qualifying);
            claimed += claims.map_or(0, BTreeSet::len);
            qualified += qualifying.len();
        }
        let checks = vec![Check::new(
            "claims come from the qualifying nodes, and from all of them",
            exact,
            format!("{claimed} claims, {qualified} of qualifying nodes, in {} jobs", self.claims.len()),
        )];
        Ok(Observations { places: "files and logs of the other parties", bodies, checks })
    }
}
