//! Messages to the checkout.

use bithive_economy_model::payments::checkout::{Offer, Pay, Price};

use super::{Draw, fitting};
use crate::payments::op::{ACCOUNTS, DAY, Op};

impl Draw<'_> {
    pub(super) fn sale(&mut self) -> Op {
        let model = self.model;
        let by = self.who();
        let (offers, receipts) = (&model.checkout.offers, &model.checkout.receipts);
        match self.dice.below(14) {
            0..3 => self.offer(by),
            3 => {
                let id = if self.dice.once_in(2) {
                    self.id(&fitting(offers, |offer| !offer.cancelled))
                } else {
                    0
                };
                let by = offers.get(&id).map_or(by, |offer| offer.seller);
                Op::Cancel { by: self.mostly(by), id }
            }
            4..11 => {
                let id = self.id(&fitting(offers, |offer| !offer.cancelled && offer.uses != Some(0)));
                let found = offers.get(&id);
                let asset = found.map_or(0, |offer| offer.asset);
                let asset = if self.dice.once_in(12) { self.asset() } else { asset };
                let payer = found.and_then(|offer| offer.buyer).unwrap_or(by);
                let price = match found.map(|offer| offer.price) {
                    Some(Price::Fixed(amount)) => amount,
                    Some(Price::Open(least)) => least.saturating_add(self.dice.within(0, 50).into()),
                    _ => self.dice.amount(700),
                };
                let more = u128::from(if self.dice.once_in(3) { self.dice.within(0, 99) } else { 0 });
                let sent = if self.dice.once_in(20) { price / 2 } else { price.saturating_add(more) };
                let max = if self.dice.once_in(12) { self.dice.amount(700) } else { sent };
                let key = u8::try_from(self.dice.within(0, 255)).unwrap();
                let referred = found.is_some_and(|offer| offer.referral > 0) || self.dice.once_in(20);
                let referrer = (referred && !self.dice.once_in(3)).then(|| self.who());
                Op::Buy { pay: Pay { offer: id, payer: self.mostly(payer), asset, sent, max, key, referrer } }
            }
            _ => {
                let receipt = self.id(&receipts.keys().copied().collect::<Vec<_>>());
                let offer = receipts.get(&receipt).and_then(|receipt| offers.get(&receipt.offer));
                let (seller, asset) = offer.map_or((by, 0), |offer| (offer.seller, offer.asset));
                let asset = if self.dice.once_in(12) { self.asset() } else { asset };
                Op::Refund { by: self.mostly(seller), receipt, asset, amount: self.dice.amount(60) }
            }
        }
    }

    fn offer(&mut self, seller: usize) -> Op {
        let model = self.model;
        let amount = self.dice.amount(400);
        let price = match self.dice.below(3) {
            0 => Price::Fixed(amount),
            // What a feed of about 100 makes the same number of units of.
            1 => Price::Fiat(amount),
            _ => Price::Open(amount),
        };
        let (first, part) = (self.who(), u16::try_from(self.dice.within(0, 10_000)).unwrap());
        let split = match self.dice.below(6) {
            0..2 => vec![],
            2 => vec![(first, part), (self.who(), 10_000 - part)],
            3 => vec![(first, part)],
            _ => (0..8).map(|index| ((first + index) % ACCOUNTS, 1_250)).collect(),
        };
        let referral =
            if self.dice.once_in(2) { 0 } else { u16::try_from(self.dice.within(0, 3_100)).unwrap() };
        let uses = self.dice.once_in(2).then(|| u32::try_from(self.dice.within(0, 3)).unwrap());
        let buyer = self.dice.once_in(4).then(|| self.who());
        let ends = self.dice.once_in(3).then(|| model.now + self.dice.within(0, 2 * DAY));
        let offer = Offer {
            seller,
            asset: self.asset(),
            price,
            split,
            referral,
            uses,
            buyer,
            ends,
            cancelled: false,
        };
        Op::PutUp { offer }
    }
}
