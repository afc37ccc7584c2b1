//! What an oracle has seen of hosts, on disk.

use std::fmt::Display;
use std::path::Path;

use bithive_boinc::Credit;
use bithive_state::open_database;
use redb::{Database, ReadableDatabase as _, TableDefinition};

use crate::DaemonError;

/// By project and host: millionths of a cobblestone, and when they were seen in Unix seconds.
const SEEN: TableDefinition<'_, (&str, u64), (u128, u64)> = TableDefinition::new("seen");

/// The last total of each host that was believed. One process has it open.
pub(super) struct Records(Database);

fn failed(error: impl Display) -> DaemonError {
    DaemonError::Machine { what: "records of credit", error: error.to_string() }
}

impl Records {
    pub(super) fn open(file: &Path) -> Result<Self, DaemonError> {
        let database = open_database(file, &Database::builder()).map_err(failed)?;
        // So that there is a table to read.
        let transaction = database.begin_write().map_err(failed)?;
        transaction.open_table(SEEN).map_err(failed)?;
        transaction.commit().map_err(failed)?;
        Ok(Self(database))
    }

    /// What a host had, and when it had.
    pub(super) fn last(&self, project: &str, host: u64) -> Result<Option<(Credit, u64)>, DaemonError> {
        let transaction = self.0.begin_read().map_err(failed)?;
        let table = transaction.open_table(SEEN).map_err(failed)?;
        let found = table.get((project, host)).map_err(failed)?.map(|found| found.value());
        Ok(found.and_then(|(millionths, at)| Some((Credit::from_millionths(millionths)?, at))))
    }

    /// Notes what hosts have now.
    pub(super) fn note(&self, project: &str, hosts: &[(u64, Credit)], at: u64) -> Result<(), DaemonError> {
        let transaction = self.0.begin_write().map_err(failed)?;
        {
            let mut table = transaction.open_table(SEEN).map_err(failed)?;
            for (host, total) in hosts {
                table.insert((project, *host), (total.millionths(), at)).map_err(failed)?;
            }
        }
        transaction.commit().map_err(failed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_seen_is_there_after_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("seen.redb");
        let of = |millionths| Credit::from_millionths(millionths).unwrap();
        let records = Records::open(&file).unwrap();
        assert_eq!(records.last("p", 1).unwrap(), None);
        records.note("p", &[(1, of(5)), (2, of(7))], 100).unwrap();
        drop(records);
        let records = Records::open(&file).unwrap();
        records.note("p", &[(2, of(9))], 200).unwrap();
        assert_eq!(records.last("p", 1).unwrap(), Some((of(5), 100)));
        assert_eq!(records.last("p", 2).unwrap(), Some((of(9), 200)));
        assert_eq!(records.last("q", 1).unwrap(), None);
    }
}
