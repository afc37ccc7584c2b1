//! The economy's part of a deployment.

use std::collections::BTreeMap;

use bithive_client::Economy;

use crate::Contract;

/// Where the contracts of the economy are, by what is known of a deployment ([`crate::Record::contracts`]); nothing as long as
/// one of them is missing.
#[must_use]
pub fn economy(contracts: &BTreeMap<Contract, String>) -> Option<Economy> {
    let address = |contract| contracts.get(&contract).cloned();
    Some(Economy {
        btk: address(Contract::Btk)?,
        sky: address(Contract::Sky)?,
        vesting: address(Contract::Vesting)?,
        emissions: address(Contract::Emissions)?,
        staking: address(Contract::Staking)?,
        rewards: address(Contract::Rewards)?,
        treasury: address(Contract::Treasury)?,
        timebank: address(Contract::Timebank)?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Role;

    fn of(role: Role) -> BTreeMap<Contract, String> {
        role.contracts().iter().map(|contract| (*contract, contract.to_string())).collect()
    }

    #[test]
    fn every_contract_of_an_economy_is_named() {
        let found = economy(&of(Role::Economy)).unwrap();
        let named = serde_json::to_value(&found).unwrap();
        for (name, address) in named.as_object().unwrap() {
            assert_eq!(address, name, "each address here is its contract's name");
        }
        assert_eq!(economy(&of(Role::Token)), Some(found));
    }

    #[test]
    fn a_chain_that_lacks_one_of_them_has_no_economy() {
        assert_eq!(economy(&of(Role::Market)), None);
        for contract in Role::Economy.contracts().iter().filter(|contract| !Role::Market.has(**contract)) {
            let mut contracts = of(Role::Economy);
            contracts.remove(contract);
            assert_eq!(economy(&contracts), None, "{contract}");
        }
    }
}
