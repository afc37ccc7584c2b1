//! Answers over HTTP, and why there is none.

use bithive_chain::http::{ReplyBody, reply};
use http_body_util::Full;
use hyper::body::Bytes;
use hyper::header::{CACHE_CONTROL, HeaderValue, WWW_AUTHENTICATE};
use hyper::{Response, StatusCode};
use serde_json::{Value, json};

pub(crate) const JSON: &str = "application/dicom+json";
pub(crate) const FHIR: &str = "application/fhir+json";

/// Why a request is not answered: a status, and words for whoever reads it.
#[derive(Debug)]
pub(crate) struct Denied {
    pub(crate) status: StatusCode,
    pub(crate) text: String,
}

impl Denied {
    pub(crate) fn new(status: StatusCode, text: impl Into<String>) -> Self {
        Self { status, text: text.into() }
    }

    pub(crate) fn bad(text: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, text)
    }

    pub(crate) fn not_found(text: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, text)
    }

    pub(crate) fn method(expected: &str) -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("expected {expected}"))
    }

    /// What went wrong here, of which a client is told nothing.
    pub(crate) fn internal(error: &dyn std::fmt::Display) -> Self {
        tracing::error!(%error, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "the gateway failed; its log says why")
    }

    /// The answer as plain text.
    pub(crate) fn response(&self) -> Response<ReplyBody> {
        let mut response = reply(self.status, "text/plain; charset=utf-8", format!("{}\n", self.text));
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response.map(ReplyBody::Whole)
    }

    /// As an OperationOutcome.
    pub(crate) fn outcome(&self) -> Response<ReplyBody> {
        let code = match self.status {
            StatusCode::NOT_FOUND => "not-found",
            StatusCode::UNAUTHORIZED => "login",
            StatusCode::FORBIDDEN => "forbidden",
            StatusCode::CONFLICT => "conflict",
            StatusCode::INTERNAL_SERVER_ERROR => "exception",
            StatusCode::INSUFFICIENT_STORAGE => "too-costly",
            _ => "invalid",
        };
        let issue = json!({ "severity": "error", "code": code, "diagnostics": self.text });
        let body = json!({ "resourceType": "OperationOutcome", "issue": [issue] });
        let mut response = document(self.status, FHIR, &body);
        if self.status == StatusCode::UNAUTHORIZED {
            response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// A document of JSON.
pub(crate) fn document(status: StatusCode, kind: &'static str, body: &Value) -> Response<ReplyBody> {
    text(status, kind, body.to_string())
}

/// An answer with a text of a media type.
pub(crate) fn text(status: StatusCode, kind: &'static str, body: String) -> Response<ReplyBody> {
    let mut response = reply(status, kind, body);
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response.map(ReplyBody::Whole)
}

/// An answer without a body.
pub(crate) fn empty(status: StatusCode) -> Response<ReplyBody> {
    let mut response = Response::new(ReplyBody::Whole(Full::new(Bytes::new())));
    *response.status_mut() = status;
    response
}
