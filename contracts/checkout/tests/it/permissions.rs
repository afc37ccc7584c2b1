//! Who may send what is as the table beside the messages says.

use bithive_api::asset::Asset;
use bithive_api::checkout::{ExecuteMsg, InstantiateMsg, Price};
use bithive_api::permission::Permission;
use bithive_checkout::ContractError;
use bithive_checkout::contract::{execute, instantiate};
use bithive_test_kit::checkout::{offering, paying};
use bithive_test_kit::permissions::{check, party};
use cosmwasm_std::coins;
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 6] = [
    r#"{"receive":{"sender":"x","amount":"1","msg":"e30="}}"#,
    r#"{"offer":{"asset":{"native":"unit"},"price":{"fixed":"1"},"split":[],"referral_bps":0,"uses":null,"buyer":null,"expires":null,"coding":null}}"#,
    r#"{"cancel":{"id":1}}"#,
    r#"{"pay":{"offer":1,"key":"01010101010101010101010101010101","max":"1","referrer":null}}"#,
    r#"{"refund":{"receipt":1}}"#,
    r#"{"withdraw":{"asset":{"native":"unit"}}}"#,
];

/// Runs a message as an account, where the seller has made offer 1 and receipt 1 is the payer's.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let [seller, payer, sender] = ["seller", "payer", account].map(|name| deps.api.addr_make(name));
    instantiate(deps.as_mut(), env.clone(), message_info(&seller, &[]), InstantiateMsg {})?;
    let offer = offering(&Asset::Native("unit".into()), Price::Fixed(1u128.into()));
    execute(deps.as_mut(), env.clone(), message_info(&seller, &[]), ExecuteMsg::Offer(offer))?;
    let pay = ExecuteMsg::Pay(paying(1, 9, 1));
    execute(deps.as_mut(), env.clone(), message_info(&payer, &coins(1, "unit")), pay)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = [party(Permission::Seller, "seller", "expected the seller of offer")];
    check(&MESSAGES, &parties, send);
}
