//! Rows and images a second through the models of this repository, beside ONNX Runtime: both on one thread, on the same input.
//!
//! The two take turns, so that what disturbs the machine disturbs both; of each the fastest turn counts. Before the clock
//! runs, both give their logits, which have to agree. Of images ours prepares the pixels as the model says, too; ONNX Runtime gets
//! them prepared.

mod peer;
mod subject;

use std::hint::black_box;
use std::io::{BufRead, Write};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use bithive_inference::{Budget, Device, Model, ModelInput};
use serde::Serialize;

use crate::figure::{Aim, PER_SECOND};
use peer::Peer;
use subject::Subject;

/// Largest difference between logits of the two that rounding explains, of logits that are -20 to 20.
const TOLERANCE: f32 = 1e-3;
/// The aim of a rate: at least this part of the peer's in the same run.
const AIM: f64 = 0.8;
/// Unit of figures of memory.
const BYTES: &str = "B";

/// One measurement, beside the peer's if there is one.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct InferenceFigure {
    /// What is measured.
    pub name: String,
    /// Rows or images of one request.
    pub n: u64,
    /// Ours, in `unit`.
    pub value: f64,
    /// `1/s`: more is better; `B`: less is better.
    pub unit: &'static str,
    /// What it is compared with; none if that can't be had.
    pub peer: Option<String>,
    /// The peer's, in the same unit.
    pub peer_value: Option<f64>,
    /// Above 1 ours is better: `value / peer_value` of a rate, the inverse of memory.
    pub ratio: Option<f64>,
    /// Largest difference of a logit from the peer's; none without a peer, and of memory.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub difference: Option<f32>,
    /// The aim of a rate, from the peer's in the same run; none without a peer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aim: Option<Aim>,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Inference {
    /// Rows and images a second in requests of several sizes, and memory.
    pub figures: Vec<InferenceFigure>,
    /// Largest difference of logits from the peer's that counts as the same result.
    pub tolerance: f32,
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

/// Measures on the CPU. `command` starts a process that calls [`inference_end`] with its input and output, for the memory of each
/// model by itself. The peer's Python environment is in a folder of its own below `cache`, and is made there if it
/// is missing; where it can't be made, ours is measured alone. `progress` hears what is done next.
///
/// # Errors
/// When the model does not run, the peer breaks off, or the two give different logits.
pub fn inference(
    options: &InferenceOptions,
    cache: &Path,
    command: impl Fn() -> Result<Command>,
    mut progress: impl FnMut(&str),
) -> Result<Inference> {
    progress("the peer's Python environment");
    let (python, skipped) = match peer::environment(cache) {
        Ok(python) => (Some(python), None),
        Err(reason) => (None, Some(format!("ONNX Runtime is not measured: {reason:#}"))),
    };
    let mut figures = Vec::new();
    for subject in subject::all()? {
        figures.extend(measure(options, &subject, python.as_deref(), &command, &mut progress)?);
    }
    Ok(Inference { figures, tolerance: TOLERANCE, skipped })
}

/// The figures of one model.
fn measure(
    options: &InferenceOptions,
    subject: &Subject,
    python: Option<&Path>,
    command: &impl Fn() -> Result<Command>,
    progress: &mut impl FnMut(&str),
) -> Result<Vec<InferenceFigure>> {
    let model = Model::load(subject.model, Device::Cpu)?;
    let (values, shape) = subject.prepared(&model)?;
    let start = |python| Peer::start(python, subject.model, (&values, &shape));
    let mut peer = python.map(start).transpose()?;
    let mut difference = None;
    if let Some(peer) = &mut peer {
        progress(&format!("{}: comparing results", subject.name));
        let theirs = peer.logits(subject.input.count())?;
        difference = Some(agree(&model.run_input(&subject.input, &Budget::unlimited())?, &theirs)?);
    }
    let name = peer.as_ref().map(|peer| peer.name().to_owned());
    let mut figures = Vec::new();
    for count in subject.requests {
        progress(&format!("{}: requests of {count}", subject.name));
        let request = subject.first(count)?;
        let [ours, theirs] = compare(options, &model, &request, peer.as_mut())?;
        let [value, peer_value] = [ours, theirs].map(|seconds| seconds.map(|seconds| count as f64 / seconds));
        let value = value.context("no turn was taken; expected at least one")?;
        figures.push(InferenceFigure {
            name: format!("{} a second, requests of {count}", subject.name),
            n: count as u64,
            value,
            unit: PER_SECOND,
            peer: name.clone(),
            peer_value,
            ratio: peer_value.map(|peer| value / peer),
            difference,
            aim: peer_value.map(|peer| Aim { value: AIM * peer, met: value >= AIM * peer }),
        });
    }
    let most = subject.requests.into_iter().max().unwrap_or_default() as u64;
    progress(&format!("{}: memory", subject.name));
    if let Some(value) = memory(command()?, subject.name)? {
        let peer_value = peer.as_mut().map(Peer::memory).transpose()?.map(|bytes| bytes as f64);
        figures.push(InferenceFigure {
            name: format!("{}: most memory of the process", subject.name),
            n: most,
            value,
            unit: BYTES,
            peer: name,
            peer_value,
            ratio: peer_value.map(|peer| peer / value),
            difference: None,
            aim: None,
        });
    }
    Ok(figures)
}

/// Most bytes that a process of its own holds which loads the model and runs the largest request, where the system tells it.
fn memory(mut command: Command, name: &str) -> Result<Option<f64>> {
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .context("a process to measure memory in can't be started")?;
    let mut input = child.stdin.take().context("the process has no input")?;
    writeln!(input, "{name}")?;
    drop(input);
    let output = child.wait_with_output()?;
    ensure!(output.status.success(), "the process in which memory is measured failed; its error is above");
    match String::from_utf8_lossy(&output.stdout).trim() {
        "" => Ok(None),
        bytes => Ok(Some(bytes.parse()?)),
    }
}

/// Reads the name of a model, loads it, runs its largest request, and writes the most bytes that this process has held; nothing where
/// the system does not tell.
///
/// # Errors
/// A name that is none, a model that does not run, output that can't be written.
pub fn inference_end(mut input: impl BufRead, mut output: impl Write) -> Result<()> {
    let mut name = String::new();
    input.read_line(&mut name)?;
    let subject = subject::named(name.trim())?;
    let model = Model::load(subject.model, Device::Cpu)?;
    black_box(model.run_input(&subject.input, &Budget::unlimited())?);
    Ok(peak_memory().map_or(Ok(()), |bytes| writeln!(output, "{bytes:.0}"))?)
}

/// Most bytes that this process has held, where the system tells it.
fn peak_memory() -> Option<f64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let peak = text.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: f64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1_024.0)
}

/// Seconds of one request, ours and the peer's: the fastest turn of each.
fn compare(
    options: &InferenceOptions,
    model: &Model,
    request: &ModelInput,
    mut peer: Option<&mut Peer>,
) -> Result<[Option<f64>; 2]> {
    let count = request.count();
    // A first run finds out how many fit a turn.
    let ours = repeats(options.turn, seconds(model, request, 1)?);
    let theirs = match peer.as_deref_mut() {
        Some(peer) => repeats(options.turn, peer.seconds(count, 1)?),
        None => 0,
    };
    let mut fastest = [None::<f64>; 2];
    let note = |best: &mut Option<f64>, took: f64| *best = Some(best.map_or(took, |best| best.min(took)));
    for _ in 0..options.turns {
        let [own, others] = &mut fastest;
        note(own, seconds(model, request, ours)?);
        if let Some(peer) = peer.as_deref_mut() {
            note(others, peer.seconds(count, theirs)?);
        }
    }
    Ok(fastest)
}

/// How often something that takes so many seconds is repeated in a turn.
fn repeats(turn: Duration, seconds: f64) -> u32 {
    (turn.as_secs_f64() / seconds.max(1e-9)).clamp(1.0, 1e6) as u32
}

/// Seconds of one request, on average over `repeats`.
fn seconds(model: &Model, request: &ModelInput, repeats: u32) -> Result<f64> {
    let (start, unlimited) = (Instant::now(), Budget::unlimited());
    for _ in 0..repeats {
        black_box(model.run_input(black_box(request), &unlimited)?);
    }
    Ok((start.elapsed().as_secs_f64() / f64::from(repeats)).max(1e-9))
}

/// The largest difference, which has to be within the tolerance.
fn agree(ours: &[f32], theirs: &[f32]) -> Result<f32> {
    ensure!(ours.len() == theirs.len(), "{} logits, the peer has {}", ours.len(), theirs.len());
    let mut largest = 0.0f32;
    for (at, (own, other)) in ours.iter().zip(theirs).enumerate() {
        let difference = (own - other).abs();
        ensure!(difference <= TOLERANCE, "logit {}: {own}, the peer's is {other}", at + 1);
        largest = largest.max(difference);
    }
    Ok(largest)
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
        let end = || {
            let mut command = Command::new("sh");
            command.args(["-c", "read -r name; echo 4096"]);
            Ok(command)
        };
        let measured = inference(&options, file.path(), end, |_| ()).unwrap();
        let rates = measured.figures.iter().filter(|figure| figure.unit == PER_SECOND);
        let sizes: Vec<_> = rates.map(|figure| figure.n).collect();
        assert_eq!(sizes, [10_000, 64, 1, 1_024, 64, 1, 64, 8, 1]);
        for figure in &measured.figures {
            assert!(figure.value > 0.0, "{figure:?}");
            assert_eq!((&figure.peer, figure.peer_value, figure.ratio), (&None, None, None));
            assert_eq!((figure.difference, figure.aim), (None, None));
        }
        let memory: Vec<_> = measured.figures.iter().filter(|figure| figure.unit == BYTES).collect();
        assert!(memory.len() == 3 && memory.iter().all(|figure| figure.value == 4_096.0), "{memory:?}");
        let said = measured.skipped.unwrap();
        assert!(said.starts_with("ONNX Runtime is not measured: "), "{said}");
    }

    #[test]
    fn an_end_tells_its_memory_and_refuses_a_model_that_there_is_not() {
        let mut said = Vec::new();
        inference_end(&b"digits\n"[..], &mut said).unwrap();
        if cfg!(target_os = "linux") {
            let bytes: f64 = String::from_utf8(said).unwrap().trim().parse().unwrap();
            assert!(bytes > 1e6, "{bytes}");
        }
        let error = inference_end(&b"cats\n"[..], Vec::new()).unwrap_err().to_string();
        assert!(error.contains("expected rows, digits or phantoms, found \"cats\""), "{error}");
    }

    #[test]
    fn logits_agree_within_rounding_only() {
        assert!(agree(&[1.0, -2.0], &[1.0005, -2.0]).is_ok());
        assert!(agree(&[1.0, -2.0], &[1.0, -2.01]).is_err());
        assert!(agree(&[1.0], &[1.0, 2.0]).is_err());
        assert!(agree(&[1.0], &[f32::NAN]).is_err());
    }
}
