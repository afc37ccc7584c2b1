//! Records of messages that wait on disk.
//!
//! | record | key | value |
//! |---|---|---|
//! | outgoing | addressee 32, number u64 | protocol u8, identifier 16, seconds since 1970 u64, body |
//! | incoming | protocol u8, number u64 | sender 32, body |
//!
//! Integers are big-endian, so that keys sort by number. The codes of protocols never change: share keys 1, blind
//! evaluation 2, claim 3, signature 4, finalize 5. Records of another form were not written by this crate, and are
//! skipped.

use bithive_exchange::{PeerId, Protocol};
use bytes::Bytes;

use crate::wire::{MESSAGE_ID_BYTES, MessageId};

/// A message on its way out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outgoing {
    /// Its key in the outbox.
    pub key: Vec<u8>,
    /// What it is about.
    pub protocol: Protocol,
    /// Its identifier, unique among its sender's messages.
    pub id: MessageId,
    /// When it was sent, seconds since 1970.
    pub sent: u64,
    /// The message, as the sender encoded it.
    pub body: Bytes,
}

impl Outgoing {
    /// Reads a record.
    #[must_use]
    pub fn decode(key: &[u8], value: &[u8]) -> Option<Self> {
        let (code, rest) = value.split_first()?;
        let (id, rest) = rest.split_first_chunk::<MESSAGE_ID_BYTES>()?;
        let (sent, body) = rest.split_first_chunk::<8>()?;
        Some(Self {
            key: key.to_vec(),
            protocol: protocol(*code)?,
            id: *id,
            sent: u64::from_be_bytes(*sent),
            body: Bytes::copy_from_slice(body),
        })
    }

    /// The value that [`Outgoing::decode`] reads.
    #[must_use]
    pub fn encode(protocol: Protocol, id: &MessageId, sent: u64, body: &[u8]) -> Vec<u8> {
        [&[code(protocol)], id.as_slice(), &sent.to_be_bytes(), body].concat()
    }
}

/// A protocol in a record.
#[must_use]
pub const fn code(protocol: Protocol) -> u8 {
    match protocol {
        Protocol::ShareKeys => 1,
        Protocol::Evaluate => 2,
        Protocol::Claim => 3,
        Protocol::Signature => 4,
        Protocol::Finalize => 5,
        Protocol::Measure => 6,
        Protocol::Release => 7,
    }
}

fn protocol(byte: u8) -> Option<Protocol> {
    Protocol::ALL.into_iter().find(|protocol| code(*protocol) == byte)
}

/// The key of a message for `to`.
#[must_use]
pub fn outgoing_key(to: PeerId, number: u64) -> Vec<u8> {
    [to.0.as_slice(), &number.to_be_bytes()].concat()
}

/// Reads the key of an outgoing message.
#[must_use]
pub fn split_outgoing_key(key: &[u8]) -> Option<(PeerId, u64)> {
    let (peer, number) = key.split_first_chunk::<32>()?;
    Some((PeerId(*peer), u64::from_be_bytes(number.try_into().ok()?)))
}

/// The key of a message that came in.
#[must_use]
pub fn incoming_key(protocol: Protocol, number: u64) -> Vec<u8> {
    [[code(protocol)].as_slice(), &number.to_be_bytes()].concat()
}

/// Reads the key of a message that came in.
#[must_use]
pub fn split_incoming_key(key: &[u8]) -> Option<(Protocol, u64)> {
    let (code, number) = key.split_first()?;
    Some((protocol(*code)?, u64::from_be_bytes(number.try_into().ok()?)))
}

/// The value of a message that came in.
#[must_use]
pub fn incoming(from: PeerId, body: &[u8]) -> Vec<u8> {
    [from.0.as_slice(), body].concat()
}

/// Reads the value of a message that came in.
#[must_use]
pub fn split_incoming(value: &[u8]) -> Option<(PeerId, &[u8])> {
    let (from, body) = value.split_first_chunk::<32>()?;
    Some((PeerId(*from), body))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn records_read_back(
            peer in any::<[u8; 32]>(),
            number in any::<u64>(),
            id in any::<[u8; MESSAGE_ID_BYTES]>(),
            body in prop::collection::vec(any::<u8>(), 0..100),
        ) {
            let peer = PeerId(peer);
            prop_assert_eq!(split_outgoing_key(&outgoing_key(peer, number)), Some((peer, number)));
            let record = incoming(peer, &body);
            prop_assert_eq!(split_incoming(&record), Some((peer, body.as_slice())));
            for protocol in Protocol::ALL {
                prop_assert_eq!(split_incoming_key(&incoming_key(protocol, number)), Some((protocol, number)));
                let key = outgoing_key(peer, number);
                let read = Outgoing::decode(&key, &Outgoing::encode(protocol, &id, number, &body)).unwrap();
                prop_assert_eq!((read.protocol, read.id, read.sent), (protocol, id, number));
                prop_assert_eq!((read.key, read.body.as_ref()), (key, body.as_slice()));
            }
        }

        #[test]
        fn records_of_another_form_are_none(length in 0usize..60, byte in any::<u8>()) {
            let bytes = vec![byte; length];
            let known = Protocol::ALL.into_iter().any(|protocol| code(protocol) == byte);
            prop_assert_eq!(split_outgoing_key(&bytes).is_some(), length == 40);
            prop_assert_eq!(split_incoming(&bytes).is_some(), length >= 32);
            prop_assert_eq!(split_incoming_key(&bytes).is_some(), known && length == 9);
            prop_assert_eq!(Outgoing::decode(&[], &bytes).is_some(), known && length >= 25);
        }
    }
}
