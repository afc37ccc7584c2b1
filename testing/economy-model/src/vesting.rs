//! BTT locked for somebody: nothing at first, then equal steps.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use crate::{DAY, Holder, Ledger, Model, Token};

struct Position {
    owner: usize,
    locker: usize,
    total: BigInt,
    claimed: BigInt,
    start: u64,
    immediate: u32,
    steps: u64,
}

impl Position {
    /// The first step is a day after the start, and each following one a day later.
    fn vested(&self, now: u64) -> BigInt {
        if now < self.start {
            return BigInt::default();
        }
        let immediate = &self.total * self.immediate / 10_000u32;
        let steps = ((now - self.start) / DAY).min(self.steps);
        let rest = &self.total - &immediate;
        immediate + rest * steps / self.steps
    }
}

/// All locked amounts.
#[derive(Default)]
pub struct Vesting {
    positions: BTreeMap<u64, Position>,
    made: u64,
}

impl Vesting {
    /// A number that may be a position, for operations that name one.
    #[must_use]
    pub fn some(&self, index: usize) -> u64 {
        let count = self.positions.len().max(1);
        self.positions.keys().nth(index % count).copied().unwrap_or(9_999_999)
    }

    pub(crate) fn invariants(&self, ledger: &Ledger) -> Result<(), String> {
        let held: BigInt = self.positions.values().map(|position| &position.total - &position.claimed).sum();
        let balance = ledger.balance(Token::Btt, Holder::Vesting);
        if held == balance { Ok(()) } else { Err(format!("{held} are locked, {balance} are there")) }
    }
}

impl Model {
    /// Locks BTT, which the locker can take back.
    pub fn lock(&mut self, locker: usize, owner: usize, amount: u128, immediate: u32, steps: u64) -> bool {
        let total = BigInt::from(amount);
        let (start, claimed) = (self.now, BigInt::default());
        if amount == 0
            || steps == 0
            || !self.ledger.pay(Token::Btt, Holder::Account(locker), Holder::Vesting, &total)
        {
            return false;
        }
        self.vesting.made += 1;
        let position = Position { owner, locker, total, claimed, start, immediate, steps };
        self.vesting.positions.insert(self.vesting.made, position);
        true
    }

    /// Anybody has what is due paid.
    pub fn claim_locked(&mut self, id: u64) -> bool {
        let Some(position) = self.vesting.positions.get_mut(&id) else { return false };
        let due = position.vested(self.now) - &position.claimed;
        if due == BigInt::default() {
            return false;
        }
        position.claimed += &due;
        let (owner, done) = (position.owner, position.claimed == position.total);
        if done {
            self.vesting.positions.remove(&id);
        }
        self.ledger.pay(Token::Btt, Holder::Vesting, Holder::Account(owner), &due)
    }

    /// The locker takes back what is not due.
    pub fn revoke(&mut self, by: usize, id: u64) -> bool {
        let Some(position) = self.vesting.positions.get(&id) else { return false };
        let vested = position.vested(self.now);
        if position.locker != by || vested == position.total {
            return false;
        }
        let Some(position) = self.vesting.positions.remove(&id) else { return false };
        let (due, rest) = (&vested - &position.claimed, &position.total - &vested);
        self.ledger.pay(Token::Btt, Holder::Vesting, Holder::Account(position.owner), &due)
            && self.ledger.pay(Token::Btt, Holder::Vesting, Holder::Account(by), &rest)
    }
}
