//! How parties reach each other: requests, messages and content, between endpoints named by Ed25519 keys.
//!
//! [`Exchange`] is one party's end. Everything above it is the same code whether the other party is a task of
//! the same process, another process in turn ([`LocalNetwork`] in memory or in a folder), or a machine on the
//! network. The implementation guarantees that `from` is the endpoint that sent a request or message, and that
//! content has the digest it was asked for by; nothing else about what arrives is to be trusted.

mod endpoint;
mod local;
mod relay_url;
mod tap;

use std::io::{self, Read, Write};

use async_trait::async_trait;
use bytes::Bytes;

pub use endpoint::{EndpointKey, NotAnEndpoint, PeerId};
pub use local::{LocalEndpoint, LocalNetwork};
pub use relay_url::{NotARelayUrl, RelayUrl};
pub use tap::{Delivery, Kind, Tap};

/// Most bytes of one request, response or message.
pub const MAX_MESSAGE_BYTES: usize = 1 << 20;
/// Most bytes of one blob that the local network holds.
pub const MAX_BLOB_BYTES: usize = 1 << 30;
/// Most messages that wait for one endpoint; a sender gets [`ExchangeError::Full`] beyond.
pub const MAX_WAITING: usize = 4096;

/// BLAKE3 digest of a blob.
pub type Digest = [u8; 32];

/// What a request or message is about. The name travels with it, so that versions can live side by side.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Protocol {
    /// A committee member's published share keys: request and response.
    ShareKeys,
    /// Blind evaluations by a committee member: request and response.
    Evaluate,
    /// A sealed claim to a requester: message.
    Claim,
    /// A quorum member's signature of a final statement: message.
    Signature,
    /// A quorum's aggregate signature, handed to a relayer to settle the job with: request and response.
    Finalize,
    /// An accreditor's measurement of a node's machine: request and response.
    Measure,
    /// A committee member's share of a content's key: request and response.
    Release,
}

impl Protocol {
    /// Every protocol that parties speak.
    pub const ALL: [Self; 7] = [
        Self::ShareKeys,
        Self::Evaluate,
        Self::Claim,
        Self::Signature,
        Self::Finalize,
        Self::Measure,
        Self::Release,
    ];

    /// Name and version.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::ShareKeys => "bithive/share-keys/1",
            Self::Evaluate => "bithive/evaluate/1",
            Self::Claim => "bithive/claim/1",
            Self::Signature => "bithive/signature/1",
            Self::Finalize => "bithive/finalize/1",
            Self::Measure => "bithive/measure/1",
            Self::Release => "bithive/release/1",
        }
    }
}

/// A message that arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Who sent it.
    pub from: PeerId,
    /// The message, as the sender encoded it.
    pub body: Bytes,
    /// Its identifier at the receiver, for [`Exchange::discard`].
    pub receipt: String,
}

/// What can go wrong between parties.
#[derive(Debug, thiserror::Error)]
pub enum ExchangeError {
    /// The peer is not there or does not serve the protocol.
    #[error("peer {peer} does not answer {protocol}; it is not running or does not serve it")]
    Unreachable {
        /// Public key of the peer's endpoint.
        peer: PeerId,
        /// The protocol's name.
        protocol: &'static str,
    },
    /// The peer refused the request.
    #[error("peer {peer} refused: {reason}")]
    Refused {
        /// Public key of the peer's endpoint.
        peer: PeerId,
        /// The reason that the peer gave.
        reason: String,
    },
    /// None of the peers that were asked has the content.
    #[error("content {digest} is not available from the {asked} peers that were asked")]
    NotFound {
        /// Digest, in hex.
        digest: String,
        /// How many peers were asked.
        asked: usize,
    },
    /// Content or message over the limit.
    #[error("{what} has {found} bytes; at most {limit} are accepted")]
    TooLarge {
        /// What is too long, in words.
        what: &'static str,
        /// Size found, in bytes.
        found: usize,
        /// Most that is accepted.
        limit: usize,
    },
    /// Too many messages wait for the peer.
    #[error("{limit} messages already wait for peer {peer}; it has to read them first")]
    Full {
        /// Public key of the peer's endpoint.
        peer: PeerId,
        /// Most that is accepted.
        limit: usize,
    },
    /// Stored content does not have its digest.
    #[error("stored content {digest} is damaged: its bytes have another digest")]
    Damaged {
        /// Digest, in hex.
        digest: String,
    },
    /// The folder can't be read or written.
    #[error("the exchange's folder can't be used: {0}")]
    Storage(#[from] std::io::Error),
}

/// Refuses what is over a limit.
///
/// # Errors
/// [`ExchangeError::TooLarge`], naming `what` has `found` bytes.
pub fn within(what: &'static str, found: usize, limit: usize) -> Result<(), ExchangeError> {
    if found > limit { Err(ExchangeError::TooLarge { what, found, limit }) } else { Ok(()) }
}

/// Refuses stored content that is not what it was stored as.
///
/// # Errors
/// [`ExchangeError::Damaged`].
pub fn intact(digest: &Digest, content: &[u8]) -> Result<(), ExchangeError> {
    if blake3::hash(content).as_bytes() == digest {
        Ok(())
    } else {
        Err(ExchangeError::Damaged { digest: hex::encode(digest) })
    }
}

/// Refuses content of another size than was said.
///
/// # Errors
/// [`io::ErrorKind::InvalidData`].
pub fn expect_size(found: u64, expected: u64) -> io::Result<()> {
    if found == expected {
        return Ok(());
    }
    let problem = format!("content of {found} bytes was written; {expected} were announced");
    Err(io::Error::new(io::ErrorKind::InvalidData, problem))
}

/// Writes content that is too large to be handed over.
pub type ContentWriter = Box<dyn FnOnce(&mut dyn Write) -> io::Result<()> + Send>;

/// Answers the requests of other parties.
#[async_trait]
pub trait Service: Send + Sync {
    /// Answers `body` of `protocol` from `from`, or says why not.
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String>;
}

/// One party's end of the exchange.
#[async_trait]
pub trait Exchange: Send + Sync {
    /// The party's own endpoint.
    fn id(&self) -> PeerId;

    /// Asks `to` and waits for its answer.
    async fn request(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<Bytes, ExchangeError>;

    /// Answers requests of `protocol` from now on, in place of an earlier service.
    fn serve(&self, protocol: Protocol, service: std::sync::Arc<dyn Service>);

    /// Leaves a message for `to`, which need not be running.
    async fn send(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<(), ExchangeError>;

    /// Messages of `protocol` that wait, oldest first. They wait on until they are discarded: a party that crashes
    /// before it has recorded what they say gets them again.
    async fn waiting(&self, protocol: Protocol) -> Result<Vec<Message>, ExchangeError>;

    /// Removes messages that [`Exchange::waiting`] gave; those that are gone already are left out.
    async fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<(), ExchangeError>;

    /// Takes messages of `protocol` that wait, oldest first, for a party that has nothing to record.
    async fn receive(&self, protocol: Protocol) -> Result<Vec<Message>, ExchangeError> {
        let messages = self.waiting(protocol).await?;
        self.discard(protocol, &messages).await?;
        Ok(messages)
    }

    /// Returns once messages may have arrived since the last call of [`Exchange::waiting`].
    async fn arrived(&self);

    /// Makes content available to others and returns its digest.
    async fn publish(&self, content: Bytes) -> Result<Digest, ExchangeError>;

    /// As [`Exchange::publish`], for content of `size` bytes that `write` gives a part at a time.
    ///
    /// An end that stores content in files holds no more than a part of it in memory; others hold all of it.
    async fn publish_written(&self, size: u64, write: ContentWriter) -> Result<Digest, ExchangeError> {
        let found = usize::try_from(size).unwrap_or(usize::MAX);
        within("content", found, MAX_BLOB_BYTES)?;
        let mut content = Vec::with_capacity(found);
        write(&mut content)?;
        expect_size(content.len() as u64, size)?;
        self.publish(content.into()).await
    }

    /// Content by digest, from this party or one of `providers`; at most `limit` bytes.
    async fn fetch(&self, digest: Digest, providers: &[PeerId], limit: usize)
    -> Result<Bytes, ExchangeError>;

    /// Content by digest as a stream, for readers that check the digest on the way and hold a part of it only; at
    /// most `limit` bytes. What has been read is content of that digest only once the reader has found it to be.
    ///
    /// An end that stores content in files hands out the file; others hand out what [`Exchange::fetch`] gives.
    async fn open(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Box<dyn Read + Send>, ExchangeError> {
        Ok(Box::new(std::io::Cursor::new(self.fetch(digest, providers, limit).await?)))
    }

    /// Stops offering content, and removes it if nobody else's is in the same place. It need not be there.
    async fn remove(&self, _digest: Digest) -> Result<(), ExchangeError> {
        Ok(())
    }
}

/// A network on which this process opens the ends of parties.
pub trait Network: Send + Sync {
    /// The end of the party with this identity.
    fn end(&self, id: PeerId) -> std::sync::Arc<dyn Exchange>;
}
