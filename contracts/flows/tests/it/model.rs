//! Random messages to the contract, and to a model that is written apart from it: both accept or both refuse, and what was put in is in
//! flows, owed or paid, to the unit.

use std::collections::BTreeMap;

use bithive_api::asset::Asset;
use bithive_api::flows::{ExecuteMsg, Open, SignedVoucher};
use bithive_test_kit::flows::{NOTICE, by_vouchers, rate};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::plain::{Model, Op, Way};
use crate::world::{WEALTH, World};

const ACCOUNTS: usize = 3;
const ASSETS: usize = 2;

fn op() -> impl Strategy<Value = Op> {
    let (who, asset, id) = (|| 0..ACCOUNTS, || 0..ASSETS, || 1u64..7);
    let way = prop_oneof![
        (1u128..20, 1u64..100, 0u64..3).prop_map(|(amount, step, advance)| Way::Rate {
            amount,
            step,
            advance
        }),
        (NOTICE - 100..3 * NOTICE).prop_map(|seconds| Way::Vouchers { seconds }),
    ];
    let later = prop::option::weighted(0.3, NOTICE - 1_000..4 * NOTICE);
    let voucher = (id(), 0u128..120, prop::bool::weighted(0.9));
    let wait = prop_oneof![3 => 1u64..200, 1 => NOTICE / 2..2 * NOTICE];
    prop_oneof![
        4 => (who(), who(), asset(), 1u128..100, way, any::<bool>()).prop_map(
            |(payer, payee, asset, deposit, way, transferable)| Op::Open { payer, payee, asset, deposit, way, transferable }
        ),
        3 => (who(), id(), asset(), 1u128..40, later)
            .prop_map(|(by, id, asset, deposit, later)| Op::TopUp { by, id, asset, deposit, later }),
        4 => id().prop_map(|id| Op::Settle { id }),
        5 => prop::collection::vec(voucher, 1..4).prop_map(|vouchers| Op::Redeem { vouchers }),
        2 => (who(), id(), who()).prop_map(|(by, id, to)| Op::Transfer { by, id, to }),
        1 => (who(), id()).prop_map(|(by, id)| Op::Close { by, id }),
        2 => id().prop_map(|id| Op::Finish { id }),
        3 => (who(), asset()).prop_map(|(account, asset)| Op::Withdraw { account, asset }),
        4 => wait.prop_map(|seconds| Op::Wait { seconds }),
    ]
}

fn sent(world: &mut World, accounts: &[Addr; ACCOUNTS], assets: &[Asset; ASSETS], op: &Op) -> bool {
    let now = world.now();
    let (suite, flows) = (&mut world.suite, world.flows.clone());
    let result = match *op {
        Op::Open { payer, payee, asset, deposit, ref way, transferable } => {
            let terms = match *way {
                Way::Rate { amount, step, advance } => rate(amount, step, advance),
                Way::Vouchers { seconds } => by_vouchers(1, now + seconds),
            };
            let open = Open { payee: accounts[payee].to_string(), terms, transferable };
            flows.open(suite, &accounts[payer], (&assets[asset], deposit), open)
        }
        Op::TopUp { by, id, asset, deposit, later } => {
            let ends = later.map(|seconds| now + seconds);
            flows.top_up(suite, &accounts[by], (&assets[asset], deposit), id, ends)
        }
        Op::Settle { id } => flows.send(suite, &world.stranger, &ExecuteMsg::Settle { id }),
        Op::Redeem { ref vouchers } => {
            let signed = |&(id, cumulative, good): &(u64, u128, bool)| -> SignedVoucher {
                flows.voucher(if good { 1 } else { 2 }, id, cumulative)
            };
            let vouchers = vouchers.iter().map(signed).collect();
            flows.send(suite, &world.stranger, &ExecuteMsg::Redeem { vouchers })
        }
        Op::Transfer { by, id, to } => {
            let message = ExecuteMsg::Transfer { id, payee: accounts[to].to_string() };
            flows.send(suite, &accounts[by], &message)
        }
        Op::Close { by, id } => flows.send(suite, &accounts[by], &ExecuteMsg::Close { id }),
        Op::Finish { id } => flows.send(suite, &world.stranger, &ExecuteMsg::Finish { id }),
        Op::Withdraw { account, asset } => {
            let message = ExecuteMsg::Withdraw { asset: assets[asset].clone() };
            flows.send(suite, &accounts[account], &message)
        }
        Op::Wait { seconds } => {
            suite.advance(seconds);
            return true;
        }
    };
    result.is_ok()
}

fn compare(world: &World, model: &Model, accounts: &[Addr; ACCOUNTS], assets: &[Asset; ASSETS]) {
    world.check();
    for (index, asset) in assets.iter().enumerate() {
        let in_flows: u128 = model
            .flows
            .values()
            .filter(|flow| flow.asset == index)
            .map(|flow| flow.deposit - flow.paid)
            .sum();
        assert_eq!(world.flows.held(&world.suite, asset).escrowed.u128(), in_flows, "{asset}");
        for (who, account) in accounts.iter().enumerate() {
            let of = |sums: &BTreeMap<(usize, usize), u128>| sums.get(&(who, index)).copied().unwrap_or(0);
            assert_eq!(world.flows.claimable(&world.suite, account, asset), of(&model.owed));
            let expected = WEALTH - of(&model.put_in) + of(&model.taken);
            assert_eq!(world.suite.balance_in(account, asset), expected);
        }
    }
    let now = world.now();
    for (id, flow) in &model.flows {
        let found = world.flow(*id).unwrap();
        let expected = (flow.deposit, flow.paid, flow.due(now).0);
        assert_eq!((found.deposit.u128(), found.paid.u128(), found.due.u128()), expected, "flow {id}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 60,
        rng_seed: RngSeed::Fixed(16),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    #[test]
    fn what_people_put_in_is_in_flows_or_owed_or_paid(ops in prop::collection::vec(op(), 80)) {
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
            let before = world.now();
            let expected = model.run(before, op);
            prop_assert_eq!(sent(&mut world, &accounts, &assets, op), expected, "{:?}", op);
            compare(&world, &model, &accounts, &assets);
        }
    }
}
