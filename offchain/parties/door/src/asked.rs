//! What a request has: a payment in its head, and a body of which it has the digest.

use bithive_chain::http::{ReplyBody, begin_read, reply};
use bithive_x402::{Code, Digest, Payment, Settled, digest, header};
use bytes::Bytes;
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use hyper::body::{Body as _, Incoming};
use hyper::{HeaderMap, Request, Response, StatusCode};
use tokio::time::timeout;

use crate::limits::{BODY_TIMEOUT, MAX_BODY};
use crate::refused::{JSON, Refused, put};

/// The answer to a request, and what it counts as.
pub(crate) type Answered = Result<(&'static str, Response<ReplyBody>), Refused>;

/// A request that has arrived as a whole.
pub(crate) struct Asked {
    pub(crate) digest: Digest,
    pub(crate) body: Bytes,
}

impl Asked {
    pub(crate) async fn read(request: &mut Request<Incoming>) -> Result<Self, Refused> {
        let body = body(request).await?;
        let target = request.uri().path_and_query().map_or("/predict", |target| target.as_str());
        Ok(Self { digest: digest(request.method().as_str(), target, &body), body })
    }
}

/// The payment in the head of a request, if there is one.
pub(crate) fn payment(headers: &HeaderMap) -> Result<Option<Payment>, Refused> {
    let bad = |what: String| Refused::payment(Code::Payload, format!("PAYMENT-SIGNATURE: {what}"));
    let mut values = headers.get_all(header::PAYMENT_SIGNATURE).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(bad("it is there more than once".into()));
    }
    header::decode(value.as_bytes()).map(Some).map_err(|error| bad(error.to_string()))
}

/// A whole body.
pub(crate) async fn body(request: &mut Request<Incoming>) -> Result<Bytes, Refused> {
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

/// A reply that is paid for.
pub(crate) fn paid(body: String, settled: &Settled) -> Response<ReplyBody> {
    let mut response = reply(StatusCode::OK, JSON, body).map(ReplyBody::Whole);
    put(response.headers_mut(), header::PAYMENT_RESPONSE, &header::encode(settled));
    response
}
