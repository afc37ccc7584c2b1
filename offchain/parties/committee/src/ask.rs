//! Requests to all members at once, each with a deadline, so that a member that hangs delays a party for a known time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_blindmatch::committee::MemberIndex;
use bithive_exchange::{Exchange, Protocol};
use bytes::Bytes;
use tokio::task::JoinSet;

use crate::registered::Seat;

/// How long a member is waited for, unless the caller says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// A member's number, and its answer, or why there is no valid one.
pub(crate) type Answer<T> = (MemberIndex, Result<T, String>);

/// Asks all of `seats`; the answers come in any order, each within `patience`.
pub(crate) fn ask_each<'a, T: Send + 'static>(
    exchange: &Arc<dyn Exchange>,
    seats: impl IntoIterator<Item = &'a Seat>,
    protocol: Protocol,
    body: &Bytes,
    patience: Duration,
    decode: fn(&[u8]) -> Result<T, String>,
) -> JoinSet<Answer<T>> {
    let mut asked = JoinSet::new();
    for seat in seats {
        let (exchange, body, index, peer) = (exchange.clone(), body.clone(), seat.index, seat.peer);
        asked.spawn(async move {
            let answer = tokio::time::timeout(patience, exchange.request(peer, protocol, body)).await;
            let answer = match answer {
                Ok(Ok(bytes)) => decode(&bytes),
                Ok(Err(error)) => Err(error.to_string()),
                Err(_) => Err(format!("no answer within {} ms", patience.as_millis())),
            };
            (index, answer)
        });
    }
    asked
}

/// As [`ask_each`], when all have answered or their time is over, in order of members.
pub(crate) async fn ask_all<'a, T: Send + 'static>(
    exchange: &Arc<dyn Exchange>,
    seats: impl IntoIterator<Item = &'a Seat>,
    protocol: Protocol,
    body: Bytes,
    patience: Duration,
    decode: fn(&[u8]) -> Result<T, String>,
) -> BTreeMap<MemberIndex, Result<T, String>> {
    let mut asked = ask_each(exchange, seats, protocol, &body, patience, decode);
    let mut answers = BTreeMap::new();
    while let Some(joined) = asked.join_next().await {
        answers.extend(joined.ok());
    }
    answers
}
