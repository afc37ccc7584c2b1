//! Signatures: what verifies, and how errors name what is wrong. `refusals.rs` has the rest of what does not.

use crate::common::{JOBS, keys, point, statement};
use bithive_attest::bls::{self, SecretKey};
use bithive_attest::host::{self, HostError};
use bithive_attest::{Consent, Domain, Reveal};
use cosmwasm_std::testing::MockApi;

fn statement_bytes(jobs: Domain<'_>, workers: &[[u8; 48]]) -> Vec<u8> {
    statement(workers).sign_bytes(jobs)
}

#[test]
fn malformed_keys_are_named() {
    let api = MockApi::default();
    let check = |bytes: &[u8]| host::check_g1(&api, "T", bytes);
    assert_eq!(check(&point::<48>(0xc0, 0)), Err(HostError::Identity("T")));
    assert!(matches!(check(&point::<48>(0x80, 4)), Err(HostError::Point { what: "T", .. })));
    assert!(matches!(check(&[0; 47]), Err(HostError::Length { found: 47, expected: 48, .. })));
    assert!(matches!(check(&[0xff; 48]), Err(HostError::Point { .. } | HostError::Identity(_))));
    assert!(check(&keys(1)[0].public_key()).is_ok());
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
    assert_eq!(
        verify(&[publics[1], publics[3]], &message, &point::<96>(0xc0, 0)),
        Err(HostError::Identity(what))
    );
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
