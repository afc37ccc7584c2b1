//! Who may send what is as the table beside the messages says.

use bithive_api::grants::{ExecuteMsg, InstantiateMsg, limits};
use bithive_api::permission::Permission;
use bithive_api::registry::{QueryMsg, RequesterResponse};
use bithive_grants::ContractError;
use bithive_grants::contract::{execute, instantiate};
use bithive_test_kit::permissions::{check, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};
use cosmwasm_std::{ContractResult, SystemResult, WasmQuery, from_json, to_json_binary};

const MESSAGES: [&str; 7] = [
    r#"{"record":{"digests":[],"expires":1,"signed":null}}"#,
    r#"{"revoke":{"digests":[],"signed":null}}"#,
    r#"{"break_glass":{"subject":"x","reference":"","reason":"btg","text":""}}"#,
    r#"{"anchor_audit":{"log":"","count":1,"head":""}}"#,
    r#"{"register_content":{"content":"","commitment":"","wrap":"","granters":[]}}"#,
    r#"{"permit":{"content":"0101010101010101010101010101010101010101010101010101010101010101","readers":[],"purpose":"","until":1}}"#,
    r#"{"revoke_permit":{"content":"0101010101010101010101010101010101010101010101010101010101010101","readers":[]}}"#,
];

/// Runs a message as an account, where the registry knows one requester, and an author has registered a content.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let [registry, requester, author, sender] =
        ["registry", "requester", "author", account].map(|name| deps.api.addr_make(name));
    deps.querier.update_wasm(move |query| {
        let WasmQuery::Smart { msg, .. } = query else { panic!("{query:?}") };
        let asked = from_json(msg) == Ok(QueryMsg::Requester { address: requester.to_string() });
        let answer = asked.then(|| RequesterResponse {
            address: requester.clone(),
            endpoint: [1; 32].into(),
            bond: 1u128.into(),
            unbonding_until: None,
            eligible: true,
        });
        SystemResult::Ok(ContractResult::Ok(to_json_binary(&answer).unwrap()))
    });
    let message = InstantiateMsg { registry: registry.into() };
    instantiate(deps.as_mut(), env.clone(), message_info(&sender, &[]), message)?;
    let content = ExecuteMsg::RegisterContent {
        content: [1; 32].into(),
        commitment: [2; 32].into(),
        wrap: vec![3; limits::WRAP_BYTES].into(),
        granters: vec![],
    };
    execute(deps.as_mut(), env.clone(), message_info(&author, &[]), content)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = [
        party(Permission::BondedRequester, "requester", "expected a requester that the registry knows"),
        party(Permission::ContentGranter, "author", "expected the author of the content"),
    ];
    check(&MESSAGES, &parties, send);
}
