//! Who may send what is as the table beside the messages says.

use bithive_api::flows::{ExecuteMsg, InstantiateMsg};
use bithive_api::permission::Permission;
use bithive_flows::ContractError;
use bithive_flows::contract::{execute, instantiate};
use bithive_test_kit::flows::{opening, rate};
use bithive_test_kit::permissions::{check, party};
use cosmwasm_std::coins;
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 9] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"open":{"payee":"x","terms":{"rate":{"amount":"1","step":1,"advance":0}},"transferable":true}}"#,
    r#"{"top_up":{"id":1,"ends":null}}"#,
    r#"{"settle":{"id":1}}"#,
    r#"{"redeem":{"vouchers":[]}}"#,
    r#"{"transfer":{"id":1,"payee":"x"}}"#,
    r#"{"close":{"id":1}}"#,
    r#"{"finish":{"id":1}}"#,
    r#"{"withdraw":{"asset":{"native":"unit"}}}"#,
];

/// Runs a message as an account, where flow 1 is paid by the payer to the payee.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let [payer, payee, sender] = ["payer", "payee", account].map(|name| deps.api.addr_make(name));
    instantiate(deps.as_mut(), env.clone(), message_info(&payer, &[]), InstantiateMsg {})?;
    let open = ExecuteMsg::Open(opening(&payee, rate(1, 60, 0)));
    execute(deps.as_mut(), env.clone(), message_info(&payer, &coins(9, "unit")), open)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    // The payee may send either; the payer is tried below.
    let parties = [
        party(Permission::Payee, "payee", "expected the payee of flow"),
        party(Permission::FlowParty, "payee", "expected the payer or payee of flow"),
    ];
    check(&MESSAGES, &parties, send);
}

#[test]
fn a_payer_closes_its_flow_and_hands_none_over() {
    assert_eq!(send("payer", ExecuteMsg::Close { id: 1 }), Ok(()));
    let transfer = ExecuteMsg::Transfer { id: 1, payee: "x".into() };
    assert!(matches!(send("payer", transfer), Err(ContractError::Unauthorized(_))));
}
