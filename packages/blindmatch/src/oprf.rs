//! Threshold oblivious evaluation of a pseudo-random function over ristretto255 (RFC 9496).
//!
//! For an input (slot, value) the party computes P = HashToGroup(schema, slot, value) and sends rho * P
//! for a fresh random rho. Member i answers k_i * rho * P, where k_i is its share of the slot's key in this
//! epoch, with a proof that it used that share (module `dleq`). From any t answers the party interpolates
//! K * rho * P in the exponent, removes rho, and hashes: F = H(slot, epoch, K * P), the tag.
//!
//! A contributor also proves that each point it sends is of the answer that it has registered a commitment to (module
//! `answers`), so that it can't have another one evaluated.
//!
//! Members see uniformly random points, so they learn nothing about the value. The exponentiations commute: the
//! order of answers doesn't matter. Wrong answers are found, named and left out.

mod answers;
mod client;
pub(crate) mod dleq;
mod error;
mod function;
mod messages;
mod tags;

pub use crate::oprf::{
    answers::{AnswerError, AnswerProof},
    client::{Evaluated, PendingEvaluation, blind, blind_committed},
    error::{Fault, FaultReason, OprfError},
    messages::{EvaluateError, EvaluateRequest, EvaluateResponse, MAX_POINTS},
    tags::{Tag, Tags},
};
