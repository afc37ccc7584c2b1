//! Random operations over all contracts of the economy together, against a model in plain big-integer arithmetic.
//!
//! Each operation is sent to the contracts and done in the model; both must accept or both refuse. Every few operations, and
//! at the end, all balances, what was minted and what was burnt are compared. Sequences are seeded and shrink.
//! `BITHIVE_ECONOMY_SEQUENCES` asks for another number of sequences than 100 (of 1,000 operations each).

use crate::world::World;
use bithive_economy_model::{ACCOUNTS, DAY};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const OPERATIONS: usize = 1_000;
/// Operations between two comparisons of everything.
const EVERY: usize = 20;

#[derive(Clone, Debug)]
pub(crate) enum Op {
    Transfer { btk: bool, from: usize, to: usize, amount: u128 },
    Credit { account: usize, units: u64 },
    ClaimEmission { account: usize },
    Release { recipient: usize },
    Pledge { node: usize, amount: u128, register: bool },
    Delegate { node: usize, account: usize, amount: u128 },
    Unbond { node: usize, account: usize, part: u32 },
    LockStake { node: usize, part: u32 },
    WithdrawStake { index: usize },
    RewardNode { node: usize, account: usize, amount: u128 },
    ClaimReward { node: usize, account: usize },
    Compound { node: usize, account: usize },
    Slash { node: usize, amount: u128 },
    Lock { locker: usize, owner: usize, amount: u128, immediate: u32, steps: u64 },
    ClaimLocked { index: usize },
    Revoke { by: usize, index: usize },
    FundRewards { account: usize, amount: u128 },
    CheckUp { patient: usize, btt: u64 },
    ChronicCare { patient: usize, btt: u64 },
    ReturnBudget { amount: u128 },
    Endow { account: usize, amount: u128 },
    Sell { account: usize, amount: u128 },
    BurnBtt,
    BurnBtk,
    SpendTreasury { account: usize, amount: u128 },
    FundTimebank { account: usize, amount: u128 },
    Deposit { account: usize, credits: u64 },
    SpendCredits { account: usize, price: u128 },
    Accrue,
    ReturnFunds { amount: u128 },
    Cancel { index: usize },
    WithdrawJob { account: usize },
    Wait { seconds: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let who = || 0..ACCOUNTS;
    let node = || 0usize..2;
    let amount = || {
        prop_oneof![
            1 => Just(0u128),
            1 => 1u128..20,
            6 => 1u128..2_000_000_000,
            1 => Just(1_000_000_000_000_000_000u128),
        ]
    };
    let money = prop_oneof![
        3 => (any::<bool>(), who(), who(), amount())
            .prop_map(|(btk, from, to, amount)| Op::Transfer { btk, from, to, amount }),
        2 => (who(), who(), amount(), 0u32..=10_000, 1u64..60).prop_map(
            |(locker, owner, amount, immediate, steps)| Op::Lock { locker, owner, amount, immediate, steps }
        ),
        3 => (0usize..9).prop_map(|index| Op::ClaimLocked { index }),
        1 => (who(), 0usize..9).prop_map(|(by, index)| Op::Revoke { by, index }),
        1 => (who(), amount()).prop_map(|(account, amount)| Op::FundRewards { account, amount }),
        3 => (who(), 0u64..900).prop_map(|(patient, btt)| Op::CheckUp { patient, btt }),
        2 => (who(), 0u64..45).prop_map(|(patient, btt)| Op::ChronicCare { patient, btt }),
        1 => amount().prop_map(|amount| Op::ReturnBudget { amount }),
    ];
    let stakes = prop_oneof![
        2 => (node(), amount(), any::<bool>())
            .prop_map(|(node, amount, register)| Op::Pledge { node, amount, register }),
        4 => (node(), who(), amount()).prop_map(|(node, account, amount)| Op::Delegate { node, account, amount }),
        3 => (node(), who(), 0u32..=10_000).prop_map(|(node, account, part)| Op::Unbond { node, account, part }),
        1 => (node(), 0u32..=10_000).prop_map(|(node, part)| Op::LockStake { node, part }),
        3 => (0usize..9).prop_map(|index| Op::WithdrawStake { index }),
        2 => (node(), who(), amount()).prop_map(|(node, account, amount)| Op::RewardNode { node, account, amount }),
        3 => (node(), who()).prop_map(|(node, account)| Op::ClaimReward { node, account }),
        1 => (node(), who()).prop_map(|(node, account)| Op::Compound { node, account }),
        1 => (node(), amount()).prop_map(|(node, amount)| Op::Slash { node, amount }),
    ];
    let emission = prop_oneof![
        // A few of the most are what a day can earn.
        4 => (who(), prop_oneof![0u64..100_000, 0u64..200_000_000])
            .prop_map(|(account, units)| Op::Credit { account, units }),
        3 => who().prop_map(|account| Op::ClaimEmission { account }),
        1 => (0usize..3).prop_map(|recipient| Op::Release { recipient }),
    ];
    let treasury = prop_oneof![
        2 => (who(), amount()).prop_map(|(account, amount)| Op::Endow { account, amount }),
        4 => (who(), amount()).prop_map(|(account, amount)| Op::Sell { account, amount }),
        1 => Just(Op::BurnBtt),
        1 => Just(Op::BurnBtk),
        1 => (who(), 0u128..120_000_000).prop_map(|(account, amount)| Op::SpendTreasury { account, amount }),
    ];
    let credits = prop_oneof![
        2 => (who(), amount()).prop_map(|(account, amount)| Op::FundTimebank { account, amount }),
        4 => (who(), 0u64..60_000).prop_map(|(account, credits)| Op::Deposit { account, credits }),
        4 => (who(), 0u128..200_000_000).prop_map(|(account, price)| Op::SpendCredits { account, price }),
        1 => Just(Op::Accrue),
        1 => amount().prop_map(|amount| Op::ReturnFunds { amount }),
        1 => (0usize..9).prop_map(|index| Op::Cancel { index }),
        1 => who().prop_map(|account| Op::WithdrawJob { account }),
    ];
    let wait = prop_oneof![6 => 1u64..DAY, 3 => DAY..4 * DAY, 1 => 20 * DAY..40 * DAY];
    prop_oneof![
        3 => money, 4 => stakes, 2 => emission, 2 => treasury, 3 => credits,
        2 => wait.prop_map(|seconds| Op::Wait { seconds }),
    ]
}

fn sequences() -> u32 {
    let asked = std::env::var("BITHIVE_ECONOMY_SEQUENCES").ok();
    asked.map_or(100, |text| text.parse().expect("BITHIVE_ECONOMY_SEQUENCES is a number"))
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: sequences(),
        rng_seed: RngSeed::Fixed(2_100_000_000),
        failure_persistence: None,
        max_shrink_iters: 2_000,
        ..ProptestConfig::default()
    })]

    /// 100 sequences of 1,000 operations.
    #[test]
    fn the_contracts_and_the_model_agree_on_every_operation(ops in prop::collection::vec(op(), OPERATIONS)) {
        let mut world = World::new();
        for (index, op) in ops.iter().enumerate() {
            let (model, contracts) = world.apply(op);
            prop_assert_eq!(contracts.is_ok(), model, "{}: {:?}: {:?}", index, op, contracts.err());
            if index % EVERY == EVERY - 1 {
                world.compare().map_err(|what| TestCaseError::fail(format!("{index}: {op:?}: {what}")))?;
            }
        }
        world.compare().map_err(TestCaseError::fail)?;
    }
}

/// Does an operation that the contracts and the model accept, or both refuse.
fn both(world: &mut World, op: &Op) {
    let (model, contracts) = world.apply(op);
    assert_eq!(contracts.is_ok(), model, "{op:?}: {:?}", contracts.err());
}

/// Two worlds in which the same happens, but in one of them everybody pokes and claims all the time: what each account has
/// and could claim in the end differs by a unit for each of its claims of a pool at most, and here by none.
#[test]
fn claiming_every_day_or_once_leaves_everybody_with_the_same() {
    let run = |often: bool| {
        let mut world = World::new();
        let claims = |world: &mut World| {
            for account in 0..ACCOUNTS {
                both(world, &Op::ClaimEmission { account });
                both(world, &Op::ClaimLocked { index: account });
            }
            both(world, &Op::Accrue);
            for recipient in 0..3 {
                both(world, &Op::Release { recipient });
            }
        };
        for account in 0..ACCOUNTS {
            let amount = 1_000_003 + account as u128;
            both(&mut world, &Op::Lock { locker: 0, owner: account, amount, immediate: 333, steps: 59 });
        }
        both(&mut world, &Op::FundTimebank { account: 1, amount: 900_000_000 });
        both(&mut world, &Op::Deposit { account: 2, credits: 60_000 });
        for day in 0..250u64 {
            for account in 0..ACCOUNTS {
                let units = 2_000_000 * (2 + (day * 7 + account as u64 * 13) % 50);
                both(&mut world, &Op::Credit { account, units });
            }
            both(&mut world, &Op::Wait { seconds: DAY });
            if often {
                claims(&mut world);
            }
        }
        claims(&mut world);
        world.compare().unwrap();
        world.balances()
    };
    let (often, once) = (run(true), run(false));
    for (a, b) in often.iter().zip(&once) {
        assert!(a.abs_diff(*b) <= 1, "{often:?} {once:?}");
    }
}
