//! The contracts on one chain, beside the model.

mod operations;

use bithive_api::emissions::{self, Recipients};
use bithive_api::{rewards, staking, timebank, treasury, vesting};
use bithive_economy_model::treasury::{BURN, BUY, RESERVE, SPEND};
use bithive_economy_model::{ACCOUNTS, BigInt, DAY, Holder, Model, Token};
use bithive_test_kit::emissions::EmissionsSuite;
use bithive_test_kit::rewards::RewardsSuite;
use bithive_test_kit::staking::StakingSuite;
use bithive_test_kit::timebank::TimebankSuite;
use bithive_test_kit::treasury::TreasurySuite;
use bithive_test_kit::{START, Suite, UNIT, faucet, token};
use cosmwasm_std::{Addr, Uint128};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor};
use cw20::{Cw20Coin, Cw20ExecuteMsg};
use serde::Serialize;

/// What each account has at first.
const BTT: u128 = 10_000 * UNIT;
const BTK: u128 = 100_000 * UNIT;

pub(crate) type Outcome = AnyResult<AppResponse>;

pub(crate) struct World {
    suite: Suite,
    model: Model,
    btk: Addr,
    accounts: Vec<Addr>,
    recipients: [Addr; 3],
    parties: [Addr; 3],
    emissions: Addr,
    staking: Addr,
    vesting: Addr,
    rewards: Addr,
    treasury: Addr,
    timebank: Addr,
    jobs: Addr,
    meter: Addr,
    proposals: u64,
}

impl World {
    pub(crate) fn new() -> Self {
        let mut suite = Suite::new();
        let owner = suite.owner.clone();
        let accounts: Vec<Addr> =
            (0..ACCOUNTS).map(|index| suite.account(&format!("account {index}"))).collect();
        let btk = make_btk(&mut suite, &accounts);
        for account in &accounts {
            suite.fund(account, BTT);
        }
        let recipients = ["application", "foundation", "infrastructure"].map(|name| suite.account(name));
        let [application, foundation, infrastructure] = recipients.clone();
        let to = Recipients { application, foundation, infrastructure };
        let message = EmissionsSuite::message(&owner, &btk, START, &to);
        let emissions = EmissionsSuite::instantiate(&mut suite, &message).unwrap();
        let minter = Cw20ExecuteMsg::UpdateMinter { new_minter: Some(emissions.to_string()) };
        suite.execute(&owner, &btk, &minter).unwrap();
        let mut message = TreasurySuite::message(&suite);
        message.btk = Some(btk.to_string());
        let [spend, buy, burn, reserve] = [SPEND, BUY, BURN, RESERVE].map(units);
        message.params = treasury::Params { period_seconds: DAY, spend, buy, burn, reserve };
        let treasury = TreasurySuite::instantiate(&mut suite, &message).unwrap();
        suite.treasury = treasury.clone();
        let mut message = StakingSuite::message(&suite, bithive_test_kit::staking::params());
        message.token = btk.to_string();
        let staking = StakingSuite::instantiate(&mut suite, &message).unwrap();
        let code = suite.app.store_code(bithive_test_kit::vesting::code());
        let message = vesting::InstantiateMsg {};
        let vesting =
            suite.app.instantiate_contract(code, owner.clone(), &message, &[], "vesting", None).unwrap();
        let message = RewardsSuite::message(&suite);
        let rewards = RewardsSuite::instantiate(&mut suite, &message).unwrap();
        let pool = suite.account("incentive-pool");
        let message = bithive_test_kit::jobs::message(&suite.btt, &suite.registry, &treasury, &pool);
        let jobs = bithive_test_kit::jobs::instantiate(&mut suite.app, &owner, &message).unwrap();
        let message = timebank::InstantiateMsg {
            owner: owner.to_string(),
            token: suite.btt.to_string(),
            jobs: jobs.to_string(),
            treasury: treasury.to_string(),
            params: bithive_test_kit::timebank::params(),
        };
        let timebank = TimebankSuite::instantiate(&mut suite, &message).unwrap();
        let meter = faucet::instantiate(&mut suite.app, &owner);
        let parties = ["clinician", "institution", "auditor"].map(|name| suite.account(name));
        let model = Model::new(START, BTT, BTK);
        let mut world = Self {
            suite,
            model,
            btk,
            accounts,
            recipients,
            parties,
            emissions,
            staking,
            vesting,
            rewards,
            treasury,
            timebank,
            jobs,
            meter,
            proposals: 0,
        };
        world.wire();
        world
    }

    fn wire(&mut self) {
        let (emissions, timebank, contract) =
            (self.emissions.clone(), self.timebank.clone(), self.staking.clone());
        let meter = self.meter.to_string();
        let set = emissions::ExecuteMsg::SetMeter { meter: meter.clone(), allowed: true };
        self.as_owner(&emissions, &set).unwrap();
        let set = emissions::ExecuteMsg::SetStaking { staking: Some(contract.to_string()) };
        self.as_owner(&emissions, &set).unwrap();
        let slasher = self.suite.faucet.to_string();
        self.as_owner(&contract, &staking::ExecuteMsg::SetSlasher { slasher, allowed: true }).unwrap();
        let per_day = Some(bithive_economy_model::timebank::PER_DAY);
        self.as_owner(&timebank, &timebank::ExecuteMsg::SetMeter { meter, per_day }).unwrap();
        let (low, high) = (100_000u128.into(), 500_000u128.into());
        let terms = treasury::OfferTerms { low, high, rise_seconds: DAY, budget: units(BUY) };
        let offer = treasury::ExecuteMsg::SetOffer { token: self.btk.to_string(), terms: Some(terms) };
        self.as_owner(&self.treasury.clone(), &offer).unwrap();
        let roles = [rewards::Role::Clinician, rewards::Role::Institution, rewards::Role::Auditor];
        for (party, role) in self.parties.clone().into_iter().zip(roles) {
            let set = rewards::ExecuteMsg::SetParty { address: party.into(), role: Some(role) };
            self.as_owner(&self.rewards.clone(), &set).unwrap();
        }
    }

    fn as_owner<M: Serialize + std::fmt::Debug>(&mut self, contract: &Addr, message: &M) -> Outcome {
        let owner = self.suite.owner.clone();
        self.suite.execute(&owner, contract, message)
    }

    /// Compares all balances, what was minted and burnt and all credits with the model, and checks what must hold.
    pub(crate) fn compare(&self) -> Result<(), String> {
        self.model.invariants()?;
        for token in [Token::Btt, Token::Btk] {
            let (contract, mut sum) = (self.token(token), 0);
            for (holder, address) in self.holders() {
                let found = self.suite.balance_of(&contract, address);
                let expected = self.model.ledger.balance(token, holder);
                if BigInt::from(found) != expected {
                    return Err(format!("{holder:?} has {found} {token:?}; the model says {expected}"));
                }
                sum += found;
            }
            let supply = self.suite.supply(&contract);
            let (minted, burnt) = (self.model.ledger.minted(token), self.model.ledger.burnt(token));
            let [found_minted, found_burnt] =
                [supply.minted, supply.burnt].map(|sum| BigInt::from(sum.u128()));
            if found_minted != minted || found_burnt != burnt {
                return Err(format!("{supply:?}; the model minted {minted} and burnt {burnt}"));
            }
            if sum != supply.supply.u128() || supply.minted > supply.cap {
                return Err(format!("all balances are {sum}: {supply:?}"));
            }
        }
        for (index, account) in self.accounts.iter().enumerate() {
            let query = timebank::QueryMsg::Account { address: account.into() };
            let found = self.suite.query::<timebank::AccountResponse>(&self.timebank, &query).credits;
            // The model counts a day's interest when something happens, the contract's answer at once.
            let expected = self.model.timebank.credits(index);
            if BigInt::from(found) < expected {
                return Err(format!("account {index} has {found} credits; the model says {expected}"));
            }
        }
        let query = timebank::QueryMsg::Totals {};
        let totals: timebank::TotalsResponse = self.suite.query(&self.timebank, &query);
        if totals.owed > totals.funded { Err(format!("{totals:?}")) } else { Ok(()) }
    }

    fn holders(&self) -> impl Iterator<Item = (Holder, &Addr)> {
        let contracts = [
            (Holder::Staking, &self.staking),
            (Holder::Vesting, &self.vesting),
            (Holder::Rewards, &self.rewards),
            (Holder::Treasury, &self.treasury),
            (Holder::Timebank, &self.timebank),
            (Holder::Jobs, &self.jobs),
        ];
        let accounts = self.accounts.iter().enumerate();
        let recipients = self.recipients.iter().enumerate();
        contracts
            .into_iter()
            .chain(accounts.map(|(index, address)| (Holder::Account(index), address)))
            .chain(recipients.map(|(index, address)| (Holder::Recipient(index), address)))
    }

    /// What accounts and recipients have of both tokens.
    pub(crate) fn balances(&self) -> Vec<u128> {
        let all = self.accounts.iter().chain(&self.recipients);
        let of = |account| [&self.suite.btt, &self.btk].map(|token| self.suite.balance_of(token, account));
        all.flat_map(of).collect()
    }

    fn token(&self, token: Token) -> Addr {
        match token {
            Token::Btt => self.suite.btt.clone(),
            Token::Btk => self.btk.clone(),
        }
    }
}

/// BTK of which each account has some, with the cap of the emission.
fn make_btk(suite: &mut Suite, accounts: &[Addr]) -> Addr {
    let owner = suite.owner.clone();
    let mut message = token::message("BitHive compute token", "BTK", &owner);
    message.cap = bithive_test_kit::emissions::CAP.into();
    let coin = |address: &Addr| Cw20Coin { address: address.into(), amount: BTK.into() };
    message.initial_balances = accounts.iter().map(coin).collect();
    token::instantiate(&mut suite.app, &owner, &message)
}

fn units(amount: u64) -> Uint128 {
    Uint128::new(u128::from(amount) * UNIT)
}
