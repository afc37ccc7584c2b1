//! From an outcome to payment: signatures of the final statement, exchanged between members, and the settlement.

use bithive_api::jobs::{ExecuteMsg, JobResponse};
use bithive_chain::ChainError;
use bithive_client::Client;
use bithive_exchange::{Message, PeerId, Protocol};
use bithive_payload::{AggregateMessage, SignatureMessage};

use super::{Contributor, Record, record_name, reference, result_name, task_of, worker};
use crate::tasks::{Found, Kind};
use crate::work::{Finished, Tools, check_output};
use crate::{NodeError, Quorum, Report};

impl Contributor {
    /// Records the signatures that came in, and acts on them. Messages wait while the chain does not answer.
    pub(super) async fn read_inbox(&mut self) -> Result<(), NodeError> {
        for message in self.setup.exchange.waiting(Protocol::Signature).await? {
            let job_id = match self.take_signature(&message).await {
                Err(error) if !error.is_transient() && !matches!(error, NodeError::State(_)) => {
                    tracing::warn!(from = %message.from, %error, "a signature message can't be used");
                    None
                }
                taken => taken?,
            };
            self.setup.exchange.discard(Protocol::Signature, &[message]).await?;
            if let Some(job_id) = job_id {
                self.advance_job(job_id).await?;
            }
        }
        Ok(())
    }

    /// Records the signature in a message; returns its job, if it has one of this node's.
    async fn take_signature(&self, message: &Message) -> Result<Option<u64>, NodeError> {
        let Some(signature) = SignatureMessage::decode(&message.body) else {
            tracing::warn!(from = %message.from, "a signature message is malformed");
            return Ok(None);
        };
        let name = record_name(signature.job_id);
        // Only jobs of its own: a stranger's messages take no space.
        let Some(mut record) = self.setup.state.get::<Record>(&name)? else { return Ok(None) };
        // Only from the worker itself: nobody else can put a bad signature in place of a good one.
        let job = self.client().job(signature.job_id).await?;
        let sender = job.workers.get(usize::from(signature.index)).filter(|_| job.round == signature.round);
        let Some(sender) = sender else { return Ok(None) };
        if endpoint_of(self.client(), sender.address.as_str()).await? != message.from {
            tracing::warn!(from = %message.from, job = job.job_id, "a signature is not from its worker");
            return Ok(None);
        }
        let round = record.signatures.entry(signature.round).or_default();
        round.insert(signature.index, signature.signature.to_vec());
        self.setup.state.put(&name, &record)?;
        Ok(Some(job.job_id))
    }

    /// Checks the representative's output, signs once, and settles the job when enough have signed.
    ///
    /// A representative whose output can't be checked delays the signature to the second half of the time, and does not prevent
    /// it: the result that is signed is this node's own, the requester can open any member's output, and a member that does not
    /// sign is at fault.
    pub(super) async fn sign(&mut self, job: &JobResponse, own: usize) -> Result<(), NodeError> {
        if worker(job, own)?.in_quorum != Some(true) {
            return Ok(());
        }
        let client = self.client().clone();
        let mut quorum = Quorum::of(job, client.deployment().jobs_domain())?;
        let name = record_name(job.job_id);
        let mut record: Record = self.setup.state.get(&name)?.unwrap_or_default();
        let index = u8::try_from(own).unwrap_or(u8::MAX);
        if !record.signed.contains(&job.round) {
            if !is_late(&client, job).await? {
                let error = match self.found.remove(&task_of(job, Kind::Check)) {
                    Some(Found::Checked(Ok(()))) => None,
                    Some(Found::Checked(Err(error))) => Some(error),
                    _ => return self.check_representative(job),
                };
                if let Some(error) = error {
                    self.look_again(job.job_id)?;
                    if record.unchecked.insert(job.round) {
                        self.setup.state.put(&name, &record)?;
                        return Err(error);
                    }
                    return Ok(());
                }
            }
            let signature = quorum.sign(&self.setup.keys.bls, &self.guard())?.to_vec();
            record.signatures.entry(job.round).or_default().insert(index, signature);
            record.signed.insert(job.round);
            self.setup.state.put(&name, &record)?;
            self.report(Report::Signed { job_id: job.job_id });
        }
        if self.send_signature(&client, job, index, &mut record).await? {
            self.setup.state.put(&name, &record)?;
        }
        for (index, signature) in record.signatures.get(&job.round).into_iter().flatten() {
            if let Ok(signature) = signature.as_slice().try_into()
                && let Err(error) = quorum.add(*index, signature)
            {
                tracing::warn!(job = job.job_id, worker = index, %error, "a signature is refused");
            }
        }
        self.finalize(&client, job, own, &quorum).await
    }

    async fn finalize(
        &mut self,
        client: &Client,
        job: &JobResponse,
        own: usize,
        quorum: &Quorum,
    ) -> Result<(), NodeError> {
        // Until it is settled: a signature or the hour may still have to come.
        self.look_again(job.job_id)?;
        let late = is_late(client, job).await?;
        let Some((signers, signature)) = quorum.aggregate()? else {
            return if late { self.show_signature(job, own).await } else { Ok(()) };
        };
        // The representative settles; others step in when half of the time is gone.
        let representative = job.outcome.as_ref().map(|outcome| usize::from(outcome.representative));
        if !late && (representative != Some(own) || self.leave_to_relayers(job, (signers, signature))?) {
            return Ok(());
        }
        let msg = ExecuteMsg::Finalize { job_id: job.job_id, signers, signature: (&signature).into() };
        self.setup.account.jobs(&msg).await?;
        self.report(Report::Finalized { job_id: job.job_id });
        Ok(())
    }

    /// Publishes the own signature, once: others withhold theirs, and who has not shown its own is at fault.
    async fn show_signature(&mut self, job: &JobResponse, own: usize) -> Result<(), NodeError> {
        let record: Record = self.setup.state.get(&record_name(job.job_id))?.unwrap_or_default();
        let index = u8::try_from(own).unwrap_or(u8::MAX);
        let signature = record.signatures.get(&job.round).and_then(|round| round.get(&index));
        let Some(signature) = signature.filter(|_| !job.workers.get(own).is_none_or(|own| own.signed)) else {
            return Ok(());
        };
        let msg = ExecuteMsg::Sign { job_id: job.job_id, signature: signature.clone().into() };
        self.setup.account.jobs(&msg).await?;
        self.report(Report::ShowedSignature { job_id: job.job_id });
        Ok(())
    }

    /// Has the first relayer that takes it settle the job. Returns whether one does, or is still being asked.
    fn leave_to_relayers(
        &mut self,
        job: &JobResponse,
        (signers, signature): (u32, [u8; 96]),
    ) -> Result<bool, NodeError> {
        if self.relayers.is_empty() {
            return Ok(false);
        }
        let name = record_name(job.job_id);
        let mut record: Record = self.setup.state.get(&name)?.unwrap_or_default();
        if record.handed.contains(&job.round) {
            return Ok(true);
        }
        match self.found.remove(&task_of(job, Kind::HandOver)) {
            Some(Found::HandedOver(taken)) => {
                if taken {
                    record.handed.insert(job.round);
                    self.setup.state.put(&name, &record)?;
                }
                Ok(taken)
            }
            _ => {
                let message = AggregateMessage { job_id: job.job_id, round: job.round, signers, signature };
                let (tools, relayers) = (self.tools.clone(), self.relayers.clone());
                let work = async move { Ok(Found::HandedOver(hand_over(&tools, &relayers, &message).await)) };
                self.start(job, Kind::HandOver, work)?;
                Ok(true)
            }
        }
    }

    /// Starts to fetch and check the representative's output. It may not come: others are not held up.
    fn check_representative(&mut self, job: &JobResponse) -> Result<(), NodeError> {
        let mismatch =
            |reason: &str| NodeError::Mismatch { what: "the job's outcome", reason: reason.into() };
        let finished = self.setup.state.get::<Finished>(&result_name((job.job_id, job.round)))?;
        let finished = finished.ok_or_else(|| mismatch("this node has no result of its own"));
        let (tools, own) = (self.tools.clone(), job.clone());
        let check = async move {
            let (client, job) = (&tools.client, &own);
            let representative = job.outcome.as_ref().map(|outcome| usize::from(outcome.representative));
            let representative = worker(job, representative.ok_or_else(|| mismatch("there is none"))?)?;
            let (Some(output), Some(masked)) = (&representative.output, &representative.masked) else {
                return Err(mismatch("its representative has not revealed"));
            };
            let reference = reference(client, job);
            let key = finished?.key(reference);
            let endpoint = endpoint_of(client, representative.address.as_str()).await?;
            let who = (representative.address.as_str(), endpoint);
            check_output(tools.exchange.as_ref(), reference, &key, who, (output, masked)).await
        };
        self.start(job, Kind::Check, async move { Ok(Found::Checked(check.await)) })
    }

    /// Sends the own signature to every other member that does not have it; returns whether one got it now. A
    /// member that can't be reached is tried again as long as the job is not settled, and holds up nobody.
    async fn send_signature(
        &self,
        client: &Client,
        job: &JobResponse,
        own: u8,
        record: &mut Record,
    ) -> Result<bool, NodeError> {
        let signature = record.signatures.get(&job.round).and_then(|round| round.get(&own));
        let Some(signature) = signature.and_then(|signature| signature.as_slice().try_into().ok()) else {
            return Err(NodeError::Mismatch {
                what: "the own signature",
                reason: "it is not recorded".into(),
            });
        };
        let message = SignatureMessage { job_id: job.job_id, round: job.round, index: own, signature };
        let told = record.told.entry(job.round).or_default();
        let before = told.len();
        for (index, member) in (0u8..).zip(&job.workers) {
            if index == own || member.in_quorum != Some(true) || told.contains(&index) {
                continue;
            }
            let endpoint = endpoint_of(client, member.address.as_str()).await?;
            match self.setup.exchange.send(endpoint, Protocol::Signature, message.encode().into()).await {
                Ok(()) => drop(told.insert(index)),
                Err(error) => tracing::warn!(job = job.job_id, to = %endpoint, %error, "a signature waits"),
            }
        }
        Ok(told.len() > before)
    }

    /// Reports the job's work to emissions and registry, unless that is done: a job that was settled with others is not
    /// reported at once, and the work of the quorum is what counts. A refusal by the contracts is final.
    pub(super) async fn report_work(&self, job: &JobResponse, own: usize) -> Result<(), NodeError> {
        let job_id = job.job_id;
        if worker(job, own)?.in_quorum != Some(true) || self.client().is_reported(job_id).await? {
            return Ok(());
        }
        match self.setup.account.jobs(&ExecuteMsg::Report { job_id }).await {
            Ok(_) => tracing::info!(job = job_id, "the job's work is reported"),
            // Another member of the quorum may have come first.
            Err(ChainError::Contract { error, .. }) => {
                tracing::info!(job = job_id, error, "the job's work is not reported");
            }
            Err(error) => return Err(error.into()),
        }
        Ok(())
    }

    pub(super) async fn withdraw(&mut self) -> Result<(), NodeError> {
        let amount = self.client().claimable(self.setup.account.address()).await?;
        if amount > 0 {
            self.setup.account.jobs(&ExecuteMsg::Withdraw {}).await?;
            self.report(Report::Withdrew { amount });
        }
        Ok(())
    }
}

/// Whether one of the relayers has taken the signature.
async fn hand_over(tools: &Tools, relayers: &[PeerId], message: &AggregateMessage) -> bool {
    for relayer in relayers {
        match tools.exchange.request(*relayer, Protocol::Finalize, message.encode().into()).await {
            Ok(_) => {
                tracing::info!(job = message.job_id, %relayer, "a relayer settles the job");
                return true;
            }
            Err(error) => {
                tracing::warn!(job = message.job_id, %relayer, %error, "a relayer does not take it");
            }
        }
    }
    false
}

/// Whether half of the time for the final statement is gone.
async fn is_late(client: &Client, job: &JobResponse) -> Result<bool, NodeError> {
    let late = job.deadline.unwrap_or(0).saturating_sub(job.terms.finalize_seconds / 2);
    Ok(client.chain().info().await?.time.seconds() >= late)
}

async fn endpoint_of(client: &Client, address: &str) -> Result<PeerId, NodeError> {
    let node = client.node(address).await?.ok_or_else(|| NodeError::NotRegistered(address.into()))?;
    let endpoint = node.registration.endpoint.as_slice().try_into();
    endpoint
        .map(PeerId)
        .map_err(|_| NodeError::Mismatch { what: "a node's endpoint", reason: "it is not 32 bytes".into() })
}
