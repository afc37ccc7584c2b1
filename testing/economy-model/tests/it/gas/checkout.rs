//! Offers, payments and refunds.

use bithive_api::checkout::{Event, ExecuteMsg, Offer, Part, Pay, Price, limits};
use bithive_test_kit::Suite;
use bithive_test_kit::checkout::{Checkout, offering, paying};
use bithive_test_kit::flows::DAY;
use bithive_test_kit::oracle::Oracle;
use cosmwasm_std::Addr;

use crate::gas::{Cost, within};

/// Of each offer, in base units of BTT.
const PRICE: u128 = 1_000;
/// Most gas of a payment that a feed prices. It loads the token, the checkout and the oracle.
const MOST: u64 = 400_000;

pub(crate) struct World {
    suite: Suite,
    checkout: Checkout,
    quoted: u64,
    split: u64,
}

impl World {
    /// As many sellers have made an offer, and one buyer has paid all of them, and the first one as often again.
    pub(crate) fn new(count: usize) -> Self {
        let mut suite = Suite::new();
        let (checkout, oracle) = (Checkout::new(&mut suite), Oracle::new(&mut suite));
        oracle.create(&mut suite, 3, 3);
        oracle.say(&mut suite, 1, &[253_600; 3]).unwrap();
        let mut world = Self { suite, checkout, quoted: 0, split: 0 };
        let (buyer, btt) = (world.suite.account("buyer"), world.suite.btt_asset());
        world.suite.fund(&buyer, 4 * PRICE * count as u128 + 1_000_000_000);
        for index in 0..count {
            let id = world.offer(&format!("seller {index:05}"), Price::Fixed(PRICE.into()), vec![], 0);
            for (offer, tag) in [(id, 0), (1, 1)] {
                let key = [index.to_be_bytes(), [tag; 8]].concat().into();
                let pay = Pay { key, ..paying(offer, 0, PRICE) };
                world.checkout.pay(&mut world.suite, &buyer, (&btt, PRICE), pay).unwrap();
            }
        }
        let quoted = Price::Quoted { fiat: 1_999u128.into(), oracle: oracle.address.into(), feed: 1 };
        world.quoted = world.offer("seller 00000", quoted, vec![], 0);
        let account = |index| world.suite.account(&format!("part {index}")).into();
        let parts =
            (0..limits::MAX_PARTS).map(|index| Part { account: account(index), bps: 1_250 }).collect();
        world.split = world.offer("seller 00000", Price::Fixed(PRICE.into()), parts, 1_000);
        world
    }

    fn offer(&mut self, seller: &str, price: Price, split: Vec<Part>, referral_bps: u16) -> u64 {
        let (seller, btt) = (self.suite.account(seller), self.suite.btt_asset());
        let expires = Some(self.suite.now() + 300 * DAY);
        let offer = Offer { split, referral_bps, uses: Some(u32::MAX), expires, ..offering(&btt, price) };
        let response = self.checkout.send(&mut self.suite, &seller, &ExecuteMsg::Offer(offer)).unwrap();
        bithive_test_kit::told!(self.checkout.address, response, Event::Offered.id)[0]
    }

    /// The chain, and the contract that the messages went to.
    pub(crate) fn contracts(&self) -> (&Suite, [&Addr; 1]) {
        (&self.suite, [&self.checkout.address])
    }

    /// Storage gas of what `act` does.
    fn cost(&mut self, act: impl FnOnce(&mut Suite, &Checkout)) -> u64 {
        let before = self.suite.gas();
        act(&mut self.suite, &self.checkout);
        self.suite.gas() - before
    }

    fn pay(&mut self, sent: u128, pay: Pay) -> u64 {
        self.cost(|suite, checkout| {
            let (buyer, btt) = (suite.account("buyer"), suite.btt_asset());
            drop(checkout.pay(suite, &buyer, (&btt, sent), pay).unwrap());
        })
    }

    fn send(&mut self, sender: &str, message: &ExecuteMsg) -> u64 {
        let sender = self.suite.account(sender);
        self.cost(|suite, checkout| drop(checkout.send(suite, &sender, message).unwrap()))
    }

    pub(crate) fn costs(&mut self) -> Vec<Cost> {
        let withdraw = ExecuteMsg::Withdraw { asset: self.suite.btt_asset() };
        let (quoted, split) = (self.quoted, self.split);
        let offer = self.cost_of_offer();
        let fixed = self.pay(PRICE, paying(2, 200, PRICE));
        // 1,999 cents at 0.2536 a token, and as much again, which comes back.
        let quote = self.pay(200_000_000, paying(quoted, 201, 100_000_000));
        within("pay with a quote", quote, (3, 0), MOST);
        let referrer = Some(self.suite.account("friend").into());
        let most = self.pay(PRICE, Pay { referrer, ..paying(split, 202, PRICE) });
        let refund = self.cost(|suite, checkout| {
            let (seller, btt) = (suite.account("seller 00000"), suite.btt_asset());
            suite.fund(&seller, PRICE);
            drop(checkout.refund(suite, &seller, (&btt, 5), 1).unwrap());
        });
        vec![
            ("make an offer", offer),
            ("pay a fixed price", fixed),
            ("pay with a quote", quote),
            ("pay nine accounts", most),
            ("refund", refund),
            ("cancel an offer", self.send("seller 00003", &ExecuteMsg::Cancel { id: 4 })),
            ("withdraw", self.send("seller 00000", &withdraw)),
        ]
    }

    fn cost_of_offer(&mut self) -> u64 {
        let (btt, price) = (self.suite.btt_asset(), Price::Fixed(PRICE.into()));
        let offer = Offer { buyer: Some(self.suite.account("buyer").into()), ..offering(&btt, price) };
        self.send("seller 00001", &ExecuteMsg::Offer(offer))
    }
}
