//! Reports and status of a relayer, for people, scripts and metrics.

use std::collections::BTreeMap;

use bithive_chain::TxHash;
use cosmwasm_std::Uint128;
use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::duty::Kind;
use crate::entry::State;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "did", rename_all = "snake_case")]
pub enum Report {
    /// A quorum's signature was handed in.
    HandedIn {
        /// Number of the job.
        job: u64,
        /// Round of the job, from 1.
        round: u8,
    },
    /// A transaction is signed and stored, and is sent now.
    Signed {
        /// Hash of the transaction.
        tx: TxHash,
        /// What it does.
        duties: Vec<String>,
        /// Fee, in base units.
        fee: Uint128,
    },
    /// A block has it, and it took effect.
    Confirmed {
        /// Hash of the transaction.
        tx: TxHash,
        /// What it did.
        duties: Vec<String>,
    },
    /// It had no effect; what it was to do waits.
    Failed {
        /// What it was to do.
        duties: Vec<String>,
        /// Why it failed, for people.
        reason: String,
    },
    /// It can have no effect any more, and what it was to do is done anew.
    Void {
        /// Hash of the transaction.
        tx: TxHash,
        /// Why it can have no effect, for people.
        reason: String,
    },
    /// The day's fees are spent: nothing is sent until the next day.
    Held {
        /// Fees signed for today, in base units.
        spent: Uint128,
        /// Most for a day, in base units.
        limit: Uint128,
    },
    /// The account holds less than it should.
    LowBalance {
        /// What it holds, in base units of the fee denomination.
        balance: Uint128,
        /// The balance below which it warns, in the same units.
        below: Uint128,
    },
    /// The node has no blocks before this one any more; all jobs are looked at instead.
    Skipped {
        /// The next block.
        height: u64,
    },
    /// The chain was rolled back or replaced; all jobs are looked at again.
    RolledBack {
        /// Height at which the chain is now.
        height: u64,
    },
}

/// Receives the reports of a relayer.
pub trait Watch: Send + Sync {
    /// Takes a report. It is called in the middle of a step, so it must not wait.
    fn report(&self, report: &Report);
}

/// Reports to nobody, for tests and tools.
impl Watch for () {
    fn report(&self, _: &Report) {}
}

/// State of a relayer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Address of the relayer's account.
    pub address: String,
    /// Height of the next block that it reads.
    pub next_height: u64,
    /// Time of the last one that it read, in Unix milliseconds.
    pub block_time: u64,
    /// Jobs that are not final.
    pub jobs: usize,
    /// Entries of the outbox, by kind and state.
    pub entries: BTreeMap<String, BTreeMap<String, usize>>,
    /// Entries that failed by themselves and wait, with the reason.
    pub set_aside: Vec<(String, String)>,
    /// Hash of the transaction whose outcome is not known yet.
    pub in_flight: Option<TxHash>,
    /// Fees signed for today, in base units.
    pub spent_today: u128,
}

/// Most entries that a status lists with their reasons.
const LISTED: usize = 20;

impl Status {
    /// The status of a book.
    #[must_use]
    pub fn of(book: &Book) -> Self {
        let none = || State::NAMES.map(|name| (name.to_owned(), 0)).into();
        let mut entries: BTreeMap<String, BTreeMap<String, usize>> =
            Kind::ALL.map(|kind| (kind.name().to_owned(), none())).into();
        let mut set_aside = Vec::new();
        for entry in book.entries() {
            let states = entries.entry(entry.duty.kind().name().to_owned()).or_default();
            *states.entry(entry.state.name().to_owned()).or_default() += 1;
            if let State::SetAside { reason, .. } = &entry.state
                && set_aside.len() < LISTED
            {
                set_aside.push((entry.duty.to_string(), reason.clone()));
            }
        }
        Self {
            address: book.rules.address.clone(),
            next_height: book.cursor().next_height,
            block_time: book.cursor().now,
            jobs: book.jobs().count(),
            entries,
            set_aside,
            in_flight: book.pending_tx().map(|pending| pending.tx),
            spent_today: book.spent_today(),
        }
    }

    /// How many entries are in a state, of all kinds.
    #[must_use]
    pub fn count(&self, state: &str) -> usize {
        self.entries.values().filter_map(|states| states.get(state)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_report_reads_back_from_its_line() {
        let (tx, duties) = (TxHash([7; 32]), vec!["advance/1/0/open".to_owned()]);
        let most = Uint128::MAX;
        for report in [
            Report::HandedIn { job: u64::MAX, round: 3 },
            Report::Signed { tx, duties: duties.clone(), fee: most },
            Report::Confirmed { tx, duties: duties.clone() },
            Report::Failed { duties, reason: "a \"reason\"".into() },
            Report::Void { tx, reason: "sequence".into() },
            Report::Held { spent: most, limit: most },
            Report::LowBalance { balance: most, below: most },
            Report::Skipped { height: 9 },
            Report::RolledBack { height: 9 },
        ] {
            let line = serde_json::to_string(&report).unwrap();
            assert_eq!(serde_json::from_str::<Report>(&line).unwrap(), report, "{line}");
        }
    }
}
