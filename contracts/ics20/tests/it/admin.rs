//! Instantiation, channels, ownership, queries, migration.

use bithive_api::MigrateMsg;
use bithive_api::ibc::ChannelResponse;
use bithive_api::ics20::{ConfigResponse, ExecuteMsg, QueryMsg, TokenLimit, VERSION};
use bithive_contract_kit::InputError;
use bithive_contract_kit::channel::ChannelError;
use bithive_ibc_kit::Ics20Suite;
use bithive_ibc_kit::ics20::{LIMIT, code, instantiate};
use bithive_ibc_kit::link::{Call, call};
use bithive_ics20::ContractError;
use bithive_test_kit::{Suite, refusal, token};
use cosmwasm_std::{IbcChannelCloseMsg, IbcChannelConnectMsg, IbcChannelOpenMsg, IbcOrder};
use cw_multi_test::Executor;
use cw_ownable::OwnershipError;

#[test]
fn tokens_are_listed_once_and_are_addresses() {
    let mut suite = Suite::new();
    let (owner, btt) = (suite.owner.clone(), suite.btt.to_string());
    let limit = |token: &str| TokenLimit { token: token.into(), limit: 5u128.into() };
    let result = instantiate(&mut suite.app, &owner, vec![limit(&btt), limit(&btt)]);
    let error: ContractError = result.unwrap_err().downcast().unwrap();
    assert_eq!(error, ContractError::Input(InputError::Duplicate { field: "tokens", found: btt }));
    let result = instantiate(&mut suite.app, &owner, vec![limit("stranger")]);
    assert!(matches!(
        result.unwrap_err().downcast().unwrap(),
        ContractError::Input(InputError::Address { .. })
    ));
}

#[test]
fn channels_are_unordered_and_of_ics_20() {
    let mut suite = Ics20Suite::new();
    let (bridge, link) = (suite.bridge.clone(), suite.links[0].clone());
    let mut failed =
        |message: &Call| -> ContractError { refusal(call(&mut suite.suite.app, &bridge, message)) };
    let ordered = IbcChannelOpenMsg::new_init(link.channel(VERSION, IbcOrder::Ordered));
    assert_eq!(failed(&Call::Open(ordered)), ChannelError::Ordering(IbcOrder::Ordered).into());
    let other = IbcChannelOpenMsg::new_init(link.channel("ics20-2", IbcOrder::Unordered));
    let this_end = ChannelError::Version { end: "this end", found: "ics20-2".into(), expected: VERSION };
    assert_eq!(failed(&Call::Open(other)), this_end.into());
    let channel = link.channel(VERSION, IbcOrder::Unordered);
    let other_end =
        ChannelError::Version { end: "the other end", found: "ics27-1".into(), expected: VERSION };
    let other_end = ContractError::from(other_end);
    assert_eq!(failed(&Call::Open(IbcChannelOpenMsg::new_try(channel.clone(), "ics27-1"))), other_end);
    assert_eq!(failed(&Call::Connect(IbcChannelConnectMsg::new_ack(channel.clone(), "ics27-1"))), other_end);
    let close = Call::Close(IbcChannelCloseMsg::new_init(channel));
    assert_eq!(failed(&close), ChannelError::StaysOpen("channel-1".into()).into());
}

#[test]
fn channels_and_limits_are_shown() {
    let suite = Ics20Suite::new();
    let query = QueryMsg::Channels { start_after: Some("channel-1".into()), limit: Some(5) };
    let channels: Vec<ChannelResponse> = suite.suite.query(&suite.bridge, &query);
    let expected = ChannelResponse {
        channel_id: "channel-2".into(),
        counterparty_channel_id: "channel-22".into(),
        port_id: "transfer".into(),
        connection_id: "connection-2".into(),
        open: true,
    };
    assert_eq!(channels, [expected]);
    let limits: Vec<TokenLimit> =
        suite.suite.query(&suite.bridge, &QueryMsg::Limits { start_after: None, limit: None });
    assert_eq!(limits, [TokenLimit { token: suite.suite.btt.to_string(), limit: LIMIT.into() }]);
}

#[test]
fn only_the_owner_sets_limits_and_pauses_and_ownership_changes_in_two_steps() {
    let mut suite = Ics20Suite::new();
    let (owner, next) = (suite.suite.owner.clone(), suite.suite.account("next"));
    let limit = ExecuteMsg::SetLimit { token: suite.suite.btt.to_string(), limit: None };
    let pause = ExecuteMsg::SetPaused { paused: true };
    for message in [&limit, &pause] {
        let error: ContractError = refusal(suite.execute(&next, message));
        assert_eq!(error, ContractError::Ownership(OwnershipError::NotOwner));
    }
    suite.execute(&owner, &ExecuteMsg::TransferOwnership { new_owner: next.to_string() }).unwrap();
    assert!(suite.execute(&next, &pause).is_err(), "not before it is accepted");
    suite.execute(&next, &ExecuteMsg::AcceptOwnership {}).unwrap();
    suite.execute(&next, &pause).unwrap();
    let config: ConfigResponse = suite.suite.query(&suite.bridge, &QueryMsg::Config {});
    assert_eq!((config.owner, config.pending_owner, config.paused), (Some(next), None, true));
}

#[test]
fn the_same_contract_keeps_its_escrow_when_it_is_migrated() {
    let mut suite = Ics20Suite::new();
    let alice = suite.suite.account("alice");
    suite.suite.fund(&alice, 10);
    let packet = suite.send(&alice, 0, "bob", 10).unwrap();
    let code_id = suite.suite.app.store_code(code());
    let (owner, bridge) = (suite.suite.owner.clone(), suite.bridge.clone());
    suite.suite.app.migrate_contract(owner, bridge, &MigrateMsg {}, code_id).unwrap();
    suite.time_out(&packet).unwrap();
    assert_eq!(suite.suite.balance(&alice), 10);
}

#[test]
fn another_contracts_state_is_refused() {
    let mut suite = Suite::new();
    let owner = suite.owner.clone();
    let other = token::instantiate(&mut suite.app, &owner, &token::message("Some token", "SOME", &owner));
    let code_id = suite.app.store_code(code());
    let result = suite.app.migrate_contract(owner, other, &MigrateMsg {}, code_id);
    assert!(matches!(refusal(result), ContractError::Migration(_)));
}

/// The attack: an owner raises the limit to everything, and a chain of its own gives the vouchers back to itself.
#[test]
fn a_higher_limit_takes_effect_after_a_delay_that_anybody_can_watch_and_a_lower_one_at_once() {
    let mut suite = Ics20Suite::new();
    let (bridge, owner, token) =
        (suite.bridge.clone(), suite.suite.owner.clone(), suite.suite.btt.to_string());
    let limits = QueryMsg::Limits { start_after: None, limit: None };
    let now = |suite: &Suite| suite.query::<Vec<TokenLimit>>(&bridge, &limits).first().map(|row| row.limit);
    let set =
        |limit: Option<u128>| ExecuteMsg::SetLimit { token: token.clone(), limit: limit.map(Into::into) };
    suite.suite.check_delay(
        &bridge,
        |_| set(Some(LIMIT + 1)),
        |suite| now(suite) == Some((LIMIT + 1).into()),
    );
    // The same one lets nothing more out.
    suite.execute(&owner, &set(Some(LIMIT + 1))).unwrap();
    assert_eq!(suite.suite.settings(&bridge), []);
    for lower in [Some(5), None] {
        suite.execute(&owner, &set(lower)).unwrap();
        assert_eq!(now(&suite.suite), lower.map(Into::into));
    }
    // A token that had none is let out after the delay, too.
    suite.execute(&owner, &set(Some(1))).unwrap();
    assert_eq!((now(&suite.suite), suite.suite.settings(&bridge).len()), (None, 1));
}
