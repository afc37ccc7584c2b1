//! Exports and the other oracles' files: from a path, or over HTTP(S) from a server that is not trusted.

use std::fs::File;
use std::io::{Read as _, Seek as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::DaemonError;
use crate::config::Place;
use crate::web::Web;

/// Fetches files. What a server sends has a bound, and is never kept in memory as a whole.
pub(super) struct Fetcher {
    web: Web,
    folder: PathBuf,
    /// Files that were fetched: each has a name of its own.
    fetched: AtomicU64,
}

impl Fetcher {
    /// Fetched files lie in `folder` until they are read.
    pub(super) fn new(folder: &Path) -> Result<Self, DaemonError> {
        Ok(Self { web: Web::new()?, folder: folder.into(), fetched: AtomicU64::new(0) })
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
        self.web.get(url, most, |part| file.write_all(part)).await?;
        file.rewind().map_err(|error| at(place, error))?;
        Ok(file)
    }
}

fn at(place: &Place, error: impl ToString) -> DaemonError {
    DaemonError::Machine { what: "fetching", error: format!("{place}: {}", error.to_string()) }
}
