//! Handshakes: who may open a channel, and what both ends must agree on.

use bithive_api::attestations::{ExecuteMsg, Peer, QueryMsg, VERSION};
use bithive_api::ibc::ChannelResponse;
use bithive_attestations::ContractError;
use bithive_contract_kit::channel::ChannelError;
use bithive_ibc_kit::attestations::{CHANNEL, CONNECTION, SOURCE_CHANNEL};
use bithive_ibc_kit::link::{Call, call};
use bithive_ibc_kit::{AttestationsSuite, Link};
use bithive_test_kit::refusal;
use cosmwasm_std::{IbcChannelCloseMsg, IbcChannelConnectMsg, IbcChannelOpenMsg, IbcOrder};

fn peer(suite: &AttestationsSuite) -> Peer {
    let (connection_id, port_id) = (CONNECTION.into(), suite.back.there.port_id.clone());
    Peer { connection_id, port_id, source: Some(suite.source()) }
}

/// Contracts of which the receiving one allows the other as a peer; without a channel.
fn case() -> AttestationsSuite {
    let mut suite = AttestationsSuite::without_channel();
    let allow = ExecuteMsg::AllowPeer(peer(&suite));
    suite.tell_receiver(&allow).unwrap();
    suite
}

fn open(suite: &mut AttestationsSuite, link: &Link, version: &str, order: IbcOrder) -> ContractError {
    let open = IbcChannelOpenMsg::new_init(link.channel(version, order));
    refusal(call(&mut suite.suite.app, &suite.receiver, &Call::Open(open)))
}

fn channels(suite: &AttestationsSuite) -> Vec<ChannelResponse> {
    suite.suite.query(&suite.receiver, &QueryMsg::Channels { start_after: None, limit: None })
}

#[test]
fn an_allowed_peer_opens_channels_from_either_end() {
    let mut suite = case();
    let (receiver, port) = (suite.receiver.clone(), suite.back.there.port_id.clone());
    suite.back.open(&mut suite.suite.app, &receiver, VERSION).unwrap();
    let second = Link::new(&receiver, "channel-10", CONNECTION, (&port, "channel-8"));
    second.accept(&mut suite.suite.app, &receiver, VERSION).unwrap();
    let channels = channels(&suite);
    assert_eq!(channels.len(), 2);
    // By name: "channel-10" comes before "channel-9".
    assert_eq!(channels[1].channel_id, CHANNEL);
    assert_eq!(channels[1].counterparty_channel_id, SOURCE_CHANNEL);
    assert_eq!((channels[1].connection_id.as_str(), &channels[1].port_id), (CONNECTION, &port));
    assert!(channels.iter().all(|channel| channel.open));
}

#[test]
fn a_strangers_light_client_or_contract_opens_no_channel() {
    let mut suite = case();
    let (receiver, port) = (suite.receiver.clone(), suite.back.there.port_id.clone());
    for (connection_id, port_id) in [("connection-0", port.as_str()), (CONNECTION, "wasm.stranger")] {
        let link = Link::new(&receiver, CHANNEL, connection_id, (port_id, SOURCE_CHANNEL));
        let error = open(&mut suite, &link, VERSION, IbcOrder::Unordered);
        let (connection_id, port_id) = (connection_id.into(), port_id.into());
        assert_eq!(error, ContractError::NotAllowed { connection_id, port_id });
    }
    assert_eq!(channels(&suite), []);
}

#[test]
fn an_ordered_channel_is_refused() {
    let mut suite = case();
    let link = suite.back.clone();
    let error = open(&mut suite, &link, VERSION, IbcOrder::Ordered);
    assert_eq!(error, ChannelError::Ordering(IbcOrder::Ordered).into());
}

#[test]
fn another_version_is_refused_at_either_end() {
    let mut suite = case();
    let link = suite.back.clone();
    let error = open(&mut suite, &link, "ics20-1", IbcOrder::Unordered);
    assert_eq!(
        error,
        ChannelError::Version { end: "this end", found: "ics20-1".into(), expected: VERSION }.into()
    );
    let other = ChannelError::Version {
        end: "the other end",
        found: "bithive-attestation-2".into(),
        expected: VERSION,
    };
    let other = ContractError::from(other);
    let channel = link.channel(VERSION, IbcOrder::Unordered);
    let calls = [
        Call::Open(IbcChannelOpenMsg::new_try(channel.clone(), "bithive-attestation-2")),
        Call::Connect(IbcChannelConnectMsg::new_ack(channel, "bithive-attestation-2")),
    ];
    for message in calls {
        let error: ContractError = refusal(call(&mut suite.suite.app, &suite.receiver, &message));
        assert_eq!(error, other);
    }
    assert_eq!(channels(&suite), []);
}

#[test]
fn a_peer_that_is_removed_during_the_handshake_does_not_connect() {
    let mut suite = case();
    let channel = suite.back.channel(VERSION, IbcOrder::Unordered);
    let try_open = Call::Open(IbcChannelOpenMsg::new_try(channel.clone(), VERSION));
    call(&mut suite.suite.app, &suite.receiver, &try_open).unwrap();
    let Peer { connection_id, port_id, .. } = peer(&suite);
    suite.tell_receiver(&ExecuteMsg::RemovePeer { connection_id, port_id }).unwrap();
    let confirm = Call::Connect(IbcChannelConnectMsg::new_confirm(channel));
    let error: ContractError = refusal(call(&mut suite.suite.app, &suite.receiver, &confirm));
    assert!(matches!(error, ContractError::NotAllowed { .. }), "{error}");
    assert_eq!(channels(&suite), []);
}

#[test]
fn nobody_closes_a_channel_from_this_end() {
    let mut suite = AttestationsSuite::new();
    let close = IbcChannelCloseMsg::new_init(suite.back.channel(VERSION, IbcOrder::Unordered));
    let error: ContractError = refusal(call(&mut suite.suite.app, &suite.receiver, &Call::Close(close)));
    assert_eq!(error, ChannelError::StaysOpen(CHANNEL.into()).into());
    assert!(channels(&suite)[0].open);
}

#[test]
fn nothing_passes_through_a_channel_that_the_other_end_closed() {
    let mut suite = AttestationsSuite::new();
    let job_id = suite.settled([1, 2, 3, 4], &["node-1", "node-2"]);
    let packet = suite.send(job_id).unwrap();
    let (receiver, sender) = (suite.receiver.clone(), suite.sender.clone());
    suite.back.closed(&mut suite.suite.app, &receiver, VERSION).unwrap();
    let error = suite.deliver(&packet).unwrap_err();
    assert_eq!(error.split(':').next(), Some("channel"), "{error}");
    suite.link.closed(&mut suite.market.suite.app, &sender, VERSION).unwrap();
    suite.time_out(&packet);
    let error: ContractError = suite.send(job_id).unwrap_err().downcast().unwrap();
    assert_eq!(error, ChannelError::Closed(SOURCE_CHANNEL.into()).into());
}
