//! Doing what is missing.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_api::{MigrateMsg, registry};
use bithive_chain::{Chain, ChainError, Message, Receipt, TxHash, Wallet};
use bithive_client::{Client, Deployment};
use cosmwasm_std::coin;
use serde::{Deserialize, Serialize};
use tokio::time::sleep;

use crate::terms::json;
use crate::{Codes, Contract, DeployError, FEE_GRANT, OPERATOR_MINIMUM, Seen, Step, Terms, plan};

/// How often, and in what intervals, a transaction of a run that was cut off is looked for. After that no node holds
/// it any more: they keep one for the next few blocks only when there is no room.
const SEARCHES: u32 = 10;
const SEARCH_INTERVAL: Duration = Duration::from_secs(1);

/// What has to be remembered of a deployment, so that the next run finds it again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Record {
    /// Chain id; empty before the first run.
    pub chain_id: String,
    /// Addresses.
    pub contracts: BTreeMap<Contract, String>,
    /// A contract whose transaction was signed, and its outcome not yet seen.
    pub pending: Option<(Contract, TxHash)>,
}

/// A step that was done.
#[derive(Clone, Debug, Serialize)]
pub struct Done {
    /// Step.
    #[serde(flatten)]
    pub step: Step,
    /// Gas of its transaction.
    pub gas_used: u64,
    /// Its transaction.
    pub hash: TxHash,
    /// Its block.
    pub height: u64,
}

/// What a run came to.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Where the contracts are.
    pub deployment: Deployment,
    /// What was done for it; nothing when everything was in place.
    pub done: Vec<Done>,
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
    Ok(plan(&run.look().await?))
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
    let mut done = Vec::new();
    let steps = plan(&seen);
    if !steps.is_empty() {
        run.check_funds().await?;
    }
    for step in steps {
        let receipt = run.take(&step, &mut seen).await?;
        done.push(Done { step, gas_used: receipt.gas_used, hash: receipt.hash, height: receipt.height });
    }
    Ok(Outcome { deployment: run.deployment(), done })
}

struct Run<'a> {
    operator: &'a Wallet,
    codes: Codes<'a>,
    terms: &'a Terms,
    record: Record,
    save: &'a mut (dyn FnMut(&Record) -> Result<(), ChainError> + Send),
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

    /// What the chain has.
    async fn look(&mut self) -> Result<Seen, DeployError> {
        let info = self.chain().info().await.map_err(DeployError::chain("chain"))?;
        if self.record.chain_id.is_empty() {
            self.record.chain_id = info.chain_id;
        } else if self.record.chain_id != info.chain_id {
            let recorded = self.record.chain_id.clone();
            return Err(DeployError::OtherChain { recorded, expected: info.chain_id });
        }
        self.settle_pending().await?;
        let operator = self.operator.address();
        let mut seen = Seen { codes: self.codes.stored(operator).await?, ..Seen::default() };
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
            let client = Client::new(self.chain().clone(), self.deployment());
            seen.jobs_set = client.registry_config().await.map_err(asking())?.jobs.is_some();
            let last = client.committee_at(u64::MAX).await.map_err(asking())?;
            seen.committee_set = !last.members.is_empty();
        }
        Ok(seen)
    }

    /// Finds out what became of the transaction that a run which was cut off had signed.
    async fn settle_pending(&mut self) -> Result<(), DeployError> {
        let Some((contract, hash)) = self.record.pending else { return Ok(()) };
        for search in 0..SEARCHES {
            if search > 0 {
                sleep(SEARCH_INTERVAL).await;
            }
            let found = self.chain().tx(hash).await.map_err(DeployError::chain("transaction"))?;
            if let Some(outcome) = found {
                if let Ok(receipt) = outcome {
                    self.created(contract, &receipt)?;
                }
                break;
            }
        }
        self.record.pending = None;
        Ok(())
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

    async fn take(&mut self, step: &Step, seen: &mut Seen) -> Result<Receipt, DeployError> {
        let failed = || DeployError::chain(step.to_string());
        match step {
            Step::Store { contract } => {
                let (code_id, receipt) = self.codes.store(self.operator, *contract).await?;
                seen.codes.insert(*contract, code_id);
                Ok(receipt)
            }
            Step::Grant { addresses } => self.grant(addresses).await.map_err(failed()),
            Step::Instantiate { contract } => self.instantiate(*contract, seen).await,
            Step::Migrate { contract, .. } => {
                let (address, code_id) = (self.address(*contract), code(seen, *contract));
                self.operator.migrate(&address, code_id, &MigrateMsg {}).await.map_err(failed())
            }
            Step::SetJobs => {
                let jobs = self.address(Contract::Jobs);
                self.registry(&registry::ExecuteMsg::SetJobs { jobs }).await.map_err(failed())
            }
            Step::SetCommittee => {
                // The first committee begins at once.
                let client = Client::new(self.chain().clone(), self.deployment());
                let from_epoch = client.committee().await.map_err(failed())?.epoch;
                let (members, threshold) = (self.terms.committee.clone(), self.terms.threshold);
                let message = registry::ExecuteMsg::SetCommittee { members, threshold, from_epoch };
                self.registry(&message).await.map_err(failed())
            }
        }
    }

    /// Creates a contract; the transaction is on record before the chain can have it.
    async fn instantiate(&mut self, contract: Contract, seen: &Seen) -> Result<Receipt, DeployError> {
        let failed = || DeployError::chain(format!("create {contract}"));
        let operator = self.operator.address();
        let message = Message::Instantiate {
            code_id: code(seen, contract),
            msg: self.terms.instantiate(contract, operator, &self.record.contracts).map_err(failed())?,
            label: contract.label().into(),
            admin: Some(operator.into()),
            funds: vec![],
        };
        let (record, save) = (&mut self.record, &mut self.save);
        let remember = |tx: &bithive_chain::SignedTx| {
            record.pending = Some((contract, tx.hash));
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

    async fn registry(&self, message: &registry::ExecuteMsg) -> Result<Receipt, ChainError> {
        let message = Message::Execute {
            contract: self.address(Contract::Registry),
            msg: json(message)?,
            funds: vec![],
        };
        self.operator.execute_many(&[message]).await
    }

    fn address(&self, contract: Contract) -> String {
        self.record.contracts.get(&contract).cloned().unwrap_or_default()
    }

    fn deployment(&self) -> Deployment {
        Deployment {
            chain_id: self.record.chain_id.clone(),
            token: self.address(Contract::Token),
            registry: self.address(Contract::Registry),
            jobs: self.address(Contract::Jobs),
            treasury: self.terms.treasury.clone(),
            incentive_pool: self.terms.incentive_pool.clone(),
        }
    }
}

/// The plan stores a code before it uses it; 0 is no code of any chain.
fn code(seen: &Seen, contract: Contract) -> u64 {
    seen.codes.get(&contract).copied().unwrap_or_default()
}
