//! Which controller is best on how many paths.

use bithive_netsim::CellResult;
use serde::Serialize;

/// The controllers, by the name that ends a cell's.
pub(crate) const CONTROLLERS: [&str; 4] = ["UDX", "Cubic", "NewReno", "BBR"];

/// On how many paths one controller is the best by one measure.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Score {
    /// The cells: `matrix`, or all with one flow.
    pub group: &'static str,
    /// Name of the measure, with its unit.
    pub measure: &'static str,
    /// Name of the congestion controller.
    pub control: &'static str,
    /// Paths on which no other is better by more than the measure's tolerance. A tie counts for all that share it.
    pub best: usize,
    /// Paths on which all four were run.
    pub of: usize,
    /// Mean of the measure over them.
    pub mean: f64,
}

struct Measure {
    name: &'static str,
    of: fn(&CellResult) -> f64,
    more_is_better: bool,
    /// Differences up to it are ties.
    tolerance: f64,
}

const MEASURES: [Measure; 4] = [
    Measure { name: "goodput, %", of: |cell| cell.goodput.mean, more_is_better: true, tolerance: 1.0 },
    Measure { name: "RTT p95 / base", of: |cell| cell.rtt_p95.mean, more_is_better: false, tolerance: 0.05 },
    Measure { name: "own loss, %", of: |cell| cell.own_loss.mean, more_is_better: false, tolerance: 0.1 },
    // Kleinrock's power: what is delivered for the delay it costs. The round-trip time alone praises idleness.
    Measure {
        name: "power: goodput / RTT p95",
        of: |cell| cell.goodput.mean / cell.rtt_p95.mean,
        more_is_better: true,
        tolerance: 1.0,
    },
];

/// The scores over the matrix, and over every path on which each controller was run by itself.
pub(crate) fn scores(results: &[CellResult]) -> Vec<Score> {
    let mut scores = Vec::new();
    for (group, prefix) in [("matrix", "matrix/"), ("all paths", "")] {
        let paths: Vec<[&CellResult; 4]> = results
            .iter()
            .filter(|cell| cell.name.starts_with(prefix))
            .filter_map(|cell| path(cell, results))
            .collect();
        if paths.is_empty() {
            continue;
        }
        for measure in &MEASURES {
            for (index, control) in CONTROLLERS.into_iter().enumerate() {
                let values = paths.iter().map(|path| path.map(|cell| (measure.of)(cell)));
                let own: Vec<f64> = values.clone().filter_map(|values| values.get(index).copied()).collect();
                let best = values.filter(|values| is_best(values, index, measure)).count();
                let mean = own.iter().sum::<f64>() / own.len() as f64;
                scores.push(Score { group, measure: measure.name, control, best, of: paths.len(), mean });
            }
        }
    }
    scores
}

/// The four cells of the path of UDX's cell `of`, if none of them failed.
fn path<'a>(of: &CellResult, results: &'a [CellResult]) -> Option<[&'a CellResult; 4]> {
    let path = of.name.strip_suffix(CONTROLLERS[0])?;
    let find = |control: &str| {
        let name = format!("{path}{control}");
        results
            .iter()
            .find(|cell| cell.name == name && cell.goodput.mean.is_finite() && cell.rtt_p95.mean.is_finite())
    };
    let [udx, cubic, reno, bbr] = CONTROLLERS.map(find);
    Some([udx?, cubic?, reno?, bbr?])
}

fn is_best(values: &[f64; 4], index: usize, measure: &Measure) -> bool {
    let sign = if measure.more_is_better { 1.0 } else { -1.0 };
    let best = values.iter().map(|value| value * sign).fold(f64::NEG_INFINITY, f64::max);
    values.get(index).is_some_and(|value| value * sign >= best - measure.tolerance)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GOODPUT: Measure = Measure { name: "", of: |_| 0.0, more_is_better: true, tolerance: 1.0 };
    const DELAY: Measure = Measure { more_is_better: false, tolerance: 0.05, ..GOODPUT };

    #[test]
    fn the_best_is_the_largest_goodput_or_the_smallest_delay_and_ties_are_shared() {
        let best = |values: [f64; 4], measure| [0, 1, 2, 3].map(|index| is_best(&values, index, measure));
        assert_eq!(best([90.0, 90.5, 40.0, 89.4], &GOODPUT), [true, true, false, false]);
        assert_eq!(best([1.2, 2.0, 1.24, 1.26], &DELAY), [true, false, true, false]);
    }
}
