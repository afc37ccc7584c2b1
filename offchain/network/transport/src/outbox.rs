//! Delivery of messages: one task per peer with messages, one message at a time, until it has been received.

use std::io;
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use bithive_exchange::PeerId;
use tokio::sync::Notify;
use tokio::time::timeout;

use crate::shared::{Inner, blocking};
use crate::wire::{Kind, Status};

/// First wait after a failure; each further one doubles it, up to the limit that is configured.
const FIRST_WAIT: Duration = Duration::from_millis(200);

/// Starts or wakes the task that delivers the messages for `to`.
pub(crate) fn deliver(inner: &Arc<Inner>, to: PeerId) {
    if let Some(woken) = inner.workers.enlist(to) {
        inner.spawn(work(inner.clone(), to, woken));
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

async fn work(inner: Arc<Inner>, to: PeerId, woken: Arc<Notify>) {
    // Protocols whose inbox has no room just now.
    let mut full = Vec::new();
    let mut failures = 0;
    loop {
        let (mailbox, except) = (inner.mailbox.clone(), full.clone());
        let next = blocking(move || mailbox.oldest(to, &except).map_err(io::Error::other)).await;
        let message = match next {
            Ok(Some(message)) => message,
            Ok(None) if full.is_empty() => {
                if inner.workers.dismiss(to, || !inner.mailbox.waits_for(to)) {
                    return;
                }
                continue;
            }
            Ok(None) => {
                full.clear();
                failures = wait(&inner, &woken, failures).await;
                continue;
            }
            Err(error) => {
                // The store itself says so as often as it should.
                tracing::debug!(me = %inner.id, %error, "the outbox can't be read");
                failures = wait(&inner, &woken, failures).await;
                continue;
            }
        };
        let late = now().saturating_sub(message.sent) > inner.limits.message_lifetime.as_secs();
        if late {
            let protocol = message.protocol.name();
            tracing::warn!(me = %inner.id, %to, protocol, "a message was given up: nobody took it in time");
        } else {
            let kind = Kind::Message(message.protocol);
            let call = inner.call(to, kind, &[&message.id, &message.body], inner.limits.frame).await;
            match call.map(|(status, ..)| status) {
                Ok(Status::Ok | Status::Known) => {}
                Ok(_) => {
                    full.push(message.protocol);
                    continue;
                }
                Err(_) => {
                    failures = wait(&inner, &woken, failures).await;
                    continue;
                }
            }
        }
        failures = 0;
        let (mailbox, key) = (inner.mailbox.clone(), message.key);
        if let Err(error) = blocking(move || mailbox.sent(to, &key).map_err(io::Error::other)).await {
            // It stays, and the receiver knows it by its identifier.
            tracing::debug!(me = %inner.id, %error, "the outbox can't be written");
            failures = wait(&inner, &woken, failures).await;
        }
    }
}

/// Waits after a failure; ends early when the peer contacts this endpoint.
async fn wait(inner: &Inner, woken: &Notify, failures: u32) -> u32 {
    let wait = FIRST_WAIT.saturating_mul(1 << failures.min(16)).min(inner.limits.retry);
    let _ = timeout(wait, woken.notified()).await;
    failures.saturating_add(1)
}
