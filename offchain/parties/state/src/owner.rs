//! Whose records they are.

use serde::{Deserialize, Serialize};

/// Whose records they are: what a party signs and answers is of one account, under one registry of one chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Owner {
    /// Address of the account.
    pub account: String,
    /// Id of the chain.
    pub chain_id: String,
    /// Address of the registry on that chain.
    pub registry: String,
}

impl std::fmt::Display for Owner {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { account, chain_id, registry } = self;
        write!(f, "account {account} on chain {chain_id:?} with the registry {registry}")
    }
}
