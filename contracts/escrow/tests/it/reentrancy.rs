//! An agreement's asset may be anybody's contract: one that calls back while it pays finds the credit gone already.

use bithive_api::asset::Asset;
use bithive_api::escrow::{Approver, ExecuteMsg, Hook};
use bithive_test_kit::escrow::terms;
use bithive_test_kit::jobs::attributes;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Event, MessageInfo, Reply, Response, StdResult, SubMsg, Uint128,
    to_json_binary, wasm_execute,
};
use cw_multi_test::{AppResponse, ContractWrapper, Executor};
use cw20::Cw20ReceiveMsg;

use crate::world::World;

#[cw_serde]
enum EvilMsg {
    /// Sends anything to the escrow.
    Do { contract: String, message: ExecuteMsg },
    /// Called when it should pay: withdraws, approves and takes back again.
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
                ExecuteMsg::Withdraw { asset },
                ExecuteMsg::Approve { id: 1, milestone: 1 },
                ExecuteMsg::Decline { id: 2 },
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
    let (sender, contract) = (world.stranger.clone(), world.escrow.address.to_string());
    world.suite.execute(&sender, evil, &EvilMsg::Do { contract, message }).unwrap()
}

#[test]
fn a_credit_is_paid_once_even_if_its_token_calls_back() {
    let mut world = World::new();
    let owner = world.suite.owner.clone();
    let code = Box::new(ContractWrapper::new(execute, nothing, no_answer).with_reply(reply));
    let code_id = world.suite.app.store_code(code);
    let evil = world.suite.app.instantiate_contract(code_id, owner, &Empty {}, &[], "evil", None).unwrap();
    // The token says that it has itself paid for two agreements, and rejects nothing: the credit of one is its own by a refund.
    let terms = terms(&world.payee, &[100], Approver::Payer { arbiter: None });
    let msg = to_json_binary(&Hook::Open(terms)).unwrap();
    let hook = Cw20ReceiveMsg { sender: evil.to_string(), amount: 100u128.into(), msg };
    for _ in 0..2 {
        act(&mut world, &evil, ExecuteMsg::Receive(hook.clone()));
    }
    let payee = world.payee.clone();
    world.send(&payee, &ExecuteMsg::Decline { id: 1 }).unwrap();
    let asset = Asset::Cw20(evil.to_string());
    let response = act(&mut world, &evil, ExecuteMsg::Withdraw { asset: asset.clone() });
    assert_eq!(attributes(&response, "paid", "amount"), ["100"]);
    assert_eq!(attributes(&response, "again", "refusal").len(), 3);
    let held = world.escrow.held(&world.suite, &asset);
    assert_eq!((held.escrowed.u128(), held.claimable.u128()), (100, 0));
}

#[test]
fn a_token_that_says_more_came_than_did_harms_nobody_of_another_asset() {
    let mut world = World::new();
    world.open(&[100], Approver::Payer { arbiter: None }).unwrap();
    let (fake, payer) = (world.suite.account("fake token"), world.payer.to_string());
    let hook = |hook: &Hook| {
        let msg = to_json_binary(hook).unwrap();
        ExecuteMsg::Receive(Cw20ReceiveMsg { sender: payer.clone(), amount: 100u128.into(), msg })
    };
    let terms = terms(&world.payee, &[100], Approver::Payer { arbiter: None });
    world.send(&fake, &hook(&Hook::Open(terms))).unwrap();
    let payer = world.payer.clone();
    world.send(&payer, &ExecuteMsg::Approve { id: 2, milestone: 1 }).unwrap();
    assert_eq!(world.both(), [0, 0]);
    assert_eq!(world.escrow.held(&world.suite, &world.btt()).escrowed.u128(), 100);
    world.check();
}
