//! What can go wrong while an endpoint is set up.

use bithive_exchange::PeerId;

/// What can go wrong while an endpoint or a relay is set up.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The folder can't be read or written.
    #[error("the transport's folder can't be used: {0}")]
    Storage(#[from] std::io::Error),
    /// Messages that wait can't be read or written.
    #[error("the store of messages can't be used: {0}")]
    Messages(Box<redb::Error>),
    /// A socket can't be bound.
    #[error("listen: {0}")]
    Listen(String),
    /// The congestion controller can't be made.
    #[error("congestion control: {0}")]
    Congestion(String),
    /// A certificate or key can't be used.
    #[error("{file}: {problem}")]
    Certificate {
        /// Path of the file.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
    /// 32 bytes that are not a public key.
    #[error("peer {peer} is not an Ed25519 public key")]
    Peer {
        /// The 32 bytes that were given as the peer's key.
        peer: PeerId,
    },
    /// The relay server can't start.
    #[error("the relay can't start: {0}")]
    RelayServer(String),
}

impl From<redb::Error> for TransportError {
    fn from(error: redb::Error) -> Self {
        Self::Messages(Box::new(error))
    }
}
