//! The committee: n members of whom any t answer, and keys that nobody ever holds.
//!
//! Pseudo-random secret sharing (Cramer, Damgård, Ishai, TCC 2005): for every subset A of n - t + 1 members
//! there is a long-term seed that exactly the members of A hold. Any t - 1 members miss the seed of the subset
//! of all others, while any t members hold every seed between them. For each epoch and slot
//!
//! - rho_A = PRF(r_A, epoch, slot) is a scalar that the holders of A know,
//! - K = sum of all rho_A is the slot's key, which no one computes,
//! - member i's share is the sum of rho_A * f_A(i) over the A that contain i, where f_A has degree t - 1,
//!   f_A(0) = 1, and f_A(j) = 0 for each j outside A.
//!
//! So shares are points of a polynomial of degree t - 1 through K, fresh for every epoch and slot, without any
//! message between members. The points R_A = rho_A * G are published: they give everybody every share key.
//!
//! Before its first epoch a committee agrees on its seeds and on [`Commitments`] to the points of its whole term.
//! From then on a false point is told from the true one by anybody, with a single honest holder of its seed.

mod commitments;
mod error;
mod fault;
mod keys;
mod member;
mod params;
mod seeds;
mod table;

pub use crate::committee::{
    commitments::{Commitments, Statement, Term},
    error::{CommitteeError, MAX_TERM_EPOCHS},
    fault::{TableFault, TableFaultReason},
    keys::EpochKeys,
    member::{MAX_MEMBERS, MemberIndex},
    params::{CommitteeParams, Subset},
    seeds::{Contribution, MemberSeeds, contribute, deal},
    table::{Merged, PartialTable, ShareKeyTable},
};
pub(crate) use crate::committee::{params::lagrange_at_zero, table::decode_point};
