//! What an offer may say, and that it never changes.

use bithive_api::checkout::{ExecuteMsg, Offer, OfferState, Part, Price, limits};
use bithive_checkout::ContractError;
use bithive_contract_kit::InputError;
use bithive_economics::cuts::CutsError;
use cosmwasm_std::{Addr, HexBinary};

use crate::world::{World, fixed};

fn part(account: &Addr, bps: u16) -> Part {
    Part { account: account.into(), bps }
}

#[test]
fn an_offer_says_what_it_costs_and_that_is_not_nothing() {
    let mut world = World::new();
    for (price, field) in
        [(fixed(0), "price"), (world.quoted(0), "fiat"), (Price::Open { least: 0u128.into() }, "least")]
    {
        let offer = world.offering(price);
        assert_eq!(world.refused_offer(offer), ContractError::Input(InputError::Zero { field }));
    }
    let oracle = world.stranger.to_string();
    let offer = world.offering(Price::Quoted { fiat: 1u128.into(), oracle: oracle.clone(), feed: 1 });
    let error = world.refused_offer(offer);
    assert_eq!(error, ContractError::Input(InputError::NotContract { field: "oracle", found: oracle }));
}

#[test]
fn a_split_is_of_at_most_eight_accounts_each_once_that_make_up_the_whole() {
    let mut world = World::new();
    let names: Vec<Addr> = (0..9).map(|index| world.suite.account(&format!("part {index}"))).collect();
    let (contract, token) = (world.checkout.address.clone(), world.suite.btt.clone());
    let base = world.offering(fixed(10));
    let of = |split: Vec<Part>| Offer { split, ..base.clone() };
    let nine = names.iter().map(|name| part(name, 1_111)).collect();
    let count = InputError::Count { field: "split", found: 9, least: 0, most: limits::MAX_PARTS };
    assert_eq!(world.refused_offer(of(nine)), ContractError::Input(count));
    for (parts, error) in [
        (vec![part(&names[0], 9_999)], CutsError::NotWhole { found: 9_999 }),
        (vec![part(&names[0], 9_999), part(&names[1], 2)], CutsError::AboveWhole { found: 10_001 }),
        (vec![part(&names[0], 65_535), part(&names[1], 10_001)], CutsError::AboveWhole { found: 75_536 }),
        (vec![part(&names[0], 10_000), part(&names[1], 0)], CutsError::Nothing { index: 1 }),
    ] {
        assert_eq!(world.refused_offer(of(parts)), ContractError::Cuts(error));
    }
    let twice = of(vec![part(&names[0], 5_000), part(&names[0], 5_000)]);
    let duplicate = InputError::Duplicate { field: "split", found: names[0].to_string() };
    assert_eq!(world.refused_offer(twice), ContractError::Input(duplicate));
    for own in [&contract, &token] {
        let error = world.refused_offer(of(vec![part(own, 10_000)]));
        let unusable = InputError::Unusable { field: "split", found: own.to_string() };
        assert_eq!(error, ContractError::Input(unusable));
    }
    let nobody = of(vec![Part { account: "nobody".into(), bps: 10_000 }]);
    let error = world.refused_offer(nobody);
    assert!(matches!(error, ContractError::Input(InputError::Address { field: "split", .. })), "{error:?}");
    let eight = names[..8].iter().map(|name| part(name, 1_250)).collect();
    world.put(of(eight));
}

#[test]
fn referrals_uses_ends_and_codings_have_bounds() {
    let mut world = World::new();
    let (base, now) = (world.offering(fixed(10)), world.suite.now());
    let above = Offer { referral_bps: limits::MAX_REFERRAL_BPS + 1, ..base.clone() };
    let error = world.refused_offer(above);
    let field = "referral_bps";
    assert!(
        matches!(error, ContractError::Input(InputError::OutOfBounds { field: found, .. }) if found == field)
    );
    let error = world.refused_offer(Offer { uses: Some(0), ..base.clone() });
    assert!(
        matches!(error, ContractError::Input(InputError::OutOfBounds { field: "uses", .. })),
        "{error:?}"
    );
    for found in [0, now - 1, now] {
        let error = world.refused_offer(Offer { expires: Some(found), ..base.clone() });
        assert_eq!(error, ContractError::Expires { found, now });
    }
    for bytes in [0, 31, 33] {
        let coding = Some(HexBinary::from(vec![1; bytes]));
        let error = world.refused_offer(Offer { coding, ..base.clone() });
        assert!(
            matches!(error, ContractError::Input(InputError::Length { field: "coding", .. })),
            "{error:?}"
        );
    }
    let contract = world.checkout.address.to_string();
    let error = world.refused_offer(Offer { buyer: Some(contract.clone()), ..base.clone() });
    assert_eq!(error, ContractError::Input(InputError::Unusable { field: "buyer", found: contract }));
    let most = Offer {
        referral_bps: limits::MAX_REFERRAL_BPS,
        uses: Some(u32::MAX),
        expires: Some(now + 1),
        coding: Some([1; 32].into()),
        ..base
    };
    let id = world.put(most);
    let shown = world.checkout.offer(&world.suite, id).unwrap();
    assert_eq!((shown.state, shown.uses, shown.expires), (OfferState::Open, Some(u32::MAX), Some(now + 1)));
    assert_eq!(shown.split, [Part { account: world.seller.clone(), bps: 10_000 }]);
    assert_eq!(shown.coding, Some([1; 32].into()));
}

#[test]
fn an_offer_is_ended_by_its_seller_once_and_its_number_is_not_given_again() {
    let mut world = World::new();
    let id = world.put_fixed(10);
    let (seller, stranger) = (world.seller.clone(), world.stranger.clone());
    let error = world.refused(&stranger, &ExecuteMsg::Cancel { id });
    assert!(matches!(error, ContractError::Unauthorized(_)), "{error:?}");
    world.send(&seller, &ExecuteMsg::Cancel { id }).unwrap();
    assert_eq!(world.refused(&seller, &ExecuteMsg::Cancel { id }), ContractError::Cancelled { id });
    assert_eq!(world.checkout.offer(&world.suite, id).unwrap().state, OfferState::Cancelled);
    assert_eq!(world.put_fixed(10), id + 1);
    assert_eq!(world.refused(&seller, &ExecuteMsg::Cancel { id: 9 }), ContractError::NoOffer { id: 9 });
}
