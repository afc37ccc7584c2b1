//! Registration, pledges, delegations, and what is set.

use bithive_api::MigrateMsg;
use bithive_api::staking::{
    ConfigResponse, DelegationResponse, ExecuteMsg, Hook, LockResponse, Params, QueryMsg,
};
use bithive_contract_kit::InputError;
use bithive_staking::ContractError;
use bithive_test_kit::staking::{DAY, StakingSuite, code, params};
use bithive_test_kit::{FEE_DENOM, START, Suite, UNIT, refusal, token};
use cosmwasm_std::{Addr, Uint128, coins, to_json_binary};
use cw_multi_test::Executor;
use cw20::Cw20ReceiveMsg;

fn suite() -> (StakingSuite, Addr, Addr) {
    let suite = StakingSuite::new();
    let [node, alice] = ["node", "alice"].map(|name| suite.suite.account(name));
    (suite, node, alice)
}

#[test]
fn a_pledge_is_for_a_capacity_and_doubles_at_each_halving() {
    let (mut suite, node, _) = suite();
    suite.register(&node, 800 * UNIT).unwrap();
    let at_once = suite.node(&node);
    assert_eq!(
        (at_once.pledge.u128(), at_once.required.u128(), at_once.earning_bps),
        (800 * UNIT, 800 * UNIT, 10_000)
    );
    suite.suite.advance(2_100 * DAY);
    let halved = suite.node(&node);
    assert_eq!((halved.required.u128(), halved.earning_bps), (1_600 * UNIT, 5_000));
    suite.send(&node, 800 * UNIT, &Hook::Pledge {}).unwrap();
    assert_eq!(suite.node(&node).earning_bps, 10_000);
    suite.execute(&node, &ExecuteMsg::SetCapacity { tera: 16 }).unwrap();
    assert_eq!((suite.node(&node).required.u128(), suite.node(&node).earning_bps), (3_200 * UNIT, 5_000));
    suite.check();
}

#[test]
fn delegations_are_no_pledge() {
    let (mut suite, node, alice) = suite();
    suite.register(&node, 799 * UNIT).unwrap();
    suite.delegate(&alice, &node, 5_000 * UNIT).unwrap();
    let response = suite.node(&node);
    assert_eq!((response.pledge.u128(), response.stake.u128()), (799 * UNIT, 5_799 * UNIT));
    assert_eq!(response.earning_bps, 5_000);
}

#[test]
fn a_pledge_is_locked_for_540_days_from_each_addition() {
    let (mut suite, node, alice) = suite();
    suite.register(&node, 100).unwrap();
    suite.suite.advance(DAY);
    suite.send(&node, 50, &Hook::Pledge {}).unwrap();
    let query = QueryMsg::Locks { node: node.to_string(), start_after: None, limit: None };
    let locks: Vec<LockResponse> = suite.suite.query(&suite.staking, &query);
    let expected = [(1, 100, START + 540 * DAY), (2, 50, START + 541 * DAY)];
    assert_eq!(
        locks,
        expected.map(|(id, shares, until)| LockResponse { id, shares: Uint128::new(shares), until })
    );
    let error: ContractError = refusal(suite.unbond(&node, &node, Some(1)));
    assert_eq!(error, ContractError::NotFree { asked: Uint128::one(), free: Uint128::zero() });
    let unlock = |id| ExecuteMsg::Unlock { node: node.to_string(), id };
    suite.suite.advance(539 * DAY - 1);
    let (now, until) = (START + 540 * DAY - 1, START + 540 * DAY);
    assert_eq!(
        refusal::<ContractError>(suite.execute(&alice, &unlock(1))),
        ContractError::TooEarly { now, until }
    );
    suite.suite.advance(1);
    suite.execute(&alice, &unlock(1)).unwrap();
    let error: ContractError = refusal(suite.execute(&alice, &unlock(1)));
    assert_eq!(error, ContractError::NoLock { node: node.to_string(), id: 1 });
    suite.unbond(&node, &node, None).unwrap();
    assert_eq!(suite.unbondings(&node)[0].amount.u128(), 100);
    assert_eq!(suite.node(&node).pledge.u128(), 50);
    suite.check();
}

/// The attack: stake that can leave at any time counts as a pledge, as what rewards became does.
#[test]
fn stake_is_a_pledge_once_the_operator_locks_it() {
    let (mut suite, node, alice) = suite();
    suite.register(&node, 300 * UNIT).unwrap();
    suite.reward_due(&node, 600 * UNIT).unwrap();
    suite.execute(&node, &ExecuteMsg::Compound { node: node.to_string() }).unwrap();
    let own = suite.delegation(&node, &node).unwrap();
    assert!(own.stake.u128() >= 800 * UNIT);
    let response = suite.node(&node);
    assert_eq!((response.pledge.u128(), response.earning_bps), (300 * UNIT, 5_000));
    suite.execute(&node, &ExecuteMsg::Lock { shares: Some((500 * UNIT).into()) }).unwrap();
    let response = suite.node(&node);
    assert_eq!((response.pledge.u128(), response.earning_bps), (800 * UNIT, 10_000));
    let left = (own.shares - own.locked).u128() - 500 * UNIT;
    let error: ContractError = refusal(suite.unbond(&node, &node, Some(left + 1)));
    assert_eq!(error, ContractError::NotFree { asked: (left + 1).into(), free: left.into() });
    let too_much = ExecuteMsg::Lock { shares: Some((left + 1).into()) };
    let error: ContractError = refusal(suite.execute(&node, &too_much));
    assert_eq!(error, ContractError::NotFree { asked: (left + 1).into(), free: left.into() });
    suite.execute(&node, &ExecuteMsg::Lock { shares: None }).unwrap();
    let all = ExecuteMsg::Lock { shares: None };
    assert!(matches!(refusal(suite.execute(&node, &all)), ContractError::Input(_)));
    assert!(matches!(refusal(suite.execute(&alice, &all)), ContractError::NotNode { .. }));
    // For 540 days from then on; what a lock has let go can be locked again.
    let until = suite.suite.now() + 540 * DAY;
    let query = QueryMsg::Locks { node: node.to_string(), start_after: Some(1), limit: None };
    let locks: Vec<LockResponse> = suite.suite.query(&suite.staking, &query);
    assert_eq!(locks.iter().map(|lock| lock.until).collect::<Vec<_>>(), [until; 2]);
    suite.suite.advance(540 * DAY);
    for id in [1, 2, 3] {
        suite.execute(&alice, &ExecuteMsg::Unlock { node: node.to_string(), id }).unwrap();
    }
    assert_eq!(suite.node(&node).pledge.u128(), 0);
    suite.execute(&node, &all).unwrap();
    assert_eq!(suite.node(&node).earning_bps, 10_000);
    suite.check();
}

/// A node of an earlier version has no rewards on their way.
#[test]
fn a_node_of_an_earlier_version_keeps_its_stakes_and_rewards() {
    let (mut suite, node, alice) = suite();
    suite.register(&node, 100).unwrap();
    suite.delegate(&alice, &node, 300).unwrap();
    suite.reward_due(&node, 1_000).unwrap();
    suite.claim(&node, &node).unwrap();
    let before = suite.delegation(&node, &alice);
    {
        let mut storage = suite.suite.app.contract_storage_mut(&suite.staking);
        let key = [b"\0\x05nodes".as_slice(), node.as_bytes()].concat();
        let mut stored: serde_json::Value = serde_json::from_slice(&storage.get(&key).unwrap()).unwrap();
        assert!(stored.as_object_mut().unwrap().remove("stream").is_some());
        storage.set(&key, &serde_json::to_vec(&stored).unwrap());
    }
    let (owner, code_id) = (suite.suite.owner.clone(), suite.suite.app.store_code(code()));
    let staking = suite.staking.clone();
    suite.suite.app.migrate_contract(owner, staking, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(suite.delegation(&node, &alice), before);
    suite.reward_due(&node, 1_000).unwrap();
    suite.claim(&node, &alice).unwrap();
    assert_eq!(suite.suite.balance(&alice), 2 * 675);
    suite.check();
}

#[test]
fn bad_stakes_are_refused_and_nothing_moves() {
    let (mut suite, node, alice) = suite();
    let register = |tera, commission_bps| Hook::Register { tera, commission_bps };
    let mut refused = |account: &Addr, amount, hook: &Hook| {
        let before = suite.suite.balance(account);
        let error: ContractError = refusal(suite.send(account, amount, hook));
        assert_eq!(suite.suite.balance(account), before + amount);
        suite.check();
        error
    };
    assert_eq!(
        refused(&node, 0, &register(8, 0)),
        ContractError::Input(InputError::Zero { field: "the amount" })
    );
    assert_eq!(refused(&node, 5, &register(9, 0)), ContractError::Capacity { tera: 9 });
    let error = refused(&node, 5, &register(8, 2_001));
    assert_eq!(error.to_string(), "commission_bps is 2001; expected 0 to 2000");
    let absent = ContractError::NotNode { node: node.to_string() };
    assert_eq!(refused(&alice, 5, &Hook::Delegate { node: node.to_string() }), absent);
    assert_eq!(refused(&node, 5, &Hook::Pledge {}), absent);
    assert_eq!(refused(&alice, 5, &Hook::Reward { node: node.to_string() }), absent);
    suite.register(&node, 100).unwrap();
    let mut refused =
        |account: &Addr, amount, hook: &Hook| refusal::<ContractError>(suite.send(account, amount, hook));
    assert_eq!(
        refused(&node, 5, &register(8, 0)),
        ContractError::AlreadyRegistered { node: node.to_string() }
    );
    let own = Hook::Delegate { node: node.to_string() };
    assert_eq!(refused(&node, 5, &own), ContractError::OwnNode { node: node.to_string() });
}

#[test]
fn a_hook_of_another_token_is_refused() {
    let (mut suite, node, _) = suite();
    let msg = to_json_binary(&Hook::Register { tera: 8, commission_bps: 0 }).unwrap();
    let hook = Cw20ReceiveMsg { sender: node.to_string(), amount: Uint128::new(1 << 60), msg };
    let error: ContractError = refusal(suite.execute(&node, &ExecuteMsg::Receive(hook)));
    assert!(matches!(error, ContractError::Input(InputError::NotTheToken { .. })), "{error}");
    assert_eq!(suite.totals().staked.u128(), 0);
}

#[test]
fn settings_have_bounds_and_owners() {
    let (mut suite, node, alice) = suite();
    let owner = suite.suite.owner.clone();
    suite.register(&node, 100).unwrap();
    let mut refused = |sender: &Addr, message| refusal::<ContractError>(suite.execute(sender, &message));
    assert_eq!(refused(&node, ExecuteMsg::SetCapacity { tera: 0 }), ContractError::Capacity { tera: 0 });
    assert!(matches!(
        refused(&node, ExecuteMsg::SetCommission { commission_bps: 10_001 }),
        ContractError::Input(InputError::OutOfBounds { .. })
    ));
    let absent = ContractError::NotNode { node: alice.to_string() };
    assert_eq!(refused(&alice, ExecuteMsg::SetCommission { commission_bps: 1 }), absent);
    let messages = [
        ExecuteMsg::SetSlasher { slasher: alice.to_string(), allowed: true },
        ExecuteMsg::SetPaused { paused: true },
        ExecuteMsg::TransferOwnership { new_owner: alice.to_string() },
    ];
    for message in messages {
        assert!(matches!(refused(&alice, message), ContractError::Ownership(_)));
    }
    suite.execute(&owner, &ExecuteMsg::TransferOwnership { new_owner: alice.to_string() }).unwrap();
    suite.execute(&alice, &ExecuteMsg::AcceptOwnership {}).unwrap();
    let config: ConfigResponse = suite.suite.query(&suite.staking, &QueryMsg::Config {});
    assert_eq!((config.owner, config.params), (Some(alice), params()));
}

#[test]
fn parameters_out_of_bounds_are_refused() {
    let mut suite = Suite::new();
    let mut refused = |params| {
        let message = StakingSuite::message(&suite, params);
        StakingSuite::instantiate(&mut suite, &message).unwrap_err().downcast::<ContractError>().unwrap()
    };
    for unbonding_seconds in [0, DAY - 1, 90 * DAY + 1] {
        let error = refused(Params { unbonding_seconds, ..params() });
        assert!(
            matches!(error, ContractError::Input(InputError::OutOfBounds { field: "unbonding_seconds", .. })),
            "{error}"
        );
    }
    assert!(matches!(refused(Params { burn_bps: 10_001, ..params() }), ContractError::Share(_)));
    assert!(matches!(refused(Params { max_commission_bps: 10_001, ..params() }), ContractError::Share(_)));
    let mut message = StakingSuite::message(&suite, params());
    message.treasury = message.token.clone();
    let error = StakingSuite::instantiate(&mut suite, &message).unwrap_err();
    assert!(matches!(error.downcast().unwrap(), ContractError::Input(InputError::Unusable { .. })));
    let mut message = StakingSuite::message(&suite, params());
    message.emission_start = u64::MAX;
    let error = StakingSuite::instantiate(&mut suite, &message).unwrap_err();
    assert!(matches!(error.downcast().unwrap(), ContractError::Start(_)));
}

#[test]
fn a_pause_refuses_new_stake_and_nothing_else() {
    let (mut suite, node, alice) = suite();
    let owner = suite.suite.owner.clone();
    suite.register(&node, 100).unwrap();
    suite.delegate(&alice, &node, 100).unwrap();
    suite.execute(&owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    assert_eq!(refusal::<ContractError>(suite.delegate(&alice, &node, 1)), ContractError::Paused);
    suite.reward_due(&node, 1_000).unwrap();
    let compound = ExecuteMsg::Compound { node: node.to_string() };
    assert_eq!(refusal::<ContractError>(suite.execute(&alice, &compound)), ContractError::Paused);
    suite.claim(&node, &alice).unwrap();
    suite.unbond(&alice, &node, None).unwrap();
    suite.suite.advance(21 * DAY);
    let id = suite.unbondings(&alice)[0].id;
    suite.withdraw(id).unwrap();
    suite.check();
}

#[test]
fn a_delegators_stakes_come_page_by_page() {
    let (mut suite, _, alice) = suite();
    let mut nodes: Vec<Addr> = (0..5).map(|index| suite.suite.account(&format!("node {index}"))).collect();
    for node in &nodes {
        suite.register(node, 100).unwrap();
        suite.delegate(&alice, node, 10).unwrap();
    }
    nodes.sort();
    let page = |start_after: Option<String>, limit| {
        let query = QueryMsg::Delegations { delegator: alice.to_string(), start_after, limit };
        let page: Vec<DelegationResponse> = suite.suite.query(&suite.staking, &query);
        page.into_iter().map(|delegation| delegation.node).collect::<Vec<_>>()
    };
    assert_eq!(page(None, Some(2)), nodes[..2]);
    assert_eq!(page(Some(nodes[1].to_string()), Some(u32::MAX)), nodes[2..]);
}

#[test]
fn native_coins_are_refused() {
    let (mut suite, _, _) = suite();
    let (owner, staking) = (suite.suite.owner.clone(), suite.staking.clone());
    let result =
        suite.suite.execute_with(&owner, &staking, &ExecuteMsg::Withdraw { id: 1 }, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
}

#[test]
fn migration_keeps_stakes_and_refuses_another_contracts_state() {
    let (mut suite, node, _) = suite();
    let owner = suite.suite.owner.clone();
    suite.register(&node, 100).unwrap();
    let code_id = suite.suite.app.store_code(code());
    let staking = suite.staking.clone();
    suite.suite.app.migrate_contract(owner.clone(), staking, &MigrateMsg {}, code_id).unwrap();
    assert_eq!(suite.node(&node).stake.u128(), 100);
    let app = &mut suite.suite.app;
    let other = token::instantiate(app, &owner, &token::message("Some token", "SOME", &owner));
    let result = app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(result), ContractError::Migration(_)));
}
