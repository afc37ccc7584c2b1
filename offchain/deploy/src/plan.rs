//! What is missing on a chain, from what was seen of it.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// A contract, in the order in which they are created: each knows those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// BTT.
    Token,
    /// Node registry.
    Registry,
    /// Job market.
    Jobs,
}

impl Contract {
    /// All of them, in order.
    pub const ALL: [Self; 3] = [Self::Token, Self::Registry, Self::Jobs];

    /// Name of its folder and of its wasm file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Registry => "registry",
            Self::Jobs => "jobs",
        }
    }

    /// Name that the chain shows.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Token => "btt",
            other => other.name(),
        }
    }
}

impl fmt::Display for Contract {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One transaction of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Store a contract's code.
    Store {
        /// Contract.
        contract: Contract,
    },
    /// Give accounts that hold nothing coins for their fees.
    Grant {
        /// Their addresses.
        addresses: Vec<String>,
    },
    /// Create a contract.
    Instantiate {
        /// Contract.
        contract: Contract,
    },
    /// Move a contract to other code.
    Migrate {
        /// Contract.
        contract: Contract,
        /// Code that it runs.
        from: u64,
    },
    /// Tell the registry which job market may slash.
    SetJobs,
    /// Name the first committee.
    SetCommittee,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { contract } => write!(f, "store the code of {contract}"),
            Self::Grant { addresses } => write!(f, "give {} accounts coins for fees", addresses.len()),
            Self::Instantiate { contract } => write!(f, "create {contract}"),
            Self::Migrate { contract, from } => write!(f, "migrate {contract} from code {from}"),
            Self::SetJobs => write!(f, "tell the registry of the job market"),
            Self::SetCommittee => write!(f, "name the committee"),
        }
    }
}

/// A contract that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Its address.
    pub address: String,
    /// Code that it runs.
    pub code_id: u64,
}

/// What a chain has of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// Ids of the codes that contracts are to run.
    pub codes: BTreeMap<Contract, u64>,
    /// Accounts of the deployment that hold no coins.
    pub without_coins: Vec<String>,
    /// Contracts.
    pub contracts: BTreeMap<Contract, Existing>,
    /// The registry knows the job market.
    pub jobs_set: bool,
    /// There is a committee, or there will be.
    pub committee_set: bool,
}

/// What is missing, in the order in which it has to be done; nothing when everything is in place.
#[must_use]
pub fn plan(seen: &Seen) -> Vec<Step> {
    let mut steps = Vec::new();
    for contract in Contract::ALL {
        if !seen.codes.contains_key(&contract) {
            steps.push(Step::Store { contract });
        }
    }
    if !seen.without_coins.is_empty() {
        steps.push(Step::Grant { addresses: seen.without_coins.clone() });
    }
    for contract in Contract::ALL {
        match seen.contracts.get(&contract) {
            None => steps.push(Step::Instantiate { contract }),
            Some(existing) if seen.codes.get(&contract) != Some(&existing.code_id) => {
                steps.push(Step::Migrate { contract, from: existing.code_id });
            }
            Some(_) => {}
        }
    }
    if !seen.jobs_set {
        steps.push(Step::SetJobs);
    }
    if !seen.committee_set {
        steps.push(Step::SetCommittee);
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;
    use Contract::{Jobs, Registry, Token};

    fn complete() -> Seen {
        let codes: BTreeMap<_, _> = Contract::ALL.into_iter().zip(1..).collect();
        let contracts = codes.iter().map(|(contract, code_id)| {
            (*contract, Existing { address: contract.to_string(), code_id: *code_id })
        });
        Seen { contracts: contracts.collect(), codes, jobs_set: true, committee_set: true, ..Seen::default() }
    }

    #[test]
    fn an_empty_chain_gets_everything_and_each_contract_after_those_it_knows() {
        let steps = plan(&Seen { without_coins: vec!["a".into()], ..Seen::default() });
        let expected = [
            Step::Store { contract: Token },
            Step::Store { contract: Registry },
            Step::Store { contract: Jobs },
            Step::Grant { addresses: vec!["a".into()] },
            Step::Instantiate { contract: Token },
            Step::Instantiate { contract: Registry },
            Step::Instantiate { contract: Jobs },
            Step::SetJobs,
            Step::SetCommittee,
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn a_complete_chain_gets_nothing() {
        assert_eq!(plan(&complete()), []);
    }

    #[test]
    fn what_was_cut_off_goes_on() {
        let mut seen = complete();
        seen.contracts.remove(&Jobs);
        (seen.jobs_set, seen.committee_set) = (false, false);
        assert_eq!(plan(&seen), [Step::Instantiate { contract: Jobs }, Step::SetJobs, Step::SetCommittee]);
    }

    #[test]
    fn changed_code_is_stored_and_its_contract_migrated() {
        let mut seen = complete();
        seen.codes.remove(&Registry);
        let expected = [Step::Store { contract: Registry }, Step::Migrate { contract: Registry, from: 2 }];
        assert_eq!(plan(&seen), expected);
        // Cut off after the upload: the new code has another id than the contract runs.
        seen.codes.insert(Registry, 4);
        assert_eq!(plan(&seen), expected[1..]);
    }
}
