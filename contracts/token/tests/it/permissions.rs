//! Who may send what is as the table beside the messages says.

use bithive_api::permission::Permission;
use bithive_api::token::{ExecuteMsg, InstantiateMsg, Marketing};
use bithive_test_kit::permissions::{check, party};
use bithive_token::ContractError;
use bithive_token::contract::{execute, instantiate};
use cosmwasm_std::testing::{message_info, mock_dependencies, mock_env};

const MESSAGES: [&str; 12] = [
    r#"{"transfer":{"recipient":"x","amount":"1"}}"#,
    r#"{"burn":{"amount":"1"}}"#,
    r#"{"send":{"contract":"x","amount":"1","msg":""}}"#,
    r#"{"increase_allowance":{"spender":"x","amount":"1","expires":null}}"#,
    r#"{"decrease_allowance":{"spender":"x","amount":"1","expires":null}}"#,
    r#"{"transfer_from":{"owner":"x","recipient":"x","amount":"1"}}"#,
    r#"{"send_from":{"owner":"x","contract":"x","amount":"1","msg":""}}"#,
    r#"{"burn_from":{"owner":"x","amount":"1"}}"#,
    r#"{"mint":{"recipient":"x","amount":"1"}}"#,
    r#"{"update_minter":{"new_minter":null}}"#,
    r#"{"update_marketing":{"project":null,"description":null,"marketing":null}}"#,
    r#"{"upload_logo":{"url":"x"}}"#,
];

/// Runs a message as an account, in a token with a minter and somebody who describes it.
fn send(account: &str, msg: ExecuteMsg) -> Result<(), ContractError> {
    let (mut deps, env) = (mock_dependencies(), mock_env());
    let address = |name: &str| deps.api.addr_make(name);
    let (minter, editor, sender) = (address("minter"), address("editor"), address(account));
    let marketing =
        Marketing { project: None, description: None, marketing: Some(editor.into()), logo: None };
    let message = InstantiateMsg {
        name: "BitHive token".into(),
        symbol: "BTT".into(),
        decimals: 6,
        cap: 1u128.into(),
        initial_balances: vec![],
        minter: Some(minter.to_string()),
        marketing: Some(marketing),
    };
    instantiate(deps.as_mut(), env.clone(), message_info(&minter, &[]), message)?;
    execute(deps.as_mut(), env, message_info(&sender, &[]), msg).map(|_| ())
}

#[test]
fn each_message_is_taken_from_whom_the_table_names_and_from_nobody_else() {
    let parties = [
        party(Permission::Minter, "minter", "expected the minter"),
        party(Permission::Marketing, "editor", "expected the marketing account"),
    ];
    check(&MESSAGES, &parties, send);
}
