//! Checks of what a message carries, and the one error for each that every contract returns.

use core::ops::RangeInclusive;

use bithive_api::asset::Asset;
use cosmwasm_std::{Addr, Api, Deps, MessageInfo, Uint128};
use cw_utils::PaymentError;

/// What is wrong with a message's input. `field` is the name in the message.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum InputError {
    /// Native coins came with a message that takes none.
    #[error("{0}; expected no native coins")]
    Payment(#[from] PaymentError),
    /// A text that is no address of this chain.
    #[error("{field} is {found:?}, which is not an address of this chain; expected a bech32 address")]
    Address {
        /// Name of the field in the message.
        field: &'static str,
        /// Text that was given.
        found: String,
    },
    /// An address that can't spend what it receives: the contract itself, or its token.
    #[error("{field} is {found}; expected an account other than this contract and its token")]
    Unusable {
        /// Name of the field in the message.
        field: &'static str,
        /// Address that was given.
        found: String,
    },
    /// An account where only a contract may be named.
    #[error("{field} is {found}; expected a contract, whose rules anybody can read")]
    NotContract {
        /// Name of the field in the message.
        field: &'static str,
        /// Address that was given.
        found: String,
    },
    /// Too few or too many bytes.
    #[error("{field} has {found} bytes; expected {}", bounds(*.least, *.most))]
    Length {
        /// Name of the field in the message.
        field: &'static str,
        /// Number of bytes given.
        found: usize,
        /// Fewest bytes allowed.
        least: usize,
        /// Most bytes allowed.
        most: usize,
    },
    /// A number out of bounds.
    #[error("{field} is {found}; expected {least} to {most}")]
    OutOfBounds {
        /// Name of the field in the message.
        field: &'static str,
        /// Number that was given.
        found: u128,
        /// Smallest number allowed.
        least: u128,
        /// Largest number allowed.
        most: u128,
    },
    /// A text of too many characters.
    #[error("{field} has {found} characters; expected at most {most}")]
    Characters {
        /// Name of the field in the message.
        field: &'static str,
        /// Characters that the text has.
        found: usize,
        /// Most characters that are taken.
        most: usize,
    },
    /// A list of too few or too many entries.
    #[error("{field} has {found} entries; expected {}", bounds(*.least, *.most))]
    Count {
        /// Name of the field in the message.
        field: &'static str,
        /// Entries that the list has.
        found: usize,
        /// Fewest entries that are taken.
        least: usize,
        /// Most entries that are taken.
        most: usize,
    },
    /// A list with an entry that it has before.
    #[error("{field} lists {found} more than once; expected each once")]
    Duplicate {
        /// Name of the field in the message.
        field: &'static str,
        /// The first entry that repeats.
        found: String,
    },
    /// Another amount than what the message costs.
    #[error("the amount sent is {found}; expected exactly {expected}, {what}")]
    Amount {
        /// What it costs, in words.
        what: &'static str,
        /// Base units sent.
        found: Uint128,
        /// Base units that it costs.
        expected: Uint128,
    },
    /// Nothing was sent or asked for.
    #[error("{field} is 0; expected at least 1")]
    Zero {
        /// Name of the field in the message.
        field: &'static str,
    },
    /// A cw20 hook from an address other than the token: no tokens came with it.
    #[error("cw20 hook was called by {found}; expected the token {expected}")]
    NotTheToken {
        /// Address that sent the message.
        found: String,
        /// Address of the expected token.
        expected: String,
    },
}

fn bounds(least: usize, most: usize) -> String {
    match least {
        0 => format!("at most {most}"),
        _ if least == most => most.to_string(),
        _ => format!("{least} to {most}"),
    }
}

/// Refuses native coins.
///
/// # Errors
/// [`InputError::Payment`].
pub fn nonpayable(info: &MessageInfo) -> Result<(), InputError> {
    Ok(cw_utils::nonpayable(info)?)
}

/// Checks an address that came with a message.
///
/// # Errors
/// [`InputError::Address`].
pub fn address(api: &dyn Api, field: &'static str, text: &str) -> Result<Addr, InputError> {
    api.addr_validate(text).map_err(|_| InputError::Address { field, found: text.to_owned() })
}

/// Checks an address that came with a message, and that it is none of `own`: the contract's and its token's.
///
/// # Errors
/// [`InputError::Address`], [`InputError::Unusable`].
pub fn outside(api: &dyn Api, field: &'static str, text: &str, own: &[&Addr]) -> Result<Addr, InputError> {
    let found = address(api, field, text)?;
    if own.contains(&&found) {
        return Err(InputError::Unusable { field, found: found.into() });
    }
    Ok(found)
}

/// Checks an address that came with a message, and that a contract is there: an account could do without any rule what the
/// message permits it.
///
/// # Errors
/// [`InputError::Address`], [`InputError::NotContract`].
pub fn contract(deps: Deps<'_>, field: &'static str, text: &str) -> Result<Addr, InputError> {
    let found = address(deps.api, field, text)?;
    match deps.querier.query_wasm_contract_info(&found) {
        Ok(_) => Ok(found),
        Err(_) => Err(InputError::NotContract { field, found: found.into() }),
    }
}

/// An asset from outside: the address of a token is checked, a denomination stays as it is.
///
/// # Errors
/// [`InputError::Address`].
pub fn asset(api: &dyn Api, field: &'static str, asset: Asset) -> Result<Asset<Addr>, InputError> {
    Ok(match asset {
        Asset::Native(denom) => Asset::Native(denom),
        Asset::Cw20(token) => Asset::Cw20(address(api, field, &token)?),
    })
}

/// Exactly `N` bytes.
///
/// # Errors
/// [`InputError::Length`].
pub fn sized<const N: usize>(field: &'static str, bytes: &[u8]) -> Result<[u8; N], InputError> {
    let length = |_| InputError::Length { field, found: bytes.len(), least: N, most: N };
    bytes.try_into().map_err(length)
}

/// Checks a number of bytes.
///
/// # Errors
/// [`InputError::Length`].
pub fn length(field: &'static str, found: usize, expected: RangeInclusive<usize>) -> Result<(), InputError> {
    if expected.contains(&found) {
        return Ok(());
    }
    Err(InputError::Length { field, found, least: *expected.start(), most: *expected.end() })
}

/// A text for people.
///
/// # Errors
/// [`InputError::Characters`].
pub fn text(field: &'static str, text: &str, most: usize) -> Result<(), InputError> {
    let found = text.chars().count();
    if found <= most { Ok(()) } else { Err(InputError::Characters { field, found, most }) }
}

/// A number of entries of a list.
///
/// # Errors
/// [`InputError::Count`].
pub fn count(field: &'static str, found: usize, expected: RangeInclusive<usize>) -> Result<(), InputError> {
    if expected.contains(&found) {
        return Ok(());
    }
    Err(InputError::Count { field, found, least: *expected.start(), most: *expected.end() })
}

/// Exactly what a message costs.
///
/// # Errors
/// [`InputError::Amount`].
pub fn exactly(what: &'static str, found: Uint128, expected: Uint128) -> Result<(), InputError> {
    if found == expected { Ok(()) } else { Err(InputError::Amount { what, found, expected }) }
}

/// A number within bounds.
///
/// # Errors
/// [`InputError::OutOfBounds`].
pub fn within(field: &'static str, found: u128, expected: RangeInclusive<u128>) -> Result<(), InputError> {
    if expected.contains(&found) {
        return Ok(());
    }
    Err(InputError::OutOfBounds { field, found, least: *expected.start(), most: *expected.end() })
}

/// Checks that an amount is at least one base unit.
///
/// # Errors
/// [`InputError::Zero`].
pub fn positive(field: &'static str, amount: Uint128) -> Result<(), InputError> {
    if amount.is_zero() { Err(InputError::Zero { field }) } else { Ok(()) }
}

/// Checks that a cw20 hook was sent by the token. Nothing else in a hook is proven.
///
/// # Errors
/// [`InputError::NotTheToken`].
pub fn expect_token(sender: &Addr, token: &Addr) -> Result<(), InputError> {
    if sender == token {
        return Ok(());
    }
    Err(InputError::NotTheToken { found: sender.into(), expected: token.into() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cosmwasm_std::coins;
    use cosmwasm_std::testing::{MockApi, message_info};

    #[test]
    fn each_error_says_what_was_found_and_what_is_expected() {
        let api = MockApi::default();
        let [own, other] = ["own", "other"].map(|name| api.addr_make(name));
        let text = |result: Result<(), InputError>| result.unwrap_err().to_string();
        assert_eq!(
            text(nonpayable(&message_info(&own, &coins(1, "atom")))),
            "This message does no accept funds; expected no native coins"
        );
        assert_eq!(
            text(address(&api, "owner", "x").map(|_| ())),
            "owner is \"x\", which is not an address of this chain; expected a bech32 address"
        );
        assert_eq!(
            text(outside(&api, "treasury", own.as_str(), &[&own]).map(|_| ())),
            format!("treasury is {own}; expected an account other than this contract and its token")
        );
        assert_eq!(text(sized::<2>("key", &[0]).map(|_| ())), "key has 1 bytes; expected 2");
        assert_eq!(text(length("memo", 3, 0..=2)), "memo has 3 bytes; expected at most 2");
        assert_eq!(text(length("name", 0, 1..=2)), "name has 0 bytes; expected 1 to 2");
        assert_eq!(text(super::text("reason", "ééé", 2)), "reason has 3 characters; expected at most 2");
        assert_eq!(text(count("slots", 3, 0..=2)), "slots has 3 entries; expected at most 2");
        assert_eq!(text(count("oracles", 0, 1..=16)), "oracles has 0 entries; expected 1 to 16");
        assert_eq!(
            text(exactly("price times workers", 1u128.into(), 2u128.into())),
            "the amount sent is 1; expected exactly 2, price times workers"
        );
        assert_eq!(text(within("workers", 17, 1..=16)), "workers is 17; expected 1 to 16");
        assert_eq!(text(positive("the amount", Uint128::zero())), "the amount is 0; expected at least 1");
        assert_eq!(
            text(expect_token(&other, &own)),
            format!("cw20 hook was called by {other}; expected the token {own}")
        );
    }

    #[test]
    fn the_bounds_themselves_are_within() {
        let api = MockApi::default();
        let [own, other] = ["own", "other"].map(|name| api.addr_make(name));
        nonpayable(&message_info(&own, &[])).unwrap();
        assert_eq!(address(&api, "owner", own.as_str()).unwrap(), own);
        assert_eq!(outside(&api, "owner", other.as_str(), &[&own]).unwrap(), other);
        assert_eq!(sized::<2>("key", &[1, 2]), Ok([1, 2]));
        for found in [1, 2] {
            length("name", found, 1..=2).unwrap();
            count("name", found, 1..=2).unwrap();
            within("name", found as u128, 1..=2).unwrap();
        }
        assert!(length("name", 3, 1..=2).is_err() && within("name", 3, 1..=2).is_err());
        text("name", "éé", 2).unwrap();
        exactly("the share", 2u128.into(), 2u128.into()).unwrap();
        positive("the amount", Uint128::one()).unwrap();
        expect_token(&own, &own).unwrap();
    }
}
