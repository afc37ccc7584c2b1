//! Positions and stakes of accounts.

use bithive_api::{staking, vesting};
use bithive_chain::ChainError;
use bithive_client::{NamedSchedule, Token};

use crate::economy::setup::{ALICE, APP, BOB, DAY, OWNER, UNIT, World};

#[tokio::test]
async fn a_position_is_locked_handed_on_and_taken_back_by_those_who_may() {
    let world = World::new().await;
    let (owner, alice, bob) = (world.account(OWNER), world.account(ALICE), world.account(BOB));
    let schedule = NamedSchedule::Ecology.message(world.now().await).unwrap();
    let locked = (Token::Sky, 1_000);
    let (id, _) = owner.lock(locked, alice.address(), schedule.clone(), true).await.unwrap();
    let (second, _) = owner.lock(locked, alice.address(), schedule, false).await.unwrap();
    assert_eq!(second, id + 1);
    let positions = world.client.positions(alice.address()).await.unwrap();
    assert_eq!(positions.entries.iter().map(|position| position.id).collect::<Vec<_>>(), [id, second]);
    let stranger = bob.vesting(&vesting::ExecuteMsg::Transfer { id, new_owner: bob.address().into() }).await;
    assert!(matches!(stranger, Err(ChainError::Contract { .. })), "{stranger:?}");
    alice.vesting(&vesting::ExecuteMsg::Transfer { id, new_owner: bob.address().into() }).await.unwrap();
    assert_eq!(world.client.balance(Token::Sky, alice.address()).await.unwrap(), 500, "what was due");
    assert_eq!(world.client.position(id).await.unwrap().unwrap().owner.as_str(), bob.address());
    let before = world.client.balance(Token::Sky, owner.address()).await.unwrap();
    owner.vesting(&vesting::ExecuteMsg::Revoke { id }).await.unwrap();
    assert_eq!(world.client.balance(Token::Sky, owner.address()).await.unwrap(), before + 500);
    assert_eq!(world.client.position(id).await.unwrap(), None);
    let last = owner.vesting(&vesting::ExecuteMsg::Revoke { id: second }).await;
    assert!(matches!(last, Err(ChainError::Contract { .. })), "{last:?}");
}

#[tokio::test]
async fn stakes_are_worth_what_they_vote_with_from_the_next_block_on() {
    let world = World::new().await;
    world.advance(DAY).await;
    world.account(APP).claim_all().await.unwrap();
    for index in [ALICE, BOB] {
        world.account(APP).transfer(Token::Btk, world.address(index), 1_000 * UNIT).await.unwrap();
    }
    let (alice, bob) = (world.account(ALICE), world.account(BOB));
    let node = bob.address().to_owned();
    bob.stake(500 * UNIT, &staking::Hook::Register { tera: 4, commission_bps: 500 }).await.unwrap();
    alice.stake(40 * UNIT, &staking::Hook::Delegate { node: node.clone() }).await.unwrap();
    let pool = world.client.pool(&node).await.unwrap().unwrap();
    assert_eq!((pool.stake.u128(), pool.pledge.u128()), (540 * UNIT, 500 * UNIT));
    assert_eq!((pool.required.u128(), pool.commission_bps), (400 * UNIT, 500));
    assert_eq!(world.client.pool(alice.address()).await.unwrap(), None);
    let locks = world.client.locks(&node).await.unwrap();
    assert_eq!((locks.entries.len(), locks.complete), (1, true));
    let stakes = world.client.delegations(alice.address()).await.unwrap();
    assert_eq!(
        stakes.entries.first(),
        world.client.delegation(&node, alice.address()).await.unwrap().as_ref()
    );
    let nodes = [node.clone()];
    assert_eq!(world.client.voting_power(alice.address(), &nodes).await.unwrap(), 40 * UNIT);
    assert_eq!(world.client.voting_power(&node, &nodes).await.unwrap(), 500 * UNIT);
    let many = vec![node.clone(), node.clone()];
    assert!(world.client.voting_power(&node, &many).await.is_err(), "a node counts once");
    assert_eq!(world.client.staking_config().await.unwrap().params.max_commission_bps, 2_000);
    let locked = bob.staking(&staking::ExecuteMsg::Unbond { node, shares: None }).await;
    assert!(matches!(locked, Err(ChainError::Contract { .. })), "a pledge is locked: {locked:?}");
}
