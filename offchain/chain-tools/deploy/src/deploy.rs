//! Doing what is missing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::{MigrateMsg, emissions, jobs, registry, rewards, token, treasury, vesting};
use bithive_chain::{Chain, ChainError, ChainExt as _, Message, Receipt, TxHash, Wallet};
use bithive_client::{Deployment, OwnerMessage, OwnerReceipt, OwnerSetting, set_as_owner};
use bithive_economics::supply::SKY_SUPPLY;
use cosmwasm_std::{HexBinary, Uint128, coin, to_json_binary};
use cw20::{BalanceResponse, MinterResponse};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::{
    COLLECTORS, Codes, Contract, DeployError, FEE_GRANT, OPERATOR_MINIMUM, OnChain, Role, SkyLock, Step,
    Terms, TermsError, plan,
};

/// Blocks for which a transaction is looked for after its sequence was used up: a node lists a transaction a moment after
/// the block that has it.
const LISTED_AFTER: u64 = 3;
const POLL: Duration = Duration::from_millis(200);

/// What is stored about a deployment, so that the next run continues it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Chain id; empty before the first run.
    pub chain_id: String,
    /// Address of each contract that was created, bech32.
    pub contracts: BTreeMap<Contract, String>,
    /// A contract whose transaction was signed, and its outcome not yet seen.
    pub pending: Option<Pending>,
}

/// A transaction that creates a contract. It can be sent again: a chain takes it at most once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Pending {
    /// The contract that it creates.
    pub contract: Contract,
    /// The signed transaction.
    pub tx: HexBinary,
}

/// A step that was done.
#[derive(Clone, Debug, Serialize)]
pub struct Done {
    /// The step, with its contract or code.
    #[serde(flatten)]
    pub step: Step,
    /// Gas that the transaction used.
    pub gas_used: u64,
    /// Hash of the transaction that did it.
    pub hash: TxHash,
    /// Height of the block that has the transaction.
    pub height: u64,
}

/// Result of a run.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Addresses of the contracts.
    pub contracts: BTreeMap<Contract, String>,
    /// The same as parties use them; none on a chain without a market.
    pub deployment: Option<Deployment>,
    /// What was done for it; nothing when everything was in place.
    pub done: Vec<Done>,
    /// Settings that are announced and have no effect yet: contracts older than a day keep them waiting. Once they are due, the next
    /// run applies them, as anybody can.
    pub waits: Vec<OwnerSetting>,
}

/// What [`deploy`] would do.
///
/// # Errors
/// As [`deploy`].
pub async fn missing(
    operator: &Wallet,
    codes: Codes<'_>,
    terms: &Terms,
    record: &Record,
) -> Result<Vec<Step>, DeployError> {
    let mut forget = |_: &Record| Ok(());
    let mut run = Run::new(operator, codes, terms, record.clone(), &mut forget);
    Ok(plan(terms.role(), &run.look().await?))
}

/// Does what is missing of a deployment by `operator`, who becomes the contracts' admin and the registry's owner.
/// `record` is what `save` was last given, or the default; a run that is cut off anywhere is gone on with.
///
/// # Errors
/// [`DeployError`] says at which step; what was done before stays.
pub async fn deploy(
    operator: &Wallet,
    codes: Codes<'_>,
    terms: &Terms,
    record: Record,
    save: &mut (dyn FnMut(&Record) -> Result<(), ChainError> + Send),
) -> Result<Outcome, DeployError> {
    let mut run = Run::new(operator, codes, terms, record, save);
    let mut seen = run.look().await?;
    let (mut done, mut waits) = (Vec::new(), Vec::new());
    let steps = plan(terms.role(), &seen);
    if !steps.is_empty() {
        run.check_funds().await?;
    }
    for step in steps {
        let taken = run.take(&step, &mut seen).await?;
        if let Some(Receipt { gas_used, hash, height, .. }) = taken.receipt {
            done.push(Done { step, gas_used, hash, height });
        }
        waits.extend(taken.waits);
    }
    let deployment = match terms.role().has(Contract::Jobs) {
        true => Some(run.deployment().await?),
        false => None,
    };
    Ok(Outcome { contracts: run.record.contracts, deployment, done, waits })
}

struct Run<'a> {
    operator: &'a Wallet,
    codes: Codes<'a>,
    terms: &'a Terms,
    record: Record,
    save: &'a mut (dyn FnMut(&Record) -> Result<(), ChainError> + Send),
}

impl Outcome {
    /// Where the contracts are, on a chain with a market.
    ///
    /// # Errors
    /// [`TermsError::NoMarket`].
    pub fn into_deployment(self, role: Role) -> Result<Deployment, DeployError> {
        self.deployment.ok_or(TermsError::NoMarket { role }.into())
    }
}

impl<'a> Run<'a> {
    fn new(
        operator: &'a Wallet,
        codes: Codes<'a>,
        terms: &'a Terms,
        record: Record,
        save: &'a mut (dyn FnMut(&Record) -> Result<(), ChainError> + Send),
    ) -> Self {
        Self { operator, codes, terms, record, save }
    }

    fn chain(&self) -> &Arc<dyn Chain> {
        self.operator.chain()
    }

    /// Reads what the chain already has.
    async fn look(&mut self) -> Result<OnChain, DeployError> {
        let info = self.chain().info().await.map_err(DeployError::chain("chain"))?;
        if self.record.chain_id.is_empty() {
            self.record.chain_id = info.chain_id;
        } else if self.record.chain_id != info.chain_id {
            let recorded = self.record.chain_id.clone();
            return Err(DeployError::OtherChain { recorded, expected: info.chain_id });
        }
        self.settle_pending().await?;
        let operator = self.operator.address();
        let mut seen =
            OnChain { codes: self.codes.stored(self.terms.role(), operator).await?, ..OnChain::default() };
        for (contract, address) in &self.record.contracts {
            seen.contracts.insert(*contract, self.codes.existing(*contract, address, operator).await?);
        }
        for address in self.terms.accounts() {
            let held = self.chain().balance(address, &info.fee_denom).await;
            if held.map_err(DeployError::chain("balances"))? == 0 {
                seen.without_coins.push(address.into());
            }
        }
        if self.record.contracts.contains_key(&Contract::Registry) {
            let asking = || DeployError::chain("registry");
            let config: registry::ConfigResponse =
                self.ask(Contract::Registry, &registry::QueryMsg::Config {}).await.map_err(asking())?;
            seen.jobs_set = config.jobs.is_some();
            let last = self.committee(Some(u64::MAX)).await.map_err(asking())?;
            seen.committee_set = !last.members.is_empty();
        }
        self.look_at_economy(&mut seen).await.map_err(DeployError::chain("economy"))?;
        Ok(seen)
    }

    /// Reads which contracts around the market know each other.
    async fn look_at_economy(&self, seen: &mut OnChain) -> Result<(), ChainError> {
        let known = |contract| self.record.contracts.get(&contract);
        if let Some(btk) = known(Contract::Btk) {
            let minter: Option<MinterResponse> = self.chain().query(btk, &token::QueryMsg::Minter {}).await?;
            seen.minter_set = minter.is_none_or(|minter| minter.minter != self.operator.address());
        }
        if let Some(sky) = known(Contract::Sky) {
            let question = token::QueryMsg::Balance { address: self.operator.address().into() };
            let held: BalanceResponse = self.chain().query(sky, &question).await?;
            seen.sky_locked = held.balance.u128() < SKY_SUPPLY;
        }
        let Some(jobs) = known(Contract::Jobs) else { return Ok(()) };
        let market = self.market().await?;
        seen.models_set = market.models.is_some();
        seen.grants_set = market.grants.is_some();
        for (contract, receiver) in COLLECTORS.into_iter().zip([market.treasury, market.incentive_pool]) {
            let set = match known(contract) {
                Some(address) if receiver.as_str() == address => self.collects(contract, jobs).await?,
                // This market pays somebody else, for good: there is nothing to collect.
                _ => true,
            };
            if set {
                seen.sources_set.insert(contract);
            }
        }
        let Some(emissions) = known(Contract::Emissions) else { return Ok(()) };
        seen.meter_set = self.is_meter(emissions, jobs).await? && market.emissions.is_some();
        let config = emissions::QueryMsg::Config {};
        let config: emissions::ConfigResponse = self.chain().query(emissions, &config).await?;
        seen.staking_set = config.staking.is_some();
        Ok(())
    }

    /// Settles the transaction that an interrupted run had signed: sends it again, which a chain takes at most once, and
    /// continues only when it is known that the transaction has taken effect or never can.
    async fn settle_pending(&mut self) -> Result<(), DeployError> {
        let Some(Pending { contract, tx }) = self.record.pending.clone() else { return Ok(()) };
        let hash = TxHash::of(&tx);
        let refused = match self.chain().resend(&tx).await {
            Ok(receipt) => return self.created(contract, &receipt),
            Err(refused) => refused,
        };
        // Another transaction has its sequence: this one is in a block by now, or will never be.
        let used_up = matches!(&refused, ChainError::SequenceMismatch { expected, got } if expected > got);
        match self.listed(hash, if used_up { LISTED_AFTER } else { 0 }).await? {
            Some(Ok(receipt)) => self.created(contract, &receipt),
            None if !used_up => Err(DeployError::Undecided { contract, hash, source: Box::new(refused) }),
            Some(Err(_)) | None => {
                self.record.pending = None;
                (self.save)(&self.record).map_err(DeployError::chain("record"))
            }
        }
    }

    /// Looks for a transaction until the chain has made this many blocks.
    async fn listed(
        &self,
        hash: TxHash,
        blocks: u64,
    ) -> Result<Option<Result<Receipt, ChainError>>, DeployError> {
        let failed = || DeployError::chain("transaction");
        let last = self.chain().info().await.map_err(failed())?.height.saturating_add(blocks);
        loop {
            // Asked for before the transaction: what that block has is looked for after it.
            let height = self.chain().info().await.map_err(failed())?.height;
            let found = self.chain().tx(hash).await.map_err(failed())?;
            if found.is_some() || height >= last {
                return Ok(found);
            }
            sleep(POLL).await;
        }
    }

    async fn check_funds(&self) -> Result<(), DeployError> {
        let funds = DeployError::chain("the operator's coins");
        let info = self.chain().info().await.map_err(DeployError::chain("chain"))?;
        let address = self.operator.address();
        let held = self.chain().balance(address, &info.fee_denom).await.map_err(funds)?;
        if held < OPERATOR_MINIMUM {
            let (address, denom) = (address.into(), info.fee_denom);
            return Err(DeployError::Poor { address, held, needed: OPERATOR_MINIMUM, denom });
        }
        Ok(())
    }

    /// Does one step. A setting may have to wait; then the step has no effect yet.
    async fn take(&mut self, step: &Step, seen: &mut OnChain) -> Result<OwnerReceipt, DeployError> {
        let failed = || DeployError::chain(step.to_string());
        let receipt = match step {
            Step::Store { code } => {
                let (code_id, receipt) = self.codes.store(self.operator, *code).await?;
                seen.codes.insert(*code, code_id);
                receipt
            }
            Step::Grant { addresses } => self.grant(addresses).await.map_err(failed())?,
            Step::Instantiate { contract } => self.instantiate(*contract, seen).await?,
            Step::Migrate { contract, .. } => {
                let (address, code_id) = (self.address(*contract), code(seen, *contract));
                self.operator.migrate(&address, code_id, &MigrateMsg {}).await.map_err(failed())?
            }
            Step::SetJobs => {
                let message = registry::ExecuteMsg::SetJobs { jobs: self.address(Contract::Jobs) };
                return self.set(Contract::Registry, &message).await.map_err(failed());
            }
            Step::SetCommittee => {
                // The first committee begins at once.
                let from_epoch = self.committee(None).await.map_err(failed())?.epoch;
                let (members, threshold) = self.terms.committee();
                let message = registry::ExecuteMsg::SetCommittee { members, threshold, from_epoch };
                return self.set(Contract::Registry, &message).await.map_err(failed());
            }
            Step::SetModels => {
                let models = Some(self.address(Contract::Models));
                let message = jobs::ExecuteMsg::SetModels { models };
                return self.set(Contract::Jobs, &message).await.map_err(failed());
            }
            Step::SetGrants => {
                let grants = Some(self.address(Contract::Grants));
                let message = jobs::ExecuteMsg::SetGrants { grants };
                return self.set(Contract::Jobs, &message).await.map_err(failed());
            }
            Step::SetMinter => {
                let new_minter = Some(self.address(Contract::Emissions));
                let message = token::ExecuteMsg::UpdateMinter { new_minter };
                self.tell(Contract::Btk, &message).await.map_err(failed())?
            }
            Step::SetMeter => return self.set_meter().await.map_err(failed()),
            Step::SetStaking => {
                let staking = Some(self.address(Contract::Staking));
                let message = emissions::ExecuteMsg::SetStaking { staking };
                return self.set(Contract::Emissions, &message).await.map_err(failed());
            }
            Step::LockSky => self.lock_sky().await?,
            Step::SetSource { contract } => self.set_source(*contract).await.map_err(failed())?,
        };
        Ok(OwnerReceipt { receipt: Some(receipt), waits: vec![] })
    }

    /// Lets market and emissions know of each other, as far as they do not, in one transaction.
    async fn set_meter(&self) -> Result<OwnerReceipt, ChainError> {
        let (jobs, emissions) = (self.address(Contract::Jobs), self.address(Contract::Emissions));
        let mut messages = Vec::new();
        if !self.is_meter(&emissions, &jobs).await? {
            let meter = emissions::ExecuteMsg::SetMeter { meter: jobs.clone(), allowed: true };
            messages.push(OwnerMessage::new(Contract::Emissions, &emissions, &meter)?);
        }
        if self.market().await?.emissions.is_none() {
            let report = jobs::ExecuteMsg::SetEmissions { emissions: Some(emissions) };
            messages.push(OwnerMessage::new(Contract::Jobs, &jobs, &report)?);
        }
        set_as_owner(self.operator, &messages).await
    }

    async fn is_meter(&self, emissions: &str, jobs: &str) -> Result<bool, ChainError> {
        self.chain().query(emissions, &emissions::QueryMsg::Meter { address: jobs.to_owned() }).await
    }

    /// Whether one of [`COLLECTORS`] collects from the market `jobs`.
    async fn collects(&self, contract: Contract, jobs: &str) -> Result<bool, ChainError> {
        let address = jobs.to_owned();
        match contract {
            Contract::Rewards => self.ask(contract, &rewards::QueryMsg::Source { address }).await,
            _ => self.ask(contract, &treasury::QueryMsg::Source { address }).await,
        }
    }

    async fn set_source(&self, contract: Contract) -> Result<Receipt, ChainError> {
        let (source, allowed) = (self.address(Contract::Jobs), true);
        match contract {
            Contract::Rewards => {
                self.tell(contract, &rewards::ExecuteMsg::SetSource { source, allowed }).await
            }
            _ => self.tell(contract, &treasury::ExecuteMsg::SetSource { source, allowed }).await,
        }
    }

    /// Locks all SKY in one transaction, so that a run which is cut off has locked all or nothing. The schedules begin with
    /// the emission, which a later run finds unchanged.
    async fn lock_sky(&self) -> Result<Receipt, DeployError> {
        let failed = || DeployError::chain(Step::LockSky.to_string());
        let start = self.emission_start().await.map_err(failed())?;
        let (sky, contract) = (self.address(Contract::Sky), self.address(Contract::Vesting));
        let lock = |SkyLock { owner, amount, schedule, .. }| {
            let hook = vesting::Hook::Lock { owner, schedule, revocable: false };
            let msg = to_json_binary(&hook)
                .map_err(|error| ChainError::InvalidTx { field: "lock".into(), reason: error.to_string() })?;
            let (contract, amount) = (contract.clone(), Uint128::new(amount));
            Message::execute(&sky, &token::ExecuteMsg::Send { contract, amount, msg }, &[])
        };
        let locks = self.terms.sky(self.operator.address(), start)?.into_iter().map(lock);
        let messages = locks.collect::<Result<Vec<_>, _>>().map_err(failed())?;
        self.operator.execute_many(&messages).await.map_err(failed())
    }

    /// When BTK are minted from: what the emissions say, or a little later than now where there are none yet.
    async fn emission_start(&self) -> Result<u64, ChainError> {
        match self.record.contracts.get(&Contract::Emissions) {
            Some(emissions) => {
                let query = emissions::QueryMsg::Config {};
                let config: emissions::ConfigResponse = self.chain().query(emissions, &query).await?;
                Ok(config.start)
            }
            None => {
                let now = self.chain().info().await?.time.seconds();
                Ok(now.saturating_add(self.codes.emission_delay()))
            }
        }
    }

    /// Creates a contract; the transaction is on record before the chain can have it.
    async fn instantiate(&mut self, contract: Contract, seen: &OnChain) -> Result<Receipt, DeployError> {
        let failed = || DeployError::chain(format!("create {contract}"));
        let operator = self.operator.address();
        let start = self.emission_start().await.map_err(failed())?;
        let known = &self.record.contracts;
        let message = Message::Instantiate {
            code_id: code(seen, contract),
            msg: self.terms.instantiate(contract, operator, known, start)?,
            label: contract.label().into(),
            admin: Some(operator.into()),
            funds: vec![],
        };
        let (record, save) = (&mut self.record, &mut self.save);
        let remember = |tx: &bithive_chain::SignedTx| {
            record.pending = Some(Pending { contract, tx: tx.bytes.clone().into() });
            save(record)
        };
        let receipt = self.operator.submit(&[message], remember).await.map_err(failed())?;
        self.created(contract, &receipt)?;
        Ok(receipt)
    }

    fn created(&mut self, contract: Contract, receipt: &Receipt) -> Result<(), DeployError> {
        let address = receipt.events_of("instantiate").find_map(|event| event.contract());
        let address = address.ok_or_else(|| ChainError::Decode {
            what: format!("receipt {}", receipt.hash),
            reason: "it has no instantiate event with a contract address".into(),
        });
        let address = address.map_err(DeployError::chain(contract.name()))?;
        self.record.contracts.insert(contract, address.into());
        self.record.pending = None;
        (self.save)(&self.record).map_err(DeployError::chain("record"))
    }

    async fn grant(&self, addresses: &[String]) -> Result<Receipt, ChainError> {
        let denom = self.chain().info().await?.fee_denom;
        let send = |to: &String| Message::Send { to: to.clone(), funds: vec![coin(FEE_GRANT, &denom)] };
        self.operator.execute_many(&addresses.iter().map(send).collect::<Vec<_>>()).await
    }

    async fn tell(
        &self,
        contract: Contract,
        message: &(impl Serialize + Sync),
    ) -> Result<Receipt, ChainError> {
        self.operator.execute(&self.address(contract), message, &[]).await
    }

    /// As [`Self::tell`], for a setting that waits in a contract older than a day.
    async fn set(
        &self,
        contract: Contract,
        message: &(impl Serialize + Sync),
    ) -> Result<OwnerReceipt, ChainError> {
        let message = OwnerMessage::new(contract, &self.address(contract), message)?;
        set_as_owner(self.operator, &[message]).await
    }

    fn address(&self, contract: Contract) -> String {
        self.record.contracts.get(&contract).cloned().unwrap_or_default()
    }

    async fn ask<T: DeserializeOwned>(
        &self,
        contract: Contract,
        question: &(impl Serialize + Sync),
    ) -> Result<T, ChainError> {
        self.chain().query(&self.address(contract), question).await
    }

    async fn committee(&self, epoch: Option<u64>) -> Result<registry::CommitteeResponse, ChainError> {
        self.ask(Contract::Registry, &registry::QueryMsg::Committee { epoch }).await
    }

    /// The market as it is: where its shares go was settled when it was made.
    async fn market(&self) -> Result<jobs::ConfigResponse, ChainError> {
        self.ask(Contract::Jobs, &jobs::QueryMsg::Config {}).await
    }

    async fn deployment(&self) -> Result<Deployment, DeployError> {
        let market = self.market().await.map_err(DeployError::chain("jobs"))?;
        let (chain_id, contracts) = (self.record.chain_id.as_str(), self.record.contracts.clone());
        Ok(Deployment::new(chain_id, contracts, (market.treasury, market.incentive_pool))?)
    }
}

/// Id of the code; 0, which no chain uses, if it is not stored, but the plan stores a code before it uses it.
fn code(seen: &OnChain, contract: Contract) -> u64 {
    seen.codes.get(&contract.code()).copied().unwrap_or_default()
}
