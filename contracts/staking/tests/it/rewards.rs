//! Rewards, commissions, compounding.

use bithive_api::staking::ExecuteMsg;
use bithive_staking::ContractError;
use bithive_test_kit::refusal;
use bithive_test_kit::staking::{DAY, StakingSuite};
use cosmwasm_std::Addr;

/// A node with a pledge of 100 and a commission of 10 %; Alice delegates 300.
fn suite() -> (StakingSuite, Addr, Addr) {
    let mut suite = StakingSuite::new();
    let [node, alice] = ["node", "alice"].map(|name| suite.suite.account(name));
    suite.register(&node, 100).unwrap();
    suite.delegate(&alice, &node, 300).unwrap();
    (suite, node, alice)
}

fn rewards(suite: &StakingSuite, node: &Addr, of: &Addr) -> u128 {
    suite.delegation(node, of).map_or(0, |delegation| delegation.rewards.u128())
}

#[test]
fn the_operator_keeps_its_commission_and_the_rest_goes_by_stake() {
    let (mut suite, node, alice) = suite();
    suite.reward_due(&node, 1_000).unwrap();
    assert_eq!((rewards(&suite, &node, &node), rewards(&suite, &node, &alice)), (100 + 225, 675));
    suite.claim(&node, &alice).unwrap();
    suite.claim(&node, &node).unwrap();
    assert_eq!((suite.suite.balance(&alice), suite.suite.balance(&node)), (675, 325));
    assert_eq!(suite.totals().rewards.u128(), 0);
    suite.check();
}

#[test]
fn a_reward_is_due_evenly_over_seven_days_and_the_commission_at_once() {
    let (mut suite, node, alice) = suite();
    suite.reward(&node, 7_000).unwrap();
    assert_eq!((rewards(&suite, &node, &node), rewards(&suite, &node, &alice)), (700, 0));
    suite.suite.advance(DAY);
    // 900 of 6,300, of which Alice has three quarters.
    assert_eq!(rewards(&suite, &node, &alice), 675);
    suite.claim(&node, &alice).unwrap();
    suite.suite.advance(5 * DAY);
    assert_eq!(rewards(&suite, &node, &alice), 5 * 675);
    suite.suite.advance(30 * DAY);
    assert_eq!(rewards(&suite, &node, &alice), 6 * 675);
    suite.claim(&node, &alice).unwrap();
    suite.claim(&node, &node).unwrap();
    assert_eq!(suite.totals().rewards.u128(), 0);
    suite.check();
}

/// The attack: whoever sees a reward on its way delegates in its block, takes a part, and leaves.
#[test]
fn who_delegates_for_a_reward_and_leaves_takes_nothing() {
    let (mut suite, node, alice) = suite();
    let mallory = suite.suite.account("mallory");
    suite.delegate(&mallory, &node, 1_000_000).unwrap();
    suite.reward(&node, 1_000_000).unwrap();
    suite.unbond(&mallory, &node, None).unwrap();
    assert_eq!(rewards(&suite, &node, &mallory), 0);
    suite.suite.advance(7 * DAY);
    assert_eq!((rewards(&suite, &node, &mallory), rewards(&suite, &node, &alice)), (0, 675_000));
    // Who stays for a day has a part of that day.
    suite.delegate(&mallory, &node, 400).unwrap();
    suite.reward(&node, 7_000).unwrap();
    suite.suite.advance(DAY);
    suite.unbond(&mallory, &node, None).unwrap();
    suite.suite.advance(7 * DAY);
    assert_eq!(rewards(&suite, &node, &mallory), 450);
    suite.check();
}

#[test]
fn a_reward_waits_while_nobody_has_stake_and_the_next_who_comes_takes_none_of_that_time() {
    let (mut suite, node, alice) = suite();
    suite.suite.advance(540 * DAY);
    suite.execute(&alice, &ExecuteMsg::Unlock { node: node.to_string(), id: 1 }).unwrap();
    suite.reward(&node, 7_000).unwrap();
    suite.suite.advance(DAY);
    suite.unbond(&alice, &node, None).unwrap();
    // All of the second day is the operator's; then nobody is left.
    suite.suite.advance(DAY);
    suite.unbond(&node, &node, None).unwrap();
    assert_eq!(rewards(&suite, &node, &alice), 675);
    assert_eq!(rewards(&suite, &node, &node), 700 + 225 + 900);
    suite.suite.advance(100 * DAY);
    let bob = suite.suite.account("bob");
    suite.delegate(&bob, &node, 50).unwrap();
    assert_eq!(rewards(&suite, &node, &bob), 0);
    suite.suite.advance(2 * DAY);
    assert_eq!(rewards(&suite, &node, &bob), 1_800);
    suite.suite.advance(100 * DAY);
    assert_eq!(rewards(&suite, &node, &bob), 4_500);
    suite.check();
}

#[test]
fn who_comes_later_has_no_part_of_earlier_rewards() {
    let (mut suite, node, alice) = suite();
    let bob = suite.suite.account("bob");
    suite.reward_due(&node, 1_000).unwrap();
    suite.delegate(&bob, &node, 400).unwrap();
    assert_eq!(rewards(&suite, &node, &bob), 0);
    suite.reward_due(&node, 1_000).unwrap();
    assert_eq!((rewards(&suite, &node, &bob), rewards(&suite, &node, &alice)), (450, 675 + 337));
    // Whoever adds to its stake keeps what it had earned with less.
    suite.delegate(&alice, &node, 1).unwrap();
    assert_eq!(rewards(&suite, &node, &alice), 1_012);
    suite.check();
}

#[test]
fn rewards_are_claimed_once_and_survive_the_stake() {
    let (mut suite, node, alice) = suite();
    suite.reward_due(&node, 1_000).unwrap();
    suite.unbond(&alice, &node, None).unwrap();
    assert_eq!(rewards(&suite, &node, &alice), 675);
    suite.claim(&node, &alice).unwrap();
    let error: ContractError = refusal(suite.claim(&node, &alice));
    assert_eq!(error, ContractError::NothingDue { node: node.to_string(), delegator: alice.to_string() });
    assert_eq!((suite.suite.balance(&alice), suite.delegation(&node, &alice)), (675, None));
    suite.check();
}

#[test]
fn rewards_become_stake_on_command() {
    let (mut suite, node, alice) = suite();
    suite.reward_due(&node, 1_000).unwrap();
    let compound = ExecuteMsg::Compound { node: node.to_string() };
    suite.execute(&alice, &compound).unwrap();
    let delegation = suite.delegation(&node, &alice).unwrap();
    assert_eq!((delegation.stake.u128(), delegation.rewards.u128()), (975, 0));
    assert!(matches!(refusal(suite.execute(&alice, &compound)), ContractError::NothingDue { .. }));
    // The operator's own are not locked.
    suite.execute(&node, &compound).unwrap();
    let own = suite.delegation(&node, &node).unwrap();
    assert_eq!((own.stake.u128(), own.locked.u128()), (425, 100));
    suite.check();
}

#[test]
fn rewards_too_small_for_a_unit_each_add_up() {
    let (mut suite, node, alice) = suite();
    let bob = suite.suite.account("bob");
    suite.delegate(&bob, &node, 1_000_000_000).unwrap();
    for _ in 0..1_000 {
        suite.reward(&node, 1).unwrap();
    }
    suite.suite.advance(7 * DAY);
    // A commission of a tenth of a unit is rounded down to nothing, so the pool has all of it.
    assert_eq!((rewards(&suite, &node, &bob), rewards(&suite, &node, &alice)), (999, 0));
    suite.check();
}

#[test]
fn a_changed_commission_holds_for_later_rewards_only() {
    let (mut suite, node, alice) = suite();
    suite.reward_due(&node, 1_000).unwrap();
    suite.execute(&node, &ExecuteMsg::SetCommission { commission_bps: 2_000 }).unwrap();
    assert_eq!(rewards(&suite, &node, &alice), 675);
    suite.reward_due(&node, 1_000).unwrap();
    assert_eq!(rewards(&suite, &node, &alice), 675 + 600);
}

#[test]
fn a_pool_that_nobody_has_stake_in_takes_no_reward() {
    let (mut suite, node, alice) = suite();
    suite.unbond(&alice, &node, None).unwrap();
    suite.suite.advance(540 * DAY);
    suite.execute(&alice, &ExecuteMsg::Unlock { node: node.to_string(), id: 1 }).unwrap();
    suite.unbond(&node, &node, None).unwrap();
    let error: ContractError = refusal(suite.reward(&node, 5));
    assert_eq!(error, ContractError::NoStake { node: node.to_string() });
    suite.check();
}
