//! Who may send what is as the table beside the messages says.

use bithive_api::treasury::{ExecuteMsg, InstantiateMsg, Params};
use bithive_test_kit::permissions::{check, owners};
use bithive_treasury::ContractError;
use bithive_treasury::contract::{execute, instantiate};
use cosmwasm_std::Uint128;
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 11] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"collect":{"source":"x"}}"#,
    r#"{"burn":{"token":"x"}}"#,
    r#"{"spend":{"recipient":"x","amount":"1","purpose":"x"}}"#,
    r#"{"set_offer":{"token":"x","terms":null}}"#,
    r#"{"set_source":{"source":"x","allowed":true}}"#,
    r#"{"set_paused":{"paused":true}}"#,
    r#"{"apply_setting":{"id":1}}"#,
    r#"{"cancel_setting":{"id":1}}"#,
    r#"{"transfer_ownership":{"new_owner":"x"}}"#,
    r#"{"accept_ownership":{}}"#,
];

/// Runs a message as an account, in a contract where every party is somebody.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let address = |name: &str| deps.api.addr_make(name);
    let (owner, next, sender) = (address("owner"), address("next"), address(account));
    let zero = Uint128::zero();
    let params = Params { period_seconds: 3_600, spend: zero, buy: zero, burn: zero, reserve: zero };
    let message =
        InstantiateMsg { owner: owner.to_string(), token: address("token").into(), btk: None, params };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = owners();
    check(&MESSAGES, &parties, send);
}
