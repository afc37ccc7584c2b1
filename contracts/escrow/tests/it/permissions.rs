//! Who may send what is as the table beside the messages says.

use bithive_api::escrow::{Approver, ExecuteMsg, InstantiateMsg};
use bithive_api::permission::Permission;
use bithive_escrow::ContractError;
use bithive_escrow::contract::{execute, instantiate};
use bithive_test_kit::escrow::{payees, terms};
use bithive_test_kit::permissions::{check, party};
use cosmwasm_std::coins;
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const TERMS: &str = r#"{"payees":[],"milestones":[],"approver":{"contributors":{}},"text":null}"#;

fn messages() -> [String; 14] {
    [
        r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#.into(),
        format!(r#"{{"open":{TERMS}}}"#),
        format!(r#"{{"raise":{{"asset":{{"native":"unit"}},"seconds":1,"terms":{TERMS}}}}}"#),
        r#"{"fund":{"id":1}}"#.into(),
        r#"{"submit":{"id":1,"milestone":1,"evidence":null}}"#.into(),
        r#"{"approve":{"id":1,"milestone":1}}"#.into(),
        r#"{"reject":{"id":1,"milestone":1}}"#.into(),
        r#"{"reveal":{"id":1,"preimage":"00"}}"#.into(),
        r#"{"dispute":{"id":1,"milestone":1}}"#.into(),
        r#"{"rule":{"id":1,"milestone":1,"payees_bps":1}}"#.into(),
        r#"{"decline":{"id":1}}"#.into(),
        r#"{"advance":{"id":1}}"#.into(),
        r#"{"refund":{"id":1,"contributor":"x"}}"#.into(),
        r#"{"withdraw":{"asset":{"native":"unit"}}}"#.into(),
    ]
}

/// Runs a message as an account, where the payer has agreement 1 with a payee and another one, and an arbiter.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let [payer, payee, other, arbiter, sender] =
        ["payer", "payee", "other", "arbiter", account].map(|name| deps.api.addr_make(name));
    instantiate(deps.as_mut(), env.clone(), message_info(&payer, &[]), InstantiateMsg {})?;
    let mut terms = terms(&payee, &[9], Approver::Payer { arbiter: Some(arbiter.to_string()) });
    terms.payees = payees(&[(&payee, 5_000), (&other, 5_000)]);
    let info = message_info(&payer, &coins(9, "unit"));
    execute(deps.as_mut(), env.clone(), info, ExecuteMsg::Open(terms))?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = [
        party(Permission::AgreementPayee, "payee", "expected a payee of agreement"),
        party(Permission::LeadPayee, "payee", "expected the first payee of agreement"),
        party(Permission::Approver, "payer", "expected the payer of agreement"),
        party(Permission::Arbiter, "arbiter", "expected the arbiter of agreement"),
    ];
    let messages = messages();
    check(&messages.each_ref().map(String::as_str), &parties, send);
}

#[test]
fn any_payee_submits_and_only_the_first_gives_up() {
    assert_eq!(send("other", ExecuteMsg::Submit { id: 1, milestone: 1, evidence: None }), Ok(()));
    assert!(matches!(send("other", ExecuteMsg::Decline { id: 1 }), Err(ContractError::Unauthorized(_))));
    assert_eq!(send("payee", ExecuteMsg::Decline { id: 1 }), Ok(()));
}
