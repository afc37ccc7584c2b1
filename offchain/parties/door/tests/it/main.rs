//! Tests of `bithive-door` through its public interface, on the embedded chain and over real HTTP on loopback, one module for each
//! subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod attacks;
mod bounds;
mod closing;
mod money;
mod once;
mod payer;
mod wire;
mod world;
