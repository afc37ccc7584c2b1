//! Migration keeps rounds, requests and credits, and takes no other contract's state.

use bithive_api::MigrateMsg;
use bithive_randomness::ContractError;
use bithive_test_kit::randomness::code;
use bithive_test_kit::{refusal, token};
use cw_multi_test::Executor;

use crate::world::World;

#[test]
fn the_same_contract_keeps_what_it_has_and_anothers_state_is_refused() {
    let mut world = World::new();
    let (_, round) = world.ask(9);
    world.submit(round).unwrap();
    world.suite.advance(60);
    let (waiting, _) = world.ask(4);
    let kept = |world: &World| {
        let credit = world.randomness.claimable(&world.suite, &world.relayer);
        (
            world.randomness.beacon(&world.suite, round),
            world.randomness.request(&world.suite, waiting),
            credit,
        )
    };
    let before = kept(&world);
    assert_eq!(before.2, 9);
    let (owner, contract) = (world.suite.owner.clone(), world.randomness.address.clone());
    let code_id = world.suite.app.store_code(code());
    world.suite.app.migrate_contract(owner.clone(), contract, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(kept(&world), before);
    let other =
        token::instantiate(&mut world.suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let refused = world.suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(refused), ContractError::Migration(_)));
    world.check();
}
