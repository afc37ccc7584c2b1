//! JSON-RPC over HTTP to a node that is not trusted: answers are bounded in time and size, and belong to the request.

use super::options::CosmosOptions;
use crate::{ChainError, rpc::cut};
use reqwest::{Body, Client, RequestBuilder, StatusCode, Url};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json, value::RawValue};
use std::{
    error::Error as _,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

/// Longest answer read: a block of CometBFT's default size with its results, in base64, several times over.
const MAX_ANSWER_BYTES: usize = 32 << 20;

/// A node's RPC.
pub(super) struct Rpc {
    http: Client,
    url: Url,
    next_id: AtomicU64,
    timeout: Duration,
}

/// A call that gave no result.
pub(super) enum CallError {
    /// The node did not answer, or not in the form of an answer.
    Chain(ChainError),
    /// The node answered with an error; its text.
    Refused(String),
}

impl From<ChainError> for CallError {
    fn from(error: ChainError) -> Self {
        Self::Chain(error)
    }
}

#[derive(Deserialize)]
struct Envelope<'a> {
    id: Option<Value>,
    #[serde(borrow)]
    result: Option<&'a RawValue>,
    error: Option<ErrorObject>,
}

#[derive(Deserialize)]
struct ErrorObject {
    #[serde(default)]
    message: String,
    #[serde(default)]
    data: Option<Value>,
}

impl Rpc {
    pub(super) fn new(options: &CosmosOptions) -> Result<Self, ChainError> {
        let invalid = |reason: String| ChainError::InvalidConfig { field: "rpc".into(), reason };
        let url: Url = options.rpc.parse().map_err(|error| {
            invalid(format!("{:?}: {error}, expected http://host:port or https://host", cut(&options.rpc)))
        })?;
        if !["http", "https"].contains(&url.scheme()) || url.host_str().is_none() {
            return Err(invalid(format!("scheme is {:?}, expected http or https", url.scheme())));
        }
        let mut builder = bithive_https::client(bithive_https::authorities(), options.request_timeout)
            .map_err(|error| invalid(error.to_string()))?;
        if is_loopback(&url) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| invalid(error.to_string()))?;
        Ok(Self { http, url, next_id: AtomicU64::new(1), timeout: options.request_timeout })
    }

    /// The node's address without user and password.
    pub(super) fn name(&self) -> String {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        format!("{}://{}{port}", self.url.scheme(), self.url.host_str().unwrap_or_default())
    }

    /// Calls a method.
    pub(super) async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: Value,
    ) -> Result<T, CallError> {
        let id = self.next_id.fetch_add(1, Ordering::Relaxed);
        let request = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
        let (success, body) = self.post(method, request.to_string()).await?;
        let malformed = |reason: String| self.malformed(method, reason);
        let envelope: Envelope<'_> = match serde_json::from_slice(&body) {
            Ok(envelope) => envelope,
            Err(error) if success.is_success() => return Err(malformed(error.to_string()).into()),
            Err(_) => return Err(self.down(method, format!("HTTP status {success}")).into()),
        };
        if let Some(error) = envelope.error {
            let data = match error.data {
                Some(Value::String(data)) if !data.is_empty() => data,
                Some(Value::Null | Value::String(_)) | None => error.message,
                Some(other) => other.to_string(),
            };
            return Err(CallError::Refused(cut(&data).into()));
        }
        if envelope.id != Some(json!(id)) {
            let got = envelope.id.map_or_else(|| "none".into(), |id| id.to_string());
            return Err(malformed(format!("id is {}, expected {id}", cut(&got))).into());
        }
        let result = envelope.result.ok_or_else(|| malformed("neither result nor error".into()))?;
        serde_json::from_str(result.get()).map_err(|error| malformed(error.to_string()).into())
    }

    /// An answer that is not what was asked for.
    pub(super) fn malformed(&self, what: &str, reason: impl Into<String>) -> ChainError {
        ChainError::Decode { what: format!("answer of {} to {what}", self.name()), reason: reason.into() }
    }

    fn down(&self, method: &str, reason: String) -> ChainError {
        ChainError::NodeDown { reason: format!("{method} of {}: {reason}", self.name()) }
    }

    /// Sends a body of JSON-RPC.
    pub(super) async fn post(
        &self,
        method: &str,
        body: impl Into<Body>,
    ) -> Result<(StatusCode, Vec<u8>), ChainError> {
        let request = self.http.post(self.url.clone()).header("content-type", "application/json");
        self.send(method, request.body(body)).await
    }

    /// Sends a call in a URI: the method, and the query as it is.
    pub(super) async fn get(
        &self,
        method: &str,
        query: Option<&str>,
    ) -> Result<(StatusCode, Vec<u8>), ChainError> {
        let mut url = self.url.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}/{method}"));
        url.set_query(query);
        self.send(method, self.http.get(url)).await
    }

    async fn send(&self, method: &str, request: RequestBuilder) -> Result<(StatusCode, Vec<u8>), ChainError> {
        let failed = |error: reqwest::Error| self.down(method, self.words(&error));
        let mut response = request.send().await.map_err(failed)?;
        let mut bytes = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(failed)? {
            if bytes.len() + chunk.len() > MAX_ANSWER_BYTES {
                let reason = format!("more than {MAX_ANSWER_BYTES} bytes");
                return Err(self.malformed(method, reason));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok((response.status(), bytes))
    }

    fn words(&self, error: &reqwest::Error) -> String {
        if error.is_timeout() {
            return format!("no answer in {} ms", self.timeout.as_millis());
        }
        // The outermost error says only that sending failed, with a URL that may hold a password.
        let mut source = error.source();
        let mut words = "the request failed".to_owned();
        while let Some(error) = source {
            words = error.to_string();
            source = error.source();
        }
        cut(&words).into()
    }
}

/// Whether a URL is of this machine: a proxy that the environment names is not used for it.
fn is_loopback(url: &Url) -> bool {
    match url.host_str() {
        Some("localhost") => true,
        Some(host) => host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback()),
        None => false,
    }
}
