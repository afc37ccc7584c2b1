//! Deposits that drain to one payee, by time or by vouchers.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::{Book, Contract, Party};

/// Latest end, in seconds from now: ten years.
const LATEST: u64 = 3_653 * 86_400;
/// Longest step, in seconds: a year.
const LONGEST: u64 = 366 * 86_400;

/// What makes a deposit due.
#[derive(Clone, Copy, Debug)]
pub enum Terms {
    /// So much for each step of so many seconds, and as many units at once.
    Rate {
        /// Base units of a step.
        amount: u128,
        /// Seconds of a step.
        step: u64,
        /// Units that are due at once.
        advance: u64,
    },
    /// What was signed, until an end.
    Vouchers {
        /// Seconds in which vouchers pay after the payer has closed.
        notice: u64,
        /// Last second in which vouchers pay.
        ends: u64,
    },
}

/// A flow that is open.
#[derive(Clone, Debug)]
pub struct Flow {
    /// Account that pays.
    pub payer: usize,
    /// Account that is paid.
    pub payee: usize,
    /// What it pays in.
    pub asset: usize,
    /// What makes it due.
    pub terms: Terms,
    /// Whether the payee may hand it over.
    pub transferable: bool,
    /// All that was put in since steps count.
    pub deposit: BigInt,
    /// What of it was credited to payees.
    pub paid: BigInt,
    start: u64,
    closing: bool,
}

/// A voucher that is shown: of which flow, for how much in all, and whether the flow's key has signed it for this contract on
/// this chain.
#[derive(Clone, Copy, Debug)]
pub struct Voucher {
    /// Number of the flow.
    pub id: u64,
    /// All that is owed since it was opened.
    pub cumulative: u128,
    /// Whether it is what the flow's key has signed.
    pub good: bool,
}

impl Flow {
    /// Units that the deposit has.
    fn units(&self) -> BigInt {
        match self.terms {
            Terms::Rate { amount, .. } => &self.deposit / amount,
            Terms::Vouchers { .. } => BigInt::default(),
        }
    }

    /// What is due without a voucher since steps count, paid or not.
    fn owed(&self, now: u64) -> BigInt {
        let Terms::Rate { amount, step, advance } = self.terms else { return self.paid.clone() };
        let steps = BigInt::from(now.saturating_sub(self.start) / step) + advance;
        steps.min(self.units()) * amount
    }

    /// What the payee can be credited with without a voucher.
    #[must_use]
    pub fn due(&self, now: u64) -> BigInt {
        self.owed(now) - &self.paid
    }

    /// Whether no whole unit is left that is not due.
    fn is_drained(&self, now: u64) -> bool {
        match self.terms {
            Terms::Rate { amount, .. } => &self.deposit - self.owed(now) < BigInt::from(amount),
            Terms::Vouchers { .. } => self.paid == self.deposit,
        }
    }

    /// Whether its last unit is due within ten years.
    fn ends_in_time(&self, now: u64) -> bool {
        let Terms::Rate { step, advance, .. } = self.terms else { return true };
        let steps = (self.units() - advance).max(BigInt::default());
        steps * step + self.start <= BigInt::from(now + LATEST)
    }

    fn is_over(&self, now: u64) -> bool {
        let ended = matches!(self.terms, Terms::Vouchers { ends, .. } if now > ends);
        ended || self.is_drained(now)
    }
}

/// All flows that are open.
#[derive(Default)]
pub struct Flows {
    /// By their numbers.
    pub open: BTreeMap<u64, Flow>,
    made: u64,
}

impl Flows {
    /// What all flows have left of an asset.
    #[must_use]
    pub fn escrowed(&self, asset: usize) -> BigInt {
        self.open.values().filter(|flow| flow.asset == asset).map(|flow| &flow.deposit - &flow.paid).sum()
    }

    /// Opens a flow.
    pub fn open(
        &mut self,
        book: &mut Book,
        now: u64,
        (payer, payee): (usize, usize),
        (asset, deposit): (usize, u128),
        (terms, transferable): (Terms, bool),
    ) -> bool {
        let sound = match terms {
            Terms::Rate { amount, step, .. } => {
                amount > 0 && (1..=LONGEST).contains(&step) && deposit >= amount
            }
            Terms::Vouchers { notice, ends } => {
                (3_600..=30 * 86_400).contains(&notice) && (now + notice..=now + LATEST).contains(&ends)
            }
        };
        let deposit = BigInt::from(deposit);
        let (paid, start, closing) = (BigInt::default(), now, false);
        let flow = Flow { payer, payee, asset, terms, transferable, deposit, paid, start, closing };
        if payer == payee || !sound || !flow.ends_in_time(now) {
            return false;
        }
        let taken = book.take(Contract::Flows, asset, payer, &flow.deposit);
        if taken {
            self.made += 1;
            self.open.insert(self.made, flow);
        }
        taken
    }

    /// Adds to a flow, and moves the end of one by vouchers.
    pub fn top_up(
        &mut self,
        book: &mut Book,
        now: u64,
        (by, id): (usize, u64),
        (asset, amount): (usize, u128),
        later: Option<u64>,
    ) -> bool {
        let Some(before) = self.open.get(&id).filter(|flow| flow.asset == asset) else { return false };
        let (added, mut flow, mut settled) = (BigInt::from(amount), before.clone(), BigInt::default());
        let nothing = BigInt::default();
        match (before.terms, later) {
            (Terms::Rate { .. }, Some(_)) => return false,
            (Terms::Rate { amount: unit, step, .. }, None) => {
                if by != flow.payer && &added % unit != nothing {
                    return false;
                }
                if before.is_drained(now) {
                    // It begins again now, without an advance, with what is left and what is added.
                    settled = before.due(now);
                    flow.deposit -= &flow.paid + &settled;
                    flow.paid = BigInt::default();
                    (flow.start, flow.terms) = (now, Terms::Rate { amount: unit, step, advance: 0 });
                    if &flow.deposit + &added < BigInt::from(unit) {
                        return false;
                    }
                }
            }
            (Terms::Vouchers { notice, ends }, later) => {
                if flow.closing || now > ends {
                    return false;
                }
                if let Some(found) = later {
                    if by != flow.payer || found < ends || !(now + notice..=now + LATEST).contains(&found) {
                        return false;
                    }
                    flow.terms = Terms::Vouchers { notice, ends: found };
                }
            }
        }
        flow.deposit += &added;
        if !flow.ends_in_time(now) || !book.take(Contract::Flows, asset, by, &added) {
            return false;
        }
        book.release(Contract::Flows, asset, Party::Account(flow.payee), &settled);
        self.open.insert(id, flow);
        true
    }

    /// Credits the payee with what time has made due.
    pub fn settle(&mut self, book: &mut Book, now: u64, id: u64) -> bool {
        let Some(flow) = self.open.get_mut(&id) else { return false };
        let due = flow.due(now);
        flow.paid += &due;
        book.release(Contract::Flows, flow.asset, Party::Account(flow.payee), &due);
        due > BigInt::default()
    }

    /// Credits payees with what vouchers add; false if none adds anything.
    pub fn redeem(&mut self, book: &mut Book, now: u64, vouchers: &[Voucher]) -> bool {
        let mut any = false;
        for Voucher { id, cumulative, good } in vouchers {
            let Some(flow) = self.open.get_mut(id) else { continue };
            let taken = matches!(flow.terms, Terms::Vouchers { ends, .. } if now <= ends);
            let whole = BigInt::from(*cumulative).min(flow.deposit.clone());
            if *good && taken && whole > flow.paid {
                let new = &whole - &flow.paid;
                book.release(Contract::Flows, flow.asset, Party::Account(flow.payee), &new);
                (flow.paid, any) = (whole, true);
            }
        }
        any
    }

    /// Hands a flow over.
    pub fn transfer(&mut self, book: &mut Book, now: u64, by: usize, (id, to): (u64, usize)) -> bool {
        let may = |flow: &Flow| flow.payee == by && flow.transferable && flow.payer != to;
        if !self.open.get(&id).is_some_and(may) {
            return false;
        }
        self.settle(book, now, id);
        if let Some(flow) = self.open.get_mut(&id) {
            flow.payee = to;
        }
        true
    }

    /// Ends a flow, or begins its notice.
    pub fn close(&mut self, book: &mut Book, now: u64, (by, id): (usize, u64)) -> bool {
        let Some(flow) = self.open.get_mut(&id) else { return false };
        if by != flow.payer && by != flow.payee {
            return false;
        }
        if let (Terms::Vouchers { notice, ends }, true) = (flow.terms, by == flow.payer) {
            let first = !flow.closing;
            if first {
                flow.terms = Terms::Vouchers { notice, ends: ends.min(now + notice) };
                flow.closing = true;
            }
            return first;
        }
        self.end(book, now, id);
        true
    }

    /// Ends a flow that is over.
    pub fn finish(&mut self, book: &mut Book, now: u64, id: u64) -> bool {
        let over = self.open.get(&id).is_some_and(|flow| flow.is_over(now));
        if over {
            self.end(book, now, id);
        }
        over
    }

    fn end(&mut self, book: &mut Book, now: u64, id: u64) {
        self.settle(book, now, id);
        if let Some(flow) = self.open.remove(&id) {
            let left = &flow.deposit - &flow.paid;
            book.release(Contract::Flows, flow.asset, Party::Account(flow.payer), &left);
        }
    }
}
