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

use bithive_api::jobs::limits::MAX_ROUNDS;
use bithive_state::State;

use crate::NodeError;

/// Highest number of a job whose entries were removed.
const FORGOTTEN: &str = "guard/forgotten";

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
        if self.0.get::<u64>(FORGOTTEN)?.is_some_and(|last| job_id <= last) {
            return Err(NodeError::Forgotten { job_id });
        }
        let digest = blake3::hash(bytes).to_hex();
        let name = name(purpose, job_id, round);
        let recorded = self.0.put_once(&name, &digest.as_str().to_owned())?;
        if recorded != digest.as_str() {
            return Err(NodeError::OtherResult { what: purpose.name(), job_id, round });
        }
        Ok(sign(bytes))
    }

    /// Removes what was signed of a job, and signs nothing more of it or of any job before it. For jobs that have ended so long
    /// ago that all jobs with lower numbers have, too.
    ///
    /// # Errors
    /// [`NodeError::State`].
    pub fn forget(&self, job_id: u64) -> Result<(), NodeError> {
        let last = self.0.get::<u64>(FORGOTTEN)?.unwrap_or_default();
        // First: without it, what was signed must stay.
        self.0.put(FORGOTTEN, &last.max(job_id))?;
        let names = [Purpose::Commitment, Purpose::Statement]
            .into_iter()
            .flat_map(|purpose| (1..=MAX_ROUNDS).map(move |round| name(purpose, job_id, round)));
        Ok(self.0.remove_all(&names.collect::<Vec<_>>())?)
    }
}

fn name(purpose: Purpose, job_id: u64, round: u8) -> String {
    format!("guard/{}/{job_id}/{round}", purpose.name())
}
