//! Tokens leave for another chain, in the packets of ICS-20.

use bithive_api::ibc;
use bithive_api::ics20::{ExecuteMsg, Hook, Packet, limits};
use bithive_contract_kit::InputError;
use bithive_contract_kit::channel::ChannelError;
use bithive_ibc_kit::Ics20Suite;
use bithive_ibc_kit::ics20::LIMIT;
use bithive_ics20::ContractError;
use bithive_test_kit::{FEE_DENOM, refusal};
use cosmwasm_std::{Addr, coins, from_json, to_json_binary};
use cw20::{Cw20ExecuteMsg, Cw20ReceiveMsg};

fn case() -> (Ics20Suite, Addr) {
    let mut suite = Ics20Suite::new();
    let alice = suite.suite.account("alice");
    suite.suite.fund(&alice, 2 * LIMIT);
    (suite, alice)
}

/// What is refused leaves the tokens where they were.
fn refused(hook: &Hook, amount: u128) -> ContractError {
    let (mut suite, alice) = case();
    let bridge = suite.bridge.clone();
    let error = refusal(suite.suite.send_btt(&alice, &bridge, amount, hook));
    assert_eq!(suite.suite.balance(&alice), 2 * LIMIT);
    suite.check();
    error
}

fn hook(channel_id: &str, receiver: &str, timeout_seconds: Option<u64>, memo: Option<&str>) -> Hook {
    let memo = memo.map(Into::into);
    Hook::Transfer { channel_id: channel_id.into(), receiver: receiver.into(), timeout_seconds, memo }
}

#[test]
fn tokens_go_into_escrow_and_a_packet_of_ics_20_leaves() {
    let (mut suite, alice) = case();
    let packet = suite.send(&alice, 0, "cosmos1bob", 700).unwrap();
    let json = format!(
        r#"{{"amount":"700","denom":"cw20:{}","receiver":"cosmos1bob","sender":"{alice}"}}"#,
        suite.suite.btt
    );
    assert_eq!(String::from_utf8(packet.data.to_vec()).unwrap(), json, "without a memo if there is none");
    let timeout = suite.suite.now() + ibc::limits::DEFAULT_TIMEOUT_SECONDS;
    assert_eq!(packet.timeout.timestamp().unwrap().seconds(), timeout);
    assert_eq!((suite.outstanding(0), suite.suite.balance(&suite.bridge)), (700, 700));
    suite.check();
}

#[test]
fn a_memo_reaches_the_other_end() {
    let (mut suite, alice) = case();
    let (bridge, hook) = (suite.bridge.clone(), hook("channel-1", "bob", Some(60), Some("hello")));
    let response = suite.suite.send_btt(&alice, &bridge, 5, &hook).unwrap();
    let packet = suite.links[0].sent(&response);
    assert_eq!(from_json::<Packet>(&packet.data).unwrap().memo.as_deref(), Some("hello"));
    assert_eq!(packet.timeout.timestamp().unwrap().seconds(), suite.suite.now() + 60);
}

#[test]
fn a_wrong_channel_is_a_clear_error() {
    let error = refused(&hook("channel-99", "bob", None, None), 5);
    assert_eq!(error, ChannelError::Unknown("channel-99".into()).into());
}

#[test]
fn receivers_memos_and_timeouts_have_bounds() {
    let long = "r".repeat(limits::MAX_RECEIVER_BYTES + 1);
    for receiver in ["", &long] {
        let error = refused(&hook("channel-1", receiver, None, None), 5);
        assert!(
            matches!(error, ContractError::Input(InputError::Length { field: "receiver", .. })),
            "{error}"
        );
    }
    let long = "m".repeat(limits::MAX_MEMO_BYTES + 1);
    let error = refused(&hook("channel-1", "bob", None, Some(&long)), 5);
    assert!(matches!(error, ContractError::Input(InputError::Length { field: "memo", .. })), "{error}");
    for found in [0, ibc::limits::MIN_TIMEOUT_SECONDS - 1, ibc::limits::MAX_TIMEOUT_SECONDS + 1, u64::MAX] {
        let error = refused(&hook("channel-1", "bob", Some(found), None), 5);
        assert_eq!(error, ChannelError::Timeout { found }.into());
    }
}

#[test]
fn each_channel_has_its_limit_and_more_is_a_clear_error() {
    let (mut suite, alice) = case();
    suite.send(&alice, 0, "bob", LIMIT - 1).unwrap();
    let error: ContractError = suite.send(&alice, 0, "bob", 2).unwrap_err().downcast().unwrap();
    let expected = ContractError::OverLimit {
        channel_id: "channel-1".into(),
        token: suite.suite.btt.to_string(),
        amount: 2u128.into(),
        outstanding: (LIMIT - 1).into(),
        limit: LIMIT.into(),
    };
    assert_eq!(error, expected);
    suite.send(&alice, 0, "bob", 1).unwrap();
    suite.send(&alice, 1, "bob", LIMIT).unwrap();
    suite.check();
}

#[test]
fn what_came_back_can_be_sent_again() {
    let (mut suite, alice) = case();
    let packet = suite.send(&alice, 0, "bob", LIMIT).unwrap();
    assert!(suite.send(&alice, 0, "bob", 1).is_err());
    suite.time_out(&packet).unwrap();
    suite.send(&alice, 0, "bob", LIMIT).unwrap();
    suite.check();
}

#[test]
fn a_hook_that_no_token_sent_moves_nothing() {
    let (mut suite, alice) = case();
    let hook = suite.hook(0, "bob");
    let msg = to_json_binary(&hook).unwrap();
    let spoofed = Cw20ReceiveMsg { sender: alice.to_string(), amount: 1_000u128.into(), msg };
    let error: ContractError = refusal(suite.execute(&alice, &ExecuteMsg::Receive(spoofed)));
    assert_eq!(error, ContractError::NotAllowed(alice.to_string()));
    assert_eq!(suite.outstanding(0), 0);
}

#[test]
fn a_token_without_a_limit_is_refused() {
    let (mut suite, alice) = case();
    let sky = suite.suite.another_token("Sky", "SKY");
    suite.suite.fund_with(&sky, &alice, 500);
    let msg = to_json_binary(&suite.hook(0, "bob")).unwrap();
    let send = Cw20ExecuteMsg::Send { contract: suite.bridge.to_string(), amount: 500u128.into(), msg };
    let error: ContractError = refusal(suite.suite.execute(&alice, &sky, &send));
    assert_eq!(error, ContractError::NotAllowed(sky.to_string()));
    assert_eq!(suite.suite.balance_of(&sky, &alice), 500);
}

#[test]
fn a_hook_of_nothing_is_refused() {
    // Our token sends no nothing; another that the owner has allowed might.
    let (mut suite, alice) = case();
    let (owner, lax) = (suite.suite.owner.clone(), suite.suite.account("lax-token"));
    let limit = ExecuteMsg::SetLimit { token: lax.to_string(), limit: Some(5u128.into()) };
    suite.execute(&owner, &limit).unwrap();
    let msg = to_json_binary(&suite.hook(0, "bob")).unwrap();
    let hook = Cw20ReceiveMsg { sender: alice.to_string(), amount: 0u128.into(), msg };
    let error: ContractError = refusal(suite.execute(&lax, &ExecuteMsg::Receive(hook)));
    assert_eq!(error, ContractError::Input(InputError::Zero { field: "the amount" }));
}

#[test]
fn native_coins_are_refused() {
    let mut suite = Ics20Suite::new();
    let (owner, bridge) = (suite.suite.owner.clone(), suite.bridge.clone());
    let message = ExecuteMsg::SetPaused { paused: true };
    let result = suite.suite.execute_with(&owner, &bridge, &message, &coins(1, FEE_DENOM));
    assert!(matches!(refusal(result), ContractError::Input(InputError::Payment(_))));
}
