//! Who may send what is as the table beside the messages says.

use bithive_api::emissions::{ExecuteMsg, InstantiateMsg, Recipients};
use bithive_api::permission::Permission;
use bithive_emissions::ContractError;
use bithive_emissions::contract::{execute, instantiate};
use bithive_emissions::state::METERS;
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 13] = [
    r#"{"credit":{"contributor":"x","units":1}}"#,
    r#"{"announce":{"units":1}}"#,
    r#"{"credit_announced":{"at":0,"contributors":["x"],"units":1}}"#,
    r#"{"claim":{"contributor":"x"}}"#,
    r#"{"release":{"bucket":"application"}}"#,
    r#"{"set_recipient":{"bucket":"application","recipient":"x"}}"#,
    r#"{"set_meter":{"meter":"x","allowed":true}}"#,
    r#"{"set_staking":{"staking":null}}"#,
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
    let recipient = || address("recipient").to_string();
    let recipients =
        Recipients { application: recipient(), foundation: recipient(), infrastructure: recipient() };
    let (token, start, meter) = (address("token").to_string(), env.block.time.seconds(), address("meter"));
    let message = InstantiateMsg { owner: owner.to_string(), token, start, recipients };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    METERS.save(&mut deps.storage, &meter, &())?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Meter, "meter", "expected a meter that the owner has named"));
    check(&MESSAGES, &parties, send);
}
