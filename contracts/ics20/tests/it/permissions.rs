//! Who may send what is as the table beside the messages says.

use bithive_api::ics20::{ExecuteMsg, InstantiateMsg, TokenLimit};
use bithive_api::permission::Permission;
use bithive_ics20::ContractError;
use bithive_ics20::contract::{execute, instantiate};
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 8] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"withdraw":{"token":"x","account":"x"}}"#,
    r#"{"set_limit":{"token":"x","limit":null}}"#,
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
    let tokens = vec![TokenLimit { token: address("token").into(), limit: 1u128.into() }];
    let message = InstantiateMsg { owner: owner.to_string(), tokens };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Token, "token", "is not a token that can be sent"));
    check(&MESSAGES, &parties, send);
}
