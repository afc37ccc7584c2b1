//! Tokens come back: as vouchers that are given back, or because they did not arrive.

use bithive_api::ics20::{Ack, ExecuteMsg, Packet, VERSION};
use bithive_contract_kit::channel::ChannelError;
use bithive_ibc_kit::Ics20Suite;
use bithive_ibc_kit::ics20::{LIMIT, TransferModule};
use bithive_ibc_kit::link::receive;
use bithive_ics20::ContractError;
use bithive_test_kit::refusal;
use cosmwasm_std::{Addr, Binary, IbcPacket};

/// 700 BTT of Alice are vouchers of Bob behind the first channel.
fn case() -> (Ics20Suite, TransferModule, Addr) {
    let mut suite = Ics20Suite::new();
    let alice = suite.suite.account("alice");
    suite.suite.fund(&alice, LIMIT);
    let packet = suite.send(&alice, 0, "bob", 700).unwrap();
    let mut module = TransferModule::default();
    let ack = module.receive(&packet);
    suite.acknowledge(&packet, ack).unwrap();
    (suite, module, alice)
}

fn error(ack: Ack) -> String {
    match ack {
        Ack::Error(error) => error,
        Ack::Result(_) => panic!("taken"),
    }
}

#[test]
fn tokens_go_there_and_back_and_nothing_is_lost() {
    let (mut suite, mut module, alice) = case();
    assert_eq!((module.supply(&suite.denom()), suite.outstanding(0)), (700, 700));
    let carol = suite.suite.account("carol");
    let packet = module.send(&suite.links[0], "bob", &suite.denom(), carol.as_str(), 300);
    assert_eq!(suite.receive(0, &packet), Ack::Result(Binary::from([1])));
    assert_eq!(suite.suite.balance(&carol), 300);
    assert_eq!((module.supply(&suite.denom()), suite.outstanding(0)), (400, 400));
    let packet = module.send(&suite.links[0], "bob", &suite.denom(), alice.as_str(), 400);
    assert_eq!(suite.receive(0, &packet), Ack::Result(Binary::from([1])));
    assert_eq!((suite.suite.balance(&alice), suite.outstanding(0)), (LIMIT - 300, 0));
    suite.check();
}

#[test]
fn the_acknowledgement_is_the_one_of_ics_20() {
    let (mut suite, mut module, alice) = case();
    let packet = module.send(&suite.links[0], "bob", &suite.denom(), alice.as_str(), 1);
    let data = cosmwasm_std::to_json_binary(&packet).unwrap();
    let packet = suite.links[0].incoming(data);
    let (ack, _) = receive(&mut suite.suite.app, &suite.bridge, &packet);
    assert_eq!(ack, Binary::from(br#"{"result":"AQ=="}"#));
}

#[test]
fn a_timeout_refunds_the_sender() {
    let (mut suite, _, alice) = case();
    let packet = suite.send(&alice, 0, "bob", 50).unwrap();
    suite.time_out(&packet).unwrap();
    assert_eq!((suite.suite.balance(&alice), suite.outstanding(0)), (LIMIT - 700, 700));
    suite.check();
}

#[test]
fn a_refused_receive_refunds_the_sender() {
    let (mut suite, _, alice) = case();
    let packet = suite.send(&alice, 0, "not an address", 50).unwrap();
    suite.refuse(&packet).unwrap();
    assert_eq!((suite.suite.balance(&alice), suite.outstanding(0)), (LIMIT - 700, 700));
    suite.check();
}

#[test]
fn an_acknowledgement_of_another_protocol_changes_nothing() {
    let (mut suite, _, alice) = case();
    let packet = suite.send(&alice, 0, "bob", 50).unwrap();
    for ack in [&b""[..], b"{}", b"\xff"] {
        assert!(suite.acknowledge(&packet, Binary::from(ack)).is_err());
        assert_eq!(suite.outstanding(0), 750);
    }
    suite.refuse(&packet).unwrap();
    suite.check();
}

#[test]
fn no_more_comes_back_than_is_outside() {
    let (mut suite, mut module, alice) = case();
    module.vouchers.insert(("mallory".into(), suite.denom()), 1_000);
    let packet = module.send(&suite.links[0], "mallory", &suite.denom(), alice.as_str(), 701);
    let said = error(suite.receive(0, &packet));
    assert!(said.contains("only 700 are on the other chain"), "{said}");
    module.refund(&packet);
    assert_eq!(module.vouchers[&("mallory".into(), suite.denom())], 1_000);
    let packet = Packet { amount: u128::MAX.into(), ..packet };
    error(suite.receive(0, &packet));
    suite.check();
}

#[test]
fn one_channel_does_not_release_what_left_over_another() {
    let (mut suite, mut module, alice) = case();
    // The second chain claims what is behind the first: as a voucher of its own path, and of the first's.
    let packet = module.send(&suite.links[0], "bob", &suite.denom(), alice.as_str(), 100);
    let said = error(suite.receive(1, &packet));
    assert!(said.contains("did not leave over this channel"), "{said}");
    let denom = format!("transfer/channel-22/{}", suite.denom());
    let said = error(suite.receive(1, &Packet { denom, ..packet }));
    assert!(said.contains("only 0 are on the other chain"), "{said}");
    assert_eq!((suite.outstanding(0), suite.suite.balance(&suite.bridge)), (700, 700));
    suite.check();
}

#[test]
fn tokens_of_other_chains_are_refused() {
    let (mut suite, _, alice) = case();
    for denom in [
        "uatom",
        "",
        "cw20:",
        "transfer/channel-11/uatom",
        "transfer/channel-11/cw20:",
        "transfer/channel-11",
    ] {
        let (amount, receiver) = (5u128.into(), alice.to_string());
        let packet = Packet { amount, denom: denom.into(), receiver, sender: "bob".into(), memo: None };
        error(suite.receive(0, &packet));
    }
    suite.check();
}

#[test]
fn what_is_no_packet_is_answered_and_never_an_error() {
    let (mut suite, mut module, alice) = case();
    let good = module.send(&suite.links[0], "bob", &suite.denom(), alice.as_str(), 100);
    for packet in [
        Packet { amount: 0u128.into(), ..good.clone() },
        Packet { receiver: "cosmos1elsewhere".into(), ..good.clone() },
        Packet { receiver: suite.bridge.to_string(), ..good.clone() },
    ] {
        error(suite.receive(0, &packet));
    }
    for data in [&b""[..], b"null", b"\xff\xff", br#"{"amount":"-1"}"#, &[b'['; 5_000]] {
        let packet = suite.links[0].incoming(Binary::from(data));
        let (ack, _) = receive(&mut suite.suite.app, &suite.bridge, &packet);
        error(cosmwasm_std::from_json(ack).unwrap());
    }
    let mut stray: IbcPacket = suite.links[0].incoming(cosmwasm_std::to_json_binary(&good).unwrap());
    stray.dest.channel_id = "channel-99".into();
    let (ack, _) = receive(&mut suite.suite.app, &suite.bridge, &stray);
    assert!(error(cosmwasm_std::from_json(ack).unwrap()).contains("no channel channel-99"));
    assert_eq!(suite.outstanding(0), 700);
    suite.check();
}

#[test]
fn a_memo_on_the_way_back_is_no_hindrance() {
    let (mut suite, mut module, alice) = case();
    let packet = module.send(&suite.links[0], "bob", &suite.denom(), alice.as_str(), 100);
    let packet = Packet { memo: Some("for you".into()), ..packet };
    assert_eq!(suite.receive(0, &packet), Ack::Result(Binary::from([1])));
}

#[test]
fn a_pause_and_a_removed_limit_stop_new_sends_only() {
    let (mut suite, mut module, alice) = case();
    let owner = suite.suite.owner.clone();
    let under_way = [suite.send(&alice, 0, "bob", 10).unwrap(), suite.send(&alice, 1, "bob", 20).unwrap()];
    suite.execute(&owner, &ExecuteMsg::SetPaused { paused: true }).unwrap();
    let failed: ContractError = suite.send(&alice, 0, "bob", 1).unwrap_err().downcast().unwrap();
    assert_eq!(failed, ContractError::Paused);
    let token = suite.suite.btt.to_string();
    suite.execute(&owner, &ExecuteMsg::SetLimit { token: token.clone(), limit: None }).unwrap();
    let failed: ContractError = suite.send(&alice, 0, "bob", 1).unwrap_err().downcast().unwrap();
    assert_eq!(failed, ContractError::NotAllowed(token.clone()));
    suite.time_out(&under_way[0]).unwrap();
    suite.refuse(&under_way[1]).unwrap();
    let packet = module.send(&suite.links[0], "bob", &suite.denom(), alice.as_str(), 700);
    assert_eq!(suite.receive(0, &packet), Ack::Result(Binary::from([1])));
    assert_eq!(suite.suite.balance(&alice), LIMIT);
    suite.execute(&owner, &ExecuteMsg::SetPaused { paused: false }).unwrap();
    suite.execute(&owner, &ExecuteMsg::SetLimit { token, limit: Some(1u128.into()) }).unwrap();
    suite.send(&alice, 0, "bob", 1).unwrap();
    suite.check();
}

#[test]
fn a_limit_below_what_is_outside_lets_it_come_back() {
    let (mut suite, mut module, alice) = case();
    let owner = suite.suite.owner.clone();
    let (token, limit) = (suite.suite.btt.to_string(), Some(10u128.into()));
    suite.execute(&owner, &ExecuteMsg::SetLimit { token, limit }).unwrap();
    assert!(suite.send(&alice, 0, "bob", 1).is_err());
    let packet = module.send(&suite.links[0], "bob", &suite.denom(), alice.as_str(), 700);
    assert_eq!(suite.receive(0, &packet), Ack::Result(Binary::from([1])));
    suite.send(&alice, 0, "bob", 10).unwrap();
    suite.check();
}

#[test]
fn what_is_behind_a_closed_channel_still_times_out() {
    let (mut suite, _, alice) = case();
    let packet = suite.send(&alice, 0, "bob", 50).unwrap();
    let (link, bridge) = (suite.links[0].clone(), suite.bridge.clone());
    link.closed(&mut suite.suite.app, &bridge, VERSION).unwrap();
    let failed: ContractError = suite.send(&alice, 0, "bob", 1).unwrap_err().downcast().unwrap();
    assert_eq!(failed, ChannelError::Closed("channel-1".into()).into());
    suite.time_out(&packet).unwrap();
    assert_eq!(suite.outstanding(0), 700);
    suite.check();
}

#[test]
fn nothing_is_withdrawn_that_is_not_owed() {
    let (mut suite, _, alice) = case();
    let withdraw = ExecuteMsg::Withdraw { token: suite.suite.btt.to_string(), account: alice.to_string() };
    let failed: ContractError = refusal(suite.execute(&alice, &withdraw));
    assert!(matches!(failed, ContractError::NothingOwed(_)), "{failed}");
}
