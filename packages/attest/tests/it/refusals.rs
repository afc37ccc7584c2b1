//! What has to be refused: replays, wrong purposes, malformed points, keys and signatures that are counted twice.

use crate::common::{
    JOBS, ORDER_3, check, check_consents, check_possession, check_statement, keys, order_13, point,
    possession_of, publics, statement, sum_keys,
};
use bithive_attest::bls::{self, BlsError};
use bithive_attest::{Consent, Domain, Statement, possession_bytes};

const ELSEWHERE: [Domain<'static>; 2] =
    [Domain { chain_id: "bithive-2", ..JOBS }, Domain { contract: "bithive1registry", ..JOBS }];

const CONSENT: Consent<'static> = Consent { job_id: 4, round: 1, account: "node", slot: 2, ask: 10 };

#[test]
fn a_consent_is_for_one_chain_contract_job_round_account_slot_and_ask() {
    let key = &keys(1)[0];
    let signature = key.sign(&CONSENT.sign_bytes(JOBS));
    let verify = |message: Vec<u8>| {
        let alone = check(&key.public_key(), &message, &signature);
        assert_eq!(check_consents(&[(key.public_key(), message)], &signature), alone);
        alone
    };
    verify(CONSENT.sign_bytes(JOBS)).unwrap();
    let replays = [
        Consent { job_id: 5, ..CONSENT }.sign_bytes(JOBS),
        Consent { round: 2, ..CONSENT }.sign_bytes(JOBS),
        Consent { account: "other", ..CONSENT }.sign_bytes(JOBS),
        Consent { slot: 3, ..CONSENT }.sign_bytes(JOBS),
        Consent { ask: 11, ..CONSENT }.sign_bytes(JOBS),
        CONSENT.sign_bytes(ELSEWHERE[0]),
        CONSENT.sign_bytes(ELSEWHERE[1]),
    ];
    for replay in replays {
        assert_eq!(verify(replay), Err(BlsError::Mismatch));
    }
}

#[test]
fn a_statement_is_for_one_chain_contract_job_round_and_outcome() {
    let keys = keys(3);
    let workers = publics(&keys);
    let full_key = sum_keys(&workers).unwrap();
    let base = statement(&workers);
    let message = base.sign_bytes(JOBS);
    let signature = bls::aggregate(&[keys[0].sign(&message), keys[2].sign(&message)]).unwrap();
    let verify = |message: &[u8]| check_statement(&full_key, &workers[1..2], message, &signature);
    verify(&message).unwrap();
    let reversed: Vec<[u8; 48]> = workers.iter().rev().copied().collect();
    let replays = [
        Statement { job_id: 10, ..base },
        Statement { round: 3, ..base },
        Statement { model: &[0; 32], ..base },
        Statement { input_commitment: &[0; 32], ..base },
        Statement { output: &[0; 32], ..base },
        Statement { masked: &[0; 8], ..base },
        Statement { masked: &[4; 4], ..base },
        Statement { workers: &reversed, ..base },
        Statement { workers: &workers[..2], ..base },
        Statement { quorum: 0b111, ..base },
    ];
    for replay in replays {
        assert_eq!(verify(&replay.sign_bytes(JOBS)), Err(BlsError::Mismatch));
    }
    for elsewhere in ELSEWHERE {
        assert_eq!(verify(&base.sign_bytes(elsewhere)), Err(BlsError::Mismatch));
    }
}

#[test]
fn a_proof_of_possession_is_for_one_registry_account_and_key() {
    let keys = keys(2);
    let public = keys[0].public_key();
    let proof = keys[0].prove_possession(&possession_of("node1", &keys[0]));
    check_possession(&public, &possession_of("node1", &keys[0]), &proof).unwrap();
    let replays = [
        possession_of("node2", &keys[0]),
        possession_of("node1", &keys[1]),
        possession_bytes(ELSEWHERE[0], "node1", &public),
        possession_bytes(ELSEWHERE[1], "node1", &public),
    ];
    for replay in replays {
        assert_eq!(check_possession(&public, &replay, &proof), Err(BlsError::Mismatch));
        assert_eq!(check_possession(&keys[1].public_key(), &replay, &proof), Err(BlsError::Mismatch));
    }
}

#[test]
fn a_signature_is_no_proof_of_possession_and_a_proof_is_no_signature() {
    let key = &keys(1)[0];
    let message = possession_of("node", key);
    let (signature, proof) = (key.sign(&message), key.prove_possession(&message));
    check(&key.public_key(), &message, &signature).unwrap();
    assert_eq!(check_possession(&key.public_key(), &message, &signature), Err(BlsError::Mismatch));
    assert_eq!(check(&key.public_key(), &message, &proof), Err(BlsError::Mismatch));
}

#[test]
fn a_rogue_key_would_verify_but_has_no_proof_of_possession() {
    let keys = keys(2);
    let (victim, attacker) = (&keys[0], &keys[1]);
    let mut negated = victim.public_key();
    negated[0] ^= 0x20;
    let rogue = sum_keys(&[attacker.public_key(), negated]).unwrap();
    let message = b"what the victim never signed";
    let forged = attacker.sign(message);
    let both = sum_keys(&[victim.public_key(), rogue]).unwrap();
    check_statement(&both, &[], message, &forged).unwrap();

    let possession = possession_bytes(JOBS, "attacker", &rogue);
    let attempts = [
        attacker.prove_possession(&possession),
        attacker.prove_possession(&possession_of("attacker", attacker)),
        victim.prove_possession(&possession_of("victim", victim)),
    ];
    for proof in attempts {
        assert_eq!(check_possession(&rogue, &possession, &proof), Err(BlsError::Mismatch));
    }
}

#[test]
fn keys_of_small_subgroups_the_identity_and_other_encodings_are_refused_everywhere() {
    let key = &keys(1)[0];
    let (public, signature) = (key.public_key(), key.sign(b"m"));
    let mut uncompressed = public;
    uncompressed[0] &= 0x7f;
    let malformed = [
        point(0xc0, 0),
        point(0xe0, 0),
        ORDER_3,
        // (0, -2), on the curve outside the subgroup, not on the curve.
        point(0xa0, 0),
        point(0x80, 4),
        point(0x80, 1),
        uncompressed,
        [0; 48],
        [0xff; 48],
    ];
    for bad in malformed {
        assert_eq!(check(&bad, b"m", &signature), Err(BlsError::PublicKey));
        assert_eq!(check_possession(&bad, b"m", &signature), Err(BlsError::PublicKey));
        assert_eq!(sum_keys(&[public, bad]), Err(BlsError::PublicKey));
        assert_eq!(check_statement(&public, &[bad], b"m", &signature), Err(BlsError::PublicKey));
        assert_eq!(check_statement(&bad, &[], b"m", &signature), Err(BlsError::PublicKey));
        let signed = [(public, b"m".to_vec()), (bad, b"n".to_vec())];
        assert_eq!(check_consents(&signed, &signature), Err(BlsError::PublicKey));
    }
    for length in [0, 47] {
        assert_eq!(check(&public[..length], b"m", &signature), Err(BlsError::PublicKey));
    }
    assert_eq!(check(&[0; 96], b"m", &signature), Err(BlsError::PublicKey));
}

#[test]
fn signatures_of_small_subgroups_the_identity_and_other_encodings_are_refused_everywhere() {
    let key = &keys(1)[0];
    let (public, signature) = (key.public_key(), key.sign(b"m"));
    let mut uncompressed = signature;
    uncompressed[0] &= 0x7f;
    for bad in [point(0xc0, 0), point(0xe0, 0), order_13(), uncompressed, [0; 96], [0xff; 96]] {
        assert_eq!(check(&public, b"m", &bad), Err(BlsError::Signature));
        assert_eq!(check_possession(&public, b"m", &bad), Err(BlsError::Signature));
        assert_eq!(check_statement(&public, &[], b"m", &bad), Err(BlsError::Signature));
        assert_eq!(check_consents(&[(public, b"m".to_vec())], &bad), Err(BlsError::Signature));
    }
    // The identity decodes as a point, so it adds up to what was there; it verifies for nobody (above).
    for bad in [order_13(), uncompressed, [0xff; 96]] {
        assert_eq!(bls::aggregate(&[signature, bad]), Err(BlsError::Signature));
    }
    for length in [0, 48, 95] {
        assert_eq!(check(&public, b"m", &signature[..length]), Err(BlsError::Signature));
    }
    assert_eq!(bls::aggregate(&[]), Err(BlsError::Empty));
}

#[test]
fn nobody_counts_twice() {
    let keys = keys(3);
    let workers = publics(&keys);
    let twice = [workers[0], workers[1], workers[0]];
    assert_eq!(sum_keys(&twice), Err(BlsError::Duplicate(2)));
    let message = b"outcome";
    let [a, b, c] = [0, 1, 2].map(|worker: usize| keys[worker].sign(message));
    // One worker's signature, added twice, is neither its own nor that of two.
    let doubled = bls::aggregate(&[a, a]).unwrap();
    assert_eq!(
        bls::verify_aggregate(&[workers[0], workers[0]], message, &doubled),
        Err(BlsError::Duplicate(1))
    );
    assert_eq!(bls::verify_aggregate(&workers[..2], message, &doubled), Err(BlsError::Mismatch));
    assert_eq!(check(&workers[0], message, &doubled), Err(BlsError::Mismatch));
    // An absentee is taken off once, and is one of the set.
    let full_key = sum_keys(&workers).unwrap();
    let of_two = bls::aggregate(&[a, b]).unwrap();
    check_statement(&full_key, &workers[2..], message, &of_two).unwrap();
    let refused = Err(BlsError::Mismatch);
    assert_eq!(check_statement(&full_key, &[workers[2], workers[2]], message, &of_two), refused);
    let stranger = crate::common::keys(4)[3].public_key();
    assert_eq!(check_statement(&full_key, &[workers[2], stranger], message, &of_two), refused);
    let of_three = bls::aggregate(&[a, b, c]).unwrap();
    assert_eq!(check_statement(&full_key, &workers[2..], message, &of_three), refused);
}

#[test]
fn an_empty_set_signs_nothing() {
    let keys = keys(2);
    let workers = publics(&keys);
    let full_key = sum_keys(&workers).unwrap();
    let signature = keys[0].sign(b"m");
    assert_eq!(sum_keys(&[]), Err(BlsError::Empty));
    assert_eq!(check_statement(&full_key, &workers, b"m", &signature), Err(BlsError::PublicKey));
    assert_eq!(check_statement(&full_key, &workers, b"m", &point::<96>(0xc0, 0)), Err(BlsError::PublicKey));
    assert_eq!(check_consents(&[], &signature), Err(BlsError::Empty));
    let mut negated = workers[0];
    negated[0] ^= 0x20;
    assert_eq!(sum_keys(&[workers[0], negated]), Err(BlsError::PublicKey));
}
