//! The table of contracts: which there are, on which chains they belong, and how a deployment creates them.
//!
//! [`contracts!`] is the table, one row for each contract. Everything that lists contracts derives from it: the
//! enums [`Contract`] and [`Code`], the lists of each [`Role`], the messages that create them
//! ([`Terms::instantiate`]), and in other crates their native code (`bithive-native`), their schemas and the fuzzing
//! of their messages. `CONTRIBUTING.md` shows step by step how a contract is added.

mod contract;
mod create;
mod error;
mod role;
mod setting;
mod sky;
mod table;
mod terms;

pub use contract::{Code, Contract};
pub use error::TermsError;
pub use role::Role;
pub use setting::Setting;
pub use sky::{SkyLock, schedule};
pub use terms::{
    BOUNTY_BPS, DISPUTE_DEPOSIT, EMISSION_DELAY, FEE_GRANT, ICS20_LIMIT, NODE_BOND, OPERATOR_MINIMUM,
    REQUESTER_BOND, SLASH, Terms,
};
