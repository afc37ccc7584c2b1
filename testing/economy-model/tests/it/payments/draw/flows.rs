//! Messages to flows.

use bithive_economy_model::payments::flows::{Flow, Terms, Voucher};

use super::{Draw, fitting};
use crate::payments::op::{DAY, HOUR, Op};

impl Draw<'_> {
    pub(super) fn flow(&mut self) -> Op {
        let model = self.model;
        let (by, other, now) = (self.who(), self.who(), model.now);
        let open = &model.flows.open;
        let fits: fn(&Flow) -> bool = match self.dice.below(3) {
            0 => |flow| matches!(flow.terms, Terms::Rate { .. }),
            1 => |flow| matches!(flow.terms, Terms::Vouchers { .. }),
            _ => |_| true,
        };
        let all = fitting(open, fits);
        let id = self.id(&all);
        let found = open.get(&id).cloned();
        let (payer, payee, asset) =
            found.as_ref().map_or((by, other, 0), |flow| (flow.payer, flow.payee, flow.asset));
        match self.dice.below(24) {
            0..5 => self.open_flow(by, other),
            5..8 => {
                let asset = if self.dice.once_in(10) { self.asset() } else { asset };
                let unit = match found.map(|flow| flow.terms) {
                    Some(Terms::Rate { amount, .. }) if !self.dice.once_in(3) => amount,
                    _ => 1,
                };
                let amount = unit.saturating_mul(self.dice.amount(50));
                let ends = self.dice.once_in(4).then(|| now + self.dice.within(HOUR / 2, 30 * DAY));
                let by = if self.dice.once_in(2) { payer } else { by };
                Op::AddToFlow { by, id, asset, amount, ends }
            }
            8..12 => Op::Settle { id },
            12..17 => Op::Redeem { vouchers: self.vouchers() },
            17..19 => Op::Transfer { by: self.mostly(payee), id, to: other },
            19 => Op::Close { by: self.mostly(payer), id },
            20 => Op::Close { by: self.mostly(payee), id },
            _ => Op::FinishFlow { id },
        }
    }

    fn open_flow(&mut self, payer: usize, payee: usize) -> Op {
        let model = self.model;
        let (asset, deposit, now) = (self.asset(), self.dice.amount(5_000), model.now);
        let terms = if self.dice.once_in(2) {
            let amount =
                if self.dice.once_in(10) { self.dice.amount(9) } else { self.dice.within(1, 99).into() };
            let step = if self.dice.once_in(20) {
                self.dice.within(0, 400 * DAY)
            } else {
                self.dice.within(1, HOUR)
            };
            Terms::Rate { amount, step, advance: self.dice.within(0, 3) }
        } else {
            let notice = self.dice.within(HOUR, 2 * DAY);
            Terms::Vouchers { notice, ends: now + self.dice.within(HOUR, 9 * DAY) }
        };
        Op::OpenFlow { payer, payee, asset, deposit, terms, transferable: !self.dice.once_in(3) }
    }

    /// Mostly for a little more than was paid; some signed by another key, some old.
    fn vouchers(&mut self) -> Vec<Voucher> {
        let model = self.model;
        let open = &model.flows.open;
        let channels = fitting(open, |flow| matches!(flow.terms, Terms::Vouchers { .. }));
        let count = self.dice.within(1, 3);
        let mut voucher = || {
            let id = self.id(&channels);
            let paid = open.get(&id).map_or(0, |flow| u128::try_from(&flow.paid).unwrap());
            let cumulative = match self.dice.below(12) {
                0 => paid,
                1 => paid / 2,
                2 => u128::MAX,
                _ => paid.saturating_add(self.dice.within(1, 900).into()),
            };
            Voucher { id, cumulative, good: !self.dice.once_in(10) }
        };
        (0..count).map(|_| voucher()).collect()
    }
}
