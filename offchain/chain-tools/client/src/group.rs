//! The broadcast group of a deployment: how the registry divides the slots, and the reference string that it pins.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use bithive_chain::ChainError;
use bithive_dgkbe::crs::UnverifiedCrs;
use bithive_dgkbe::{Crs, Groups, SlotError};

use crate::Client;

/// Why the broadcast group of a deployment can't be had.
#[derive(Debug, thiserror::Error)]
pub enum GroupError {
    /// The registry can't be queried.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The registry's numbers of groups and slots are not possible.
    #[error("the registry's groups: {0}")]
    Slots(#[from] SlotError),
    /// A file can't be read, or holds another reference string than the registry's.
    #[error("{file}: {problem}")]
    ReferenceString {
        /// Path of the file that was given.
        file: String,
        /// What is wrong with it.
        problem: String,
    },
}

impl Client {
    /// How the registry divides the slots.
    ///
    /// # Errors
    /// [`GroupError::Chain`], [`GroupError::Slots`].
    pub async fn groups(&self) -> Result<Groups, GroupError> {
        let params = self.registry_config().await?.params;
        Ok(Groups::new(params.groups, params.slots)?)
    }

    /// Reads a reference string from a file; it has to be the one whose digest the registry holds.
    ///
    /// # Errors
    /// [`GroupError::Chain`], [`GroupError::ReferenceString`].
    pub async fn reference_string(&self, file: &Path) -> Result<Crs, GroupError> {
        let name = file.display().to_string();
        let opened = File::open(file).map_err(|error| GroupError::ReferenceString {
            file: name.clone(),
            problem: error.to_string(),
        })?;
        self.trusted(BufReader::new(opened), &name).await
    }

    /// Checks that bytes are the reference string whose digest the registry holds; `name` stands for them in the error.
    ///
    /// # Errors
    /// As [`Self::reference_string`].
    pub async fn check_reference_string(&self, bytes: &[u8], name: &str) -> Result<(), GroupError> {
        self.trusted(bytes, name).await.map(drop)
    }

    async fn trusted(&self, bytes: impl Read, name: &str) -> Result<Crs, GroupError> {
        let wrong = |problem: String| GroupError::ReferenceString { file: name.into(), problem };
        let digest = self.registry_config().await?.crs_digest;
        let digest: [u8; 32] = digest
            .as_slice()
            .try_into()
            .map_err(|_| wrong("the registry's digest is not 32 bytes".into()))?;
        let crs = UnverifiedCrs::read(bytes).map_err(|error| wrong(error.to_string()))?;
        // The registry pins the digest of what was verified when the network was made.
        crs.trust(&digest).map_err(|error| wrong(error.to_string()))
    }
}
