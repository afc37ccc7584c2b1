//! Packets, as read from the events of ibc-go.

use bithive_chain::{Event, Receipt};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::IbcError;

/// Longest text of a refusal that is kept.
const LONGEST_REASON: usize = 1_024;

/// A packet under way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Packet {
    /// Number of the packet on its channel.
    pub sequence: u64,
    /// Port that sent it.
    pub source_port: String,
    /// Channel's name where it was sent.
    pub source_channel: String,
    /// Port that it is for.
    pub destination_port: String,
    /// Channel's name where it arrives.
    pub destination_channel: String,
    /// When it expires, by the destination's clock, in nanoseconds since 1970; 0 when only a height says so.
    pub timeout: u64,
}

/// A destination's answer to a packet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ack {
    /// It was taken; what the port says to it, base64.
    Result(String),
    /// It was refused, and why.
    Error(String),
}

impl Packet {
    /// The packet that a transaction has sent.
    ///
    /// # Errors
    /// [`IbcError::NoPacket`] when there is none or more than one.
    pub fn sent(receipt: &Receipt) -> Result<Self, IbcError> {
        let no_packet =
            |reason: &str| IbcError::NoPacket { hash: receipt.hash.to_string(), reason: reason.into() };
        let mut events = receipt.events_of("send_packet");
        let event = events.next().ok_or_else(|| no_packet("it has no send_packet event"))?;
        if events.next().is_some() {
            return Err(no_packet("it has several send_packet events"));
        }
        Self::of(event).ok_or_else(|| no_packet("its send_packet event lacks a field"))
    }

    fn of(event: &Event) -> Option<Self> {
        let text = |key: &str| event.get(key).map(String::from);
        Some(Self {
            sequence: event.get("packet_sequence")?.parse().ok()?,
            source_port: text("packet_src_port")?,
            source_channel: text("packet_src_channel")?,
            destination_port: text("packet_dst_port")?,
            destination_channel: text("packet_dst_channel")?,
            timeout: event.get("packet_timeout_timestamp").and_then(|time| time.parse().ok()).unwrap_or(0),
        })
    }

    /// Whether an event, of either chain, is about this packet.
    pub(crate) fn is_of(&self, event: &Event) -> bool {
        let is = |key: &str, expected: &str| event.get(key) == Some(expected);
        is("packet_sequence", &self.sequence.to_string())
            && is("packet_src_port", &self.source_port)
            && is("packet_src_channel", &self.source_channel)
            && is("packet_dst_port", &self.destination_port)
            && is("packet_dst_channel", &self.destination_channel)
    }
}

impl Ack {
    /// Reads the answer of a `write_acknowledgement` event. An answer that is not in ICS-4's form counts as a refusal, as it
    /// does for the ports of this network.
    pub(crate) fn of(event: &Event) -> Self {
        let unreadable = || Self::Error("an answer that is not in ICS-4's form".into());
        let Some(bytes) = event.get("packet_ack_hex").and_then(|text| hex::decode(text).ok()) else {
            return unreadable();
        };
        let Ok(Value::Object(fields)) = serde_json::from_slice(&bytes) else { return unreadable() };
        let text = |key: &str| fields.get(key).and_then(Value::as_str);
        match (text("result"), text("error")) {
            (Some(result), None) => Self::Result(result.into()),
            (None, Some(error)) => {
                Self::Error(error.get(..error.floor_char_boundary(LONGEST_REASON)).unwrap_or_default().into())
            }
            _ => unreadable(),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use bithive_chain::TxHash;

    pub(crate) fn packet() -> Packet {
        Packet {
            sequence: 3,
            source_port: "wasm.a".into(),
            source_channel: "channel-1".into(),
            destination_port: "transfer".into(),
            destination_channel: "channel-7".into(),
            timeout: 99,
        }
    }

    pub(crate) fn event(kind: &str, packet: &Packet, more: &[(&str, String)]) -> Event {
        let own = [
            ("packet_sequence", packet.sequence.to_string()),
            ("packet_src_port", packet.source_port.clone()),
            ("packet_src_channel", packet.source_channel.clone()),
            ("packet_dst_port", packet.destination_port.clone()),
            ("packet_dst_channel", packet.destination_channel.clone()),
            ("packet_timeout_timestamp", packet.timeout.to_string()),
        ];
        let attributes = own.iter().chain(more).map(|(key, value)| ((*key).into(), value.clone())).collect();
        Event { kind: kind.into(), attributes }
    }

    fn receipt(events: Vec<Event>) -> Receipt {
        Receipt {
            hash: TxHash([0; 32]),
            height: 1,
            gas_used: 1,
            gas_wanted: 1,
            host_calls: None,
            events,
            data: vec![],
        }
    }

    #[test]
    fn a_sent_packet_is_read_from_its_transaction() {
        let receipt = receipt(vec![event("message", &packet(), &[]), event("send_packet", &packet(), &[])]);
        assert_eq!(Packet::sent(&receipt).unwrap(), packet());
    }

    #[test]
    fn no_packet_two_packets_and_half_a_packet_are_errors() {
        let whole = || event("send_packet", &packet(), &[]);
        let mut half = whole();
        half.attributes.remove(1);
        for (events, why) in
            [(vec![], "no send_packet"), (vec![whole(), whole()], "several"), (vec![half], "lacks")]
        {
            let error = Packet::sent(&receipt(events)).unwrap_err().to_string();
            assert!(error.contains(why), "{error}");
        }
    }

    #[test]
    fn an_event_is_about_a_packet_when_all_five_names_are_its() {
        assert!(packet().is_of(&event("recv_packet", &packet(), &[])));
        for other in [
            Packet { sequence: 4, ..packet() },
            Packet { source_port: "wasm.b".into(), ..packet() },
            Packet { source_channel: "channel-2".into(), ..packet() },
            Packet { destination_port: "wasm.c".into(), ..packet() },
            Packet { destination_channel: "channel-8".into(), ..packet() },
        ] {
            assert!(!packet().is_of(&event("recv_packet", &other, &[])), "{other:?}");
        }
    }

    #[test]
    fn answers_are_read_and_anything_else_is_a_refusal() {
        let ack = |text: &str| Ack::of(&event("w", &packet(), &[("packet_ack_hex", hex::encode(text))]));
        assert_eq!(ack(r#"{"result":"AQ=="}"#), Ack::Result("AQ==".into()));
        assert_eq!(ack(r#"{"error":"ABCI code: 1"}"#), Ack::Error("ABCI code: 1".into()));
        for other in ["", "{}", "[]", r#"{"result":1}"#, r#"{"result":"a","error":"b"}"#] {
            assert!(matches!(ack(other), Ack::Error(_)), "{other}");
        }
        assert!(matches!(Ack::of(&event("w", &packet(), &[("packet_ack_hex", "zz".into())])), Ack::Error(_)));
        assert!(matches!(Ack::of(&event("w", &packet(), &[])), Ack::Error(_)));
        let long = ack(&format!(r#"{{"error":"{}"}}"#, "ä".repeat(2_000)));
        assert!(matches!(long, Ack::Error(text) if text.len() <= LONGEST_REASON));
    }
}
