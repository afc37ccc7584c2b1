//! Idle time by period, on disk.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use bithive_state::open_database;
use redb::{Database, ReadableDatabase as _, ReadableTable as _, TableDefinition};

use crate::DaemonError;

/// Idle milliseconds by the number of the period.
const IDLE: TableDefinition<'_, u64, u64> = TableDefinition::new("idle");

/// Idle time of this machine by period; clones share it. One process has it open.
#[derive(Clone)]
pub(super) struct Records(Arc<Database>);

fn failed(error: impl Display) -> DaemonError {
    DaemonError::Machine { what: "records of idle time", error: error.to_string() }
}

impl Records {
    /// Opens the file, or makes it.
    ///
    /// # Errors
    /// [`DaemonError::Machine`]: also when another process has it open.
    pub(super) fn open(file: &Path) -> Result<Self, DaemonError> {
        let database = open_database(file, &Database::builder()).map_err(failed)?;
        // So that there is a table to read.
        let transaction = database.begin_write().map_err(failed)?;
        transaction.open_table(IDLE).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(Self(Arc::new(database)))
    }

    /// Adds idle milliseconds to a period, which has at most `most`; returns what it has then.
    ///
    /// # Errors
    /// [`DaemonError::Machine`].
    pub(super) fn add(&self, period: u64, milliseconds: u64, most: u64) -> Result<u64, DaemonError> {
        let transaction = self.0.begin_write().map_err(failed)?;
        let now = {
            let mut table = transaction.open_table(IDLE).map_err(failed)?;
            let before = table.get(period).map_err(failed)?.map_or(0, |found| found.value());
            let now = before.saturating_add(milliseconds).min(most);
            table.insert(period, now).map_err(failed)?;
            now
        };
        transaction.commit().map_err(failed)?;
        Ok(now)
    }

    /// Idle milliseconds of a period.
    ///
    /// # Errors
    /// [`DaemonError::Machine`].
    pub(super) fn of(&self, period: u64) -> Result<u64, DaemonError> {
        let transaction = self.0.begin_read().map_err(failed)?;
        let table = transaction.open_table(IDLE).map_err(failed)?;
        Ok(table.get(period).map_err(failed)?.map_or(0, |found| found.value()))
    }

    /// Drops all periods before this one.
    ///
    /// # Errors
    /// [`DaemonError::Machine`].
    pub(super) fn forget_before(&self, period: u64) -> Result<(), DaemonError> {
        let old = {
            let transaction = self.0.begin_read().map_err(failed)?;
            let table = transaction.open_table(IDLE).map_err(failed)?;
            table.range(..period).map_err(failed)?.next().is_some()
        };
        if !old {
            return Ok(());
        }
        let transaction = self.0.begin_write().map_err(failed)?;
        {
            let mut table = transaction.open_table(IDLE).map_err(failed)?;
            table.retain_in(..period, |_, _| false).map_err(failed)?;
        }
        transaction.commit().map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_time_adds_up_is_bounded_and_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("idle.redb");
        let records = Records::open(&file).unwrap();
        assert_eq!(records.of(7).unwrap(), 0);
        assert_eq!(records.add(7, 400, 1_000).unwrap(), 400);
        assert_eq!(records.add(7, 700, 1_000).unwrap(), 1_000);
        records.add(8, 5, 1_000).unwrap();
        assert!(Records::open(&file).is_err(), "one process at a time");
        drop(records);
        let records = Records::open(&file).unwrap();
        assert_eq!((records.of(7).unwrap(), records.of(8).unwrap()), (1_000, 5));
        records.forget_before(8).unwrap();
        records.forget_before(8).unwrap();
        assert_eq!((records.of(7).unwrap(), records.of(8).unwrap()), (0, 5));
    }
}
