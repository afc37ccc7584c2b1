//! Answering others. Everything here is at the door: nothing a peer sends is trusted, and each thing it can use
//! up has a bound of its own and one for everybody.

use std::sync::Arc;

use bithive_exchange::{MAX_MESSAGE_BYTES, PeerId, Protocol};
use bytes::Bytes;
use iroh::endpoint::{Incoming, RecvStream, SendStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::endpoint::{Inner, blocking};
use crate::links::{Allowance, Close, Link};
use crate::mailbox::Stored;
use crate::outbox;
use crate::wire::{self, Kind, Status, WireError};

type Response = (Status, Bytes);

/// Accepts connections for as long as the endpoint runs.
pub(crate) async fn accept(inner: Arc<Inner>) {
    let most = inner.limits.handshakes.max(4);
    let handshakes = Arc::new(Semaphore::new(most));
    while let Some(incoming) = inner.endpoint.accept().await {
        let Ok(turn) = handshakes.clone().try_acquire_owned() else {
            tracing::debug!(me = %inner.id, "a handshake is refused: too many at a time");
            incoming.refuse();
            continue;
        };
        // Under load, whoever calls first shows that it can be answered at its address.
        if handshakes.available_permits() < most - most / 4 && !incoming.remote_addr_validated() {
            let _ = incoming.retry();
            continue;
        }
        inner.spawn(handshake(inner.clone(), incoming, turn));
    }
}

async fn handshake(inner: Arc<Inner>, incoming: Incoming, turn: OwnedSemaphorePermit) {
    let connection = match incoming.accept() {
        Ok(accepting) => match timeout(inner.limits.connect, accepting).await {
            Ok(Ok(connection)) => connection,
            Ok(Err(error)) => {
                tracing::debug!(me = %inner.id, %error, "a handshake failed");
                return;
            }
            Err(_) => {
                tracing::debug!(me = %inner.id, "a handshake was left half done");
                return;
            }
        },
        Err(error) => {
            tracing::debug!(me = %inner.id, %error, "a connection failed at its start");
            return;
        }
    };
    let peer = PeerId(*connection.remote_id().as_bytes());
    let admitted = match &inner.admission {
        Some(admission) => timeout(inner.limits.connect, admission.admits(peer)).await.unwrap_or(false),
        None => true,
    };
    // Until here: peers whose admission is slow to decide are as few as handshakes.
    drop(turn);
    if !admitted {
        tracing::warn!(me = %inner.id, %peer, "refused a connection: the peer is not admitted");
        Close::Stranger.close(&connection);
        return;
    }
    let Some((link, allowance)) = inner.links.add(peer, connection.clone(), &inner.limits) else {
        tracing::warn!(me = %inner.id, %peer, limit = inner.limits.connections, "refused a connection: too many");
        Close::TooMany.close(&connection);
        return;
    };
    outbox::wake(&inner, peer);
    self::connection(inner, peer, link, allowance).await;
}

/// Answers what comes in on one connection until it ends.
pub(crate) async fn connection(inner: Arc<Inner>, peer: PeerId, link: Arc<Link>, allowance: Allowance) {
    let mut streams = JoinSet::new();
    loop {
        let next = timeout(inner.limits.idle, link.connection.accept_bi()).await;
        while streams.try_join_next().is_some() {}
        match next {
            Err(_) if link.idle_for(inner.limits.idle) => {
                Close::Idle.close(&link.connection);
                break;
            }
            Err(_) => {}
            Ok(Err(error)) => {
                tracing::debug!(me = %inner.id, %peer, %error, "a connection ended");
                break;
            }
            Ok(Ok((send, receive))) => {
                // A peer with all its slots taken waits here, and so do its other streams, at its own end.
                let Ok(slot) = allowance.slots.clone().acquire_owned().await else { break };
                let (inner, link, allowance) = (inner.clone(), link.clone(), allowance.clone());
                streams.spawn(async move {
                    let (_slot, _busy) = (slot, link.busy());
                    if let Err(error) = stream(&inner, peer, &allowance, send, receive).await {
                        complain(&inner, peer, &link, &error);
                    }
                });
            }
        }
    }
    inner.links.remove(peer, &link);
}

fn complain(inner: &Inner, peer: PeerId, link: &Link, error: &WireError) {
    if matches!(error, WireError::Broken(_)) {
        tracing::debug!(me = %inner.id, %peer, %error, "a request broke off");
    } else {
        tracing::warn!(me = %inner.id, %peer, %error, "closed a connection: the peer broke the protocol");
        Close::Malformed.close(&link.connection);
    }
}

fn late(_: tokio::time::error::Elapsed) -> WireError {
    WireError::Broken(std::io::ErrorKind::TimedOut.into())
}

async fn stream(
    inner: &Arc<Inner>,
    peer: PeerId,
    allowance: &Allowance,
    mut send: SendStream,
    mut receive: RecvStream,
) -> Result<(), WireError> {
    let (kind, body, _shares) =
        match timeout(inner.limits.frame, request(inner, allowance, &mut receive)).await {
            Ok(Ok(request)) => request,
            // A later version of a protocol is no offence.
            Ok(Err(WireError::Unknown { .. })) => {
                return respond(inner, &mut send, (Status::NotServed, Bytes::new())).await;
            }
            Ok(Err(error)) => return Err(error),
            Err(elapsed) => {
                tracing::warn!(me = %inner.id, %peer, "a request was dropped: the peer is too slow");
                return Err(late(elapsed));
            }
        };
    let _turn = inner.requests.acquire().await.map_err(std::io::Error::other)?;
    let response = answer(inner, peer, kind, body).await?;
    respond(inner, &mut send, response).await
}

async fn request(
    inner: &Inner,
    allowance: &Allowance,
    receive: &mut RecvStream,
) -> Result<(Kind, Bytes, [wire::Share; 2]), WireError> {
    let kind = wire::read_head(receive).await?;
    let (length, own) = wire::read_length(receive, kind.limit(), &allowance.budget).await?;
    let (body, share) = wire::read_body(receive, length, &inner.incoming).await?;
    Ok((kind, body, [own, share]))
}

async fn respond(inner: &Inner, send: &mut SendStream, (status, body): Response) -> Result<(), WireError> {
    let write = async {
        send.write_all(&wire::response_head(status, body.len())).await?;
        send.write_all(&body).await?;
        send.finish()?;
        // Until then the body takes up memory, and the peer a slot.
        let _ = send.stopped().await;
        std::io::Result::Ok(())
    };
    Ok(timeout(inner.limits.frame, write).await.map_err(late)??)
}

async fn answer(inner: &Arc<Inner>, peer: PeerId, kind: Kind, body: Bytes) -> Result<Response, WireError> {
    Ok(match kind {
        Kind::Request(protocol) => serve(inner, peer, protocol, body).await,
        Kind::Message(protocol) => store(inner, peer, protocol, body).await?,
        Kind::Blob => segment(inner, peer, &body).await?,
        Kind::Announce | Kind::Broadcast => match inner.gossip.get() {
            Some(gossip) => gossip.answer(inner, peer, kind, body).await?,
            None => (Status::NotServed, Bytes::new()),
        },
    })
}

async fn serve(inner: &Inner, peer: PeerId, protocol: Protocol, body: Bytes) -> Response {
    let Some(service) = inner.service(protocol) else { return (Status::NotServed, Bytes::new()) };
    match timeout(inner.limits.answer, service.answer(protocol, peer, body)).await {
        Ok(Ok(answer)) if answer.len() <= MAX_MESSAGE_BYTES => (Status::Ok, answer),
        Ok(Ok(answer)) => {
            tracing::error!(me = %inner.id, protocol = protocol.name(), bytes = answer.len(), "an answer is too long");
            (Status::Refused, wire::reason("the answer is too long"))
        }
        Ok(Err(reason)) => (Status::Refused, wire::reason(&reason)),
        Err(_) => (Status::Refused, wire::reason("the answer took too long")),
    }
}

async fn store(
    inner: &Arc<Inner>,
    peer: PeerId,
    protocol: Protocol,
    body: Bytes,
) -> Result<Response, WireError> {
    let (id, message) = wire::decode_message(&body)?;
    let mailbox = inner.mailbox.clone();
    let stored = blocking(move || mailbox.store(peer, protocol, id, &message).map_err(std::io::Error::other));
    Ok(match stored.await {
        Ok(Stored::New) => {
            inner.arrivals.notify_one();
            (Status::Ok, Bytes::new())
        }
        Ok(Stored::Known) => (Status::Known, Bytes::new()),
        Ok(Stored::Full) => {
            if inner.may_complain() {
                tracing::warn!(me = %inner.id, %peer, protocol = protocol.name(), "a message was put off: the inbox is full");
            }
            (Status::Full, Bytes::new())
        }
        Err(error) => {
            tracing::error!(me = %inner.id, %error, "a message can't be stored");
            (Status::Refused, wire::reason("the message can't be stored"))
        }
    })
}

async fn segment(inner: &Inner, peer: PeerId, body: &[u8]) -> Result<Response, WireError> {
    let (digest, index) = wire::decode_segment_request(body)?;
    let store = inner.store.clone();
    Ok(match blocking(move || store.segment(&digest, index)).await {
        Ok(Some((_, encoded))) => (Status::Ok, encoded.into()),
        Ok(None) => (Status::Absent, Bytes::new()),
        Err(error) => {
            let digest = hex::encode(digest);
            tracing::warn!(me = %inner.id, %peer, digest, %error, "content can't be served: it is damaged");
            (Status::Absent, Bytes::new())
        }
    })
}
