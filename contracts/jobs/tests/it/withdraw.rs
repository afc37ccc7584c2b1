//! `withdraw`, also with a token that calls back.

use bithive_api::jobs::{Event, ExecuteMsg, QueryMsg, TotalsResponse};
use bithive_api::registry::{ExecuteMsg as RegistryMsg, Hook as RegistryHook};
use bithive_contract_kit::ledger::NothingOwed;
use bithive_jobs::ContractError;
use bithive_test_kit::jobs::{Answer, JobsSuite, PRICE, attributes, instantiate, message, post};
use bithive_test_kit::{refusal, registry, told};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response, StdResult, SubMsg, Uint128, WasmMsg,
    to_json_binary,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw20::Cw20ReceiveMsg;

#[test]
fn everything_owed_is_paid_once() {
    let mut market = JobsSuite::new();
    let workers = ["node-1", "node-2", "node-3"];
    for _ in 0..2 {
        let terms = market.terms();
        let job_id = market.assigned(&terms, &workers);
        market.work(job_id, &workers.map(|name| (name, Answer::of(&[5; 4]))));
        market.finalize(job_id, &workers).unwrap();
    }
    let worker = market.suite.account("node-2");
    let owed = 2 * (PRICE * 7 / 10);
    assert_eq!(market.claimable(&worker), owed);
    let response = market.withdraw(&worker).unwrap();
    assert_eq!(told!(market.jobs, response, Event::Withdrawn.amount), [Uint128::new(owed)]);
    assert_eq!(market.suite.balance(&worker), owed);
    assert_eq!(market.claimable(&worker), 0);
    let error: ContractError = refusal(market.withdraw(&worker));
    assert_eq!(error, NothingOwed::new(&worker, &market.suite.btt).into());
    assert_eq!(market.suite.balance(&worker), owed);
    market.custody();
}

#[test]
fn who_is_owed_nothing_withdraws_nothing() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    market.post(&terms);
    let requester = market.requester.clone();
    let error: ContractError = refusal(market.withdraw(&requester));
    assert_eq!(error, NothingOwed::new(&requester, &market.suite.btt).into());
    market.custody();
}

/// A token that holds an account at the market and withdraws again while it is being paid.
#[cw_serde]
enum EvilMsg {
    /// Called by the market; amounts are only reported.
    Transfer { recipient: String, amount: Uint128 },
    /// Sends anything to anyone.
    Do { contract: String, msg: Binary },
}

fn evil_execute(_: DepsMut<'_>, _: Env, info: MessageInfo, msg: EvilMsg) -> StdResult<Response> {
    let execute = |contract_addr: String, msg| WasmMsg::Execute { contract_addr, msg, funds: vec![] };
    Ok(match msg {
        EvilMsg::Do { contract, msg } => Response::new().add_message(execute(contract, msg)),
        EvilMsg::Transfer { recipient, amount } => {
            let again = execute(info.sender.into(), to_json_binary(&ExecuteMsg::Withdraw {})?);
            let event = cosmwasm_std::Event::new("paid")
                .add_attribute("recipient", recipient)
                .add_attribute("amount", amount);
            Response::new().add_event(event).add_submessage(SubMsg::reply_always(again, 1))
        }
    })
}

fn evil_reply(_: DepsMut<'_>, _: Env, reply: Reply) -> StdResult<Response> {
    let error = reply.result.into_result().err().unwrap_or_else(|| "accepted".into());
    Ok(Response::new().add_event(cosmwasm_std::Event::new("again").add_attribute("error", error)))
}

fn evil_instantiate(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn evil_query(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    to_json_binary(&Empty {})
}

#[test]
fn a_token_that_calls_back_is_paid_once() {
    let mut market = JobsSuite::new();
    let terms = market.terms();
    let suite = &mut market.suite;
    let (owner, treasury) = (suite.owner.clone(), suite.treasury.clone());
    let code = ContractWrapper::new(evil_execute, evil_instantiate, evil_query).with_reply(evil_reply);
    let code_id = suite.app.store_code(Box::new(code));
    let evil = suite.app.instantiate_contract(code_id, owner.clone(), &Empty {}, &[], "evil", None).unwrap();
    let registry_message = registry::message(&owner, &evil, &treasury, registry::params());
    let registry = registry::instantiate(&mut suite.app, &owner, &registry_message).unwrap();
    let jobs = instantiate(&mut suite.app, &owner, &message(&evil, &registry, &treasury, &owner)).unwrap();

    let bond = RegistryHook::RegisterRequester { endpoint: vec![7; 32].into() };
    let (sender, msg) = (evil.to_string(), to_json_binary(&bond).unwrap());
    let hook = Cw20ReceiveMsg { sender, amount: registry::REQUESTER_BOND.into(), msg };
    let msg = to_json_binary(&RegistryMsg::Receive(hook)).unwrap();
    suite.execute(&owner, &evil, &EvilMsg::Do { contract: registry.to_string(), msg }).unwrap();
    let mut act = |message: ExecuteMsg| {
        let msg = to_json_binary(&message).unwrap();
        suite.execute(&owner, &evil, &EvilMsg::Do { contract: jobs.to_string(), msg }).unwrap()
    };
    let hook = |msg| Cw20ReceiveMsg { sender: evil.to_string(), amount: (3 * PRICE).into(), msg };
    let post = || hook(to_json_binary(&post(terms.clone())).unwrap());
    act(ExecuteMsg::Receive(post()));
    act(ExecuteMsg::Receive(post()));
    act(ExecuteMsg::Cancel { job_id: 1 });
    let response = act(ExecuteMsg::Withdraw {});

    assert_eq!(attributes(&response, "paid", "amount"), [(3 * PRICE).to_string()]);
    assert_eq!(attributes(&response, "again", "error").len(), 1);
    assert_ne!(attributes(&response, "again", "error"), ["accepted"]);
    let totals: TotalsResponse = suite.query(&jobs, &QueryMsg::Totals {});
    assert_eq!((totals.escrowed.u128(), totals.claimable.u128()), (3 * PRICE, 0));
}
