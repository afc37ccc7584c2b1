//! Both ways of verification, side by side.

use rand_chacha::ChaCha20Rng;
use rand_core::{Rng, SeedableRng};

use super::{SecretKey, native, portable};
use crate::point::negate;
use crate::{POSSESSION_DST, PUBLIC_KEY_BYTES, SIGNATURE_BYTES, SIGNATURE_DST};

fn secrets() -> Vec<SecretKey> {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    (0..4).map(|_| SecretKey::generate(&mut rng).unwrap()).collect()
}

/// A compressed point and what it becomes by a change of one bit or of its length, with the identity and bytes of no point.
fn variants(good: &[u8]) -> Vec<Vec<u8>> {
    let mut all = vec![good.to_vec(), vec![], good[1..].to_vec(), [good, &[0]].concat(), vec![0; good.len()]];
    for (position, bit) in
        [(0, 0x80), (0, 0x40), (0, 0x20), (0, 0x10), (1, 1), (good.len() - 1, 1), (47, 0x80)]
    {
        let mut changed = good.to_vec();
        changed[position] ^= bit;
        all.push(changed);
    }
    let mut identity = vec![0; good.len()];
    identity[0] = 0xc0;
    all.push(identity);
    let mut rng = ChaCha20Rng::seed_from_u64(6);
    for _ in 0..20 {
        let mut bytes = vec![0; good.len()];
        rng.fill_bytes(&mut bytes);
        bytes[0] = 0x80 | bytes[0] & 0x2f;
        all.push(bytes);
    }
    all
}

#[test]
fn single_signatures_are_verified_alike() {
    let (secret, message) = (&secrets()[0], b"statement");
    let (key, signature) = (secret.public_key(), secret.sign(message));
    let both = |key: &[u8], message: &[u8], signature: &[u8], tag: &[u8]| {
        let outcome = native::verify(key, message, signature, tag);
        assert_eq!(portable::verify(key, message, signature, tag), outcome);
        outcome.is_ok()
    };
    assert!(both(&key, message, &signature, SIGNATURE_DST));
    assert!(!both(&key, b"another statement", &signature, SIGNATURE_DST));
    assert!(!both(&key, message, &signature, POSSESSION_DST));
    assert!(both(&key, b"key", &secret.prove_possession(b"key"), POSSESSION_DST));
    let accepted = variants(&key).iter().filter(|key| both(key, message, &signature, SIGNATURE_DST)).count();
    assert_eq!(accepted, 1);
    let accepted =
        variants(&signature).iter().filter(|other| both(&key, message, other, SIGNATURE_DST)).count();
    assert_eq!(accepted, 1);
}

#[test]
fn aggregates_over_different_messages_are_verified_alike() {
    let secrets = secrets();
    let messages: Vec<Vec<u8>> = (0..secrets.len()).map(|length| vec![7; length]).collect();
    let keys: Vec<[u8; PUBLIC_KEY_BYTES]> = secrets.iter().map(SecretKey::public_key).collect();
    let each: Vec<_> = secrets.iter().zip(&messages).map(|(secret, message)| secret.sign(message)).collect();
    let sum = native::aggregate(&each).unwrap();
    let mut signed: Vec<(&[u8; PUBLIC_KEY_BYTES], &[u8])> =
        keys.iter().zip(messages.iter().map(Vec::as_slice)).collect();
    let both = |signed: &[(&[u8; PUBLIC_KEY_BYTES], &[u8])], signature: &[u8]| {
        let outcome = native::verify_each(signed, signature, SIGNATURE_DST);
        assert_eq!(portable::verify_each(signed, signature, SIGNATURE_DST), outcome);
        outcome.is_ok()
    };
    assert!(both(&signed, &sum));
    assert!(!both(&signed[1..], &sum));
    assert_eq!(variants(&sum).iter().filter(|other| both(&signed, other)).count(), 1);
    signed[0].1 = b"another";
    assert!(!both(&signed, &sum));
}

#[test]
fn sums_have_the_same_bytes() {
    let secrets = secrets();
    let keys: Vec<[u8; PUBLIC_KEY_BYTES]> = secrets.iter().map(SecretKey::public_key).collect();
    let signatures: Vec<[u8; SIGNATURE_BYTES]> = secrets.iter().map(|secret| secret.sign(b"one")).collect();
    let cancelling = [keys[0], negate(&keys[0])];
    for keys in [&keys[..], &keys[..1], &[keys[0], keys[0]], &cancelling] {
        assert_eq!(portable::sum(keys), native::sum(keys));
        assert!(native::sum(keys).is_ok());
    }
    for count in 1..=signatures.len() {
        assert_eq!(portable::aggregate(&signatures[..count]), native::aggregate(&signatures[..count]));
    }
    for bad in variants(&keys[0]) {
        if let Ok(bad) = <[u8; PUBLIC_KEY_BYTES]>::try_from(bad) {
            assert_eq!(portable::sum(&[keys[1], bad]), native::sum(&[keys[1], bad]));
        }
    }
    for bad in variants(&signatures[0]) {
        if let Ok(bad) = <[u8; SIGNATURE_BYTES]>::try_from(bad) {
            let both = [signatures[1], bad];
            assert_eq!(portable::aggregate(&both), native::aggregate(&both));
        }
    }
}
