//! `bithive deployment`: what others need to take part in a network, as one file.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bithive_chain::RpcUrl;
use bithive_client::{Deployment, NetworkFile};
use bithive_command_kit::{Output, table};
use bithive_exchange::RelayUrl;
use bithive_home::deployments::folder;
use bithive_home::{CRS, DEPLOYMENT, SERVED, read_deployment, read_json, target};
use clap::Subcommand;
use serde::Deserialize;
use serde_json::json;

/// What others need to take part in a network.
#[derive(Subcommand)]
pub enum Command {
    /// Write the file that `bithive setup` reads: contracts, RPC servers, relays and the reference string. It holds no secret.
    ///
    /// The network is that of the home folder, also while it is served, or with --chain a deployment on another chain.
    Export {
        /// File to write.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// A chain of the devnet (token, data, model), or the URL of a node's RPC; the home folder's own when left out.
        #[arg(long, value_name = "NAME|URL")]
        chain: Option<String>,
        /// URL at which others reach an RPC server of the chain; several can be named. By default the one of --chain, or where the
        /// home folder is served now.
        #[arg(long, value_name = "URL")]
        rpc: Vec<RpcUrl>,
        /// URL of a relay; several can be named.
        #[arg(long = "relay", value_name = "URL")]
        relays: Vec<RelayUrl>,
    },
    /// Show what is in such a file.
    Show {
        /// Path of the file.
        file: PathBuf,
    },
}

/// Where a home is served.
#[derive(Deserialize)]
struct Served {
    url: String,
}

/// Runs a command.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<()> {
    match command {
        Command::Export { out, chain, rpc, relays } => {
            ensure!(!out.exists(), "--out: {} exists; choose another name or move it away", out.display());
            let (folder, deployment, known) = match &chain {
                None => (home.to_owned(), own(home)?, served(home)?),
                Some(name) => elsewhere(name, home).await?,
            };
            let path = folder.join(CRS);
            let reference_string = std::fs::read(&path).with_context(|| path.display().to_string())?;
            let rpc = if rpc.is_empty() { known } else { rpc };
            let network = NetworkFile { deployment, rpc, relays, reference_string };
            std::fs::write(&out, network.encode()?).with_context(|| out.display().to_string())?;
            show(&network, &out, output)?;
            if network.rpc.is_empty() {
                output.note("it names no RPC server: those who use it add --chain URL");
            }
            Ok(())
        }
        Command::Show { file } => show(&NetworkFile::read(&file)?, &file, output),
    }
}

/// The network of the home folder itself. Its chain is not opened, because another process may serve it.
fn own(home: &Path) -> Result<Deployment> {
    ensure!(
        home.join(DEPLOYMENT).exists(),
        "{} holds no network; name the chain of a deployment with --chain, or run `bithive --home {0} chain init` first",
        home.display()
    );
    read_deployment(home)
}

fn served(home: &Path) -> Result<Vec<RpcUrl>> {
    let file = home.join(SERVED);
    if !file.exists() {
        return Ok(vec![]);
    }
    let Served { url } = read_json(&file)?;
    Ok(vec![url.parse().with_context(|| format!("{}: url is {url:?}", file.display()))?])
}

async fn elsewhere(name: &str, home: &Path) -> Result<(PathBuf, Deployment, Vec<RpcUrl>)> {
    let target = target(name, home).await?;
    let chain_id = target.chain.chain_id();
    let folder = folder(home, chain_id)?;
    ensure!(
        folder.join(DEPLOYMENT).exists(),
        "{} knows no job market on {chain_id}; `bithive deploy --chain {name}` makes one",
        home.display()
    );
    let deployment = read_json(&folder.join(DEPLOYMENT))?;
    Ok((folder, deployment, vec![target.url]))
}

fn show(network: &NetworkFile, file: &Path, output: Output) -> Result<()> {
    let NetworkFile { deployment, reference_string, .. } = network;
    let rpc: Vec<&str> = network.rpc.iter().map(RpcUrl::as_str).collect();
    let relays: Vec<&str> = network.relays.iter().map(RelayUrl::as_str).collect();
    let answer = json!({
        "file": file, "deployment": deployment, "rpc": rpc, "relays": relays,
        "reference_string_bytes": reference_string.len(),
    });
    output.show(&answer, |_| {
        let mut rows = table(&["contract", "address"]);
        for (contract, address) in deployment.contracts() {
            rows.add_row([contract.to_string(), address.to_owned()]);
        }
        println!("{rows}");
        let listed = |urls: &[&str]| if urls.is_empty() { "none".to_owned() } else { urls.join(", ") };
        println!(
            "{}: chain {}, RPC {}, relays {}, reference string of {} bytes",
            file.display(),
            deployment.chain_id,
            listed(&rpc),
            listed(&relays),
            reference_string.len()
        );
    })
}
