//! Jobs that are posted once for each name that somebody else gives them, whatever happens in between.
//!
//! The name leads to the vault, whose digest is on the chain with the job: after a crash, and after the records of the job have gone, the
//! chain says whether it was posted.

use crate::records::digest_of;
use crate::under_way::{UnderWay, under_way_name};
use crate::{Following, JobSpec, Requester, RequesterError};

fn once_name(name: &str) -> String {
    format!("once/{name}")
}

impl Requester {
    /// As [`Requester::post_as`], once for each name: a job that was posted under it is not posted again, and its number is returned.
    /// Names are the caller's, and stay.
    ///
    /// # Errors
    /// As [`Requester::post_as`] and [`Requester::posted_once`].
    pub async fn post_once(
        &mut self,
        name: &str,
        spec: &JobSpec,
        following: &Following,
    ) -> Result<u64, RequesterError> {
        if let Some(job_id) = self.posted_once(name).await? {
            return Ok(job_id);
        }
        Ok(self.post_under(spec, following, Some(name)).await?.job_id)
    }

    /// The job that was posted under a name. None if none was, and what was sent of it can't be included any more.
    ///
    /// # Errors
    /// [`RequesterError::State`]; a chain that does not answer, so that nobody knows.
    pub async fn posted_once(&self, name: &str) -> Result<Option<u64>, RequesterError> {
        let Some(digest) = self.state.get::<String>(&once_name(name))? else { return Ok(None) };
        let under_way = under_way_name(&digest);
        if let Some(record) = self.state.get::<UnderWay>(&under_way)?
            && let Some(job_id) = self.number(&under_way, record).await?
        {
            return Ok(Some(job_id));
        }
        // It has ended, or a node has forgotten its transaction, or it was never sent. The newest are asked for first.
        let own = self.account.address();
        let jobs = self.client().all_jobs().await?;
        for job in jobs.iter().rev().filter(|job| job.requester.as_str() == own) {
            if digest_of(&self.client().vault(job.job_id).await?) == digest {
                return Ok(Some(job.job_id));
            }
        }
        Ok(None)
    }

    /// Records the vault of a name, before anything of its job.
    pub(crate) fn record_name(&self, name: Option<&str>, vault: &str) -> Result<(), RequesterError> {
        match name {
            Some(name) => Ok(self.state.put(&once_name(name), &vault.to_owned())?),
            None => Ok(()),
        }
    }
}
