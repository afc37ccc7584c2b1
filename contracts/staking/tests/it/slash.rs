//! Slashes, unbonding, voting power.

use bithive_api::staking::{ExecuteMsg, QueryMsg, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_economics::pool::PoolError;
use bithive_staking::ContractError;
use bithive_test_kit::refusal;
use bithive_test_kit::staking::{DAY, StakingSuite};
use cosmwasm_std::{Addr, Uint128};

/// A node with a pledge of 100; Alice delegates 300.
fn suite() -> (StakingSuite, Addr, Addr) {
    let mut suite = StakingSuite::new();
    let [node, alice] = ["node", "alice"].map(|name| suite.suite.account(name));
    suite.register(&node, 100).unwrap();
    suite.delegate(&alice, &node, 300).unwrap();
    (suite, node, alice)
}

fn stake(suite: &StakingSuite, node: &Addr, of: &Addr) -> u128 {
    suite.delegation(node, of).map_or(0, |delegation| delegation.stake.u128())
}

#[test]
fn a_slash_reaches_pledge_delegations_and_what_is_unbonding() {
    let (mut suite, node, alice) = suite();
    suite.unbond(&alice, &node, Some(200)).unwrap();
    suite.slash(&node, 101).unwrap();
    // Of 200 + 200: 50 of what is unbonding, 51 of what is staked.
    assert_eq!(suite.unbondings(&alice)[0].amount.u128(), 150);
    assert_eq!((stake(&suite, &node, &node), stake(&suite, &node, &alice)), (74, 74));
    assert_eq!(suite.node(&node).slashed.u128(), 101);
    // Half is burnt, rounded down; the treasury has the rest.
    assert_eq!(suite.suite.supply(&suite.suite.btt.clone()).burnt.u128(), 50);
    assert_eq!(suite.suite.balance(&suite.suite.treasury.clone()), 51);
    suite.suite.advance(21 * DAY);
    suite.withdraw(suite.unbondings(&alice)[0].id).unwrap();
    assert_eq!(suite.suite.balance(&alice), 150);
    suite.check();
}

#[test]
fn a_slash_takes_what_is_there_and_never_more() {
    let (mut suite, node, alice) = suite();
    suite.unbond(&alice, &node, Some(100)).unwrap();
    suite.slash(&node, u128::MAX).unwrap();
    assert_eq!((suite.node(&node).stake.u128(), suite.node(&node).unbonding.u128()), (0, 0));
    assert_eq!(suite.node(&node).slashed.u128(), 400);
    suite.slash(&node, 1).unwrap();
    assert_eq!(suite.node(&node).slashed.u128(), 400);
    suite.check();
}

#[test]
fn a_node_that_lost_everything_takes_no_stake_and_lets_everybody_go() {
    let (mut suite, node, alice) = suite();
    suite.unbond(&alice, &node, Some(100)).unwrap();
    let id = suite.unbondings(&alice)[0].id;
    suite.slash(&node, 400).unwrap();
    let error: ContractError = refusal(suite.delegate(&alice, &node, 5));
    assert_eq!(error, ContractError::Pool { node: node.to_string(), error: PoolError::Empty });
    suite.unbond(&alice, &node, None).unwrap();
    assert_eq!(suite.unbondings(&alice).len(), 1, "nothing begins to unbond that is worth nothing");
    suite.suite.advance(540 * DAY);
    suite.withdraw(id).unwrap();
    assert_eq!(suite.suite.balance(&alice), 5, "the five that were refused");
    suite.execute(&alice, &ExecuteMsg::Unlock { node: node.to_string(), id: 1 }).unwrap();
    suite.unbond(&node, &node, None).unwrap();
    // Nobody has a share any more, and the node begins anew.
    suite.delegate(&alice, &node, 7).unwrap();
    assert_eq!(stake(&suite, &node, &alice), 7);
    suite.check();
}

#[test]
fn what_unbonds_after_everything_was_slashed_is_whole() {
    let (mut suite, node, alice) = suite();
    let bob = suite.suite.account("bob");
    suite.unbond(&alice, &node, None).unwrap();
    // Nothing is staked but the pledge, so that a slash of everything leaves shares on both sides.
    suite.slash(&node, 400).unwrap();
    suite.suite.advance(540 * DAY);
    suite.execute(&bob, &ExecuteMsg::Unlock { node: node.to_string(), id: 1 }).unwrap();
    suite.unbond(&node, &node, None).unwrap();
    suite.delegate(&bob, &node, 50).unwrap();
    suite.unbond(&bob, &node, None).unwrap();
    assert_eq!(suite.unbondings(&bob)[0].amount.u128(), 50);
    let id = suite.unbondings(&alice)[0].id;
    suite.withdraw(id).unwrap();
    assert_eq!((suite.suite.balance(&alice), suite.unbondings(&bob)[0].amount.u128()), (0, 50));
    suite.check();
}

#[test]
fn only_slashers_slash_and_say_why() {
    let (mut suite, node, alice) = suite();
    let slash = |amount: u128, reason: String| ExecuteMsg::Slash {
        node: node.to_string(),
        amount: amount.into(),
        reason,
    };
    let owner = suite.suite.owner.clone();
    let mut refused = |sender: &Addr, message| refusal::<ContractError>(suite.execute(sender, &message));
    for stranger in [&alice, &node, &owner] {
        let expected = Unauthorized::new(stranger, "a slasher that the owner has named");
        assert_eq!(refused(stranger, slash(1, String::new())), ContractError::Unauthorized(expected));
    }
    let slasher = suite.slasher.clone();
    let mut refused = |message| refusal::<ContractError>(suite.execute(&slasher, &message));
    assert_eq!(
        refused(slash(0, String::new())),
        ContractError::Input(InputError::Zero { field: "the amount" })
    );
    let found = limits::MAX_REASON + 1;
    assert_eq!(
        refused(slash(1, "é".repeat(found))),
        ContractError::Input(InputError::Characters { field: "the reason", found, most: limits::MAX_REASON })
    );
    suite.execute(&owner, &ExecuteMsg::SetSlasher { slasher: slasher.to_string(), allowed: false }).unwrap();
    assert!(matches!(refusal(suite.slash(&node, 1)), ContractError::Unauthorized(_)));
}

#[test]
fn stake_leaves_after_21_days_and_is_paid_once() {
    let (mut suite, node, alice) = suite();
    let error: ContractError = refusal(suite.unbond(&alice, &node, Some(301)));
    assert_eq!(error, ContractError::NotFree { asked: Uint128::new(301), free: Uint128::new(300) });
    assert!(matches!(
        refusal(suite.unbond(&alice, &node, Some(0))),
        ContractError::Input(InputError::Zero { .. })
    ));
    suite.unbond(&alice, &node, Some(120)).unwrap();
    let id = suite.unbondings(&alice)[0].id;
    suite.suite.advance(21 * DAY - 1);
    assert!(matches!(refusal(suite.withdraw(id)), ContractError::TooEarly { .. }));
    suite.suite.advance(1);
    suite.withdraw(id).unwrap();
    assert_eq!(refusal::<ContractError>(suite.withdraw(id)), ContractError::NoUnbonding { id });
    assert_eq!((suite.suite.balance(&alice), stake(&suite, &node, &alice)), (120, 180));
    suite.check();
}

#[test]
fn votes_count_what_was_staked_before_the_block() {
    let (mut suite, node, alice) = suite();
    let bob = suite.suite.account("bob");
    suite.suite.advance_blocks(10);
    let height = suite.suite.app.block_info().height;
    // In the block of a vote nothing that is staked, unbonded or slashed changes it.
    suite.delegate(&bob, &node, 1_000).unwrap();
    suite.unbond(&alice, &node, Some(200)).unwrap();
    suite.slash(&node, 50).unwrap();
    assert_eq!((suite.power(&alice, &[&node], height), suite.power(&bob, &[&node], height)), (300, 0));
    let total = |suite: &StakingSuite, height| {
        suite.suite.query::<Uint128>(&suite.staking, &QueryMsg::TotalPower { height })
    };
    assert_eq!(total(&suite, height).u128(), 400);
    suite.suite.advance_blocks(1);
    let next = suite.suite.app.block_info().height;
    assert_eq!(total(&suite, next), suite.totals().staked);
    let powers = [&node, &alice, &bob].map(|account| suite.power(account, &[&node], next));
    assert_eq!(powers, [&node, &alice, &bob].map(|account| stake(&suite, &node, account)));
    assert_eq!(suite.power(&alice, &[&node], 0), 0);
}

#[test]
fn a_node_counts_once_in_a_vote() {
    let (suite, node, alice) = suite();
    let query =
        QueryMsg::VotingPower { delegator: alice.to_string(), nodes: vec![node.to_string(); 2], height: 5 };
    let app = suite.suite.app.wrap();
    let twice = app.query_wasm_smart::<Uint128>(&suite.staking, &query).unwrap_err();
    assert!(twice.to_string().contains("more than once"), "{twice}");
    let query =
        QueryMsg::VotingPower { delegator: alice.to_string(), nodes: vec![node.to_string(); 31], height: 5 };
    let many = app.query_wasm_smart::<Uint128>(&suite.staking, &query).unwrap_err();
    assert!(many.to_string().contains("at most 30"), "{many}");
}

/// The attack: an owner names itself, or a contract of its own, as a slasher and cuts everybody's stake in one block.
#[test]
fn a_slasher_is_a_contract_and_takes_effect_after_a_delay_in_which_stake_can_leave() {
    use bithive_api::delay::limits;
    let mut suite = StakingSuite::new();
    let (owner, stranger) = (suite.suite.owner.clone(), suite.suite.account("stranger"));
    let set =
        |slasher: &cosmwasm_std::Addr| ExecuteMsg::SetSlasher { slasher: slasher.to_string(), allowed: true };
    let error: ContractError = refusal(suite.execute(&owner, &set(&owner)));
    assert!(error.to_string().contains("expected a contract"), "{error}");
    suite.suite.advance(limits::SETUP_SECONDS);
    let other = bithive_test_kit::faucet::instantiate(&mut suite.suite.app, &owner);
    suite.execute(&owner, &set(&other)).unwrap();
    let slash = ExecuteMsg::Slash { node: stranger.to_string(), amount: 1u128.into(), reason: "x".into() };
    let refused =
        |suite: &mut StakingSuite| refusal::<ContractError>(suite.execute(&other, &slash)).to_string();
    assert!(refused(&mut suite).contains("expected a slasher"), "{}", refused(&mut suite));
    suite.suite.advance(limits::DELAY_SECONDS);
    suite.execute(&stranger, &ExecuteMsg::ApplySetting { id: 1 }).unwrap();
    assert!(!refused(&mut suite).contains("expected a slasher"));
}
