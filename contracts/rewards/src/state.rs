//! Storage, all keys in one place.
//!
//! cw-ownable keeps `ownership`, cw2 keeps `contract_info` and the contract kit `paused` and `sources`; keys of this
//! crate differ from them.

use bithive_api::rewards::{Activity, Approval, Limits, ProposalResponse, Role};
use bithive_economics::score;
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw_storage_plus::{Item, Map};

/// Seconds of a day.
pub const DAY: u64 = 86_400;

/// What was set.
#[cw_serde]
pub struct Config {
    /// BTT; hooks of any other contract are refused.
    pub token: Addr,
    /// Receives budget that is given back.
    pub treasury: Addr,
    /// Parties that must approve.
    pub approvals: u8,
    /// Limits.
    pub limits: Limits,
}

/// What was put in and paid.
#[cw_serde]
#[derive(Default)]
pub struct Budget {
    /// Put in.
    pub funded: Uint128,
    /// Paid to patients.
    pub paid: Uint128,
    /// Given to the treasury.
    pub returned: Uint128,
}

/// What was paid on the last day with a payment.
#[cw_serde]
#[derive(Default)]
pub struct Paid {
    /// Days since 1970.
    pub day: u64,
    /// Amount on that day.
    pub amount: Uint128,
    /// Rewards on that day.
    pub count: u16,
    /// Amount ever.
    pub total: Uint128,
}

impl Paid {
    /// The same, of which nothing was paid on a later `day`.
    #[must_use]
    pub fn on(self, day: u64) -> Self {
        // A clock that goes back stays on the day that was counted: nothing is paid twice because of it.
        if day <= self.day {
            self
        } else {
            Self { day, amount: Uint128::zero(), count: 0, total: self.total }
        }
    }
}

/// A proposal that waits for approvals.
#[cw_serde]
pub struct Proposal {
    /// Receives the reward.
    pub patient: Addr,
    /// What for.
    pub activity: Activity,
    /// What will be paid.
    pub amount: Uint128,
    /// SHA-256 of the evidence.
    pub evidence: HexBinary,
    /// At most as many as there are roles.
    pub approvals: Vec<Approval>,
    /// Last second for approvals.
    pub until: u64,
}

impl Proposal {
    /// As it is answered.
    #[must_use]
    pub fn response(self, id: u64) -> ProposalResponse {
        let Self { patient, activity, amount, evidence, approvals, until } = self;
        ProposalResponse { id, patient, activity, amount, evidence, approvals, until }
    }
}

/// What was set.
pub const CONFIG: Item<Config> = Item::new("config");
/// What was put in and paid.
pub const BUDGET: Item<Budget> = Item::new("budget");
/// Paid to everybody.
pub const TODAY: Item<Paid> = Item::new("today");
/// Paid, by patient.
pub const PATIENTS: Map<&Addr, Paid> = Map::new("patients");
/// By patient: the last day with a reward for chronic care, in days since 1970.
pub const CARE: Map<&Addr, u64> = Map::new("care");
/// Roles.
pub const PARTIES: Map<&Addr, Role> = Map::new("parties");
/// Number of the next proposal.
pub const NEXT_ID: Item<u64> = Item::new("next_id");
/// Proposals that wait.
pub const PROPOSALS: Map<u64, Proposal> = Map::new("proposals");
/// By digest of the evidence: the proposal that waits for it or was paid.
pub const EVIDENCE: Map<&[u8], u64> = Map::new("evidence");

/// The activity as the formula has it.
pub(crate) const fn formula(activity: Activity) -> score::Activity {
    match activity {
        Activity::CheckUp => score::Activity::CheckUp,
        Activity::ChronicCare => score::Activity::ChronicCare,
        Activity::TreatmentCycle => score::Activity::TreatmentCycle,
        Activity::Education => score::Activity::Education,
        Activity::DataSharing => score::Activity::DataSharing,
        Activity::Compute => score::Activity::Compute,
    }
}
