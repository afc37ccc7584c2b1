//! An offer's asset may be anybody's contract: one that calls back while it pays or gives change finds everything written already.

use bithive_api::asset::Asset;
use bithive_api::checkout::{ExecuteMsg, Hook};
use bithive_test_kit::checkout::{offering, paying};
use bithive_test_kit::jobs::attributes;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Event, MessageInfo, Reply, Response, StdResult, SubMsg, Uint128,
    to_json_binary, wasm_execute,
};
use cw_multi_test::{AppResponse, ContractWrapper, Executor};
use cw20::Cw20ReceiveMsg;

use crate::world::{World, fixed};

#[cw_serde]
enum EvilMsg {
    /// Sends anything to the contract.
    Do { contract: String, message: ExecuteMsg },
    /// Called when it should pay: withdraws, and pays the same again.
    Transfer { recipient: String, amount: Uint128 },
}

/// The token says that it has itself sent `amount` for offer 1, which costs 100.
fn hook(token: &str, amount: u128) -> ExecuteMsg {
    let msg = to_json_binary(&Hook::Pay(paying(1, 1, 100))).unwrap();
    ExecuteMsg::Receive(Cw20ReceiveMsg { sender: token.into(), amount: amount.into(), msg })
}

fn execute(_: DepsMut<'_>, env: Env, info: MessageInfo, msg: EvilMsg) -> StdResult<Response> {
    Ok(match msg {
        EvilMsg::Do { contract, message } => {
            Response::new().add_message(wasm_execute(contract, &message, vec![])?)
        }
        EvilMsg::Transfer { recipient, amount } => {
            let asset = Asset::Cw20(env.contract.address.to_string());
            let messages = [ExecuteMsg::Withdraw { asset }, hook(env.contract.address.as_str(), 150)];
            let paid =
                Event::new("paid").add_attribute("recipient", recipient).add_attribute("amount", amount);
            let mut response = Response::new().add_event(paid);
            for message in messages {
                let again = wasm_execute(info.sender.clone(), &message, vec![])?;
                response = response.add_submessage(SubMsg::reply_on_error(again, 1));
            }
            response
        }
    })
}

/// Swallows a refusal, and shows it.
fn reply(_: DepsMut<'_>, _: Env, reply: Reply) -> StdResult<Response> {
    Ok(Response::new().add_event(Event::new("again").add_attribute("refusal", reply.result.unwrap_err())))
}

fn nothing(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn no_answer(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    Ok(Binary::default())
}

fn act(world: &mut World, evil: &Addr, message: ExecuteMsg) -> AppResponse {
    let (sender, contract) = (world.stranger.clone(), world.checkout.address.to_string());
    world.suite.execute(&sender, evil, &EvilMsg::Do { contract, message }).unwrap()
}

#[test]
fn change_and_a_credit_are_paid_once_even_if_their_token_calls_back() {
    let mut world = World::new();
    let owner = world.suite.owner.clone();
    let code = Box::new(ContractWrapper::new(execute, nothing, no_answer).with_reply(reply));
    let code_id = world.suite.app.store_code(code);
    let evil = world.suite.app.instantiate_contract(code_id, owner, &Empty {}, &[], "evil", None).unwrap();
    let asset = Asset::Cw20(evil.to_string());
    // The token is its own seller and payer.
    act(&mut world, &evil, ExecuteMsg::Offer(offering(&asset, fixed(100))));
    let response = act(&mut world, &evil, hook(evil.as_str(), 150));
    // The change of 50; called back, it withdraws the credit of 100 once, and that call finds nothing more.
    assert_eq!(attributes(&response, "paid", "amount"), ["50", "100"]);
    let refusals = attributes(&response, "again", "refusal");
    assert_eq!(refusals.len(), 3, "{refusals:?}");
    assert_eq!((world.checkout.held(&world.suite, &asset), world.receipt(1).amount.u128()), (0, 100));
    assert_eq!(world.checkout.receipt(&world.suite, 2), None, "the payment was made once");
}
