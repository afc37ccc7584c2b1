//! What is shown, and who may change it.

use bithive_api::notice::limits::MAX_BYTES;
use bithive_api::notice::{ExecuteMsg, InstantiateMsg, NoticeResponse, QueryMsg};
use bithive_contract_kit::InputError;
use bithive_contracts::Code;
use bithive_notice::ContractError;
use bithive_test_kit::{Suite, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor as _};
use cw_ownable::OwnershipError;

fn notice(suite: &mut Suite) -> Addr {
    let owner = suite.owner.clone();
    let code_id = suite.app.store_code(bithive_native::code(Code::Notice));
    let message = InstantiateMsg { owner: owner.to_string() };
    suite.app.instantiate_contract(code_id, owner, &message, &[], "notice", None).unwrap()
}

fn put(suite: &mut Suite, sender: &Addr, contract: &Addr, text: &str) -> AnyResult<AppResponse> {
    suite.execute(sender, contract, &ExecuteMsg::Put { text: text.into() })
}

fn shown(suite: &Suite, contract: &Addr) -> Option<String> {
    let answer: Option<NoticeResponse> = suite.query(contract, &QueryMsg::Notice {});
    answer.map(|notice| notice.text)
}

#[test]
fn only_the_owner_puts_a_text() {
    let mut suite = Suite::new();
    let contract = notice(&mut suite);
    let (owner, stranger) = (suite.owner.clone(), suite.account("stranger"));
    assert_eq!(shown(&suite, &contract), None);
    put(&mut suite, &owner, &contract, "open").unwrap();
    let refused = put(&mut suite, &stranger, &contract, "closed");
    assert_eq!(refusal::<ContractError>(refused), ContractError::Ownership(OwnershipError::NotOwner));
    assert_eq!(shown(&suite, &contract).as_deref(), Some("open"));
}

#[test]
fn a_text_has_a_length_and_another_one_changes_nothing() {
    let mut suite = Suite::new();
    let contract = notice(&mut suite);
    let owner = suite.owner.clone();
    let longest = "x".repeat(MAX_BYTES);
    put(&mut suite, &owner, &contract, &longest).unwrap();
    for bytes in [0, MAX_BYTES + 1] {
        let refused = put(&mut suite, &owner, &contract, &"y".repeat(bytes));
        let expected = InputError::Length { field: "text", found: bytes, least: 1, most: MAX_BYTES };
        assert_eq!(refusal::<ContractError>(refused), ContractError::Input(expected));
    }
    assert_eq!(shown(&suite, &contract), Some(longest));
}
