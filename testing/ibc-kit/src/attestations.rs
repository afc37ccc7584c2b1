//! Two chains: one with a market, one that receives what its quorums signed.

use bithive_api::attestations::{
    Ack, AttestationResponse, ExecuteMsg, InstantiateMsg, Packet, Peer, QueryMsg, Receipt, SendingsResponse,
    SignedStatement, Source, VERSION, WorkerSet,
};
use bithive_api::jobs::Terms;
use cosmwasm_std::{Addr, Empty, IbcPacket, from_json, to_json_binary};
use cw_multi_test::error::AnyResult;
use cw_multi_test::{AppResponse, Contract, Executor};
use serde::Serialize;

use crate::link::{self, Link, ibc_code};
use bithive_test_kit::{Answer, CHAIN_ID, JobsSuite, Suite, TestApp, token};

/// Connection of the chain with the market.
pub const SOURCE_CONNECTION: &str = "connection-3";
/// Channel of the chain with the market.
pub const SOURCE_CHANNEL: &str = "channel-7";
/// Connection of the receiving chain.
pub const CONNECTION: &str = "connection-4";
/// Channel of the receiving chain.
pub const CHANNEL: &str = "channel-9";
/// The workers of every job here.
pub const WORKERS: [&str; 3] = ["node-1", "node-2", "node-3"];

/// The contract's code.
#[must_use]
pub fn code() -> Box<dyn Contract<Empty>> {
    Box::new(ibc_code!(bithive_attestations, ExecuteMsg))
}

/// Puts the contract on a chain.
///
/// # Errors
/// What the contract refuses.
pub fn instantiate(app: &mut TestApp, owner: &Addr, jobs: Option<&Addr>) -> AnyResult<Addr> {
    let code_id = app.store_code(code());
    let message = InstantiateMsg { owner: owner.to_string(), jobs: jobs.map(Addr::to_string) };
    let admin = Some(owner.to_string());
    app.instantiate_contract(code_id, owner.clone(), &message, &[], "attestations", admin)
}

/// The receiver's answer to a packet.
pub type Answered = Result<Receipt, String>;

/// Both chains, with a channel.
pub struct AttestationsSuite {
    /// The chain with the market.
    pub market: JobsSuite,
    /// The contract there.
    pub sender: Addr,
    /// Its end of the channel.
    pub link: Link,
    /// The receiving chain.
    pub suite: Suite,
    /// The contract there.
    pub receiver: Addr,
    /// Its end of the channel.
    pub back: Link,
}

impl Default for AttestationsSuite {
    fn default() -> Self {
        Self::new()
    }
}

impl AttestationsSuite {
    /// Both contracts with each other as peers and one channel.
    #[must_use]
    pub fn new() -> Self {
        let mut suite = Self::without_channel();
        let source = suite.source();
        let peer = |link: &Link, source| Peer {
            connection_id: link.connection_id.clone(),
            port_id: link.there.port_id.clone(),
            source,
        };
        let (there, here) = (peer(&suite.link, None), peer(&suite.back, Some(source)));
        suite.tell_sender(&ExecuteMsg::AllowPeer(there)).unwrap();
        suite.tell_receiver(&ExecuteMsg::AllowPeer(here)).unwrap();
        suite.link.open(&mut suite.market.suite.app, &suite.sender, VERSION).unwrap();
        suite.back.accept(&mut suite.suite.app, &suite.receiver, VERSION).unwrap();
        suite
    }

    /// Both contracts, without peers.
    #[must_use]
    pub fn without_channel() -> Self {
        let mut market = JobsSuite::new();
        let mut suite = Suite::new();
        // So that an account or a contract of one chain is none of the other.
        suite.app.store_code(token::code());
        let jobs = market.jobs.clone();
        let owner = market.suite.owner.clone();
        let sender = instantiate(&mut market.suite.app, &owner, Some(&jobs)).unwrap();
        let owner = suite.owner.clone();
        let receiver = instantiate(&mut suite.app, &owner, None).unwrap();
        let (there, here) = (link::port(&receiver), link::port(&sender));
        let link = Link::new(&sender, SOURCE_CHANNEL, SOURCE_CONNECTION, (&there, CHANNEL));
        let back = Link::new(&receiver, CHANNEL, CONNECTION, (&here, SOURCE_CHANNEL));
        Self { market, sender, link, suite, receiver, back }
    }

    /// Chain id and contract of the market, as the receiver knows it.
    #[must_use]
    pub fn source(&self) -> Source {
        Source { chain_id: CHAIN_ID.into(), jobs: self.market.jobs.to_string() }
    }

    /// A job with workers.
    pub fn assigned(&mut self) -> u64 {
        let terms: Terms = self.market.terms();
        self.market.assigned(&terms, &WORKERS)
    }

    /// An assigned job settles: all workers answer with `words`, `signers` sign.
    pub fn settle(&mut self, job_id: u64, words: [i32; 4], signers: &[&str]) {
        self.settle_by(job_id, &WORKERS, words, signers);
    }

    /// As [`AttestationsSuite::settle`], with other workers.
    pub fn settle_by(&mut self, job_id: u64, workers: &[&str], words: [i32; 4], signers: &[&str]) {
        let answers: Vec<_> = workers.iter().map(|name| (*name, Answer::of(&words))).collect();
        self.market.work(job_id, &answers);
        self.market.finalize(job_id, signers).unwrap();
    }

    /// A job that is settled.
    pub fn settled(&mut self, words: [i32; 4], signers: &[&str]) -> u64 {
        let job_id = self.assigned();
        self.settle(job_id, words, signers);
        job_id
    }

    /// Sends the market's contract a message, as its chain's owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn tell_sender(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let (owner, contract) = (self.market.suite.owner.clone(), self.sender.clone());
        self.market.suite.execute(&owner, &contract, message)
    }

    /// Sends the other contract a message, as its chain's owner.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn tell_receiver(&mut self, message: &ExecuteMsg) -> AnyResult<AppResponse> {
        let (owner, contract) = (self.suite.owner.clone(), self.receiver.clone());
        self.suite.execute(&owner, &contract, message)
    }

    /// The worker set of a job leaves.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn announce(&mut self, job_id: u64) -> AnyResult<IbcPacket> {
        self.leave(&ExecuteMsg::Announce { job_id, channel_id: SOURCE_CHANNEL.into(), timeout_seconds: None })
    }

    /// The statement of a job leaves.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn send(&mut self, job_id: u64) -> AnyResult<IbcPacket> {
        self.leave(&ExecuteMsg::Send { job_id, channel_id: SOURCE_CHANNEL.into(), timeout_seconds: None })
    }

    /// A packet leaves, on a stranger's message.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn leave(&mut self, message: &ExecuteMsg) -> AnyResult<IbcPacket> {
        let (stranger, contract) = (self.market.suite.account("stranger"), self.sender.clone());
        let response = self.market.suite.execute(&stranger, &contract, message)?;
        Ok(self.link.sent(&response))
    }

    /// Brings a packet to the receiving chain.
    pub fn deliver(&mut self, packet: &IbcPacket) -> Answered {
        let (ack, _) = link::receive(&mut self.suite.app, &self.receiver, packet);
        match from_json(ack).unwrap() {
            Ack::Result(receipt) => Ok(from_json(receipt).unwrap()),
            Ack::Error(error) => Err(error),
        }
    }

    /// Brings other data than was sent, as the other end.
    pub fn deliver_data(&mut self, data: &impl Serialize) -> Answered {
        let packet = self.back.incoming(to_json_binary(data).unwrap());
        self.deliver(&packet)
    }

    /// Brings the answer to a packet to the chain with the market.
    pub fn acknowledge(&mut self, packet: &IbcPacket, answer: &Answered) -> AppResponse {
        let ack = match answer {
            Ok(receipt) => Ack::Result(to_json_binary(receipt).unwrap()),
            Err(error) => Ack::Error(error.clone()),
        };
        let ack = to_json_binary(&ack).unwrap();
        link::acknowledge(&mut self.market.suite.app, &self.sender, packet, ack).unwrap()
    }

    /// Nobody brought a packet in time.
    pub fn time_out(&mut self, packet: &IbcPacket) -> AppResponse {
        link::time_out(&mut self.market.suite.app, &self.sender, packet).unwrap()
    }

    /// Submits a statement, as a stranger.
    ///
    /// # Errors
    /// What the contract refuses.
    pub fn submit(&mut self, job_id: u64, statement: SignedStatement) -> AnyResult<AppResponse> {
        let (stranger, receiver) = (self.suite.account("stranger"), self.receiver.clone());
        let submit = ExecuteMsg::Submit { source: self.source(), job_id, statement };
        self.suite.execute(&stranger, &receiver, &submit)
    }

    /// A job's statement is sent, and arrives.
    pub fn attest(&mut self, job_id: u64) -> Answered {
        let packet = self.send(job_id).unwrap();
        self.deliver(&packet)
    }

    /// The attestation of a job.
    #[must_use]
    pub fn attestation(&self, job_id: u64) -> Option<AttestationResponse> {
        self.suite.query(&self.receiver, &QueryMsg::Attestation { source: self.source(), job_id })
    }

    /// The newest worker set of a job.
    #[must_use]
    pub fn workers(&self, job_id: u64) -> Option<WorkerSet> {
        self.suite.query(&self.receiver, &QueryMsg::Workers { source: self.source(), job_id })
    }

    /// State of what was sent of a job.
    #[must_use]
    pub fn sendings(&self, job_id: u64) -> SendingsResponse {
        let query = QueryMsg::Sendings { channel_id: SOURCE_CHANNEL.into(), job_id };
        self.market.suite.query(&self.sender, &query)
    }
}

/// What a packet carries.
#[must_use]
pub fn carried(packet: &IbcPacket) -> Packet {
    from_json(&packet.data).unwrap()
}

/// What a statement's packet carries.
#[must_use]
pub fn statement(packet: &IbcPacket) -> (WorkerSet, SignedStatement) {
    match carried(packet) {
        Packet::Statement { workers, statement } => (workers, statement),
        Packet::Workers(_) => panic!("a statement was expected"),
    }
}
