//! The header: C1 (48 bytes), C2 (48 bytes), C3 (32 bytes).

use bithive_curve::{DecodeError, G1};

/// Why bytes are not a header.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// Wrong number of bytes.
    #[error("a header takes {expected} bytes, got {actual}", expected = Header::LEN)]
    Length {
        /// Bytes that were given.
        actual: usize,
    },
    /// Not one header for each group that the set touches.
    #[error("{groups} groups are addressed, which takes {expected} bytes of headers, got {actual}")]
    Count {
        /// Groups that the set touches.
        groups: usize,
        /// Bytes that their headers take.
        expected: usize,
        /// Bytes that were given.
        actual: usize,
    },
    /// A point that is not valid, or the identity.
    #[error("header field {field}: {source}")]
    Point {
        /// C1 or C2.
        field: &'static str,
        /// What is wrong with it.
        source: DecodeError,
    },
}

/// A header with valid points; whether it was made for a set and context shows only when it is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    pub(super) c1: G1,
    pub(super) c2: G1,
    pub(super) c3: [u8; 32],
}

impl Header {
    /// Length of an encoded header in bytes.
    pub const LEN: usize = 2 * G1::LEN + 32;

    /// The bytes that travel.
    pub fn encode(&self) -> [u8; Self::LEN] {
        let mut out = [0; Self::LEN];
        out[..48].copy_from_slice(&self.c1.encode());
        out[48..96].copy_from_slice(&self.c2.encode());
        out[96..].copy_from_slice(&self.c3);
        out
    }

    /// Decode and check both points.
    ///
    /// # Errors
    /// [`HeaderError::Length`], or [`HeaderError::Point`] for a point that is not canonical, not on the curve,
    /// not in the subgroup, or the identity.
    pub fn decode(bytes: &[u8]) -> Result<Self, HeaderError> {
        let bytes: &[u8; Self::LEN] =
            bytes.try_into().map_err(|_| HeaderError::Length { actual: bytes.len() })?;
        let point = |field, bytes: &[u8]| {
            G1::decode_nonidentity(bytes).map_err(|source| HeaderError::Point { field, source })
        };
        let mut c3 = [0; 32];
        c3.copy_from_slice(&bytes[96..]);
        Ok(Self { c1: point("C1", &bytes[..48])?, c2: point("C2", &bytes[48..96])?, c3 })
    }
}
