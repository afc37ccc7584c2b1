//! Why a request is not answered, for programs and people.

use bithive_chain::http::{ReplyBody, TooMuch, reply};
use bithive_x402::{Code, PaymentRequired, Settled, header};
use hyper::header::{ALLOW, HeaderName, HeaderValue, RETRY_AFTER};
use hyper::{Response, StatusCode};
use serde_json::json;

pub(crate) const JSON: &str = "application/json";

/// Why a request is not answered.
#[derive(Clone, Debug)]
pub(crate) struct Refused {
    pub(crate) status: StatusCode,
    /// By which programs tell reasons apart.
    pub(crate) kind: &'static str,
    what: String,
    remedy: &'static str,
    /// What a payment has to be, and what became of the one that came.
    payment: Option<Box<(PaymentRequired, Option<Settled>)>>,
    retry: bool,
}

impl Refused {
    pub(crate) fn new(
        status: StatusCode,
        kind: &'static str,
        what: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self { status, kind, what: what.into(), remedy, payment: None, retry: false }
    }

    /// Of a payment. What can be mended by another payment says what that has to be.
    pub(crate) fn payment(code: Code, what: impl Into<String>) -> Self {
        let status = match code {
            Code::Payload => StatusCode::BAD_REQUEST,
            Code::Used | Code::OtherRequest => StatusCode::CONFLICT,
            Code::Exposure => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::PAYMENT_REQUIRED,
        };
        let retry = code == Code::Exposure;
        Self { retry, ..Self::new(status, code.as_str(), what, code.remedy()) }
    }

    /// Of a payment that is none of the ways to pay.
    pub(crate) fn other_terms() -> Self {
        let what = "`accepted` is none of the ways to pay here: price, asset, payee, network and scheme have to be the same";
        Self::payment(Code::Requirements, what)
    }

    /// The code of a payment that was not taken.
    pub(crate) fn code(&self) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.as_str() == self.kind)
    }

    /// With what a payment has to be, and, where one came, that it was not taken.
    pub(crate) fn asking(mut self, mut required: PaymentRequired, settled: Option<Settled>) -> Self {
        required.error = Some(self.kind.to_owned());
        self.payment = Some(Box::new((required, settled)));
        self
    }

    /// Of the model's input, which nobody pays for.
    pub(crate) fn input(what: impl Into<String>) -> Self {
        let remedy = "send what the model reads, as GET / describes it; nothing was charged";
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "input", what, remedy)
    }

    pub(crate) fn failed(what: &str) -> Self {
        tracing::error!(what, "a request failed");
        let remedy = "send the same request with the same payment again";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "failed", "this machine can't answer it", remedy)
    }

    /// Of the chain, which does not answer or is asked too much.
    pub(crate) fn chain(what: impl Into<String>) -> Self {
        let remedy = "send the same request with the same payment again in a minute";
        Self { retry: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "chain", what, remedy) }
    }

    pub(crate) fn busy(what: impl Into<String>) -> Self {
        let remedy = "try again in a moment";
        Self { retry: true, ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "busy", what, remedy) }
    }

    pub(crate) fn stopping() -> Self {
        Self::busy("the server is stopping")
    }

    pub(crate) fn response(&self) -> Response<ReplyBody> {
        let body = json!({ "error": { "kind": self.kind, "what": self.what, "remedy": self.remedy } });
        let mut response = reply(self.status, JSON, body.to_string()).map(ReplyBody::Whole);
        let headers = response.headers_mut();
        if let Some((required, settled)) = self.payment.as_deref() {
            put(headers, header::PAYMENT_REQUIRED, &header::encode(required));
            if let Some(settled) = settled {
                put(headers, header::PAYMENT_RESPONSE, &header::encode(settled));
            }
        }
        if self.status == StatusCode::METHOD_NOT_ALLOWED {
            headers.insert(ALLOW, HeaderValue::from_static(self.remedy));
        }
        if self.retry {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("60"));
        }
        response
    }
}

/// Adds a header of the protocol. What a door itself says is short and of ASCII.
pub(crate) fn put(
    headers: &mut hyper::HeaderMap,
    name: &'static str,
    value: &Result<String, header::HeaderError>,
) {
    match value.as_deref().map(HeaderValue::from_str) {
        Ok(Ok(value)) => drop(headers.insert(HeaderName::from_static(name), value)),
        _ => tracing::error!(name, "a header can't be written"),
    }
}

impl From<TooMuch> for Refused {
    fn from(error: TooMuch) -> Self {
        Self::busy(error.to_string())
    }
}
