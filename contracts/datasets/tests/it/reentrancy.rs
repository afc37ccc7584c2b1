//! A data set's asset may be anybody's contract: one that calls back while it pays finds the credit gone already.

use bithive_api::datasets::{Asset, ExecuteMsg, Hook};
use bithive_ibc_kit::DatasetsSuite;
use bithive_ibc_kit::datasets::{SHARE, WAIT};
use bithive_test_kit::jobs::attributes;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, Event, HexBinary, MessageInfo, Reply, Response, StdResult,
    SubMsg, Uint128, to_json_binary, wasm_execute,
};
use cw_multi_test::{AppResponse, ContractWrapper, Executor};
use cw20::Cw20ReceiveMsg;

#[cw_serde]
enum EvilMsg {
    /// Sends anything to the data sets.
    Do { contract: String, message: ExecuteMsg },
    /// Called when it should pay: withdraws again.
    Transfer { recipient: String, amount: Uint128 },
}

fn execute(_: DepsMut<'_>, env: Env, info: MessageInfo, msg: EvilMsg) -> StdResult<Response> {
    Ok(match msg {
        EvilMsg::Do { contract, message } => {
            Response::new().add_message(wasm_execute(contract, &message, vec![])?)
        }
        EvilMsg::Transfer { recipient, amount } => {
            let asset = Asset::Cw20(env.contract.address.into());
            let again = wasm_execute(info.sender, &ExecuteMsg::Withdraw { asset }, vec![])?;
            let paid =
                Event::new("paid").add_attribute("recipient", recipient).add_attribute("amount", amount);
            Response::new().add_event(paid).add_submessage(SubMsg::reply_on_error(again, 1))
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

fn act(suite: &mut DatasetsSuite, evil: &Addr, message: ExecuteMsg) -> AppResponse {
    let (sender, contract) = (suite.user.clone(), suite.datasets.to_string());
    suite.chains.suite.execute(&sender, evil, &EvilMsg::Do { contract, message }).unwrap()
}

#[test]
fn a_deposit_is_paid_back_once_even_if_its_token_calls_back() {
    let mut suite = DatasetsSuite::new();
    let (admin, owner) = (suite.chains.suite.owner.clone(), suite.owner.clone());
    let job_id = suite.chains.assigned();
    let app = &mut suite.chains.suite.app;
    let code_id =
        app.store_code(Box::new(ContractWrapper::new(execute, nothing, no_answer).with_reply(reply)));
    let evil = app.instantiate_contract(code_id, admin, &Empty {}, &[], "evil", None).unwrap();
    let asset = Asset::Cw20(evil.to_string());
    let (digest, share) = (HexBinary::from(&[0xda; 32]), SHARE.into());
    suite.execute(&owner, &ExecuteMsg::Register { digest, asset: asset.clone(), share }).unwrap();
    // The token says that it has itself deposited, twice, and takes back one of the deposits.
    let msg = to_json_binary(&Hook::Deposit(suite.purpose(3, job_id))).unwrap();
    let hook = Cw20ReceiveMsg { sender: evil.to_string(), amount: SHARE.into(), msg };
    for _ in 0..2 {
        act(&mut suite, &evil, ExecuteMsg::Receive(hook.clone()));
    }
    suite.chains.suite.advance(WAIT + 1);
    act(&mut suite, &evil, ExecuteMsg::Refund { id: 1 });
    let response = act(&mut suite, &evil, ExecuteMsg::Withdraw { asset: asset.clone() });
    assert_eq!(attributes(&response, "paid", "amount"), [SHARE.to_string()]);
    assert_eq!(attributes(&response, "again", "refusal").len(), 1);
    let held = suite.held(&asset);
    assert_eq!((held.escrowed.u128(), held.claimable.u128()), (SHARE, 0));
}
