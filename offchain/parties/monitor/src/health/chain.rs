//! Checks of a chain: its blocks, its clock, an account's balance.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bithive_chain::{Chain, ChainError, ChainInfo};
use cosmwasm_std::Uint128;

use super::Finding;

/// Age of the last block, and difference of the clocks, that is still fine.
pub const BEHIND: Duration = Duration::from_secs(60);
/// Gas of one transaction, for an estimate of fees.
const GAS: u128 = 1_000_000;
/// How often a next block is looked for.
const POLL: Duration = Duration::from_millis(500);

/// Whether the chain makes blocks: a last block that is old is waited for to be followed by another for `patience`.
///
/// # Errors
/// [`ChainError`] when the chain does not answer.
pub async fn check_blocks(chain: &dyn Chain, patience: Duration) -> Result<(Finding, ChainInfo), ChainError> {
    const CHECK: &str = "blocks";
    let first = chain.info().await?;
    if age(&first).unsigned_abs() <= BEHIND.as_secs() {
        let found = format!("height {}, {} s ago", first.height, age(&first).max(0));
        return Ok((Finding::passed(CHECK, found), first));
    }
    let end = tokio::time::Instant::now() + patience;
    while tokio::time::Instant::now() < end {
        tokio::time::sleep(POLL).await;
        let next = chain.info().await?;
        if next.height > first.height {
            let found = format!("height {} follows {}", next.height, first.height);
            return Ok((Finding::passed(CHECK, found), next));
        }
    }
    let found = format!(
        "the last block, {}, has a time {} s from this machine's, and no other follows in {} s",
        first.height,
        age(&first).unsigned_abs(),
        patience.as_secs()
    );
    let todo = "see whether the chain or the RPC server's node has stopped; ask another server";
    Ok((Finding::failed(CHECK, found, todo), first))
}

/// Whether this machine's clock and the chain's agree. Only for a chain that makes blocks.
#[must_use]
pub fn check_clock(info: &ChainInfo) -> Finding {
    const CHECK: &str = "clock";
    let age = age(info);
    let found = match age {
        0.. => format!("this machine's clock is {age} s after the last block's time"),
        _ => format!("this machine's clock is {} s before the last block's time", age.unsigned_abs()),
    };
    if age.unsigned_abs() <= BEHIND.as_secs() {
        return Finding::passed(CHECK, found);
    }
    let todo = "set the clock by NTP; a devnet's chain may have a time of its own, which is fine";
    Finding::warning(CHECK, found, todo)
}

/// Seconds from the block's time to this machine's.
fn age(info: &ChainInfo) -> i64 {
    let seconds = |value: u64| i64::try_from(value).unwrap_or(i64::MAX);
    let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| seconds(since.as_secs()));
    now.saturating_sub(seconds(info.time.seconds()))
}

/// Whether an account can pay for this many transactions of `GAS` each.
pub async fn check_balance(chain: &dyn Chain, info: &ChainInfo, account: &str, transactions: u32) -> Finding {
    const CHECK: &str = "fees";
    let denom = &info.fee_denom;
    let gas = Uint128::new(GAS).saturating_mul(Uint128::from(transactions));
    let needed = gas.mul_ceil(info.gas_price).u128();
    match chain.balance(account, denom).await {
        Ok(balance) if balance >= needed && balance > 0 => {
            Finding::passed(CHECK, format!("{account} holds {balance} {denom}"))
        }
        Ok(balance) => {
            let todo = format!("send it at least {} {denom}", needed.max(1).saturating_sub(balance));
            Finding::failed(CHECK, format!("{account} holds {balance} {denom}"), todo)
        }
        Err(error) => Finding::failed(CHECK, error.to_string(), "see whether the RPC server is a whole node"),
    }
}
