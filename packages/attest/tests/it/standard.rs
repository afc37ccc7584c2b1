//! The published vectors of the signature suite: another implementation's keys and signatures hold here.

use crate::common::{check, check_consents, fixed_of, hex_of, keys, rows, sum_keys};
use bithive_attest::bls::{self, BlsError, SecretKey};
use serde_json::Value;

fn vectors(section: &str) -> Vec<Value> {
    let all: Value = serde_json::from_str(include_str!("../vectors/bls_pop.json")).unwrap();
    rows(&all[section]).to_vec()
}

fn expected(case: &Value) -> bool {
    case["output"].as_bool().unwrap()
}

/// Keys of a case, if all of them have the length of a key.
fn keys_of(case: &Value) -> Vec<[u8; 48]> {
    rows(&case["input"]["pubkeys"]).iter().map(fixed_of).collect()
}

#[test]
fn single_signatures() {
    let cases = vectors("verify");
    assert_eq!(cases.len(), 29);
    for case in cases {
        let [key, message, signature] =
            ["pubkey", "message", "signature"].map(|field| hex_of(&case["input"][field]));
        assert_eq!(check(&key, &message, &signature).is_ok(), expected(&case), "{}", case["name"]);
    }
}

#[test]
fn signing_gives_the_published_signatures() {
    let all: Value = serde_json::from_str(include_str!("../vectors/bls_pop.json")).unwrap();
    let mut signed = 0;
    for secret in rows(&all["secret_keys"]) {
        let secret = SecretKey::from_bytes(&fixed_of(secret)).unwrap();
        for case in rows(&all["verify"]).iter().filter(|case| expected(case)) {
            if fixed_of(&case["input"]["pubkey"]) == secret.public_key() {
                let signature = secret.sign(&hex_of(&case["input"]["message"]));
                assert_eq!(signature.to_vec(), hex_of(&case["input"]["signature"]), "{}", case["name"]);
                signed += 1;
            }
        }
    }
    assert_eq!(signed, 9);
}

#[test]
fn aggregates_over_one_message() {
    let cases = vectors("fast_aggregate_verify");
    assert_eq!(cases.len(), 12);
    for case in cases {
        let (message, signature) = (hex_of(&case["input"]["message"]), hex_of(&case["input"]["signature"]));
        let keys = keys_of(&case);
        let native = bls::verify_aggregate(&keys, &message, &signature);
        let cached = sum_keys(&keys).and_then(|sum| check(&sum, &message, &signature));
        assert_eq!(native, cached, "{}", case["name"]);
        assert_eq!(native.is_ok(), expected(&case), "{}", case["name"]);
    }
}

#[test]
fn aggregates_over_a_message_each() {
    let cases = vectors("aggregate_verify");
    assert_eq!(cases.len(), 5);
    for case in cases {
        let messages = rows(&case["input"]["messages"]).iter().map(hex_of);
        let signed: Vec<_> = keys_of(&case).into_iter().zip(messages).collect();
        let signature = hex_of(&case["input"]["signature"]);
        assert_eq!(check_consents(&signed, &signature).is_ok(), expected(&case), "{}", case["name"]);
    }
}

#[test]
fn sums_of_signatures() {
    let cases = vectors("aggregate");
    assert_eq!(cases.len(), 6);
    for case in cases {
        let signatures: Vec<[u8; 96]> = rows(&case["input"]).iter().map(fixed_of).collect();
        match &case["output"] {
            Value::Null => assert_eq!(bls::aggregate(&signatures), Err(BlsError::Empty)),
            sum => assert_eq!(bls::aggregate(&signatures), Ok(fixed_of(sum)), "{}", case["name"]),
        }
    }
}

#[test]
fn encodings_of_keys() {
    let signature = keys(1)[0].sign(b"message");
    for case in vectors("deserialization_G1") {
        let key = hex_of(&case["input"]["pubkey"]);
        // The identity decodes, but is no key (KeyValidate of the same draft).
        let refused = !expected(&case) || case["name"].as_str().unwrap().contains("succeeds_infinity");
        let outcome = if refused { BlsError::PublicKey } else { BlsError::Mismatch };
        assert_eq!(check(&key, b"message", &signature), Err(outcome), "{}", case["name"]);
    }
}

#[test]
fn encodings_of_signatures() {
    let key = keys(1)[0].public_key();
    for case in vectors("deserialization_G2") {
        let signature = hex_of(&case["input"]["signature"]);
        // The identity decodes, but no message has it as its signature.
        let refused = !expected(&case) || case["name"].as_str().unwrap().contains("succeeds_infinity");
        let outcome = if refused { BlsError::Signature } else { BlsError::Mismatch };
        assert_eq!(check(&key, b"message", &signature), Err(outcome), "{}", case["name"]);
    }
}
