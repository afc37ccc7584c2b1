//! Which request is answered by what, and what has to be paid before.

use std::sync::Arc;
use std::time::Duration;

use bithive_api::flows::SignedVoucher;
use bithive_chain::ChainError;
use bithive_chain::http::{ReplyBody, begin_read, begin_work, reply};
use bithive_client::holds;
use bithive_x402::{
    Amount, Book, ChannelState, Charge, Code, Digest, Payment, Proof, Settled, Verdict, Voucher,
    VoucherState, digest, header,
};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use serde_json::json;
use tokio::time::timeout;

use crate::ledger::Kept;
use crate::limits::{BODY_TIMEOUT, MAX_BODY, STALE};
use crate::reading::{check, view};
use crate::refused::{JSON, Refused, put};
use crate::site::{Counter, Site};
use crate::tally::counted;
use crate::till::Entry;
use crate::watch::reread;

/// Longest wait for a turn to ask the chain.
const QUESTION: Duration = Duration::from_secs(5);

/// Answers a request.
pub(crate) async fn answer(site: Arc<Site>, request: Request<Incoming>) -> Response<ReplyBody> {
    let method = request.method().clone();
    match (method, request.uri().path()) {
        (Method::GET, "/") => describe(&site),
        (_, "/") => only("GET"),
        (Method::POST, "/predict") => match predict(&site, request).await {
            Ok((kind, response)) => {
                site.tally.replied(kind);
                response
            }
            Err(refused) => {
                site.tally.replied(kind(&refused));
                site.tally.refused(refused.kind);
                refused.response()
            }
        },
        (_, "/predict") => only("POST"),
        _ => {
            let remedy = "ask for / or send a POST to /predict";
            Refused::new(StatusCode::NOT_FOUND, "not_found", "there is nothing at this path", remedy)
                .response()
        }
    }
}

fn only(method: &'static str) -> Response<ReplyBody> {
    let what = format!("expected {method}");
    Refused::new(StatusCode::METHOD_NOT_ALLOWED, "method", what, method).response()
}

/// What a refusal counts as.
fn kind(refused: &Refused) -> &'static str {
    match refused.status {
        _ if refused.kind == Code::Required.as_str() => "unpaid",
        StatusCode::PAYMENT_REQUIRED => "refused",
        StatusCode::CONFLICT => "conflict",
        status if status.is_client_error() => "client_error",
        _ => "server_error",
    }
}

fn describe(site: &Site) -> Response<ReplyBody> {
    let mut about = site.service.describe();
    if let (Some(counter), Some(about)) = (&site.counter, about.as_object_mut()) {
        about.insert("accepts".into(), json!([counter.accepted]));
    }
    reply(StatusCode::OK, JSON, about.to_string()).map(ReplyBody::Whole)
}

type Answered = Result<(&'static str, Response<ReplyBody>), Refused>;

async fn predict(site: &Arc<Site>, mut request: Request<Incoming>) -> Answered {
    let Some(counter) = &site.counter else {
        let body = body(&mut request).await?;
        let _work = begin_work(&request);
        let said = site.service.predict(body).await?;
        return Ok(("served", reply(StatusCode::OK, JSON, said).map(ReplyBody::Whole)));
    };
    // All that costs little comes first: strangers get no further.
    let asking = |refused: Refused| {
        let settled = Settled::refused(counter.accepted.network.clone(), code_of(&refused));
        refused.asking(site.required(&counter.accepted), Some(settled))
    };
    let Some(payment) = payment(request.headers())? else {
        let what = "this prediction is paid for by the request";
        return Err(Refused::payment(Code::Required, what).asking(site.required(&counter.accepted), None));
    };
    let voucher = voucher(counter, &payment).map_err(asking)?;
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
    let body = body(&mut request).await?;
    let target = request.uri().path_and_query().map_or("/predict", |target| target.as_str());
    let digest = digest(request.method().as_str(), target, &body);
    let _work = begin_work(&request);
    // A client that goes away while its request is worked on has paid for it, and finds the reply kept.
    let site = site.clone();
    let served = tokio::spawn(async move {
        let Some(counter) = &site.counter else { return Err(Refused::stopping()) };
        serve(&site, counter, (&entry, voucher), (digest, body)).await
    });
    served.await.map_err(|_| Refused::failed("the request's task ended early"))?
}

fn code_of(refused: &Refused) -> Code {
    Code::ALL.iter().copied().find(|code| code.as_str() == refused.kind).unwrap_or(Code::Payload)
}

/// The payment in the head of a request, if there is one.
fn payment(headers: &HeaderMap) -> Result<Option<Payment>, Refused> {
    let bad = |what: String| Refused::payment(Code::Payload, format!("PAYMENT-SIGNATURE: {what}"));
    let mut values = headers.get_all(header::PAYMENT_SIGNATURE).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad("it is there more than once".into()));
    }
    header::decode(value.as_bytes()).map(Some).map_err(|error| bad(error.to_string()))
}

/// The voucher of a payment for this door's price, chain and contract.
fn voucher(counter: &Counter, payment: &Payment) -> Result<Voucher, Refused> {
    let proof = payment.proof().map_err(|error| Refused::payment(Code::Payload, error.to_string()))?;
    let Proof::Voucher(voucher) = proof;
    if !counter.accepted.is_chosen_by(&payment.accepted) {
        let what = "`accepted` is none of the ways to pay here: price, asset, payee, network and scheme have to be the same";
        return Err(Refused::payment(Code::Requirements, what));
    }
    let (chain_id, contract) = (counter.flows.chain_id(), counter.flows.contract());
    if voucher.chain_id != chain_id || voucher.contract != contract {
        let what = format!("the voucher is for another contract or chain, expected {contract} on {chain_id}");
        return Err(Refused::payment(Code::Network, what));
    }
    Ok(voucher)
}

/// A whole body.
async fn body(request: &mut Request<Incoming>) -> Result<Bytes, Refused> {
    let too_large = || {
        let what = format!("the body has more than {MAX_BODY} bytes");
        Refused::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", what, "send fewer rows or images")
    };
    if request.body().size_hint().lower() > MAX_BODY as u64 {
        return Err(too_large());
    }
    let _weight = begin_read(&*request, MAX_BODY)?;
    let read = timeout(BODY_TIMEOUT, Limited::new(request.body_mut(), MAX_BODY).collect()).await;
    let slow = |_| {
        let what = format!("the body did not arrive in {} s", BODY_TIMEOUT.as_secs());
        Refused::new(StatusCode::REQUEST_TIMEOUT, "slow", what, "try again on a faster connection")
    };
    match read.map_err(slow)? {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(too_large()),
        Err(_) => {
            let what = "the body broke off";
            Err(Refused::new(StatusCode::BAD_REQUEST, "broken", what, "send the request again"))
        }
    }
}

impl Counter {
    /// Reads a flow from the chain, of which only so many are read at a time. The inner error is the chain's.
    async fn look(&self, site: &Site, flow: u64) -> Result<Result<(), ChainError>, Refused> {
        let turn = timeout(QUESTION, self.questions.acquire()).await;
        let Ok(Ok(_turn)) = turn else { return Err(Refused::busy("too many flows are read from the chain")) };
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
    (digest, body): (Digest, Bytes),
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
        let charge = Charge { charged_amount: Amount(price), channel_state: state(charged) };
        Settled::taken(counter.accepted.network.clone(), flow.payer.to_string(), charge)
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
            return Err(Refused::payment(refusal.code, what).asking(site.required(&accepted), Some(none)));
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

fn paid(body: String, settled: &Settled) -> Response<ReplyBody> {
    let mut response = reply(StatusCode::OK, JSON, body).map(ReplyBody::Whole);
    put(response.headers_mut(), header::PAYMENT_RESPONSE, &header::encode(settled));
    response
}
