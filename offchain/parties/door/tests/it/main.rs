//! Tests of `bithive-door` through its public interface, on the embedded chain and over real HTTP on loopback, one module for each
//! subject.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs, unreachable_pub)]

mod attacks;
mod bounds;
mod buyer;
mod closing;
mod exact;
mod forged;
mod liar;
mod money;
mod once;
mod payer;
mod receipts;
mod shop;
mod wire;
mod world;
