//! The node's side: fills, walks and proves when an accreditor asks that its operator has named.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bithive_exchange::{PeerId, Protocol, Service};
use bithive_inference::{Budget, Device};
use bithive_memory_proof::{Challenge, MAX_WALKS, Memory, Request, Response};
use bithive_node::{Compute, Limits};
use bytes::Bytes;

use crate::session::{Sessions, Stage};
use crate::workload::Workload;

/// Longest time of one run of a model.
const LONGEST_RUN: Duration = Duration::from_secs(120);

/// What may be measured of a node.
pub struct MeasuredMemory {
    /// Most blocks of 1 KiB that are filled.
    pub most: u32,
    /// Where its models run. Only main memory is filled: that of a GPU is not measured.
    pub device: Device,
}

/// Answers the measurements of permitted accreditors.
pub struct MeasurementService {
    permitted: BTreeSet<PeerId>,
    memory: MeasuredMemory,
    compute: Arc<dyn Compute>,
    sessions: Sessions,
}

impl MeasurementService {
    /// A service for these accreditors and no others.
    #[must_use]
    pub fn new(
        permitted: impl IntoIterator<Item = PeerId>,
        memory: MeasuredMemory,
        compute: Arc<dyn Compute>,
    ) -> Self {
        Self { permitted: permitted.into_iter().collect(), memory, compute, sessions: Sessions::new() }
    }

    async fn respond(&self, from: PeerId, request: Request) -> Result<Response, String> {
        let done = |()| Response::Done(Vec::new());
        match request {
            Request::Fill(challenge) => self.fill(from, challenge).map(done),
            Request::Roots => self.sessions.with(from, |session| match &session.stage {
                Stage::Filled(memory) => Ok(Response::Done(memory.roots().concat())),
                Stage::Working => Ok(Response::NotYet),
                Stage::Failed(reason) => Err(reason.clone()),
                Stage::Proven(_) => Err("it is proven already".into()),
            }),
            Request::Walk { start, steps } => self.walk(from, start, steps).await,
            Request::Prove(question) => self.prove(from, question).map(done),
            Request::Proof => self.sessions.with(from, |session| match &session.stage {
                Stage::Proven(proof) => Ok(Response::Done(proof.clone())),
                Stage::Working => Ok(Response::NotYet),
                Stage::Failed(reason) => Err(reason.clone()),
                Stage::Filled(_) => Err("nothing was asked yet".into()),
            }),
            Request::Rows { seed, rows } => self.rows(seed, rows).await,
            Request::End => {
                self.sessions.end(from);
                Ok(done(()))
            }
        }
    }

    fn fill(&self, from: PeerId, challenge: Challenge) -> Result<(), String> {
        if self.memory.device != Device::Cpu {
            return Err("models run on a GPU here, whose memory is not measured".into());
        }
        let (asked, most) = (challenge.blocks(), self.memory.most);
        if asked > most {
            return Err(format!("{asked} blocks of 1 KiB are asked for; the operator lets {most} be filled"));
        }
        self.sessions.begin(from)?;
        tracing::info!(%from, blocks = asked, "an accreditor measures the memory");
        let job = self.sessions.work(from, move |stop| match Memory::fill(challenge, stop) {
            Ok(memory) => (Stage::Filled(Box::new(memory)), None),
            Err(error) => (Stage::Failed(error.to_string()), None),
        });
        job.map(drop)
    }

    /// The memory, to work with; it is put back by the work.
    fn take(&self, from: PeerId) -> Result<Box<Memory>, String> {
        self.sessions.with(from, |session| match std::mem::replace(&mut session.stage, Stage::Working) {
            Stage::Filled(memory) => Ok(memory),
            other => {
                session.stage = other;
                Err("the memory is not filled, or is worked with".into())
            }
        })
    }

    async fn walk(&self, from: PeerId, start: [u8; 32], steps: u32) -> Result<Response, String> {
        let taken = self.sessions.with(from, |session| Ok(session.walks.len()))?;
        if taken >= MAX_WALKS {
            return Err(format!("{MAX_WALKS} walks were taken; that is all"));
        }
        let memory = self.take(from)?;
        let (say, root) = tokio::sync::oneshot::channel();
        // The memory comes back even where nobody waits for the answer.
        let work = self.sessions.work(from, move |_| {
            let walk = memory.walk(start, steps);
            let _ = say.send(*walk.root());
            (Stage::Filled(memory), Some(walk))
        });
        work?.await.map_err(|error| error.to_string())?;
        root.await.map(|root| Response::Done(root.to_vec())).map_err(|error| error.to_string())
    }

    fn prove(&self, from: PeerId, question: [u8; 32]) -> Result<(), String> {
        let mut memory = self.take(from)?;
        let walks = self.sessions.with(from, |session| Ok(std::mem::take(&mut session.walks)))?;
        let job = self.sessions.work(from, move |stop| match memory.prove(&walks, &question, stop) {
            Ok(proof) => (Stage::Proven(proof), None),
            Err(error) => (Stage::Failed(error.to_string()), None),
        });
        job.map(drop)
    }

    async fn rows(&self, seed: [u8; 32], rows: u32) -> Result<Response, String> {
        let compute = self.compute.clone();
        let run = move || {
            let most_values = usize::try_from(rows).unwrap_or(usize::MAX);
            let workload = Workload::new(seed, most_values).map_err(|error| error.to_string())?;
            let limits = Limits { most_values, budget: Budget::until(Instant::now() + LONGEST_RUN) };
            compute.run(&workload.model, &workload.rows.encode(), &limits)
        };
        let values = self.sessions.alone(run).await?;
        Ok(Response::Done(values.iter().flat_map(|value| value.to_le_bytes()).collect()))
    }
}

#[async_trait]
impl Service for MeasurementService {
    async fn answer(&self, protocol: Protocol, from: PeerId, body: Bytes) -> Result<Bytes, String> {
        if protocol != Protocol::Measure {
            return Err("this service is for measurements".into());
        }
        if !self.permitted.contains(&from) {
            return Err(format!(
                "this node is not measured by {from}; its operator names accreditors in [measurement]"
            ));
        }
        let request = Request::decode(&body).map_err(|error| error.to_string())?;
        self.respond(from, request).await.map(|response| response.encode().into())
    }
}
