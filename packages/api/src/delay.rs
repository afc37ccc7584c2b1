//! Settings of an owner that take effect after a delay that anybody can watch.
//!
//! A contract that has them takes the owner's message, keeps it, and announces when it may take effect. From then on
//! anybody applies it; until then, and after, the owner may cancel it. What was not applied in time is void, so that no
//! owner keeps old settings in reserve. In the first day of a contract settings take effect at once: it is being set up.
//!
//! Brakes take effect at once: a permission that is taken back, a lower limit, a withdrawn offer. A brake cancels nothing that waits, so
//! an owner who brakes cancels what would undo it.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::Binary;

use crate::event::events;

/// Times and bounds, the same in every contract.
pub mod limits {
    /// Seconds from a setting's announcement until it can take effect: three days.
    pub const DELAY_SECONDS: u64 = 3 * 86_400;
    /// Seconds in which it can be applied then: two weeks. After that it is void.
    pub const OPEN_SECONDS: u64 = 14 * 86_400;
    /// Seconds from a contract's creation in which settings take effect at once: a day.
    pub const SETUP_SECONDS: u64 = 86_400;
    /// Most settings that wait in a contract.
    pub const MAX_WAITING: usize = 16;
}

events! {
    //! What contracts announce of settings that wait. Times are in Unix seconds.

    /// The owner has announced a setting: `message` is the name of its message, [`SettingResponse`] has the rest.
    Scheduled, SCHEDULED = "setting_scheduled" { id: u64, message: String, effective_at: u64, void_at: u64 }
    /// A setting took effect; the contract announces what was set as well.
    Applied, APPLIED = "setting_applied" { id: u64 }
    /// The owner cancelled a setting.
    Cancelled, CANCELLED = "setting_cancelled" { id: u64 }
}

/// A setting that waits.
#[cw_serde]
pub struct SettingResponse {
    /// Its number in this contract, from 1.
    pub id: u64,
    /// The owner's message, JSON.
    pub message: Binary,
    /// When anybody may apply it, in Unix seconds.
    pub effective_at: u64,
    /// When it is void, in Unix seconds.
    pub void_at: u64,
}
