//! What can stop a relayer, or one of its steps.

use bithive_chain::ChainError;

use crate::store::StoreError;

/// Why a step of the relayer did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RelayerError {
    /// The chain refuses or does not answer; the relayer goes on later.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Its records can't be used: the relayer stops.
    #[error(transparent)]
    Store(#[from] StoreError),
}
