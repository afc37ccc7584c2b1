//! How a deployment locks all SKY.

use std::collections::BTreeMap;

use bithive_api::vesting;
use bithive_economics::Schedule;
use bithive_economics::supply::SkyBucket;

use crate::{Terms, TermsError};

/// A part of the SKY that a deployment locks.
#[derive(Clone, Debug, PartialEq)]
pub struct SkyLock {
    /// What it is for.
    pub bucket: SkyBucket,
    /// Receives what becomes due.
    pub owner: String,
    /// In base units.
    pub amount: u128,
    /// When it becomes due.
    pub schedule: vesting::Schedule,
}

impl Terms {
    /// The same, with others than the operator for whom parts of the SKY are locked.
    #[must_use]
    pub fn with_sky(mut self, owners: BTreeMap<SkyBucket, String>) -> Self {
        self.sky = owners;
        self
    }

    /// For whom all SKY are locked, and how; schedules begin at `start`, in Unix seconds.
    ///
    /// # Errors
    /// [`TermsError::Schedule`] for a start at the end of time.
    pub fn sky(&self, operator: &str, start: u64) -> Result<Vec<SkyLock>, TermsError> {
        let lock = |bucket: SkyBucket| {
            let owner = self.sky.get(&bucket).map_or(operator, String::as_str).to_owned();
            let schedule = schedule(&bucket.schedule(start)?);
            Ok(SkyLock { bucket, owner, amount: bucket.amount(), schedule })
        };
        SkyBucket::ALL.into_iter().map(lock).collect()
    }
}

/// A rule as the vesting contract takes it.
#[must_use]
pub fn schedule(rule: &Schedule) -> vesting::Schedule {
    vesting::Schedule {
        start: rule.start(),
        immediate_bps: rule.immediate().get(),
        cliff_seconds: rule.cliff(),
        step_seconds: rule.step(),
        steps: rule.steps(),
    }
}
