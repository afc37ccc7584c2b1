//! Messages between the measuring process and the ends: JSON, one message a line.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// What moves the bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Subject {
    /// The library with its own settings, one stream, from memory to nowhere.
    LibraryDefaults,
    /// The library with the transport's settings but its own congestion control, likewise.
    LibraryCubic,
    /// The library with the transport's settings, likewise.
    Library,
    /// The library with the transport's settings, one stream, from file to file.
    LibraryFiles,
    /// Requests of the transport, answered with 1 MiB each, from memory to nowhere.
    Requests,
    /// Content of the transport, from the store of one end to the other's, verified.
    Content,
}

impl Subject {
    pub(super) const ALL: [Self; 6] = [
        Self::LibraryDefaults,
        Self::LibraryCubic,
        Self::Library,
        Self::LibraryFiles,
        Self::Requests,
        Self::Content,
    ];

    /// Its name in tables.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::LibraryDefaults => "library, its own settings",
            Self::LibraryCubic => "library, the transport's settings, Cubic",
            Self::Library => "library, the transport's settings",
            Self::LibraryFiles => "library, file to file",
            Self::Requests => "requests of 1 MiB, memory to nowhere",
            Self::Content => "content, store to store",
        }
    }
}

/// Where an end can be reached, and what it offers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Offer {
    pub(super) peer: [u8; 32],
    pub(super) addresses: Vec<SocketAddr>,
    /// BLAKE3 digest of the content.
    pub(super) digest: [u8; 32],
}

/// An order to an end.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Order {
    /// Offer `file` in a folder of its own. The first order of a sender.
    Serve { subject: Subject, key: [u8; 32], folder: PathBuf, file: PathBuf },
    /// Connect to an end. The first order of a receiver.
    Connect { subject: Subject, key: [u8; 32], folder: PathBuf, offer: Offer },
    /// Fetch this many bytes.
    Fetch { bytes: u64 },
    /// Ask for a few bytes, `times` in all and `at_once` at a time.
    Ask { times: u32, at_once: u32 },
    /// Make room for what was fetched to be fetched again.
    Forget,
    /// How much processor time was used so far.
    Usage,
}

/// What an end answers.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) enum Report {
    Serving(Offer),
    Connected,
    /// What was fetched is here after this many seconds.
    Fetched(f64),
    /// Seconds of all requests together, and the microseconds of each.
    Asked {
        seconds: f64,
        each: Vec<f64>,
    },
    Forgotten,
    /// Seconds of processor time, in the kernel too.
    Used(f64),
    Failed(String),
}
