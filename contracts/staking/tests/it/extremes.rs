//! The ends of all ranges: amounts of 128 bits, gifts, a clock that goes back.

use bithive_api::staking::{ExecuteMsg, Hook};
use bithive_staking::ContractError;
use bithive_test_kit::staking::{DAY, StakingSuite};
use bithive_test_kit::{UNIT, refusal};
use cosmwasm_std::{Addr, Uint128, to_json_binary};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;
use cw20::Cw20ReceiveMsg;

fn suite() -> (StakingSuite, Addr, Addr) {
    let mut suite = StakingSuite::new();
    let [node, alice] = ["node", "alice"].map(|name| suite.suite.account(name));
    suite.register(&node, 800).unwrap();
    (suite, node, alice)
}

/// What a token without a cap could say that it has moved.
fn hook(suite: &mut StakingSuite, from: &Addr, amount: u128, hook: &Hook) -> AnyResult<AppResponse> {
    let (token, msg) = (suite.suite.btt.clone(), to_json_binary(hook).unwrap());
    let hook = Cw20ReceiveMsg { sender: from.to_string(), amount: amount.into(), msg };
    suite.execute(&token, &ExecuteMsg::Receive(hook))
}

#[test]
fn amounts_that_leave_128_bits_are_refused_and_nothing_moves() {
    let (mut suite, node, alice) = suite();
    let address = || node.to_string();
    for message in [Hook::Delegate { node: address() }, Hook::Reward { node: address() }, Hook::Pledge {}] {
        let from = if message == (Hook::Pledge {}) { node.clone() } else { alice.clone() };
        let error: ContractError = refusal(hook(&mut suite, &from, u128::MAX, &message));
        let refused = matches!(error, ContractError::Pool { .. } | ContractError::Overflow(_));
        assert!(refused, "{message:?}: {error}");
        suite.check();
    }
    assert_eq!((suite.node(&node).stake.u128(), suite.delegation(&node, &alice)), (800, None));
    // The sums over all nodes are guarded as each node's are.
    let other = suite.suite.account("another node");
    let register = Hook::Register { tera: 8, commission_bps: 0 };
    let error: ContractError = refusal(hook(&mut suite, &other, u128::MAX, &register));
    assert!(matches!(error, ContractError::Overflow(_)), "{error}");
    suite.check();
}

#[test]
fn a_gift_makes_no_share_dearer_and_the_first_of_a_pool_takes_nothing_from_the_second() {
    let (mut suite, node, alice) = suite();
    let bob = suite.suite.account("bob");
    suite.delegate(&alice, &node, 1).unwrap();
    // Sent without a hook: nobody's, and no part of the rate.
    let staking = suite.staking.clone();
    suite.suite.fund(&staking, 1_000_000 * UNIT);
    suite.delegate(&bob, &node, 999).unwrap();
    assert_eq!(suite.delegation(&node, &bob).unwrap().stake.u128(), 999);
    // A slash leaves more shares than tokens, and who comes next pays no more than its stake is worth but for a unit.
    suite.slash(&node, 1_799).unwrap();
    suite.delegate(&alice, &node, 77).unwrap();
    let stake = suite.delegation(&node, &alice).unwrap().stake.u128();
    assert!((76..=77).contains(&stake), "{stake}");
}

#[test]
fn a_clock_that_goes_back_unlocks_and_pays_nothing_early_nor_twice() {
    let (mut suite, node, alice) = suite();
    suite.delegate(&alice, &node, 300).unwrap();
    suite.suite.advance(540 * DAY);
    suite.unbond(&alice, &node, Some(100)).unwrap();
    let id = suite.unbondings(&alice)[0].id;
    let back = |suite: &mut StakingSuite, days| {
        suite.suite.app.update_block(|block| block.time = block.time.minus_days(days));
    };
    back(&mut suite, 1);
    let unlock = ExecuteMsg::Unlock { node: node.to_string(), id: 1 };
    assert!(matches!(refusal(suite.execute(&alice, &unlock)), ContractError::TooEarly { .. }));
    suite.suite.advance(21 * DAY);
    assert!(matches!(refusal(suite.withdraw(id)), ContractError::TooEarly { .. }));
    assert_eq!((suite.suite.balance(&alice), suite.node(&node).stake.u128()), (0, 1_000));
    suite.suite.advance(DAY);
    suite.withdraw(id).unwrap();
    suite.execute(&alice, &unlock).unwrap();
    // Before the emission began, too, nothing changes but what is still locked.
    back(&mut suite, 1_000);
    assert_eq!(refusal::<ContractError>(suite.withdraw(id)), ContractError::NoUnbonding { id });
    suite.reward_due(&node, 1_000).unwrap();
    suite.claim(&node, &alice).unwrap();
    let paid = suite.suite.balance(&alice);
    assert!(matches!(refusal(suite.claim(&node, &alice)), ContractError::NothingDue { .. }));
    // A fifth of 900, but for the unit that the rate per share is rounded by.
    assert_eq!((paid, suite.suite.balance(&alice)), (100 + 179, 100 + 179));
    assert_eq!(suite.node(&node).earning_bps, 5_000, "the capacity asks for as much as at the start");
    suite.check();
}

#[test]
fn nobody_takes_what_is_anothers_and_a_stranger_pays_the_owner_only() {
    let (mut suite, node, alice) = suite();
    let eve = suite.suite.account("eve");
    suite.delegate(&alice, &node, 300).unwrap();
    suite.reward_due(&node, 1_000).unwrap();
    assert!(matches!(refusal(suite.unbond(&eve, &node, Some(1))), ContractError::NotFree { .. }));
    assert!(matches!(refusal(suite.claim(&node, &eve)), ContractError::NothingDue { .. }));
    let compound = ExecuteMsg::Compound { node: node.to_string() };
    assert!(matches!(refusal(suite.execute(&eve, &compound)), ContractError::NothingDue { .. }));
    assert!(matches!(refusal(suite.withdraw(77)), ContractError::NoUnbonding { id: 77 }));
    let claim = ExecuteMsg::ClaimRewards { node: node.to_string(), delegator: alice.to_string() };
    suite.execute(&eve, &claim).unwrap();
    assert_eq!(suite.suite.balance(&eve), 0);
    assert_eq!(suite.suite.balance(&alice), 900 * 300 / 1_100);
    assert_eq!(suite.delegation(&node, &alice).unwrap().rewards, Uint128::zero());
    suite.check();
}
