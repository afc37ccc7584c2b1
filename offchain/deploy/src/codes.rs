//! Where the contracts' code comes from.

use std::collections::BTreeMap;

use bithive_chain::{ChainError, Cosmos, Receipt, Wallet};

use crate::{Artifacts, Contract, DeployError, Existing};

/// The contracts' code on a chain.
#[derive(Clone, Copy)]
pub enum Codes<'a> {
    /// The chain has it from its start, under these ids, in the order of [`Contract::ALL`].
    Native([u64; 3]),
    /// Wasm, stored by the operator.
    Wasm {
        /// The chain.
        chain: &'a Cosmos,
        /// The wasm.
        artifacts: &'a Artifacts,
    },
}

impl Codes<'_> {
    /// Ids of the codes that are there already, stored by `operator`.
    pub(crate) async fn stored(&self, operator: &str) -> Result<BTreeMap<Contract, u64>, DeployError> {
        match self {
            Self::Native(ids) => Ok(Contract::ALL.into_iter().zip(*ids).collect()),
            Self::Wasm { chain, artifacts } => {
                let codes = chain.codes().await.map_err(DeployError::chain("list of codes"))?;
                let mut found = BTreeMap::new();
                for contract in Contract::ALL {
                    let wanted = artifacts.checksum(contract);
                    let ours = codes.iter().find(|code| code.checksum == wanted && code.creator == operator);
                    if let Some(code) = ours {
                        found.insert(contract, code.code_id);
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
            Self::Native([token, registry, jobs]) => match contract {
                Contract::Token => *token,
                Contract::Registry => *registry,
                Contract::Jobs => *jobs,
            },
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

    /// Stores the code of `contract` and returns its id.
    pub(crate) async fn store(
        &self,
        operator: &Wallet,
        contract: Contract,
    ) -> Result<(u64, Receipt), DeployError> {
        let what = || format!("code of {contract}");
        let Self::Wasm { artifacts, .. } = self else {
            let type_url = "/cosmwasm.wasm.v1.MsgStoreCode".into();
            return Err(DeployError::chain(what())(ChainError::UnsupportedMessage { type_url }));
        };
        let stored = operator
            .store_code(artifacts.wasm(contract).to_vec())
            .await
            .map_err(DeployError::chain(what()))?;
        if stored.checksum != artifacts.checksum(contract) {
            let reason = format!("stored under checksum {}", hex::encode(stored.checksum));
            return Err(DeployError::chain(what())(ChainError::Decode { what: what(), reason }));
        }
        Ok((stored.code_id, stored.receipt))
    }
}
