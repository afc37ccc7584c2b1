//! Where a job is, as `bithive job run` says it: lines of JSON on standard output, or text, whose end alone is there. What comes before
//! goes to standard error.

use std::io::Write;

use anyhow::{Context, Result};
use bithive_api::jobs::Phase;
use bithive_command_kit::{Output, until};
use bithive_inference::sigmoid;
use bithive_requester::JobProgress;

/// Says where jobs are.
#[derive(Clone, Copy)]
pub(crate) struct Teller {
    output: Output,
    /// Numbers of the result for each image; none for rows.
    each_image: Option<usize>,
    /// Whether steps go to the log alone, without results.
    only_log: bool,
}

impl Teller {
    pub(crate) const fn new(output: Output, each_image: Option<usize>) -> Self {
        Self { output, each_image, only_log: false }
    }

    /// Tells the log alone, for a process whose output is something else. No result is told.
    pub(crate) const fn log() -> Self {
        Self { output: Output { json: false }, each_image: None, only_log: true }
    }

    /// A line for people, beside what is told.
    pub(crate) fn note(self, line: &str) {
        if self.only_log {
            tracing::info!("{line}");
            return;
        }
        eprintln!("{line}");
    }

    /// Tells a step; whoever waits for it has it when this returns.
    pub(crate) fn tell(self, step: &JobProgress) -> Result<()> {
        if self.only_log {
            match step {
                JobProgress::Settled { job_id, .. } => tracing::info!(job = job_id, "the job has its output"),
                other => tracing::info!("{}", words(other)),
            }
            return Ok(());
        }
        let mut out = std::io::stdout().lock();
        if self.output.json {
            writeln!(out, "{}", serde_json::to_string(step)?)?;
        } else {
            let (line, is_end) = text(step, self.each_image);
            if let JobProgress::Settled { skipped, .. } = step {
                for bad in skipped {
                    eprintln!("no output of {bad}");
                }
            }
            if is_end {
                writeln!(out, "{line}")?;
            } else {
                eprintln!("{line}");
            }
        }
        out.flush().context("standard output")
    }
}

/// A step in words.
pub(crate) fn words(step: &JobProgress) -> String {
    text(step, None).0
}

/// A step in words, and whether it is the end of the job.
fn text(step: &JobProgress, each_image: Option<usize>) -> (String, bool) {
    match step {
        JobProgress::Posted { job_id, vault, .. } => {
            (format!("job {job_id} is posted, with a vault of {} bytes", vault.len() / 2), false)
        }
        JobProgress::Resumed { job_id } => (format!("job {job_id} goes on"), false),
        JobProgress::Waiting { job_id, phase, round, seconds_left, have, need } => {
            let what = waiting(*phase, *round, (*have, *need));
            (format!("job {job_id}: {what}; its time ends {}", until(*seconds_left, 0)), false)
        }
        JobProgress::Assigned { job_id, round, claims, refused, chosen } => {
            let mut lines = vec![format!("job {job_id}, round {round}: {} claims", claims.len())];
            lines.extend(refused.iter().map(|reason| format!("refused a claim: {reason}")));
            let workers = chosen.workers.iter();
            lines.extend(
                workers.map(|worker| format!("slot {}: {} for {}", worker.slot, worker.address, worker.ask)),
            );
            (lines.join("\n"), false)
        }
        JobProgress::Settled { job_id, values, .. } if each_image.is_some() => {
            let images = values.len() / each_image.unwrap_or(1).max(1);
            let line = format!(
                "job {job_id} is settled, with the logits of {images} images; `bithive job result {job_id} --model FILE` reads them"
            );
            (line, true)
        }
        JobProgress::Settled { values, .. } => {
            let rows = values.iter().enumerate();
            let rows: Vec<String> =
                rows.map(|(row, value)| format!("row {row}: {:.4}", sigmoid(*value))).collect();
            (rows.join("\n"), true)
        }
        JobProgress::NoOutput { job_id, bad } => {
            let mut lines = vec![format!(
                "job {job_id} is settled, and no worker of its quorum gives its output; `bithive job result {job_id}` asks again"
            )];
            lines.extend(bad.iter().map(|bad| format!("no output of {bad}")));
            (lines.join("\n"), true)
        }
        JobProgress::Refunded { job_id, rounds, withdrawn } => {
            let why = match rounds {
                0 => "no workers were assigned in time".into(),
                1 => "its round failed, and no replacements were assigned in time".into(),
                rounds => format!("{rounds} rounds failed"),
            };
            (format!("job {job_id} is refunded: {why}; {withdrawn} are withdrawn"), true)
        }
    }
}

fn waiting(phase: Phase, round: u8, (have, need): (usize, usize)) -> String {
    match phase {
        Phase::Open => format!("open, {have} of {need} claims"),
        Phase::Disputed => format!("round {round} failed, {have} of {need} claims for another"),
        Phase::Assigned => format!("round {round}, {have} of {need} workers have committed to a result"),
        Phase::Committed => format!("round {round}, {have} of {need} workers have revealed their result"),
        Phase::Revealed => format!("round {round}, the results agree; waiting for the signature of {need}"),
        Phase::Settled => "settled; asking for the output".into(),
        Phase::Refunded => "refunded".into(),
    }
}
