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

/// Parameters and addresses, as set at instantiation and by the owner.
#[cw_serde]
pub struct Config {
    /// BTT; hooks of any other contract are refused.
    pub token: Addr,
    /// Address that receives budget that the owner returns.
    pub treasury: Addr,
    /// Parties that must approve a reward: 2 to 4.
    pub approvals: u8,
    /// Limits of what is paid on a day.
    pub limits: Limits,
}

/// Totals of the budget.
#[cw_serde]
#[derive(Default)]
pub struct Budget {
    /// Put in so far, in base units of BTT.
    pub funded: Uint128,
    /// Paid to patients so far, in base units of BTT.
    pub paid: Uint128,
    /// Given to the treasury so far, in base units of BTT.
    pub returned: Uint128,
}

/// What was paid on the last day with a payment, and in all.
#[cw_serde]
#[derive(Default)]
pub struct Paid {
    /// Day, from 0 in 1970 (UTC).
    pub day: u64,
    /// Amount on that day, in base units of BTT.
    pub amount: Uint128,
    /// Rewards on that day.
    pub count: u16,
    /// Amount in all, in base units of BTT.
    pub total: Uint128,
}

impl Paid {
    /// The totals on `day`: nothing paid yet if it is later than the stored day.
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
    /// Address that receives the reward.
    pub patient: Addr,
    /// What the patient did.
    pub activity: Activity,
    /// What will be paid, in base units of BTT.
    pub amount: Uint128,
    /// SHA-256 of the evidence.
    pub evidence: HexBinary,
    /// At most as many as there are roles.
    pub approvals: Vec<Approval>,
    /// Last second for approvals, Unix time.
    pub until: u64,
}

impl Proposal {
    /// The response type of a query.
    #[must_use]
    pub fn response(self, id: u64) -> ProposalResponse {
        let Self { patient, activity, amount, evidence, approvals, until } = self;
        ProposalResponse { id, patient, activity, amount, evidence, approvals, until }
    }
}

/// Parameters and addresses, as set at instantiation and by the owner.
pub const CONFIG: Item<Config> = Item::new("config");
/// Totals of the budget.
pub const BUDGET: Item<Budget> = Item::new("budget");
/// Paid to all patients.
pub const TODAY: Item<Paid> = Item::new("today");
/// Paid, by patient.
pub const PATIENTS: Map<&Addr, Paid> = Map::new("patients");
/// By patient: the last day with a reward for chronic care, in days since 1970.
pub const CARE: Map<&Addr, u64> = Map::new("care");
/// By account: the role in which it approves.
pub const PARTIES: Map<&Addr, Role> = Map::new("parties");
/// Number of the next proposal; 1 if absent.
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
