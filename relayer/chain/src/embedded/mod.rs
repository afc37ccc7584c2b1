//! A chain in this process: contracts run by cw-multi-test, with real signatures, fees, blocks and persistence.
//!
//! - the committed chain in redb, `ledger.rs`, and the open block's changes over it, `storage.rs`;
//! - what a contract's host calls cost, `meter.rs`, and where they are counted, `metered.rs`;
//! - a transaction from bytes to checked messages, `decode.rs`, and the checks before it runs, `ante.rs`;
//! - what is asked about the state, `read.rs`, of its contracts, `lookup.rs`;
//! - running transactions and cutting blocks, `machine.rs`, what they report, `report.rs`, on a thread of its own, `worker.rs`;
//! - opening or creating a chain, `builder.rs`.

mod ante;
mod builder;
mod decode;
mod head;
mod ledger;
mod lookup;
mod machine;
mod meter;
mod metered;
mod read;
mod report;
mod storage;
mod worker;

pub use builder::{ContractCode, EmbeddedBuilder};
pub(crate) use ledger::Included;
pub(crate) use read::Found;

use crate::{
    Account, Block, BlockCursor, BlockSource, Chain, ChainError, ChainInfo, GasUse, Receipt, TxHash,
    gas::highest_price,
};
use async_trait::async_trait;
use cosmwasm_std::Decimal;
use head::Head;
use ledger::Ledger;
use std::{
    sync::{Arc, OnceLock, mpsc},
    thread::JoinHandle,
};
use tokio::sync::{oneshot, watch};
use worker::Command;

/// Handle of an embedded chain; clones share it. The chain stops, and its directory is free again, once the last
/// handle and the last [`BlockCursor`] are dropped. It also stops when it can't be read or written any more, since nobody knows then what is
/// on disk: everything is answered with that error from then on, and the process opens it again, or ends.
#[derive(Clone)]
pub struct Embedded {
    inner: Arc<Inner>,
}

struct Inner {
    /// `None` only while dropping.
    commands: Option<mpsc::Sender<Command>>,
    thread: Option<JoinHandle<()>>,
    ledger: Arc<Ledger>,
    head: watch::Receiver<Head>,
    /// Why the chain has stopped by itself.
    failure: Arc<OnceLock<ChainError>>,
    chain_id: String,
    fee_denom: String,
    gas_price: Decimal,
}

impl Drop for Inner {
    fn drop(&mut self) {
        // The worker ends when nobody can send to it any more.
        self.commands = None;
        if let Some(thread) = self.thread.take() {
            // A worker that panicked has nothing left to say.
            let _ = thread.join();
        }
    }
}

impl Embedded {
    /// Commits an empty block whose time is `seconds` after the last block's.
    ///
    /// # Errors
    /// [`ChainError::InvalidConfig`] beyond the year 2554, where block time ends; [`ChainError::Storage`].
    pub async fn advance_time(&self, seconds: u64) -> Result<Block, ChainError> {
        self.ask(|reply| Command::Advance { seconds: Some(seconds), reply }).await
    }

    /// Commits an empty block, one block time after the last one.
    ///
    /// # Errors
    /// As [`Embedded::advance_time`].
    pub async fn produce_block(&self) -> Result<Block, ChainError> {
        self.ask(|reply| Command::Advance { seconds: None, reply }).await
    }

    /// A committed block.
    pub(crate) fn stored_block(&self, height: u64) -> Result<Option<Block>, ChainError> {
        self.inner.ledger.block(height)
    }

    /// An included transaction.
    pub(crate) fn stored_tx(&self, hash: TxHash) -> Result<Option<Included>, ChainError> {
        self.inner.ledger.tx(hash)
    }

    /// The last block.
    pub(crate) fn head(&self) -> Head {
        *self.inner.head.borrow()
    }

    /// The bytes of an included transaction.
    pub(crate) fn raw_tx(&self, hash: TxHash) -> Result<Option<Vec<u8>>, ChainError> {
        self.inner.ledger.raw_tx(hash)
    }

    /// Why nothing is answered any more.
    fn down(&self) -> ChainError {
        let stopped = || ChainError::NodeDown { reason: "the embedded chain has stopped".into() };
        self.inner.failure.get().cloned().unwrap_or_else(stopped)
    }

    /// Waits until the chain has stopped by itself, and says why.
    pub(crate) async fn stopped(&self) -> ChainError {
        let mut head = self.inner.head.clone();
        while head.changed().await.is_ok() {}
        self.down()
    }

    /// Gives the worker a command and waits for its answer.
    async fn ask<T>(
        &self,
        command: impl FnOnce(oneshot::Sender<Result<T, ChainError>>) -> Command,
    ) -> Result<T, ChainError> {
        let down = || self.down();
        let (reply, answer) = oneshot::channel();
        let commands = self.inner.commands.as_ref().ok_or_else(down)?;
        commands.send(command(reply)).map_err(|_| down())?;
        answer.await.map_err(|_| down())?
    }
}

#[async_trait]
impl Chain for Embedded {
    async fn info(&self) -> Result<ChainInfo, ChainError> {
        let head = self.head();
        Ok(ChainInfo {
            chain_id: self.inner.chain_id.clone(),
            height: head.height,
            time: head.time,
            fee_denom: self.inner.fee_denom.clone(),
            gas_price: self.inner.gas_price,
            max_gas_price: highest_price(self.inner.gas_price),
            bech32_prefix: crate::BECH32_PREFIX.into(),
        })
    }

    async fn query_smart(&self, contract: &str, msg: Vec<u8>) -> Result<Vec<u8>, ChainError> {
        self.read_smart(contract, msg).await.map(|found| found.value)
    }

    async fn account(&self, address: &str) -> Result<Account, ChainError> {
        self.read_account(address).await.map(|found| found.value.account)
    }

    async fn balance(&self, address: &str, denom: &str) -> Result<u128, ChainError> {
        self.read_balance(address, denom).await.map(|found| found.value)
    }

    async fn simulate(&self, tx: &[u8]) -> Result<GasUse, ChainError> {
        let tx = tx.to_vec();
        self.ask(|reply| Command::Simulate { tx, reply }).await
    }

    async fn broadcast(&self, tx: &[u8]) -> Result<Receipt, ChainError> {
        let tx = tx.to_vec();
        self.ask(|reply| Command::Broadcast { tx, reply }).await
    }

    async fn tx(&self, hash: TxHash) -> Result<Option<Result<Receipt, ChainError>>, ChainError> {
        Ok(self.inner.ledger.tx(hash)?.map(|tx| Receipt::from_result(tx.height, tx.result)))
    }

    fn blocks_from(&self, height: u64) -> BlockCursor {
        BlockCursor::new(Arc::new(self.clone()), height)
    }
}

#[async_trait]
impl BlockSource for Embedded {
    async fn block_at(&self, height: u64) -> Result<Block, ChainError> {
        let mut head = self.inner.head.clone();
        head.wait_for(|head| head.height >= height).await.map_err(|_| self.down())?;
        self.inner.ledger.block(height)?.ok_or_else(|| ChainError::Storage {
            directory: self.inner.ledger.location().into(),
            reason: format!("block {height} is missing"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ServeOptions;
    use cosmwasm_std::coin;
    use redb::{StorageBackend, backends::InMemoryBackend};
    use std::{
        io,
        sync::atomic::{AtomicBool, Ordering},
    };

    /// A disk that outlasts the chains on it, can be full, and can fail to read.
    #[derive(Clone, Debug)]
    struct Disk {
        memory: Arc<InMemoryBackend>,
        full: Arc<AtomicBool>,
        unreadable: Arc<AtomicBool>,
    }

    impl Disk {
        fn new() -> Self {
            let (full, unreadable) = (Arc::default(), Arc::default());
            Self { memory: Arc::new(InMemoryBackend::new()), full, unreadable }
        }

        fn room(&self) -> io::Result<()> {
            if self.full.load(Ordering::SeqCst) { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        fn chain(&self, holder: &str) -> Embedded {
            let builder = Embedded::builder().genesis_balance(holder, [coin(7, "ubee")]);
            // More than a table keeps in memory while it is open: its first page.
            let builder = (8..=254)
                .fold(builder, |builder, other| builder.genesis_balance(address(other), [coin(7, "ubee")]));
            builder.build_on(Ledger::on(self.clone()).unwrap()).unwrap()
        }
    }

    impl StorageBackend for Disk {
        fn len(&self) -> io::Result<u64> {
            self.memory.len()
        }

        fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
            if self.unreadable.load(Ordering::SeqCst) {
                return Err(io::ErrorKind::InvalidInput.into());
            }
            self.memory.read(offset, out)
        }

        fn set_len(&self, length: u64) -> io::Result<()> {
            self.room()?;
            self.memory.set_len(length)
        }

        fn sync_data(&self) -> io::Result<()> {
            self.room()
        }

        fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
            self.room()?;
            self.memory.write(offset, data)
        }
    }

    fn address(secret: u8) -> String {
        crate::SigningKey::from_bytes(&[secret; 32]).unwrap().address().into()
    }

    fn holder() -> String {
        address(7)
    }

    #[tokio::test]
    async fn a_served_chain_that_can_not_be_written_stops_and_says_why() {
        for clock in
            [None, Some(crate::BlockClock { every: std::time::Duration::from_secs(3_600), seconds: 1 })]
        {
            let (disk, holder) = (Disk::new(), holder());
            let chain = disk.chain(&holder);
            let mut server = chain.serve(ServeOptions { clock, ..ServeOptions::default() }).await.unwrap();
            chain.produce_block().await.unwrap();
            disk.full.store(true, Ordering::SeqCst);
            let error = chain.produce_block().await.unwrap_err();
            assert!(matches!(error, ChainError::Storage { .. }), "{error}");
            // Also when there is room again: it may have been committed, and what is in memory is the block before.
            disk.full.store(false, Ordering::SeqCst);
            assert_eq!(chain.produce_block().await.unwrap_err(), error);
            assert_eq!(chain.balance(&holder, "ubee").await.unwrap_err(), error);
            assert_eq!(server.failed().await, error);
            server.stop().await;
            drop(chain);
            let chain = disk.chain(&holder);
            assert!((2..=3).contains(&chain.info().await.unwrap().height));
            chain.produce_block().await.unwrap();
        }
    }

    #[tokio::test]
    async fn what_can_not_be_read_is_not_told_to_be_missing() {
        let (disk, holder) = (Disk::new(), holder());
        drop(disk.chain(&holder));
        let chain = disk.chain(&holder);
        disk.unreadable.store(true, Ordering::SeqCst);
        let error = chain.balance(&holder, "ubee").await.unwrap_err();
        assert!(matches!(error, ChainError::Storage { .. }), "{error}");
        disk.unreadable.store(false, Ordering::SeqCst);
        assert_eq!(chain.balance(&holder, "ubee").await.unwrap_err(), error);
        drop(chain);
        assert_eq!(disk.chain(&holder).balance(&holder, "ubee").await, Ok(7));
    }
}
