//! What contracts of payments owe an account in, as far as a claim takes it.

use bithive_api::asset::Asset;
use cosmwasm_std::Addr;

use super::{EconomyClient, Token};

/// Most coins of others that one list asks for: anybody can open streams to anybody in a coin of its own making.
const MOST_COINS: usize = 8;
const NATIVE: &str = "native:";

/// A token of the economy, or a coin of the chain. Other tokens are not among them: their transfer runs code of unknown origin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum PaidIn {
    Token(Token),
    /// A coin, by its denomination.
    Coin(String),
}

impl PaidIn {
    /// The tokens, the chain's own coin, and the first [`MOST_COINS`] other coins of these assets; and whether those are all.
    pub(super) fn among<'a>(own: &str, assets: impl Iterator<Item = &'a Asset<Addr>>) -> (Vec<Self>, bool) {
        let mut coins = vec![own];
        for asset in assets {
            match asset {
                Asset::Native(denom) if !coins.contains(&denom.as_str()) => coins.push(denom),
                _ => {}
            }
        }
        let all = coins.len() <= MOST_COINS.saturating_add(1);
        coins.truncate(MOST_COINS.saturating_add(1));
        let coins = coins.into_iter().map(|denom| Self::Coin(denom.to_owned()));
        (Token::ALL.map(Self::Token).into_iter().chain(coins).collect(), all)
    }

    /// The ticker of a token, or `native:` and a denomination.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Token(token) => token.symbol().to_owned(),
            Self::Coin(denom) => format!("{NATIVE}{denom}"),
        }
    }

    /// Reads [`PaidIn::name`]; none of any other text.
    pub(super) fn read(name: &str) -> Option<Self> {
        match name.strip_prefix(NATIVE) {
            Some(denom) => Some(Self::Coin(denom.to_owned())),
            None => name.parse().ok().map(Self::Token),
        }
    }

    /// How the contracts name it.
    pub(super) fn asset(&self, client: &EconomyClient) -> Asset {
        match self {
            Self::Token(token) => Asset::Cw20(client.token(*token).to_owned()),
            Self::Coin(denom) => Asset::Native(denom.clone()),
        }
    }

    /// Whether an asset is this.
    pub(super) fn is(&self, client: &EconomyClient, asset: &Asset<Addr>) -> bool {
        match (self, asset) {
            (Self::Token(token), Asset::Cw20(address)) => client.token_at(address.as_str()) == Some(*token),
            (Self::Coin(own), Asset::Native(denom)) => own == denom,
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_coins_of_others_leave_room_for_the_chain_s_own_and_are_told() {
        let coins: Vec<_> = (0..20).map(|number| Asset::Native(format!("spam{number}"))).collect();
        let (found, all) = PaidIn::among("ubee", coins.iter());
        assert_eq!((found.len(), all), (3 + 1 + MOST_COINS, false));
        assert_eq!(found[3], PaidIn::Coin("ubee".into()));
        let twice = [Asset::Native("ubee".into()), Asset::Cw20(Addr::unchecked("made")), coins[0].clone()];
        let (found, all) = PaidIn::among("ubee", twice.iter().chain(&twice));
        assert_eq!(
            (&found[3..], all),
            (&["ubee", "spam0"].map(|denom| PaidIn::Coin(denom.into()))[..], true)
        );
    }

    #[test]
    fn a_name_reads_back() {
        let (found, _) = PaidIn::among("ibc/27A6", core::iter::empty());
        for paid_in in found {
            assert_eq!(PaidIn::read(&paid_in.name()), Some(paid_in));
        }
        assert_eq!(PaidIn::read("bee1made"), None);
    }
}
