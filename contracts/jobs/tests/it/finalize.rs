//! `finalize`: who may sign what, and who is paid what.

use bithive_api::jobs::{Event, Phase, Terms, limits};
use bithive_attest::bls;
use bithive_attest::host::HostError;
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{Answer, JobsSuite, NODES, PRICE, WINDOW};
use bithive_test_kit::registry::NODE_BOND;
use bithive_test_kit::{NodeKeys, refusal, told};
use cosmwasm_std::{HexBinary, Uint128, to_json_vec};

const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];
const STATEMENT: &str = "BLS signature of the statement";

fn answer() -> Answer {
    Answer::of(&[1, -2, 3, -4])
}

/// A job with these terms on which all of `WORKERS` agree.
fn revealed(market: &mut JobsSuite, terms: &Terms) -> u64 {
    let job_id = market.assigned(terms, &WORKERS);
    market.work(job_id, &WORKERS.map(|name| (name, answer())));
    assert_eq!(market.job(job_id).phase, Phase::Revealed);
    job_id
}

fn agreed() -> (JobsSuite, u64) {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = revealed(&mut market, &terms);
    (market, job_id)
}

/// As `agreed`, but node-2 revealed something else.
fn agreed_without_node_2() -> (JobsSuite, u64) {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    market.work(job_id, &[("node-1", answer()), ("node-2", Answer::of(&[50; 4])), ("node-3", answer())]);
    (market, job_id)
}

fn mismatch() -> ContractError {
    ContractError::Bls(HostError::Mismatch(STATEMENT))
}

#[test]
fn one_signature_of_all_settles_the_job() {
    let (mut market, job_id) = agreed();
    let (bits, signature) = market.signed(job_id, &WORKERS);
    let response = market.try_finalize(job_id, bits, signature.clone()).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Settled.paid), [Uint128::new(3 * PRICE)]);
    assert_eq!(told!(market.jobs, response, Event::Settled.refunded), [Uint128::zero()]);
    let job = market.job(job_id);
    assert_eq!((job.phase, job.deadline, job.escrow.u128()), (Phase::Settled, None, 0));
    let outcome = job.outcome.unwrap();
    assert_eq!((outcome.signature, outcome.signers, outcome.batch), (Some(signature), Some(0b111), None));
    market.custody();
}

#[test]
fn a_quorum_is_enough_and_its_absentees_are_paid_too() {
    for signers in [["node-1", "node-2"], ["node-1", "node-3"], ["node-2", "node-3"]] {
        let (mut market, job_id) = agreed();
        market.finalize(job_id, &signers).unwrap();
        for name in WORKERS {
            assert_eq!(market.claimable(&market.suite.account(name)), PRICE * 7 / 10);
        }
        market.custody();
    }
}

#[test]
fn every_party_receives_its_share() {
    let mut market = JobsSuite::new();
    let (model, data) = (market.suite.account("model-owner"), market.suite.account("data-owner"));
    market.with_owners(&model, &data);
    let owners = Terms {
        model_owner: Some(model.to_string()),
        data_owner: Some(data.to_string()),
        price: 1_009u128.into(),
        ..market.terms()
    };
    let job_id = revealed(&mut market, &owners);
    market.finalize(job_id, &WORKERS).unwrap();
    // Of 1,009: 706.3 to the worker, 100.9 to each owner, 50.45 to the pool, the rest to the treasury.
    for name in WORKERS {
        assert_eq!(market.claimable(&market.suite.account(name)), 706);
    }
    assert_eq!(market.claimable(&model), 3 * 100);
    assert_eq!(market.claimable(&data), 3 * 100);
    assert_eq!(market.claimable(&market.incentive_pool), 3 * 50);
    assert_eq!(market.claimable(&market.suite.treasury), 3 * (1_009 - 706 - 100 - 100 - 50));
    assert_eq!(market.claimable(&market.requester), 0);
    market.custody();
}

#[test]
fn the_share_of_an_owner_that_is_not_named_goes_to_the_treasury() {
    let (mut market, job_id) = agreed();
    market.finalize(job_id, &WORKERS).unwrap();
    assert_eq!(market.claimable(&market.suite.treasury), 3 * PRICE / 4);
}

#[test]
fn what_nobody_asked_for_is_refunded() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let assignment = market.assignment(job_id, &[("node-1", 1_000), ("node-2", 2_000), ("node-3", 3_000)]);
    market.try_assign(job_id, assignment).unwrap();
    market.work(job_id, &WORKERS.map(|name| (name, answer())));
    let response = market.finalize(job_id, &WORKERS).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Settled.paid), [Uint128::new(6_000)]);
    assert_eq!(market.claimable(&market.requester), 3 * PRICE - 6_000);
    assert_eq!(market.claimable(&market.suite.account("node-2")), 1_400);
    market.custody();
}

#[test]
fn a_worker_outside_the_quorum_is_not_paid() {
    let (mut market, job_id) = agreed_without_node_2();
    market.finalize(job_id, &["node-1", "node-3"]).unwrap();
    assert_eq!(market.claimable(&market.suite.account("node-2")), 0);
    assert_eq!(market.claimable(&market.requester), PRICE / 2);
    market.custody();
}

#[test]
fn who_is_both_worker_and_owner_receives_both_shares() {
    let mut market = JobsSuite::new();
    let owner = market.suite.account("node-1");
    let data = market.suite.account("data-owner");
    market.with_owners(&owner, &data);
    let terms = market.terms();
    let job_id = revealed(&mut market, &terms);
    market.finalize(job_id, &WORKERS).unwrap();
    assert_eq!(market.claimable(&owner), PRICE * 7 / 10 + 3 * PRICE / 10);
    market.custody();
}

#[test]
fn a_signer_outside_the_quorum_is_refused() {
    let (mut market, job_id) = agreed_without_node_2();
    let (signers, signature) = market.signed(job_id, &WORKERS);
    let error: ContractError = refusal(market.try_finalize(job_id, signers, signature));
    assert_eq!(error, ContractError::SignerOutsideQuorum { job_id, signers: 0b111, quorum: 0b101 });
}

#[test]
fn a_signer_that_does_not_exist_is_refused() {
    let (mut market, job_id) = agreed();
    let (signers, signature) = market.signed(job_id, &WORKERS);
    for bit in [3, 16, 31] {
        let signers = signers | 1 << bit;
        let error: ContractError = refusal(market.try_finalize(job_id, signers, signature.clone()));
        assert_eq!(error, ContractError::SignerOutsideQuorum { job_id, signers, quorum: 0b111 });
    }
}

#[test]
fn too_few_signers_are_refused() {
    let (mut market, job_id) = agreed();
    let error: ContractError = refusal(market.finalize(job_id, &["node-2"]));
    assert_eq!(error, ContractError::TooFewSigners { job_id, found: 1, expected: 2 });
    let (_, signature) = market.signed(job_id, &WORKERS);
    let error: ContractError = refusal(market.try_finalize(job_id, 0, signature));
    assert_eq!(error, ContractError::TooFewSigners { job_id, found: 0, expected: 2 });
}

#[test]
fn a_forged_aggregate_is_refused() {
    let (mut market, job_id) = agreed();
    let statement = market.statement(job_id);
    let sign = |names: &[&str]| {
        let signatures: Vec<_> = names.iter().map(|name| NodeKeys::of(name).bls.sign(&statement)).collect();
        HexBinary::from(&bls::aggregate(&signatures).unwrap())
    };
    // One claims more signers than signed, one signs twice, one is a stranger.
    for names in [&["node-1", "node-2"][..], &["node-1", "node-1", "node-2"], &["node-1", "node-2", "node-6"]]
    {
        let error: ContractError = refusal(market.try_finalize(job_id, 0b111, sign(names)));
        assert_eq!(error, mismatch());
    }
    assert_eq!(market.job(job_id).phase, Phase::Revealed);
    assert_eq!(market.totals().claimable.u128(), 0);
}

#[test]
fn an_identity_or_malformed_signature_is_refused() {
    let (mut market, job_id) = agreed();
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    let error: ContractError = refusal(market.try_finalize(job_id, 0b111, HexBinary::from(&identity)));
    assert_eq!(error, ContractError::Bls(HostError::Identity(STATEMENT)));
    let error: ContractError = refusal(market.try_finalize(job_id, 0b111, HexBinary::from(&[0; 48])));
    assert_eq!(error, ContractError::Bls(HostError::Length { what: STATEMENT, found: 48, expected: 96 }));
}

#[test]
fn a_statement_of_another_job_is_refused() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let (first, second) = (revealed(&mut market, &terms), revealed(&mut market, &terms));
    let (signers, signature) = market.signed(first, &WORKERS);
    let error: ContractError = refusal(market.try_finalize(second, signers, signature));
    assert_eq!(error, mismatch());
    market.finalize(second, &WORKERS).unwrap();
    assert_eq!(market.job(first).phase, Phase::Revealed);
}

#[test]
fn only_a_revealed_job_is_settled() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.assigned(&terms, &WORKERS);
    let signature = HexBinary::from(&[0; 96]);
    let error: ContractError = refusal(market.try_finalize(job_id, 0b111, signature));
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Assigned, expected: "Revealed" });
}

#[test]
fn a_job_is_settled_once() {
    let (mut market, job_id) = agreed();
    let (signers, signature) = market.signed(job_id, &WORKERS);
    market.try_finalize(job_id, signers, signature.clone()).unwrap();
    let error: ContractError = refusal(market.try_finalize(job_id, signers, signature));
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Settled, expected: "Revealed" });
    market.custody();
}

#[test]
fn a_late_statement_settles_as_long_as_nobody_advanced() {
    let (mut market, job_id) = agreed();
    market.suite.advance(WINDOW + 1);
    market.finalize(job_id, &WORKERS).unwrap();
    assert_eq!(market.job(job_id).phase, Phase::Settled);
}

#[test]
fn the_largest_job_settles() {
    let mut market = JobsSuite::new();
    // Slots 1 to 9, then those of the suite's nodes, then 61.
    let low: Vec<String> = (1..=9).map(|slot| format!("low-{slot}")).collect();
    for (name, slot) in low.iter().map(String::as_str).zip(1..).chain([("high", 61)]) {
        market.suite.register_node(name, slot, NODE_BOND).unwrap();
    }
    let names: Vec<&str> = low.iter().map(String::as_str).chain(NODES).chain(["high"]).collect();
    let (workers, dimensions) = (limits::MAX_WORKERS, limits::MAX_DIMENSIONS);
    let terms = Terms { workers, quorum: 9, dimensions, ..market.terms() };
    let job_id = market.assigned(&terms, &names);
    // Seven of them are wrong, each in its own way.
    let words =
        |index: usize| vec![if index < 7 { 1_000 * i32::try_from(index).unwrap() } else { -500 }; 1_024];
    let work: Vec<(&str, Answer)> =
        names.iter().enumerate().map(|(index, name)| (*name, Answer::of(&words(index)))).collect();
    market.work(job_id, &work);
    assert_eq!(market.job(job_id).outcome.unwrap().quorum, 0b1111_1111_1000_0000);
    market.finalize(job_id, &names[7..]).unwrap();
    assert_eq!(market.claimable(&market.suite.account("high")), PRICE * 7 / 10);
    assert_eq!(market.claimable(&market.requester), 7 * PRICE / 2);
    assert_eq!(market.suite.node("low-1").unwrap().bond.u128(), NODE_BOND - PRICE / 2);
    let row = to_json_vec(&market.job(job_id)).unwrap().len();
    assert!(row * limits::MAX_PAGE as usize <= 1 << 20, "a page of such jobs has {row} bytes a row");
    market.custody();
}
