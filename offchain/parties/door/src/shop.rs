//! What requests are sold for by transactions: an offer of the contract `checkout`.

use bithive_api::asset::Asset;
use bithive_api::checkout::{OfferState, Pay, Price, ReceiptResponse};
use bithive_chain::{ChainError, Content, RawTx};
use bithive_client::{Checkout, Client};
use bithive_x402::{Accepted, Amount, Code, Digest, EXACT, Extra, network};

use crate::limits::STALE;
use crate::turns::Turns;

/// An offer that can't sell requests.
#[derive(Debug, thiserror::Error)]
#[error(
    "--offer {offer}: {problem}; `bithive invoice create --standing --amount PRICE` makes one that any number of requests are sold for"
)]
#[must_use = "an error that is not returned refuses nothing"]
pub struct BadOffer {
    /// Number of the offer.
    pub offer: u64,
    /// What is wrong with it.
    pub problem: String,
}

/// An offer that requests are sold for.
pub(crate) struct Shop {
    pub(crate) checkout: Checkout,
    pub(crate) offer: u64,
    pub(crate) asset: Asset,
    /// In base units of `asset`.
    pub(crate) price: u128,
    /// The way to pay, as clients have to repeat it.
    pub(crate) accepted: Accepted,
    /// One request with a payment at a time.
    pub(crate) turns: Turns,
}

/// Why an offer is not opened.
pub(crate) enum NotOpened {
    Bad(BadOffer),
    Chain(ChainError),
}

impl Shop {
    /// Reads an offer from the chain. It never changes there; that it ends is noticed when somebody pays.
    pub(crate) async fn open(client: Client, offer: u64, seller: &str) -> Result<Self, NotOpened> {
        let bad = |problem: String| NotOpened::Bad(BadOffer { offer, problem });
        let checkout = Checkout::new(client).map_err(|error| bad(error.to_string()))?;
        let found = checkout.offer(offer).await.map_err(NotOpened::Chain)?;
        let found = found.ok_or_else(|| bad("there is none of this number".into()))?;
        let Price::Fixed(price) = found.price else {
            return Err(bad("its price is not fixed; a door asks everybody for the same amount".into()));
        };
        if found.seller.as_str() != seller {
            return Err(bad(format!("its seller is {}, and this door's account {seller}", found.seller)));
        }
        if let Some(buyer) = found.buyer {
            return Err(bad(format!("only {buyer} can buy it")));
        }
        if found.state != OfferState::Open {
            return Err(bad("it was cancelled, sold out, or has expired".into()));
        }
        let asset = match found.asset {
            Asset::Native(denom) => Asset::Native(denom),
            Asset::Cw20(token) => Asset::Cw20(token.into_string()),
        };
        let accepted = Accepted {
            scheme: EXACT.into(),
            network: network::cosmos(checkout.chain_id()),
            amount: Amount(price.u128()),
            asset: asset.to_string(),
            pay_to: seller.to_owned(),
            max_timeout_seconds: STALE.as_secs(),
            extra: Extra {
                contract: Some(checkout.contract().to_owned()),
                offer: Some(offer),
                ..Extra::default()
            },
        };
        Ok(Self { checkout, offer, asset, price: price.u128(), accepted, turns: Turns::default() })
    }

    /// The one payment of a request.
    fn pay(&self, key: &Digest) -> Pay {
        Pay { offer: self.offer, key: key.0.into(), max: self.price.into(), referrer: None }
    }

    /// Whether a transaction pays for the request with this key, and does nothing else.
    pub(crate) fn check(&self, tx: &RawTx, key: &Digest) -> Result<(), (Code, String)> {
        let wrong = |what: String| Err((Code::Transaction, what));
        if !tx.memo().is_empty() {
            return wrong("the transaction has a memo, expected none".into());
        }
        let mut messages = tx.messages();
        let (Some(Content::Known(message)), None) = (messages.next(), messages.next()) else {
            return wrong("expected one message of the account, a payment for the offer".into());
        };
        let Some((asset, sent, pay)) = self.checkout.payment_of(&message) else {
            return wrong(format!("the message is no payment to the contract {}", self.checkout.contract()));
        };
        let (own, price) = (&self.asset, self.price);
        if asset != *own || sent != price {
            // An address of a message may be as long as the transaction.
            return wrong(format!(
                "the message sends {sent} base units of an asset, expected {price} of {own}"
            ));
        }
        let expected = self.pay(key);
        if pay == expected {
            return Ok(());
        }
        if (Pay { key: expected.key.clone(), ..pay.clone() }) == expected {
            return Err((Code::OtherRequest, format!("the key of this request and salt is {key}")));
        }
        wrong(format!(
            "expected a payment for offer {} of at most {price} base units without a referrer",
            self.offer
        ))
    }

    /// The receipt of a payment, from the contract.
    pub(crate) async fn receipt(
        &self,
        payer: &str,
        key: &Digest,
    ) -> Result<Option<ReceiptResponse>, ChainError> {
        self.checkout.payment(payer, self.asset.clone(), key.0.into()).await
    }

    /// Whether a receipt is of a payment for this offer that its seller has kept.
    pub(crate) fn accept(&self, receipt: &ReceiptResponse) -> Result<(), (Code, String)> {
        let (id, offer) = (receipt.id, self.offer);
        if receipt.offer != offer || receipt.amount.u128() != self.price {
            return Err((
                Code::NoReceipt,
                format!("receipt {id} is of another payment than one for offer {offer}"),
            ));
        }
        if !receipt.refunded.is_zero() {
            return Err((
                Code::Refunded,
                format!("of receipt {id}, {} base units were given back", receipt.refunded),
            ));
        }
        Ok(())
    }
}
