//! The client that pays on the chain, against a door and against servers that lie.

use bithive_door::{Buy, Buyer, PayError};
use bithive_x402::{Amount, Digest, PaidBy, Proof, TermsError};
use bytes::Bytes;

use crate::liar::{answer, liar};
use crate::shop::Shop;
use crate::world::{PRICE, row};

fn buyer(shop: &Shop) -> Buyer {
    Buyer::new(shop.world.payer.clone(), shop.world.payer_key.clone()).unwrap()
}

fn buying(shop: &Shop, url: String, number: usize) -> Buy {
    Buy { url, data: Some(Bytes::from(row(number))), max_price: PRICE, asset: shop.world.btt.clone() }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_is_paid_for_once_however_often_it_is_made() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let first = buyer(&shop).get(&buying(&shop, door.url(), 0)).await.unwrap();
    assert_eq!((first.price, first.receipt, first.before), (PRICE, Some(1), false));
    assert!(first.body.starts_with(b"{\"answers\":"));
    // A client that knows nothing but its key.
    let again = buyer(&shop).get(&buying(&shop, door.url(), 0)).await.unwrap();
    assert_eq!((again.body, again.receipt, again.before), (first.body, Some(1), true));
    let other = buyer(&shop).get(&buying(&shop, door.url(), 1)).await.unwrap();
    assert_eq!((other.receipt, other.before), (Some(2), false));
    // The same body with another query is another request.
    let anew = buyer(&shop).get(&buying(&shop, format!("{}?again", door.url()), 0)).await.unwrap();
    assert_eq!((anew.receipt, anew.before), (Some(3), false));
    let about = Buy { data: None, ..buying(&shop, door.url().replace("/predict", "/"), 0) };
    assert_eq!(buyer(&shop).get(&about).await.unwrap().price, 0);
    assert_eq!((shop.receipts().await.len(), shop.earned().await), (3, 3 * PRICE));
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_given_back_is_told_and_not_paid_again() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    buyer(&shop).get(&buying(&shop, door.url(), 0)).await.unwrap();
    shop.checkout.refund(&shop.world.seller, (&shop.world.btt, PRICE), 1).await.unwrap();
    let refused = buyer(&shop).get(&buying(&shop, door.url(), 0)).await.unwrap_err();
    assert!(matches!(refused, PayError::Refunded { receipt: 1 }), "{refused}");
    assert_eq!(shop.receipts().await.len(), 1);
    door.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_more_or_for_another_request_gets_no_transaction() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let sound = crate::wire::ask(door.address(), &row(0), None).await.required();
    door.stop().await;
    let refused = async |change: &dyn Fn(&mut bithive_x402::Accepted)| {
        let mut asked = sound.clone();
        change(&mut asked.accepts[1]);
        let liar = liar(vec![answer("402 Payment Required", Some(&asked), "")]).await;
        let refused = buyer(&shop).get(&buying(&shop, liar.url, 0)).await.unwrap_err();
        assert!(liar.sent.lock().unwrap().is_empty());
        refused
    };
    let dear = refused(&|accepted| accepted.amount = Amount(PRICE + 1)).await;
    assert!(matches!(dear, PayError::Terms(TermsError::Price { .. })), "{dear}");
    for change in [
        &(|accepted: &mut bithive_x402::Accepted| accepted.network = "cosmos:bithive-2".into())
            as &dyn Fn(&mut bithive_x402::Accepted),
        &|accepted| accepted.asset = "native:ubee".into(),
        &|accepted| accepted.extra.contract = Some("bithive1evil".into()),
        &|accepted| accepted.extra.offer = None,
    ] {
        let refused = refused(change).await;
        assert!(matches!(refused, PayError::Terms(TermsError::NoWay { .. })), "{refused}");
    }
    let other = refused(&|accepted| accepted.extra.request = Some(Digest([1; 32]))).await;
    assert!(matches!(other, PayError::OtherRequest { .. }), "{other}");
    assert_eq!(shop.earned().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_takes_payments_and_does_not_answer_has_one_price_at_most() {
    let shop = Shop::new().await;
    let door = shop.door().await;
    let sound = crate::wire::ask(door.address(), &row(0), None).await.required();
    let first = answer("402 Payment Required", Some(&sound), "");
    // It breaks off, for ever; or says, for ever, that there was no payment.
    let broken = liar(vec![first.clone(), "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".into()]).await;
    let lost = buyer(&shop).get(&buying(&shop, broken.url, 0)).await.unwrap_err();
    assert!(matches!(lost, PayError::Lost { attempts: 4, .. }), "{lost}");
    let deaf = liar(vec![first]).await;
    let refused = buyer(&shop).get(&buying(&shop, deaf.url, 0)).await.unwrap_err();
    assert!(matches!(refused, PayError::Refused { .. }), "{refused}");
    let sent = [broken.sent.lock().unwrap().clone(), deaf.sent.lock().unwrap().clone()].concat();
    assert!(sent.len() >= 5, "{}", sent.len());
    // It sends all of them: the contract takes one.
    for payment in &sent {
        let Ok(Proof::Exact(exact)) = payment.proof() else { panic!("{payment:?}") };
        let PaidBy::Transaction(bytes) = exact.by else { panic!("nothing was paid yet") };
        let _ = bithive_chain::Chain::broadcast(&shop.world.chain, &bytes).await;
    }
    assert_eq!(shop.earned().await, PRICE);
    let served = buyer(&shop).get(&buying(&shop, door.url(), 0)).await.unwrap();
    assert_eq!((served.before, served.receipt), (true, Some(1)), "the payment is found");
    door.stop().await;
}
