//! [`Exchange`] over the network, and content too large for memory.

use std::io::Read;
use std::path::Path;
use std::sync::{Arc, PoisonError};

use async_trait::async_trait;
use bithive_exchange::{
    ContentWriter, Digest, Exchange, ExchangeError, MAX_MESSAGE_BYTES, MAX_WAITING, Message, PeerId,
    Protocol, Service, intact, within,
};
use bytes::Bytes;

use crate::blobs::fetch::{self, Progress};
use crate::endpoint::Transport;
use crate::mailbox::Stored;
use crate::outbox;
use crate::shared::blocking;
use crate::wire::{Kind, MESSAGE_ID_BYTES, Status};

#[async_trait]
impl Exchange for Transport {
    fn id(&self) -> PeerId {
        self.inner.id
    }

    async fn request(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<Bytes, ExchangeError> {
        within("request", body.len(), MAX_MESSAGE_BYTES)?;
        let unreachable = || ExchangeError::Unreachable { peer: to, protocol: protocol.name() };
        if to == self.inner.id {
            let service = self.inner.service(protocol).ok_or_else(unreachable)?;
            let answer = service.answer(protocol, to, body).await;
            return answer.map_err(|reason| ExchangeError::Refused { peer: to, reason });
        }
        let patience = self.inner.limits.answer + self.inner.limits.frame;
        match self.inner.call(to, Kind::Request(protocol), &[&body], patience).await {
            Ok((Status::Ok, answer, _)) => Ok(answer),
            Ok((Status::Refused, reason, _)) => Err(ExchangeError::Refused {
                peer: to,
                reason: String::from_utf8_lossy(&reason).into_owned(),
            }),
            Ok(_) | Err(_) => Err(unreachable()),
        }
    }

    fn serve(&self, protocol: Protocol, service: Arc<dyn Service>) {
        self.inner.services.lock().unwrap_or_else(PoisonError::into_inner).insert(protocol, service);
    }

    async fn send(&self, to: PeerId, protocol: Protocol, body: Bytes) -> Result<(), ExchangeError> {
        within("message", body.len(), MAX_MESSAGE_BYTES)?;
        let mut id = [0; MESSAGE_ID_BYTES];
        getrandom::fill(&mut id).map_err(std::io::Error::other)?;
        let (mailbox, own) = (self.inner.mailbox.clone(), to == self.inner.id);
        let accepted = blocking(move || {
            let accepted = if own {
                mailbox.store(to, protocol, id, &body).map(|stored| stored != Stored::Full)
            } else {
                mailbox.send(to, protocol, id, outbox::now(), &body)
            };
            accepted.map_err(std::io::Error::other)
        });
        if !accepted.await? {
            return Err(ExchangeError::Full { peer: to, limit: MAX_WAITING });
        }
        if own {
            self.inner.mailbox.arrivals.notify_one();
        } else {
            outbox::deliver(&self.inner, to);
        }
        Ok(())
    }

    async fn waiting(&self, protocol: Protocol) -> Result<Vec<Message>, ExchangeError> {
        let mailbox = self.inner.mailbox.clone();
        Ok(blocking(move || mailbox.incoming(protocol).map_err(std::io::Error::other)).await?)
    }

    async fn discard(&self, protocol: Protocol, messages: &[Message]) -> Result<(), ExchangeError> {
        if messages.is_empty() {
            return Ok(());
        }
        let (mailbox, messages) = (self.inner.mailbox.clone(), messages.to_vec());
        let more = blocking(move || mailbox.discard(protocol, &messages).map_err(std::io::Error::other));
        if more.await? {
            self.inner.mailbox.arrivals.notify_one();
        }
        Ok(())
    }

    async fn arrived(&self) {
        self.inner.mailbox.arrivals.notified().await;
    }

    async fn publish(&self, content: Bytes) -> Result<Digest, ExchangeError> {
        let store = self.inner.store.clone();
        Ok(blocking(move || store.publish(&content)).await?)
    }

    async fn publish_written(&self, size: u64, write: ContentWriter) -> Result<Digest, ExchangeError> {
        let store = self.inner.store.clone();
        Ok(blocking(move || store.publish_written(size, write)).await?)
    }

    async fn fetch(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Bytes, ExchangeError> {
        let bytes = u64::try_from(limit).unwrap_or(u64::MAX);
        fetch::fetch(&self.inner, digest, providers, bytes, &|_, _| {}).await?;
        let store = self.inner.store.clone();
        let content: Bytes = blocking(move || std::fs::read(store.path(&digest))).await?.into();
        within("content", content.len(), limit)?;
        if let Err(damaged) = intact(&digest, &content) {
            // Whoever asks again gets it from a provider.
            let store = self.inner.store.clone();
            blocking(move || store.remove(&digest)).await?;
            return Err(damaged);
        }
        Ok(content)
    }

    async fn open(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: usize,
    ) -> Result<Box<dyn Read + Send>, ExchangeError> {
        let bytes = u64::try_from(limit).unwrap_or(u64::MAX);
        fetch::fetch(&self.inner, digest, providers, bytes, &|_, _| {}).await?;
        let file = std::fs::File::open(self.inner.store.path(&digest))?;
        Ok(Box::new(std::io::BufReader::new(file)))
    }

    async fn remove(&self, digest: Digest) -> Result<(), ExchangeError> {
        let store = self.inner.store.clone();
        Ok(blocking(move || store.remove(&digest)).await?)
    }
}

impl Transport {
    /// Makes a copy of the file available to others and returns its digest. Memory does not grow with the file.
    ///
    /// # Errors
    /// [`ExchangeError::Storage`], also when the file is over the quota.
    pub async fn publish_file(&self, file: &Path) -> Result<Digest, ExchangeError> {
        let (store, file) = (self.inner.store.clone(), file.to_owned());
        Ok(blocking(move || store.publish_file(&file)).await?)
    }

    /// Writes content of at most `limit` bytes to `file` and returns its size. Memory does not grow with it. The
    /// file appears whole or not at all; a fetch that ended early goes on where it ended.
    ///
    /// # Errors
    /// [`ExchangeError`], as [`Exchange::fetch`].
    pub async fn fetch_to_file(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: u64,
        file: &Path,
        progress: Progress<'_>,
    ) -> Result<u64, ExchangeError> {
        let size = fetch::fetch(&self.inner, digest, providers, limit, progress).await?;
        let (store, file) = (self.inner.store.clone(), file.to_owned());
        blocking(move || {
            let mut name = file.file_name().unwrap_or_default().to_owned();
            name.push(".part");
            let part = file.with_file_name(name);
            std::fs::copy(store.path(&digest), &part)?;
            std::fs::rename(&part, &file)
        })
        .await?;
        Ok(size)
    }

    /// Brings content of at most `limit` bytes here, for [`Exchange::open`], and returns its size. Memory does not grow
    /// with it; a fetch that ended early goes on where it ended.
    ///
    /// # Errors
    /// [`ExchangeError`], as [`Exchange::fetch`].
    pub async fn fetch_to_store(
        &self,
        digest: Digest,
        providers: &[PeerId],
        limit: u64,
        progress: Progress<'_>,
    ) -> Result<u64, ExchangeError> {
        fetch::fetch(&self.inner, digest, providers, limit, progress).await
    }

    /// Bytes of content that were sent to others since the endpoint started, with their proofs.
    #[must_use]
    pub fn sent_bytes(&self) -> u64 {
        self.inner.uplink.sent()
    }

    /// Bytes of all stored content, that on its way in at its full size.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.inner.store.used()
    }
}
