//! What a contract can know of its deployment when it is created.

use std::collections::BTreeMap;

use crate::{Contract, Terms, TermsError};

/// What a contract can know when it is created: the terms, who deploys, and where the contracts before it are.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Contract that is created.
    pub(crate) contract: Contract,
    pub(crate) terms: &'a Terms,
    pub(crate) operator: &'a str,
    pub(crate) addresses: &'a BTreeMap<Contract, String>,
    pub(crate) emission_start: u64,
}

impl Setting<'_> {
    /// Address of the operator, who owns what has an owner.
    pub(crate) fn owner(&self) -> String {
        self.operator.to_owned()
    }

    /// What is particular to the deployment.
    pub(crate) fn terms(&self) -> &Terms {
        self.terms
    }

    /// When BTK are minted from, in Unix seconds.
    pub(crate) fn emission_start(&self) -> u64 {
        self.emission_start
    }

    /// Address of a contract that was created before.
    pub(crate) fn address(&self, known: Contract) -> Result<String, TermsError> {
        let unknown = || TermsError::Unknown { contract: self.contract, known };
        self.addresses.get(&known).cloned().ok_or_else(unknown)
    }

    /// Where shares and slashes go: to the contract where the chain has one, to an account where it has none.
    pub(crate) fn treasury(&self) -> String {
        self.address(Contract::Treasury).unwrap_or_else(|_| self.terms.treasury().to_owned())
    }

    /// Where the incentive pool's shares go: to the budget of rewards where the chain has one, to an account where it has
    /// none.
    pub(crate) fn incentive_pool(&self) -> String {
        self.address(Contract::Rewards).unwrap_or_else(|_| self.terms.incentive_pool().to_owned())
    }
}
