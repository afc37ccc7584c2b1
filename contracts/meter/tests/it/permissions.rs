//! Who may send what is as the table beside the messages says.

use bithive_api::meter::{ExecuteMsg, InstantiateMsg, Params};
use bithive_api::permission::Permission;
use bithive_meter::ContractError;
use bithive_meter::contract::{execute, instantiate};
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 9] = [
    r#"{"claim":{"period":1,"seconds":1,"account":"x"}}"#,
    r#"{"vouch":{"claims":[]}}"#,
    r#"{"collect":{"account":"x","most":null}}"#,
    r#"{"set_members":{"members":[],"threshold":1}}"#,
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
    let (member, timebank) = (address("member").to_string(), address("timebank").to_string());
    let params = Params { period_seconds: 86_400, credits_per_hour: 1, per_period: 1 };
    let message = InstantiateMsg { owner: owner.to_string(), timebank, params };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    let name = ExecuteMsg::SetMembers { members: vec![member], threshold: 1 };
    for message in [propose, name] {
        execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    }
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Member, "member", "expected a member that the owner has named"));
    check(&MESSAGES, &parties, send);
}
