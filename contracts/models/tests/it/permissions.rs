//! Who may send what is as the table beside the messages says.

use bithive_api::models::{Card, ExecuteMsg, Hook, InstantiateMsg};
use bithive_api::permission::Permission;
use bithive_models::ContractError;
use bithive_models::contract::{execute, instantiate};
use bithive_test_kit::models::params;
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::to_json_binary;
use cw20::Cw20ReceiveMsg;

const MESSAGES: [&str; 10] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"update":{"model":"0909090909090909090909090909090909090909090909090909090909090909","card":{"receiver":null,"text":"x"}}}"#,
    r#"{"leave":{"model":"0909090909090909090909090909090909090909090909090909090909090909"}}"#,
    r#"{"rule":{"model":"0909090909090909090909090909090909090909090909090909090909090909","ruling":"neither"}}"#,
    r#"{"close":{"model":"0909090909090909090909090909090909090909090909090909090909090909"}}"#,
    r#"{"set_consent":{"requester":"x","until":null}}"#,
    r#"{"withdraw":{}}"#,
    r#"{"set_paused":{"paused":true}}"#,
    r#"{"transfer_ownership":{"new_owner":"x"}}"#,
    r#"{"accept_ownership":{}}"#,
];

/// Runs a message as an account, in a contract where every party is somebody.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let address = |name: &str| deps.api.addr_make(name);
    let [owner, next, token, holder, sender] = ["owner", "next", "token", "holder", account].map(address);
    let message = InstantiateMsg {
        owner: owner.to_string(),
        token: token.to_string(),
        treasury: address("treasury").into(),
        params: params(),
    };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let card = Card { receiver: None, text: String::new() };
    let register = Cw20ReceiveMsg {
        sender: holder.into(),
        amount: params().bond,
        msg: to_json_binary(&Hook::Register { model: [9; 32].into(), card }).unwrap(),
    };
    execute(deps.as_mut(), env.clone(), message_info(&token, &[]), ExecuteMsg::Receive(register))?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Token, "token", "cw20 hook was called by"));
    parties.push(party(Permission::ModelOwner, "holder", "expected the owner of model"));
    check(&MESSAGES, &parties, send);
}
