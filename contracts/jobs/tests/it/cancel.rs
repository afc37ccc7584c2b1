//! Cancelling a job, while nobody works on it.

use bithive_api::jobs::{Event, ExecuteMsg, Phase};
use bithive_contract_kit::permission::Unauthorized;
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{JobsSuite, PRICE};
use bithive_test_kit::{refusal, told};
use cosmwasm_std::Uint128;

#[test]
fn a_cancelled_job_returns_its_escrow() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let requester = market.requester.clone();
    let response = market.send(&requester, &ExecuteMsg::Cancel { job_id }).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Cancelled.requester), std::slice::from_ref(&requester));
    assert_eq!(told!(market.jobs, response, Event::Refunded.refunded), [Uint128::new(3 * PRICE)]);
    let job = market.job(job_id);
    assert_eq!((job.phase, job.deadline, job.escrow.u128()), (Phase::Refunded, None, 0));
    assert_eq!(market.claimable(&requester), 3 * PRICE);
    market.custody();
}

#[test]
fn only_the_requester_cancels() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let stranger = market.suite.account("stranger");
    let error: ContractError = refusal(market.send(&stranger, &ExecuteMsg::Cancel { job_id }));
    let expected = format!("the requester of job {job_id}, {}", market.requester);
    assert_eq!(error, Unauthorized::new(&stranger, expected).into());
}

#[test]
fn a_job_that_is_worked_on_can_not_be_cancelled() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &["node-1", "node-2", "node-3"]);
    let requester = market.requester.clone();
    let error: ContractError = refusal(market.send(&requester, &ExecuteMsg::Cancel { job_id }));
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Assigned, expected: "Open" });
}

#[test]
fn a_job_is_refunded_once() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let requester = market.requester.clone();
    market.send(&requester, &ExecuteMsg::Cancel { job_id }).unwrap();
    let error: ContractError = refusal(market.send(&requester, &ExecuteMsg::Cancel { job_id }));
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Refunded, expected: "Open" });
    assert_eq!(market.claimable(&requester), 3 * PRICE);
}
