//! An entry of the outbox: a duty and how far it is.

use bithive_chain::TxHash;
use cosmwasm_std::HexBinary;
use serde::{Deserialize, Serialize};

use crate::duty::Duty;

/// First wait of an entry that failed by itself, in seconds of block time; each later one is twice as long.
const FIRST_WAIT: u64 = 30;
/// Longest wait, in seconds of block time.
const LONGEST_WAIT: u64 = 3_600;

/// How far an entry is.
///
/// ```text
///             batch fails, or its transaction can have no effect
///            ┌────────────────────────────┐
///            v                            │
///   ┌──> Queued ── bytes are stored ──> Signed ── a block has it ──> Confirmed
///   │        │                            │
///   │        └────────┬───────────────────┤ its effect is there, or it is no longer wanted ──> Obsolete
///   │ wait is over    │ fails alone       │
///   └───────────── SetAside <─────────────┘
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// To be done from `due` on.
    Queued {
        /// Block time in milliseconds.
        due: u64,
        /// Whether it goes alone, because a batch with it failed.
        alone: bool,
    },
    /// In a signed transaction whose bytes are stored; it may be on its way.
    Signed {
        /// Hash of the transaction.
        tx: TxHash,
    },
    /// Failed by itself; tried again, alone, when the wait is over.
    SetAside {
        /// Block time in milliseconds.
        until: u64,
        /// Why it failed, for people.
        reason: String,
    },
    /// A block has the transaction that did it.
    Confirmed {
        /// Hash of the transaction.
        tx: TxHash,
        /// Block time in milliseconds at which it was seen.
        at: u64,
    },
    /// Somebody else did it, or the job went another way.
    Obsolete {
        /// Block time in milliseconds at which it was seen.
        at: u64,
    },
}

impl State {
    /// Its name in status and metrics.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Queued { .. } => "queued",
            Self::Signed { .. } => "signed",
            Self::SetAside { .. } => "set_aside",
            Self::Confirmed { .. } => "confirmed",
            Self::Obsolete { .. } => "obsolete",
        }
    }

    /// Names of all states.
    pub const NAMES: [&str; 5] = ["queued", "signed", "set_aside", "confirmed", "obsolete"];

    /// Whether something is still to be done.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        matches!(self, Self::Queued { .. } | Self::Signed { .. } | Self::SetAside { .. })
    }
}

/// A duty in the outbox, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What is to be done.
    pub duty: Duty,
    /// Who signed, and the signature, of a [`Duty::Finalize`].
    pub signed: Option<(u32, HexBinary)>,
    /// How far it is.
    pub state: State,
    /// How often it failed by itself.
    pub failures: u32,
}

impl Entry {
    /// An entry that is due at `due`, in milliseconds of block time.
    #[must_use]
    pub const fn new(duty: Duty, signed: Option<(u32, HexBinary)>, due: u64) -> Self {
        Self { duty, signed, state: State::Queued { due, alone: false }, failures: 0 }
    }

    /// Whether it can go into a transaction now; if so, whether only alone.
    #[must_use]
    pub const fn ready(&self, now: u64) -> Option<bool> {
        match self.state {
            State::Queued { due, alone } if due <= now => Some(alone),
            State::SetAside { until, .. } if until <= now => Some(true),
            _ => None,
        }
    }

    /// Puts it aside.
    pub fn set_aside(&mut self, now: u64, reason: String) {
        let doubled = FIRST_WAIT.saturating_mul(1u64.checked_shl(self.failures).unwrap_or(u64::MAX));
        self.failures = self.failures.saturating_add(1);
        let until = now.saturating_add(doubled.min(LONGEST_WAIT) * 1_000);
        self.state = State::SetAside { until, reason };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_that_fails_waits_longer_each_time_up_to_an_hour() {
        let mut entry = Entry::new(Duty::Finalize { job: 1, round: 1 }, None, 0);
        let mut waits = vec![];
        for _ in 0..80 {
            entry.set_aside(1_000, "no".into());
            let State::SetAside { until, .. } = entry.state else { panic!("{entry:?}") };
            assert_eq!((entry.ready(until - 1), entry.ready(until)), (None, Some(true)));
            waits.push(until / 1_000 - 1);
        }
        assert_eq!(waits[..4], [30, 60, 120, 240]);
        assert!(waits.is_sorted() && waits.iter().skip(8).all(|wait| *wait == LONGEST_WAIT), "{waits:?}");
    }
}
