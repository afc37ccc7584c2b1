//! Questions to all members at once, each with a deadline: one that hangs costs a known time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bithive_blindmatch::committee::MemberIndex;
use bithive_exchange::{Exchange, Protocol};
use bytes::Bytes;

use crate::registered::Seat;

/// How long a member is waited for, unless the caller says otherwise.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// What each of `seats` answers, or why there is nothing of use from it. Takes `patience` at most.
pub(crate) async fn ask_all<T: Send + 'static>(
    exchange: &Arc<dyn Exchange>,
    seats: impl IntoIterator<Item = &Seat>,
    protocol: Protocol,
    body: Bytes,
    patience: Duration,
    decode: fn(&[u8]) -> Result<T, String>,
) -> BTreeMap<MemberIndex, Result<T, String>> {
    let mut asked = tokio::task::JoinSet::new();
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
    let mut answers = BTreeMap::new();
    while let Some(joined) = asked.join_next().await {
        answers.extend(joined.ok());
    }
    answers
}
