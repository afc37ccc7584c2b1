//! A token that refuses to pay: nothing is lost, and nothing waits for it.

use bithive_api::ics20::{Ack, ExecuteMsg, Packet, QueryMsg};
use bithive_ibc_kit::Ics20Suite;
use cosmwasm_std::{
    Addr, Binary, Deps, DepsMut, Empty, Env, IbcPacket, MessageInfo, Response, StdError, StdResult, Uint128,
    to_json_binary,
};
use cw_multi_test::{ContractWrapper, Executor};
use cw_storage_plus::Item;
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

const MOOD: Item<bool> = Item::new("mood");

fn instantiate(deps: DepsMut<'_>, _: Env, _: MessageInfo, _: Empty) -> StdResult<Response> {
    MOOD.save(deps.storage, &false)?;
    Ok(Response::new())
}

/// `Transfer` works in a good mood; any other message changes the mood.
fn execute(deps: DepsMut<'_>, _: Env, _: MessageInfo, msg: Cw20ExecuteMsg) -> StdResult<Response> {
    let good = MOOD.load(deps.storage)?;
    if !matches!(msg, Cw20ExecuteMsg::Transfer { .. }) {
        MOOD.save(deps.storage, &!good)?;
        return Ok(Response::new());
    }
    if good { Ok(Response::new()) } else { Err(StdError::generic_err("not today")) }
}

fn query(_: Deps<'_>, _: Env, _: Empty) -> StdResult<Binary> {
    to_json_binary(&Empty {})
}

struct Case {
    suite: Ics20Suite,
    token: Addr,
    alice: Addr,
}

/// 100 of the token have left over the first channel.
fn case() -> (Case, IbcPacket) {
    let mut suite = Ics20Suite::new();
    let (owner, alice) = (suite.suite.owner.clone(), suite.suite.account("alice"));
    let code_id = suite.suite.app.store_code(Box::new(ContractWrapper::new(execute, instantiate, query)));
    let token =
        suite.suite.app.instantiate_contract(code_id, owner.clone(), &Empty {}, &[], "moody", None).unwrap();
    let limit = ExecuteMsg::SetLimit { token: token.to_string(), limit: Some(1_000u128.into()) };
    suite.execute(&owner, &limit).unwrap();
    let msg = to_json_binary(&suite.hook(0, "bob")).unwrap();
    let hook = Cw20ReceiveMsg { sender: alice.to_string(), amount: 100u128.into(), msg };
    let response = suite.execute(&token, &ExecuteMsg::Receive(hook)).unwrap();
    let packet = suite.links[0].sent(&response);
    (Case { suite, token, alice }, packet)
}

impl Case {
    fn cheer_up(&mut self) {
        let burn = Cw20ExecuteMsg::Burn { amount: 1u128.into() };
        self.suite.suite.execute(&self.alice, &self.token, &burn).unwrap();
    }

    fn ask(&self, query: &QueryMsg) -> u128 {
        self.suite.suite.query::<Uint128>(&self.suite.bridge, query).u128()
    }

    fn outstanding(&self) -> u128 {
        self.ask(&QueryMsg::Outstanding { channel_id: "channel-1".into(), token: self.token.to_string() })
    }

    fn held(&self) -> u128 {
        self.ask(&QueryMsg::Held { token: self.token.to_string() })
    }

    fn owed(&self) -> u128 {
        self.ask(&QueryMsg::Owed { token: self.token.to_string(), account: self.alice.to_string() })
    }

    fn back(&self) -> Packet {
        let denom = format!("transfer/channel-11/cw20:{}", self.token);
        let receiver = self.alice.to_string();
        Packet { amount: 40u128.into(), denom, receiver, sender: "bob".into(), memo: None }
    }
}

#[test]
fn a_payment_that_fails_is_an_error_acknowledgement_and_the_amount_stays_outside() {
    let (mut case, _) = case();
    let packet = case.back();
    let Ack::Error(error) = case.suite.receive(0, &packet) else { panic!("taken") };
    assert!(error.starts_with("the token refused to pay"), "{error}");
    assert_eq!((case.outstanding(), case.held()), (100, 100));
    case.cheer_up();
    assert_eq!(case.suite.receive(0, &packet), Ack::Result(Binary::from([1])));
    assert_eq!((case.outstanding(), case.held()), (60, 60));
}

#[test]
fn a_refund_that_fails_is_owed_and_paid_when_the_token_can() {
    let (mut case, packet) = case();
    case.suite.time_out(&packet).unwrap();
    assert_eq!((case.outstanding(), case.owed(), case.held()), (0, 100, 100));
    let (token, account) = (case.token.to_string(), case.alice.to_string());
    let withdraw = ExecuteMsg::Withdraw { token, account };
    let stranger = case.suite.suite.account("stranger");
    assert!(case.suite.execute(&stranger, &withdraw).is_err());
    assert_eq!(case.owed(), 100, "it stays owed");
    case.cheer_up();
    case.suite.execute(&stranger, &withdraw).unwrap();
    assert_eq!((case.owed(), case.held()), (0, 0));
    assert!(case.suite.execute(&stranger, &withdraw).is_err(), "and is paid once");
}
