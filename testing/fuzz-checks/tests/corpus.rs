//! Every input of the corpus, and a search around those of targets that run programs, in a process of its own: the allocator counts
//! all that is held.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use bithive_fuzz_checks::{PACKAGES, PROGRAMS, Target};
use rand_chacha::ChaCha20Rng;
use rand_core::{Rng as _, SeedableRng};

const CORPUS: &str = "../fuzz/corpus";

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// Targets that run beside each other would count each other's memory.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

fn targets() -> impl Iterator<Item = &'static Target> {
    PACKAGES.iter().chain(PROGRAMS)
}

#[test]
fn every_input_of_the_corpus_passes_its_check() {
    let _alone = alone();
    let folders: BTreeSet<PathBuf> = entries(Path::new(CORPUS)).into_iter().collect();
    let expected: BTreeSet<PathBuf> = targets().map(|target| Path::new(CORPUS).join(target.name)).collect();
    assert_eq!(folders, expected, "each target has a corpus, and each corpus a target");
    let mut failed = Vec::new();
    for target in targets() {
        let inputs = entries(&Path::new(CORPUS).join(target.name));
        assert!(!inputs.is_empty(), "the corpus of {} is empty", target.name);
        println!("{}: {} inputs", target.name, inputs.len());
        for path in inputs {
            let input = fs::read(&path).unwrap();
            if catch_unwind(|| target.run(&input)).is_err() {
                failed.push(path);
            }
        }
    }
    assert!(failed.is_empty(), "these inputs fail, with the panics above in the same order: {failed:#?}");
}

/// How many changed inputs each target that runs programs is given: a few seconds of it.
const CHANGED: &[(&str, usize)] =
    &[("chain", 6_000), ("cometbft", 1_500), ("model", 500), ("party", 10_000), ("transport", 8_000)];

/// What `scripts/fuzz` does for an hour with what it learns of each input, here blindly: the gate builds these targets without
/// instrumentation only.
#[test]
fn inputs_around_those_of_the_corpus_pass_the_checks_that_run_programs() {
    let _alone = alone();
    let counts: BTreeMap<_, _> = CHANGED.iter().copied().collect();
    assert_eq!(counts.len(), PROGRAMS.len(), "each target has its number of inputs");
    for target in PROGRAMS {
        let corpus: Vec<_> = entries(&Path::new(CORPUS).join(target.name))
            .iter()
            .map(|path| fs::read(path).unwrap())
            .collect();
        let mut rng = ChaCha20Rng::seed_from_u64(1);
        for number in 0..counts[target.name] {
            let input = changed(&corpus, &mut rng);
            let held = catch_unwind(|| target.run(&input)).is_ok();
            assert!(held, "{}, input {number}, in hex: {}", target.name, hex::encode(&input));
        }
    }
}

/// An input of the corpus with one to four changes.
fn changed(corpus: &[Vec<u8>], rng: &mut ChaCha20Rng) -> Vec<u8> {
    let below = |rng: &mut ChaCha20Rng, bound: usize| rng.next_u32() as usize % bound.max(1);
    let mut input = corpus[below(rng, corpus.len())].clone();
    for _ in 0..=below(rng, 4) {
        let at = below(rng, input.len());
        // Up to 16 bytes.
        let end = input.len().min(at + 1 + below(rng, 16));
        match below(rng, 6) {
            0 if !input.is_empty() => input[at] ^= 1 << below(rng, 8),
            1 if !input.is_empty() => input[at] = [0, 1, 0x7F, 0x80, 0xFE, 0xFF][below(rng, 6)],
            2 => drop(input.drain(at..end)),
            3 => {
                let part = input[at..end].to_vec();
                input.splice(at..at, part);
            }
            4 => input.truncate(at),
            _ => {
                let other = &corpus[below(rng, corpus.len())];
                input.splice(at.., other[below(rng, other.len())..].iter().copied());
            }
        }
    }
    input
}
