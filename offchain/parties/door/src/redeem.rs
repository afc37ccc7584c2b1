//! Redeems vouchers: in time, and not more often than needed.

use std::sync::Arc;
use std::time::Instant;

use bithive_api::ContractEvent as _;
use bithive_api::flows::{Event, limits::MAX_VOUCHERS};
use bithive_chain::ChainError;
use tokio::time::{sleep, timeout};

use crate::limits::{BACKOFF, LOOK};
use crate::site::{Counter, Site};
use crate::tally::counted;
use crate::watch::reread;

/// Redeems the vouchers of flows that end soon at once, and all of them when half of what may be owed is, or when their time has come.
/// Without an end.
pub(crate) async fn work(site: Arc<Site>) {
    let Some(counter) = &site.counter else { return };
    let [first, longest] = BACKOFF;
    let (mut wait, mut last) = (first, Instant::now());
    loop {
        // Whether it was told or not: the end of a flow comes by itself.
        let _ = timeout(LOOK, counter.due.notified()).await;
        let till = &counter.till;
        if till.exposed() == 0 {
            last = Instant::now();
            continue;
        }
        let every = till.is_half_full() || last.elapsed() >= counter.terms.redeem_every;
        // Without the chain's time nothing can be sent either.
        let Some(now) = counter.clock.now() else { continue };
        match once(&site, counter, now, every).await {
            Ok(0) => {}
            Ok(_) => wait = first,
            Err(error) => {
                site.tally.redemption("failed");
                tracing::warn!(%error, owed = %till.exposed(), "vouchers can't be redeemed; trying again");
                sleep(wait).await;
                wait = wait.saturating_mul(2).min(longest);
            }
        }
    }
}

/// Redeems all that is owed, as far as the chain takes it.
pub(crate) async fn rest(site: &Site, counter: &Counter) {
    while counter.till.exposed() > 0 {
        let before = counter.till.exposed();
        if let Err(error) = once(site, counter, 0, true).await {
            tracing::warn!(%error, "vouchers can't be redeemed");
            return;
        }
        if counter.till.exposed() >= before {
            return;
        }
    }
}

/// One transaction for the vouchers that are due, and how many they were.
async fn once(site: &Site, counter: &Counter, now: u64, every: bool) -> Result<usize, ChainError> {
    let due = counter.till.due(now, every, MAX_VOUCHERS);
    if due.is_empty() {
        return Ok(0);
    }
    let flows: Vec<u64> = due.iter().map(|voucher| voucher.id).collect();
    let redeemed = counter.flows.redeem(&counter.account, due).await;
    if let Ok(receipt) = &redeemed {
        site.tally.redemption("done");
        for event in Event::of(counter.flows.contract(), &receipt.events).flatten() {
            match event {
                Event::Paid { amount, .. } => drop(site.tally.redeemed.inc_by(counted(amount.u128()))),
                Event::Skipped { id, reason, .. } => {
                    tracing::warn!(flow = id, reason, "a voucher was not taken");
                }
                _ => {}
            }
        }
    }
    // Also after an error: one flow that has ended is left out the next time.
    for flow in &flows {
        reread(site, counter, *flow).await?;
    }
    redeemed.map(|_| flows.len())
}
