//! The exchange between machines: frames of requests and responses, segments of content with their proofs,
//! broadcasts, and records of messages that wait on disk.

use std::fs::File;
use std::path::PathBuf;
use std::sync::LazyLock;

use bithive_exchange::{Digest, PeerId, Protocol};
use bithive_transport::gossip::{self, ENVELOPE_BYTES, MAX_BODY_BYTES};
use bithive_transport::records::{self, Outgoing};
use bithive_transport::segment;
use bithive_transport::wire::{self, HELD, Kind, MAX_REASON_BYTES, SIZE_PROOF, Status, WireError};
use bytes::Bytes;
use ed25519_dalek::SigningKey;
use tempfile::TempDir;
use tokio::runtime::{Builder, Runtime};

use crate::memory::Budget;
use crate::{canonical, choose};

/// A frame of the largest kind may be announced and not follow; files of content are compared whole.
pub const BUDGET: Budget = Budget { fixed: 8 << 20, per_byte: 32 };

/// Sizes of the contents that segments are of: one of a single group, one that ends inside a group, one of two
/// segments.
pub const SIZES: [u64; 3] = [5_000, 70_001, (1 << 20) + 20_000];

/// Signs broadcasts; no input has its secret.
pub static ORIGIN: LazyLock<SigningKey> = LazyLock::new(|| SigningKey::from_bytes(&[7; 32]));

/// Content with its hashes, and files that segments are written to.
pub struct Content {
    folder: TempDir,
    /// BLAKE3 digest of the content.
    pub digest: Digest,
    /// Its bytes, none of them 0.
    pub bytes: Vec<u8>,
}

impl Content {
    fn new(size: u64) -> std::io::Result<Self> {
        let folder = tempfile::tempdir()?;
        let bytes: Vec<u8> = (0..size).map(|index| ((index * 31) >> 7) as u8 | 1).collect();
        std::fs::write(folder.path().join("data"), &bytes)?;
        let (digest, _) = segment::hash_file(&folder.path().join("data"), &folder.path().join("hashes"))?;
        Ok(Self { folder, digest, bytes })
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn size(&self) -> u64 {
        self.bytes.len() as u64
    }

    /// Segment `index` as a provider sends it, without the size.
    ///
    /// # Errors
    /// Those of the files.
    pub fn encode(&self, index: u64) -> std::io::Result<Vec<u8>> {
        let mut encoded = Vec::new();
        segment::encode(
            &self.digest,
            self.size(),
            index,
            &self.at("data"),
            &self.at("hashes"),
            &mut encoded,
        )?;
        Ok(encoded)
    }

    fn decode(&self, index: u64, encoded: &[u8]) -> std::io::Result<Vec<u8>> {
        let (data, hashes) = (self.at("copy"), self.at("copy hashes"));
        File::create(&hashes).expect("a file");
        File::create(&data).and_then(|file| file.set_len(self.size())).expect("a file");
        let decoded = segment::decode(&self.digest, self.size(), index, encoded, &data, &hashes);
        let written = std::fs::read(&data).expect("a file");
        assert!(
            written.iter().zip(&self.bytes).all(|(found, right)| *found == 0 || found == right),
            "a wrong byte was written"
        );
        decoded.map(|()| written)
    }
}

/// One content of each size.
pub static CONTENTS: LazyLock<Vec<Content>> = LazyLock::new(|| {
    SIZES.into_iter().map(|size| Content::new(size).expect("a folder for temporary files")).collect()
});

static RUNTIME: LazyLock<Runtime> =
    LazyLock::new(|| Builder::new_current_thread().enable_time().build().expect("a runtime without threads"));

/// Every kind of request.
#[must_use]
pub fn kinds() -> Vec<Kind> {
    let mut kinds = vec![Kind::Blob, Kind::Announce, Kind::Broadcast];
    kinds.extend(Protocol::ALL.map(Kind::Request));
    kinds.extend(Protocol::ALL.map(Kind::Message));
    kinds
}

/// The first byte chooses the decoder.
pub fn check(input: &[u8]) {
    match choose(input, 9) {
        None => {}
        Some((0, bytes)) => RUNTIME.block_on(request(bytes)),
        Some((1, bytes)) => RUNTIME.block_on(response(bytes)),
        Some((2, bytes)) => bodies(bytes),
        Some((3, bytes)) => broadcast(bytes),
        Some((4, bytes)) => proof_of_size(bytes),
        Some((5, bytes)) => segment_of(bytes),
        Some((6, bytes)) => outgoing(bytes),
        Some((7, bytes)) => incoming(bytes),
        Some((_, bytes)) => held(bytes),
    }
}

/// A stream's bytes, read as the receiver does.
async fn request(bytes: &[u8]) {
    let mut stream = bytes;
    let kind = match wire::read_head(&mut stream).await {
        Ok(kind) => kind,
        Err(WireError::Unknown { code, name }) => {
            assert!(
                kinds()
                    .iter()
                    .all(|kind| kind.encode() != [&[code, name.len() as u8], name.as_bytes()].concat())
            );
            return;
        }
        Err(_) => return,
    };
    assert_eq!(bytes[..bytes.len() - stream.len()], kind.encode(), "a head has one encoding");
    let Ok(length) = wire::read_length(&mut stream, kind.limit()).await else { return };
    assert!(length <= kind.limit());
    let whole = stream.len() >= length;
    let expected = Bytes::copy_from_slice(&stream[..length.min(stream.len())]);
    let moved = std::cell::Cell::new(0);
    let body = wire::read_body(&mut stream, length, |bytes| moved.set(moved.get() + bytes)).await;
    assert_eq!(moved.get(), expected.len(), "every part is told of");
    assert_eq!(body.ok(), whole.then_some(expected), "a body is what was announced");
}

/// The kind that is answered, and the answer.
async fn response(bytes: &[u8]) {
    let Some((kind, mut stream)) = choose(bytes, kinds().len() as u8) else { return };
    let kind = kinds()[usize::from(kind)];
    let before = stream;
    let Ok((status, length)) = wire::read_response_head(&mut stream, kind).await else { return };
    let most = if status == Status::Ok { kind.response_limit() } else { MAX_REASON_BYTES };
    assert!(length <= most);
    let Ok(body) = wire::read_body(&mut stream, length, |_| {}).await else { return };
    let written = [wire::response_head(status, body.len()).as_slice(), &body].concat();
    assert_eq!(before[..before.len() - stream.len()], written, "a response has one encoding");
    assert!(wire::reason(&String::from_utf8_lossy(&body)).len() <= MAX_REASON_BYTES);
}

/// Bodies of fixed form.
fn bodies(bytes: &[u8]) {
    canonical(bytes, wire::decode_segment_request, |(digest, index)| {
        wire::encode_segment_request(digest, *index).to_vec()
    });
    canonical(bytes, wire::decode_announcement, |digest| digest.to_vec());
    let body = Bytes::copy_from_slice(bytes);
    canonical(bytes, |_| wire::decode_message(&body), |(id, message)| [id.as_slice(), message].concat());
    let decode = |_: &[u8]| wire::decode_segment_response(&body).ok_or(());
    canonical(bytes, decode, |(size, encoded)| [size.to_be_bytes().as_slice(), encoded].concat());
}

/// What opens was signed by its origin: with one bit changed it does not, and the fixed origin's is its own.
fn broadcast(bytes: &[u8]) {
    let Ok(message) = gossip::open(&Bytes::copy_from_slice(bytes)) else { return };
    assert!((ENVELOPE_BYTES..=ENVELOPE_BYTES + MAX_BODY_BYTES).contains(&bytes.len()));
    let (signed, _) = bytes.split_at(bytes.len() - 64);
    assert_eq!(signed[..32], message.origin.0);
    assert_eq!(signed[32..40], message.sent_ms.to_be_bytes());
    assert_eq!(signed[48..], *message.body);
    assert_eq!(*blake3::hash(signed).as_bytes(), message.id, "it is named by what is signed");
    if message.origin.0 == ORIGIN.verifying_key().to_bytes() {
        let number = signed[40..48].try_into().map(u64::from_be_bytes).expect("8 bytes");
        assert_eq!(gossip::sign(&ORIGIN, message.sent_ms, number, &message.body), bytes);
    }
    let position = usize::from(message.id[0]) * bytes.len() / 256;
    let mut changed = bytes.to_vec();
    changed[position] ^= 1 << (message.id[1] % 8);
    assert!(gossip::open(&changed.into()).is_err(), "one bit was changed");
}

/// Content, a size, and the end that is to prove it.
fn proof_of_size(bytes: &[u8]) {
    let Some((content, rest)) = choose(bytes, SIZES.len() as u8) else { return };
    let Some((size, encoded)) = rest.split_first_chunk::<8>() else { return };
    let (content, size) = (&CONTENTS[usize::from(content)], u64::from_be_bytes(*size));
    if size <= segment::MAX_CONTENT_BYTES && segment::proves_size(&content.digest, size, encoded) {
        assert_eq!(size, content.size(), "only the true size is proven");
    }
}

/// Content, the index of a segment, and its encoding: what verifies is the content's. The index 255 stands for the
/// proof of the size.
fn segment_of(bytes: &[u8]) {
    let Some((content, rest)) = choose(bytes, SIZES.len() as u8) else { return };
    let Some((index, encoded)) = rest.split_first() else { return };
    let content = &CONTENTS[usize::from(content)];
    let segments = segment::count(content.size());
    let index = if *index == u8::MAX { SIZE_PROOF } else { u64::from(*index) % segments };
    let Ok(written) = content.decode(index, encoded) else { return };
    assert!(8 + encoded.len() <= wire::segment_response_limit(index));
    assert_eq!(content.encode(index).expect("files of content"), encoded, "a segment has one encoding");
    if index != SIZE_PROOF {
        let start = usize::try_from(index * wire::SEGMENT_BYTES).expect("a short content");
        let end = start + usize::try_from(segment::bytes(content.size(), index)).expect("a segment");
        assert!(written[start..end] == content.bytes[start..end], "the segment is here");
        let (data, hashes) = (content.at("copy"), content.at("copy hashes"));
        let whole =
            segment::whole(&content.digest, content.size(), &data, &hashes).expect("files of content");
        assert!(whole[usize::try_from(index).expect("a short content")], "a restart finds it");
    }
}

/// What a provider has of content of some segments.
fn held(bytes: &[u8]) {
    let Some(([high, low], body)) = bytes.split_first_chunk::<2>() else { return };
    let segments = usize::from(u16::from_be_bytes([*high, *low])).max(1);
    let size = segments as u64 * wire::SEGMENT_BYTES;
    let Some(held) = wire::decode_held(body, size, segments) else { return };
    assert_eq!(held.len(), segments);
    let all = held.iter().all(|held| *held);
    let written = [wire::encode_held(size, Some(&held)), wire::encode_held(size, None)];
    assert!(body == written[0] || all && body == written[1], "all of it is said in two ways, a part in one");
    assert!(body.len() <= wire::segment_response_limit(HELD));
}

/// The key and the value of an outgoing message.
fn outgoing(bytes: &[u8]) {
    let (key, value) = bytes.split_at(bytes.len().min(40));
    let split = canonical(
        key,
        |key| records::split_outgoing_key(key).ok_or(()),
        |(to, number)| records::outgoing_key(*to, *number),
    );
    assert_eq!(split.is_some(), key.len() == 40);
    let decode = |value: &[u8]| Outgoing::decode(key, value).ok_or(());
    canonical(value, decode, |record| {
        Outgoing::encode(record.protocol, &record.id, record.sent, &record.body)
    });
}

/// The key and the value of a message that came in.
fn incoming(bytes: &[u8]) {
    let (key, value) = bytes.split_at(bytes.len().min(9));
    canonical(
        key,
        |key| records::split_incoming_key(key).ok_or(()),
        |(protocol, number)| records::incoming_key(*protocol, *number),
    );
    canonical(
        value,
        |value| {
            records::split_incoming(value).map(|(from, body): (PeerId, _)| (from, body.to_vec())).ok_or(())
        },
        |(from, body)| records::incoming(*from, body),
    );
}
