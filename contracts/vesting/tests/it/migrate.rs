//! Migration keeps the positions.

use bithive_api::MigrateMsg;
use bithive_test_kit::vesting::{VestingSuite, code, schedule};
use bithive_test_kit::{refusal, token};
use bithive_vesting::ContractError;
use cw_multi_test::Executor;

#[test]
fn the_same_contract_keeps_its_positions() {
    let mut suite = VestingSuite::new();
    let (owner, bob) = (suite.suite.owner.clone(), suite.suite.account("bob"));
    suite.lock(&owner, bob.as_str(), 10, schedule(), false).unwrap();
    let code_id = suite.suite.app.store_code(code());
    let vesting = suite.vesting.clone();
    suite.suite.app.migrate_contract(owner, vesting, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(suite.position(1).unwrap().total.u128(), 10);
}

#[test]
fn another_contracts_state_is_refused() {
    let mut suite = VestingSuite::new();
    let owner = suite.suite.owner.clone();
    let app = &mut suite.suite.app;
    let other = token::instantiate(app, &owner, &token::message("Some token", "SOME", &owner));
    let code_id = app.store_code(code());
    let result = app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(result), ContractError::Migration(_)));
}
