//! The staking contract on a chain with BTK.

use bithive_api::staking::{
    DelegationResponse, ExecuteMsg, Hook, InstantiateMsg, NodeResponse, Params, QueryMsg, TotalsResponse,
    UnbondingResponse,
};
use bithive_contracts::Code;
use cosmwasm_std::{Addr, Empty};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::{START, Suite, faucet};

/// A day, in seconds.
pub const DAY: u64 = 86_400;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    bithive_native::code(Code::Staking)
}

/// 21 days to unbond, half of a slash burnt, a commission of at most 20 %.
#[must_use]
pub fn params() -> Params {
    Params { unbonding_seconds: 21 * DAY, burn_bps: 5_000, max_commission_bps: 2_000 }
}

/// A chain with the staking contract; the suite's BTT stand for BTK.
pub struct StakingSuite {
    /// Chain, accounts and the staked token.
    pub suite: Suite,
    /// Address of the staking contract.
    pub staking: Addr,
    /// Account that may slash stakes.
    pub slasher: Addr,
}

impl Default for StakingSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl StakingSuite {
    /// A contract without nodes; one other contract may slash.
    #[must_use]
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let message = Self::message(&suite, params());
        let staking = Self::instantiate(&mut suite, &message).unwrap();
        let owner = suite.owner.clone();
        let slasher = faucet::instantiate(&mut suite.app, &owner);
        let mut suite = Self { suite, staking, slasher };
        let allow = ExecuteMsg::SetSlasher { slasher: suite.slasher.to_string(), allowed: true };
        suite.execute(&suite.suite.owner.clone(), &allow).unwrap();
        suite
    }

    /// What creates the contract.
    #[must_use]
    pub fn message(suite: &Suite, params: Params) -> InstantiateMsg {
        InstantiateMsg {
            owner: suite.owner.to_string(),
            token: suite.btt.to_string(),
            treasury: suite.treasury.to_string(),
            emission_start: START,
            params,
        }
    }

    /// Puts the contract on the chain.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn instantiate(suite: &mut Suite, message: &InstantiateMsg) -> AnyResult<Addr> {
        let code_id = suite.app.store_code(code());
        let (owner, admin) = (suite.owner.clone(), Some(suite.owner.to_string()));
        suite.app.instantiate_contract(code_id, owner, message, &[], "staking", admin)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let staking = self.staking.clone();
        self.suite.execute(sender, &staking, message)
    }

    /// Gives `account` an amount, which it sends with a hook.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&mut self, account: &Addr, amount: u128, hook: &Hook) -> AnyResult<AppResponse> {
        self.suite.fund(account, amount);
        let staking = self.staking.clone();
        self.suite.send_btt(account, &staking, amount, hook)
    }

    /// Registers a node of 8 T with a commission of 10 % and a pledge.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn register(&mut self, operator: &Addr, pledge: u128) -> AnyResult<AppResponse> {
        self.send(operator, pledge, &Hook::Register { tera: 8, commission_bps: 1_000 })
    }

    /// Delegates `amount` base units of BTK.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn delegate(&mut self, account: &Addr, node: &Addr, amount: u128) -> AnyResult<AppResponse> {
        self.send(account, amount, &Hook::Delegate { node: node.into() })
    }

    /// Sends a reward.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn reward(&mut self, node: &Addr, amount: u128) -> AnyResult<AppResponse> {
        let payer = self.suite.account("payer");
        self.send(&payer, amount, &Hook::Reward { node: node.into() })
    }

    /// Sends a reward and waits until it is due.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn reward_due(&mut self, node: &Addr, amount: u128) -> AnyResult<AppResponse> {
        let response = self.reward(node, amount)?;
        self.suite.advance(7 * DAY);
        Ok(response)
    }

    /// Slashes, as the slasher.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn slash(&mut self, node: &Addr, amount: u128) -> AnyResult<AppResponse> {
        let slasher = self.slasher.clone();
        let (node, amount, reason) = (node.into(), amount.into(), "a fault".into());
        self.execute(&slasher, &ExecuteMsg::Slash { node, amount, reason })
    }

    /// Unbonds `shares`, or all that are not locked.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn unbond(&mut self, account: &Addr, node: &Addr, shares: Option<u128>) -> AnyResult<AppResponse> {
        let shares = shares.map(Into::into);
        self.execute(account, &ExecuteMsg::Unbond { node: node.into(), shares })
    }

    /// Withdraws, as a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn withdraw(&mut self, id: u64) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        self.execute(&stranger, &ExecuteMsg::Withdraw { id })
    }

    /// Claims rewards, as a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn claim(&mut self, node: &Addr, delegator: &Addr) -> AnyResult<AppResponse> {
        let stranger = self.suite.account("stranger");
        let (node, delegator) = (node.into(), delegator.into());
        self.execute(&stranger, &ExecuteMsg::ClaimRewards { node, delegator })
    }

    /// The node of an operator, which must be registered.
    #[must_use]
    pub fn node(&self, node: &Addr) -> NodeResponse {
        let query = QueryMsg::Node { node: node.into() };
        self.suite.query::<Option<NodeResponse>>(&self.staking, &query).unwrap()
    }

    /// Somebody's stake in a node.
    #[must_use]
    pub fn delegation(&self, node: &Addr, delegator: &Addr) -> Option<DelegationResponse> {
        let (node, delegator) = (node.into(), delegator.into());
        self.suite.query(&self.staking, &QueryMsg::Delegation { node, delegator })
    }

    /// Somebody's unbonding stakes.
    #[must_use]
    pub fn unbondings(&self, delegator: &Addr) -> Vec<UnbondingResponse> {
        let query = QueryMsg::Unbondings { delegator: delegator.into(), start_after: None, limit: None };
        self.suite.query(&self.staking, &query)
    }

    /// What the contract holds.
    #[must_use]
    pub fn totals(&self) -> TotalsResponse {
        self.suite.query(&self.staking, &QueryMsg::Totals {})
    }

    /// Somebody's voting power before the block at `height`.
    #[must_use]
    pub fn power(&self, delegator: &Addr, nodes: &[&Addr], height: u64) -> u128 {
        let nodes = nodes.iter().map(ToString::to_string).collect();
        let query = QueryMsg::VotingPower { delegator: delegator.into(), nodes, height };
        self.suite.query::<cosmwasm_std::Uint128>(&self.staking, &query).u128()
    }

    /// Checks that what the contract says it holds is its balance, and that the token adds up.
    pub fn check(&self) {
        let TotalsResponse { staked, unbonding, rewards } = self.totals();
        assert_eq!((staked + unbonding + rewards).u128(), self.suite.balance(&self.staking));
        self.suite.conservation();
    }
}
