//! Credits of 0.01 BTT at 100 millionths a day, and the jobs that they pay for.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use crate::{ACCOUNTS, DAY, Holder, Ledger, Model, Token};

/// Base units of BTT for a credit.
pub const PRICE: u64 = 10_000;
/// Interest of a day, in millionths.
pub const PPM: u64 = 100;
/// Credits that the meter gives in a day.
pub const PER_DAY: u64 = 1_000_000;
/// Bits behind the point: four times as many as the contract has.
const BITS: u32 = 256;

/// What credits became, and jobs that wait.
pub struct Timebank {
    /// Credits of the first day, of each account, with [`BITS`] bits behind the point.
    held: [BigInt; ACCOUNTS],
    /// What a credit of the first day is after 0, 1, ... days of interest, with [`BITS`] bits behind the point.
    powers: Vec<BigInt>,
    days: usize,
    today: u64,
    given: (u64, u64),
    /// Open jobs: whose, and their escrow.
    jobs: BTreeMap<u64, (usize, BigInt)>,
    posted: u64,
    /// What the market owes.
    claimable: [BigInt; ACCOUNTS],
}

impl Timebank {
    pub(crate) fn new(now: u64) -> Self {
        Self {
            held: Default::default(),
            powers: vec![BigInt::from(1) << BITS],
            days: 0,
            today: now / DAY,
            given: (0, 0),
            jobs: BTreeMap::new(),
            posted: 0,
            claimable: Default::default(),
        }
    }

    fn power(&mut self, days: usize) -> BigInt {
        while self.powers.len() <= days {
            let last = &self.powers[self.powers.len() - 1];
            self.powers.push(last * (1_000_000 + PPM) / 1_000_000u64);
        }
        self.powers[days].clone()
    }

    fn whole(held: &BigInt, power: &BigInt) -> BigInt {
        (held * power) >> (2 * BITS)
    }

    /// Credits of everybody, rounded up, after so many days of interest.
    fn owed(&mut self, days: usize) -> BigInt {
        let (sum, power) = (self.held.iter().sum::<BigInt>(), self.power(days));
        if sum == BigInt::default() { sum } else { Self::whole(&sum, &power) + 1 }
    }

    /// Counts days one by one, as long as each is funded.
    fn accrue(&mut self, now: u64, funded: &BigInt) {
        let backed = funded / PRICE;
        for _ in self.today..now / DAY {
            if self.owed(self.days + 1) > backed {
                break;
            }
            self.days += 1;
        }
        self.today = now / DAY;
    }

    /// Credits of an account.
    #[must_use]
    pub fn credits(&self, account: usize) -> BigInt {
        Self::whole(&self.held[account], &self.powers[self.days])
    }

    /// A number that may be an open job, for operations that name one.
    #[must_use]
    pub fn some_job(&self, index: usize) -> u64 {
        let count = self.jobs.len().max(1);
        self.jobs.keys().nth(index % count).copied().unwrap_or(9_999_999)
    }

    /// Whose an open job is.
    #[must_use]
    pub fn requester(&self, job: u64) -> usize {
        self.jobs.get(&job).map_or(0, |(requester, _)| *requester)
    }

    pub(crate) fn invariants(&self, ledger: &Ledger) -> Result<(), String> {
        let owed: BigInt = (0..ACCOUNTS).map(|account| self.credits(account)).sum::<BigInt>() * PRICE;
        let funded = ledger.balance(Token::Btt, Holder::Timebank);
        if owed > funded {
            return Err(format!("credits are worth {owed}, {funded} are there"));
        }
        let jobs: BigInt = self.jobs.values().map(|(_, escrow)| escrow).sum();
        let owed = jobs + self.claimable.iter().sum::<BigInt>();
        let held = ledger.balance(Token::Btt, Holder::Jobs);
        if owed == held { Ok(()) } else { Err(format!("the market owes {owed} and has {held}")) }
    }
}

impl Model {
    /// Counts the interest of the days that have passed.
    pub fn accrue(&mut self) -> bool {
        let funded = self.ledger.balance(Token::Btt, Holder::Timebank);
        self.timebank.accrue(self.now, &funded);
        true
    }

    /// Somebody puts BTT in.
    pub fn fund_timebank(&mut self, account: usize, amount: u128) -> bool {
        let amount = BigInt::from(amount);
        if amount == BigInt::default() || self.ledger.balance(Token::Btt, Holder::Account(account)) < amount {
            return false;
        }
        self.accrue();
        self.ledger.pay(Token::Btt, Holder::Account(account), Holder::Timebank, &amount)
    }

    /// The meter credits idle time.
    pub fn deposit(&mut self, account: usize, credits: u64) -> bool {
        let day = self.now / DAY;
        let given = if self.timebank.given.0 == day { self.timebank.given.1 } else { 0 };
        if credits == 0 || credits > PER_DAY - given {
            return false;
        }
        self.accrue();
        let backed = self.ledger.balance(Token::Btt, Holder::Timebank) / PRICE;
        // A credit is kept back for rounding.
        let owed = self.timebank.owed(self.timebank.days).max(1.into());
        if owed + credits > backed {
            return false;
        }
        let power = self.timebank.power(self.timebank.days);
        let scaled = BigInt::from(credits) << (2 * BITS);
        self.timebank.held[account] += (scaled + &power - 1) / power;
        self.timebank.given = (day, given + credits);
        true
    }

    /// Somebody pays for a job of one worker at this price.
    pub fn spend_credits(&mut self, account: usize, price: u128) -> bool {
        let escrow = BigInt::from(price);
        let credits = (&escrow + PRICE - 1) / PRICE;
        self.accrue();
        if price == 0 || self.timebank.credits(account) < credits {
            return false;
        }
        let power = self.timebank.power(self.timebank.days);
        self.timebank.held[account] -= (credits << (2 * BITS)) / power;
        self.timebank.posted += 1;
        self.timebank.jobs.insert(self.timebank.posted, (account, escrow.clone()));
        self.ledger.pay(Token::Btt, Holder::Timebank, Holder::Jobs, &escrow)
    }

    /// The owner takes back what no credit needs.
    pub fn return_funds(&mut self, amount: u128) -> bool {
        let amount = BigInt::from(amount);
        self.accrue();
        let funded = self.ledger.balance(Token::Btt, Holder::Timebank);
        let free = funded - self.timebank.owed(self.timebank.days) * PRICE;
        amount > BigInt::default()
            && amount <= free
            && self.ledger.pay(Token::Btt, Holder::Timebank, Holder::Treasury, &amount)
    }

    /// A requester takes an open job back.
    pub fn cancel(&mut self, job: u64) -> bool {
        let Some((requester, escrow)) = self.timebank.jobs.remove(&job) else { return false };
        self.timebank.claimable[requester] += escrow;
        true
    }

    /// Somebody takes what the market owes.
    pub fn withdraw_job(&mut self, account: usize) -> bool {
        let amount = core::mem::take(&mut self.timebank.claimable[account]);
        amount > BigInt::default()
            && self.ledger.pay(Token::Btt, Holder::Jobs, Holder::Account(account), &amount)
    }
}
