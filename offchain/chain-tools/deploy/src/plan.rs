//! What is missing on a chain, from what was seen of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use crate::{Code, Contract, Role};

/// One transaction of a deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "step", rename_all = "snake_case")]
pub enum Step {
    /// Store a contract's code.
    Store {
        /// The code to store.
        code: Code,
    },
    /// Give accounts that hold nothing coins for their fees.
    Grant {
        /// Addresses of these accounts, bech32.
        addresses: Vec<String>,
    },
    /// Create a contract.
    Instantiate {
        /// The contract to create.
        contract: Contract,
    },
    /// Move a contract to other code.
    Migrate {
        /// The contract to migrate.
        contract: Contract,
        /// Id of the code that it runs now.
        from: u64,
    },
    /// Tell the registry which job market may slash.
    SetJobs,
    /// Name the first committee.
    SetCommittee,
    /// Tell the job market who knows the owners of models.
    SetModels,
    /// Tell the job market who knows what subjects of data have consented to.
    SetGrants,
    /// Make the emissions the minter of BTK.
    SetMinter,
    /// Let the job market report work to the emissions: both learn of each other in one transaction.
    SetMeter,
    /// Tell the emissions who knows pledges.
    SetStaking,
    /// Let a contract collect its share of settlements from the job market.
    SetSource {
        /// The contract, one of [`COLLECTORS`].
        contract: Contract,
    },
    /// Lock all SKY, each part by its schedule: one transaction.
    LockSky,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Store { code } => write!(f, "store the code of {code}"),
            Self::Grant { addresses } => write!(f, "give {} accounts coins for fees", addresses.len()),
            Self::Instantiate { contract } => write!(f, "create {contract}"),
            Self::Migrate { contract, from } => write!(f, "migrate {contract} from code {from}"),
            Self::SetJobs => write!(f, "tell the registry of the job market"),
            Self::SetCommittee => write!(f, "name the committee"),
            Self::SetModels => write!(f, "tell the job market who knows the owners of models"),
            Self::SetGrants => write!(f, "tell the job market who knows the consents to uses of data"),
            Self::SetMinter => write!(f, "make the emissions the minter of BTK"),
            Self::SetMeter => write!(f, "let the job market report work to the emissions"),
            Self::SetStaking => write!(f, "tell the emissions who knows pledges"),
            Self::SetSource { contract } => write!(f, "let {contract} collect from the job market"),
            Self::LockSky => write!(f, "lock SKY by its schedules"),
        }
    }
}

/// Contracts that receive shares of settlements, and collect them from the job market.
pub const COLLECTORS: [Contract; 2] = [Contract::Treasury, Contract::Rewards];

/// A contract that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Existing {
    /// Address of the contract.
    pub address: String,
    /// Code that it runs.
    pub code_id: u64,
}

/// What a chain has of a deployment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OnChain {
    /// Ids of the codes that contracts are to run.
    pub codes: BTreeMap<Code, u64>,
    /// Accounts of the deployment that hold no coins.
    pub without_coins: Vec<String>,
    /// The contracts that exist, with their code.
    pub contracts: BTreeMap<Contract, Existing>,
    /// The registry knows the job market.
    pub jobs_set: bool,
    /// There is a committee, or there will be.
    pub committee_set: bool,
    /// The job market knows who knows the owners of models.
    pub models_set: bool,
    /// The job market knows who knows what subjects of data have consented to.
    pub grants_set: bool,
    /// The minter of BTK is the emissions, or another account that is not the operator.
    pub minter_set: bool,
    /// The emissions take work from the job market, which reports it.
    pub meter_set: bool,
    /// The emissions know a contract that knows pledges.
    pub staking_set: bool,
    /// Of [`COLLECTORS`], those that collect from the job market, or to which it pays nothing.
    pub sources_set: BTreeSet<Contract>,
    /// The operator does not hold all SKY any more.
    pub sky_locked: bool,
}

/// What is missing on a chain of this role, in the order in which it has to be done; nothing when everything is in place.
#[must_use]
pub fn plan(role: Role, seen: &OnChain) -> Vec<Step> {
    let mut steps = Vec::new();
    for code in role.codes() {
        if !seen.codes.contains_key(&code) {
            steps.push(Step::Store { code });
        }
    }
    if !seen.without_coins.is_empty() {
        steps.push(Step::Grant { addresses: seen.without_coins.clone() });
    }
    for contract in role.contracts() {
        match seen.contracts.get(&contract) {
            None => steps.push(Step::Instantiate { contract }),
            Some(existing) if seen.codes.get(&contract.code()) != Some(&existing.code_id) => {
                steps.push(Step::Migrate { contract, from: existing.code_id });
            }
            Some(_) => {}
        }
    }
    let wiring = [
        (Contract::Registry, seen.jobs_set, Step::SetJobs),
        (Contract::Registry, seen.committee_set, Step::SetCommittee),
        (Contract::Models, seen.models_set, Step::SetModels),
        (Contract::Grants, seen.grants_set, Step::SetGrants),
        (Contract::Emissions, seen.minter_set, Step::SetMinter),
        (Contract::Emissions, seen.meter_set, Step::SetMeter),
        (Contract::Emissions, seen.staking_set, Step::SetStaking),
    ];
    let sources = COLLECTORS
        .map(|contract| (contract, seen.sources_set.contains(&contract), Step::SetSource { contract }));
    let sky = (Contract::Sky, seen.sky_locked, Step::LockSky);
    for (contract, done, step) in wiring.into_iter().chain(sources).chain([sky]) {
        if role.has(contract) && !done {
            steps.push(step);
        }
    }
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn complete(role: Role) -> OnChain {
        let codes: BTreeMap<_, _> = role.codes().into_iter().zip(1..).collect();
        let contracts = role.contracts().into_iter().map(|contract| {
            let (address, code_id) = (contract.to_string(), codes[&contract.code()]);
            (contract, Existing { address, code_id })
        });
        let contracts = contracts.collect();
        OnChain {
            contracts,
            codes,
            without_coins: vec![],
            jobs_set: true,
            committee_set: true,
            models_set: true,
            grants_set: true,
            minter_set: true,
            meter_set: true,
            staking_set: true,
            sources_set: COLLECTORS.into(),
            sky_locked: true,
        }
    }

    #[test]
    fn an_empty_chain_gets_everything_and_each_contract_after_those_it_knows() {
        let steps = plan(Role::Market, &OnChain { without_coins: vec!["a".into()], ..OnChain::default() });
        let expected = [
            Step::Store { code: Code::Token },
            Step::Store { code: Code::Registry },
            Step::Store { code: Code::Jobs },
            Step::Grant { addresses: vec!["a".into()] },
            Step::Instantiate { contract: Contract::Token },
            Step::Instantiate { contract: Contract::Registry },
            Step::Instantiate { contract: Contract::Jobs },
            Step::SetJobs,
            Step::SetCommittee,
        ];
        assert_eq!(steps, expected);
    }

    #[test]
    fn each_role_gets_its_own_contracts_and_their_wiring() {
        let created = |role| {
            let steps = plan(role, &OnChain::default());
            let created = steps.iter().filter(|step| matches!(step, Step::Instantiate { .. })).count();
            (created, steps.last().cloned().unwrap())
        };
        assert_eq!(created(Role::Market), (3, Step::SetCommittee));
        assert_eq!(created(Role::Economy), (Role::Economy.contracts().len(), Step::LockSky));
        assert_eq!(created(Role::Token), (Role::Token.contracts().len(), Step::LockSky));
        assert_eq!(created(Role::Data), (2, Step::Instantiate { contract: Contract::Datasets }));
        assert_eq!(created(Role::Model), (1, Step::Instantiate { contract: Contract::Attestations }));
    }

    #[test]
    fn a_complete_chain_gets_nothing() {
        for role in Role::ALL {
            assert_eq!(plan(role, &complete(role)), [], "{role}");
        }
    }

    #[test]
    fn a_market_becomes_an_economy_and_a_token_chain_by_what_it_lacks() {
        let market = OnChain {
            models_set: false,
            grants_set: false,
            minter_set: false,
            meter_set: false,
            staking_set: false,
            ..complete(Role::Market)
        };
        let steps = plan(Role::Economy, &market);
        for step in [Step::Store { code: Code::Treasury }, Step::Instantiate { contract: Contract::Timebank }]
        {
            assert!(steps.contains(&step), "{step}");
        }
        let is_there = |step: &Step| matches!(step, Step::Store { code: Code::Token } | Step::SetJobs);
        assert!(!steps.iter().any(is_there), "{steps:?}");
        let collects = |step: &Step| matches!(step, Step::SetSource { .. });
        assert!(!steps.iter().any(collects), "its shares go to accounts, for good");
        let expected = [
            Step::Store { code: Code::Ics20 },
            Step::Store { code: Code::Attestations },
            Step::Instantiate { contract: Contract::Ics20 },
            Step::Instantiate { contract: Contract::Attestations },
        ];
        assert_eq!(plan(Role::Token, &complete(Role::Economy)), expected);
    }

    #[test]
    fn each_wiring_that_was_cut_off_is_done() {
        type Forget = fn(&mut OnChain);
        let wirings: [(Step, Forget); 10] = [
            (Step::SetJobs, |seen| seen.jobs_set = false),
            (Step::SetCommittee, |seen| seen.committee_set = false),
            (Step::SetModels, |seen| seen.models_set = false),
            (Step::SetGrants, |seen| seen.grants_set = false),
            (Step::SetMinter, |seen| seen.minter_set = false),
            (Step::SetMeter, |seen| seen.meter_set = false),
            (Step::SetStaking, |seen| seen.staking_set = false),
            (Step::SetSource { contract: Contract::Treasury }, |seen| {
                seen.sources_set.remove(&Contract::Treasury);
            }),
            (Step::SetSource { contract: Contract::Rewards }, |seen| {
                seen.sources_set.remove(&Contract::Rewards);
            }),
            (Step::LockSky, |seen| seen.sky_locked = false),
        ];
        for (step, forget) in wirings {
            let mut seen = complete(Role::Economy);
            forget(&mut seen);
            assert_eq!(plan(Role::Economy, &seen), [step]);
        }
    }

    #[test]
    fn what_was_cut_off_goes_on() {
        let mut seen = complete(Role::Market);
        seen.contracts.remove(&Contract::Jobs);
        (seen.jobs_set, seen.committee_set) = (false, false);
        let expected = [Step::Instantiate { contract: Contract::Jobs }, Step::SetJobs, Step::SetCommittee];
        assert_eq!(plan(Role::Market, &seen), expected);
    }

    #[test]
    fn changed_code_is_stored_and_every_contract_of_it_migrated() {
        let mut seen = complete(Role::Token);
        seen.codes.remove(&Code::Token);
        let migrate = |contract| Step::Migrate { contract, from: 1 };
        let expected = [
            Step::Store { code: Code::Token },
            migrate(Contract::Token),
            migrate(Contract::Btk),
            migrate(Contract::Sky),
        ];
        assert_eq!(plan(Role::Token, &seen), expected);
        // Cut off after the upload: the new code has another id than the contracts run.
        seen.codes.insert(Code::Token, 99);
        assert_eq!(plan(Role::Token, &seen), expected[1..]);
    }
}
