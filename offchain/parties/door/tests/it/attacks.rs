//! Vouchers that pay nothing.

use bithive_api::flows::{Key, Terms};
use bithive_x402::{Amount, Code, Payment, Signature};
use serde_json::json;

use crate::wire::{Said, ask};
use crate::world::{DEPOSIT, HOUR, PRICE, World, row};

fn assert_refused(said: &Said, code: Code) {
    assert_eq!(said.kind(), code.as_str(), "{said:?}");
    assert_eq!(said.status, 402, "{said:?}");
    let settled = said.settled();
    assert!(!settled.success && settled.error_reason.as_deref() == Some(code.as_str()));
    assert_eq!(said.required().error.as_deref(), Some(code.as_str()));
    assert!(!said.body.contains("probability"));
}

#[tokio::test(flavor = "multi_thread")]
async fn forged_old_and_greedy_vouchers_buy_nothing() {
    let world = World::new().await;
    let (door, flow, other) = (world.door().await, world.flow().await, world.flow().await);
    let accepted = world.accepted(door.address()).await;
    for nth in 1..=3 {
        assert_eq!(world.pay(door.address(), flow, nth, 0).await.status, 200);
    }
    let sound = world.voucher(flow, 4 * PRICE);
    let with = async |change: &dyn Fn(&mut bithive_x402::Voucher)| {
        let mut voucher = sound.clone();
        change(&mut voucher);
        ask(door.address(), &row(1), Some(&Payment::with_voucher(None, accepted.clone(), voucher))).await
    };
    // Not signed by the flow's key over this amount and flow.
    assert_refused(&with(&|voucher| voucher.signature = Signature([1; 64])).await, Code::Signature);
    assert_refused(&with(&|voucher| voucher.cumulative = Amount(5 * PRICE)).await, Code::Signature);
    assert_refused(&with(&|voucher| voucher.flow = other).await, Code::Signature);
    // Signed, and not for what is owed and the price.
    for cumulative in
        [0, 1, PRICE / 2, 3 * PRICE + 1, 4 * PRICE - 1, 4 * PRICE + 1, 5 * PRICE, DEPOSIT, u128::MAX]
    {
        let signed = world.voucher(flow, cumulative);
        let said = with(&|voucher| *voucher = signed.clone()).await;
        assert_refused(&said, Code::Cumulative);
        let state = said.required().accepts[0].extra.clone();
        assert_eq!(state.channel_state.unwrap().charged_cumulative_amount.0, 3 * PRICE);
        let proof = state.voucher_state.unwrap();
        assert_eq!(proof.signed_max_claimable.0, 3 * PRICE);
        assert_eq!(
            proof.signature,
            world.voucher(flow, 3 * PRICE).signature,
            "the client sees its own signature"
        );
    }
    // Of another chain or contract, truly signed.
    let (chain_id, contract) = (world.flows.chain_id(), world.flows.contract());
    for name in [("bithive-2", contract), (chain_id, world.seller.address())] {
        let signed = world.voucher_for(name, flow, 4 * PRICE);
        assert_refused(&with(&|voucher| *voucher = signed.clone()).await, Code::Network);
    }
    // Signed for another chain, and said to be for this one.
    let elsewhere = world.voucher_for(("bithive-2", contract), flow, 4 * PRICE).signature;
    assert_refused(&with(&|voucher| voucher.signature = elsewhere).await, Code::Signature);
    assert_refused(&with(&|voucher| voucher.flow = 99).await, Code::NotFound);
    assert_refused(&with(&|voucher| voucher.flow = u64::MAX).await, Code::NotFound);
    assert_eq!(door.exposure(), 3 * PRICE, "nobody was served");
    assert_eq!(with(&|_| {}).await.status, 200);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_that_pays_somebody_else_or_otherwise_buys_nothing() {
    let mut world = World::new().await;
    let door = world.door().await;
    let somebody = world.another_key().address().to_owned();
    let to_other = world.flow_of(|open| open.payee.clone_from(&somebody)).await;
    let by_time =
        world.flow_of(|open| open.terms = Terms::Rate { amount: PRICE.into(), step: 60, advance: 0 }).await;
    let now = bithive_chain::Chain::info(&world.chain).await.unwrap().time.seconds();
    let key = Key::Ed25519(world.voucher_key.verifying_key().as_bytes().into());
    let short = world
        .flow_of(|open| {
            open.terms = Terms::Vouchers { key: key.clone(), notice: HOUR, ends: now + 2 * HOUR };
        })
        .await;
    for flow in [to_other, by_time] {
        assert_refused(&world.pay(door.address(), flow, 1, 0).await, Code::Channel);
    }
    assert_eq!(world.pay(door.address(), short, 1, 0).await.status, 200);
    door.stop().await;
    // What the door asks for has changed since the flow was opened.
    let (door, _) = world.door_with(bithive_door::DoorTerms { min_notice: HOUR + 1, ..world.terms() }).await;
    assert_refused(&world.pay(door.address(), short, 2, 0).await, Code::Channel);
    door.stop().await;
    let (door, _) =
        world.door_with(bithive_door::DoorTerms { min_deposit: DEPOSIT + 1, ..world.terms() }).await;
    assert_refused(&world.pay(door.address(), short, 2, 0).await, Code::Channel);
    assert_eq!(door.exposure(), 0);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_on_other_terms_is_none() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let accepted = world.accepted(door.address()).await;
    let with = async |change: &dyn Fn(&mut Payment)| {
        let mut payment = Payment::with_voucher(None, accepted.clone(), world.voucher(flow, PRICE));
        change(&mut payment);
        ask(door.address(), &row(0), Some(&payment)).await
    };
    for change in [
        &(|payment: &mut Payment| payment.accepted.amount = Amount(1)) as &dyn Fn(&mut Payment),
        &|payment| payment.accepted.pay_to = "bithive1other".into(),
        &|payment| payment.accepted.asset = "native:ubee".into(),
        &|payment| payment.accepted.network = "cosmos:bithive-2".into(),
    ] {
        assert_refused(&with(change).await, Code::Requirements);
    }
    for change in [
        &(|payment: &mut Payment| payment.version = 1) as &dyn Fn(&mut Payment),
        &|payment| payment.accepted.scheme = "exact".into(),
        &|payment| payment.payload = json!({ "type": "deposit" }),
        &|payment| payment.payload["voucher"]["signature"] = json!("00"),
    ] {
        let said = with(change).await;
        assert_eq!((said.status, said.kind().as_str()), (400, "invalid_payload"), "{said:?}");
    }
    assert_eq!(door.exposure(), 0);
    assert_eq!(with(&|_| {}).await.status, 200);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_pays_for_what_it_has_and_no_more() {
    let world = World::new().await;
    let flow = world.flow().await;
    let price = DEPOSIT / 2 - 1;
    let terms = bithive_door::DoorTerms { price, exposure: 10 * DEPOSIT, ..world.terms() };
    let (door, _) = world.door_with(terms).await;
    let accepted = world.accepted(door.address()).await;
    let pay = async |nth: u128| {
        let voucher = world.voucher(flow, nth * price);
        let payment = Payment::with_voucher(None, accepted.clone(), voucher);
        ask(door.address(), &row(0), Some(&payment)).await
    };
    for nth in 1..=2 {
        assert_eq!(pay(nth).await.status, 200);
    }
    assert_refused(&pay(3).await, Code::Deposit);
    // The payer adds to it, and the door sees it.
    world.flows.top_up(&world.payer, (&world.btt, price), (flow, None)).await.unwrap();
    crate::world::until("the deposit is seen", async || pay(3).await.status == 200).await;
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 3 * price);
}
