//! Who may send what is as the table beside the messages says.

use bithive_api::datasets::{Asset, ExecuteMsg, InstantiateMsg};
use bithive_api::permission::Permission;
use bithive_datasets::ContractError;
use bithive_datasets::contract::{execute, instantiate};
use bithive_test_kit::permissions::{check, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 7] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"register":{"digest":"0000000000000000000000000000000000000000000000000000000000000000","asset":{"native":"unit"},"share":"1"}}"#,
    r#"{"update":{"id":1,"share":"1","active":true}}"#,
    r#"{"deposit":{"dataset_id":1,"source":{"chain_id":"a","jobs":"b"},"job_id":1,"input_commitment":"00","deadline":1}}"#,
    r#"{"release":{"id":1}}"#,
    r#"{"refund":{"id":1}}"#,
    r#"{"withdraw":{"asset":{"native":"unit"}}}"#,
];

/// Runs a message as an account, where data set 1 is the curator's.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let address = |name: &str| deps.api.addr_make(name);
    let (curator, sender) = (address("curator"), address(account));
    let message = InstantiateMsg { attestations: address("attestations").into() };
    instantiate(deps.as_mut(), env.clone(), message_info(&curator, &[]), message)?;
    let (digest, share) = (vec![0; 32].into(), 1u128.into());
    let register = ExecuteMsg::Register { digest, asset: Asset::Native("unit".into()), share };
    execute(deps.as_mut(), env.clone(), message_info(&curator, &[]), register)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = [party(Permission::DatasetOwner, "curator", "expected the owner of data set")];
    check(&MESSAGES, &parties, send);
}
