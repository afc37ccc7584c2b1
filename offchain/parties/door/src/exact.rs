//! Requests that are paid for by a payment on the chain.

use std::fmt::Display;
use std::sync::Arc;

use bithive_chain::http::begin_work;
use bithive_chain::{ChainError, RawTx, Sent, TxFileError};
use bithive_x402::{Amount, Charge, Code, Digest, Exact, Order, PaidBy, Payment, Settled};
use hyper::Request;
use hyper::body::Incoming;

use crate::asked::{Answered, Asked, paid};
use crate::ledger::{Served, Sold, sold_name};
use crate::refused::Refused;
use crate::shop::Shop;
use crate::site::{Counter, Site};
use crate::tally::counted;

/// Most characters of a chain's words that a refusal repeats.
const SHOWN: usize = 300;

/// What somebody shows as the payment of a request.
struct Purchase {
    payer: String,
    /// What the payment is found by on the chain, beside its payer.
    key: Digest,
    /// What pays; none where the chain is to have the payment already.
    tx: Option<RawTx>,
}

/// Answers a request that is paid for on the chain.
pub(crate) async fn answer(
    site: &Arc<Site>,
    counter: &Counter,
    (payment, exact): (&Payment, Exact),
    mut request: Request<Incoming>,
) -> Answered {
    let asking = |refused: Refused, digest: Option<Digest>| {
        let Some(code) = refused.code() else { return refused };
        let settled = Settled::refused(counter.accepted.network.clone(), code);
        refused.asking(site.required(&counter.accepted, digest), Some(settled))
    };
    let chosen = counter.shop.as_ref().filter(|shop| shop.accepted.is_chosen_by(&payment.accepted));
    let Some(shop) = chosen else { return Err(asking(Refused::other_terms(), None)) };
    let (payer, tx) = match exact.by {
        PaidBy::Receipt(payer) => (payer, None),
        PaidBy::Transaction(bytes) => {
            let unreadable = |error: TxFileError| Refused::payment(Code::Transaction, error.to_string());
            let tx = RawTx::parse(&bytes).map_err(|error| asking(unreadable(error), None))?;
            (tx.sender().to_owned(), Some(tx))
        }
    };
    let asked = Asked::read(&mut request).await?;
    let digest = asked.digest;
    let (chain_id, contract) = (shop.checkout.chain_id(), shop.checkout.contract());
    let key = Order { chain_id, contract, offer: shop.offer, request: digest }.key(&exact.salt);
    let wrong = |(code, what): (Code, String)| asking(Refused::payment(code, what), Some(digest));
    tx.as_ref().map_or(Ok(()), |tx| shop.check(tx, &key)).map_err(wrong)?;
    let _work = begin_work(&request);
    // A client that goes away while its payment is under way finds the reply kept.
    let (working, purchase) = (site.clone(), Purchase { payer, key, tx });
    let served = tokio::spawn(async move {
        let Some(counter) = &working.counter else { return Err(Refused::stopping()) };
        let Some(shop) = &counter.shop else { return Err(Refused::stopping()) };
        serve((working.as_ref(), counter, shop), &purchase, asked).await
    });
    let served = served.await.map_err(|_| Refused::failed("the request's task ended early"))?;
    served.map_err(|refused| asking(refused, Some(digest)))
}

/// Serves a request whose payment the chain has, or takes now.
async fn serve(
    (site, counter, shop): (&Site, &Counter, &Shop),
    purchase: &Purchase,
    Asked { body, .. }: Asked,
) -> Answered {
    let unreadable = |error: bithive_state::StateError| Refused::failed(&error.to_string());
    let settled = |receipt: u64, transaction: Option<String>| {
        let charge =
            Charge { charged_amount: Amount(shop.price), channel_state: None, receipt: Some(receipt) };
        Settled::taken(shop.accepted.network.clone(), purchase.payer.clone(), transaction, charge)
    };
    let name = sold_name(&purchase.key, &purchase.payer);
    // A payment that comes twice at the same time is sent once.
    let _turn = shop.turns.take(&name).await;
    let Sold { transaction, served } = site.ledger.sold(&name).map_err(unreadable)?.unwrap_or_default();
    if let Some(Served { receipt, place }) = served
        && let Some(body) = site.ledger.sold_reply(&name, place).map_err(unreadable)?
    {
        return Ok(("again", paid(body, &settled(receipt, transaction))));
    }
    // Before anything is paid.
    site.service.check(body.clone()).await?;
    let (receipt, transaction) = match served {
        Some(served) => (served.receipt, transaction),
        None => pay((site, counter, shop), purchase, (&name, transaction)).await?,
    };
    // A run that fails is tried again when the request is: the receipt stays.
    let said = site.service.predict(body).await?;
    let sold = Sold { transaction, served: Some(Served { receipt, place: site.ledger.place() }) };
    if !site.ledger.put_sold(&name, &sold, Some(&said)).await {
        return Err(Refused::failed("the records can't be written"));
    }
    if served.is_none() {
        site.tally.charged.inc_by(counted(shop.price));
    }
    Ok(("served", paid(said, &settled(receipt, sold.transaction))))
}

/// The receipt of a payment that the chain has, or takes now; beside it the hash of the transaction, where this door has sent it. `before` is the one that
/// it has sent for this request before.
async fn pay(
    (site, counter, shop): (&Site, &Counter, &Shop),
    purchase: &Purchase,
    (name, before): (&str, Option<String>),
) -> Result<(u64, Option<String>), Refused> {
    if let Some(receipt) = receipt(counter, shop, purchase).await? {
        return Ok((receipt, before));
    }
    let Some(tx) = &purchase.tx else {
        let what = format!("there is no payment of this account under the key {}", purchase.key);
        return Err(Refused::payment(Code::NoReceipt, what));
    };
    let sent = send(site, counter, tx, name).await;
    // Whatever became of the transaction, the receipt counts.
    match (receipt(counter, shop, purchase).await?, sent) {
        (Some(receipt), Ok(())) => Ok((receipt, Some(tx.hash().to_string()))),
        (Some(receipt), Err(_)) => Ok((receipt, before)),
        (None, Ok(())) => Err(Refused::chain("the chain does not show the receipt yet")),
        (None, Err(refused)) => Err(refused),
    }
}

/// Number of the receipt, as the contract has it; none where nothing was paid under the key.
async fn receipt(counter: &Counter, shop: &Shop, purchase: &Purchase) -> Result<Option<u64>, Refused> {
    let found = {
        let _turn = counter.question().await?;
        shop.receipt(&purchase.payer, &purchase.key).await
    };
    match found {
        Ok(Some(receipt)) => match shop.accept(&receipt) {
            Ok(()) => Ok(Some(receipt.id)),
            Err((code, what)) => Err(Refused::payment(code, what)),
        },
        Ok(None) => Ok(None),
        // The payer's address is none.
        Err(error) if error.is_refusal() => Err(Refused::payment(Code::NoReceipt, short(&error))),
        Err(error) => Err(silent(&error)),
    }
}

/// Sends a transaction that [`Shop::check`] has found to pay for the request, and waits for its block. A row on disk says so before.
async fn send(site: &Site, counter: &Counter, tx: &RawTx, name: &str) -> Result<(), Refused> {
    let chain = counter.account.client().chain();
    let of = |code: Code, error: ChainError| {
        if error.is_of_node() { silent(&error) } else { Refused::payment(code, short(&error)) }
    };
    let wrong = |error: TxFileError| Refused::payment(Code::Transaction, short(&error));
    let signed = {
        let _turn = counter.question().await?;
        let account = chain.account(tx.sender()).await.map_err(|error| of(Code::Transaction, error))?;
        let signed = tx.clone().signed_for(counter.flows.chain_id(), account.number).map_err(wrong)?;
        // What would fail costs its sender no fee.
        chain.simulate(tx.bytes()).await.map_err(|error| of(Code::Failed, error))?;
        signed
    };
    let sold = Sold { transaction: Some(tx.hash().to_string()), served: None };
    if !site.ledger.put_sold(name, &sold, None).await {
        return Err(Refused::failed("the records can't be written"));
    }
    let refused = match signed.send(chain.as_ref()).await {
        Ok(Sent { result: Ok(_), .. }) => {
            site.tally.transaction("done");
            return Ok(());
        }
        Err(TxFileError::Chain(error)) if error.is_of_node() => {
            site.tally.transaction("unknown");
            return Err(silent(&error));
        }
        Ok(Sent { result: Err(error), .. }) => Refused::payment(Code::Failed, short(&error)),
        Err(error) => wrong(error),
    };
    site.tally.transaction("refused");
    // No block has it or will have it with an effect.
    if site.ledger.remove_sold(name).await {
        Err(refused)
    } else {
        Err(Refused::failed("the records can't be written"))
    }
}

fn silent(error: &ChainError) -> Refused {
    tracing::warn!(%error, "a payment can't be read or sent");
    Refused::chain("the chain does not answer, or has not included the payment yet")
}

fn short(error: &impl Display) -> String {
    error.to_string().chars().take(SHOWN).collect()
}
