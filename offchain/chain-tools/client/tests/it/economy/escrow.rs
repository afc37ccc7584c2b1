//! What agreements owe is claimed with everything else.

use bithive_api::asset::Asset;
use bithive_api::escrow::{Approver, ExecuteMsg, Milestone, Payee, Terms};
use bithive_client::{Escrow, Source, Token};
use cw20::Cw20ExecuteMsg;

use crate::economy::setup::{ALICE, OWNER, World};

const HOUR: u64 = 3_600;

fn terms(world: &World, payee: usize, amount: u128, approver: Approver) -> Terms {
    let payees = vec![Payee { address: world.address(payee).into(), bps: 10_000 }];
    let milestones = vec![Milestone { amount: amount.into(), due: HOUR, review: HOUR }];
    Terms { payees, milestones, approver, text: None }
}

#[tokio::test]
async fn a_claim_has_silence_release_and_contributions_refunded() {
    let world = World::new().await;
    let escrow = Escrow::new(world.client.client().clone()).unwrap();
    let [btt, sky] = [Token::Btt, Token::Sky].map(|token| Asset::Cw20(world.client.token(token).to_owned()));
    let (owner, alice) = (world.market(OWNER).await, world.market(ALICE).await);
    // Alice is paid 7 SKY by the owner's silence, and has 5 BTT back of a goal that is not reached.
    let paid = terms(&world, ALICE, 7, Approver::Payer { arbiter: None });
    escrow.open(&owner, (&sky, 7), paid).await.unwrap();
    escrow.execute(&alice, &ExecuteMsg::Submit { id: 1, milestone: 1, evidence: None }).await.unwrap();
    let asked = terms(&world, OWNER, 900, Approver::Contributors {});
    let raise = ExecuteMsg::Raise { asset: btt.clone(), seconds: HOUR, terms: asked };
    escrow.execute(&owner, &raise).await.unwrap();
    let give = Cw20ExecuteMsg::Transfer { recipient: world.address(ALICE).into(), amount: 5u128.into() };
    world.wallet(OWNER).execute(world.client.token(Token::Btt), &give, &[]).await.unwrap();
    escrow.fund(&alice, (&btt, 5), 2).await.unwrap();
    assert!(world.client.claimables(world.address(ALICE)).await.unwrap().entries.is_empty());
    world.advance(HOUR + 60).await;
    escrow.execute(&owner, &ExecuteMsg::Advance { id: 2 }).await.unwrap();
    let list = world.client.claimables(world.address(ALICE)).await.unwrap();
    let found: Vec<_> =
        list.entries.iter().map(|entry| (entry.source, entry.token.as_str(), entry.amount)).collect();
    assert_eq!((found, list.complete), (vec![(Source::Escrow, "BTT", 5), (Source::Escrow, "SKY", 7)], true));
    let claims = world.account(ALICE).claim_all().await.unwrap();
    assert_eq!((claims.transactions.len(), claims.refused.len()), (1, 0), "{claims:?}");
    assert_eq!(claims.received.into_iter().collect::<Vec<_>>(), [("BTT".into(), 5), ("SKY".into(), 7)]);
    assert!(world.client.claimables(world.address(ALICE)).await.unwrap().entries.is_empty());
    assert_eq!(escrow.agreement(2).await.unwrap(), None, "the last contribution was given back");
}
