//! From a posted job to a claim: the vault opens, the machine is fast enough, and the bond covers it.

use std::time::Duration;

use bithive_api::jobs::JobResponse;
use bithive_attest::Consent;
use bithive_blindmatch::claim::{Claim, ClaimContext};
use bithive_blindmatch::vault::{MatchKey, Vault};
use bithive_client::{GrantError, faulted};
use bithive_exchange::{PeerId, Protocol};
use bithive_payload::ClaimMessage;

use super::{Contributor, Record, record_name};
use crate::capacity::{MARGIN, keeps_up, usable};
use crate::tasks::{Found, Kind};
use crate::vaults::{Opened, Tried};
use crate::work::digest;
use crate::{NodeError, Report};

impl Contributor {
    /// Tries the vault; if it opens, claims the next round. Who may be kept from the failed round has nothing to claim.
    pub(super) async fn consider(&mut self, job: &JobResponse, own: Option<usize>) -> Result<(), NodeError> {
        let name = record_name(job.job_id);
        let Some(mut record) = self.setup.state.get::<Record>(&name)? else { return self.try_vault(job) };
        if !record.barred && faulted(job).contains(self.setup.account.address()) {
            record.barred = true;
            self.setup.state.put(&name, &record)?;
        }
        let round = job.round.saturating_add(1);
        let (Some(requester), Some(match_key)) = (record.requester, &record.match_key) else { return Ok(()) };
        if record.barred || record.claimed.contains(&round) || self.setup.ask > job.terms.price.u128() {
            return Ok(());
        }
        if own.and_then(|own| job.workers.get(own)).is_some_and(|own| own.remainder.is_some()) {
            return Ok(());
        }
        let Some(estimate) = record.estimate.map(Duration::from_millis) else {
            return self.look_at_model(job, PeerId(requester));
        };
        let permitted = self.client().expect_job_permitted(job).await;
        let reason = match permitted {
            Err(GrantError::Chain(error)) => return Err(error.into()),
            // A market refuses to assign it, and a node that works on it would see data that nobody may.
            Err(refused) => Some(refused.to_string()),
            Ok(()) => self.fits(job, estimate).err(),
        };
        if let Some(reason) = reason {
            if !record.declined {
                record.declined = true;
                self.setup.state.put(&name, &record)?;
                self.report(Report::Declined { job_id: job.job_id, reason });
            }
            return Ok(());
        }
        if let Some(reason) = self.is_busy(job, estimate).await? {
            tracing::info!(job = job.job_id, reason, "the job waits");
            return self.look_again(job.job_id);
        }
        let node = self.client().node(self.setup.account.address()).await?;
        if !self.client().has_room(&node.ok_or_else(|| self.not_registered())?).await? {
            tracing::info!(job = job.job_id, "the bond covers no more open rounds; the job waits");
            return self.look_again(job.job_id);
        }
        let match_key = MatchKey::from_bytes(*match_key.as_bytes());
        self.claim(job.job_id, round, PeerId(requester), &match_key).await?;
        record.claimed.insert(round);
        Ok(self.setup.state.put(&name, &record)?)
    }

    /// The committee may take its time to answer.
    fn try_vault(&mut self, job: &JobResponse) -> Result<(), NodeError> {
        let (vaults, own, mut rng) = (self.vaults.clone(), job.clone(), self.fork_rng());
        let work = async move { Ok(Found::Tried(vaults.lock().await.open(&own, &mut rng).await?)) };
        self.start(job, Kind::Open, work)
    }

    pub(super) fn tried(&mut self, job_id: u64, tried: Tried) -> Result<(), NodeError> {
        let Tried { opened, left_out } = tried;
        if opened.is_none() && left_out {
            self.note_shut(job_id)?;
        }
        self.report(Report::VaultTried { job_id, opened: opened.is_some() });
        let (requester, match_key) =
            opened.map(|Opened { requester, match_key }| (requester, match_key)).unzip();
        let record = Record { requester, match_key, ..Record::default() };
        Ok(self.setup.state.put(&record_name(job_id), &record)?)
    }

    /// What a job asks of a machine is in its model, which the requester has. Asking for it tells the requester what the claim
    /// would: that the vault has opened.
    fn look_at_model(&mut self, job: &JobResponse, requester: PeerId) -> Result<(), NodeError> {
        let model = digest(&job.terms.model, "the model's digest")?;
        let (tools, dimensions) = (self.tools.clone(), job.terms.dimensions);
        let work = async move { Ok(Found::Estimated(tools.estimate(model, dimensions, requester).await?)) };
        self.start(job, Kind::Estimate, work)
    }

    pub(super) fn estimated(&mut self, job_id: u64, time: Duration) -> Result<(), NodeError> {
        let name = record_name(job_id);
        let Some(mut record) = self.setup.state.get::<Record>(&name)? else { return Ok(()) };
        record.estimate = Some(u64::try_from(time.as_millis()).unwrap_or(u64::MAX));
        Ok(self.setup.state.put(&name, &record)?)
    }

    /// Why this node takes on nothing more at the moment, if so: with the runs that it has begun the result would be late, or it
    /// does not keep up with the chain, whatever the reason is. Who is late to commit loses the job, and who is late after that its bond.
    async fn is_busy(
        &self,
        job: &JobResponse,
        estimate: Duration,
    ) -> Result<Option<&'static str>, NodeError> {
        let terms = &job.terms;
        let planned = self.tools.capacity.wait().saturating_add(estimate).saturating_mul(MARGIN);
        if planned > usable(terms.commit_seconds, terms.commit_seconds) {
            return Ok(Some("other models run, and its result would be late"));
        }
        let now = self.client().chain().info().await?.time.seconds();
        let behind = self.followed.map_or(0, |followed| now.saturating_sub(followed));
        let window = terms.commit_seconds.min(terms.reveal_seconds).min(terms.finalize_seconds);
        Ok((!keeps_up(behind, window))
            .then_some("this node is behind the chain by more than a quarter of a window"))
    }

    /// Whether the job's result would be there in time, or why not.
    fn fits(&self, job: &JobResponse, estimate: Duration) -> Result<(), String> {
        let window = job.terms.commit_seconds;
        let (usable, needed) = (usable(window, window), estimate.saturating_mul(MARGIN));
        if needed <= usable {
            return Ok(());
        }
        Err(format!(
            "its model and rows take {estimate:.1?} on this machine and other jobs run beside it, so {needed:.1?} are planned; its \
             window for commitments of {window} s leaves {usable:.1?}. A requester gives more with --commit-seconds; a faster \
             machine, or `device = \"gpu\"` in the node's configuration, needs less"
        ))
    }

    async fn claim(
        &mut self,
        job_id: u64,
        round: u8,
        requester: PeerId,
        match_key: &MatchKey,
    ) -> Result<(), NodeError> {
        let super::Setup { account, keys, ask, .. } = &self.setup;
        let slot = self.tools.group.slot();
        let deployment = account.client().deployment();
        let consent = Consent { job_id, round, account: account.address(), slot, ask: *ask };
        let claim = Claim {
            address: account.address().into(),
            slot,
            ask: *ask,
            consent: keys.bls.sign(&consent.sign_bytes(deployment.jobs_domain())),
        };
        let context = ClaimContext::new(&deployment.chain_id, deployment.jobs(), job_id)?;
        let vault = Vault::decode(&account.client().vault(job_id).await?)?;
        let sealed = claim.seal(&context, match_key, &vault.requester_key(), &mut self.setup.rng)?;
        let bytes = sealed.len();
        let message = ClaimMessage { job_id, sealed };
        self.setup.exchange.send(requester, Protocol::Claim, message.encode().into()).await?;
        self.report(Report::Claimed { job_id, ask: claim.ask, bytes });
        Ok(())
    }

    pub(super) fn passed_over(&mut self, job: &JobResponse) -> Result<(), NodeError> {
        let name = record_name(job.job_id);
        let Some(mut record) = self.setup.state.get::<Record>(&name)? else { return Ok(()) };
        if !record.claimed.is_empty() && !record.passed_over {
            record.passed_over = true;
            self.setup.state.put(&name, &record)?;
            self.report(Report::NotChosen { job_id: job.job_id });
        }
        Ok(())
    }
}
