//! What travels on a stream: one request frame, one response frame.
//!
//! A stream carries one exchange. The opener writes `kind u8 | name length u8 | name | length u32 | body`, the
//! other end answers `status u8 | length u32 | body`; integers are big-endian. The name carries the version, so
//! that versions can live side by side on one connection. Lengths are checked against the limit of what is
//! expected before anything is allocated.

use std::io;

use bithive_exchange::{Digest, MAX_MESSAGE_BYTES, Protocol};
use bytes::{BufMut as _, Bytes, BytesMut};
use tokio::io::{AsyncRead, AsyncReadExt};

use crate::gossip::message::{ENVELOPE_BYTES, MAX_BODY_BYTES};

/// The application protocol that connections agree on.
pub const ALPN: &[u8] = b"bithive/transport/1";
/// Name and version of the blob protocol.
pub const BLOB: &str = "bithive/blob/1";
/// Name and version of the broadcast protocol.
pub const GOSSIP: &str = "bithive/gossip/1";
/// Bytes of a message's identifier.
pub const MESSAGE_ID_BYTES: usize = 16;
/// Identifies a message of one sender.
pub type MessageId = [u8; MESSAGE_ID_BYTES];
/// Longest name of a protocol.
pub const MAX_NAME_BYTES: usize = 64;
/// Longest reason of a refusal.
pub const MAX_REASON_BYTES: usize = 1024;
/// Bytes of content in one blob response, without its hashes.
pub const SEGMENT_BYTES: u64 = 1 << 20;
/// Most bytes of a blob response: size, content, and the hashes that prove it (65 pairs inside a segment, and at
/// most 64 on the way to the root).
pub const MAX_SEGMENT_RESPONSE_BYTES: usize = 8 + (1 << 20) + 64 * (65 + 64);
/// Most bytes of any frame's body.
pub const MAX_FRAME_BYTES: usize = 2 << 20;
/// Asks for the end of the last segment, whose proof fixes the content's size.
pub const SIZE_PROOF: u64 = u64::MAX;
/// Asks which segments are here.
pub const HELD: u64 = u64::MAX - 1;
/// Most bytes of a broadcast message with its envelope.
pub const MAX_GOSSIP_BYTES: usize = MAX_BODY_BYTES + ENVELOPE_BYTES;

/// What a stream is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A request to a service.
    Request(Protocol),
    /// A message for an inbox.
    Message(Protocol),
    /// A segment of content.
    Blob,
    /// Announces a broadcast message by its identifier.
    Announce,
    /// Hands over a broadcast message.
    Broadcast,
}

impl Kind {
    const fn code(self) -> u8 {
        match self {
            Self::Request(_) => 1,
            Self::Message(_) => 2,
            Self::Blob => 3,
            Self::Announce => 4,
            Self::Broadcast => 5,
        }
    }

    /// Name and version.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request(protocol) | Self::Message(protocol) => protocol.name(),
            Self::Blob => BLOB,
            Self::Announce | Self::Broadcast => GOSSIP,
        }
    }

    /// Most bytes of a request frame's body.
    #[must_use]
    pub const fn limit(self) -> usize {
        match self {
            Self::Request(_) => MAX_MESSAGE_BYTES,
            Self::Message(_) => MESSAGE_ID_BYTES + MAX_MESSAGE_BYTES,
            Self::Blob => size_of::<Digest>() + 8,
            Self::Announce => size_of::<Digest>(),
            Self::Broadcast => MAX_GOSSIP_BYTES,
        }
    }

    /// Most bytes of a response frame's body.
    #[must_use]
    pub const fn response_limit(self) -> usize {
        match self {
            Self::Request(_) => MAX_MESSAGE_BYTES,
            Self::Blob => MAX_SEGMENT_RESPONSE_BYTES,
            Self::Message(_) | Self::Announce | Self::Broadcast => MAX_REASON_BYTES,
        }
    }

    /// The head of a request.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        let name = self.name();
        let mut head = vec![self.code(), u8::try_from(name.len()).unwrap_or(u8::MAX)];
        head.extend_from_slice(name.as_bytes());
        head
    }

    /// Reads code and name of a head.
    ///
    /// # Errors
    /// [`WireError::Unknown`].
    pub fn decode(code: u8, name: &[u8]) -> Result<Self, WireError> {
        let protocol = Protocol::ALL.into_iter().find(|protocol| protocol.name().as_bytes() == name);
        match (code, protocol) {
            (1, Some(protocol)) => Ok(Self::Request(protocol)),
            (2, Some(protocol)) => Ok(Self::Message(protocol)),
            (3, None) if name == BLOB.as_bytes() => Ok(Self::Blob),
            (4, None) if name == GOSSIP.as_bytes() => Ok(Self::Announce),
            (5, None) if name == GOSSIP.as_bytes() => Ok(Self::Broadcast),
            _ => Err(WireError::Unknown { code, name: String::from_utf8_lossy(name).into_owned() }),
        }
    }
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// The body is the answer.
    Ok,
    /// The body is the reason.
    Refused,
    /// Nobody serves that here.
    NotServed,
    /// The inbox has no room; try again later.
    Full,
    /// The content, or that part of it, is not here.
    Absent,
    /// Another peer is sending it just now; announce it again later.
    Later,
    /// The receiver has it already.
    Known,
}

impl Status {
    const ALL: [Self; 7] =
        [Self::Ok, Self::Refused, Self::NotServed, Self::Full, Self::Absent, Self::Later, Self::Known];

    /// The byte that a response starts with.
    #[must_use]
    pub const fn code(self) -> u8 {
        self as u8
    }

    /// Reads the first byte of a response.
    ///
    /// # Errors
    /// [`WireError::Status`].
    pub fn decode(code: u8) -> Result<Self, WireError> {
        Self::ALL.into_iter().find(|status| status.code() == code).ok_or(WireError::Status { code })
    }
}

/// What can be wrong with what a peer sends.
#[derive(Debug, thiserror::Error)]
pub enum WireError {
    /// The stream ended early or the connection failed.
    #[error("the stream broke off: {0}")]
    Broken(#[from] io::Error),
    /// The head of a stream names no known protocol.
    #[error("a stream starts with kind {code} and name {name:?}, which is not a protocol of this version")]
    Unknown {
        /// Byte that should name a kind of stream.
        code: u8,
        /// Name of the protocol that was found.
        name: String,
    },
    /// A name over the limit.
    #[error("a protocol's name has {found} bytes; expected 1 to {MAX_NAME_BYTES}")]
    Name {
        /// Length found, in bytes.
        found: usize,
    },
    /// A response with an unknown status.
    #[error("a response has status {code}; expected 0 to 6")]
    Status {
        /// Byte that should be a status.
        code: u8,
    },
    /// A length over the limit.
    #[error("a frame of {found} bytes was announced; at most {limit} are accepted")]
    TooLong {
        /// Length announced, in bytes.
        found: usize,
        /// Most that is accepted.
        limit: usize,
    },
    /// A body that is not what its protocol says.
    #[error("{field}: {problem}")]
    Body {
        /// Name of the part.
        field: &'static str,
        /// What was wrong and what was expected.
        problem: String,
    },
}

/// Reads a request's head.
///
/// # Errors
/// [`WireError`].
pub async fn read_head(stream: &mut (impl AsyncRead + Unpin)) -> Result<Kind, WireError> {
    let code = stream.read_u8().await?;
    let length = usize::from(stream.read_u8().await?);
    if length == 0 || length > MAX_NAME_BYTES {
        return Err(WireError::Name { found: length });
    }
    let mut name = [0; MAX_NAME_BYTES];
    let Some(name) = name.get_mut(..length) else { return Err(WireError::Name { found: length }) };
    stream.read_exact(name).await?;
    Kind::decode(code, name)
}

/// Reads a frame's length, at most `limit`.
///
/// # Errors
/// [`WireError`].
pub async fn read_length(stream: &mut (impl AsyncRead + Unpin), limit: usize) -> Result<usize, WireError> {
    let found = usize::try_from(stream.read_u32().await?).unwrap_or(usize::MAX);
    if found > limit {
        return Err(WireError::TooLong { found, limit });
    }
    Ok(found)
}

/// Reads a frame's body of a checked length; `moved` is told of each part.
///
/// # Errors
/// [`WireError`].
pub async fn read_body(
    stream: &mut (impl AsyncRead + Unpin),
    length: usize,
    moved: impl Fn(usize),
) -> Result<Bytes, WireError> {
    let mut body = BytesMut::with_capacity(length);
    while body.len() < length {
        let rest = length - body.len();
        let read = stream.read_buf(&mut (&mut body).limit(rest)).await?;
        if read == 0 {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        }
        moved(read);
    }
    Ok(body.freeze())
}

/// Reads the status and the length of a response to a request of `kind`.
///
/// # Errors
/// [`WireError`].
pub async fn read_response_head(
    stream: &mut (impl AsyncRead + Unpin),
    kind: Kind,
) -> Result<(Status, usize), WireError> {
    let status = Status::decode(stream.read_u8().await?)?;
    let limit = if status == Status::Ok { kind.response_limit() } else { MAX_REASON_BYTES };
    Ok((status, read_length(stream, limit).await?))
}

/// The start of a response: its status and the length of its body.
#[must_use]
pub fn response_head(status: Status, length: usize) -> [u8; 5] {
    let [a, b, c, d] = u32::try_from(length).unwrap_or(u32::MAX).to_be_bytes();
    [status.code(), a, b, c, d]
}

/// Cuts a reason to what a response may carry.
#[must_use]
pub fn reason(text: &str) -> Bytes {
    let mut end = text.len().min(MAX_REASON_BYTES);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    Bytes::copy_from_slice(text.get(..end).unwrap_or_default().as_bytes())
}

/// A message with its identifier, as the body of a request.
///
/// # Errors
/// [`WireError::Body`].
pub fn decode_message(body: &Bytes) -> Result<(MessageId, Bytes), WireError> {
    let Some((id, message)) = body.split_first_chunk::<MESSAGE_ID_BYTES>() else {
        let problem = format!("{} bytes; expected at least {MESSAGE_ID_BYTES}", body.len());
        return Err(WireError::Body { field: "message identifier", problem });
    };
    Ok((*id, body.slice_ref(message)))
}

/// The identifier of a broadcast, as the body of an announcement.
///
/// # Errors
/// [`WireError::Body`].
pub fn decode_announcement(body: &[u8]) -> Result<Digest, WireError> {
    body.try_into().map_err(|_| WireError::Body {
        field: "announcement",
        problem: format!("{} bytes; expected a digest, 32 bytes", body.len()),
    })
}

/// The size of content and the encoded segment, as the body of a response.
#[must_use]
pub fn decode_segment_response(body: &Bytes) -> Option<(u64, Bytes)> {
    let (size, encoded) = body.split_first_chunk::<8>()?;
    Some((u64::from_be_bytes(*size), body.slice_ref(encoded)))
}

/// Most bytes of the answer to a request for this segment.
#[must_use]
pub const fn segment_response_limit(index: u64) -> usize {
    match index {
        // A group and the hashes on the way to it.
        SIZE_PROOF => 8 + (16 << 10) + 64 * 64,
        // A bit for each segment of the largest content.
        HELD => 8 + (1 << 17),
        _ => MAX_SEGMENT_RESPONSE_BYTES,
    }
}

/// The size of content and which segments of it are here, as the body of a response: nothing after the size if all
/// are, otherwise one bit for each, the first segment's the highest of the first byte.
#[must_use]
pub fn encode_held(size: u64, held: Option<&[bool]>) -> Vec<u8> {
    let mut body = size.to_be_bytes().to_vec();
    for eight in held.unwrap_or_default().chunks(8) {
        let bit = |(place, held): (usize, &bool)| u8::from(*held) << (7 - place);
        body.push(eight.iter().enumerate().map(bit).sum());
    }
    body
}

/// Reads what [`encode_held`] wrote about content of `size` bytes and `segments` segments; nothing else.
#[must_use]
pub fn decode_held(body: &[u8], size: u64, segments: usize) -> Option<Vec<bool>> {
    let (found, bits) = body.split_first_chunk::<8>()?;
    if u64::from_be_bytes(*found) != size {
        return None;
    }
    if bits.is_empty() {
        return Some(vec![true; segments]);
    }
    if bits.len() != segments.div_ceil(8) {
        return None;
    }
    let mut held: Vec<bool> =
        bits.iter().flat_map(|byte| (0..8).map(move |place| byte >> (7 - place) & 1 == 1)).collect();
    let rest = held.split_off(segments);
    (!rest.contains(&true)).then_some(held)
}

/// A request for a segment: content and position.
///
/// # Errors
/// [`WireError::Body`].
pub fn decode_segment_request(body: &[u8]) -> Result<(Digest, u64), WireError> {
    let expected = size_of::<Digest>() + 8;
    let problem = || format!("{} bytes; expected a digest and an index, {expected} bytes", body.len());
    let error = || WireError::Body { field: "segment request", problem: problem() };
    let (digest, index) = body.split_first_chunk::<32>().ok_or_else(error)?;
    Ok((*digest, u64::from_be_bytes(index.try_into().map_err(|_| error())?)))
}

/// The inverse of [`decode_segment_request`].
#[must_use]
pub fn encode_segment_request(digest: &Digest, index: u64) -> Bytes {
    [digest.as_slice(), &index.to_be_bytes()].concat().into()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn kinds() -> Vec<Kind> {
        let mut kinds = vec![Kind::Blob, Kind::Announce, Kind::Broadcast];
        kinds.extend(Protocol::ALL.map(Kind::Request));
        kinds.extend(Protocol::ALL.map(Kind::Message));
        kinds
    }

    #[tokio::test]
    async fn every_head_reads_back_and_fits_the_limit() {
        for kind in kinds() {
            assert!(kind.name().len() <= MAX_NAME_BYTES);
            assert!(kind.limit() <= MAX_FRAME_BYTES && kind.response_limit() <= MAX_FRAME_BYTES);
            assert_eq!(read_head(&mut kind.encode().as_slice()).await.unwrap(), kind);
        }
    }

    #[test]
    fn every_status_reads_back_and_no_other_does() {
        for code in 0..=u8::MAX {
            match Status::decode(code) {
                Ok(status) => assert_eq!(status.code(), code),
                Err(error) => assert!(code > 6, "{error}"),
            }
        }
    }

    #[tokio::test]
    async fn a_length_over_the_limit_is_refused() {
        let refused = read_length(&mut [0, 0, 4, 1].as_slice(), 1024).await;
        assert!(matches!(refused, Err(WireError::TooLong { found: 1025, limit: 1024 })));
        assert_eq!(read_length(&mut [0, 0, 4, 0].as_slice(), 1024).await.unwrap(), 1024);
    }

    #[tokio::test]
    async fn a_body_is_as_long_as_announced_and_tells_of_its_parts() {
        let moved = std::cell::Cell::new(0);
        let read = |bytes: usize| moved.set(moved.get() + bytes);
        let mut stream = tokio::io::AsyncReadExt::chain([7; 6].as_slice(), [7; 9].as_slice());
        assert_eq!(read_body(&mut stream, 10, read).await.unwrap().as_ref(), [7; 10]);
        assert_eq!(moved.get(), 10);
        assert!(matches!(read_body(&mut stream, 10, read).await, Err(WireError::Broken(_))));
    }

    #[test]
    fn a_reason_is_cut_between_characters() {
        let long = "ü".repeat(MAX_REASON_BYTES);
        let cut = reason(&format!("x{long}"));
        assert!(std::str::from_utf8(&cut).unwrap().ends_with('ü') && cut.len() == MAX_REASON_BYTES - 1);
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_request_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
            runtime.block_on(async {
                let mut stream = bytes.as_slice();
                if let Ok(kind) = read_head(&mut stream).await
                    && let Ok(length) = read_length(&mut stream, kind.limit()).await
                {
                    assert!(length <= kind.limit());
                }
                for kind in kinds() {
                    if let Ok((status, length)) = read_response_head(&mut bytes.as_slice(), kind).await {
                        assert!(length <= kind.response_limit().max(MAX_REASON_BYTES));
                        assert_eq!(status.code(), bytes[0]);
                    }
                }
            });
        }

        #[test]
        fn a_segment_request_reads_back_and_other_lengths_are_errors(
            digest in any::<[u8; 32]>(),
            index in any::<u64>(),
            length in 0usize..80,
        ) {
            let request = encode_segment_request(&digest, index);
            prop_assert_eq!(decode_segment_request(&request).unwrap(), (digest, index));
            prop_assert_eq!(decode_segment_request(&vec![0; length]).is_ok(), length == 40);
        }
    }
}
