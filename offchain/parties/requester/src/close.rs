//! The end of a job that found no workers in time, or none that agree, and the money that comes back.

use bithive_api::jobs::{ExecuteMsg, JobResponse, Phase};
use bithive_chain::ChainError;

use crate::{Requester, RequesterError};

impl Requester {
    /// Moves a job on whose deadline has passed; anybody may, so the requester need not wait for others. Returns whether the market
    /// took it: somebody else may have been first.
    ///
    /// # Errors
    /// [`RequesterError::Chain`].
    pub async fn advance(&self, job_id: u64) -> Result<bool, RequesterError> {
        match self.account.jobs(&ExecuteMsg::Advance { job_id }).await {
            Ok(_) => Ok(true),
            Err(ChainError::Contract { error, .. }) => {
                tracing::info!(job = job_id, error, "the market does not move the job on");
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Takes what the market owes the account, in base units: the escrow of jobs that were refunded, and what workers did not ask for.
    /// Sends nothing if that is nothing.
    ///
    /// # Errors
    /// [`RequesterError::Chain`].
    pub async fn withdraw(&self) -> Result<u128, RequesterError> {
        let owed = self.client().claimable(self.account.address()).await?;
        if owed > 0 {
            self.account.jobs(&ExecuteMsg::Withdraw {}).await?;
        }
        Ok(owed)
    }
}

/// Whether a job's deadline has passed at `now`, in Unix seconds: the market moves it on, whoever asks.
#[must_use]
pub fn is_overdue(job: &JobResponse, now: u64) -> bool {
    let ended = matches!(job.phase, Phase::Settled | Phase::Refunded);
    !ended && job.deadline.is_some_and(|deadline| now > deadline)
}
