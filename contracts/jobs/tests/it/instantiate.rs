//! `instantiate`, `query config` and `migrate`.

use bithive_api::MigrateMsg;
use bithive_api::jobs::{ConfigResponse, InstantiateMsg, QueryMsg, Split, limits};
use bithive_api::registry::Params;
use bithive_contract_kit::InputError;
use bithive_economics::SplitError;
use bithive_jobs::{ContractError, contract};
use bithive_test_kit::jobs::{JobsSuite, SLASH, SPLIT, code, instantiate, message};
use bithive_test_kit::{FEE_DENOM, Suite, registry, token};
use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cosmwasm_std::{Addr, MigrateInfo, Uint128, coins};
use cw_multi_test::Executor;
use cw_multi_test::error::AnyResult;

fn with(suite: &mut Suite, change: impl FnOnce(&mut InstantiateMsg)) -> AnyResult<Addr> {
    let pool = suite.account("incentive-pool");
    let mut message = message(&suite.btt, &suite.registry, &suite.treasury, &pool);
    change(&mut message);
    let owner = suite.owner.clone();
    instantiate(&mut suite.app, &owner, &message)
}

fn refused(suite: &mut Suite, change: impl FnOnce(&mut InstantiateMsg)) -> ContractError {
    with(suite, change).unwrap_err().downcast().unwrap()
}

#[test]
fn the_parameters_are_kept_with_the_registrys_slots() {
    let market = JobsSuite::new();
    let config: ConfigResponse = market.suite.query(&market.jobs, &QueryMsg::Config {});
    let expected = ConfigResponse {
        token: market.suite.btt.clone(),
        registry: market.suite.registry.clone(),
        treasury: market.suite.treasury.clone(),
        incentive_pool: market.incentive_pool.clone(),
        models: None,
        grants: None,
        emissions: None,
        split: SPLIT,
        slash_amount: SLASH.into(),
        slots: 64,
        groups: 1,
    };
    assert_eq!(config, expected);
}

#[test]
fn a_token_other_than_the_registrys_is_refused() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let other = token::instantiate(&mut suite.app, &owner, &token::message("Other token", "OTHER", &owner));
    let error = refused(&mut suite, |message| message.token = other.to_string());
    let expected = suite.btt.to_string();
    assert_eq!(error, ContractError::OtherToken { found: other.into(), expected });
}

#[test]
fn an_unbonding_time_that_a_job_can_outlive_is_refused() {
    let unbonding = |unbonding_seconds| {
        let mut suite = Suite::with_params(Params { unbonding_seconds, ..registry::params() });
        with(&mut suite, |_| {})
    };
    let found = limits::MAX_LIFE_SECONDS;
    let error: ContractError = unbonding(found).unwrap_err().downcast().unwrap();
    assert_eq!(error, ContractError::UnbondingTooShort { found });
    assert!(unbonding(found + 1).is_ok());
}

#[test]
fn a_slash_of_nothing_or_of_more_than_a_bond_is_refused() {
    let mut suite = Suite::new();
    for found in [Uint128::zero(), Uint128::from(registry::NODE_BOND + 1)] {
        let error = refused(&mut suite, |message| message.slash_amount = found);
        let (least, most) = (1, registry::NODE_BOND);
        let bounds = InputError::OutOfBounds { field: "slash_amount", found: found.u128(), least, most };
        assert_eq!(error, ContractError::Input(bounds));
    }
    assert!(with(&mut suite, |message| message.slash_amount = registry::NODE_BOND.into()).is_ok());
}

#[test]
fn a_split_that_is_not_the_whole_is_refused() {
    let mut suite = Suite::new();
    let error = refused(&mut suite, |message| message.split = Split { worker: 7_001, ..SPLIT });
    assert_eq!(error, ContractError::Split(SplitError { found: 10_001 }));
}

#[test]
fn an_address_that_is_not_one_is_refused() {
    let mut suite = Suite::new();
    let treasury = refused(&mut suite, |message| message.treasury = "nobody".into());
    assert_eq!(
        treasury,
        ContractError::Input(InputError::Address { field: "treasury", found: "nobody".into() })
    );
    let pool = refused(&mut suite, |message| message.incentive_pool = String::new());
    assert_eq!(
        pool,
        ContractError::Input(InputError::Address { field: "incentive_pool", found: String::new() })
    );
}

#[test]
fn native_coins_are_refused() {
    let mut suite = Suite::new();
    let pool = suite.account("incentive-pool");
    let message = message(&suite.btt, &suite.registry, &suite.treasury, &pool);
    let code_id = suite.app.store_code(code());
    let (owner, funds) = (suite.owner.clone(), coins(1, FEE_DENOM));
    let error = suite.app.instantiate_contract(code_id, owner, &message, &funds, "jobs", None).unwrap_err();
    assert!(matches!(error.downcast().unwrap(), ContractError::Input(InputError::Payment(_))));
}

#[test]
fn only_an_earlier_version_of_the_market_migrates() {
    let migrate = |name: &str, version: &str| {
        let mut deps = mock_dependencies();
        cw2::set_contract_version(&mut deps.storage, name, version).unwrap();
        let info = MigrateInfo { sender: Addr::unchecked("admin"), old_migrate_version: None };
        contract::migrate(deps.as_mut(), mock_env(), MigrateMsg {}, info)
    };
    assert!(migrate(contract::CONTRACT_NAME, "0.0.1").is_ok());
    assert!(migrate(contract::CONTRACT_NAME, contract::CONTRACT_VERSION).is_ok());
    assert!(matches!(migrate("bithive:token", "0.0.1"), Err(ContractError::Migration(_))));
    assert!(matches!(migrate(contract::CONTRACT_NAME, "99.0.0"), Err(ContractError::Migration(_))));
}

#[test]
fn a_migrated_market_keeps_its_jobs() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let job_id = market.post(&terms);
    let before = market.job(job_id);
    let code_id = market.suite.app.store_code(code());
    let (owner, jobs) = (market.suite.owner.clone(), market.jobs.clone());
    market.suite.app.migrate_contract(owner, jobs, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(market.job(job_id), before);
}
