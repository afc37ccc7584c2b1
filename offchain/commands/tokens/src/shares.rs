//! What amounts of BTK are in shares of a stake.

use anyhow::{Context as _, Result, ensure};
use bithive_client::EconomyAccount;
use cosmwasm_std::Uint128;

use super::accounts::btk;

/// The shares of an account's stake that are worth `amount`; none stands for all that are not locked.
pub(super) async fn shares(
    account: &EconomyAccount,
    name: &str,
    node: &str,
    amount: Option<u128>,
) -> Result<Option<Uint128>> {
    let Some(amount) = amount else { return Ok(None) };
    ensure!(amount > 0, "--amount is 0; expected at least 0.000001 BTK");
    let found = account.client().delegation(node, account.address()).await?;
    let stake = found.with_context(|| format!("{name:?} has no stake there"))?;
    shares_of(amount, stake.stake, stake.shares).map(Some)
}

/// The fewest shares that are worth `amount`, where `shares` are worth `stake`.
fn shares_of(amount: u128, stake: Uint128, shares: Uint128) -> Result<Uint128> {
    ensure!(amount <= stake.u128(), "the stake is worth {}; expected at most that", btk(stake.u128()));
    let rounded_up = shares.checked_mul_ceil((Uint128::new(amount), stake));
    rounded_up.map_err(|error| anyhow::anyhow!("shares for {}: {error}", btk(amount)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_is_as_few_shares_as_are_worth_it() {
        let shares = |amount, stake: u128, shares: u128| shares_of(amount, stake.into(), shares.into());
        assert_eq!(shares(10, 100, 100).unwrap().u128(), 10);
        // After a slash of half, a unit is two shares; after a third, one and a half, rounded up.
        assert_eq!(shares(10, 50, 100).unwrap().u128(), 20);
        assert_eq!(shares(1, 200, 300).unwrap().u128(), 2);
        assert_eq!(shares(100, 100, 300).unwrap().u128(), 300);
        assert!(shares(101, 100, 300).unwrap_err().to_string().contains("at most"));
        assert!(shares(1, 0, 5).is_err(), "what is worth nothing is no amount");
    }
}
