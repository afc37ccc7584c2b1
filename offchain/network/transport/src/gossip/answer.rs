//! Answers to announcements and broadcasts of neighbours.

use std::time::Instant;

use bithive_exchange::PeerId;
use bytes::Bytes;

use super::flood::Flood;
use super::ledger::{Announced, Rejection};
use super::message;
use crate::log_limit::Topic;
use crate::shared::Inner;
use crate::wire::{self, Kind, Status, WireError};

/// Answers an announcement or takes a broadcast.
pub(crate) fn answer_neighbour(
    flood: &Flood,
    inner: &Inner,
    peer: PeerId,
    kind: Kind,
    body: Bytes,
) -> Result<(Status, Bytes), WireError> {
    if kind == Kind::Announce {
        let id = wire::decode_announcement(&body)?;
        let status = match flood.ledger().announced(id, peer, Instant::now()) {
            Announced::Wanted => Status::Ok,
            Announced::Known => Status::Known,
            Announced::Later => Status::Later,
        };
        return Ok((status, Bytes::new()));
    }
    // Who hands on what it can't have checked is no neighbour.
    let message = message::open(&body)
        .map_err(|error| WireError::Body { field: "broadcast", problem: error.to_string() })?;
    Ok(match flood.accept(message, &body, Some(peer)) {
        Ok(()) => (Status::Ok, Bytes::new()),
        Err(Rejection::Known) => (Status::Known, Bytes::new()),
        Err(error) => {
            if let Some(left_out) = inner.log_limit.permit(Topic::Broadcast) {
                tracing::warn!(me = %inner.id, %peer, %error, left_out, "refused a broadcast");
            }
            (Status::Refused, wire::reason(&error.to_string()))
        }
    })
}
