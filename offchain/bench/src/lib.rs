//! What the cryptography costs, measured beside its peers: in one run, on one core of one machine.
//!
//! A peer is what one would use instead: HPKE (RFC 9180, X25519, HKDF-SHA256, ChaCha20-Poly1305) to each receiver
//! for broadcast encryption, and pairwise Diffie-Hellman private set intersection over ristretto255 for blind
//! matching. Every figure is a cost, so a smaller value is better, and `ratio` is the peer's cost divided by
//! ours: above 1 ours is cheaper.
//!
//! Inputs come from a fixed seed; nothing is extrapolated. Contributors fetch their tags once per epoch, so
//! testing vaults is measured with tags at hand; what a tag costs a committee member is a figure of its own.

mod broadcast;
mod matching;
mod peers;
mod primitives;
mod timer;
mod transport;

use anyhow::Result;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use serde::Serialize;

pub use bithive_netsim::{CellResult, Estimate, Selection};
use timer::Timer;
pub use transport::{Transport, transport};

const SEED: u64 = 1;

/// One measured cost beside its peer's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
    /// What is measured; no two figures have the same.
    pub name: String,
    /// Size of the problem: receivers, contributors or points, as the name says.
    pub n: u64,
    /// Our cost in `unit`: the median for a time.
    pub value: f64,
    /// `µs` or `bytes`; of the transport `% of the link`, `x base`, `of 1` or `%`.
    pub unit: &'static str,
    /// What it is compared with.
    pub peer: String,
    /// The peer's cost in the same unit.
    pub peer_value: f64,
    /// `peer_value / value`: above 1 ours is cheaper.
    pub ratio: f64,
    /// The operations that nobody can leave out, and what they cost by themselves; only where that is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
}

/// What a figure is held against.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Limit {
    /// The operations.
    pub name: String,
    /// Their cost in the figure's unit, from the same run.
    pub value: f64,
    /// The figure divided by its limit: 1 is as good as it gets with these operations.
    pub ratio: f64,
}

/// What to measure, and how long.
struct Plan {
    receivers: Vec<u16>,
    contributors: usize,
    timer: Timer,
}

/// Measures everything: groups of 64, 1024 and 4096 receivers and 10,000 contributors, or when `quick` groups of 64
/// and 1024 and 1,000 contributors. `progress` hears what is measured next.
///
/// # Errors
/// When no thread can be started, or a primitive refuses its own input.
pub fn crypto(quick: bool, progress: impl FnMut(&str) + Send) -> Result<Vec<Figure>> {
    let plan = if quick {
        Plan { receivers: vec![64, 1024], contributors: 1_000, timer: Timer::STANDARD }
    } else {
        Plan { receivers: vec![64, 1024, 4096], contributors: 10_000, timer: Timer::STANDARD }
    };
    plan.run(progress)
}

impl Plan {
    fn run(&self, mut progress: impl FnMut(&str) + Send) -> Result<Vec<Figure>> {
        // One thread, so that both sides have one core.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build()?;
        pool.install(|| {
            let mut sheet = Sheet { timer: self.timer, figures: Vec::new(), progress: &mut progress };
            let mut rng = ChaCha20Rng::seed_from_u64(SEED);
            let costs = primitives::measure(&mut sheet, &mut rng)?;
            for receivers in &self.receivers {
                broadcast::measure(*receivers, &costs, &mut sheet, &mut rng)?;
            }
            matching::measure(self.contributors, &costs, &mut sheet, &mut rng)?;
            Ok(sheet.figures)
        })
    }
}

/// Where the parts write their figures.
struct Sheet<'a> {
    timer: Timer,
    figures: Vec<Figure>,
    progress: &'a mut dyn FnMut(&str),
}

impl Sheet<'_> {
    fn announce(&mut self, what: &str) {
        (self.progress)(what);
    }

    /// Notes our cost and the peer's, in this order.
    fn note(
        &mut self,
        name: String,
        n: usize,
        unit: &'static str,
        peer: &str,
        [value, peer_value]: [f64; 2],
    ) {
        let (peer, ratio) = (peer.to_owned(), peer_value / value);
        self.figures.push(Figure { name, n: n as u64, value, unit, peer, peer_value, ratio, limit: None });
    }

    /// Holds the latest figure against the cost of what it can't do without.
    fn limit(&mut self, name: &str, cost: f64) {
        if let Some(figure) = self.figures.last_mut() {
            figure.limit = Some(Limit { name: name.to_owned(), value: cost, ratio: figure.value / cost });
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_figure_has_its_own_name_and_costs_that_compare() {
        let plan = Plan { receivers: vec![4, 6], contributors: 3, timer: Timer::SHORT };
        let mut announced = 0;
        let figures = plan.run(|_| announced += 1).unwrap();
        let names: BTreeSet<_> = figures.iter().map(|figure| &figure.name).collect();
        assert_eq!(names.len(), figures.len());
        assert!(announced > 0);
        for figure in &figures {
            for cost in [figure.value, figure.peer_value, figure.ratio] {
                assert!(cost.is_finite() && cost > 0.0, "{figure:?}");
            }
            assert_eq!(figure.ratio, figure.peer_value / figure.value, "{figure:?}");
            assert!(figure.n > 0 && !figure.peer.is_empty(), "{figure:?}");
        }
        for receivers in [4, 6] {
            let header = figures
                .iter()
                .find(|figure| figure.name == format!("header, {receivers} receivers"))
                .unwrap();
            // 32 bytes of encapsulated key, 32 of sealed key and 16 of tag for each receiver.
            assert_eq!((header.value, header.peer_value), (128.0, 80.0 * f64::from(receivers)));
        }
    }
}
