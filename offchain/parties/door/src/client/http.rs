//! Requests over HTTP, with bounds on what comes back.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bithive_x402::header::{self, HeaderError};
use bithive_x402::{PaymentRequired, Settled};
use bytes::{Bytes, BytesMut};
use reqwest::header::{CONTENT_TYPE, HeaderMap};
use reqwest::{Client, Url, redirect};
use rustls::{ClientConfig, RootCertStore};
use serde::de::DeserializeOwned;

use super::error::PayError;

/// Longest time for one request: the model's run and the way there and back.
const PATIENCE: Duration = Duration::from_secs(60);
/// Requests with one payment before a client gives up.
const ATTEMPTS: u32 = 4;
/// Wait before the second of them; it doubles.
pub(crate) const WAIT: Duration = Duration::from_millis(500);
/// Most bytes of a reply.
const MAX_REPLY: usize = 64 << 20;
/// Most characters of a URL that a message repeats.
const SHOWN: usize = 200;

/// A client that follows no redirect, which could lead anywhere.
pub(crate) struct Http(Client);

/// What came back.
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Reads a URL: with TLS, or of this machine.
pub(crate) fn url(text: &str) -> Result<Url, PayError> {
    let bad = || PayError::Url { found: text.chars().take(SHOWN).collect() };
    let url: Url = text.parse().map_err(|_| bad())?;
    let is_here = || {
        let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    };
    if url.scheme() == "https" || (url.scheme() == "http" && is_here()) { Ok(url) } else { Err(bad()) }
}

impl Http {
    pub(crate) fn new() -> Result<Self, PayError> {
        let setup = |error: &dyn std::error::Error| PayError::Setup(error.to_string());
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| setup(&error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::none())
            .timeout(PATIENCE)
            .build()
            .map_err(|error| setup(&error))?;
        Ok(Self(http))
    }

    /// Sends a request until it is answered: again and again with the same payment.
    pub(crate) async fn ask(
        &self,
        url: &Url,
        data: Option<&Bytes>,
        payment: Option<&str>,
    ) -> Result<Answer, PayError> {
        let (mut wait, mut last) = (WAIT, String::new());
        for attempt in 1..=ATTEMPTS {
            match self.send(url, data, payment).await? {
                Ok(answer) if !(500..=599).contains(&answer.status) => return Ok(answer),
                Ok(answer) => last = format!("status {}: {}", answer.status, answer.text()),
                Err(problem) => last = problem,
            }
            if attempt < ATTEMPTS {
                tokio::time::sleep(wait).await;
                wait = wait.saturating_mul(2);
            }
        }
        Err(PayError::Lost { attempts: ATTEMPTS, last })
    }

    /// Sends a request: POST where there is data, GET otherwise. The error is what went wrong on the way.
    async fn send(
        &self,
        url: &Url,
        data: Option<&Bytes>,
        payment: Option<&str>,
    ) -> Result<Result<Answer, String>, PayError> {
        let mut request = match data {
            Some(data) => {
                self.0.post(url.clone()).header(CONTENT_TYPE, "application/octet-stream").body(data.clone())
            }
            None => self.0.get(url.clone()),
        };
        if let Some(payment) = payment {
            request = request.header(header::PAYMENT_SIGNATURE, payment);
        }
        let lost = |error: reqwest::Error| error.without_url().to_string();
        let mut response = match request.send().await {
            Ok(response) => response,
            Err(error) => return Ok(Err(lost(error))),
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let mut body = BytesMut::new();
        loop {
            match response.chunk().await {
                Ok(Some(part)) if body.len().saturating_add(part.len()) > MAX_REPLY => {
                    return Err(PayError::TooLarge { most: MAX_REPLY });
                }
                Ok(Some(part)) => body.extend_from_slice(&part),
                Ok(None) => return Ok(Ok(Answer { status, headers, body: body.freeze() })),
                Err(error) => return Ok(Err(lost(error))),
            }
        }
    }
}

impl Answer {
    fn header<T: DeserializeOwned>(&self, name: &'static str) -> Result<Option<T>, PayError> {
        let Some(value) = self.headers.get(name) else { return Ok(None) };
        let read: Result<T, HeaderError> = header::decode(value.as_bytes());
        read.map(Some).map_err(|problem| PayError::Header { name, problem })
    }

    /// What a payment has to be.
    pub(crate) fn required(&self) -> Result<PaymentRequired, PayError> {
        let name = header::PAYMENT_REQUIRED;
        self.header(name)?.ok_or(PayError::NoHeader(name))
    }

    /// What became of the payment, where the server says it.
    pub(crate) fn settled(&self) -> Result<Option<Settled>, PayError> {
        self.header(header::PAYMENT_RESPONSE)
    }

    /// The body of a reply that is one.
    pub(crate) fn reply(self) -> Result<Bytes, PayError> {
        if (200..=299).contains(&self.status) {
            return Ok(self.body);
        }
        Err(PayError::Refused { code: format!("status {}", self.status), what: format!(": {}", self.text()) })
    }

    /// The server's words.
    pub(crate) fn text(&self) -> String {
        super::error::shown(&String::from_utf8_lossy(&self.body))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voucher_goes_over_tls_or_to_this_machine() {
        for good in [
            "https://model.example/predict",
            "http://127.0.0.1:8402/predict",
            "http://[::1]/",
            "http://localhost/x",
        ] {
            assert!(url(good).is_ok(), "{good}");
        }
        for bad in
            ["http://model.example/", "ftp://127.0.0.1/", "model.example", "http://127.0.0.1.example/", ""]
        {
            assert!(matches!(url(bad), Err(PayError::Url { .. })), "{bad}");
        }
    }
}
