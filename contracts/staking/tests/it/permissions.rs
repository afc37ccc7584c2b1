//! Who may send what is as the table beside the messages says.

use bithive_api::permission::Permission;
use bithive_api::staking::{ExecuteMsg, InstantiateMsg, Params};
use bithive_staking::ContractError;
use bithive_staking::contract::{execute, instantiate};
use bithive_staking::state::SLASHERS;
use bithive_test_kit::permissions::{check, owners, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 16] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"set_capacity":{"tera":4}}"#,
    r#"{"set_commission":{"commission_bps":0}}"#,
    r#"{"lock":{"shares":null}}"#,
    r#"{"unlock":{"node":"x","id":1}}"#,
    r#"{"unbond":{"node":"x","shares":null}}"#,
    r#"{"withdraw":{"id":1}}"#,
    r#"{"claim_rewards":{"node":"x","delegator":"x"}}"#,
    r#"{"compound":{"node":"x"}}"#,
    r#"{"slash":{"node":"x","amount":"1","reason":"x"}}"#,
    r#"{"set_slasher":{"slasher":"x","allowed":true}}"#,
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
    let params = Params { unbonding_seconds: 86_400, burn_bps: 0, max_commission_bps: 0 };
    let (token, treasury, slasher) =
        (address("token").into(), address("treasury").into(), address("slasher"));
    let message = InstantiateMsg { owner: owner.to_string(), token, treasury, emission_start: 1, params };
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    SLASHERS.save(&mut deps.storage, &slasher, &())?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Token, "token", "cw20 hook was called by"));
    parties.push(party(Permission::Slasher, "slasher", "expected a slasher that the owner has named"));
    check(&MESSAGES, &parties, send);
}
