//! The trait every chain implements.

use crate::{Block, BlockCursor, ChainError, Event, GasUse, HostCalls, TxHash, TxResult};
use async_trait::async_trait;
use bithive_api::ContractEvent;
use cosmwasm_std::{Decimal, Timestamp};
use serde::{Serialize, de::DeserializeOwned};

/// What a client needs to know of a chain before it signs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChainInfo {
    /// Chain id, bound by every signature.
    pub chain_id: String,
    /// Height of the last block.
    pub height: u64,
    /// Time of the last block.
    pub time: Timestamp,
    /// Denomination in which fees are paid.
    pub fee_denom: String,
    /// Smallest accepted price of one unit of gas, in `fee_denom`.
    pub gas_price: Decimal,
    /// Highest price that a wallet pays when the chain asks for more than `gas_price`; never less than that.
    pub max_gas_price: Decimal,
    /// Prefix of addresses.
    pub bech32_prefix: String,
}

/// An account's place in the order of its transactions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Account {
    /// Account number, bound by the account's signatures.
    pub number: u64,
    /// Sequence that the next transaction must carry.
    pub sequence: u64,
}

/// Proof that a transaction's messages took effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// Hash of the transaction.
    pub hash: TxHash,
    /// Block that includes it.
    pub height: u64,
    /// Gas used, in the chain's units.
    pub gas_used: u64,
    /// Gas limit that the transaction was signed with.
    pub gas_wanted: u64,
    /// Calls behind `gas_used`, where the chain counts them.
    pub host_calls: Option<HostCalls>,
    /// Events of all messages.
    pub events: Vec<Event>,
    /// What each message's contract returned as data, in message order.
    pub data: Vec<Vec<u8>>,
}

impl Receipt {
    /// The receipt of a transaction in the block at `height`.
    ///
    /// # Errors
    /// The transaction's own error when its messages had no effect.
    pub fn from_result(height: u64, tx: TxResult) -> Result<Self, ChainError> {
        let TxResult { hash, error, events, data, gas_used, gas_wanted, host_calls, .. } = tx;
        match error {
            Some(error) => Err(error),
            None => Ok(Self { hash, height, gas_used, gas_wanted, host_calls, events, data }),
        }
    }

    /// Events of one kind, e.g. `wasm-job_posted`.
    pub fn events_of<'a>(&'a self, kind: &'a str) -> impl Iterator<Item = &'a Event> {
        self.events.iter().filter(move |event| event.kind == kind)
    }

    /// The first event of the contract at address `contract` for which `pick` returns something, with what it returned;
    /// `expected` names the event in the error.
    ///
    /// # Errors
    /// [`ChainError::Decode`]: there is no such event, or one of the contract's can't be read.
    pub fn announced<E: ContractEvent, T>(
        &self,
        contract: &str,
        expected: &str,
        pick: impl Fn(E) -> Option<T>,
    ) -> Result<(T, &Event), ChainError> {
        let unreadable = |reason| ChainError::Decode { what: format!("receipt {}", self.hash), reason };
        for event in &self.events {
            let read = E::read(contract, event).map_err(|error| unreadable(error.to_string()))?;
            if let Some(found) = read.and_then(&pick) {
                return Ok((found, event));
            }
        }
        Err(unreadable(format!("it has no {expected} event of {contract}")))
    }
}

/// Access to one chain. Implementations are cheap handles, safe to share between tasks.
#[async_trait]
pub trait Chain: Send + Sync {
    /// Identity, fees and the last block.
    async fn info(&self) -> Result<ChainInfo, ChainError>;

    /// Asks a contract; `msg` and the answer are JSON. [`ChainExt::query`] is the typed form.
    ///
    /// # Errors
    /// [`ChainError::NoSuchContract`], or [`ChainError::Query`] with the contract's error text.
    async fn query_smart(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError>;

    /// Number and sequence of an account.
    ///
    /// # Errors
    /// [`ChainError::NoSuchAccount`] until the address has received coins.
    async fn account(&self, address: &str) -> Result<Account, ChainError>;

    /// Amount of `denom` that `address` holds; 0 for an address the chain has never seen.
    async fn balance(&self, address: &str, denom: &str) -> Result<u128, ChainError>;

    /// Runs a transaction without keeping its effects. Signature and fee are not checked, the sequence is.
    async fn simulate(&self, tx: &[u8]) -> Result<GasUse, ChainError>;

    /// Sends a signed `TxRaw` and waits for the block that includes it.
    ///
    /// # Errors
    /// Either the chain refused the transaction (nothing changed), or it is in a block and its messages had no
    /// effect, but the fee and the sequence are spent. [`Chain::tx`] tells the two apart, also where the answer was
    /// lost ([`ChainError::NodeDown`], [`ChainError::Unconfirmed`]). Bytes that a block has already are refused with
    /// [`ChainError::SequenceMismatch`].
    async fn broadcast(&self, tx: &[u8]) -> Result<Receipt, ChainError>;

    /// Finds an included transaction: reconciles a crash between broadcast and answer. `None` when no block
    /// holds it; the inner error is why its messages had no effect.
    async fn tx(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError>;

    /// Follows blocks from `height` (0 means 1, the first block): in order, no gap, no duplicate, waiting for new
    /// ones.
    fn blocks_from(&self, height: u64) -> BlockCursor;
}

/// Typed helpers on every [`Chain`].
#[async_trait]
pub trait ChainExt: Chain {
    /// Asks a contract with a typed message.
    ///
    /// # Errors
    /// As [`Chain::query_smart`]; [`ChainError::Decode`] when the answer is not a `T`.
    async fn query<T, M>(&self, contract: &str, msg: &M) -> Result<T, ChainError>
    where
        T: DeserializeOwned,
        M: Serialize + Sync + ?Sized,
    {
        let request = to_json("query", msg)?;
        let answer = self.query_smart(contract, request).await?;
        serde_json::from_slice(&answer).map_err(|error| ChainError::Decode {
            what: format!("answer of contract {contract}"),
            reason: error.to_string(),
        })
    }

    /// Sends a stored transaction that may have been sent before, and gives its receipt either way.
    ///
    /// # Errors
    /// As [`Chain::broadcast`].
    async fn resend(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        let hash = TxHash::of(tx);
        if let Some(receipt) = self.tx(hash).await? {
            return receipt;
        }
        match self.broadcast(tx).await {
            Ok(receipt) => Ok(receipt),
            // It may have been on its way when it was asked for.
            Err(error) => self.tx(hash).await?.unwrap_or(Err(error)),
        }
    }

    /// The last block.
    async fn latest_block(&self) -> Result<Block, ChainError> {
        let height = self.info().await?.height;
        self.blocks_from(height).next().await
    }
}

impl<C: Chain + ?Sized> ChainExt for C {}

pub(crate) fn to_json<M: Serialize + ?Sized>(what: &str, msg: &M) -> Result<Vec<u8>, ChainError> {
    serde_json::to_vec(msg)
        .map_err(|error| ChainError::InvalidTx { field: what.into(), reason: error.to_string() })
}
