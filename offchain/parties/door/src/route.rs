//! Which request is answered by what.

use std::sync::Arc;

use bithive_chain::http::{ReplyBody, begin_work, reply};
use bithive_x402::{Code, Proof, ProofError, Settled};
use hyper::body::Incoming;
use hyper::{Method, Request, Response, StatusCode};
use serde_json::json;

use crate::asked::{Answered, Asked, body, payment};
use crate::refused::{JSON, Refused};
use crate::site::Site;
use crate::{exact, voucher};

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
        about.insert("accepts".into(), json!(counter.ways(&counter.accepted, None)));
    }
    reply(StatusCode::OK, JSON, about.to_string()).map(ReplyBody::Whole)
}

async fn predict(site: &Arc<Site>, mut request: Request<Incoming>) -> Answered {
    let Some(counter) = &site.counter else {
        let body = body(&mut request).await?;
        let _work = begin_work(&request);
        let said = site.service.predict(body).await?;
        return Ok(("served", reply(StatusCode::OK, JSON, said).map(ReplyBody::Whole)));
    };
    let Some(payment) = payment(request.headers())? else {
        // Who is to pay for this very request is told its digest.
        let digest = match counter.shop {
            Some(_) => Some(Asked::read(&mut request).await?.digest),
            None => None,
        };
        let what = "this prediction is paid for by the request";
        let required = site.required(&counter.accepted, digest);
        return Err(Refused::payment(Code::Required, what).asking(required, None));
    };
    let unreadable = |error: ProofError| {
        let settled = Settled::refused(counter.accepted.network.clone(), Code::Payload);
        let required = site.required(&counter.accepted, None);
        Refused::payment(Code::Payload, error.to_string()).asking(required, Some(settled))
    };
    match payment.proof().map_err(unreadable)? {
        Proof::Voucher(one) => voucher::answer(site, counter, (&payment, one), request).await,
        Proof::Exact(one) => exact::answer(site, counter, (&payment, one), request).await,
    }
}
