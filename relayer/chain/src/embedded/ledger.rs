//! The committed chain in redb: state, blocks, transactions, genesis. One database transaction per block.

use super::{
    head::Head,
    storage::{Changes, StateTable},
};
use crate::{Block, ChainError, TxHash, TxResult};
use redb::{
    Builder, Database, ReadableDatabase, ReadableTable, StorageBackend, TableDefinition, WriteTransaction,
    backends::InMemoryBackend,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    fs::{self, File, TryLockError},
    path::Path,
};

const STATE: TableDefinition<'static, &[u8], &[u8]> = TableDefinition::new("state");
/// Height -> JSON of [`Block`].
const BLOCKS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("blocks");
/// Transaction hash -> height and position in the block.
const TXS: TableDefinition<'static, [u8; 32], (u64, u32)> = TableDefinition::new("txs");
/// Transaction hash -> its bytes.
const RAW_TXS: TableDefinition<'static, [u8; 32], &[u8]> = TableDefinition::new("raw_txs");
/// One entry: JSON of [`Genesis`].
const GENESIS: TableDefinition<'static, (), &[u8]> = TableDefinition::new("genesis");

const FILE: &str = "chain.redb";
/// The database until it is complete. A process killed while creating one leaves a file that nobody can open.
const UNFINISHED: &str = "chain.redb.new";
const LOCK: &str = "lock";
/// State of a demo fits; redb's own default is 1 GiB.
const CACHE_BYTES: usize = 64 << 20;

/// What is fixed when a chain is created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Genesis {
    /// Layout of the database; a reader refuses what it does not know.
    pub(crate) format: u32,
    pub(crate) chain_id: String,
    pub(crate) fee_denom: String,
    /// Names of the contract codes; code id 1 is the first.
    pub(crate) codes: Vec<String>,
}

/// A transaction in a block.
pub(crate) struct Included {
    pub(crate) height: u64,
    /// Its place in the block, from 0.
    pub(crate) index: u32,
    pub(crate) result: TxResult,
}

pub(crate) struct Ledger {
    db: Database,
    location: String,
    /// Declared last, so that it is dropped after the database.
    _lock: Option<DirectoryLock>,
}

/// Makes its process the only one in a directory. The system releases it even when the process is killed.
struct DirectoryLock(File);

impl Drop for DirectoryLock {
    fn drop(&mut self) {
        // Closing is not enough: a child that another thread is just starting may share the open file. A failure
        // leaves the lock to that closing.
        let _ = self.0.unlock();
    }
}

impl Ledger {
    /// Opens or creates the database in `directory`, or an empty one in memory.
    pub(crate) fn open(directory: Option<&Path>) -> Result<Self, ChainError> {
        let location = directory.map_or_else(|| "memory".into(), |path| path.display().to_string());
        let (db, lock) = match directory {
            None => (create_on(&database(), InMemoryBackend::new()), None),
            Some(path) => {
                let lock = lock(path, &location)?;
                (open_or_create(path), Some(lock))
            }
        };
        let db = db.map_err(|error| match error {
            redb::Error::DatabaseAlreadyOpen => ChainError::InUse { directory: location.clone() },
            other => ChainError::Storage { directory: location.clone(), reason: other.to_string() },
        })?;
        Ok(Self { db, location, _lock: lock })
    }

    /// The database on another storage, with nothing of it in memory.
    #[cfg(test)]
    pub(crate) fn on(backend: impl StorageBackend) -> Result<Self, redb::Error> {
        let db = create_on(Database::builder().set_cache_size(0), backend)?;
        Ok(Self { db, location: "a test".into(), _lock: None })
    }

    /// Directory of the chain, or `memory`.
    pub(crate) fn location(&self) -> &str {
        &self.location
    }

    pub(crate) fn state(&self) -> Result<StateTable, ChainError> {
        self.read(|tx| Ok(tx.open_table(STATE)?))
    }

    pub(crate) fn genesis(&self) -> Result<Option<Genesis>, ChainError> {
        let bytes =
            self.read(|tx| Ok(tx.open_table(GENESIS)?.get(())?.map(|bytes| bytes.value().to_vec())))?;
        bytes.map(|bytes| self.parse(&bytes)).transpose()
    }

    pub(crate) fn head(&self) -> Result<Option<Head>, ChainError> {
        let bytes =
            self.read(|tx| Ok(tx.open_table(BLOCKS)?.last()?.map(|(_, bytes)| bytes.value().to_vec())))?;
        let block: Option<Block> = bytes.map(|bytes| self.parse(&bytes)).transpose()?;
        Ok(block.map(|block| Head { height: block.height, time: block.time, hash: block.hash }))
    }

    pub(crate) fn block(&self, height: u64) -> Result<Option<Block>, ChainError> {
        let bytes =
            self.read(|tx| Ok(tx.open_table(BLOCKS)?.get(height)?.map(|bytes| bytes.value().to_vec())))?;
        bytes.map(|bytes| self.parse(&bytes)).transpose()
    }

    pub(crate) fn tx(&self, hash: TxHash) -> Result<Option<Included>, ChainError> {
        let position =
            self.read(|tx| Ok(tx.open_table(TXS)?.get(hash.0)?.map(|position| position.value())))?;
        let Some((height, index)) = position else { return Ok(None) };
        let tx = self.block(height)?.and_then(|block| block.txs.into_iter().nth(index as usize));
        tx.map(|result| Some(Included { height, index, result }))
            .ok_or_else(|| self.failed(format!("transaction {hash} is missing")))
    }

    /// The bytes of an included transaction.
    pub(crate) fn raw_tx(&self, hash: TxHash) -> Result<Option<Vec<u8>>, ChainError> {
        self.read(|tx| Ok(tx.open_table(RAW_TXS)?.get(hash.0)?.map(|bytes| bytes.value().to_vec())))
    }

    /// Commits a block with its state and the bytes of its transactions, all or nothing; durable on return.
    pub(crate) fn commit(
        &self,
        block: &Block,
        raw: &[&[u8]],
        changes: &Changes,
        genesis: Option<&Genesis>,
    ) -> Result<(), ChainError> {
        let json = self.encode(block)?;
        let genesis = genesis.map(|genesis| self.encode(genesis)).transpose()?;
        self.write(|tx| {
            apply(tx, changes)?;
            tx.open_table(BLOCKS)?.insert(block.height, json.as_slice())?;
            let mut txs = tx.open_table(TXS)?;
            for (index, result) in (0u32..).zip(&block.txs) {
                txs.insert(result.hash.0, (block.height, index))?;
            }
            let mut raw_txs = tx.open_table(RAW_TXS)?;
            for (result, bytes) in block.txs.iter().zip(raw) {
                raw_txs.insert(result.hash.0, *bytes)?;
            }
            if let Some(genesis) = &genesis {
                tx.open_table(GENESIS)?.insert((), genesis.as_slice())?;
            }
            Ok(())
        })
    }

    pub(crate) fn write_genesis(&self, genesis: &Genesis) -> Result<(), ChainError> {
        let json = self.encode(genesis)?;
        self.write(|tx| tx.open_table(GENESIS)?.insert((), json.as_slice()).map(drop).map_err(Into::into))
    }

    #[cfg(test)]
    pub(crate) fn write_state(&self, changes: &Changes) -> Result<(), ChainError> {
        self.write(|tx| apply(tx, changes))
    }

    pub(crate) fn failed(&self, reason: impl ToString) -> ChainError {
        ChainError::Storage { directory: self.location.clone(), reason: reason.to_string() }
    }

    fn encode<T: Serialize>(&self, value: &T) -> Result<Vec<u8>, ChainError> {
        serde_json::to_vec(value).map_err(|error| self.failed(error))
    }

    fn parse<T: DeserializeOwned>(&self, bytes: &[u8]) -> Result<T, ChainError> {
        serde_json::from_slice(bytes).map_err(|error| self.failed(format!("damaged record: {error}")))
    }

    fn read<T>(
        &self,
        action: impl FnOnce(&redb::ReadTransaction) -> Result<T, redb::Error>,
    ) -> Result<T, ChainError> {
        self.db
            .begin_read()
            .map_err(redb::Error::from)
            .and_then(|tx| action(&tx))
            .map_err(|error| self.failed(error))
    }

    fn write(
        &self,
        action: impl FnOnce(&WriteTransaction) -> Result<(), redb::Error>,
    ) -> Result<(), ChainError> {
        let run = || -> Result<(), redb::Error> {
            let tx = self.db.begin_write()?;
            action(&tx)?;
            Ok(tx.commit()?)
        };
        run().map_err(|error| self.failed(error))
    }
}

fn database() -> Builder {
    let mut builder = Database::builder();
    builder.set_cache_size(CACHE_BYTES);
    builder
}

fn create_on(builder: &Builder, backend: impl StorageBackend) -> Result<Database, redb::Error> {
    let db = builder.create_with_backend(backend)?;
    create_tables(&db)?;
    Ok(db)
}

fn lock(directory: &Path, location: &str) -> Result<DirectoryLock, ChainError> {
    let failed =
        |error: std::io::Error| ChainError::Storage { directory: location.into(), reason: error.to_string() };
    fs::create_dir_all(directory).map_err(failed)?;
    let file = File::options().create(true).append(true).open(directory.join(LOCK)).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(DirectoryLock(file)),
        Err(TryLockError::WouldBlock) => Err(ChainError::InUse { directory: location.into() }),
        Err(TryLockError::Error(error)) => Err(failed(error)),
    }
}

/// Call with the directory locked.
fn open_or_create(directory: &Path) -> Result<Database, redb::Error> {
    let (finished, unfinished) = (directory.join(FILE), directory.join(UNFINISHED));
    if !finished.try_exists()? {
        if unfinished.try_exists()? {
            fs::remove_file(&unfinished)?;
        }
        create_tables(&database().create(&unfinished)?)?;
        fs::rename(&unfinished, &finished)?;
    }
    Ok(database().open(finished)?)
}

/// Readers rely on every table being there.
fn create_tables(db: &Database) -> Result<(), redb::Error> {
    let tx = db.begin_write()?;
    tx.open_table(STATE)?;
    tx.open_table(BLOCKS)?;
    tx.open_table(TXS)?;
    tx.open_table(RAW_TXS)?;
    tx.open_table(GENESIS)?;
    Ok(tx.commit()?)
}

fn apply(tx: &WriteTransaction, changes: &Changes) -> Result<(), redb::Error> {
    let mut state = tx.open_table(STATE)?;
    for (key, value) in changes {
        match value {
            Some(value) => state.insert(key.as_slice(), value.as_slice())?,
            None => state.remove(key.as_slice())?,
        };
    }
    Ok(())
}
