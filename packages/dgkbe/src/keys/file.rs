//! Public keys as files that are never held whole.
//!
//! | | reads | holds, at any L | checks |
//! |---|---|---|---|
//! | [`verify_file`] | the file once, in order | 128 elements, encoded and decoded | every point, the whole structure |
//! | [`column_of_file`] | the file once, in order | 4 KiB | the digest; one element is a point |
//! | [`seek_column`] | 186 bytes at two places | 186 bytes | one element is a point |
//!
//! A whole key takes 96 bytes an element encoded and twice that decoded: 1.2 MB at L = 4096.

use std::io::{Read, Seek, SeekFrom};

use bithive_curve::scalar::random_weights;
use bithive_curve::{G1, G2, G2Sum, pairing_product_is_one};
use rand_core::CryptoRng;

use super::public::{KIND, read_slot};
use super::{KeyError, column_range, encoded_len, gap};
use crate::Crs;
use crate::format::{FormatError, Reader, Stream};
use crate::layout::{KEY_HEADER_BYTES, KEY_MAGIC};

/// Elements that are decoded and weighed together.
const CHUNK: usize = 128;

/// Bytes that are hashed together where nothing is decoded.
const BUFFER_LEN: usize = 4096;

/// What a sender needs of a key file that has been checked as a whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VerifiedKey {
    /// The owner's slot within its group, 1..=L.
    pub slot: u16,
    /// Commitment T_j of the public key.
    pub commitment: G1,
    /// BLAKE3 hash of the file.
    pub digest: [u8; 32],
}

/// Check a whole key as [`super::verify_public_key`] does, from a stream: the same random combination, added up
/// chunk by chunk.
///
/// # Errors
/// [`KeyError`]: what [`super::UnverifiedPublicKey`] refuses, and [`FormatError::Read`].
pub fn verify_file(crs: &Crs, reader: impl Read, rng: &mut impl CryptoRng) -> Result<VerifiedKey, KeyError> {
    let mut file = Stream::new(KIND, reader, encoded_len(crs.slots()));
    let (slot, commitment) = read_header(crs, &mut file)?;
    let (before, rest) = crs.low_g2().split_at(usize::from(gap(crs.slots(), slot)) - 1);
    let after = rest.get(1..).unwrap_or_default();

    let mut buffer = [0; CHUNK * G2::LEN];
    let (mut left, mut right, mut done) = (G2Sum::new(), G2Sum::new(), 0);
    for powers in before.chunks(CHUNK).chain(after.chunks(CHUNK)) {
        let bytes = &mut buffer[..powers.len() * G2::LEN];
        file.fill(bytes)?;
        let elements = G2::decode_many(bytes).map_err(|(index, source)| FormatError::Element {
            kind: KIND,
            field: "H",
            index: done + index,
            source,
        })?;
        let weights = random_weights(powers.len(), rng);
        left.add(&G2::msm(powers, &weights));
        right.add(&G2::msm(&elements, &weights));
        done += powers.len();
    }
    let digest = file.end()?;
    let sums = [(commitment, left.finish()), (-G1::generator(), right.finish())];
    if pairing_product_is_one(&sums) {
        Ok(VerifiedKey { slot, commitment, digest })
    } else {
        Err(KeyError::Malformed { slots: vec![slot] })
    }
}

/// T_slot and H_{slot,index} from a file that is read through to check its digest. The element still needs
/// [`super::verify_element`] or [`super::verify_column`].
///
/// # Errors
/// As [`super::column`]; [`KeyError::Digest`], [`FormatError::Read`].
pub fn column_of_file(
    crs: &Crs,
    (slot, index): (u16, u16),
    digest: &[u8; 32],
    reader: impl Read,
) -> Result<(G1, G2), KeyError> {
    let range = column_range(crs.slots(), slot, index)?;
    let length = encoded_len(crs.slots());
    let mut file = Stream::new(KIND, reader, length);
    let commitment = read_header_of(crs, slot, &mut file)?;
    let (mut buffer, mut element) = ([0; BUFFER_LEN], [0; G2::LEN]);
    file.skip(range.start - KEY_HEADER_BYTES, &mut buffer)?;
    file.fill(&mut element)?;
    file.skip(length - range.end, &mut buffer)?;
    if file.end()? != *digest {
        return Err(KeyError::Digest);
    }
    Ok((commitment, G2::decode_nonidentity(&element)?))
}

/// T_slot and H_{slot,index} from the two places of a file that hold them. The digest is the caller's to check,
/// once for a file that stays; the element still needs [`super::verify_element`] or [`super::verify_column`].
///
/// # Errors
/// As [`super::column`], and [`FormatError::Read`].
pub fn seek_column(
    crs: &Crs,
    (slot, index): (u16, u16),
    mut file: impl Read + Seek,
) -> Result<(G1, G2), KeyError> {
    let range = column_range(crs.slots(), slot, index)?;
    let expected = encoded_len(crs.slots());
    let actual = usize::try_from(seek(&mut file, SeekFrom::End(0))?).unwrap_or(usize::MAX);
    if actual != expected {
        return Err(FormatError::Length { kind: KIND, expected, actual }.into());
    }
    seek(&mut file, SeekFrom::Start(0))?;
    let commitment = read_header_of(crs, slot, &mut Stream::new(KIND, &mut file, expected))?;
    seek(&mut file, SeekFrom::Start(range.start as u64))?;
    let mut element = [0; G2::LEN];
    Stream::new(KIND, &mut file, expected).fill(&mut element)?;
    Ok((commitment, G2::decode_nonidentity(&element)?))
}

fn seek(file: &mut impl Seek, to: SeekFrom) -> Result<u64, FormatError> {
    file.seek(to).map_err(|error| FormatError::Read { kind: KIND, reason: error.kind() })
}

fn read_header<R: Read>(crs: &Crs, file: &mut Stream<R>) -> Result<(u16, G1), KeyError> {
    let mut header = [0; KEY_HEADER_BYTES];
    file.fill(&mut header)?;
    let mut reader = Reader::open(KIND, KEY_MAGIC, &header)?;
    let slot = read_slot(crs, &mut reader)?;
    Ok((slot, G1::decode_nonidentity(reader.take(G1::LEN)?)?))
}

fn read_header_of<R: Read>(crs: &Crs, slot: u16, file: &mut Stream<R>) -> Result<G1, KeyError> {
    match read_header(crs, file)? {
        (actual, commitment) if actual == slot => Ok(commitment),
        (actual, _) => Err(KeyError::WrongSlot { expected: slot, actual }),
    }
}
