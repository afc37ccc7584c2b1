//! Whether a claim agrees with what the chain says of the job and of the node that claims it.

use bithive_attest::bls::{self, BlsError};
use bithive_attest::{Consent, Domain};

/// What the chain says of a job and of a node that claims it.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
    /// The job market.
    pub jobs: Domain<'a>,
    /// Number of the job in its market.
    pub job_id: u64,
    /// The round that will be assigned, from 1.
    pub round: u8,
    /// Most that one worker may ask, in base units.
    pub price: u128,
    /// The node's registered slot.
    pub slot: u16,
    /// The node's registered BLS key, 48 bytes.
    pub bls_key: &'a [u8],
}

/// Why a claim can't be used. What the chain refuses at the assignment is refused before: one such claim has the whole assignment
/// refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StandingError {
    /// The claim is of another slot.
    #[error("its slot is not the node's registered slot")]
    Slot,
    /// The ask is out of bounds.
    #[error("its ask is 0 or above the job's price")]
    Ask,
    /// The node has not consented to this job, round, slot and ask.
    #[error("its consent does not hold: {0}")]
    Consent(#[from] BlsError),
}

impl Standing<'_> {
    /// Checks that the claim's slot is the node's.
    ///
    /// # Errors
    /// [`StandingError::Slot`].
    pub fn check_slot(&self, slot: u16) -> Result<(), StandingError> {
        if slot == self.slot { Ok(()) } else { Err(StandingError::Slot) }
    }

    /// Checks slot, ask and signature of consent of the claim that `account` has made.
    ///
    /// # Errors
    /// [`StandingError`].
    pub fn check(&self, account: &str, slot: u16, ask: u128, consent: &[u8]) -> Result<(), StandingError> {
        self.check_slot(slot)?;
        if ask == 0 || ask > self.price {
            return Err(StandingError::Ask);
        }
        let signed = Consent { job_id: self.job_id, round: self.round, account, slot, ask };
        Ok(bls::verify(self.bls_key, &signed.sign_bytes(self.jobs), consent)?)
    }
}
