//! The share key protocol: an epoch's partial table of one member, or the whole table.

use bithive_blindmatch::committee::{CommitteeParams, MemberIndex};
use bithive_exchange::PeerId;
use bytes::Bytes;

use bithive_api::registry::CommitteeResponse;

use crate::ServiceError;

/// What is asked for; encoded as one byte and the epoch, big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ShareKeyRequest {
    /// The rows that the member computes itself.
    Partial(u64),
    /// The table that it merged and posted.
    Table(u64),
}

impl ShareKeyRequest {
    pub(crate) fn encode(self) -> Bytes {
        let (kind, epoch) = match self {
            Self::Partial(epoch) => (0, epoch),
            Self::Table(epoch) => (1, epoch),
        };
        let mut bytes = vec![kind];
        bytes.extend_from_slice(&epoch.to_be_bytes());
        bytes.into()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, String> {
        match bytes.split_first_chunk::<1>() {
            Some(([kind @ (0 | 1)], epoch)) => {
                let epoch = epoch.try_into().map_err(|_| "expected an epoch of 8 bytes".to_owned())?;
                let epoch = u64::from_be_bytes(epoch);
                Ok(if *kind == 0 { Self::Partial(epoch) } else { Self::Table(epoch) })
            }
            _ => Err("expected 0 or 1 and an epoch of 8 bytes".to_owned()),
        }
    }
}

/// The committee as registered.
#[derive(Clone)]
pub(crate) struct Committee {
    pub(crate) params: CommitteeParams,
    pub(crate) epoch: u64,
    pub(crate) members: Vec<(MemberIndex, String, PeerId)>,
}

impl TryFrom<CommitteeResponse> for Committee {
    type Error = ServiceError;

    fn try_from(response: CommitteeResponse) -> Result<Self, ServiceError> {
        let count = u8::try_from(response.members.len()).unwrap_or(u8::MAX);
        if count == 0 {
            return Err(ServiceError::NoCommittee);
        }
        let params = CommitteeParams::new(count, response.threshold)?;
        let members = params.all_members().zip(response.members).filter_map(|(index, member)| {
            let endpoint = member.endpoint.as_slice().try_into().ok()?;
            Some((index, member.address, PeerId(endpoint)))
        });
        Ok(Self { params, epoch: response.epoch, members: members.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_reads_back_and_others_are_refused() {
        for request in [ShareKeyRequest::Partial(7), ShareKeyRequest::Table(u64::MAX)] {
            assert_eq!(ShareKeyRequest::decode(&request.encode()), Ok(request));
        }
        for bad in [&[][..], &[2, 0, 0, 0, 0, 0, 0, 0, 0], &[0, 1], &[1; 10]] {
            assert!(ShareKeyRequest::decode(bad).is_err());
        }
    }
}
