//! A token that calls back while it pays out finds the bond gone already.

use bithive_api::registry::{ExecuteMsg, Hook};
use bithive_registry::ContractError;
use bithive_test_kit::registry::{REQUESTER_BOND, instantiate, message, params};
use bithive_test_kit::{NodeKeys, Suite, refusal};
use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, Event, HexBinary, MessageInfo, Reply, Response, StdError, StdResult,
    SubMsg, to_json_binary, wasm_execute,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

/// Pretends to move tokens, and withdraws the payee's bond again while it pays it out.
fn execute(_: DepsMut, _: Env, info: MessageInfo, msg: Cw20ExecuteMsg) -> StdResult<Response> {
    let registry = info.sender.clone();
    match msg {
        Cw20ExecuteMsg::Send { contract, amount, msg } => {
            let hook = Cw20ReceiveMsg { sender: info.sender.into(), amount, msg };
            Ok(Response::new().add_message(hook.into_cosmos_msg(contract)?))
        }
        Cw20ExecuteMsg::Transfer { recipient, amount } => {
            let again = ExecuteMsg::WithdrawBond { address: recipient };
            let event = Event::new("paid").add_attribute("amount", amount);
            let again = SubMsg::reply_on_error(wasm_execute(registry, &again, vec![])?, 1);
            Ok(Response::new().add_event(event).add_submessage(again))
        }
        _ => Err(StdError::generic_err("not needed here")),
    }
}

/// Swallows the refusal of the second withdrawal, and shows it.
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

#[test]
fn a_bond_is_paid_out_once_even_if_the_token_calls_back() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let code = ContractWrapper::new(execute, nothing, no_answer).with_reply(reply);
    let code_id = suite.app.store_code(Box::new(code));
    let evil = suite.app.instantiate_contract(code_id, owner.clone(), &Empty {}, &[], "evil", None).unwrap();
    let creation = message(&owner, &evil, &suite.treasury, params());
    suite.registry = instantiate(&mut suite.app, &owner, &creation).unwrap();

    let (alice, bob, registry) = (suite.account("alice"), suite.account("bob"), suite.registry.clone());
    for account in [&alice, &bob] {
        let endpoint = HexBinary::from(&NodeKeys::of(account.as_str()).endpoint);
        let msg = to_json_binary(&Hook::RegisterRequester { endpoint }).unwrap();
        let (contract, amount) = (registry.to_string(), REQUESTER_BOND.into());
        suite.execute(account, &evil, &Cw20ExecuteMsg::Send { contract, amount, msg }).unwrap();
    }
    suite.ask_registry(&alice, &ExecuteMsg::Unbond {}).unwrap();
    suite.advance(params().unbonding_seconds);
    let withdraw = ExecuteMsg::WithdrawBond { address: alice.to_string() };
    let response = suite.ask_registry(&alice, &withdraw).unwrap();

    let count = |ty: &str| response.events.iter().filter(|event| event.ty == ty).count();
    assert_eq!((count("wasm-paid"), count("wasm-again")), (1, 1));
    assert_eq!(suite.registry_config().bonded.u128(), REQUESTER_BOND, "Bob's bond is untouched");
    let error = refusal::<ContractError>(suite.ask_registry(&alice, &withdraw));
    assert!(matches!(error, ContractError::NotRegistered { .. }), "{error}");
}
