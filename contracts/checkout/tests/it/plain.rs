//! Offers and payments in plain arithmetic, step by step: what the contract has to do with each message.

use std::collections::BTreeMap;

#[derive(Clone, Copy, Debug)]
pub enum Cost {
    Fixed(u128),
    Fiat(u128),
    Open(u128),
}

#[derive(Clone, Debug)]
pub enum Op {
    /// Parts in hundredths, by account; the seller alone when empty.
    Put {
        seller: usize,
        asset: usize,
        cost: Cost,
        split: Vec<(usize, u16)>,
        referral: u16,
        uses: Option<u32>,
        buyer: Option<usize>,
        seconds: Option<u64>,
    },
    Cancel {
        by: usize,
        id: u64,
    },
    Pay {
        payer: usize,
        id: u64,
        asset: usize,
        key: u8,
        sent: u128,
        max: u128,
        referrer: Option<usize>,
    },
    Refund {
        by: usize,
        receipt: u64,
        asset: usize,
        sent: u128,
    },
    Withdraw {
        account: usize,
        asset: usize,
    },
    /// Minor units for 100 base units; none where the feed has no price.
    Price {
        value: Option<u128>,
    },
    Wait {
        seconds: u64,
    },
}

#[derive(Clone, Debug)]
pub struct Offer {
    seller: usize,
    asset: usize,
    cost: Cost,
    split: Vec<(usize, u16)>,
    referral: u16,
    pub uses: Option<u32>,
    buyer: Option<usize>,
    ends: Option<u64>,
    cancelled: bool,
}

#[derive(Clone, Debug)]
pub struct Receipt {
    pub offer: u64,
    pub payer: usize,
    pub amount: u128,
    pub refunded: u128,
}

#[derive(Default)]
pub struct Model {
    pub offers: BTreeMap<u64, Offer>,
    pub receipts: BTreeMap<u64, Receipt>,
    keys: BTreeMap<(usize, usize, u8), u64>,
    price: Option<u128>,
    pub owed: BTreeMap<(usize, usize), u128>,
    pub put_in: BTreeMap<(usize, usize), u128>,
    pub taken: BTreeMap<(usize, usize), u128>,
}

impl Model {
    fn credit(&mut self, account: usize, asset: usize, amount: u128) {
        *self.owed.entry((account, asset)).or_default() += amount;
    }

    /// Whether a message is accepted, and what it does.
    pub fn run(&mut self, now: u64, op: &Op) -> bool {
        match *op {
            Op::Put { seller, asset, cost, ref split, referral, uses, buyer, seconds } => {
                let mut accounts: Vec<_> = split.iter().map(|(account, _)| *account).collect();
                accounts.sort_unstable();
                accounts.dedup();
                let whole: u16 = split.iter().map(|(_, hundredths)| hundredths).sum();
                let fits = split.is_empty() || (accounts.len() == split.len() && whole == 100);
                let nothing = matches!(cost, Cost::Fixed(0) | Cost::Fiat(0) | Cost::Open(0));
                if !fits || nothing || referral > 30 || uses == Some(0) || seconds == Some(0) {
                    return false;
                }
                let split = if split.is_empty() { vec![(seller, 100)] } else { split.clone() };
                let ends = seconds.map(|seconds| now + seconds);
                let offer =
                    Offer { seller, asset, cost, split, referral, uses, buyer, ends, cancelled: false };
                self.offers.insert(self.offers.len() as u64 + 1, offer);
                true
            }
            Op::Cancel { by, id } => {
                let Some(offer) = self.offers.get_mut(&id) else { return false };
                let done = by == offer.seller && !offer.cancelled;
                offer.cancelled |= done;
                done
            }
            Op::Pay { payer, id, asset, key, sent, max, referrer } => {
                self.pay(now, (payer, id, asset, key), sent, max, referrer)
            }
            Op::Refund { by, receipt, asset, sent } => {
                let Some(found) = self.receipts.get_mut(&receipt) else { return false };
                let offer = &self.offers[&found.offer];
                if by != offer.seller || asset != offer.asset || found.refunded + sent > found.amount {
                    return false;
                }
                found.refunded += sent;
                let payer = found.payer;
                *self.put_in.entry((by, asset)).or_default() += sent;
                self.credit(payer, asset, sent);
                true
            }
            Op::Withdraw { account, asset } => {
                let owed = self.owed.remove(&(account, asset)).unwrap_or(0);
                *self.taken.entry((account, asset)).or_default() += owed;
                owed > 0
            }
            Op::Price { value } => {
                self.price = value;
                true
            }
            Op::Wait { .. } => true,
        }
    }

    fn pay(
        &mut self,
        now: u64,
        (payer, id, asset, key): (usize, u64, usize, u8),
        sent: u128,
        max: u128,
        referrer: Option<usize>,
    ) -> bool {
        let Some(mut offer) = self.offers.get(&id).cloned() else { return false };
        let over = offer.cancelled || offer.uses == Some(0) || offer.ends.is_some_and(|ends| ends < now);
        let others = offer.buyer.is_some_and(|buyer| buyer != payer);
        if offer.asset != asset || over || others || self.keys.contains_key(&(asset, payer, key)) {
            return false;
        }
        let amount = match offer.cost {
            Cost::Fixed(amount) => amount,
            Cost::Open(least) if max < least => return false,
            Cost::Open(_) => max,
            Cost::Fiat(fiat) => {
                // The least number of units that is worth it.
                let Some(price) = self.price else { return false };
                (1..).find(|units: &u128| units * price >= fiat * 100).unwrap()
            }
        };
        if amount > max || amount > sent || (referrer.is_some() && offer.referral == 0) {
            return false;
        }
        let mut left = amount;
        if let Some(referrer) = referrer {
            let part = amount * u128::from(offer.referral) / 100;
            self.credit(referrer, asset, part);
            left -= part;
        }
        let whole = left;
        for (account, hundredths) in &offer.split {
            let part = whole * u128::from(*hundredths) / 100;
            self.credit(*account, asset, part);
            left -= part;
        }
        self.credit(offer.split[0].0, asset, left);
        offer.uses = offer.uses.map(|uses| uses - 1);
        self.offers.insert(id, offer);
        let number = self.receipts.len() as u64 + 1;
        self.receipts.insert(number, Receipt { offer: id, payer, amount, refunded: 0 });
        self.keys.insert((asset, payer, key), number);
        *self.put_in.entry((payer, asset)).or_default() += amount;
        true
    }
}
