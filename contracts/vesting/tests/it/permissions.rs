//! Who may send what is as the table beside the messages says.

use bithive_api::permission::Permission;
use bithive_api::vesting::{ExecuteMsg, Hook, InstantiateMsg};
use bithive_test_kit::permissions::{check, party};
use bithive_test_kit::vesting::schedule;
use bithive_vesting::ContractError;
use bithive_vesting::contract::{execute, instantiate};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::to_json_binary;
use cw20::Cw20ReceiveMsg;

const MESSAGES: [&str; 4] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"claim":{"id":1}}"#,
    r#"{"transfer":{"id":1,"new_owner":"x"}}"#,
    r#"{"revoke":{"id":1}}"#,
];

/// Runs a message as an account, where position 1 has an owner and somebody who may revoke it.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let address = |name: &str| deps.api.addr_make(name);
    let [owner, revoker, token, sender] = ["owner", "revoker", "token", account].map(address);
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), InstantiateMsg {})?;
    let lock = Hook::Lock { owner: owner.into(), schedule: schedule(), revocable: true };
    let hook = Cw20ReceiveMsg { sender: revoker.into(), amount: 5u128.into(), msg: to_json_binary(&lock)? };
    execute(deps.as_mut(), env.clone(), message_info(&token, &[]), ExecuteMsg::Receive(hook))?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = [
        party(Permission::PositionOwner, "owner", "expected the owner of position"),
        party(Permission::Revoker, "revoker", "expected the account that may revoke position"),
    ];
    check(&MESSAGES, &parties, send);
}
