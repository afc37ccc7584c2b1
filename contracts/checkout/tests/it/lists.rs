//! Lists, page by page.

use bithive_api::checkout::{Offer, OfferResponse, QueryMsg, ReceiptResponse, ReceiptsOf, limits};

use crate::world::{World, fixed};

#[test]
fn sellers_and_buyers_see_their_offers_page_by_page_and_nobody_elses() {
    let mut world = World::new();
    let buyers = ["a", "b"].map(|name| world.suite.account(name));
    for index in 0..35 {
        let buyer = Some(buyers[index % 2].to_string());
        let offer = Offer { buyer, ..world.offering(fixed(10)) };
        world.put(offer);
    }
    let page = |party: Option<&str>, start_after, limit| -> Vec<u64> {
        let query = QueryMsg::Offers { party: party.map(Into::into), start_after, limit };
        let offers: Vec<OfferResponse> = world.suite.query(&world.checkout.address, &query);
        offers.into_iter().map(|offer| offer.id).collect()
    };
    assert_eq!(page(None, None, Some(10)), (1..=10).collect::<Vec<_>>());
    assert_eq!(page(None, None, Some(1_000)).len(), limits::MAX_PAGE as usize);
    assert_eq!(page(None, Some(30), Some(30)), [31, 32, 33, 34, 35]);
    assert_eq!(page(Some(world.seller.as_str()), Some(33), None), [34, 35]);
    assert_eq!(page(Some(buyers[1].as_str()), Some(30), None), [32, 34]);
    assert_eq!(page(Some(world.stranger.as_str()), None, None), [0; 0]);
}

#[test]
fn receipts_are_listed_by_offer_and_by_payer_page_by_page() {
    let mut world = World::new();
    let (seller, payer, btt) = (world.seller.clone(), world.payer.clone(), world.btt());
    let [first, second] = [0; 2].map(|_| world.put_fixed(10));
    for number in 1..=32 {
        world.buy(if number % 2 == 1 { first } else { second }, number, 10).unwrap();
    }
    let pay = bithive_test_kit::checkout::paying(first, 1, 10);
    world.checkout.pay(&mut world.suite, &seller, (&btt, 10), pay).unwrap();
    let page = |of: ReceiptsOf, start_after, limit| -> Vec<u64> {
        let query = QueryMsg::Receipts { of, start_after, limit };
        let receipts: Vec<ReceiptResponse> = world.suite.query(&world.checkout.address, &query);
        receipts.into_iter().map(|receipt| receipt.id).collect()
    };
    assert_eq!(page(ReceiptsOf::Offer(first), Some(29), None), [31, 33]);
    assert_eq!(page(ReceiptsOf::Offer(second), None, Some(2)), [2, 4]);
    assert_eq!(page(ReceiptsOf::Payer(payer.to_string()), None, None), (1..=30).collect::<Vec<_>>());
    assert_eq!(page(ReceiptsOf::Payer(payer.into()), Some(30), None), [31, 32]);
    assert_eq!(page(ReceiptsOf::Payer(seller.into()), None, None), [33]);
    assert_eq!(page(ReceiptsOf::Offer(9), None, None), [0; 0]);
    assert_eq!(world.checkout.receipt(&world.suite, 34), None);
}
