//! Known answers: parameters, encodings and keys that other implementations, and later versions of this one, have
//! to reproduce. To write them anew after a deliberate change, run this test with BITHIVE_WRITE_VECTORS=1.

use std::{fs, path::Path};

use crate::common::{CONTEXT, enrolled, noisy, rng};
use bithive_extractor::{HelperData, Profile};
use serde_json::{Value, json};

const FURTHER: &[u8] = b"a further context";

fn of_profile(profile: Profile) -> Value {
    let (reading, helper, key) = enrolled(profile, 100);
    let read = noisy(&reading, profile.noise(), &mut rng(101));
    let (further, further_key) = helper.extend(&read, CONTEXT, FURTHER, &mut rng(102)).unwrap();
    json!({
        "profile": profile.name(),
        "code_bits": profile.code_bits(),
        "dimension": profile.dimension(),
        "corrected_errors": profile.corrected_errors(),
        "repetition": profile.repetition(),
        "reading_bytes": profile.reading_bytes(),
        "helper_bytes": profile.helper_bytes(),
        "leakage_bits": profile.leakage_bits(),
        "least_min_entropy_rate_thousandths": profile.least_min_entropy_rate().thousandths(),
        "noise": profile.noise(),
        // Six digits: the last ones of a float depend on the order of the sum.
        "failure_probability": format!("{:.5e}", profile.failure_probability(profile.noise())),
        "context": hex::encode(CONTEXT),
        "reading": hex::encode(&reading),
        "noisy_reading": hex::encode(&read),
        "helper_data": hex::encode(helper.encode()),
        "key": hex::encode(key.as_bytes()),
        "commitment": hex::encode(key.commitment()),
        "further_context": hex::encode(FURTHER),
        "further_helper_data": hex::encode(further.encode()),
        "further_key": hex::encode(further_key.as_bytes()),
    })
}

fn stored() -> Vec<Value> {
    let path = Path::new("tests/vectors/extractor.json");
    if std::env::var_os("BITHIVE_WRITE_VECTORS").is_some() {
        let json = serde_json::to_string_pretty(&Profile::ALL.map(of_profile)).unwrap();
        fs::write(path, json + "\n").unwrap();
    }
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

#[test]
fn the_same_seeds_give_the_stored_values() {
    let stored = stored();
    assert_eq!(stored.len(), Profile::ALL.len());
    for (profile, stored) in Profile::ALL.into_iter().zip(stored) {
        assert_eq!(stored, of_profile(profile));
    }
}

#[test]
fn the_stored_helper_data_and_the_noisy_reading_give_the_stored_keys() {
    for stored in stored() {
        let bytes = |name: &str| hex::decode(stored[name].as_str().unwrap()).unwrap();
        for (helper, context, key) in
            [("helper_data", "context", "key"), ("further_helper_data", "further_context", "further_key")]
        {
            let helper = HelperData::decode(&bytes(helper)).unwrap();
            let found = helper.reproduce(&bytes("noisy_reading"), &bytes(context)).unwrap();
            assert_eq!(found.as_bytes().to_vec(), bytes(key));
        }
    }
}
