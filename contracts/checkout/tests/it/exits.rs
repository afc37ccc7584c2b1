//! Whatever state an offer is in and whoever is gone, what was paid is withdrawn by whom it is owed, and by nobody else.

use bithive_api::checkout::{ExecuteMsg, Offer, OfferState, Part};
use bithive_checkout::ContractError;
use bithive_contract_kit::ledger::NothingOwed;

use crate::world::{World, fixed};

#[test]
fn in_every_state_of_an_offer_the_parts_are_withdrawn_without_its_seller() {
    for state in [OfferState::Open, OfferState::SoldOut, OfferState::Expired, OfferState::Cancelled] {
        let mut world = World::new();
        let (seller, author) = (world.seller.clone(), world.suite.account("author"));
        let split = [(&author, 9_000), (&seller, 1_000)];
        let split = split.map(|(account, bps)| Part { account: account.to_string(), bps }).to_vec();
        let uses = (state == OfferState::SoldOut).then_some(1);
        let expires = Some(world.suite.now() + 5);
        let offer = Offer { split, uses, expires, ..world.offering(fixed(100)) };
        let id = world.put(offer);
        world.buy(id, 1, 100).unwrap();
        match state {
            OfferState::Expired => world.suite.advance(6),
            OfferState::Cancelled => drop(world.send(&seller, &ExecuteMsg::Cancel { id }).unwrap()),
            OfferState::Open | OfferState::SoldOut => {}
        }
        assert_eq!(world.checkout.offer(&world.suite, id).unwrap().state, state);
        world.withdraw(&author).unwrap();
        assert_eq!((world.suite.balance(&author), world.owed(&seller)), (90, 10));
        world.check();
    }
}

#[test]
fn what_somebody_is_owed_is_paid_once_and_to_nobody_else() {
    let mut world = World::new();
    let (seller, stranger, asset) = (world.seller.clone(), world.stranger.clone(), world.btt());
    let id = world.put_fixed(100);
    world.buy(id, 1, 100).unwrap();
    let error = world.refused(&stranger, &ExecuteMsg::Withdraw { asset: asset.clone() });
    assert_eq!(error, ContractError::NothingOwed(NothingOwed::new(&stranger, &asset)));
    world.withdraw(&seller).unwrap();
    let error = world.refused(&seller, &ExecuteMsg::Withdraw { asset: asset.clone() });
    assert_eq!(error, ContractError::NothingOwed(NothingOwed::new(&seller, &asset)));
    assert_eq!(world.suite.balance_in(&world.checkout.address, &asset), 0);
    world.check();
}
