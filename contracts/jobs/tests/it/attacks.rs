//! Attacks by those who post a job and those who work on it, played as they would be.

use bithive_api::jobs::{Event, Fault, Phase, Terms};
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{Answer, JobsSuite, PRICE, SLASH};
use bithive_test_kit::registry::NODE_BOND;
use bithive_test_kit::{refusal, told};
use cosmwasm_std::{HexBinary, Uint128};

/// Nodes of the attacker, and the honest ones.
const OWN: [&str; 2] = ["node-1", "node-2"];
const HONEST: &str = "node-3";
const ALL: [&str; 3] = ["node-1", "node-2", "node-3"];

fn truth() -> Answer {
    Answer::of(&[1, -2, 3, -4])
}

fn lie() -> Answer {
    Answer::of(&[9_000; 4])
}

fn bond(market: &JobsSuite, name: &str) -> u128 {
    market.suite.node(name).unwrap().bond.u128()
}

fn owed(market: &JobsSuite, name: &str) -> u128 {
    market.claimable(&market.suite.account(name))
}

/// What left the requester and its own nodes, of a job with this escrow.
fn spent(market: &JobsSuite, escrow: u128, own: &[&str]) -> u128 {
    let bonds: u128 = own.iter().map(|name| 2 * NODE_BOND - bond(market, name)).sum();
    let back: u128 = own.iter().map(|name| owed(market, name)).sum();
    escrow + bonds - market.claimable(&market.requester) - back
}

/// The workers ask these, in order of slots.
fn started(market: &mut JobsSuite, asks: [u128; 3]) -> u64 {
    let job_id = market.post(&market.terms());
    let bids: Vec<(&str, u128)> = ALL.into_iter().zip(asks).collect();
    let assignment = market.assignment(job_id, &bids);
    market.try_assign(job_id, assignment).unwrap();
    job_id
}

#[test]
fn a_requester_with_a_quorum_of_its_own_costs_an_honest_worker_no_more_bond_than_it_pays() {
    let mut market = JobsSuite::new();
    // Its own nodes ask next to nothing, so that the quorum is cheap.
    let job_id = started(&mut market, [1, 1, PRICE]);
    market.work(job_id, &[(OWN[0], lie()), (OWN[1], lie()), (HONEST, truth())]);
    market.finalize(job_id, &OWN).unwrap();
    let lost = 2 * NODE_BOND - bond(&market, HONEST);
    assert_eq!(lost, PRICE / 2);
    assert!(spent(&market, 3 * PRICE, &OWN) >= lost, "{}", spent(&market, 3 * PRICE, &OWN));
    market.custody();
}

#[test]
fn a_requester_with_a_quorum_of_its_own_that_does_not_sign_pays_and_slashes_nobody_else() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [1, 1, PRICE]);
    market.work(job_id, &[(OWN[0], lie()), (OWN[1], lie()), (HONEST, truth())]);
    let response = market.expire(job_id);
    assert_eq!(told!(market.jobs, response, Event::Fault.reason), [Fault::NoSignature; 2]);
    assert_eq!(bond(&market, HONEST), 2 * NODE_BOND);
    assert_eq!(OWN.map(|name| bond(&market, name)), [2 * NODE_BOND - SLASH; 2]);
    assert_eq!(owed(&market, HONEST), PRICE / 2 * 7 / 10);
    market.expire(job_id);
    assert!(spent(&market, 3 * PRICE, &OWN) >= 2 * SLASH + PRICE / 2);
    market.custody();
}

#[test]
fn a_requester_that_prevents_a_quorum_pays_half_for_the_results_it_reads() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [1, 1, PRICE]);
    market.work(job_id, &[(OWN[0], lie()), (OWN[1], Answer::of(&[-9_000; 4])), (HONEST, truth())]);
    assert_eq!(market.job(job_id).phase, Phase::Disputed);
    // Ended by the requester's silence.
    market.expire(job_id);
    assert_eq!(market.job(job_id).phase, Phase::Refunded);
    assert_eq!(owed(&market, HONEST), PRICE / 2 * 7 / 10);
    assert!(spent(&market, 3 * PRICE, &OWN) >= PRICE / 2);
    market.custody();
}

#[test]
fn an_honest_worker_is_paid_in_full_when_the_quorum_is_found_later() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [1, 1, PRICE]);
    market.work(job_id, &[(OWN[0], lie()), (OWN[1], Answer::of(&[-9_000; 4])), (HONEST, truth())]);
    market.add_escrow(job_id, PRICE).unwrap();
    let names = [HONEST, "node-4", "node-5"];
    market.assign(job_id, &names);
    market.work(job_id, &names.map(|name| (name, truth())));
    market.finalize(job_id, &names).unwrap();
    assert_eq!(owed(&market, HONEST), PRICE * 7 / 10);
    market.custody();
}

/// The requester keeps the honest worker and sends it a header that does not open.
#[test]
fn a_kept_worker_that_is_sent_noise_keeps_what_it_was_paid() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [1, 1, PRICE]);
    market.work(job_id, &[(OWN[0], lie()), (OWN[1], Answer::of(&[-9_000; 4])), (HONEST, truth())]);
    market.add_escrow(job_id, PRICE).unwrap();
    market.assign(job_id, &[HONEST, "node-4", "node-5"]);
    market.expire(job_id);
    market.expire(job_id);
    assert_eq!(owed(&market, HONEST), PRICE / 2 * 7 / 10);
    assert_eq!(bond(&market, HONEST), 2 * NODE_BOND);
    market.custody();
}

#[test]
fn a_quorum_near_honest_noise_slashes_no_outlier_and_pays_it_half() {
    let mut market = JobsSuite::new();
    // Tolerance 2: the two agree on something 8 away from the third, which is within four tolerances.
    let (shifted, honest) = (Answer::of(&[9, -2, 3, -4]), truth());
    let job_id = started(&mut market, [PRICE; 3]);
    market.work(job_id, &[(OWN[0], shifted.clone()), (OWN[1], shifted.clone()), (HONEST, honest.clone())]);
    let response = market.finalize(job_id, &OWN).unwrap();
    assert!(told!(market.jobs, response, Event::Fault.worker).is_empty());
    assert_eq!(told!(market.jobs, response, Event::Compensated.paid), [Uint128::new(PRICE / 2)]);
    assert_eq!((bond(&market, HONEST), owed(&market, HONEST)), (2 * NODE_BOND, PRICE / 2 * 7 / 10));
    // One further is no noise.
    let further = Answer::of(&[10, -2, 3, -4]);
    let job_id = started(&mut market, [PRICE; 3]);
    market.work(job_id, &[(OWN[0], further.clone()), (OWN[1], further), (HONEST, honest)]);
    market.finalize(job_id, &OWN).unwrap();
    assert_eq!(bond(&market, HONEST), 2 * NODE_BOND - PRICE / 2);
    market.custody();
}

#[test]
fn a_liar_costs_the_requester_no_more_than_its_own_bond_and_pay() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [PRICE; 3]);
    market.work(job_id, &[("node-1", truth()), ("node-2", truth()), ("node-3", lie())]);
    market.finalize(job_id, &["node-1", "node-2"]).unwrap();
    let cost = PRICE - market.claimable(&market.requester);
    assert_eq!(cost, PRICE / 2);
    assert_eq!(2 * NODE_BOND - bond(&market, "node-3"), cost);
    // The honest lose nothing by it.
    assert_eq!(owed(&market, "node-1"), PRICE * 7 / 10);
    market.custody();
}

#[test]
fn a_bond_covers_every_open_round_so_leaving_many_jobs_out_costs_each() {
    let mut market = JobsSuite::new();
    let terms = Terms { workers: 1, quorum: 1, price: 2u128.into(), ..market.terms() };
    let most = usize::try_from(2 * NODE_BOND / SLASH).unwrap();
    let jobs: Vec<u64> = (0..most).map(|_| market.assigned(&terms, &["node-1"])).collect();
    assert_eq!(market.open_rounds("node-1") as usize, most);
    let one_more = market.post(&terms);
    let assignment = market.assignment(one_more, &[("node-1", 2)]);
    let error: ContractError = refusal(market.try_assign(one_more, assignment));
    assert!(matches!(error, ContractError::BondBound { slot: 10, open: 40, .. }), "{error}");
    for job_id in &jobs {
        market.commit(*job_id, "node-1", &truth()).unwrap();
    }
    for job_id in &jobs {
        market.expire(*job_id);
    }
    assert_eq!(bond(&market, "node-1"), 0, "each non-reveal cost a whole slash");
    assert_eq!(market.open_rounds("node-1"), 0);
    market.custody();
}

#[test]
fn a_settled_job_and_a_failed_one_free_the_bond() {
    let mut market = JobsSuite::new();
    let settled = started(&mut market, [PRICE; 3]);
    let failed = started(&mut market, [PRICE; 3]);
    assert_eq!(ALL.map(|name| market.open_rounds(name)), [2; 3]);
    market.work(settled, &ALL.map(|name| (name, truth())));
    market.finalize(settled, &ALL).unwrap();
    assert_eq!(ALL.map(|name| market.open_rounds(name)), [1; 3]);
    market.expire(failed);
    assert_eq!(ALL.map(|name| market.open_rounds(name)), [0; 3]);
}

#[test]
fn who_has_no_requesters_bond_posts_nothing() {
    let mut market = JobsSuite::new();
    let (terms, bonded) = (market.terms(), market.requester.clone());
    market.requester = market.suite.account("stranger");
    let error: ContractError = refusal(market.try_post(&terms, 3 * PRICE));
    assert_eq!(error, ContractError::RequesterBond { address: market.requester.to_string() });
    market.requester = bonded.clone();
    market.post(&terms);
    market.suite.ask_registry(&bonded, &bithive_api::registry::ExecuteMsg::Unbond {}).unwrap();
    let error: ContractError = refusal(market.try_post(&terms, 3 * PRICE));
    assert_eq!(error, ContractError::RequesterBond { address: bonded.into() });
}

#[test]
fn a_later_round_is_about_the_same_input_and_brings_somebody_new() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [PRICE; 3]);
    market.work(job_id, &[(ALL[0], truth()), (ALL[1], lie()), (ALL[2], Answer::of(&[0; 4]))]);
    let bids = [("node-1", PRICE / 2), ("node-2", PRICE / 2), ("node-4", 1)];
    let mut other = market.assignment(job_id, &bids);
    let expected = std::mem::replace(&mut other.input_commitment, HexBinary::from(&[0x1d; 32]));
    let found = other.input_commitment.clone();
    let error: ContractError = refusal(market.try_assign(job_id, other));
    assert_eq!(error, ContractError::OtherInput { found, expected });
    let same = market.assignment(job_id, &ALL.map(|name| (name, PRICE / 2)));
    let error: ContractError = refusal(market.try_assign(job_id, same));
    assert_eq!(error, ContractError::NobodyNew { job_id });
    let dear = market.assignment(job_id, &[("node-1", PRICE / 2), ("node-2", PRICE), ("node-4", 1)]);
    let error: ContractError = refusal(market.try_assign(job_id, dear));
    let (found, expected) = (PRICE.into(), (PRICE / 2).into());
    assert_eq!(error, ContractError::KeptAsk { slot: 20, found, expected });
    let right = market.assignment(job_id, &bids);
    market.try_assign(job_id, right).unwrap();
}

/// One member collects all signatures and withholds them: each of the others shows its own.
#[test]
fn who_withholds_the_signatures_of_others_delays_nobody() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [PRICE; 3]);
    market.work(job_id, &ALL.map(|name| (name, truth())));
    let response = market.sign(job_id, "node-2").unwrap();
    assert_eq!(told!(market.jobs, response, Event::Signature.worker), [market.suite.account("node-2")]);
    assert!(market.job(job_id).workers.iter().map(|worker| worker.signed).eq([false, true, false]));
    let error: ContractError = refusal(market.sign(job_id, "node-2"));
    assert!(matches!(error, ContractError::AlreadySigned { round: 1, .. }), "{error}");
    let response = market.sign(job_id, "node-3").unwrap();
    assert_eq!(told!(market.jobs, response, Event::Settled.job_id), [job_id]);
    let job = market.job(job_id);
    assert_eq!((job.phase, job.outcome.unwrap().signers), (Phase::Settled, Some(0b110)));
    assert_eq!(ALL.map(|name| owed(&market, name)), [PRICE * 7 / 10; 3]);
    market.custody();
}

#[test]
fn a_signature_is_the_senders_own_over_this_statement() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [PRICE; 3]);
    market.work(job_id, &[(ALL[0], truth()), (ALL[1], truth()), (ALL[2], lie())]);
    let (account, (_, signature)) = (market.suite.account("node-1"), market.signed(job_id, &["node-2"]));
    let sign = bithive_api::jobs::ExecuteMsg::Sign { job_id, signature };
    let error: ContractError = refusal(market.send(&account, &sign));
    assert!(matches!(error, ContractError::Bls(_)), "{error}");
    let error: ContractError = refusal(market.sign(job_id, "node-3"));
    assert!(
        matches!(error, ContractError::SignerOutsideQuorum { signers: 0b100, quorum: 0b011, .. }),
        "{error}"
    );
}

#[test]
fn escrow_is_added_to_a_job_that_is_not_final() {
    let mut market = JobsSuite::new();
    let job_id = started(&mut market, [PRICE; 3]);
    let response = market.add_escrow(job_id, 7).unwrap();
    assert_eq!(told!(market.jobs, response, Event::EscrowAdded.escrow), [Uint128::new(3 * PRICE + 7)]);
    market.expire(job_id);
    market.expire(job_id);
    assert_eq!(market.claimable(&market.requester), 3 * PRICE + 7);
    let error: ContractError = refusal(market.add_escrow(job_id, 7));
    assert!(matches!(error, ContractError::WrongPhase { found: Phase::Refunded, .. }), "{error}");
    assert_eq!(refusal::<ContractError>(market.add_escrow(9, 7)), ContractError::NoJob { job_id: 9 });
    market.custody();
}
