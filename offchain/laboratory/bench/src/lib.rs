//! What the cryptography costs, measured beside its peers: in one run, on one machine, on one core where the name of
//! a figure does not say otherwise.
//!
//! A peer is what one would use instead: HPKE (RFC 9180, X25519, HKDF-SHA256, ChaCha20-Poly1305) to each receiver
//! for broadcast encryption, and pairwise Diffie-Hellman private set intersection over ristretto255 for blind
//! matching. Most figures are costs, a few are rates; `ratio` is above 1 where ours is better, for both.
//!
//! Inputs come from a fixed seed; nothing is extrapolated. Contributors fetch their tags once per epoch, so
//! testing vaults is measured with tags at hand; what a tag costs a committee member is a figure of its own.

mod broadcast;
mod chain;
mod door;
mod figure;
mod inference;
mod loopback;
mod matching;
mod page;
mod payload;
mod peers;
mod plot;
mod primitives;
mod scores;
mod seed;
mod timer;
mod transport;
mod vectors;

use anyhow::Result;
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;

pub use bithive_netsim::{CellResult, Estimate, Selection};
pub use chain::{Bound, ChainBench, ChainOptions, GasPart, SettlingBlock, chain};
pub use door::{DoorBench, door};
use figure::Sheet;
pub use figure::{Aim, Figure, Limit};
pub use inference::{Inference, InferenceFigure, InferenceOptions, inference, inference_end};
pub use loopback::{Loopback, LoopbackOptions, Mover, loopback, loopback_end};
pub use page::page;
pub use payload::{Interrupted, Killed, PayloadOptions, payload, payload_end, payload_with_kills};
pub use plot::plot;
pub use scores::Score;
use seed::SEED;
use timer::Timer;
pub use transport::{Transport, Trials, transport};

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
            matching::measure(&costs, &mut sheet, &mut rng)?;
            vectors::measure(self.contributors, &costs, &mut sheet, &mut rng)?;
            Ok(sheet.figures)
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn small() -> Vec<Figure> {
        let plan = Plan { receivers: vec![4, 6], contributors: 3, timer: Timer::SHORT };
        let mut announced = 0;
        let figures = plan.run(|_| announced += 1).unwrap();
        assert!(announced > 0);
        figures
    }

    const PRIMITIVES: [&str; 8] = [
        "G1 addition (blst)",
        "G2 addition (blst)",
        "G1 multiplication (blst)",
        "G2 multiplication (blst)",
        "G2 point from bytes, subgroup checked (blst)",
        "G2 weighted sum, per point (blst)",
        "GT power (blst)",
        "product of two pairings (blst)",
    ];
    const BROADCAST: [&str; 10] = [
        "header",
        "header and set",
        "encrypt cold",
        "encrypt cached",
        "decrypt cold",
        "decrypt cached",
        "sender updates one member",
        "receiver updates one member",
        "generate a key",
        "decode and verify a public key",
    ];
    const MATCHING: [&str; 14] = [
        "OPRF evaluations a second by one member, in requests of 10 points",
        "blind one point, in requests of 10 points",
        "blind and prove 10 registered answers",
        "check that 10 points are of registered answers",
        "request for 10 registered answers",
        "proof of 10 registered answers",
        "test one vault of the example policy",
        "request of the example policy as a vault",
        "test one vault of 2 of 64",
        "vaults of 2 of 64 tested a second by one core",
        "3 contributors test one vault of 2 of 64, 2 threads",
        "request of 64 leaves as a vault",
        "OPRF request of a requester for 64 leaves",
        "OPRF request of a node for 64 slots, with proofs",
    ];

    #[test]
    fn every_figure_is_there_and_what_it_compares_does() {
        let figures = small();
        let groups = [4, 6].into_iter().flat_map(|n| BROADCAST.map(|name| format!("{name}, {n} receivers")));
        let expected = PRIMITIVES.map(str::to_owned).into_iter().chain(groups);
        let expected: Vec<String> = expected.chain(MATCHING.map(str::to_owned)).collect();
        let names: Vec<String> = figures.iter().map(|figure| figure.name.clone()).collect();
        assert_eq!(names, expected);
        for figure in &figures {
            for cost in [figure.value, figure.peer_value, figure.ratio] {
                assert!(cost.is_finite() && cost > 0.0, "{figure:?}");
            }
            assert!(figure.n > 0 && !figure.peer.is_empty(), "{figure:?}");
            // The primitives are the limits of the others.
            assert_eq!(figure.limit.is_none(), PRIMITIVES.contains(&figure.name.as_str()), "{figure:?}");
            assert!(figure.limit.iter().all(|limit| limit.ratio > 0.0 && limit.value > 0.0), "{figure:?}");
        }
        for receivers in [4, 6] {
            let header = figures
                .iter()
                .find(|figure| figure.name == format!("header, {receivers} receivers"))
                .unwrap();
            // 32 bytes of encapsulated key, 32 of sealed key and 16 of tag for each receiver.
            assert_eq!((header.value, header.peer_value), (128.0, 80.0 * f64::from(receivers)));
        }
        for (name, _) in figure::AIMS {
            let here =
                name.replace("1024 receivers", "4 receivers").replace("10000 contributors", "3 contributors");
            assert!(names.contains(&here), "an aim for `{name}`, which is not measured");
        }
    }

    #[test]
    fn both_plots_are_drawn_and_name_what_they_show() {
        let folder = std::env::temp_dir().join(format!("bithive-bench-{}", std::process::id()));
        let figures = small();
        let files = plot(&figures, &folder).unwrap();
        assert_eq!(files.len(), 2);
        let drawn: Vec<String> = files.iter().map(|file| std::fs::read_to_string(file).unwrap()).collect();
        std::fs::remove_dir_all(&folder).unwrap();
        assert!(drawn[0].contains("HPKE to each receiver") && drawn[0].contains("encrypt cached"));
        for figure in figures.iter().filter(|figure| figure.limit.is_some()) {
            assert!(drawn[1].contains(&figure.name), "{}", figure.name);
        }
        assert!(drawn.iter().all(|svg| svg.len() < 100_000));
    }

    #[test]
    fn nothing_to_draw_is_refused_and_leaves_no_folder() {
        let folder = std::env::temp_dir().join(format!("bithive-bench-none-{}", std::process::id()));
        assert!(plot(&[], &folder).is_err());
        assert!(!folder.exists());
    }
}
