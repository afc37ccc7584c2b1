//! What a node has done, and the scores that follow from it.
//!
//! | score | from the record |
//! |---|---|
//! | V | stake: bond against [`FULL_BOND`] times the least; contribution: s / (s + [`HALF`]) for s settled jobs; compliance: settled of settled and faults |
//! | E | declared power and energy; settled of all; mean work of a job against [`REFERENCE_WORK`] |
//! | T | mean trust of the settled jobs' outcomes |
//! | reputation | moves a sixteenth of the way up with each settled job, a quarter of the way down with each fault |

use crate::score::{self, Work};
use crate::tier::Capability;
use crate::{Bps, ratio::wide_share};

/// Bond, in least bonds, that has full marks for stake.
pub const FULL_BOND: u128 = 10;
/// Settled jobs that have half of the marks for contribution.
pub const HALF: u64 = 100;
/// Work of a job of difficulty 1, in compute credits.
pub const REFERENCE_WORK: u64 = 1_000;
/// Largest difficulty: 10, in 1/10,000.
pub const LARGEST_DIFFICULTY: u32 = 100_000;
/// Reputation of a newcomer.
pub const NEWCOMER: Bps = Bps::percent(50);

/// What a job did to a node's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobEvent {
    /// It was in the quorum of a job that settled.
    Settled {
        /// Compute credits of the job.
        work: u64,
        /// Trust in the outcome.
        trust: Bps,
    },
    /// It did not answer in time.
    Missed,
    /// It was at fault: no reveal, or a result that the quorum did not find.
    Fault,
}

/// A node's record. Sums saturate: at the end of their range they stay there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record {
    /// Jobs that settled with it in the quorum.
    pub settled: u64,
    /// Jobs that it did not answer in time.
    pub missed: u64,
    /// Jobs in which it was at fault.
    pub faults: u64,
    /// Settled jobs in a row since the last fault.
    pub streak: u64,
    /// Most settled jobs in a row so far.
    pub best_streak: u64,
    /// Compute credits of its settled jobs.
    pub work: u64,
    /// Sum of trust over its settled jobs, in 1/10,000.
    pub trust: u64,
    /// Reputation, 0 to 1; [`NEWCOMER`] at first.
    pub reputation: Bps,
}

impl Default for Record {
    fn default() -> Self {
        Self {
            settled: 0,
            missed: 0,
            faults: 0,
            streak: 0,
            best_streak: 0,
            work: 0,
            trust: 0,
            reputation: NEWCOMER,
        }
    }
}

impl Record {
    /// The record after a job.
    #[must_use]
    pub fn after(mut self, event: JobEvent) -> Self {
        match event {
            JobEvent::Settled { work, trust } => {
                self.settled = self.settled.saturating_add(1);
                self.streak = self.streak.saturating_add(1);
                self.best_streak = self.best_streak.max(self.streak);
                self.work = self.work.saturating_add(work);
                self.trust = self.trust.saturating_add(trust.get().into());
                self.reputation = moved(self.reputation, self.reputation.rest().get() / 16, 0);
            }
            JobEvent::Missed => {
                // Counted, and nothing else: a requester that sends a worker nothing it can open would cost it its scores.
                self.missed = self.missed.saturating_add(1);
            }
            JobEvent::Fault => {
                self.faults = self.faults.saturating_add(1);
                self.streak = 0;
                self.reputation = moved(self.reputation, 0, self.reputation.get().div_ceil(4));
            }
        }
        self
    }

    /// Number of jobs that it took part in: settled, or ended for it by a fault.
    #[must_use]
    pub const fn jobs(&self) -> u64 {
        self.settled.saturating_add(self.faults)
    }

    /// V: a node's score, 0 to 1. `least` is the least bond; 0 counts as full marks for stake.
    #[must_use]
    pub fn value(&self, bond: u128, least: u128) -> Bps {
        let full = least.saturating_mul(FULL_BOND);
        let contribution = part(self.settled.into(), u128::from(self.settled).saturating_add(HALF.into()));
        score::node(part(bond, full), contribution, part(self.settled.into(), self.jobs().max(1).into()))
    }

    /// E: efficiency in 10^-6 GFLOPS for each W, as [`score::efficiency`].
    #[must_use]
    pub fn efficiency(&self, capability: &Capability) -> u64 {
        let mean = self.work.checked_div(self.settled).unwrap_or(0);
        let difficulty = wide_share(mean.into(), 10_000, REFERENCE_WORK.into()).unwrap_or(0);
        let difficulty = u32::try_from(difficulty).unwrap_or(u32::MAX).min(LARGEST_DIFFICULTY);
        score::efficiency(&Work {
            compute: capability.gflops.saturating_mul(1_000),
            energy: capability.milliwatts,
            successful: self.settled,
            total: self.jobs(),
            // The chain knows no availability: who does not answer may have been sent nothing to answer.
            availability: Bps::WHOLE,
            difficulty,
        })
    }

    /// T: mean trust of its settled jobs, rounded down; 0 without any.
    #[must_use]
    pub fn mean_trust(&self) -> Bps {
        let mean = self.trust.checked_div(self.settled).unwrap_or(0);
        Bps::new("trust", u16::try_from(mean).unwrap_or(u16::MAX)).unwrap_or(Bps::WHOLE)
    }
}

fn moved(reputation: Bps, up: u16, down: u16) -> Bps {
    let value = reputation.get().saturating_add(up).saturating_sub(down);
    Bps::new("reputation", value).unwrap_or(Bps::WHOLE)
}

/// `part` of `whole`, rounded down, at most all of it; all of nothing.
fn part(part: u128, whole: u128) -> Bps {
    if part >= whole {
        return Bps::WHOLE;
    }
    let share = wide_share(10_000, part, whole).unwrap_or(0);
    Bps::new("share", u16::try_from(share).unwrap_or(u16::MAX)).unwrap_or(Bps::WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const GOOD: JobEvent = JobEvent::Settled { work: 2_000, trust: Bps::percent(80) };
    const MACHINE: Capability =
        Capability { vram_gb: 24, models_per_day: 300, gflops: 450_000, milliwatts: 100_000 };

    fn after(events: &[JobEvent]) -> Record {
        events.iter().fold(Record::default(), |record, event| record.after(*event))
    }

    #[test]
    fn a_newcomer_has_no_marks_but_for_its_stake() {
        let record = Record::default();
        assert_eq!(record.value(0, 1_000), Bps::ZERO);
        assert_eq!(record.value(5_000, 1_000), Bps::percent(15));
        assert_eq!(record.value(u128::MAX, 1_000), Bps::percent(30));
        assert_eq!((record.efficiency(&MACHINE), record.mean_trust()), (0, Bps::ZERO));
    }

    #[test]
    fn a_hundred_jobs_are_half_of_the_contribution() {
        let record = after(&[GOOD; 100]);
        assert_eq!((record.settled, record.streak, record.work), (100, 100, 200_000));
        // 0.3 * 0.1 + 0.4 * 0.5 + 0.3.
        assert_eq!(record.value(1_000, 1_000), Bps::percent(53));
        assert_eq!(record.mean_trust(), Bps::percent(80));
        // 4,500 GFLOPS/W, all tasks, always there, difficulty 2.
        assert_eq!(record.efficiency(&MACHINE), 4_500 * 1_000_000 * 2);
    }

    #[test]
    fn a_fault_ends_the_streak_and_costs_a_quarter_of_the_reputation() {
        let before = after(&[GOOD; 20]);
        let record = before.after(JobEvent::Fault);
        assert_eq!((record.streak, record.best_streak, record.faults), (0, 20, 1));
        let reputation = before.reputation.get();
        assert_eq!(record.reputation.get(), reputation - reputation.div_ceil(4));
        assert_eq!(before.reputation, after(&[GOOD; 20]).reputation);
    }

    /// A requester can assign a worker and send it nothing that opens: that must be no weapon.
    #[test]
    fn a_job_that_was_missed_is_counted_and_changes_no_score() {
        let before = after(&[GOOD; 20]);
        let missed = before.after(JobEvent::Missed);
        assert_eq!(missed, Record { missed: 1, ..before });
        assert_eq!(missed.value(1_000, 1_000), before.value(1_000, 1_000));
        assert_eq!(missed.efficiency(&MACHINE), before.efficiency(&MACHINE));
    }

    #[test]
    fn reputation_goes_to_nothing_and_not_below_and_comes_back() {
        let record = after(&[JobEvent::Fault; 60]);
        assert_eq!(record.reputation, Bps::ZERO);
        let better = [GOOD; 200].iter().fold(record, |record, event| record.after(*event));
        assert!(better.reputation > Bps::percent(99), "{better:?}");
    }

    fn event() -> impl Strategy<Value = JobEvent> {
        prop_oneof![
            4 => (any::<u64>(), 0u16..=10_000).prop_map(|(work, trust)| JobEvent::Settled { work, trust: Bps::new("t", trust).unwrap() }),
            1 => Just(JobEvent::Missed),
            1 => Just(JobEvent::Fault),
        ]
    }

    proptest! {
        #[test]
        fn no_history_leaves_the_bounds(events in prop::collection::vec(event(), 0..200), bond: u128, least: u128) {
            let record = after(&events);
            prop_assert_eq!(record.jobs() + record.missed, events.len() as u64);
            prop_assert!(record.streak <= record.best_streak && record.best_streak <= record.settled);
            prop_assert!(record.value(bond, least) <= Bps::WHOLE);
            prop_assert!(record.mean_trust() <= Bps::WHOLE);
            let better = record.after(GOOD);
            prop_assert!(better.reputation >= record.reputation);
            prop_assert!(record.after(JobEvent::Fault).reputation <= record.after(JobEvent::Missed).reputation);
            prop_assert!(better.value(bond, least) >= record.value(bond, least));
        }
    }
}
