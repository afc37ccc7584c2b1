//! Key encapsulation: a header of 128 bytes gives one key to exactly the members of a set.
//!
//! Reader's order: [`header`] (what travels), [`cache`] (sums that follow the set), `fo` (the
//! Fujisaki-Okamoto transform around the core), [`groups`] (one message to several groups, a header each: what
//! the product uses). The core, after ePrint 2023/874:
//!
//! - K_S = sum over j in S of (T_j + A_j)
//! - encapsulate: C1 = `[s]_1`, C2 = s K_S, Z = Omega^s
//! - decapsulate at i in S, e = L + 1 - i:
//!   Z = e(C2, B_e) e(-C1, sk_i + sum over j in S, j != i, of (H_{j,e} + B_{e+j}))

pub mod cache;
mod fo;
pub mod groups;
pub mod header;

pub use cache::{Peer, ReceiverCache, SenderCache};
pub use fo::SharedKey;
pub use groups::{ReceiverGroup, SenderGroups};
pub use header::{Header, HeaderError};

use crate::keys::KeyError;
use crate::slots::SlotError;

/// What a key is for, as the caller's own bytes: chain id, contract, job, round, epoch. Both sides must give
/// the same bytes, or the receiver ends with another key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Context<'a>(pub &'a [u8]);

/// Why nothing can be encapsulated or decapsulated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KemError {
    /// The sums in the cache are for another set than the one named: update the cache first.
    #[error("the cache is for another set of slots: update it to the set that is used")]
    StaleCache,
    /// Nobody is addressed.
    #[error("the set of slots is empty")]
    EmptySet,
    /// A member's key has not been put into the cache.
    #[error("no key is known for slot {slot}, which is in the set")]
    UnknownSlot {
        /// Slot whose key is missing.
        slot: u16,
    },
    /// The receiver is not addressed.
    #[error("slot {slot} is not in the set")]
    NotAddressed {
        /// The receiver's slot.
        slot: u16,
    },
    /// The set's keys cancel out; only keys that nobody verified can do that.
    #[error("the keys of the set sum to the identity")]
    DegenerateSet,
    /// A peer of another group: this receiver's header does not depend on its key.
    #[error("slot {slot} is not in group {group}, the receiver's group")]
    OtherGroup {
        /// The peer's slot.
        slot: u16,
        /// The receiver's group, from 0.
        group: u16,
    },
    /// Headers that are malformed or too few or too many.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A slot or set that does not fit the group.
    #[error(transparent)]
    Slot(#[from] SlotError),
    /// A key that is not valid.
    #[error(transparent)]
    Key(#[from] KeyError),
}
