//! How many members there are, which of them hold a seed together, and what they weigh.

use bithive_threshold::{fits, most_values};
use curve25519_dalek::Scalar;

use crate::{
    codec::{DecodeError, Reader},
    committee::{
        error::CommitteeError,
        member::{MAX_MEMBERS, MemberIndex},
    },
    schema::MAX_SLOTS,
};

/// How many members there are, and how many it takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CommitteeParams {
    members: u8,
    threshold: u8,
}

impl CommitteeParams {
    /// `members` of whom `threshold` are needed: at most 7, and more than half of them, so that a party that asks
    /// different members for different values gets no more of them ([`bithive_threshold`]).
    ///
    /// # Errors
    /// [`CommitteeError::Params`] outside these bounds.
    pub fn new(members: u8, threshold: u8) -> Result<Self, CommitteeError> {
        if members <= MAX_MEMBERS && fits(members.into(), threshold.into()) {
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

    /// Different values of one slot that a party can get at most, where each member answers `evaluations`.
    pub fn most_values(self, evaluations: u16) -> usize {
        most_values(self.members.into(), self.threshold.into(), evaluations)
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
            .map_err(|_| reader.invalid("committee", "a threshold above half of at most 7 members"))
    }

    pub(crate) fn decode_member(self, reader: &mut Reader<'_>) -> Result<MemberIndex, DecodeError> {
        let number = reader.u8()?;
        reader.in_range("member", u64::from(number), 1, u64::from(self.members))?;
        Ok(MemberIndex(number))
    }
}

/// A set of members; bit i - 1 stands for member i.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subset(pub(super) u8);

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

pub(super) fn check_slots(slots: u16) -> Result<(), CommitteeError> {
    if (1..=MAX_SLOTS).contains(&usize::from(slots)) { Ok(()) } else { Err(CommitteeError::Slots { slots }) }
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
        for (n, t) in [(0, 0), (1, 1), (3, 1), (3, 4), (8, 5), (4, 2), (5, 2), (6, 3), (7, 3)] {
            assert_eq!(CommitteeParams::new(n, t), Err(CommitteeError::Params { members: n, threshold: t }));
        }
        assert!(CommitteeParams::new(3, 2).unwrap().member(0).is_err());
        assert!(CommitteeParams::new(3, 2).unwrap().member(4).is_err());
    }
}
