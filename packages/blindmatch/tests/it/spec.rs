//! The stored known answers follow from what `vectors/README.md` says, computed here from their inputs with hashes,
//! the group and HPKE, and nothing of the library: as another language would.

use std::collections::BTreeSet;

use crate::formulas::{array, bytes, committee, evaluation, number, public, rows, sealed, sha256, sha512};
use curve25519_dalek::{RistrettoPoint, Scalar, ristretto::CompressedRistretto};
use serde_json::Value;

fn stored() -> Value {
    let path = "tests/vectors/blindmatch.json";
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

/// Compares field by field, so that a failure names one.
fn assert_same(path: &str, found: &Value, expected: &Value) {
    match (found, expected) {
        (Value::Object(a), Value::Object(b)) => {
            let names = |map: &serde_json::Map<String, Value>| map.keys().cloned().collect::<BTreeSet<_>>();
            assert_eq!(names(a), names(b), "{path}");
            a.iter().for_each(|(name, value)| assert_same(&format!("{path}.{name}"), value, &b[name]));
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{path}");
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                assert_same(&format!("{path}[{place}]"), a, b);
            }
        }
        _ => assert_eq!(found, expected, "{path}"),
    }
}

fn check_each(section: &str, formula: impl Fn(&Value, &Value) -> Value) {
    let all = stored();
    let cases: Vec<&Value> = match &all[section] {
        Value::Array(cases) => cases.iter().collect(),
        Value::Object(cases) => cases.values().collect(),
        _ => panic!("no section {section}"),
    };
    cases.iter().for_each(|case| assert_same(section, case, &formula(&all, case)));
}

fn check(section: &str, formula: impl Fn(&Value, &Value) -> Value) {
    let all = stored();
    assert_same(section, &all[section], &formula(&all, &all[section]));
}

#[test]
fn schemas_are_hashed_part_by_part() {
    check_each("schemas", |_, case| public::schema(case));
}

#[test]
fn attributes_are_answers_to_the_slots_and_a_commitment() {
    check_each("attributes", public::attributes);
}

#[test]
fn samples_take_the_bits_at_places_that_the_schema_draws() {
    check("samples", public::samples);
}

#[test]
fn a_thermometer_has_a_bit_for_each_quantile() {
    check("thermometer", |_, case| public::thermometer(case));
}

#[test]
fn policies_become_json_and_trees_of_templates() {
    check_each("policies", public::policy);
}

#[test]
fn seeds_keys_commitments_and_the_table_follow_from_contributions() {
    check("committee", |_, case| committee::section(case));
}

#[test]
fn requests_answers_and_tags_follow_from_inputs_and_random_bytes() {
    check_each("evaluations", evaluation::section);
}

#[test]
fn the_requesters_key_follows_from_its_random_bytes() {
    check("requester", |_, case| sealed::requester(case));
}

#[test]
fn vaults_and_match_keys_follow_from_trees_tags_and_random_bytes() {
    check_each("vaults", sealed::vault);
}

#[test]
fn the_claim_is_its_body_and_mac_sealed() {
    check("claim", sealed::claim);
}

#[test]
fn the_ledger_is_its_charges_in_order() {
    check("quota", |_, case| committee::quota(case));
}

fn point(value: &Value) -> RistrettoPoint {
    CompressedRistretto(array(value)).decompress().unwrap()
}

fn scalar(value: &Value) -> Scalar {
    Scalar::from_canonical_bytes(array(value)).unwrap()
}

/// The verifier's side: A_s and B from the challenge, the responses, and public values only.
#[test]
fn the_stored_proofs_hold_for_the_stored_share_keys() {
    let all = stored();
    for section in all["evaluations"].as_object().unwrap().values() {
        for answer in rows(&section["answers"]) {
            let (challenge, member) = (scalar(&answer["challenge"]), number::<usize>(&answer["member"]));
            let mut slots: Vec<usize> =
                rows(&section["inputs"]).iter().map(|input| number(&input["slot"])).collect();
            slots.sort_unstable();
            slots.dedup();
            let mut parts = bytes(&answer["statement"]);
            let mut last = RistrettoPoint::default();
            let proved = slots.iter().zip(rows(&answer["responses"])).zip(rows(&answer["combined_inputs"]));
            for ((slot, response), combined) in proved {
                let key = point(&all["committee"]["slot_keys"][*slot]["share_keys"][member - 1]);
                let commitment = RistrettoPoint::mul_base(&scalar(response)) - key * challenge;
                parts.extend(commitment.compress().to_bytes());
                last += point(combined) * scalar(response);
            }
            let weighted = rows(&answer["weights"]).iter().zip(order(section)).map(|(weight, input)| {
                let weight = Scalar::from(u128::from_le_bytes(array(weight)));
                point(&answer["evaluated"][input]) * weight
            });
            last -= weighted.sum::<RistrettoPoint>() * challenge;
            parts.extend(last.compress().to_bytes());
            assert_eq!(Scalar::from_bytes_mod_order_wide(&sha512("dleq-challenge", &parts)), challenge);
        }
    }
}

/// Places of the inputs by slot, and by place in one slot: the order of weights.
fn order(section: &Value) -> Vec<usize> {
    let mut places: Vec<usize> = (0..rows(&section["inputs"]).len()).collect();
    places.sort_by_key(|place| section["inputs"][*place]["slot"].as_u64());
    places
}

/// The contributor's side: its own tag of a leaf's slot unmasks the leaf if it has the value that is asked for.
#[test]
fn the_contributors_own_tags_open_the_stored_vaults() {
    let all = stored();
    let own = rows(&all["evaluations"]["contributor"]["tags"]);
    for vault in rows(&all["vaults"]) {
        let head = bytes(&vault["head"]);
        let unmasked = sealed::leaves(&vault["tree"]).into_iter().enumerate().map(|(number, leaf)| {
            let tag = own.iter().find(|tag| tag["slot"] == leaf["slot"]).unwrap();
            let mask = sealed::mask(&array(&tag["tag"]), &head, number);
            let share = sealed::plus(&bytes(&vault["masked"][number]), &mask);
            let agrees = leaf.get("value") == Some(&tag["value"]);
            assert_eq!(share == bytes(&vault["shares"][number]), agrees);
            agrees.then_some(share)
        });
        let secret = sealed::join(&vault["tree"], &mut unmasked.collect::<Vec<_>>().into_iter()).unwrap();
        assert_eq!(secret, bytes(&vault["secret"]));
        assert_eq!(secret[..8], [0; 8]);
    }
}

/// Whoever knows K, which nobody does, has the tag without blinding or committee.
#[test]
fn the_stored_tags_are_those_of_the_slots_whole_keys() {
    let all = stored();
    let epoch = number::<u64>(&all["committee"]["epoch"]).to_be_bytes();
    for section in all["evaluations"].as_object().unwrap().values() {
        for input in rows(&section["inputs"]) {
            let slot: u16 = number(&input["slot"]);
            let key = scalar(&all["committee"]["slot_keys"][usize::from(slot)]["key"]);
            let evaluated = (point(&input["point"]) * key).compress().to_bytes();
            let tag = sha256("tag", &[&slot.to_be_bytes()[..], &epoch, &evaluated].concat());
            let stored = evaluation::tag_of(section, slot, input["value"].as_str().unwrap());
            assert_eq!(stored, tag);
        }
    }
}
