//! What a payment costs, whose it is, and when it is refused.

use bithive_api::checkout::{Offer, OfferState, Part, Pay, Price, limits};
use bithive_checkout::ContractError;
use bithive_contract_kit::InputError;
use bithive_test_kit::checkout::{offering, paying};
use bithive_test_kit::refusal;

use crate::world::{WEALTH, World, fixed};

#[test]
fn a_payment_is_the_sellers_at_once_and_leaves_a_receipt() {
    let mut world = World::new();
    let payer = world.payer.clone();
    for (id, asset) in (1..).zip(world.assets()) {
        assert_eq!(world.put(offering(&asset, fixed(100))), id);
        world.checkout.pay(&mut world.suite, &payer, (&asset, 100), paying(id, 1, 100)).unwrap();
        assert_eq!(world.checkout.claimable(&world.suite, &world.seller, &asset), 100);
        let receipt = world.receipt(id);
        assert_eq!((receipt.offer, receipt.amount.u128(), receipt.refunded.u128()), (id, 100, 0));
        assert_eq!((&receipt.payer, receipt.asset.to_string()), (&payer, asset.to_string()));
        assert_eq!((receipt.time, receipt.round), (world.suite.now(), None));
        assert_eq!(world.checkout.payment(&world.suite, &payer, &asset, 1), Some(receipt));
    }
    world.check();
}

#[test]
fn what_was_sent_beyond_the_price_comes_back_with_the_same_transaction() {
    let mut world = World::new();
    let payer = world.payer.clone();
    for (id, asset) in (1..).zip(world.assets()) {
        world.put(offering(&asset, fixed(100)));
        // The payer would pay more than it costs, and sends more than that.
        world.checkout.pay(&mut world.suite, &payer, (&asset, 500), paying(id, 1, 300)).unwrap();
        assert_eq!(world.suite.balance_in(&payer, &asset), WEALTH - 100, "{asset}");
        assert_eq!(world.receipt(id).amount.u128(), 100);
    }
    world.check();
}

#[test]
fn less_than_the_price_is_refused_and_so_is_a_price_above_the_payers_bound() {
    let mut world = World::new();
    let id = world.put_fixed(100);
    let error = world.refused_pay(99, paying(id, 1, 100));
    assert_eq!(error, ContractError::TooLittle { id, price: 100u128.into(), sent: 99u128.into() });
    let error = world.refused_pay(500, paying(id, 1, 99));
    assert_eq!(error, ContractError::AboveMax { id, price: 100u128.into(), max: 99u128.into() });
    assert_eq!(world.suite.balance(&world.payer), WEALTH);
    world.check();
}

#[test]
fn of_an_open_price_the_payer_names_the_amount() {
    let mut world = World::new();
    let offer = world.offering(Price::Open { least: 10u128.into() });
    let id = world.put(offer);
    assert_eq!(world.checkout.quote(&world.suite, id), Ok(10));
    let error = world.refused_pay(100, paying(id, 1, 9));
    assert_eq!(error, ContractError::BelowLeast { id, max: 9u128.into(), least: 10u128.into() });
    let error = world.refused_pay(100, paying(id, 1, 101));
    assert_eq!(error, ContractError::TooLittle { id, price: 101u128.into(), sent: 100u128.into() });
    world.pay(100, paying(id, 1, 70)).unwrap();
    assert_eq!((world.owed(&world.seller), world.suite.balance(&world.payer)), (70, WEALTH - 70));
    world.check();
}

#[test]
fn a_payment_is_split_by_parts_rounded_down_and_the_first_has_the_rest() {
    let mut world = World::new();
    let accounts = ["a", "b", "c"].map(|name| world.suite.account(name));
    let split = accounts.iter().zip([3_334, 3_333, 3_333]);
    let split = split.map(|(account, bps)| Part { account: account.to_string(), bps }).collect();
    let offer = Offer { split, ..world.offering(Price::Open { least: 1u128.into() }) };
    let id = world.put(offer);
    world.buy(id, 1, 2).unwrap();
    assert_eq!(accounts.each_ref().map(|account| world.owed(account)), [2, 0, 0]);
    world.buy(id, 2, 100).unwrap();
    assert_eq!(accounts.each_ref().map(|account| world.owed(account)), [36, 33, 33]);
    assert_eq!(world.owed(&world.seller), 0, "who is not in the split has nothing of it");
    world.check();
}

#[test]
fn a_referrer_has_its_part_before_the_split_and_only_where_the_offer_gives_one() {
    let mut world = World::new();
    let friend = world.suite.account("friend");
    let offer = Offer { referral_bps: 1_500, ..world.offering(fixed(101)) };
    let id = world.put(offer);
    let none = world.put_fixed(101);
    let by_friend = |id| Pay { referrer: Some(friend.to_string()), ..paying(id, 1, 101) };
    assert_eq!(world.refused_pay(101, by_friend(none)), ContractError::NoReferral { id: none });
    world.pay(101, by_friend(id)).unwrap();
    assert_eq!((world.owed(&friend), world.owed(&world.seller)), (15, 86));
    world.buy(id, 2, 101).unwrap();
    assert_eq!(
        (world.owed(&friend), world.owed(&world.seller)),
        (15, 187),
        "without a referrer it is the seller's"
    );
    for (bad, number) in [(world.checkout.address.to_string(), 3), (world.suite.btt.to_string(), 4)] {
        let error = world.refused_pay(101, Pay { referrer: Some(bad), ..paying(id, number, 101) });
        assert!(
            matches!(error, ContractError::Input(InputError::Unusable { field: "referrer", .. })),
            "{error:?}"
        );
    }
    world.check();
}

#[test]
fn a_payer_that_refers_itself_pays_less_by_the_referral_and_no_more() {
    let mut world = World::new();
    let payer = world.payer.clone();
    let offer = Offer { referral_bps: limits::MAX_REFERRAL_BPS, ..world.offering(fixed(1_000)) };
    let id = world.put(offer);
    world.pay(1_000, Pay { referrer: Some(payer.to_string()), ..paying(id, 1, 1_000) }).unwrap();
    assert_eq!((world.owed(&payer), world.owed(&world.seller)), (300, 700));
    world.withdraw(&payer).unwrap();
    assert_eq!(world.suite.balance(&payer), WEALTH - 700);
    world.check();
}

#[test]
fn an_invoice_is_paid_by_its_buyer_once_and_until_its_end() {
    let mut world = World::new();
    let (payer, stranger, btt) = (world.payer.clone(), world.stranger.clone(), world.btt());
    let expires = world.suite.now() + 100;
    let invoice = Offer {
        buyer: Some(payer.to_string()),
        uses: Some(1),
        expires: Some(expires),
        ..world.offering(fixed(50))
    };
    let [paid, late] = [0; 2].map(|_| world.put(invoice.clone()));
    world.suite.fund(&stranger, 50);
    let refused = world.checkout.pay(&mut world.suite, &stranger, (&btt, 50), paying(paid, 1, 50));
    let (buyer, found) = (payer.to_string(), stranger.to_string());
    assert_eq!(refusal::<ContractError>(refused), ContractError::NotTheBuyer { id: paid, buyer, found });
    world.suite.advance(100);
    world.buy(paid, 1, 50).unwrap();
    assert_eq!(world.checkout.offer(&world.suite, paid).unwrap().state, OfferState::SoldOut);
    assert_eq!(world.refused_pay(50, paying(paid, 2, 50)), ContractError::SoldOut { id: paid });
    world.suite.advance(1);
    let now = expires + 1;
    assert_eq!(world.refused_pay(50, paying(late, 2, 50)), ContractError::Expired { id: late, expires, now });
    assert_eq!(world.checkout.offer(&world.suite, late).unwrap().state, OfferState::Expired);
    assert_eq!((world.owed(&world.seller), world.suite.balance(&payer)), (50, WEALTH - 50));
    world.check();
}

#[test]
fn an_offer_is_bought_as_often_as_its_uses_say() {
    let mut world = World::new();
    let offer = Offer { uses: Some(3), ..world.offering(fixed(10)) };
    let id = world.put(offer);
    for number in 1..=3 {
        world.buy(id, number, 10).unwrap();
    }
    assert_eq!(world.refused_pay(10, paying(id, 4, 10)), ContractError::SoldOut { id });
    assert_eq!(world.owed(&world.seller), 30);
}

#[test]
fn an_offer_is_paid_in_its_own_asset_only() {
    let mut world = World::new();
    let (payer, assets) = (world.payer.clone(), world.assets());
    for asset in &assets {
        world.put(offering(asset, fixed(10)));
    }
    for (id, expected) in (1..).zip(&assets) {
        for found in assets.iter().filter(|asset| *asset != expected) {
            let refused = world.checkout.pay(&mut world.suite, &payer, (found, 10), paying(id, 1, 10));
            let (found, expected) = (found.to_string(), expected.to_string());
            assert_eq!(refusal::<ContractError>(refused), ContractError::WrongAsset { id, found, expected });
        }
    }
    world.check();
}
