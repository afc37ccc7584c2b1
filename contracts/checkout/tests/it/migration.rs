//! Migration keeps offers, receipts and credits, and takes no other contract's state.

use bithive_api::MigrateMsg;
use bithive_checkout::ContractError;
use bithive_test_kit::checkout::{code, paying};
use bithive_test_kit::{refusal, token};
use cw_multi_test::Executor;

use crate::world::World;

#[test]
fn the_same_contract_keeps_its_offers_and_receipts_and_anothers_state_is_refused() {
    let mut world = World::new();
    let id = world.put_fixed(100);
    world.buy(id, 1, 100).unwrap();
    let before = (world.checkout.offer(&world.suite, id), world.receipt(1));
    let (owner, checkout) = (world.suite.owner.clone(), world.checkout.address.clone());
    let code_id = world.suite.app.store_code(code());
    world.suite.app.migrate_contract(owner.clone(), checkout, &MigrateMsg {}, code_id).unwrap();
    assert_eq!((world.checkout.offer(&world.suite, id), world.receipt(1)), before);
    assert_eq!(world.owed(&world.seller), 100);
    assert_eq!(world.refused_pay(100, paying(id, 1, 100)), ContractError::PaidBefore { receipt: 1 });
    let other =
        token::instantiate(&mut world.suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let refused = world.suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(refused), ContractError::Migration(_)));
    world.check();
}
