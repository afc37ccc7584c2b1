//! `bithive randomness`: rounds of drand on a chain.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use bithive_api::randomness::{Event, ExecuteMsg, Request, events, limits};
use bithive_client::amount::{parse, show};
use bithive_command_kit::Output;
use clap::{ArgGroup, Args, Subcommand};
use cosmwasm_std::{Binary, HexBinary};

use super::accounts::{Accounts, now, until};
use super::beacons::{self, Source};
use super::network::On;
use super::rounds::{self, Site};
use super::unsigned::{Transactions, Transacts};

const SEVERAL: Transactions = Transactions::Several("submit one round with `randomness submit … --unsigned`");

/// Public randomness: rounds of drand, which nobody chooses and everybody can check. The chain verifies a round once, and contracts read it.
/// Who needs one later asks for it, with a bounty in BTT for whoever brings it.
#[derive(Subcommand)]
pub enum Command {
    /// Show the network, the newest rounds that the chain knows, and those that somebody waits for.
    Show,
    /// Print the randomness of a round. The exit code is 1 if the chain does not know it yet.
    Round {
        /// Number of the round.
        round: u64,
    },
    /// List what accounts wait for.
    List {
        /// Names; all wallets and nodes when left out.
        names: Vec<String>,
    },
    /// Wait for a round that nobody can know yet, for example: randomness request --from alice --bounty 0.5
    Request {
        /// Wallet that asks, and pays the bounty.
        #[arg(long)]
        from: String,
        /// BTT for whoever brings the round; they come back after 30 days in which nobody does.
        #[arg(long, default_value = "0", allow_negative_numbers = true)]
        bounty: String,
        /// Seconds from now before which the round may not be.
        #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(..=limits::MAX_AFTER))]
        after: Option<u64>,
    },
    /// Bring one round.
    Submit(SubmitArgs),
    /// Bring all rounds that somebody waits for, until it is interrupted, and earn their bounties.
    Follow(FollowArgs),
    /// Give consumers the rounds that they waited for; a contract that asked for it is called.
    Deliver {
        /// Numbers of the requests, at most 16.
        #[arg(required = true)]
        requests: Vec<u64>,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Give the bounty of a request back whose round did not come in 30 days.
    Expire {
        /// Number of the request.
        id: u64,
        /// Wallet that sends the transaction; anybody may.
        #[arg(long)]
        from: String,
    },
    /// Withdraw the bounties that the account has earned or that came back.
    Withdraw {
        /// Wallet that is owed.
        #[arg(long)]
        from: String,
    },
    /// Make a stand-in for drand, for chains that try things out: whoever has its key knows every round before its time.
    StandIn {
        /// File for its secret, which only its owner can read.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// File for the network, which `deploy --drand` takes.
        #[arg(long, value_name = "FILE")]
        network_out: PathBuf,
        /// Seconds from one round to the next.
        #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=3_600))]
        period: u32,
    },
}

/// Where rounds come from.
#[derive(Args)]
#[command(group = ArgGroup::new("source").args(["drand", "stand_in"]).required(true))]
pub struct SourceArgs {
    /// URL of a server of drand's HTTP interface, such as `https://api.drand.sh`. What it says is verified.
    #[arg(long, value_name = "URL")]
    drand: Option<String>,
    /// Hash that names the network there, 64 hex digits; that of quicknet when left out.
    #[arg(long, value_name = "HEX", requires = "drand", value_parser = hash)]
    chain_hash: Option<HexBinary>,
    /// Secret of a stand-in, as `randomness stand-in` has written it.
    #[arg(long, value_name = "FILE")]
    stand_in: Option<PathBuf>,
}

/// A round to bring.
#[derive(Args)]
#[command(group = ArgGroup::new("from_where").args(["signature", "drand", "stand_in"]).required(true))]
pub struct SubmitArgs {
    /// Number of the round.
    round: u64,
    /// The network's signature, 96 hex digits.
    #[arg(long, value_name = "HEX", value_parser = signature)]
    signature: Option<HexBinary>,
    /// URL of a server of drand's HTTP interface.
    #[arg(long, value_name = "URL")]
    drand: Option<String>,
    /// Hash that names the network there, 64 hex digits; that of quicknet when left out.
    #[arg(long, value_name = "HEX", requires = "drand", value_parser = hash)]
    chain_hash: Option<HexBinary>,
    /// Secret of a stand-in, as `randomness stand-in` has written it.
    #[arg(long, value_name = "FILE")]
    stand_in: Option<PathBuf>,
    /// Wallet that sends the transaction; anybody may.
    #[arg(long)]
    from: String,
}

/// What to bring, and how often to look.
#[derive(Args)]
pub struct FollowArgs {
    #[command(flatten)]
    source: SourceArgs,
    /// Wallet that sends the transactions and earns the bounties.
    #[arg(long)]
    from: String,
    /// Least bounty in BTT for which a round is brought; a transaction costs a fee.
    #[arg(long, default_value = "0", allow_negative_numbers = true)]
    least_bounty: String,
    /// Look once, bring what can be brought, and end. The exit code is 1 if a round could not be brought.
    #[arg(long)]
    once: bool,
    /// Seconds from one look to the next.
    #[arg(long, value_name = "SECONDS", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=3_600))]
    every: u64,
}

fn sized(text: &str, bytes: usize) -> Result<HexBinary, String> {
    let found = HexBinary::from_hex(text).ok().filter(|found| found.len() == bytes);
    found.ok_or_else(|| format!("expected {} hex digits", bytes.saturating_mul(2)))
}

fn hash(text: &str) -> Result<HexBinary, String> {
    sized(text, 32)
}

fn signature(text: &str) -> Result<HexBinary, String> {
    sized(text, bithive_drand::SIGNATURE_BYTES)
}

impl Transacts for Command {
    fn transactions(&self) -> Transactions {
        match self {
            Self::Show | Self::Round { .. } | Self::List { .. } | Self::StandIn { .. } => Transactions::None,
            Self::Follow(_) => SEVERAL,
            _ => Transactions::One,
        }
    }
}

/// Runs a command on the network that is meant. 1 if a round is not known, or could not be brought.
pub async fn run(On { network, command }: On<Command>, home: &Path, output: Output) -> Result<ExitCode> {
    // A stand-in is of no chain.
    if let Command::StandIn { out, network_out, period } = &command {
        return beacons::new_stand_in(out, network_out, *period, output).map(|()| ExitCode::SUCCESS);
    }
    let accounts = &Accounts::open(&network, home).await?;
    let site = &Site::open(accounts).await?;
    match command {
        Command::StandIn { .. } => {}
        Command::Show => rounds::show(site, output).await?,
        Command::Round { round } => return rounds::round(site, round, output).await,
        Command::List { names } => rounds::list(site, names, output).await?,
        Command::Request { from, bounty, after } => request(site, &from, &bounty, after, output).await?,
        Command::Submit(args) => submit(site, args, output).await?,
        Command::Follow(args) => return follow(site, args, output).await,
        Command::Deliver { requests, from } => deliver(site, requests, &from, output).await?,
        Command::Expire { id, from } => expire(site, id, &from, output).await?,
        Command::Withdraw { from } => withdraw(site, &from, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn request(
    site: &Site<'_>,
    from: &str,
    bounty: &str,
    after: Option<u64>,
    output: Output,
) -> Result<()> {
    let (bounty, time) = (parse(bounty).context("--bounty")?, now(site.accounts).await?);
    let after = after.map(|seconds| time.saturating_add(seconds));
    let account = site.accounts.account(from).await?;
    let request = Request { after, job: Binary::default(), call_gas: 0 };
    let receipt = site.randomness.ask(&account, bounty, request).await?;
    let asked = |event| match event {
        Event::Requested { id, round, .. } => Some((id, round)),
        _ => None,
    };
    let done = site.read(&receipt, events::REQUESTED, asked)?;
    let at = site.network.time_of(done.value.1)?;
    output.show(&done, |done| {
        let (id, round) = done.value;
        println!("request {id} waits for round {round}, which the network signs {}", until(at, time));
    })
}

async fn submit(site: &Site<'_>, args: SubmitArgs, output: Output) -> Result<()> {
    let signature = match args.signature {
        Some(signature) => signature,
        None => {
            let source = Source::new(args.drand, args.chain_hash, args.stand_in.as_deref(), &site.network)?;
            source.signature(args.round).await?.into()
        }
    };
    // What is no signature of the network is refused before it costs a fee.
    bithive_drand::native::verify(&site.network, args.round, &signature)?;
    let message = ExecuteMsg::Submit { round: args.round, signature };
    let told = |event| match event {
        Event::Submitted { randomness, bounty, .. } => Some((randomness, bounty.u128())),
        _ => None,
    };
    let done = site.tell(&args.from, &message, events::SUBMITTED, told).await?;
    output.show(&done, |done| {
        let (randomness, bounty) = &done.value;
        println!("round {} is {randomness}; {} of bounties", args.round, show(*bounty));
    })
}

async fn follow(site: &Site<'_>, args: FollowArgs, output: Output) -> Result<ExitCode> {
    let SourceArgs { drand, chain_hash, stand_in } = args.source;
    let source = Source::new(drand, chain_hash, stand_in.as_deref(), &site.network)?;
    let least = parse(&args.least_bounty).context("--least-bounty")?;
    let account = site.accounts.account(&args.from).await?;
    let (by, mut start) = ((&account, &source), None);
    if args.once {
        let (mut brought, mut failed) = (vec![], 0usize);
        loop {
            let look = beacons::bring(site, by, least, start, output).await?;
            brought.extend(look.brought);
            failed = failed.saturating_add(look.failed);
            start = look.next;
            if start.is_none() {
                break;
            }
        }
        output.show(&brought, |brought| println!("{} rounds brought", brought.len()))?;
        return Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    output.note("bringing rounds that somebody waits for; interrupt to end");
    let every = Duration::from_secs(args.every);
    loop {
        // A server or a node that does not answer now may do so later.
        match beacons::bring(site, by, least, start, output).await {
            Ok(look) => {
                start = look.next;
                for one in &look.brought {
                    output.show(one, |_| {})?;
                }
            }
            Err(error) => output.note(format!("{error:#}")),
        }
        tokio::select! {
            _ = tokio::signal::ctrl_c() => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(every) => {}
        }
    }
}

async fn deliver(site: &Site<'_>, requests: Vec<u64>, from: &str, output: Output) -> Result<()> {
    let most = limits::MAX_DELIVERIES;
    ensure!(requests.len() <= most, "{} requests; expected at most {most}", requests.len());
    let account = site.accounts.account(from).await?;
    let receipt = site.randomness.execute(&account, &ExecuteMsg::Deliver { requests }).await?;
    let answer = rounds::delivered(site, &receipt)?;
    output.show(&answer, |answer| {
        for one in answer {
            match &one.failed {
                None => println!("request {} has its round", one.id),
                Some(reason) => println!("request {}: its consumer has refused the call: {reason}", one.id),
            }
        }
    })
}

async fn expire(site: &Site<'_>, id: u64, from: &str, output: Output) -> Result<()> {
    let told = |event| match event {
        Event::Expired { bounty, .. } => Some(bounty.u128()),
        _ => None,
    };
    let done = site.tell(from, &ExecuteMsg::Expire { id }, events::EXPIRED, told).await?;
    output.show(&done, |done| println!("request {id} has expired; {} are its consumer's", show(done.value)))
}

async fn withdraw(site: &Site<'_>, from: &str, output: Output) -> Result<()> {
    let told = |event| match event {
        Event::Withdrawn { amount, .. } => Some(amount.u128()),
        _ => None,
    };
    let done = site.tell(from, &ExecuteMsg::Withdraw {}, events::WITHDRAWN, told).await?;
    output.show(&done, |done| println!("{} withdrawn", show(done.value)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_has_96_hex_digits_and_a_hash_64() {
        assert_eq!(signature(&"01".repeat(48)), Ok([1; 48].into()));
        assert_eq!(hash(&"02".repeat(32)), Ok([2; 32].into()));
        for text in ["", "00", "zz", &"01".repeat(47)] {
            assert!(signature(text).unwrap_err().contains("expected 96 hex digits"), "{text}");
        }
    }
}
