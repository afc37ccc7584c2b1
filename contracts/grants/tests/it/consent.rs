//! Consents: recorded, revoked, over, and of use to nobody else.

use bithive_api::grants::{ConsentResponse, Event, ExecuteMsg, QueryMsg, Standing, limits};
use bithive_contract_kit::InputError;
use bithive_grants::ContractError;
use bithive_test_kit::grants::{DAY, Grants, basis, digest};
use bithive_test_kit::{FEE_DENOM, Suite, announced, refusal};
use cosmwasm_std::{Addr, HexBinary, coins};
use cw_multi_test::Executor as _;

fn world() -> (Suite, Grants, [Addr; 3]) {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let accounts = ["patient", "clinic", "stranger"].map(|name| suite.account(name));
    (suite, grants, accounts)
}

fn record(digests: Vec<HexBinary>, expires: u64) -> ExecuteMsg {
    ExecuteMsg::Record { digests, expires, signed: None }
}

#[test]
fn a_consent_holds_from_its_recording_to_its_end_or_its_revocation() {
    let (mut suite, grants, [patient, clinic, _]) = world();
    let bases = [basis(&patient, 1), basis(&patient, 2)];
    let stand = |suite: &Suite| grants.check(suite, &clinic, &bases);
    assert_eq!(stand(&suite), [Standing::Unknown, Standing::Unknown]);
    for number in [1, 2] {
        grants.consent(&mut suite, &patient, number, &clinic);
    }
    assert_eq!(stand(&suite), [Standing::Live, Standing::Live]);
    // In the same block: what is revoked is so for the next transaction.
    grants.revoke(&mut suite, &patient, 1, &clinic);
    assert_eq!(stand(&suite), [Standing::Revoked, Standing::Live]);
    suite.advance(DAY - 1);
    assert_eq!(stand(&suite), [Standing::Revoked, Standing::Live]);
    suite.advance(1);
    assert_eq!(stand(&suite), [Standing::Revoked, Standing::Expired]);
    let row = grants.row(&suite, &patient, &digest(1, &clinic)).unwrap();
    assert_eq!((row.recorded_at, row.revoked_at), (Some(suite.now() - DAY), Some(suite.now() - DAY)));
}

#[test]
fn a_consent_to_one_purpose_or_reader_says_nothing_of_others() {
    let (mut suite, grants, [patient, clinic, stranger]) = world();
    grants.consent(&mut suite, &patient, 1, &clinic);
    // Who has seen the opening on the chain, in a job of the clinic, names it for a use of its own.
    assert_eq!(grants.check(&suite, &stranger, &[basis(&patient, 1)]), [Standing::Unknown]);
    // And an accomplice who records the same digest under another name gives a consent of its own, not the patient's.
    let copied = record(vec![digest(1, &clinic)], suite.now() + 1);
    grants.send(&mut suite, &stranger, &copied).unwrap();
    grants.revoke(&mut suite, &stranger, 1, &clinic);
    assert_eq!(grants.check(&suite, &clinic, &[basis(&patient, 1)]), [Standing::Live]);
    assert_eq!(grants.check(&suite, &clinic, &[basis(&stranger, 1)]), [Standing::Revoked]);
}

#[test]
fn a_revocation_is_for_good_also_of_what_nobody_has_recorded_yet() {
    let (mut suite, grants, [patient, clinic, _]) = world();
    grants.revoke(&mut suite, &patient, 1, &clinic);
    let later = record(vec![digest(1, &clinic)], suite.now() + DAY);
    let error: ContractError = refusal(grants.send(&mut suite, &patient, &later));
    assert!(matches!(&error, ContractError::Known { standing: "revoked", .. }), "{error}");
    grants.consent(&mut suite, &patient, 2, &clinic);
    let again = record(vec![digest(2, &clinic)], suite.now() + 2 * DAY);
    let error: ContractError = refusal(grants.send(&mut suite, &patient, &again));
    assert!(matches!(&error, ContractError::Known { standing: "live", .. }), "{error}");
    grants.revoke(&mut suite, &patient, 2, &clinic);
    let error: ContractError = refusal(grants.send(&mut suite, &patient, &again));
    assert!(matches!(&error, ContractError::Known { standing: "revoked", .. }), "{error}");
    assert_eq!(grants.check(&suite, &clinic, &[basis(&patient, 2)]), [Standing::Revoked]);
}

#[test]
fn a_repetition_keeps_no_revocation_back_and_one_bad_digest_records_nothing() {
    let (mut suite, grants, [patient, clinic, _]) = world();
    for number in [1, 2] {
        grants.consent(&mut suite, &patient, number, &clinic);
    }
    grants.revoke(&mut suite, &patient, 1, &clinic);
    let first = grants.row(&suite, &patient, &digest(1, &clinic)).unwrap().revoked_at;
    suite.advance(10);
    let both = vec![digest(1, &clinic), digest(2, &clinic), digest(2, &clinic)];
    let response =
        grants.send(&mut suite, &patient, &ExecuteMsg::Revoke { digests: both, signed: None }).unwrap();
    let told: Vec<Event> = announced(&grants.address, &response);
    assert_eq!(told, [Event::Revoked { subject: patient.clone(), digest: digest(2, &clinic) }]);
    assert_eq!(grants.row(&suite, &patient, &digest(1, &clinic)).unwrap().revoked_at, first);
    let mixed = record(vec![digest(3, &clinic), digest(3, &clinic)], suite.now() + 1);
    let error: ContractError = refusal(grants.send(&mut suite, &patient, &mixed));
    assert!(matches!(error, ContractError::Known { .. }), "{error}");
    assert_eq!(grants.row(&suite, &patient, &digest(3, &clinic)), None);
}

#[test]
fn what_is_sent_has_bounds() {
    let (mut suite, grants, [patient, clinic, _]) = world();
    let now = suite.now();
    let good = digest(1, &clinic);
    for expires in [0, now, now + limits::MAX_SECONDS + 1, u64::MAX] {
        let refused = grants.send(&mut suite, &patient, &record(vec![good.clone()], expires));
        assert!(matches!(refusal(refused), ContractError::Expires { .. }), "{expires}");
    }
    for (count, bytes) in [(0, 32), (limits::MAX_DIGESTS + 1, 32), (1, 31), (1, 33), (1, 0)] {
        let digests = vec![HexBinary::from(vec![1; bytes]); count];
        for message in [record(digests.clone(), now + 1), ExecuteMsg::Revoke { digests, signed: None }] {
            let error: ContractError = refusal(grants.send(&mut suite, &patient, &message));
            let expected =
                [InputError::Count { field: "digests", found: count, least: 1, most: limits::MAX_DIGESTS }];
            let length = matches!(error, ContractError::Input(InputError::Length { field: "digests", .. }));
            assert!(length || expected.map(ContractError::Input).contains(&error), "{error}");
        }
    }
    suite.app.send_tokens(suite.owner.clone(), patient.clone(), &coins(1, FEE_DENOM)).unwrap();
    let paid =
        suite.execute_with(&patient, &grants.address, &record(vec![good], now + 1), &coins(1, FEE_DENOM));
    assert!(matches!(refusal(paid), ContractError::Input(InputError::Payment(_))));
    let most = (0u8..64).map(|number| digest(number, &clinic)).collect();
    grants.send(&mut suite, &patient, &record(most, now + limits::MAX_SECONDS)).unwrap();
}

#[test]
fn a_check_has_bounds_and_answers_in_order() {
    let (mut suite, grants, [patient, clinic, _]) = world();
    grants.consent(&mut suite, &patient, 3, &clinic);
    let bases: Vec<_> = (0u8..16).map(|number| basis(&patient, number)).collect();
    let stand = grants.check(&suite, &clinic, &bases);
    let live: Vec<_> = (0..16).filter(|index| stand[*index] == Standing::Live).collect();
    assert_eq!((stand.len(), live), (16, vec![3]));
    assert_eq!(grants.check(&suite, &clinic, &[]), []);
    let ask = |reader: &str, bases: Vec<_>| {
        let query = QueryMsg::Check { reader: reader.into(), bases };
        suite.app.wrap().query_wasm_smart::<Vec<Standing>>(&grants.address, &query)
    };
    assert!(ask(clinic.as_str(), vec![basis(&patient, 1); 17]).is_err());
    assert!(ask("x", vec![basis(&patient, 1)]).is_err());
    let short = bithive_api::grants::Basis::Consent { subject: patient.into(), opening: vec![1; 31].into() };
    assert!(ask(clinic.as_str(), vec![short]).is_err());
}

#[test]
fn a_subject_sees_all_its_consents_page_by_page_and_nobody_elses() {
    let (mut suite, grants, [patient, clinic, stranger]) = world();
    for number in 0..40 {
        grants.consent(&mut suite, &patient, number, &clinic);
    }
    grants.consent(&mut suite, &stranger, 41, &clinic);
    let mut seen: Vec<ConsentResponse> = vec![];
    loop {
        let start_after = seen.last().map(|row| row.digest.clone());
        let query = QueryMsg::Consents { subject: patient.to_string(), start_after, limit: Some(u32::MAX) };
        let page: Vec<ConsentResponse> = suite.query(&grants.address, &query);
        assert!(page.len() <= 30);
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen.len(), 40);
    assert!(seen.iter().all(|row| row.subject == patient));
}
