//! An account on a chain.

use crate::{
    Account, Chain, ChainError, ChainInfo, GasUse, Message, Receipt, Sender, SignedTx, SigningKey, TxFile,
    chain::to_json, fee_for_gas, tx::TxContext,
};
use cosmwasm_std::{Coin, Uint128};
use serde::Serialize;
use std::sync::Arc;
use tokio::sync::Mutex;

/// A gas limit is the simulated gas times 13/10: simulation sees a smaller fee field and another block.
const GAS_MARGIN: (u64, u64) = (13, 10);

/// Gas limit of a simulated transaction, which no chain enforces. It is not 0, so that there is a fee, whose transfer
/// costs gas as well.
const SIMULATED_LIMIT: u64 = 1;

/// Greatest gas limit that a simulation can lead to, unless [`Wallet::with_gas_cap`] says another: what a node claims
/// a transaction to cost must not empty the account.
const GAS_CAP: u64 = 100_000_000;

/// How often a fee is raised for one transaction: a chain's price can rise while it is paid.
const RAISES: u8 = 3;

/// What is known of the account's next transaction.
#[derive(Default)]
struct Next {
    /// What the chain expects next; `None` when that has to be asked.
    account: Option<Account>,
    /// Sequence of transactions that the chain took and no block has had in time, and how many there were: the next one
    /// with this sequence excludes them.
    stuck: Option<(u64, u64)>,
}

impl Next {
    /// How many transactions with this sequence are stuck.
    fn tries(&self, sequence: u64) -> u64 {
        self.stuck.filter(|(stuck, _)| *stuck == sequence).map_or(0, |(_, tries)| tries)
    }
}

/// New contract code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredCode {
    /// Number of the stored code on its chain.
    pub code_id: u64,
    /// SHA-256 of the wasm, uncompressed, as the chain has it.
    pub checksum: [u8; 32],
    /// Receipt of the transaction that stored it.
    pub receipt: Receipt,
}

/// A new contract.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Instantiated {
    /// Address of the new contract.
    pub contract: String,
    /// Receipt of the transaction that created it.
    pub receipt: Receipt,
}

/// A key on a chain: the one owner of its account sequence. Share it in an `Arc`; its transactions go one after
/// another, and each waits for its block. Two wallets with one key work, at the price of retries.
///
/// A wallet [without a key](Self::without_key) sends nothing: it makes transactions that are signed elsewhere.
pub struct Wallet {
    chain: Arc<dyn Chain>,
    info: ChainInfo,
    sender: Sender,
    /// None where somebody else signs.
    key: Option<SigningKey>,
    timeout_height: u64,
    gas_limit: Option<u64>,
    gas_cap: u64,
    fee_cap: u128,
    next: Mutex<Next>,
}

impl Wallet {
    /// Opens a wallet.
    ///
    /// # Errors
    /// [`ChainError::NodeDown`] when the chain does not answer.
    pub async fn connect(chain: Arc<dyn Chain>, key: SigningKey) -> Result<Self, ChainError> {
        Self::new(chain, (&key).into(), Some(key)).await
    }

    /// Opens a wallet of an account whose key is elsewhere. What would send a transaction ends with [`ChainError::Unsigned`], which has the
    /// transaction; nothing is sent.
    ///
    /// # Errors
    /// [`ChainError::NodeDown`] when the chain does not answer.
    pub async fn without_key(chain: Arc<dyn Chain>, sender: Sender) -> Result<Self, ChainError> {
        Self::new(chain, sender, None).await
    }

    async fn new(chain: Arc<dyn Chain>, sender: Sender, key: Option<SigningKey>) -> Result<Self, ChainError> {
        let (info, next) = (chain.info().await?, Mutex::default());
        let (gas_limit, gas_cap, fee_cap, timeout_height) = (None, GAS_CAP, u128::MAX, 0);
        Ok(Self { chain, info, sender, key, timeout_height, gas_limit, gas_cap, fee_cap, next })
    }

    /// Gives transactions of a wallet without a key the last height of a block that may include them; 0 for any.
    #[must_use]
    pub fn with_timeout_height(mut self, height: u64) -> Self {
        self.timeout_height = height;
        self
    }

    /// Uses this gas limit for every transaction and simulates none.
    #[must_use]
    pub fn with_gas_limit(mut self, gas_limit: u64) -> Self {
        self.gas_limit = Some(gas_limit);
        self
    }

    /// Refuses transactions whose simulation uses more gas than this. Default 100 000 000.
    #[must_use]
    pub fn with_gas_cap(mut self, gas_cap: u64) -> Self {
        self.gas_cap = gas_cap;
        self
    }

    /// Signs no fee above this one, in base units, when the chain asks for more than the usual price. Beside it,
    /// [`ChainInfo::max_gas_price`] bounds the price.
    #[must_use]
    pub fn with_fee_cap(mut self, fee_cap: u128) -> Self {
        self.fee_cap = fee_cap;
        self
    }

    /// The account's address.
    #[must_use]
    pub fn address(&self) -> &str {
        self.sender.address()
    }

    /// The chain it signs for.
    #[must_use]
    pub fn chain(&self) -> &Arc<dyn Chain> {
        &self.chain
    }

    /// Calls a contract.
    ///
    /// # Errors
    /// As [`Wallet::submit`].
    pub async fn execute<M: Serialize + ?Sized>(
        &self,
        contract: &str,
        msg: &M,
        funds: &[Coin],
    ) -> Result<Receipt, ChainError> {
        let message = Message::execute(contract, msg, funds)?;
        self.execute_many(&[message]).await
    }

    /// Sends several messages in one transaction: all take effect or none does.
    ///
    /// # Errors
    /// As [`Wallet::submit`].
    pub async fn execute_many(&self, messages: &[Message]) -> Result<Receipt, ChainError> {
        self.submit(messages, |_| Ok(())).await
    }

    /// Stores contract code, plain or gzipped wasm.
    ///
    /// # Errors
    /// As [`Wallet::submit`]; [`ChainError::UnsupportedMessage`] of an embedded chain, whose codes are native.
    pub async fn store_code(&self, wasm: Vec<u8>) -> Result<StoredCode, ChainError> {
        let receipt = self.execute_many(&[Message::StoreCode { wasm }]).await?;
        let unreadable = |reason: &str| ChainError::Decode {
            what: format!("receipt {}", receipt.hash),
            reason: reason.into(),
        };
        let event =
            receipt.events_of("store_code").next().ok_or_else(|| unreadable("it has no store_code event"))?;
        let code_id = event
            .get("code_id")
            .and_then(|id| id.parse().ok())
            .ok_or_else(|| unreadable("its store_code event has no code_id"))?;
        let mut checksum = [0; 32];
        hex::decode_to_slice(event.get("code_checksum").unwrap_or_default(), &mut checksum)
            .map_err(|_| unreadable("its store_code event has no code_checksum of 32 bytes in hex"))?;
        Ok(StoredCode { code_id, checksum, receipt })
    }

    /// Creates a contract.
    ///
    /// # Errors
    /// As [`Wallet::submit`].
    pub async fn instantiate<M: Serialize + ?Sized>(
        &self,
        code_id: u64,
        msg: &M,
        label: &str,
        admin: Option<&str>,
    ) -> Result<Instantiated, ChainError> {
        let message = Message::Instantiate {
            code_id,
            msg: to_json("instantiate", msg)?,
            label: label.into(),
            admin: admin.map(Into::into),
            funds: vec![],
        };
        let receipt = self.execute_many(&[message]).await?;
        // The first instantiate event is this message's own; contracts it creates in turn follow.
        let contract = receipt.events_of("instantiate").find_map(|event| event.contract()).map(Into::into);
        match contract {
            Some(contract) => Ok(Instantiated { contract, receipt }),
            None => Err(ChainError::Decode {
                what: format!("receipt {}", receipt.hash),
                reason: "it has no instantiate event with a contract address".into(),
            }),
        }
    }

    /// Moves a contract to other code; the wallet must be its admin.
    ///
    /// # Errors
    /// As [`Wallet::submit`].
    pub async fn migrate<M: Serialize + ?Sized>(
        &self,
        contract: &str,
        code_id: u64,
        msg: &M,
    ) -> Result<Receipt, ChainError> {
        let message = Message::Migrate { contract: contract.into(), code_id, msg: to_json("migrate", msg)? };
        self.execute_many(&[message]).await
    }

    /// Sends coins to the address `to`.
    ///
    /// # Errors
    /// As [`Wallet::submit`].
    pub async fn send(&self, to: &str, funds: &[Coin]) -> Result<Receipt, ChainError> {
        self.execute_many(&[Message::Send { to: to.into(), funds: funds.to_vec() }]).await
    }

    /// What `messages` would cost now.
    ///
    /// # Errors
    /// The error they would fail with.
    pub async fn simulate(&self, messages: &[Message]) -> Result<GasUse, ChainError> {
        let account = self.chain.account(self.address()).await?;
        self.simulate_at(account, messages).await
    }

    /// Signs `messages` as one transaction, hands it to `before_broadcast` (an outbox stores it there), and
    /// broadcasts. When the chain expects another sequence, asks for it and tries once more; likewise when the gas
    /// ran out although it was simulated, because another transaction came between and made this one do more. When the
    /// chain asks for a higher fee, pays it, up to [`ChainInfo::max_gas_price`].
    /// `before_broadcast` then sees the second transaction too; the first has changed nothing but fee and sequence.
    ///
    /// A transaction that the chain took and lost ([`ChainError::Unconfirmed`]) is not sent again here, because only the
    /// caller knows whether its messages are still wanted. When they are submitted again, they get the same sequence if no
    /// block has used it, so that one of the two at most takes effect.
    ///
    /// # Errors
    /// As [`Chain::broadcast`] and [`Chain::simulate`]; whatever `before_broadcast` returns stops the transaction.
    /// [`ChainError::Unsigned`] of a wallet without a key.
    pub async fn submit(
        &self,
        messages: &[Message],
        mut before_broadcast: impl FnMut(&SignedTx) -> Result<(), ChainError> + Send,
    ) -> Result<Receipt, ChainError> {
        let Some(key) = &self.key else {
            let transaction = self.draft(messages).await?.to_json()?;
            return Err(ChainError::Unsigned { transaction });
        };
        let mut next = self.next.lock().await;
        let mut retried = false;
        let (mut raises, mut asked) = (0, None::<Coin>);
        loop {
            // Taken, so that every way out but success asks the chain again.
            let account = match next.account.take() {
                Some(account) => account,
                None => self.chain.account(self.address()).await?,
            };
            let tries = next.tries(account.sequence);
            let sent =
                self.try_submit(key, account, messages, (asked.as_ref(), tries), &mut before_broadcast).await;
            match sent {
                Ok(receipt) => {
                    let account = Account { sequence: account.sequence + 1, ..account };
                    *next = Next { account: Some(account), stuck: None };
                    return Ok(receipt);
                }
                Err(ChainError::SequenceMismatch { .. }) if !retried => retried = true,
                Err(ChainError::OutOfGas { .. }) if !retried && self.gas_limit.is_none() => retried = true,
                Err(ChainError::InsufficientFee { required, .. })
                    if raises < RAISES
                        && asked.as_ref().is_none_or(|asked| asked.amount < required.amount) =>
                {
                    raises += 1;
                    asked = Some(required);
                }
                Err(error) => {
                    if matches!(error, ChainError::Unconfirmed { .. }) {
                        next.stuck = Some((account.sequence, tries.saturating_add(1)));
                    }
                    return Err(error);
                }
            }
        }
    }

    /// Signs transactions that follow each other, each with this gas limit, and sends none. They take the account's next
    /// sequences: whoever sends them sends them all, in this order, and nothing else of the account meanwhile.
    ///
    /// # Errors
    /// As [`Chain::account`]; [`ChainError::InvalidTx`] names what is malformed.
    pub async fn sign_all(
        &self,
        transactions: &[Vec<Message>],
        gas_limit: u64,
    ) -> Result<Vec<SignedTx>, ChainError> {
        let mut known = self.next.lock().await;
        // The next call has to ask for the sequence again, because it is not known here what will be sent.
        known.account = None;
        let next = self.chain.account(self.address()).await?;
        let key = self.key.as_ref().ok_or_else(|| ChainError::InvalidTx {
            field: "signature".into(),
            reason: format!("the key of {} is not here", self.address()),
        })?;
        let sign = |(messages, sequence): (&Vec<Message>, u64)| {
            let account = Account { sequence, ..next };
            self.context(account, gas_limit, None)?.sign(key, messages)
        };
        transactions.iter().zip(next.sequence..).map(sign).collect()
    }

    async fn try_submit(
        &self,
        key: &SigningKey,
        account: Account,
        messages: &[Message],
        (asked, tries): (Option<&Coin>, u64),
        before_broadcast: &mut (impl FnMut(&SignedTx) -> Result<(), ChainError> + Send),
    ) -> Result<Receipt, ChainError> {
        // In place of a transaction that got lost: a node that remembers its bytes would not take them again.
        let gas_limit = self.limit(account, messages).await?.saturating_add(tries);
        let tx = self.context(account, gas_limit, asked)?.sign(key, messages)?;
        before_broadcast(&tx)?;
        self.chain.broadcast(&tx.bytes).await
    }

    /// The account's next transaction without a signature, for who has the key; nothing is sent.
    ///
    /// # Errors
    /// As [`Chain::account`] and [`Chain::simulate`]: the error that the messages would fail with.
    pub async fn draft(&self, messages: &[Message]) -> Result<TxFile, ChainError> {
        let account = self.chain.account(self.address()).await?;
        let gas_limit = self.limit(account, messages).await?;
        let context = self.context(account, gas_limit, None)?;
        TxFile::new(&context, self.sender.clone(), messages, self.timeout_height)
    }

    /// Gas limit of a transaction: the one that is set, or by simulation.
    async fn limit(&self, account: Account, messages: &[Message]) -> Result<u64, ChainError> {
        if let Some(gas_limit) = self.gas_limit {
            return Ok(gas_limit);
        }
        let used = self.simulate_at(account, messages).await?.gas;
        if used > self.gas_cap {
            return Err(ChainError::OutOfGas { limit: self.gas_cap, used });
        }
        Ok((used.saturating_mul(GAS_MARGIN.0) / GAS_MARGIN.1).min(self.gas_cap))
    }

    async fn simulate_at(&self, account: Account, messages: &[Message]) -> Result<GasUse, ChainError> {
        let tx = self.context(account, SIMULATED_LIMIT, None)?.unsigned(&self.sender, messages)?;
        self.chain.simulate(&tx.bytes).await
    }

    /// What a signature covers besides the messages. The fee is the usual one, or the one that the chain asked for if
    /// that is more.
    ///
    /// # Errors
    /// [`ChainError::InsufficientFee`] if the chain asks for more than is to be paid.
    fn context(
        &self,
        account: Account,
        gas_limit: u64,
        asked: Option<&Coin>,
    ) -> Result<TxContext<'_>, ChainError> {
        let ChainInfo { gas_price, max_gas_price, fee_denom, .. } = &self.info;
        let usual = fee_for_gas(gas_limit, *gas_price, fee_denom)?;
        let amount = |fee: &Option<Coin>| fee.as_ref().map_or(Uint128::zero(), |fee| fee.amount);
        let asked = asked.filter(|asked| asked.amount > amount(&usual));
        let most = amount(&fee_for_gas(gas_limit, *max_gas_price, fee_denom)?).min(self.fee_cap.into());
        if let Some(required) = asked.filter(|asked| asked.denom != *fee_denom || asked.amount > most) {
            return Err(ChainError::InsufficientFee { required: required.clone(), got: amount(&usual) });
        }
        let fee = asked.cloned().or(usual);
        Ok(TxContext { chain: &self.info, account, gas_limit, fee })
    }
}
