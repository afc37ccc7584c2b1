//! Runs cells with several seeds and gives the results, with confidence intervals.

use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use rayon::prelude::*;
use serde::Serialize;

use crate::cells::Cell;
use crate::error::SimError;
use crate::record::RunResult;
use crate::statistics::{Estimate, jain};
use crate::store::{Outcome, Store};

/// What a cell measured, over all its seeds.
#[derive(Clone, Debug, Serialize)]
pub struct CellResult {
    /// `group/path/flows`, as in [`crate::Cell`].
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

/// Runs every cell with these seeds, in parallel where the thread pool has threads; how many it has changes nothing
/// but the time. Runs that `store` has are taken from it, the others are kept there as soon as they are made, all cells
/// with the first seed before the second. `progress` hears of each run: those done and all.
///
/// # Errors
/// A run that cannot be kept. One that fails is reported with its cell.
pub fn experiment(
    cells: &[Cell],
    seeds: Range<u64>,
    store: Option<&Store>,
    progress: impl Fn(usize, usize) + Sync,
) -> Result<Vec<CellResult>, SimError> {
    let jobs: Vec<(&Cell, u64)> =
        seeds.clone().flat_map(|seed| cells.iter().map(move |cell| (cell, seed))).collect();
    let done = AtomicUsize::new(0);
    let make = |(cell, seed): &(&Cell, u64)| {
        let outcome = match store.and_then(|store| store.find(cell, *seed)) {
            Some(outcome) => Some(outcome),
            None if store.is_some_and(Store::is_closed) => None,
            None => {
                let outcome = cell.scenario.run(*seed).map_err(|error| error.to_string());
                store.map_or(Ok(()), |store| store.keep(cell, *seed, &outcome))?;
                Some(outcome)
            }
        };
        progress(done.fetch_add(1, Ordering::Relaxed) + 1, jobs.len());
        Ok(outcome)
    };
    // One at a time from the front: a long run at the end must not wait in another thread's share.
    let runs: Vec<Option<Outcome>> =
        jobs.par_iter().with_max_len(1).map(make).collect::<Result<_, SimError>>()?;
    let of_cell = |index: usize| runs.iter().skip(index).step_by(cells.len().max(1)).flatten();
    Ok(cells.iter().enumerate().map(|(index, cell)| summary(cell, of_cell(index))).collect())
}

fn summary<'a>(cell: &Cell, runs: impl Iterator<Item = &'a Outcome>) -> CellResult {
    let (mut good, mut errors): (Vec<&RunResult>, Vec<&String>) = (Vec::new(), Vec::new());
    for run in runs {
        match run {
            Ok(run) => good.push(run),
            Err(error) => errors.push(error),
        }
    }
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
        failed: errors.first().map(|error| (errors.len() as u64, (*error).clone())),
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
