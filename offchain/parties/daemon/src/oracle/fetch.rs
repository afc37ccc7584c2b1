//! Exports and the other oracles' files: from a path, or over HTTP(S) from a server that is not trusted.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use reqwest::{Client, redirect};
use rustls::{ClientConfig, RootCertStore};

use crate::DaemonError;
use crate::config::Place;

/// Longest time for one file.
const PATIENCE: Duration = Duration::from_secs(1_800);

fn failed(what: &'static str, error: impl ToString) -> DaemonError {
    DaemonError::Machine { what, error: error.to_string() }
}

/// Fetches files. What a server sends has a bound, and is never kept in memory as a whole.
pub(super) struct Fetcher {
    http: Client,
    folder: PathBuf,
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
            .redirect(redirect::Policy::limited(3))
            .timeout(PATIENCE)
            .build()
            .map_err(|error| failed("HTTP", error))?;
        Ok(Self { http, folder: folder.into() })
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
        let mut answer = self.http.get(url).send().await.map_err(|error| at(place, error.without_url()))?;
        if !answer.status().is_success() {
            return Err(at(place, format!("HTTP status {}", answer.status())));
        }
        let path = self.folder.join("fetched");
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
        while let Some(part) = answer.chunk().await.map_err(|error| at(place, error.without_url()))? {
            length = length.saturating_add(part.len() as u64);
            if length > most {
                return Err(at(place, format!("it has more than {most} bytes")));
            }
            file.write_all(&part).map_err(|error| at(place, error))?;
        }
        std::io::Seek::rewind(&mut file).map_err(|error| at(place, error))?;
        Ok(file)
    }
}

fn at(place: &Place, error: impl ToString) -> DaemonError {
    failed("fetching", format!("{place}: {}", error.to_string()))
}
