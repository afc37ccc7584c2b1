//! UDX beside the congestion controllers that the QUIC library ships, in the simulator.

use std::ops::Range;
use std::path::PathBuf;

use anyhow::{Result, ensure};
use bithive_netsim::{Cell, CellResult, Estimate, Selection, Store, cells, experiment, plot, traces};
use serde::Serialize;

use crate::Figure;
use crate::scores::{Score, scores};

/// Peers of UDX, by the name that ends a cell's.
const PEERS: [&str; 3] = ["Cubic", "NewReno", "BBR"];

/// What the experiments measured.
#[derive(Clone, Debug, Serialize)]
pub struct Transport {
    /// The figures that have an aim, and UDX beside its peers.
    pub figures: Vec<Figure>,
    /// On how many paths each controller is the best one, by each score.
    pub scores: Vec<Score>,
    /// Every cell, the lost ones too.
    pub cells: Vec<CellResult>,
}

/// Which experiments to make, how often, and what to keep of them.
#[derive(Clone, Debug, Default)]
pub struct Trials {
    /// The cells to run.
    pub selection: Selection,
    /// One run of each with each of these seeds.
    pub seeds: Range<u64>,
    /// Runs at a time; as many as there are cores if it is 0. The results are the same.
    pub threads: usize,
    /// File to keep runs in, and to take those from that were made before with the same configuration.
    pub runs: Option<PathBuf>,
    /// Whether only such runs count and none is made.
    pub kept_only: bool,
    /// Folder for drawings of the course of the cells that are plotted.
    pub plots: Option<PathBuf>,
    /// Folder for qlog traces of the same runs.
    pub qlog: Option<PathBuf>,
}

/// Makes the experiments. `progress` hears of each run: those done and all.
///
/// # Errors
/// No cell or no seed is selected, or a file cannot be read or written. A run that fails is reported with its cell.
pub fn transport(trials: &Trials, progress: impl Fn(usize, usize) + Sync) -> Result<Transport> {
    ensure!(!trials.seeds.is_empty(), "--seeds is 0, expected at least 1");
    let selected: Vec<Cell> = cells(&trials.selection);
    ensure!(!selected.is_empty(), "--cells selects no cell; without it all run");
    let store = trials.runs.as_deref().map(Store::open).transpose()?;
    ensure!(store.is_some() || !trials.kept_only, "--kept-only needs --runs");
    let store = store.map(|store| if trials.kept_only { store.closed() } else { store });
    let pool = rayon::ThreadPoolBuilder::new().num_threads(trials.threads).build()?;
    let results = pool.install(|| experiment(&selected, trials.seeds.clone(), store.as_ref(), &progress))?;
    if let Some(folder) = &trials.plots {
        std::fs::create_dir_all(folder)?;
        plot(&selected, folder)?;
    }
    if let Some(folder) = &trials.qlog {
        traces(&selected, folder)?;
    }
    let scores = scores(&results);
    Ok(Transport { figures: figures(&results), scores, cells: results })
}

/// A measure of a cell that is compared.
struct Measure {
    name: &'static str,
    unit: &'static str,
    of: fn(&CellResult) -> Estimate,
    more_is_better: bool,
}

const GOODPUT: Measure =
    Measure { name: "goodput", unit: "% of the link", of: |cell| cell.goodput, more_is_better: true };
const RTT: Measure =
    Measure { name: "95th percentile RTT", unit: "x base", of: |cell| cell.rtt_p95, more_is_better: false };
const FAIRNESS: Measure =
    Measure { name: "Jain's index", unit: "of 1", of: |cell| cell.fairness, more_is_better: true };
const LOSS: Measure =
    Measure { name: "own loss", unit: "%", of: |cell| cell.own_loss, more_is_better: false };

/// Share of the link that payload can have at most, percent: 1,412 of 1,452 bytes.
const PAYLOAD: f64 = 97.2;

fn figures(results: &[CellResult]) -> Vec<Figure> {
    let mut figures = Vec::new();
    for (part, measure, aim) in [
        ("1 BDP 0 % loss/UDX", &GOODPUT, 95.0),
        ("1 BDP 0 % loss/UDX", &RTT, 1.3),
        ("1 BDP 1 % loss/UDX", &GOODPUT, 90.0),
        ("1 BDP 5 % loss/UDX", &GOODPUT, 70.0),
        ("0.1 BDP 0 % loss/UDX", &LOSS, 2.0),
        ("2 flows/UDX", &FAIRNESS, 0.95),
        ("4 flows/UDX", &FAIRNESS, 0.95),
        ("8 flows/UDX", &FAIRNESS, 0.95),
        ("BDP/UDX+Cubic", &FAIRNESS, 0.9),
    ] {
        let aimed = |cell: &&CellResult| !cell.name.starts_with("matrix/") && cell.name.contains(part);
        for cell in results.iter().filter(aimed) {
            figures.extend(figure(cell, measure, "the aim", aim));
        }
    }
    for cell in results {
        beside_peers(cell, results, &mut figures);
        cubic_keeps(cell, results, &mut figures);
    }
    figures
}

/// UDX's goodput and round-trip time beside each peer's on the same path.
fn beside_peers(cell: &CellResult, results: &[CellResult], figures: &mut Vec<Figure>) {
    let Some(path) = cell.name.strip_suffix("/UDX") else { return };
    for peer in PEERS {
        let name = format!("{path}/{peer}");
        let Some(other) = results.iter().find(|result| result.name == name) else { continue };
        for measure in [&GOODPUT, &RTT] {
            figures.extend(figure(cell, measure, peer, (measure.of)(other).mean));
        }
    }
}

/// What Cubic keeps beside UDX of what it has beside another Cubic.
fn cubic_keeps(cell: &CellResult, results: &[CellResult], figures: &mut Vec<Figure>) {
    let Some(path) = cell.name.strip_suffix("/UDX+Cubic") else { return };
    let name = format!("{path}/Cubic+Cubic");
    let Some(alone) = results.iter().find(|result| result.name == name) else { return };
    let [Some(kept), Some(had)] = [cell.flow_goodput.get(1), alone.flow_goodput.get(1)] else { return };
    figures.push(Figure {
        name: format!("what Cubic has, {}", cell.name),
        n: cell.seeds,
        value: kept.mean,
        unit: "% of the link",
        peer: "beside another Cubic".to_owned(),
        peer_value: had.mean,
        ratio: kept.mean / had.mean,
        limit: None,
        aim: None,
    });
}

/// `None` where every run of the cell failed. The ratio is above 1 where UDX is better.
fn figure(cell: &CellResult, measure: &Measure, peer: &str, peer_value: f64) -> Option<Figure> {
    let value = (measure.of)(cell).mean;
    let ratio = if measure.more_is_better { value / peer_value } else { peer_value / value };
    (cell.seeds > 0 && value.is_finite()).then(|| Figure {
        name: format!("{}, {} against {peer}", measure.name, cell.name),
        n: cell.seeds,
        value,
        unit: measure.unit,
        peer: peer.to_owned(),
        peer_value,
        ratio,
        limit: (measure.unit == GOODPUT.unit).then(|| crate::Limit {
            name: "payload in a full packet".to_owned(),
            value: PAYLOAD,
            ratio: value / PAYLOAD,
        }),
        aim: None,
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    fn trials(part: &str, seeds: u64) -> Trials {
        let selection = Selection { quick: true, containing: vec![part.to_owned()], seconds: Some(1.0) };
        Trials { selection, seeds: 1..1 + seeds, ..Trials::default() }
    }

    #[test]
    fn every_cell_gives_figures_with_names_of_their_own() {
        let runs = AtomicUsize::new(0);
        let note = |_, all| {
            assert_eq!(all, 4);
            runs.fetch_add(1, Ordering::Relaxed);
        };
        let answer = transport(&trials("1 BDP 1 % loss", 1), note).unwrap();
        assert_eq!((answer.cells.len(), runs.into_inner()), (4, 4));
        let names: BTreeSet<_> = answer.figures.iter().map(|figure| &figure.name).collect();
        // The aim, and goodput and round-trip time beside three peers.
        assert_eq!((names.len(), answer.figures.len()), (7, 7));
        for figure in &answer.figures {
            let better = if figure.unit == RTT.unit {
                figure.peer_value / figure.value
            } else {
                figure.value / figure.peer_value
            };
            assert_eq!(figure.ratio, better, "{figure:?}");
        }
    }

    #[test]
    fn what_cubic_keeps_is_compared_with_what_it_has_beside_another() {
        let answer = transport(&trials("0.25 BDP", 1), |_, _| ()).unwrap();
        let kept = answer.figures.iter().find(|figure| figure.peer == "beside another Cubic").unwrap();
        let of = |name: &str| answer.cells.iter().find(|cell| cell.name.ends_with(name)).unwrap();
        assert_eq!(kept.value, of("/UDX+Cubic").flow_goodput[1].mean);
        assert_eq!(kept.peer_value, of("/Cubic+Cubic").flow_goodput[1].mean);
    }

    #[test]
    fn a_selection_of_nothing_is_refused() {
        assert!(transport(&trials("no such cell", 1), |_, _| ()).is_err());
        assert!(transport(&trials("1 BDP", 0), |_, _| ()).is_err());
        assert!(transport(&Trials { kept_only: true, ..trials("1 BDP", 1) }, |_, _| ()).is_err());
    }
}
