//! Which contracts there are, and on which chain they belong.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Code of a contract: a folder of `contracts/`, a file of wasm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// A cw20 with a cap.
    Token,
    /// Node registry.
    Registry,
    /// Job market.
    Jobs,
    /// Locked tokens.
    Vesting,
    /// Mints BTK.
    Emissions,
    /// BTK behind nodes.
    Staking,
    /// BTT for patients.
    Rewards,
    /// Buys back and burns.
    Treasury,
    /// Credits for idle compute.
    Timebank,
    /// Tokens on other chains.
    Ics20,
    /// Results of other chains' jobs.
    Attestations,
    /// Uses of data sets.
    Datasets,
}

impl Code {
    /// All of them.
    pub const ALL: [Self; 12] = [
        Self::Token,
        Self::Registry,
        Self::Jobs,
        Self::Vesting,
        Self::Emissions,
        Self::Staking,
        Self::Rewards,
        Self::Treasury,
        Self::Timebank,
        Self::Ics20,
        Self::Attestations,
        Self::Datasets,
    ];

    /// Name of its folder and of its wasm file.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Token => "token",
            Self::Registry => "registry",
            Self::Jobs => "jobs",
            Self::Vesting => "vesting",
            Self::Emissions => "emissions",
            Self::Staking => "staking",
            Self::Rewards => "rewards",
            Self::Treasury => "treasury",
            Self::Timebank => "timebank",
            Self::Ics20 => "ics20",
            Self::Attestations => "attestations",
            Self::Datasets => "datasets",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A contract, in the order in which they are created: each knows those before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contract {
    /// BTT.
    Token,
    /// BTK.
    Btk,
    /// SKY.
    Sky,
    /// The protocol's share of settlements and slashes.
    Treasury,
    /// Node registry.
    Registry,
    /// Job market.
    Jobs,
    /// Locked tokens of any kind.
    Vesting,
    /// The minter of BTK.
    Emissions,
    /// BTK behind nodes.
    Staking,
    /// BTT for patients.
    Rewards,
    /// Credits for idle compute, which pay for jobs.
    Timebank,
    /// BTT and BTK on other chains.
    Ics20,
    /// Results that are sent to other chains, or came from one.
    Attestations,
    /// Uses of data sets by jobs of another chain.
    Datasets,
}

impl Contract {
    /// All of them, in order.
    pub const ALL: [Self; 14] = [
        Self::Token,
        Self::Btk,
        Self::Sky,
        Self::Treasury,
        Self::Registry,
        Self::Jobs,
        Self::Vesting,
        Self::Emissions,
        Self::Staking,
        Self::Rewards,
        Self::Timebank,
        Self::Ics20,
        Self::Attestations,
        Self::Datasets,
    ];

    /// The code that it runs.
    #[must_use]
    pub fn code(self) -> Code {
        match self {
            Self::Token | Self::Btk | Self::Sky => Code::Token,
            Self::Registry => Code::Registry,
            Self::Jobs => Code::Jobs,
            Self::Vesting => Code::Vesting,
            Self::Emissions => Code::Emissions,
            Self::Staking => Code::Staking,
            Self::Rewards => Code::Rewards,
            Self::Treasury => Code::Treasury,
            Self::Timebank => Code::Timebank,
            Self::Ics20 => Code::Ics20,
            Self::Attestations => Code::Attestations,
            Self::Datasets => Code::Datasets,
        }
    }

    /// Its name here.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Btk => "btk",
            Self::Sky => "sky",
            other => other.code().name(),
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

/// What a chain is for, and with it which contracts it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// The job market and what it needs, nothing else: the demo, and most tests.
    Market,
    /// The market and the whole economy of the tokens: a network in a folder.
    Economy,
    /// The same, and the ways to other chains.
    Token,
    /// Data sets, and the results that were made with them.
    Data,
    /// Results of models.
    Model,
}

impl Role {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Market, Self::Economy, Self::Token, Self::Data, Self::Model];

    /// Contracts of such a chain, in order.
    #[must_use]
    pub fn contracts(self) -> &'static [Contract] {
        use Contract::{
            Attestations, Btk, Datasets, Emissions, Ics20, Jobs, Registry, Rewards, Sky, Staking, Timebank,
            Token, Treasury, Vesting,
        };
        match self {
            Self::Market => &[Token, Registry, Jobs],
            Self::Economy => {
                &[Token, Btk, Sky, Treasury, Registry, Jobs, Vesting, Emissions, Staking, Rewards, Timebank]
            }
            Self::Token => &[
                Token,
                Btk,
                Sky,
                Treasury,
                Registry,
                Jobs,
                Vesting,
                Emissions,
                Staking,
                Rewards,
                Timebank,
                Ics20,
                Attestations,
            ],
            Self::Data => &[Attestations, Datasets],
            Self::Model => &[Attestations],
        }
    }

    /// Their codes, each once, in order.
    #[must_use]
    pub fn codes(self) -> Vec<Code> {
        let contracts = self.contracts();
        Code::ALL
            .into_iter()
            .filter(|code| contracts.iter().any(|contract| contract.code() == *code))
            .collect()
    }

    /// Whether such a chain has this contract.
    #[must_use]
    pub fn has(self, contract: Contract) -> bool {
        self.contracts().contains(&contract)
    }

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Market => "market",
            Self::Economy => "economy",
            Self::Token => "token",
            Self::Data => "data",
            Self::Model => "model",
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_files_and_records() {
        for contract in Contract::ALL {
            assert_eq!(serde_json::to_value(contract).unwrap(), contract.name());
        }
        for code in Code::ALL {
            assert_eq!(serde_json::to_value(code).unwrap(), code.name());
        }
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
    }

    #[test]
    fn every_contract_has_a_chain_and_each_comes_after_those_it_knows() {
        for contract in Contract::ALL {
            assert!(Role::ALL.iter().any(|role| role.has(contract)), "{contract}");
        }
        for role in Role::ALL {
            assert!(role.contracts().is_sorted(), "{role}");
        }
    }

    #[test]
    fn three_tokens_are_one_code() {
        assert_eq!(Role::Token.codes().len() + 2, Role::Token.contracts().len());
        assert_eq!(Role::Market.codes(), [Code::Token, Code::Registry, Code::Jobs]);
    }

    #[test]
    fn each_chain_of_tokens_has_what_the_lesser_one_has() {
        for (less, more) in [(Role::Market, Role::Economy), (Role::Economy, Role::Token)] {
            assert!(less.contracts().iter().all(|contract| more.has(*contract)), "{less}, {more}");
            // An embedded chain that was made with fewer codes goes on with more.
            assert!(more.codes().starts_with(&less.codes()), "{less}, {more}");
        }
    }
}
