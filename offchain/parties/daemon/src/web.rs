//! What is on web servers that are not trusted: whoever fetches it knows by other means whether it is what was meant.

use std::error::Error as _;
use std::io;
use std::time::Duration;

use reqwest::{Client, redirect};

use crate::DaemonError;

/// Longest time for one file.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Longest time in which a server sends nothing of it.
const SILENCE: Duration = Duration::from_secs(20);
/// Most redirections on the way to one file.
const MAX_REDIRECTIONS: usize = 3;

/// Fetches over HTTP(S). What a server sends has a bound.
pub struct Web(Client);

impl Web {
    /// Ready to fetch.
    ///
    /// # Errors
    /// [`DaemonError::Machine`], if this machine has no TLS.
    pub fn new() -> Result<Self, DaemonError> {
        let http = bithive_https::client(bithive_https::authorities(), PATIENCE)
            .map_err(|error| failed("TLS", error))?
            .redirect(redirect::Policy::custom(follow))
            .read_timeout(SILENCE)
            .build()
            .map_err(|error| failed("HTTP", error))?;
        Ok(Self(http))
    }

    /// Hands what is at a URL to `keep`, part by part: at most `most` bytes.
    ///
    /// # Errors
    /// [`DaemonError::Machine`]: the server does not answer, refuses, sends more than `most` bytes or leads elsewhere, or a part
    /// can't be kept.
    pub async fn get(
        &self,
        url: &str,
        most: u64,
        mut keep: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> Result<(), DaemonError> {
        let at = |error: String| failed("fetching", format!("{url}: {error}"));
        let too_long = || at(format!("it has more than {most} bytes"));
        let mut answer = self.0.get(url).send().await.map_err(|error| at(reason(error)))?;
        if !answer.status().is_success() {
            return Err(at(format!("HTTP status {}", answer.status())));
        }
        if answer.content_length().is_some_and(|length| length > most) {
            return Err(too_long());
        }
        let mut length = 0u64;
        while let Some(part) = answer.chunk().await.map_err(|error| at(reason(error)))? {
            length = length.saturating_add(part.len() as u64);
            if length > most {
                return Err(too_long());
            }
            keep(&part).map_err(|error| at(error.to_string()))?;
        }
        Ok(())
    }
}

fn failed(what: &'static str, error: impl ToString) -> DaemonError {
    DaemonError::Machine { what, error: error.to_string() }
}

/// Follows a server to other places of its own. Whoever names a server trusts that one, and over TLS nobody in between: what it
/// says of another host, or of a connection without TLS, anybody could have made.
fn follow(attempt: redirect::Attempt<'_>) -> redirect::Action {
    let Some(from) = attempt.previous().last() else { return attempt.follow() };
    let to = attempt.url();
    if attempt.previous().len() > MAX_REDIRECTIONS {
        return attempt.error(format!("it leads on more than {MAX_REDIRECTIONS} times"));
    }
    if from.host_str() != to.host_str() {
        let host = to.host_str().unwrap_or_default().to_owned();
        return attempt.error(format!(
            "it leads to another host, {host}; configure the URL there, if that host is to be trusted"
        ));
    }
    if from.scheme() == "https" && to.scheme() != "https" {
        return attempt.error("it leads from https to a connection without TLS".to_owned());
    }
    attempt.follow()
}

/// What went wrong, with its causes.
fn reason(error: reqwest::Error) -> String {
    if error.is_timeout() {
        let [silence, patience] = [SILENCE, PATIENCE].map(humantime::format_duration);
        return format!("nothing came for {silence}, or not all of it within {patience}");
    }
    let error = error.without_url();
    let (mut text, mut next) = (error.to_string(), error.source());
    while let Some(cause) = next {
        text = format!("{text}: {cause}");
        next = cause.source();
    }
    text
}
