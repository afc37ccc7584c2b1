//! `meter`: idle time of machines, which members vouch for and the time bank credits.
//!
//! A machine states how long it was idle in a period that has ended. That is its word only: nothing on a chain sees an idle
//! machine. Members, whom the owner has named, vouch for what machines of theirs or of others that they know have stated. When enough
//! have, the time is worth credits, which anybody has the time bank give to the account that the machine has named.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::Addr;

use crate::event::events;

events! {
    //! What the contract announces.

    /// A machine stated how long it was idle in a period, for an account.
    Claimed, CLAIMED = "meter_claimed" { machine: Addr, account: Addr, period: u64, seconds: u64 }
    /// A member vouched for it.
    Vouched, VOUCHED = "meter_vouched" { machine: Addr, period: u64, member: Addr }
    /// Enough members have: so many credits are due to the account.
    Counted, COUNTED = "meter_counted" { machine: Addr, account: Addr, period: u64, credits: u64 }
    /// The time bank gave an account credits that were due.
    Collected, COLLECTED = "meter_collected" { account: Addr, credits: u64 }
    /// The members changed: how many there are, and how many have to vouch.
    Members, MEMBERS = "meter_members" { members: u64, threshold: u64 }
    /// Claims and vouching were stopped or go on.
    Paused, PAUSED = "meter_paused" { paused: bool }
}

/// Bounds of the contract.
pub mod limits {
    /// Shortest and longest period, in seconds: an hour, a week.
    pub const PERIOD_SECONDS: (u64, u64) = (3_600, 604_800);
    /// Most credits for an hour.
    pub const MAX_CREDITS_PER_HOUR: u32 = 10_000;
    /// Most credits that are counted in a period.
    pub const MAX_PER_PERIOD: u64 = 1_000_000_000_000;
    /// Most members that vouch.
    pub const MAX_MEMBERS: usize = 16;
    /// Most claims in one message of a member.
    pub const MAX_VOUCHES: usize = 32;
}

/// Creates the contract, without members.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance), a bech32 address.
    pub owner: String,
    /// Address of the `timebank` contract.
    pub timebank: String,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
}

/// Parameters, fixed for the life of the contract.
#[cw_serde]
#[derive(Copy, Eq)]
pub struct Params {
    /// Length of a period, in seconds, within [`limits::PERIOD_SECONDS`]. Period n begins n times this after 1970 (UTC).
    pub period_seconds: u64,
    /// Credits for an hour of idle time, 1 to [`limits::MAX_CREDITS_PER_HOUR`]; the same for all machines.
    pub credits_per_hour: u32,
    /// Most credits that are counted in a period for all machines together, 1 to [`limits::MAX_PER_PERIOD`].
    pub per_period: u64,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// States how long the sender, a machine, was idle in a period: once for each, in the three periods after it
    /// (`bithive_economics::idle`). Sender: anyone.
    Claim {
        /// Number of the period.
        period: u64,
        /// Idle seconds, at most the period's.
        seconds: u64,
        /// Address of the account that gets the credits.
        account: String,
    },
    /// Vouches for what machines have claimed, as often as it was taken over by enough members that are no machine or account of it.
    /// Sender: a member.
    Vouch {
        /// 1 to [`limits::MAX_VOUCHES`] claims; if one of them is refused, all are.
        claims: Vec<VouchedClaim>,
    },
    /// Has the time bank give an account credits that are due to it. Sender: anyone.
    Collect {
        /// Address of the account.
        account: String,
        /// Most credits to give; null for all that are due. What a time bank has room for on a day is bounded.
        most: Option<u64>,
    },
    /// Replaces the members. Sender: the owner.
    SetMembers {
        /// At most [`limits::MAX_MEMBERS`], each once.
        members: Vec<String>,
        /// How many have to vouch: more than half.
        threshold: u8,
    },
    /// Stops claims and vouching or lets them go on; what is due can be collected at any time. Sender: the owner.
    SetPaused {
        /// Whether claims and vouching are stopped.
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
    Claim: Anyone,
    Vouch: Member,
    Collect: Anyone,
    SetMembers: Owner,
    SetPaused: Owner,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// A claim that a member vouches for.
#[cw_serde]
pub struct VouchedClaim {
    /// Address of the machine.
    pub machine: String,
    /// Number of the period.
    pub period: u64,
    /// Idle seconds, exactly as the machine has claimed them.
    pub seconds: u64,
}

/// Queries of the `meter` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// Who vouches for claims.
    #[returns(MembersResponse)]
    Members {},
    /// What a machine has claimed in periods that are open, or were when it last claimed.
    #[returns(MachineResponse)]
    Machine {
        /// Address of the machine.
        address: String,
    },
    /// Credits that are due to an account.
    #[returns(DueResponse)]
    Due {
        /// Address of the account.
        account: String,
    },
    /// Which periods are open, and how much was counted in the present one.
    #[returns(PeriodsResponse)]
    Periods {},
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
    /// Address of the `timebank` contract.
    pub timebank: Addr,
    /// Parameters, fixed for the life of the contract.
    pub params: Params,
    /// Whether claims and vouching are stopped.
    pub paused: bool,
}

/// Who vouches for claims, and how many have to.
#[cw_serde]
pub struct MembersResponse {
    /// Addresses of the members' accounts.
    pub members: Vec<Addr>,
    /// How many have to vouch; 0 without members.
    pub threshold: u8,
}

/// What a machine has claimed.
#[cw_serde]
pub struct MachineResponse {
    /// By period; at most as many as are open.
    pub claims: Vec<ClaimResponse>,
}

/// What a machine has claimed for a period.
#[cw_serde]
pub struct ClaimResponse {
    /// Number of the period.
    pub period: u64,
    /// Idle time of the period, in seconds.
    pub seconds: u64,
    /// Address of the account that gets the credits.
    pub account: Addr,
    /// What they are worth.
    pub credits: u64,
    /// Members that have vouched for it.
    pub vouched_by: Vec<Addr>,
    /// Whether enough have: the credits are or were due.
    pub counted: bool,
}

/// Credits that are due to an account.
#[cw_serde]
pub struct DueResponse {
    /// Credits that the time bank has not given yet.
    pub credits: u64,
}

/// Which periods are open, and how much was counted in the present one.
#[cw_serde]
pub struct PeriodsResponse {
    /// Number of the present period.
    pub current: u64,
    /// First period that can be claimed now.
    pub first: u64,
    /// Last period that can be claimed now; below `first` if none can.
    pub last: u64,
    /// Credits that were counted in the present period.
    pub counted: u64,
}
