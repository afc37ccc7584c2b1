//! What a requester logs of what it does with data.

use bithive_api::grants::Basis;
use bithive_audit::{Act, Digest, Entry, Outcome};
use bithive_audit_log::AuditLog;

use crate::records::digest_of;
use crate::{Relied, Requester, RequesterError};

/// The name of a record with the [`Relied`] of a job. It stays when the job has ended, as the output does.
fn relied_name(vault: &str) -> String {
    format!("consent/{vault}")
}

impl Requester {
    /// Has what it does with data logged. What can't be logged is not done, or not answered.
    #[must_use]
    pub fn with_audit(mut self, log: Option<AuditLog>) -> Self {
        self.audit = log;
        self
    }

    /// The consent under which jobs are posted from now on. Whoever calls this has checked it.
    pub fn rely_on(&mut self, consent: Option<Relied>) {
        self.relied = consent;
    }

    /// What jobs name on the chain from now on. It is checked before each is posted, and by the market at each assignment.
    pub fn name_bases(&mut self, bases: Vec<Basis>) {
        self.bases = bases;
    }

    /// Logs an act that somebody else does for this requester, such as reading a file; nothing without a log.
    ///
    /// # Errors
    /// [`RequesterError::Audit`].
    pub fn log(
        &self,
        act: Act,
        outcome: Outcome,
        (object, count): (impl FnOnce(&AuditLog) -> Digest, Option<usize>),
        relied: Option<&Relied>,
    ) -> Result<Option<Entry>, RequesterError> {
        let Some(log) = &self.audit else { return Ok(None) };
        let entry = log.record(act, outcome, |event| {
            event.object = Some(object(log));
            event.count = count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
            event.consent = relied.map(|relied| relied.consent);
            event.subject = relied.map(|relied| relied.subject);
            event.purpose = relied.map(|relied| relied.purpose.clone());
        })?;
        Ok(Some(entry))
    }

    /// The consent under which the next job is posted.
    #[must_use]
    pub const fn relied(&self) -> Option<&Relied> {
        self.relied.as_ref()
    }

    /// Records the consent of the job of a vault, before it is posted.
    pub(crate) fn record_relied(&self, vault: &str) -> Result<(), RequesterError> {
        match &self.relied {
            Some(relied) => Ok(self.state.put(&relied_name(vault), relied)?),
            None => Ok(()),
        }
    }

    /// Logs a step of a job that was posted.
    pub(crate) async fn log_job(
        &self,
        act: Act,
        outcome: Outcome,
        (job_id, count): (u64, Option<usize>),
    ) -> Result<(), RequesterError> {
        if self.audit.is_none() {
            return Ok(());
        }
        let vault = digest_of(&self.own_job(job_id).await?.1);
        let relied: Option<Relied> = self.state.get(&relied_name(&vault))?;
        self.log(act, outcome, (|log: &AuditLog| log.job(job_id), count), relied.as_ref()).map(drop)
    }
}
