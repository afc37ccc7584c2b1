//! `advance`: the exit of every state, and what follows a failed round.

use bithive_api::jobs::{Event, Fault, Phase, Round, limits};
use bithive_api::registry::Event as RegistryEvent;
use bithive_jobs::{ContractError, contract};
use bithive_test_kit::jobs::{Answer, JobsSuite, NODES, PRICE, SLASH};
use bithive_test_kit::registry::NODE_BOND;
use bithive_test_kit::{refusal, told};
use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cosmwasm_std::{Addr, Binary, Reply, SubMsgResult};
use cw_multi_test::AppResponse;

const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];

fn answer() -> Answer {
    Answer::of(&[1, -2, 3, -4])
}

fn assigned() -> (JobsSuite, u64) {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    (market, job_id)
}

fn faults(market: &JobsSuite, response: &AppResponse) -> Vec<(&'static str, Fault)> {
    let name = |address: &Addr| NODES.into_iter().find(|name| market.suite.account(name) == *address);
    let workers = told!(market.jobs, response, Event::Fault.worker);
    let reasons = told!(market.jobs, response, Event::Fault.reason);
    workers.iter().map(|address| name(address).unwrap()).zip(reasons).collect()
}

fn bond(market: &JobsSuite, name: &str) -> u128 {
    market.suite.node(name).unwrap().bond.u128()
}

/// No slash was tried by what `response` answers, and every node has the bond that it came with.
fn no_bond_moved(market: &JobsSuite, response: &AppResponse) {
    assert!(told!(market.suite.registry, response, RegistryEvent::Slashed.address).is_empty());
    assert!(told!(market.jobs, response, Event::SlashFailed.worker).is_empty());
    for name in NODES {
        assert_eq!(bond(market, name), 2 * NODE_BOND, "bond of {name}");
    }
}

/// The node `name` cannot be assigned to the disputed job again, although it consents.
fn is_barred(market: &mut JobsSuite, job_id: u64, name: &'static str) {
    let mut names = vec![name, "node-4", "node-5"];
    names.sort_unstable();
    let bids: Vec<(&str, u128)> = names.into_iter().map(|name| (name, 1)).collect();
    let assignment = market.assignment(job_id, &bids);
    let error: ContractError = refusal(market.try_assign(job_id, assignment));
    let slot = market.suite.node(name).unwrap().registration.slot;
    assert_eq!(error, ContractError::FaultedBefore { slot, address: market.suite.account(name).into() });
}

#[test]
fn a_clock_that_goes_back_moves_nothing_and_charges_nobody() {
    let (mut market, job_id) = assigned();
    for name in WORKERS {
        market.commit(job_id, name, &answer()).unwrap();
    }
    market.reveal(job_id, "node-1", &answer()).unwrap();
    let deadline = market.job(job_id).deadline.unwrap();
    market.suite.advance(deadline + 1 - market.suite.now());
    market.suite.app.update_block(|block| block.time = block.time.minus_seconds(5 * 86_400));
    let error: ContractError = refusal(market.advance(job_id));
    assert!(matches!(error, ContractError::TooEarly { .. }), "{error}");
    // Whoever is not late by this clock reveals, and nobody does twice.
    assert!(market.reveal(job_id, "node-1", &answer()).is_err());
    for name in ["node-2", "node-3"] {
        market.reveal(job_id, name, &answer()).unwrap();
    }
    market.finalize(job_id, &WORKERS).unwrap();
    let worker = market.suite.account("node-1");
    let owed = market.claimable(&worker);
    market.withdraw(&worker).unwrap();
    market.suite.app.update_block(|block| block.time = block.time.minus_seconds(86_400));
    assert!(market.withdraw(&worker).is_err());
    assert!(market.finalize(job_id, &WORKERS).is_err());
    assert_eq!(market.suite.balance(&worker), owed);
    for name in NODES {
        assert_eq!(bond(&market, name), 2 * NODE_BOND);
    }
    market.custody();
}

#[test]
fn nothing_is_due_before_the_deadline() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let nothing_due = |market: &mut JobsSuite, phase| {
        let deadline = market.job(job_id).deadline.unwrap();
        let now = market.suite.now();
        let error: ContractError = refusal(market.advance(job_id));
        assert_eq!(error, ContractError::TooEarly { job_id, phase, deadline, now });
        market.suite.advance(deadline - now);
        let error: ContractError = refusal(market.advance(job_id));
        assert_eq!(error, ContractError::TooEarly { job_id, phase, deadline, now: deadline });
    };
    nothing_due(&mut market, Phase::Open);
    market.assign(job_id, &WORKERS);
    nothing_due(&mut market, Phase::Assigned);
    for name in WORKERS {
        market.commit(job_id, name, &answer()).unwrap();
    }
    nothing_due(&mut market, Phase::Committed);
    for name in WORKERS {
        market.reveal(job_id, name, &answer()).unwrap();
    }
    nothing_due(&mut market, Phase::Revealed);
    market.expire(job_id);
    nothing_due(&mut market, Phase::Disputed);
}

#[test]
fn an_open_job_that_nobody_assigned_is_refunded() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let response = market.expire(job_id);
    assert_eq!(told!(market.jobs, response, Event::Refunded.reason), ["nobody was assigned in time"]);
    assert_eq!(market.job(job_id).phase, Phase::Refunded);
    assert_eq!(market.claimable(&market.requester), 3 * PRICE);
    market.custody();
}

#[test]
fn a_quorum_of_commitments_goes_on_without_the_absentee_who_keeps_its_bond() {
    let (mut market, job_id) = assigned();
    market.commit(job_id, "node-1", &answer()).unwrap();
    market.commit(job_id, "node-3", &answer()).unwrap();
    let response = market.expire(job_id);
    assert_eq!(faults(&market, &response), [("node-2", Fault::NoCommitment)]);
    assert_eq!(told!(market.jobs, response, Event::Committed.job_id), [job_id]);
    no_bond_moved(&market, &response);
    market.reveal(job_id, "node-1", &answer()).unwrap();
    market.reveal(job_id, "node-3", &answer()).unwrap();
    let response = market.finalize(job_id, &["node-1", "node-3"]).unwrap();
    no_bond_moved(&market, &response);
    assert_eq!(market.claimable(&market.suite.account("node-2")), 0);
    market.custody();
}

#[test]
fn too_few_commitments_are_a_dispute_and_cost_the_absentees_the_job_but_no_bond() {
    let (mut market, job_id) = assigned();
    market.commit(job_id, "node-1", &answer()).unwrap();
    let response = market.expire(job_id);
    let fault = Fault::NoCommitment;
    assert_eq!(faults(&market, &response), [("node-2", fault), ("node-3", fault)]);
    assert_eq!(told!(market.jobs, response, Event::Disputed.reason), ["too few commitments"]);
    assert_eq!(market.job(job_id).phase, Phase::Disputed);
    no_bond_moved(&market, &response);
    is_barred(&mut market, job_id, "node-2");
    is_barred(&mut market, job_id, "node-3");
    market.assign(job_id, &["node-1", "node-4", "node-5"]);
    market.custody();
}

/// The input that a requester posts can be noise; the workers find out off chain, where nobody can judge.
#[test]
fn an_input_that_nobody_can_open_costs_no_worker_its_bond() {
    let (mut market, job_id) = assigned();
    let response = market.expire(job_id);
    let fault = Fault::NoCommitment;
    assert_eq!(faults(&market, &response), WORKERS.map(|name| (name, fault)));
    no_bond_moved(&market, &response);
    for name in WORKERS {
        is_barred(&mut market, job_id, name);
    }
    market.assign(job_id, &["node-4", "node-5", "node-6"]);
    let response = market.expire(job_id);
    no_bond_moved(&market, &response);
    assert_eq!(market.job(job_id).phase, Phase::Disputed);
    market.custody();
}

#[test]
fn an_absentee_of_a_round_with_a_quorum_is_not_assigned_after_a_later_dispute() {
    let (mut market, job_id) = assigned();
    market.commit(job_id, "node-1", &answer()).unwrap();
    market.commit(job_id, "node-3", &answer()).unwrap();
    market.expire(job_id);
    market.reveal(job_id, "node-1", &answer()).unwrap();
    market.reveal(job_id, "node-3", &answer()).unwrap();
    for name in ["node-1", "node-3"] {
        market.sign(job_id, name).unwrap_or_else(|error| panic!("{error}"));
    }
    assert_eq!(market.job(job_id).phase, Phase::Settled, "the quorum's signatures settle it");

    let job_id = market.assigned(&market.terms(), &WORKERS);
    market.commit(job_id, "node-1", &answer()).unwrap();
    market.commit(job_id, "node-3", &answer()).unwrap();
    market.expire(job_id);
    market.reveal(job_id, "node-1", &answer()).unwrap();
    market.reveal(job_id, "node-3", &answer()).unwrap();
    market.sign(job_id, "node-1").unwrap();
    market.expire(job_id);
    is_barred(&mut market, job_id, "node-2");
    is_barred(&mut market, job_id, "node-3");
    market.assign(job_id, &["node-1", "node-4", "node-5"]);
}

#[test]
fn who_commits_and_does_not_reveal_loses_bond() {
    let (mut market, job_id) = assigned();
    for name in WORKERS {
        market.commit(job_id, name, &answer()).unwrap();
    }
    market.reveal(job_id, "node-1", &answer()).unwrap();
    market.reveal(job_id, "node-2", &answer()).unwrap();
    let response = market.expire(job_id);
    assert_eq!(faults(&market, &response), [("node-3", Fault::NoReveal)]);
    let account = market.suite.account("node-3");
    assert_eq!(told!(market.suite.registry, response, RegistryEvent::Slashed.address), [account.as_str()]);
    assert_eq!(market.job(job_id).outcome.unwrap().quorum, 0b011);
    assert_eq!(bond(&market, "node-3"), 2 * NODE_BOND - SLASH);
    market.custody();
}

#[test]
fn too_few_reveals_are_a_dispute() {
    let (mut market, job_id) = assigned();
    for name in WORKERS {
        market.commit(job_id, name, &answer()).unwrap();
    }
    market.reveal(job_id, "node-1", &answer()).unwrap();
    let response = market.expire(job_id);
    assert_eq!(faults(&market, &response).len(), 2);
    assert_eq!(market.job(job_id).phase, Phase::Disputed);
}

#[test]
fn an_unsigned_outcome_is_a_dispute_and_who_did_not_sign_is_at_fault() {
    let (mut market, job_id) = assigned();
    market.work(job_id, &WORKERS.map(|name| (name, answer())));
    market.sign(job_id, "node-2").unwrap();
    let response = market.expire(job_id);
    assert_eq!(told!(market.jobs, response, Event::Disputed.reason), ["no final statement in time"]);
    let fault = Fault::NoSignature;
    assert_eq!(faults(&market, &response), [("node-1", fault), ("node-3", fault)]);
    assert_eq!(WORKERS.map(|name| bond(&market, name)), [SLASH, 0, SLASH].map(|taken| 2 * NODE_BOND - taken));
    let job = market.job(job_id);
    assert_eq!((job.phase, job.outcome), (Phase::Disputed, None));
    // No statement is left that anybody could have signed; who did can stay.
    assert!(job.workers.iter().all(|worker| !worker.signed));
    assert!(job.workers.iter().map(|worker| worker.remainder.is_some()).eq([false, true, false]));
    // Who signed was paid half of its ask, and stays for the other half.
    assert_eq!(market.claimable(&market.suite.account("node-2")), PRICE / 2 * 7 / 10);
    market.assign(job_id, &["node-2", "node-4", "node-5"]);
    market.work(job_id, &["node-2", "node-4", "node-5"].map(|name| (name, answer())));
    market.finalize(job_id, &["node-4", "node-5"]).unwrap();
    assert_eq!(market.claimable(&market.suite.account("node-2")), PRICE * 7 / 10);
    market.custody();
}

#[test]
fn a_dispute_that_nobody_resolves_is_refunded() {
    let (mut market, job_id) = assigned();
    market.expire(job_id);
    let response = market.expire(job_id);
    assert_eq!(told!(market.jobs, response, Event::Refunded.reason), ["no replacement in time"]);
    assert_eq!(market.claimable(&market.requester), 3 * PRICE);
    market.custody();
}

#[test]
fn a_failed_round_is_replaced_and_settles() {
    let (mut market, job_id) = assigned();
    market.expire(job_id);
    let replacements = ["node-4", "node-5", "node-6"];
    market.assign(job_id, &replacements);
    let job = market.job(job_id);
    assert_eq!((job.phase, job.round), (Phase::Assigned, 2));
    assert!(job.workers.iter().all(|worker| worker.commitment.is_none()));
    market.work(job_id, &replacements.map(|name| (name, answer())));
    let response = market.finalize(job_id, &["node-5", "node-6"]).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Settled.round), [Round(2)]);
    for (old, new) in WORKERS.iter().zip(replacements) {
        assert_eq!(bond(&market, old), 2 * NODE_BOND);
        assert_eq!(market.claimable(&market.suite.account(old)), 0);
        assert_eq!(market.claimable(&market.suite.account(new)), PRICE * 7 / 10);
    }
    market.custody();
}

#[test]
fn nothing_of_a_failed_round_counts_in_the_next() {
    let (mut market, job_id) = assigned();
    let answers = [[0; 4], [100; 4], [200; 4]].map(|words| Answer::of(&words));
    let work: Vec<(&str, Answer)> = WORKERS.into_iter().zip(answers).collect();
    market.work(job_id, &work);
    market.add_escrow(job_id, PRICE).unwrap();
    let again = ["node-1", "node-2", "node-4"];
    market.assign(job_id, &again);
    let job = market.job(job_id);
    assert!(job.workers.iter().all(|worker| worker.commitment.is_none() && worker.masked.is_none()));
    assert!(job.workers.iter().all(|worker| worker.remainder.is_none() && !worker.signed));
    for name in again {
        market.commit(job_id, name, &answer()).unwrap();
    }
    let error: ContractError = refusal(market.reveal(job_id, "node-1", &work[0].1));
    assert!(matches!(error, ContractError::CommitmentMismatch { .. }));
    for name in again {
        market.reveal(job_id, name, &answer()).unwrap();
    }
    assert_eq!(market.job(job_id).outcome.unwrap().quorum, 0b111);
}

#[test]
fn the_last_failed_round_is_refunded_at_once() {
    let (mut market, job_id) = assigned();
    market.add_escrow(job_id, 3 * PRICE).unwrap();
    let (mut paid, mut workers) = (0, WORKERS);
    for round in 1..=limits::MAX_ROUNDS {
        assert_eq!(market.job(job_id).round, round);
        let answers = [[0; 4], [100; 4], [200; 4]].map(|words| Answer::of(&words));
        let work: Vec<(&str, Answer)> = workers.into_iter().zip(answers).collect();
        paid += market.job(job_id).workers.iter().map(|worker| worker.ask.u128() / 2).sum::<u128>();
        let response = market.work(job_id, &work);
        if round < limits::MAX_ROUNDS {
            assert_eq!(market.job(job_id).phase, Phase::Disputed);
            workers[2] = NODES[usize::from(round) + 2];
            market.assign(job_id, &workers);
        } else {
            assert_eq!(told!(market.jobs, response, Event::Refunded.reason), ["no quorum within tolerance"]);
        }
    }
    assert_eq!(market.job(job_id).phase, Phase::Refunded);
    assert_eq!(market.claimable(&market.requester), 6 * PRICE - paid);
    assert_eq!(WORKERS.map(|name| market.open_rounds(name)), [0; 3]);
    market.custody();
}

#[test]
fn a_refused_slash_is_reported_and_does_not_block() {
    let mut market = JobsSuite::unwired();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    for name in WORKERS {
        market.commit(job_id, name, &answer()).unwrap();
    }
    market.reveal(job_id, "node-1", &answer()).unwrap();
    market.reveal(job_id, "node-2", &answer()).unwrap();
    let response = market.expire(job_id);
    let account = market.suite.account("node-3");
    assert_eq!(told!(market.jobs, response, Event::SlashFailed.worker), [account]);
    assert_eq!(told!(market.jobs, response, Event::SlashFailed.job_id), [job_id]);
    assert_eq!(told!(market.jobs, response, Event::SlashFailed.round), [Round(1)]);
    assert!(!told!(market.jobs, response, Event::SlashFailed.error)[0].is_empty());
    assert_eq!(bond(&market, "node-3"), 2 * NODE_BOND);
    market.finalize(job_id, &["node-1", "node-2"]).unwrap();
    assert_eq!(market.job(job_id).phase, Phase::Settled);
    market.custody();
}

#[test]
fn a_reply_that_nobody_asked_for_is_refused() {
    let mut deps = mock_dependencies();
    let result = SubMsgResult::Err("refused".into());
    let reply = Reply { id: 99, payload: Binary::default(), gas_used: 0, result };
    let answer = contract::reply(deps.as_mut(), mock_env(), reply);
    assert_eq!(answer, Err(ContractError::UnknownReply { id: 99 }));
}

#[test]
fn a_final_job_has_no_exit() {
    let (mut market, job_id) = assigned();
    market.work(job_id, &WORKERS.map(|name| (name, answer())));
    market.finalize(job_id, &WORKERS).unwrap();
    let refunded = {
        let terms = market.terms();
        market.post(&terms)
    };
    market.expire(refunded);
    market.suite.advance(1_000_000);
    let expected = "a state that is not final";
    for (job_id, found) in [(job_id, Phase::Settled), (refunded, Phase::Refunded)] {
        let error: ContractError = refusal(market.advance(job_id));
        assert_eq!(error, ContractError::WrongPhase { job_id, found, expected });
    }
    assert_eq!(refusal::<ContractError>(market.advance(77)), ContractError::NoJob { job_id: 77 });
}

#[test]
fn one_jobs_failure_leaves_the_others_alone() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let failing = market.assigned(&terms, &WORKERS);
    let other = market.assigned(&terms, &["node-3", "node-4", "node-5"]);
    let before = market.job(other);
    market.expire(failing);
    market.expire(failing);
    assert_eq!(market.job(other), before);
    assert_eq!(market.totals().escrowed.u128(), 3 * PRICE);
    market.custody();
}
