//! A chain with the contract on it, a seller, and a payer with coins and tokens.

use bithive_api::asset::Asset;
use bithive_api::checkout::{Event, ExecuteMsg, Offer, Pay, Price, ReceiptResponse};
use bithive_checkout::ContractError;
use bithive_test_kit::checkout::{Checkout, offering, paying};
use bithive_test_kit::{Suite, announced, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;

use crate::feed;

/// What seller and payer have of each asset.
pub const WEALTH: u128 = 1_000_000;

pub struct World {
    pub suite: Suite,
    pub checkout: Checkout,
    pub seller: Addr,
    pub payer: Addr,
    pub stranger: Addr,
    pub oracle: Addr,
}

/// Of the offer's asset.
pub fn fixed(amount: u128) -> Price {
    Price::Fixed(amount.into())
}

impl World {
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let checkout = Checkout::new(&mut suite);
        let oracle = feed::new(&mut suite);
        let [seller, payer, stranger] = ["seller", "payer", "stranger"].map(|name| suite.account(name));
        let mut world = Self { suite, checkout, seller, payer, stranger, oracle };
        for asset in world.assets() {
            for account in [world.seller.clone(), world.payer.clone()] {
                world.suite.fund_in(&account, &asset, WEALTH);
            }
        }
        world
    }

    pub fn assets(&self) -> [Asset; 3] {
        let [coin, ibc] = Suite::coin_assets();
        [self.btt(), coin, ibc]
    }

    pub fn btt(&self) -> Asset {
        self.suite.btt_asset()
    }

    /// A fiat amount at feed 1.
    pub fn quoted(&self, fiat: u128) -> Price {
        Price::Quoted { fiat: fiat.into(), oracle: self.oracle.to_string(), feed: 1 }
    }

    pub fn set_price(&mut self, price: Option<(u128, u8, u64)>) {
        let oracle = self.oracle.clone();
        feed::set(&mut self.suite, &oracle, price);
    }

    /// An offer in BTT to anybody.
    pub fn offering(&self, price: Price) -> Offer {
        offering(&self.btt(), price)
    }

    /// The seller makes an offer, which has to be taken; its number.
    pub fn put(&mut self, offer: Offer) -> u64 {
        let seller = self.seller.clone();
        let response = self.send(&seller, &ExecuteMsg::Offer(offer)).unwrap();
        match announced(&self.checkout.address, &response).as_slice() {
            [Event::Offered { id, .. }] => *id,
            other => panic!("{other:?}"),
        }
    }

    /// An offer of a fixed price in BTT.
    pub fn put_fixed(&mut self, amount: u128) -> u64 {
        let offer = self.offering(fixed(amount));
        self.put(offer)
    }

    /// Of an offer that is refused.
    pub fn refused_offer(&mut self, offer: Offer) -> ContractError {
        let seller = self.seller.clone();
        self.refused(&seller, &ExecuteMsg::Offer(offer))
    }

    pub fn send(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        self.checkout.send(&mut self.suite, sender, message)
    }

    pub fn refused(&mut self, sender: &Addr, message: &ExecuteMsg) -> ContractError {
        refusal(self.send(sender, message))
    }

    /// The payer pays with this many BTT.
    pub fn pay(&mut self, sent: u128, pay: Pay) -> AnyResult<AppResponse> {
        let (payer, btt) = (self.payer.clone(), self.btt());
        self.checkout.pay(&mut self.suite, &payer, (&btt, sent), pay)
    }

    /// The payer sends as much as it would pay at most, under the key of this number.
    pub fn buy(&mut self, offer: u64, number: u8, max: u128) -> AnyResult<AppResponse> {
        self.pay(max, paying(offer, number, max))
    }

    pub fn refused_pay(&mut self, sent: u128, pay: Pay) -> ContractError {
        refusal(self.pay(sent, pay))
    }

    /// The seller gives this many BTT back.
    pub fn refund(&mut self, receipt: u64, sent: u128) -> AnyResult<AppResponse> {
        let (seller, btt) = (self.seller.clone(), self.btt());
        self.checkout.refund(&mut self.suite, &seller, (&btt, sent), receipt)
    }

    pub fn receipt(&self, id: u64) -> ReceiptResponse {
        self.checkout.receipt(&self.suite, id).unwrap()
    }

    /// What an account may withdraw in BTT.
    pub fn owed(&self, account: &Addr) -> u128 {
        self.checkout.claimable(&self.suite, account, &self.btt())
    }

    pub fn withdraw(&mut self, account: &Addr) -> AnyResult<AppResponse> {
        let asset = self.btt();
        self.send(&account.clone(), &ExecuteMsg::Withdraw { asset })
    }

    pub fn check(&self) {
        self.checkout.check(&self.suite, &self.assets());
        self.suite.conservation();
    }
}
