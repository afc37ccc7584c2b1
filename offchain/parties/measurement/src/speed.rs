//! The accreditor's side of speed: a model and rows that nobody has seen, timed, and compared at rows that nobody knew of.

use std::collections::BTreeSet;
use std::time::Duration;

use bithive_exchange::{Exchange, PeerId};
use bithive_inference::{Device, Model};
use bithive_memory_proof::Request;
use rand_core::{CryptoRng, Rng};
use tokio::time::Instant;

use crate::MeasurementError;
use crate::ask::Asked;
use crate::workload::Workload;

/// How often the speed is measured; the middle one counts, so that one hiccup does not.
const ROUNDS: usize = 3;
/// Rows of each round that are compared. A node that leaves a tenth of the rows out passes a round once in 850.
const COMPARED: usize = 64;
/// Processors round differently: a fraction of the value, or of one.
const TOLERANCE: f32 = 1e-3;

/// What was measured.
#[derive(Clone, Debug)]
pub struct SpeedFigures {
    /// Rows of each round.
    pub rows: u32,
    /// How long each round took, with drawing and loading the model and the way over the network.
    pub rounds: Vec<Duration>,
    /// Rows a second of the middle round: a lower bound.
    pub rows_per_second: f64,
    /// The first row that was wrong, from 0.
    pub wrong_row: Option<usize>,
}

/// Measures how many rows of a model with [`crate::MULTIPLY_ADDS`] a row a node runs in a second. The rows that are compared
/// are run here, too.
///
/// # Errors
/// [`MeasurementError`] if nothing could be measured.
pub async fn measure_speed(
    exchange: &dyn Exchange,
    node: PeerId,
    rows: u32,
    rng: &mut (impl CryptoRng + Send),
) -> Result<SpeedFigures, MeasurementError> {
    let asked = Asked { exchange, node };
    let (mut rounds, mut wrong_row) = (Vec::new(), None);
    for _ in 0..ROUNDS {
        let mut seed = [0; 32];
        rng.fill_bytes(&mut seed);
        let started = Instant::now();
        let answer = asked.ask(&Request::Rows { seed, rows }).await?;
        rounds.push(started.elapsed());
        let compared = compared_rows(rows, rng);
        let wrong = tokio::task::spawn_blocking(move || first_wrong(seed, rows, &compared, &answer)).await;
        let wrong = wrong.map_err(|error| MeasurementError::Own(error.to_string()))??;
        wrong_row = wrong_row.or(wrong);
    }
    let mut sorted = rounds.clone();
    sorted.sort_unstable();
    let middle = sorted.get(ROUNDS / 2).map_or(f64::INFINITY, Duration::as_secs_f64);
    Ok(SpeedFigures { rows, rounds, rows_per_second: f64::from(rows) / middle, wrong_row })
}

fn compared_rows(rows: u32, rng: &mut impl Rng) -> Vec<usize> {
    let drawn = (0..COMPARED).map(|_| (rng.next_u64() % u64::from(rows.max(1))) as usize);
    drawn.collect::<BTreeSet<_>>().into_iter().collect()
}

/// The first of these rows whose result is not what the model gives here.
fn first_wrong(
    seed: [u8; 32],
    rows: u32,
    compared: &[usize],
    answer: &[u8],
) -> Result<Option<usize>, MeasurementError> {
    let own = |error: &dyn std::fmt::Display| MeasurementError::Own(error.to_string());
    let rows = usize::try_from(rows).unwrap_or(usize::MAX);
    let (values, rest) = answer.as_chunks::<4>();
    if values.len() != rows || !rest.is_empty() {
        return Err(MeasurementError::Length { found: answer.len(), expected: rows.saturating_mul(4) });
    }
    let workload = Workload::new(seed, rows).map_err(|error| own(&error))?;
    let model = Model::load(&workload.model, Device::Cpu).map_err(|error| own(&error))?;
    let chosen = workload.rows.select(compared).map_err(|error| own(&error))?;
    let expected = model.run(&chosen).map_err(|error| own(&error))?;
    let differs = |(row, expected): &(&usize, &f32)| {
        let found = values.get(**row).map_or(f32::NAN, |bytes| f32::from_le_bytes(*bytes));
        // What is no number is near to none.
        let is_near = (found - **expected).abs() <= TOLERANCE * expected.abs().max(1.0);
        !is_near
    };
    Ok(compared.iter().zip(&expected).find(differs).map(|(row, _)| *row))
}
