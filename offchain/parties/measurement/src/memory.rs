//! The accreditor's side of memory: draws, times, and checks.

use std::time::Duration;

use bithive_exchange::{Exchange, PeerId};
use bithive_memory_proof::{Challenge, MAX_WALKS, PASSES, ProofError, Request, Roots, Transcript, WalkClaim};
use rand_core::CryptoRng;
use tokio::time::Instant;

use crate::MeasurementError;
use crate::ask::{Asked, exactly};

/// How memory is measured.
#[derive(Clone, Copy, Debug)]
pub struct MemoryPlan {
    /// Blocks of 1 KiB.
    pub blocks: u32,
    /// Steps of each walk, 1 to [`bithive_memory_proof::MAX_STEPS`].
    pub steps: u32,
    /// Most time for a step.
    pub step_limit: Duration,
    /// Time that the network is given for each walk. It is not measured, because the node could slow that down.
    pub network: Duration,
    /// How long a node may take to fill its memory, or to prove it.
    pub patience: Duration,
}

impl MemoryPlan {
    /// Most time for a walk with its way over the network.
    #[must_use]
    pub fn walk_limit(&self) -> Duration {
        self.step_limit.saturating_mul(self.steps).saturating_add(self.network)
    }
}

/// What a measurement is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The node fills its memory.
    Filling,
    /// It walks: the number of the walk, from 1.
    Walking(usize),
    /// It proves what it has said.
    Proving,
}

/// Whether the node has shown the memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MemoryOutcome {
    /// It has shown that it holds the memory.
    Held,
    /// Walks took too long: memory that is further away, on a disk or on another machine, or has to be computed.
    TooSlow,
    /// What it says does not follow from itself.
    Wrong(ProofError),
}

/// What was measured.
#[derive(Clone, Debug)]
pub struct MemoryFigures {
    /// Blocks of 1 KiB.
    pub blocks: u32,
    /// How long filling took, to a second.
    pub fill: Duration,
    /// How long each walk took, with its way over the network.
    pub walks: Vec<Duration>,
    /// Most that a walk may take.
    pub limit: Duration,
    /// Whether it holds.
    pub outcome: MemoryOutcome,
}

/// Measures a node's memory. Whatever comes of it, the node is told to give the memory back.
///
/// # Errors
/// [`MeasurementError`] if nothing could be measured.
pub async fn measure_memory(
    exchange: &dyn Exchange,
    node: PeerId,
    plan: &MemoryPlan,
    rng: &mut (impl CryptoRng + Send),
    progress: impl Fn(Progress) + Send,
) -> Result<MemoryFigures, MeasurementError> {
    let asked = Asked { exchange, node };
    let measured = measure(&asked, plan, rng, progress).await;
    if let Err(error) = asked.ask(&Request::End).await {
        tracing::debug!(%error, "the node was not told to give the memory back; it does so by itself");
    }
    measured
}

async fn measure(
    asked: &Asked<'_>,
    plan: &MemoryPlan,
    rng: &mut (impl CryptoRng + Send),
    progress: impl Fn(Progress) + Send,
) -> Result<MemoryFigures, MeasurementError> {
    let challenge = Challenge::new(drawn(rng), plan.blocks)?;
    progress(Progress::Filling);
    let started = Instant::now();
    asked.ask(&Request::Fill(challenge)).await?;
    let roots = asked.wait(&Request::Roots, "filled its memory", plan.patience).await?;
    let roots = read_roots(&roots)?;
    let fill = started.elapsed();

    let (mut claims, mut walks) = (Vec::new(), Vec::new());
    for walk in 1..=MAX_WALKS {
        progress(Progress::Walking(walk));
        let (start, steps) = (drawn(rng), plan.steps);
        let started = Instant::now();
        let root = asked.ask(&Request::Walk { start, steps }).await?;
        walks.push(started.elapsed());
        claims.push(WalkClaim { start, steps, root: exactly(&root)? });
    }
    let limit = plan.walk_limit();
    let figures = |outcome| MemoryFigures { blocks: plan.blocks, fill, walks: walks.clone(), limit, outcome };
    if walks.iter().any(|took| *took > limit) {
        return Ok(figures(MemoryOutcome::TooSlow));
    }
    progress(Progress::Proving);
    let question = drawn(rng);
    asked.ask(&Request::Prove(question)).await?;
    let proof = asked.wait(&Request::Proof, "proven it", plan.patience).await?;
    let transcript = Transcript { challenge, roots, walks: claims };
    let verified = tokio::task::spawn_blocking(move || transcript.verify(&question, &proof)).await;
    let outcome = match verified.map_err(|error| MeasurementError::Own(error.to_string()))? {
        Ok(()) => MemoryOutcome::Held,
        Err(error) => MemoryOutcome::Wrong(error),
    };
    Ok(figures(outcome))
}

fn drawn(rng: &mut impl CryptoRng) -> [u8; 32] {
    let mut bytes = [0; 32];
    rng.fill_bytes(&mut bytes);
    bytes
}

fn read_roots(answer: &[u8]) -> Result<Roots, MeasurementError> {
    let wrong = || MeasurementError::Length { found: answer.len(), expected: 32 * PASSES };
    let (roots, rest) = answer.as_chunks::<32>();
    if rest.is_empty() { roots.try_into().map_err(|_| wrong()) } else { Err(wrong()) }
}
