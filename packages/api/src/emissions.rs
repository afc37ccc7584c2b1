//! `emissions`: mints BTK as time goes on, for contributors, application, foundation and infrastructure.
//!
//! What may be minted is a closed form of time (`bithive_economics::emission`). Contributors are paid by verified work,
//! which meters report; the other buckets have one recipient each. Anyone can trigger a payment; it always goes to whom
//! it is due.

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, Uint128};

use crate::event::{OrEmpty, events, names};

names! {
    Bucket { Application = "application", Foundation = "foundation", Infrastructure = "infrastructure", }
}

events! {
    //! What the contract announces. Amounts are in base units of BTK.

    /// A meter announced work of a day, which counts from the start of the emission.
    Announced, ANNOUNCED = "emissions_announced" { meter: Addr, day: u64, units: u64 }
    /// Work of a day was credited to a contributor, as far as its pledge lets it count.
    Credited, CREDITED = "emissions_credited" { contributor: Addr, meter: Addr, day: u64, units: u64 }
    /// A contributor was paid.
    Claimed, CLAIMED = "emissions_claimed" { contributor: Addr, amount: Uint128 }
    /// A bucket's recipient was paid.
    Released, RELEASED = "emissions_released" { bucket: Bucket, recipient: Addr, amount: Uint128 }
    /// A bucket has another recipient.
    Recipient, RECIPIENT = "emissions_recipient" { bucket: Bucket, recipient: Addr }
    /// An account may, or may no longer, credit work.
    Meter, METER = "emissions_meter" { meter: Addr, allowed: bool }
    /// The pledges in a staking contract count, or none do.
    Staking, STAKING = "emissions_staking" { staking: OrEmpty<Addr> }
    /// Crediting was stopped or goes on.
    Paused, PAUSED = "emissions_paused" { paused: bool }
}

/// Most contributors of one message: the workers of a job.
pub const MAX_CONTRIBUTORS: usize = 16;

/// Creates the contract. It becomes the minter of BTK by the token's `UpdateMinter`.
#[cw_serde]
pub struct InstantiateMsg {
    /// The contract's owner (governance): names meters and recipients.
    pub owner: String,
    /// Address of the cw20 token BTK.
    pub token: String,
    /// When the emission starts, in Unix seconds: now or later.
    pub start: u64,
    /// Recipients of the three buckets other than the contributors'.
    pub recipients: Recipients<String>,
}

/// Accounts that receive a bucket each.
#[cw_serde]
pub struct Recipients<T> {
    /// 15 % of the emission: 20 % of it as it is emitted, the rest of each day's part in 180 daily parts.
    pub application: T,
    /// 5 %: each month's part is locked for a month, then paid at 10 % a month.
    pub foundation: T,
    /// 5 %, as the foundation's.
    pub infrastructure: T,
}

/// A bucket with a recipient.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum Bucket {
    /// Application value: 15 % of the emission.
    Application,
    /// Foundation, that is community governance: 5 %.
    Foundation,
    /// Infrastructure: 5 %.
    Infrastructure,
}

/// Messages. None of them takes native coins.
#[cw_serde]
pub enum ExecuteMsg {
    /// Reports verified work of today; half of it is credited where the pledge is too small. Sender: a meter.
    Credit {
        /// Address of the account that did the work.
        contributor: String,
        /// Verified work, in compute credits, at least 1.
        units: u64,
    },
    /// Counts verified work as today's before it says whose it is: what the others of this day earn does not depend on when
    /// that is said. Sender: a meter.
    Announce {
        /// Compute credits, at least 1.
        units: u64,
    },
    /// Says whose the work is that was announced. What it earns is fixed by the day of the announcement, and becomes due from
    /// today on. Sender: the meter that announced it.
    CreditAnnounced {
        /// A time of the day on which it was announced, in Unix seconds.
        at: u64,
        /// Who worked: 1 to [`MAX_CONTRIBUTORS`].
        contributors: Vec<String>,
        /// Compute credits of each of them, at least 1; half is credited where the pledge is too small.
        units: u64,
    },
    /// By anybody: pays a contributor what is due to it.
    Claim {
        /// Address of the contributor.
        contributor: String,
    },
    /// Pays a bucket's recipient what is due to it. Sender: anyone.
    Release {
        /// The bucket, one of the three with a recipient.
        bucket: Bucket,
    },
    /// Names another recipient; what is due is paid to the old one first. Sender: the owner.
    SetRecipient {
        /// The bucket, one of the three with a recipient.
        bucket: Bucket,
        /// Address of the new recipient.
        recipient: String,
    },
    /// Lets an account credit work, or no longer. Sender: the owner.
    SetMeter {
        /// A contract that meters jobs or storage.
        meter: String,
        /// Whether it may credit work.
        allowed: bool,
    },
    /// Names the contract that knows pledges, or none: a contributor whose pledge is below what its node should pledge,
    /// or that has none, is credited half of its work. Sender: the owner.
    SetStaking {
        /// Address of the `staking` contract; null to credit all work in full.
        staking: Option<String>,
    },
    /// Stops crediting or lets it go on. Payments are never stopped. Sender: the owner.
    SetPaused {
        /// Whether work is no longer credited.
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
    Credit: Meter,
    Announce: Meter,
    CreditAnnounced: Meter,
    Claim: Anyone,
    Release: Anyone,
    SetRecipient: Owner,
    SetMeter: Owner,
    SetStaking: Owner,
    SetPaused: Owner,
    ApplySetting: Anyone,
    CancelSetting: Owner,
    TransferOwnership: Owner,
    AcceptOwnership: ProposedOwner,
});

/// Queries of the `emissions` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// Configuration in force.
    #[returns(ConfigResponse)]
    Config {},
    /// What was emitted and minted by now.
    #[returns(EmissionResponse)]
    Emission {},
    /// A contributor's work and pay.
    #[returns(ContributorResponse)]
    Contributor {
        /// Address of the contributor.
        address: String,
    },
    /// Whether an account may credit work.
    #[returns(bool)]
    Meter {
        /// Address of the account.
        address: String,
    },
    /// The work of a day.
    #[returns(DayResponse)]
    Day {
        /// Day of the emission, from 0 at its start.
        day: u64,
    },
    /// Work that a meter announced on a day and has not said whose it is.
    #[returns(cosmwasm_std::Uint64)]
    Announced {
        /// Address of the meter.
        meter: String,
        /// Days since the start, from 0.
        day: u64,
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
    /// Address of the cw20 token BTK.
    pub token: Addr,
    /// When the emission starts, in Unix seconds.
    pub start: u64,
    /// Recipients of the three buckets other than the contributors'.
    pub recipients: Recipients<Addr>,
    /// From when on the application's part is locked, in Unix seconds: what was emitted before is due at once, all of it.
    /// Null in a contract of an earlier version that was not migrated since.
    pub locked_from: Option<u64>,
    /// Staking contract that states pledges; null if pledges don't count.
    pub staking: Option<Addr>,
    /// Whether crediting is stopped.
    pub paused: bool,
}

/// What was emitted and minted, in base units.
#[cw_serde]
pub struct EmissionResponse {
    /// Halvings so far.
    pub halvings: u64,
    /// Emitted by now, for everybody.
    pub emitted: Uint128,
    /// The contributors' part of it.
    pub contributors: Uint128,
    /// What this contract has minted: to contributors and to the recipients of the buckets.
    pub minted: Uint128,
    /// The part of `minted` that contributors were paid.
    pub claimed: Uint128,
    /// What recipients were paid so far.
    pub released: Recipients<Uint128>,
    /// What `Release` would pay now.
    pub due: Recipients<Uint128>,
}

/// A contributor's work and pay, in base units.
#[cw_serde]
pub struct ContributorResponse {
    /// Work of a day that has not ended.
    pub today: Option<Work>,
    /// Earned on days that have ended, due or not.
    pub earned: Uint128,
    /// The part of `earned` that was paid.
    pub claimed: Uint128,
    /// What can be claimed now.
    pub due: Uint128,
}

/// Work of a day.
#[cw_serde]
pub struct Work {
    /// Day of the emission, from 0 at its start.
    pub day: u64,
    /// Verified work, in compute credits.
    pub units: u64,
}

/// The work of a day.
#[cw_serde]
pub struct DayResponse {
    /// Work of the day, in compute credits.
    pub units: u64,
    /// What they earn together at most: the day's emission for contributors. While the day lasts, what it will be at its end.
    pub pool: Uint128,
    /// What each of them earns at most.
    pub ceiling: Uint128,
}
