//! A bond's asset may be anybody's contract: one that calls back while it pays finds the credit gone already.

use bithive_api::asset::Asset;
use bithive_api::listings::{ExecuteMsg, Hook, List, Ruler};
use bithive_test_kit::jobs::attributes;
use bithive_test_kit::listings::{UNBOND, category, content, terms};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Event, MessageInfo, Reply, Response, StdResult, SubMsg, Uint128,
    to_json_binary, wasm_execute,
};
use cw_multi_test::{AppResponse, ContractWrapper, Executor};
use cw20::Cw20ReceiveMsg;

use crate::world::{BOND, World};

#[cw_serde]
enum EvilMsg {
    /// Sends anything to the listings.
    Do { contract: String, message: ExecuteMsg },
    /// Called when it should pay: withdraws, finishes and collects again.
    Transfer { recipient: String, amount: Uint128 },
}

fn execute(_: DepsMut<'_>, env: Env, info: MessageInfo, msg: EvilMsg) -> StdResult<Response> {
    Ok(match msg {
        EvilMsg::Do { contract, message } => {
            Response::new().add_message(wasm_execute(contract, &message, vec![])?)
        }
        EvilMsg::Transfer { recipient, amount } => {
            let asset = Asset::Cw20(env.contract.address.into());
            let messages = [
                ExecuteMsg::Withdraw { asset: asset.clone() },
                ExecuteMsg::Collect { asset },
                ExecuteMsg::Finish { id: 1 },
            ];
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
    let (sender, contract) = (world.stranger.clone(), world.listings.address.to_string());
    world.suite.execute(&sender, evil, &EvilMsg::Do { contract, message }).unwrap()
}

#[test]
fn a_bond_is_given_back_once_even_if_its_token_calls_back() {
    let mut world = World::new();
    let owner = world.suite.owner.clone();
    let code = Box::new(ContractWrapper::new(execute, nothing, no_answer).with_reply(reply));
    let code_id = world.suite.app.store_code(code);
    let evil = world.suite.app.instantiate_contract(code_id, owner, &Empty {}, &[], "evil", None).unwrap();
    let asset = Asset::Cw20(evil.to_string());
    let setting = category(terms((&asset, BOND), Ruler::Named(world.ruler.to_string())));
    let listings = world.listings.clone();
    listings.set(&mut world.suite, "evil", setting).unwrap();
    // The token says that it has itself paid two bonds, and takes one back.
    let new = List { category: "evil".into(), terms: 1, content: content("x") };
    let msg = to_json_binary(&Hook::List(new)).unwrap();
    let hook = Cw20ReceiveMsg { sender: evil.to_string(), amount: BOND.into(), msg };
    for _ in 0..2 {
        act(&mut world, &evil, ExecuteMsg::Receive(hook.clone()));
    }
    act(&mut world, &evil, ExecuteMsg::Leave { id: 1 });
    world.suite.advance(UNBOND + 1);
    world.by_stranger(&ExecuteMsg::Finish { id: 1 }).unwrap();
    let response = act(&mut world, &evil, ExecuteMsg::Withdraw { asset: asset.clone() });
    assert_eq!(attributes(&response, "paid", "amount"), [BOND.to_string()]);
    assert_eq!(attributes(&response, "again", "refusal").len(), 3);
    let held = world.listings.held(&world.suite, &asset);
    assert_eq!((held.escrowed.u128(), held.claimable.u128()), (BOND, 0));
}
