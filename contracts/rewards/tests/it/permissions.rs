//! Who may send what is as the table beside the messages says.

use bithive_api::permission::Permission;
use bithive_api::rewards::{ExecuteMsg, InstantiateMsg, Limits, Role};
use bithive_rewards::ContractError;
use bithive_rewards::contract::{execute, instantiate};
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 14] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"propose":{"patient":"x","activity":"check_up","inputs":{"value":"1","completion":1,"history":"1","time":1,"adjustment":1},"evidence":"00"}}"#,
    r#"{"approve":{"id":1}}"#,
    r#"{"expire":{"id":1}}"#,
    r#"{"collect":{"source":"x"}}"#,
    r#"{"set_party":{"address":"x","role":null}}"#,
    r#"{"set_limits":{"patient_count":1,"patient_amount":"1","total_amount":"1"}}"#,
    r#"{"return_budget":{"amount":"1"}}"#,
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
    let limits = Limits { patient_count: 1, patient_amount: 1u128.into(), total_amount: 1u128.into() };
    let (token, treasury, member) = (address("token").into(), address("treasury").into(), address("party"));
    let message = InstantiateMsg { owner: owner.to_string(), token, treasury, approvals: 2, limits };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    let member = ExecuteMsg::SetParty { address: member.into(), role: Some(Role::Clinician) };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), member)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Token, "token", "cw20 hook was called by"));
    parties.push(party(Permission::Party, "party", "expected a party"));
    check(&MESSAGES, &parties, send);
}
