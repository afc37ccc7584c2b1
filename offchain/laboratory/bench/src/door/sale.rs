//! Requests that are sold by transactions.

use anyhow::{Context as _, Result};
use bithive_api::checkout::{Event, ExecuteMsg, Offer, Pay, Price, events};
use bithive_chain::Wallet;
use bithive_client::Checkout;
use bithive_x402::{Accepted, Digest, Exact, Order, PaidBy, Payment, digest, header};

use super::market::{Market, PRICE};

/// An offer that one request after another is paid for.
pub(super) struct Sale<'a> {
    market: &'a Market,
    checkout: Checkout,
    pub(super) offer: u64,
}

impl<'a> Sale<'a> {
    /// A new offer of the seller.
    pub(super) async fn open(market: &'a Market) -> Result<Self> {
        let checkout = Checkout::new(market.seller().client().clone())?;
        let offer = Offer {
            asset: market.btt().clone(),
            price: Price::Fixed(PRICE.into()),
            split: vec![],
            referral_bps: 0,
            uses: None,
            buyer: None,
            expires: None,
            coding: None,
        };
        let made = checkout.execute(market.seller(), &ExecuteMsg::Offer(offer)).await?;
        let offered = |event| match event {
            Event::Offered { id, .. } => Some(id),
            _ => None,
        };
        let (offer, _) = made.announced(checkout.contract(), events::OFFERED, offered)?;
        Ok(Self { market, checkout, offer })
    }

    /// The header that pays for a request, the n-th time: each salt makes another key.
    pub(super) async fn payment(&self, body: &[u8], nth: usize, accepted: &Accepted) -> Result<String> {
        let (chain_id, contract) = (self.checkout.chain_id(), self.checkout.contract());
        let request = digest("POST", "/predict", body);
        let salt = Digest(blake3::hash(&nth.to_le_bytes()).into());
        let key = Order { chain_id, contract, offer: self.offer, request }.key(&salt);
        let pay = Pay { offer: self.offer, key: key.0.into(), max: PRICE.into(), referrer: None };
        let message = self.checkout.payment_message((self.market.btt(), PRICE), pay)?;
        let (chain, wallet_key) = (self.market.seller().client().chain(), self.market.wallet_key());
        let wallet = Wallet::without_key(chain.clone(), wallet_key.into()).await?;
        let signed = wallet.draft(&[message]).await?.sign(wallet_key, false)?.signed()?;
        let exact = Exact { by: PaidBy::Transaction(signed.bytes), salt };
        header::encode(&Payment::with_exact(None, accepted.clone(), exact)).context("the header of a payment")
    }
}
