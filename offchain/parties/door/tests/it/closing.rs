//! Flows that end while requests come.

use bithive_api::flows::{ExecuteMsg, Key, Terms};
use bithive_chain::Chain as _;
use bithive_door::CLOSING_SECONDS;
use bithive_x402::Code;

use crate::world::{DEPOSIT, HOUR, PRICE, World, until};

#[tokio::test(flavor = "multi_thread")]
async fn a_payer_that_closes_gets_nothing_more_and_what_it_owes_is_redeemed_at_once() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let mut nth = 0;
    for _ in 0..3 {
        nth += 1;
        assert_eq!(world.pay(door.address(), flow, nth, 0).await.status, 200);
    }
    world.flows.execute(&world.payer, &ExecuteMsg::Close { id: flow }).await.unwrap();
    // Requests go on; those that are still served are redeemed as well.
    until("the door notices", async || {
        let said = world.pay(door.address(), flow, nth + 1, 0).await;
        match said.status {
            200 => nth += 1,
            _ => assert_eq!(said.kind(), Code::Closing.as_str()),
        }
        said.status == 402
    })
    .await;
    until("it is redeemed", async || door.exposure() == 0).await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), nth * PRICE);
    assert_eq!(world.pay(door.address(), flow, nth, 0).await.status, 200, "what was paid for is kept");
    // The notice passes, and the payer takes the rest: nothing is lost.
    world.chain.advance_time(HOUR + 1).await.unwrap();
    world.flows.execute(&world.payer, &ExecuteMsg::Finish { id: flow }).await.unwrap();
    until("the door sees the end", async || {
        world.pay(door.address(), flow, nth + 1, 0).await.kind() == Code::NotFound.as_str()
    })
    .await;
    let rest = world.flows.claimable(world.payer.address(), world.btt.clone()).await.unwrap();
    let earned = world.flows.claimable(world.seller.address(), world.btt.clone()).await.unwrap();
    assert_eq!((rest, earned), (DEPOSIT - nth * PRICE, nth * PRICE));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_near_its_end_pays_for_nothing_more_and_is_redeemed() {
    let world = World::new().await;
    let now = world.chain.info().await.unwrap().time.seconds();
    let key = Key::Ed25519(world.voucher_key.verifying_key().as_bytes().into());
    let ends = now + 2 * HOUR;
    let flow =
        world.flow_of(|open| open.terms = Terms::Vouchers { key: key.clone(), notice: HOUR, ends }).await;
    let door = world.door().await;
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200);
    world.chain.advance_time(2 * HOUR - CLOSING_SECONDS).await.unwrap();
    let mut nth = 1;
    until("the end is near", async || {
        let said = world.pay(door.address(), flow, nth + 1, 0).await;
        if said.status == 200 {
            nth += 1;
            return false;
        }
        said.kind() == Code::Closing.as_str()
    })
    .await;
    until("it is redeemed", async || door.exposure() == 0).await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), nth * PRICE);
    door.stop().await;
}

/// The door was away for longer than the notice: what it had not redeemed is lost, said, and blocks nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_ended_while_the_door_was_away_costs_what_it_owed_and_no_more() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200);
    drop(door);
    world.flows.execute(&world.payer, &ExecuteMsg::Close { id: flow }).await.unwrap();
    world.chain.advance_time(HOUR + 1).await.unwrap();
    world.flows.execute(&world.payer, &ExecuteMsg::Finish { id: flow }).await.unwrap();
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let (door, metrics) = world.door_with(world.terms()).await;
    until("it is seen", async || door.exposure() == 0).await;
    assert!(metrics.encode().contains(&format!("bithive_door_lost_base_units_total {PRICE}\n")));
    let other = world.flow().await;
    assert_eq!(world.pay(door.address(), other, 1, 0).await.status, 200);
    door.stop().await;
    assert_eq!(world.on_chain(other).await.paid.u128(), PRICE);
}
