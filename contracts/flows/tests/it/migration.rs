//! Migration keeps flows and credits, and takes no other contract's state.

use bithive_api::MigrateMsg;
use bithive_api::flows::ExecuteMsg;
use bithive_flows::ContractError;
use bithive_test_kit::flows::{code, rate};
use bithive_test_kit::{refusal, token};
use cw_multi_test::Executor;

use crate::world::{STEP, World};

#[test]
fn the_same_contract_keeps_its_flows_and_anothers_state_is_refused() {
    let mut world = World::new();
    world.open(100, rate(10, STEP, 3)).unwrap();
    world.by_stranger(&ExecuteMsg::Settle { id: 1 }).unwrap();
    let before = world.flow(1);
    let (owner, flows) = (world.suite.owner.clone(), world.flows.address.clone());
    let code_id = world.suite.app.store_code(code());
    world.suite.app.migrate_contract(owner.clone(), flows, &MigrateMsg {}, code_id).unwrap();
    assert_eq!((world.flow(1), world.owed()), (before, [30, 0]));
    let other =
        token::instantiate(&mut world.suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let refused = world.suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(refused), ContractError::Migration(_)));
    world.check();
}
