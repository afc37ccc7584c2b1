//! Alerts for others, over HTTP.

use std::net::IpAddr;
use std::time::{Duration, SystemTime};

use bithive_audit::Alert;
use bithive_signed::Digest;
use hmac::{Hmac, KeyInit as _, Mac as _};
use reqwest::{Client, Url};
use serde::Serialize;
use sha2::Sha256;
use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::WebhookError;

/// Longest time for one attempt.
const PATIENCE: Duration = Duration::from_secs(10);
/// Header with the time and the signature.
const SIGNATURE: &str = "BitHive-Signature";

/// The key under which alerts are signed. Erased when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct HookKey(Vec<u8>);

impl HookKey {
    /// Fewest bytes of a key.
    pub const LEAST: usize = 32;

    /// These bytes: the content of a file, without one end of a line after them.
    ///
    /// # Errors
    /// [`WebhookError::Key`] for fewer than [`HookKey::LEAST`].
    pub fn new(bytes: &[u8]) -> Result<Self, WebhookError> {
        let key = bytes.strip_suffix(b"\n").unwrap_or(bytes);
        let key = key.strip_suffix(b"\r").unwrap_or(key);
        if key.len() < Self::LEAST {
            return Err(WebhookError::Key { found: key.len(), least: Self::LEAST });
        }
        Ok(Self(key.into()))
    }

    /// HMAC-SHA256 of the time in decimal digits, a full stop and the body, in hex.
    #[must_use]
    pub fn sign(&self, seconds: u64, body: &[u8]) -> String {
        // HMAC takes keys of every length.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return String::new() };
        mac.update(format!("{seconds}.").as_bytes());
        mac.update(body);
        hex::encode(mac.finalize().into_bytes())
    }
}

/// How often and how long delivery is tried: the wait doubles from the first to the longest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// Wait after the first failed attempt.
    pub first: Duration,
    /// Longest wait between two attempts.
    pub longest: Duration,
    /// Number of attempts, the first included.
    pub attempts: u32,
}

impl Default for Backoff {
    /// Eight attempts within about two minutes, beside the time that they take.
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_secs(60), attempts: 8 }
    }
}

/// Where alerts are sent.
///
/// Each is a POST of one JSON object, as docs/audit.md shows it. The header `BitHive-Signature: t=<seconds>,v1=<hex>` has HMAC-SHA256, under a
/// key that both ends know, of the seconds, a full stop and the body: the receiver checks it, and refuses old times. Delivery is at least
/// once; `id` tells repetitions apart.
pub struct Webhook {
    url: Url,
    key: HookKey,
    http: Client,
    backoff: Backoff,
}

/// What is sent.
#[derive(Serialize)]
struct Message<'a> {
    /// What the message is: always `bithive-audit-alert-1`.
    kind: &'static str,
    /// The same for each repetition: the entry's digest and the rule.
    id: String,
    /// Identity of the log.
    log: Digest,
    #[serde(flatten)]
    alert: &'a Alert,
}

impl Webhook {
    /// Sends to a URL. Without TLS only to this machine: an alert tells what a house has to hide.
    ///
    /// # Errors
    /// [`WebhookError::Url`], [`WebhookError::Setup`].
    pub fn new(url: &str, key: HookKey, backoff: Backoff) -> Result<Self, WebhookError> {
        let bad = || WebhookError::Url { found: url.chars().take(200).collect() };
        let url: Url = url.parse().map_err(|_| bad())?;
        let is_here = || {
            let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
            host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        };
        if url.scheme() != "https" && !(url.scheme() == "http" && is_here()) {
            return Err(bad());
        }
        let setup = |error: &dyn std::error::Error| WebhookError::Setup(error.to_string());
        let http = bithive_https::client(bithive_https::authorities(), PATIENCE);
        let http = http.map_err(|error| setup(&error))?.build().map_err(|error| setup(&error))?;
        Ok(Self { url, key, http, backoff })
    }

    /// Delivers an alert, with repetitions until it is taken: an answer of 200 to 299.
    ///
    /// # Errors
    /// [`WebhookError::Undelivered`].
    pub async fn deliver(&self, log: Digest, alert: &Alert) -> Result<(), WebhookError> {
        let id = format!("{}-{}", alert.digest, alert.rule);
        let message = Message { kind: "bithive-audit-alert-1", id, log, alert };
        let body = serde_json::to_vec(&message).map_err(|error| WebhookError::Setup(error.to_string()))?;
        let (mut wait, mut last) = (self.backoff.first, String::new());
        for attempt in 1..=self.backoff.attempts {
            match self.post(&body).await {
                Ok(()) => return Ok(()),
                Err(problem) => last = problem,
            }
            if attempt < self.backoff.attempts {
                tokio::time::sleep(wait).await;
                wait = wait.saturating_mul(2).min(self.backoff.longest);
            }
        }
        Err(WebhookError::Undelivered { attempts: self.backoff.attempts, last })
    }

    async fn post(&self, body: &[u8]) -> Result<(), String> {
        let seconds = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs();
        let signature = format!("t={seconds},v1={}", self.key.sign(seconds, body));
        let request = self
            .http
            .post(self.url.clone())
            .header("Content-Type", "application/json")
            .header(SIGNATURE, signature)
            .body(body.to_vec());
        // The URL may have a secret in it.
        let answer = request.send().await.map_err(|error| error.without_url().to_string())?;
        let status = answer.status();
        if status.is_success() { Ok(()) } else { Err(format!("HTTP status {status}")) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alerts_go_to_this_machine_or_over_tls() {
        let key = HookKey::new(&[b'k'; 32]).unwrap();
        let to = |url: &str| Webhook::new(url, key.clone(), Backoff::default());
        for good in
            ["https://example.org/hook", "http://127.0.0.1:9/x", "http://[::1]:9", "http://localhost/x"]
        {
            assert!(to(good).is_ok(), "{good}");
        }
        for bad in
            ["http://example.org/hook", "ftp://127.0.0.1/", "example.org", "http://127.0.0.1.example.org/"]
        {
            assert!(matches!(to(bad), Err(WebhookError::Url { .. })), "{bad}");
        }
        assert!(matches!(HookKey::new(b"short\n"), Err(WebhookError::Key { found: 5, .. })));
    }

    #[test]
    fn the_signature_is_hmac_sha256_as_others_compute_it() {
        // RFC 4231, test case 2, needs a short key; this one is checked against Python's hmac module.
        let key = HookKey::new(b"0123456789abcdef0123456789abcdef\n").unwrap();
        assert_eq!(key.sign(1_795_392_000, b"{}"), PYTHON);
    }

    const PYTHON: &str = "d38243205a68d5d29b766c1bdc44e81cf8b23f3ae0614a69f466bbf3d535095f";
}
