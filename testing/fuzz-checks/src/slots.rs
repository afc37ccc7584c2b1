//! Sets of slots, of one group and of several: the mask that the chain stores beside headers.

use bithive_dgkbe::{GroupedSet, Groups, MAX_SLOTS, SlotSet};

use crate::memory::Budget;

/// A set of the largest group and its encodings.
pub const BUDGET: Budget = Budget { fixed: 64 << 10, per_byte: 8 };

/// Two bytes of capacity, then the encoding; the encoding is also taken for a bitmap from which a set is made. The
/// same after two more bytes for the number of groups.
pub fn check(input: &[u8]) {
    one_group(input);
    several_groups(input);
}

fn several_groups(input: &[u8]) {
    let Some(([a, b, c, d], bytes)) = input.split_first_chunk::<4>() else { return };
    let (size, count) = (u16::from_be_bytes([*a, *b]), u16::from_be_bytes([*c, *d]));
    let Ok(groups) = Groups::new(count, size) else { return };
    let Ok(set) = GroupedSet::decode(bytes, groups) else { return };
    assert_eq!(set.encode(), bytes, "a set has one encoding");
    assert_eq!(GroupedSet::from_slots(groups, set.iter()).as_ref(), Ok(&set), "its members make the set");
    assert_eq!(set.touched().map(|(_, members)| members.len()).sum::<usize>(), set.iter().count());
    assert_eq!(GroupedSet::decode_nonempty(bytes, groups).is_ok(), !set.is_empty());
}

fn one_group(input: &[u8]) {
    let Some((capacity, bytes)) = input.split_first_chunk::<2>() else { return };
    let capacity = u16::from_be_bytes(*capacity);
    if let Ok(set) = SlotSet::decode(bytes, capacity) {
        assert_eq!(set.encode(), bytes, "a set has one encoding");
        assert_eq!(set.iter().count(), set.len());
        assert_eq!(SlotSet::from_slots(capacity, set.iter()).as_ref(), Ok(&set), "its members make the set");
        assert_eq!(SlotSet::decode_nonempty(bytes, capacity).is_ok(), !set.is_empty());
    }
    if (1..=MAX_SLOTS).contains(&capacity) {
        let chosen = (1..=capacity).filter(|slot| {
            let at = usize::from(slot - 1);
            bytes.get(at / 8).is_some_and(|byte| byte >> (at % 8) & 1 == 1)
        });
        let set = SlotSet::from_slots(capacity, chosen).expect("slots of the group, each once");
        assert_eq!(SlotSet::decode(&set.encode(), capacity).as_ref(), Ok(&set), "what is written reads back");
        let other = SlotSet::full(capacity).expect("a capacity within the limits");
        let rest = set.symmetric_difference(&other).expect("sets of one group");
        assert_eq!(rest.len() + set.len(), usize::from(capacity));
    }
}
