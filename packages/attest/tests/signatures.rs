//! Signatures: the same bytes hold natively and under a chain's host functions, and nothing else does.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_attest::bls::{self, BlsError, SecretKey};
use bithive_attest::host::{self, HostError};
use bithive_attest::{Consent, Domain, Reveal, Statement, possession_bytes};
use cosmwasm_std::testing::MockApi;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

const JOBS: Domain<'static> = Domain { chain_id: "bithive-1", contract: "bithive1jobs" };

fn keys(n: usize) -> Vec<SecretKey> {
    let mut rng = ChaCha20Rng::seed_from_u64(5);
    (0..n).map(|_| SecretKey::generate(&mut rng).unwrap()).collect()
}

fn identity_g1() -> [u8; 48] {
    let mut point = [0; 48];
    point[0] = 0xc0;
    point
}

fn identity_g2() -> [u8; 96] {
    let mut point = [0; 96];
    point[0] = 0xc0;
    point
}

/// A point of the curve outside the subgroup: x = 4 is on E(Fp), and the cofactor is not 1.
fn off_subgroup_g1() -> [u8; 48] {
    let mut point = [0; 48];
    point[0] = 0x80;
    point[47] = 4;
    point
}

fn statement_bytes(jobs: Domain<'_>, workers: &[[u8; 48]]) -> Vec<u8> {
    let statement = Statement {
        job_id: 9,
        round: 2,
        model: &[1; 32],
        input_commitment: &[2; 32],
        output: &[3; 32],
        masked: &[4; 8],
        workers,
        quorum: 0b101,
    };
    statement.sign_bytes(jobs)
}

#[test]
fn a_proof_of_possession_holds_only_for_its_key_account_and_registry() {
    let api = MockApi::default();
    let [key, other] = <[SecretKey; 2]>::try_from(keys(2)).ok().unwrap();
    let public = key.public_key();
    let message = possession_bytes(JOBS, "node1", &public);
    let proof = key.prove_possession(&message);
    bls::verify_possession(&public, &message, &proof).unwrap();
    host::verify_possession(&api, &public, &message, &proof).unwrap();

    let mismatch = Err(HostError::Mismatch("BLS proof of possession"));
    let of_other_account = possession_bytes(JOBS, "node2", &public);
    assert_eq!(host::verify_possession(&api, &public, &of_other_account, &proof), mismatch);
    let elsewhere = Domain { chain_id: "bithive-2", ..JOBS };
    let of_other_chain = possession_bytes(elsewhere, "node1", &public);
    assert_eq!(host::verify_possession(&api, &public, &of_other_chain, &proof), mismatch);
    assert_eq!(host::verify_possession(&api, &other.public_key(), &message, &proof), mismatch);
    // A signature over the same bytes is not a proof of possession.
    let signature = key.sign(&message);
    assert_eq!(host::verify_possession(&api, &public, &message, &signature), mismatch);
    assert_eq!(bls::verify_possession(&public, &message, &signature), Err(BlsError::Mismatch));
}

#[test]
fn a_rogue_key_has_no_proof_of_possession() {
    // The rogue key cancels the victim's: its holder could sign "for both", but can't prove possession.
    let api = MockApi::default();
    let [victim, attacker] = <[SecretKey; 2]>::try_from(keys(2)).ok().unwrap();
    let mut negated = victim.public_key();
    negated[0] ^= 0x20;
    let rogue = host::sum_keys(&api, &[attacker.public_key(), negated]).unwrap();
    let message = b"what the victim never signed";
    let forged = attacker.sign(message);
    bls::verify_aggregate(&[victim.public_key(), rogue], message, &forged).unwrap();

    let possession = possession_bytes(JOBS, "attacker", &rogue);
    let proof = attacker.prove_possession(&possession);
    assert!(host::verify_possession(&api, &rogue, &possession, &proof).is_err());
}

#[test]
fn malformed_keys_are_named() {
    let api = MockApi::default();
    let check = |bytes: &[u8]| host::check_g1(&api, "T", bytes);
    assert_eq!(check(&identity_g1()), Err(HostError::Identity("T")));
    assert!(matches!(check(&off_subgroup_g1()), Err(HostError::Point { what: "T", .. })));
    assert!(matches!(check(&[0; 47]), Err(HostError::Length { found: 47, expected: 48, .. })));
    assert!(matches!(check(&[0xff; 48]), Err(HostError::Point { .. } | HostError::Identity(_))));
    assert!(check(&keys(1)[0].public_key()).is_ok());
    assert_eq!(bls::verify(&identity_g1(), b"m", &keys(1)[0].sign(b"m")), Err(BlsError::PublicKey));
    assert_eq!(bls::verify(&off_subgroup_g1(), b"m", &keys(1)[0].sign(b"m")), Err(BlsError::PublicKey));
}

#[test]
fn a_statement_verifies_for_the_cached_sum_minus_absentees() {
    let api = MockApi::default();
    let keys = keys(5);
    let publics: Vec<[u8; 48]> = keys.iter().map(SecretKey::public_key).collect();
    let message = statement_bytes(JOBS, &publics);
    let full = host::sum_keys(&api, &publics).unwrap();
    let signed: Vec<[u8; 96]> = [0, 2, 4].iter().map(|i| keys[*i].sign(&message)).collect();
    let signature = bls::aggregate(&signed).unwrap();

    host::verify_statement(&api, &full, &[publics[1], publics[3]], &message, &signature).unwrap();
    bls::verify_aggregate(&[publics[0], publics[2], publics[4]], &message, &signature).unwrap();

    let what = "BLS signature of the statement";
    let verify = |absent: &[[u8; 48]], message: &[u8], signature: &[u8]| {
        host::verify_statement(&api, &full, absent, message, signature)
    };
    assert_eq!(verify(&[publics[1]], &message, &signature), Err(HostError::Mismatch(what)));
    assert_eq!(verify(&[publics[1], publics[3]], b"else", &signature), Err(HostError::Mismatch(what)));
    assert_eq!(verify(&[publics[1], publics[3]], &message, &identity_g2()), Err(HostError::Identity(what)));
    assert!(matches!(verify(&[], &message, &signature[..95]), Err(HostError::Length { .. })));
    assert_eq!(
        verify(&publics, &message, &signature),
        Err(HostError::Identity("sum of the signers' BLS keys"))
    );
}

#[test]
fn consents_verify_each_for_its_own_ask() {
    let api = MockApi::default();
    let keys = keys(3);
    let consent =
        |slot: u16, ask: u128| Consent { job_id: 4, round: 1, account: "node", slot, ask }.sign_bytes(JOBS);
    let messages: Vec<Vec<u8>> = (1u16..=3).map(|slot| consent(slot, u128::from(slot) * 10)).collect();
    let signatures: Vec<[u8; 96]> = keys.iter().zip(&messages).map(|(key, m)| key.sign(m)).collect();
    let aggregate = bls::aggregate(&signatures).unwrap();
    let mut signed: Vec<([u8; 48], Vec<u8>)> = keys.iter().map(SecretKey::public_key).zip(messages).collect();
    host::verify_consents(&api, &signed, &aggregate).unwrap();
    signed[1].1 = consent(2, 21);
    assert!(host::verify_consents(&api, &signed, &aggregate).is_err());
}

#[test]
fn sign_bytes_are_what_the_golden_vectors_say() {
    let statement = statement_bytes(JOBS, &[[5; 48], [6; 48]]);
    let consent = Consent { job_id: 1, round: 1, account: "node", slot: 2, ask: 3 }.sign_bytes(JOBS);
    let reveal = Reveal {
        job_id: 1,
        round: 1,
        account: "node",
        masked: &[1, 2, 3, 4],
        output: &[5; 32],
        nonce: &[6; 32],
    };
    let golden = include_str!("vectors/sign_bytes.txt");
    let found = format!(
        "statement {}\nconsent {}\npossession {}\ncommitment {}\n",
        hex::encode(statement),
        hex::encode(consent),
        hex::encode(possession_bytes(JOBS, "node", &[7; 48])),
        hex::encode(reveal.commitment(JOBS)),
    );
    assert_eq!(found, golden, "sign bytes are an interface: a change needs a new version tag");
}

#[test]
fn a_commitment_binds_every_part() {
    let base = Reveal {
        job_id: 1,
        round: 1,
        account: "a",
        masked: &[1, 2, 3, 4],
        output: &[5; 32],
        nonce: &[6; 32],
    };
    let others = [
        Reveal { job_id: 2, ..base },
        Reveal { round: 2, ..base },
        Reveal { account: "b", ..base },
        Reveal { masked: &[1, 2, 3, 5], ..base },
        Reveal { output: &[4; 32], ..base },
        Reveal { nonce: &[7; 32], ..base },
    ];
    for other in others {
        assert_ne!(base.commitment(JOBS), other.commitment(JOBS));
    }
    assert_ne!(base.commitment(JOBS), base.commitment(Domain { contract: "else", ..JOBS }));
}
