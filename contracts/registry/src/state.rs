//! Storage, all keys in one place, and the sum of all bonds.
//!
//! cw-ownable keeps `ownership` and cw2 keeps `contract_info`; keys of this crate differ from both.

use bithive_api::registry::{
    AccreditationResponse, Capability, CommitteeMember, Election, NodeRegistration, Params, Role,
};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Env, HexBinary, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Configuration, fixed for the life of the contract.
#[cw_serde]
pub struct Config {
    /// Bond token; hooks of any other contract are refused.
    pub token: Addr,
    /// Address that receives the part of a slashed bond that is not burnt.
    pub treasury: Addr,
    /// Parameters, checked against their bounds.
    pub params: Params,
    /// BLAKE3 digest of the DGKBE common reference string.
    pub crs_digest: HexBinary,
}

/// An account with a bond. One account has one role, because `unbond` and `add_bond` name none.
#[cw_serde]
pub struct Participant {
    /// Bond held, in base units.
    pub bond: Uint128,
    /// When the bond can be withdrawn, in Unix seconds; none before `unbond`.
    pub unbonding_until: Option<u64>,
    /// Taken from the bond so far, in base units.
    pub slashed: Uint128,
    /// Whether its DGKBE key was proven malformed; it is then on its way out.
    pub malformed: bool,
    /// What it registered.
    pub kind: Kind,
}

/// The role of a participant.
#[cw_serde]
pub enum Kind {
    /// A contributor node.
    Node(NodeRegistration),
    /// A requester with a bond.
    Requester {
        /// Transport endpoint (Ed25519 public key, 32 bytes).
        endpoint: HexBinary,
    },
}

impl Participant {
    /// Whether the bond suffices for the role and is not on its way out.
    #[must_use]
    pub fn eligible(&self, params: &Params) -> bool {
        let least = match self.kind {
            Kind::Node(_) => params.node_bond,
            Kind::Requester { .. } => params.requester_bond,
        };
        self.unbonding_until.is_none() && self.bond >= least
    }
}

/// A committee, which serves until the next one begins.
#[cw_serde]
pub struct Committee {
    /// Its first epoch.
    pub from_epoch: u64,
    /// Members in index order; at most `limits::MAX_COMMITTEE`.
    pub members: Vec<CommitteeMember<Addr>>,
    /// Members needed for one evaluation.
    pub threshold: u8,
    /// Whether it takes office: it was named, or as many members as the threshold have posted the same digest before its first
    /// epoch. Those that earlier versions stored do.
    #[serde(default = "takes_office")]
    pub agreed: bool,
}

impl Committee {
    /// Whether its first epoch has begun, and it did not take office.
    #[must_use]
    pub const fn lapsed(&self, current: u64) -> bool {
        !self.agreed && self.from_epoch <= current
    }
}

const fn takes_office() -> bool {
    true
}

/// From when on a member has had the chance to do something.
#[cw_serde]
#[derive(Copy)]
pub struct Since {
    /// Time of the block, in Unix seconds.
    pub seconds: u64,
    /// Height of the block.
    pub height: u64,
}

impl Since {
    /// From the present block on.
    #[must_use]
    pub fn now(env: &Env) -> Self {
        Self { seconds: env.block.time.seconds(), height: env.block.height }
    }
}

/// A seat that is not taken.
#[cw_serde]
#[derive(Copy)]
pub struct Seat {
    /// First epoch of the committee.
    pub epoch: u64,
    /// When its committee was elected.
    pub since: Since,
}

/// Who holds an endpoint.
#[cw_serde]
pub struct Holder {
    /// The account's address.
    pub address: Addr,
    /// Role of the account.
    pub role: Role,
}

/// What a node has done, as it is stored: `bithive_economics::record::Record`.
#[cw_serde]
pub struct StoredRecord {
    /// Jobs that settled with it in the quorum.
    pub settled: u64,
    /// Jobs that it did not answer in time.
    pub missed: u64,
    /// Faults that cost bond.
    pub faults: u64,
    /// Settled jobs in a row since the last one that was missed or faulty.
    pub streak: u64,
    /// Most settled jobs in a row so far.
    pub best_streak: u64,
    /// Compute credits of its settled jobs.
    pub work: u64,
    /// Sum of trust over its settled jobs, in 1/10,000.
    pub trust: u64,
    /// Reputation, in 1/10,000.
    pub reputation_bps: u16,
}

/// What an accreditor says of a node.
#[cw_serde]
pub struct Grant {
    /// The commitment that it has seen opened; it counts while the node has this one.
    pub commitment: HexBinary,
    /// Names of the attributes.
    pub attributes: Vec<String>,
    /// Until when, in Unix seconds.
    pub until: u64,
}

/// A candidate for the committee.
#[cw_serde]
pub struct Candidate {
    /// The account's address.
    pub address: Addr,
    /// Transport endpoint, which is the candidate's while it stands.
    pub endpoint: HexBinary,
    /// Its bond, in base units of BTT.
    pub bond: Uint128,
    /// Elections in a row that it won, the last one counted.
    pub served: u16,
    /// Epoch of the last election that it won.
    pub elected: Option<u64>,
}

impl Candidate {
    /// Elections in a row that it won until now: none if it did not win the last one. An election whose committee did not
    /// take office is not counted, but who won it keeps the others.
    #[must_use]
    pub fn terms(&self, elections: Elections) -> u16 {
        match self.elected {
            None => 0,
            won if won == elections.last => self.served,
            won if won == elections.lapsed => self.served.saturating_sub(1),
            Some(_) => 0,
        }
    }
}

/// The elections that count for terms, each by the first epoch of its committee.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Elections {
    /// The last one whose committee took office, or still can.
    pub last: Option<u64>,
    /// A later one whose committee did not.
    pub lapsed: Option<u64>,
}

/// Where a candidate stands in the list: before everybody with a smaller bond, behind everybody with a larger one.
#[cw_serde]
#[derive(Copy)]
pub struct Rank {
    /// The candidate's bond, in base units of BTT.
    pub bond: Uint128,
    /// Of equal bonds, the lower number comes first.
    pub number: u64,
}

impl Rank {
    /// Key in [`CANDIDATES`]: the larger the bond, the lower.
    #[must_use]
    pub fn key(self) -> (u128, u64) {
        (u128::MAX.saturating_sub(self.bond.u128()), self.number)
    }
}

/// Counters of the list of candidates.
#[cw_serde]
#[derive(Copy, Default)]
pub struct CandidateList {
    /// Candidates in the list.
    pub count: u32,
    /// Number of the next candidate that is put into the list.
    pub next: u64,
}

/// Configuration, fixed for the life of the contract.
pub const CONFIG: Item<Config> = Item::new("config");
/// Address of the jobs contract; absent until the owner has named it.
pub const JOBS: Item<Addr> = Item::new("jobs");
/// Sum of all bonds held, in base units.
pub const BONDED: Item<Uint128> = Item::new("bonded");
/// Accounts with a bond.
pub const PARTICIPANTS: Map<&Addr, Participant> = Map::new("participants");
/// Owner of each slot.
pub const SLOTS: Map<u16, Addr> = Map::new("slots");
/// Owner of each BLS key, by its compressed bytes (the encoding is canonical).
pub const BLS_KEYS: Map<&[u8], Addr> = Map::new("bls_keys");
/// Holder of each endpoint of a node or a requester.
pub const ENDPOINTS: Map<&[u8], Holder> = Map::new("endpoints");
/// Relay of each endpoint that has named one.
pub const RELAYS: Map<&[u8], String> = Map::new("relays");
/// Committees by rising first epoch: of the last epoch, of the current one, and one that has not begun.
pub const COMMITTEES: Item<Vec<Committee>> = Item::new("committees");
/// Digests of share keys by epoch and member.
pub const SHARE_KEYS: Map<(u64, &Addr), HexBinary> = Map::new("share_keys");

/// What nodes have done, by account; it stays when they leave.
pub const RECORDS: Map<&Addr, StoredRecord> = Map::new("records");
/// What nodes declared.
pub const CAPABILITIES: Map<&Addr, Capability> = Map::new("capabilities");
/// Candidates by [`Rank::key`], so by falling bond; at most `limits::MAX_CANDIDATES`.
pub const CANDIDATES: Map<(u128, u64), Candidate> = Map::new("candidates_by_bond");
/// Rank of each candidate in that list.
pub const RANKS: Map<&Addr, Rank> = Map::new("standing");
/// Counters of that list.
pub const CANDIDATE_LIST: Item<CandidateList> = Item::new("stood");
/// Terms of those who left that list: elections in a row that they won, and the epoch of the last.
pub const TERMS: Map<&Addr, (u16, u64)> = Map::new("terms");
/// How committees are elected, where they are.
pub const ELECTION: Item<Election> = Item::new("election");
/// Last epoch for which a committee was elected.
pub const ELECTED: Item<u64> = Item::new("elected");
/// The same before the last election, of a committee that took office.
pub const ELECTED_BEFORE: Item<u64> = Item::new("elected_before");
/// Epoch for which the last committee was elected, once it is forgotten because it did not take office.
pub const LAPSED: Item<u64> = Item::new("lapsed");
/// Seats that are not taken, by who was elected.
pub const SEATS: Map<&Addr, Seat> = Map::new("seats");
/// Epochs for which as many members as the threshold have posted the same digest, and since when.
pub const AGREED: Map<u64, Since> = Map::new("agreed");
/// Members that were reported for the share keys of an epoch.
pub const REPORTED: Map<(u64, &Addr), Since> = Map::new("reported");

/// Who may vouch for attributes, and for which that is needed; none where it was never set.
pub const ACCREDITATION: Item<AccreditationResponse> = Item::new("accreditation");
/// What accreditors say, by node and accreditor.
pub const GRANTS: Map<(&Addr, &Addr), Grant> = Map::new("grants");
/// When a node committed to its attributes, in Unix seconds; absent for those that registered under a version that did not
/// record it.
pub const COMMITTED_AT: Map<&Addr, u64> = Map::new("committed_at");

/// Counts `amount` into the sum of all bonds.
///
/// # Errors
/// Overflow, which a token with a supply of 128 bits excludes.
pub fn add_bonded(storage: &mut dyn Storage, amount: Uint128) -> Result<(), ContractError> {
    let sum = BONDED.load(storage)?.checked_add(amount)?;
    Ok(BONDED.save(storage, &sum)?)
}

/// Counts `amount` out of the sum of all bonds.
///
/// # Errors
/// Overflow, which the invariant that the sum contains every bond excludes.
pub fn subtract_bonded(storage: &mut dyn Storage, amount: Uint128) -> Result<(), ContractError> {
    let sum = BONDED.load(storage)?.checked_sub(amount)?;
    Ok(BONDED.save(storage, &sum)?)
}

/// The committees that are in office, were, or still can be.
///
/// # Errors
/// Storage.
pub fn committees(storage: &dyn Storage, current: u64) -> StdResult<Vec<Committee>> {
    let mut committees = COMMITTEES.load(storage)?;
    committees.retain(|committee| !committee.lapsed(current));
    Ok(committees)
}

/// The committee of an epoch.
#[must_use]
pub fn committee_at(committees: &[Committee], epoch: u64) -> Option<&Committee> {
    committees.iter().rev().find(|committee| committee.from_epoch <= epoch)
}

/// The committees that still have duties: requests of the last epoch are answered during the current one.
#[must_use]
pub fn in_service(committees: &[Committee], current: u64) -> &[Committee] {
    let last = current.saturating_sub(1);
    let over = committees.iter().filter(|committee| committee.from_epoch <= last).count().saturating_sub(1);
    committees.get(over..).unwrap_or_default()
}

/// The member of a committee in service that has this endpoint.
///
/// # Errors
/// Storage.
pub fn committee_holder(storage: &dyn Storage, env: &Env, endpoint: &HexBinary) -> StdResult<Option<Addr>> {
    let current = epoch_at(storage, env.block.time.seconds())?;
    let committees = committees(storage, current)?;
    let mut members = in_service(&committees, current).iter().flat_map(|committee| &committee.members);
    Ok(members.find(|member| member.endpoint == *endpoint).map(|member| member.address.clone()))
}

/// Gives `endpoint` to a node or a requester.
///
/// # Errors
/// [`ContractError::EndpointTaken`].
pub fn claim_endpoint(
    storage: &mut dyn Storage,
    env: &Env,
    endpoint: &HexBinary,
    holder: &Holder,
) -> Result<(), ContractError> {
    let in_committee = committee_holder(storage, env, endpoint)?.is_some();
    if in_committee || ENDPOINTS.has(storage, endpoint.as_slice()) {
        return Err(ContractError::EndpointTaken { endpoint: endpoint.clone() });
    }
    // A relay that is still there was set by an earlier holder: a committee member whose term is over.
    RELAYS.remove(storage, endpoint.as_slice());
    Ok(ENDPOINTS.save(storage, endpoint.as_slice(), holder)?)
}

/// The participant at `address`.
///
/// # Errors
/// [`ContractError::NotRegistered`].
pub fn participant(storage: &dyn Storage, address: &Addr) -> Result<Participant, ContractError> {
    PARTICIPANTS
        .may_load(storage, address)?
        .ok_or_else(|| ContractError::NotRegistered { address: address.into() })
}

/// Which elections count for terms.
///
/// # Errors
/// Storage.
pub fn elections(storage: &dyn Storage, env: &Env) -> StdResult<Elections> {
    let current = epoch_at(storage, env.block.time.seconds())?;
    let last = ELECTED.may_load(storage)?;
    let stored = COMMITTEES.load(storage)?;
    let lapsed = stored.iter().find(|committee| committee.lapsed(current)).map(|found| found.from_epoch);
    match LAPSED.may_load(storage)?.or(lapsed).filter(|lapsed| Some(*lapsed) == last) {
        Some(lapsed) => Ok(Elections { last: ELECTED_BEFORE.may_load(storage)?, lapsed: Some(lapsed) }),
        None => Ok(Elections { last, lapsed: None }),
    }
}

/// Epoch of a time in Unix seconds. Epochs are at least `limits::MIN_EPOCH_SECONDS` long, so never zero.
///
/// # Errors
/// Storage.
pub fn epoch_at(storage: &dyn Storage, seconds: u64) -> StdResult<u64> {
    let length = CONFIG.load(storage)?.params.epoch_seconds;
    Ok(seconds.checked_div(length).unwrap_or_default())
}
