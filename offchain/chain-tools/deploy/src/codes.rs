//! Where the contracts' code comes from.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::Path;

use bithive_chain::{ChainError, Cosmos, Receipt, Wallet};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::artifacts::Artifact;
use crate::{Artifacts, Code, Contract, DeployError, EMISSION_DELAY, Existing, Role};

const NATIVE_EMISSION_DELAY: u64 = 5;

/// The contracts' code on a chain.
#[derive(Clone, Copy)]
pub enum Codes<'a> {
    /// The chain has all of them from its start, each with [`Code::id`].
    Native,
    /// Wasm, stored by the operator.
    Wasm {
        /// The chain that stores the codes.
        chain: &'a Cosmos,
        /// The wasm files to store, checked against their checksums.
        artifacts: &'a Artifacts,
    },
}

impl Codes<'_> {
    /// Ids of the codes for a role that are there already, stored by `operator`.
    pub(crate) async fn stored(
        &self,
        role: Role,
        operator: &str,
    ) -> Result<BTreeMap<Code, u64>, DeployError> {
        match self {
            Self::Native => Ok(role.codes().into_iter().map(|code| (code, code.id())).collect()),
            Self::Wasm { chain, artifacts } => {
                let codes = chain.codes().await.map_err(DeployError::chain("list of codes"))?;
                let mut found = BTreeMap::new();
                for code in role.codes() {
                    let wanted = artifacts.get(code)?.checksum;
                    let ours = codes.iter().find(|code| code.checksum == wanted && code.creator == operator);
                    if let Some(stored) = ours {
                        found.insert(code, stored.code_id);
                    }
                }
                Ok(found)
            }
        }
    }

    /// The contract at `address`, which `operator` must be able to migrate.
    pub(crate) async fn existing(
        &self,
        contract: Contract,
        address: &str,
        operator: &str,
    ) -> Result<Existing, DeployError> {
        let code_id = match self {
            Self::Native => contract.code().id(),
            Self::Wasm { chain, .. } => {
                let info = match chain.contract_info(address).await {
                    Ok(info) => info,
                    Err(ChainError::NoSuchContract { .. }) => {
                        let chain_id = chain.chain_id().into();
                        return Err(DeployError::Gone { contract, address: address.into(), chain_id });
                    }
                    Err(error) => return Err(DeployError::chain(contract.name())(error)),
                };
                if info.admin.as_deref() != Some(operator) {
                    return Err(DeployError::NotAdmin {
                        contract,
                        address: address.into(),
                        admin: info.admin.unwrap_or_else(|| "nobody".into()),
                        operator: operator.into(),
                    });
                }
                info.code_id
            }
        };
        Ok(Existing { address: address.into(), code_id })
    }

    /// Seconds from the creation of the emissions to the first one: a transaction must be in a block by then. The clock of
    /// an embedded chain moves with its blocks, a second each.
    pub(crate) fn emission_delay(&self) -> u64 {
        match self {
            Self::Native => NATIVE_EMISSION_DELAY,
            Self::Wasm { .. } => EMISSION_DELAY,
        }
    }

    /// Stores a code, compressed: a chain takes gas for every byte of a transaction, and wasm is a third of it then.
    pub(crate) async fn store(&self, operator: &Wallet, code: Code) -> Result<(u64, Receipt), DeployError> {
        let what = || format!("code of {code}");
        let Self::Wasm { artifacts, .. } = self else {
            let type_url = "/cosmwasm.wasm.v1.MsgStoreCode".into();
            return Err(DeployError::chain(what())(ChainError::UnsupportedMessage { type_url }));
        };
        let Artifact { bytes, checksum } = artifacts.get(code)?;
        let compressed = gzip(bytes).map_err(|error| DeployError::artifact(Path::new(code.name()), error))?;
        let stored = operator.store_code(compressed).await.map_err(DeployError::chain(what()))?;
        if stored.checksum != *checksum {
            let reason = format!("stored under checksum {}", hex::encode(stored.checksum));
            return Err(DeployError::chain(what())(ChainError::Decode { what: what(), reason }));
        }
        Ok((stored.code_id, stored.receipt))
    }
}

fn gzip(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes)?;
    encoder.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compressed_wasm_is_smaller_and_known_to_wasmd_by_its_first_bytes() {
        let compressed = gzip(&[7; 10_000]).unwrap();
        assert!(compressed.len() < 100 && compressed.starts_with(&[0x1f, 0x8b, 0x08]));
    }
}
