//! Messages between the measuring process and the ends: JSON, one message a line.

use std::net::SocketAddr;
use std::num::NonZeroU64;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

use super::keys::{ReceiverKeys, SenderKeys};

/// An order to an end.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Order {
    /// Start an endpoint; it sends at most `rate` bytes of content a second.
    Start { key: [u8; 32], folder: PathBuf, listen: SocketAddr, rate: Option<NonZeroU64> },
    /// Addresses of other endpoints.
    Know { peers: Vec<([u8; 32], Vec<SocketAddr>)> },
    /// The keys that a sender encrypts to.
    Address(SenderKeys),
    /// The keys that a receiver decrypts with.
    Belong(ReceiverKeys),
    /// Encrypt a file to the first so many slots and publish it.
    Publish { plaintext: PathBuf, receivers: u16 },
    /// Fetch, decrypt and hash what was published.
    Receive { headers: Vec<u8>, content: [u8; 32], receivers: u16, providers: Vec<[u8; 32]> },
    /// Listen for a copy.
    Listen,
    /// Take the copy that comes next, into this file.
    TakeCopy { file: PathBuf },
    /// Encrypt a copy of a file to each, and send one after the other.
    SendCopies { plaintext: PathBuf, to: Vec<(SocketAddr, Vec<u8>)>, rate: Option<NonZeroU64> },
    /// What this process has used so far.
    Usage,
}

/// What an end answers.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Report {
    /// It listens there, as an endpoint with this name.
    Started {
        id: [u8; 32],
        addresses: Vec<SocketAddr>,
    },
    Done,
    Published {
        headers: Vec<u8>,
        content: [u8; 32],
    },
    /// The plaintext's digest, and how many bytes of the content were there at the start.
    Received {
        plaintext: [u8; 32],
        resumed: u64,
    },
    Listening {
        address: SocketAddr,
        key: Vec<u8>,
    },
    /// The digests that the receivers found, and the bytes that were sent.
    CopiesSent {
        plaintexts: Vec<[u8; 32]>,
        bytes: u64,
    },
    Used(Usage),
    Failed(String),
}

/// What a process has used.
#[derive(Clone, Copy, Debug, Default, Serialize, Deserialize)]
pub(super) struct Usage {
    /// Processor time, in the kernel too.
    pub(super) seconds: f64,
    /// Most memory at a time, bytes; 0 where the system does not tell.
    pub(super) peak: u64,
    /// Bytes of content sent to others.
    pub(super) sent: u64,
}
