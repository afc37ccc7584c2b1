//! What was paid is claimed with everything else.

use bithive_api::asset::Asset;
use bithive_api::checkout::{ExecuteMsg, Offer, Pay, Price};
use bithive_chain::Chain as _;
use bithive_client::{Checkout, Source, Token};

use crate::economy::setup::{ALICE, OWNER, World};

/// Alice sells something in an asset for 7 base units, and the owner buys it.
async fn sell(world: &World, id: u64, asset: &Asset) {
    let checkout = Checkout::new(world.client.client().clone()).unwrap();
    let offer = Offer {
        asset: asset.clone(),
        price: Price::Fixed(7u128.into()),
        split: vec![],
        referral_bps: 0,
        uses: None,
        buyer: None,
        expires: None,
        coding: None,
    };
    checkout.execute(&world.market(ALICE).await, &ExecuteMsg::Offer(offer)).await.unwrap();
    let pay = Pay { offer: id, key: [1; 16].into(), max: 7u128.into(), referrer: None };
    checkout.pay(&world.market(OWNER).await, (asset, 9), pay).await.unwrap();
    assert_eq!(checkout.quote(id).await, Ok(7));
    let receipt = checkout.receipt(id).await.unwrap().unwrap();
    assert_eq!((receipt.offer, receipt.amount.u128()), (id, 7));
    let payment = checkout.payment(world.address(OWNER), asset.clone(), [1; 16].into()).await.unwrap();
    assert_eq!(payment, Some(receipt));
}

#[tokio::test]
async fn what_was_paid_in_each_token_and_coin_has_an_entry_and_made_up_tokens_are_left_alone() {
    let world = World::new().await;
    let coin = world.chain.info().await.unwrap().fee_denom;
    let named = format!("native:{coin}");
    let made_up = world.made_up_token().await;
    let tokens = [Token::Btt, Token::Sky].map(|token| world.client.token(token).to_owned());
    let assets = [&tokens[0], &tokens[1], &made_up].map(|token| Asset::Cw20(token.clone()));
    for (id, asset) in (1..).zip(assets.iter().chain([&Asset::Native(coin)])) {
        sell(&world, id, asset).await;
    }
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    let found: Vec<_> =
        list.entries.iter().map(|entry| (entry.source, entry.token.as_str(), entry.amount)).collect();
    assert_eq!(
        found,
        [("BTT", 7), ("SKY", 7), (&named, 7)].map(|(token, amount)| (Source::Checkout, token, amount))
    );
    let claims = world.account(ALICE).claim_all().await.unwrap();
    assert_eq!((claims.transactions.len(), claims.refused.len()), (1, 0));
    let taken: Vec<_> = claims.taken.iter().map(|paid| (paid.token.as_str(), paid.amount)).collect();
    assert_eq!(taken, [("BTT", 7), ("SKY", 7), (&named, 7)]);
    assert_eq!(
        claims.received.into_iter().collect::<Vec<_>>(),
        [("BTT".into(), 7), ("SKY".into(), 7), (named, 7)]
    );
    assert_eq!(world.client.claimables(world.address(ALICE)).await.unwrap().entries, []);
}
