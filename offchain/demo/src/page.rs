//! A demonstration network that lives until it is interrupted, and the page for people before it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bithive_blindmatch::policy::Policy;
use bithive_blindmatch::schema::Schema;
use bithive_chain::{BlockClock, Chain as _, Embedded, ServeOptions, Server, SigningKey};
use bithive_command_kit::{Output, input};
use bithive_daemon::Stop;
use bithive_exchange::EndpointKey;
use bithive_local::{Local, UNIT};
use bithive_node::{NodeKeys, Report};
use bithive_page::{DevelopmentKey, Node, PageOptions, Reports, SessionOptions};
use bithive_party_commands::page;
use tokio::time::{MissedTickBehavior, interval};

use super::args::DemoArgs;
use super::imaging;
use super::profiles::POLICY;
use super::screen::Screen;
use super::setup::{DemoState, NOTICE};
use super::stages::first_job;
use super::tasks::{self, Tasks};

/// How often the committee looks whether a new epoch wants its share keys.
const DUTIES: Duration = Duration::from_secs(5);
/// What accounts for the page hold at first.
const GRANT: u128 = 5_000 * UNIT;

/// Serves the page until the process is asked to stop.
pub(super) async fn run(args: &DemoArgs, output: Output) -> Result<()> {
    let screen = Screen { quiet: output.json };
    let (stop, _handle) = Stop::on_signals()?;
    let served = async {
        let load = || input::load(args.input.as_deref(), args.model.as_deref(), &args.rows, args.device);
        // Bad input ends the demo before anything else happens.
        let input = if args.imaging { None } else { Some(load()?) };
        let policy = Policy::parse(POLICY, &Schema::bithive())?;
        let (mut demo, mut parties, owner) = tasks::with_economy(args, &policy, screen).await?;
        let mut shown = Shown { owner, patient: None, reports: None };
        if let Some(input) = input {
            screen.stage(2, "A first job, so that there is something to see");
            let job_id = first_job(args, &mut demo, &mut parties, (&input, &policy)).await?;
            screen.line(format!("job {job_id} is settled"));
        } else {
            let study = imaging::to_show(args, &mut demo, &mut parties, &policy).await?;
            screen.line(format!(
                "in the page: the job and its report at #/job/{}, for whoever has the token;",
                study.job_id
            ));
            screen.line("the consent at #/patient, where the key \"patient\" revokes it");
            shown.reports = Some(BTreeMap::from([(study.job_id, study.report)]));
            shown.patient = Some(study.patient);
        }
        screen.line(NOTICE);
        screen.stage(if args.imaging { 8 } else { 3 }, "The page");
        serve(args, (demo, parties, shown), &stop, output).await
    };
    tokio::select! {
        served = served => served,
        // It ends by itself once the page is there; before that, with what is dropped here.
        () = until_late(&stop) => bail!("stopped"),
    }
}

/// What the page has beside the network.
struct Shown {
    /// Of the contracts.
    owner: SigningKey,
    /// Whose study it was.
    patient: Option<SigningKey>,
    reports: Option<BTreeMap<u64, String>>,
}

/// Returns some time after the stop was asked for: the page ends by itself within that.
async fn until_late(stop: &Stop) {
    stop.requested().await;
    tokio::time::sleep(Duration::from_secs(15)).await;
}

async fn serve(
    args: &DemoArgs,
    (mut demo, parties, shown): (DemoState, Tasks<Embedded>, Shown),
    stop: &Stop,
    output: Output,
) -> Result<()> {
    let local = parties.local();
    // Blocks go on for as long as the page is there, and other programs can ask for them.
    let served = ServeOptions { clock: Some(BlockClock::default()), ..ServeOptions::default() };
    let mut server: Server = local.chain.serve(served).await?;
    demo.screen.line(format!("RPC for other programs: {}", server.url()));
    let mut options = PageOptions::new(
        Node::Embedded(local.chain.clone()),
        local.chain.info().await?,
        local.client.deployment().clone(),
        &std::env::temp_dir().join(format!("bithive-demo-page-{}", std::process::id())),
    );
    let spool = options.spool.clone();
    options.listen = args.listen;
    options.reference_string = Some(local.crs.encode());
    options.development_keys = Some(development_keys(local, &mut demo, (shown.owner, shown.patient)).await?);
    options.reports = shown.reports.map(|reports| Arc::new(reports) as Arc<dyn Reports>);
    for name in ["main", "second"] {
        let endpoint = EndpointKey::generate(&mut demo.rng).id();
        options.sessions.push(SessionOptions {
            name: name.into(),
            exchange: local.exchange(endpoint),
            relay: None,
        });
    }
    let names: Vec<String> = demo.nodes.iter().map(|node| node.profile.name.clone()).collect();
    let tell = |node: usize, report: Report| {
        let name = names.get(node).map_or("?", String::as_str);
        tracing::info!(node = name, report = ?report);
    };
    let ended = tokio::select! {
        served = page::serve(options, None, stop, output) => served,
        error = server.failed() => Err(error.into()),
        reason = demo.reports.follow(tell) => Err(anyhow::anyhow!(reason)),
        never = duties(local) => match never {},
    };
    server.stop().await;
    // Nothing is left of a demonstration.
    let _ = std::fs::remove_dir_all(spool);
    ended
}

/// Has the members post the share keys of each epoch.
async fn duties(local: &Local) -> std::convert::Infallible {
    let mut turns = interval(DUTIES);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = local.post_share_keys().await {
            tracing::warn!(
                error = format!("{error:#}"),
                "the committee can't post its share keys; trying again"
            );
        }
    }
}

/// Accounts for whoever opens the page: two that hold BTT, the first node's, the owner of the contracts, and a patient where there is one.
async fn development_keys(
    local: &Local,
    demo: &mut DemoState,
    (owner, patient): (SigningKey, Option<SigningKey>),
) -> Result<Vec<DevelopmentKey>> {
    let mut keys = Vec::new();
    for name in ["requester", "holder"] {
        let key = SigningKey::generate(&mut demo.rng);
        local.fund(key.address(), GRANT).await?;
        keys.push(DevelopmentKey { name: name.into(), key });
    }
    let first = demo.nodes.first().context("there are no nodes")?;
    let node = NodeKeys::decode(&local.crs, &first.keys)?;
    keys.push(DevelopmentKey { name: first.profile.name.clone(), key: node.account.clone() });
    keys.push(DevelopmentKey { name: "owner".into(), key: owner });
    keys.extend(patient.map(|key| DevelopmentKey { name: "patient".into(), key }));
    Ok(keys)
}
