//! The contracts around the market: [`EconomyClient`] asks them, [`EconomyAccount`] acts on them. [`EconomyClient::claimables`] lists what an account can take of all of them, and
//! [`EconomyAccount::claim_all`] takes it.

mod account;
mod checkout;
mod claim;
mod claimable;
mod escrow;
mod flows;
mod listings;
mod meter;
mod paid_in;
mod queries;
mod schedules;
mod timebank;
mod token;
mod treasury;

pub use account::EconomyAccount;
pub use claim::{Claims, MOST_MESSAGES, Payout, Refused};
pub use claimable::{Claimable, Claimables, Later, Source};
pub use queries::{EconomyClient, List, MOST_PAGES};
pub use schedules::{NamedSchedule, UnknownSchedule};
pub use token::{Token, UnknownToken};
