//! Random sequences of messages: what the contract holds is what people put in and did not take out, to the unit.

use bithive_api::staking::{ExecuteMsg, Hook};
use bithive_test_kit::staking::{DAY, StakingSuite};
use cosmwasm_std::Addr;
use proptest::prelude::*;
use proptest::test_runner::RngSeed;

const NODES: usize = 2;
const DELEGATORS: usize = 3;

#[derive(Clone, Debug)]
enum Op {
    Pledge { node: usize, amount: u128 },
    Delegate { by: usize, node: usize, amount: u128 },
    Reward { node: usize, amount: u128 },
    Unbond { by: usize, node: usize, part: u8 },
    Slash { node: usize, amount: u128 },
    Claim { of: usize, node: usize },
    Compound { by: usize, node: usize },
    Withdraw { of: usize },
    Wait { days: u64 },
}

fn op() -> impl Strategy<Value = Op> {
    let node = || 0..NODES;
    // Delegators, and after them the operators.
    let who = || 0..DELEGATORS + NODES;
    let amount = || prop_oneof![6 => 1u128..1_000_000, 1 => 1u128..10, 1 => 1u128..1 << 42];
    prop_oneof![
        1 => (node(), amount()).prop_map(|(node, amount)| Op::Pledge { node, amount }),
        5 => (0..DELEGATORS, node(), amount()).prop_map(|(by, node, amount)| Op::Delegate { by, node, amount }),
        4 => (node(), amount()).prop_map(|(node, amount)| Op::Reward { node, amount }),
        4 => (who(), node(), 1u8..=4).prop_map(|(by, node, part)| Op::Unbond { by, node, part }),
        1 => (node(), amount()).prop_map(|(node, amount)| Op::Slash { node, amount }),
        3 => (who(), node()).prop_map(|(of, node)| Op::Claim { of, node }),
        2 => (who(), node()).prop_map(|(by, node)| Op::Compound { by, node }),
        4 => who().prop_map(|of| Op::Withdraw { of }),
        3 => (1u64..30).prop_map(|days| Op::Wait { days }),
    ]
}

/// What the accounts put in and got out, told by their balances alone.
#[derive(Default)]
struct Books {
    put_in: u128,
    got_out: u128,
    slashed: u128,
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 150,
        rng_seed: RngSeed::Fixed(5),
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// 150 sequences of 80 messages.
    #[test]
    fn what_is_held_is_what_was_put_in_and_not_taken_out(ops in prop::collection::vec(op(), 80)) {
        let mut suite = StakingSuite::new();
        let account = |name: &str| suite.suite.account(name);
        let mut accounts: Vec<Addr> = (0..DELEGATORS).map(|index| account(&format!("delegator {index}"))).collect();
        accounts.extend((0..NODES).map(|index| account(&format!("node {index}"))));
        let nodes = accounts[DELEGATORS..].to_vec();
        let mut books = Books::default();
        for node in &nodes {
            suite.register(node, 1_000).unwrap();
            books.put_in += 1_000;
        }
        for op in &ops {
            let balances = |suite: &StakingSuite| accounts.iter().map(|account| suite.suite.balance(account)).sum::<u128>();
            let (before, burnt) = (balances(&suite), suite.node(&nodes[0]).slashed + suite.node(&nodes[1]).slashed);
            match op {
                Op::Pledge { node, amount } => {
                    if suite.send(&nodes[*node], *amount, &Hook::Pledge {}).is_ok() {
                        books.put_in += amount;
                    }
                }
                Op::Delegate { by, node, amount } => {
                    if suite.delegate(&accounts[*by], &nodes[*node], *amount).is_ok() {
                        books.put_in += amount;
                    }
                }
                Op::Reward { node, amount } => {
                    if suite.reward(&nodes[*node], *amount).is_ok() {
                        books.put_in += amount;
                    }
                }
                Op::Unbond { by, node, part } => {
                    let found = suite.delegation(&nodes[*node], &accounts[*by]);
                    let free = found.map_or(0, |delegation| (delegation.shares - delegation.locked).u128());
                    let asked = free / 4 * u128::from(*part);
                    let result = suite.unbond(&accounts[*by], &nodes[*node], Some(asked));
                    prop_assert_eq!(result.is_ok(), asked > 0, "{:?}", result.err());
                }
                Op::Slash { node, amount } => {
                    suite.slash(&nodes[*node], *amount).unwrap();
                }
                Op::Claim { of, node } => drop(suite.claim(&nodes[*node], &accounts[*of])),
                Op::Compound { by, node } => {
                    let node = nodes[*node].to_string();
                    drop(suite.execute(&accounts[*by], &ExecuteMsg::Compound { node }));
                }
                Op::Withdraw { of } => {
                    if let Some(entry) = suite.unbondings(&accounts[*of]).first() {
                        let due = entry.until <= suite.suite.now();
                        let before = suite.suite.balance(&accounts[*of]);
                        let result = suite.withdraw(entry.id);
                        prop_assert_eq!(result.is_ok(), due, "{:?}", result.err());
                        if due {
                            prop_assert_eq!(suite.suite.balance(&accounts[*of]), before + entry.amount.u128());
                        }
                    }
                }
                Op::Wait { days } => suite.suite.advance(days * DAY),
            }
            // A refused payment in leaves the account with what it was given: it is neither in nor out.
            let paid = matches!(op, Op::Claim { .. } | Op::Withdraw { .. });
            if paid {
                books.got_out += balances(&suite) - before;
            }
            let slashed = suite.node(&nodes[0]).slashed + suite.node(&nodes[1]).slashed;
            books.slashed += (slashed - burnt).u128();
            let totals = suite.totals();
            let held = (totals.staked + totals.unbonding + totals.rewards).u128();
            prop_assert_eq!(held, books.put_in - books.got_out - books.slashed, "{:?}", op);
            suite.check();
            let mut rewards = 0;
            for node in &nodes {
                let response = suite.node(node);
                let stakes: Vec<_> = accounts.iter().filter_map(|account| suite.delegation(node, account)).collect();
                let shares: u128 = stakes.iter().map(|stake| stake.shares.u128()).sum();
                prop_assert_eq!(shares, response.shares.u128());
                let worth: u128 = stakes.iter().map(|stake| stake.stake.u128()).sum();
                prop_assert!(worth <= response.stake.u128());
                rewards += stakes.iter().map(|stake| stake.rewards.u128()).sum::<u128>();
            }
            prop_assert!(rewards <= totals.rewards.u128(), "{rewards} promised of {}", totals.rewards);
        }
    }
}
