//! Durable state of a party: named records in redb, in a file or in memory.
//!
//! A write is one transaction and is on disk when the call returns, so a party that records what it is about to
//! sign before it sends it can't sign something else after a crash. One process at a time holds a file. Each write has a number, which
//! a file beside the records keeps as well: records that are missing, emptied, damaged, or older than the party left them are refused.
//!
//! Records may be secrets: what a call makes of one on its way to the database or back is erased. What the database itself keeps, on
//! disk and of its pages in memory, is not.
//!
//! After a write that failed, nobody knows what is on disk: [`State::usable`] says so, and the process that has the records ends. What
//! it opens the next time is what counts.

mod database;
mod erased;
mod error;
mod owner;
mod witness;

use std::io::ErrorKind;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use redb::backends::InMemoryBackend;
use redb::{
    Database, DatabaseError, ReadableDatabase, ReadableTable, StorageBackend, StorageError, TableDefinition,
    TableError, WriteTransaction,
};
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

pub use database::open_database;
pub use error::StateError;
pub use owner::Owner;
use witness::Witness;

const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");
/// What is known of the records themselves, as JSON.
const ABOUT: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("about");
/// Number of the last write.
const WRITES: &str = "writes";
/// Whose the records are.
const OWNER: &str = "owner";

/// A party's records; clones share them.
#[derive(Clone)]
pub struct State(Arc<Inner>);

struct Inner {
    database: Database,
    /// Of records in a file.
    file: Option<(PathBuf, Witness)>,
}

impl State {
    /// Opens the file at `path`, or creates it where there was none; only its owner can read it.
    ///
    /// # Errors
    /// [`StateError::InUse`], [`StateError::Storage`]; [`StateError::Lost`] when the file is missing, empty, damaged, or older than the
    /// one that was there, and [`StateError::Witness`]: no record is changed then.
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let beside = witness::beside(path);
        let lost = |problem: String| StateError::Lost {
            path: path.display().to_string(),
            problem,
            witness: beside.display().to_string(),
        };
        // In this order: who makes both makes the records first.
        let seen = witness::read(&beside)?;
        match (path.metadata(), seen) {
            (Ok(found), _) if found.len() == 0 => return Err(lost("is empty".into())),
            (Err(error), Some(writes)) if error.kind() == ErrorKind::NotFound => {
                return Err(lost(format!("is missing, and has had {writes} writes")));
            }
            _ => {}
        }
        // Where a disk lost a part of the file, a record could seem not to be there. What can be repaired after a crash is repaired.
        let whole = || {
            open_database(path, &Database::builder())
                .and_then(|mut database| database.check_integrity().map(|_| database))
        };
        // The library panics on pages that are none.
        let opened = catch_unwind(whole).map_err(|_| lost("is damaged (a page of it is none)".into()))?;
        let database = opened.map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => StateError::InUse { path: path.display().to_string() },
            DatabaseError::Storage(StorageError::Corrupted(reason)) => lost(format!("is damaged ({reason})")),
            // A file without its beginning, or without its end.
            DatabaseError::Storage(StorageError::Io(error))
                if [ErrorKind::InvalidData, ErrorKind::UnexpectedEof].contains(&error.kind()) =>
            {
                lost(format!("is damaged ({error})"))
            }
            other => other.into(),
        })?;
        let found = about::<u64>(&database, WRITES)?.unwrap_or_default();
        // Once more: it counts what was written until this process got hold of the records.
        if let Some(expected) = witness::read(&beside)?.filter(|expected| found < *expected) {
            return Err(lost(format!(
                "has had {found} writes, and {expected} were seen: it is an older copy"
            )));
        }
        let witness = Witness::open(&beside, found)?;
        Self::prepare(database, Some((path.to_owned(), witness)))
    }

    /// State that ends with the process.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn in_memory() -> Result<Self, StateError> {
        Self::with_backend(InMemoryBackend::new())
    }

    /// State on something else than a file. Nobody counts its writes.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn with_backend(backend: impl StorageBackend) -> Result<Self, StateError> {
        Self::prepare(Database::builder().create_with_backend(backend)?, None)
    }

    /// Whether records can still be written. After a disk was full or failed, they can't, also when there is room again: what was about
    /// to be written is on disk or is not, and what this process keeps in memory may differ from it. A process that gets this error ends,
    /// and the next one reads what there is. Waits for a write that is under way.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn usable(&self) -> Result<(), StateError> {
        Ok(self.begin_write()?.abort()?)
    }

    fn prepare(database: Database, file: Option<(PathBuf, Witness)>) -> Result<Self, StateError> {
        let state = Self(Arc::new(Inner { database, file }));
        let write = state.begin_write()?;
        write.open_table(RECORDS)?;
        state.commit(write)?;
        Ok(state)
    }

    /// These records are `owner`'s from the first call on.
    ///
    /// # Errors
    /// [`StateError::OtherParty`] when they are another one's, [`StateError::Storage`], [`StateError::Damaged`].
    pub fn belong_to(&self, owner: &Owner) -> Result<(), StateError> {
        match about::<Owner>(&self.0.database, OWNER)? {
            Some(found) if found == *owner => Ok(()),
            Some(found) => {
                let path = self
                    .0
                    .file
                    .as_ref()
                    .map_or_else(|| "memory".into(), |(path, _)| path.display().to_string());
                Err(StateError::OtherParty { path, found: found.into(), expected: owner.clone().into() })
            }
            None => {
                let write = self.begin_write()?;
                let bytes = serde_json::to_vec(owner).map_err(|error| damaged(OWNER, &error))?;
                write.open_table(ABOUT)?.insert(OWNER, bytes.as_slice())?;
                self.commit(write)
            }
        }
    }

    fn begin_write(&self) -> Result<WriteTransaction, StateError> {
        Ok(self.0.database.begin_write()?)
    }

    /// Commits a transaction under its number, and has the witness know it.
    fn commit(&self, write: WriteTransaction) -> Result<(), StateError> {
        let Some((_, witness)) = &self.0.file else { return Ok(write.commit()?) };
        let number = {
            let mut table = write.open_table(ABOUT)?;
            let last = table.get(WRITES)?.map(|bytes| serde_json::from_slice(bytes.value())).transpose();
            let last: Option<u64> = last.map_err(|error| damaged(WRITES, &error))?;
            let number = last.unwrap_or_default().saturating_add(1);
            table.insert(WRITES, number.to_string().as_bytes())?;
            number
        };
        write.commit()?;
        witness.saw(number);
        Ok(())
    }

    /// The record `name`, if there is one.
    ///
    /// # Errors
    /// [`StateError::Storage`], [`StateError::Damaged`].
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StateError> {
        let table = self.0.database.begin_read()?.open_table(RECORDS)?;
        let Some(bytes) = table.get(name)? else { return Ok(None) };
        serde_json::from_slice(bytes.value()).map(Some).map_err(|error| damaged(name, &error))
    }

    /// Writes the record `name`.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn put<T: Serialize>(&self, name: &str, record: &T) -> Result<(), StateError> {
        let bytes = erased::to_vec(record).map_err(|error| damaged(name, &error))?;
        let write = self.begin_write()?;
        write.open_table(RECORDS)?.insert(name, bytes.as_slice())?;
        self.commit(write)
    }

    /// The record `name`, or, if there is none, `make`'s, which is written first: whatever happens, there is
    /// never a second one.
    ///
    /// # Errors
    /// `make`'s own, [`StateError`] converted.
    pub fn get_or_put<T, E>(&self, name: &str, make: impl FnOnce() -> Result<T, E>) -> Result<T, E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StateError>,
    {
        if let Some(record) = self.get(name)? {
            return Ok(record);
        }
        let record = make()?;
        self.put(name, &record)?;
        Ok(record)
    }

    /// Writes the record `name`, unless there is one; returns the one that is there then. One transaction: of several
    /// writers, one wins.
    ///
    /// # Errors
    /// [`StateError::Storage`], [`StateError::Damaged`].
    pub fn put_once<T: Serialize + DeserializeOwned>(&self, name: &str, record: &T) -> Result<T, StateError> {
        let bytes = erased::to_vec(record).map_err(|error| damaged(name, &error))?;
        let write = self.begin_write()?;
        let there = {
            let mut table = write.open_table(RECORDS)?;
            let there = table.get(name)?.map(|found| Zeroizing::new(found.value().to_vec()));
            if there.is_none() {
                table.insert(name, bytes.as_slice())?;
            }
            there.unwrap_or(bytes)
        };
        self.commit(write)?;
        serde_json::from_slice(&there).map_err(|error| damaged(name, &error))
    }

    /// Writes the record `name`, unless there is one, if `admit` agrees to it beside those whose names start with `prefix`.
    /// One transaction: of several writers whose records exclude each other, one wins.
    ///
    /// # Errors
    /// `admit`'s own, [`StateError`] converted; nothing is written then.
    pub fn put_beside<T, E>(
        &self,
        prefix: &str,
        name: &str,
        record: &T,
        admit: impl FnOnce(Vec<T>) -> Result<(), E>,
    ) -> Result<(), E>
    where
        T: Serialize + DeserializeOwned,
        E: From<StateError>,
    {
        let write = self.begin_write()?;
        {
            let mut table = write.open_table(RECORDS).map_err(StateError::from)?;
            if table.get(name).map_err(StateError::from)?.is_some() {
                return Ok(());
            }
            admit(read_all(&table, prefix)?)?;
            let bytes = erased::to_vec(record).map_err(|error| damaged(name, &error))?;
            table.insert(name, bytes.as_slice()).map_err(StateError::from)?;
        }
        Ok(self.commit(write)?)
    }

    /// Writes these records and removes the record `removed`, in one transaction.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn replace<T: Serialize>(
        &self,
        removed: &str,
        records: impl IntoIterator<Item = (String, T)>,
    ) -> Result<(), StateError> {
        let write = self.begin_write()?;
        {
            let mut table = write.open_table(RECORDS)?;
            for (name, record) in records {
                let bytes = erased::to_vec(&record).map_err(|error| damaged(&name, &error))?;
                table.insert(name.as_str(), bytes.as_slice())?;
            }
            table.remove(removed)?;
        }
        self.commit(write)
    }

    /// Writes these records in one transaction: all of them, or none.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn put_all<T: Serialize>(
        &self,
        records: impl IntoIterator<Item = (String, T)>,
    ) -> Result<(), StateError> {
        let write = self.begin_write()?;
        {
            let mut table = write.open_table(RECORDS)?;
            for (name, record) in records {
                let bytes = erased::to_vec(&record).map_err(|error| damaged(&name, &error))?;
                table.insert(name.as_str(), bytes.as_slice())?;
            }
        }
        self.commit(write)
    }

    /// Removes the records from `first` on, up to `end`, which stays, in one transaction.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn remove_range(&self, first: &str, end: &str) -> Result<(), StateError> {
        let write = self.begin_write()?;
        write.open_table(RECORDS)?.retain_in(first..end, |_, _| false)?;
        self.commit(write)
    }

    /// Removes the records of these names, which need not be there, in one transaction.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn remove_all(&self, names: &[String]) -> Result<(), StateError> {
        let write = self.begin_write()?;
        {
            let mut table = write.open_table(RECORDS)?;
            for name in names {
                table.remove(name.as_str())?;
            }
        }
        self.commit(write)
    }

    /// Names of the records that start with `prefix`, in order.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn names(&self, prefix: &str) -> Result<Vec<String>, StateError> {
        let table = self.0.database.begin_read()?.open_table(RECORDS)?;
        let mut names = Vec::new();
        for entry in table.range(prefix..)? {
            let name = entry?.0.value().to_owned();
            if !name.starts_with(prefix) {
                break;
            }
            names.push(name);
        }
        Ok(names)
    }

    /// Removes the record `name`; it need not be there.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn remove(&self, name: &str) -> Result<(), StateError> {
        let write = self.begin_write()?;
        write.open_table(RECORDS)?.remove(name)?;
        self.commit(write)
    }
}

/// The records whose names start with `prefix`.
fn read_all<T: DeserializeOwned>(
    table: &impl ReadableTable<&'static str, &'static [u8]>,
    prefix: &str,
) -> Result<Vec<T>, StateError> {
    let mut records = Vec::new();
    for entry in table.range(prefix..)? {
        let (name, bytes) = entry?;
        if !name.value().starts_with(prefix) {
            break;
        }
        let record = serde_json::from_slice(bytes.value());
        records.push(record.map_err(|error| damaged(name.value(), &error))?);
    }
    Ok(records)
}

/// What is known of the records themselves under this name. Those of earlier versions have nothing.
fn about<T: DeserializeOwned>(database: &Database, name: &str) -> Result<Option<T>, StateError> {
    let table = match database.begin_read()?.open_table(ABOUT) {
        Ok(table) => table,
        Err(TableError::TableDoesNotExist(_)) => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let Some(bytes) = table.get(name)? else { return Ok(None) };
    serde_json::from_slice(bytes.value()).map(Some).map_err(|error| damaged(name, &error))
}

fn damaged(name: &str, error: &serde_json::Error) -> StateError {
    StateError::Damaged { name: name.into(), reason: error.to_string() }
}
