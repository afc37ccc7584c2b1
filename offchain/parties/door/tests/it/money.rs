//! What is owed at most, and when it is redeemed.

use std::time::Duration;

use bithive_api::flows::SignedVoucher;
use bithive_door::DoorTerms;
use bithive_x402::Code;

use crate::world::{PRICE, World, until};

#[tokio::test(flavor = "multi_thread")]
async fn never_more_is_owed_than_stated_and_half_of_it_is_redeemed() {
    let world = World::new().await;
    let terms = DoorTerms { exposure: 5 * PRICE, ..world.terms() };
    let (door, metrics) = world.door_with(terms).await;
    let flows = [world.flow().await, world.flow().await, world.flow().await];
    let mut served = [0u128; 3];
    let mut most = 0;
    for turn in 0..40 {
        let which = turn % 3;
        let said = world.pay(door.address(), flows[which], served[which] + 1, turn % 7).await;
        match said.status {
            200 => served[which] += 1,
            503 => {
                assert_eq!(said.kind(), Code::Exposure.as_str());
                assert!(said.head.to_lowercase().contains("retry-after"));
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            _ => panic!("{said:?}"),
        }
        most = most.max(door.exposure());
        assert!(door.exposure() <= 5 * PRICE);
    }
    assert!(most >= 3 * PRICE && served.iter().sum::<u128>() > 10, "{most} {served:?}");
    until("half is redeemed", async || door.exposure() < 3 * PRICE).await;
    assert!(metrics.encode().contains("bithive_door_redemptions_total{result=\"done\"}"));
    door.stop().await;
    for (flow, served) in flows.into_iter().zip(served) {
        assert_eq!(world.on_chain(flow).await.paid.u128(), served * PRICE, "to the unit");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_owed_is_redeemed_when_its_time_has_come() {
    let world = World::new().await;
    let terms = DoorTerms { redeem_every: Duration::ZERO, ..world.terms() };
    let (door, _) = world.door_with(terms).await;
    let flow = world.flow().await;
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200);
    until("it is redeemed", async || door.exposure() == 0).await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), PRICE);
    door.stop().await;
}

/// The client redeems a larger voucher than it has shown: it has paid more than it was served for.
#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_its_payer_redeems_itself_is_paid_and_the_next_is_beyond_it() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200);
    let voucher = world.voucher(flow, 4 * PRICE);
    let signature = voucher.signature.0.to_vec().into();
    let voucher = SignedVoucher { id: flow, cumulative: voucher.cumulative.0.into(), signature };
    world.flows.redeem(&world.payer, vec![voucher]).await.unwrap();
    until("the door sees it", async || door.exposure() == 0).await;
    for old in 2..=4 {
        assert_eq!(world.pay(door.address(), flow, old, 1).await.kind(), Code::Cumulative.as_str());
    }
    assert_eq!(world.pay(door.address(), flow, 5, 1).await.status, 200);
    assert_eq!(door.exposure(), PRICE);
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 5 * PRICE);
}
