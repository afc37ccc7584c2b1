//! What parties send each other about a job, off chain.

/// A sealed claim on its way to the requester.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClaimMessage {
    /// Number of the job that is claimed.
    pub job_id: u64,
    /// The claim, sealed to the requester's key in the vault.
    pub sealed: Vec<u8>,
}

impl ClaimMessage {
    /// Job (64 bits, big-endian), sealed claim.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.job_id.to_be_bytes().to_vec();
        out.extend_from_slice(&self.sealed);
        out
    }

    /// Reads what [`ClaimMessage::encode`] wrote; none if it is too short. The claim is not checked here.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (job_id, sealed) = bytes.split_first_chunk::<8>()?;
        Some(Self { job_id: u64::from_be_bytes(*job_id), sealed: sealed.to_vec() })
    }
}

/// A signature of a final statement on its way to whoever settles the job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignatureMessage {
    /// Number of the job.
    pub job_id: u64,
    /// Round of the job, from 1.
    pub round: u8,
    /// Index of the worker, in slot order.
    pub index: u8,
    /// BLS signature of the final statement, 96 bytes compressed.
    pub signature: [u8; 96],
}

impl SignatureMessage {
    /// Job (64 bits, big-endian), round, index, signature: 106 bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.job_id.to_be_bytes().to_vec();
        out.extend_from_slice(&[self.round, self.index]);
        out.extend_from_slice(&self.signature);
        out
    }

    /// Reads what [`SignatureMessage::encode`] wrote; none for anything else. The signature is not checked here.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (job_id, rest) = bytes.split_first_chunk::<8>()?;
        let ([round, index], rest) = rest.split_first_chunk::<2>()?;
        let signature = rest.try_into().ok()?;
        Some(Self { job_id: u64::from_be_bytes(*job_id), round: *round, index: *index, signature })
    }
}

/// A quorum's signature of a final statement, on its way to a relayer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AggregateMessage {
    /// Number of the job.
    pub job_id: u64,
    /// Round of the job, from 1.
    pub round: u8,
    /// Bit i set: worker i (in slot order) signed.
    pub signers: u32,
    /// The aggregate signature.
    pub signature: [u8; 96],
}

impl AggregateMessage {
    /// Job (64 bits), round, signers (32 bits), all big-endian, signature: 109 bytes.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut out = self.job_id.to_be_bytes().to_vec();
        out.push(self.round);
        out.extend_from_slice(&self.signers.to_be_bytes());
        out.extend_from_slice(&self.signature);
        out
    }

    /// Reads what [`AggregateMessage::encode`] wrote; none for anything else. The signature is not checked here.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (job_id, rest) = bytes.split_first_chunk::<8>()?;
        let (round, rest) = rest.split_first()?;
        let (signers, rest) = rest.split_first_chunk::<4>()?;
        let signature = rest.try_into().ok()?;
        let (job_id, signers) = (u64::from_be_bytes(*job_id), u32::from_be_bytes(*signers));
        Some(Self { job_id, round: *round, signers, signature })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_read_back_and_others_are_refused() {
        let signature = SignatureMessage { job_id: 7, round: 2, index: 3, signature: [9; 96] };
        assert_eq!(SignatureMessage::decode(&signature.encode()), Some(signature));
        assert_eq!(SignatureMessage::decode(&signature.encode()[..105]), None);
        let aggregate = AggregateMessage { job_id: 7, round: 2, signers: 0b101, signature: [9; 96] };
        assert_eq!(AggregateMessage::decode(&aggregate.encode()), Some(aggregate.clone()));
        for length in [0, 8, 9, 13, 108] {
            assert_eq!(AggregateMessage::decode(&aggregate.encode()[..length]), None);
        }
        assert_eq!(AggregateMessage::decode(&[aggregate.encode(), vec![0]].concat()), None);
        let claim = ClaimMessage { job_id: 7, sealed: vec![1, 2] };
        assert_eq!(ClaimMessage::decode(&claim.encode()), Some(claim));
        assert_eq!(ClaimMessage::decode(&[0; 7]), None);
    }
}
