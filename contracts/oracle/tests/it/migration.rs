//! Migration keeps feeds and prices, and takes no other contract's state.

use bithive_api::MigrateMsg;
use bithive_oracle::ContractError;
use bithive_test_kit::oracle::code;
use bithive_test_kit::{refusal, token};
use cw_multi_test::Executor as _;

use crate::world::World;

#[test]
fn the_same_contract_keeps_its_feeds_and_anothers_state_is_refused() {
    let mut world = World::with(9, 5);
    world.say(&[1_000, 1_000, 1_000, 1_000, 9]);
    let before = world.feed();
    let (owner, oracle) = (world.owner.clone(), world.oracle.address.clone());
    let code_id = world.suite.app.store_code(code());
    world.suite.app.migrate_contract(owner.clone(), oracle, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(world.feed(), before);
    assert_eq!((before.reporters[4].strikes, world.price()), (1, Some(1_000)));
    let other =
        token::instantiate(&mut world.suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let refused = world.suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(refused), ContractError::Migration(_)));
}
