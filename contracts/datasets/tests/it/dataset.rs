//! Registration, changes, migration.

use bithive_api::MigrateMsg;
use bithive_api::datasets::{Asset, ConfigResponse, DatasetResponse, ExecuteMsg, QueryMsg};
use bithive_contract_kit::InputError;
use bithive_datasets::ContractError;
use bithive_ibc_kit::DatasetsSuite;
use bithive_ibc_kit::datasets::{SHARE, code};
use bithive_test_kit::{FEE_DENOM, Suite, refusal, token};
use cosmwasm_std::HexBinary;
use cw_multi_test::Executor;

fn register(digest: &[u8], asset: Asset, share: u128) -> ExecuteMsg {
    ExecuteMsg::Register { digest: HexBinary::from(digest), asset, share: share.into() }
}

#[test]
fn a_data_set_is_its_registrars_and_can_be_asked_for() {
    let suite = DatasetsSuite::new();
    let dataset = suite.dataset(1).unwrap();
    assert_eq!(
        (dataset.owner, dataset.asset),
        (suite.owner.clone(), Asset::Cw20(suite.chains.suite.btt.clone()))
    );
    assert_eq!((dataset.share.u128(), dataset.active, dataset.uses), (SHARE, true, 0));
    assert_eq!(suite.dataset(3), None);
    let query = QueryMsg::Datasets { start_after: Some(1), limit: Some(u32::MAX) };
    let page: Vec<DatasetResponse> = suite.chains.suite.query(&suite.datasets, &query);
    assert_eq!(page.iter().map(|dataset| dataset.id).collect::<Vec<_>>(), [2]);
    let config: ConfigResponse = suite.chains.suite.query(&suite.datasets, &QueryMsg::Config {});
    assert_eq!(config.attestations, suite.chains.receiver);
}

#[test]
fn what_is_registered_has_bounds() {
    let mut suite = DatasetsSuite::new();
    let native = |denom: &str| Asset::Native(denom.into());
    let error: ContractError = refusal(suite.by_anybody(&register(&[1; 31], native("u"), 5)));
    assert!(matches!(error, ContractError::Input(InputError::Length { field: "digest", .. })), "{error}");
    for denom in ["", &"d".repeat(129)] {
        let error: ContractError = refusal(suite.by_anybody(&register(&[1; 32], native(denom), 5)));
        assert!(matches!(error, ContractError::Input(InputError::Length { field: "denom", .. })), "{error}");
    }
    let error: ContractError = refusal(suite.by_anybody(&register(&[1; 32], native("u"), 0)));
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "the share" }));
    let cw20 = Asset::Cw20("not an address".into());
    let error: ContractError = refusal(suite.by_anybody(&register(&[1; 32], cw20, 5)));
    assert!(matches!(error, ContractError::Input(InputError::Address { .. })), "{error}");
    assert_eq!(suite.dataset(3), None);
    suite.by_anybody(&register(&[1; 32], native(FEE_DENOM), 5)).unwrap();
    assert_eq!(suite.dataset(3).unwrap().owner, suite.chains.suite.account("stranger"));
}

#[test]
fn only_its_owner_changes_a_data_set() {
    let mut suite = DatasetsSuite::new();
    let update = ExecuteMsg::Update { id: 1, share: 1u128.into(), active: true };
    let error: ContractError = refusal(suite.by_anybody(&update));
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error}");
    let owner = suite.owner.clone();
    let nothing = ExecuteMsg::Update { id: 1, share: 0u128.into(), active: true };
    assert_eq!(
        refusal::<ContractError>(suite.execute(&owner, &nothing)),
        ContractError::Input(InputError::Zero { field: "the share" })
    );
    let unknown = ExecuteMsg::Update { id: 9, share: 1u128.into(), active: true };
    let error: ContractError = refusal(suite.execute(&owner, &unknown));
    assert_eq!(error, ContractError::NoDataset { id: 9 });
    suite.execute(&owner, &update).unwrap();
    assert_eq!(suite.dataset(1).unwrap().share.u128(), 1);
}

#[test]
fn the_same_contract_keeps_its_data_sets_when_it_is_migrated() {
    let mut suite = DatasetsSuite::new();
    let (owner, datasets) = (suite.chains.suite.owner.clone(), suite.datasets.clone());
    let code_id = suite.chains.suite.app.store_code(code());
    suite.chains.suite.app.migrate_contract(owner, datasets, &MigrateMsg {}, code_id).unwrap();
    assert!(suite.dataset(1).is_some());
}

#[test]
fn another_contracts_state_is_refused() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let other = token::instantiate(&mut suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let code_id = suite.app.store_code(code());
    let result = suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(result), ContractError::Migration(_)));
}
