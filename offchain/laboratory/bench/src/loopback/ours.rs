//! The transport, between two endpoints.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Result, ensure};
use async_trait::async_trait;
use bithive_exchange::{EndpointKey, Exchange as _, MAX_MESSAGE_BYTES, PeerId, Protocol, Service};
use bithive_transport::{Config, Transport};
use bytes::Bytes;
use futures::stream::{TryStreamExt as _, iter};

use super::library::loopback;
use super::order::{Offer, Subject};

/// Requests for a part of the bytes that are under way at a time; as many as content's are.
const AT_ONCE: usize = 4;

async fn start(key: [u8; 32], folder: &Path) -> Result<Transport> {
    let config = Config { listen: Some(vec![loopback()]), ..Config::default() };
    Ok(Transport::start(&EndpointKey::from_bytes(&key), folder, config).await?)
}

/// Answers with as many bytes as it is asked for.
struct Bulk(Bytes);

#[async_trait]
impl Service for Bulk {
    async fn answer(&self, _: Protocol, _: PeerId, body: Bytes) -> Result<Bytes, String> {
        let length: [u8; 8] = body.as_ref().try_into().map_err(|_| "a length has 8 bytes".to_owned())?;
        let length = u64::from_be_bytes(length).min(MAX_MESSAGE_BYTES as u64) as usize;
        Ok(self.0.slice(..length))
    }
}

/// The sending end. The transport is returned because it lives only as long as somebody holds it.
pub(super) async fn serve(
    subject: Subject,
    key: [u8; 32],
    folder: &Path,
    file: &Path,
) -> Result<(Transport, Offer)> {
    let transport = start(key, folder).await?;
    transport.serve(Protocol::Evaluate, Arc::new(Bulk(vec![7; MAX_MESSAGE_BYTES].into())));
    let digest = match subject {
        Subject::Content => transport.publish_file(file).await?,
        _ => [0; 32],
    };
    let offer = Offer { peer: transport.id().0, addresses: transport.listens_on(), digest };
    Ok((transport, offer))
}

/// The receiving end.
pub(super) struct Receiver {
    transport: Transport,
    peer: PeerId,
    digest: Option<[u8; 32]>,
}

impl Receiver {
    pub(super) async fn connect(
        subject: Subject,
        key: [u8; 32],
        folder: &Path,
        offer: &Offer,
    ) -> Result<Self> {
        let transport = start(key, folder).await?;
        let peer = PeerId(offer.peer);
        transport.add_peer(peer, &offer.addresses)?;
        let digest = (subject == Subject::Content).then_some(offer.digest);
        let receiver = Self { transport, peer, digest };
        receiver.ask(8).await?;
        Ok(receiver)
    }

    /// Asks for so many bytes, at most those of one answer, and lets them go.
    pub(super) async fn ask(&self, bytes: u64) -> Result<()> {
        let body = Bytes::copy_from_slice(&bytes.to_be_bytes());
        let answer = self.transport.request(self.peer, Protocol::Evaluate, body).await?;
        ensure!(answer.len() as u64 == bytes, "{} bytes came; expected {bytes}", answer.len());
        Ok(())
    }

    /// Brings so many bytes to where they belong.
    pub(super) async fn fetch(&self, bytes: u64) -> Result<()> {
        if let Some(digest) = self.digest {
            self.transport.open(digest, &[self.peer], usize::try_from(bytes)?).await?;
            return Ok(());
        }
        let full = MAX_MESSAGE_BYTES as u64;
        let lengths = (0..bytes.div_ceil(full)).map(|index| (bytes - index * full).min(full));
        iter(lengths.map(|length| Ok(self.ask(length))))
            .try_buffer_unordered(AT_ONCE)
            .try_for_each(|()| std::future::ready(Ok(())))
            .await
    }

    /// Makes room for the next time.
    pub(super) async fn forget(&self) -> Result<()> {
        if let Some(digest) = self.digest {
            self.transport.remove(digest).await?;
        }
        Ok(())
    }
}
