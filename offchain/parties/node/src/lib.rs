//! The contributor node.
//!
//! [`Contributor`] follows the chain from a persisted height cursor and brings every job it is part of one step
//! further: try the vault, claim, decrypt, run the model, commit, reveal, check the representative's output, sign,
//! finalize, withdraw. It is driven by the chain and its inbox alone. Each step looks at the job's state on
//! chain and at the node's own records, so a step that is repeated, or resumed after a crash, does nothing twice.
//!
//! [`NodeKeys`] are its secrets, [`Group`] its view of the broadcast group, [`Compute`] what runs a model.

mod backoff;
mod capacity;
mod compute;
mod contributor;
mod error;
mod group;
mod guard;
mod keys;
mod quorum;
mod report;
mod secret;
mod tasks;
mod vaults;
mod work;

pub use compute::{Compute, Limits, Onnx};
pub use contributor::{Contributor, Known, Setup};
pub use error::NodeError;
pub use group::Group;
pub use guard::{Guard, Purpose};
pub use keys::NodeKeys;
pub use quorum::Quorum;
pub use report::{Observer, Report, Silent};
