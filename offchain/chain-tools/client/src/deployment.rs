//! Addresses of the contracts of a deployment.

use std::collections::BTreeMap;

use bithive_attest::Domain;
use bithive_contracts::{Contract, Role};
use serde::{Deserialize, Serialize};

/// Addresses of one deployment. Stored as JSON, one file per chain, where it has a job market.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Form")]
pub struct Deployment {
    /// Id of the chain, as in its genesis.
    pub chain_id: String,
    /// Those of [`Role::Market`] at least, unless it was made [without a market](Deployment::without_market).
    contracts: BTreeMap<Contract, String>,
    /// Account, or contract, that receives the treasury's share of the market.
    pub treasury: String,
    /// Account, or contract, that receives the patient incentive pool's share.
    pub incentive_pool: String,
}

/// A contract that a deployment lacks.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the deployment on {chain_id} has no {contract}, which a chain of role {role} has; run `bithive deploy --role {role}`, \
     or `bithive chain init` in a new folder"
)]
pub struct Incomplete {
    /// Id of its chain.
    pub chain_id: String,
    /// What is missing.
    pub contract: Contract,
    /// What the deployment is used for.
    pub role: Role,
}

impl Deployment {
    /// A deployment with these contracts.
    ///
    /// # Errors
    /// [`Incomplete`] when one of the market's is missing.
    pub fn new(
        chain_id: impl Into<String>,
        contracts: BTreeMap<Contract, String>,
        (treasury, incentive_pool): (impl Into<String>, impl Into<String>),
    ) -> Result<Self, Incomplete> {
        let (treasury, incentive_pool) = (treasury.into(), incentive_pool.into());
        let deployment = Self { chain_id: chain_id.into(), contracts, treasury, incentive_pool };
        deployment.check(Role::Market)?;
        Ok(deployment)
    }

    /// One on a chain without a market: of data sets, or of results of models. What is asked of the market has to
    /// [`check`](Deployment::check) for it first.
    #[must_use]
    pub fn without_market(chain_id: impl Into<String>, contracts: BTreeMap<Contract, String>) -> Self {
        let (treasury, incentive_pool) = Default::default();
        Self { chain_id: chain_id.into(), contracts, treasury, incentive_pool }
    }

    /// The same with more contracts, or with some at other addresses.
    #[must_use]
    pub fn with(mut self, contracts: impl IntoIterator<Item = (Contract, String)>) -> Self {
        self.contracts.extend(contracts);
        self
    }

    /// Whether there is every contract of a chain of this role.
    ///
    /// # Errors
    /// [`Incomplete`] names the first that is missing.
    pub fn check(&self, role: Role) -> Result<(), Incomplete> {
        match role.contracts().into_iter().find(|contract| !self.contracts.contains_key(contract)) {
            None => Ok(()),
            Some(contract) => Err(Incomplete { chain_id: self.chain_id.clone(), contract, role }),
        }
    }

    /// Every contract with its address, in the order of creation.
    pub fn contracts(&self) -> impl Iterator<Item = (Contract, &str)> {
        self.contracts.iter().map(|(contract, address)| (*contract, address.as_str()))
    }

    /// Address of a contract, if it is deployed.
    #[must_use]
    pub fn get(&self, contract: Contract) -> Option<&str> {
        self.contracts.get(&contract).map(String::as_str)
    }

    /// The first part that `found` on the chain has otherwise: its name, as the chain says, as it is here. What `found` lacks is
    /// not compared.
    #[must_use]
    pub fn difference(&self, found: &Self) -> Option<(String, String, String)> {
        let or_none = |address: Option<&str>| address.unwrap_or("none").to_owned();
        let contracts = found.contracts().map(|(contract, address)| {
            (contract.to_string(), address.to_owned(), or_none(self.get(contract)))
        });
        let accounts = [
            ("treasury", &found.treasury, &self.treasury),
            ("incentive pool", &found.incentive_pool, &self.incentive_pool),
        ]
        .map(|(name, of_chain, here)| (name.to_owned(), of_chain.clone(), here.clone()));
        contracts.chain(accounts).find(|(_, of_chain, here)| of_chain != here)
    }

    /// Address of a contract that was checked to be there.
    pub(crate) fn checked(&self, contract: Contract) -> &str {
        self.get(contract).unwrap_or_default()
    }

    /// Address of BTT.
    #[must_use]
    pub fn token(&self) -> &str {
        self.checked(Contract::Token)
    }

    /// Address of the node registry.
    #[must_use]
    pub fn registry(&self) -> &str {
        self.checked(Contract::Registry)
    }

    /// Address of the job market.
    #[must_use]
    pub fn jobs(&self) -> &str {
        self.checked(Contract::Jobs)
    }

    /// Address of the time bank, if it is deployed.
    #[must_use]
    pub fn timebank(&self) -> Option<&str> {
        self.get(Contract::Timebank)
    }

    /// Domain of what is signed for the registry.
    #[must_use]
    pub fn registry_domain(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: self.registry() }
    }

    /// Domain of what is signed for the job market.
    #[must_use]
    pub fn jobs_domain(&self) -> Domain<'_> {
        Domain { chain_id: &self.chain_id, contract: self.jobs() }
    }
}

/// A file: contracts in a map, or, in files of older versions, those of the market side by side.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    chain_id: String,
    #[serde(default)]
    contracts: BTreeMap<Contract, String>,
    token: Option<String>,
    registry: Option<String>,
    jobs: Option<String>,
    treasury: String,
    incentive_pool: String,
}

impl TryFrom<Form> for Deployment {
    type Error = Incomplete;

    fn try_from(form: Form) -> Result<Self, Incomplete> {
        let Form { chain_id, mut contracts, token, registry, jobs, treasury, incentive_pool } = form;
        let older = [(Contract::Token, token), (Contract::Registry, registry), (Contract::Jobs, jobs)];
        contracts.extend(older.into_iter().filter_map(|(contract, address)| Some((contract, address?))));
        Self::new(chain_id, contracts, (treasury, incentive_pool))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(role: Role) -> BTreeMap<Contract, String> {
        role.contracts().into_iter().map(|contract| (contract, format!("at-{contract}"))).collect()
    }

    fn read(json: &str) -> Result<Deployment, String> {
        serde_json::from_str(json).map_err(|error| error.to_string())
    }

    #[test]
    fn a_deployment_reads_back_from_its_file() {
        for role in [Role::Market, Role::Economy, Role::Token] {
            let deployment = Deployment::new("a-1", of(role), ("treasury", "pool")).unwrap();
            assert_eq!(read(&serde_json::to_string(&deployment).unwrap()), Ok(deployment.clone()));
            assert_eq!(deployment.check(role), Ok(()));
            assert_eq!((deployment.token(), deployment.jobs()), ("at-token", "at-jobs"));
        }
    }

    #[test]
    fn every_part_that_the_chain_has_otherwise_is_a_difference() {
        let file = Deployment::new("a-1", of(Role::Economy), ("treasury", "pool")).unwrap();
        let found = Deployment::new("a-1", of(Role::Market), ("treasury", "pool")).unwrap();
        assert_eq!(file.difference(&found), None, "what was not found is not compared");
        for contract in Role::Market.contracts() {
            let other = file.clone().with([(contract, "false".to_owned())]);
            let expected = (contract.to_string(), format!("at-{contract}"), "false".to_owned());
            assert_eq!(other.difference(&found), Some(expected));
        }
        let missing = found.difference(&file).map(|(_, _, here)| here);
        assert_eq!(missing.as_deref(), Some("none"));
        for (name, treasury, pool) in [("treasury", "false", "pool"), ("incentive pool", "treasury", "false")]
        {
            let other = Deployment::new("a-1", of(Role::Market), (treasury, pool)).unwrap();
            assert_eq!(other.difference(&found).map(|(what, ..)| what).as_deref(), Some(name));
        }
    }

    #[test]
    fn a_file_of_an_older_version_is_read() {
        let file = r#"{"chain_id":"a-1","token":"at-token","registry":"at-registry","jobs":"at-jobs",
            "treasury":"treasury","incentive_pool":"pool"}"#;
        let expected = Deployment::new("a-1", of(Role::Market), ("treasury", "pool"));
        assert_eq!(read(file), Ok(expected.unwrap()));
    }

    #[test]
    fn what_is_missing_is_named_with_what_helps() {
        for contract in Role::Market.contracts() {
            let mut contracts = of(Role::Market);
            contracts.remove(&contract);
            let file = serde_json::json!({
                "chain_id": "a-1", "contracts": contracts, "treasury": "treasury", "incentive_pool": "pool",
            });
            let error = read(&file.to_string()).unwrap_err();
            assert!(
                error.contains(&format!("has no {contract}")) && error.contains("bithive deploy"),
                "{error}"
            );
        }
        let market = Deployment::new("a-1", of(Role::Market), ("treasury", "pool")).unwrap();
        let error = market.check(Role::Economy).unwrap_err();
        assert_eq!((error.contract, error.role), (Contract::Btk, Role::Economy));
        let more = of(Role::Economy).into_iter().filter(|(contract, _)| !Role::Market.has(*contract));
        assert_eq!(market.with(more).check(Role::Economy), Ok(()));
    }

    #[test]
    fn fields_and_contracts_that_nobody_knows_are_refused() {
        let fields = [r#""more":1"#, r#""contracts":{"bank":"at-bank"}"#];
        for field in fields {
            let file = format!(
                r#"{{"chain_id":"a-1","token":"t","registry":"r","jobs":"j","treasury":"y","incentive_pool":"p",{field}}}"#
            );
            assert!(read(&file).unwrap_err().contains("unknown"), "{field}");
        }
    }
}
