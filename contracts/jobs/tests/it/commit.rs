//! Commitments of workers: who, when, and once.

use bithive_api::jobs::{Event, ExecuteMsg, Phase, Round};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{Answer, JobsSuite, WINDOW};
use bithive_test_kit::{refusal, told};
use cosmwasm_std::HexBinary;

const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];

fn answer() -> Answer {
    Answer::of(&[1, -2, 3, -4])
}

#[test]
fn commitments_are_kept_and_the_last_one_opens_the_reveals() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    let response = market.commit(job_id, "node-1", &answer()).unwrap();
    let account = market.suite.account("node-1");
    assert_eq!(told!(market.jobs, response, Event::Commitment.worker), std::slice::from_ref(&account));
    assert_eq!(told!(market.jobs, response, Event::Commitment.round), [Round(1)]);
    let expected = answer().commitment(market.domain(), job_id, 1, &account);
    assert_eq!(market.job(job_id).workers[0].commitment, Some(expected));
    assert_eq!(market.job(job_id).workers[1].commitment, None);
    market.commit(job_id, "node-2", &answer()).unwrap();
    assert_eq!(market.job(job_id).phase, Phase::Assigned);
    market.suite.advance(7);
    let response = market.commit(job_id, "node-3", &answer()).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Committed.job_id), [1]);
    let job = market.job(job_id);
    assert_eq!((job.phase, job.deadline), (Phase::Committed, Some(market.suite.now() + WINDOW)));
}

#[test]
fn a_second_commitment_is_refused() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    market.commit(job_id, "node-1", &answer()).unwrap();
    let before = market.job(job_id);
    let error: ContractError = refusal(market.commit(job_id, "node-1", &Answer::of(&[9, 9, 9, 9])));
    let address = market.suite.account("node-1").to_string();
    assert_eq!(error, ContractError::AlreadyCommitted { job_id, round: 1, address });
    assert_eq!(market.job(job_id), before);
}

#[test]
fn only_a_worker_of_the_round_commits() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    let error: ContractError = refusal(market.commit(job_id, "node-4", &answer()));
    let expected = format!("a worker of round 1 of job {job_id}");
    assert_eq!(error, Unauthorized::new(&market.suite.account("node-4"), expected).into());
}

#[test]
fn a_commitment_has_32_bytes() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    let account = market.suite.account("node-1");
    for found in [0, 31, 33] {
        let commitment = HexBinary::from(vec![1; found]);
        let error: ContractError = refusal(market.send(&account, &ExecuteMsg::Commit { job_id, commitment }));
        assert_eq!(
            error,
            ContractError::Input(InputError::Length { field: "commitment", found, least: 32, most: 32 })
        );
    }
}

#[test]
fn the_last_second_counts_and_the_next_is_too_late() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    let deadline = market.job(job_id).deadline.unwrap();
    market.suite.advance(WINDOW);
    market.commit(job_id, "node-1", &answer()).unwrap();
    market.suite.advance(1);
    let error: ContractError = refusal(market.commit(job_id, "node-2", &answer()));
    let now = deadline + 1;
    assert_eq!(error, ContractError::TooLate { job_id, phase: Phase::Assigned, deadline, now });
}

#[test]
fn only_an_assigned_job_takes_commitments() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let error: ContractError = refusal(market.commit(job_id, "node-1", &answer()));
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Open, expected: "Assigned" });
    let unknown = ExecuteMsg::Commit { job_id: 9, commitment: HexBinary::from(&[0; 32]) };
    let account = market.suite.account("node-1");
    assert_eq!(refusal::<ContractError>(market.send(&account, &unknown)), ContractError::NoJob { job_id: 9 });
}
