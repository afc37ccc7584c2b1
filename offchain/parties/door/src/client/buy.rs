//! A request that is paid for by a payment of its own on the chain.

use bithive_api::asset::Asset;
use bithive_api::checkout::{Pay, ReceiptResponse};
use bithive_chain::{SigningKey, TxFileError, Wallet};
use bithive_client::{Account, Checkout, Incomplete};
use bithive_x402::header::{self, PAYMENT_SIGNATURE};
use bithive_x402::{
    Digest, EXACT, Exact, Limits, MAX_TRANSACTION, Order, PaidBy, Payment, PaymentRequired, Terms, digest,
};
use bytes::Bytes;
use reqwest::Url;
use tokio::time::sleep;

use super::error::{PayError, shown};
use super::http::{self, Http, WAIT};

/// Transactions that one request may need: one that comes too late for its place in the account's order is made again.
const ROUNDS: u32 = 4;
/// Blocks in which a server can send a transaction: after that the payer knows that nothing more is paid.
const BLOCKS: u64 = 100;

/// What is asked for, and what may be paid for it.
pub struct Buy {
    /// URL of the request.
    pub url: String,
    /// Body of a POST; a GET without.
    pub data: Option<Bytes>,
    /// Most that it may cost, in base units of `asset`.
    pub max_price: u128,
    /// What it is paid in.
    pub asset: Asset,
}

/// What was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bought {
    /// Body of the reply, as it came.
    pub body: Bytes,
    /// Price of the request, in base units: 0 where the server asked for nothing.
    pub price: u128,
    /// Number of the receipt, as the contract has it: none where nothing was paid, or the server has not used the payment yet.
    pub receipt: Option<u64>,
    /// Whether it was paid for before, so that nothing was paid now.
    pub before: bool,
}

/// An account that pays for each request on the chain. It keeps nothing: the key of a payment is made of the request and of the account's own
/// signature, so that what was paid for a request is found on the chain.
pub struct Buyer {
    account: Account,
    key: SigningKey,
    checkout: Checkout,
    http: Http,
}

/// The request, and what its payment is found by.
struct Found {
    offer: u64,
    key: Digest,
    salt: Digest,
}

impl Buyer {
    /// An account with its key.
    ///
    /// # Errors
    /// The network has no offers, or the HTTP client can't be set up.
    pub fn new(account: Account, key: SigningKey) -> Result<Self, PayError> {
        let checkout = Checkout::new(account.client().clone());
        let checkout = checkout.map_err(|error: Incomplete| PayError::Setup(error.to_string()))?;
        Ok(Self { account, key, checkout, http: Http::new()? })
    }

    /// Asks, and pays if the server asks for it within the limits. The same request is paid for once, however often it is made.
    ///
    /// # Errors
    /// See [`PayError`]. After [`PayError::Lost`] the same request finds its payment, if there was one.
    pub async fn get(&self, buy: &Buy) -> Result<Bought, PayError> {
        let url = http::url(&buy.url)?;
        let data = buy.data.as_ref();
        let first = self.http.ask(&url, data, None).await?;
        if first.status != 402 {
            return Ok(Bought { body: first.reply()?, price: 0, receipt: None, before: false });
        }
        let required = first.required()?;
        let terms = self.terms(&required, buy)?;
        let found = self.find(&url, buy, &terms)?;
        let mut last = String::new();
        for _ in 0..ROUNDS {
            let receipt = self.receipt(buy, &found).await?;
            let before = receipt.is_some();
            let by = match receipt {
                Some(_) => PaidBy::Receipt(self.account.address().to_owned()),
                None => PaidBy::Transaction(self.sign(buy, &found, terms.price).await?),
            };
            let exact = Exact { by, salt: found.salt };
            let payment = Payment::with_exact(Some(required.resource.clone()), terms.accepted.clone(), exact);
            let header = header::encode(&payment)
                .map_err(|problem| PayError::Header { name: PAYMENT_SIGNATURE, problem })?;
            let answer = self.http.ask(&url, data, Some(&header)).await?;
            if answer.status == 402 {
                terms.hold(&self.terms(&answer.required()?, buy)?)?;
                last = answer.text();
                // The chain may not show yet what it has, or the account has sent something else.
                sleep(WAIT).await;
                continue;
            }
            let body = answer.reply()?;
            // What the server says that it was paid is not asked for.
            let receipt = self.receipt(buy, &found).await?.map(|receipt| receipt.id);
            return Ok(Bought { body, price: terms.price, receipt, before });
        }
        Err(PayError::Refused { code: shown(&last), what: " (after several attempts)".into() })
    }

    fn terms(&self, required: &PaymentRequired, buy: &Buy) -> Result<Terms, PayError> {
        let asset = buy.asset.to_string();
        let limits = Limits {
            chain_id: self.checkout.chain_id(),
            scheme: EXACT,
            contract: self.checkout.contract(),
            price: buy.max_price,
            asset: &asset,
            notice: 0,
        };
        Ok(Terms::choose(required, &limits)?)
    }

    /// What the payment of this request is found by.
    fn find(&self, url: &Url, buy: &Buy, terms: &Terms) -> Result<Found, PayError> {
        let target = match url.query() {
            Some(query) => format!("{}?{query}", url.path()),
            None => url.path().to_owned(),
        };
        let method = if buy.data.is_some() { "POST" } else { "GET" };
        let request = digest(method, &target, buy.data.as_deref().unwrap_or_default());
        let extra = &terms.accepted.extra;
        if let Some(read) = extra.request.filter(|read| *read != request) {
            return Err(PayError::OtherRequest { read, sent: request });
        }
        let offer = extra.offer.unwrap_or_default();
        let (chain_id, contract) = (self.checkout.chain_id(), self.checkout.contract());
        let order = Order { chain_id, contract, offer, request };
        let salt = Order::salt(&self.key.sign(order.salt_text().as_bytes())?);
        Ok(Found { offer, key: order.key(&salt), salt })
    }

    /// The receipt of this request, if it was paid for.
    async fn receipt(&self, buy: &Buy, found: &Found) -> Result<Option<ReceiptResponse>, PayError> {
        let payer = self.account.address();
        let receipt = self.checkout.payment(payer, buy.asset.clone(), found.key.0.into()).await?;
        match receipt {
            Some(receipt) if !receipt.refunded.is_zero() => Err(PayError::Refunded { receipt: receipt.id }),
            receipt => Ok(receipt),
        }
    }

    /// A signed transaction that pays for this request, and nothing else.
    async fn sign(&self, buy: &Buy, found: &Found, price: u128) -> Result<Vec<u8>, PayError> {
        let chain = self.account.client().chain();
        let last = chain.info().await?.height.saturating_add(BLOCKS);
        let wallet = Wallet::without_key(chain.clone(), (&self.key).into()).await?.with_timeout_height(last);
        let pay = Pay { offer: found.offer, key: found.key.0.into(), max: price.into(), referrer: None };
        let message = self.checkout.payment_message((&buy.asset, price), pay)?;
        let failed = |error: TxFileError| PayError::Setup(error.to_string());
        let signed = wallet.draft(&[message]).await?.sign(&self.key, false).map_err(failed)?;
        let bytes = signed.signed().map_err(failed)?.bytes;
        if bytes.len() > MAX_TRANSACTION {
            let what =
                format!("the transaction has {} bytes, expected at most {MAX_TRANSACTION}", bytes.len());
            return Err(PayError::Setup(what));
        }
        Ok(bytes)
    }
}
