//! Each operation in the model, beside the contracts.

use bithive_economy_model::payments::{Contract, Party};

use super::op::Op;
use super::sent::Outcome;
use super::world::World;

impl World {
    /// Does an operation: whether the model accepts, and what the contracts say.
    pub(crate) fn apply(&mut self, op: &Op) -> (bool, Outcome) {
        let expected = self.expect(op);
        let found = self.send(op);
        if let (Op::Draw { id, .. }, true, Ok(_)) = (op, expected, &found) {
            // The model does not know the beacon: the contract's draw has to be one that the rules allow.
            let case = self.listings.listing(&self.suite, *id).and_then(|listing| listing.challenge).unwrap();
            let jurors: Vec<u64> = case.jurors.iter().map(|juror| juror.id).collect();
            self.model.listings.drawn(self.model.now, *id, &jurors).unwrap();
        }
        (expected, found)
    }

    /// Does an operation and compares all money: whether it was accepted.
    pub(crate) fn step(&mut self, op: &Op) -> Result<bool, String> {
        let (expected, found) = self.apply(op);
        if found.is_ok() != expected {
            return Err(format!("the model says {expected}, the contract {:?}", found.err()));
        }
        self.compare_money().map(|()| expected)
    }

    fn expect(&mut self, op: &Op) -> bool {
        match op {
            Op::OpenFlow { .. }
            | Op::AddToFlow { .. }
            | Op::Settle { .. }
            | Op::Redeem { .. }
            | Op::Transfer { .. }
            | Op::Close { .. }
            | Op::FinishFlow { .. } => self.expect_of_flows(op),
            Op::PutUp { .. } | Op::Cancel { .. } | Op::Buy { .. } | Op::Refund { .. } => {
                self.expect_of_checkout(op)
            }
            Op::Report { .. }
            | Op::StopFeed { .. }
            | Op::Withdraw { .. }
            | Op::Collect { .. }
            | Op::Wait { .. } => self.expect_of_others(op),
            Op::List { .. }
            | Op::AddToBond { .. }
            | Op::Update { .. }
            | Op::Leave { .. }
            | Op::Challenge { .. }
            | Op::Rule { .. }
            | Op::Draw { .. }
            | Op::Vote { .. }
            | Op::AdvanceCase { .. }
            | Op::FinishListing { .. }
            | Op::Slash { .. }
            | Op::PauseListings { .. } => self.expect_of_listings(op),
            _ => self.expect_of_escrow(op),
        }
    }

    fn expect_of_flows(&mut self, op: &Op) -> bool {
        let now = self.model.now;
        let (flows, book) = (&mut self.model.flows, &mut self.model.book);
        match *op {
            Op::OpenFlow { payer, payee, asset, deposit, terms, transferable } => {
                flows.open(book, now, (payer, payee), (asset, deposit), (terms, transferable))
            }
            Op::AddToFlow { by, id, asset, amount, ends } => {
                flows.top_up(book, now, (by, id), (asset, amount), ends)
            }
            Op::Settle { id } => flows.settle(book, now, id),
            Op::Redeem { ref vouchers } => flows.redeem(book, now, vouchers),
            Op::Transfer { by, id, to } => flows.transfer(book, now, by, (id, to)),
            Op::Close { by, id } => flows.close(book, now, (by, id)),
            Op::FinishFlow { id } => flows.finish(book, now, id),
            _ => unreachable!("{op:?}"),
        }
    }

    fn expect_of_escrow(&mut self, op: &Op) -> bool {
        let now = self.model.now;
        let (escrow, book) = (&mut self.model.escrow, &mut self.model.book);
        match *op {
            Op::Agree { payer, ref deal, amount } => escrow.open(book, now, payer, (deal, amount)),
            Op::Raise { opener, ref deal, seconds } => escrow.raise(now, opener, deal, seconds),
            Op::Fund { by, id, asset, amount } => escrow.fund(book, now, (by, id), (asset, amount)),
            Op::Submit { by, id, milestone } => escrow.submit(now, by, (id, milestone)),
            Op::Speak { by, id, milestone, approves } => {
                escrow.speak(book, now, by, (id, milestone, approves))
            }
            Op::Reveal { id, right } => escrow.reveal(book, now, id, right),
            Op::Dispute { by, id, milestone } => escrow.dispute(now, by, (id, milestone)),
            Op::Arbitrate { by, id, milestone, bps } => escrow.rule(book, now, by, (id, milestone, bps)),
            Op::Decline { by, id } => escrow.decline(book, by, id),
            Op::AdvanceAgreement { id } => escrow.advance(book, now, id),
            Op::RefundContributor { id, to } => escrow.refund(book, id, to),
            _ => unreachable!("{op:?}"),
        }
    }

    fn expect_of_checkout(&mut self, op: &Op) -> bool {
        let now = self.model.now;
        let (checkout, book) = (&mut self.model.checkout, &mut self.model.book);
        match *op {
            Op::PutUp { ref offer } => checkout.put(now, offer.clone()),
            Op::Cancel { by, id } => checkout.cancel(by, id),
            Op::Buy { ref pay } => checkout.pay(book, now, &self.model.feed, pay),
            Op::Refund { by, receipt, asset, amount } => {
                checkout.refund(book, (by, receipt), (asset, amount))
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn expect_of_listings(&mut self, op: &Op) -> bool {
        let now = self.model.now;
        let (listings, book) = (&mut self.model.listings, &mut self.model.book);
        match *op {
            Op::List { by, kind, asset, amount } => listings.list(book, by, kind, (asset, amount)),
            Op::AddToBond { by, id, asset, amount } => listings.top_up(book, by, id, (asset, amount)),
            Op::Update { by, id } => listings.update(by, id),
            Op::Leave { by, id } => listings.leave(now, by, id),
            Op::Challenge { by, id, asset, amount } => {
                listings.challenge(book, now, (by, id), (asset, amount))
            }
            Op::Rule { by, id, number, upheld } => {
                by.is_none() && listings.rule(book, now, id, (number, upheld))
            }
            Op::Draw { id, forged } => !forged && listings.can_draw(now, id),
            Op::Vote { by, id, number, upheld } => listings.vote(now, by, id, (number, upheld)),
            Op::AdvanceCase { id } => listings.advance(book, now, id),
            Op::FinishListing { id } => listings.finish(book, now, id),
            Op::Slash { by, id, amount } => by.is_none() && listings.slash(book, id, amount),
            Op::PauseListings { by, paused } => {
                listings.paused = if by.is_none() { paused } else { listings.paused };
                by.is_none()
            }
            _ => unreachable!("{op:?}"),
        }
    }

    fn expect_of_others(&mut self, op: &Op) -> bool {
        let model = &mut self.model;
        match *op {
            Op::Report { round, ref said } => model.feed.submit(model.now, round, said),
            Op::StopFeed { by, stopped } => {
                model.feed.stopped = if by.is_none() { stopped } else { model.feed.stopped };
                by.is_none()
            }
            Op::Withdraw { contract, by, asset } => model.withdraw(contract, asset, Party::Account(by)),
            Op::Collect { asset } => model.withdraw(Contract::Listings, asset, Party::Treasury),
            Op::Wait { seconds } => {
                model.now += seconds;
                true
            }
            _ => unreachable!("{op:?}"),
        }
    }
}
