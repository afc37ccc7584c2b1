//! The relayer: takes what is due on chain, settles jobs, sends attestations, and survives being killed at any moment.
//!
//! Read in this order:
//!
//! 1. [`duty`]: what there is to do, named so that nothing is done twice;
//! 2. [`entry`]: how far one of them is; [`jobs`]: how far each job is;
//! 3. [`book`]: all of that together, and the rules by which it changes, without I/O or a clock;
//! 4. [`store`]: the book on disk; [`outbox`]: both together, shared with whoever hands something in;
//! 5. [`messages`] and [`verdict`]: from duties to a transaction, and what an error means for it;
//! 6. [`relayer`]: the loop around them; [`report`]: its reports and status; [`fees`]: what it may spend.

pub mod book;
pub mod duty;
pub mod entry;
mod error;
pub mod fees;
pub mod jobs;
pub mod messages;
pub mod outbox;
pub mod relayer;
pub mod report;
pub mod store;
pub mod verdict;

pub use duty::{Aggregate, Duty, Kind};
pub use error::RelayerError;
pub use fees::FeeLimits;
pub use messages::Contracts;
pub use outbox::Outbox;
pub use relayer::{Relayer, Settings};
pub use report::{Report, Status, Watch};
pub use store::StoreError;
