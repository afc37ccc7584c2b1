//! `reveal`, and what the last one decides.

use bithive_api::jobs::{Event, ExecuteMsg, Fault, Phase};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{Answer, JobsSuite, PRICE, SLASH, WINDOW};
use bithive_test_kit::registry::NODE_BOND;
use bithive_test_kit::{refusal, told};

const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];

fn answer() -> Answer {
    Answer::of(&[1, -2, 3, -4])
}

/// A job whose three workers have committed to `answers`.
fn committed(market: &mut JobsSuite, answers: [&Answer; 3]) -> u64 {
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    for (name, answer) in WORKERS.iter().zip(answers) {
        market.commit(job_id, name, answer).unwrap();
    }
    job_id
}

fn bond(market: &JobsSuite, name: &str) -> u128 {
    market.suite.node(name).unwrap().bond.u128()
}

#[test]
fn agreeing_reveals_make_a_quorum() {
    let mut market = JobsSuite::new();
    let job_id = committed(&mut market, [&answer(), &answer(), &answer()]);
    let response = market.reveal(job_id, "node-1", &answer()).unwrap();
    let account = market.suite.account("node-1");
    assert_eq!(told!(market.jobs, response, Event::Reveal.worker), [account]);
    assert_eq!(market.job(job_id).workers[0].masked, Some(answer().masked.into()));
    assert_eq!(market.job(job_id).workers[0].in_quorum, None);
    market.reveal(job_id, "node-3", &answer()).unwrap();
    assert_eq!(market.job(job_id).phase, Phase::Committed);
    let response = market.reveal(job_id, "node-2", &answer()).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Revealed.quorum), [7]);
    let job = market.job(job_id);
    assert_eq!((job.phase, job.deadline), (Phase::Revealed, Some(market.suite.now() + WINDOW)));
    assert_eq!(job.outcome.unwrap().quorum, 0b111);
    assert!(job.workers.iter().all(|worker| worker.in_quorum == Some(true)));
}

#[test]
fn a_reveal_outside_the_quorum_loses_bond_when_the_job_settles_and_as_much_as_the_requester() {
    let mut market = JobsSuite::new();
    let wrong = Answer::of(&[1, -2, 3, 100]);
    let job_id = committed(&mut market, [&answer(), &wrong, &answer()]);
    market.reveal(job_id, "node-1", &answer()).unwrap();
    market.reveal(job_id, "node-2", &wrong).unwrap();
    let response = market.reveal(job_id, "node-3", &answer()).unwrap();
    assert!(told!(market.jobs, response, Event::Fault.worker).is_empty());
    assert_eq!(market.job(job_id).outcome.unwrap().quorum, 0b101);
    assert_eq!(bond(&market, "node-2"), 2 * NODE_BOND);
    let response = market.finalize(job_id, &["node-1", "node-3"]).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Fault.worker), [market.suite.account("node-2")]);
    assert_eq!(told!(market.jobs, response, Event::Fault.reason), [Fault::OutsideQuorum]);
    assert!(told!(market.jobs, response, Event::SlashFailed.worker).is_empty());
    assert_eq!(bond(&market, "node-2"), 2 * NODE_BOND - PRICE / 2);
    assert_eq!(market.claimable(&market.suite.account("node-2")), 0);
    assert_eq!(market.claimable(&market.requester), PRICE / 2);
    assert_eq!(bond(&market, "node-1"), 2 * NODE_BOND);
    market.custody();
}

#[test]
fn the_tolerance_is_the_largest_difference_that_agrees() {
    let mut market = JobsSuite::new();
    let (near, far) = (Answer::of(&[3, -2, 3, -4]), Answer::of(&[1, -2, 6, -4]));
    let job_id = committed(&mut market, [&answer(), &near, &far]);
    for (name, answer) in WORKERS.iter().zip([answer(), near, far]) {
        market.reveal(job_id, name, &answer).unwrap();
    }
    assert_eq!(market.job(job_id).outcome.unwrap().quorum, 0b011);
}

#[test]
fn without_a_quorum_nobody_is_at_fault() {
    let mut market = JobsSuite::new();
    let answers = [Answer::of(&[0; 4]), Answer::of(&[100; 4]), Answer::of(&[200; 4])];
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    let [a, b, c] = answers;
    let response = market.work(job_id, &[("node-1", a), ("node-2", b), ("node-3", c)]);
    assert_eq!(told!(market.jobs, response, Event::Disputed.reason), ["no quorum within tolerance"]);
    assert!(told!(market.jobs, response, Event::Fault.worker).is_empty());
    let job = market.job(job_id);
    assert_eq!((job.phase, job.deadline), (Phase::Disputed, Some(market.suite.now() + WINDOW)));
    assert!(WORKERS.iter().all(|name| bond(&market, name) == 2 * NODE_BOND));
}

#[test]
fn a_reveal_before_all_commitments_is_refused() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    market.commit(job_id, "node-1", &answer()).unwrap();
    let error: ContractError = refusal(market.reveal(job_id, "node-1", &answer()));
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Assigned, expected: "Committed" });
}

#[test]
fn a_reveal_by_a_stranger_is_refused() {
    let mut market = JobsSuite::new();
    let job_id = committed(&mut market, [&answer(), &answer(), &answer()]);
    let error: ContractError = refusal(market.reveal(job_id, "node-4", &answer()));
    let expected = format!("a worker of round 1 of job {job_id}");
    assert_eq!(error, Unauthorized::new(&market.suite.account("node-4"), expected).into());
}

#[test]
fn a_worker_that_did_not_commit_can_not_reveal() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    market.commit(job_id, "node-1", &answer()).unwrap();
    market.commit(job_id, "node-2", &answer()).unwrap();
    market.expire(job_id);
    let error: ContractError = refusal(market.reveal(job_id, "node-3", &answer()));
    let address = market.suite.account("node-3").to_string();
    assert_eq!(error, ContractError::NotCommitted { job_id, round: 1, address });
}

#[test]
fn a_second_reveal_is_refused() {
    let mut market = JobsSuite::new();
    let job_id = committed(&mut market, [&answer(), &answer(), &answer()]);
    market.reveal(job_id, "node-1", &answer()).unwrap();
    let error: ContractError = refusal(market.reveal(job_id, "node-1", &answer()));
    let address = market.suite.account("node-1").to_string();
    assert_eq!(error, ContractError::AlreadyRevealed { job_id, round: 1, address });
}

#[test]
fn a_reveal_of_something_else_is_refused() {
    let mut market = JobsSuite::new();
    let job_id = committed(&mut market, [&answer(), &answer(), &answer()]);
    let address = market.suite.account("node-1").to_string();
    let others = [
        Answer { masked: Answer::of(&[1, -2, 3, -5]).masked, ..answer() },
        Answer { output: [9; 32], ..answer() },
        Answer { nonce: [9; 32], ..answer() },
    ];
    for other in others {
        let error: ContractError = refusal(market.reveal(job_id, "node-1", &other));
        assert_eq!(error, ContractError::CommitmentMismatch { address: address.clone() });
    }
    assert_eq!(market.job(job_id).workers[0].masked, None);
}

#[test]
fn a_copied_commitment_can_not_be_opened_by_the_copier() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    market.commit(job_id, "node-1", &answer()).unwrap();
    market.commit(job_id, "node-2", &answer()).unwrap();
    let copied = market.job(job_id).workers[0].commitment.clone().unwrap();
    let copier = market.suite.account("node-3");
    market.send(&copier, &ExecuteMsg::Commit { job_id, commitment: copied }).unwrap();
    market.reveal(job_id, "node-1", &answer()).unwrap();
    let error: ContractError = refusal(market.reveal(job_id, "node-3", &answer()));
    assert_eq!(error, ContractError::CommitmentMismatch { address: copier.to_string() });
    market.reveal(job_id, "node-2", &answer()).unwrap();
    market.expire(job_id);
    assert_eq!(bond(&market, "node-3"), 2 * NODE_BOND - SLASH);
    assert_eq!(market.job(job_id).phase, Phase::Revealed);
}

#[test]
fn the_lengths_are_those_of_the_job() {
    let mut market = JobsSuite::new();
    let job_id = committed(&mut market, [&answer(), &answer(), &answer()]);
    for found in [0, 12, 15, 20] {
        let other = Answer { masked: vec![0; found], ..answer() };
        let error: ContractError = refusal(market.reveal(job_id, "node-1", &other));
        assert_eq!(
            error,
            ContractError::Input(InputError::Length { field: "masked", found, least: 16, most: 16 })
        );
    }
    let account = market.suite.account("node-1");
    let reveal = |output: &[u8], nonce: &[u8]| ExecuteMsg::Reveal {
        job_id,
        masked: answer().masked.into(),
        output: output.into(),
        nonce: nonce.into(),
    };
    let error: ContractError = refusal(market.send(&account, &reveal(&[0; 31], &[0; 32])));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "output", found: 31, least: 32, most: 32 })
    );
    let error: ContractError = refusal(market.send(&account, &reveal(&[0; 32], &[0; 33])));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "nonce", found: 33, least: 32, most: 32 })
    );
}

#[test]
fn a_late_reveal_is_refused() {
    let mut market = JobsSuite::new();
    let job_id = committed(&mut market, [&answer(), &answer(), &answer()]);
    let deadline = market.job(job_id).deadline.unwrap();
    market.suite.advance(WINDOW);
    market.reveal(job_id, "node-1", &answer()).unwrap();
    market.suite.advance(1);
    let error: ContractError = refusal(market.reveal(job_id, "node-2", &answer()));
    let now = deadline + 1;
    assert_eq!(error, ContractError::TooLate { job_id, phase: Phase::Committed, deadline, now });
}
