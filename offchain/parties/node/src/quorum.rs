//! The quorum's signature: the final statement as anyone can rebuild it from the chain, and signatures for it.

use std::collections::BTreeMap;

use bithive_api::jobs::JobResponse;
use bithive_attest::{Domain, JobStatement, Members, StatementError, bls};

use crate::{Guard, NodeError, Purpose};

/// Collects verified signatures of one final statement.
pub struct Quorum {
    round: (u64, u8),
    message: Vec<u8>,
    keys: Vec<[u8; 48]>,
    members: Members,
    needed: u8,
    signatures: BTreeMap<u8, [u8; 96]>,
}

impl Quorum {
    /// The quorum of a job in phase Revealed.
    ///
    /// # Errors
    /// [`NodeError::Mismatch`] if the chain's answer has no outcome or malformed parts.
    pub fn of(job: &JobResponse, jobs: Domain<'_>) -> Result<Self, NodeError> {
        let mismatch = |error: StatementError| NodeError::Mismatch {
            what: "the job's outcome",
            reason: error.to_string(),
        };
        let statement = JobStatement::of_job(job).map_err(mismatch)?;
        let (message, members) = (statement.sign_bytes(jobs), statement.quorum());
        let (round, keys) = ((job.job_id, job.round), statement.workers().to_vec());
        Ok(Self { round, message, keys, members, needed: job.terms.quorum, signatures: BTreeMap::new() })
    }

    /// Signs the statement, unless another one was signed for the round.
    ///
    /// # Errors
    /// [`NodeError::OtherResult`], [`NodeError::State`].
    pub fn sign(&self, secret: &bls::SecretKey, guard: &Guard) -> Result<[u8; 96], NodeError> {
        guard.sign(Purpose::Statement, self.round, &self.message, |message| secret.sign(message))
    }

    /// Adds the signature of worker `index`, if it is in the quorum and the signature holds.
    ///
    /// # Errors
    /// [`NodeError::Mismatch`] for a stranger, [`NodeError::Bls`].
    pub fn add(&mut self, index: u8, signature: [u8; 96]) -> Result<(), NodeError> {
        let member = |_: &&_| self.members.contains(index);
        let key = self.keys.get(usize::from(index)).filter(member).ok_or(NodeError::Mismatch {
            what: "a signature",
            reason: format!("worker {index} is not in the quorum"),
        })?;
        bls::verify(key, &self.message, &signature)?;
        self.signatures.insert(index, signature);
        Ok(())
    }

    /// Checks an aggregate that somebody else made: enough members of the quorum have signed, and nobody else.
    ///
    /// # Errors
    /// [`NodeError::Mismatch`] for strangers or too few of them, [`NodeError::Bls`].
    pub fn check(&self, signers: u32, signature: &[u8; 96]) -> Result<(), NodeError> {
        let bad = |reason: String| Err(NodeError::Mismatch { what: "an aggregate signature", reason });
        let signed = Members::from_bits(signers);
        if !signed.is_subset(self.members) {
            return bad(format!("its signers are {signers:b}, the quorum is {:b}", self.members.bits()));
        }
        if signed.count() < u32::from(self.needed) {
            return bad(format!("{} have signed, expected at least {}", signed.count(), self.needed));
        }
        let keys: Vec<[u8; 48]> = signed.of(self.keys.iter().copied()).collect();
        Ok(bls::verify_aggregate(&keys, &self.message, signature)?)
    }

    /// Who signed, and the aggregate, once enough have signed.
    ///
    /// # Errors
    /// [`NodeError::Bls`], which verified signatures never cause.
    pub fn aggregate(&self) -> Result<Option<(u32, [u8; 96])>, NodeError> {
        if self.signatures.len() < usize::from(self.needed) {
            return Ok(None);
        }
        let signers = self.signatures.keys().fold(Members::default(), |set, index| set.with(*index)).bits();
        let signatures: Vec<[u8; 96]> = self.signatures.values().copied().collect();
        Ok(Some((signers, bls::aggregate(&signatures)?)))
    }
}
