//! Requests that are paid for by vouchers.

use std::sync::Arc;

use bithive_api::flows::SignedVoucher;
use bithive_chain::ChainError;
use bithive_chain::http::begin_work;
use bithive_client::holds;
use bithive_x402::{
    Amount, Book, ChannelState, Charge, Code, Payment, Settled, Verdict, Voucher, VoucherState,
};
use hyper::Request;
use hyper::body::Incoming;

use crate::asked::{Answered, Asked, paid};
use crate::ledger::Kept;
use crate::limits::STALE;
use crate::reading::{check, view};
use crate::refused::Refused;
use crate::site::{Counter, Site};
use crate::tally::counted;
use crate::till::Entry;
use crate::watch::reread;

/// Answers a request with a voucher. All that costs little comes first: strangers get no further.
pub(crate) async fn answer(
    site: &Arc<Site>,
    counter: &Counter,
    (payment, voucher): (&Payment, Voucher),
    mut request: Request<Incoming>,
) -> Answered {
    let asking = |refused: Refused| {
        let Some(code) = refused.code() else { return refused };
        let settled = Settled::refused(counter.accepted.network.clone(), code);
        refused.asking(site.required(&counter.accepted, None), Some(settled))
    };
    expect_own(counter, payment, &voucher).map_err(asking)?;
    let entry = counter.entry(site, voucher.flow).await.map_err(asking)?;
    let (flow, _) = entry.flow();
    check(&flow, &counter.terms).map_err(|(code, what)| asking(Refused::payment(code, what)))?;
    let signed = SignedVoucher {
        id: voucher.flow,
        cumulative: voucher.cumulative.0.into(),
        signature: voucher.signature.0.to_vec().into(),
    };
    if !holds(&counter.flows, &flow, &signed) {
        let what = format!("the signature is not of flow {}'s key over this voucher", voucher.flow);
        return Err(asking(Refused::payment(Code::Signature, what)));
    }
    let asked = Asked::read(&mut request).await?;
    let _work = begin_work(&request);
    // A client that goes away while its request is worked on has paid for it, and finds the reply kept.
    let site = site.clone();
    let served = tokio::spawn(async move {
        let Some(counter) = &site.counter else { return Err(Refused::stopping()) };
        serve(&site, counter, (&entry, voucher), asked).await
    });
    served.await.map_err(|_| Refused::failed("the request's task ended early"))?
}

/// The voucher is for this door's price, chain and contract.
fn expect_own(counter: &Counter, payment: &Payment, voucher: &Voucher) -> Result<(), Refused> {
    if !counter.accepted.is_chosen_by(&payment.accepted) {
        return Err(Refused::other_terms());
    }
    let (chain_id, contract) = (counter.flows.chain_id(), counter.flows.contract());
    if voucher.chain_id != chain_id || voucher.contract != contract {
        let what = format!("the voucher is for another contract or chain, expected {contract} on {chain_id}");
        return Err(Refused::payment(Code::Network, what));
    }
    Ok(())
}

impl Counter {
    /// Reads a flow from the chain, of which only so many are read at a time. The inner error is the chain's.
    async fn look(&self, site: &Site, flow: u64) -> Result<Result<(), ChainError>, Refused> {
        let _turn = self.question().await?;
        Ok(reread(site, self, flow).await)
    }

    /// The flow of this number, as it was read from the chain a moment ago.
    async fn entry(&self, site: &Site, flow: u64) -> Result<Arc<Entry>, Refused> {
        let none = || Refused::payment(Code::NotFound, format!("there is no flow {flow}, or it has ended"));
        let known = self.till.known(flow);
        if let Some((entry, false)) = known {
            return Ok(entry);
        }
        if known.is_none() && self.till.is_missing(flow) {
            return Err(none());
        }
        match (self.look(site, flow).await?, known) {
            (Ok(()), _) => match self.till.known(flow) {
                Some((entry, _)) => Ok(entry),
                None if self.till.is_missing(flow) => Err(none()),
                None => Err(Refused::busy("too many flows owe something")),
            },
            // What was read a minute ago still holds: a payer that closes leaves an hour.
            (Err(_), Some((entry, _))) if entry.flow().1.elapsed() <= STALE => Ok(entry),
            (Err(error), _) => {
                tracing::warn!(flow, %error, "a flow can't be read");
                Err(Refused::chain("the chain does not answer"))
            }
        }
    }
}

/// Serves a request with a voucher whose signature is true, once.
async fn serve(
    site: &Site,
    counter: &Counter,
    (entry, voucher): (&Entry, Voucher),
    Asked { digest, body }: Asked,
) -> Answered {
    let unreadable = |error: bithive_state::StateError| Refused::failed(&error.to_string());
    let mut turn = entry.turn.lock().await;
    if turn.is_none() {
        *turn = Some(site.ledger.book(voucher.flow).map_err(unreadable)?);
    }
    let book = turn.as_ref().and_then(Option::as_ref);
    let now = counter.clock.now().ok_or_else(|| Refused::chain("the chain has not answered for a minute"))?;
    let (cumulative, price) = (voucher.cumulative.0, counter.terms.price);
    let judge = || Book::judge(book, view(&entry.flow().0, now), (cumulative, price), &digest);
    let mut verdict = judge();
    if verdict.is_err_and(|refusal| refusal.code == Code::Deposit) {
        // Its payer may have added to it a moment ago.
        if let Err(error) = counter.look(site, voucher.flow).await? {
            tracing::warn!(flow = voucher.flow, %error, "a flow can't be read");
        }
        verdict = judge();
    }
    let (flow, _) = entry.flow();
    let state = |charged: u128| ChannelState {
        channel_id: flow.id.to_string(),
        balance: Amount(flow.deposit.u128()),
        total_claimed: Amount(flow.paid.u128()),
        charged_cumulative_amount: Amount(charged),
    };
    let settled = |charged: u128| {
        let charge =
            Charge { charged_amount: Amount(price), channel_state: Some(state(charged)), receipt: None };
        Settled::taken(counter.accepted.network.clone(), flow.payer.to_string(), None, charge)
    };
    match verdict {
        Ok(Verdict::Fresh) => {}
        Ok(Verdict::Again(number)) => {
            let kept = site.ledger.reply(flow.id, number).map_err(unreadable)?;
            let kept = kept.ok_or_else(|| Refused::failed("a reply that should be kept is not there"))?;
            let charged = book.map_or(0, |book| book.charged.0);
            return Ok(("again", paid(kept.body, &settled(charged))));
        }
        Err(refusal) => {
            let mut accepted = counter.accepted.clone();
            accepted.extra.channel_state = Some(state(refusal.charged));
            accepted.extra.voucher_state = book
                .map(|book| VoucherState { signed_max_claimable: book.charged, signature: book.signature });
            let what = format!(
                "the voucher of flow {} is for {cumulative} base units; charged so far are {}, and the price is {price}",
                flow.id, refusal.charged
            );
            let none = Settled::refused(counter.accepted.network.clone(), refusal.code);
            return Err(
                Refused::payment(refusal.code, what).asking(site.required(&accepted, None), Some(none))
            );
        }
    }
    let Some(reserved) = counter.till.reserve(price) else {
        counter.due.notify_one();
        let what = "as much is owed as this server lets be owed";
        return Err(Refused::payment(Code::Exposure, what));
    };
    // A run that fails costs nothing.
    let said = site.service.predict(body).await?;
    let (next, number) = Book::after(book, flow.paid.u128(), (cumulative, voucher.signature), digest);
    let kept = Kept { number, body: said };
    if !site.ledger.put(flow.id, &next, &kept).await {
        return Err(Refused::failed("the records can't be written"));
    }
    // From here on the voucher is paid with, whatever becomes of the reply.
    reserved.owed(flow.id, &next);
    site.tally.charged.inc_by(counted(price));
    if counter.till.is_half_full() {
        counter.due.notify_one();
    }
    *turn = Some(Some(next));
    drop(turn);
    Ok(("served", paid(kept.body, &settled(cumulative))))
}
