//! What happens once the patient has withdrawn the consent.

use anyhow::{Context, Result, bail};
use bithive_api::grants::Standing;
use bithive_api::jobs::ExecuteMsg;
use bithive_chain::Embedded;
use bithive_inference::{Device, Model};
use bithive_node::Report;
use bithive_requester::Selection;

use super::super::check::Check;
use super::super::setup::DemoState;
use super::super::tasks::Tasks;
use super::consent::refusal;
use super::study::{FinishedStudy, MODEL, spec};

/// The patient withdraws the consent between the claims of another job and its assignment: it is assigned to nobody. Its number, and who
/// claimed it.
pub(super) async fn withdrawn(
    demo: &mut DemoState,
    parties: &mut Tasks<Embedded>,
    done: &FinishedStudy,
) -> Result<(Vec<Check>, u64, Vec<usize>)> {
    let model = Model::load(MODEL, Device::Cpu)?;
    let spec = spec(&done.finished.policy, &done.study, &model, done.finished.job.terms.workers)?;
    let job_id = parties.requester_mut().post(&spec).await?.job_id;
    let tried = |report: &Report| matches!(report, Report::VaultTried { job_id: id, .. } if *id == job_id);
    demo.reports.until("tried the vault", demo.nodes.len(), tried).await?;
    let opened =
        |report: &Report| matches!(report, Report::VaultTried { job_id: id, opened: true } if *id == job_id);
    let matched = demo.reports.nodes(opened);
    let claimed = |report: &Report| matches!(report, Report::Claimed { job_id: id, .. } if *id == job_id);
    demo.reports.until("claimed", matched.len(), claimed).await?;
    done.consent.revoke().await?;
    let requester = parties.requester_mut();
    let collected = requester.collect().await?;
    if let Some(refused) = collected.refused.first() {
        bail!("a claim was refused: {}", refused.reason);
    }
    let refused = requester.assign(job_id, &Selection::default()).await.map(drop);
    if let Err(error) = &refused {
        demo.screen
            .refused("to assign another job after the patient has withdrawn the consent", error.to_string());
    }
    let mut checks =
        vec![refusal("no job is assigned after the consent is withdrawn", &refused, Standing::Revoked)];
    requester.account().jobs(&ExecuteMsg::Cancel { job_id }).await?;
    requester.withdraw().await.context("the escrow of the job that was not assigned")?;
    let mut uses = done.consent.uses().await?;
    uses.sort_unstable();
    checks.push(Check::new(
        "the patient sees the job that was stopped, too",
        uses == [done.finished.job.job_id, job_id],
        format!("jobs {uses:?}"),
    ));
    Ok((checks, job_id, matched))
}
