//! Who may send what is as the table beside the messages says.

use bithive_api::permission::Permission;
use bithive_api::timebank::{ExecuteMsg, InstantiateMsg, Params};
use bithive_test_kit::permissions::{check, owners, party};
use bithive_timebank::ContractError;
use bithive_timebank::contract::{execute, instantiate};
use bithive_timebank::state::{Daily, METERS, Meter};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 13] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"deposit":{"account":"x","credits":1}}"#,
    r#"{"import":{"statement":{"account":"x","project":"x","host":1,"total":1},"signers":1,"signature":"00"}}"#,
    r#"{"spend":{"vault":"","terms":{"workers":1,"quorum":1,"tolerance":0,"dimensions":1,"price":"1","assign_by":1,"commit_seconds":60,"reveal_seconds":60,"finalize_seconds":60,"model":"00","model_owner":null,"data_owner":null},"most":1}}"#,
    r#"{"accrue":{}}"#,
    r#"{"set_meter":{"meter":"x","per_day":null}}"#,
    r#"{"set_oracles":{"oracles":[],"threshold":1}}"#,
    r#"{"return_funds":{"amount":"1"}}"#,
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
    let params = Params { price: 1u128.into(), interest_ppm: 0, boinc_rate: 1, import_per_day: 1 };
    let [token, jobs, treasury] = ["token", "jobs", "treasury"].map(|name| address(name).to_string());
    let (message, meter) =
        (InstantiateMsg { owner: owner.to_string(), token, jobs, treasury, params }, address("meter"));
    instantiate(deps.as_mut(), env.clone(), message_info(&owner, &[]), message)?;
    let propose = ExecuteMsg::TransferOwnership { new_owner: next.into() };
    execute(deps.as_mut(), env.clone(), message_info(&owner, &[]), propose)?;
    // Meters are contracts, which the mock has none of.
    METERS.save(&mut deps.storage, &meter, &Meter { per_day: 1, given: Daily::default() })?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let mut parties = owners();
    parties.push(party(Permission::Token, "token", "cw20 hook was called by"));
    parties.push(party(Permission::Meter, "meter", "expected a meter that the owner has named"));
    check(&MESSAGES, &parties, send);
}
