//! Prices in a currency, which a feed turns into the offer's asset when they are paid.

use bithive_api::checkout::Price;
use bithive_checkout::ContractError;
use bithive_test_kit::checkout::paying;
use bithive_test_kit::oracle::{MAX_AGE, Oracle};

use crate::world::{WEALTH, World};

/// An offer of 19.99 in a currency's minor units.
fn offer(world: &mut World) -> u64 {
    let offer = world.offering(world.quoted(1_999));
    world.put(offer)
}

#[test]
fn a_fiat_amount_is_paid_at_the_price_of_the_moment_rounded_up_and_the_change_comes_back() {
    let mut world = World::new();
    let id = offer(&mut world);
    // 700 minor units for 1,000 base units: 2,855.71.. of them.
    world.set_price(Some((700, 3, 41)));
    assert_eq!(world.checkout.quote(&world.suite, id), Ok(2_856));
    world.pay(5_000, paying(id, 1, 3_000)).unwrap();
    assert_eq!((world.owed(&world.seller), world.suite.balance(&world.payer)), (2_856, WEALTH - 2_856));
    assert_eq!((world.receipt(1).amount.u128(), world.receipt(1).round), (2_856, Some(41)));
    // Half the price, twice the amount.
    world.set_price(Some((350, 3, 42)));
    assert_eq!(world.checkout.quote(&world.suite, id), Ok(5_712));
    world.check();
}

#[test]
fn a_feed_without_a_price_settles_nothing_and_the_funds_stay() {
    let mut world = World::new();
    let id = offer(&mut world);
    for price in [None, Some((700, 3, 1)), None] {
        world.set_price(price);
        if price.is_some() {
            world.buy(id, 1, 2_856).unwrap();
            continue;
        }
        let error = world.refused_pay(3_000, paying(id, 2, 3_000));
        assert!(
            matches!(&error, ContractError::NoPrice { feed: 1, reason, .. } if reason.contains("stale")),
            "{error:?}"
        );
        assert!(world.checkout.quote(&world.suite, id).is_err());
    }
    assert_eq!(world.suite.balance(&world.payer), WEALTH - 2_856);
    world.check();
}

#[test]
fn a_price_that_moved_beyond_the_payers_bound_settles_nothing() {
    let mut world = World::new();
    let id = offer(&mut world);
    world.set_price(Some((700, 3, 1)));
    let error = world.refused_pay(5_000, paying(id, 1, 2_855));
    assert_eq!(error, ContractError::AboveMax { id, price: 2_856u128.into(), max: 2_855u128.into() });
    world.buy(id, 1, 2_856).unwrap();
}

#[test]
fn a_seller_whose_own_feed_says_anything_has_the_payers_bound_at_most() {
    let mut world = World::new();
    let id = offer(&mut world);
    for (value, decimals) in [(0, 6), (1, 39), (1, u8::MAX), (1, 38)] {
        world.set_price(Some((value, decimals, 1)));
        let error = world.refused_pay(3_000, paying(id, 1, 3_000));
        assert!(
            matches!(error, ContractError::NoAmount { feed: 1, .. } | ContractError::AboveMax { .. }),
            "{error:?}"
        );
    }
    world.set_price(Some((1, 0, 1)));
    world.pay(10_000, paying(id, 1, 3_000)).unwrap();
    assert_eq!(world.suite.balance(&world.payer), WEALTH - 1_999);
    world.set_price(Some((u128::MAX, 0, 2)));
    assert_eq!(world.checkout.quote(&world.suite, id), Ok(1), "never nothing");
    world.check();
}

#[test]
fn a_stale_or_tripped_price_of_the_oracle_never_settles() {
    let mut world = World::new();
    let oracle = Oracle::new(&mut world.suite);
    oracle.create(&mut world.suite, 3, 3);
    let (fiat, feed) = (1u128.into(), 1);
    let offer = world.offering(Price::Quoted { fiat, oracle: oracle.address.to_string(), feed });
    let id = world.put(offer);
    let refused = |world: &mut World, reason: &str| {
        let error = world.refused_pay(100_000, paying(id, 9, 100_000));
        let ContractError::NoPrice { feed: 1, reason: found, .. } = &error else { panic!("{error:?}") };
        assert!(found.contains(reason), "{found}");
    };
    refused(&mut world, "had no price yet");
    // 253,600 minor units for 10^10 base units: one is ceil(10^10 / 253,600) base units.
    oracle.say(&mut world.suite, 1, &[253_600; 3]).unwrap();
    world.pay(100_000, paying(id, 1, 50_000)).unwrap();
    assert_eq!((world.owed(&world.seller), world.receipt(1).round.is_some()), (39_433, true));
    world.suite.advance(MAX_AGE + 1);
    refused(&mut world, "older than");
    oracle.say(&mut world.suite, 1, &[100_000; 3]).unwrap();
    refused(&mut world, "has jumped");
    assert_eq!(world.suite.balance(&world.payer), WEALTH - 39_433);
    world.check();
}
