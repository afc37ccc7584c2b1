//! The guard against two results for one job: every signature of a worker under a result is made through it.
//!
//! What is to be signed is recorded first, by its digest, in one transaction that is on disk before the key is touched;
//! other bytes for the same job, round and purpose are refused from then on. A process that is killed at any point
//! has either recorded nothing and signed nothing, or signs the same bytes again.
//!
//! The guard is as good as its records. A node without any takes up no job that was assigned before, so it signs
//! nothing that it could have signed already. Records that are *put back* to an older state forget what was signed since:
//! then only the chain, which accepts one commitment of a worker and fixes the statement of a round by what was
//! revealed, keeps an honest node from contradicting itself. Restore keys, never records.

use bithive_state::State;

use crate::NodeError;

/// What a signature is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// The commitment to the worker's own result, which the reveal has to open.
    Commitment,
    /// The final statement of the round's quorum.
    Statement,
}

impl Purpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Commitment => "commitment",
            Self::Statement => "statement",
        }
    }
}

/// A worker's record of what it has signed.
#[derive(Clone)]
pub struct Guard(State);

impl Guard {
    /// The guard whose records are in `state`, which belongs to one key on one deployment.
    #[must_use]
    pub const fn new(state: State) -> Self {
        Self(state)
    }

    /// Signs by `sign`, if `bytes` are the first ones, or the same as the first ones, for this purpose in this round.
    ///
    /// # Errors
    /// [`NodeError::OtherResult`], and nothing is signed; [`NodeError::State`] if that can't be recorded.
    pub fn sign<T>(
        &self,
        purpose: Purpose,
        (job_id, round): (u64, u8),
        bytes: &[u8],
        sign: impl FnOnce(&[u8]) -> T,
    ) -> Result<T, NodeError> {
        let digest = blake3::hash(bytes).to_hex();
        let name = format!("guard/{}/{job_id}/{round}", purpose.name());
        let recorded = self.0.put_once(&name, &digest.as_str().to_owned())?;
        if recorded != digest.as_str() {
            return Err(NodeError::OtherResult { what: purpose.name(), job_id, round });
        }
        Ok(sign(bytes))
    }
}
