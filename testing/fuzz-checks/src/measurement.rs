//! Measurements: what an accreditor and a node send each other, and the proof of memory.

use std::sync::LazyLock;
use std::sync::atomic::AtomicBool;

use bithive_memory_proof::{Challenge, MIN_BLOCKS, Memory, Request, Response, Transcript, WalkClaim};

use crate::memory::Budget;
use crate::{canonical, choose};

/// The memory that is filled once, and copies of what is opened.
pub const BUDGET: Budget = Budget { fixed: 8 << 20, per_byte: 16 };

/// What is asked of the prover.
pub const QUESTION: [u8; 32] = [3; 32];

/// An honest prover: what it has answered, and its proof.
pub static HONEST: LazyLock<(Transcript, Vec<u8>)> = LazyLock::new(|| {
    let challenge = Challenge::new([1; 32], MIN_BLOCKS).expect("the least that is filled");
    let never = AtomicBool::new(false);
    let mut memory = Memory::fill(challenge, &never).expect("a MiB of memory");
    let (roots, start) = (*memory.roots(), [2; 32]);
    let walk = memory.walk(start, 50);
    let claim = WalkClaim { start, steps: walk.steps(), root: *walk.root() };
    let proof = memory.prove(&[walk], &QUESTION, &never).expect("nobody stops it");
    (Transcript { challenge, roots, walks: vec![claim] }, proof)
});

/// The first byte chooses what is read.
pub fn check(input: &[u8]) {
    match choose(input, 3) {
        None => {}
        Some((0, bytes)) => drop(canonical(bytes, Request::decode, Request::encode)),
        Some((1, bytes)) => drop(canonical(bytes, Response::decode, Response::encode)),
        Some((_, bytes)) => proof(bytes),
    }
}

/// Bytes at the beginning of the proof, in place of its own.
fn proof(bytes: &[u8]) {
    let (transcript, honest) = &*HONEST;
    assert_eq!(transcript.verify(&QUESTION, bytes).is_ok(), bytes == honest, "there is one answer");
    let rest = honest.get(bytes.len()..).unwrap_or_default();
    let changed = [bytes, rest].concat();
    assert_eq!(transcript.verify(&QUESTION, &changed).is_ok(), changed == *honest, "there is one answer");
}
