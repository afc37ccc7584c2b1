//! How a bond is cut for a fault.

use crate::Bps;

/// A cut of a bond. `burnt + treasury == taken`, and `taken + rest` is the bond before.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Slash {
    /// Amount taken: at most the bond.
    pub taken: u128,
    /// The part of it that is destroyed.
    pub burnt: u128,
    /// The part of it that the treasury receives.
    pub treasury: u128,
    /// Bond that is left.
    pub rest: u128,
}

/// Takes `amount` from `bond`, or all of it if it is less, and burns the share `burn` of what was taken,
/// rounded down; the rounding goes to the treasury.
#[must_use]
pub const fn slash(bond: u128, amount: u128, burn: Bps) -> Slash {
    let taken = if bond < amount { bond } else { amount };
    let burnt = burn.of(taken);
    // Can't saturate: burnt <= taken <= bond.
    Slash { taken, burnt, treasury: taken.saturating_sub(burnt), rest: bond.saturating_sub(taken) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bps(share: u16) -> Bps {
        Bps::new("burn", share).unwrap()
    }

    #[test]
    fn a_slash_takes_the_amount_and_burns_its_share() {
        assert_eq!(slash(1_000, 101, bps(5_000)), Slash { taken: 101, burnt: 50, treasury: 51, rest: 899 });
    }

    #[test]
    fn a_bond_below_the_amount_is_taken_whole() {
        assert_eq!(slash(30, 100, bps(10_000)), Slash { taken: 30, burnt: 30, treasury: 0, rest: 0 });
        assert_eq!(slash(0, 100, bps(5_000)), Slash { taken: 0, burnt: 0, treasury: 0, rest: 0 });
    }

    proptest! {
        #[test]
        fn a_slash_conserves_the_bond(bond in any::<u128>(), amount in any::<u128>(), share in 0u16..=10_000) {
            let slash = slash(bond, amount, bps(share));
            prop_assert!(slash.taken <= amount);
            prop_assert_eq!(slash.taken.checked_add(slash.rest), Some(bond));
            prop_assert_eq!(slash.burnt.checked_add(slash.treasury), Some(slash.taken));
            prop_assert!(slash.rest == 0 || slash.taken == amount);
        }
    }
}
