//! Offers, and what was paid for them.

use std::collections::BTreeMap;

use num_bigint::BigInt;

use super::{Book, Contract, Party, feed};

/// What an offer costs.
#[derive(Clone, Copy, Debug)]
pub enum Price {
    /// So many base units.
    Fixed(u128),
    /// So many minor units of the feed's currency.
    Fiat(u128),
    /// What the payer likes, and so much at least.
    Open(u128),
}

/// What a seller puts up.
#[derive(Clone, Debug)]
pub struct Offer {
    /// Account that sells.
    pub seller: usize,
    /// What it is paid in.
    pub asset: usize,
    /// What it costs.
    pub price: Price,
    /// Parts in 1/10,000, by account; the seller alone when empty.
    pub split: Vec<(usize, u16)>,
    /// Part of the referrer in 1/10,000.
    pub referral: u16,
    /// How often it can be bought from now on.
    pub uses: Option<u32>,
    /// The only account that may buy it.
    pub buyer: Option<usize>,
    /// Last second in which it can be bought.
    pub ends: Option<u64>,
    /// Whether its seller has ended it.
    pub cancelled: bool,
}

/// What was paid.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Number of the offer.
    pub offer: u64,
    /// Account that paid.
    pub payer: usize,
    /// What was paid, in base units.
    pub amount: BigInt,
    /// What of it was given back.
    pub refunded: BigInt,
}

/// A payment: of which offer, by whom, under which of its keys, with what.
#[derive(Clone, Copy, Debug)]
pub struct Pay {
    /// Number of the offer.
    pub offer: u64,
    /// Account that pays.
    pub payer: usize,
    /// What it sends.
    pub asset: usize,
    /// As many base units of it.
    pub sent: u128,
    /// Most that it pays.
    pub max: u128,
    /// The payer's own number of the payment.
    pub key: u8,
    /// Whom it names as the referrer.
    pub referrer: Option<usize>,
}

/// All offers and receipts.
#[derive(Default)]
pub struct Checkout {
    /// Offers by number.
    pub offers: BTreeMap<u64, Offer>,
    /// Receipts by number.
    pub receipts: BTreeMap<u64, Receipt>,
    /// Keys that were used, by asset and payer.
    keys: BTreeMap<(usize, usize, u8), u64>,
}

fn share(of: &BigInt, bps: u16) -> BigInt {
    of * bps / 10_000
}

impl Checkout {
    /// Puts an offer up.
    pub fn put(&mut self, now: u64, mut offer: Offer) -> bool {
        let mut accounts: Vec<usize> = offer.split.iter().map(|(account, _)| *account).collect();
        accounts.sort_unstable();
        accounts.dedup();
        let whole: u32 = offer.split.iter().map(|(_, bps)| u32::from(*bps)).sum();
        let none = offer.split.iter().any(|(_, bps)| *bps == 0);
        let each_once = accounts.len() == offer.split.len() && offer.split.len() <= 8;
        let split = offer.split.is_empty() || (each_once && whole == 10_000 && !none);
        let nothing = matches!(offer.price, Price::Fixed(0) | Price::Fiat(0) | Price::Open(0));
        let over = offer.ends.is_some_and(|ends| ends <= now);
        if !split || nothing || over || offer.referral > 3_000 || offer.uses == Some(0) {
            return false;
        }
        if offer.split.is_empty() {
            offer.split.push((offer.seller, 10_000));
        }
        self.offers.insert(self.offers.len() as u64 + 1, offer);
        true
    }

    /// Ends an offer.
    pub fn cancel(&mut self, by: usize, id: u64) -> bool {
        let Some(offer) = self.offers.get_mut(&id) else { return false };
        let done = by == offer.seller && !offer.cancelled;
        offer.cancelled |= done;
        done
    }

    /// Base units that an offer costs now; none where its feed has no price.
    fn cost(offer: &Offer, max: u128, now: u64, feed: &feed::Feed) -> Option<BigInt> {
        match offer.price {
            Price::Fixed(amount) => Some(amount.into()),
            Price::Open(least) => (max >= least).then(|| max.into()),
            Price::Fiat(fiat) => {
                // The least number of units that is worth it.
                let (price, worth) = (BigInt::from(feed.answer(now)?), BigInt::from(fiat) * feed.scale());
                Some((worth + &price - 1) / price)
            }
        }
    }

    /// Pays for an offer. What was sent beyond the price goes back at once.
    pub fn pay(&mut self, book: &mut Book, now: u64, feed: &feed::Feed, pay: &Pay) -> bool {
        let Pay { offer: id, payer, asset, sent, max, key, referrer } = *pay;
        let Some(offer) = self.offers.get(&id) else { return false };
        let over = offer.cancelled || offer.uses == Some(0) || offer.ends.is_some_and(|ends| ends < now);
        let others = offer.buyer.is_some_and(|buyer| buyer != payer);
        if offer.asset != asset || over || others || self.keys.contains_key(&(asset, payer, key)) {
            return false;
        }
        if referrer.is_some() && offer.referral == 0 {
            return false;
        }
        let Some(amount) = Self::cost(offer, max, now, feed) else { return false };
        let (most, sent) = (BigInt::from(max.min(sent)), BigInt::from(sent));
        // A token that is none gives no change.
        let change = asset != super::PHANTOM || sent == amount;
        if amount > most || !change || !book.has(asset, payer, &sent) {
            return false;
        }
        if !book.take(Contract::Checkout, asset, payer, &amount) {
            return false;
        }
        let mut credit = |to: usize, part: &BigInt| {
            book.release(Contract::Checkout, asset, Party::Account(to), part);
        };
        let mut rest = amount.clone();
        if let Some(referrer) = referrer {
            let part = share(&amount, offer.referral);
            credit(referrer, &part);
            rest -= part;
        }
        let divided = rest.clone();
        for (account, bps) in &offer.split {
            let part = share(&divided, *bps);
            credit(*account, &part);
            rest -= part;
        }
        credit(offer.split[0].0, &rest);
        if let Some(offer) = self.offers.get_mut(&id) {
            offer.uses = offer.uses.map(|uses| uses - 1);
        }
        let number = self.receipts.len() as u64 + 1;
        let refunded = BigInt::default();
        self.receipts.insert(number, Receipt { offer: id, payer, amount, refunded });
        self.keys.insert((asset, payer, key), number);
        true
    }

    /// Gives something of a payment back, from the seller's own pocket.
    pub fn refund(
        &mut self,
        book: &mut Book,
        (by, number): (usize, u64),
        (asset, sent): (usize, u128),
    ) -> bool {
        let Some(receipt) = self.receipts.get_mut(&number) else { return false };
        let Some(offer) = self.offers.get(&receipt.offer) else { return false };
        let whole = &receipt.refunded + sent;
        if by != offer.seller || asset != offer.asset || whole > receipt.amount {
            return false;
        }
        let amount = BigInt::from(sent);
        let taken = book.take(Contract::Checkout, asset, by, &amount);
        if taken {
            receipt.refunded = whole;
            book.release(Contract::Checkout, asset, Party::Account(receipt.payer), &amount);
        }
        taken
    }
}
