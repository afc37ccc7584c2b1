//! A feed in plain arithmetic, step by step: what the contract has to do with each message.

use bithive_test_kit::oracle::{COOLDOWN, INTERVAL, MAX_AGE};

/// Reporters of the feed, the signers from 1 on, of whom five have to report and seven to confirm.
pub const REPORTERS: u8 = 8;
pub const QUORUM: u8 = 5;
const CONFIRMING: usize = 7;
const WEEK: u64 = 7 * 86_400;

#[derive(Clone, Debug)]
pub enum Op {
    /// Rounds before the present one, and reports.
    Submit {
        back: u64,
        said: Vec<Said>,
    },
    Stop {
        stopped: bool,
    },
    Pause {
        paused: bool,
    },
    Wait {
        seconds: u64,
    },
}

#[derive(Clone, Debug)]
pub struct Said {
    /// Number of its signer; those above [`REPORTERS`] are no reporters.
    pub signer: u8,
    pub value: u128,
    /// Seconds before now, or after now.
    pub age: i64,
    pub forged: bool,
}

#[derive(Debug, Default)]
pub struct Model {
    pub stopped: bool,
    pub paused: bool,
    /// Value, time, round.
    pub last: Option<(u128, u64, u64)>,
    /// Value, round, when it can be confirmed.
    pub pending: Option<(u128, u64, u64)>,
    /// Strikes, and until when, of each reporter.
    pub records: [(u8, u64); REPORTERS as usize],
}

/// The smallest value that at least half of all are at most.
fn middle<T: Copy + PartialOrd>(all: &[T]) -> T {
    let below = |value: T| all.iter().filter(|other| **other <= value).count();
    let enough = all.iter().copied().filter(|value| 2 * below(*value) >= all.len());
    enough.reduce(|a, b| if b < a { b } else { a }).unwrap()
}

/// More than a tenth apart, of the second.
fn apart(a: u128, b: u128) -> bool {
    10 * a > 11 * b || 10 * a < 9 * b
}

impl Model {
    pub fn answers(&self, now: u64) -> Option<u128> {
        let open = !self.stopped && !self.paused && self.pending.is_none();
        self.last.filter(|(_, time, _)| open && now <= time + MAX_AGE).map(|(value, ..)| value)
    }

    /// Whether the message is taken.
    pub fn run(&mut self, now: u64, op: &Op) -> bool {
        match op {
            Op::Stop { stopped } => self.stopped = *stopped,
            Op::Pause { paused } => self.paused = *paused,
            Op::Wait { .. } => {}
            Op::Submit { back, said } => return self.submit(now, now / INTERVAL - back, said),
        }
        true
    }

    fn submit(&mut self, now: u64, round: u64, said: &[Said]) -> bool {
        let done = [self.last.map(|last| last.2), self.pending.map(|pending| pending.1)];
        if self.stopped
            || self.paused
            || said.is_empty()
            || done.into_iter().flatten().any(|done| done >= round)
        {
            return false;
        }
        // The first report of each that holds.
        let mut heard: Vec<(usize, u128, u64)> = Vec::new();
        for Said { signer, value, age, forged } in said {
            let (place, time) = (usize::from(*signer) - 1, now.checked_add_signed(-age).unwrap());
            let known = *signer <= REPORTERS && !heard.iter().any(|(other, ..)| *other == place);
            let in_time = time / INTERVAL == round && time <= now + 30 && now <= time + MAX_AGE;
            if known && in_time && !forged && *value > 0 && self.records[place].1 <= now {
                heard.push((place, *value, time));
            }
        }
        if heard.len() < usize::from(QUORUM) {
            return false;
        }
        let all = middle(&heard.iter().map(|one| one.1).collect::<Vec<_>>());
        let counting: Vec<_> = match self.pending {
            None if self.last.is_some_and(|last| apart(all, last.0)) => return self.trip(now, round, all),
            None => heard.clone(),
            Some((pending, _, until)) => {
                let near: Vec<_> = heard.iter().copied().filter(|one| !apart(one.1, pending)).collect();
                if near.len() < CONFIRMING {
                    return apart(all, pending) && self.trip(now, round, all);
                }
                if now < until {
                    return false;
                }
                near
            }
        };
        let value = middle(&counting.iter().map(|one| one.1).collect::<Vec<_>>());
        let time = middle(&counting.iter().map(|one| one.2).collect::<Vec<_>>()).min(now);
        (self.last, self.pending) = (Some((value, time, round)), None);
        for (place, said, _) in heard {
            self.mark(now, place, apart(said, value));
        }
        true
    }

    fn trip(&mut self, now: u64, round: u64, value: u128) -> bool {
        self.pending = Some((value, round, now + COOLDOWN));
        true
    }

    /// Of eight reporters, of whom seven are needed, one can be suspended at a time.
    fn mark(&mut self, now: u64, place: usize, far: bool) {
        let free = self.records.iter().filter(|record| record.1 <= now).count();
        let record = &mut self.records[place];
        record.0 = if far { (record.0 + 1).min(3) } else { 0 };
        if record.0 == 3 && free > CONFIRMING {
            *record = (0, now + WEEK);
        }
    }
}
