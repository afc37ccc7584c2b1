//! `bithive page`: the page for people, with a chain and a courier behind it.

mod home;
mod network;
mod reports;
mod sessions;

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use anyhow::{Result, ensure};
use bithive_command_kit::{Output, table};
use bithive_daemon::config::{LogConfig, LogFilter, LoopbackAddress, MetricsConfig, RelayUrl, RpcUrl};
use bithive_daemon::{Stop, metrics};
use bithive_inference::Device;
use bithive_page::{Page, PageOptions};
use serde_json::{Value, json};

use super::daemon::{UntilArgs, start_log};

/// Arguments of `bithive page`.
#[derive(clap::Args)]
pub struct PageArgs {
    #[command(flatten)]
    address: AddressArgs,
    #[command(flatten)]
    network: NetworkArgs,
    #[command(flatten)]
    embedded: EmbeddedArgs,
    #[command(flatten)]
    reports: reports::ReportsArgs,
    /// Name of a session, a mailbox with an endpoint and a token of its own; repeatable. An endpoint belongs to one account: as many
    /// sessions as requesters use this page.
    #[arg(long = "session", value_name = "NAME", default_value = "main")]
    sessions: Vec<String>,
    /// Folder for mail, content and the sessions' keys; by default `page` in the home folder.
    #[arg(long, value_name = "DIR")]
    state: Option<PathBuf>,
    /// Loopback TCP address for metrics and status.
    #[arg(long, value_name = "ADDRESS")]
    metrics: Option<LoopbackAddress>,
    /// What is logged to the error stream: a level, or levels by module.
    #[arg(long, value_name = "FILTER", default_value = "warn")]
    log: LogFilter,
    /// Print the digests of the files that are built in, and serve nothing.
    #[arg(long)]
    verify: bool,
    #[command(flatten)]
    until: UntilArgs,
}

/// Where the page is, and under which names.
#[derive(clap::Args)]
pub struct AddressArgs {
    /// Address to listen at; port 0 takes a free one. Whoever can connect sees the public part; the rest needs a token. On another
    /// address than this machine's own, put a server with TLS before it: browsers encrypt on secure pages only.
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8787")]
    pub listen: SocketAddr,
    /// A name without port under which browsers ask for the page, beside its address and localhost; repeatable.
    #[arg(long = "allow-host", value_name = "NAME")]
    pub hosts: Vec<String>,
    /// Origin of the page where a server with TLS stands before it, like `https://hive.example`; repeatable. Pages of other origins are
    /// refused.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    pub origins: Vec<String>,
}

/// Which network, where it is not the home folder's own.
#[derive(clap::Args)]
struct NetworkArgs {
    /// URL of an RPC server of the chain; repeatable, the first that answers is asked. The contracts are those of --network or --contract, or
    /// those that were deployed on that chain from the home folder.
    #[arg(long, value_name = "URL")]
    chain: Vec<RpcUrl>,
    /// File of the network, which somebody who is in it wrote with `bithive deployment export`.
    #[arg(long, value_name = "FILE", conflicts_with = "contract")]
    network: Option<PathBuf>,
    /// Address of the job market or of the registry, in place of a file of the network.
    #[arg(long, value_name = "ADDRESS", requires = "chain")]
    contract: Option<String>,
    /// File with the reference string, with --contract: without it nothing can be encrypted in the page.
    #[arg(long, value_name = "FILE", requires = "contract")]
    reference_string: Option<PathBuf>,
    /// URL of a relay through which the sessions' endpoints are reached; repeatable. By default those of the network's file.
    #[arg(long = "relay", value_name = "URL")]
    relays: Vec<RelayUrl>,
    /// UDP address for the endpoints of the sessions, with one session only; by default all addresses and a port that is free.
    #[arg(long, value_name = "ADDRESS")]
    udp: Option<SocketAddr>,
}

impl NetworkArgs {
    fn is_elsewhere(&self) -> bool {
        !self.chain.is_empty() || self.network.is_some()
    }
}

/// How the home folder's own network runs while its page is served.
#[derive(clap::Args)]
struct EmbeddedArgs {
    /// For the home folder's own chain: milliseconds between two empty blocks; 0 makes none, so time moves with transactions only.
    #[arg(long, default_value_t = 1_000, conflicts_with_all = ["chain", "network"])]
    every_ms: u64,
    /// For the home folder's own chain: seconds that an empty block moves its clock.
    #[arg(long, default_value_t = 1, conflicts_with_all = ["chain", "network"])]
    seconds: u64,
    /// For the home folder's own nodes: where models run, cpu or gpu.
    #[arg(long, default_value_t = Device::Cpu, conflicts_with_all = ["chain", "network"])]
    device: Device,
}

/// Serves the page until the process is asked to stop.
pub async fn run(args: PageArgs, home: &Path, output: Output) -> Result<()> {
    if args.verify {
        return verify(output);
    }
    check_sessions(&args.sessions)?;
    ensure!(
        args.network.udp.is_none() || args.sessions.len() == 1,
        "--udp is one address, and there are {} sessions, each with an endpoint; leave it out",
        args.sessions.len()
    );
    start_log(&LogConfig { filter: args.log.clone(), ..LogConfig::default() })?;
    // Before anybody learns the address, so that no signal is lost.
    let stop = args.until.stop()?;
    let state = args.state.clone().unwrap_or_else(|| home.join("page"));
    if args.network.is_elsewhere() {
        network::serve(&args, home, &state, stop, output).await
    } else {
        home::serve(&args, home, &state, stop, output).await
    }
}

/// Names that are names of files, each once.
fn check_sessions(names: &[String]) -> Result<()> {
    const LONGEST: usize = 24;
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    for name in names {
        ensure!(
            !name.is_empty() && name.len() <= LONGEST && name.bytes().all(allowed),
            "--session is {name:?}; expected 1 to {LONGEST} of a-z, 0-9 and -"
        );
    }
    let different: BTreeSet<&String> = names.iter().collect();
    ensure!(different.len() == names.len(), "--session names the same session twice");
    Ok(())
}

/// A page that is served, with its metrics, until it is to stop.
pub async fn serve(
    options: PageOptions,
    metrics_at: Option<LoopbackAddress>,
    stop: &Stop,
    output: Output,
) -> Result<()> {
    let chain_id = options.info.chain_id.clone();
    let kind = if options.development_keys.is_some() { " (a demonstration)" } else { "" };
    let (page, counted) = Page::start(options).await?;
    let _metrics = metrics::serve(&MetricsConfig { listen: metrics_at }, counted, page.monitor()).await?;
    let entrances: Vec<Value> =
        page.entrances().map(|(name, url)| json!({ "name": name, "url": url.as_str() })).collect();
    let answer = json!({ "url": page.url(), "chain_id": chain_id, "sessions": entrances });
    output.show(&answer, |_| {
        println!("{chain_id}{kind}; open in a browser, until ctrl-C:");
        for (name, url) in page.entrances() {
            println!("{name:>8}  {}", url.as_str());
        }
        if answer["sessions"].as_array().is_none_or(Vec::is_empty) {
            println!("{:>8}  {}", "", page.url());
        } else {
            println!(
                "The part after # is the session's secret: who has it reads its mail and asks peers in its name."
            );
        }
    })?;
    stop.requested().await;
    page.stop().await;
    Ok(())
}

fn verify(output: Output) -> Result<()> {
    let files = bithive_page::files()?;
    output.show(&files, |files| {
        let mut rows = table(&["sha256", "bytes", "file"]);
        for file in files {
            rows.add_row([file.sha256.clone(), file.bytes.to_string(), file.path.to_owned()]);
        }
        println!("{rows}");
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_sessions_lead_out_of_no_folder() {
        let check =
            |names: &[&str]| check_sessions(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>());
        assert!(check(&["main", "ward-3"]).is_ok());
        for names in [&[""][..], &[".."], &["a/b"], &["A"], &["main", "main"], &["abcdefghijklmnopqrstuvwxy"]]
        {
            assert!(check(names).is_err(), "{names:?}");
        }
    }
}
