//! Puts BitHive's contracts on a chain, and keeps them up to date.
//!
//! A deployment is planned from what the chain has already: [`deploy`] does what is missing and nothing twice, so it
//! continues after an interruption, and does nothing on a chain where everything is in place. Read in this order:
//!
//! 1. [`Contract`], [`Role`]: which contracts there are, in the order of their dependence, and on which chain;
//! 2. [`Terms`]: parameters, and with them the messages that create the contracts; both are of `bithive-contracts`;
//! 3. [`Codes`]: where the contracts' code comes from, and [`Artifacts`], checked files of wasm;
//! 4. [`Step`] and [`plan`]: what is missing;
//! 5. [`deploy`]: doing it; [`Record`]: what is stored meanwhile.

mod artifacts;
mod codes;
mod deploy;
mod error;
mod plan;

pub use artifacts::Artifacts;
pub use bithive_contracts::{
    BOUNTY_BPS, Code, Contract, DISPUTE_DEPOSIT, EMISSION_DELAY, FEE_GRANT, ICS20_LIMIT, NODE_BOND,
    OPERATOR_MINIMUM, REQUESTER_BOND, Role, SLASH, SkyLock, Terms, TermsError,
};
pub use bithive_economics::supply::{BTT_CAP, BTT_GENESIS, SKY_SUPPLY, SkyBucket, UNIT};
pub use codes::Codes;
pub use deploy::{Done, Outcome, Pending, Record, deploy, missing};
pub use error::DeployError;
pub use plan::{COLLECTORS, Existing, OnChain, Step, plan};
