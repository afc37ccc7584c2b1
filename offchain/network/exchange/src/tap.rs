//! A record of what each endpoint received, so that a run can be checked for what a party must not see.

use std::sync::{Arc, Mutex};

use bytes::Bytes;

use crate::{PeerId, Protocol};

/// How something reached an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request to answer.
    Request(Protocol),
    /// The answer to an own request.
    Response(Protocol),
    /// A message of this protocol.
    Message(Protocol),
    /// Content that was fetched by its digest.
    Content,
}

/// One thing that reached an endpoint.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// Who received it.
    pub to: PeerId,
    /// Who sent it; none for content, which has no sender but its digest.
    pub from: Option<PeerId>,
    /// How it was delivered.
    pub kind: Kind,
    /// What was delivered, as it was sent.
    pub body: Bytes,
}

/// Collects deliveries; clones share the record.
#[derive(Clone, Default)]
pub struct Tap(Arc<Mutex<Vec<Delivery>>>);

impl Tap {
    pub(crate) fn record(&self, delivery: Delivery) {
        if let Ok(mut record) = self.0.lock() {
            record.push(delivery);
        }
    }

    /// What was delivered so far.
    #[must_use]
    pub fn deliveries(&self) -> Vec<Delivery> {
        self.0.lock().map(|record| record.clone()).unwrap_or_default()
    }
}
