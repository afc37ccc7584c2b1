//! A position's token may be anybody's contract: one that calls back while it pays finds the position settled already.

use bithive_api::vesting::{ExecuteMsg, HeldResponse, Hook, QueryMsg, Schedule};
use bithive_test_kit::vesting::{DAY, VestingSuite, schedule};
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Event, MessageInfo, Reply, Response, StdError, StdResult,
    SubMsg, Uint128, to_json_binary, wasm_execute,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

/// Pretends to move tokens; while it pays, it claims, revokes and hands over position 1 again.
fn execute(_: DepsMut, _: Env, info: MessageInfo, msg: Cw20ExecuteMsg) -> StdResult<Response> {
    let vesting = info.sender.clone();
    match msg {
        Cw20ExecuteMsg::Send { contract, amount, msg } => {
            let hook = Cw20ReceiveMsg { sender: info.sender.into(), amount, msg };
            Ok(Response::new().add_message(hook.into_cosmos_msg(contract)?))
        }
        Cw20ExecuteMsg::Transfer { recipient, amount } => {
            let paid = Event::new("paid").add_attribute("amount", amount);
            let transfer = ExecuteMsg::Transfer { id: 1, new_owner: recipient };
            let again = [ExecuteMsg::Claim { id: 1 }, ExecuteMsg::Revoke { id: 1 }, transfer];
            let again = again
                .iter()
                .map(|message| Ok(SubMsg::reply_on_error(wasm_execute(&vesting, message, vec![])?, 1)));
            let again = again.collect::<StdResult<Vec<_>>>()?;
            Ok(Response::new().add_event(paid).add_submessages(again))
        }
        _ => Err(StdError::generic_err("not needed here")),
    }
}

/// Swallows a refusal, and shows it.
fn reply(_: DepsMut, _: Env, reply: Reply) -> StdResult<Response> {
    let refusal = reply.result.unwrap_err();
    Ok(Response::new().add_event(Event::new("again").add_attribute("refusal", refusal)))
}

fn nothing(_: DepsMut, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn no_answer(_: Deps, _: Env, _: Empty) -> StdResult<Binary> {
    Ok(Binary::default())
}

/// The suite with a position of 1,000 of such a token for Bob, another one of 1,000 for Alice, and the token.
fn case() -> (VestingSuite, Addr, Addr) {
    let mut suite = VestingSuite::new();
    let owner = suite.suite.owner.clone();
    let code = ContractWrapper::new(execute, nothing, no_answer).with_reply(reply);
    let app = &mut suite.suite.app;
    let code_id = app.store_code(Box::new(code));
    let evil = app.instantiate_contract(code_id, owner.clone(), &Empty {}, &[], "evil", None).unwrap();
    for name in ["bob", "alice"] {
        let owner_of_it = suite.suite.account(name).into();
        let hook = Hook::Lock { owner: owner_of_it, schedule: schedule(), revocable: true };
        let msg = to_json_binary(&hook).unwrap();
        let send =
            Cw20ExecuteMsg::Send { contract: suite.vesting.to_string(), amount: 1_000u128.into(), msg };
        suite.suite.execute(&owner, &evil, &send).unwrap();
    }
    (suite, evil, owner)
}

fn held(suite: &VestingSuite, token: &Addr) -> Uint128 {
    let query = QueryMsg::Held { token: token.to_string() };
    suite.suite.query::<HeldResponse>(&suite.vesting, &query).amount
}

#[test]
fn a_claim_is_paid_once_even_if_the_token_calls_back() {
    let (mut suite, evil, _) = case();
    suite.suite.advance(10 * DAY);
    let stranger = suite.suite.account("stranger");
    let response = suite.execute(&stranger, &ExecuteMsg::Claim { id: 1 }).unwrap();
    let count = |ty: &str| response.events.iter().filter(|event| event.ty == ty).count();
    assert_eq!((count("wasm-paid"), count("wasm-again")), (1, 3), "{response:?}");
    assert_eq!(held(&suite, &evil).u128(), 2_000 - 190);
}

#[test]
fn a_revocation_pays_each_side_once_even_if_the_token_calls_back() {
    let (mut suite, evil, owner) = case();
    suite.suite.advance(10 * DAY);
    let response = suite.execute(&owner, &ExecuteMsg::Revoke { id: 1 }).unwrap();
    let paid = response.events.iter().filter(|event| event.ty == "wasm-paid");
    let amount = |event: &Event| {
        let found = event.attributes.iter().find(|attribute| attribute.key == "amount");
        found.unwrap().value.parse::<u128>().unwrap()
    };
    assert_eq!(paid.map(amount).sum::<u128>(), 1_000);
    // The other position is whole.
    assert_eq!((held(&suite, &evil).u128(), suite.position(2).unwrap().total.u128()), (1_000, 1_000));
}

#[test]
fn a_token_of_endless_supply_wraps_no_sum() {
    let mut suite = VestingSuite::new();
    let [eve, bob] = ["eve", "bob"].map(|name| suite.suite.account(name));
    let lock = |suite: &mut VestingSuite, amount: u128, schedule: Schedule| {
        let hook = Hook::Lock { owner: bob.to_string(), schedule, revocable: false };
        let msg = to_json_binary(&hook).unwrap();
        let hook = Cw20ReceiveMsg { sender: eve.to_string(), amount: amount.into(), msg };
        suite.execute(&eve, &ExecuteMsg::Receive(hook))
    };
    // Eve says that she is a token: of hers there is as much as fits, and what is due of it doesn't wrap.
    lock(&mut suite, u128::MAX, schedule()).unwrap();
    suite.suite.advance(12 * DAY);
    let due = suite.position(1).unwrap().due.u128();
    assert!(due > u128::MAX / 10 * 3 && due < u128::MAX / 10 * 4, "{due}");
    let error = lock(&mut suite, 1, schedule()).unwrap_err();
    assert!(matches!(error.downcast().unwrap(), bithive_vesting::ContractError::Overflow(_)));
    assert_eq!((held(&suite, &eve).u128(), suite.position(2)), (u128::MAX, None));
    assert_eq!(suite.held(), 0, "BTT are not touched");
}
