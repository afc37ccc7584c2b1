//! Channels to other chains and the packets that wait in them.

use super::Cosmos;
use crate::{
    ChainError,
    rpc::{cut, path},
};
use cosmrs::proto::cosmos::base::query::v1beta1::{PageRequest, PageResponse};

/// Entries in one page, and the most pages of a listing, so that a node can't send pages without end.
const PAGE: u64 = 100;
const MAX_PAGES: usize = 100;
/// `STATE_OPEN` of ibc-go.
const STATE_OPEN: i32 = 3;
/// `ORDER_UNORDERED` of ibc-go.
const ORDER_UNORDERED: i32 = 1;

/// An end of a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelInfo {
    /// Port of this chain.
    pub port: String,
    /// Name on this chain.
    pub channel: String,
    /// Port of the other chain.
    pub other_port: String,
    /// Name on the other chain.
    pub other_channel: String,
    /// Connection on this chain.
    pub connection: String,
    /// Version that both ends have stated.
    pub version: String,
    /// Whether packets may pass.
    pub open: bool,
    /// Whether they arrive in any order.
    pub unordered: bool,
}

impl Cosmos {
    /// All channels of the chain.
    ///
    /// # Errors
    /// [`ChainError::NodeDown`], [`ChainError::Decode`].
    pub async fn channels(&self) -> Result<Vec<ChannelInfo>, ChainError> {
        let (mut channels, mut key) = (Vec::new(), Vec::new());
        for _ in 0..MAX_PAGES {
            let request = ChannelsRequest { pagination: Some(page(key)) };
            let answer: ChannelsResponse = self.query_proto(path::IBC_CHANNELS, &request).await?;
            channels.extend(answer.channels.into_iter().map(Into::into));
            key = next(answer.pagination);
            if key.is_empty() {
                return Ok(channels);
            }
        }
        Err(self.too_many(path::IBC_CHANNELS))
    }

    /// Sequences of the packets that were sent over a channel of this chain and are neither acknowledged nor timed out.
    ///
    /// # Errors
    /// As [`Cosmos::channels`].
    pub async fn pending_packets(&self, port: &str, channel: &str) -> Result<Vec<u64>, ChainError> {
        let (mut sequences, mut key) = (Vec::new(), Vec::new());
        for _ in 0..MAX_PAGES {
            let request = CommitmentsRequest {
                port: port.into(),
                channel: channel.into(),
                pagination: Some(page(key)),
            };
            let answer: CommitmentsResponse = self.query_proto(path::IBC_COMMITMENTS, &request).await?;
            sequences.extend(answer.commitments.into_iter().map(|packet| packet.sequence));
            key = next(answer.pagination);
            if key.is_empty() {
                sequences.sort_unstable();
                return Ok(sequences);
            }
        }
        Err(self.too_many(path::IBC_COMMITMENTS))
    }

    /// Those of `sequences`, sent by the other end, that this end of the channel has not received.
    ///
    /// # Errors
    /// As [`Cosmos::channels`].
    pub async fn unreceived_packets(
        &self,
        port: &str,
        channel: &str,
        sequences: &[u64],
    ) -> Result<Vec<u64>, ChainError> {
        if sequences.is_empty() {
            return Ok(Vec::new());
        }
        let request =
            UnreceivedRequest { port: port.into(), channel: channel.into(), sequences: sequences.to_vec() };
        let answer: UnreceivedResponse = self.query_proto(path::IBC_UNRECEIVED, &request).await?;
        Ok(answer.sequences.into_iter().filter(|sequence| sequences.contains(sequence)).collect())
    }

    fn too_many(&self, path: &str) -> ChainError {
        self.inner.rpc.malformed(path, format!("more than {MAX_PAGES} pages"))
    }
}

fn page(key: Vec<u8>) -> PageRequest {
    PageRequest { key, limit: PAGE, ..PageRequest::default() }
}

fn next(page: Option<PageResponse>) -> Vec<u8> {
    page.map(|page| page.next_key).unwrap_or_default()
}

impl From<IdentifiedChannel> for ChannelInfo {
    fn from(found: IdentifiedChannel) -> Self {
        let other = found.counterparty.unwrap_or_default();
        let text = |text: &str| cut(text).to_owned();
        Self {
            port: text(&found.port),
            channel: text(&found.channel),
            other_port: text(&other.port),
            other_channel: text(&other.channel),
            connection: found.hops.first().map(|hop| text(hop)).unwrap_or_default(),
            version: text(&found.version),
            open: found.state == STATE_OPEN,
            unordered: found.ordering == ORDER_UNORDERED,
        }
    }
}

// Messages of `ibc.core.channel.v1`, as far as they are asked for: cosmrs does not have them.

#[derive(Clone, PartialEq, prost::Message)]
struct ChannelsRequest {
    #[prost(message, optional, tag = "1")]
    pagination: Option<PageRequest>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct ChannelsResponse {
    #[prost(message, repeated, tag = "1")]
    channels: Vec<IdentifiedChannel>,
    #[prost(message, optional, tag = "2")]
    pagination: Option<PageResponse>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct IdentifiedChannel {
    #[prost(int32, tag = "1")]
    state: i32,
    #[prost(int32, tag = "2")]
    ordering: i32,
    #[prost(message, optional, tag = "3")]
    counterparty: Option<Counterparty>,
    #[prost(string, repeated, tag = "4")]
    hops: Vec<String>,
    #[prost(string, tag = "5")]
    version: String,
    #[prost(string, tag = "6")]
    port: String,
    #[prost(string, tag = "7")]
    channel: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct Counterparty {
    #[prost(string, tag = "1")]
    port: String,
    #[prost(string, tag = "2")]
    channel: String,
}

#[derive(Clone, PartialEq, prost::Message)]
struct CommitmentsRequest {
    #[prost(string, tag = "1")]
    port: String,
    #[prost(string, tag = "2")]
    channel: String,
    #[prost(message, optional, tag = "3")]
    pagination: Option<PageRequest>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct CommitmentsResponse {
    #[prost(message, repeated, tag = "1")]
    commitments: Vec<PacketState>,
    #[prost(message, optional, tag = "2")]
    pagination: Option<PageResponse>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct PacketState {
    #[prost(uint64, tag = "3")]
    sequence: u64,
}

#[derive(Clone, PartialEq, prost::Message)]
struct UnreceivedRequest {
    #[prost(string, tag = "1")]
    port: String,
    #[prost(string, tag = "2")]
    channel: String,
    #[prost(uint64, repeated, tag = "3")]
    sequences: Vec<u64>,
}

#[derive(Clone, PartialEq, prost::Message)]
struct UnreceivedResponse {
    #[prost(uint64, repeated, tag = "1")]
    sequences: Vec<u64>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmrs::proto::traits::Message as _;

    #[test]
    fn a_channel_s_end_is_read_from_the_chain_s_bytes() {
        // state 3, ordering 1, counterparty (transfer, channel-7), hop connection-2, version, port, channel.
        let bytes = [
            b"\x08\x03\x10\x01\x1a\x15\x0a\x08transfer\x12\x09channel-7\x22\x0cconnection-2".as_slice(),
            b"\x2a\x07ics20-1\x32\x06wasm.a\x3a\x09channel-1\x40\x05",
        ]
        .concat();
        let found = ChannelInfo::from(IdentifiedChannel::decode(bytes.as_slice()).unwrap());
        let expected = ChannelInfo {
            port: "wasm.a".into(),
            channel: "channel-1".into(),
            other_port: "transfer".into(),
            other_channel: "channel-7".into(),
            connection: "connection-2".into(),
            version: "ics20-1".into(),
            open: true,
            unordered: true,
        };
        assert_eq!(found, expected);
    }

    #[test]
    fn what_a_node_leaves_out_is_empty_and_not_open() {
        let found = ChannelInfo::from(IdentifiedChannel::default());
        assert!(
            !found.open && !found.unordered && found.connection.is_empty() && found.other_port.is_empty()
        );
    }
}
