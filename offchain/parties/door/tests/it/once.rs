//! One voucher, one request.

use std::collections::BTreeSet;
use std::sync::Arc;

use bithive_x402::Payment;
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::wire::{ask, request};
use crate::world::{DEPOSIT, PRICE, World, row, until};

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_paid_is_told_what_to_pay() {
    let world = World::new().await;
    let door = world.door().await;
    let said = ask(door.address(), &row(0), None).await;
    assert_eq!((said.status, said.kind().as_str()), (402, "payment_required"));
    let required = said.required();
    assert_eq!(required.resource.url, format!("http://{}/predict", door.address()));
    let [accepted] = required.accepts.as_slice() else { panic!("{required:?}") };
    assert_eq!(accepted.network, bithive_x402::network::cosmos(world.flows.chain_id()));
    assert_eq!((accepted.amount.0, accepted.asset.clone()), (PRICE, world.btt.to_string()));
    assert_eq!(accepted.pay_to, world.seller.address());
    assert_eq!(accepted.extra.contract.as_deref(), Some(world.flows.contract()));
    let about = crate::wire::send(door.address(), request("GET", "/", &[], 0).as_bytes()).await;
    assert!(about.status == 200 && about.body.contains("\"reads\":\"rows\""), "{about:?}");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_that_is_paid_for_is_answered_and_the_same_one_gets_the_kept_reply() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let first = world.pay(door.address(), flow, 1, 0).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert!(first.body.starts_with("{\"answers\":[{\"row\":0,\"probability\":"), "{}", first.body);
    let settled = first.settled();
    assert!(settled.success && settled.transaction.is_empty());
    assert_eq!(settled.payer.as_deref(), Some(world.payer.address()));
    let charge = settled.extra.unwrap();
    let state = charge.channel_state.unwrap();
    assert_eq!((charge.charged_amount.0, state.balance.0), (PRICE, DEPOSIT));
    assert_eq!((state.charged_cumulative_amount.0, charge.receipt), (PRICE, None));

    let again = world.pay(door.address(), flow, 1, 0).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    assert_eq!(door.exposure(), PRICE, "it is paid for once");
    let next = world.pay(door.address(), flow, 2, 3).await;
    assert_eq!((next.status, door.exposure()), (200, 2 * PRICE));
    assert_ne!(next.body, first.body);
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 2 * PRICE, "a door that stops redeems");
}

/// The client has no say in what a request is: the digest is of what arrived.
#[tokio::test(flavor = "multi_thread")]
async fn a_voucher_that_was_paid_with_buys_no_other_request() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let first = world.pay(door.address(), flow, 1, 0).await;
    let other = world.pay(door.address(), flow, 1, 1).await;
    assert_eq!(other.status, 409, "{other:?}");
    assert!(!other.body.contains("probability"));
    // Another target, or a header that states the first one's digest, makes no difference.
    let accepted = world.accepted(door.address()).await;
    let mut payment = Payment::with_voucher(None, accepted, world.voucher(flow, PRICE));
    payment.payload["request"] = bithive_x402::digest("POST", "/predict", &row(0)).to_string().into();
    assert_eq!(ask(door.address(), &row(1), Some(&payment)).await.status, 409);
    let value = bithive_x402::header::encode(&payment).unwrap();
    let head = request("POST", "/predict?x", &[("PAYMENT-SIGNATURE", &value)], row(0).len());
    let said = crate::wire::send(door.address(), &[head.as_bytes(), &row(0)].concat()).await;
    assert_eq!(said.status, 409);
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.body, first.body);
    assert_eq!(door.exposure(), PRICE);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_with_one_voucher_at_a_time_one_is_served() {
    let world = Arc::new(World::new().await);
    let (door, flow) = (world.door().await, world.flow().await);
    let address = door.address();
    for (nth, same) in [(1, false), (2, true)] {
        let mut asking = JoinSet::new();
        for number in 0..12 {
            let world = world.clone();
            asking.spawn(async move {
                let said = world.pay(address, flow, nth, if same { 0 } else { number }).await;
                (said.status, said.body)
            });
        }
        let said = asking.join_all().await;
        let served: BTreeSet<_> = said.iter().filter(|(status, _)| *status == 200).collect();
        assert_eq!(served.len(), 1, "one answer, to whom it may come: {said:?}");
        let (served, expected) =
            (said.iter().filter(|(status, _)| *status == 200).count(), if same { 12 } else { 1 });
        assert_eq!(served, expected);
        assert!(same || said.iter().filter(|(status, _)| *status == 409).count() == 11, "{said:?}");
        assert_eq!(door.exposure(), nth * PRICE);
    }
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 2 * PRICE);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_paid_for_is_known_after_a_restart() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let first = world.pay(door.address(), flow, 1, 0).await;
    // Without a stop, as when the process is killed. Its tasks end some time later.
    drop(door);
    let mut options = None;
    until("the records are free", async || {
        let owner = bithive_state::Owner {
            account: world.seller.address().into(),
            chain_id: world.flows.chain_id().into(),
            registry: world.flows.contract().into(),
        };
        options = bithive_door::Ledger::open(&world.folder.path().join("door.redb"), &owner).ok();
        options.is_some()
    })
    .await;
    drop(options);
    let door = world.door().await;
    assert_eq!(door.exposure(), PRICE, "what is owed is on disk");
    assert_eq!(world.pay(door.address(), flow, 1, 1).await.status, 409);
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.body, first.body);
    assert_eq!(world.pay(door.address(), flow, 2, 1).await.status, 200);
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 2 * PRICE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_goes_away_has_paid_and_finds_the_reply_kept() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let accepted = world.accepted(door.address()).await;
    let payment = Payment::with_voucher(None, accepted, world.voucher(flow, PRICE));
    let value = bithive_x402::header::encode(&payment).unwrap();
    let head = request("POST", "/predict", &[("PAYMENT-SIGNATURE", &value)], row(0).len());
    let mut stream = TcpStream::connect(door.address()).await.unwrap();
    stream.write_all(&[head.as_bytes(), &row(0)].concat()).await.unwrap();
    stream.flush().await.unwrap();
    // The request has arrived; nobody reads its reply.
    until("it is served", async || {
        tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        door.exposure() == PRICE
    })
    .await;
    drop(stream);
    assert_eq!(world.pay(door.address(), flow, 1, 1).await.status, 409);
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn input_that_the_model_does_not_read_costs_nothing() {
    let world = World::new().await;
    let (door, flow) = (world.door().await, world.flow().await);
    let accepted = world.accepted(door.address()).await;
    let payment = Payment::with_voucher(None, accepted, world.voucher(flow, PRICE));
    for body in [&b""[..], b"a,b\n1,2\n", b"BHIM\x01", b"BHFM", &[0xff; 64]] {
        let said = ask(door.address(), body, Some(&payment)).await;
        assert_eq!((said.status, said.kind().as_str()), (422, "input"), "{body:?}");
        assert!(said.body.contains("nothing was charged"));
    }
    let head = String::from_utf8(row(0)).unwrap();
    let (head, one) = head.trim_end().split_once('\n').unwrap();
    let many = format!("{head}\n{}", format!("{one}\n").repeat(17));
    let said = ask(door.address(), many.as_bytes(), Some(&payment)).await;
    assert!(said.status == 422 && said.body.contains("at most 16 rows"), "{said:?}");
    assert_eq!(door.exposure(), 0);
    assert_eq!(world.pay(door.address(), flow, 1, 0).await.status, 200, "the same voucher is good");
    door.stop().await;
}
