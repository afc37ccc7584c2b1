//! Tiers of machines, and how far a machine's record bears out what it declares.

use crate::Bps;

/// Base units of one BTT.
const UNIT: u128 = 1_000_000;

/// What a machine declares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capability {
    /// Video memory, in GB.
    pub vram_gb: u16,
    /// Models that it runs in a day.
    pub models_per_day: u32,
    /// Compute power, in GFLOPS.
    pub gflops: u64,
    /// Electric power, in mW.
    pub milliwatts: u64,
}

/// A declaration out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
#[error("{field} is {found}; expected {least} to {most}")]
pub struct CapabilityError {
    /// Name of the field.
    pub field: &'static str,
    /// Value found, in the field's unit.
    pub found: u64,
    /// Least value allowed.
    pub least: u64,
    /// Largest value allowed.
    pub most: u64,
}

impl Capability {
    /// Refuses what no machine has: beyond 4 TB of memory, a model for each ms, an EFLOPS, a MW, or 1,000 TFLOPS/W.
    ///
    /// # Errors
    /// [`CapabilityError`], naming the field.
    pub fn checked(self) -> Result<Self, CapabilityError> {
        let within = |field, found: u64, most: u64| {
            if (1..=most).contains(&found) {
                Ok(())
            } else {
                Err(CapabilityError { field, found, least: 1, most })
            }
        };
        within("vram_gb", self.vram_gb.into(), 4_096)?;
        within("models_per_day", self.models_per_day.into(), 86_400_000)?;
        within("gflops", self.gflops, 1_000_000_000)?;
        within("milliwatts", self.milliwatts, 1_000_000_000)?;
        within("gflops for each W", self.gflops_per_watt(), 1_000_000)?;
        Ok(self)
    }

    /// GFLOPS for each W, rounded down.
    #[must_use]
    pub fn gflops_per_watt(&self) -> u64 {
        // Can't saturate within the bounds: 10^9 GFLOPS are 10^12 after the factor.
        self.gflops.saturating_mul(1_000).checked_div(self.milliwatts).unwrap_or(0)
    }
}

/// A tier; a higher one is more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tier {
    /// 8 GB, 60 models a day, 2.0 TFLOPS/W.
    T1,
    /// 16 GB, 130 models a day, 2.8 TFLOPS/W.
    T2,
    /// 24 GB, 280 models a day, 4.5 TFLOPS/W.
    T3,
    /// 24 GB, 800 models a day, 8.0 TFLOPS/W.
    T4,
}

/// What a tier asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Requirements {
    /// Least video memory, in GB. For T3 and T4, which state none, it is the most of T2.
    pub vram_gb: u16,
    /// Least models in a day.
    pub models_per_day: u32,
    /// Least GFLOPS for each W.
    pub gflops_per_watt: u64,
    /// Jobs that must have been settled with the machine in the quorum.
    pub settled: u64,
    /// Least reputation, 0 to 1.
    pub reputation: Bps,
    /// Least and largest earnings of a month that the tier is meant for, in base units of BTT.
    pub monthly: (u128, u128),
}

impl Tier {
    /// Every tier, the highest first.
    pub const ALL: [Self; 4] = [Self::T4, Self::T3, Self::T2, Self::T1];

    /// What it asks for.
    #[must_use]
    pub const fn requirements(self) -> Requirements {
        let (vram_gb, models_per_day, gflops_per_watt) = match self {
            Self::T1 => (8, 60, 2_000),
            Self::T2 => (16, 130, 2_800),
            Self::T3 => (24, 280, 4_500),
            Self::T4 => (24, 800, 8_000),
        };
        let (settled, reputation, least, most) = match self {
            Self::T1 => (0, Bps::ZERO, 900, 1_800),
            Self::T2 => (10, Bps::percent(50), 1_600, 3_800),
            Self::T3 => (50, Bps::percent(60), 3_500, 9_000),
            Self::T4 => (200, Bps::percent(70), 8_000, 20_000),
        };
        let monthly = (UNIT.saturating_mul(least), UNIT.saturating_mul(most));
        Requirements { vram_gb, models_per_day, gflops_per_watt, settled, reputation, monthly }
    }
}

/// The highest tier of which a declaration has everything.
#[must_use]
pub fn declared(capability: &Capability) -> Option<Tier> {
    Tier::ALL.into_iter().find(|tier| {
        let asked = tier.requirements();
        capability.vram_gb >= asked.vram_gb
            && capability.models_per_day >= asked.models_per_day
            && capability.gflops_per_watt() >= asked.gflops_per_watt
    })
}

/// The highest tier that is declared and that the record bears out: a declaration alone is T1 at most.
#[must_use]
pub fn verified(capability: &Capability, settled: u64, reputation: Bps) -> Option<Tier> {
    let declared = declared(capability)?;
    Tier::ALL.into_iter().find(|tier| {
        let asked = tier.requirements();
        *tier <= declared && settled >= asked.settled && reputation >= asked.reputation
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn machine(vram_gb: u16, models_per_day: u32, gflops_per_watt: u64) -> Capability {
        Capability { vram_gb, models_per_day, gflops: gflops_per_watt * 100, milliwatts: 100_000 }
    }

    #[test]
    fn each_line_of_the_table_is_its_tier_and_a_unit_less_is_not() {
        let lines = [
            (Tier::T1, 8, 60, 2_000),
            (Tier::T2, 16, 130, 2_800),
            (Tier::T3, 24, 280, 4_500),
            (Tier::T4, 24, 800, 8_000),
        ];
        for (tier, vram, models, efficiency) in lines {
            assert_eq!(declared(&machine(vram, models, efficiency)), Some(tier));
            for less in [
                machine(vram - 1, models, efficiency),
                machine(vram, models - 1, efficiency),
                machine(vram, models, efficiency - 1),
            ] {
                assert!(declared(&less) < Some(tier), "{less:?}");
            }
        }
    }

    #[test]
    fn a_tier_above_the_first_is_earned() {
        let best = machine(80, 1_000, 9_000);
        let of = |settled, reputation| verified(&best, settled, Bps::percent(reputation));
        assert_eq!(
            [of(0, 0), of(9, 100), of(10, 50), of(50, 59)],
            [Some(Tier::T1), Some(Tier::T1), Some(Tier::T2), Some(Tier::T2)]
        );
        assert_eq!(
            [of(50, 60), of(200, 70), of(u64::MAX, 69)],
            [Some(Tier::T3), Some(Tier::T4), Some(Tier::T3)]
        );
        assert_eq!(verified(&machine(7, 60, 2_000), u64::MAX, Bps::WHOLE), None);
    }

    #[test]
    fn machines_that_nobody_has_are_refused_by_name() {
        let refused = |capability: Capability| capability.checked().unwrap_err().field;
        let good = machine(8, 60, 2_000);
        assert_eq!(good.checked(), Ok(good));
        assert_eq!(refused(Capability { vram_gb: 0, ..good }), "vram_gb");
        assert_eq!(refused(Capability { models_per_day: 0, ..good }), "models_per_day");
        assert_eq!(refused(Capability { gflops: 1_000_000_001, ..good }), "gflops");
        assert_eq!(refused(Capability { milliwatts: 0, ..good }), "milliwatts");
        assert_eq!(refused(Capability { milliwatts: 1, ..good }), "gflops for each W");
    }

    proptest! {
        #[test]
        fn more_of_anything_is_no_lower_tier(
            vram in 1u16..100, models in 1u32..2_000, efficiency in 1u64..20_000, more in 0u16..50, settled in 0u64..400,
            reputation in 0u8..=100,
        ) {
            let (low, high) = (machine(vram, models, efficiency), machine(vram + more, models + u32::from(more), efficiency));
            prop_assert!(declared(&low) <= declared(&high));
            let reputation = Bps::percent(reputation);
            prop_assert!(verified(&low, settled, reputation) <= verified(&high, settled + u64::from(more), reputation));
            prop_assert!(verified(&low, settled, reputation) <= declared(&low));
        }
    }
}
