//! The three tokens.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A token of the economy; each has six decimals.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Token {
    /// Payment and health.
    Btt,
    /// BTK: rewards of compute, pledged and staked.
    Btk,
    /// SKY: the token of the community.
    Sky,
}

/// A text that names no token.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a token; expected btt, btk or sky")]
pub struct UnknownToken(pub String);

impl Token {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Btt, Self::Btk, Self::Sky];

    /// Its ticker, in capitals.
    #[must_use]
    pub const fn symbol(self) -> &'static str {
        match self {
            Self::Btt => "BTT",
            Self::Btk => "BTK",
            Self::Sky => "SKY",
        }
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}

impl FromStr for Token {
    type Err = UnknownToken;

    /// Reads a ticker of either case.
    fn from_str(text: &str) -> Result<Self, UnknownToken> {
        let found = Self::ALL.into_iter().find(|token| token.symbol().eq_ignore_ascii_case(text));
        found.ok_or_else(|| UnknownToken(text.chars().take(32).collect()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_reads_back_from_its_ticker_and_nothing_else_does() {
        for token in Token::ALL {
            assert_eq!(token.to_string().parse(), Ok(token));
            assert_eq!(token.symbol().to_lowercase().parse(), Ok(token));
        }
        assert_eq!("btc".parse::<Token>(), Err(UnknownToken("btc".into())));
    }
}
