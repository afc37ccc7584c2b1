//! `registry`: participants, their keys and their bonds.
//!
//! A node bonds BTT and registers one DGKBE slot, one BLS key with proof of possession, one transport
//! endpoint and a commitment to its attributes. A requester bonds a smaller amount; the committee grants
//! blind evaluations to registered identities only. The committee of super nodes is listed here, too.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Binary, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::{OrEmpty, events, names};

/// Parameters that hold for the life of the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// Address that may wire the contracts together and set the committee; hand it to governance later.
    pub owner: String,
    /// cw20 contract of the bond token (BTT).
    pub token: String,
    /// Receives the part of a slashed bond that is not burnt.
    pub treasury: String,
    /// Parameters, checked against [`limits`].
    pub params: Params,
    /// BLAKE3 digest of the DGKBE common reference string that every registered key refers to.
    pub crs_digest: HexBinary,
    /// Opening of that string's first 8 bytes (format and number of slots), a bao slice under `crs_digest`: it has
    /// to be for `params.slots`, because a dispute finds every element of every file by that number.
    pub crs_opening: Binary,
}

/// Numeric parameters, each checked against [`limits`].
#[cw_serde]
pub struct Params {
    /// Slots of one broadcast group (L), as many as the common reference string is for.
    pub slots: u16,
    /// Groups of that many slots (G); slots are numbered 1..=G*L, group after group.
    pub groups: u16,
    /// Least bond of a node, in base units.
    pub node_bond: Uint128,
    /// Least bond of a requester, in base units.
    pub requester_bond: Uint128,
    /// Seconds between `unbond` and `withdraw_bond`; must outlast the longest job, so that a slash reaches
    /// a node that is on its way out.
    pub unbonding_seconds: u64,
    /// Length of an OPRF epoch in seconds; epoch = time / epoch_seconds. `unbonding_seconds` is at least
    /// [`limits::EPOCHS_AT_STAKE`] of it.
    pub epoch_seconds: u64,
    /// Part of a slashed amount that is burnt, in 1/10,000; the rest goes to the treasury.
    pub burn_bps: u16,
    /// What a dispute of a key takes as deposit, in base units: returned if the key is malformed, lost like a
    /// slashed amount if it is not.
    pub dispute_deposit: Uint128,
    /// Part of the bond of a malformed key's owner that whoever proves it receives, in 1/10,000; of the rest,
    /// `burn_bps` is burnt and what is left goes to the treasury.
    pub bounty_bps: u16,
}

/// Bounds of [`Params`], so that no owner can set a value that locks funds or breaks a loop bound.
pub mod limits {
    /// Most slots of one group; bounded by the ceremony (L up to 4096).
    pub const MAX_SLOTS: u16 = 4096;
    /// Most groups; a slot's number has 16 bits, so there are at most 65,535 slots in all as well.
    pub const MAX_GROUPS: u16 = 1024;
    /// Shortest unbonding: one day.
    pub const MIN_UNBONDING_SECONDS: u64 = 86_400;
    /// Longest unbonding: one year.
    pub const MAX_UNBONDING_SECONDS: u64 = 31_536_000;
    /// Shortest epoch: ten minutes.
    pub const MIN_EPOCH_SECONDS: u64 = 600;
    /// Longest epoch: 30 days.
    pub const MAX_EPOCH_SECONDS: u64 = 2_592_000;
    /// Epochs that unbonding lasts at least: from the one in which a member of the committee was elected to the last one that it
    /// answers for, and longer than the two for which a party that leaves can have tags.
    pub const EPOCHS_AT_STAKE: u64 = 3;
    /// Largest bounty: well below half, so that an owner who disputes its own key loses more than it gets back.
    pub const MAX_BOUNTY_BPS: u16 = 4_000;
    /// Most committee members; pseudo-random secret sharing holds C(n, t-1) seeds.
    pub const MAX_COMMITTEE: usize = 7;
    /// Most candidates for the committee, those with the largest bonds: the bound of every loop over them.
    pub const MAX_CANDIDATES: usize = 32;
    /// Most consecutive epochs that an election's `max_terms` may allow.
    pub const MAX_TERMS: u16 = 1_000;
    /// Most outcomes of one [`super::ExecuteMsg::Record`]: the workers of a job.
    pub const MAX_OUTCOMES: usize = 16;
    /// Longest URL of a relay, in bytes: a DNS name has at most 253.
    pub const MAX_RELAY_BYTES: usize = 280;
    /// Most accreditors: the bound of every loop over them.
    pub const MAX_ACCREDITORS: usize = 16;
    /// Most attributes of a list.
    pub const MAX_ATTRIBUTES: usize = 32;
    /// Most bytes of an attribute's name.
    pub const MAX_ATTRIBUTE_BYTES: usize = 32;
    /// Longest accreditation: one year.
    pub const MAX_ACCREDITATION_SECONDS: u64 = 31_536_000;
    /// Most rows of one page of a query.
    pub const MAX_PAGE: u32 = 100;
    /// Rows of one page where the caller names no number.
    pub const DEFAULT_PAGE: u32 = 30;
}

/// Messages of the `registry` contract. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send` of the bond token; `msg` is a [`Hook`]. Sender: the token contract only.
    Receive(Cw20ReceiveMsg),
    /// Start leaving: the node is no longer eligible at once; the bond stays slashable until withdrawn.
    /// Sender: a bonded node or requester.
    Unbond {},
    /// Pay out a bond whose unbonding time has passed and free the slot and the keys.
    /// Sender: anyone; the bond goes to its owner.
    WithdrawBond {
        /// Owner of the bond.
        address: String,
    },
    /// Take up to `amount` from a node's bond; never fails for a registered or absent node, so that one
    /// fault can't block a job. Sender: the jobs contract only.
    Slash {
        /// Account of the node at fault.
        node: String,
        /// Most to take, in base units; the rest of the bond stays.
        amount: Uint128,
        /// Name of the fault, for the event.
        reason: String,
        /// The job in which it happened.
        job_id: u64,
    },
    /// Count what nodes did in a job. Unregistered nodes are skipped. Faults are counted by `Slash`. Sender: the jobs
    /// contract only.
    Record {
        /// Number of the job, from 1.
        job_id: u64,
        /// At most [`limits::MAX_OUTCOMES`].
        outcomes: Vec<Outcome>,
    },
    /// Declare the machine's capability; replaces an earlier declaration. Sender: a node.
    Declare {
        /// The declaration; its bounds are those of `bithive_economics::tier`.
        capability: Capability,
    },
    /// Stand for the committee. There are at most [`limits::MAX_CANDIDATES`]; a larger bond takes the place of the
    /// smallest. Who is no longer eligible stands no longer. Sender: an eligible node.
    Stand {
        /// Transport endpoint (Ed25519 public key, 32 bytes) that would answer evaluations; not that of the node.
        endpoint: HexBinary,
    },
    /// Stand no longer; a committee that was elected serves as before. Sender: a candidate.
    Retire {},
    /// Elect the committee of the next epoch: the candidates with the largest bonds, those last who have served as long
    /// as they may. Once in an epoch, where elections are held. If they are those of now, the committee stays, and its
    /// keys with it. Who is elected takes its seat, and takes office if as many members as the threshold post the same digest
    /// for their first epoch before it begins; until then the committee of now goes on. In the first half of an epoch only.
    /// Sender: anyone.
    Elect {},
    /// Take the seat that the sender was elected to: its program runs, and agrees on keys with the others. Whoever has not
    /// done so after a quarter of an epoch can be reported. Sender: who was elected and has not taken its seat.
    TakeSeat {},
    /// Report that a member has missed a duty ([`QueryMsg::Duties`]): it loses a tenth of its bond, burnt or to the
    /// treasury, is no candidate any more, and the next candidate takes its place from the next epoch on. Nobody is paid for
    /// a report. Sender: anyone, while elections are held.
    ReportAbsent {
        /// The member's account.
        address: String,
    },
    /// Hold elections, or hold none: then the owner names committees. Sender: owner.
    SetElection {
        /// Size and rotation; null to hold no elections.
        election: Option<Election>,
    },
    /// Refuse registrations, candidates and elections for a while. Bonds can be added to, left and withdrawn at any
    /// time. Sender: owner.
    SetPaused {
        /// Whether they are refused.
        paused: bool,
    },
    /// Name the jobs contract, once. Sender: owner.
    SetJobs {
        /// Address of the jobs contract.
        jobs: String,
    },
    /// Name the committee from an epoch on, in place of one that was named but has not begun. The committee in
    /// force keeps its duties until then. Share keys posted for an epoch whose committee changes are void.
    /// Waits ([`crate::delay`]) unless it is the first of all, or the one in force with the same threshold.
    /// Sender: owner, while no elections are held.
    SetCommittee {
        /// The members, in index order (index 1 first); addresses and endpoints are unique.
        members: Vec<CommitteeMember>,
        /// Members needed for one evaluation, 2 at least and more than half of the members, so that who asks different members
        /// for different values gets no more of them.
        threshold: u8,
        /// Its first epoch: a later one than the current; the current one, too, where no committee is in force. Where it
        /// waits, a later one than that in which it can be applied at first.
        from_epoch: u64,
    },
    /// Post the digest of the epoch's published share keys. Sender: a member of that epoch's committee, once
    /// per epoch, for the current or the next epoch.
    PostShareKeys {
        /// Number of the epoch: Unix time / `epoch_seconds`.
        epoch: u64,
        /// SHA-256 digest of the canonical share key table.
        digest: HexBinary,
    },
    /// Name the relay through which a transport endpoint can be reached, or take it back: a URL like
    /// `https://relay.example:3340/`, http or https, a host, optionally a port, no path, at most
    /// [`limits::MAX_RELAY_BYTES`]. It is forgotten when the endpoint's holder leaves.
    /// Sender: the node, requester or committee member that holds the endpoint.
    SetRelay {
        /// The endpoint (Ed25519 public key, 32 bytes).
        endpoint: HexBinary,
        /// The relay's URL; null for none.
        relay: Option<String>,
    },
    /// Replace the commitment to one's attributes, which the committee evaluates and nothing else. What accreditors said of the
    /// former one is void. Once in `unbonding_seconds`, counted from registration, as often as one could leave and come back:
    /// otherwise every change would be another guess at what requests ask for. Sender: a node that is not leaving.
    CommitAttributes {
        /// SHA-256 digest of the commitments to the answers to all slots, 32 bytes.
        commitment: HexBinary,
    },
    /// Say who may vouch for attributes, and which attributes the committee evaluates only where somebody has. Waits
    /// ([`crate::delay`]), apart from the first accreditors without a requirement: nodes need the time to meet it. Sender: owner.
    SetAccreditation {
        /// Accounts of accreditors, at most [`limits::MAX_ACCREDITORS`].
        accreditors: Vec<String>,
        /// Names of attributes that need accreditation, at most [`limits::MAX_ATTRIBUTES`]; none without accreditors.
        required: Vec<String>,
    },
    /// Have an accreditor vouch for nobody any more, at once; what it has said no longer counts. Sender: owner.
    RemoveAccreditor {
        /// Address of the accreditor's account.
        accreditor: String,
    },
    /// Vouch for attributes of a node: the accreditor has seen them, and what opens the node's commitments to them. Replaces
    /// what it said of the node before. Sender: an accreditor.
    Accredit {
        /// Account of the node.
        node: String,
        /// The commitment that the node has registered: what the accreditor has seen opened.
        commitment: HexBinary,
        /// Names of the attributes, at most [`limits::MAX_ATTRIBUTES`]; none takes back what it said.
        attributes: Vec<String>,
        /// Until when, in Unix seconds; at most [`limits::MAX_ACCREDITATION_SECONDS`] from now.
        until: u64,
    },
    /// Apply a setting of the owner whose time has come ([`crate::delay`]). Sender: anyone.
    ApplySetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Drop a setting that waits. Sender: owner.
    CancelSetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Propose a new owner. Sender: owner.
    TransferOwnership {
        /// The proposed owner.
        new_owner: String,
    },
    /// Accept ownership. Sender: the proposed owner.
    AcceptOwnership {},
}

crate::permissions!(ExecuteMsg {
    Receive: Token,
    Unbond: Anyone,
    WithdrawBond: Anyone,
    Slash: Jobs,
    Record: Jobs,
    Declare: Anyone,
    Stand: Anyone,
    Retire: Anyone,
    Elect: Anyone,
    TakeSeat: Anyone,
    ReportAbsent: Anyone,
    SetElection: Owner,
    SetPaused: Owner,
    SetJobs: Owner,
    SetCommittee: Owner,
    PostShareKeys: CommitteeMember,
    SetRelay: EndpointHolder,
    CommitAttributes: Anyone,
    SetAccreditation: Owner,
    RemoveAccreditor: Owner,
    Accredit: Accreditor,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a cw20 `Send` to the registry is for. An account has one role and one bond, because `AddBond` and
/// [`ExecuteMsg::Unbond`] name none.
#[cw_serde]
pub enum Hook {
    /// Register the token's sender as a node with this bond.
    RegisterNode(NodeRegistration),
    /// Register the token's sender as a requester with this bond.
    RegisterRequester {
        /// Transport endpoint (Ed25519 public key, 32 bytes) from which it asks the committee.
        endpoint: HexBinary,
    },
    /// Add to the bond of the token's sender.
    AddBond {},
    /// Dispute a node's DGKBE key with a deposit of exactly `dispute_deposit`. If what is opened is malformed, the
    /// deposit returns with the bounty, the owner loses its whole bond and leaves; if it is not, the deposit is
    /// lost. An opening that does not verify is an error and moves nothing.
    Dispute(KeyDispute),
}

/// What a node did in a job.
#[cw_serde]
pub struct Outcome {
    /// Account of the node.
    pub node: String,
    /// What it did.
    pub result: JobResult,
}

/// What a node did in a job.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum JobResult {
    /// It was in the quorum of a job that settled.
    Settled {
        /// Compute credits of the job.
        work: u64,
        /// Trust in the outcome, in 1/10,000.
        trust_bps: u16,
    },
    /// It did not answer in time.
    Missed,
}

/// Capability of a machine, as its operator declares it.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Capability {
    /// Video memory, in GB.
    pub vram_gb: u16,
    /// Models that it runs in a day.
    pub models_per_day: u32,
    /// Compute power, in GFLOPS.
    pub gflops: u64,
    /// Electric power, in mW.
    pub milliwatts: u64,
}

/// How committees are elected.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Election {
    /// Members, 2 to [`limits::MAX_COMMITTEE`].
    pub seats: u8,
    /// Members needed for one evaluation, 2 at least and more than half of `seats`.
    pub threshold: u8,
    /// Epochs that a member serves in a row before others go first, 1 to [`limits::MAX_TERMS`].
    pub max_terms: u16,
}

/// The accusation that a node's public DGKBE key is malformed, with the proof.
#[cw_serde]
pub struct KeyDispute {
    /// The node's account.
    pub node: String,
    /// The part of its key that is wrong.
    pub opening: KeyOpening,
}

/// A part of the file behind `dgkbe_key_digest`. Each opening is a slice in the format of bao 0.13 of exactly the
/// named bytes: they are at their place, or the file ends before, or the slice does not lead to the digest.
#[cw_serde]
pub enum KeyOpening {
    /// Everything before the elements; wrong if one byte differs from what the registration dictates: format and
    /// version, number of slots, slot, digest of the reference string, T.
    Header {
        /// Opening of the first 90 bytes.
        key: Binary,
    },
    /// The end; wrong if the file is shorter or longer than 90 + 96 (slots - 1) bytes.
    End {
        /// Opening of the one byte behind that length.
        key: Binary,
    },
    /// H for one index; wrong if the bytes are no canonical encoding of a point of G2's prime order subgroup, or
    /// if e(T, B) is not e(g1, H).
    Element {
        /// The index, 1..=slots, other than slots + 1 - slot.
        index: u16,
        /// Opening of the element's 96 bytes.
        key: Binary,
        /// Opening of B for the index, 96 bytes, in the reference string.
        power: Binary,
    },
}

/// What a node registers.
#[cw_serde]
pub struct NodeRegistration {
    /// DGKBE slot, 1..=groups*slots; one owner per slot.
    pub slot: u16,
    /// T_j = \[t\]_1, 48 bytes; not the identity.
    pub dgkbe_key: HexBinary,
    /// BLAKE3 digest of the whole encoded DGKBE public key, which is stored off chain.
    pub dgkbe_key_digest: HexBinary,
    /// BLS public key in G1, 48 bytes; not the identity, not registered before.
    pub bls_key: HexBinary,
    /// Proof of possession: BLS signature (G2, 96 bytes) over `bithive_attest::possession_bytes`.
    pub bls_possession: HexBinary,
    /// SHA-256 digest of the commitments to the node's answers to all slots, 32 bytes
    /// (`bithive_blindmatch::commitment::AnswerCommitments`).
    pub attributes_commitment: HexBinary,
    /// Transport endpoint (Ed25519 public key, 32 bytes).
    pub endpoint: HexBinary,
}

/// One member of the committee.
#[cw_serde]
pub struct CommitteeMember<A = String> {
    /// Account that posts the share key digests.
    pub address: A,
    /// Transport endpoint (Ed25519 public key, 32 bytes) that answers evaluations.
    pub endpoint: HexBinary,
}

impl From<CommitteeMember<Addr>> for CommitteeMember {
    fn from(member: CommitteeMember<Addr>) -> Self {
        Self { address: member.address.into(), endpoint: member.endpoint }
    }
}

/// Queries of the `registry` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Parameters and addresses of the other contracts.
    #[returns(ConfigResponse)]
    Config {},
    /// One node; null when there is none at the address.
    #[returns(Option<NodeResponse>)]
    Node {
        /// The node's account.
        address: String,
    },
    /// The nodes at these slots, in the same order; null where a slot is free. At most [`limits::MAX_PAGE`].
    #[returns(Vec<Option<NodeResponse>>)]
    NodesAt {
        /// Slot numbers, from 1.
        slots: Vec<u16>,
    },
    /// Nodes by ascending slot.
    #[returns(Vec<NodeResponse>)]
    Nodes {
        /// Start after this slot.
        start_after: Option<u16>,
        /// Page size, at most [`limits::MAX_PAGE`], by default [`limits::DEFAULT_PAGE`].
        limit: Option<u32>,
    },
    /// One requester; null when there is none at the address.
    #[returns(Option<RequesterResponse>)]
    Requester {
        /// The requester's account.
        address: String,
    },
    /// Who is behind a transport endpoint; null when nobody eligible is.
    #[returns(Option<IdentityResponse>)]
    Identity {
        /// Ed25519 public key, 32 bytes.
        endpoint: HexBinary,
    },
    /// The relay through which a transport endpoint can be reached; null when it has named none.
    #[returns(Option<String>)]
    Relay {
        /// Ed25519 public key, 32 bytes.
        endpoint: HexBinary,
    },
    /// The committee of an epoch; without members where there is none, and for epochs before the last one,
    /// which are forgotten.
    #[returns(CommitteeResponse)]
    Committee {
        /// The epoch, by default the current one. The last committee that was named is that of `u64::MAX`.
        epoch: Option<u64>,
    },
    /// Who may vouch for attributes, and which attributes need it.
    #[returns(AccreditationResponse)]
    Accreditation {},
    /// What a node has committed to, and which attributes were vouched for; null when there is no node at the address.
    #[returns(Option<AccreditedResponse>)]
    Accredited {
        /// The node's account.
        address: String,
    },
    /// What a node has done, and its scores; null for an account that never was in a job and is no node.
    #[returns(Option<PerformanceResponse>)]
    Performance {
        /// The node's account.
        address: String,
    },
    /// Who stands for the committee, by falling bond, and how it is elected.
    #[returns(CandidatesResponse)]
    Candidates {},
    /// What members of the committee have yet to do that they can be reported for: seats that are not taken, share keys
    /// that are not posted although as many members as the threshold have posted the same.
    #[returns(Vec<DutyResponse>)]
    Duties {},
    /// Whether registrations, candidates and elections are refused.
    #[returns(bool)]
    Paused {},
    /// Share key digests that the members posted for an epoch.
    #[returns(Vec<ShareKeysResponse>)]
    ShareKeys {
        /// Number of the epoch: Unix time / `epoch_seconds`.
        epoch: u64,
    },
    /// Settings of the owner that wait, by number.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Parameters and addresses of the other contracts.
#[cw_serde]
pub struct ConfigResponse {
    /// Who governs; null if nobody does any more.
    pub owner: Option<Addr>,
    /// Who has been proposed as the next owner.
    pub pending_owner: Option<Addr>,
    /// cw20 contract of BTT, in which bonds are held.
    pub token: Addr,
    /// Receives what is slashed and not burnt.
    pub treasury: Addr,
    /// The jobs contract, once wired.
    pub jobs: Option<Addr>,
    /// Bonds, in base units, times, in seconds, and numbers of slots.
    pub params: Params,
    /// BLAKE3 digest of the common reference string.
    pub crs_digest: HexBinary,
    /// Sum of all bonds held, in base units; equals the contract's token balance, as long as nobody transfers
    /// tokens to it without a hook.
    pub bonded: Uint128,
}

/// One registered node.
#[cw_serde]
pub struct NodeResponse {
    /// Address of the account.
    pub address: Addr,
    /// What it registered.
    pub registration: NodeRegistration,
    /// Bond held, in base units.
    pub bond: Uint128,
    /// Whether it may be chosen: bond at least `node_bond` and not unbonding.
    pub eligible: bool,
    /// When its bond can be withdrawn, in Unix seconds; null unless it is unbonding.
    pub unbonding_until: Option<u64>,
    /// Total slashed so far, in base units.
    pub slashed: Uint128,
    /// Whether a dispute proved its DGKBE key malformed; it then leaves, and is never eligible with that key.
    pub malformed: bool,
}

/// One registered requester.
#[cw_serde]
pub struct RequesterResponse {
    /// Address of the account.
    pub address: Addr,
    /// Its transport endpoint (Ed25519 public key, 32 bytes).
    pub endpoint: HexBinary,
    /// Bond held, in base units.
    pub bond: Uint128,
    /// When its bond can be withdrawn, in Unix seconds; null unless it is unbonding.
    pub unbonding_until: Option<u64>,
    /// Whether it may post: its bond suffices, and it is not unbonding.
    pub eligible: bool,
}

/// The role behind an endpoint.
#[cw_serde]
pub enum Role {
    /// A contributor node.
    Node,
    /// A requester with a bond.
    Requester,
    /// A committee member.
    Committee,
}

/// Who is behind an endpoint.
#[cw_serde]
pub struct IdentityResponse {
    /// Address of the account.
    pub address: Addr,
    /// As what the account is registered.
    pub role: Role,
}

/// Who may vouch for attributes, and for which it is needed.
#[cw_serde]
#[derive(Default)]
pub struct AccreditationResponse {
    /// Accounts of accreditors.
    pub accreditors: Vec<Addr>,
    /// Names of attributes that the committee evaluates only where an accreditor has vouched for them.
    pub required: Vec<String>,
}

/// What a node has committed to, and what accreditors say of it.
#[cw_serde]
pub struct AccreditedResponse {
    /// Digest of the commitments to its answers.
    pub commitment: HexBinary,
    /// From when on the node may commit to others, in Unix seconds.
    pub changeable_from: u64,
    /// Attributes that need accreditation in this contract.
    pub required: Vec<String>,
    /// What accreditors say of this commitment that counts now.
    pub grants: Vec<GrantResponse>,
}

impl AccreditedResponse {
    /// Whether the committee evaluates this attribute for the node: it needs no accreditation, or has it.
    #[must_use]
    pub fn admits(&self, attribute: &str) -> bool {
        let has = |names: &[String]| names.iter().any(|name| name == attribute);
        !has(&self.required) || self.grants.iter().any(|grant| has(&grant.attributes))
    }
}

/// What one accreditor says of a node.
#[cw_serde]
pub struct GrantResponse {
    /// The accreditor's account.
    pub accreditor: Addr,
    /// Names of the attributes that it has seen.
    pub attributes: Vec<String>,
    /// Until when it counts, in Unix seconds.
    pub until: u64,
}

/// The committee of an epoch.
#[cw_serde]
pub struct CommitteeResponse {
    /// Members, in index order.
    pub members: Vec<CommitteeMember<Addr>>,
    /// Members needed for one evaluation; 0 where there is no committee.
    pub threshold: u8,
    /// Its first epoch; 0 where there is no committee.
    pub from_epoch: u64,
    /// Epoch of the current block.
    pub epoch: u64,
}

/// What a node has done. It stays when the node leaves, and counts again when the account returns.
#[cw_serde]
pub struct PerformanceResponse {
    /// Jobs that settled with it in the quorum.
    pub settled: u64,
    /// Jobs that it did not answer in time.
    pub missed: u64,
    /// Faults that cost bond.
    pub faults: u64,
    /// Settled jobs in a row since the last fault.
    pub streak: u64,
    /// Most settled jobs in a row so far.
    pub best_streak: u64,
    /// Compute credits of its settled jobs.
    pub work: u64,
    /// Reputation, in 1/10,000; 5,000 for a newcomer.
    pub reputation_bps: u16,
    /// V, in 1/10,000: 0.3 stake + 0.4 contribution + 0.3 compliance.
    pub value_bps: u16,
    /// E, in 10^-6 GFLOPS for each W; 0 without a declaration.
    pub efficiency: u64,
    /// T, in 1/10,000: mean trust in the outcomes of its settled jobs.
    pub trust_bps: u16,
    /// The capability that it declared; null if none.
    pub capability: Option<Capability>,
    /// Highest tier, 1 to 4, of which the declaration has everything.
    pub declared_tier: Option<u8>,
    /// Highest tier that its record bears out as well.
    pub verified_tier: Option<u8>,
}

/// Who stands for the committee.
#[cw_serde]
pub struct CandidatesResponse {
    /// By falling bond; among equals, who stood first.
    pub candidates: Vec<CandidateResponse>,
    /// How committees are elected; null where the owner names them.
    pub election: Option<Election>,
    /// Last epoch for which a committee was elected.
    pub elected: Option<u64>,
}

/// A candidate for the committee.
#[cw_serde]
pub struct CandidateResponse {
    /// Address of the account.
    pub address: Addr,
    /// Its transport endpoint (Ed25519 public key, 32 bytes).
    pub endpoint: HexBinary,
    /// Bond, in base units.
    pub bond: Uint128,
    /// Epochs that it was elected for in a row.
    pub served: u16,
}

/// What a member of the committee does on chain.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Duty {
    /// Take its seat, with [`ExecuteMsg::TakeSeat`].
    Seat,
    /// Post the share keys of the epoch, with [`ExecuteMsg::PostShareKeys`].
    ShareKeys,
}

names! { Duty { Seat = "seat", ShareKeys = "share_keys", } }

/// A duty that a member of the committee has not done yet.
#[cw_serde]
pub struct DutyResponse {
    /// The member's account.
    pub address: Addr,
    /// What it has to do.
    pub duty: Duty,
    /// The epoch for which.
    pub epoch: u64,
    /// From when on it can be reported, in Unix seconds; null where there is too little time left for it to be missed.
    pub until: Option<u64>,
    /// Whether it can be reported in this block.
    pub missed: bool,
}

/// One member's digest of the share keys.
#[cw_serde]
pub struct ShareKeysResponse {
    /// The member's account.
    pub address: Addr,
    /// SHA-256 digest of the canonical share key table.
    pub digest: HexBinary,
}

/// What a job counts as in a node's record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// The node did its part and the job settled.
    Settled,
    /// The node stayed away.
    Missed,
}

names! { Counted { Settled = "settled", Missed = "missed", } }

events! {
    //! What the contract announces. Amounts are in base units of BTT, times are Unix seconds.

    /// A node registered.
    NodeRegistered, NODE_REGISTERED = "node_registered" { address: Addr, slot: u16 }
    /// A requester registered.
    RequesterRegistered, REQUESTER_REGISTERED = "requester_registered" { address: Addr }
    /// A bond grew.
    BondAdded, BOND_ADDED = "bond_added" { address: Addr, amount: Uint128 }
    /// Unbonding started; the bond can be withdrawn from `until` on.
    Unbonding, UNBONDING = "unbonding" { address: Addr, until: u64 }
    /// A bond was paid out.
    BondWithdrawn, BOND_WITHDRAWN = "bond_withdrawn" { address: Addr, amount: Uint128 }
    /// The jobs contract had a bond cut: `amount` was really taken, `burnt` of it burnt; both are 0 if no node is at `address`.
    Slashed, SLASHED = "slashed" {
        address: String, amount: Uint128, burnt: Uint128, reason: String, job_id: u64,
    }
    /// A dispute proved a key malformed: `amount` was taken from the bond, `bounty` is the disputer's, and the slot can
    /// be freed from `until` on.
    KeyMalformed, KEY_MALFORMED = "key_malformed" {
        address: Addr,
        slot: u16,
        disputer: Addr,
        fault: String,
        amount: Uint128,
        bounty: Uint128,
        burnt: Uint128,
        until: u64,
    }
    /// A dispute of a sound key cost its deposit.
    DisputeLost, DISPUTE_LOST = "dispute_lost" { address: Addr, disputer: Addr, amount: Uint128, burnt: Uint128 }
    /// A committee was named; `members` is their number.
    CommitteeSet, COMMITTEE_SET = "committee_set" { from_epoch: u64, threshold: u8, members: u64 }
    /// A node's record changed.
    Recorded, RECORDED = "node_recorded" { address: Addr, job_id: u64, result: Counted }
    /// A node declared a capability; `tier` is 0 for none.
    Declared, DECLARED = "capability_declared" { address: Addr, tier: u8 }
    /// A node is a candidate for the committee, in the place of another if the list was full.
    Standing, STANDING = "candidate_standing" { address: Addr, in_place_of: Option<Addr> }
    /// A node is no candidate any more.
    Retired, RETIRED = "candidate_retired" { address: Addr }
    /// A committee was elected; `kept` if its members are those of now.
    Elected, ELECTED = "committee_elected" { epoch: u64, members: Vec<Addr>, kept: bool }
    /// A member took the seat that it was elected to for an epoch.
    SeatTaken, SEAT_TAKEN = "seat_taken" { address: Addr, epoch: u64 }
    /// A member missed a duty for an epoch: `amount` was taken from its bond, `burnt` of it burnt. `successor` has its place
    /// in the coming committee; none if it has none, or the place goes to nobody.
    MemberAbsent, MEMBER_ABSENT = "member_absent" {
        address: Addr,
        duty: Duty,
        epoch: u64,
        amount: Uint128,
        burnt: Uint128,
        successor: Option<Addr>,
    }
    /// Elections are held for so many seats; 0 for none.
    Election, ELECTION = "election_set" { seats: u8 }
    /// Registrations, candidates and elections were stopped or go on.
    Paused, PAUSED = "registry_paused" { paused: bool }
    /// A node committed to other answers.
    AttributesCommitted, ATTRIBUTES_COMMITTED = "attributes_committed" { address: Addr, commitment: HexBinary }
    /// The accreditors and the attributes that need them changed; the numbers of both.
    AccreditationSet, ACCREDITATION_SET = "accreditation_set" { accreditors: u64, required: u64 }
    /// An accreditor was removed.
    AccreditorRemoved, ACCREDITOR_REMOVED = "accreditor_removed" { accreditor: Addr }
    /// An accreditor vouched for so many attributes of a node; 0 if it took back what it said.
    Accredited, ACCREDITED = "node_accredited" { address: Addr, accreditor: Addr, attributes: u64, until: u64 }
    /// The relay of an endpoint changed; none if it has none any more.
    RelaySet, RELAY_SET = "relay_set" { address: Addr, endpoint: HexBinary, relay: OrEmpty<String> }
    /// Share keys were posted; `digest` is theirs.
    ShareKeysPosted, SHARE_KEYS_POSTED = "share_keys_posted" { address: Addr, epoch: u64, digest: HexBinary }
}
