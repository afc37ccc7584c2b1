//! Errors of a deployment.

use std::path::{Path, PathBuf};

use bithive_chain::{ChainError, TxHash};
use bithive_client::Incomplete;
use thiserror::Error;

use crate::{Contract, TermsError};

/// Error of a deployment. What was done before it stays, and is found again.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum DeployError {
    /// The chain, or a contract on it.
    #[error("{what}: {source}")]
    Chain {
        /// What was tried.
        what: String,
        /// Why it failed.
        source: ChainError,
    },
    /// The operator cannot pay.
    #[error("the operator {address} holds {held}{denom}, expected at least {needed}{denom}; send it some")]
    Poor {
        /// Address of the operator.
        address: String,
        /// What it holds.
        held: u128,
        /// What it needs for its fees and for those it gives coins to.
        needed: u128,
        /// Denomination of fees.
        denom: String,
    },
    /// A contract that was deployed is not there.
    #[error(
        "{contract} at {address} is not on chain {chain_id}: the record of this deployment is of another chain with \
         the same id; remove the record to deploy anew"
    )]
    Gone {
        /// Contract that the step is about.
        contract: Contract,
        /// Its recorded address.
        address: String,
        /// Id of the chain.
        chain_id: String,
    },
    /// A contract that a market needs is not on record.
    #[error(transparent)]
    Incomplete(#[from] Incomplete),
    /// The terms of the deployment.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// A run that was cut off had signed a transaction, and whether a block will have it is not known.
    #[error(
        "the transaction {hash} that was to create {contract} is in no block, and may still be included ({source}); \
         try again"
    )]
    Undecided {
        /// Contract that the step is about.
        contract: Contract,
        /// Hash of the transaction.
        hash: TxHash,
        /// The chain's latest answer to it.
        source: Box<ChainError>,
    },
    /// The record is of another chain.
    #[error("the record is of chain {recorded:?}, expected {expected:?}")]
    OtherChain {
        /// Chain of the record.
        recorded: String,
        /// Chain deployed to.
        expected: String,
    },
    /// A contract can only be migrated by its admin.
    #[error("{contract} at {address} has admin {admin}, so {operator} cannot migrate it")]
    NotAdmin {
        /// Contract that the step is about.
        contract: Contract,
        /// Address of the contract.
        address: String,
        /// Its admin, or `nobody`.
        admin: String,
        /// Address of the account that deploys.
        operator: String,
    },
    /// A file of wasm is missing or unreadable.
    #[error("{path}: {reason}; `scripts/wasm` builds the contracts", path = path.display())]
    Artifact {
        /// Path of the file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
}

impl DeployError {
    pub(crate) fn chain(what: impl Into<String>) -> impl FnOnce(ChainError) -> Self {
        let what = what.into();
        move |source| Self::Chain { what, source }
    }

    pub(crate) fn artifact(path: &Path, reason: impl ToString) -> Self {
        Self::Artifact { path: path.into(), reason: reason.to_string() }
    }
}
