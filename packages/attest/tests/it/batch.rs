//! One aggregate over many statements: what it shows, and what it does not let through.

use crate::common::{JOBS, check_statements, keys, order_13, point, publics, statement, sum_keys};
use bithive_attest::bls::{self, BlsError, SecretKey};
use bithive_attest::{Attested, Statement};
use proptest::prelude::*;

/// A statement of job `job_id` by `workers`, of whom those in `absent` do not sign, and the signatures of the others.
fn attested(job_id: u64, workers: &[SecretKey], absent: &[usize]) -> (Attested, Vec<[u8; 96]>) {
    let keys = publics(workers);
    let message = Statement { job_id, ..statement(&keys) }.sign_bytes(JOBS);
    let signs = |index: &usize| !absent.contains(index);
    let signatures = (0..workers.len()).filter(signs).map(|index| workers[index].sign(&message)).collect();
    let absent = absent.iter().map(|index| keys[*index]).collect();
    (Attested { full_key: sum_keys(&keys).unwrap(), absent, message }, signatures)
}

/// Three jobs by workers of whom some work on several, and one aggregate over all.
fn batch() -> (Vec<Attested>, Vec<[u8; 96]>) {
    let keys = keys(5);
    let (statements, signatures): (Vec<_>, Vec<_>) =
        [attested(1, &keys[..3], &[]), attested(2, &keys[..3], &[1]), attested(3, &keys[2..], &[0])]
            .into_iter()
            .unzip();
    (statements, signatures.concat())
}

#[test]
fn one_aggregate_attests_many_statements_by_different_signers() {
    let (statements, signatures) = batch();
    check_statements(&statements, &bls::aggregate(&signatures).unwrap()).unwrap();
}

#[test]
fn a_batch_of_one_is_a_statement() {
    let keys = keys(3);
    let (one, signatures) = attested(1, &keys, &[2]);
    let signature = bls::aggregate(&signatures).unwrap();
    bls::verify_statement(&one.full_key, &one.absent, &one.message, &signature).unwrap();
    check_statements(&[one], &signature).unwrap();
}

#[test]
fn every_statement_and_every_signer_counts() {
    let (statements, signatures) = batch();
    let aggregate = bls::aggregate(&signatures).unwrap();
    for left_out in 0..statements.len() {
        let mut fewer = statements.clone();
        fewer.remove(left_out);
        assert_eq!(check_statements(&fewer, &aggregate), Err(BlsError::Mismatch));
    }
    for left_out in 0..signatures.len() {
        let mut fewer = signatures.clone();
        fewer.remove(left_out);
        let aggregate = bls::aggregate(&fewer).unwrap();
        assert_eq!(check_statements(&statements, &aggregate), Err(BlsError::Mismatch));
    }
}

#[test]
fn a_signature_does_not_count_for_another_statement() {
    let (mut statements, signatures) = batch();
    let aggregate = bls::aggregate(&signatures).unwrap();
    let message = statements[0].message.clone();
    statements[0].message = std::mem::replace(&mut statements[1].message, message);
    assert_eq!(check_statements(&statements, &aggregate), Err(BlsError::Mismatch));
}

#[test]
fn nobody_attests_nothing() {
    let (_, signatures) = batch();
    assert_eq!(check_statements(&[], &signatures[0]), Err(BlsError::Empty));
}

#[test]
fn malformed_points_anywhere_are_refused() {
    let (statements, signatures) = batch();
    let aggregate = bls::aggregate(&signatures).unwrap();
    for signature in [&point::<96>(0xc0, 0)[..], &order_13(), &[0; 96], &[0; 95]] {
        assert_eq!(check_statements(&statements, signature), Err(BlsError::Signature));
    }
    for index in 0..statements.len() {
        let mut malformed = statements.clone();
        malformed[index].full_key = point(0x80, 4);
        assert_eq!(check_statements(&malformed, &aggregate), Err(BlsError::PublicKey));
        malformed[index].full_key = point(0xc0, 0);
        assert_eq!(check_statements(&malformed, &aggregate), Err(BlsError::PublicKey));
    }
}

#[test]
fn a_statement_by_nobody_is_refused() {
    let keys = keys(3);
    let (mut statements, signatures) = batch();
    statements[0].absent = publics(&keys);
    let aggregate = bls::aggregate(&signatures[3..]).unwrap();
    assert_eq!(check_statements(&statements, &aggregate), Err(BlsError::PublicKey));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_batch_holds_and_no_forgery_of_one_of_its_signatures_does(
        jobs in proptest::collection::vec((0usize..3, 0usize..4), 1..6),
        forged in any::<prop::sample::Index>(),
    ) {
        let keys = keys(5);
        // Worker `absent` of the three does not sign; 3 is nobody.
        let of = |(job_id, (first, absent)): (u64, &(usize, usize))| {
            let absent: Vec<usize> = (0..3).filter(|index| index == absent).collect();
            attested(job_id, &keys[*first..first + 3], &absent)
        };
        let (statements, signatures): (Vec<_>, Vec<_>) = (1u64..).zip(&jobs).map(of).unzip();
        let mut signatures = signatures.concat();
        check_statements(&statements, &bls::aggregate(&signatures).unwrap()).unwrap();
        let index = forged.index(signatures.len());
        signatures[index] = keys[0].sign(b"something else");
        let forged = bls::aggregate(&signatures).unwrap();
        prop_assert_eq!(check_statements(&statements, &forged), Err(BlsError::Mismatch));
    }
}
