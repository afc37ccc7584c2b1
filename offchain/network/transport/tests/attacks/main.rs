//! Attacks on an endpoint in a process of its own, while an honest peer goes on using it: what is asked of it is
//! answered, its memory stays within the limits, and the log says what happened, once a second at most.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unsafe_code)]

mod attacker;
mod memory;
mod tests;
mod victim;
