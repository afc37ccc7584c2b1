//! BTK: its token, the emissions, stakes, locked amounts.

use bithive_api::{emissions, staking, vesting};
use bithive_test_kit::emissions::{DAY, EmissionsSuite};
use bithive_test_kit::staking::StakingSuite;
use bithive_test_kit::{START, Suite, UNIT, token};
use cosmwasm_std::{Addr, to_json_binary};
use cw_multi_test::Executor;
use cw20::{Cw20Coin, Cw20ExecuteMsg};
use serde::Serialize;

use crate::gas::Cost;

pub(crate) struct World {
    suite: Suite,
    owner: Addr,
    btk: Addr,
    emissions: Addr,
    staking: Addr,
    vesting: Addr,
    participants: Vec<Addr>,
}

impl World {
    pub(crate) fn new(count: usize) -> Self {
        let mut suite = Suite::new();
        let owner = suite.owner.clone();
        // Padded, so that names are as long with few as with many.
        let participants: Vec<Addr> =
            (0..count).map(|index| suite.account(&format!("participant {index:05}"))).collect();
        let mut message = token::message("Compute", "BTK", &owner);
        message.cap = bithive_test_kit::emissions::CAP.into();
        let coin = |address: &Addr| Cw20Coin { address: address.into(), amount: (1_000 * UNIT).into() };
        message.initial_balances = participants.iter().map(coin).collect();
        let btk = token::instantiate(&mut suite.app, &owner, &message);
        let [application, foundation, infrastructure] =
            ["application", "foundation", "infrastructure"].map(|name| suite.account(name));
        let recipients = emissions::Recipients { application, foundation, infrastructure };
        let message = EmissionsSuite::message(&owner, &btk, START, &recipients);
        let emissions = EmissionsSuite::instantiate(&mut suite, &message).unwrap();
        let mut message = StakingSuite::message(&suite, bithive_test_kit::staking::params());
        message.token = btk.to_string();
        let staking = StakingSuite::instantiate(&mut suite, &message).unwrap();
        let code = suite.app.store_code(bithive_test_kit::vesting::code());
        let message = vesting::InstantiateMsg {};
        let vesting =
            suite.app.instantiate_contract(code, owner.clone(), &message, &[], "vesting", None).unwrap();
        let mut world = Self { suite, owner, btk, emissions, staking, vesting, participants };
        world.populate();
        world
    }

    /// Everybody works, delegates to the first and has something locked.
    fn populate(&mut self) {
        let owner = self.owner.clone();
        let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(self.emissions.to_string()) };
        self.run(&owner, &self.btk.clone(), &minter);
        let meter = emissions::ExecuteMsg::SetMeter { meter: self.suite.faucet.to_string(), allowed: true };
        self.run(&owner, &self.emissions.clone(), &meter);
        let slasher =
            staking::ExecuteMsg::SetSlasher { slasher: self.suite.faucet.to_string(), allowed: true };
        self.run(&owner, &self.staking.clone(), &slasher);
        let everybody = self.participants.clone();
        let first = everybody[0].to_string();
        self.send(&everybody[0], &staking::Hook::Register { tera: 4, commission_bps: 1_000 }, 500 * UNIT);
        for account in &everybody {
            if account.as_str() != first {
                self.send(account, &staking::Hook::Delegate { node: first.clone() }, 100 * UNIT);
            }
            self.credit(account);
        }
        self.send(&everybody[1], &staking::Hook::Reward { node: first }, 100 * UNIT);
        self.suite.advance(DAY);
    }

    /// Gas of a message.
    fn run<M: Serialize + std::fmt::Debug>(&mut self, sender: &Addr, contract: &Addr, message: &M) -> u64 {
        let before = self.suite.gas();
        self.suite.execute(sender, contract, message).unwrap();
        self.suite.gas() - before
    }

    fn send(&mut self, sender: &Addr, hook: &staking::Hook, amount: u128) -> u64 {
        let msg = to_json_binary(hook).unwrap();
        let send = Cw20ExecuteMsg::Send { contract: self.staking.to_string(), amount: amount.into(), msg };
        let btk = self.btk.clone();
        self.run(sender, &btk, &send)
    }

    /// After the unbonding: the first that began to unbond.
    fn withdraw(&mut self) -> u64 {
        let one = self.participants[3].clone();
        let query =
            staking::QueryMsg::Unbondings { delegator: one.to_string(), start_after: None, limit: None };
        let unbonding: Vec<staking::UnbondingResponse> = self.suite.query(&self.staking, &query);
        self.suite.advance(21 * DAY);
        let (owner, staking) = (self.owner.clone(), self.staking.clone());
        self.run(&owner, &staking, &staking::ExecuteMsg::Withdraw { id: unbonding[0].id })
    }

    fn credit(&mut self, account: &Addr) -> u64 {
        let credit = emissions::ExecuteMsg::Credit { contributor: account.to_string(), units: 7 };
        let (meter, emissions) = (self.suite.faucet.clone(), self.emissions.clone());
        self.run(&meter, &emissions, &credit)
    }

    /// The chain, and the contracts that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 4]) {
        (&self.suite, [&self.btk, &self.emissions, &self.staking, &self.vesting])
    }

    /// What each message costs now.
    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let (owner, staking, emissions, btk) =
            (self.owner.clone(), self.staking.clone(), self.emissions.clone(), self.btk.clone());
        let (node, one, other) =
            (self.participants[0].to_string(), self.participants[3].clone(), self.participants[5].clone());
        let lock = vesting::Hook::Lock {
            owner: one.to_string(),
            schedule: vesting::Schedule {
                start: START,
                immediate_bps: 0,
                cliff_seconds: DAY,
                step_seconds: DAY,
                steps: 9,
            },
            revocable: false,
        };
        let msg = to_json_binary(&lock).unwrap();
        let vesting = self.vesting.clone();
        let locking = Cw20ExecuteMsg::Send { contract: vesting.to_string(), amount: 900u128.into(), msg };
        let transfer = Cw20ExecuteMsg::Transfer { recipient: other.to_string(), amount: 5u128.into() };
        let claim = staking::ExecuteMsg::ClaimRewards { node: node.clone(), delegator: one.to_string() };
        let (amount, reason) = (UNIT.into(), "a fault".to_owned());
        let slash = staking::ExecuteMsg::Slash { node: node.clone(), amount, reason };
        let unbond = staking::ExecuteMsg::Unbond { node: node.clone(), shares: Some(UNIT.into()) };
        let bucket = emissions::Bucket::Application;
        vec![
            ("transfer", self.run(&one, &btk, &transfer)),
            ("stake", self.send(&one, &staking::Hook::Delegate { node: node.clone() }, UNIT)),
            ("reward", self.send(&other, &staking::Hook::Reward { node }, UNIT)),
            ("claim rewards", self.run(&owner, &staking, &claim)),
            ("slash", self.run(&self.suite.faucet.clone(), &staking, &slash)),
            ("unbond", self.run(&one, &staking, &unbond)),
            ("credit work", self.credit(&one)),
            (
                "claim work",
                self.run(&owner, &emissions, &emissions::ExecuteMsg::Claim { contributor: one.to_string() }),
            ),
            ("release", self.run(&owner, &emissions, &emissions::ExecuteMsg::Release { bucket })),
            ("lock", self.run(&one, &btk, &locking)),
            ("claim locked", self.run(&owner, &vesting, &vesting::ExecuteMsg::Claim { id: 1 })),
            ("withdraw stake", self.withdraw()),
        ]
    }
}
