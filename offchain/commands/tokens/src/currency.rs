//! What an amount is in: a token of the economy, as people write it, or base units of anything else.

use std::fmt;

use anyhow::{Context as _, Result};
use bithive_api::asset::Asset;
use bithive_chain::validate_address;
use bithive_client::amount::{parse, show_in};
use bithive_client::{EconomyClient, Token};
use cosmwasm_std::Addr;

/// BTT, BTK or SKY, or another asset of the chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Currency {
    /// In its decimals.
    Token(Token),
    /// In base units.
    Other(Asset),
}

/// Reads `btt`, `native:DENOMINATION` or `cw20:ADDRESS`.
///
/// # Errors
/// What is expected.
pub fn currency(text: &str) -> Result<Currency, String> {
    match text.parse() {
        Ok(token) => Ok(Currency::Token(token)),
        Err(_) => asset(text).map(Currency::Other).map_err(|error| format!("{error}, or btt, btk or sky")),
    }
}

/// Reads `native:DENOMINATION` or `cw20:ADDRESS`.
pub(super) fn asset(text: &str) -> Result<Asset, String> {
    let expected = "expected native:DENOMINATION or cw20:ADDRESS";
    match text.split_once(':') {
        Some(("native", denom)) if !denom.is_empty() => Ok(Asset::Native(denom.into())),
        Some(("cw20", token)) => match validate_address(token) {
            Ok(token) => Ok(Asset::Cw20(token.to_string())),
            Err(error) => Err(format!("{error}; {expected}")),
        },
        _ => Err(expected.into()),
    }
}

impl Currency {
    /// What a contract is paid in.
    pub(super) fn of(client: &EconomyClient, asset: &Asset<Addr>) -> Self {
        match asset {
            Asset::Native(denom) => Self::Other(Asset::Native(denom.clone())),
            Asset::Cw20(token) => client
                .token_at(token.as_str())
                .map_or_else(|| Self::Other(Asset::Cw20(token.to_string())), Self::Token),
        }
    }

    /// The asset that a contract knows.
    #[must_use]
    pub fn asset(&self, client: &EconomyClient) -> Asset {
        match self {
            Self::Token(token) => Asset::Cw20(client.token(*token).to_owned()),
            Self::Other(asset) => asset.clone(),
        }
    }

    /// Reads an amount: with decimals of a token, in whole base units of anything else. `option` is what it was given by.
    ///
    /// # Errors
    /// A text that is no amount, after the option.
    pub fn read(&self, option: &str, text: &str) -> Result<u128> {
        match self {
            Self::Token(_) => parse(text).with_context(|| option.to_owned()),
            Self::Other(asset) => text
                .parse()
                .ok()
                .with_context(|| format!("{option}: {text:?} is not a number of base units of {asset}")),
        }
    }

    /// Writes an amount as [`Currency::read`] takes it, with what it is in.
    #[must_use]
    pub fn show(&self, amount: u128) -> String {
        match self {
            Self::Token(token) => show_in(amount, token.symbol()),
            Self::Other(asset) => format!("{amount} of {asset}"),
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Token(token) => token.fmt(f),
            Self::Other(asset) => asset.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_asset_is_a_denomination_or_a_token() {
        assert_eq!(asset("native:ibc/27A6"), Ok(Asset::Native("ibc/27A6".into())));
        for text in ["", "ubee", "native:", "cw20:", "cw20:token", "btt:1"] {
            assert!(asset(text).unwrap_err().contains("expected native:DENOMINATION"), "{text}");
        }
    }

    #[test]
    fn amounts_have_decimals_in_tokens_only() {
        let (btt, coin) = (currency("btt").unwrap(), currency("native:ubee").unwrap());
        assert_eq!(btt.read("--amount", "1.5").unwrap(), 1_500_000);
        assert_eq!(coin.read("--amount", "15").unwrap(), 15);
        assert!(coin.read("--amount", "1.5").unwrap_err().to_string().contains("base units of native:ubee"));
        assert_eq!((btt.show(1_500_000), coin.show(15)), ("1.5 BTT".into(), "15 of native:ubee".into()));
        assert!(currency("ubee").unwrap_err().contains("btt"));
    }
}
