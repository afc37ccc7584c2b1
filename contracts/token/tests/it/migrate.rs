//! Migration, which must not run on another contract's state or go back in time.

use bithive_api::MigrateMsg;
use bithive_test_kit::token::code;
use bithive_test_kit::{Suite, refusal};
use bithive_token::ContractError;
use bithive_token::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use cosmwasm_std::Addr;
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor};

fn migrate(suite: &mut Suite, contract: &Addr) -> AnyResult<AppResponse> {
    let code_id = suite.app.store_code(code());
    let owner = suite.owner.clone();
    suite.app.migrate_contract(owner, contract.clone(), &MigrateMsg {}, code_id)
}

fn pretend(suite: &mut Suite, name: &str, version: &str) {
    let mut storage = suite.app.contract_storage_mut(&suite.btt);
    cw2::set_contract_version(&mut *storage, name, version).unwrap();
}

#[test]
fn an_earlier_version_is_migrated_and_keeps_its_supply() {
    let mut suite = Suite::new();
    let (alice, btt) = (suite.account("alice"), suite.btt.clone());
    suite.fund(&alice, 5);
    pretend(&mut suite, CONTRACT_NAME, "0.0.1");
    migrate(&mut suite, &btt).unwrap();
    let stored = cw2::get_contract_version(&*suite.app.contract_storage(&btt)).unwrap();
    assert_eq!((stored.contract.as_str(), stored.version.as_str()), (CONTRACT_NAME, CONTRACT_VERSION));
    assert_eq!(suite.balance(&alice), 5);
    suite.conservation();
}

#[test]
fn another_contract_is_not_migrated() {
    let mut suite = Suite::new();
    let registry = suite.registry.clone();
    let error = refusal::<ContractError>(migrate(&mut suite, &registry));
    assert!(matches!(error, ContractError::Migration(_)), "{error}");
}

#[test]
fn a_plain_cw20_is_not_migrated_because_it_has_no_totals() {
    let mut suite = Suite::new();
    let btt = suite.btt.clone();
    pretend(&mut suite, "crates.io:cw20-base", "2.0.0");
    let error = refusal::<ContractError>(migrate(&mut suite, &btt));
    assert!(matches!(error, ContractError::Migration(_)), "{error}");
}

#[test]
fn a_later_version_is_not_migrated() {
    let mut suite = Suite::new();
    let btt = suite.btt.clone();
    pretend(&mut suite, CONTRACT_NAME, "99.0.0");
    let error = refusal::<ContractError>(migrate(&mut suite, &btt));
    assert!(matches!(error, ContractError::Migration(_)), "{error}");
}
