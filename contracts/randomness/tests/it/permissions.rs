//! Who may send what is as the table beside the messages says.

use bithive_api::permission::Permission;
use bithive_api::randomness::{ExecuteMsg, InstantiateMsg};
use bithive_randomness::ContractError;
use bithive_randomness::contract::{execute, instantiate};
use bithive_test_kit::drand::drand;
use bithive_test_kit::permissions::{check, party};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 6] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"request":{"after":null,"job":"","call_gas":0}}"#,
    r#"{"submit":{"round":1,"signature":""}}"#,
    r#"{"deliver":{"requests":[1]}}"#,
    r#"{"expire":{"id":1}}"#,
    r#"{"withdraw":{}}"#,
];

fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let [token, sender] = ["token", account].map(|name| deps.api.addr_make(name));
    let create = InstantiateMsg { token: token.to_string(), drand: drand() };
    instantiate(deps.as_mut(), env.clone(), message_info(&token, &[]), create)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    check(&MESSAGES, &[party(Permission::Token, "token", "expected the token")], send);
}
