//! Who may send what is as the table beside the messages says.

use bithive_api::oracle::{ExecuteMsg, InstantiateMsg};
use bithive_oracle::ContractError;
use bithive_oracle::contract::{execute, instantiate};
use bithive_test_kit::permissions::{check, owners};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 9] = [
    r#"{"create_feed":{"terms":{"category":"valuation","description":"x","currency":"EUR","decimals":0,"interval":60,"max_age":60,"dev_bps":1,"cooldown":60},"reporters":[],"quorum":3}}"#,
    r#"{"set_reporters":{"feed":1,"reporters":[],"quorum":3}}"#,
    r#"{"set_stopped":{"feed":1,"stopped":true}}"#,
    r#"{"set_paused":{"paused":true}}"#,
    r#"{"submit":{"feed":1,"round":1,"reports":[]}}"#,
    r#"{"apply_setting":{"id":1}}"#,
    r#"{"cancel_setting":{"id":1}}"#,
    r#"{"transfer_ownership":{"new_owner":"x"}}"#,
    r#"{"accept_ownership":{}}"#,
];

/// Runs a message as an account, in a contract where every party is somebody.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let [owner, next, sender] = ["owner", "next", account].map(|name| deps.api.addr_make(name));
    let message = InstantiateMsg { owner: owner.to_string() };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    check(&MESSAGES, &owners(), send);
}
