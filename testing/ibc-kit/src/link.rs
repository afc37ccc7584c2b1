//! IBC in process: contracts that speak it, and the packets between them.
//!
//! A chain in process has no IBC module. Here a contract is called as the module would by [`Call`], and what it sends
//! is in its response's events, where relayers look for packets too. Tests carry packets themselves, and so reorder,
//! repeat, drop, forge and expire them.

use bithive_api::event::{ChainEvent as _, PREFIX};
use cosmwasm_std::{
    Addr, Binary, CosmosMsg, Event, IbcAcknowledgement, IbcChannel, IbcChannelCloseMsg, IbcChannelConnectMsg,
    IbcChannelOpenMsg, IbcEndpoint, IbcMsg, IbcOrder, IbcPacket, IbcPacketAckMsg, IbcPacketReceiveMsg,
    IbcPacketTimeoutMsg, IbcTimeout, Response, Timestamp,
};
use cw_multi_test::AppResponse;
use cw_multi_test::error::AnyResult;
use serde::{Deserialize, Serialize};

use bithive_test_kit::TestApp;

const PACKET: &str = "packet";

/// What the IBC module calls a contract for.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Call {
    /// `ibc_channel_open`: a handshake begins at this or at the other end.
    Open(IbcChannelOpenMsg),
    /// `ibc_channel_connect`: a handshake is complete.
    Connect(IbcChannelConnectMsg),
    /// `ibc_channel_close`: this or the other end closes the channel.
    Close(IbcChannelCloseMsg),
    /// `ibc_packet_receive`: a packet of the other end.
    Receive(IbcPacketReceiveMsg),
    /// `ibc_packet_ack`: the other end's answer to a packet.
    Ack(IbcPacketAckMsg),
    /// `ibc_packet_timeout`: a packet was not received in time.
    Timeout(IbcPacketTimeoutMsg),
}

/// A contract with [`Call`] as its `sudo`, and packets as events.
macro_rules! ibc_code {
    ($contract:ident, $message:ty) => {{
        use cosmwasm_std::{DepsMut, Env, MessageInfo, Response};
        use $contract::ContractError;
        use $contract::ibc as module;
        use $crate::link::{Call, packets_as_events};

        fn execute(
            deps: DepsMut<'_>,
            env: Env,
            info: MessageInfo,
            msg: $message,
        ) -> Result<Response, ContractError> {
            $contract::contract::execute(deps, env, info, msg).map(packets_as_events)
        }

        fn sudo(deps: DepsMut<'_>, env: Env, call: Call) -> Result<Response, ContractError> {
            let basic = match call {
                Call::Open(msg) => {
                    module::ibc_channel_open(deps, env, msg)?;
                    return Ok(Response::new());
                }
                Call::Receive(msg) => {
                    let response = module::ibc_packet_receive(deps, env, msg)?;
                    let ack = response.acknowledgement.expect("an acknowledgement");
                    return Ok(Response::new()
                        .add_submessages(response.messages)
                        .add_events(response.events)
                        .set_data(ack));
                }
                Call::Connect(msg) => module::ibc_channel_connect(deps, env, msg)?,
                Call::Close(msg) => module::ibc_channel_close(deps, env, msg)?,
                Call::Ack(msg) => module::ibc_packet_ack(deps, env, msg)?,
                Call::Timeout(msg) => module::ibc_packet_timeout(deps, env, msg)?,
            };
            Ok(Response::new().add_submessages(basic.messages).add_events(basic.events))
        }

        cw_multi_test::ContractWrapper::new(
            execute,
            $contract::contract::instantiate,
            $contract::contract::query,
        )
        .with_sudo(sudo)
        .with_migrate($contract::contract::migrate)
    }};
}
pub(crate) use ibc_code;

/// Both ends of a channel, and how many packets went through it.
#[derive(Clone, Debug)]
pub struct Link {
    /// Port and channel of this end.
    pub here: IbcEndpoint,
    /// Port and channel of the other end.
    pub there: IbcEndpoint,
    /// Connection on this chain.
    pub connection_id: String,
    sequence: u64,
}

impl Link {
    /// A channel of `contract`.
    #[must_use]
    pub fn new(contract: &Addr, channel_id: &str, connection_id: &str, there: (&str, &str)) -> Self {
        Self {
            here: endpoint(&port(contract), channel_id),
            there: endpoint(there.0, there.1),
            connection_id: connection_id.into(),
            sequence: 0,
        }
    }

    /// The channel as a handshake shows it.
    #[must_use]
    pub fn channel(&self, version: &str, order: IbcOrder) -> IbcChannel {
        let (here, there) = (self.here.clone(), self.there.clone());
        IbcChannel::new(here, there, order, version, self.connection_id.clone())
    }

    /// Completes the handshake of this end, begun here.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn open(&self, app: &mut TestApp, contract: &Addr, version: &str) -> AnyResult<()> {
        let channel = self.channel(version, IbcOrder::Unordered);
        call(app, contract, &Call::Open(IbcChannelOpenMsg::new_init(channel.clone())))?;
        call(app, contract, &Call::Connect(IbcChannelConnectMsg::new_ack(channel, version)))?;
        Ok(())
    }

    /// As [`Link::open`], begun at the other end.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn accept(&self, app: &mut TestApp, contract: &Addr, version: &str) -> AnyResult<()> {
        let channel = self.channel(version, IbcOrder::Unordered);
        call(app, contract, &Call::Open(IbcChannelOpenMsg::new_try(channel.clone(), version)))?;
        call(app, contract, &Call::Connect(IbcChannelConnectMsg::new_confirm(channel)))?;
        Ok(())
    }

    /// The other end closed the channel.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn closed(&self, app: &mut TestApp, contract: &Addr, version: &str) -> AnyResult<AppResponse> {
        let channel = self.channel(version, IbcOrder::Unordered);
        call(app, contract, &Call::Close(IbcChannelCloseMsg::new_confirm(channel)))
    }

    /// The only packet that left with `response`.
    pub fn sent(&mut self, response: &AppResponse) -> IbcPacket {
        let is_packet = |event: &&Event| event.kind().strip_prefix(PREFIX) == Some(PACKET);
        let mut events = response.events.iter().filter(is_packet);
        let event = events.next().expect("a packet");
        assert!(events.next().is_none(), "one packet in a message");
        let value = |key: &str| event.attribute(key).expect("attribute");
        assert_eq!(value("channel_id"), self.here.channel_id);
        let timeout = Timestamp::from_nanos(value("timeout").parse().unwrap());
        self.sequence += 1;
        IbcPacket::new(
            Binary::from_base64(value("data")).unwrap(),
            self.here.clone(),
            self.there.clone(),
            self.sequence,
            IbcTimeout::with_timestamp(timeout),
        )
    }

    /// A packet that the other end sends.
    pub fn incoming(&mut self, data: Binary) -> IbcPacket {
        self.sequence += 1;
        let timeout = IbcTimeout::with_timestamp(Timestamp::from_seconds(u32::MAX.into()));
        IbcPacket::new(data, self.there.clone(), self.here.clone(), self.sequence, timeout)
    }
}

/// Name of a contract's port.
#[must_use]
pub fn port(contract: &Addr) -> String {
    format!("wasm.{contract}")
}

/// Calls `contract` as the IBC module does.
///
/// # Errors
/// What the contract refuses.
pub fn call(app: &mut TestApp, contract: &Addr, message: &Call) -> AnyResult<AppResponse> {
    app.wasm_sudo(contract.clone(), message)
}

/// Brings a packet; its acknowledgement. An error here is a defect of the contract.
pub fn receive(app: &mut TestApp, contract: &Addr, packet: &IbcPacket) -> (Binary, AppResponse) {
    let message = IbcPacketReceiveMsg::new(packet.clone(), relayer());
    let response = call(app, contract, &Call::Receive(message)).expect("a packet is answered, not refused");
    (response.data.clone().expect("an acknowledgement"), response)
}

/// Brings the acknowledgement of a packet.
///
/// # Errors
/// What the contract refuses.
pub fn acknowledge(
    app: &mut TestApp,
    contract: &Addr,
    packet: &IbcPacket,
    ack: Binary,
) -> AnyResult<AppResponse> {
    let message = IbcPacketAckMsg::new(IbcAcknowledgement::new(ack), packet.clone(), relayer());
    call(app, contract, &Call::Ack(message))
}

/// Brings the proof that a packet was not received in time.
///
/// # Errors
/// What the contract refuses.
pub fn time_out(app: &mut TestApp, contract: &Addr, packet: &IbcPacket) -> AnyResult<AppResponse> {
    call(app, contract, &Call::Timeout(IbcPacketTimeoutMsg::new(packet.clone(), relayer())))
}

/// Turns the packets of a response into events.
#[must_use]
pub fn packets_as_events(mut response: Response) -> Response {
    let (packets, messages) = std::mem::take(&mut response.messages)
        .into_iter()
        .partition::<Vec<_>, _>(|message| matches!(message.msg, CosmosMsg::Ibc(_)));
    response.messages = messages;
    for packet in packets {
        let CosmosMsg::Ibc(IbcMsg::SendPacket { channel_id, data, timeout }) = packet.msg else {
            panic!("a message of IBC other than a packet: {packet:?}");
        };
        let event = Event::new(PACKET)
            .add_attribute("channel_id", channel_id)
            .add_attribute("data", data.to_base64())
            .add_attribute("timeout", timeout.timestamp().expect("a timeout").nanos().to_string());
        response = response.add_event(event);
    }
    response
}

fn endpoint(port_id: &str, channel_id: &str) -> IbcEndpoint {
    IbcEndpoint { port_id: port_id.into(), channel_id: channel_id.into() }
}

fn relayer() -> Addr {
    Addr::unchecked("relayer")
}
