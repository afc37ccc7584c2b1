//! Proposals, approvals, payments and their limits.

use bithive_api::rewards::{Activity, ExecuteMsg, Hook, Inputs, QueryMsg, Role, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_economics::score::FactorError;
use bithive_rewards::ContractError;
use bithive_test_kit::rewards::{DAY, RewardsSuite, worth};
use bithive_test_kit::{START, UNIT, refusal};
use cosmwasm_std::{Addr, HexBinary, Uint128, to_json_binary};
use cw20::Cw20ReceiveMsg;

fn funded(btt: u128) -> (RewardsSuite, Addr) {
    let mut suite = RewardsSuite::new();
    suite.fund(btt * UNIT).unwrap();
    let patient = suite.suite.account("patient");
    (suite, patient)
}

#[test]
fn three_roles_approve_and_the_patient_is_paid_by_the_formula() {
    let (mut suite, patient) = funded(10_000);
    let [clinician, institution, insurer, _] = suite.parties.clone();
    let inputs = Inputs {
        value: Uint128::new(300 * UNIT),
        completion: 9_000,
        history: Uint128::new(100 * UNIT),
        time: 15_000,
        adjustment: 8_000,
    };
    suite.propose(&clinician, &patient, Activity::CheckUp, inputs, "visit 1").unwrap();
    assert_eq!(suite.proposal(1).unwrap().amount.u128(), 390 * UNIT);
    suite.approve(&institution, 1).unwrap();
    assert_eq!((suite.suite.balance(&patient), suite.proposal(1).unwrap().approvals.len()), (0, 2));
    suite.approve(&insurer, 1).unwrap();
    assert_eq!((suite.suite.balance(&patient), suite.proposal(1)), (390 * UNIT, None));
    assert_eq!(suite.patient(&patient).total.u128(), 390 * UNIT);
    suite.check();
}

#[test]
fn a_reward_stays_within_the_range_of_its_activity_and_nothing_is_paid_for_nothing() {
    for (activity, least, most) in [
        (Activity::CheckUp, 200, 600),
        (Activity::ChronicCare, 10, 30),
        (Activity::TreatmentCycle, 400, 1_500),
        (Activity::Education, 80, 200),
        (Activity::DataSharing, 150, 450),
        (Activity::Compute, 300, 2_500),
    ] {
        let (mut suite, patient) = funded(1);
        let clinician = suite.parties[0].clone();
        // The attack: a check-up of value 0 and completion 0 paid 200 BTT.
        for nothing in [worth(0), Inputs { completion: 0, ..worth(least) }, worth(least / 2 - 1)] {
            let error: ContractError = refusal(suite.propose(&clinician, &patient, activity, nothing, "a"));
            assert_eq!(error, ContractError::NothingEarned { least: (least * UNIT / 2).into() });
        }
        suite.propose(&clinician, &patient, activity, worth(least / 2), "a").unwrap();
        suite.propose(&clinician, &patient, activity, worth(1 << 60), "b").unwrap();
        let amounts = [1, 2].map(|id| suite.proposal(id).unwrap().amount.u128());
        assert_eq!(amounts, [least * UNIT, most * UNIT], "{activity:?}");
    }
}

#[test]
fn each_role_approves_once_whoever_holds_it() {
    let (mut suite, patient) = funded(1_000);
    let [clinician, institution, ..] = suite.parties.clone();
    let (owner, other) = (suite.suite.owner.clone(), suite.suite.account("second clinician"));
    let set = ExecuteMsg::SetParty { address: other.to_string(), role: Some(Role::Clinician) };
    suite.execute(&owner, &set).unwrap();
    suite.propose(&clinician, &patient, Activity::CheckUp, worth(300), "visit").unwrap();
    suite.approve(&institution, 1).unwrap();
    for party in [&clinician, &other] {
        let error: ContractError = refusal(suite.approve(party, 1));
        assert_eq!(error, ContractError::RoleTwice { id: 1, role: Role::Clinician });
    }
    assert_eq!(suite.suite.balance(&patient), 0);
}

#[test]
fn the_approval_of_a_party_that_lost_its_role_does_not_count() {
    let (mut suite, patient) = funded(1_000);
    let [clinician, institution, insurer, auditor] = suite.parties.clone();
    let owner = suite.suite.owner.clone();
    suite.propose(&clinician, &patient, Activity::CheckUp, worth(300), "visit").unwrap();
    suite.approve(&institution, 1).unwrap();
    suite.execute(&owner, &ExecuteMsg::SetParty { address: clinician.to_string(), role: None }).unwrap();
    suite.approve(&insurer, 1).unwrap();
    assert_eq!(suite.suite.balance(&patient), 0);
    suite.approve(&auditor, 1).unwrap();
    assert_eq!(suite.suite.balance(&patient), 300 * UNIT);
}

#[test]
fn strangers_and_patients_themselves_have_no_say() {
    let (mut suite, patient) = funded(1_000);
    let [clinician, institution, ..] = suite.parties.clone();
    let owner = suite.suite.owner.clone();
    for stranger in [&patient, &owner] {
        let result = suite.propose(stranger, &clinician, Activity::CheckUp, worth(300), "visit");
        let refused = Unauthorized::new(stranger, "a party: an account that the owner has given a role");
        assert_eq!(refusal::<ContractError>(result), ContractError::Unauthorized(refused));
    }
    let own = suite.propose(&clinician, &clinician, Activity::CheckUp, worth(300), "visit");
    assert_eq!(refusal::<ContractError>(own), ContractError::OwnReward { sender: clinician.to_string() });
    suite.propose(&clinician, &institution, Activity::CheckUp, worth(300), "visit").unwrap();
    let error: ContractError = refusal(suite.approve(&institution, 1));
    assert_eq!(error, ContractError::OwnReward { sender: institution.to_string() });
    for recipient in [suite.rewards.clone(), suite.suite.btt.clone()] {
        let result = suite.propose(&clinician, &recipient, Activity::CheckUp, worth(300), "visit 2");
        assert!(matches!(refusal(result), ContractError::Input(InputError::Unusable { .. })));
    }
}

#[test]
fn a_piece_of_evidence_is_rewarded_once() {
    let (mut suite, patient) = funded(1_000);
    let [clinician, institution, ..] = suite.parties.clone();
    suite.check_up(&patient, 300, 1, "visit").unwrap();
    let again = suite.propose(&institution, &patient, Activity::Education, worth(80), "visit");
    assert_eq!(refusal::<ContractError>(again), ContractError::EvidenceUsed { id: 1 });
    let evidence = HexBinary::from([1; 31]);
    let (patient, activity, inputs) = (patient.to_string(), Activity::CheckUp, worth(300));
    let message = ExecuteMsg::Propose { patient, activity, inputs, evidence };
    let error: ContractError = refusal(suite.execute(&clinician, &message));
    assert_eq!(
        error,
        ContractError::Input(InputError::Length { field: "evidence", found: 31, least: 32, most: 32 })
    );
}

#[test]
fn a_factor_out_of_bounds_is_refused_by_name() {
    let (mut suite, patient) = funded(1_000);
    let clinician = suite.parties[0].clone();
    let inputs = Inputs { adjustment: 100_001, ..worth(300) };
    let result = suite.propose(&clinician, &patient, Activity::CheckUp, inputs, "visit");
    let error = FactorError { field: "adjustment", found: 100_001 };
    assert_eq!(refusal::<ContractError>(result), ContractError::Factor(error));
}

#[test]
fn limits_of_a_day_hold_and_the_next_day_pays() {
    let (mut suite, patient) = funded(10_000);
    let (bob, auditor) = (suite.suite.account("bob"), suite.parties[3].clone());
    suite.check_up(&patient, 600, 1, "1").unwrap();
    // 600 and 600 are above 1,000 a patient.
    let error: ContractError = refusal(suite.check_up(&patient, 600, 2, "2"));
    assert!(matches!(error, ContractError::DailyLimit { limit: "a patient's amount", .. }), "{error}");
    assert_eq!(
        suite.proposal(2).unwrap().approvals.len(),
        2,
        "the last approval was refused, the others stay"
    );
    suite.check_up(&patient, 200, 3, "3").unwrap();
    let error: ContractError = refusal(suite.check_up(&patient, 200, 4, "4"));
    assert!(
        matches!(error, ContractError::DailyLimit { limit: "a patient's number of rewards", .. }),
        "{error}"
    );
    suite.check_up(&bob, 600, 5, "5").unwrap();
    let error: ContractError = refusal(suite.check_up(&bob, 200, 6, "6"));
    assert!(
        matches!(error, ContractError::DailyLimit { limit: "the amount of all patients", .. }),
        "{error}"
    );
    assert_eq!(suite.budget().today.u128(), 1_400 * UNIT);
    suite.suite.advance(DAY);
    assert_eq!((suite.budget().today.u128(), suite.patient(&patient).count), (0, 0));
    suite.approve(&auditor, 2).unwrap();
    assert_eq!(
        (suite.suite.balance(&patient), suite.patient(&patient).total.u128()),
        (1_400 * UNIT, 1_400 * UNIT)
    );
    suite.check();
}

#[test]
fn a_clock_that_goes_back_renews_no_limit() {
    let (mut suite, patient) = funded(10_000);
    suite.suite.advance(DAY);
    suite.check_up(&patient, 600, 1, "1").unwrap();
    suite.suite.app.update_block(|block| block.time = block.time.minus_days(1));
    assert!(suite.check_up(&patient, 600, 2, "2").is_err());
    suite.check();
}

#[test]
fn a_patient_has_one_reward_for_chronic_care_a_day() {
    let (mut suite, patient) = funded(10_000);
    let bob = suite.suite.account("bob");
    let day = suite.suite.now() / DAY;
    let once = |patient: &Addr| ContractError::OnceADay {
        patient: patient.to_string(),
        activity: Activity::ChronicCare,
        day,
    };
    suite.reward(&patient, Activity::ChronicCare, 20, 1, "morning").unwrap();
    assert!(suite.patient(&patient).chronic_care && !suite.patient(&bob).chronic_care);
    let error: ContractError = refusal(suite.reward(&patient, Activity::ChronicCare, 20, 2, "evening"));
    assert_eq!(error, once(&patient));
    // Other activities, other patients.
    suite.check_up(&patient, 300, 3, "visit").unwrap();
    suite.reward(&bob, Activity::ChronicCare, 30, 4, "bob's").unwrap();
    // The last second of the day, and the first of the next one.
    let left = DAY - suite.suite.now() % DAY;
    suite.suite.advance(left - 1);
    let auditor = suite.parties[3].clone();
    assert_eq!(refusal::<ContractError>(suite.approve(&auditor, 2)), once(&patient));
    suite.suite.advance(1);
    assert!(!suite.patient(&patient).chronic_care);
    suite.approve(&auditor, 2).unwrap();
    assert_eq!(suite.suite.balance(&patient), 340 * UNIT);
    // A clock that goes back renews nothing.
    suite.suite.app.update_block(|block| block.time = block.time.minus_days(1));
    let error: ContractError = refusal(suite.reward(&patient, Activity::ChronicCare, 20, 5, "again"));
    assert!(matches!(error, ContractError::OnceADay { day: refused, .. } if refused == day + 1), "{error}");
    suite.check();
}

#[test]
fn amounts_that_leave_128_bits_are_refused_and_inputs_of_any_size_stay_within_the_range() {
    let (mut suite, patient) = funded(1_000);
    let (token, clinician) = (suite.suite.btt.clone(), suite.parties[0].clone());
    let msg = to_json_binary(&Hook::Fund {}).unwrap();
    // What a token without a cap could say that it has moved.
    let hook = Cw20ReceiveMsg { sender: patient.to_string(), amount: Uint128::MAX, msg };
    let error: ContractError = refusal(suite.execute(&token, &ExecuteMsg::Receive(hook)));
    assert!(matches!(error, ContractError::Overflow(_)), "{error}");
    let inputs = Inputs {
        value: Uint128::MAX,
        completion: 10_000,
        history: Uint128::MAX,
        time: 100_000,
        adjustment: 100_000,
    };
    suite.propose(&clinician, &patient, Activity::CheckUp, inputs, "all").unwrap();
    assert_eq!(suite.proposal(1).unwrap().amount.u128(), 600 * UNIT);
    let error: ContractError = refusal(
        suite.execute(&suite.suite.owner.clone(), &ExecuteMsg::ReturnBudget { amount: Uint128::MAX }),
    );
    assert!(matches!(error, ContractError::Funds { .. }), "{error}");
    suite.check();
}

#[test]
fn a_reward_that_was_paid_is_not_paid_again_in_the_same_block() {
    let (mut suite, patient) = funded(1_000);
    suite.check_up(&patient, 300, 1, "visit").unwrap();
    for party in suite.parties.clone() {
        let error: ContractError = refusal(suite.approve(&party, 1));
        assert_eq!(error, ContractError::NoProposal { id: 1 });
    }
    assert_eq!(
        refusal::<ContractError>(suite.approve(&suite.parties[0].clone(), 9)),
        ContractError::NoProposal { id: 9 }
    );
    assert_eq!(suite.suite.balance(&patient), 300 * UNIT);
    suite.check();
}

#[test]
fn nothing_is_paid_beyond_the_budget() {
    let (mut suite, patient) = funded(299);
    let error: ContractError = refusal(suite.check_up(&patient, 300, 1, "visit"));
    let (available, amount) = (Uint128::new(299 * UNIT), Uint128::new(300 * UNIT));
    assert_eq!(error, ContractError::Funds { available, amount });
    suite.fund(UNIT).unwrap();
    let auditor = suite.parties[3].clone();
    suite.approve(&auditor, 1).unwrap();
    assert_eq!((suite.suite.balance(&patient), suite.budget().available.u128()), (300 * UNIT, 0));
    suite.check();
}

#[test]
fn a_proposal_that_nobody_completes_expires_and_frees_its_evidence() {
    let (mut suite, patient) = funded(1_000);
    let [clinician, institution, ..] = suite.parties.clone();
    suite.propose(&clinician, &patient, Activity::CheckUp, worth(300), "visit").unwrap();
    let until = START + limits::APPROVAL_SECONDS;
    let error: ContractError = refusal(suite.execute(&patient, &ExecuteMsg::Expire { id: 1 }));
    assert_eq!(error, ContractError::TooEarly { id: 1, until });
    suite.suite.advance(limits::APPROVAL_SECONDS + 1);
    assert_eq!(
        refusal::<ContractError>(suite.approve(&institution, 1)),
        ContractError::TooLate { id: 1, until }
    );
    suite.execute(&patient, &ExecuteMsg::Expire { id: 1 }).unwrap();
    for message in [ExecuteMsg::Expire { id: 1 }, ExecuteMsg::Approve { id: 1 }] {
        let error: ContractError = refusal(suite.execute(&institution, &message));
        assert_eq!(error, ContractError::NoProposal { id: 1 });
    }
    suite.check_up(&patient, 300, 2, "visit").unwrap();
    assert_eq!(suite.suite.balance(&patient), 300 * UNIT);
}

#[test]
fn proposals_come_page_by_page() {
    let (mut suite, patient) = funded(1_000);
    let clinician = suite.parties[0].clone();
    for evidence in ["a", "b", "c"] {
        suite.propose(&clinician, &patient, Activity::CheckUp, worth(300), evidence).unwrap();
    }
    let page = |start_after, limit| {
        let query = QueryMsg::Proposals { start_after, limit };
        let page: Vec<bithive_api::rewards::ProposalResponse> = suite.suite.query(&suite.rewards, &query);
        page.into_iter().map(|proposal| proposal.id).collect::<Vec<_>>()
    };
    assert_eq!((page(None, Some(2)), page(Some(2), Some(u32::MAX))), (vec![1, 2], vec![3]));
}
