//! Running transactions and cutting blocks.

use super::{
    ante::{self, MAX_GAS, Rules, check_funds},
    decode::{DecodedTx, SignedMessage},
    head::Head,
    ledger::{Genesis, Ledger},
    lookup,
    meter::{GasExhausted, Meter},
    metered::Metered,
    report::{fee_event, message_error, message_events, panic_error, panic_text, response_data, root_cause},
    storage::{BlockStorage, EmbeddedApp},
};
use crate::{BECH32_PREFIX, Block, BlockHash, ChainError, Event, GasUse, Receipt, TxResult};
use cosmwasm_std::{Addr, BankMsg, BlockInfo, Coin, CosmosMsg, Empty, Timestamp, WasmMsg, testing::MockApi};
use cw_multi_test::{AppBuilder, Contract, CosmosRouter, Executor, no_init};
use sha2::{Digest, Sha256};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    rc::Rc,
    sync::Arc,
    time::Duration,
};

/// A chain that one thread owns.
pub(super) struct Machine {
    app: EmbeddedApp,
    ledger: Arc<Ledger>,
    meter: Rc<Meter>,
    rules: Rules,
    block_time: Duration,
    codes: u64,
    head: Head,
    /// Why a block could not be committed: it may be on disk nevertheless, so nothing goes on from here.
    failure: Option<ChainError>,
}

/// What running the messages of a transaction gave.
struct Outcome {
    gas_used: u64,
    result: Result<(Vec<Event>, Vec<Vec<u8>>), ChainError>,
}

impl Machine {
    /// The chain in `ledger`, whose last block is `head`.
    pub(super) fn open(
        ledger: Arc<Ledger>,
        head: Head,
        rules: Rules,
        block_time: Duration,
        contracts: Vec<Box<dyn Contract<Empty>>>,
    ) -> Result<Self, ChainError> {
        let meter = Rc::new(Meter::new());
        let codes = contracts.len() as u64;
        let mut app = AppBuilder::new()
            .with_api(MockApi::default().with_prefix(BECH32_PREFIX))
            .with_storage(BlockStorage::new(ledger.state()?))
            .build(no_init);
        let creator = ante::module_address("wasm")?;
        for contract in contracts {
            app.store_code_with_creator(creator.clone(), Box::new(Metered::new(contract, Rc::clone(&meter))));
        }
        let mut machine = Self { app, ledger, meter, rules, block_time, codes, head, failure: None };
        machine.enter(head);
        Ok(machine)
    }

    /// Gives a new chain its coins and commits its first block.
    pub(super) fn create(
        &mut self,
        genesis: &Genesis,
        balances: &[(String, Vec<Coin>)],
    ) -> Result<(), ChainError> {
        for (address, coins) in balances {
            let account = Addr::unchecked(address);
            self.app
                .init_modules(|router, _, storage| router.bank.init_balance(storage, &account, coins.clone()))
                .map_err(|error| ChainError::InvalidConfig {
                    field: "genesis_balance".into(),
                    reason: format!("{address}: {error}"),
                })?;
        }
        self.commit(self.head, vec![], &[], Some(genesis)).map(drop)
    }

    pub(super) fn head(&self) -> Head {
        self.head
    }

    /// Whether everything could be read and written so far. Otherwise nothing that was found is told, and nothing more is done.
    pub(super) fn intact(&self) -> Result<(), ChainError> {
        match (&self.failure, self.app.storage().fault()) {
            (Some(failure), _) => Err(failure.clone()),
            (None, Some(fault)) => Err(self.ledger.failed(fault)),
            (None, None) => Ok(()),
        }
    }

    /// Contracts and accounts as the last block left them.
    pub(super) fn app(&self) -> &EmbeddedApp {
        &self.app
    }

    pub(super) fn query(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        lookup::contract(&self.app, contract)?;
        self.meter.reset(MAX_GAS);
        let request = cosmwasm_std::WasmQuery::Smart { contract_addr: contract.into(), msg: msg.into() };
        let block = self.app.block_info();
        let answer = catch_unwind(AssertUnwindSafe(|| {
            self.app.read_module(|router, api, storage| router.query(api, storage, &block, request.into()))
        }));
        let failed = |error: String| ChainError::Query { contract: contract.into(), error };
        match answer {
            Ok(Ok(data)) => Ok(data.into()),
            Ok(Err(error)) => Err(failed(root_cause(&error))),
            Err(payload) if payload.is::<GasExhausted>() => Err(self.out_of_gas(MAX_GAS)),
            Err(payload) => Err(failed(panic_text(payload.as_ref()))),
        }
    }

    pub(super) fn simulate(&mut self, tx: &[u8]) -> Result<GasUse, ChainError> {
        let tx = DecodedTx::from_bytes(tx)?;
        let next = self.next_head(self.block_time)?;
        let clean = self.app.storage().savepoint();
        self.enter(next);
        let outcome = self.rules.check_order(&self.app, &tx).map(|()| self.run(&tx, MAX_GAS));
        self.app.storage_mut().rollback(clean);
        self.enter(self.head);
        let outcome = outcome?;
        outcome.result?;
        Ok(GasUse { gas: outcome.gas_used, host_calls: Some(self.meter.calls()) })
    }

    /// Runs transactions in order and commits those that could pay as one block; without any there is no block.
    pub(super) fn deliver(&mut self, txs: &[Vec<u8>]) -> Vec<Result<Receipt, ChainError>> {
        let next = match self.next_head(self.block_time) {
            Ok(next) => next,
            Err(error) => return txs.iter().map(|_| Err(error.clone())).collect(),
        };
        let clean = self.app.storage().savepoint();
        self.enter(next);
        let results: Vec<Result<TxResult, ChainError>> = txs.iter().map(|tx| self.deliver_tx(tx)).collect();
        let (raw, included): (Vec<&[u8]>, Vec<TxResult>) = txs
            .iter()
            .zip(&results)
            .filter_map(|(tx, result)| Some((tx.as_slice(), result.as_ref().ok()?.clone())))
            .unzip();
        let committed = if included.is_empty() {
            self.intact()
        } else {
            self.commit(next, included, &raw, None).map(drop)
        };
        if committed.is_err() {
            self.app.storage_mut().rollback(clean);
        }
        self.enter(self.head);
        results
            .into_iter()
            .map(|result| {
                committed.clone()?;
                Receipt::from_result(next.height, result?)
            })
            .collect()
    }

    /// Commits an empty block `after` the last one; `None` means one block time.
    pub(super) fn advance(&mut self, after: Option<Duration>) -> Result<Block, ChainError> {
        let next = self.next_head(after.unwrap_or(self.block_time))?;
        let block = self.commit(next, vec![], &[], None)?;
        self.enter(self.head);
        Ok(block)
    }

    fn deliver_tx(&mut self, bytes: &[u8]) -> Result<TxResult, ChainError> {
        let tx = DecodedTx::from_bytes(bytes)?;
        self.rules.check_order(&self.app, &tx)?;
        self.rules.check_signatures(&self.app, &tx)?;
        self.rules.check_fee(&self.app, &tx)?;
        let before = self.app.storage().savepoint();
        if let Err(error) = self.rules.take(&mut self.app, &tx) {
            self.app.storage_mut().rollback(before);
            return Err(error);
        }
        let Outcome { gas_used, result } = self.run(&tx, tx.gas_limit);
        let mut events = vec![fee_event(&tx)];
        let (data, error) = match result {
            Ok((more, data)) => {
                events.extend(more);
                (data, None)
            }
            Err(error) => (vec![], Some(error)),
        };
        Ok(TxResult {
            hash: tx.hash,
            senders: tx.signers.iter().map(|signer| signer.address.clone()).collect(),
            error,
            events,
            data,
            gas_used,
            gas_wanted: tx.gas_limit,
            host_calls: Some(self.meter.calls()),
        })
    }

    /// Runs all messages, or undoes those that ran.
    fn run(&mut self, tx: &DecodedTx, gas_limit: u64) -> Outcome {
        self.meter.reset(gas_limit);
        self.meter.transaction(tx.size, tx.signers.len());
        let before = self.app.storage().savepoint();
        let result = self.run_messages(&tx.messages, gas_limit);
        if result.is_err() {
            self.app.storage_mut().rollback(before);
        }
        Outcome { gas_used: self.meter.gas(), result }
    }

    fn run_messages(
        &mut self,
        messages: &[SignedMessage],
        gas_limit: u64,
    ) -> Result<(Vec<Event>, Vec<Vec<u8>>), ChainError> {
        let (mut events, mut data) = (Vec::new(), Vec::new());
        if self.meter.exhausted() {
            return Err(self.out_of_gas(gas_limit));
        }
        for (index, message) in messages.iter().enumerate() {
            self.check_message(message)?;
            let sender = Addr::unchecked(&message.sender);
            let ran = catch_unwind(AssertUnwindSafe(|| self.app.execute(sender, message.msg.clone())));
            let response = match ran {
                Ok(Ok(response)) => response,
                Ok(Err(error)) => return Err(message_error(index, &error)),
                Err(payload) if payload.is::<GasExhausted>() => return Err(self.out_of_gas(gas_limit)),
                Err(payload) => return Err(panic_error(index, message, payload.as_ref())),
            };
            data.push(response_data(index, message, &response)?);
            events.extend(message_events(index, message, response));
        }
        Ok((events, data))
    }

    /// Checks what multi-test would report as text only, or not at all.
    fn check_message(&self, message: &SignedMessage) -> Result<(), ChainError> {
        match &message.msg {
            CosmosMsg::Bank(BankMsg::Send { amount, .. }) => check_funds(&self.app, &message.sender, amount),
            CosmosMsg::Wasm(WasmMsg::Execute { contract_addr, funds, .. }) => {
                lookup::contract(&self.app, contract_addr)?;
                check_funds(&self.app, &message.sender, funds)
            }
            CosmosMsg::Wasm(WasmMsg::Instantiate { code_id, funds, .. }) => {
                self.check_code(*code_id)?;
                check_funds(&self.app, &message.sender, funds)
            }
            CosmosMsg::Wasm(WasmMsg::Migrate { contract_addr, new_code_id, .. }) => {
                self.check_code(*new_code_id)?;
                self.check_admin(contract_addr, &message.sender)
            }
            _ => Ok(()),
        }
    }

    fn check_admin(&self, contract: &str, sender: &str) -> Result<(), ChainError> {
        let admin = lookup::contract(&self.app, contract)?.admin;
        if admin.is_some_and(|admin| admin.as_str() == sender) {
            return Ok(());
        }
        Err(ChainError::Unauthorized {
            sender: sender.into(),
            action: format!("migrate {contract}: only its admin may"),
        })
    }

    fn check_code(&self, code_id: u64) -> Result<(), ChainError> {
        if (1..=self.codes).contains(&code_id) {
            return Ok(());
        }
        Err(ChainError::NoSuchCode { code_id, last: Some(self.codes) })
    }

    fn out_of_gas(&self, limit: u64) -> ChainError {
        ChainError::OutOfGas { limit, used: self.meter.gas() }
    }

    fn next_head(&self, after: Duration) -> Result<Head, ChainError> {
        let nanos =
            u64::try_from(after.as_nanos()).ok().and_then(|after| self.head.time.nanos().checked_add(after));
        match nanos {
            Some(nanos) => {
                Ok(Head { height: self.head.height + 1, time: Timestamp::from_nanos(nanos), hash: None })
            }
            None => Err(ChainError::InvalidConfig {
                field: "time".into(),
                reason: format!(
                    "{} s after the last block is beyond what block time can hold",
                    after.as_secs()
                ),
            }),
        }
    }

    /// Lets contracts see `head` as the current block.
    fn enter(&mut self, head: Head) {
        let chain_id = self.rules.chain_id.clone();
        self.app.set_block(BlockInfo { height: head.height, time: head.time, chain_id });
    }

    /// Makes the open block durable and starts the next one on it; `raw` are the bytes of its transactions. After a failure the
    /// machine is not [`Machine::intact`] any more.
    fn commit(
        &mut self,
        head: Head,
        txs: Vec<TxResult>,
        raw: &[&[u8]],
        genesis: Option<&Genesis>,
    ) -> Result<Block, ChainError> {
        let committed = self.intact().and_then(|()| self.write(head, txs, raw, genesis));
        if let Err(error) = &committed {
            self.failure = Some(error.clone());
        }
        committed
    }

    fn write(
        &mut self,
        head: Head,
        txs: Vec<TxResult>,
        raw: &[&[u8]],
        genesis: Option<&Genesis>,
    ) -> Result<Block, ChainError> {
        let parent = self.head.hash;
        let hash = Some(block_hash(&self.rules.chain_id, parent, head, &txs));
        let block = Block { height: head.height, hash, parent, time: head.time, txs };
        self.ledger.commit(&block, raw, self.app.storage().changes(), genesis)?;
        self.head = Head { hash, ..head };
        self.app.storage_mut().rebase(self.ledger.state()?);
        Ok(block)
    }
}

/// SHA-256 over the chain's id, the block before, height, time and the hashes of the transactions. Each part has a fixed
/// length, or its length before it.
fn block_hash(chain_id: &str, parent: Option<BlockHash>, head: Head, txs: &[TxResult]) -> BlockHash {
    let mut hash = Sha256::new();
    hash.update((chain_id.len() as u64).to_be_bytes());
    hash.update(chain_id);
    hash.update(parent.map_or([0; 32], |parent| parent.0));
    hash.update(head.height.to_be_bytes());
    hash.update(head.time.nanos().to_be_bytes());
    for tx in txs {
        hash.update(tx.hash.0);
    }
    BlockHash(hash.finalize().into())
}
