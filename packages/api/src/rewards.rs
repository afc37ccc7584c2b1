//! `rewards`: BTT for what patients do for their health, approved by several parties.
//!
//! A party proposes a reward for a patient with the inputs of the formula (`bithive_economics::score::reward`) and the
//! digest of the evidence; parties of other roles approve it; with enough of them it is paid at once out of the budget,
//! which anybody fills, and which the incentive pool's shares of settlements are collected into. A piece of evidence is
//! rewarded once.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

use crate::event::{OrNone, events, names};

names! {
    Role {
        Clinician = "Clinician", Institution = "Institution", Insurer = "Insurer", Auditor = "Auditor",
    }
}

names! {
    Activity {
        CheckUp = "CheckUp",
        ChronicCare = "ChronicCare",
        TreatmentCycle = "TreatmentCycle",
        Education = "Education",
        DataSharing = "DataSharing",
        Compute = "Compute",
    }
}

events! {
    //! What the contract announces. Amounts are in base units of BTT.

    /// The budget grew.
    Funded, FUNDED = "rewards_funded" { sender: Addr, amount: Uint128 }
    /// What a settlement contract owed is in the budget.
    Collected, COLLECTED = "rewards_collected" { source: Addr, amount: Uint128 }
    /// A part of the budget went to the treasury.
    Returned, RETURNED = "rewards_returned" { amount: Uint128 }
    /// A reward was proposed by `party`, who approves it too; `until` is the last Unix second for approvals.
    Proposed, PROPOSED = "rewards_proposed" {
        id: u64, patient: Addr, activity: Activity, amount: Uint128, party: Addr, until: u64,
    }
    /// A party approved a reward.
    Approved, APPROVED = "rewards_approved" { id: u64, party: Addr, role: Role }
    /// A reward was paid.
    Paid, PAID = "rewards_paid" { id: u64, patient: Addr, amount: Uint128 }
    /// A proposal was not approved in time.
    Expired, EXPIRED = "rewards_expired" { id: u64 }
    /// An account has a role, or has none any more.
    Party, PARTY = "rewards_party" { party: Addr, role: OrNone<Role> }
    /// Limits for a day were set.
    Limits, LIMITS = "rewards_limits" { patient_count: u16, patient_amount: Uint128, total_amount: Uint128 }
    /// A contract is, or is no longer, one to collect from.
    Source, SOURCE = "rewards_source" { source: Addr, allowed: bool }
    /// Proposals and approvals were stopped or go on.
    Paused, PAUSED = "rewards_paused" { paused: bool }
}

/// Bounds of the contract.
pub mod limits {
    /// Fewest and most approvals of a reward: there are four roles.
    pub const APPROVALS: (u8, u8) = (2, 4);
    /// Seconds for which a proposal can be approved: 30 days.
    pub const APPROVAL_SECONDS: u64 = 30 * 86_400;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

/// Creates the contract.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance), a bech32 address.
    pub owner: String,
    /// Address of the cw20 token BTT.
    pub token: String,
    /// Address that receives budget that the owner returns.
    pub treasury: String,
    /// Parties that must approve a reward, the proposer among them, within [`limits::APPROVALS`], each of another role.
    pub approvals: u8,
    /// Limits of what is paid on a day.
    pub limits: Limits,
}

/// Limits of what is paid on a day of the chain's clock (UTC). Beside them, a patient has one reward for
/// [`Activity::ChronicCare`] a day, whatever is set here.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Limits {
    /// Rewards of one patient, at least 1.
    pub patient_count: u16,
    /// What one patient receives, in base units, at least 1.
    pub patient_amount: Uint128,
    /// What all patients receive, in base units; at least that of one.
    pub total_amount: Uint128,
}

/// Role of a party that approves rewards.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Role {
    /// Treats the patient.
    Clinician,
    /// Runs the place where it happens.
    Institution,
    /// Pays for care.
    Insurer,
    /// Checks the others.
    Auditor,
}

/// What a patient is rewarded for.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Activity {
    /// A check-up: 200 to 600 BTT.
    CheckUp,
    /// A day of chronic care: 10 to 30, once a day for a patient.
    ChronicCare,
    /// A treatment cycle: 400 to 1,500 BTT.
    TreatmentCycle,
    /// Education: 80 to 200 BTT.
    Education,
    /// Sharing of data: 150 to 450 BTT.
    DataSharing,
    /// Lending compute power: 300 to 2,500 BTT.
    Compute,
}

/// What a reward is computed from: R = A C + (H T) P, within the activity's range. Factors are in 1/10,000, at most
/// 100,000.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Inputs {
    /// Value of the activity, A, in base units.
    pub value: Uint128,
    /// Quality of the completion, C, in 1/10,000.
    pub completion: u32,
    /// Value of a consistent history, H, in base units.
    pub history: Uint128,
    /// Multiplier of time, T, in 1/10,000.
    pub time: u32,
    /// Adjustment to the person, P, in 1/10,000.
    pub adjustment: u32,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send` of BTT; `msg` is a [`Hook`]. Sender: the token contract.
    Receive(Cw20ReceiveMsg),
    /// Proposes a reward and approves it. Sender: a party.
    Propose {
        /// Address that receives the reward; it must not reveal who the patient is.
        patient: String,
        /// What the patient did.
        activity: Activity,
        /// Inputs of the formula.
        inputs: Inputs,
        /// SHA-256 of the evidence, which is kept elsewhere.
        evidence: HexBinary,
    },
    /// Approves a proposal; the last approval that it needs pays it. Sender: a party of a role that has not approved.
    Approve {
        /// Number of the proposal, from 1.
        id: u64,
    },
    /// Removes a proposal whose time for approvals is over. Sender: anyone.
    Expire {
        /// Number of the proposal, from 1.
        id: u64,
    },
    /// By anybody: takes what a settlement contract owes into the budget.
    Collect {
        /// A source that the owner has named.
        source: String,
    },
    /// Gives an account a role, or takes it. Sender: the owner.
    SetParty {
        /// Address of the account.
        address: String,
        /// Its new role; null to take it away.
        role: Option<Role>,
    },
    /// Sets the limits. Sender: the owner.
    SetLimits(Limits),
    /// Gives a part of the budget to the treasury. Sender: the owner.
    ReturnBudget {
        /// Amount in base units.
        amount: Uint128,
    },
    /// Names a contract to collect from, or takes the name back. Sender: the owner.
    SetSource {
        /// A contract with the message `withdraw` of `jobs`.
        source: String,
        /// Whether it is one.
        allowed: bool,
    },
    /// Stops proposals and approvals, or lets them go on; collecting goes on. Sender: the owner.
    SetPaused {
        /// Whether proposals and approvals are stopped.
        paused: bool,
    },
    /// Applies a setting of the owner whose time has come ([`crate::delay`]). Sender: anyone.
    ApplySetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Drops a setting that waits. Sender: the owner.
    CancelSetting {
        /// Its number, from 1.
        id: u64,
    },
    /// Proposes a new owner. Sender: the owner.
    TransferOwnership {
        /// The proposed owner.
        new_owner: String,
    },
    /// Accepts ownership. Sender: the proposed owner.
    AcceptOwnership {},
}

crate::permissions!(ExecuteMsg {
    Receive: Token,
    Propose: Party,
    Approve: Party,
    Expire: Anyone,
    Collect: Anyone,
    SetParty: Owner,
    SetLimits: Owner,
    ReturnBudget: Owner,
    SetSource: Owner,
    SetPaused: Owner,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// What a cw20 `Send` of BTT is for.
#[cw_serde]
pub enum Hook {
    /// Adds the tokens to the budget.
    Fund {},
}

/// Queries of the `rewards` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// An account's role, null without one.
    #[returns(Option<Role>)]
    Party {
        /// Address of the account.
        address: String,
    },
    /// A proposal, null when there is none of that number (any more).
    #[returns(Option<ProposalResponse>)]
    Proposal {
        /// Number of the proposal, from 1.
        id: u64,
    },
    /// Proposals that wait, by number.
    #[returns(Vec<ProposalResponse>)]
    Proposals {
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What a patient received.
    #[returns(PatientResponse)]
    Patient {
        /// Address of the patient.
        address: String,
    },
    /// What the contract holds and has paid.
    #[returns(BudgetResponse)]
    Budget {},
    /// Whether the contract collects from another one.
    #[returns(bool)]
    Source {
        /// The other contract.
        address: String,
    },
    /// Settings of the owner that wait, by number.
    #[returns(Vec<crate::delay::SettingResponse>)]
    Settings {},
}

/// Configuration in force.
#[cw_serde]
pub struct ConfigResponse {
    /// The contract's owner (governance); never null, because ownership can't be renounced.
    pub owner: Option<Addr>,
    /// Address proposed as the next owner; null if none is.
    pub pending_owner: Option<Addr>,
    /// Address of the cw20 token BTT.
    pub token: Addr,
    /// Address that receives budget that the owner returns.
    pub treasury: Addr,
    /// Parties that must approve a reward: 2 to 4.
    pub approvals: u8,
    /// Limits of what is paid on a day.
    pub limits: Limits,
    /// Whether proposals and approvals are stopped.
    pub paused: bool,
}

/// A proposal that waits for approvals.
#[cw_serde]
pub struct ProposalResponse {
    /// Number of the proposal, from 1.
    pub id: u64,
    /// Receives the reward.
    pub patient: Addr,
    /// What the patient did.
    pub activity: Activity,
    /// What will be paid, in base units.
    pub amount: Uint128,
    /// SHA-256 of the evidence.
    pub evidence: HexBinary,
    /// Who has approved, in order, the proposer first.
    pub approvals: Vec<Approval>,
    /// Last second for approvals, Unix time.
    pub until: u64,
}

/// Approval by one party.
#[cw_serde]
pub struct Approval {
    /// Address of the party.
    pub party: Addr,
    /// Its role when it approved.
    pub role: Role,
}

/// What a patient received, in base units.
#[cw_serde]
pub struct PatientResponse {
    /// Received today, in base units.
    pub today: Uint128,
    /// Number of rewards received today.
    pub count: u16,
    /// Whether one of them is for chronic care: then there is no other today.
    pub chronic_care: bool,
    /// Received in all, in base units.
    pub total: Uint128,
}

/// What the contract holds and has paid, in base units.
#[cw_serde]
pub struct BudgetResponse {
    /// What can be paid: the contract's balance, but for what was sent to it without a hook since it last collected.
    pub available: Uint128,
    /// Ever put in, what was collected included.
    pub funded: Uint128,
    /// Paid to patients so far.
    pub paid: Uint128,
    /// Given to the treasury so far.
    pub returned: Uint128,
    /// Paid to all patients today.
    pub today: Uint128,
}
