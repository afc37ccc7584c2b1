//! `bithive accredit run`: measures a node's machine, and compares it with what the node has shown.

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result};
use bithive_blindmatch::schema::{MEMORY_ATTRIBUTE, Schema};
use bithive_chain::validate_address;
use bithive_client::Client;
use bithive_command_kit::{Output, spinner, until as end};
use bithive_daemon::config::{RequesterConfig, Settings};
use bithive_daemon::party::Party;
use bithive_exchange::PeerId;
use bithive_keystore::fresh_rng;
use bithive_measurement::{
    MAX_WORKLOAD_ROWS, MULTIPLY_ADDS, MemoryFigures, MemoryOutcome, MemoryPlan, Progress, SpeedFigures,
    measure_memory, measure_speed,
};
use bithive_memory_proof::MAX_STEPS;
use clap::value_parser;
use serde::Serialize;

use super::acting::unlock;
use super::daemon::start_log;
use super::join;
use super::keys::PasswordArgs;
use super::vouch::{Vouched, read, registered, vouch};

/// Blocks of 1 KiB in a GiB and in a MiB.
const GIB: u64 = 1 << 20;
const MIB: u64 = 1 << 10;
/// How long a node may take to fill or prove: a minute, and for each block what the slowest machines need.
const PATIENCE: (Duration, Duration) = (Duration::from_secs(60), Duration::from_micros(60));

/// Arguments of `bithive accredit run`.
#[derive(clap::Args)]
pub struct RunArgs {
    /// The file of `node disclose`; it has to show the attribute vram.
    file: PathBuf,
    /// The node's address.
    #[arg(long)]
    node: String,
    /// Configuration of a requester: its endpoint asks, and its account vouches.
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    #[command(flatten)]
    password: PasswordArgs,
    /// Vouch for the attribute if the machine holds what the file says.
    #[arg(long)]
    grant: bool,
    /// With --grant: days that it counts.
    #[arg(long, default_value_t = 90, value_parser = value_parser!(u64).range(1..=365))]
    days: u64,
    /// Fill so many MiB only, to see whether a node can be measured. It shows nothing that could be vouched for.
    #[arg(long, value_name = "MIB", conflicts_with = "grant", value_parser = value_parser!(u64).range(1..=1024))]
    trial: Option<u64>,
    /// Reads in a row, each of which says where the next one is; they are timed together, three times.
    #[arg(long, default_value_t = 1 << 20, value_parser = value_parser!(u32).range(1..=i64::from(MAX_STEPS)))]
    steps: u32,
    /// Most time for each of them, in nanoseconds. Main memory takes some hundreds, memory of another machine thousands, a disk more.
    #[arg(long, value_name = "NS", default_value_t = 1_500, value_parser = value_parser!(u64).range(1..=10_000_000))]
    step_limit: u64,
    /// Time for the way to the node and back, in milliseconds, for all reads together.
    #[arg(long, value_name = "MS", default_value_t = 250, value_parser = value_parser!(u64).range(0..=10_000))]
    network_limit: u64,
    /// Rows that the node runs through a model that nobody has seen, three times.
    #[arg(long, default_value_t = MAX_WORKLOAD_ROWS as u32, value_parser = value_parser!(u32).range(1..=MAX_WORKLOAD_ROWS as i64))]
    rows: u32,
    /// Rows that it has to run in a second; without it, its speed is shown and decides nothing.
    #[arg(long, value_name = "ROWS")]
    least_rows: Option<u64>,
}

impl RunArgs {
    fn plan(&self, blocks: u32) -> MemoryPlan {
        MemoryPlan {
            blocks,
            steps: self.steps,
            step_limit: Duration::from_nanos(self.step_limit),
            network: Duration::from_millis(self.network_limit),
            patience: PATIENCE.0 + PATIENCE.1.saturating_mul(blocks),
        }
    }
}

/// What was measured, and what follows.
#[derive(Serialize)]
struct Measured {
    node: String,
    /// What the file says, in GiB.
    stated_gib: u64,
    /// What was filled, in MiB.
    filled_mib: u64,
    fill_seconds: f64,
    walk_ms: Vec<f64>,
    walk_limit_ms: f64,
    rows_per_second: f64,
    /// Why the machine does not hold what the file says; empty if it does.
    problems: Vec<String>,
    held: bool,
    /// Attributes that were vouched for.
    granted: Vec<String>,
    until: Option<u64>,
}

/// Runs the measurement.
pub(crate) async fn run(args: RunArgs, output: Output) -> Result<ExitCode> {
    let schema = Schema::bithive();
    let disclosure = read(&args.file)?;
    disclosure.verify(&schema)?;
    let stated = disclosure.stated_amount(&schema, MEMORY_ATTRIBUTE).with_context(|| {
        format!("{} does not show {MEMORY_ATTRIBUTE}, which is what is measured", args.file.display())
    })?;
    let blocks = match args.trial {
        Some(mib) => mib * MIB,
        None => stated.saturating_mul(GIB),
    };
    let blocks = u32::try_from(blocks).with_context(|| format!("{stated} GiB are more than is measured"))?;
    anyhow::ensure!(
        blocks > 0,
        "the file says that there is less memory than anybody asks for: nothing to measure"
    );

    let config = RequesterConfig::load(&args.config)?;
    start_log(&config.log)?;
    let (account, endpoint) = unlock(&config, &args.password)?.0.keys();
    let client = join::connect(&config.chain).await?;
    let node = validate_address(&args.node)?.to_string();
    registered(&client, &disclosure, &node).await?;
    if args.grant {
        expect_accreditor(&client, account.address()).await?;
    }
    let peer = endpoint_of(&client, &node).await?;
    let party = Party::start(&client, &config.network, &config.data, (account, &endpoint)).await?;
    let measured = measure(&party, peer, &args, blocks, output).await;
    party.transport.close().await;
    let (memory, speed) = measured?;

    let problems = problems(&memory, &speed, args.least_rows);
    let vouched = if args.grant && problems.is_empty() {
        let attributes = vec![MEMORY_ATTRIBUTE.to_owned()];
        Some(vouch(&party.account, (&disclosure, attributes), &node, args.days).await?)
    } else {
        None
    };
    show(&args, (node, stated), (&memory, &speed), (problems, vouched), output)
}

/// Says before a machine is kept busy for minutes that nothing could be said of it afterwards.
async fn expect_accreditor(client: &Client, account: &str) -> Result<()> {
    let listed = client.accreditation().await?.accreditors;
    anyhow::ensure!(
        listed.iter().any(|accreditor| accreditor.as_str() == account),
        "{account} is no accreditor that the registry's owner has listed; measure without --grant, or have it listed with \
         `bithive chain accreditors set`"
    );
    Ok(())
}

async fn endpoint_of(client: &Client, node: &str) -> Result<PeerId> {
    let node = client.node(node).await?.context("the node is gone")?;
    Ok(PeerId(
        node.registration.endpoint.as_slice().try_into().context("the node's endpoint is not 32 bytes")?,
    ))
}

async fn measure(
    party: &Party,
    node: PeerId,
    args: &RunArgs,
    blocks: u32,
    output: Output,
) -> Result<(MemoryFigures, SpeedFigures)> {
    let (exchange, mut rng, line) = (party.exchange(), fresh_rng()?, Arc::new(spinner(output)));
    let shown = line.clone();
    let progress = move |step| {
        shown.set_message(match step {
            Progress::Filling => format!("the node fills {} MiB", u64::from(blocks) / MIB),
            Progress::Walking(walk) => format!("walk {walk}"),
            Progress::Proving => "the node fills its memory again, to prove it".into(),
        });
    };
    let plan = args.plan(blocks);
    let memory = measure_memory(exchange.as_ref(), node, &plan, &mut rng, progress).await?;
    line.set_message("the node runs a model");
    let speed = measure_speed(exchange.as_ref(), node, args.rows, &mut rng).await?;
    line.finish_and_clear();
    Ok((memory, speed))
}

/// Why a machine does not hold what its operator says.
fn problems(memory: &MemoryFigures, speed: &SpeedFigures, least_rows: Option<u64>) -> Vec<String> {
    let mut problems = Vec::new();
    match &memory.outcome {
        MemoryOutcome::Held => {}
        MemoryOutcome::TooSlow => problems.push(format!(
            "its memory is too slow: reads took {} ms, at most {} are given",
            memory.walks.iter().max().map_or(0, Duration::as_millis),
            memory.limit.as_millis()
        )),
        MemoryOutcome::Wrong(error) => problems.push(format!("its memory is not filled: {error}")),
    }
    if let Some(row) = speed.wrong_row {
        problems.push(format!("it ran the model wrongly: row {row}"));
    }
    if let Some(least) = least_rows.filter(|least| speed.rows_per_second < *least as f64) {
        problems
            .push(format!("it runs {:.0} rows a second, and {least} are asked for", speed.rows_per_second));
    }
    problems
}

fn show(
    args: &RunArgs,
    (node, stated_gib): (String, u64),
    (memory, speed): (&MemoryFigures, &SpeedFigures),
    (problems, vouched): (Vec<String>, Option<Vouched>),
    output: Output,
) -> Result<ExitCode> {
    let ms = |time: &Duration| time.as_secs_f64() * 1e3;
    let measured = Measured {
        node,
        stated_gib,
        filled_mib: u64::from(memory.blocks) / MIB,
        fill_seconds: memory.fill.as_secs_f64(),
        walk_ms: memory.walks.iter().map(ms).collect(),
        walk_limit_ms: ms(&memory.limit),
        rows_per_second: speed.rows_per_second,
        held: problems.is_empty(),
        problems,
        granted: vouched.iter().flat_map(|vouched| vouched.attributes.clone()).collect(),
        until: vouched.as_ref().map(|vouched| vouched.until),
    };
    output.show(&measured, |measured| {
        let walks: Vec<String> = measured.walk_ms.iter().map(|ms| format!("{ms:.0}")).collect();
        println!("{} states {stated_gib} GiB; {} MiB were filled", measured.node, measured.filled_mib);
        println!("filling took {:.0} s", measured.fill_seconds);
        println!(
            "{} reads took {} ms; at most {:.0} are given",
            args.steps,
            walks.join(", "),
            measured.walk_limit_ms
        );
        let rate = measured.rows_per_second;
        println!("it runs {rate:.0} rows a second of a model with {MULTIPLY_ADDS} multiply-adds a row");
        measured.problems.iter().for_each(|problem| println!("does not hold: {problem}"));
        match &vouched {
            Some(Vouched { attributes, until, now }) => {
                println!(
                    "{} is accredited for {}; it ends {}",
                    measured.node,
                    attributes.join(", "),
                    end(*until, *now)
                );
            }
            None if !measured.held => {}
            None if args.trial.is_some() => {
                println!("the node can be measured; nothing is shown about {stated_gib} GiB")
            }
            None => println!("it holds; --grant vouches for {MEMORY_ATTRIBUTE}"),
        }
    })?;
    Ok(if measured.held { ExitCode::SUCCESS } else { ExitCode::from(1) })
}
