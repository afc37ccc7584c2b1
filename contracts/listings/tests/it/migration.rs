//! Migration keeps listings, challenges and credits, and takes no other contract's state.

use bithive_api::MigrateMsg;
use bithive_listings::ContractError;
use bithive_test_kit::listings::code;
use bithive_test_kit::{refusal, token};
use cw_multi_test::Executor;

use crate::world::{BOND, NAMED, World};

#[test]
fn the_same_contract_keeps_its_listings_and_anothers_state_is_refused() {
    let mut world = World::new();
    let (removed, challenge) = world.challenged(NAMED);
    world.rule(removed, challenge, true).unwrap();
    let (id, challenge) = world.challenged(NAMED);
    let before = world.listing(id);
    let (owner, listings) = (world.suite.owner.clone(), world.listings.address.clone());
    let code_id = world.suite.app.store_code(code());
    world.suite.app.migrate_contract(owner.clone(), listings, &MigrateMsg {}, code_id).unwrap();
    assert_eq!((world.listing(id), world.parties()), (before, [0, BOND + BOND / 2, BOND / 2]));
    world.rule(id, challenge, false).unwrap();
    let other =
        token::instantiate(&mut world.suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let refused = world.suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(refused), ContractError::Migration(_)));
    world.check();
}
