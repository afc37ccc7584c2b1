//! Random messages to the contract, and to a model that is written apart from it: both accept or both refuse, and what was put in is in
//! escrow, owed or paid, to the unit.

use std::collections::BTreeMap;

use bithive_api::escrow::Phase;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

use crate::ops::{Names, op, sent};
use crate::plain::{Doing, Model};
use crate::world::{WEALTH, World};

fn doing(phase: &Phase) -> Doing {
    match phase {
        Phase::Funding { .. } => Doing::Asking,
        Phase::Active { .. } => Doing::Working,
        Phase::Submitted { .. } => Doing::Looking,
        Phase::Voting { .. } => Doing::Voting,
        Phase::Rejected { .. } => Doing::Refusal,
        Phase::Disputed { .. } => Doing::Court,
        Phase::Refunding { .. } => Doing::Returning,
    }
}

fn compare(world: &World, model: &Model, names: &Names) {
    world.check();
    for (index, asset) in names.assets.iter().enumerate() {
        let running = model.running.values().filter(|running| running.deal.asset == index);
        let left: u128 = running.map(|running| running.left).sum();
        assert_eq!(world.escrow.held(&world.suite, asset).escrowed.u128(), left, "{asset}");
        for (who, account) in names.accounts.iter().enumerate() {
            let of = |sums: &BTreeMap<(usize, usize), u128>| sums.get(&(who, index)).copied().unwrap_or(0);
            assert_eq!(world.escrow.claimable(&world.suite, account, asset), of(&model.owed));
            let expected = WEALTH - of(&model.put_in) + of(&model.taken);
            assert_eq!(world.suite.balance_in(account, asset), expected);
        }
    }
    for (id, running) in &model.running {
        let found = world.escrow.agreement(&world.suite, *id).unwrap();
        assert_eq!(found.left.u128(), running.left, "agreement {id}");
        assert_eq!(doing(&found.phase), running.doing, "agreement {id}");
        let present = if running.doing == Doing::Asking { 0 } else { running.done + 1 };
        // Contributions may have come back before the first milestone.
        if running.doing != Doing::Returning {
            assert_eq!(usize::from(found.milestone), present, "agreement {id}");
        }
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
    fn what_people_put_in_is_in_escrow_until_it_is_released_or_refunded(ops in prop::collection::vec((op(), prop::bool::weighted(0.85)), 160)) {
        let mut world = World::new();
        let accounts = ["a", "b", "c", "d"].map(|name| world.suite.account(name));
        let [btt, coin, _] = world.assets();
        let names = Names { accounts, assets: [btt, coin] };
        for account in &names.accounts {
            for asset in &names.assets {
                world.suite.fund_in(account, asset, WEALTH);
            }
        }
        let mut model = Model::default();
        for (op, aimed) in &ops {
            let before = world.now();
            let op = &if *aimed { model.aim(op) } else { op.clone() };
            let expected = model.run(before, op);
            prop_assert_eq!(sent(&mut world, &names, op), expected, "{:?}", op);
            compare(&world, &model, &names);
        }
    }
}
