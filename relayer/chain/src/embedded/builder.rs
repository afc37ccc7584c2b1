//! Creating and opening an embedded chain.

use super::{
    Embedded, Inner,
    ante::Rules,
    head::Head,
    ledger::{Genesis, Ledger},
    machine::Machine,
    worker,
};
use crate::{ChainError, validate_address};
use cosmwasm_std::{Coin, Decimal, Empty, Timestamp};
use cw_multi_test::Contract;
use std::{
    collections::BTreeMap,
    path::PathBuf,
    sync::{Arc, OnceLock, mpsc},
    thread,
    time::Duration,
};
use tokio::sync::watch;

/// Builds a contract on the chain's thread; contracts themselves are not `Send`.
pub type ContractCode = Box<dyn FnOnce() -> Box<dyn Contract<Empty>> + Send>;

/// Layout of the database this version reads and writes.
const FORMAT: u32 = 2;
/// Contracts call each other on the stack; the gas limit bounds how deep, and this holds that depth.
const STACK_BYTES: usize = 256 << 20;
/// 2026-01-01T00:00:00Z. Fixed, so that runs repeat.
const GENESIS_TIME: Timestamp = Timestamp::from_seconds(1_767_225_600);

/// Chain id of a chain for which none is given.
const CHAIN_ID: &str = "bithive-local-1";

/// Description of an embedded chain. Without a directory it lives in memory.
#[must_use = "nothing runs before build"]
pub struct EmbeddedBuilder {
    chain_id: Option<String>,
    block_time: Duration,
    txs_per_block: usize,
    genesis_time: Timestamp,
    fee_denom: String,
    gas_price: Decimal,
    directory: Option<PathBuf>,
    balances: BTreeMap<String, Vec<Coin>>,
    codes: Vec<(String, ContractCode)>,
}

impl Default for EmbeddedBuilder {
    fn default() -> Self {
        Self {
            chain_id: None,
            block_time: Duration::from_secs(5),
            txs_per_block: 1,
            genesis_time: GENESIS_TIME,
            fee_denom: "ubee".into(),
            gas_price: Decimal::permille(25),
            directory: None,
            balances: BTreeMap::new(),
            codes: Vec::new(),
        }
    }
}

impl EmbeddedBuilder {
    /// Chain id, 1 to 50 bytes. Default that of the chain in the directory, `bithive-local-1` for a new one.
    pub fn chain_id(mut self, chain_id: impl Into<String>) -> Self {
        self.chain_id = Some(chain_id.into());
        self
    }

    /// Time between two blocks, virtual: nothing waits for it. Default 5 s.
    pub fn block_time(mut self, block_time: Duration) -> Self {
        self.block_time = block_time;
        self
    }

    /// Greatest number of transactions in a block. Default 1: then a run gives the same blocks every time. With
    /// more, transactions that queue up while a block is made share the next one, as many as there are.
    pub fn txs_per_block(mut self, txs: usize) -> Self {
        self.txs_per_block = txs;
        self
    }

    /// Time of the first block of a new chain. Default 2026-01-01T00:00:00Z.
    pub fn genesis_time(mut self, time: Timestamp) -> Self {
        self.genesis_time = time;
        self
    }

    /// Denomination of fees. Default `ubee`.
    pub fn fee_denom(mut self, denom: impl Into<String>) -> Self {
        self.fee_denom = denom.into();
        self
    }

    /// Price of one unit of gas. Default 0.025; 0 makes transactions free.
    pub fn gas_price(mut self, price: Decimal) -> Self {
        self.gas_price = price;
        self
    }

    /// Keeps the chain in this directory, created where missing. One process at a time.
    pub fn directory(mut self, directory: impl Into<PathBuf>) -> Self {
        self.directory = Some(directory.into());
        self
    }

    /// Coins that `address` holds from the first block on. A chain that exists already ignores this.
    pub fn genesis_balance(
        mut self,
        address: impl Into<String>,
        coins: impl IntoIterator<Item = Coin>,
    ) -> Self {
        self.balances.entry(address.into()).or_default().extend(coins);
        self
    }

    /// Registers contract code; the first one has code id 1. A stored chain remembers the names: later runs register
    /// the same ones in the same order and may append.
    pub fn code(
        mut self,
        name: impl Into<String>,
        code: impl FnOnce() -> Box<dyn Contract<Empty>> + Send + 'static,
    ) -> Self {
        self.codes.push((name.into(), Box::new(code)));
        self
    }

    /// Opens the chain in the directory, or creates it.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`] and [`ChainError::InvalidAddress`] for settings; [`ChainError::InUse`] when
    /// another process has the directory; [`ChainError::WrongChainId`] and [`ChainError::CodeMismatch`] when it holds
    /// another chain; [`ChainError::Storage`] when it cannot be read or written.
    pub fn build(self) -> Result<Embedded, ChainError> {
        self.validate()?;
        let ledger = Ledger::open(self.directory.as_deref())?;
        self.build_on(ledger)
    }

    /// Opens the chain in a ledger, or creates it there.
    pub(super) fn build_on(self, ledger: Ledger) -> Result<Embedded, ChainError> {
        let ledger = Arc::new(ledger);
        let stored = ledger.genesis()?;
        let known = || stored.as_ref().map_or_else(|| CHAIN_ID.into(), |stored| stored.chain_id.clone());
        let genesis = Genesis {
            format: FORMAT,
            chain_id: self.chain_id.clone().unwrap_or_else(known),
            fee_denom: self.fee_denom.clone(),
            codes: self.codes.iter().map(|(name, _)| name.clone()).collect(),
        };
        let head = match stored {
            Some(stored) => {
                check_genesis(&stored, &genesis, ledger.location())?;
                if stored != genesis {
                    ledger.write_genesis(&genesis)?;
                }
                ledger.head()?
            }
            None => None,
        };
        self.start(ledger, genesis, head)
    }

    fn validate(&self) -> Result<(), ChainError> {
        let invalid = |field: &str, reason: String| ChainError::InvalidConfig { field: field.into(), reason };
        if let Some(chain_id) = &self.chain_id
            && !(1..=50).contains(&chain_id.len())
        {
            return Err(invalid("chain_id", format!("{} bytes, expected 1 to 50", chain_id.len())));
        }
        if self.txs_per_block == 0 {
            return Err(invalid("txs_per_block", "0, expected 1 or more".into()));
        }
        self.fee_denom
            .parse::<cosmrs::Denom>()
            .map_err(|error| invalid("fee_denom", format!("{:?}: {error}", self.fee_denom)))?;
        for (address, coins) in &self.balances {
            validate_address(address)?;
            if coins.iter().any(|coin| coin.denom.parse::<cosmrs::Denom>().is_err()) {
                return Err(invalid("genesis_balance", format!("{address}: a denomination is not valid")));
            }
        }
        Ok(())
    }

    fn start(
        self,
        ledger: Arc<Ledger>,
        genesis: Genesis,
        head: Option<Head>,
    ) -> Result<Embedded, ChainError> {
        let stopped = |reason: String| ChainError::NodeDown { reason };
        let (commands, inbox) = mpsc::channel();
        let (ready, started) = mpsc::channel();
        let (chain_id, fee_denom) = (genesis.chain_id.clone(), self.fee_denom.clone());
        let (gas_price, txs_per_block) = (self.gas_price, self.txs_per_block);
        let failure = Arc::new(OnceLock::new());
        let thread = thread::Builder::new()
            .name("bithive-chain".into())
            .stack_size(STACK_BYTES)
            .spawn({
                let (ledger, failure) = (Arc::clone(&ledger), Arc::clone(&failure));
                move || match self.machine(ledger, &genesis, head) {
                    Ok(machine) => {
                        let (sender, receiver) = watch::channel(machine.head());
                        if ready.send(Ok(receiver)).is_ok() {
                            worker::serve(machine, &inbox, &sender, txs_per_block, &failure);
                        }
                    }
                    // Nobody to tell means nobody to serve.
                    Err(error) => drop(ready.send(Err(error))),
                }
            })
            .map_err(|error| stopped(format!("no thread for the chain: {error}")))?;
        let head = started.recv().map_err(|_| stopped("the chain stopped while starting".into()))??;
        Ok(Embedded {
            inner: Arc::new(Inner {
                commands: Some(commands),
                thread: Some(thread),
                chain_id,
                ledger,
                head,
                failure,
                fee_denom,
                gas_price,
            }),
        })
    }

    /// Runs on the chain's thread.
    fn machine(
        self,
        ledger: Arc<Ledger>,
        genesis: &Genesis,
        head: Option<Head>,
    ) -> Result<Machine, ChainError> {
        let chain_id = genesis.chain_id.clone();
        let rules = Rules { chain_id, fee_denom: self.fee_denom, gas_price: self.gas_price };
        let contracts = self.codes.into_iter().map(|(_, code)| code()).collect();
        let first = Head { height: 1, time: self.genesis_time, hash: None };
        let mut machine = Machine::open(ledger, head.unwrap_or(first), rules, self.block_time, contracts)?;
        if head.is_none() {
            let balances: Vec<_> = self.balances.into_iter().collect();
            machine.create(genesis, &balances)?;
        }
        Ok(machine)
    }
}

impl Embedded {
    /// Starts describing a chain; [`EmbeddedBuilder::build`] creates or opens it.
    pub fn builder() -> EmbeddedBuilder {
        EmbeddedBuilder::default()
    }
}

fn check_genesis(stored: &Genesis, asked: &Genesis, directory: &str) -> Result<(), ChainError> {
    let config = |field: &str, reason: String| ChainError::InvalidConfig { field: field.into(), reason };
    if stored.format != FORMAT {
        return Err(config(
            "directory",
            format!("{directory} has format {}, expected {FORMAT}", stored.format),
        ));
    }
    if stored.chain_id != asked.chain_id {
        return Err(ChainError::WrongChainId {
            expected: asked.chain_id.clone(),
            got: stored.chain_id.clone(),
        });
    }
    if stored.fee_denom != asked.fee_denom {
        let reason = format!("{:?}, the chain in {directory} has {:?}", asked.fee_denom, stored.fee_denom);
        return Err(config("fee_denom", reason));
    }
    for (index, expected) in stored.codes.iter().enumerate() {
        let got = asked.codes.get(index);
        if got != Some(expected) {
            return Err(ChainError::CodeMismatch {
                directory: directory.into(),
                code_id: index as u64 + 1,
                expected: expected.clone(),
                got: got.cloned().unwrap_or_default(),
            });
        }
    }
    Ok(())
}
