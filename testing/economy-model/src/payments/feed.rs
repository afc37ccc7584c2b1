//! A feed of prices that reporters sign.

use num_bigint::BigInt;

/// A week, for which reporters are suspended.
const WEEK: u64 = 7 * 86_400;
/// How far a reporter's clock may be ahead, in seconds.
const AHEAD: u64 = 30;

/// What a feed is, for its life.
#[derive(Clone, Copy, Debug)]
pub struct Terms {
    /// Who reports: the signers from 1 to this one.
    pub reporters: u8,
    /// How many reports make a price.
    pub quorum: usize,
    /// Seconds of a round.
    pub interval: u64,
    /// Oldest price and oldest report, in seconds.
    pub max_age: u64,
    /// Largest step, in 1/10,000 of the price before.
    pub dev_bps: u64,
    /// Seconds from a trip until it can be confirmed.
    pub cooldown: u64,
    /// A value is for 10 to the power of this many base units.
    pub decimals: u32,
}

/// What one signer is said to have signed for the round that is submitted.
#[derive(Clone, Copy, Debug)]
pub struct Said {
    /// Number of the signer.
    pub signer: u8,
    /// The value that it reports.
    pub value: u128,
    /// When it saw it, Unix seconds.
    pub time: u64,
    /// Whether the signature is another's.
    pub forged: bool,
}

/// The feed and its reporters.
pub struct Feed {
    /// What it is.
    pub terms: Terms,
    /// Whether the owner has stopped it.
    pub stopped: bool,
    /// Value, time and round of the last price.
    pub last: Option<(u128, u64, u64)>,
    /// Value, round, and when it can be confirmed.
    pub pending: Option<(u128, u64, u64)>,
    /// Strikes, and until when it is suspended, of each reporter.
    pub records: Vec<(u8, u64)>,
}

/// The smallest of all that at least half of them are at most.
fn middle<T: Copy + Ord>(mut all: Vec<T>) -> Option<T> {
    all.sort_unstable();
    all.get(all.len().saturating_sub(1) / 2).copied()
}

impl Feed {
    /// A feed that never had a price.
    #[must_use]
    pub fn new(terms: Terms) -> Self {
        let records = vec![(0, 0); terms.reporters.into()];
        Self { terms, stopped: false, last: None, pending: None, records }
    }

    /// What a value is for, in base units.
    #[must_use]
    pub fn scale(&self) -> BigInt {
        BigInt::from(10).pow(self.terms.decimals)
    }

    /// The price, if it has one now.
    #[must_use]
    pub fn answer(&self, now: u64) -> Option<u128> {
        let silent = self.stopped || self.pending.is_some();
        let fresh = |(_, time, _): &(u128, u64, u64)| !silent && now <= time + self.terms.max_age;
        self.last.filter(fresh).map(|(value, ..)| value)
    }

    /// Reports that confirm a jump: two more than make a price, or all there can be.
    fn confirming(&self) -> usize {
        (self.terms.quorum + 2).min(self.terms.reporters.into())
    }

    /// Whether one value is further away from another than a step.
    fn is_apart(&self, value: u128, from: u128) -> bool {
        BigInt::from(value.abs_diff(from)) * 10_000 > BigInt::from(from) * self.terms.dev_bps
    }

    /// The first report of each reporter that holds: its place, value and time.
    fn heard(&self, now: u64, round: u64, said: &[Said]) -> Vec<(usize, u128, u64)> {
        let mut heard: Vec<(usize, u128, u64)> = vec![];
        for Said { signer, value, time, forged } in said {
            let place = usize::from(*signer).wrapping_sub(1);
            let Some((_, suspended)) = self.records.get(place) else { continue };
            let in_time = time / self.terms.interval == round
                && *time <= now + AHEAD
                && now <= time + self.terms.max_age;
            let known = heard.iter().any(|(other, ..)| *other == place);
            if !known && in_time && !forged && *value > 0 && *suspended <= now {
                heard.push((place, *value, *time));
            }
        }
        heard
    }

    /// Whether reports of a round come to something; then what they change.
    pub fn submit(&mut self, now: u64, round: u64, said: &[Said]) -> bool {
        self.try_submit(now, round, said).is_some()
    }

    fn try_submit(&mut self, now: u64, round: u64, said: &[Said]) -> Option<()> {
        let done = [self.last.map(|last| last.2), self.pending.map(|pending| pending.1)];
        let late = done.into_iter().flatten().any(|done| done >= round);
        let heard = self.heard(now, round, said);
        if self.stopped || late || heard.len() < self.terms.quorum {
            return None;
        }
        let median = middle(heard.iter().map(|one| one.1).collect())?;
        let counting = match self.pending {
            None if self.last.is_some_and(|last| self.is_apart(median, last.0)) => {
                self.pending = Some((median, round, now + self.terms.cooldown));
                return Some(());
            }
            None => heard.clone(),
            Some((pending, _, until)) => {
                let near = |one: &(usize, u128, u64)| !self.is_apart(one.1, pending);
                let near: Vec<_> = heard.iter().copied().filter(near).collect();
                if near.len() < self.confirming() {
                    let moved = self.is_apart(median, pending);
                    self.pending =
                        moved.then_some((median, round, now + self.terms.cooldown)).or(self.pending);
                    return moved.then_some(());
                }
                (now >= until).then_some(near)?
            }
        };
        let value = middle(counting.iter().map(|one| one.1).collect())?;
        let time = middle(counting.iter().map(|one| one.2).collect())?.min(now);
        (self.last, self.pending) = (Some((value, time, round)), None);
        for (place, said, _) in heard {
            let far = self.is_apart(said, value);
            self.mark(now, place, far);
        }
        Some(())
    }

    /// Notes whether a reporter was far away, and suspends it the third time in succession where enough stay.
    fn mark(&mut self, now: u64, place: usize, far: bool) {
        let free = self.records.iter().filter(|record| record.1 <= now).count();
        let enough = free > self.confirming();
        let record = &mut self.records[place];
        record.0 = if far { (record.0 + 1).min(3) } else { 0 };
        if record.0 == 3 && enough {
            *record = (0, now + WEEK);
        }
    }
}
