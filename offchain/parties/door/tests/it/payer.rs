//! The client that pays, against a door and against servers that lie.

use bithive_api::asset::Asset;
use bithive_door::{Ask, DoorTerms, Flow, Opening, PayError, Payer, Purse};
use bithive_x402::{Accepted, Amount, PaymentRequired, TermsError, VoucherState};
use bytes::Bytes;

use crate::liar::{answer, liar};
use crate::world::{DEPOSIT, HOUR, PRICE, World, row};

fn payer(world: &World, purse: &str) -> Payer {
    let purse = Purse::open(&world.folder.path().join(purse)).unwrap();
    Payer::new(world.payer.clone(), world.payer_key.clone(), purse).unwrap()
}

fn asking(world: &World, url: String, number: usize) -> Ask {
    let opening = Opening { deposit: DEPOSIT, days: 30 };
    Ask {
        url,
        data: Some(Bytes::from(row(number))),
        max_price: PRICE,
        asset: world.btt.clone(),
        max_notice: 24 * HOUR,
        flow: Flow::Any(Some(opening)),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flow_is_opened_once_and_each_request_is_paid_for() {
    let world = World::new().await;
    let door = world.door().await;
    let client = payer(&world, "purse");
    let first = client.get(&asking(&world, door.url(), 0)).await.unwrap();
    let (flow, signed) = first.flow.unwrap();
    assert_eq!((first.price, signed), (PRICE, PRICE));
    assert!(first.body.starts_with(b"{\"answers\":"));
    let second = client.get(&asking(&world, door.url(), 1)).await.unwrap();
    assert_eq!(second.flow, Some((flow, 2 * PRICE)));
    let named = Ask { flow: Flow::Numbered(flow), ..asking(&world, door.url(), 2) };
    assert_eq!(client.get(&named).await.unwrap().flow, Some((flow, 3 * PRICE)));
    let free = Ask { data: None, ..asking(&world, door.url().replace("/predict", "/"), 0) };
    assert_eq!(client.get(&free).await.unwrap().price, 0);
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 3 * PRICE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purse_that_is_lost_is_made_good_by_the_payers_own_signature() {
    let world = World::new().await;
    let door = world.door().await;
    let (flow, _) = payer(&world, "purse").get(&asking(&world, door.url(), 0)).await.unwrap().flow.unwrap();
    let again = payer(&world, "another").get(&asking(&world, door.url(), 1)).await.unwrap();
    assert_eq!(again.flow, Some((flow, 2 * PRICE)));
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 2 * PRICE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deposit_that_is_used_up_is_added_to_within_what_is_allowed() {
    let world = World::new().await;
    let price = DEPOSIT / 2 + 1;
    let terms = DoorTerms { price, exposure: 10 * DEPOSIT, ..world.terms() };
    let (door, _) = world.door_with(terms).await;
    let client = payer(&world, "purse");
    let ask = |flow| Ask { max_price: price, flow, ..asking(&world, door.url(), 0) };
    let opening = Flow::Any(Some(Opening { deposit: DEPOSIT, days: 30 }));
    let (flow, _) = client.get(&ask(opening)).await.unwrap().flow.unwrap();
    let short = client.get(&ask(Flow::Any(None))).await.unwrap_err();
    assert!(short.to_string().contains("--deposit adds"), "{short}");
    let (same, signed) = client.get(&ask(opening)).await.unwrap().flow.unwrap();
    assert_eq!((same, signed), (flow, 2 * price));
    assert_eq!(world.on_chain(flow).await.deposit.u128(), 2 * DEPOSIT);
    door.stop().await;
}

async fn required(world: &World, change: impl Fn(&mut Accepted)) -> PaymentRequired {
    let door = world.door().await;
    let mut required = crate::wire::ask(door.address(), b"", None).await.required();
    door.stop().await;
    change(&mut required.accepts[0]);
    required
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_asks_for_more_or_elsewhere_gets_no_voucher() {
    let world = World::new().await;
    world.flow().await;
    let client = payer(&world, "purse");
    let sound = required(&world, |_| {}).await;
    for change in [
        &(|accepted: &mut Accepted| accepted.amount = Amount(PRICE + 1)) as &dyn Fn(&mut Accepted),
        &|accepted| accepted.network = "cosmos:bithive-2".into(),
        &|accepted| accepted.asset = "native:ubee".into(),
        &|accepted| accepted.extra.contract = Some("bithive1evil".into()),
        &|accepted| accepted.extra.withdraw_delay = Some(25 * HOUR),
        &|accepted| accepted.scheme = "exact".into(),
    ] {
        let mut asked = sound.clone();
        change(&mut asked.accepts[0]);
        let liar = liar(vec![answer("402 Payment Required", Some(&asked), "")]).await;
        let refused = client.get(&asking(&world, liar.url, 0)).await.unwrap_err();
        assert!(matches!(refused, PayError::Terms(_)), "{refused}");
        assert!(liar.sent.lock().unwrap().is_empty());
    }
    let mute = liar(vec![answer("402 Payment Required", None, "")]).await;
    let refused = client.get(&asking(&world, mute.url.clone(), 0)).await.unwrap_err();
    assert!(matches!(refused, PayError::NoHeader(_)));
    let native = Ask { asset: Asset::Native("ubee".into()), ..asking(&world, mute.url, 0) };
    assert!(client.get(&native).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_price_that_changes_and_a_flow_that_skips_get_one_voucher_and_no_second() {
    let world = World::new().await;
    let client = payer(&world, "purse");
    let sound = required(&world, |_| {}).await;
    let first = answer("402 Payment Required", Some(&sound), "");
    let cheaper = required(&world, |accepted| accepted.amount = Amount(PRICE - 1)).await;
    let changing = liar(vec![first.clone(), answer("402 Payment Required", Some(&cheaper), "")]).await;
    let refused = client.get(&asking(&world, changing.url, 0)).await.unwrap_err();
    assert!(matches!(refused, PayError::Terms(TermsError::Changed { what: "price" })), "{refused}");
    assert_eq!(changing.sent.lock().unwrap().len(), 1);

    // It says that more was charged than was ever signed, without a signature or with one of its own.
    let skipping = required(&world, |accepted| {
        let (signed_max_claimable, signature) = (Amount(50 * PRICE), bithive_x402::Signature([3; 64]));
        accepted.extra.voucher_state = Some(VoucherState { signed_max_claimable, signature });
    })
    .await;
    let skips = liar(vec![first, answer("402 Payment Required", Some(&skipping), "")]).await;
    let refused = client.get(&asking(&world, skips.url, 0)).await.unwrap_err();
    assert!(matches!(refused, PayError::Refused { .. }), "{refused}");
    let sent = skips.sent.lock().unwrap().clone();
    let amounts: Vec<_> =
        sent.iter().map(|payment| payment.payload["voucher"]["cumulative"].clone()).collect();
    assert_eq!(amounts, [PRICE.to_string()], "no more than one price was ever signed");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_lost_reply_the_same_voucher_is_sent_again() {
    let world = World::new().await;
    let client = payer(&world, "purse");
    let sound = required(&world, |_| {}).await;
    let first = answer("402 Payment Required", Some(&sound), "");
    // It takes the payment and breaks off, for ever.
    let broken = liar(vec![first.clone(), "HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf".into()]).await;
    let lost = client.get(&asking(&world, broken.url, 0)).await.unwrap_err();
    assert!(matches!(lost, PayError::Lost { attempts: 4, .. }), "{lost}");
    let sent = broken.sent.lock().unwrap().clone();
    assert_eq!(sent.len(), 4);
    assert!(sent.iter().all(|payment| payment == &sent[0]), "one voucher");

    // The door that is asked next has not had that request: the voucher pays for this one, and no price is lost.
    let door = world.door().await;
    let reply = client.get(&asking(&world, door.url(), 1)).await.unwrap();
    let (flow, signed) = reply.flow.unwrap();
    assert_eq!(signed, PRICE);
    drop(client);
    // It had it after all: another request of the same purse goes on with the next voucher.
    let client = payer(&world, "purse");
    assert_eq!(client.get(&asking(&world, door.url(), 2)).await.unwrap().flow, Some((flow, 2 * PRICE)));
    door.stop().await;
    assert_eq!(world.on_chain(flow).await.paid.u128(), 2 * PRICE);
}
