//! `finalize_many`: what settles many jobs at once, and what settles none of them.

use bithive_api::jobs::{BatchResponse, Event, Finalization, Phase, QueryMsg, limits};
use bithive_attest::bls;
use bithive_attest::host::HostError;
use bithive_contract_kit::InputError;
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{Answer, JobsSuite, PRICE, WINDOW};
use bithive_test_kit::{NodeKeys, refusal, told};
use cosmwasm_std::{HexBinary, Uint128};

const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];
const AGGREGATE: &str = "BLS aggregate over the statements";

/// `count` jobs on which all of `WORKERS` agree, each with an answer of its own.
fn revealed(count: u64) -> (JobsSuite, Vec<u64>) {
    let mut market = JobsSuite::new();
    let jobs = (0..count).map(|_| reveal_one(&mut market)).collect();
    (market, jobs)
}

fn reveal_one(market: &mut JobsSuite) -> u64 {
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    let answer = Answer::of(&[i32::try_from(job_id).unwrap(); 4]);
    market.work(job_id, &WORKERS.map(|name| (name, answer.clone())));
    job_id
}

fn all(jobs: &[u64]) -> Vec<(u64, &'static [&'static str])> {
    jobs.iter().map(|job_id| (*job_id, WORKERS.as_slice())).collect()
}

/// Nothing of the refused message is there.
fn untouched(market: &JobsSuite, jobs: &[u64]) {
    for job_id in jobs {
        let job = market.job(*job_id);
        assert_eq!((job.phase, job.escrow.u128()), (Phase::Revealed, 3 * PRICE), "job {job_id}");
        assert_eq!(job.outcome.unwrap().signers, None);
    }
    assert_eq!(market.totals().claimable.u128(), 0);
    market.custody();
}

#[test]
fn one_aggregate_settles_many_jobs_by_different_signers() {
    let (mut market, jobs) = revealed(3);
    let signers: [&[&str]; 3] = [&WORKERS, &["node-1", "node-3"], &["node-2", "node-3"]];
    let by_job: Vec<(u64, &[&str])> = jobs.iter().copied().zip(signers).collect();
    let (statements, signature) = market.signed_many(&by_job);
    let response = market.try_finalize_many(statements, signature.clone()).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Settled.job_id), [1, 2, 3]);
    assert_eq!(told!(market.jobs, response, Event::Settled.paid), [Uint128::new(3 * PRICE); 3]);
    for (job_id, bits) in jobs.iter().zip([0b111, 0b101, 0b110]) {
        let job = market.job(*job_id);
        assert_eq!((job.phase, job.deadline, job.escrow.u128()), (Phase::Settled, None, 0));
        let outcome = job.outcome.unwrap();
        assert_eq!((outcome.signature, outcome.signers, outcome.batch), (None, Some(bits), Some(1)));
    }
    for name in WORKERS {
        assert_eq!(market.claimable(&market.suite.account(name)), 3 * PRICE * 7 / 10);
    }
    let batch: BatchResponse = market.suite.query(&market.jobs, &QueryMsg::Batch { batch: 1 });
    assert_eq!(batch, BatchResponse { jobs, signature });
    market.custody();
}

#[test]
fn settling_together_pays_what_settling_singly_does() {
    let (mut together, jobs) = revealed(4);
    let (statements, signature) = together.signed_many(&all(&jobs));
    together.try_finalize_many(statements, signature).unwrap();
    let (mut singly, jobs) = revealed(4);
    for job_id in jobs {
        singly.finalize(job_id, &WORKERS).unwrap();
    }
    let receivers = [&together.incentive_pool, &together.suite.treasury, &together.requester];
    let workers = WORKERS.map(|name| together.suite.account(name));
    for account in receivers.into_iter().chain(&workers) {
        assert_eq!(together.claimable(account), singly.claimable(account), "{account}");
    }
    assert_eq!(together.totals(), singly.totals());
}

#[test]
fn one_job_is_a_batch_too() {
    let (mut market, jobs) = revealed(1);
    let (statements, signature) = market.signed_many(&all(&jobs));
    market.try_finalize_many(statements, signature).unwrap();
    assert_eq!(market.job(jobs[0]).phase, Phase::Settled);
}

#[test]
fn one_forged_signature_among_many_settles_nothing() {
    let (mut market, jobs) = revealed(5);
    let (statements, _) = market.signed_many(&all(&jobs));
    for forged in &jobs {
        let signatures: Vec<[u8; 96]> = jobs
            .iter()
            .flat_map(|job_id| WORKERS.map(|name| (job_id, name)))
            // A stranger signs in place of one worker of one job.
            .map(
                |(job_id, name)| {
                    if (job_id, name) == (forged, "node-2") { (job_id, "node-6") } else { (job_id, name) }
                },
            )
            .map(|(job_id, name)| NodeKeys::of(name).bls.sign(&market.statement(*job_id)))
            .collect();
        let signature = HexBinary::from(&bls::aggregate(&signatures).unwrap());
        let error: ContractError = refusal(market.try_finalize_many(statements.clone(), signature));
        assert_eq!(error, ContractError::Bls(HostError::Mismatch(AGGREGATE)));
        untouched(&market, &jobs);
    }
}

#[test]
fn signatures_of_two_jobs_can_not_be_exchanged() {
    let (mut market, jobs) = revealed(2);
    // All sign, but node-1 signs the second job twice and the first not at all.
    let of = |name: &str, job_id| NodeKeys::of(name).bls.sign(&market.statement(job_id));
    let [first, second] = [jobs[0], jobs[1]];
    let signatures = [
        of("node-1", second),
        of("node-2", first),
        of("node-3", first),
        of("node-1", second),
        of("node-2", second),
        of("node-3", second),
    ];
    let signature = HexBinary::from(&bls::aggregate(&signatures).unwrap());
    let (statements, _) = market.signed_many(&all(&jobs));
    let error: ContractError = refusal(market.try_finalize_many(statements, signature));
    assert_eq!(error, ContractError::Bls(HostError::Mismatch(AGGREGATE)));
    untouched(&market, &jobs);
}

#[test]
fn a_missing_statement_settles_nothing() {
    let (mut market, jobs) = revealed(3);
    let (mut statements, signature) = market.signed_many(&all(&jobs));
    statements.pop();
    let error: ContractError = refusal(market.try_finalize_many(statements, signature));
    assert_eq!(error, ContractError::Bls(HostError::Mismatch(AGGREGATE)));
    untouched(&market, &jobs);
}

#[test]
fn a_job_that_is_not_revealed_refuses_all_and_is_named() {
    let (mut market, mut jobs) = revealed(2);
    let (mut statements, signature) = market.signed_many(&all(&jobs));
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    statements.push(Finalization { job_id, signers: 0b111 });
    let error: ContractError = refusal(market.try_finalize_many(statements, signature));
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Assigned, expected: "Revealed" });
    untouched(&market, &jobs);

    jobs.push(99);
    let statements = jobs.iter().map(|job_id| Finalization { job_id: *job_id, signers: 0b111 }).collect();
    let error: ContractError = refusal(market.try_finalize_many(statements, HexBinary::from(&[0; 96])));
    assert_eq!(error, ContractError::NoJob { job_id: 99 });
    untouched(&market, &jobs[..2]);
}

#[test]
fn a_settled_job_refuses_all_and_is_named() {
    let (mut market, jobs) = revealed(3);
    let (statements, signature) = market.signed_many(&all(&jobs));
    market.finalize(jobs[1], &WORKERS).unwrap();
    let paid = market.totals();
    let error: ContractError = refusal(market.try_finalize_many(statements, signature));
    let job_id = jobs[1];
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Settled, expected: "Revealed" });
    assert_eq!(market.totals(), paid);
    assert_eq!(market.job(jobs[0]).phase, Phase::Revealed);
}

#[test]
fn too_few_signers_or_strangers_of_one_job_refuse_all_and_it_is_named() {
    let (mut market, jobs) = revealed(2);
    let (mut statements, signature) = market.signed_many(&[(jobs[0], &WORKERS), (jobs[1], &["node-1"])]);
    let error: ContractError = refusal(market.try_finalize_many(statements.clone(), signature.clone()));
    assert_eq!(error, ContractError::TooFewSigners { job_id: jobs[1], found: 1, expected: 2 });
    statements[1].signers = 0b1011;
    let error: ContractError = refusal(market.try_finalize_many(statements, signature));
    let (signers, quorum) = (0b1011, 0b111);
    assert_eq!(error, ContractError::SignerOutsideQuorum { job_id: jobs[1], signers, quorum });
    untouched(&market, &jobs);
}

#[test]
fn a_job_counts_once_and_jobs_come_in_order() {
    let (mut market, jobs) = revealed(2);
    let (statements, signature) = market.signed_many(&all(&jobs));
    let twice = vec![statements[0], statements[1], statements[1]];
    let error: ContractError = refusal(market.try_finalize_many(twice, signature.clone()));
    assert_eq!(error, ContractError::FinalizationOrder { job_id: jobs[1], before: jobs[1] });
    let turned = vec![statements[1], statements[0]];
    let error: ContractError = refusal(market.try_finalize_many(turned, signature));
    assert_eq!(error, ContractError::FinalizationOrder { job_id: jobs[0], before: jobs[1] });
    untouched(&market, &jobs);
}

#[test]
fn no_statements_and_too_many_are_refused() {
    let (mut market, jobs) = revealed(1);
    let signature = HexBinary::from(&[0; 96]);
    let error: ContractError = refusal(market.try_finalize_many(vec![], signature.clone()));
    let size = |found| {
        let most = limits::MAX_FINALIZATIONS;
        ContractError::Input(InputError::Count { field: "statements", found, least: 1, most })
    };
    assert_eq!(error, size(0));
    let found = limits::MAX_FINALIZATIONS + 1;
    let statements = (1..).take(found).map(|job_id| Finalization { job_id, signers: 0b111 }).collect();
    let error: ContractError = refusal(market.try_finalize_many(statements, signature));
    assert_eq!(error, size(found));
    untouched(&market, &jobs);
}

#[test]
fn an_identity_or_malformed_aggregate_is_refused() {
    let (mut market, jobs) = revealed(2);
    let (statements, _) = market.signed_many(&all(&jobs));
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    let error: ContractError =
        refusal(market.try_finalize_many(statements.clone(), HexBinary::from(&identity)));
    assert_eq!(error, ContractError::Bls(HostError::Identity(AGGREGATE)));
    let error: ContractError = refusal(market.try_finalize_many(statements, HexBinary::from(&[0; 95])));
    assert_eq!(error, ContractError::Bls(HostError::Length { what: AGGREGATE, found: 95, expected: 96 }));
    untouched(&market, &jobs);
}

#[test]
fn late_statements_settle_as_long_as_nobody_advanced() {
    let (mut market, jobs) = revealed(2);
    market.suite.advance(WINDOW + 1);
    let (statements, signature) = market.signed_many(&all(&jobs));
    market.try_finalize_many(statements, signature).unwrap();
    assert_eq!(market.job(jobs[1]).phase, Phase::Settled);
}

#[test]
fn what_no_batch_begins_with_is_no_batch() {
    let (mut market, jobs) = revealed(2);
    let (statements, signature) = market.signed_many(&all(&jobs));
    market.try_finalize_many(statements, signature).unwrap();
    let asked = QueryMsg::Batch { batch: jobs[1] };
    let error = market.suite.app.wrap().query_wasm_smart::<BatchResponse>(&market.jobs, &asked).unwrap_err();
    assert!(error.to_string().contains("there is no batch 2; expected the first job of one"), "{error}");
}
