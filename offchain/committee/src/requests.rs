//! What is asked with the share key protocol: by anybody an epoch's points, by members what seeds are made of.

use bytes::Bytes;

/// One byte for the kind, then the epoch, big-endian, or the committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShareKeyRequest {
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
    pub(crate) fn encode(self) -> Bytes {
        let of = |kind: u8, body: &[u8]| [&[kind], body].concat().into();
        match self {
            Self::Partial(epoch) => of(0, &epoch.to_be_bytes()),
            Self::Table(epoch) => of(1, &epoch.to_be_bytes()),
            Self::Contributions(committee) => of(2, &committee),
            Self::Statement(committee) => of(3, &committee),
        }
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        let refused =
            || "expected 0 or 1 and an epoch of 8 bytes, or 2 or 3 and a committee of 32".to_owned();
        let (kind, body) = bytes.split_first().ok_or_else(refused)?;
        let epoch = || body.try_into().map(u64::from_be_bytes).map_err(|_| refused());
        let committee = || body.try_into().map_err(|_| refused());
        match kind {
            0 => epoch().map(Self::Partial),
            1 => epoch().map(Self::Table),
            2 => committee().map(Self::Contributions),
            3 => committee().map(Self::Statement),
            _ => Err(refused()),
        }
    }
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
        for bad in [&[][..], &[4, 0, 0, 0, 0, 0, 0, 0, 0], &[0, 1], &[1; 10], &[2; 9], &[3; 34], &[0; 33]] {
            assert!(ShareKeyRequest::decode(bad).is_err());
        }
    }
}
