//! Who may send what is as the table beside the messages says.

use bithive_api::attestations::{ExecuteMsg, InstantiateMsg};
use bithive_attestations::ContractError;
use bithive_attestations::contract::{execute, instantiate};
use bithive_test_kit::permissions::{check, owners};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 10] = [
    r#"{"allow_peer":{"connection_id":"connection-0","port_id":"wasm.a","source":null}}"#,
    r#"{"remove_peer":{"connection_id":"connection-0","port_id":"wasm.a"}}"#,
    r#"{"announce":{"job_id":1,"channel_id":"channel-0","timeout_seconds":null}}"#,
    r#"{"send":{"job_id":1,"channel_id":"channel-0","timeout_seconds":null}}"#,
    r#"{"send_signed":{"job_id":1,"channel_id":"channel-0","timeout_seconds":null,"signature":"00"}}"#,
    r#"{"submit":{"source":{"chain_id":"a","jobs":"b"},"job_id":1,"statement":{"output":"00","masked":"","members":1,"signers":1,"signature":"00"}}}"#,
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
    let message = InstantiateMsg { owner: owner.to_string(), jobs: None };
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
