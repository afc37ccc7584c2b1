//! Requests of the share key protocol: anybody may ask for an epoch's points, members for what seeds are made of.

use bithive_blindmatch::DecodeError;
use bytes::Bytes;

const WHAT: &str = "share key request";

/// One byte for the kind, then the epoch, big-endian, or the committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareKeyRequest {
    /// The points of an epoch that the member computes itself.
    Partial(u64),
    /// The table of an epoch that it merged and posted.
    Table(u64),
    /// The member's contributions to the seeds that it shares with the asking member of this committee.
    Contributions([u8; 32]),
    /// The member's commitments for this committee's term.
    Statement([u8; 32]),
}

impl ShareKeyRequest {
    /// 9 bytes for an epoch, 33 for a committee.
    #[must_use]
    pub fn encode(self) -> Bytes {
        let of = |kind: u8, body: &[u8]| [&[kind], body].concat().into();
        match self {
            Self::Partial(epoch) => of(0, &epoch.to_be_bytes()),
            Self::Table(epoch) => of(1, &epoch.to_be_bytes()),
            Self::Contributions(committee) => of(2, &committee),
            Self::Statement(committee) => of(3, &committee),
        }
    }

    /// Reads what [`ShareKeyRequest::encode`] wrote.
    ///
    /// # Errors
    /// [`DecodeError`] for an unknown kind or another length.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let (kind, body) = bytes.split_first().ok_or_else(|| truncated(0, 1, 0))?;
        match kind {
            0 => Ok(Self::Partial(u64::from_be_bytes(exactly(body)?))),
            1 => Ok(Self::Table(u64::from_be_bytes(exactly(body)?))),
            2 => exactly(body).map(Self::Contributions),
            3 => exactly(body).map(Self::Statement),
            kind => {
                let found = (*kind).into();
                Err(DecodeError::OutOfRange { what: WHAT, field: "kind", found, min: 0, max: 3 })
            }
        }
    }
}

fn exactly<const N: usize>(body: &[u8]) -> Result<[u8; N], DecodeError> {
    match body.split_first_chunk() {
        Some((array, [])) => Ok(*array),
        Some((_, rest)) => Err(DecodeError::TrailingBytes { what: WHAT, extra: rest.len() }),
        None => Err(truncated(1, N, body.len())),
    }
}

const fn truncated(offset: usize, needed: usize, left: usize) -> DecodeError {
    DecodeError::Truncated { what: WHAT, offset, needed, left }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back_and_others_are_refused() {
        let requests = [
            ShareKeyRequest::Partial(7),
            ShareKeyRequest::Table(u64::MAX),
            ShareKeyRequest::Contributions([1; 32]),
            ShareKeyRequest::Statement([2; 32]),
        ];
        for request in requests {
            assert_eq!(ShareKeyRequest::decode(&request.encode()), Ok(request));
        }
        for bad in [&[][..], &[0, 1], &[2; 9]] {
            assert!(matches!(ShareKeyRequest::decode(bad), Err(DecodeError::Truncated { .. })));
        }
        for bad in [&[1; 10][..], &[3; 34], &[0; 33]] {
            assert!(matches!(ShareKeyRequest::decode(bad), Err(DecodeError::TrailingBytes { .. })));
        }
        let unknown = ShareKeyRequest::decode(&[4, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert!(matches!(unknown, Err(DecodeError::OutOfRange { field: "kind", found: 4, .. })));
    }
}
