//! Money that waits for a condition, milestone by milestone.

mod messages;

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::{Book, Contract, Party};

/// The shortest time of anything: an hour.
const HOUR: u64 = 3_600;
/// Time that an arbiter has: 14 days.
const RULING: u64 = 14 * 86_400;

/// Who says that a milestone is reached.
#[derive(Clone, Debug)]
pub enum Approver {
    /// The payer, and who decides when it rejects.
    Payer {
        /// Neither payer nor payee.
        arbiter: Option<usize>,
    },
    /// Whoever knows a code.
    Code,
    /// So many of these accounts.
    Signers {
        /// Who signs, each once.
        of: Vec<usize>,
        /// How many of them have to.
        needed: u8,
    },
    /// Who contributed, by what each put in.
    Crowd,
}

/// What is agreed.
#[derive(Clone, Debug)]
pub struct Deal {
    /// What is paid in.
    pub asset: usize,
    /// Who is paid, and its share in 1/10,000.
    pub payees: Vec<(usize, u16)>,
    /// Base units, seconds for the work and seconds for a review of each milestone.
    pub milestones: Vec<(u128, u64, u64)>,
    /// Who says that they are reached.
    pub approver: Approver,
}

/// Where an agreement stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Contributions come in.
    Funding,
    /// A submission is awaited, or a code.
    Active,
    /// Who approves looks at a submission.
    Submitted,
    /// Contributors vote on a submission.
    Voting,
    /// The payer has rejected a submission.
    Rejected,
    /// The arbiter decides.
    Disputed,
    /// Contributors are refunded one by one.
    Refunding,
}

/// An agreement that has not ended.
#[derive(Clone, Debug)]
pub struct Agreement {
    /// What is agreed.
    pub deal: Deal,
    /// Who made it: the payer, or who asks a crowd.
    pub opener: usize,
    /// Of a crowd: what each has put in and not back.
    pub crowd: Option<BTreeMap<usize, BigInt>>,
    /// Milestones that were released.
    pub done: usize,
    /// Where it stands.
    pub phase: Phase,
    /// In escrow for it, in base units.
    pub left: BigInt,
    raised: BigInt,
    until: u64,
    due: u64,
    tries: u8,
    spoke: BTreeMap<usize, bool>,
    returning: BigInt,
}

/// All agreements, and how many were made.
#[derive(Default)]
pub struct Escrow {
    /// Those that have not ended, by their numbers.
    pub running: BTreeMap<u64, Agreement>,
    made: u64,
}

impl Deal {
    /// All milestones together.
    fn sum(&self) -> BigInt {
        self.milestones.iter().map(|milestone| BigInt::from(milestone.0)).sum()
    }

    fn pays(&self, who: usize) -> bool {
        self.payees.iter().any(|payee| payee.0 == who)
    }

    /// Whether this can be agreed on; `payer` is none where a crowd pays.
    fn is_sound(&self, payer: Option<usize>) -> bool {
        let each_once = |all: &[usize]| {
            let mut sorted = all.to_vec();
            sorted.sort_unstable();
            sorted.dedup();
            sorted.len() == all.len()
        };
        let named: Vec<usize> = self.payees.iter().map(|payee| payee.0).collect();
        let whole: u32 = self.payees.iter().map(|payee| u32::from(payee.1)).sum();
        let shares = (1..=8).contains(&named.len()) && whole == 10_000 && each_once(&named);
        let nothing = self.payees.iter().any(|payee| payee.1 == 0);
        let milestone = |(amount, due, review): &(u128, u64, u64)| {
            let times = (HOUR..=366 * 86_400).contains(due) && (HOUR..=30 * 86_400).contains(review);
            *amount > 0 && times
        };
        let milestones = (1..=16).contains(&self.milestones.len()) && self.milestones.iter().all(milestone);
        let approver = match &self.approver {
            Approver::Payer { arbiter } => {
                payer.is_some() && arbiter.is_none_or(|arbiter| !self.pays(arbiter) && payer != Some(arbiter))
            }
            Approver::Code => payer.is_some() && self.milestones.len() == 1,
            Approver::Signers { of, needed } => {
                let (needed, own) =
                    (usize::from(*needed), of.iter().filter(|signer| self.pays(**signer)).count());
                each_once(of) && (1..=of.len().min(15)).contains(&needed) && own < needed
            }
            Approver::Crowd => payer.is_none(),
        };
        let own = payer.is_some_and(|payer| self.pays(payer));
        let fits = self.sum() <= BigInt::from(u128::MAX);
        shares && !nothing && milestones && approver && !own && fits
    }
}

impl Agreement {
    fn new(deal: Deal, opener: usize, crowd: bool) -> Self {
        Self {
            deal,
            opener,
            crowd: crowd.then(BTreeMap::new),
            done: 0,
            phase: Phase::Funding,
            left: BigInt::default(),
            raised: BigInt::default(),
            until: 0,
            due: 0,
            tries: 0,
            spoke: BTreeMap::new(),
            returning: BigInt::default(),
        }
    }

    /// The present milestone's time begins.
    fn work(&mut self, now: u64) {
        self.due = now + self.deal.milestones[self.done].1;
        (self.phase, self.until) = (Phase::Active, self.due);
        self.tries = 0;
        self.spoke.clear();
    }

    fn review(&self) -> u64 {
        self.deal.milestones[self.done].2
    }

    /// What those said who said the same: heads of signers, contributions of a crowd.
    fn weight(&self, said: bool) -> BigInt {
        let of = |who: &usize| match (&self.deal.approver, &self.crowd) {
            (Approver::Crowd, Some(put)) => put.get(who).cloned().unwrap_or_default(),
            _ => BigInt::from(1),
        };
        self.spoke.iter().filter(|(_, approves)| **approves == said).map(|(who, _)| of(who)).sum()
    }

    fn is_at(&self, milestone: u8) -> bool {
        self.phase != Phase::Funding && usize::from(milestone) == self.done + 1
    }
}

impl Escrow {
    /// What all agreements have left of an asset.
    #[must_use]
    pub fn escrowed(&self, asset: usize) -> BigInt {
        let of = |running: &&Agreement| running.deal.asset == asset;
        self.running.values().filter(of).map(|running| running.left.clone()).sum()
    }

    /// Divides an amount among the payees; what rounding leaves is the first one's.
    fn pay(&mut self, book: &mut Book, id: u64, amount: &BigInt) {
        let Some(running) = self.running.get_mut(&id) else { return };
        running.left -= amount;
        let mut rest = amount.clone();
        for (who, bps) in &running.deal.payees {
            let part = amount * bps / 10_000;
            book.release(Contract::Escrow, running.deal.asset, Party::Account(*who), &part);
            rest -= part;
        }
        let first = Party::Account(running.deal.payees[0].0);
        book.release(Contract::Escrow, running.deal.asset, first, &rest);
    }

    fn release(&mut self, book: &mut Book, now: u64, id: u64) {
        let Some(running) = self.running.get(&id) else { return };
        let amount = BigInt::from(running.deal.milestones[running.done].0);
        self.pay(book, id, &amount);
        let Some(running) = self.running.get_mut(&id) else { return };
        running.done += 1;
        if running.done == running.deal.milestones.len() {
            self.running.remove(&id);
        } else {
            running.work(now);
        }
    }

    /// A payer has the rest at once, a crowd one by one.
    fn give_back(&mut self, book: &mut Book, id: u64) {
        let Some(running) = self.running.get_mut(&id) else { return };
        match &running.crowd {
            Some(put) if put.is_empty() => drop(self.running.remove(&id)),
            Some(_) => (running.phase, running.returning) = (Phase::Refunding, running.left.clone()),
            None => {
                let (asset, opener) = (running.deal.asset, Party::Account(running.opener));
                book.release(Contract::Escrow, asset, opener, &running.left);
                self.running.remove(&id);
            }
        }
    }
}
