//! Rows a second through the model of the demonstration, beside ONNX Runtime: both on one thread, on the same rows.
//!
//! The two take turns, so that what disturbs the machine disturbs both; of each the fastest turn counts. Before the clock
//! runs, both give their logits, which have to agree.

mod peer;

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bithive_inference::{Device, Features, MAX_ROWS, Model, Table};
use serde::Serialize;

use crate::figure::PER_SECOND;
use peer::Peer;

const MODEL: &[u8] = include_bytes!("../../../../../models/wdbc.onnx");
const ROWS: &[u8] = include_bytes!("../../../../../data/wdbc/wdbc.csv");

/// Rows of one request: the most that there can be, as many as a ward has patients, and one.
const REQUESTS: [usize; 3] = [MAX_ROWS, 64, 1];
/// Largest difference between logits of the two that rounding explains, of logits that are -20 to 20.
const TOLERANCE: f32 = 1e-3;

/// One measurement, beside the peer's if there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InferenceFigure {
    /// What is measured.
    pub name: String,
    /// Rows of one request.
    pub n: u64,
    /// Ours, in `unit`.
    pub value: f64,
    /// `1/s`: more is better.
    pub unit: &'static str,
    /// What it is compared with; none if that can't be had.
    pub peer: Option<String>,
    /// The peer's, in the same unit.
    pub peer_value: Option<f64>,
    /// `value / peer_value`: above 1 ours is better.
    pub ratio: Option<f64>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inference {
    /// Rows a second in requests of several sizes.
    pub figures: Vec<InferenceFigure>,
    /// Why there is no peer; none if there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub skipped: Option<String>,
}

/// How long to measure.
#[derive(Clone, Copy, Debug)]
pub struct InferenceOptions {
    /// Turns of each side, at least 1.
    pub turns: u32,
    /// Length of one turn, in which a request is repeated.
    pub turn: Duration,
}

impl Default for InferenceOptions {
    fn default() -> Self {
        Self { turns: 15, turn: Duration::from_millis(60) }
    }
}

/// Measures on the CPU. The peer's Python environment is in a folder of its own below `cache`, and is made there if it
/// is missing; where it can't be made, ours is measured alone. `progress` hears what is done next.
///
/// # Errors
/// When the model does not run, the peer breaks off, or the two give different logits.
pub fn inference(
    options: &InferenceOptions,
    cache: &Path,
    mut progress: impl FnMut(&str),
) -> Result<Inference> {
    let model = Model::load(MODEL, Device::Cpu)?;
    let table = Table::from_csv(ROWS)?;
    let known = table.features().row_count();
    let rows = |count: usize| -> Result<Features> {
        let indices: Vec<usize> = (0..count).map(|row| row % known).collect();
        Ok(table.select(&indices)?.features().clone())
    };
    let all = rows(MAX_ROWS)?;
    progress("the peer's Python environment");
    let (mut peer, skipped) = match peer::environment(cache) {
        Ok(python) => (Some(Peer::start(&python, MODEL, &all)?), None),
        Err(reason) => (None, Some(format!("ONNX Runtime is not measured: {reason:#}"))),
    };
    if let Some(peer) = &mut peer {
        progress("comparing results");
        agree(&model.run(&all)?, &peer.logits(all.row_count())?)?;
    }
    let mut figures = Vec::new();
    for count in REQUESTS {
        progress(&format!("requests of {count} rows"));
        let features = rows(count)?;
        let [ours, theirs] = compare(options, &model, &features, peer.as_mut())?;
        let [value, peer_value] = [ours, theirs].map(|seconds| seconds.map(|seconds| count as f64 / seconds));
        let value = value.context("no turn was taken; expected at least one")?;
        figures.push(InferenceFigure {
            name: format!("rows a second, requests of {count}"),
            n: count as u64,
            value,
            unit: PER_SECOND,
            peer: peer.as_ref().map(|peer| peer.name().to_owned()),
            peer_value,
            ratio: peer_value.map(|peer| value / peer),
        });
    }
    Ok(Inference { figures, skipped })
}

/// Seconds of one request, ours and the peer's: the fastest turn of each.
fn compare(
    options: &InferenceOptions,
    model: &Model,
    features: &Features,
    mut peer: Option<&mut Peer>,
) -> Result<[Option<f64>; 2]> {
    let rows = features.row_count();
    // A first run finds out how many fit a turn.
    let ours = repeats(options.turn, seconds(model, features, 1)?);
    let theirs = match peer.as_deref_mut() {
        Some(peer) => repeats(options.turn, peer.seconds(rows, 1)?),
        None => 0,
    };
    let mut fastest = [None::<f64>; 2];
    let note = |best: &mut Option<f64>, took: f64| *best = Some(best.map_or(took, |best| best.min(took)));
    for _ in 0..options.turns {
        let [own, others] = &mut fastest;
        note(own, seconds(model, features, ours)?);
        if let Some(peer) = peer.as_deref_mut() {
            note(others, peer.seconds(rows, theirs)?);
        }
    }
    Ok(fastest)
}

/// How often something that takes so many seconds is repeated in a turn.
fn repeats(turn: Duration, seconds: f64) -> u32 {
    (turn.as_secs_f64() / seconds.max(1e-9)).clamp(1.0, 1e6) as u32
}

/// Seconds of one request, on average over `repeats`.
fn seconds(model: &Model, features: &Features, repeats: u32) -> Result<f64> {
    let start = Instant::now();
    for _ in 0..repeats {
        black_box(model.run(black_box(features))?);
    }
    Ok((start.elapsed().as_secs_f64() / f64::from(repeats)).max(1e-9))
}

fn agree(ours: &[f32], theirs: &[f32]) -> Result<()> {
    ensure!(ours.len() == theirs.len(), "{} logits, the peer has {}", ours.len(), theirs.len());
    for (row, (own, other)) in ours.iter().zip(theirs).enumerate() {
        ensure!((own - other).abs() <= TOLERANCE, "row {}: logit {own}, the peer's is {other}", row + 1);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn without_a_python_environment_ours_is_measured_alone_and_the_reason_is_said() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let options = InferenceOptions { turns: 1, turn: Duration::ZERO };
        // No folder can be made below a file.
        let measured = inference(&options, file.path(), |_| ()).unwrap();
        assert_eq!(measured.figures.iter().map(|figure| figure.n).collect::<Vec<_>>(), [10_000, 64, 1]);
        for figure in &measured.figures {
            assert!(figure.value > 0.0, "{figure:?}");
            assert_eq!((&figure.peer, figure.peer_value, figure.ratio), (&None, None, None));
        }
        let said = measured.skipped.unwrap();
        assert!(said.starts_with("ONNX Runtime is not measured: "), "{said}");
    }

    #[test]
    fn logits_agree_within_rounding_only() {
        assert!(agree(&[1.0, -2.0], &[1.0005, -2.0]).is_ok());
        assert!(agree(&[1.0, -2.0], &[1.0, -2.01]).is_err());
        assert!(agree(&[1.0], &[1.0, 2.0]).is_err());
        assert!(agree(&[1.0], &[f32::NAN]).is_err());
    }
}
