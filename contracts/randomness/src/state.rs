//! Storage: what is kept, under which key. The ledger of contract-kit keeps `held` and `claimable`.

use bithive_api::asset::Asset;
use bithive_api::randomness::{Drand, RequestResponse, limits};
use bithive_drand::Chain;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Binary, Empty, StdError, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// What holds for the life of the contract.
pub const CONFIG: Item<Config> = Item::new("config");
/// Number of the next request; 1 if absent.
pub const NEXT_REQUEST: Item<u64> = Item::new("next_request");
/// Requests by number.
pub const REQUESTS: Map<u64, Request> = Map::new("requests");
/// Requests of each round.
pub const OF_ROUND: Map<(u64, u64), Empty> = Map::new("of_round");
/// Requests of each consumer.
pub const OF_CONSUMER: Map<(&Addr, u64), Empty> = Map::new("of_consumer");
/// Rounds that requests wait for, with the sum of their bounties.
pub const WANTED: Map<u64, Wanted> = Map::new("wanted");

/// What holds for the life of the contract.
#[cw_serde]
pub struct Config {
    /// BTT; hooks of any other contract are refused.
    pub token: Addr,
    /// The network, checked at instantiation.
    pub drand: Drand,
}

impl Config {
    /// The network that rounds are of.
    ///
    /// # Errors
    /// A stored network that instantiation excludes.
    pub fn network(&self) -> StdResult<Chain> {
        let Drand { public_key, genesis, period } = &self.drand;
        let wrong = || StdError::generic_err("the stored drand network has no key of 96 bytes, or no period");
        Chain::of_key(public_key, *genesis, *period).ok_or_else(wrong)
    }

    /// What bounties are paid in.
    #[must_use]
    pub fn asset(&self) -> Asset<Addr> {
        Asset::Cw20(self.token.clone())
    }
}

/// Where the bytes of each round are: 32 of them, not JSON, which other contracts read by `bithive_api::randomness::beacon_key`.
const BEACONS: Map<u64, Empty> = Map::new("beacons");

/// A round that is waited for.
#[cw_serde]
#[derive(Copy, Default)]
pub struct Wanted {
    /// How many requests wait.
    pub requests: u64,
    /// Sum of their bounties, in base units.
    pub bounty: Uint128,
}

/// A request that was not delivered yet.
#[cw_serde]
pub struct Request {
    /// Account that has asked.
    pub consumer: Addr,
    /// The round that it is bound to.
    pub round: u64,
    /// What comes back with the call.
    pub job: Binary,
    /// Gas for the call; none when 0.
    pub call_gas: u64,
    /// What whoever brings the round is paid for it, in base units.
    pub bounty: Uint128,
}

impl Request {
    /// The response type of a query.
    ///
    /// # Errors
    /// A stored network that instantiation excludes; a round whose time leaves 64 bits, which a request excludes.
    pub fn response(self, storage: &dyn Storage, id: u64) -> Result<RequestResponse, ContractError> {
        let at = CONFIG.load(storage)?.network()?.time_of(self.round)?;
        let ready = beacon(storage, self.round)?.is_some();
        let Self { consumer, round, job, call_gas, bounty } = self;
        let expires = at.saturating_add(limits::EXPIRY_SECONDS);
        Ok(RequestResponse { id, consumer, round, at, expires, job, call_gas, bounty, ready })
    }
}

/// The request `id`.
///
/// # Errors
/// [`ContractError::NoRequest`].
pub fn request(storage: &dyn Storage, id: u64) -> Result<Request, ContractError> {
    REQUESTS.may_load(storage, id)?.ok_or(ContractError::NoRequest { id })
}

/// Takes a request out, with its rows of its round and consumer.
pub(crate) fn remove(storage: &mut dyn Storage, id: u64, request: &Request) {
    REQUESTS.remove(storage, id);
    OF_ROUND.remove(storage, (request.round, id));
    OF_CONSUMER.remove(storage, (&request.consumer, id));
}

/// The randomness of a round; none before it was submitted.
///
/// # Errors
/// A stored value that has not 32 bytes, which `keep` excludes.
pub fn beacon(storage: &dyn Storage, round: u64) -> StdResult<Option<[u8; 32]>> {
    let Some(bytes) = storage.get(&BEACONS.key(round)) else { return Ok(None) };
    let sized = bytes.try_into().map_err(|_| StdError::generic_err("a stored round has not 32 bytes"))?;
    Ok(Some(sized))
}

/// Keeps the randomness of a round, as the bytes that others read.
pub(crate) fn keep(storage: &mut dyn Storage, round: u64, randomness: &[u8; 32]) {
    storage.set(&BEACONS.key(round), randomness);
}
