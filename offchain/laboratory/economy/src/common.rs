//! What all accounts share: the chain, the contracts, and queries to them.

use bithive_api::{emissions, staking, treasury};
use bithive_chain::{Message, Wallet};
use bithive_contracts::Code;
use bithive_economics::vesting::MONTH;
use cosmwasm_std::Uint128;
use cw20::{BalanceResponse, Cw20QueryMsg};
use serde::Serialize;

use crate::error::during;
use crate::world::{Contracts, World, call};
use crate::{EconomyError, UNIT};

/// What the treasury pays for BTK in 30 days, in BTT, and what it is given for that.
pub(crate) const TREASURY_BUDGET: u128 = 20_000 * UNIT;
/// What it keeps, and what anybody may burn of the rest in 30 days.
pub(crate) const RESERVE: u128 = 10_000 * UNIT;
pub(crate) const TREASURY: treasury::Params = treasury::Params {
    period_seconds: MONTH,
    spend: Uint128::zero(),
    buy: Uint128::new(TREASURY_BUDGET),
    burn: Uint128::new(2_000 * UNIT),
    reserve: Uint128::new(RESERVE),
};

/// What all accounts share.
pub(crate) struct Common {
    pub(crate) world: World,
    pub(crate) contracts: Contracts,
    /// When the emission starts: the beginning of day 0.
    pub(crate) start: u64,
    /// Claims for others, and deposits the requesters' fees in the treasury.
    pub(crate) keeper: Wallet,
}

/// Queries, and messages that anybody may send once they are due.
impl Common {
    pub(crate) async fn balance(&self, token: &str, address: &str) -> Result<u128, EconomyError> {
        let found: BalanceResponse =
            self.world.ask(token, &Cw20QueryMsg::Balance { address: address.into() }).await?;
        Ok(found.balance.u128())
    }

    pub(crate) async fn node(&self, node: &str) -> Result<Option<staking::NodeResponse>, EconomyError> {
        self.world.ask(&self.contracts.staking, &staking::QueryMsg::Node { node: node.into() }).await
    }

    pub(crate) async fn delegation(
        &self,
        node: &str,
        delegator: &str,
    ) -> Result<Option<staking::DelegationResponse>, EconomyError> {
        let (node, delegator) = (node.into(), delegator.into());
        self.world.ask(&self.contracts.staking, &staking::QueryMsg::Delegation { node, delegator }).await
    }

    /// A contributor, and the claim that pays it if anything is due.
    pub(crate) async fn claim(
        &self,
        address: &str,
    ) -> Result<(emissions::ContributorResponse, Option<Message>), EconomyError> {
        let emissions = &self.contracts.emissions;
        let question = emissions::QueryMsg::Contributor { address: address.into() };
        let found: emissions::ContributorResponse = self.world.ask(emissions, &question).await?;
        let claim = emissions::ExecuteMsg::Claim { contributor: address.into() };
        let claim = if found.due.is_zero() { None } else { Some(call(emissions, &claim)?) };
        Ok((found, claim))
    }

    /// Unlocks what is no longer locked of a pledge.
    pub(crate) async fn unlocked(&self, node: &str) -> Result<Vec<Message>, EconomyError> {
        let staking = &self.contracts.staking;
        let question = staking::QueryMsg::Locks { node: node.into(), start_after: None, limit: None };
        let locks: Vec<staking::LockResponse> = self.world.ask(staking, &question).await?;
        let now = self.world.now().await?;
        let unlock = |id| call(staking, &staking::ExecuteMsg::Unlock { node: node.into(), id });
        locks.iter().filter(|lock| lock.until <= now).map(|lock| unlock(lock.id)).collect()
    }

    /// Withdraws what has unbonded, and how many still unbond.
    pub(crate) async fn withdrawals(&self, delegator: &str) -> Result<(Vec<Message>, usize), EconomyError> {
        let staking = &self.contracts.staking;
        let (delegator, start_after, limit) = (delegator.into(), None, None);
        let question = staking::QueryMsg::Unbondings { delegator, start_after, limit };
        let found: Vec<staking::UnbondingResponse> = self.world.ask(staking, &question).await?;
        let now = self.world.now().await?;
        let due: Vec<u64> = found.iter().filter(|entry| entry.until <= now).map(|entry| entry.id).collect();
        let waiting = found.len().saturating_sub(due.len());
        let withdraw = |id: &u64| call(staking, &staking::ExecuteMsg::Withdraw { id: *id });
        Ok((due.iter().map(withdraw).collect::<Result<_, _>>()?, waiting))
    }

    /// Pays rewards of a pool, if there are any.
    pub(crate) async fn rewards(&self, node: &str, delegator: &str) -> Result<Option<Message>, EconomyError> {
        let found = self.delegation(node, delegator).await?;
        if found.is_none_or(|found| found.rewards.is_zero()) {
            return Ok(None);
        }
        let (node, delegator) = (node.into(), delegator.into());
        let claim = staking::ExecuteMsg::ClaimRewards { node, delegator };
        Ok(Some(call(&self.contracts.staking, &claim)?))
    }

    /// The treasury's offer for BTK.
    pub(crate) async fn offer(&self) -> Result<treasury::OfferResponse, EconomyError> {
        let question = treasury::QueryMsg::Offer { token: self.contracts.btk.clone() };
        let found: Option<treasury::OfferResponse> =
            self.world.ask(&self.contracts.treasury, &question).await?;
        found.ok_or(EconomyError::Silent { what: "the treasury", missing: "its offer for BTK" })
    }

    /// The treasury's balance and totals.
    pub(crate) async fn treasury(&self) -> Result<treasury::TotalsResponse, EconomyError> {
        self.world.ask(&self.contracts.treasury, &treasury::QueryMsg::Totals {}).await
    }

    /// BTK that the treasury would buy now: nine tenths of what it can pay for, since its bid rises meanwhile.
    pub(crate) async fn wanted(&self) -> Result<u128, EconomyError> {
        let offer = self.offer().await?;
        let funds = self.balance(&self.contracts.btt, &self.contracts.treasury).await?;
        let spare = funds.saturating_sub(TREASURY.reserve.u128());
        let pays = offer.left.u128().min(spare) / 10 * 9;
        Ok(pays.saturating_mul(UNIT).checked_div(offer.bid.u128()).unwrap_or(0))
    }
}

/// Creates a contract, and returns its address.
pub(crate) async fn new(
    owner: &Wallet,
    code: Code,
    label: &str,
    message: &impl Serialize,
) -> Result<String, EconomyError> {
    let made = owner.instantiate(code.id(), message, label, None).await;
    Ok(made.map_err(during(format!("creating {label}")))?.contract)
}
