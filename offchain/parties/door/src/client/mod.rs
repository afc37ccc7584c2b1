//! The client: asks, pays when it is asked to within its limits, and keeps what it signed.

mod buy;
mod error;
mod flow;
mod http;
mod pay;
mod purse;

pub use buy::{Bought, Buy, Buyer};
pub use error::PayError;
pub use flow::{Flow, Opening};
pub use pay::{Ask, Payer, Reply};
pub use purse::{Purse, PurseError};
