//! Who was at fault in a failed round, derived from the market's answer about the job.

use std::collections::BTreeSet;

use bithive_api::jobs::{JobResponse, Phase};
use bithive_attest::largest_cluster;

/// Accounts that the market charged with a fault in the round that `job` shows: it never assigns them to this job
/// again. Empty in every other phase than Disputed.
///
/// The market keeps no list to ask for. What it shows of a failed round determines it: without a commitment a
/// worker is at fault; with enough commitments for reveals, one without a reveal; with a quorum, one outside it.
#[must_use]
pub fn faulted(job: &JobResponse) -> BTreeSet<String> {
    if job.phase != Phase::Disputed {
        return BTreeSet::new();
    }
    let needed = usize::from(job.terms.quorum);
    let committed = job.workers.iter().filter(|worker| worker.commitment.is_some()).count();
    let results: Vec<Option<&[u8]>> =
        job.workers.iter().map(|worker| worker.masked.as_ref().map(|masked| masked.as_slice())).collect();
    let quorum = largest_cluster(&results, job.terms.tolerance)
        .filter(|cluster| usize::try_from(cluster.size()).is_ok_and(|size| size >= needed));
    let at_fault = job.workers.iter().enumerate().filter(|(index, worker)| {
        worker.commitment.is_none()
            || (committed >= needed && worker.masked.is_none())
            || quorum.as_ref().is_some_and(|quorum| !quorum.contains(*index))
    });
    at_fault.map(|(_, worker)| worker.address.to_string()).collect()
}
