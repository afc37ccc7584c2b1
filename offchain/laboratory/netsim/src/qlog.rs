//! Traces of a flow's sender in qlog (JSON-SEQ), written by the QUIC library: packets, and in
//! `recovery:metrics_updated` what the congestion controller did.

use std::fs::File;
use std::io::BufWriter;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use noq_proto::{ConnectionId, QlogConfig, QlogFactory, Side};

use crate::error::SimError;

/// The trace of one connection.
pub(crate) struct Trace {
    file: Mutex<Option<File>>,
    title: String,
    epoch: Instant,
}

impl Trace {
    /// A trace of flow `number`, whose times count from `epoch`, in the folder `into`.
    pub(crate) fn create(
        into: &Path,
        number: usize,
        control: &str,
        epoch: Instant,
    ) -> Result<Self, SimError> {
        let path: PathBuf = into.join(format!("{number}-{control}.sqlog"));
        let file = std::fs::create_dir_all(into).and_then(|()| File::create(&path));
        let file = file.map_err(|error| SimError::Trace {
            file: path.display().to_string(),
            reason: error.to_string(),
        })?;
        Ok(Self { file: Mutex::new(Some(file)), title: control.to_owned(), epoch })
    }
}

impl QlogFactory for Trace {
    fn for_connection(&self, _: Side, _: SocketAddr, _: ConnectionId, _: Instant) -> Option<QlogConfig> {
        let file = self.file.lock().unwrap_or_else(PoisonError::into_inner).take()?;
        let mut config = QlogConfig::new(Box::new(BufWriter::new(file)));
        config.title(Some(self.title.clone())).start_time(self.epoch);
        Some(config)
    }
}
