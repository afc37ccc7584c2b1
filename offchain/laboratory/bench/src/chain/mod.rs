//! Settlements on a real chain, one by one and many at once, with real accounts and signatures: how many a second, what
//! each costs, what gas and time are spent on, and what limits them.
//!
//! The chain is a wasmd that is started for the measurement, one validator on this machine. Jobs are brought to the phase
//! in which a statement settles them before the clock runs. Then all settlements are handed to the node at once, so that its blocks are as full
//! as they get.

mod bench_chain;
mod gas;
mod market;
mod native;
mod settled;
mod submitter;

use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, ensure};
use bithive_api::jobs::limits;
use bithive_chain::{Message, Wallet};
use bithive_deploy::Artifacts;
use bithive_devnet::BlockTime;
use bithive_dgkbe::Groups;
use bithive_local::{Founders, ceremony, deploy, fork, open_chain};
use rand_chacha::ChaCha20Rng;
use serde::Serialize;

use crate::{Aim, Figure, Limit};
use bench_chain::BenchChain;
pub use gas::GasPart;
use gas::Kind;
use market::{Market, Ready};
use native::Verification;
use settled::Settled;
pub use settled::SettlingBlock;
use submitter::Submitter;

/// Slots of the broadcast group: as many as workers need, and no more work than that.
const SLOTS: u16 = 8;
/// What the documents claim: settlements a second, and bytes of each.
const AIMED_RATE: f64 = 5_000.0;
const AIMED_BYTES: f64 = 300.0;

/// What to measure.
#[derive(Clone, Debug)]
pub struct ChainOptions {
    /// Jobs that are settled in batches.
    pub jobs: usize,
    /// Jobs that are settled one by one.
    pub singles: usize,
    /// Jobs of a batch.
    pub batch: usize,
    /// Time between blocks.
    pub block_time: BlockTime,
    /// Folder of the contracts' wasm.
    pub artifacts: PathBuf,
}

/// How many settlements a second something has room for.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Bound {
    /// The resource, like gas or bytes of a block.
    pub what: String,
    /// Settlements in batches a second.
    pub batched: f64,
    /// Settlements one by one a second.
    pub single: f64,
}

/// All results of the measurement.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChainBench {
    /// Settlements in batches; the peer is settling them one by one.
    pub figures: Vec<Figure>,
    /// What the gas of one settlement is for.
    pub gas: Vec<GasPart>,
    /// The rate that each resource allows by itself.
    pub bounds: Vec<Bound>,
    /// Blocks that settled batches.
    pub batched_blocks: Vec<SettlingBlock>,
    /// Blocks that settled one by one.
    pub single_blocks: Vec<SettlingBlock>,
}

/// Measures on a chain that is made for it and removed afterwards. `program` gives the node's program, built where there
/// is none; `progress` hears what happens.
///
/// # Errors
/// When a number is out of bounds, the wasm or the node's program is not there, or the chain refuses something.
pub async fn chain(
    options: &ChainOptions,
    program: impl FnOnce() -> Result<PathBuf> + Send,
    rng: &mut ChaCha20Rng,
    progress: &mut (dyn FnMut(&str) + Send),
) -> Result<ChainBench> {
    check(options)?;
    let artifacts = Artifacts::read(&options.artifacts)?;
    progress("counting host calls on a chain in this process");
    let counted = [count(options.batch, rng).await?, count(1, rng).await?];
    progress("starting a chain");
    let chain = BenchChain::open(options.block_time, program, rng).await?;
    let (founders, crs) = (Founders::generate(rng)?, ceremony(SLOTS, rng)?);
    let groups = Groups::new(1, SLOTS)?;
    progress("deploying the contracts");
    let deployment = chain.deploy(&artifacts, (&founders, &crs, 1)).await?;
    let (handle, all) = (Arc::new(chain.client.clone()), options.jobs + options.singles);
    progress("registering workers");
    let mut market = Market::open(handle, deployment, (&founders, &crs, groups), all, fork(rng)).await?;
    let submitter = Submitter::Node(chain.client.clone());
    let mut ready = market.ready(&submitter, all, progress).await?;
    let singles = ready.split_off(options.jobs);

    progress("verifying natively");
    let batch = ready.get(..options.batch).context("a batch")?;
    let native = [native::together(batch)?, native::alone(batch.first().context("a job")?)?];
    progress("settling in batches");
    let batched = settled::settle(&chain.client, chain.pid, batches(&market, &ready, options.batch)?).await?;
    progress("settling one by one");
    let single = settled::settle(&chain.client, chain.pid, one_by_one(&market, &singles)?).await?;
    report(options, &chain, [&batched, &single], &native, &counted)
}

fn check(options: &ChainOptions) -> Result<()> {
    let ChainOptions { jobs, singles, batch, .. } = options;
    let most = limits::MAX_FINALIZATIONS;
    ensure!((1..=most).contains(batch), "--batch is {batch}; expected 1 to {most}");
    ensure!(jobs >= batch, "--jobs is {jobs}; expected at least one batch of {batch}");
    ensure!(*singles > 0, "--singles is 0; expected at least 1");
    Ok(())
}

/// Host calls of one settlement of `jobs` jobs, in a batch unless it is one.
async fn count(jobs: usize, rng: &mut ChaCha20Rng) -> Result<bithive_chain::HostCalls> {
    let (founders, crs) = (Founders::generate(rng)?, ceremony(SLOTS, rng)?);
    let chain = open_chain(None, &founders)?;
    let deployment = deploy(Arc::new(chain.clone()), &founders, &crs, 1).await?;
    let groups = Groups::new(1, SLOTS)?;
    let mut market =
        Market::open(Arc::new(chain), deployment, (&founders, &crs, groups), jobs, fork(rng)).await?;
    let ready = market.ready(&Submitter::Direct, jobs, &mut |_| ()).await?;
    let message = match ready.as_slice() {
        [one] => market.finalize(one)?,
        many => market.finalize_many(many)?,
    };
    let settler = market.settlers.first().context("there is no settler")?;
    let receipts = Submitter::Direct.send(vec![(settler, vec![vec![message]])]).await?;
    receipts.first().and_then(|receipt| receipt.host_calls).context("the chain counts no host calls")
}

type Load<'a> = (&'a Wallet, Vec<(Vec<Message>, u64)>);

/// Batches, dealt out to the settlers.
fn batches<'a>(market: &'a Market, jobs: &[Ready], size: usize) -> Result<Vec<Load<'a>>> {
    deal(market, jobs.chunks(size), |batch| market.finalize_many(batch))
}

fn one_by_one<'a>(market: &'a Market, jobs: &[Ready]) -> Result<Vec<Load<'a>>> {
    deal(market, jobs.chunks(1), |job| market.finalize(job.first().context("a job")?))
}

fn deal<'a, 'b>(
    market: &'a Market,
    parts: impl Iterator<Item = &'b [Ready]>,
    message: impl Fn(&[Ready]) -> Result<Message>,
) -> Result<Vec<Load<'a>>> {
    let mut loads: Vec<Load<'a>> = market.settlers.iter().map(|wallet| (wallet, Vec::new())).collect();
    let count = loads.len();
    for (index, part) in parts.enumerate() {
        if let Some((_, load)) = loads.get_mut(index % count) {
            load.push((vec![message(part)?], part.len() as u64));
        }
    }
    loads.retain(|(_, load)| !load.is_empty());
    Ok(loads)
}

fn report(
    options: &ChainOptions,
    chain: &BenchChain,
    [batched, single]: [&Settled; 2],
    [together, alone]: &[Verification; 2],
    [counted_batch, counted_single]: &[bithive_chain::HostCalls; 2],
) -> Result<ChainBench> {
    let n = options.batch as u64;
    let full = Kind {
        jobs: n,
        gas: batched.each(batched.gas as f64) * n as f64,
        bytes: batched.each(batched.bytes as f64) * n as f64,
        calls: *counted_batch,
    };
    let one = Kind {
        jobs: 1,
        gas: single.each(single.gas as f64),
        bytes: single.each(single.bytes as f64),
        calls: *counted_single,
    };
    let seconds = options.block_time.duration().as_secs_f64();
    let cpu = |settled: &Settled| settled.each(settled.cpu_seconds * 1e6);
    let bound = |what: &str, of: &dyn Fn(&Settled, &Verification) -> f64| Bound {
        what: what.to_owned(),
        batched: of(batched, together),
        single: of(single, alone),
    };
    let room = |limit: u64, used: f64| limit as f64 / used / seconds;
    let bounds = vec![
        bound("gas of a block", &|settled, _| room(chain.block_gas, settled.each(settled.gas_wanted as f64))),
        bound("bytes of a block", &|settled, _| room(chain.block_bytes, settled.each(settled.bytes as f64))),
        bound("the node's processor time, on one core", &|settled, _| 1e6 / cpu(settled)),
        bound("BLS verification by the VM's host functions, on one core", &|_, native| 1e6 / native.host),
        bound("BLS verification by blst, on all cores", &|_, native| 1e6 / native.blst),
    ];
    let figures = vec![
        rate(n, batched.per_second(), single.per_second(), 1e6 / together.host),
        cost(
            ("transaction bytes of a settlement", "bytes", n),
            [batched.each(batched.bytes as f64), single.each(single.bytes as f64)],
            None,
            Some(AIMED_BYTES),
        ),
        cost(
            ("gas of a settlement", "gas", n),
            [full.gas / n as f64, one.gas],
            Some(("BLS verification", gas::bls_calls(n).gas() as f64 / n as f64)),
            None,
        ),
        cost(
            ("processor time of the node for a settlement", "µs", n),
            [cpu(batched), cpu(single)],
            Some(("BLS verification by the VM's host functions", together.host)),
            None,
        ),
        cost(
            ("BLS verification of a statement by the VM's host functions", "µs", n),
            [together.host, alone.host],
            None,
            None,
        ),
        cost(
            ("BLS verification of a statement by blst, all cores", "µs", n),
            [together.blst, alone.blst],
            None,
            None,
        ),
    ];
    Ok(ChainBench {
        figures,
        gas: gas::parts(&full, &one)?,
        bounds,
        batched_blocks: batched.blocks.clone(),
        single_blocks: single.blocks.clone(),
    })
}

const PEER: &str = "one by one";

fn rate(n: u64, value: f64, peer_value: f64, bls: f64) -> Figure {
    Figure {
        name: "settlements a second".into(),
        n,
        value,
        unit: "1/s",
        peer: PEER.into(),
        peer_value,
        ratio: value / peer_value,
        limit: Some(Limit {
            name: "BLS verification by the VM's host functions, on one core".into(),
            value: bls,
            ratio: bls / value,
        }),
        aim: Some(Aim { value: AIMED_RATE, met: value >= AIMED_RATE }),
    }
}

fn cost(
    (name, unit, n): (&str, &'static str, u64),
    [value, peer_value]: [f64; 2],
    limit: Option<(&str, f64)>,
    aim: Option<f64>,
) -> Figure {
    Figure {
        name: name.into(),
        n,
        value,
        unit,
        peer: PEER.into(),
        peer_value,
        ratio: peer_value / value,
        limit: limit.map(|(name, limit)| Limit { name: name.into(), value: limit, ratio: value / limit }),
        aim: aim.map(|aim| Aim { value: aim, met: value <= aim }),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use rand_core::SeedableRng as _;

    #[tokio::test]
    async fn jobs_are_brought_to_their_statements_and_settle_singly_and_together() {
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for jobs in [1, 5] {
            let calls = count(jobs, &mut rng).await.unwrap();
            let expected = gas::bls_calls(jobs as u64);
            assert_eq!(calls.pairings, expected.pairings);
            assert_eq!((calls.hash_to_g2, calls.aggregated_points), (expected.hashes, expected.points));
            // One entry of the contract, however many jobs; one that settles alone is reported at once, by a message of
            // the market to itself and one to the registry.
            assert_eq!(calls.contract_calls, if jobs == 1 { 3 } else { 1 });
        }
    }

    #[test]
    fn numbers_out_of_bounds_name_the_option() {
        let options = |jobs, singles, batch| ChainOptions {
            jobs,
            singles,
            batch,
            block_time: BlockTime::default(),
            artifacts: PathBuf::new(),
        };
        for (bad, named) in [
            (options(10, 1, 0), "--batch is 0; expected 1 to 256"),
            (options(999, 1, 257), "--batch is 257"),
            (options(10, 1, 11), "--jobs is 10; expected at least one batch of 11"),
            (options(10, 0, 10), "--singles is 0"),
        ] {
            assert!(check(&bad).unwrap_err().to_string().contains(named), "{named}");
        }
        check(&options(10, 1, 10)).unwrap();
    }

    #[test]
    fn more_a_second_and_less_of_everything_else_is_better() {
        let rate = rate(256, 600.0, 150.0, 1_200.0);
        assert_eq!((rate.ratio, rate.limit.unwrap().ratio, rate.aim.unwrap().met), (4.0, 2.0, false));
        let cost = cost(("bytes", "bytes", 1), [50.0, 500.0], Some(("least", 25.0)), Some(300.0));
        assert_eq!((cost.ratio, cost.limit.unwrap().ratio, cost.aim.unwrap().met), (10.0, 2.0, true));
    }
}
