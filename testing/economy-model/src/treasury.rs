//! The treasury buys BTK at a bid that rises from 0.1 to 0.5 BTT in a day, burns, and is spent.

use num_bigint::BigInt;

use crate::{DAY, Holder, Model, Token};

const UNIT: u64 = 1_000_000;
/// BTT that the owner spends in a day at most.
pub const SPEND: u64 = 100;
/// BTT that are paid for BTK in a day at most.
pub const BUY: u64 = 400;
/// BTT that are burnt in a day at most.
pub const BURN: u64 = 500;
/// BTT that burns and offers leave.
pub const RESERVE: u64 = 200;

/// What left the treasury in a day.
#[derive(Default)]
struct Daily {
    day: u64,
    amount: BigInt,
}

impl Daily {
    fn left(&self, day: u64, most: u64) -> BigInt {
        let used = if self.day == day { self.amount.clone() } else { BigInt::default() };
        BigInt::from(most * UNIT) - used
    }

    fn add(&mut self, day: u64, amount: &BigInt) {
        if self.day != day {
            (self.day, self.amount) = (day, BigInt::default());
        }
        self.amount += amount;
    }
}

/// Bounds of the day, and the offer.
pub struct Treasury {
    since: u64,
    spent: Daily,
    paid: Daily,
    burnt: Daily,
}

impl Treasury {
    pub(crate) fn new(now: u64) -> Self {
        Self { since: now, spent: Daily::default(), paid: Daily::default(), burnt: Daily::default() }
    }
}

impl Model {
    /// Somebody gives the treasury BTT.
    pub fn endow(&mut self, account: usize, amount: u128) -> bool {
        let amount = BigInt::from(amount);
        amount > BigInt::default()
            && self.ledger.pay(Token::Btt, Holder::Account(account), Holder::Treasury, &amount)
    }

    /// Somebody sells BTK, which are burnt.
    pub fn sell(&mut self, account: usize, amount: u128) -> bool {
        let (day, amount) = (self.now / DAY, BigInt::from(amount));
        let elapsed = (self.now - self.treasury.since).min(DAY);
        let bid = BigInt::from(100_000u64) + BigInt::from(400_000u64) * elapsed / DAY;
        let worth = &amount * bid / UNIT;
        let spare = self.ledger.balance(Token::Btt, Holder::Treasury) - BigInt::from(RESERVE * UNIT);
        let sold = worth > BigInt::default()
            && worth <= self.treasury.paid.left(day, BUY)
            && worth <= spare
            && self.ledger.burn(Token::Btk, Holder::Account(account), &amount);
        if sold {
            self.treasury.paid.add(day, &worth);
            let budget = BigInt::from(BUY * UNIT);
            let counted = BigInt::from(elapsed) * (&budget - &worth) / budget;
            self.treasury.since = self.now - u64::try_from(counted).unwrap_or_default();
            self.ledger.pay(Token::Btt, Holder::Treasury, Holder::Account(account), &worth);
        }
        sold
    }

    /// Anybody burns BTT.
    pub fn burn_btt(&mut self) -> bool {
        let day = self.now / DAY;
        let spare = self.ledger.balance(Token::Btt, Holder::Treasury) - BigInt::from(RESERVE * UNIT);
        let amount = spare.min(self.treasury.burnt.left(day, BURN));
        let some = amount > BigInt::default();
        if some {
            self.treasury.burnt.add(day, &amount);
            self.ledger.burn(Token::Btt, Holder::Treasury, &amount);
        }
        some
    }

    /// Anybody burns BTK that were slashed.
    pub fn burn_btk(&mut self) -> bool {
        let amount = self.ledger.balance(Token::Btk, Holder::Treasury);
        amount > BigInt::default() && self.ledger.burn(Token::Btk, Holder::Treasury, &amount)
    }

    /// The owner spends.
    pub fn spend_treasury(&mut self, account: usize, amount: u128) -> bool {
        let (day, amount) = (self.now / DAY, BigInt::from(amount));
        let spent = amount > BigInt::default()
            && amount <= self.treasury.spent.left(day, SPEND)
            && self.ledger.pay(Token::Btt, Holder::Treasury, Holder::Account(account), &amount);
        if spent {
            self.treasury.spent.add(day, &amount);
        }
        spent
    }
}
