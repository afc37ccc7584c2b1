//! Nodes that were not chosen try to open the input anyway, with all they have.

use anyhow::{Context as _, Result};
use bithive_api::jobs::JobResponse;
use bithive_client::Client;
use bithive_dgkbe::{GroupedSet, Groups};
use bithive_exchange::{Exchange, PeerId};
use bithive_payload::JobRef;
use rand_chacha::ChaCha20Rng;
use serde::Serialize;

use super::network::Network;
use super::node::{DemoNode, group};

/// Most bytes of an input that is fetched.
const LIMIT: usize = 64 << 20;

/// An attempt of a node that was not chosen to open the input, and the error that it got.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Attempt {
    pub(super) node: String,
    pub(super) who: &'static str,
    pub(super) how: &'static str,
    pub(super) refused: bool,
    pub(super) error: String,
}

/// Has `node` try the job's input: as if the header were for the set with itself in it, with the set of an
/// earlier job in which it was, and with that job's context.
pub(super) async fn try_all(
    (network, exchange): (&Network, &dyn Exchange),
    job: &JobResponse,
    earlier: Option<&JobResponse>,
    (node, who): (&DemoNode, &'static str),
    rng: &mut ChaCha20Rng,
) -> Result<Vec<Attempt>> {
    let set = set_of(network.groups, job)?;
    let mut with_itself = set.clone();
    with_itself.insert(node.profile.slot)?;
    let context = context(&network.client, job);
    let mut plans = vec![
        ("as the set that was addressed", set, context.clone()),
        ("as if it were in the set", with_itself, context.clone()),
    ];
    if let Some(earlier) = earlier {
        let before = set_of(network.groups, earlier)?;
        plans.push(("with the earlier job's set", before.clone(), context));
        plans.push((
            "with the earlier job's set and context",
            before,
            self::context(&network.client, earlier),
        ));
    }
    let assignment = job.assignment.as_ref().context("the job has no assignment")?;
    // The requester has it, and each worker that has fetched it.
    let mut providers = Vec::new();
    for worker in &job.workers {
        if let Some(node) = network.client.node(worker.address.as_str()).await? {
            providers.push(PeerId(node.registration.endpoint.as_slice().try_into()?));
        }
    }
    let payload = exchange.fetch(assignment.payload.as_slice().try_into()?, &providers, LIMIT).await?;
    let group = group(&network.crs, network.groups, node)?;
    let mut attempts = Vec::new();
    for (how, set, context) in plans {
        let message = (assignment.headers.as_slice(), &*payload);
        let opened = group.open((&network.client, exchange), &set, &context, message, rng).await;
        let error = opened.as_ref().err().map(ToString::to_string).unwrap_or_default();
        attempts.push(Attempt { node: node.profile.name.clone(), who, how, refused: opened.is_err(), error });
    }
    Ok(attempts)
}

fn set_of(groups: Groups, job: &JobResponse) -> Result<GroupedSet> {
    let assignment = job.assignment.as_ref().context("the job has no assignment")?;
    Ok(GroupedSet::decode_nonempty(&assignment.mask, groups)?)
}

fn context(client: &Client, job: &JobResponse) -> Vec<u8> {
    let jobs = client.deployment().jobs_domain();
    JobRef { jobs, job_id: job.job_id, round: job.round }.context()
}
