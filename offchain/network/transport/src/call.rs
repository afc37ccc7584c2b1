//! The calls an endpoint makes: a request on a connection with the peer, and its response.

use std::sync::Arc;
use std::time::Duration;

use bithive_exchange::PeerId;
use bytes::Bytes;
use tokio::io::AsyncWriteExt;
use tokio::time::timeout;

use crate::bind::endpoint_id;
use crate::budget::Share;
use crate::links::{Close, Link, Opened};
use crate::shared::Inner;
use crate::wire::{self, ALPN, Kind, Status, WireError};

/// Why a call got no response.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CallError {
    #[error("no connection: {0}")]
    Connect(String),
    #[error("no answer in time")]
    Timeout,
    #[error(transparent)]
    Wire(#[from] WireError),
}

impl Inner {
    /// The connection with `to`, a new one if there is none.
    async fn link(&self, to: PeerId) -> Result<Arc<Link>, CallError> {
        if let Some(link) = self.links.get(to) {
            return Ok(link);
        }
        let dialing = self.links.dialing(to);
        let _turn = dialing.lock().await;
        if let Some(link) = self.links.get(to) {
            return Ok(link);
        }
        let id = endpoint_id(to).ok_or_else(|| CallError::Connect("it is not a public key".into()))?;
        let connection = timeout(self.limits.connect, self.endpoint.connect(id, ALPN))
            .await
            .map_err(|_| CallError::Timeout)?
            .map_err(|error| CallError::Connect(format!("{error:#}")))?;
        let Some((link, allowance, _)) = self.links.add(to, connection.clone(), &self.limits) else {
            Close::TooMany.close(&connection);
            return Err(CallError::Connect("too many connections".into()));
        };
        let opened = Opened { peer: to, link: link.clone(), allowance };
        if self.opened.send(opened).is_err() {
            Close::Stopping.close(&connection);
            return Err(CallError::Connect("this endpoint stops".into()));
        }
        Ok(link)
    }

    /// Sends a request and waits for its response, for as long as `patience`.
    pub(crate) async fn call(
        &self,
        to: PeerId,
        kind: Kind,
        parts: &[&[u8]],
        patience: Duration,
    ) -> Result<(Status, Bytes, Share), CallError> {
        let outcome = self.try_call(to, kind, parts, patience).await;
        if let Err(error) = &outcome {
            tracing::debug!(me = %self.id, %to, protocol = kind.name(), %error, "call failed");
        }
        outcome
    }

    async fn try_call(
        &self,
        to: PeerId,
        kind: Kind,
        parts: &[&[u8]],
        patience: Duration,
    ) -> Result<(Status, Bytes, Share), CallError> {
        let link = self.link(to).await?;
        let _busy = link.busy();
        link.call();
        if kind == Kind::Blob {
            link.widen();
        }
        let length: usize = parts.iter().map(|part| part.len()).sum();
        let open = timeout(self.limits.frame, link.connection.open_bi()).await;
        let (mut send, mut receive) = match open.map_err(|_| CallError::Timeout)? {
            Ok(streams) => streams,
            Err(error) => return Err(CallError::Connect(error.to_string())),
        };
        let write = async {
            send.write_all(&kind.encode()).await?;
            send.write_u32(u32::try_from(length).map_err(std::io::Error::other)?).await?;
            for part in parts {
                send.write_all(part).await?;
            }
            std::io::Result::Ok(send.finish()?)
        };
        let read = async {
            let (status, length) = wire::read_response_head(&mut receive, kind).await?;
            let share = self.responses.take(to, length).await?;
            let body = wire::read_body(&mut receive, length, |bytes| share.moved(bytes)).await?;
            Ok::<_, WireError>((status, body, share))
        };
        // The other end may answer before it has read everything: a refusal, most of all.
        let exchange = async {
            let read = std::pin::pin!(timeout(patience, read));
            let write = std::pin::pin!(timeout(self.limits.frame, write));
            match futures::future::select(read, write).await {
                futures::future::Either::Left((response, _)) => response,
                futures::future::Either::Right((Ok(_), read)) => read.await,
                futures::future::Either::Right((Err(elapsed), _)) => Err(elapsed),
            }
        };
        Ok(exchange.await.map_err(|_| CallError::Timeout)??)
    }
}
