//! Requests that are paid for by transactions: one payment, one request.

use std::sync::Arc;

use bithive_door::{DoorError, DoorOptions, DoorTerms, Ledger, Service};
use bithive_inference::{Device, Model};
use bithive_x402::{BATCH_SETTLEMENT, Code, EXACT, Exact, PaidBy, Payment, digest};
use tokio::task::JoinSet;

use crate::shop::{SALT, Shop};
use crate::wire::ask;
use crate::world::{PRICE, row, until};

#[tokio::test(flavor = "multi_thread")]
async fn who_has_not_paid_is_told_both_ways_and_the_digest_of_the_request() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let said = ask(door.address(), &row(0), None).await;
    assert_eq!((said.status, said.kind().as_str()), (402, "payment_required"));
    let [voucher, exact]: [_; 2] = said.required().accepts.try_into().unwrap();
    assert_eq!((voucher.scheme.as_str(), voucher.extra.request), (BATCH_SETTLEMENT, None));
    assert_eq!((exact.scheme.as_str(), exact.network), (EXACT, voucher.network));
    assert_eq!((exact.amount.0, exact.asset), (PRICE, shop.world.btt.to_string()));
    assert_eq!(exact.pay_to, shop.world.seller.address());
    assert_eq!(exact.extra.contract.as_deref(), Some(shop.checkout.contract()));
    assert_eq!(exact.extra.offer, Some(shop.offer));
    assert_eq!(exact.extra.request, Some(digest("POST", "/predict", &row(0))));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_served_after_its_payment_and_the_same_one_gets_the_kept_reply() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let by = shop.paying(0).await;
    let first = shop.show(door.address(), 0, by.clone()).await;
    assert_eq!(first.status, 200, "{first:?}");
    assert!(first.body.starts_with("{\"answers\":[{\"row\":0,\"probability\":"), "{}", first.body);
    let settled = first.settled();
    assert_eq!((settled.success, settled.transaction.len()), (true, 64));
    assert_eq!(settled.payer.as_deref(), Some(shop.world.payer.address()));
    let charge = settled.extra.clone().unwrap();
    assert_eq!((charge.charged_amount.0, charge.receipt, charge.channel_state), (PRICE, Some(1), None));
    assert_eq!(shop.earned().await, PRICE);

    for by in [by, shop.receipt_of_payer()] {
        let again = shop.show(door.address(), 0, by).await;
        assert_eq!((again.status, &again.body), (200, &first.body));
        assert_eq!(again.settled(), settled);
    }
    let next = shop.paying(1).await;
    let next = shop.show(door.address(), 1, next).await;
    assert_eq!((next.status, next.settled().extra.unwrap().receipt), (200, Some(2)));
    assert_ne!(next.body, first.body);
    assert_eq!((shop.receipts().await.len(), shop.earned().await), (2, 2 * PRICE));
    assert_eq!(door.exposure(), 0, "nothing is owed");
    // Vouchers pay beside it.
    let flow = shop.world.flow().await;
    assert_eq!(shop.world.pay(door.address(), flow, 1, 0).await.status, 200);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_payment_buys_no_other_request() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let by = shop.paying(0).await;
    // Not sent, and sent.
    for paid in [false, true] {
        let other = shop.show(door.address(), 1, by.clone()).await;
        assert_eq!((other.status, other.kind().as_str()), (409, Code::OtherRequest.as_str()), "{other:?}");
        assert!(!other.body.contains("probability"));
        let other = shop.show(door.address(), 1, shop.receipt_of_payer()).await;
        assert_eq!((other.status, other.kind().as_str()), (402, Code::NoReceipt.as_str()));
        assert_eq!(shop.earned().await, if paid { PRICE } else { 0 });
        assert_eq!(shop.show(door.address(), 0, by.clone()).await.status, 200);
    }
    // The same body at another target is another request.
    let accepted = shop.accepted(door.address(), 0).await;
    let payment = Payment::with_exact(None, accepted, Exact { by, salt: SALT });
    let value = bithive_x402::header::encode(&payment).unwrap();
    let head = crate::wire::request("POST", "/predict?x", &[("PAYMENT-SIGNATURE", &value)], row(0).len());
    let said = crate::wire::send(door.address(), &[head.as_bytes(), &row(0)].concat()).await;
    assert_eq!(said.status, 409);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_requests_with_one_payment_at_a_time_all_get_its_one_reply() {
    let shop = Arc::new(Shop::new().await);
    let door = shop.door().await;
    let (address, by) = (door.address(), shop.paying(0).await);
    let mut asking = JoinSet::new();
    for number in 0..12 {
        let (shop, by) = (shop.clone(), by.clone());
        asking.spawn(async move {
            let said = shop.show(address, number % 2, by).await;
            (number % 2, said.status, said.body)
        });
    }
    let said = asking.join_all().await;
    let body = said.iter().find(|(_, status, _)| *status == 200).map(|(_, _, body)| body.clone()).unwrap();
    for (number, status, found) in &said {
        assert_eq!(*status, if *number == 0 { 200 } else { 409 }, "{found}");
        assert!(*number == 1 || *found == body);
    }
    assert_eq!((shop.receipts().await.len(), shop.earned().await), (1, PRICE));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_paid_and_not_served_is_served_after_a_restart_and_without_the_records() {
    let shop = Shop::new().await;
    let by = shop.paying(0).await;
    // As when the process was killed after the block and before the reply.
    let PaidBy::Transaction(bytes) = &by else { panic!() };
    bithive_chain::Chain::broadcast(&shop.world.chain, bytes).await.unwrap();
    let door = shop.door().await;
    let first = shop.show(door.address(), 0, by.clone()).await;
    assert_eq!((first.status, first.settled().extra.unwrap().receipt), (200, Some(1)), "{first:?}");
    drop(door);
    until("the records are free", async || {
        Ledger::open(&shop.world.folder.path().join("door.redb"), &shop.world.owner()).is_ok()
    })
    .await;
    let door = shop.door().await;
    assert_eq!(shop.show(door.address(), 0, by.clone()).await.body, first.body, "it is kept");
    door.stop().await;
    // All records are lost: the receipt is on the chain.
    let service = Service::new(
        Model::load(include_bytes!("../../../../../models/wdbc.onnx"), Device::Cpu).unwrap(),
        16,
        2,
    );
    let paid = Some((shop.world.seller.clone(), shop.terms()));
    let options = DoorOptions::new(service, Ledger::in_memory().unwrap(), paid);
    let (door, _) = bithive_door::Door::start(options).await.unwrap();
    for by in [by, shop.receipt_of_payer()] {
        assert_eq!(shop.show(door.address(), 0, by).await.body, first.body);
    }
    assert_eq!((shop.receipts().await.len(), shop.earned().await), (1, PRICE));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn input_that_the_model_does_not_read_is_not_paid_for() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let accepted = shop.accepted(door.address(), 0).await;
    let before = shop.sequence().await;
    for body in [&b""[..], b"a,b\n1,2\n", b"BHIM\x01", &[0xff; 64]] {
        let mut order = shop.order(0);
        order.request = digest("POST", "/predict", body);
        let pay = bithive_api::checkout::Pay { key: order.key(&SALT).0.into(), ..shop.pay(0) };
        let by = PaidBy::Transaction(shop.signed(&[shop.message(pay)]).await);
        let payment = Payment::with_exact(None, accepted.clone(), Exact { by, salt: SALT });
        let said = ask(door.address(), body, Some(&payment)).await;
        assert_eq!((said.status, said.kind().as_str()), (422, "input"), "{body:?}");
    }
    assert_eq!((shop.sequence().await, shop.earned().await), (before, 0), "nothing was sent");
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_offer_that_cannot_sell_requests_opens_no_door() {
    use bithive_api::checkout::{ExecuteMsg, Price};
    let shop = Shop::new().await;
    let refused = async |offer: u64, named: &str| {
        let options = shop.world.options(DoorTerms { offer: Some(offer), ..shop.terms() }).await;
        let error = bithive_door::Door::start(options).await.err().unwrap();
        assert!(matches!(error, DoorError::Offer(_)) && error.to_string().contains(named), "{error}");
    };
    refused(99, "there is none of this number").await;
    refused(shop.offer(|offer| offer.price = Price::Open { least: 1u128.into() }).await, "not fixed").await;
    let payer = shop.world.payer.address().to_owned();
    refused(shop.offer(|offer| offer.buyer = Some(payer.clone())).await, "can buy it").await;
    let cancelled = shop.offer(|_| {}).await;
    shop.checkout.execute(&shop.world.seller, &ExecuteMsg::Cancel { id: cancelled }).await.unwrap();
    refused(cancelled, "was cancelled").await;
    // Somebody else's.
    let terms = DoorTerms { payee: payer, ..shop.terms() };
    let service = Service::new(
        Model::load(include_bytes!("../../../../../models/wdbc.onnx"), Device::Cpu).unwrap(),
        16,
        2,
    );
    let paid = Some((shop.world.payer.clone(), terms));
    let options = DoorOptions::new(service, Ledger::in_memory().unwrap(), paid);
    let error = bithive_door::Door::start(options).await.err().unwrap();
    assert!(error.to_string().contains("its seller is"), "{error}");
}
