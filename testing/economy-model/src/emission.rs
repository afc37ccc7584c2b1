//! 500,000 BTK a day, halved every 2,100 days: 75 % by work, at most 0.002 BTK for a unit, and 15 % to a recipient, of both
//! a fifth at once and the rest in 180 daily parts; 5 % twice a month later in tenths.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use crate::staking::TERA;
use crate::{ACCOUNTS, DAY, Holder, Model, Token};

/// Work, claims and releases of the emission, by account and day.
pub struct Emission {
    start: u64,
    /// By day since the start: all work, and what of each account's was credited.
    days: BTreeMap<u64, (u64, [u64; ACCOUNTS])>,
    /// The last day on which work was credited to the capacity of a node, and how much of it.
    used: [(u64, u64); ACCOUNTS],
    claimed: [BigInt; ACCOUNTS],
    released: [BigInt; 3],
}

impl Emission {
    pub(crate) fn new(start: u64) -> Self {
        let (days, used) = (BTreeMap::new(), [(0, 0); ACCOUNTS]);
        Self { start, days, used, claimed: Default::default(), released: Default::default() }
    }

    /// Base units emitted in whole seconds since the start: the sum over eras.
    fn total(seconds: u64) -> BigInt {
        let (mut left, mut era, mut sum) = (seconds, 0u32, BigInt::default());
        let length = 2_100 * DAY;
        // Whole eras are 2,100 days of 500,000 halved; the rest of an era grows evenly.
        while left > 0 {
            let passed = left.min(length);
            let whole = BigInt::from(2_100u64 * 500_000) * 1_000_000u64;
            sum += (whole * passed) / ((BigInt::from(1) << era) * length);
            left -= passed;
            era += 1;
        }
        sum
    }

    fn today(&self, now: u64) -> u64 {
        (now - self.start) / DAY
    }

    /// What a recipient may have been paid: of each day's application 20 % at once and the rest in 180 daily parts, of the
    /// others a tenth of each month's part a month later.
    fn released_by(&self, recipient: usize, now: u64) -> BigInt {
        let part = |seconds, percent: u64| Self::total(seconds) * percent / 100;
        if recipient == 0 {
            let today = self.today(now);
            let ends = (1..=today).map(|day| day * DAY).chain([now - self.start]);
            let (mut before, mut due) = (BigInt::default(), BigInt::default());
            for (day, end) in ends.enumerate() {
                let by_then = part(end, 15);
                let days = today.saturating_sub(day as u64 + 1).min(180);
                due += (&by_then - before) * (45 + days);
                before = by_then;
            }
            return due / 225;
        }
        let month = 30 * DAY;
        let months = (now - self.start) / month;
        // The sum of what was emitted by the ends of the ten months before this one, of which each is a tenth.
        let ends = (1..=10u64).filter_map(|back| months.checked_sub(back));
        ends.map(|end| part(end * month, 5)).sum::<BigInt>() / 10
    }

    /// What an account may have been paid: of each day's reward 20 % when it ends, the rest in 180 daily parts.
    fn due_by(&self, account: usize, now: u64) -> BigInt {
        let today = self.today(now);
        let mut due = BigInt::default();
        for (day, (total, work)) in self.days.range(..today) {
            let pool = |day: u64| Self::total(day * DAY) * 75u64 / 100;
            let share: BigInt = (pool(day + 1) - pool(*day)) * work[account] / total;
            let reward = share.min(BigInt::from(2_000) * work[account]);
            due += reward * (45 + (today - day - 1).min(180));
        }
        due / 225
    }
}

impl Model {
    /// Work of today, credited as far as the pledge lets it count.
    pub fn credit(&mut self, account: usize, units: u64) -> bool {
        let today = self.emission.today(self.now);
        let mut used = match self.emission.used[account] {
            (day, used) if day == today => used,
            _ => 0,
        };
        // 1,200 for each T are whole.
        let pledged = self.staking.pledged_enough(account, self.now);
        let room = if pledged { (u64::from(TERA) * 1_200).saturating_sub(used) } else { 0 };
        let whole = units.min(room);
        let counted = whole + (units - whole) / 2;
        if counted == 0 {
            return false;
        }
        used += whole;
        self.emission.used[account] = (today, used);
        let (total, work) = self.emission.days.entry(today).or_default();
        *total += units;
        work[account] += counted;
        true
    }

    /// Pays an account what is due.
    pub fn claim_emission(&mut self, account: usize) -> bool {
        let due = self.emission.due_by(account, self.now) - &self.emission.claimed[account];
        let some = due > BigInt::default();
        if some {
            self.emission.claimed[account] += &due;
            self.ledger.mint(Token::Btk, Holder::Account(account), &due);
        }
        some
    }

    /// Pays a recipient what is due.
    pub fn release(&mut self, recipient: usize) -> bool {
        let due = self.emission.released_by(recipient, self.now) - &self.emission.released[recipient];
        let some = due > BigInt::default();
        if some {
            self.emission.released[recipient] += &due;
            self.ledger.mint(Token::Btk, Holder::Recipient(recipient), &due);
        }
        some
    }
}
