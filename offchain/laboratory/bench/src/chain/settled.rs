//! Results of a run of settlements, from the chain's blocks and the node's process.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::time::Duration;

use anyhow::{Context, Result};
use bithive_chain::{Chain, Cosmos, Message, Receipt, SignedTx, Wallet};
use serde::Serialize;
use tokio::time::sleep;

use super::submitter::{SETTLING, hand_over, receipts, signed};

/// Ticks of a second in Linux's files of processes, on every architecture that the node runs on.
const USER_HZ: f64 = 100.0;

/// A block with settlements.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SettlingBlock {
    /// Height of the block.
    pub height: u64,
    /// Jobs that it settled.
    pub settlements: u64,
    /// Transactions in the block.
    pub transactions: u64,
    /// Gas that the transactions used.
    pub gas: u64,
    /// Seconds from the agreement on this block to the agreement on the next one, in which this one was executed.
    pub seconds: f64,
}

/// A run of settlements.
pub(crate) struct Settled {
    pub(crate) jobs: u64,
    pub(crate) blocks: Vec<SettlingBlock>,
    /// Bytes of all transactions.
    pub(crate) bytes: u64,
    /// Gas used, and gas that the limits asked for: what blocks have room for.
    pub(crate) gas: u64,
    pub(crate) gas_wanted: u64,
    /// Processor seconds of the node while it took, agreed on and executed them.
    pub(crate) cpu_seconds: f64,
}

impl Settled {
    /// Jobs settled a second over all blocks that settled some.
    pub(crate) fn per_second(&self) -> f64 {
        self.jobs as f64 / self.blocks.iter().map(|block| block.seconds).sum::<f64>()
    }

    /// A sum's share of one settlement.
    pub(crate) fn each(&self, sum: f64) -> f64 {
        sum / self.jobs as f64
    }
}

/// Messages of one transaction, and how many jobs they settle.
pub(crate) type Load = (Vec<Message>, u64);

/// Hands all transactions over at once and measures until the chain is done with them. A transaction of `loads` settles
/// as many jobs as its number says.
pub(crate) async fn settle(chain: &Cosmos, pid: u32, loads: Vec<(&Wallet, Vec<Load>)>) -> Result<Settled> {
    let jobs_of: Vec<u64> = loads.iter().flat_map(|(_, load)| load.iter().map(|(_, jobs)| *jobs)).collect();
    let loads = loads
        .into_iter()
        .map(|(wallet, load)| (wallet, load.into_iter().map(|(messages, _)| messages).collect::<Vec<_>>()));
    let transactions: Vec<SignedTx> = signed(loads.collect(), SETTLING).await?;
    let before = cpu_seconds(pid)?;
    hand_over(chain, &transactions).await?;
    let receipts: Vec<Receipt> = receipts(chain, &transactions).await?;
    let last = receipts.iter().map(|receipt| receipt.height).max().context("there are no settlements")?;
    let times = times(chain, &receipts, last).await?;
    let cpu_seconds = cpu_seconds(pid)? - before;

    let mut blocks: BTreeMap<u64, SettlingBlock> = BTreeMap::new();
    for (receipt, jobs) in receipts.iter().zip(&jobs_of) {
        let height = receipt.height;
        let empty = SettlingBlock { height, settlements: 0, transactions: 0, gas: 0, seconds: 0.0 };
        let block = blocks.entry(height).or_insert(empty);
        block.settlements += jobs;
        block.transactions += 1;
        block.gas += receipt.gas_used;
    }
    for block in blocks.values_mut() {
        let at = |height: u64| times.get(&height).copied().context("a block's time");
        block.seconds = (at(block.height + 2)? - at(block.height + 1)?).as_secs_f64();
    }
    Ok(Settled {
        jobs: jobs_of.iter().sum(),
        blocks: blocks.into_values().collect(),
        bytes: transactions.iter().map(|transaction| transaction.bytes.len() as u64).sum(),
        gas: receipts.iter().map(|receipt| receipt.gas_used).sum(),
        gas_wanted: receipts.iter().map(|receipt| receipt.gas_wanted).sum(),
        cpu_seconds,
    })
}

/// Times of the two blocks after each block with a receipt. A block's time is that of the agreement on the one before
/// it, which is executed after that; so the execution of a block lies between the times of the next two.
async fn times(chain: &Cosmos, receipts: &[Receipt], last: u64) -> Result<BTreeMap<u64, Duration>> {
    while chain.info().await?.height < last + 2 {
        sleep(Duration::from_millis(100)).await;
    }
    let mut times = BTreeMap::new();
    for height in receipts.iter().flat_map(|receipt| [receipt.height + 1, receipt.height + 2]) {
        if let Entry::Vacant(time) = times.entry(height) {
            let block = chain.blocks_from(height).next().await?;
            time.insert(Duration::from_nanos(block.time.nanos()));
        }
    }
    Ok(times)
}

/// Processor seconds that a process has used, in user and kernel.
fn cpu_seconds(pid: u32) -> Result<f64> {
    let path = format!("/proc/{pid}/stat");
    let text = std::fs::read_to_string(&path).with_context(|| path.clone())?;
    // The name in parentheses may hold spaces; what follows it begins with field 3.
    let fields = text.rsplit(')').next().unwrap_or_default();
    let mut ticks = fields.split_whitespace().skip(11).take(2).map(str::parse::<u64>);
    match (ticks.next(), ticks.next()) {
        (Some(Ok(user)), Some(Ok(kernel))) => Ok((user + kernel) as f64 / USER_HZ),
        _ => anyhow::bail!("{path} has no processor times"),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_process_that_works_uses_processor_time() {
        let pid = std::process::id();
        let before = cpu_seconds(pid).unwrap();
        let mut sum = 0u64;
        while cpu_seconds(pid).unwrap() <= before {
            (0..1_000_000u64).for_each(|value| sum = std::hint::black_box(sum.wrapping_add(value)));
        }
        assert!(cpu_seconds(0).is_err());
    }

    #[test]
    fn a_rate_counts_blocks_with_their_whole_intervals() {
        let block = |height, settlements, seconds| SettlingBlock {
            height,
            settlements,
            transactions: 1,
            gas: 10,
            seconds,
        };
        let settled = Settled {
            jobs: 30,
            blocks: vec![block(5, 20, 1.5), block(6, 10, 1.5)],
            bytes: 300,
            gas: 20,
            gas_wanted: 26,
            cpu_seconds: 3.0,
        };
        assert_eq!((settled.per_second(), settled.each(300.0)), (10.0, 10.0));
    }
}
