//! Scores as integers: of nodes, of diagnoses, of patients' activities.
//!
//! What the formulas call a number between 0 and 1 is a [`Bps`]. Products are rounded down after each factor, so a score is
//! never above what the formula gives.

use crate::{Bps, ratio::wide_share};

const UNIT: u128 = 1_000_000;

/// V = 0.3 stake + 0.4 contribution + 0.3 compliance: a node's score, 0 to 1.
#[must_use]
pub fn node(stake: Bps, contribution: Bps, compliance: Bps) -> Bps {
    weighted([(3_000, stake), (4_000, contribution), (3_000, compliance)])
}

/// Weights of a trust score do not make up the whole.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
#[error("the weights of the trust score sum to {found} basis points; expected exactly 10000")]
pub struct WeightError {
    /// Sum of the weights, in basis points.
    pub found: u32,
}

/// What a diagnosis is trusted for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Diagnosis {
    /// Quality of the data, D.
    pub quality: Bps,
    /// Confidence of the model, M.
    pub confidence: Bps,
    /// Agreement of the workers, H.
    pub consensus: Bps,
    /// Uncertainty, U: 0 for certain.
    pub uncertainty: Bps,
    /// Strength of the evidence, E.
    pub evidence: Bps,
}

/// T = alpha (D M) + beta H (1 - U) + gamma E: trust in a diagnosis, 0 to 1.
///
/// # Errors
/// [`WeightError`] if the weights alpha, beta, gamma don't sum to 10,000.
pub fn trust(weights: [u16; 3], diagnosis: &Diagnosis) -> Result<Bps, WeightError> {
    let found = weights.iter().map(|weight| u32::from(*weight)).sum();
    if found != u32::from(Bps::WHOLE.get()) {
        return Err(WeightError { found });
    }
    let Diagnosis { quality, confidence, consensus, uncertainty, evidence } = *diagnosis;
    let [alpha, beta, gamma] = weights;
    let certain = consensus.times(uncertainty.rest());
    Ok(weighted([(alpha, quality.times(confidence)), (beta, certain), (gamma, evidence)]))
}

/// What a machine did, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Work {
    /// Compute power, in MFLOPS.
    pub compute: u64,
    /// Electric power, in mW.
    pub energy: u64,
    /// Tasks that succeeded.
    pub successful: u64,
    /// All tasks; at least those that succeeded.
    pub total: u64,
    /// Part of the time that it was there, R.
    pub availability: Bps,
    /// Difficulty of the tasks, D, in 1/10,000.
    pub difficulty: u32,
}

/// E = (`P_compute` / `P_energy`) (`T_successful` / `T_total`) R D: efficiency in kFLOPS for each W, that is 10^-6 of a
/// GFLOPS for each W. 0 for a machine that used no energy or had no task; more than 2^64 - 1 counts as that.
#[must_use]
pub fn efficiency(work: &Work) -> u64 {
    // MFLOPS for each mW are GFLOPS for each W.
    let ratio = wide_share(u128::from(work.compute), UNIT, work.energy.into()).unwrap_or(0);
    let done = work.successful.min(work.total);
    let succeeded = wide_share(ratio, done.into(), work.total.into()).unwrap_or(0);
    let present = work.availability.of(succeeded);
    let weighed = wide_share(present, work.difficulty.into(), 10_000).unwrap_or(u128::MAX);
    u64::try_from(weighed).unwrap_or(u64::MAX)
}

/// What a patient is rewarded for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Activity {
    /// A regular health check-up.
    CheckUp,
    /// A day of chronic care.
    ChronicCare,
    /// A treatment cycle.
    TreatmentCycle,
    /// Education about health.
    Education,
    /// Sharing of data.
    DataSharing,
    /// Lending compute power.
    Compute,
}

impl Activity {
    /// Every activity, in the order of the source document's table.
    pub const ALL: [Self; 6] = [
        Self::CheckUp,
        Self::ChronicCare,
        Self::TreatmentCycle,
        Self::Education,
        Self::DataSharing,
        Self::Compute,
    ];

    /// Least and largest reward, in base units of BTT.
    #[must_use]
    pub const fn range(self) -> (u128, u128) {
        let (least, most) = match self {
            Self::CheckUp => (200, 600),
            Self::ChronicCare => (10, 30),
            Self::TreatmentCycle => (400, 1_500),
            Self::Education => (80, 200),
            Self::DataSharing => (150, 450),
            Self::Compute => (300, 2_500),
        };
        (UNIT.saturating_mul(least), UNIT.saturating_mul(most))
    }

    /// Whether [`Activity::range`] is for a day: then a patient has one reward for it a day, and no more.
    #[must_use]
    pub const fn is_daily(self) -> bool {
        matches!(self, Self::ChronicCare)
    }
}

/// Largest factor: 10, in 1/10,000.
pub const LARGEST_FACTOR: u32 = 100_000;

/// What a reward is computed from. Factors are in 1/10,000, at most [`LARGEST_FACTOR`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RewardInputs {
    /// Value of the activity, A, in base units of BTT.
    pub value: u128,
    /// Quality of the completion, C, in 1/10,000.
    pub completion: u32,
    /// Value of a consistent history, H, in base units of BTT.
    pub history: u128,
    /// Multiplier of time, T.
    pub time: u32,
    /// Adjustment to the person, P.
    pub adjustment: u32,
}

/// A factor out of bounds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
#[error("{field} is {found} in 1/10000; expected at most {LARGEST_FACTOR}")]
pub struct FactorError {
    /// Name of the factor.
    pub field: &'static str,
    /// Value found, in 1/10,000.
    pub found: u32,
}

/// R = A C + (H T) P in base units of BTT: 0 where it is below half of the activity's least, and within the activity's range
/// otherwise. Without that threshold, an activity that was not done at all would be paid the least.
///
/// # Errors
/// [`FactorError`], naming the factor.
pub fn reward(activity: Activity, inputs: &RewardInputs) -> Result<u128, FactorError> {
    let factors =
        [("completion", inputs.completion), ("time", inputs.time), ("adjustment", inputs.adjustment)];
    for (field, found) in factors {
        if found > LARGEST_FACTOR {
            return Err(FactorError { field, found });
        }
    }
    let times = |amount: u128, factor: u32| wide_share(amount, factor.into(), 10_000).unwrap_or(u128::MAX);
    let history = times(times(inputs.history, inputs.time), inputs.adjustment);
    let (least, most) = activity.range();
    let formula = times(inputs.value, inputs.completion).saturating_add(history);
    Ok(if formula < least / 2 { 0 } else { formula.clamp(least, most) })
}

/// Sum of parts with weights that sum to the whole, rounded down once.
fn weighted(parts: [(u16, Bps); 3]) -> Bps {
    let sum: u32 =
        parts.iter().map(|(weight, part)| u32::from(*weight).saturating_mul(part.get().into())).sum();
    // At most 10,000: the weights sum to the whole.
    Bps::new("score", u16::try_from(sum / 10_000).unwrap_or(u16::MAX)).unwrap_or(Bps::WHOLE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn bps(value: u16) -> Bps {
        Bps::new("test", value).unwrap()
    }

    #[test]
    fn a_node_of_full_marks_has_the_whole_score() {
        assert_eq!(node(Bps::WHOLE, Bps::WHOLE, Bps::WHOLE), Bps::WHOLE);
        assert_eq!(node(bps(5_000), bps(2_500), bps(10_000)), bps(1_500 + 1_000 + 3_000));
        assert_eq!(node(Bps::ZERO, Bps::ZERO, Bps::ZERO), Bps::ZERO);
    }

    #[test]
    fn trust_is_the_weighted_sum() {
        let diagnosis = Diagnosis {
            quality: bps(9_000),
            confidence: bps(8_000),
            consensus: bps(10_000),
            uncertainty: bps(2_500),
            evidence: bps(4_000),
        };
        assert_eq!(trust([5_000, 3_000, 2_000], &diagnosis).unwrap(), bps(3_600 + 2_250 + 800));
        assert_eq!(trust([5_000, 3_000, 1_999], &diagnosis), Err(WeightError { found: 9_999 }));
        // 75,536 is 10,000 in 16 bits.
        assert_eq!(trust([65_535, 10_001, 0], &diagnosis), Err(WeightError { found: 75_536 }));
    }

    #[test]
    fn efficiency_is_in_millionths_of_a_gflops_for_each_watt() {
        // 4.5 TFLOPS on 1000 W, 9 of 10 tasks, half of the time, difficulty 2.
        let work = Work {
            compute: 4_500_000,
            energy: 1_000_000,
            successful: 9,
            total: 10,
            availability: bps(5_000),
            difficulty: 20_000,
        };
        assert_eq!(efficiency(&work), 4_050_000);
        assert_eq!(efficiency(&Work { energy: 0, ..work }), 0);
        assert_eq!(efficiency(&Work { total: 0, ..work }), 0);
        assert_eq!(efficiency(&Work { successful: 11, ..work }), 4_500_000);
        let most = Work {
            compute: u64::MAX,
            energy: 1,
            successful: 1,
            total: 1,
            availability: Bps::WHOLE,
            difficulty: u32::MAX,
        };
        assert_eq!(efficiency(&most), u64::MAX);
    }

    #[test]
    fn a_reward_is_the_formula_within_its_range() {
        let inputs = RewardInputs {
            value: 300 * UNIT,
            completion: 9_000,
            history: 100 * UNIT,
            time: 15_000,
            adjustment: 8_000,
        };
        assert_eq!(reward(Activity::CheckUp, &inputs), Ok(270 * UNIT + 120 * UNIT));
        assert_eq!(reward(Activity::ChronicCare, &inputs), Ok(30 * UNIT));
        let of = |value, completion| RewardInputs { value, completion, history: 0, ..inputs };
        assert_eq!(reward(Activity::Compute, &of(150 * UNIT, 10_000)), Ok(300 * UNIT));
        let error = reward(Activity::CheckUp, &RewardInputs { time: 100_001, ..inputs }).unwrap_err();
        assert_eq!(error.to_string(), "time is 100001 in 1/10000; expected at most 100000");
    }

    #[test]
    fn an_activity_that_was_not_done_is_paid_nothing() {
        let inputs = RewardInputs { value: 300 * UNIT, completion: 0, history: 0, time: 0, adjustment: 0 };
        for activity in Activity::ALL {
            let (least, _) = activity.range();
            assert_eq!(reward(activity, &inputs), Ok(0));
            let half = RewardInputs { value: least / 2, completion: 10_000, ..inputs };
            assert_eq!(reward(activity, &half), Ok(least));
            assert_eq!(reward(activity, &RewardInputs { value: least / 2 - 1, ..half }), Ok(0));
        }
    }

    proptest! {
        #[test]
        fn no_input_leaves_the_range(
            index in 0usize..6, value: u128, history: u128, completion in 0..=LARGEST_FACTOR, time in 0..=LARGEST_FACTOR,
            adjustment in 0..=LARGEST_FACTOR,
        ) {
            let activity = Activity::ALL[index];
            let paid = reward(activity, &RewardInputs { value, completion, history, time, adjustment }).unwrap();
            let (least, most) = activity.range();
            prop_assert!(paid == 0 || (least..=most).contains(&paid));
        }

        #[test]
        fn a_better_node_has_no_lower_score(low in prop::array::uniform3(0u16..=10_000), add in prop::array::uniform3(0u16..=10_000)) {
            let score = |marks: [u16; 3]| { let [a, b, c] = marks.map(|mark| bps(mark.min(10_000))); node(a, b, c) };
            let high = [0, 1, 2].map(|index| low[index].saturating_add(add[index]));
            prop_assert!(score(low) <= score(high));
        }
    }
}
