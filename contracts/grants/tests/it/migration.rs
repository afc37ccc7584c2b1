//! Migration keeps what is recorded.

use bithive_api::MigrateMsg;
use bithive_api::grants::{ConfigResponse, QueryMsg, Standing};
use bithive_grants::ContractError;
use bithive_test_kit::grants::{Grants, basis, code};
use bithive_test_kit::{Suite, refusal};
use cw_multi_test::Executor;

#[test]
fn the_same_contract_keeps_its_consents_and_anothers_state_is_refused() {
    let mut suite = Suite::new();
    let grants = Grants::new(&mut suite);
    let (owner, [patient, clinic]) =
        (suite.owner.clone(), ["patient", "clinic"].map(|name| suite.account(name)));
    grants.consent(&mut suite, &patient, 1, &clinic);
    let code_id = suite.app.store_code(code());
    suite.app.migrate_contract(owner.clone(), grants.address.clone(), &MigrateMsg {}, code_id).unwrap();
    assert_eq!(grants.check(&suite, &clinic, &[basis(&patient, 1)]), [Standing::Live]);
    let config: ConfigResponse = suite.query(&grants.address, &QueryMsg::Config {});
    assert_eq!(config.registry, suite.registry);
    let other = bithive_test_kit::token::instantiate(
        &mut suite.app,
        &owner,
        &bithive_test_kit::token::message("Some token", "SOME", &owner),
    );
    let refused = suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(refused), ContractError::Migration(_)));
}
