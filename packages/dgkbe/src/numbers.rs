//! How slots are numbered and divided into groups, and what can be wrong with a set of them.

use core::fmt;

/// Version of the encodings of sets.
pub(crate) const VERSION: u8 = 1;
/// Most slots of one group: a bound on the reference string (1.2 MB encoded), on a public key (393 kB) and on the
/// bytes of a mask.
pub const MAX_SLOTS: u16 = 4096;
/// Most groups; the number of all slots is at most 65,535 as well.
pub const MAX_GROUPS: u16 = 1024;

/// How all slots are divided: `count` groups of `size` slots (G and L).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Groups {
    pub(crate) count: u16,
    pub(crate) size: u16,
}

/// Where a slot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The group, from 0.
    pub group: u16,
    /// The slot within the group, from 1: the number that a key file has.
    pub slot: u16,
}

impl fmt::Display for Groups {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} groups of {} slots", self.count, self.size)
    }
}

impl Groups {
    /// `count` groups of `size` slots each.
    ///
    /// # Errors
    /// [`SlotError::Groups`] for none, for more than [`MAX_GROUPS`] or [`MAX_SLOTS`], and for more than 65,535
    /// slots in all.
    pub fn new(count: u16, size: u16) -> Result<Self, SlotError> {
        let possible = (1..=MAX_GROUPS).contains(&count) && (1..=MAX_SLOTS).contains(&size);
        if possible && count.checked_mul(size).is_some() {
            Ok(Self { count, size })
        } else {
            Err(SlotError::Groups { count, size })
        }
    }

    /// Number of groups, G.
    pub fn count(&self) -> u16 {
        self.count
    }

    /// Slots of each group, L.
    pub fn size(&self) -> u16 {
        self.size
    }

    /// Number of all slots: they are 1..=slots().
    pub fn slots(&self) -> u16 {
        self.count * self.size
    }

    /// Where a slot is.
    ///
    /// # Errors
    /// [`SlotError::OutOfRange`].
    pub fn place(&self, slot: u16) -> Result<Place, SlotError> {
        let out_of_range = SlotError::OutOfRange { slot, capacity: self.slots() };
        match slot.checked_sub(1) {
            Some(index) if slot <= self.slots() => {
                Ok(Place { group: index / self.size, slot: index % self.size + 1 })
            }
            _ => Err(out_of_range),
        }
    }

    /// The number of a slot of a group, which both exist.
    pub(crate) fn number(&self, group: u16, slot: u16) -> u16 {
        group.saturating_mul(self.size).saturating_add(slot)
    }
}

/// Why a set of slots is not valid.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlotError {
    /// A group of no slots, or of more than [`MAX_SLOTS`].
    #[error("a group has 1 to {MAX_SLOTS} slots, got {capacity}")]
    Capacity {
        /// Slots that were asked for.
        capacity: u16,
    },
    /// A slot number outside 1..=capacity.
    #[error("slot {slot} is outside 1..={capacity}")]
    OutOfRange {
        /// The number that was given.
        slot: u16,
        /// Slots of the group.
        capacity: u16,
    },
    /// A slot that is listed twice or added again.
    #[error("slot {slot} occurs twice")]
    Duplicate {
        /// Slot found twice.
        slot: u16,
    },
    /// A slot that is removed though it is not a member.
    #[error("slot {slot} is not in the set")]
    Absent {
        /// Slot that is missing.
        slot: u16,
    },
    /// No slot at all where at least one is needed.
    #[error("the set of slots is empty")]
    Empty,
    /// A number or size of groups that no network has.
    #[error(
        "{count} groups of {size} slots; expected 1 to {MAX_GROUPS} groups of 1 to {MAX_SLOTS} slots, and at \
         most {} slots in all",
        u16::MAX
    )]
    Groups {
        /// Groups that were asked for.
        count: u16,
        /// Slots of each.
        size: u16,
    },
    /// A group that does not exist.
    #[error("group {group} is outside 0..{count}")]
    NoSuchGroup {
        /// Number of the group, from 0.
        group: u16,
        /// Groups that there are.
        count: u16,
    },
    /// Two sets over different groups.
    #[error("sets over {left} and {right} do not fit together")]
    GroupsMismatch {
        /// Groups of the first set.
        left: Groups,
        /// Groups of the second set.
        right: Groups,
    },
    /// Two sets of groups of different sizes.
    #[error("sets of groups of {left} and {right} slots do not combine")]
    CapacityMismatch {
        /// Slots of the first group.
        left: u16,
        /// Slots of the second group.
        right: u16,
    },
    /// Unknown version byte.
    #[error("slot set encoding has version {VERSION}, got {actual}")]
    Version {
        /// Version byte found.
        actual: u8,
    },
    /// Unknown form byte.
    #[error("slot set encoding has form {expected}, got {actual}")]
    Form {
        /// The forms that are possible at this place.
        expected: &'static str,
        /// Form byte found.
        actual: u8,
    },
    /// The bytes end before the set does.
    #[error("slot set encoding is truncated")]
    Truncated,
    /// Bytes follow the set.
    #[error("slot set encoding is followed by {extra} bytes")]
    Trailing {
        /// Number of bytes behind the end.
        extra: usize,
    },
    /// The same set has another encoding, which is the valid one.
    #[error("slot set encoding is not canonical: {reason}")]
    NotCanonical {
        /// Which rule is broken.
        reason: &'static str,
    },
}
