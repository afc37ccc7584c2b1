//! The statement of a job, of what its market and a packet say of it.

use crate::common::{JOBS, keys, publics};
use bithive_api::attestations::{SignedStatement, Source, WorkerSet};
use bithive_api::jobs::{Assignment, JobResponse, OutcomeResponse, Phase, Terms, WorkerResponse};
use bithive_attest::{JobStatement, Members, Statement, StatementError};
use cosmwasm_std::{Addr, Binary, HexBinary, Uint128};

const MASKED: [u8; 8] = [4; 8];
const REPRESENTATIVE: u8 = 2;

fn bytes<const N: usize>(byte: u8) -> HexBinary {
    HexBinary::from(&[byte; N])
}

fn worker(index: u8, key: [u8; 48]) -> WorkerResponse {
    let agreed = index == REPRESENTATIVE;
    WorkerResponse {
        address: Addr::unchecked(format!("node-{index}")),
        slot: index.into(),
        ask: Uint128::one(),
        bls_key: HexBinary::from(&key),
        commitment: Some(bytes::<32>(9)),
        masked: Some(if agreed { MASKED.into() } else { [5; 8].into() }),
        output: Some(bytes::<32>(if agreed { 3 } else { 6 })),
        in_quorum: Some(index != 1),
        signed: false,
        barred: false,
        remainder: None,
    }
}

/// A job in whose second round the first and the third of three workers agree.
fn job(workers: &[[u8; 48]]) -> JobResponse {
    JobResponse {
        job_id: 9,
        requester: Addr::unchecked("requester"),
        phase: Phase::Revealed,
        round: 2,
        deadline: Some(1),
        escrow: Uint128::one(),
        terms: Terms {
            workers: 3,
            quorum: 2,
            tolerance: 0,
            dimensions: 2,
            price: Uint128::one(),
            assign_by: 1,
            commit_seconds: 1,
            reveal_seconds: 1,
            finalize_seconds: 1,
            model: bytes::<32>(1),
            model_owner: None,
            data_owner: None,
        },
        assignment: Some(Assignment {
            mask: Binary::default(),
            asks: vec![],
            headers: HexBinary::default(),
            payload: bytes::<32>(7),
            input_commitment: bytes::<32>(2),
            consent: bytes::<96>(8),
        }),
        workers: (0u8..).zip(workers).map(|(index, key)| worker(index, *key)).collect(),
        outcome: Some(OutcomeResponse {
            quorum: 0b101,
            representative: REPRESENTATIVE,
            signature: None,
            signers: None,
            batch: None,
        }),
    }
}

fn packet(workers: &[[u8; 48]]) -> (WorkerSet, SignedStatement) {
    let set = WorkerSet {
        source: Source { chain_id: JOBS.chain_id.into(), jobs: JOBS.contract.into() },
        job_id: 9,
        round: 2,
        quorum: 2,
        model: bytes::<32>(1),
        input_commitment: bytes::<32>(2),
        keys: workers.iter().map(HexBinary::from).collect(),
    };
    let (masked, signature) = (MASKED.into(), bytes::<96>(0));
    (
        set,
        SignedStatement {
            output: bytes::<32>(3),
            masked,
            members: 0b101,
            signers: 0b101,
            signature: Some(signature),
        },
    )
}

#[test]
fn a_market_and_a_packet_give_the_statement_that_the_quorum_signs() {
    let workers = publics(&keys(3));
    let expected = Statement {
        job_id: 9,
        round: 2,
        model: &[1; 32],
        input_commitment: &[2; 32],
        output: &[3; 32],
        masked: &MASKED,
        workers: &workers,
        quorum: 0b101,
    };
    let (job, (set, signed)) = (job(&workers), packet(&workers));
    for statement in [JobStatement::of_job(&job), JobStatement::of_packet(&set, &signed)] {
        let statement = statement.unwrap();
        assert_eq!(statement.sign_bytes(JOBS), expected.sign_bytes(JOBS));
        assert_eq!(statement.workers(), workers);
        assert_eq!(statement.quorum(), Members::from_bits(0b101));
    }
}

#[test]
fn what_a_job_lacks_is_named() {
    let workers = publics(&keys(3));
    let lacks = |change: &dyn Fn(&mut JobResponse)| {
        let mut job = job(&workers);
        change(&mut job);
        JobStatement::of_job(&job).map(|_| ()).unwrap_err()
    };
    assert_eq!(lacks(&|job| job.outcome = None), StatementError::Missing("outcome"));
    assert_eq!(lacks(&|job| job.assignment = None), StatementError::Missing("assignment"));
    assert_eq!(lacks(&|job| job.workers.truncate(2)), StatementError::Missing("representative"));
    assert_eq!(lacks(&|job| job.workers[2].output = None), StatementError::Missing("output"));
    assert_eq!(lacks(&|job| job.workers[2].masked = None), StatementError::Missing("result"));
    // Of the others nothing is needed.
    let mut job = job(&workers);
    (job.workers[0].output, job.workers[1].masked) = (None, None);
    JobStatement::of_job(&job).unwrap();
}

#[test]
fn bytes_of_another_length_are_named() {
    let workers = publics(&keys(3));
    let length = |what, found, expected| StatementError::Length { what, found, expected };
    let of_job = |change: &dyn Fn(&mut JobResponse)| {
        let mut job = job(&workers);
        change(&mut job);
        JobStatement::of_job(&job).map(|_| ()).unwrap_err()
    };
    let of_packet = |change: &dyn Fn(&mut WorkerSet, &mut SignedStatement)| {
        let (mut set, mut signed) = packet(&workers);
        change(&mut set, &mut signed);
        JobStatement::of_packet(&set, &signed).map(|_| ()).unwrap_err()
    };
    let model = length("the digest of the model", 31, 32);
    assert_eq!(of_job(&|job| job.terms.model = bytes::<31>(1)), model);
    assert_eq!(of_packet(&|set, _| set.model = bytes::<31>(1)), model);
    let input = length("the commitment to the input", 33, 32);
    let commitment = |job: &mut JobResponse| {
        job.assignment.as_mut().unwrap().input_commitment = bytes::<33>(2);
    };
    assert_eq!(of_job(&commitment), input);
    assert_eq!(of_packet(&|set, _| set.input_commitment = bytes::<33>(2)), input);
    let output = length("the digest of the output", 0, 32);
    assert_eq!(of_job(&|job| job.workers[2].output = Some(HexBinary::default())), output);
    assert_eq!(of_packet(&|_, signed| signed.output = HexBinary::default()), output);
    let key = length("a BLS key", 47, 48);
    assert_eq!(of_job(&|job| job.workers[0].bls_key = bytes::<47>(1)), key);
    assert_eq!(of_packet(&|set, _| set.keys[0] = bytes::<47>(1)), key);
}
