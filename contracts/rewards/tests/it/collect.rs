//! Shares of settlements that are collected into the budget.

use bithive_api::rewards::{BudgetResponse, Event, ExecuteMsg, Hook, QueryMsg};
use bithive_api::{ContractEvent as _, jobs};
use bithive_contract_kit::InputError;
use bithive_contract_kit::source::NotSource;
use bithive_rewards::{ContractError, contract};
use bithive_test_kit::rewards::RewardsSuite;
use bithive_test_kit::{Answer, JobsSuite, Suite, UNIT, refusal};
use cosmwasm_std::testing::{mock_dependencies, mock_env};
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response, StdError, StdResult, SubMsgResult,
    Uint128, to_json_binary, wasm_execute,
};
use cw_multi_test::{AppResponse, ContractWrapper, Executor};
use cw20::Cw20ExecuteMsg;

fn source(address: &Addr, allowed: bool) -> ExecuteMsg {
    ExecuteMsg::SetSource { source: address.to_string(), allowed }
}

fn collect(address: &Addr) -> ExecuteMsg {
    ExecuteMsg::Collect { source: address.to_string() }
}

/// What a transaction collected: from whom, and how much.
fn collected(rewards: &Addr, response: &AppResponse) -> Vec<(Addr, u128)> {
    let events = Event::of(rewards.as_str(), &response.events).map(Result::unwrap);
    let collected = events.filter_map(|event| match event {
        Event::Collected { source, amount } => Some((source, amount.u128())),
        _ => None,
    });
    collected.collect()
}

fn budget(suite: &Suite, rewards: &Addr) -> BudgetResponse {
    suite.query(rewards, &QueryMsg::Budget {})
}

#[test]
fn the_incentive_pools_share_of_a_settlement_becomes_budget_on_anybodys_message() {
    let mut market = JobsSuite::new();
    let message = RewardsSuite::message(&market.suite);
    let rewards = RewardsSuite::instantiate(&mut market.suite, &message).unwrap();
    // A market whose incentive pool is the contract.
    let (owner, btt, registry, treasury) = (
        market.suite.owner.clone(),
        market.suite.btt.clone(),
        market.suite.registry.clone(),
        market.suite.treasury.clone(),
    );
    let jobs = bithive_test_kit::jobs::message(&btt, &registry, &treasury, &rewards);
    market.jobs = bithive_test_kit::jobs::instantiate(&mut market.suite.app, &owner, &jobs).unwrap();
    let (jobs, stranger) = (market.jobs.clone(), market.suite.account("stranger"));
    let error = refusal::<ContractError>(market.suite.execute(&stranger, &rewards, &collect(&jobs)));
    assert_eq!(error, ContractError::NotSource(NotSource { found: jobs.to_string() }));
    let is_source = QueryMsg::Source { address: jobs.to_string() };
    assert!(!market.suite.query::<bool>(&rewards, &is_source));
    market.suite.execute(&owner, &rewards, &source(&jobs, true)).unwrap();
    assert!(market.suite.query::<bool>(&rewards, &is_source));
    // Nothing is owed yet: the market says so.
    let error = market.suite.execute(&stranger, &rewards, &collect(&jobs)).unwrap_err();
    assert!(error.root_cause().to_string().contains("is owed nothing of"), "{error:?}");

    let names = ["node-1", "node-2", "node-3"];
    let job = market.assigned(&market.terms(), &names);
    market.work(job, &names.map(|name| (name, Answer::of(&[1, 2, 3, 4]))));
    market.finalize(job, &names[..2]).unwrap();
    // 5 % of each of three asks.
    let owed = 3 * (bithive_test_kit::jobs::PRICE / 20);
    assert_eq!((market.claimable(&rewards), budget(&market.suite, &rewards).available.u128()), (owed, 0));
    let response = market.suite.execute(&stranger, &rewards, &collect(&jobs)).unwrap();
    assert_eq!(collected(&rewards, &response), [(jobs.clone(), owed)]);
    let BudgetResponse { available, funded, .. } = budget(&market.suite, &rewards);
    assert_eq!((available.u128(), funded.u128(), market.suite.balance(&rewards)), (owed, owed, owed));
    assert_eq!(market.claimable(&rewards), 0);
    let error = market.suite.execute(&stranger, &rewards, &collect(&jobs)).unwrap_err();
    assert!(error.root_cause().to_string().contains("is owed nothing of"), "{error:?}");
    assert_eq!(budget(&market.suite, &rewards).funded.u128(), owed);
    market.suite.conservation();
}

/// A source that pays with a hook when it should have transferred, and half of it.
fn odd_withdraw(deps: DepsMut<'_>, env: Env, info: MessageInfo, _: jobs::ExecuteMsg) -> StdResult<Response> {
    let token = Addr::unchecked(String::from_utf8(deps.storage.get(b"token").unwrap_or_default())?);
    let query = cw20::Cw20QueryMsg::Balance { address: env.contract.address.into() };
    let held: cw20::BalanceResponse = deps.querier.query_wasm_smart(&token, &query)?;
    let half = Uint128::new(held.balance.u128() / 2);
    let msg = to_json_binary(&Hook::Fund {})?;
    let send = Cw20ExecuteMsg::Send { contract: info.sender.to_string(), amount: half, msg };
    let rest = held.balance.checked_sub(half)?;
    let transfer = Cw20ExecuteMsg::Transfer { recipient: info.sender.into(), amount: rest };
    let messages = [wasm_execute(&token, &send, vec![])?, wasm_execute(&token, &transfer, vec![])?];
    Ok(Response::new().add_messages(messages))
}

fn odd_instantiate(deps: DepsMut<'_>, _: Env, _: MessageInfo, token: String) -> StdResult<Response> {
    deps.storage.set(b"token", token.as_bytes());
    Ok(Response::new())
}

fn no_answer(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    Err(StdError::generic_err("no queries"))
}

#[test]
fn what_is_collected_is_what_came_however_the_source_pays() {
    let mut suite = RewardsSuite::new();
    let (owner, rewards, stranger) =
        (suite.suite.owner.clone(), suite.rewards.clone(), suite.suite.account("stranger"));
    let code = ContractWrapper::new(odd_withdraw, odd_instantiate, no_answer);
    let code = suite.suite.app.store_code(Box::new(code));
    let token = suite.suite.btt.to_string();
    let odd = suite.suite.app.instantiate_contract(code, owner.clone(), &token, &[], "odd", None).unwrap();
    suite.suite.fund(&odd, 101);
    suite.fund(7).unwrap();
    suite.execute(&owner, &source(&odd, true)).unwrap();
    let response = suite.execute(&stranger, &collect(&odd)).unwrap();
    // 50 came with a hook, and were counted by it.
    assert_eq!(collected(&rewards, &response), [(odd, 51)]);
    assert_eq!((suite.budget().funded.u128(), suite.budget().available.u128()), (108, 108));
    suite.check();
}

#[test]
fn btt_without_a_hook_are_budget_from_the_next_collection_on() {
    let mut suite = RewardsSuite::new();
    let (owner, rewards, stranger) =
        (suite.suite.owner.clone(), suite.rewards.clone(), suite.suite.account("stranger"));
    let code = ContractWrapper::new(odd_withdraw, odd_instantiate, no_answer);
    let code = suite.suite.app.store_code(Box::new(code));
    let token = suite.suite.btt.to_string();
    let odd = suite.suite.app.instantiate_contract(code, owner.clone(), &token, &[], "odd", None).unwrap();
    suite.suite.fund(&odd, 2);
    suite.suite.fund(&rewards, 5 * UNIT);
    assert_eq!(suite.budget().available.u128(), 0);
    suite.execute(&owner, &source(&odd, true)).unwrap();
    // A pause does not stop it.
    suite.execute(&owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    suite.execute(&stranger, &collect(&odd)).unwrap();
    assert_eq!(suite.budget().available.u128(), 5 * UNIT + 2);
    suite.check();
    suite.execute(&owner, &source(&odd, false)).unwrap();
    let error = refusal::<ContractError>(suite.execute(&stranger, &collect(&odd)));
    assert_eq!(error, ContractError::NotSource(NotSource { found: odd.to_string() }));
}

#[test]
fn sources_are_named_by_the_owner_and_are_neither_the_contract_nor_its_token() {
    let mut suite = RewardsSuite::new();
    let (owner, eve) = (suite.suite.owner.clone(), suite.suite.account("eve"));
    let error = refusal::<ContractError>(suite.execute(&eve, &source(&eve, true)));
    assert!(matches!(error, ContractError::Ownership(_)), "{error}");
    for unusable in [suite.rewards.clone(), suite.suite.btt.clone()] {
        let error = refusal::<ContractError>(suite.execute(&owner, &source(&unusable, true)));
        assert!(matches!(error, ContractError::Input(InputError::Unusable { .. })), "{error}");
    }
}

#[test]
fn a_reply_that_nobody_asked_for_is_refused() {
    let mut deps = mock_dependencies();
    let result = SubMsgResult::Err("refused".into());
    let reply = Reply { id: 99, payload: Binary::default(), gas_used: 0, result };
    let answer = contract::reply(deps.as_mut(), mock_env(), reply);
    assert_eq!(answer, Err(ContractError::UnknownReply { id: 99 }));
}
