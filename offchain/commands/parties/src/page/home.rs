//! A page before the home folder's own network: chain, committee and nodes are in this process.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bithive_chain::{BlockClock, Chain as _, ServeOptions};
use bithive_command_kit::Output;
use bithive_daemon::Stop;
use bithive_home::{CRS, Home, SERVED, write_json};
use bithive_node::{Observer, Report};
use bithive_page::{Node, PageOptions, SessionOptions};
use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::{PageArgs, reports};
use crate::node;

/// How often the committee looks whether a new epoch wants its share keys.
const DUTIES: Duration = Duration::from_secs(5);

/// Time for nodes to stop.
const PATIENCE: Duration = Duration::from_secs(10);

/// Serves the page of the network in a folder.
pub(super) async fn serve(
    args: &PageArgs,
    path: &Path,
    state: &Path,
    stop: Stop,
    output: Output,
) -> Result<()> {
    args.embedded.device.check()?;
    let mut home = Home::open(path).await?;
    let chain = home.local.chain.clone();
    let mut nodes = nodes(&mut home, args, &stop).await?;
    let mut sessions = Vec::with_capacity(args.sessions.len());
    for name in &args.sessions {
        // It is a requester's, like any other of the home.
        let endpoint = home.requester_endpoint(&format!("page-{name}"))?.id();
        sessions.push(SessionOptions {
            name: name.clone(),
            exchange: home.local.exchange(endpoint),
            relay: None,
        });
    }
    let crs = path.join(CRS);
    let reference_string = std::fs::read(&crs).with_context(|| crs.display().to_string())?;
    let (info, deployment) = (chain.info().await?, home.local.client.deployment().clone());
    // For other programs, as `chain serve` does it.
    let clock = (args.embedded.every_ms > 0).then(|| BlockClock {
        every: Duration::from_millis(args.embedded.every_ms),
        seconds: args.embedded.seconds,
    });
    let mut server = chain.serve(ServeOptions { clock, ..ServeOptions::default() }).await?;
    let file = path.join(SERVED);
    write_json(&file, &json!({ "url": server.url(), "chain_id": info.chain_id, "height": info.height }))?;
    let options = PageOptions {
        listen: args.address.listen,
        hosts: args.address.hosts.clone(),
        origins: args.address.origins.clone(),
        reference_string: Some(reference_string),
        sessions,
        reports: reports::open(&args.reports, &deployment)?,
        ..PageOptions::new(Node::Embedded(chain), info, deployment, &state.join("spool"))
    };
    let served = tokio::select! {
        served = super::serve(options, args.metrics, &stop, output) => served,
        error = server.failed() => Err(error.into()),
        ended = next(&mut nodes) => ended,
        never = duties(&home) => match never {},
    };
    // Those that are told to stop finish what has begun.
    let _ = timeout(PATIENCE, async { while nodes.join_next().await.is_some() {} }).await;
    nodes.shutdown().await;
    server.stop().await;
    std::fs::remove_file(&file).with_context(|| file.display().to_string())?;
    served
}

/// Has the members post the share keys of each epoch.
async fn duties(home: &Home) -> std::convert::Infallible {
    let mut turns = interval(DUTIES);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = home.local.post_share_keys().await {
            tracing::warn!(
                error = format!("{error:#}"),
                "the committee can't post its share keys; trying again"
            );
        }
    }
}

/// The home's nodes, which work until the stop.
async fn nodes(home: &mut Home, args: &PageArgs, stop: &Stop) -> Result<JoinSet<Result<()>>> {
    let mut nodes = JoinSet::new();
    for name in home.names("nodes")? {
        let mut contributor =
            node::open(home, &name, args.embedded.device, Arc::new(Log(name.clone()))).await?;
        let stop = stop.clone();
        nodes.spawn(async move {
            contributor.run(stop.requested()).await.with_context(|| format!("node {name:?}"))
        });
    }
    Ok(nodes)
}

/// Waits for a node that ends before it should; for ever where there is none.
async fn next(nodes: &mut JoinSet<Result<()>>) -> Result<()> {
    while let Some(ended) = nodes.join_next().await {
        match ended {
            // It was told to.
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Err(error),
            Err(error) => bail!("a node: {error}"),
        }
    }
    std::future::pending().await
}

/// Writes what a node does into the log.
struct Log(String);

impl Observer for Log {
    fn report(&self, report: Report) {
        tracing::info!(node = %self.0, did = %node::describe(&report));
    }
}
