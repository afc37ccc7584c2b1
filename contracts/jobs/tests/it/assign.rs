//! Assignment: who may assign which workers, and until when.

use bithive_api::jobs::{Assignment, Event, ExecuteMsg, Phase, Round, limits};
use bithive_api::registry;
use bithive_attest::Domain;
use bithive_attest::host::HostError;
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_dgkbe::{GroupedSet, Groups, SlotError};
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{Answer, JobsSuite, PRICE, WINDOW};
use bithive_test_kit::registry::{NODE_BOND, params};
use bithive_test_kit::{CHAIN_ID, NodeKeys, refusal, told};
use cosmwasm_std::{Addr, HexBinary, Uint128};

const BIDS: [(&str, u128); 3] = [("node-1", PRICE), ("node-2", PRICE - 1), ("node-3", 1)];
const CONSENT: &str = "BLS aggregate of the workers' consents";

fn posted() -> (JobsSuite, u64) {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    (market, job_id)
}

/// The error for an otherwise valid assignment with one change.
fn refused(change: impl FnOnce(&JobsSuite, &mut Assignment)) -> ContractError {
    let (mut market, job_id) = posted();
    let mut assignment = market.assignment(job_id, &BIDS);
    change(&market, &mut assignment);
    let before = market.job(job_id);
    let error = refusal(market.try_assign(job_id, assignment));
    assert_eq!(market.job(job_id), before);
    error
}

#[test]
fn an_assigned_job_waits_for_its_workers() {
    let (mut market, job_id) = posted();
    market.suite.advance(7);
    let assignment = market.assignment(job_id, &BIDS);
    let response = market.try_assign(job_id, assignment.clone()).unwrap();
    let accounts = BIDS.map(|(name, _)| market.suite.account(name));
    assert_eq!(told!(market.jobs, response, Event::Assigned.workers), [accounts.to_vec()]);
    assert_eq!(told!(market.jobs, response, Event::Assigned.round), [Round(1)]);
    let job = market.job(job_id);
    assert_eq!((job.phase, job.round), (Phase::Assigned, 1));
    assert_eq!(job.deadline, Some(market.suite.now() + WINDOW));
    assert_eq!(job.assignment, Some(assignment));
    let workers: Vec<(Addr, u16, u128)> =
        job.workers.into_iter().map(|worker| (worker.address, worker.slot, worker.ask.u128())).collect();
    let [a, b, c] = accounts;
    assert_eq!(workers, [(a, 10, PRICE), (b, 20, PRICE - 1), (c, 30, 1)]);
    market.custody();
}

#[test]
fn only_the_requester_assigns() {
    let (mut market, job_id) = posted();
    let assignment = market.assignment(job_id, &BIDS);
    let stranger = market.suite.account("stranger");
    let error: ContractError = refusal(market.send(&stranger, &ExecuteMsg::Assign { job_id, assignment }));
    let expected = format!("the requester of job {job_id}, {}", market.requester);
    assert_eq!(error, Unauthorized::new(&stranger, expected).into());
}

#[test]
fn the_last_second_counts_and_the_next_is_too_late() {
    let (mut market, job_id) = posted();
    let deadline = market.job(job_id).deadline.unwrap();
    market.suite.advance(WINDOW + 1);
    let assignment = market.assignment(job_id, &BIDS);
    let error: ContractError = refusal(market.try_assign(job_id, assignment));
    assert_eq!(error, ContractError::TooLate { job_id, phase: Phase::Open, deadline, now: deadline + 1 });

    let (mut market, job_id) = posted();
    market.suite.advance(WINDOW);
    let assignment = market.assignment(job_id, &BIDS);
    assert!(market.try_assign(job_id, assignment).is_ok());
}

#[test]
fn a_job_in_progress_is_not_assigned_again() {
    let (mut market, job_id) = posted();
    market.assign(job_id, &["node-1", "node-2", "node-3"]);
    let assignment = market.assignment(job_id, &[("node-4", 1), ("node-5", 1), ("node-6", 1)]);
    let error: ContractError = refusal(market.try_assign(job_id, assignment));
    let expected = "Open or Disputed";
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Assigned, expected });
}

#[test]
fn a_settled_job_is_not_assigned_again() {
    let (mut market, job_id) = posted();
    market.assign(job_id, &["node-1", "node-2", "node-3"]);
    let answer = Answer::of(&[1; 4]);
    market.work(job_id, &[("node-1", answer.clone()), ("node-2", answer.clone()), ("node-3", answer)]);
    market.finalize(job_id, &["node-1", "node-2"]).unwrap();
    let assignment = market.assignment(job_id, &BIDS);
    let error: ContractError = refusal(market.try_assign(job_id, assignment));
    let expected = "Open or Disputed";
    assert_eq!(error, ContractError::WrongPhase { job_id, found: Phase::Settled, expected });
}

#[test]
fn a_duplicate_slot_in_the_mask_is_refused() {
    // Version 1, list, 3 slots: 10, then 10 further, then 0 further.
    let error = refused(|_, assignment| assignment.mask = vec![1, 0, 3, 10, 10, 0].into());
    assert_eq!(error, ContractError::Mask(SlotError::Duplicate { slot: 20 }));
}

#[test]
fn a_slot_beyond_the_group_is_refused() {
    let error = refused(|_, assignment| assignment.mask = vec![1, 0, 3, 10, 10, 45].into());
    assert_eq!(error, ContractError::Mask(SlotError::OutOfRange { slot: 65, capacity: 64 }));
    let error = refused(|_, assignment| assignment.mask = vec![1, 0, 3, 0, 10, 10].into());
    assert_eq!(error, ContractError::Mask(SlotError::OutOfRange { slot: 0, capacity: 64 }));
}

/// Four groups of 16 slots: node-1 (slot 10) is in group 0, node-2 and node-3 (20, 30) are in group 1.
fn several_groups() -> (JobsSuite, u64, Assignment) {
    let mut market = JobsSuite::with_params(registry::Params { slots: 16, groups: 4, ..params() });
    let terms = market.terms();
    let job_id = market.post(&terms);
    let assignment = market.assignment(job_id, &BIDS);
    (market, job_id, assignment)
}

#[test]
fn workers_of_several_groups_take_a_header_for_each_group_and_none_for_others() {
    let (mut market, job_id, assignment) = several_groups();
    // Version 1, groups, 2 of them: group 0 as a list of one, then the next one as a bitmap.
    assert_eq!(assignment.mask.as_slice(), [1, 2, 2, 0, 0, 1, 10, 1, 1, 0b1000, 0b10_0000]);
    assert_eq!(assignment.headers.len(), 256);
    for found in [0, 128, 255, 384, 512] {
        let changed = Assignment { headers: vec![7; found].into(), ..assignment.clone() };
        let error: ContractError = refusal(market.try_assign(job_id, changed));
        assert_eq!(error, ContractError::Headers { found, groups: 2, expected: 256 });
    }
    market.try_assign(job_id, assignment.clone()).unwrap();
    let stored = market.job(job_id).assignment.unwrap();
    assert_eq!((stored.mask, stored.headers), (assignment.mask, assignment.headers));
    let slots: Vec<u16> = market.job(job_id).workers.iter().map(|worker| worker.slot).collect();
    assert_eq!(slots, [10, 20, 30]);
}

#[test]
fn a_mask_over_groups_has_one_valid_form() {
    let (mut market, job_id, assignment) = several_groups();
    let mut refused = |mask: &[u8]| -> ContractError {
        refusal(market.try_assign(job_id, Assignment { mask: mask.into(), ..assignment.clone() }))
    };
    let beyond = SlotError::NoSuchGroup { group: 4, count: 4 };
    assert_eq!(refused(&[1, 2, 1, 4, 0, 1, 1]), ContractError::Mask(beyond));
    let slot = SlotError::OutOfRange { slot: 17, capacity: 16 };
    assert_eq!(refused(&[1, 2, 1, 0, 0, 1, 17]), ContractError::Mask(slot));
    let one_group = SlotError::Form { expected: "2 (groups)", actual: 0 };
    assert_eq!(refused(&[1, 0, 3, 10, 10, 10]), ContractError::Mask(one_group));
    let twice = [1, 2, 2, 0, 0, 1, 10, 0, 0, 1, 11];
    let without_members = [1, 2, 2, 0, 0, 1, 10, 1, 0, 0];
    let longer_form = [1, 2, 2, 0, 0, 1, 10, 1, 0, 2, 4, 10];
    for mask in [&twice[..], &without_members, &longer_form] {
        assert!(matches!(refused(mask), ContractError::Mask(SlotError::NotCanonical { .. })), "{mask:?}");
    }
}

#[test]
fn the_longest_mask_of_a_job_fits_its_bound() {
    let groups = Groups::new(limits::MAX_WORKERS.into(), 4095).unwrap();
    let each = (1..=u16::from(limits::MAX_WORKERS)).map(|group| group * 4095);
    let spread = GroupedSet::from_slots(groups, each).unwrap().encode().len();
    let groups = Groups::new(1024, 63).unwrap();
    let far = (1..=u16::from(limits::MAX_WORKERS)).map(|number| number * 63 * 64);
    let distant = GroupedSet::from_slots(groups, far).unwrap().encode().len();
    assert!(spread <= 99 && distant <= 99 && limits::MAX_MASK_BYTES >= 99, "{spread}, {distant}");
}

#[test]
fn a_mask_that_is_no_mask_is_refused() {
    let error = refused(|_, assignment| assignment.mask = vec![].into());
    assert_eq!(error, ContractError::Mask(SlotError::Truncated));
    let found = limits::MAX_MASK_BYTES + 1;
    let error = refused(|_, assignment| assignment.mask = vec![1; found].into());
    let (field, least, most) = ("mask", 0, limits::MAX_MASK_BYTES);
    assert_eq!(error, ContractError::Input(InputError::Length { field, found, least, most }));
}

#[test]
fn a_mask_selects_exactly_the_workers_of_the_job() {
    for (mask, found) in [(vec![1, 0, 2, 10, 10], 2), (vec![1, 0, 4, 10, 10, 10, 10], 4), (vec![1, 0, 0], 0)]
    {
        let error = refused(|_, assignment| assignment.mask = mask.into());
        assert_eq!(error, ContractError::SlotCount { found, expected: 3 });
    }
}

#[test]
fn there_is_one_ask_for_each_worker() {
    let error = refused(|_, assignment| assignment.asks.truncate(2));
    assert_eq!(error, ContractError::AskCount { found: 2, expected: 3 });
    let error = refused(|_, assignment| assignment.asks.push(Uint128::one()));
    assert_eq!(error, ContractError::AskCount { found: 4, expected: 3 });
}

#[test]
fn an_ask_is_between_1_and_the_price() {
    for found in [0, PRICE + 1, u128::MAX].map(Uint128::from) {
        let error = refused(|_, assignment| assignment.asks[1] = found);
        assert_eq!(error, ContractError::Ask { slot: 20, found, most: PRICE.into() });
    }
}

#[test]
fn a_truncated_header_or_digest_is_refused() {
    let length = |field, found, expected| {
        ContractError::Input(InputError::Length { field, found, least: expected, most: expected })
    };
    for found in [0, 127, 256] {
        let error = refused(|_, assignment| assignment.headers = vec![0; found].into());
        assert_eq!(error, ContractError::Headers { found, groups: 1, expected: 128 });
    }
    let error = refused(|_, assignment| assignment.payload = HexBinary::from(&[0; 33]));
    assert_eq!(error, length("payload", 33, 32));
    let error = refused(|_, assignment| assignment.input_commitment = HexBinary::from(&[]));
    assert_eq!(error, length("input_commitment", 0, 32));
}

#[test]
fn a_free_slot_is_refused() {
    let error = refused(|_, assignment| assignment.mask = vec![1, 0, 3, 10, 10, 1].into());
    assert_eq!(error, ContractError::SlotFree { slot: 21 });
}

#[test]
fn an_account_does_not_work_through_two_slots() {
    let mut market = JobsSuite::new();
    let both = |market: &mut JobsSuite| -> ContractError {
        let terms = market.terms();
        let job_id = market.post(&terms);
        let mut assignment = market.assignment(job_id, &[("node-1", 1), ("node-2", 1), ("node-3", 1)]);
        // Slots 10, 11 and 20.
        assignment.mask = vec![1, 0, 3, 10, 1, 9].into();
        refusal(market.try_assign(job_id, assignment))
    };
    let node = market.suite.account("node-1");
    let spare =
        NodeKeys::of("spare").registration(market.suite.domain(&market.suite.registry), node.as_str(), 11);
    let refused = market.suite.bond("node-1", NODE_BOND, &registry::Hook::RegisterNode(spare));
    assert!(refused.unwrap_err().root_cause().to_string().contains("is registered already"));
    assert_eq!(both(&mut market), ContractError::SlotFree { slot: 11 });
    // Nor does one that leaves and comes back at another slot keep the old one.
    market.suite.ask_registry(&node, &registry::ExecuteMsg::Unbond {}).unwrap();
    market.suite.advance(params().unbonding_seconds);
    let withdraw = registry::ExecuteMsg::WithdrawBond { address: node.to_string() };
    market.suite.ask_registry(&node, &withdraw).unwrap();
    market.suite.register_node("node-1", 11, NODE_BOND).unwrap();
    assert_eq!(both(&mut market), ContractError::SlotFree { slot: 10 });
}

#[test]
fn a_node_that_is_leaving_is_refused() {
    let (mut market, job_id) = posted();
    let assignment = market.assignment(job_id, &BIDS);
    let node = market.suite.account("node-2");
    market.suite.ask_registry(&node, &registry::ExecuteMsg::Unbond {}).unwrap();
    let error: ContractError = refusal(market.try_assign(job_id, assignment));
    assert_eq!(error, ContractError::NotEligible { slot: 20, address: node.into() });
}

#[test]
fn the_requester_can_not_work_for_itself() {
    let mut market = JobsSuite::new();
    market.requester = market.suite.account("node-2");
    let terms = market.terms();
    let error: ContractError = refusal(market.try_post(&terms, 3 * PRICE));
    assert_eq!(error, ContractError::RequesterBond { address: market.requester.into() });
}

#[test]
fn a_worker_at_fault_can_not_be_assigned_again() {
    let (mut market, job_id) = posted();
    market.assign(job_id, &["node-1", "node-2", "node-3"]);
    market.commit(job_id, "node-1", &Answer::of(&[1; 4])).unwrap();
    market.expire(job_id);
    let assignment = market.assignment(job_id, &[("node-1", 1), ("node-3", 1), ("node-4", 1)]);
    let error: ContractError = refusal(market.try_assign(job_id, assignment));
    let address = market.suite.account("node-3").to_string();
    assert_eq!(error, ContractError::FaultedBefore { slot: 30, address });
    assert_eq!(market.suite.node("node-3").unwrap().bond.u128(), 2 * NODE_BOND);
    // It may work on another job, and who did commit may try this one again.
    let terms = market.terms();
    market.assigned(&terms, &["node-2", "node-3", "node-4"]);
    market.assign(job_id, &["node-1", "node-4", "node-5"]);
    assert_eq!(market.job(job_id).round, 2);
}

/// The error for consents to something else than what is assigned.
fn refused_consent(consent: impl Fn(&JobsSuite, u64) -> HexBinary) -> ContractError {
    refused(|market, assignment| assignment.consent = consent(market, 1))
}

fn mismatch() -> ContractError {
    ContractError::Bls(HostError::Mismatch(CONSENT))
}

#[test]
fn a_consent_by_somebody_else_is_refused() {
    let error = refused(|_, assignment| assignment.mask = vec![1, 0, 3, 10, 10, 20].into());
    assert_eq!(error, mismatch());
}

#[test]
fn an_absent_consent_is_refused() {
    assert_eq!(
        refused_consent(|market, job_id| market.consents(market.domain(), job_id, 1, &BIDS[..2])),
        mismatch()
    );
}

#[test]
fn a_consent_of_another_job_is_refused() {
    assert_eq!(
        refused_consent(|market, job_id| market.consents(market.domain(), job_id + 1, 1, &BIDS)),
        mismatch()
    );
}

#[test]
fn a_consent_of_another_round_is_refused() {
    assert_eq!(
        refused_consent(|market, job_id| market.consents(market.domain(), job_id, 2, &BIDS)),
        mismatch()
    );
}

#[test]
fn a_consent_of_another_chain_or_contract_is_refused() {
    let chain = |market: &JobsSuite, job_id| {
        let elsewhere = Domain { chain_id: "bithive-test-2", ..market.domain() };
        market.consents(elsewhere, job_id, 1, &BIDS)
    };
    assert_eq!(refused_consent(chain), mismatch());
    let contract = |market: &JobsSuite, job_id| {
        let elsewhere = Domain { chain_id: CHAIN_ID, contract: market.suite.registry.as_str() };
        market.consents(elsewhere, job_id, 1, &BIDS)
    };
    assert_eq!(refused_consent(contract), mismatch());
}

#[test]
fn a_consent_to_another_ask_is_refused() {
    assert_eq!(refused(|_, assignment| assignment.asks[2] = 2u128.into()), mismatch());
}

#[test]
fn a_consent_that_is_no_signature_is_refused() {
    let mut identity = [0; 96];
    identity[0] = 0xc0;
    let error = refused_consent(|_, _| HexBinary::from(&identity));
    assert_eq!(error, ContractError::Bls(HostError::Identity(CONSENT)));
    let error = refused_consent(|_, _| HexBinary::from(&[0; 95]));
    assert_eq!(error, ContractError::Bls(HostError::Length { what: CONSENT, found: 95, expected: 96 }));
    let error = refused_consent(|_, _| HexBinary::from(&[0xff; 96]));
    assert!(matches!(error, ContractError::Bls(_)));
}

#[test]
fn a_failed_rounds_consents_do_not_bind_again() {
    let (mut market, job_id) = posted();
    let first = market.assignment(job_id, &BIDS);
    market.try_assign(job_id, first.clone()).unwrap();
    let answers = [[0; 4], [100; 4], [200; 4]].map(|words| Answer::of(&words));
    let [a, b, c] = answers;
    market.work(job_id, &[("node-1", a), ("node-2", b), ("node-3", c)]);
    assert_eq!(market.job(job_id).phase, Phase::Disputed);
    let error: ContractError = refusal(market.try_assign(job_id, first.clone()));
    assert!(matches!(error, ContractError::KeptAsk { slot: 10, .. }), "{error}");
    let others = [("node-4", 1), ("node-5", 1), ("node-6", 1)];
    let consent = market.consents(market.domain(), job_id, 1, &others);
    let stale = bithive_api::jobs::Assignment { consent, ..market.assignment(job_id, &others) };
    assert_eq!(refusal::<ContractError>(market.try_assign(job_id, stale)), mismatch());
    // Who was paid half for its result asks for the other half, and those who are new consent to this round.
    let half = |ask: u128| ask - ask / 2;
    let bids = [(BIDS[0].0, half(BIDS[0].1)), (BIDS[1].0, half(BIDS[1].1)), ("node-4", 1)];
    let second = market.assignment(job_id, &bids);
    market.try_assign(job_id, second).unwrap();
    assert_eq!(market.job(job_id).round, 2);
}
