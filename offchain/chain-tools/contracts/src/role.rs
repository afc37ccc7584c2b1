//! What a chain is for.

use std::fmt;

use serde::{Deserialize, Serialize};

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

    /// Its name, in lower case.
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
    fn names_are_those_of_records() {
        for role in Role::ALL {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
    }
}
