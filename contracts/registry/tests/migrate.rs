//! Migration, which must not run on another contract's state or go back in time.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, missing_docs)]

use bithive_api::MigrateMsg;
use bithive_registry::ContractError;
use bithive_registry::contract::{CONTRACT_NAME, CONTRACT_VERSION};
use bithive_test_kit::registry::{NODE_BOND, code};
use bithive_test_kit::{Suite, refusal};
use cosmwasm_std::Addr;
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Executor};

fn migrate(suite: &mut Suite, contract: &Addr) -> AnyResult<AppResponse> {
    let code_id = suite.app.store_code(code());
    let owner = suite.owner.clone();
    suite.app.migrate_contract(owner, contract.clone(), &MigrateMsg {}, code_id)
}

fn pretend(suite: &mut Suite, version: &str) {
    let mut storage = suite.app.contract_storage_mut(&suite.registry);
    cw2::set_contract_version(&mut *storage, CONTRACT_NAME, version).unwrap();
}

#[test]
fn an_earlier_version_is_migrated_and_keeps_its_bonds() {
    let mut suite = Suite::new();
    suite.register_node("alice", 1, NODE_BOND).unwrap();
    let registry = suite.registry.clone();
    pretend(&mut suite, "0.0.1");
    migrate(&mut suite, &registry).unwrap();
    let stored = cw2::get_contract_version(&*suite.app.contract_storage(&registry)).unwrap();
    assert_eq!((stored.contract.as_str(), stored.version.as_str()), (CONTRACT_NAME, CONTRACT_VERSION));
    assert!(suite.node("alice").unwrap().eligible);
    suite.custody();
}

#[test]
fn another_contract_is_not_migrated() {
    let mut suite = Suite::new();
    let btt = suite.btt.clone();
    let error = refusal::<ContractError>(migrate(&mut suite, &btt));
    assert!(matches!(error, ContractError::Migration(_)), "{error}");
}

#[test]
fn a_later_version_is_not_migrated() {
    let mut suite = Suite::new();
    let registry = suite.registry.clone();
    pretend(&mut suite, "99.0.0");
    let error = refusal::<ContractError>(migrate(&mut suite, &registry));
    assert!(matches!(error, ContractError::Migration(_)), "{error}");
}
