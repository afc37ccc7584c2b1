//! Nodes that were not chosen try to open the input anyway, with all they have.

use anyhow::{Context as _, Result};
use bithive_api::jobs::JobResponse;
use bithive_dgkbe::GroupedSet;
use bithive_payload::JobRef;
use rand_chacha::ChaCha20Rng;
use serde::Serialize;

use super::crowd::{Actor, group};
use bithive_local::Local;

/// Most bytes of an input that is fetched.
const LIMIT: usize = 64 << 20;

/// One attempt.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attempt {
    pub(super) node: String,
    pub(super) who: &'static str,
    pub(super) how: &'static str,
    pub(super) refused: bool,
    pub(super) error: String,
}

/// Has `actor` try the job's input: as if the header were for the set with itself in it, with the set of an
/// earlier job in which it was, and with that job's context.
pub(super) async fn try_all(
    local: &Local,
    job: &JobResponse,
    earlier: Option<&JobResponse>,
    actor: &Actor,
    who: &'static str,
    rng: &mut ChaCha20Rng,
) -> Result<Vec<Attempt>> {
    let set = set_of(local, job)?;
    let mut with_itself = set.clone();
    with_itself.insert(actor.person.slot)?;
    let context = context(local, job);
    let mut plans = vec![
        ("as the set that was addressed", set, context.clone()),
        ("as if it were in the set", with_itself, context.clone()),
    ];
    if let Some(earlier) = earlier {
        let before = set_of(local, earlier)?;
        plans.push(("with the earlier job's set", before.clone(), context));
        plans.push(("with the earlier job's set and context", before, self::context(local, earlier)));
    }
    let exchange = local.exchange(actor.endpoint);
    let assignment = job.assignment.as_ref().context("the job has no assignment")?;
    let payload = exchange.fetch(assignment.payload.as_slice().try_into()?, &[], LIMIT).await?;
    let mut group = group(local, actor)?;
    let mut attempts = Vec::new();
    for (how, set, context) in plans {
        let message = (assignment.headers.as_slice(), &*payload);
        let opened = group.open((&local.client, exchange.as_ref()), &set, &context, message, rng).await;
        let error = opened.as_ref().err().map(ToString::to_string).unwrap_or_default();
        attempts.push(Attempt { node: actor.person.name.clone(), who, how, refused: opened.is_err(), error });
    }
    Ok(attempts)
}

fn set_of(local: &Local, job: &JobResponse) -> Result<GroupedSet> {
    let assignment = job.assignment.as_ref().context("the job has no assignment")?;
    Ok(GroupedSet::decode_nonempty(&assignment.mask, local.groups)?)
}

fn context(local: &Local, job: &JobResponse) -> Vec<u8> {
    let jobs = local.client.deployment().jobs_domain();
    JobRef { jobs, job_id: job.job_id, round: job.round }.context()
}
