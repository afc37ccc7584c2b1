//! Each operation, in the model and with the contracts.

use std::fmt::Debug;

use bithive_api::emissions::{self, Bucket};
use bithive_api::rewards::{self, Activity};
use bithive_api::vesting::{self, Hook as Lock, Schedule};
use bithive_api::{jobs, staking, timebank, treasury};
use bithive_economy_model::staking::{COMMISSION, TERA};
use bithive_economy_model::{BigInt, DAY, Holder, Token};
use bithive_test_kit::jobs::VAULT;
use bithive_test_kit::rewards::worth;
use cosmwasm_std::{Addr, HexBinary, Uint128, to_json_binary};
use cw_multi_test::AppResponse;
use cw20::Cw20ExecuteMsg;
use serde::Serialize;

use super::{Outcome, World};
use crate::economy::Op;

impl World {
    fn stranger<M: Serialize + Debug>(&mut self, contract: &Addr, message: &M) -> Outcome {
        let stranger = self.suite.account("stranger");
        self.suite.execute(&stranger, contract, message)
    }

    fn act<M: Serialize + Debug>(&mut self, account: usize, contract: &Addr, message: &M) -> Outcome {
        let account = self.accounts[account].clone();
        self.suite.execute(&account, contract, message)
    }

    fn send<H: Serialize>(
        &mut self,
        token: Token,
        account: usize,
        to: &Addr,
        amount: u128,
        hook: &H,
    ) -> Outcome {
        let msg = to_json_binary(hook).unwrap();
        let send = Cw20ExecuteMsg::Send { contract: to.into(), amount: amount.into(), msg };
        let token = self.token(token);
        self.act(account, &token, &send)
    }

    fn name(&self, account: usize) -> String {
        self.accounts[account].to_string()
    }

    /// Does an operation: whether the model accepts, and what the contracts say.
    pub(crate) fn apply(&mut self, op: &Op) -> (bool, Outcome) {
        match *op {
            Op::Wait { seconds } => {
                self.suite.advance(seconds);
                self.model.wait(seconds);
                (true, Ok(AppResponse::default()))
            }
            Op::Transfer { .. } | Op::Lock { .. } | Op::ClaimLocked { .. } | Op::Revoke { .. } => {
                self.lock_or_transfer(op)
            }
            Op::FundRewards { .. }
            | Op::CheckUp { .. }
            | Op::ChronicCare { .. }
            | Op::ReturnBudget { .. } => self.reward(op),
            Op::Credit { .. } | Op::ClaimEmission { .. } | Op::Release { .. } => self.emit(op),
            Op::Endow { .. } | Op::Sell { .. } | Op::BurnBtt | Op::BurnBtk | Op::SpendTreasury { .. } => {
                self.use_treasury(op)
            }
            Op::FundTimebank { .. }
            | Op::Deposit { .. }
            | Op::SpendCredits { .. }
            | Op::Accrue
            | Op::ReturnFunds { .. }
            | Op::Cancel { .. }
            | Op::WithdrawJob { .. } => self.use_credits(op),
            _ => self.stake(op),
        }
    }

    fn lock_or_transfer(&mut self, op: &Op) -> (bool, Outcome) {
        let contract = self.vesting.clone();
        match *op {
            Op::Transfer { btk, from, to, amount } => {
                let token = if btk { Token::Btk } else { Token::Btt };
                let (payer, payee) = (Holder::Account(from), Holder::Account(to));
                let model = self.model.ledger.pay(token, payer, payee, &amount.into());
                let transfer = Cw20ExecuteMsg::Transfer { recipient: self.name(to), amount: amount.into() };
                let token = self.token(token);
                (model, self.act(from, &token, &transfer))
            }
            Op::Lock { locker, owner, amount, immediate, steps } => {
                let schedule = Schedule {
                    start: self.model.now,
                    immediate_bps: u16::try_from(immediate).unwrap(),
                    cliff_seconds: DAY,
                    step_seconds: DAY,
                    steps: u32::try_from(steps).unwrap(),
                };
                let hook = Lock::Lock { owner: self.name(owner), schedule, revocable: true };
                let model = self.model.lock(locker, owner, amount, immediate, steps);
                (model, self.send(Token::Btt, locker, &contract, amount, &hook))
            }
            Op::ClaimLocked { index } => {
                let id = self.model.vesting.some(index);
                (self.model.claim_locked(id), self.stranger(&contract, &vesting::ExecuteMsg::Claim { id }))
            }
            Op::Revoke { by, index } => {
                let id = self.model.vesting.some(index);
                (self.model.revoke(by, id), self.act(by, &contract, &vesting::ExecuteMsg::Revoke { id }))
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn reward(&mut self, op: &Op) -> (bool, Outcome) {
        let contract = self.rewards.clone();
        match *op {
            Op::FundRewards { account, amount } => {
                let model = self.model.fund_rewards(account, amount);
                (model, self.send(Token::Btt, account, &contract, amount, &rewards::Hook::Fund {}))
            }
            Op::CheckUp { patient, btt } => {
                let model = self.model.check_up(patient, btt);
                (model, self.propose_and_approve(patient, Activity::CheckUp, btt))
            }
            Op::ChronicCare { patient, btt } => {
                let model = self.model.chronic_care(patient, btt);
                (model, self.propose_and_approve(patient, Activity::ChronicCare, btt))
            }
            Op::ReturnBudget { amount } => {
                let give_back = rewards::ExecuteMsg::ReturnBudget { amount: amount.into() };
                (self.model.return_budget(amount), self.as_owner(&contract, &give_back))
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn propose_and_approve(&mut self, patient: usize, activity: Activity, btt: u64) -> Outcome {
        let contract = self.rewards.clone();
        let id = self.proposals + 1;
        let mut evidence = [0; 32];
        evidence[..8].copy_from_slice(&id.to_be_bytes());
        let propose = rewards::ExecuteMsg::Propose {
            patient: self.name(patient),
            activity,
            inputs: worth(btt.into()),
            evidence: HexBinary::from(&evidence),
        };
        let [first, second, third] = self.parties.clone();
        self.suite.execute(&first, &contract, &propose)?;
        self.proposals = id;
        let approve = rewards::ExecuteMsg::Approve { id };
        self.suite.execute(&second, &contract, &approve).unwrap();
        self.suite.execute(&third, &contract, &approve)
    }

    fn emit(&mut self, op: &Op) -> (bool, Outcome) {
        let contract = self.emissions.clone();
        match *op {
            Op::Credit { account, units } => {
                let (meter, contributor) = (self.meter.clone(), self.name(account));
                let credit = emissions::ExecuteMsg::Credit { contributor, units };
                (self.model.credit(account, units), self.suite.relay(&meter, &contract, &credit))
            }
            Op::ClaimEmission { account } => {
                let claim = emissions::ExecuteMsg::Claim { contributor: self.name(account) };
                (self.model.claim_emission(account), self.stranger(&contract, &claim))
            }
            Op::Release { recipient } => {
                let bucket = [Bucket::Application, Bucket::Foundation, Bucket::Infrastructure][recipient];
                let release = emissions::ExecuteMsg::Release { bucket };
                (self.model.release(recipient), self.stranger(&contract, &release))
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn stake(&mut self, op: &Op) -> (bool, Outcome) {
        use staking::{ExecuteMsg, Hook};
        let contract = self.staking.clone();
        match *op {
            Op::Pledge { node, amount, register } => {
                let commission_bps = u16::try_from(COMMISSION).unwrap();
                let register_hook = Hook::Register { tera: TERA, commission_bps };
                let hook = if register { register_hook } else { Hook::Pledge {} };
                let model = self.model.pledge(node, amount, register);
                (model, self.send(Token::Btk, node, &contract, amount, &hook))
            }
            Op::Delegate { node, account, amount } => {
                let hook = Hook::Delegate { node: self.name(node) };
                let model = self.model.delegate(node, account, amount);
                (model, self.send(Token::Btk, account, &contract, amount, &hook))
            }
            Op::Unbond { node, account, part } => {
                let (shares, model) = self.model.unbond(node, account, part);
                let unbond = ExecuteMsg::Unbond { node: self.name(node), shares: Some(number(&shares)) };
                (model, self.act(account, &contract, &unbond))
            }
            Op::LockStake { node, part } => {
                let (shares, model) = self.model.lock_stake(node, part);
                (model, self.act(node, &contract, &ExecuteMsg::Lock { shares: Some(number(&shares)) }))
            }
            Op::WithdrawStake { index } => {
                let id = self.model.staking.some_leaving(index);
                (self.model.withdraw_stake(id), self.stranger(&contract, &ExecuteMsg::Withdraw { id }))
            }
            Op::RewardNode { node, account, amount } => {
                let hook = Hook::Reward { node: self.name(node) };
                let model = self.model.reward_node(node, account, amount);
                (model, self.send(Token::Btk, account, &contract, amount, &hook))
            }
            Op::ClaimReward { node, account } => {
                let (name, delegator) = (self.name(node), self.name(account));
                let claim = ExecuteMsg::ClaimRewards { node: name, delegator };
                (self.model.claim_reward(node, account), self.stranger(&contract, &claim))
            }
            Op::Compound { node, account } => {
                let compound = ExecuteMsg::Compound { node: self.name(node) };
                (self.model.compound(node, account), self.act(account, &contract, &compound))
            }
            Op::Slash { node, amount } => {
                let (name, slasher) = (self.name(node), self.suite.faucet.clone());
                let slash = ExecuteMsg::Slash { node: name, amount: amount.into(), reason: "a fault".into() };
                (self.model.slash(node, amount), self.suite.execute(&slasher, &contract, &slash))
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn use_treasury(&mut self, op: &Op) -> (bool, Outcome) {
        use treasury::{ExecuteMsg, Hook};
        let contract = self.treasury.clone();
        match *op {
            Op::Endow { account, amount } => {
                let model = self.model.endow(account, amount);
                (model, self.send(Token::Btt, account, &contract, amount, &Hook::Deposit {}))
            }
            Op::Sell { account, amount } => {
                let hook = Hook::Sell { least: Uint128::zero() };
                let model = self.model.sell(account, amount);
                (model, self.send(Token::Btk, account, &contract, amount, &hook))
            }
            Op::BurnBtt => {
                let burn = ExecuteMsg::Burn { token: self.suite.btt.to_string() };
                (self.model.burn_btt(), self.stranger(&contract, &burn))
            }
            Op::BurnBtk => {
                let burn = ExecuteMsg::Burn { token: self.btk.to_string() };
                (self.model.burn_btk(), self.stranger(&contract, &burn))
            }
            Op::SpendTreasury { account, amount } => {
                let (recipient, purpose) = (self.name(account), String::new());
                let spend = ExecuteMsg::Spend { recipient, amount: amount.into(), purpose };
                // Its delay is tested with the contract.
                self.suite.renew(&contract);
                (self.model.spend_treasury(account, amount), self.as_owner(&contract, &spend))
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn use_credits(&mut self, op: &Op) -> (bool, Outcome) {
        use timebank::{ExecuteMsg, Hook};
        let (contract, market) = (self.timebank.clone(), self.jobs.clone());
        match *op {
            Op::FundTimebank { account, amount } => {
                let model = self.model.fund_timebank(account, amount);
                (model, self.send(Token::Btt, account, &contract, amount, &Hook::Fund {}))
            }
            Op::Deposit { account, credits } => {
                let (meter, name) = (self.meter.clone(), self.name(account));
                let deposit = ExecuteMsg::Deposit { account: name, credits };
                (self.model.deposit(account, credits), self.suite.relay(&meter, &contract, &deposit))
            }
            Op::SpendCredits { account, price } => {
                let (vault, terms) = (VAULT.into(), Box::new(self.terms(price)));
                let spend = ExecuteMsg::Spend { vault, terms, most: u64::MAX };
                (self.model.spend_credits(account, price), self.act(account, &contract, &spend))
            }
            Op::Accrue => (self.model.accrue(), self.stranger(&contract, &ExecuteMsg::Accrue {})),
            Op::ReturnFunds { amount } => {
                let give_back = ExecuteMsg::ReturnFunds { amount: amount.into() };
                (self.model.return_funds(amount), self.as_owner(&contract, &give_back))
            }
            Op::Cancel { index } => {
                let job_id = self.model.timebank.some_job(index);
                let requester = self.model.timebank.requester(job_id);
                let cancel = jobs::ExecuteMsg::Cancel { job_id };
                (self.model.cancel(job_id), self.act(requester, &market, &cancel))
            }
            Op::WithdrawJob { account } => {
                (self.model.withdraw_job(account), self.act(account, &market, &jobs::ExecuteMsg::Withdraw {}))
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn terms(&self, price: u128) -> jobs::Terms {
        jobs::Terms {
            workers: 1,
            quorum: 1,
            tolerance: 0,
            dimensions: 1,
            price: price.into(),
            assign_by: self.model.now + 600,
            commit_seconds: 600,
            reveal_seconds: 600,
            finalize_seconds: 600,
            model: HexBinary::from(&[1; 32]),
            model_owner: None,
            data_owner: None,
        }
    }
}

fn number(value: &BigInt) -> Uint128 {
    Uint128::new(u128::try_from(value).unwrap())
}
