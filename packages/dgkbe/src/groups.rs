//! Slots beyond one group: G groups of L slots on one reference string, numbered through.
//!
//! Slot s of 1..=G*L is slot (s - 1) mod L + 1 of group (s - 1) / L; groups count from 0. Everything that grows
//! with L (reference string, public keys, sums) stays as it is for one group; a message carries one header for
//! each group that its set touches.
//!
//! # Encoding of a set
//! With one group, that of [`crate::slots`]. Otherwise byte 0 is the version, 1, and byte 1 the form, 2; then the
//! number of groups that are touched, and for each of them, ascending, its distance from the one before (the
//! first: its number) and its slots as in [`crate::slots`] without the version. Numbers are LEB128 varints.
//! Groups without a member are not mentioned. A set has exactly one valid encoding.

use std::collections::BTreeMap;

use crate::hash::tagged;
pub use crate::numbers::{Groups, MAX_GROUPS, Place};
use crate::slots::{
    NOT_SHORTEST, SlotError, SlotSet, VERSION, expect_end, push_varint, read_varint, read_version, take_byte,
};

const FORM_GROUPS: u8 = 2;

/// A set of slots of all groups.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupedSet {
    groups: Groups,
    /// By group; no set is empty.
    members: BTreeMap<u16, SlotSet>,
}

impl GroupedSet {
    /// The empty set.
    pub fn empty(groups: Groups) -> Self {
        Self { groups, members: BTreeMap::new() }
    }

    /// The given slots, in any order.
    ///
    /// # Errors
    /// [`SlotError::OutOfRange`], [`SlotError::Duplicate`].
    pub fn from_slots(groups: Groups, slots: impl IntoIterator<Item = u16>) -> Result<Self, SlotError> {
        let mut set = Self::empty(groups);
        slots.into_iter().try_for_each(|slot| set.insert(slot))?;
        Ok(set)
    }

    /// How the slots are divided.
    pub fn groups(&self) -> Groups {
        self.groups
    }

    /// Number of members.
    pub fn len(&self) -> usize {
        self.members.values().map(SlotSet::len).sum()
    }

    /// Whether there is no member.
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }

    /// Whether a slot is a member; false for numbers that no slot has.
    pub fn contains(&self, slot: u16) -> bool {
        let place = self.groups.place(slot);
        place.is_ok_and(|place| self.of_group(place.group).is_some_and(|set| set.contains(place.slot)))
    }

    /// Add a slot.
    ///
    /// # Errors
    /// [`SlotError::OutOfRange`], [`SlotError::Duplicate`]; the set is unchanged then.
    pub fn insert(&mut self, slot: u16) -> Result<(), SlotError> {
        if self.contains(slot) {
            return Err(SlotError::Duplicate { slot });
        }
        let place = self.groups.place(slot)?;
        let empty = SlotSet::empty(self.groups.size)?;
        self.members.entry(place.group).or_insert(empty).insert(place.slot)
    }

    /// The members' slots over all groups, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u16> + '_ {
        let numbers = |(group, set): (u16, &SlotSet)| -> Vec<u16> {
            set.iter().map(|slot| self.groups.number(group, slot)).collect()
        };
        self.touched().flat_map(numbers)
    }

    /// Groups that have a member, ascending, with their slots: one header each.
    pub fn touched(&self) -> impl ExactSizeIterator<Item = (u16, &SlotSet)> {
        self.members.iter().map(|(group, set)| (*group, set))
    }

    /// The members of one group, if there are any.
    pub fn of_group(&self, group: u16) -> Option<&SlotSet> {
        self.members.get(&group)
    }

    /// SHA-256 under `BITHIVE-V1/dgkbe-grouped-set/` of G and L (two big-endian bytes each) and the encoding.
    pub fn digest(&self) -> [u8; 32] {
        let Groups { count, size } = self.groups;
        tagged("dgkbe-grouped-set", &[&count.to_be_bytes(), &size.to_be_bytes(), &self.encode()])
    }

    /// The one valid encoding; see the module for its form.
    pub fn encode(&self) -> Vec<u8> {
        if self.groups.count == 1 {
            return self.of_group(0).map_or_else(|| vec![VERSION, 0, 0], SlotSet::encode);
        }
        let mut out = vec![VERSION, FORM_GROUPS];
        push_varint(&mut out, self.members.len() as u16);
        let mut previous = 0;
        for (group, set) in self.touched() {
            push_varint(&mut out, group - previous);
            previous = group;
            out.extend_from_slice(&set.encode()[1..]);
        }
        out
    }

    /// Decode a set over these groups; the empty set is allowed.
    ///
    /// # Errors
    /// Any [`SlotError`] but [`SlotError::Empty`]. Numbers of slots in errors are those within their group.
    pub fn decode(bytes: &[u8], groups: Groups) -> Result<Self, SlotError> {
        let mut set = Self::empty(groups);
        if groups.count == 1 {
            let only = SlotSet::decode(bytes, groups.size)?;
            if !only.is_empty() {
                set.members.insert(0, only);
            }
            return Ok(set);
        }
        let mut rest = bytes;
        read_version(&mut rest)?;
        match take_byte(&mut rest)? {
            FORM_GROUPS => set.read_groups(&mut rest)?,
            actual => return Err(SlotError::Form { expected: "2 (groups)", actual }),
        }
        expect_end(rest)?;
        if set.encode() == bytes { Ok(set) } else { Err(NOT_SHORTEST) }
    }

    /// [`Self::decode`], refusing the empty set.
    ///
    /// # Errors
    /// Any [`SlotError`].
    pub fn decode_nonempty(bytes: &[u8], groups: Groups) -> Result<Self, SlotError> {
        let set = Self::decode(bytes, groups)?;
        if set.is_empty() { Err(SlotError::Empty) } else { Ok(set) }
    }

    fn read_groups(&mut self, bytes: &mut &[u8]) -> Result<(), SlotError> {
        let mut group = 0;
        for position in 0..read_varint(bytes)? {
            let distance = read_varint(bytes)?;
            if distance == 0 && position > 0 {
                return Err(SlotError::NotCanonical { reason: "a group is mentioned twice" });
            }
            group += distance;
            if group >= self.groups.count {
                return Err(SlotError::NoSuchGroup { group, count: self.groups.count });
            }
            let set = SlotSet::read(bytes, self.groups.size)?;
            if set.is_empty() {
                return Err(SlotError::NotCanonical { reason: "a group without a member is mentioned" });
            }
            self.members.insert(group, set);
        }
        Ok(())
    }
}
