//! How operations are drawn: mostly what fits what is there, at times whatever.

mod agreements;
mod flows;
mod listings;
mod sales;

use bithive_economy_model::payments::feed::Said;
use bithive_economy_model::payments::{Contract, PHANTOM, Party, Payments};

use super::dice::Dice;
use super::op::{ACCOUNTS, DAY, HOUR, Op};

/// Accounts that act most of the time.
const BUSY: usize = 4;

/// Numbers of what fits among all that there is.
fn fitting<'a, T: 'a>(
    all: impl IntoIterator<Item = (&'a u64, &'a T)>,
    fits: impl Fn(&T) -> bool,
) -> Vec<u64> {
    all.into_iter().filter(|(_, one)| fits(one)).map(|(id, _)| *id).collect()
}

/// Draws the next operation for what the model says is there.
pub(crate) struct Draw<'a> {
    pub(crate) dice: &'a mut Dice,
    pub(crate) model: &'a Payments,
}

impl Draw<'_> {
    pub(crate) fn op(&mut self) -> Op {
        match self.dice.below(100) {
            0..22 => self.flow(),
            22..46 => self.agreement(),
            46..60 => self.sale(),
            60..80 => self.listing(),
            80..86 => self.feed(),
            86..93 => self.withdrawal(),
            _ => self.wait(),
        }
    }

    fn who(&mut self) -> usize {
        let all = self.dice.once_in(3);
        self.dice.place(if all { ACCOUNTS } else { BUSY })
    }

    fn asset(&mut self) -> usize {
        self.dice.place(PHANTOM + 1)
    }

    /// This, but at times another account.
    fn mostly(&mut self, who: usize) -> usize {
        if self.dice.once_in(8) { self.who() } else { who }
    }

    /// The rightful sender, but at times an account.
    fn rightful(&mut self) -> Option<usize> {
        self.dice.once_in(8).then(|| self.who())
    }

    /// One of these numbers, but at times any, also one that was never given.
    fn id(&mut self, of: &[u64]) -> u64 {
        let any = self.dice.within(0, 30);
        if self.dice.once_in(12) { any } else { self.dice.one(of).unwrap_or(any) }
    }

    fn wait(&mut self) -> Op {
        let seconds = match self.dice.below(20) {
            0..14 => self.dice.within(1, HOUR / 2),
            14..18 => self.dice.within(HOUR / 2, DAY),
            18 => self.dice.within(DAY, 5 * DAY),
            _ => self.dice.within(15 * DAY, 45 * DAY),
        };
        Op::Wait { seconds }
    }

    fn withdrawal(&mut self) -> Op {
        let model = self.model;
        let owed: Vec<_> =
            model.book.credits().map(|(contract, asset, to, _)| (contract, asset, to)).collect();
        let contract = Contract::ALL[self.dice.place(4)];
        let (by, asset) = (self.who(), self.asset());
        match self.dice.one(&owed) {
            Some((contract, asset, Party::Account(by))) if !self.dice.once_in(6) => {
                Op::Withdraw { contract, by, asset }
            }
            _ => Op::Withdraw { contract, by, asset },
        }
    }

    fn feed(&mut self) -> Op {
        let model = self.model;
        if self.dice.once_in(12) {
            return Op::StopFeed { by: self.rightful(), stopped: self.dice.once_in(4) };
        }
        let (terms, now) = (model.feed.terms, model.now);
        let round = now / terms.interval - self.dice.below(10) / 9;
        let around = match (model.feed.pending, model.feed.last) {
            (Some((value, ..)), _) | (None, Some((value, ..))) if !self.dice.once_in(10) => value,
            _ => self.dice.within(60, 160).into(),
        };
        let mut said = vec![];
        for signer in 1..=terms.reporters + 1 {
            let value = match self.dice.below(24) {
                0 => 0,
                1 => u128::MAX,
                2 => 1,
                // One of them lies often enough to be suspended.
                _ if signer == 2 && self.dice.once_in(2) => around.saturating_mul(2),
                _ => around.saturating_add(self.dice.within(0, 4).into()).saturating_sub(2),
            };
            let time = match self.dice.below(24) {
                0 => now + self.dice.within(0, 60),
                1 => now - self.dice.within(0, 2 * terms.max_age),
                _ => now,
            };
            if !self.dice.once_in(10) {
                said.push(Said { signer, value, time, forged: self.dice.once_in(30) });
            }
        }
        Op::Report { round, said }
    }
}
