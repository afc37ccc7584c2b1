//! What a failed round leaves: who was at fault, and who may be kept for the next one.

use std::collections::BTreeSet;

use bithive_api::jobs::{JobResponse, Phase, WorkerResponse};
use bithive_attest::largest_cluster;

/// Accounts that were at fault in the round that `job` shows or before: the market never assigns them to this job again.
#[must_use]
pub fn faulted(job: &JobResponse) -> BTreeSet<String> {
    job.workers.iter().filter(|worker| worker.barred).map(|worker| worker.address.to_string()).collect()
}

/// Workers of a failed round that are worth keeping, for the other half of their ask: the most who agree among those who
/// revealed and are not at fault. Never all of a job's workers, because the market asks for somebody new. Results of the others
/// contradict them, and replacements decide. Accounts in `exclude` are left out.
#[must_use]
pub fn worth_keeping<'a>(job: &'a JobResponse, exclude: &BTreeSet<String>) -> Vec<&'a WorkerResponse> {
    let stands = |worker: &&WorkerResponse| {
        let excluded = exclude.contains(worker.address.as_str());
        job.phase == Phase::Disputed && worker.remainder.is_some() && !excluded
    };
    let standing: Vec<&WorkerResponse> = job.workers.iter().filter(stands).collect();
    let results: Vec<Option<&[u8]>> =
        standing.iter().map(|worker| worker.masked.as_ref().map(|masked| masked.as_slice())).collect();
    let Some(cluster) = largest_cluster(&results, job.terms.tolerance) else { return vec![] };
    let agreeing = standing.into_iter().enumerate().filter(|(index, _)| cluster.contains(*index));
    let most = usize::from(job.terms.workers).saturating_sub(1);
    agreeing.map(|(_, worker)| worker).take(most).collect()
}
