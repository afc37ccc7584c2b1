//! `bithive ibc`: tokens and attestations between the chains of the devnet.
//!
//! The token chain has the tokens' contracts, and `ics20`, which lets them out; the others have vouchers for them in their
//! transfer module. Who sends and receives is the operator of each chain's deployment, where nobody else is named.

use std::path::Path;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};
use bithive_api::{attestations, ibc, ics20};
use bithive_chain::{Chain, ChainExt as _, Cosmos, Receipt, SigningKey, Wallet};
use bithive_client::amount::{self, parse};
use bithive_client::ibc::{Ack, Outcome, Packet, Route, Stage, Transfer, holding, voucher};
use bithive_client::{OwnerMessage, OwnerSetting, set_as_owner};
use bithive_command_kit::{Output, table};
use bithive_command_kit::{Spinner, spinner};
use bithive_deploy::Contract;
use bithive_devnet::state::{Channel, Link, Order, State};
use bithive_devnet::{Devnet, NewChannel};
use bithive_home::deployments::{deployed, is_deployed};
use bithive_home::{devnet, target};
use clap::{Subcommand, ValueEnum};
use serde::Serialize;
use serde_json::{Value, json};

use super::devnet::{relayer, show_link};
use super::settings;

/// Names of the contracts' channels.
const ICS20: &str = "ics20";
const ATTESTATIONS: &str = "attestations";
const TRANSFER_PORT: &str = "transfer";

/// Tokens and attestations between the chains of the devnet, which `devnet up --chains 2` connects.
#[derive(Subcommand)]
pub enum Command {
    /// Open the channels of the contracts that `deploy` has put on connected chains, where they are not open yet. The exit code is 1 when
    /// contracts older than a day have to wait before they let each other speak.
    Connect,
    /// Send a token to another chain, or back, and follow it to its acknowledgement. The exit code is 1 when it was refused,
    /// timed out, or is still under way.
    Transfer(TransferArgs),
    /// Send the attestation of a settled job to another chain, and follow it to its acknowledgement. Exit codes as of
    /// `transfer`.
    Attest(AttestArgs),
    /// Show how many of the tokens an account has on a chain.
    Balance {
        /// Name of the chain.
        #[arg(long)]
        chain: String,
        /// Address of the account; by default the operator of the chain's deployment.
        #[arg(long)]
        address: Option<String>,
    },
    /// Channels, and the packets that wait in them. The exit code is 1 when the relayer does not run or a channel is not
    /// open.
    Status,
}

/// Arguments of `bithive ibc transfer`.
#[derive(clap::Args)]
pub struct TransferArgs {
    /// Chain on which the tokens are.
    #[arg(long)]
    from: String,
    /// Chain to which they go.
    #[arg(long)]
    to: String,
    /// Token to send.
    #[arg(long, value_enum)]
    token: Token,
    /// Amount, like 12.5.
    #[arg(long, value_parser = parse)]
    amount: u128,
    /// Account on the other chain; the operator of its deployment when left out.
    #[arg(long)]
    receiver: Option<String>,
    /// Channel on the sending chain; the one between the two chains when left out.
    #[arg(long)]
    channel: Option<String>,
    #[command(flatten)]
    packet: PacketArgs,
}

/// Arguments of `bithive ibc attest`.
#[derive(clap::Args)]
pub struct AttestArgs {
    /// Chain on which the job was settled.
    #[arg(long, default_value = "token")]
    from: String,
    /// Chain to which its attestation goes.
    #[arg(long)]
    to: String,
    /// Number of the job.
    #[arg(long)]
    job: u64,
    #[command(flatten)]
    packet: PacketArgs,
}

/// Options of every packet.
#[derive(clap::Args)]
struct PacketArgs {
    /// Seconds after which the other chain no longer accepts the packet, and what was sent comes back.
    #[arg(long, default_value_t = ibc::limits::DEFAULT_TIMEOUT_SECONDS)]
    timeout: u64,
    /// Seconds for which the packet is followed; 0 to send and not wait.
    #[arg(long, default_value_t = 120)]
    wait: u64,
}

/// A token that can be sent.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Token {
    Btt,
    Btk,
}

impl Token {
    const ALL: [Self; 2] = [Self::Btt, Self::Btk];

    fn contract(self) -> Contract {
        match self {
            Self::Btt => Contract::Token,
            Self::Btk => Contract::Btk,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Btt => "BTT",
            Self::Btk => "BTK",
        }
    }
}

/// A chain with what was deployed on it.
struct Site {
    name: String,
    chain: Cosmos,
    contracts: std::collections::BTreeMap<Contract, String>,
    operator: SigningKey,
}

impl Site {
    async fn open(name: &str, home: &Path) -> Result<Self> {
        let chain = target(name, home).await?.chain;
        let (contracts, operator) = deployed(home, chain.chain_id())?;
        Ok(Self { name: name.into(), chain, contracts, operator })
    }

    fn contract(&self, contract: Contract) -> Result<&str> {
        let found = self.contracts.get(&contract).map(String::as_str);
        found.with_context(|| format!("chain {} has no {contract}; `bithive deploy --chain {0}`", self.name))
    }

    async fn wallet(&self) -> Result<Wallet> {
        Ok(Wallet::connect(Arc::new(self.chain.clone()), self.operator.clone()).await?)
    }

    /// Whether the tokens' contracts are here.
    fn is_home(&self) -> bool {
        self.contracts.contains_key(&Contract::Ics20)
    }
}

/// Runs a command on the chains of a home's devnet.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Connect => connect(home, output).await,
        Command::Transfer(args) => transfer(args, home, output).await,
        Command::Attest(args) => attest(args, home, output).await,
        Command::Balance { chain, address } => balance(&chain, address, home, output).await,
        Command::Status => status(home, output).await,
    }
}

async fn connect(home: &Path, output: Output) -> Result<ExitCode> {
    let devnet = devnet(home)?;
    let state = devnet.state()?;
    ensure!(!state.links.is_empty(), "no chains are connected; `devnet up --chains 2` connects two");
    let spinner = spinner(output);
    let mut done = Vec::new();
    for link in &state.links {
        spinner.set_message(format!("{} and {}: contracts", link.chains[0], link.chains[1]));
        let mut sites = Vec::new();
        for name in &link.chains {
            if is_deployed(home, &state.chain(name)?.chain_id)? {
                sites.push(Site::open(name, home).await?);
            }
        }
        let [a, b] = &sites[..] else {
            // With three chains, two may have their contracts before the third has.
            output.note(format!("{}: not deployed on both, left alone", link.chains.join(" and ")));
            continue;
        };
        done.push(connect_sites(&devnet, link, [a, b], &spinner).await?);
    }
    spinner.finish_and_clear();
    ensure!(!done.is_empty(), "no two connected chains have contracts; `bithive deploy` puts them there");
    let waits: Vec<_> = done.iter().flat_map(|done| &done.waits).map(|waits| waits.setting.clone()).collect();
    output.show(&done, |all| {
        for Connected { link: Link { chains: [a, b], channels, .. }, .. } in all {
            for Channel { name, channels: [here, there], .. } in channels {
                println!("{name}: {a} {here}, {b} {there}");
            }
        }
        for Waiting { chain, now, setting } in all.iter().flat_map(|done| &done.waits) {
            settings::tell_of(std::slice::from_ref(setting), *now, &format!(" --chain {chain}"));
        }
    })?;
    Ok(settings::exit_code(&waits))
}

/// Two chains, and what their contracts have to wait for.
#[derive(Serialize)]
struct Connected {
    #[serde(flatten)]
    link: Link,
    waits: Vec<Waiting>,
}

/// A setting of a chain's contract that waits.
#[derive(Serialize)]
struct Waiting {
    chain: String,
    /// Time of the chain's last block, in Unix seconds.
    now: u64,
    #[serde(flatten)]
    setting: OwnerSetting,
}

/// Opens what can be opened: the channel of attestations needs both contracts to let each other speak.
async fn connect_sites(
    devnet: &Devnet,
    link: &Link,
    [a, b]: [&Site; 2],
    spinner: &Spinner,
) -> Result<Connected> {
    let port = |site: &Site, contract| Ok::<_, anyhow::Error>(format!("wasm.{}", site.contract(contract)?));
    let ports = [port(a, Contract::Attestations)?, port(b, Contract::Attestations)?];
    let connection = link.connection.as_ref().context("the chains are not connected yet; `devnet up`")?;
    let mut waits = allow_peer(a, (&connection[0], &ports[1]), b).await?;
    waits.extend(allow_peer(b, (&connection[1], &ports[0]), a).await?);
    let attestations = NewChannel {
        name: ATTESTATIONS.into(),
        ports,
        order: Order::Unordered,
        version: attestations::VERSION.into(),
    };
    let tokens = NewChannel {
        name: ICS20.into(),
        ports: [port(a, Contract::Ics20)?, TRANSFER_PORT.into()],
        order: Order::Unordered,
        version: ics20::VERSION.into(),
    };
    let program = || relayer(spinner);
    let mut wanted = vec![tokens];
    if waits.is_empty() {
        wanted.push(attestations);
    }
    let chains = [a.name.as_str(), b.name.as_str()];
    let opened = tokio::task::block_in_place(|| {
        devnet.open_channels(chains, wanted, program, &|progress| show_link(spinner, progress))
    });
    Ok(Connected { link: opened?, waits })
}

/// Lets the attestations contract of `other` open a channel to that of `site`, and speak for the market of its chain. What has to
/// wait for it.
async fn allow_peer(site: &Site, (connection, port): (&str, &str), other: &Site) -> Result<Vec<Waiting>> {
    let contract = site.contract(Contract::Attestations)?;
    let source = other
        .contracts
        .get(&Contract::Jobs)
        .map(|jobs| attestations::Source { chain_id: other.chain.chain_id().into(), jobs: jobs.clone() });
    let peer = attestations::Peer { connection_id: connection.into(), port_id: port.into(), source };
    let query =
        attestations::QueryMsg::Peers { start_after: None, limit: Some(attestations::limits::MAX_PAGE) };
    let known: Vec<attestations::Peer> = site.chain.query(contract, &query).await?;
    if known.contains(&peer) {
        return Ok(vec![]);
    }
    let message = attestations::ExecuteMsg::AllowPeer(peer);
    let message = OwnerMessage::new(Contract::Attestations, contract, &message)?;
    let waits = set_as_owner(&site.wallet().await?, &[message]).await?.waits;
    let (chain, now) = (&site.name, site.chain.info().await?.time.seconds());
    Ok(waits.into_iter().map(|setting| Waiting { chain: chain.clone(), now, setting }).collect())
}

async fn transfer(args: TransferArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let state = devnet(home)?.state()?;
    let link = state.link(&args.from, &args.to)?;
    let (from, to) = (Site::open(&args.from, home).await?, Site::open(&args.to, home).await?);
    let route = route(link, &from, args.channel.as_deref())?;
    let tokens_home = if from.is_home() { &from } else { &to };
    let transfer = Transfer {
        token: tokens_home.contract(args.token.contract())?.into(),
        amount: args.amount,
        receiver: args.receiver.unwrap_or_else(|| to.operator.address().into()),
        timeout_seconds: args.packet.timeout,
    };
    let wallet = from.wallet().await?;
    let spinner = spinner(output);
    let amount = show(args.amount, args.token);
    spinner.set_message(format!("sending {amount} from {} to {}", from.name, to.name));
    let height = to.chain.info().await?.height;
    let receipt = bithive_client::ibc::send(&wallet, &route, &transfer).await?;
    let what = format!("{amount} from {} to {}", from.name, to.name);
    follow((&from, &to), height, &receipt, &args.packet, (&what, &spinner, output)).await
}

/// The channel over which a token leaves `from`.
fn route(link: &Link, from: &Site, channel: Option<&str>) -> Result<Route> {
    let known = link.channel(ICS20).map(|channel| channel.channels[link.side(&from.name)].clone());
    let channel = match channel {
        Some(channel) => channel.into(),
        None => known
            .context("the tokens have no channel between these chains; `bithive ibc connect` opens it")?,
    };
    Ok(match from.is_home() {
        true => Route::Out { ics20: from.contract(Contract::Ics20)?.into(), channel },
        false => Route::Back { channel },
    })
}

async fn attest(args: AttestArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let state = devnet(home)?.state()?;
    let link = state.link(&args.from, &args.to)?;
    let (from, to) = (Site::open(&args.from, home).await?, Site::open(&args.to, home).await?);
    let channel = link.channel(ATTESTATIONS).context("no channel is open; `bithive ibc connect` opens it")?;
    let message = attestations::ExecuteMsg::Send {
        job_id: args.job,
        channel_id: channel.channels[link.side(&from.name)].clone(),
        timeout_seconds: Some(args.packet.timeout),
    };
    let spinner = spinner(output);
    spinner.set_message(format!("sending the attestation of job {} to {}", args.job, to.name));
    let height = to.chain.info().await?.height;
    let wallet = from.wallet().await?;
    let receipt = wallet.execute(from.contract(Contract::Attestations)?, &message, &[]).await?;
    let what = format!("attestation of job {} from {} to {}", args.job, from.name, to.name);
    follow((&from, &to), height, &receipt, &args.packet, (&what, &spinner, output)).await
}

/// Follows the packet of a transaction, and prints its outcome.
async fn follow(
    (from, to): (&Site, &Site),
    height: u64,
    receipt: &Receipt,
    args: &PacketArgs,
    (what, spinner, output): (&str, &Spinner, Output),
) -> Result<ExitCode> {
    let packet = Packet::sent(receipt)?;
    let mut stages = vec![json!({ "stage": "sent", "height": receipt.height, "hash": receipt.hash })];
    tell(spinner, output, &format!("sent in block {} of {}", receipt.height, from.name));
    let cursors = (from.chain.blocks_from(receipt.height), to.chain.blocks_from(height));
    let mut seen = |stage: &Stage| {
        stages.push(json!(stage));
        tell(
            spinner,
            output,
            &match stage {
                Stage::Received { seen, answer: Ack::Result(_) } => {
                    format!("received in block {} of {}", seen.height, to.name)
                }
                Stage::Received { seen, answer: Ack::Error(_) } => {
                    format!("refused in block {} of {}", seen.height, to.name)
                }
                Stage::Acknowledged { seen } => {
                    format!("acknowledged in block {} of {}", seen.height, from.name)
                }
                Stage::TimedOut { seen } => format!("timed out in block {} of {}", seen.height, from.name),
            },
        );
    };
    let patience = Duration::from_secs(args.wait);
    let end = bithive_client::ibc::follow(&packet, cursors, patience, &mut seen).await?;
    spinner.finish_and_clear();
    let mut answer = json!(end);
    answer["packet"] = json!(packet);
    answer["stages"] = Value::Array(stages);
    output.show(&answer, |_| match &end {
        Outcome::Acknowledged { .. } => println!("{what}: arrived"),
        Outcome::Refused { error } => println!("{what}: refused, and undone here: {error}"),
        Outcome::TimedOut => println!("{what}: timed out, and undone here"),
        Outcome::Pending { .. } => println!("{what}: still under way; `bithive ibc status` shows it"),
    })?;
    Ok(if matches!(end, Outcome::Acknowledged { .. }) { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(spinner: &Spinner, output: Output, line: &str) {
    spinner.update(line.to_owned());
    output.note(line);
}

async fn balance(name: &str, address: Option<String>, home: &Path, output: Output) -> Result<ExitCode> {
    let state = devnet(home)?.state()?;
    state.chain(name)?;
    let site = Site::open(name, home).await?;
    let address = address.unwrap_or_else(|| site.operator.address().into());
    let mut held = Vec::new();
    for token in Token::ALL {
        held.push((token, token_holding(&state, &site, token, &address, home).await?));
    }
    let answer = json!({
        "chain": name, "address": address,
        "tokens": held.iter().map(|(token, (amount, denom))| {
            json!({ "token": token.name(), "amount": amount.to_string(), "denom": denom })
        }).collect::<Vec<_>>(),
    });
    output.show(&answer, |_| {
        println!("{address} on {name}");
        for (token, (amount, denom)) in &held {
            println!("{}  {denom}", show(*amount, *token));
        }
    })?;
    Ok(ExitCode::SUCCESS)
}

/// What an account holds of a token on a chain, and the token's denomination there.
async fn token_holding(
    state: &State,
    site: &Site,
    token: Token,
    address: &str,
    home: &Path,
) -> Result<(u128, String)> {
    if site.is_home() {
        let contract = site.contract(token.contract())?;
        let route = Route::Out { ics20: site.contract(Contract::Ics20)?.into(), channel: String::new() };
        return Ok((holding(&site.chain, &route, contract, address).await?, contract.into()));
    }
    let mut links = state.links.iter().filter(|link| link.chains.contains(&site.name));
    let link = links.find(|link| link.channel(ICS20).is_some());
    let link = link.with_context(|| format!("no tokens come to {}; `bithive ibc connect`", site.name))?;
    let other = Site::open(&link.chains[1 - link.side(&site.name)], home).await?;
    let contract = other.contract(token.contract())?;
    let Route::Back { channel } = route(link, site, None)? else {
        bail!("{} has tokens of its own", site.name)
    };
    let denom = voucher(&channel, contract);
    Ok((holding(&site.chain, &Route::Back { channel }, contract, address).await?, denom))
}

fn show(amount: u128, token: Token) -> String {
    amount::show(amount).replace(Token::Btt.name(), token.name())
}

async fn status(home: &Path, output: Output) -> Result<ExitCode> {
    let devnet = devnet(home)?;
    let (state, relayer) = (devnet.state()?, devnet.relayer()?);
    let mut rows = Vec::new();
    let mut healthy = relayer.as_ref().is_none_or(|relayer| relayer.pid.is_some());
    for link in &state.links {
        let mut chains = Vec::new();
        for name in &link.chains {
            chains.push(target(name, home).await?.chain);
        }
        let [a, b] = &chains[..] else { return Err(anyhow!("a link has two chains")) };
        for channel in &link.channels {
            let row = channel_status([a, b], link, channel).await?;
            healthy &= row["open"] == true;
            rows.push(row);
        }
    }
    let answer = json!({ "relayer": relayer, "channels": rows });
    output.show(&answer, |_| {
        let pid = relayer.as_ref().and_then(|relayer| relayer.pid);
        println!(
            "{}",
            pid.map_or("Hermes does not run; `devnet up` starts it".into(), |pid| format!(
                "Hermes runs, pid {pid}"
            ))
        );
        let mut shown = table(&["channel", "between", "names", "state", "waiting"]);
        for row in &rows {
            let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
            let pair = |key: &str| {
                let names = row[key].as_array().into_iter().flatten().filter_map(Value::as_str);
                names.collect::<Vec<_>>().join(" ")
            };
            let waiting = row["pending"].as_array().into_iter().flatten().map(|side| {
                let count = |key: &str| side[key].as_array().map_or(0, Vec::len);
                format!(
                    "{}: {} ({} not received)",
                    side["from"].as_str().unwrap_or_default(),
                    count("sent"),
                    count("unreceived")
                )
            });
            let state = if row["open"] == true { "open" } else { "not open" };
            let waiting = waiting.collect::<Vec<_>>().join(", ");
            shown.add_row([text("name"), pair("chains"), pair("channels"), state.into(), waiting]);
        }
        println!("{shown}");
    })?;
    Ok(if healthy { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A channel as both chains have it, and what waits in it.
async fn channel_status(chains: [&Cosmos; 2], link: &Link, channel: &Channel) -> Result<Value> {
    let mut open = true;
    let mut pending = Vec::new();
    for side in 0..2 {
        let (here, there) = (chains[side], chains[1 - side]);
        let (port, name) = (&channel.ports[side], &channel.channels[side]);
        let ends = here.channels().await?;
        open &= ends.iter().any(|end| end.open && end.port == *port && end.channel == *name);
        let sent = here.pending_packets(port, name).await?;
        let other = 1 - side;
        let unreceived =
            there.unreceived_packets(&channel.ports[other], &channel.channels[other], &sent).await?;
        pending.push(json!({ "from": link.chains[side], "sent": sent, "unreceived": unreceived }));
    }
    Ok(json!({
        "name": channel.name, "chains": link.chains, "channels": channel.channels, "ports": channel.ports,
        "order": channel.order, "version": channel.version, "open": open, "pending": pending,
    }))
}
