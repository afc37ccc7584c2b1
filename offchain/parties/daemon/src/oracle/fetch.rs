//! Exports and the other oracles' files: from a path, or over HTTP(S) from a server that is not trusted.

use std::error::Error as _;
use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use reqwest::{Client, redirect};
use rustls::{ClientConfig, RootCertStore};

use crate::DaemonError;
use crate::config::Place;

/// Longest time for one file.
const PATIENCE: Duration = Duration::from_secs(1_800);
/// Longest time in which a server sends nothing of it.
const SILENCE: Duration = Duration::from_secs(20);
/// Most redirections on the way to one file.
const MAX_REDIRECTIONS: usize = 3;

fn failed(what: &'static str, error: impl ToString) -> DaemonError {
    DaemonError::Machine { what, error: error.to_string() }
}

/// Fetches files. What a server sends has a bound, and is never kept in memory as a whole.
pub(super) struct Fetcher {
    http: Client,
    folder: PathBuf,
    /// Files that were fetched: each has a name of its own.
    fetched: AtomicU64,
}

impl Fetcher {
    /// Fetched files lie in `folder` until they are read.
    pub(super) fn new(folder: &Path) -> Result<Self, DaemonError> {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| failed("TLS", error))?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let http = Client::builder()
            .tls_backend_preconfigured(tls)
            .redirect(redirect::Policy::custom(follow))
            .timeout(PATIENCE)
            .read_timeout(SILENCE)
            .build()
            .map_err(|error| failed("HTTP", error))?;
        Ok(Self { http, folder: folder.into(), fetched: AtomicU64::new(0) })
    }

    /// A file that is at a place, of at most `most` bytes. It is removed when it is closed, if it was fetched.
    pub(super) async fn open(&self, place: &Place, most: u64) -> Result<File, DaemonError> {
        match place {
            Place::File(path) => {
                let length = std::fs::metadata(path).map_err(|error| at(place, error))?.len();
                if length > most {
                    return Err(at(place, format!("it has {length} bytes; expected at most {most}")));
                }
                File::open(path).map_err(|error| at(place, error))
            }
            Place::Url(url) => self.fetch(place, url, most).await,
        }
    }

    /// A small file as a whole.
    pub(super) async fn read(&self, place: &Place, most: u64) -> Result<Vec<u8>, DaemonError> {
        let mut bytes = Vec::new();
        let file = self.open(place, most).await?;
        file.take(most).read_to_end(&mut bytes).map_err(|error| at(place, error))?;
        Ok(bytes)
    }

    async fn fetch(&self, place: &Place, url: &str, most: u64) -> Result<File, DaemonError> {
        let too_long = || at(place, format!("it has more than {most} bytes"));
        let mut answer = self.http.get(url).send().await.map_err(|error| at(place, reason(error)))?;
        if !answer.status().is_success() {
            return Err(at(place, format!("HTTP status {}", answer.status())));
        }
        if answer.content_length().is_some_and(|length| length > most) {
            return Err(too_long());
        }
        let path = self.folder.join(format!("fetched-{}", self.fetched.fetch_add(1, Ordering::Relaxed)));
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(true)
            .open(&path)
            .map_err(|error| at(place, error))?;
        // Its name is not needed: nothing is left of it when this process ends.
        std::fs::remove_file(&path).map_err(|error| at(place, error))?;
        let mut length = 0u64;
        while let Some(part) = answer.chunk().await.map_err(|error| at(place, reason(error)))? {
            length = length.saturating_add(part.len() as u64);
            if length > most {
                return Err(too_long());
            }
            file.write_all(&part).map_err(|error| at(place, error))?;
        }
        std::io::Seek::rewind(&mut file).map_err(|error| at(place, error))?;
        Ok(file)
    }
}

/// Follows a server to other places of its own. Whoever configures a server trusts that one, and over TLS nobody in between: what it
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

fn at(place: &Place, error: impl ToString) -> DaemonError {
    failed("fetching", format!("{place}: {}", error.to_string()))
}
