//! An offer that a door sells requests for, and who pays it.

use std::net::SocketAddr;

use bithive_api::checkout::{Event, ExecuteMsg, Offer, Pay, Price, ReceiptResponse, ReceiptsOf, events};
use bithive_chain::{Chain as _, Message, SigningKey, TxFile, Wallet};
use bithive_client::Checkout;
use bithive_door::{Door, DoorTerms};
use bithive_x402::{Accepted, Digest, EXACT, Exact, Order, PaidBy, Payment, digest};

use crate::wire::{Said, ask};
use crate::world::{PRICE, World, row};

/// Gas of a transaction that no simulation is asked about: more than any payment takes.
const GAS: u64 = 2_000_000;
pub const SALT: Digest = Digest([0x5a; 32]);

/// A world whose seller has an offer.
pub struct Shop {
    pub world: World,
    pub checkout: Checkout,
    pub offer: u64,
}

impl Shop {
    pub async fn new() -> Self {
        let world = World::new().await;
        let checkout = Checkout::new(world.seller.client().clone()).unwrap();
        let shop = Self { world, checkout, offer: 0 };
        let offer = shop.offer(|_| {}).await;
        Self { offer, ..shop }
    }

    /// A new offer of the seller.
    pub async fn offer(&self, change: impl Fn(&mut Offer)) -> u64 {
        let mut offer = Offer {
            asset: self.world.btt.clone(),
            price: Price::Fixed(PRICE.into()),
            split: vec![],
            referral_bps: 0,
            uses: None,
            buyer: None,
            expires: None,
            coding: None,
        };
        change(&mut offer);
        let made = self.checkout.execute(&self.world.seller, &ExecuteMsg::Offer(offer)).await.unwrap();
        let offered = |event| match event {
            Event::Offered { id, .. } => Some(id),
            _ => None,
        };
        made.announced(self.checkout.contract(), events::OFFERED, offered).unwrap().0
    }

    pub fn terms(&self) -> DoorTerms {
        DoorTerms { offer: Some(self.offer), ..self.world.terms() }
    }

    pub async fn door(&self) -> Door {
        self.world.door_with(self.terms()).await.0
    }

    /// What the door asks for by the scheme `exact`, for the request of a row.
    pub async fn accepted(&self, door: SocketAddr, number: usize) -> Accepted {
        let required = ask(door, &row(number), None).await.required();
        required.accepts.into_iter().find(|way| way.scheme == EXACT).unwrap()
    }

    pub fn order(&self, number: usize) -> Order<'_> {
        let (chain_id, contract) = (self.checkout.chain_id(), self.checkout.contract());
        Order { chain_id, contract, offer: self.offer, request: digest("POST", "/predict", &row(number)) }
    }

    /// What pays for the request of a row.
    pub fn pay(&self, number: usize) -> Pay {
        let key = self.order(number).key(&SALT).0.into();
        Pay { offer: self.offer, key, max: PRICE.into(), referrer: None }
    }

    pub fn message(&self, pay: Pay) -> Message {
        self.checkout.payment_message((&self.world.btt, PRICE), pay).unwrap()
    }

    /// A transaction of an account, not signed.
    pub async fn draft(&self, key: &SigningKey, messages: &[Message]) -> TxFile {
        let chain = self.world.seller.client().chain().clone();
        let wallet = Wallet::without_key(chain, key.into()).await.unwrap().with_gas_limit(GAS);
        wallet.draft(messages).await.unwrap()
    }

    /// A signed transaction of the payer.
    pub async fn signed(&self, messages: &[Message]) -> Vec<u8> {
        let key = &self.world.payer_key;
        self.draft(key, messages).await.sign(key, true).unwrap().signed().unwrap().bytes
    }

    /// A signed transaction that pays for the request of a row.
    pub async fn paying(&self, number: usize) -> PaidBy {
        PaidBy::Transaction(self.signed(&[self.message(self.pay(number))]).await)
    }

    /// Asks for the prediction of a row, and shows what pays.
    pub async fn show(&self, door: SocketAddr, number: usize, by: PaidBy) -> Said {
        self.show_with(door, number, Exact { by, salt: SALT }).await
    }

    pub async fn show_with(&self, door: SocketAddr, number: usize, exact: Exact) -> Said {
        let accepted = self.accepted(door, number).await;
        ask(door, &row(number), Some(&Payment::with_exact(None, accepted, exact))).await
    }

    /// A payment of the payer's that the chain has.
    pub fn receipt_of_payer(&self) -> PaidBy {
        PaidBy::Receipt(self.world.payer.address().to_owned())
    }

    /// All payments for the offer.
    pub async fn receipts(&self) -> Vec<ReceiptResponse> {
        self.checkout.receipts(ReceiptsOf::Offer(self.offer)).await.unwrap().entries
    }

    /// What the seller can withdraw.
    pub async fn earned(&self) -> u128 {
        let seller = self.world.seller.address();
        self.checkout.claimable(seller, self.world.btt.clone()).await.unwrap()
    }

    /// Sequence of the payer's next transaction.
    pub async fn sequence(&self) -> u64 {
        self.world.chain.account(self.world.payer.address()).await.unwrap().sequence
    }
}
