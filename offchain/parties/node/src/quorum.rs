//! The quorum's signature: the final statement as anyone can rebuild it from the chain, and signatures for it.

use std::collections::BTreeMap;

use bithive_api::jobs::JobResponse;
use bithive_attest::{Domain, Members, Statement, bls};

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
        let mismatch =
            |reason: &str| NodeError::Mismatch { what: "the job's outcome", reason: reason.into() };
        let outcome = job.outcome.as_ref().ok_or_else(|| mismatch("there is none"))?;
        let assignment = job.assignment.as_ref().ok_or_else(|| mismatch("there is no assignment"))?;
        let representative = job.workers.get(usize::from(outcome.representative));
        let representative = representative.ok_or_else(|| mismatch("its representative is not a worker"))?;
        let output =
            representative.output.as_ref().ok_or_else(|| mismatch("its representative has no output"))?;
        let masked =
            representative.masked.as_ref().ok_or_else(|| mismatch("its representative has no result"))?;
        let keys = job.workers.iter().map(|worker| worker.bls_key.as_slice().try_into());
        let keys: Vec<[u8; 48]> =
            keys.collect::<Result<_, _>>().map_err(|_| mismatch("a BLS key is not 48 bytes"))?;
        let digest = |bytes: &[u8], reason| <[u8; 32]>::try_from(bytes).map_err(|_| mismatch(reason));
        let statement = Statement {
            job_id: job.job_id,
            round: job.round,
            model: &digest(&job.terms.model, "the model's digest is not 32 bytes")?,
            input_commitment: &digest(&assignment.input_commitment, "the input commitment is not 32 bytes")?,
            output: &digest(output, "the output's digest is not 32 bytes")?,
            masked,
            workers: &keys,
            quorum: outcome.quorum,
        };
        let (message, members) = (statement.sign_bytes(jobs), Members::from_bits(outcome.quorum));
        let round = (job.job_id, job.round);
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
