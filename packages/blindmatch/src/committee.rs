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
mod keys;
mod seeds;
mod table;

use curve25519_dalek::Scalar;

pub(crate) use crate::committee::table::decode_point;
pub use crate::committee::{
    commitments::{Commitments, MAX_TERM_EPOCHS, Statement, Term},
    keys::EpochKeys,
    seeds::{Contribution, MemberSeeds, contribute, deal},
    table::{Merged, PartialTable, ShareKeyTable, TableFault, TableFaultReason},
};
use crate::{
    codec::{DecodeError, Reader},
    schema::MAX_SLOTS,
};

/// Most members. The number of seeds, C(n, t - 1), is at most 35.
pub const MAX_MEMBERS: u8 = 7;

/// A member's number, from 1: its x-coordinate in the sharing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberIndex(u8);

impl MemberIndex {
    /// The number, 1 to [`MAX_MEMBERS`].
    pub fn get(self) -> u8 {
        self.0
    }

    pub(crate) fn scalar(self) -> Scalar {
        Scalar::from(self.0)
    }
}

impl core::fmt::Display for MemberIndex {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// How many members there are, and how many it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitteeParams {
    members: u8,
    threshold: u8,
}

impl CommitteeParams {
    /// `members` of whom `threshold` are needed, 1 < threshold <= members <= 7.
    ///
    /// # Errors
    /// [`CommitteeError::Params`] outside these bounds.
    pub fn new(members: u8, threshold: u8) -> Result<Self, CommitteeError> {
        if threshold > 1 && threshold <= members && members <= MAX_MEMBERS {
            Ok(Self { members, threshold })
        } else {
            Err(CommitteeError::Params { members, threshold })
        }
    }

    /// The number of members, n.
    pub fn members(self) -> u8 {
        self.members
    }

    /// The members needed, t.
    pub fn threshold(self) -> u8 {
        self.threshold
    }

    /// The member of this number.
    ///
    /// # Errors
    /// [`CommitteeError::Member`] unless 1 <= number <= n.
    pub fn member(self, number: u8) -> Result<MemberIndex, CommitteeError> {
        if (1..=self.members).contains(&number) {
            Ok(MemberIndex(number))
        } else {
            Err(CommitteeError::Member { number, members: self.members })
        }
    }

    /// Every member, in order.
    pub fn all_members(self) -> impl Iterator<Item = MemberIndex> {
        (1..=self.members).map(MemberIndex)
    }

    /// Every subset of n - t + 1 members, in order of its bit mask: the order of seeds and table columns.
    pub fn subsets(self) -> Vec<Subset> {
        let size = u32::from(self.members - self.threshold + 1);
        (1..1_u8 << self.members).filter(|mask| mask.count_ones() == size).map(Subset).collect()
    }

    /// The subsets that hold this member, in the same order.
    pub fn subsets_of(self, member: MemberIndex) -> Vec<Subset> {
        self.subsets().into_iter().filter(|subset| subset.contains(member)).collect()
    }

    /// f_A(i), as in the module's description.
    pub(crate) fn weight(self, subset: Subset, member: MemberIndex) -> Scalar {
        let outside = self.all_members().filter(|other| !subset.contains(*other));
        let (mut numerator, mut denominator) = (Scalar::ONE, Scalar::ONE);
        for other in outside {
            numerator *= member.scalar() - other.scalar();
            denominator *= -other.scalar();
        }
        numerator * denominator.invert()
    }

    pub(crate) fn encode(self, out: &mut Vec<u8>) {
        out.extend_from_slice(&[self.members, self.threshold]);
    }

    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let (members, threshold) = (reader.u8()?, reader.u8()?);
        Self::new(members, threshold)
            .map_err(|_| reader.invalid("committee", "1 < threshold <= members <= 7"))
    }

    pub(crate) fn decode_member(self, reader: &mut Reader<'_>) -> Result<MemberIndex, DecodeError> {
        let number = reader.u8()?;
        reader.in_range("member", u64::from(number), 1, u64::from(self.members))?;
        Ok(MemberIndex(number))
    }
}

impl MemberIndex {
    pub(crate) fn decode(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let number = reader.u8()?;
        reader.in_range("member", u64::from(number), 1, u64::from(MAX_MEMBERS))?;
        Ok(Self(number))
    }
}

/// A set of members; bit i - 1 stands for member i.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subset(u8);

impl Subset {
    /// Whether the member belongs to it.
    pub fn contains(self, member: MemberIndex) -> bool {
        self.0 >> (member.0 - 1) & 1 == 1
    }

    /// Its members, in order.
    pub fn members(self) -> impl Iterator<Item = MemberIndex> {
        (1..=MAX_MEMBERS).map(MemberIndex).filter(move |member| self.contains(*member))
    }

    /// The bit mask.
    pub fn mask(self) -> u8 {
        self.0
    }
}

/// Lagrange coefficients at zero for these distinct members, in their order.
pub(crate) fn lagrange_at_zero(members: &[MemberIndex]) -> Vec<Scalar> {
    members
        .iter()
        .map(|i| {
            let (mut numerator, mut denominator) = (Scalar::ONE, Scalar::ONE);
            for j in members.iter().filter(|j| *j != i) {
                numerator *= j.scalar();
                denominator *= j.scalar() - i.scalar();
            }
            numerator * denominator.invert()
        })
        .collect()
}

fn check_slots(slots: u16) -> Result<(), CommitteeError> {
    if (1..=MAX_SLOTS).contains(&usize::from(slots)) { Ok(()) } else { Err(CommitteeError::Slots { slots }) }
}

/// What goes wrong in a committee. Members at fault are named.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CommitteeError {
    /// Impossible numbers.
    #[error("{threshold} of {members} members, expected 1 < threshold <= members <= {MAX_MEMBERS}")]
    Params {
        /// Members asked for.
        members: u8,
        /// Threshold asked for.
        threshold: u8,
    },
    /// Not a member's number.
    #[error("member {number} does not exist, expected 1 to {members}")]
    Member {
        /// The number.
        number: u8,
        /// How many members there are.
        members: u8,
    },
    /// Too many or no slots.
    #[error("{slots} slots, expected 1 to {MAX_SLOTS}")]
    Slots {
        /// How many were asked for.
        slots: u16,
    },
    /// A contribution is for a subset that its sender or receiver does not belong to, or that does not exist.
    #[error("member {from} contributed to subset {mask:#09b}, which it or the receiver is no holder of")]
    NotAHolder {
        /// The sender.
        from: MemberIndex,
        /// The subset's bit mask.
        mask: u8,
    },
    /// Two contributions to one seed.
    #[error("member {from} contributed twice to subset {mask:#09b}, expected one contribution")]
    ContributedTwice {
        /// The sender.
        from: MemberIndex,
        /// The subset's bit mask.
        mask: u8,
    },
    /// A contribution that hasn't come.
    #[error("member {from} has not contributed to subset {mask:#09b}")]
    NotContributed {
        /// Who should send it.
        from: MemberIndex,
        /// The subset's bit mask.
        mask: u8,
    },
    /// A term without epochs, with too many, or beyond the last number of an epoch.
    #[error(
        "a term of {epochs} epochs from {first_epoch} on, expected 1 to {MAX_TERM_EPOCHS} within 64 bits"
    )]
    Term {
        /// The first epoch.
        first_epoch: u64,
        /// How many.
        epochs: u16,
    },
    /// An epoch that the committee has no commitments for.
    #[error("epoch {epoch} is out of the committee's term, expected {first} to {last}")]
    EpochOutOfTerm {
        /// The epoch.
        epoch: u64,
        /// The first of the term.
        first: u64,
        /// The last of the term.
        last: u64,
    },
    /// A statement for another committee or term.
    #[error("the statement of member {member} has another {field}")]
    ForeignStatement {
        /// Whose statement.
        member: MemberIndex,
        /// What differs.
        field: &'static str,
    },
    /// Two statements of one member.
    #[error("member {member} has two statements, expected one")]
    DuplicateStatement {
        /// Whose.
        member: MemberIndex,
    },
    /// A statement that hasn't come.
    #[error("member {member} has stated no commitments")]
    NotStated {
        /// Whose.
        member: MemberIndex,
    },
    /// Holders of one seed commit to different points before the committee begins. With a majority among them
    /// the minority is named; without, all of them, and one or more is at fault.
    #[error("members {members:?} disagree about subset {mask:#09b}")]
    Disagreement {
        /// The minority, or all holders without a majority.
        members: Vec<MemberIndex>,
        /// The subset's bit mask.
        mask: u8,
    },
    /// No holder of a seed has published the points that were committed to.
    #[error(
        "no holder of subset {mask:#09b} has published its points, expected them from one of {holders:?}; \
         faults: {faults:?}"
    )]
    Unpublished {
        /// The subset's bit mask.
        mask: u8,
        /// Who could.
        holders: Vec<MemberIndex>,
        /// What was wrong with the tables that there are.
        faults: Vec<TableFault>,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_one_at_zero_and_zero_outside_the_subset() {
        for (n, t) in [(2, 2), (3, 2), (5, 3), (7, 4), (7, 7)] {
            let params = CommitteeParams::new(n, t).unwrap();
            let all: Vec<_> = params.all_members().collect();
            for subset in params.subsets() {
                for outside in all.iter().filter(|member| !subset.contains(**member)) {
                    assert_eq!(params.weight(subset, *outside), Scalar::ZERO);
                }
                // Interpolating f_A from any t points gives f_A(0) = 1.
                for start in 0..=usize::from(n - t) {
                    let chosen = &all[start..start + usize::from(t)];
                    let at_zero: Scalar = lagrange_at_zero(chosen)
                        .into_iter()
                        .zip(chosen)
                        .map(|(lambda, member)| lambda * params.weight(subset, *member))
                        .sum();
                    assert_eq!(at_zero, Scalar::ONE);
                }
            }
        }
    }

    #[test]
    fn impossible_committees_are_refused() {
        for (n, t) in [(0, 0), (1, 1), (3, 1), (3, 4), (8, 2)] {
            assert_eq!(CommitteeParams::new(n, t), Err(CommitteeError::Params { members: n, threshold: t }));
        }
        assert!(CommitteeParams::new(3, 2).unwrap().member(0).is_err());
        assert!(CommitteeParams::new(3, 2).unwrap().member(4).is_err());
    }
}
