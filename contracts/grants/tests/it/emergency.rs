//! Emergencies: who may state them, how often, for how long they count, and who sees them.

use bithive_api::grants::{Basis, BreakGlassResponse, ExecuteMsg, QueryMsg, Reason, Standing};
use bithive_api::registry;
use bithive_contract_kit::InputError;
use bithive_grants::ContractError;
use bithive_test_kit::grants::{DAY, Grants};
use bithive_test_kit::registry::REQUESTER_BOND;
use bithive_test_kit::{Suite, refusal};
use cosmwasm_std::Addr;

fn world() -> (Suite, Grants, [Addr; 3]) {
    let mut suite = Suite::new();
    for name in ["clinic", "other"] {
        suite.register_requester(name, REQUESTER_BOND).unwrap();
    }
    let grants = Grants::new(&mut suite);
    let accounts = ["patient", "clinic", "other"].map(|name| suite.account(name));
    (suite, grants, accounts)
}

fn glass(subject: &Addr, id: u64) -> Basis {
    Basis::BreakGlass { subject: subject.into(), id }
}

#[test]
fn an_emergency_stands_in_for_a_consent_for_a_day_and_for_its_requester_only() {
    let (mut suite, grants, [patient, clinic, other]) = world();
    grants.break_glass(&mut suite, &clinic, &patient).unwrap();
    let by = |suite: &Suite, reader: &Addr, basis: Basis| grants.check(suite, reader, &[basis])[0];
    assert_eq!(by(&suite, &clinic, glass(&patient, 1)), Standing::Live);
    assert_eq!(by(&suite, &other, glass(&patient, 1)), Standing::Unknown, "another requester");
    assert_eq!(by(&suite, &clinic, glass(&other, 1)), Standing::Unknown, "another patient");
    assert_eq!(by(&suite, &clinic, glass(&patient, 2)), Standing::Unknown, "none");
    suite.advance(DAY - 1);
    assert_eq!(by(&suite, &clinic, glass(&patient, 1)), Standing::Live);
    suite.advance(1);
    assert_eq!(by(&suite, &clinic, glass(&patient, 1)), Standing::Expired);
}

#[test]
fn the_subject_sees_every_emergency_with_its_reason_for_ever() {
    let (mut suite, grants, [patient, clinic, other]) = world();
    for (requester, seconds) in [(&clinic, 0), (&other, 400 * DAY), (&clinic, 1)] {
        suite.advance(seconds);
        grants.break_glass(&mut suite, requester, &patient).unwrap();
    }
    let seen = grants.emergencies(&suite, &patient);
    let who: Vec<_> = seen.iter().map(|row| (row.id, row.requester.clone(), row.reason)).collect();
    let reason = Reason::Etreat;
    assert_eq!(who, [(1, clinic.clone(), reason), (2, other, reason), (3, clinic.clone(), reason)]);
    assert_eq!(grants.emergencies(&suite, &clinic), []);
    let query = QueryMsg::BreakGlass { subject: patient.into(), start_after: Some(1), limit: Some(1) };
    let page: Vec<BreakGlassResponse> = suite.query(&grants.address, &query);
    assert_eq!(page.iter().map(|row| row.id).collect::<Vec<_>>(), [2]);
}

#[test]
fn a_name_states_three_emergencies_a_day_and_another_name_costs_another_bond() {
    let (mut suite, grants, [patient, clinic, other]) = world();
    for _ in 0..3 {
        grants.break_glass(&mut suite, &clinic, &patient).unwrap();
    }
    let error: ContractError = refusal(grants.break_glass(&mut suite, &clinic, &other));
    assert!(matches!(error, ContractError::TooManyEmergencies { .. }), "{error}");
    grants.break_glass(&mut suite, &other, &patient).unwrap();
    let stranger = suite.account("stranger");
    let error: ContractError = refusal(grants.break_glass(&mut suite, &stranger, &patient));
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
    let (registry, unbond) = (suite.registry.clone(), registry::ExecuteMsg::Unbond {});
    suite.execute(&other, &registry, &unbond).unwrap();
    let error: ContractError = refusal(grants.break_glass(&mut suite, &other, &patient));
    assert!(matches!(error, ContractError::Unauthorized(_)), "a bond that leaves: {error}");
    suite.advance(DAY);
    grants.break_glass(&mut suite, &clinic, &patient).unwrap();
    assert_eq!(grants.emergencies(&suite, &patient).len(), 5);
}

#[test]
fn what_an_emergency_says_has_bounds_and_is_about_somebody_else() {
    let (mut suite, grants, [patient, clinic, _]) = world();
    let error: ContractError = refusal(grants.break_glass(&mut suite, &clinic, &clinic));
    assert!(matches!(error, ContractError::OwnData { .. }), "{error}");
    for (subject, reference, text) in [("x", 32, 32), (patient.as_str(), 31, 32), (patient.as_str(), 32, 33)]
    {
        let message = ExecuteMsg::BreakGlass {
            subject: subject.into(),
            reference: vec![1; reference].into(),
            reason: Reason::Btg,
            text: vec![1; text].into(),
        };
        let error: ContractError = refusal(grants.send(&mut suite, &clinic, &message));
        let expected =
            matches!(error, ContractError::Input(InputError::Length { .. } | InputError::Address { .. }));
        assert!(expected, "{error}");
    }
    assert_eq!(grants.emergencies(&suite, &patient), []);
}
