//! New connections: those that peers open are checked first; on all of them requests are answered.

use std::sync::Arc;

use bithive_exchange::PeerId;
use iroh::endpoint::Incoming;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::handshakes::{Handshake, Handshakes, Origin};
use crate::links::{Close, Opened};
use crate::log_limit::Topic;
use crate::serve;
use crate::shared::Inner;

/// Answers on the connections that this end opens, for as long as the endpoint runs.
pub(crate) async fn opened(inner: Arc<Inner>, mut to_answer: mpsc::UnboundedReceiver<Opened>) {
    while let Some(Opened { peer, link, allowance }) = to_answer.recv().await {
        inner.spawn(serve::connection(inner.clone(), peer, link, allowance));
    }
}

/// Accepts connections for as long as the endpoint runs.
pub(crate) async fn accept(inner: Arc<Inner>) {
    let handshakes = Handshakes::new(inner.limits.handshakes);
    let deciding = Arc::new(Semaphore::new(inner.limits.handshakes.max(4)));
    while let Some(incoming) = inner.endpoint.accept().await {
        // Under load, a caller must first prove that it receives packets at its address.
        if handshakes.are_many() && !incoming.remote_addr_validated() {
            let _ = incoming.retry();
            continue;
        }
        let (turn, displaced) = handshakes.enter(Origin::from(&incoming));
        if displaced && let Some(left_out) = inner.log_limit.permit(Topic::Handshake) {
            let limit = inner.limits.handshakes;
            tracing::warn!(me = %inner.id, limit, left_out, "dropped a handshake that was half done: too many");
        }
        inner.spawn(handshake(inner.clone(), incoming, turn, deciding.clone()));
    }
}

async fn handshake(inner: Arc<Inner>, incoming: Incoming, mut turn: Handshake, deciding: Arc<Semaphore>) {
    let connection = match incoming.accept() {
        Ok(accepting) => match turn.run(timeout(inner.limits.connect, accepting)).await {
            Some(Ok(Ok(connection))) => connection,
            Some(Ok(Err(error))) => {
                tracing::debug!(me = %inner.id, %error, "a handshake failed");
                return;
            }
            Some(Err(_)) | None => {
                tracing::debug!(me = %inner.id, "a handshake was left half done");
                return;
            }
        },
        Err(error) => {
            tracing::debug!(me = %inner.id, %error, "a connection failed at its start");
            return;
        }
    };
    drop(turn);
    let peer = PeerId(*connection.remote_id().as_bytes());
    if let Some(admission) = &inner.admission {
        // Peers whose admission is slow to decide are as few as handshakes.
        let admitted = match deciding.try_acquire() {
            Ok(_turn) => timeout(inner.limits.connect, admission.admits(peer)).await.ok(),
            Err(_) => None,
        };
        if admitted != Some(true) {
            if let Some(left_out) = inner.log_limit.permit(Topic::Stranger) {
                tracing::warn!(me = %inner.id, %peer, left_out, "refused a connection: the peer is not admitted");
            }
            Close::Stranger.close(&connection);
            return;
        }
    }
    let added = inner.links.add(peer, connection.clone(), &inner.limits);
    let displaced = added.as_ref().is_none_or(|(.., displaced)| *displaced);
    if displaced && let Some(left_out) = inner.log_limit.permit(Topic::Crowd) {
        let limit = inner.limits.connections;
        tracing::warn!(me = %inner.id, %peer, limit, left_out, "closed a connection: too many");
    }
    let Some((link, allowance, _)) = added else {
        Close::TooMany.close(&connection);
        return;
    };
    inner.workers.wake(peer);
    serve::connection(inner, peer, link, allowance).await;
}
