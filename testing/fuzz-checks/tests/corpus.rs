//! Every input of the corpus, in a process of its own: the allocator counts all that is held.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use std::collections::BTreeSet;
use std::fs;
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};

use bithive_fuzz_checks::TARGETS;

const CORPUS: &str = "../fuzz/corpus";

fn entries(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}

/// One test, because targets that run beside each other would count each other's memory.
#[test]
fn every_input_of_the_corpus_passes_its_check() {
    let folders: BTreeSet<PathBuf> = entries(Path::new(CORPUS)).into_iter().collect();
    let expected: BTreeSet<PathBuf> =
        TARGETS.iter().map(|target| Path::new(CORPUS).join(target.name)).collect();
    assert_eq!(folders, expected, "each target has a corpus, and each corpus a target");
    let mut failed = Vec::new();
    for target in TARGETS {
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
