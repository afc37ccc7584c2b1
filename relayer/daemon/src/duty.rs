//! What there is to do on chain, named so that the same thing is never done twice.

use std::cmp::Ordering;
use std::fmt;

use bithive_api::jobs::Phase;
use cosmwasm_std::HexBinary;
use serde::{Deserialize, Serialize};

/// One thing to do, and its name: the outbox has one entry for each.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Settle a job with its quorum's signature.
    Finalize {
        /// Number of the job.
        job: u64,
        /// The round whose statement is signed.
        round: u8,
    },
    /// Take the exit of a phase whose deadline has passed.
    Advance {
        /// Number of the job.
        job: u64,
        /// Round of the job, from 1.
        round: u8,
        /// The phase to leave.
        phase: Phase,
    },
    /// Send the attestation of a settled job to another chain.
    Attest {
        /// Number of the job.
        job: u64,
        /// The IBC channel of the attestations contract.
        channel: String,
    },
}

/// Duties of one kind go into one transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// [`Duty::Finalize`]: money waits for it, and a deadline.
    Finalize,
    /// [`Duty::Advance`]: a deadline has passed, and somebody's money waits.
    Advance,
    /// [`Duty::Attest`]: no money waits for it.
    Attest,
}

impl Kind {
    /// Every kind, the most urgent first.
    pub const ALL: [Self; 3] = [Self::Finalize, Self::Advance, Self::Attest];

    /// Its name in status and metrics.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Finalize => "finalize",
            Self::Advance => "advance",
            Self::Attest => "attest",
        }
    }
}

impl Duty {
    /// The job that it is about.
    #[must_use]
    pub const fn job(&self) -> u64 {
        match self {
            Self::Finalize { job, .. } | Self::Advance { job, .. } | Self::Attest { job, .. } => *job,
        }
    }

    /// What is done.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::Finalize { .. } => Kind::Finalize,
            Self::Advance { .. } => Kind::Advance,
            Self::Attest { .. } => Kind::Attest,
        }
    }

    /// By job, then by kind: what the order of the outbox is.
    fn order(&self) -> (u64, Kind, u8, u8, &str) {
        match self {
            Self::Finalize { job, round } => (*job, Kind::Finalize, *round, 0, ""),
            Self::Advance { job, round, phase } => (*job, Kind::Advance, *round, *phase as u8, ""),
            Self::Attest { job, channel } => (*job, Kind::Attest, 0, 0, channel),
        }
    }
}

impl Ord for Duty {
    fn cmp(&self, other: &Self) -> Ordering {
        self.order().cmp(&other.order())
    }
}

impl PartialOrd for Duty {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The name under which it is stored and shown, like `advance/7/1/committed`.
impl fmt::Display for Duty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Finalize { job, round } => write!(f, "finalize/{job}/{round}"),
            Self::Advance { job, round, phase } => {
                write!(f, "advance/{job}/{round}/{}", format!("{phase:?}").to_lowercase())
            }
            Self::Attest { job, channel } => write!(f, "attest/{job}/{channel}"),
        }
    }
}

/// A quorum's signature of a final statement, as the market takes it. Whoever hands one in has verified it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Aggregate {
    /// Number of the job.
    pub job: u64,
    /// Round whose statement is signed, from 1.
    pub round: u8,
    /// Bit i set: worker i (in slot order) signed.
    pub signers: u32,
    /// BLS signature (G2, 96 bytes, compressed).
    pub signature: HexBinary,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_duties_have_different_names_and_an_order() {
        let phases = [
            Phase::Open,
            Phase::Assigned,
            Phase::Committed,
            Phase::Revealed,
            Phase::Disputed,
            Phase::Settled,
            Phase::Refunded,
        ];
        let mut duties: Vec<Duty> =
            phases.into_iter().map(|phase| Duty::Advance { job: 7, round: 1, phase }).collect();
        duties.extend([
            Duty::Advance { job: 7, round: 2, phase: Phase::Assigned },
            Duty::Advance { job: 71, round: 2, phase: Phase::Assigned },
            Duty::Finalize { job: 7, round: 1 },
            Duty::Finalize { job: 7, round: 2 },
            Duty::Attest { job: 7, channel: "channel-1".into() },
            Duty::Attest { job: 7, channel: "channel-2".into() },
        ]);
        let names: std::collections::BTreeSet<String> = duties.iter().map(ToString::to_string).collect();
        let sorted: std::collections::BTreeSet<&Duty> = duties.iter().collect();
        assert_eq!((names.len(), sorted.len()), (duties.len(), duties.len()));
        assert_eq!(duties[1].to_string(), "advance/7/1/assigned");
        for duty in &duties {
            let stored = serde_json::to_vec(duty).unwrap();
            assert_eq!(&serde_json::from_slice::<Duty>(&stored).unwrap(), duty);
        }
    }
}
