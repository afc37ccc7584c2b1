//! Durable state of a party: named records in redb, in a file or in memory.
//!
//! A write is one transaction and is on disk when the call returns, so a party that records what it is about to
//! sign before it sends it can't sign something else after a crash. One process at a time holds a file.

use std::path::Path;
use std::sync::Arc;

use redb::backends::InMemoryBackend;
use redb::{Builder, Database, DatabaseError, ReadableDatabase, ReadableTable, TableDefinition};
use serde::Serialize;
use serde::de::DeserializeOwned;

const RECORDS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("records");

/// What can go wrong with a party's state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// Another process holds the file.
    #[error("{path} is in use by another process; stop that one first")]
    InUse {
        /// Path of the database.
        path: String,
    },
    /// The file can't be read or written.
    #[error("state can't be read or written: {0}")]
    Storage(Box<redb::Error>),
    /// A record is not what it should be.
    #[error("record {name} is damaged: {reason}")]
    Damaged {
        /// Name of the record.
        name: String,
        /// What is wrong.
        reason: String,
    },
}

impl<E: Into<redb::Error>> From<E> for StateError {
    fn from(error: E) -> Self {
        Self::Storage(Box::new(error.into()))
    }
}

/// A party's records; clones share them.
#[derive(Clone)]
pub struct State(Arc<Database>);

impl State {
    /// Opens or creates the file at `path`; only its owner can read it.
    ///
    /// # Errors
    /// [`StateError::InUse`], [`StateError::Storage`].
    pub fn open(path: &Path) -> Result<Self, StateError> {
        let database = open_database(path, &Database::builder()).map_err(|error| match error {
            DatabaseError::DatabaseAlreadyOpen => StateError::InUse { path: path.display().to_string() },
            other => other.into(),
        })?;
        Self::prepare(database)
    }

    /// State that ends with the process.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn in_memory() -> Result<Self, StateError> {
        Self::prepare(Database::builder().create_with_backend(InMemoryBackend::new())?)
    }

    fn prepare(database: Database) -> Result<Self, StateError> {
        let write = database.begin_write()?;
        write.open_table(RECORDS)?;
        write.commit()?;
        Ok(Self(Arc::new(database)))
    }

    /// The record `name`, if there is one.
    ///
    /// # Errors
    /// [`StateError::Storage`], [`StateError::Damaged`].
    pub fn get<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>, StateError> {
        let table = self.0.begin_read()?.open_table(RECORDS)?;
        let Some(bytes) = table.get(name)? else { return Ok(None) };
        serde_json::from_slice(bytes.value()).map(Some).map_err(|error| damaged(name, &error))
    }

    /// Writes the record `name`.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn put<T: Serialize>(&self, name: &str, record: &T) -> Result<(), StateError> {
        let bytes = serde_json::to_vec(record).map_err(|error| damaged(name, &error))?;
        let write = self.0.begin_write()?;
        write.open_table(RECORDS)?.insert(name, bytes.as_slice())?;
        write.commit()?;
        Ok(())
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
        let bytes = serde_json::to_vec(record).map_err(|error| damaged(name, &error))?;
        let write = self.0.begin_write()?;
        let there = {
            let mut table = write.open_table(RECORDS)?;
            let there = table.get(name)?.map(|found| found.value().to_vec());
            if there.is_none() {
                table.insert(name, bytes.as_slice())?;
            }
            there.unwrap_or(bytes)
        };
        write.commit()?;
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
        let write = self.0.begin_write().map_err(StateError::from)?;
        {
            let mut table = write.open_table(RECORDS).map_err(StateError::from)?;
            if table.get(name).map_err(StateError::from)?.is_some() {
                return Ok(());
            }
            admit(read_all(&table, prefix)?)?;
            let bytes = serde_json::to_vec(record).map_err(|error| damaged(name, &error))?;
            table.insert(name, bytes.as_slice()).map_err(StateError::from)?;
        }
        Ok(write.commit().map_err(StateError::from)?)
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
        let write = self.0.begin_write()?;
        {
            let mut table = write.open_table(RECORDS)?;
            for (name, record) in records {
                let bytes = serde_json::to_vec(&record).map_err(|error| damaged(&name, &error))?;
                table.insert(name.as_str(), bytes.as_slice())?;
            }
            table.remove(removed)?;
        }
        write.commit()?;
        Ok(())
    }

    /// Removes the records from `first` on, up to `end`, which stays, in one transaction.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn remove_range(&self, first: &str, end: &str) -> Result<(), StateError> {
        let write = self.0.begin_write()?;
        write.open_table(RECORDS)?.retain_in(first..end, |_, _| false)?;
        write.commit()?;
        Ok(())
    }

    /// Names of the records that start with `prefix`, in order.
    ///
    /// # Errors
    /// [`StateError::Storage`].
    pub fn names(&self, prefix: &str) -> Result<Vec<String>, StateError> {
        let table = self.0.begin_read()?.open_table(RECORDS)?;
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
        let write = self.0.begin_write()?;
        write.open_table(RECORDS)?.remove(name)?;
        write.commit()?;
        Ok(())
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

fn damaged(name: &str, error: &serde_json::Error) -> StateError {
    StateError::Damaged { name: name.into(), reason: error.to_string() }
}

/// Opens the database at `path`, or makes one that only its owner can read. It is made under another name and gets its own
/// when it is whole: a process that is killed meanwhile leaves nothing that can't be opened.
///
/// # Errors
/// [`DatabaseError::DatabaseAlreadyOpen`] while another process has it or makes it; those of the file system.
pub fn open_database(path: &Path, builder: &Builder) -> Result<Database, DatabaseError> {
    if path.exists() {
        return builder.create(path);
    }
    let unfinished = path.with_extension("new");
    restrict(&unfinished)?;
    let database = match builder.create(&unfinished) {
        Err(DatabaseError::Storage(_)) => {
            // Left by a process that was killed: whoever makes one now holds its lock.
            std::fs::remove_file(&unfinished)?;
            restrict(&unfinished)?;
            builder.create(&unfinished)?
        }
        made => made?,
    };
    // Never in the place of one that another process has made in the meantime.
    let named = std::fs::hard_link(&unfinished, path);
    let removed = std::fs::remove_file(&unfinished);
    match named {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => builder.create(path),
        named => named.and(removed).map(|()| database).map_err(DatabaseError::from),
    }
}

/// State holds keys of jobs: the file is unreadable to others before anything is in it.
fn restrict(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_survive_reopening_and_a_second_holder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        let state = State::open(&path).unwrap();
        state.put("cursor", &7u64).unwrap();
        assert!(matches!(State::open(&path), Err(StateError::InUse { .. })));
        drop(state);
        assert_eq!(State::open(&path).unwrap().get::<u64>("cursor").unwrap(), Some(7));
    }

    #[test]
    fn a_record_is_made_once() {
        let state = State::in_memory().unwrap();
        let first: u64 = state.get_or_put("guard", || Ok::<_, StateError>(1)).unwrap();
        let second: u64 = state.get_or_put("guard", || Ok::<_, StateError>(2)).unwrap();
        assert_eq!((first, second), (1, 1));
    }

    #[test]
    fn of_many_writers_of_one_record_one_wins_and_all_learn_which() {
        let state = State::in_memory().unwrap();
        let writers: Vec<_> = (0..8u64)
            .map(|own| {
                let state = state.clone();
                std::thread::spawn(move || state.put_once("guard", &own).unwrap())
            })
            .collect();
        let learnt: Vec<u64> = writers.into_iter().map(|writer| writer.join().unwrap()).collect();
        assert!(learnt.iter().all(|found| *found == learnt[0]), "{learnt:?}");
        assert_eq!(state.get::<u64>("guard").unwrap(), Some(learnt[0]));
    }

    #[test]
    fn of_records_that_exclude_each_other_one_is_written() {
        let state = State::in_memory().unwrap();
        state.put("other", &9u64).unwrap();
        let alone = |found: Vec<u64>| match found.as_slice() {
            [] => Ok(()),
            found => Err(StateError::Damaged { name: "guard".into(), reason: format!("{found:?}") }),
        };
        let (begun, begins) = std::sync::mpsc::channel();
        let mut second = None;
        let first = state.put_beside("guard/", "guard/1", &1, |found| {
            let state = state.clone();
            second = Some(std::thread::spawn(move || {
                begun.send(()).unwrap();
                state.put_beside("guard/", "guard/2", &2, alone)
            }));
            // Time for the second to look, if it looked before it may write.
            begins.recv().unwrap();
            std::thread::sleep(std::time::Duration::from_millis(100));
            alone(found)
        });
        first.unwrap();
        assert!(second.unwrap().join().unwrap().is_err());
        assert_eq!(state.names("guard/").unwrap(), ["guard/1"]);
        // The one that is there is there already, whoever else is.
        state.put("guard/x", &9u64).unwrap();
        state.put_beside("guard/", "guard/1", &7, alone).unwrap();
        assert_eq!(state.get::<u64>("guard/1").unwrap(), Some(1));
    }

    #[test]
    fn a_record_is_replaced_by_others_and_a_range_is_removed() {
        let state = State::in_memory().unwrap();
        state.put("page", &0u64).unwrap();
        state.replace("page", [1u64, 2, 3].map(|number| (format!("line/{number}"), number))).unwrap();
        assert_eq!(state.get::<u64>("page").unwrap(), None);
        state.remove_range("line/", "line/3").unwrap();
        assert_eq!(state.names("").unwrap(), ["line/3"]);
    }

    #[test]
    fn names_are_those_of_the_prefix() {
        let state = State::in_memory().unwrap();
        for name in ["a/1", "job/1", "job/2", "jobs"] {
            state.put(name, &0).unwrap();
        }
        assert_eq!(state.names("job/").unwrap(), ["job/1", "job/2"]);
        state.remove("job/1").unwrap();
        assert_eq!(state.names("job/").unwrap(), ["job/2"]);
        assert!(matches!(state.get::<String>("a/1"), Err(StateError::Damaged { .. })));
    }

    #[cfg(unix)]
    #[test]
    fn nobody_else_can_read_the_file() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state");
        State::open(&path).unwrap();
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o077, 0);
    }

    #[test]
    fn what_a_killed_process_left_of_a_new_file_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("state.redb");
        // As far as it had come: nothing, a part of the header, whole but without its name.
        for left in [&b""[..], &[7; 5_000]] {
            std::fs::write(path.with_extension("new"), left).unwrap();
            State::open(&path).unwrap().put("name", &left.len()).unwrap();
            assert_eq!(State::open(&path).unwrap().get::<usize>("name").unwrap(), Some(left.len()));
            assert!(!path.with_extension("new").exists());
            std::fs::rename(&path, path.with_extension("new")).unwrap();
        }
        let state = State::open(&path).unwrap();
        assert_eq!(state.get::<usize>("name").unwrap(), Some(5_000));
    }
}
