//! Heads of audit logs.

use bithive_api::grants::{AuditHeadResponse, ExecuteMsg, QueryMsg};
use bithive_contract_kit::InputError;
use bithive_grants::ContractError;
use bithive_test_kit::grants::Grants;
use bithive_test_kit::{Suite, refusal};

#[test]
fn a_log_only_grows_and_each_account_has_its_own() {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let [clinic, other] = ["clinic", "other"].map(|name| suite.account(name));
    grants.anchor(&mut suite, &clinic, 1, 10, 7).unwrap();
    // The same number with another entry: a log that was written anew.
    for count in [1, 9, 10] {
        let error: ContractError = refusal(grants.anchor(&mut suite, &clinic, 1, count, 8));
        assert_eq!(error, ContractError::NotLonger { found: count, before: 10 });
    }
    // Whoever else claims the log says nothing about the clinic's.
    grants.anchor(&mut suite, &other, 1, 1_000, 9).unwrap();
    grants.anchor(&mut suite, &clinic, 2, 1, 3).unwrap();
    suite.advance(5);
    grants.anchor(&mut suite, &clinic, 1, 11, 8).unwrap();
    let head = grants.head(&suite, &clinic, 1).unwrap();
    assert_eq!((head.count, head.head, head.at), (11, [8; 32].into(), suite.now()));
    assert_eq!(grants.head(&suite, &clinic, 3), None);
    let query = QueryMsg::AuditHeads { account: clinic.to_string(), start_after: None, limit: None };
    let all: Vec<AuditHeadResponse> = suite.query(&grants.address, &query);
    assert_eq!(all.iter().map(|row| row.count).collect::<Vec<_>>(), [11, 1]);
    let start_after = Some([1; 32].into());
    let query = QueryMsg::AuditHeads { account: clinic.to_string(), start_after, limit: Some(30) };
    let rest: Vec<AuditHeadResponse> = suite.query(&grants.address, &query);
    assert_eq!(rest.len(), 1);
}

#[test]
fn a_head_has_bounds() {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let clinic = suite.account("clinic");
    for (log, count, head) in [(31, 1, 32), (32, 1, 33), (32, 0, 32), (32, 1 << 53, 32), (32, u64::MAX, 32)] {
        let message = ExecuteMsg::AnchorAudit { log: vec![1; log].into(), count, head: vec![1; head].into() };
        let error: ContractError = refusal(grants.send(&mut suite, &clinic, &message));
        let expected = matches!(
            error,
            ContractError::Input(InputError::Length { .. } | InputError::OutOfBounds { field: "count", .. })
        );
        assert!(expected, "{error}");
    }
}
