//! The Internet checksum after a change of some of the words it covers (RFC 1624).

/// The checksum field `checksum` once `old` has become `new`. Both have the same length and begin at an even offset;
/// an odd last byte counts as the upper half of a word (RFC 1071).
#[must_use]
pub fn update(checksum: u16, old: &[u8], new: &[u8]) -> u16 {
    // Equation 3: HC' = ~(~HC + ~m + m'). Equation 4 of the older RFC 1141 gets a sum of zero wrong.
    let removed = words(old).map(|word| u64::from(!word));
    let added = words(new).map(u64::from);
    !fold(u64::from(!checksum) + removed.sum::<u64>() + added.sum::<u64>())
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u16> {
    bytes.chunks(2).map(|pair| match *pair {
        [high, low] => u16::from_be_bytes([high, low]),
        [high] => u16::from_be_bytes([high, 0]),
        _ => 0,
    })
}

/// Adds the carries back in until none is left.
fn fold(mut sum: u64) -> u16 {
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum as u16
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The checksum of all of it (RFC 1071).
    fn whole(bytes: &[u8]) -> u16 {
        !fold(words(bytes).map(u64::from).sum())
    }

    #[test]
    fn the_example_of_rfc_1624_gives_zero() {
        // Section 4: a header with checksum 0xDD2F, in which a word 0x5555 becomes 0x3285.
        assert_eq!(update(0xdd2f, &[0x55, 0x55], &[0x32, 0x85]), 0x0000);
    }

    proptest! {
        #[test]
        fn an_update_gives_what_summing_everything_gives(
            mut bytes in proptest::collection::vec(any::<u8>(), 2..200),
            at in any::<prop::sample::Index>(),
            new in proptest::collection::vec(any::<u8>(), 0..12),
        ) {
            // The rest is never all zeros: only then there are two ways to write the sum, and headers never are.
            bytes[0] |= 0x40;
            bytes.extend([0; 16]);
            let at = 2 + 2 * at.index(bytes.len() / 2 - 7);
            let before = whole(&bytes);
            let new = &new[..new.len() / 2 * 2];
            let old = bytes[at..at + new.len()].to_vec();
            bytes[at..at + new.len()].copy_from_slice(new);
            prop_assert_eq!(update(before, &old, new), whole(&bytes));
        }
    }
}
