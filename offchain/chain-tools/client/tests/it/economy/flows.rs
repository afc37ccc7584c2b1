//! What flows owe is claimed with everything else.

use bithive_api::asset::Asset;
use bithive_api::flows::{Open, Terms};
use bithive_client::{Flows, Source, Token};

use crate::economy::setup::{ALICE, OWNER, UNIT, World};

/// Seconds of a step.
const STEP: u64 = 60;

/// The owner opens a flow to Alice, of which `amount` are due after each step.
async fn open(world: &World, (asset, amount): (&Asset, u128)) {
    let flows = Flows::new(world.client.client().clone()).unwrap();
    let terms = Terms::Rate { amount: amount.into(), step: STEP, advance: 0 };
    let new = Open { payee: world.address(ALICE).into(), terms, transferable: false };
    flows.open(&world.market(OWNER).await, (asset, 9 * amount), new).await.unwrap();
}

#[tokio::test]
async fn the_flows_that_owe_most_come_first_and_dust_of_others_costs_one_transaction() {
    let world = World::new().await;
    let btt = Asset::Cw20(world.client.token(Token::Btt).to_owned());
    for amount in (1..=18u128).chain([UNIT]) {
        open(&world, (&btt, amount)).await;
    }
    world.advance(STEP).await;
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    let [entry] = list.entries.as_slice() else { panic!("{list:?}") };
    // Sixteen of nineteen: the last, and 4 to 18.
    let expected = UNIT + (4..=18u128).sum::<u128>();
    assert_eq!((entry.source, entry.token.as_str(), entry.amount), (Source::Flows, "BTT", expected));
    assert!(!list.complete, "more is there");
    let claims = world.account(ALICE).claim_all().await.unwrap();
    assert_eq!((claims.transactions.len(), claims.taken.len(), claims.refused.len()), (1, 1, 0));
    assert_eq!((claims.taken[0].amount, claims.received["BTT"]), (expected, expected));
    let rest = world.account(ALICE).claim_all().await.unwrap();
    // A further step may have begun meanwhile; the three that were left are in.
    assert!(rest.received["BTT"] >= 6, "{rest:?}");
}

#[tokio::test]
async fn each_token_has_an_entry_and_others_are_left_alone() {
    let world = World::new().await;
    let made_up = world.made_up_token().await;
    let tokens = [Token::Btt, Token::Sky].map(|token| world.client.token(token).to_owned());
    for token in [&tokens[0], &tokens[1], &made_up] {
        open(&world, (&Asset::Cw20(token.clone()), 7)).await;
    }
    world.advance(2 * STEP).await;
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    let found: Vec<_> = list.entries.iter().map(|entry| (entry.token.as_str(), entry.amount)).collect();
    assert_eq!((found, list.complete), (vec![("BTT", 14), ("SKY", 14)], true));
    let claims = world.account(ALICE).claim_all().await.unwrap();
    assert_eq!(claims.received.into_iter().collect::<Vec<_>>(), [("BTT".into(), 14), ("SKY".into(), 14)]);
}
