//! Runs cells with several seeds and says what came out, with confidence intervals.

use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use crate::cells::Cell;
use crate::error::SimError;
use crate::record::RunResult;
use crate::statistics::{Estimate, jain};

/// What a cell measured, over all its seeds.
#[derive(Clone, Debug, Serialize)]
pub struct CellResult {
    /// `group/path/flows`.
    pub name: String,
    /// Controller of each flow.
    pub controls: Vec<&'static str>,
    /// Runs that count.
    pub seeds: u64,
    /// Runs that failed, and why the first of them did.
    pub failed: Option<(u64, String)>,
    /// Seconds of each run, and how many of them pass before measurement begins.
    pub seconds: [f64; 2],
    /// Goodput of all flows together in percent of the link's first rate. Headers take 3 % of it.
    pub goodput: Estimate,
    /// The same over the whole run, start included.
    pub whole_goodput: Estimate,
    /// Goodput of each flow in percent of the link's first rate.
    pub flow_goodput: Vec<Estimate>,
    /// Jain's index of the flows' goodput.
    pub fairness: Estimate,
    /// 95th percentile of the round-trip time, of the flow that has the largest, over the time without a queue.
    pub rtt_p95: Estimate,
    /// Mean round-trip time likewise.
    pub rtt_mean: Estimate,
    /// Percent of the packets of the first flow that the queue dropped, in the whole run.
    pub own_loss: Estimate,
    /// Mean queue in products of rate and round-trip time.
    pub queue: Estimate,
}

/// Runs every cell with seeds 1 to `seeds`, in parallel where the thread pool has threads. `progress` hears of each
/// run: those done and all.
pub fn experiment(cells: &[Cell], seeds: u64, progress: impl Fn(usize, usize) + Sync) -> Vec<CellResult> {
    let total = cells.len() * seeds as usize;
    let done = AtomicUsize::new(0);
    let jobs: Vec<(&Cell, u64)> =
        cells.iter().flat_map(|cell| (1..=seeds).map(move |seed| (cell, seed))).collect();
    let runs: Vec<Result<RunResult, SimError>> = jobs
        .par_iter()
        .map(|(cell, seed)| {
            let run = cell.scenario.run(*seed);
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, total);
            run
        })
        .collect();
    cells.iter().zip(runs.chunks(seeds.max(1) as usize)).map(|(cell, runs)| summary(cell, runs)).collect()
}

fn summary(cell: &Cell, runs: &[Result<RunResult, SimError>]) -> CellResult {
    let good: Vec<&RunResult> = runs.iter().filter_map(|run| run.as_ref().ok()).collect();
    let errors: Vec<String> =
        runs.iter().filter_map(|run| run.as_ref().err().map(ToString::to_string)).collect();
    let rate = cell.scenario.link.rate_at(std::time::Duration::ZERO);
    let base = cell.base_rtt.as_secs_f64() * 1e3;
    let bdp = rate / 8.0 * cell.base_rtt.as_secs_f64();
    let over = |measure: &dyn Fn(&RunResult) -> f64| {
        Estimate::of(&good.iter().map(|run| measure(run)).collect::<Vec<_>>())
    };
    let largest = |run: &RunResult, value: fn(&crate::FlowResult) -> f64| {
        run.flows.iter().map(value).fold(f64::NAN, f64::max)
    };
    let flow_goodput = (0..cell.scenario.flows.len())
        .map(|index| over(&|run| run.flows.get(index).map_or(f64::NAN, |flow| flow.goodput / rate * 100.0)))
        .collect();
    CellResult {
        name: cell.name.clone(),
        controls: cell.scenario.flows.iter().map(|flow| flow.control.name()).collect(),
        seeds: good.len() as u64,
        failed: errors.first().map(|error| (errors.len() as u64, error.clone())),
        seconds: [cell.scenario.duration.as_secs_f64(), cell.scenario.warm_up.as_secs_f64()],
        goodput: over(&|run| run.flows.iter().map(|flow| flow.goodput).sum::<f64>() / rate * 100.0),
        whole_goodput: over(&|run| {
            run.flows.iter().map(|flow| flow.whole_goodput).sum::<f64>() / rate * 100.0
        }),
        flow_goodput,
        fairness: over(&|run| jain(&run.flows.iter().map(|flow| flow.goodput).collect::<Vec<_>>())),
        rtt_p95: over(&|run| largest(run, |flow| flow.rtt_p95) / base),
        rtt_mean: over(&|run| largest(run, |flow| flow.rtt_mean) / base),
        own_loss: over(&|run| run.flows.first().map_or(f64::NAN, |flow| flow.own_loss() * 100.0)),
        queue: over(&|run| run.queue_mean / bdp),
    }
}
