//! Answering peers. Nothing that a peer sends is trusted, and each resource that it can use up has one limit for the
//! peer and one for all peers together.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use bithive_exchange::{Digest, MAX_MESSAGE_BYTES, PeerId, Protocol};
use bytes::Bytes;
use iroh::endpoint::{RecvStream, SendStream, VarInt};
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::budget::Share;
use crate::gossip::answer::answer_neighbour;
use crate::links::{Allowance, Close, Link};
use crate::log_limit::Topic;
use crate::mailbox::Stored;
use crate::shared::{Inner, blocking};
use crate::wire::{self, Kind, Status, WireError};

/// Bytes of an answer that are handed to the connection at a time.
const PIECE_BYTES: usize = 64 << 10;
/// How long a request for content waits for memory before it is put off.
const TURN: Duration = Duration::from_secs(1);

type Response = (Status, Bytes);

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
        return;
    }
    if let Some(left_out) = inner.log_limit.permit(Topic::Protocol) {
        tracing::warn!(me = %inner.id, %peer, %error, left_out, "closed a connection: the peer broke the protocol");
    }
    Close::Malformed.close(&link.connection);
}

fn late(_: tokio::time::error::Elapsed) -> io::Error {
    io::ErrorKind::TimedOut.into()
}

/// Whether a frame ended because it took too long, or others needed its memory.
fn is_slow(error: &WireError) -> bool {
    matches!(error, WireError::Broken(error)
        if matches!(error.kind(), io::ErrorKind::TimedOut | io::ErrorKind::ResourceBusy))
}

async fn stream(
    inner: &Arc<Inner>,
    peer: PeerId,
    allowance: &Allowance,
    mut send: SendStream,
    mut receive: RecvStream,
) -> Result<(), WireError> {
    let request = timeout(inner.limits.frame, request(inner, peer, allowance, &mut receive)).await;
    let (kind, body, _shares) = match request.map_err(late) {
        Ok(Ok(request)) => request,
        // A later version of a protocol is no offence.
        Ok(Err(WireError::Unknown { .. })) => {
            return respond(inner, peer, &mut send, Answer::small(Status::NotServed, Bytes::new())).await;
        }
        Ok(Err(error)) => return Err(slow_sender(inner, peer, error)),
        Err(error) => return Err(slow_sender(inner, peer, error.into())),
    };
    let answer = answer(inner, peer, allowance, kind, body).await?;
    respond(inner, peer, &mut send, answer).await
}

fn slow_sender(inner: &Inner, peer: PeerId, error: WireError) -> WireError {
    if is_slow(&error)
        && let Some(left_out) = inner.log_limit.permit(Topic::SlowSender)
    {
        tracing::warn!(me = %inner.id, %peer, left_out, "dropped a request: the peer sends it too slowly");
    }
    error
}

async fn request(
    inner: &Inner,
    peer: PeerId,
    allowance: &Allowance,
    receive: &mut RecvStream,
) -> Result<(Kind, Bytes, [Share; 2]), WireError> {
    let kind = wire::read_head(receive).await?;
    let length = wire::read_length(receive, kind.limit()).await?;
    let own = allowance.incoming.take(peer, length).await?;
    let share = inner.incoming.take(peer, length).await?;
    let body = share.hold(wire::read_body(receive, length, |bytes| share.moved(bytes))).await??;
    share.settle();
    Ok((kind, body, [own, share]))
}

/// An answer and the memory that it takes up.
struct Answer {
    status: Status,
    body: Bytes,
    shares: Option<[Share; 2]>,
    /// Whether it counts in the limit on content sent.
    content: bool,
}

impl Answer {
    /// One whose body is short enough to be counted with the stream.
    fn small(status: Status, body: Bytes) -> Self {
        Self { status, body, shares: None, content: false }
    }
}

/// Memory for an outgoing answer. As with incoming frames, peers that hold much give way.
async fn memory(
    inner: &Inner,
    peer: PeerId,
    allowance: &Allowance,
    bytes: usize,
) -> Result<[Share; 2], WireError> {
    let taken = async {
        let own = allowance.outgoing.take(peer, bytes).await?;
        io::Result::Ok([own, inner.outgoing.take(peer, bytes).await?])
    };
    Ok(timeout(inner.limits.frame, taken).await.map_err(late)??)
}

async fn respond(
    inner: &Inner,
    peer: PeerId,
    send: &mut SendStream,
    answer: Answer,
) -> Result<(), WireError> {
    let Answer { status, mut body, shares, content } = answer;
    let write = async {
        send.write_all(&wire::response_head(status, body.len())).await?;
        while !body.is_empty() {
            let piece = body.split_to(body.len().min(PIECE_BYTES));
            let bytes = piece.len();
            if content {
                inner.uplink.pass(bytes).await;
            }
            send.write_chunk(piece).await?;
            if let Some([_, share]) = &shares {
                share.moved(bytes);
            }
        }
        send.finish()?;
        // Until then the body takes up memory, and the peer a slot.
        let _ = send.stopped().await;
        io::Result::Ok(())
    };
    let held = async {
        match &shares {
            Some([_, share]) => share.hold(write).await?,
            None => write.await,
        }
    };
    let outcome = timeout(inner.limits.frame, held).await.map_err(late).flatten().map_err(WireError::from);
    if let Err(error) = &outcome {
        // A stream that is only dropped keeps what was not read.
        let _ = send.reset(VarInt::from_u32(0));
        if is_slow(error)
            && let Some(left_out) = inner.log_limit.permit(Topic::SlowReader)
        {
            tracing::warn!(me = %inner.id, %peer, left_out, "dropped an answer: the peer reads it too slowly");
        }
    }
    outcome
}

async fn answer(
    inner: &Arc<Inner>,
    peer: PeerId,
    allowance: &Allowance,
    kind: Kind,
    body: Bytes,
) -> Result<Answer, WireError> {
    let turn = || inner.requests.acquire();
    let (status, body) = match kind {
        Kind::Request(protocol) => {
            let _turn = turn().await.map_err(io::Error::other)?;
            let (status, body) = serve(inner, peer, protocol, body).await;
            // Whoever lets answers pile up does so in its own slots.
            let shares = memory(inner, peer, allowance, body.len()).await?;
            return Ok(Answer { status, body, shares: Some(shares), content: false });
        }
        Kind::Blob => {
            let (digest, index) = wire::decode_segment_request(&body)?;
            let memory = memory(inner, peer, allowance, wire::segment_response_limit(index));
            // Whoever asks comes again, rather than wait for longer than it waits for an answer.
            let Ok(shares) = timeout(TURN, memory).await else {
                return Ok(Answer::small(Status::Later, Bytes::new()));
            };
            let shares = shares?;
            let _turn = turn().await.map_err(io::Error::other)?;
            let (status, body) = segment(inner, peer, digest, index).await?;
            return Ok(Answer { status, body, shares: Some(shares), content: true });
        }
        Kind::Message(protocol) => {
            let _turn = turn().await.map_err(io::Error::other)?;
            store(inner, peer, protocol, body).await?
        }
        Kind::Announce | Kind::Broadcast => match inner.gossip.get() {
            Some(flood) => answer_neighbour(flood, inner, peer, kind, body)?,
            None => (Status::NotServed, Bytes::new()),
        },
    };
    Ok(Answer::small(status, body))
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
            inner.mailbox.arrivals.notify_one();
            (Status::Ok, Bytes::new())
        }
        Ok(Stored::Known) => (Status::Known, Bytes::new()),
        Ok(Stored::Full) => {
            if let Some(left_out) = inner.log_limit.permit(Topic::Inbox) {
                let protocol = protocol.name();
                tracing::warn!(me = %inner.id, %peer, protocol, left_out, "put off a message: the inbox is full");
            }
            (Status::Full, Bytes::new())
        }
        Err(error) => {
            // The store itself says so as often as it should.
            tracing::debug!(me = %inner.id, %error, "a message can't be stored");
            (Status::Refused, wire::reason("the message can't be stored"))
        }
    })
}

async fn segment(inner: &Inner, peer: PeerId, digest: Digest, index: u64) -> Result<Response, WireError> {
    let store = inner.store.clone();
    let found = blocking(move || match index {
        wire::HELD => store.held(&digest),
        _ => store.segment(&digest, index),
    });
    Ok(match found.await {
        Ok(Some(found)) => (Status::Ok, found.into()),
        Ok(None) => (Status::Absent, Bytes::new()),
        Err(error) => {
            if let Some(left_out) = inner.log_limit.permit(Topic::Damage) {
                let digest = hex::encode(digest);
                tracing::warn!(me = %inner.id, %peer, digest, %error, left_out, "content can't be served: it is damaged");
            }
            (Status::Absent, Bytes::new())
        }
    })
}
