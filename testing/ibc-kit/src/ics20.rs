//! A chain with BTT and its bridge, and the transfer module of another chain.

use std::collections::BTreeMap;

use bithive_api::ics20::{Ack, ExecuteMsg, Hook, InstantiateMsg, Packet, QueryMsg, TokenLimit, VERSION};
use cosmwasm_std::{Addr, Binary, Empty, IbcPacket, Uint128, from_json, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};

use crate::link::{self, Link, ibc_code};
use bithive_test_kit::{Suite, TestApp, UNIT};

/// Most BTT over one channel in tests.
pub const LIMIT: u128 = 1_000 * UNIT;

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    Box::new(ibc_code!(bithive_ics20, ExecuteMsg).with_reply(bithive_ics20::contract::reply))
}

/// Puts the contract on a chain.
///
/// # Errors
/// What the contract refuses.
pub fn instantiate(app: &mut TestApp, owner: &Addr, tokens: Vec<TokenLimit>) -> AnyResult<Addr> {
    let code_id = app.store_code(code());
    let message = InstantiateMsg { owner: owner.to_string(), tokens };
    let admin = Some(owner.to_string());
    app.instantiate_contract(code_id, owner.clone(), &message, &[], "ics20", admin)
}

/// What the transfer module of another chain does with our packets: it keeps vouchers, and takes them back.
#[derive(Clone, Debug, Default)]
pub struct TransferModule {
    /// Vouchers by holder and denomination as it came.
    pub vouchers: BTreeMap<(String, String), u128>,
}

impl TransferModule {
    /// Takes a packet.
    pub fn receive(&mut self, packet: &IbcPacket) -> Binary {
        let Packet { amount, denom, receiver, .. } = from_json(&packet.data).unwrap();
        *self.vouchers.entry((receiver, denom)).or_default() += amount.u128();
        to_json_binary(&Ack::Result(Binary::from([1]))).unwrap()
    }

    /// Sends vouchers back over the channel that they came by; what the packet carries.
    pub fn send(&mut self, link: &Link, by: &str, denom: &str, receiver: &str, amount: u128) -> Packet {
        let held = self.vouchers.get_mut(&(by.to_owned(), denom.to_owned())).expect("vouchers");
        *held = held.checked_sub(amount).expect("enough vouchers");
        let path = format!("{}/{}/{denom}", link.there.port_id, link.there.channel_id);
        let (amount, receiver, sender) = (amount.into(), receiver.into(), by.into());
        Packet { amount, denom: path, receiver, sender, memo: None }
    }

    /// Gives back what the other end refused.
    pub fn refund(&mut self, packet: &Packet) {
        let denom = packet.denom.splitn(3, '/').last().unwrap().to_owned();
        *self.vouchers.entry((packet.sender.clone(), denom)).or_default() += packet.amount.u128();
    }

    /// All vouchers of a denomination.
    #[must_use]
    pub fn supply(&self, denom: &str) -> u128 {
        self.vouchers.iter().filter(|((_, of), _)| of == denom).map(|(_, amount)| amount).sum()
    }
}

/// A chain with BTT, its bridge, and two channels to other chains' transfer modules.
pub struct Ics20Suite {
    /// Chain, accounts and BTT.
    pub suite: Suite,
    /// Address of the ics20 contract.
    pub bridge: Addr,
    /// Channels to two other chains.
    pub links: [Link; 2],
}

impl Default for Ics20Suite {
    fn default() -> Self {
        Self::new()
    }
}

impl Ics20Suite {
    /// BTT can be sent, up to [`LIMIT`].
    #[must_use]
    pub fn new() -> Self {
        let mut suite = Suite::new();
        let tokens = vec![TokenLimit { token: suite.btt.to_string(), limit: LIMIT.into() }];
        let owner = suite.owner.clone();
        let bridge = instantiate(&mut suite.app, &owner, tokens).unwrap();
        let link = |channel: &str, connection: &str, there: &str| {
            Link::new(&bridge, channel, connection, ("transfer", there))
        };
        let links = [
            link("channel-1", "connection-1", "channel-11"),
            link("channel-2", "connection-2", "channel-22"),
        ];
        links[0].open(&mut suite.app, &bridge, VERSION).unwrap();
        links[1].accept(&mut suite.app, &bridge, VERSION).unwrap();
        Self { suite, bridge, links }
    }

    /// BTT as the other chains know them.
    #[must_use]
    pub fn denom(&self) -> String {
        format!("cw20:{}", self.suite.btt)
    }

    /// A transfer over a channel.
    #[must_use]
    pub fn hook(&self, link: usize, receiver: &str) -> Hook {
        let channel_id = self.links[link].here.channel_id.clone();
        Hook::Transfer { channel_id, receiver: receiver.into(), timeout_seconds: None, memo: None }
    }

    /// `account` sends BTT that it has over a channel.
    ///
    /// # Errors
    /// What the token or the contract refuses.
    pub fn send(
        &mut self,
        account: &Addr,
        link: usize,
        receiver: &str,
        amount: u128,
    ) -> AnyResult<IbcPacket> {
        let hook = self.hook(link, receiver);
        let bridge = self.bridge.clone();
        let response = self.suite.send_btt(account, &bridge, amount, &hook)?;
        Ok(self.links[link].sent(&response))
    }

    /// Brings what the other end of a channel sends.
    pub fn receive(&mut self, link: usize, packet: &Packet) -> Ack {
        let packet = self.links[link].incoming(to_json_binary(packet).unwrap());
        let (ack, _) = link::receive(&mut self.suite.app, &self.bridge, &packet);
        from_json(ack).unwrap()
    }

    /// Brings the answer to a packet.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn acknowledge(&mut self, packet: &IbcPacket, ack: Binary) -> AnyResult<AppResponse> {
        link::acknowledge(&mut self.suite.app, &self.bridge, packet, ack)
    }

    /// The other end refused a packet.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn refuse(&mut self, packet: &IbcPacket) -> AnyResult<AppResponse> {
        self.acknowledge(packet, to_json_binary(&Ack::Error("ABCI code: 1".into())).unwrap())
    }

    /// Nobody brought a packet in time.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn time_out(&mut self, packet: &IbcPacket) -> AnyResult<AppResponse> {
        link::time_out(&mut self.suite.app, &self.bridge, packet)
    }

    /// Sends the contract a message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn execute(&mut self, sender: &Addr, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let bridge = self.bridge.clone();
        self.suite.execute(sender, &bridge, message)
    }

    /// BTT outside over a channel.
    #[must_use]
    pub fn outstanding(&self, link: usize) -> u128 {
        let channel_id = self.links[link].here.channel_id.clone();
        let query = QueryMsg::Outstanding { channel_id, token: self.suite.btt.to_string() };
        self.suite.query::<Uint128>(&self.bridge, &query).u128()
    }

    /// BTT that an account is owed.
    #[must_use]
    pub fn owed(&self, account: &Addr) -> u128 {
        let query = QueryMsg::Owed { token: self.suite.btt.to_string(), account: account.to_string() };
        self.suite.query::<Uint128>(&self.bridge, &query).u128()
    }

    /// Checks that what is held is there, and is what is outside.
    pub fn check(&self) {
        let query = QueryMsg::Held { token: self.suite.btt.to_string() };
        let held = self.suite.query::<Uint128>(&self.bridge, &query).u128();
        assert_eq!(held, self.suite.balance(&self.bridge), "what is held is what is there");
        assert_eq!(held, self.outstanding(0) + self.outstanding(1), "and what is outside");
        self.suite.conservation();
    }
}
