//! Shows that a machine holds an amount of memory, to somebody who has less of it.
//!
//! 1. The verifier draws a [`Challenge`]: a seed and a number of blocks of 1 KiB. The prover fills its memory with them and
//!    answers with the [`Roots`] of Merkle trees over each pass ([`Memory::fill`]).
//! 2. The verifier sends a start. The prover walks from there through the memory, where each step says what the next one
//!    reads, and answers with the root of a tree over its steps ([`Memory::walk`]). **This is what is timed.**
//! 3. Only then the verifier draws a question. The prover opens the blocks and steps that follow from it
//!    ([`Memory::prove`]), and [`Transcript::verify`] checks that they follow from each other.
//!
//! The fill is a proof of space of the kind of Dziembowski, Faust, Kolmogorov and Pietrzak (CRYPTO 2015): labels on a graph
//! that is hard to pebble. The graph is that of Boneh, Corrigan-Gibbs and Schechter (Balloon hashing, ASIACRYPT 2016) and of Ren
//! and Devadas (stacked expanders, TCC 2016-B): [`PASSES`] passes over the same memory, in which each block follows from the one
//! before it, from what it was before, and from another one that the seed draws. Its function of blocks is that of Argon2
//! (RFC 9106, section 3.5). This crate has no clock and no I/O. `README.md` says what is shown, and what is not.

mod block;
mod graph;
mod memory;
mod merkle;
mod messages;
mod proof;
mod question;

pub use block::{BLOCK_BYTES, Block};
pub use graph::{Challenge, ChallengeError, MAX_BLOCKS, MIN_BLOCKS, PASSES, Place};
pub use memory::{Memory, MemoryError, Walk};
pub use messages::{MessageError, Request, Response};
pub use proof::{ProofError, Transcript, WalkClaim};
pub use question::{MAX_STEPS, MAX_WALKS};

/// Roots of the Merkle trees over the blocks of each pass, 32 bytes each.
pub type Roots = [[u8; 32]; PASSES];
