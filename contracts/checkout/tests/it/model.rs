//! Random messages to the contract, and to a model that is written apart from it: both accept or both refuse, and what was paid is owed or
//! paid out, to the unit.

use std::collections::BTreeMap;

use bithive_api::asset::Asset;
use bithive_api::checkout::{ExecuteMsg, Offer, Part, Pay, Price};
use bithive_test_kit::checkout::paying;
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::plain::{Cost, Model, Op};
use crate::world::{WEALTH, World};

const ACCOUNTS: usize = 3;
const ASSETS: usize = 2;

fn put() -> impl Strategy<Value = Op> {
    let cost = prop_oneof![
        (0u128..60).prop_map(Cost::Fixed),
        (0u128..60).prop_map(Cost::Fiat),
        (0u128..20).prop_map(Cost::Open),
    ];
    let split = prop_oneof![
        2 => Just(vec![]),
        3 => (1u16..100).prop_map(|part| vec![(0, part), (2, 100 - part)]),
        1 => prop::collection::vec((0..ACCOUNTS, 0u16..60), 0..4),
    ];
    let (uses, buyer) = (prop::option::of(0u32..4), prop::option::weighted(0.3, 0..ACCOUNTS));
    let (referral, seconds) = (prop_oneof![Just(0u16), 1u16..33], prop::option::weighted(0.4, 0u64..400));
    (0..ACCOUNTS, 0..ASSETS, cost, split, referral, uses, buyer, seconds).prop_map(
        |(seller, asset, cost, split, referral, uses, buyer, seconds)| Op::Put {
            seller,
            asset,
            cost,
            split,
            referral,
            uses,
            buyer,
            seconds,
        },
    )
}

fn op() -> impl Strategy<Value = Op> {
    let (who, asset, id) = (|| 0..ACCOUNTS, || 0..ASSETS, || 1u64..9);
    let sums = (1u128..90, 1u128..90);
    let pay = (who(), id(), asset(), 0u8..12, sums, prop::option::weighted(0.3, who()));
    prop_oneof![
        4 => put(),
        1 => (who(), id()).prop_map(|(by, id)| Op::Cancel { by, id }),
        12 => pay.prop_map(|(payer, id, asset, key, (sent, max), referrer)| {
            Op::Pay { payer, id, asset, key, sent, max, referrer }
        }),
        3 => (who(), 1u64..9, asset(), 1u128..40)
            .prop_map(|(by, receipt, asset, sent)| Op::Refund { by, receipt, asset, sent }),
        3 => (who(), asset()).prop_map(|(account, asset)| Op::Withdraw { account, asset }),
        2 => prop::option::weighted(0.8, 1u128..300).prop_map(|value| Op::Price { value }),
        2 => (1u64..150).prop_map(|seconds| Op::Wait { seconds }),
    ]
}

fn sent(world: &mut World, accounts: &[Addr; ACCOUNTS], assets: &[Asset; ASSETS], op: &Op) -> bool {
    let now = world.suite.now();
    let (fiat, checkout) = (|fiat| world.quoted(fiat), world.checkout.clone());
    let result = match *op {
        Op::Put { seller, asset, cost, ref split, referral, uses, buyer, seconds } => {
            let price = match cost {
                Cost::Fixed(amount) => Price::Fixed(amount.into()),
                Cost::Fiat(amount) => fiat(amount),
                Cost::Open(least) => Price::Open { least: least.into() },
            };
            let part = |&(account, hundredths): &(usize, u16)| Part {
                account: accounts[account].to_string(),
                bps: hundredths * 100,
            };
            let offer = Offer {
                asset: assets[asset].clone(),
                price,
                split: split.iter().map(part).collect(),
                referral_bps: referral * 100,
                uses,
                buyer: buyer.map(|buyer| accounts[buyer].to_string()),
                expires: seconds.map(|seconds| now + seconds),
                coding: None,
            };
            checkout.send(&mut world.suite, &accounts[seller], &ExecuteMsg::Offer(offer))
        }
        Op::Cancel { by, id } => checkout.send(&mut world.suite, &accounts[by], &ExecuteMsg::Cancel { id }),
        Op::Pay { payer, id, asset, key, sent, max, referrer } => {
            let referrer = referrer.map(|referrer| accounts[referrer].to_string());
            let pay = Pay { referrer, ..paying(id, key, max) };
            checkout.pay(&mut world.suite, &accounts[payer], (&assets[asset], sent), pay)
        }
        Op::Refund { by, receipt, asset, sent } => {
            checkout.refund(&mut world.suite, &accounts[by], (&assets[asset], sent), receipt)
        }
        Op::Withdraw { account, asset } => {
            let message = ExecuteMsg::Withdraw { asset: assets[asset].clone() };
            checkout.send(&mut world.suite, &accounts[account], &message)
        }
        Op::Price { value } => {
            world.set_price(value.map(|value| (value, 2, 1)));
            return true;
        }
        Op::Wait { seconds } => {
            world.suite.advance(seconds);
            return true;
        }
    };
    result.is_ok()
}

fn compare(world: &World, model: &Model, accounts: &[Addr; ACCOUNTS], assets: &[Asset; ASSETS]) {
    world.check();
    for (index, asset) in assets.iter().enumerate() {
        for (who, account) in accounts.iter().enumerate() {
            let of = |sums: &BTreeMap<(usize, usize), u128>| sums.get(&(who, index)).copied().unwrap_or(0);
            assert_eq!(world.checkout.claimable(&world.suite, account, asset), of(&model.owed));
            let expected = WEALTH - of(&model.put_in) + of(&model.taken);
            assert_eq!(world.suite.balance_in(account, asset), expected);
        }
    }
    for (id, receipt) in &model.receipts {
        let found = world.receipt(*id);
        let expected = (receipt.offer, &accounts[receipt.payer], receipt.amount, receipt.refunded);
        assert_eq!((found.offer, &found.payer, found.amount.u128(), found.refunded.u128()), expected);
    }
    for (id, offer) in &model.offers {
        assert_eq!(world.checkout.offer(&world.suite, *id).unwrap().uses, offer.uses, "offer {id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(17),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_people_paid_is_owed_or_paid_out(ops in prop::collection::vec(op(), 80)) {
        let mut world = World::new();
        let accounts = ["a", "b", "c"].map(|name| world.suite.account(name));
        let [btt, coin, _] = world.assets();
        let assets = [btt, coin];
        for account in &accounts {
            for asset in &assets {
                world.suite.fund_in(account, asset, WEALTH);
            }
        }
        let mut model = Model::default();
        for op in &ops {
            let before = world.suite.now();
            let expected = model.run(before, op);
            prop_assert_eq!(sent(&mut world, &accounts, &assets, op), expected, "{:?}", op);
            compare(&world, &model, &accounts, &assets);
        }
    }
}
