//! Helper data of enrolments, which anybody can see and change.

use std::sync::LazyLock;

use bithive_extractor::{ExtractorError, HelperData, Key, Profile, Source, enroll};
use rand_core::Rng;

use crate::broadcast::rng;
use crate::canonical;
use crate::memory::Budget;

/// A reading, its code words and the decoder's tables.
pub const BUDGET: Budget = Budget { fixed: 1 << 20, per_byte: 64 };

const CONTEXT: &[u8] = b"bithive-fuzz-1";

/// An enrolment with its reading.
pub struct Enrolment {
    /// What is published.
    pub helper: HelperData,
    key: Key,
    reading: Vec<u8>,
}

static ENROLMENTS: LazyLock<Vec<Enrolment>> = LazyLock::new(|| enrolments().expect("readings of fixed seed"));

/// An enrolment of every profile, the same in every run.
///
/// # Errors
/// None for the fixed seed.
pub fn enrolments() -> Result<Vec<Enrolment>, ExtractorError> {
    let mut rng = rng();
    let mut enrol = |profile: Profile| {
        let mut reading = vec![0; profile.reading_bytes()];
        rng.fill_bytes(&mut reading);
        let source = Source { min_entropy_rate: profile.least_min_entropy_rate(), earlier: &[] };
        let (helper, key) = enroll(profile, source, &reading, CONTEXT, &mut rng)?;
        Ok(Enrolment { helper, key, reading })
    };
    Profile::ALL.into_iter().map(&mut enrol).collect()
}

/// The input is helper data, used with the reading of its profile.
pub fn check(bytes: &[u8]) {
    let Some(helper) = canonical(bytes, HelperData::decode, HelperData::encode) else { return };
    for enrolment in &*ENROLMENTS {
        let Ok(key) = helper.reproduce(&enrolment.reading, CONTEXT) else { continue };
        assert_eq!(helper, enrolment.helper, "changed helper data gives no key");
        assert_eq!(key.as_bytes(), enrolment.key.as_bytes(), "a reading gives one key");
    }
}
