//! `randomness`: rounds of a drand network, verified once and read by everybody.
//!
//! Anybody submits a round's signature; the contract verifies it once and keeps the round's 32 bytes under a documented key, so that other
//! contracts read them without loading this one ([`beacon_key`]). Who needs randomness later asks for it: a request is bound to the first
//! round that nobody can know yet, can carry a bounty in BTT for whoever brings that round, and can have a contract called with it.
//!
//! ```text
//!   Request, Receive             Submit of the round (anyone)          Deliver (anyone)
//!   ----------------> waiting -----------------------------> ready ---------------------> called, or its call failed: gone
//!                        |  30 days without the round: Expire (anyone)
//!                        +------------------------------------------------------------> the bounty is its consumer's again
//! ```

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

pub use crate::drand::Drand;
use crate::event::events;

/// Bounds of requests and messages.
pub mod limits {
    /// How far a block's time may be behind the clocks of those who watch drand, in seconds. A request is bound to a round that is at least
    /// that much later than its block, so that nobody who sends it knows the round.
    pub const MAX_LAG: u64 = 30;
    /// Latest time that a request may name, in seconds from now: 30 days.
    pub const MAX_AFTER: u64 = 30 * 86_400;
    /// Most bytes that come back with a call.
    pub const MAX_JOB: usize = 64;
    /// Most gas of one call.
    pub const MAX_CALL_GAS: u64 = 500_000;
    /// Most requests of one delivery.
    pub const MAX_DELIVERIES: usize = 16;
    /// How long a request waits for its round, in seconds after the round's time: 30 days.
    pub const EXPIRY_SECONDS: u64 = 30 * 86_400;
    /// Most characters of the error that an event reports.
    pub const MAX_REASON: usize = 160;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

/// Before a round's number in the key of its 32 bytes.
pub const BEACONS: &str = "beacons";

/// Where the contract keeps the randomness of a round, for a raw query (`WasmQuery::Raw`): two bytes with the length of [`BEACONS`], its
/// letters, and the round, each number big-endian. The value is the 32 bytes themselves; there is none before the round was submitted.
#[must_use]
pub fn beacon_key(round: u64) -> Vec<u8> {
    let mut key = vec![0, 7];
    key.extend_from_slice(BEACONS.as_bytes());
    key.extend_from_slice(&round.to_be_bytes());
    key
}

events! {
    //! What the contract announces. Amounts are in base units of BTT.

    /// A round was verified and is kept; `bounty` was credited to who brought it.
    Submitted, SUBMITTED = "randomness_submitted" { round: u64, randomness: HexBinary, by: Addr, bounty: Uint128 }
    /// Somebody waits for a round.
    Requested, REQUESTED = "randomness_requested" { id: u64, consumer: Addr, round: u64, bounty: Uint128 }
    /// A request has its round; its consumer was called, if it asked for that.
    Delivered, DELIVERED = "randomness_delivered" { id: u64, consumer: Addr, round: u64 }
    /// A request has its round, and its consumer's call failed. The round can still be read.
    Failed, FAILED = "randomness_failed" { id: u64, consumer: Addr, round: u64, reason: String }
    /// A request got no round in time; its bounty is its consumer's again.
    Expired, EXPIRED = "randomness_expired" { id: u64, consumer: Addr, round: u64, bounty: Uint128 }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "randomness_withdrawn" { account: Addr, amount: Uint128 }
}

/// Creates the contract, without rounds. It has no owner and no pause.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address of the token that bounties are paid in.
    pub token: String,
    /// Network whose rounds are taken, for the life of the contract.
    pub drand: Drand,
}

/// What somebody waits for.
#[cw_serde]
pub struct Request {
    /// Earliest time of the round, Unix seconds; now when left out. At most [`limits::MAX_AFTER`] from now. The round is the first one that is
    /// [`limits::MAX_LAG`] seconds later than this and than now.
    pub after: Option<u64>,
    /// What comes back with the call, at most [`limits::MAX_JOB`] bytes.
    pub job: Binary,
    /// Gas for a call of the sender with [`Call`], which is a contract then; at most [`limits::MAX_CALL_GAS`]. No call when 0.
    pub call_gas: u64,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send` of the token; `msg` is a [`Hook`]. Sender: the token.
    Receive(Cw20ReceiveMsg),
    /// Waits for a round, without a bounty: somebody else may bring it, or does not. The answer's data is a [`Requested`]. Sender: anyone.
    Request(Request),
    /// Verifies a round and keeps its randomness. Sender: anyone, who is credited with the bounties of those who wait for it.
    Submit {
        /// Number of the round, from 1.
        round: u64,
        /// The network's signature, 48 bytes.
        signature: HexBinary,
    },
    /// Calls the consumers of requests whose rounds are known, and forgets the requests. A call that fails changes nothing else. Sender: anyone.
    Deliver {
        /// Numbers of 1 to [`limits::MAX_DELIVERIES`] requests, each once.
        requests: Vec<u64>,
    },
    /// Gives the bounty of a request back whose round did not come in [`limits::EXPIRY_SECONDS`]. Sender: anyone.
    Expire {
        /// Number of the request, from 1.
        id: u64,
    },
    /// Pays out all that the sender is owed. Sender: anyone.
    Withdraw {},
}

crate::permissions!(ExecuteMsg {
    Receive: Token,
    Request: Anyone,
    Submit: Anyone,
    Deliver: Anyone,
    Expire: Anyone,
    Withdraw: Anyone,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// As [`ExecuteMsg::Request`]; what is sent is the bounty.
    Request(Request),
}

/// The data of the answer to a request.
#[cw_serde]
pub struct Requested {
    /// Its number, from 1.
    pub id: u64,
    /// The round that it waits for.
    pub round: u64,
}

/// The message that a consumer is called with, which it has among its own messages. It believes this of the contract of randomness only.
#[cw_serde]
pub enum Call {
    /// The randomness that was asked for.
    Randomness(Delivery),
}

/// What a request has come to.
#[cw_serde]
pub struct Delivery {
    /// Number of the request.
    pub id: u64,
    /// Round that it waited for.
    pub round: u64,
    /// The round's randomness, 32 bytes. A consumer hashes it with its own name and purpose (`bithive_drand::Seed`).
    pub randomness: HexBinary,
    /// What the request said.
    pub job: Binary,
}

/// Queries of the `randomness` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Token and network.
    #[returns(ConfigResponse)]
    Config {},
    /// A round's randomness, null before it was submitted. Contracts read it without this query ([`beacon_key`]).
    #[returns(Option<BeaconResponse>)]
    Beacon {
        /// Number of the round.
        round: u64,
    },
    /// Known rounds, the newest first.
    #[returns(Vec<BeaconResponse>)]
    Beacons {
        /// Only those before this one.
        before: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// Rounds that requests wait for, the earliest first, with the sum of their bounties.
    #[returns(Vec<WantedResponse>)]
    Wanted {
        /// Start after this round.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// A request, null when there is none (any more).
    #[returns(Option<RequestResponse>)]
    Request {
        /// Its number, from 1.
        id: u64,
    },
    /// Requests, by number.
    #[returns(Vec<RequestResponse>)]
    Requests {
        /// Which of them.
        of: RequestsOf,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What an account may withdraw, in base units of BTT.
    #[returns(Uint128)]
    Claimable {
        /// Address of the account.
        account: String,
    },
    /// What the contract owes, in base units of BTT; its balance is at least the sum.
    #[returns(HeldResponse)]
    Held {},
}

/// Which requests are meant.
#[cw_serde]
pub enum RequestsOf {
    /// Of this account.
    Consumer(String),
    /// Those that wait for this round, or waited for it and were not delivered yet.
    Round(u64),
}

/// What holds for the life of the contract.
#[cw_serde]
pub struct ConfigResponse {
    /// The token of bounties.
    pub token: Addr,
    /// Network whose rounds are taken.
    pub drand: Drand,
}

/// A known round.
#[cw_serde]
pub struct BeaconResponse {
    /// Number of the round.
    pub round: u64,
    /// Its randomness, 32 bytes.
    pub randomness: HexBinary,
}

/// A round that requests wait for.
#[cw_serde]
pub struct WantedResponse {
    /// Number of the round.
    pub round: u64,
    /// When the network signs it, Unix seconds.
    pub at: u64,
    /// Sum of the bounties, in base units of BTT.
    pub bounty: Uint128,
}

/// A request that was not delivered yet.
#[cw_serde]
pub struct RequestResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Account that has asked.
    pub consumer: Addr,
    /// The round that it is bound to.
    pub round: u64,
    /// When the network signs that, Unix seconds.
    pub at: u64,
    /// Until when it waits, Unix seconds.
    pub expires: u64,
    /// What comes back with the call.
    pub job: Binary,
    /// Gas for the call; none when 0.
    pub call_gas: u64,
    /// Its bounty, in base units of BTT.
    pub bounty: Uint128,
    /// Whether its round is known, so that it can be delivered.
    pub ready: bool,
}

/// What the contract owes, in base units of BTT.
#[cw_serde]
pub struct HeldResponse {
    /// Bounties of requests that wait.
    pub escrowed: Uint128,
    /// Credited and not withdrawn.
    pub claimable: Uint128,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_has_the_length_of_its_name() {
        assert_eq!(usize::from(beacon_key(1)[1]), BEACONS.len());
        assert_eq!(beacon_key(0x0102), *b"\x00\x07beacons\x00\x00\x00\x00\x00\x00\x01\x02");
    }
}
