//! `bithive devnet`: real wasmd chains on loopback.

use std::io::{IsTerminal as _, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bithive_chain::{Chain as _, Wallet, validate_address};
use bithive_command_kit::{Output, Spinner, spinner, table};
use bithive_devnet::cache::{self, BuildStep};
use bithive_devnet::process::Ended;
use bithive_devnet::state::Link;
use bithive_devnet::{
    BlockTime, ChainStatus, Devnet, LinkProgress, Progress, RelayerStatus, Started, Up, hermes, wasmd,
};
use bithive_home::{deployments, devnet, target};
use bithive_keystore::{fresh_rng, private};
use clap::Subcommand;
use cosmwasm_std::coin;
use serde_json::json;

/// How often a log that is followed is looked at.
const FOLLOW: Duration = Duration::from_millis(200);

/// Real CosmWasm chains (wasmd) on this machine, each one validator on loopback. Needs Go; the first `up` builds wasmd,
/// the first one with several chains Hermes, which connects them.
#[derive(Subcommand)]
pub enum Command {
    /// Start the chains that do not run, with the data that they have; chains that run are left alone.
    Up {
        /// Chains: token, data, model, in this order. The token chain is connected with each of the others, and
        /// Hermes relays between them. By default those that exist, or one.
        #[arg(long, value_name = "1-3")]
        chains: Option<usize>,
        /// Time between blocks of a new chain, like 500ms or 1s.
        #[arg(long, value_name = "DURATION")]
        block_time: Option<BlockTime>,
    },
    /// Stop the chains and the relayer; data are kept. Processes that `up` did not start are left alone.
    Down,
    /// Show heights, addresses, memory and channels. The exit code is 1 when a chain is not healthy or the relayer does
    /// not run.
    Status,
    /// Show the log of a chain's node or of the relayer.
    Logs {
        /// Name of the chain, or `hermes`; the first chain when left out.
        chain: Option<String>,
        /// Continue until interrupted.
        #[arg(short, long)]
        follow: bool,
        /// Number of lines, from the end.
        #[arg(short = 'n', long, default_value_t = 40)]
        lines: usize,
    },
    /// Give an account coins for fees, from the faucet. `wallet fund` gives BTT as well, from the operator of what is deployed.
    Fund {
        /// Address of the account.
        address: String,
        /// Name of the chain.
        #[arg(long, default_value = "token")]
        chain: String,
        /// How much, in base units of the fee denomination (ubee).
        #[arg(long, value_name = "AMOUNT", default_value_t = 1_000_000_000)]
        coins: u128,
    },
    /// Show the account that holds the coins for fees, and its words: wallets such as Keplr take them. For development only.
    Faucet {
        /// Name of the chain.
        #[arg(long, default_value = "token")]
        chain: String,
        /// File for the words, which only its owner can read, in place of the terminal.
        #[arg(long, value_name = "FILE")]
        words_out: Option<PathBuf>,
    },
    /// Stop everything and remove the chains with their keys, data and deployments.
    Reset,
}

/// Runs a command on the devnet of a home.
pub fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    let devnet = devnet(home)?;
    match command {
        Command::Up { chains, block_time } => up(&devnet, Up { chains, block_time }, output)?,
        Command::Down => ended(&devnet.down()?, output)?,
        Command::Status => {
            let (chains, relayer, links) = (devnet.status()?, devnet.relayer()?, devnet.state()?.links);
            let answer = json!({ "chains": chains, "relayer": relayer, "links": links });
            output.show(&answer, |_| print(&chains, relayer.as_ref(), &links))?;
            let relayed = relayer.is_none_or(|relayer| relayer.pid.is_some());
            if !relayed || !chains.iter().all(|chain| chain.healthy) {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Logs { chain, follow, lines } => logs(&devnet, chain.as_deref(), lines, follow)?,
        Command::Fund { address, chain, coins } => {
            tokio::runtime::Handle::current().block_on(fund(home, &address, (&chain, coins), output))?;
        }
        Command::Faucet { chain, words_out } => faucet(&devnet, &chain, words_out.as_deref(), output)?,
        Command::Reset => {
            let known = devnet.state()?;
            let how = devnet.reset()?;
            for chain in &known.chains {
                deployments::forget(home, &chain.chain_id)?;
            }
            ended(&how, output)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

async fn fund(home: &Path, address: &str, (chain, coins): (&str, u128), output: Output) -> Result<()> {
    let to = validate_address(address)?;
    let target = target(chain, home).await?;
    let faucet =
        target.faucet.with_context(|| format!("{chain} is no chain of the devnet, so it has no faucet"))?;
    let funds = coin(coins, target.chain.info().await?.fee_denom);
    let faucet = Wallet::connect(Arc::new(target.chain), faucet).await?;
    let receipt =
        faucet.send(to.as_ref(), std::slice::from_ref(&funds)).await.context("coins from the faucet")?;
    let answer = json!({
        "chain": chain, "address": to.as_ref(), "coins": funds, "transaction": receipt.hash.to_string(),
        "height": receipt.height,
    });
    output.show(&answer, |_| println!("{to} has {funds} more, since block {}", receipt.height))
}

fn faucet(devnet: &Devnet, name: &str, words_out: Option<&Path>, output: Output) -> Result<()> {
    let state = devnet.state()?;
    let chain = state.chain(name)?;
    let words = devnet.faucet_words(chain)?;
    let words = words.with_context(|| {
        format!("the faucet of {name} has no words, because an earlier version made the chain; `devnet reset` and `devnet up` make it anew")
    })?;
    match words_out {
        Some(file) => private::create(file, words.words().as_bytes())?,
        None => anyhow::ensure!(
            std::io::stdout().is_terminal() && !output.json,
            "words are shown at a terminal only; expected --words-out FILE"
        ),
    }
    let answer = json!({ "chain": name, "address": chain.faucet, "words_out": words_out });
    output.show(&answer, |_| match words_out {
        Some(file) => println!("{}: its words are in {}", chain.faucet, file.display()),
        None => println!("{}\n{}", chain.faucet, words.words().as_str()),
    })
}

fn up(devnet: &Devnet, up: Up, output: Output) -> Result<()> {
    let mut rng = fresh_rng()?;
    let spinner = spinner(output);
    let shown = |progress: Progress| show(&spinner, progress);
    let program = || wasmd::ensure(&cache::cache_folder(), &|step| shown(Progress::Building(step)));
    let chains = devnet.up(up, program, &mut rng, &shown);
    let chains = chains.and_then(|chains| {
        let links = devnet.connect(|| relayer(&spinner), &|progress| show_link(&spinner, progress))?;
        Ok((chains, links))
    });
    spinner.finish_and_clear();
    let (chains, links) = chains?;
    let relayer = devnet.relayer()?;
    let answer: Vec<_> = chains
        .into_iter()
        .map(|(status, started)| {
            let mut chain = json!(status);
            chain["started"] = json!(started);
            (chain, status, started)
        })
        .collect();
    let documents: Vec<_> = answer.iter().map(|(chain, ..)| chain).collect();
    let document = json!({ "chains": documents, "relayer": relayer, "links": links });
    output.show(&document, |_| {
        for (_, status, started) in &answer {
            let how = match started {
                Started::Running => "runs already",
                Started::Restarted => "runs again",
                Started::Created => "is new and runs",
            };
            println!("{} ({}) {how}: {}", status.name, status.chain_id, status.rpc);
        }
        print_links(&links);
    })
}

/// The relayer's program, installed where it is not there yet.
pub(crate) fn relayer(spinner: &Spinner) -> Result<PathBuf, bithive_devnet::DevnetError> {
    let shown = |step| show_link(spinner, LinkProgress::Building(step));
    hermes::ensure(&cache::cache_folder(), &shown)
}

fn show(spinner: &Spinner, progress: Progress) {
    match progress {
        Progress::Building(BuildStep::Fetching) => {
            spinner.set_message("building wasmd, once: fetching its modules");
        }
        Progress::Building(BuildStep::Compiling { done, most }) => {
            let text = format!("building wasmd, once, about 5 minutes: {done} of at most {most} packages");
            compiling(spinner, done, text);
        }
        Progress::Creating(chain) => spinner.set_message(format!("making chain {chain}")),
        Progress::Waiting(chain) => spinner.set_message(format!("waiting for the first block of {chain}")),
    }
}

/// The first package begins the step.
fn compiling(spinner: &Spinner, done: usize, text: String) {
    if done <= 1 { spinner.set_message(text) } else { spinner.update(text) }
}

pub(crate) fn show_link(spinner: &Spinner, progress: LinkProgress) {
    let step = match progress {
        LinkProgress::Building(BuildStep::Fetching) => "installing Hermes, once: fetching its sources".into(),
        LinkProgress::Building(BuildStep::Compiling { done, most }) => {
            let text = format!("installing Hermes, once, about 7 minutes: {done} of about {most} packages");
            return compiling(spinner, done, text);
        }
        LinkProgress::Client { on, of } => format!("{on}: making a light client of {of}"),
        LinkProgress::Connection(a, b) => format!("connecting {a} and {b}"),
        LinkProgress::Channel(a, b, name) => format!("{a} and {b}: opening channel {name}"),
        LinkProgress::Starting => "waiting for Hermes".into(),
    };
    spinner.set_message(step);
}

fn ended(chains: &[(String, Ended)], output: Output) -> Result<()> {
    let answer: Vec<_> = chains.iter().map(|(name, how)| json!({ "name": name, "ended": how })).collect();
    output.show(&answer, |_| {
        for (name, how) in chains {
            match how {
                Ended::NotRunning => println!("{name} was not running"),
                Ended::Asked => println!("{name} ended"),
                Ended::Killed => println!("{name} did not end when asked and was killed"),
            }
        }
    })
}

fn print(chains: &[ChainStatus], relayer: Option<&RelayerStatus>, links: &[Link]) {
    let mut rows = table(&["chain", "id", "state", "height", "RPC", "pid", "memory"]);
    for chain in chains {
        rows.add_row([
            chain.name.clone(),
            chain.chain_id.clone(),
            chain.problem.clone().unwrap_or_else(|| "healthy".into()),
            chain.height.map_or_else(String::new, |height| height.to_string()),
            chain.rpc.clone(),
            chain.pid.map_or_else(String::new, |pid| pid.to_string()),
            chain.memory.map_or_else(String::new, |bytes| format!("{} MiB", bytes >> 20)),
        ]);
    }
    println!("{rows}");
    if let Some(relayer) = relayer {
        match (relayer.pid, relayer.memory) {
            (Some(pid), memory) => {
                println!("Hermes runs, pid {pid}, {} MiB", memory.unwrap_or_default() >> 20);
            }
            (None, _) => println!("Hermes does not run; `devnet up` starts it"),
        }
    }
    print_links(links);
}

fn print_links(links: &[Link]) {
    if links.is_empty() {
        return;
    }
    let mut rows = table(&["channel", "of", "at", "of", "at"]);
    for Link { chains: [a, b], channels, .. } in links {
        for channel in channels {
            let end = |side: usize| format!("{} {}", channel.channels[side], channel.ports[side]);
            rows.add_row([channel.name.clone(), a.clone(), end(0), b.clone(), end(1)]);
        }
    }
    println!("{rows}");
}

fn logs(devnet: &Devnet, chain: Option<&str>, lines: usize, follow: bool) -> Result<()> {
    let state = devnet.state()?;
    let path = match chain {
        Some(hermes::NAME) => devnet.relayer_log(),
        Some(name) => devnet.log(state.chain(name)?),
        None => devnet.log(state.chains.first().context("the devnet has no chain; `devnet up` starts one")?),
    };
    let (text, mut position) = read_from(&path, 0)?;
    println!("{}", cache::last_lines(&text, lines));
    if !follow {
        return Ok(());
    }
    loop {
        std::thread::sleep(FOLLOW);
        let (text, next) = read_from(&path, position)?;
        position = next;
        print!("{text}");
        std::io::stdout().flush()?;
    }
}

/// What the file has from `position` on, and its end.
fn read_from(path: &PathBuf, position: u64) -> Result<(String, u64)> {
    let context = || path.display().to_string();
    let mut file = std::fs::File::open(path).with_context(context)?;
    file.seek(SeekFrom::Start(position)).with_context(context)?;
    let mut bytes = Vec::new();
    let read = file.read_to_end(&mut bytes).with_context(context)?;
    Ok((String::from_utf8_lossy(&bytes).into_owned(), position + read as u64))
}
