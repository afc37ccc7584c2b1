//! A token that is offered for and calls back while it is burnt is paid from the budget, each unit of which is counted.

use bithive_api::treasury::{ExecuteMsg, Hook, OfferResponse, QueryMsg};
use bithive_test_kit::UNIT;
use bithive_test_kit::treasury::{TreasurySuite, terms};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{
    Binary, Deps, DepsMut, Empty, Env, MessageInfo, Reply, Response, StdResult, SubMsg, Uint128,
    to_json_binary, wasm_execute,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw20::{BalanceResponse, Cw20ReceiveMsg};

#[cw_serde]
enum EvilMsg {
    /// Says that its sender has sold so much.
    Sell { treasury: String, amount: Uint128 },
    /// Called by the treasury; says that as much was sold again.
    Burn { amount: Uint128 },
}

fn sold(treasury: String, seller: String, amount: Uint128) -> StdResult<cosmwasm_std::WasmMsg> {
    let msg = to_json_binary(&Hook::Sell { least: Uint128::zero() })?;
    wasm_execute(treasury, &ExecuteMsg::Receive(Cw20ReceiveMsg { sender: seller, amount, msg }), vec![])
}

fn execute(_: DepsMut<'_>, env: Env, info: MessageInfo, msg: EvilMsg) -> StdResult<Response> {
    Ok(match msg {
        EvilMsg::Sell { treasury, amount } => {
            Response::new().add_message(sold(treasury, env.contract.address.into(), amount)?)
        }
        EvilMsg::Burn { amount } => {
            let again = sold(info.sender.into(), env.contract.address.into(), amount)?;
            Response::new().add_submessage(SubMsg::reply_on_error(again, 1))
        }
    })
}

/// Swallows the refusal that ends it.
fn reply(_: DepsMut<'_>, _: Env, reply: Reply) -> StdResult<Response> {
    Ok(Response::new().add_attribute("refusal", reply.result.unwrap_err()))
}

fn nothing(_: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    Ok(Response::new())
}

fn no_balance(_: Deps<'_>, _: Env, _: cw20::Cw20QueryMsg) -> StdResult<Binary> {
    to_json_binary(&BalanceResponse { balance: Uint128::zero() })
}

/// A treasury with so many BTT to which such a token sells for 110 BTT, again and again; what it was paid in all, in BTT.
fn paid(btt: u128) -> u128 {
    let mut suite = TreasurySuite::new();
    suite.endow(btt * UNIT);
    let owner = suite.suite.owner.clone();
    let code = ContractWrapper::new(execute, nothing, no_balance).with_reply(reply);
    let app = &mut suite.suite.app;
    let code_id = app.store_code(Box::new(code));
    let evil = app.instantiate_contract(code_id, owner, &Empty {}, &[], "evil", None).unwrap();
    let set = ExecuteMsg::SetOffer { token: evil.to_string(), terms: Some(terms()) };
    suite.as_owner(&set).unwrap();
    let stranger = suite.suite.account("stranger");
    let (treasury, amount) = (suite.treasury.to_string(), Uint128::new(1_100 * UNIT));
    suite.suite.execute(&stranger, &evil, &EvilMsg::Sell { treasury, amount }).unwrap();
    let query = QueryMsg::Offer { token: evil.to_string() };
    let offer: Option<OfferResponse> = suite.suite.query(&suite.treasury, &query);
    let (totals, balance) = (suite.totals(), suite.suite.balance(&evil));
    assert_eq!(offer.unwrap().bought.u128(), balance * 10, "a bid of 0.1");
    assert_eq!((totals.paid.u128(), totals.balance.u128()), (balance, btt * UNIT - balance));
    suite.suite.conservation();
    balance / UNIT
}

#[test]
fn a_token_that_calls_back_is_paid_no_more_than_its_budget_and_what_the_reserve_leaves() {
    // Three sales fit into a budget of 400, and two into what a reserve of 200 leaves of 430.
    assert_eq!([paid(2_000), paid(430), paid(310)], [330, 220, 110]);
}
