//! Follows the chain: its time, and what happens to flows.

use std::collections::BTreeSet;
use std::sync::Arc;

use bithive_api::ContractEvent as _;
use bithive_api::flows::Event;
use bithive_chain::{Block, BlockCursor, ChainError};
use tokio::time::{MissedTickBehavior, interval};

use crate::limits::{MOST_BLOCKS, POLL};
use crate::site::{Counter, Site};
use crate::tally::counted;

/// Reads new blocks every [`POLL`], and each flow that something has happened to, first those that owed when the last process ended.
/// Without an end.
pub(crate) async fn follow(site: Arc<Site>, owing: Vec<u64>) {
    let Some(counter) = &site.counter else { return };
    let mut changed: BTreeSet<u64> = owing.into_iter().collect();
    let mut cursor: Option<BlockCursor> = None;
    let mut turns = interval(POLL);
    turns.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        turns.tick().await;
        if let Err(error) = look(counter, &mut cursor, &mut changed).await {
            tracing::warn!(%error, "the chain does not answer; nothing is sold if it stays so");
            continue;
        }
        // Those that can't be read now are read the next time.
        let mut left = BTreeSet::new();
        for flow in std::mem::take(&mut changed) {
            if let Err(error) = reread(&site, counter, flow).await {
                tracing::warn!(flow, %error, "a flow can't be read; trying again");
                left.insert(flow);
            }
        }
        changed = left;
        counter.due.notify_one();
    }
}

/// The chain's time, and the flows that its new blocks name.
async fn look(
    counter: &Counter,
    cursor: &mut Option<BlockCursor>,
    changed: &mut BTreeSet<u64>,
) -> Result<(), ChainError> {
    let chain = counter.account.client().chain();
    let info = chain.info().await?;
    counter.clock.set(info.time.seconds());
    let next = cursor.as_ref().map_or(0, BlockCursor::next_height);
    let behind = info.height.saturating_add(1).saturating_sub(next);
    if cursor.is_none() || behind > MOST_BLOCKS {
        // What happened before is not followed block by block: every flow is read again.
        changed.extend(counter.till.all());
        *cursor = Some(chain.blocks_from(info.height.saturating_add(1)));
        return Ok(());
    }
    let Some(following) = cursor else { return Ok(()) };
    while following.next_height() <= info.height {
        match following.next().await {
            Ok(block) => note(counter, &block, changed),
            Err(error) => {
                // Rolled back, for example.
                *cursor = None;
                return Err(error);
            }
        }
    }
    Ok(())
}

fn note(counter: &Counter, block: &Block, changed: &mut BTreeSet<u64>) {
    for tx in block.txs.iter().filter(|tx| tx.error.is_none()) {
        for event in Event::of(counter.flows.contract(), &tx.events).flatten() {
            let flow = match event {
                Event::Opened { id, .. } => {
                    counter.till.appeared(id);
                    continue;
                }
                Event::ToppedUp { id, .. }
                | Event::Paid { id, .. }
                | Event::Transferred { id, .. }
                | Event::Closing { id, .. }
                | Event::Closed { id, .. } => id,
                Event::Skipped { .. } | Event::Withdrawn { .. } => continue,
            };
            if counter.till.has(flow) {
                changed.insert(flow);
            }
        }
    }
}

/// Reads a flow from the chain. One that has ended owes nothing any more, and what it owed is lost.
pub(crate) async fn reread(site: &Site, counter: &Counter, flow: u64) -> Result<(), ChainError> {
    match counter.flows.flow(flow).await? {
        Some(found) => drop(counter.till.read(found)),
        None => {
            let lost = counter.till.gone(flow);
            if lost > 0 {
                site.tally.lost.inc_by(counted(lost));
                tracing::error!(flow, lost, "a flow has ended before its vouchers were redeemed");
            }
        }
    }
    Ok(())
}
