//! Migration keeps agreements and credits, and takes no other contract's state.

use bithive_api::MigrateMsg;
use bithive_escrow::ContractError;
use bithive_test_kit::escrow::code;
use bithive_test_kit::{refusal, token};
use cw_multi_test::Executor;

use crate::world::World;

#[test]
fn the_same_contract_keeps_its_agreements_and_anothers_state_is_refused() {
    let mut world = World::new();
    world.funded(&[60, 40]);
    world.submit().unwrap();
    world.votes(3, true).unwrap();
    world.votes(2, true).unwrap();
    world.submit().unwrap();
    let before = world.agreement();
    let (owner, escrow) = (world.suite.owner.clone(), world.escrow.address.clone());
    let code_id = world.suite.app.store_code(code());
    world.suite.app.migrate_contract(owner.clone(), escrow, &MigrateMsg {}, code_id).unwrap();
    assert_eq!((world.agreement(), world.both()), (before, [60, 0]));
    let other =
        token::instantiate(&mut world.suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let refused = world.suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(refused), ContractError::Migration(_)));
    world.check();
}
