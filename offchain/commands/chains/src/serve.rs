//! `bithive chain serve`: the home's chain for other programs.

use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use bithive_chain::{BlockClock, Chain, ServeOptions};
use bithive_command_kit::Output;
use bithive_home::{DEPLOYMENT, SERVED, chain_of, read_founders, write_json};
use clap::Args;
use serde_json::json;

/// Arguments of `bithive chain serve`.
#[derive(Args)]
pub struct ServeArgs {
    /// Address to listen at; port 0 takes a free one. There is no authentication, since transactions are signed, but
    /// anybody who connects can keep the chain busy.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Milliseconds between two empty blocks; 0 makes none, so time moves with transactions only.
    #[arg(long, default_value_t = 1_000)]
    every_ms: u64,
    /// Seconds that an empty block moves the chain's clock.
    #[arg(long, default_value_t = 1)]
    seconds: u64,
    /// A name without port under which programs ask for the server, beside its address and localhost; repeatable. Other
    /// names are refused, so that no web page can ask under a name of its own that leads here.
    #[arg(long = "allow-host", value_name = "NAME")]
    hosts: Vec<String>,
    /// Origin of a web page that may ask in a browser, like `https://app.example`; repeatable. Other pages are refused.
    #[arg(long = "allow-origin", value_name = "ORIGIN")]
    origins: Vec<String>,
}

/// Serves the chain of the home folder until the process is asked to stop.
pub async fn run(args: ServeArgs, home: &Path, output: Output) -> Result<()> {
    if !home.join(DEPLOYMENT).exists() {
        bail!("{} holds no network; run `bithive --home {0} chain init` first", home.display());
    }
    let (chain, _) = chain_of(home, &read_founders(home)?).await?;
    let clock = (args.every_ms > 0)
        .then(|| BlockClock { every: Duration::from_millis(args.every_ms), seconds: args.seconds });
    // Before anybody learns the address, so that no signal is lost.
    let mut stop = Stop::new()?;
    let ServeArgs { listen, hosts, origins, .. } = args;
    let options = ServeOptions { listen, clock, hosts, origins, ..ServeOptions::default() };
    let mut server = chain.serve(options).await?;
    let info = chain.info().await?;
    let answer = json!({ "url": server.url(), "chain_id": info.chain_id, "height": info.height });
    let file = home.join(SERVED);
    write_json(&file, &answer)?;
    output.show(&answer, |_| println!("{} at {}, height {}", info.chain_id, server.url(), info.height))?;
    let failed = tokio::select! {
        () = stop.requested() => None,
        error = server.failed() => Some(error),
    };
    server.stop().await;
    std::fs::remove_file(&file).with_context(|| file.display().to_string())?;
    match failed {
        // What is on disk then, only the next process can tell.
        Some(error) => Err(error).context(
            "the chain can't be read or written any more; see whether the disk is full or failing, and serve it again",
        ),
        None => Ok(()),
    }
}

/// Signals that ask the process to stop.
struct Stop {
    #[cfg(unix)]
    terminate: tokio::signal::unix::Signal,
}

impl Stop {
    fn new() -> Result<Self> {
        Ok(Self {
            #[cfg(unix)]
            terminate: tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate())?,
        })
    }

    /// Waits for the first of them.
    async fn requested(&mut self) {
        #[cfg(unix)]
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = self.terminate.recv() => {}
        }
        #[cfg(not(unix))]
        let _ = tokio::signal::ctrl_c().await;
    }
}
