//! The chain, the contracts on it, and the accounts: queries, and signed transactions.

use std::sync::Arc;

use bithive_api::{ContractEvent, EventError};
use bithive_chain::{Chain as _, ChainExt as _, Embedded, Message, Receipt, SigningKey, Wallet};
use bithive_native::agent::Relay;
use cosmwasm_std::{Uint128, to_json_binary};
use cw20::Cw20ExecuteMsg;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::EconomyError;
use crate::error::during;

/// The chain's greatest gas limit; gas is free here.
const GAS_LIMIT: u64 = 100_000_000;
/// Messages of one transaction: far from the gas limit.
const BATCH: usize = 50;

/// Addresses of the contracts.
#[derive(Clone, Debug)]
pub(crate) struct Contracts {
    pub(crate) btk: String,
    pub(crate) btt: String,
    pub(crate) sky: String,
    pub(crate) vesting: String,
    pub(crate) emissions: String,
    pub(crate) staking: String,
    pub(crate) treasury: String,
    pub(crate) rewards: String,
    pub(crate) jobs: String,
    pub(crate) timebank: String,
    /// Credits work: a contract, because only contracts may.
    pub(crate) meter: String,
    /// Cuts stakes, likewise.
    pub(crate) slasher: String,
}

/// A contract's message.
pub(crate) fn call(contract: &str, message: &(impl Serialize + ?Sized)) -> Result<Message, EconomyError> {
    Message::execute(contract, message, &[]).map_err(during(format!("a message to {contract}")))
}

/// A message that `agent` sends to a contract.
pub(crate) fn call_as(
    agent: &str,
    contract: &str,
    message: &impl Serialize,
) -> Result<Message, EconomyError> {
    let encoded = to_json_binary(message);
    let msg =
        encoded.map_err(|error| EconomyError::Malformed { what: "a message", reason: error.to_string() })?;
    call(agent, &Relay { contract: contract.into(), msg })
}

/// Tokens sent to a contract, with what they are for.
pub(crate) fn send(
    token: &str,
    contract: &str,
    amount: u128,
    hook: &impl Serialize,
) -> Result<Message, EconomyError> {
    let encoded = to_json_binary(hook);
    let msg =
        encoded.map_err(|error| EconomyError::Malformed { what: "a hook", reason: error.to_string() })?;
    call(token, &Cw20ExecuteMsg::Send { contract: contract.into(), amount: Uint128::new(amount), msg })
}

/// An embedded chain in memory.
pub(crate) struct World {
    chain: Embedded,
}

impl World {
    pub(crate) fn new(chain: Embedded) -> Self {
        Self { chain }
    }

    /// An account of this chain.
    pub(crate) async fn wallet(&self, key: SigningKey) -> Result<Wallet, EconomyError> {
        let wallet = Wallet::connect(Arc::new(self.chain.clone()), key).await;
        Ok(wallet.map_err(during("opening an account"))?.with_gas_limit(GAS_LIMIT))
    }

    /// Time of the last block, in Unix seconds.
    pub(crate) async fn now(&self) -> Result<u64, EconomyError> {
        Ok(self.chain.info().await.map_err(during("the time"))?.time.seconds())
    }

    /// The chain's id.
    pub(crate) async fn chain_id(&self) -> Result<String, EconomyError> {
        Ok(self.chain.info().await.map_err(during("the chain's id"))?.chain_id)
    }

    /// Blocks so far.
    pub(crate) async fn blocks(&self) -> Result<u64, EconomyError> {
        Ok(self.chain.info().await.map_err(during("the height"))?.height)
    }

    /// Lets time pass until `time`; a time that is past changes nothing.
    pub(crate) async fn wait_until(&self, time: u64) -> Result<(), EconomyError> {
        let seconds = time.saturating_sub(self.now().await?);
        if seconds > 0 {
            self.chain.advance_time(seconds).await.map_err(during("letting time pass"))?;
        }
        Ok(())
    }

    /// Asks a contract.
    pub(crate) async fn ask<T: DeserializeOwned>(
        &self,
        contract: &str,
        question: &(impl Serialize + Sync),
    ) -> Result<T, EconomyError> {
        self.chain.query(contract, question).await.map_err(during(format!("a query to {contract}")))
    }
}

/// Sends messages of one account, in as few transactions as their number allows.
pub(crate) async fn submit(
    wallet: &Wallet,
    what: &str,
    messages: &[Message],
) -> Result<Vec<Receipt>, EconomyError> {
    let mut receipts = Vec::new();
    for batch in messages.chunks(BATCH) {
        receipts.push(wallet.execute_many(batch).await.map_err(during(what))?);
    }
    Ok(receipts)
}

/// Events of the contract at an address in these transactions.
pub(crate) fn events_of<E: ContractEvent>(
    contract: &str,
    receipts: &[Receipt],
) -> Result<Vec<E>, EconomyError> {
    let events = receipts.iter().flat_map(|receipt| &receipt.events);
    let malformed =
        |error: EventError| EconomyError::Malformed { what: "an event", reason: error.to_string() };
    E::of(contract, events).map(|event| event.map_err(malformed)).collect()
}
