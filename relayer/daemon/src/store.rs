//! The book on disk: redb, one transaction for each change, durable when the call returns.

use redb::{Database, ReadableDatabase, ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::book::{Book, Changes, Rules};
use crate::entry::Entry;

/// One record each: JSON of the cursor, of today's fees, of the transaction under way.
const SINGLES: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("singles");
/// Job -> JSON of [`crate::jobs::Job`].
const JOBS: TableDefinition<'static, u64, &[u8]> = TableDefinition::new("jobs");
/// Name of a duty -> JSON of [`Entry`].
const ENTRIES: TableDefinition<'static, &str, &[u8]> = TableDefinition::new("entries");

const FORMAT: (&str, u32) = ("format", 1);
const CURSOR: &str = "cursor";
const SPENT: &str = "spent";
const PENDING_TX: &str = "flight";
const MARKET: &str = "market";

/// What can go wrong with the relayer's records.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database can't be read or written.
    #[error(
        "the relayer's records can't be read or written: {0}; see whether the disk is full or failing, and start the program again"
    )]
    Storage(Box<redb::Error>),
    /// A record is not what it should be.
    #[error("the relayer's record {name} is damaged: {reason}")]
    Damaged {
        /// Name of the record in the database.
        name: String,
        /// What is wrong.
        reason: String,
    },
    /// The records are of another market: its job numbers mean other jobs.
    #[error("the relayer's records are of {found}, expected {expected}; choose another data folder")]
    OtherMarket {
        /// Chain id and contract in the records.
        found: String,
        /// Chain id and contract asked for.
        expected: String,
    },
    /// The records were written by another version of this program.
    #[error("the relayer's records have format {found}, expected {expected}")]
    Format {
        /// Format number found.
        found: u32,
        /// Format number of this program.
        expected: u32,
    },
}

impl<E: Into<redb::Error>> From<E> for StoreError {
    fn from(error: E) -> Self {
        Self::Storage(Box::new(error.into()))
    }
}

/// The relayer's database.
pub struct Store(Database);

impl Store {
    /// The records of the market `market` (chain id and contract) in a database, new or not.
    ///
    /// # Errors
    /// [`StoreError::OtherMarket`], [`StoreError::Format`], [`StoreError::Storage`], [`StoreError::Damaged`].
    pub fn new(database: Database, market: &str) -> Result<Self, StoreError> {
        let write = database.begin_write()?;
        {
            write.open_table(JOBS)?;
            write.open_table(ENTRIES)?;
            let mut singles = write.open_table(SINGLES)?;
            let stored = |name: &str| -> Result<Option<Vec<u8>>, StoreError> {
                Ok(singles.get(name)?.map(|bytes| bytes.value().to_vec()))
            };
            match (stored(MARKET)?, stored(FORMAT.0)?) {
                (None, None) => {
                    singles.insert(MARKET, encode(MARKET, &market)?.as_slice())?;
                    singles.insert(FORMAT.0, encode(FORMAT.0, &FORMAT.1)?.as_slice())?;
                }
                (found, format) => {
                    let format: u32 = decode(FORMAT.0, &format.unwrap_or_default())?;
                    if format != FORMAT.1 {
                        return Err(StoreError::Format { found: format, expected: FORMAT.1 });
                    }
                    let found: String = decode(MARKET, &found.unwrap_or_default())?;
                    if found != market {
                        return Err(StoreError::OtherMarket { found, expected: market.into() });
                    }
                }
            }
        }
        write.commit()?;
        Ok(Self(database))
    }

    /// The book as it was last written; a new one that starts at `height` if there is none.
    ///
    /// # Errors
    /// [`StoreError::Storage`], [`StoreError::Damaged`].
    pub fn load(&self, rules: Rules, height: u64) -> Result<Book, StoreError> {
        let mut book = Book::new(rules, height);
        let read = self.0.begin_read()?;
        let singles = read.open_table(SINGLES)?;
        if let Some(cursor) = singles.get(CURSOR)? {
            book.cursor = decode(CURSOR, cursor.value())?;
        }
        if let Some(spent) = singles.get(SPENT)? {
            book.spent = decode(SPENT, spent.value())?;
        }
        if let Some(pending) = singles.get(PENDING_TX)? {
            book.pending_tx = Some(decode(PENDING_TX, pending.value())?);
        }
        for record in read.open_table(JOBS)?.iter()? {
            let (id, job) = record?;
            book.jobs.insert(id.value(), decode("job", job.value())?);
        }
        for record in read.open_table(ENTRIES)?.iter()? {
            let (name, entry) = record?;
            let entry: Entry = decode(name.value(), entry.value())?;
            book.entries.insert(entry.duty.clone(), entry);
        }
        Ok(book)
    }

    /// Writes what changed in the book, all or nothing.
    ///
    /// # Errors
    /// [`StoreError::Storage`]: the book is then ahead of its records, so nothing may be done about it any more.
    pub fn commit(&self, book: &mut Book) -> Result<(), StoreError> {
        let changes = std::mem::take(&mut book.changes);
        let write = self.0.begin_write()?;
        apply(&write, book, &changes)?;
        Ok(write.commit()?)
    }
}

fn apply(write: &WriteTransaction, book: &Book, changes: &Changes) -> Result<(), StoreError> {
    let mut singles = write.open_table(SINGLES)?;
    singles.insert(CURSOR, encode(CURSOR, &book.cursor)?.as_slice())?;
    if changes.pending_tx {
        singles.insert(SPENT, encode(SPENT, &book.spent)?.as_slice())?;
        match &book.pending_tx {
            Some(pending) => drop(singles.insert(PENDING_TX, encode(PENDING_TX, pending)?.as_slice())?),
            None => drop(singles.remove(PENDING_TX)?),
        }
    }
    let mut jobs = write.open_table(JOBS)?;
    for id in &changes.jobs {
        match book.jobs.get(id) {
            Some(job) => drop(jobs.insert(id, encode("job", job)?.as_slice())?),
            None => drop(jobs.remove(id)?),
        }
    }
    let mut entries = write.open_table(ENTRIES)?;
    for duty in &changes.entries {
        let name = duty.to_string();
        match book.entries.get(duty) {
            Some(entry) => drop(entries.insert(name.as_str(), encode(&name, entry)?.as_slice())?),
            None => drop(entries.remove(name.as_str())?),
        }
    }
    Ok(())
}

fn encode<T: Serialize>(name: &str, value: &T) -> Result<Vec<u8>, StoreError> {
    serde_json::to_vec(value)
        .map_err(|error| StoreError::Damaged { name: name.into(), reason: error.to_string() })
}

fn decode<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, StoreError> {
    serde_json::from_slice(bytes)
        .map_err(|error| StoreError::Damaged { name: name.into(), reason: error.to_string() })
}
