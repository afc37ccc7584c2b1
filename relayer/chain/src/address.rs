//! Account and contract addresses.

use crate::ChainError;
use cosmrs::AccountId;

/// Human-readable part of every BitHive address.
pub const BECH32_PREFIX: &str = "bithive";

/// Checks that `address` is a canonical bech32 address of this network: prefix [`BECH32_PREFIX`], lower case,
/// 20 bytes (account) or 32 bytes (contract, ADR-028 module account).
///
/// # Errors
/// [`ChainError::InvalidAddress`] says which of the three does not hold.
pub fn validate_address(address: &str) -> Result<AccountId, ChainError> {
    let invalid =
        |reason: String| ChainError::InvalidAddress { address: address.chars().take(128).collect(), reason };
    let id: AccountId =
        address.parse().map_err(|_| invalid("not a bech32 string with a valid checksum".into()))?;
    if id.prefix() != BECH32_PREFIX {
        return Err(invalid(format!("prefix is {:?}, expected {BECH32_PREFIX:?}", id.prefix())));
    }
    if id.as_ref() != address {
        return Err(invalid("not in lower case".into()));
    }
    match id.to_bytes().len() {
        20 | 32 => Ok(id),
        length => Err(invalid(format!("{length} bytes, expected 20 (account) or 32 (contract)"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reason(address: &str) -> String {
        match validate_address(address) {
            Err(ChainError::InvalidAddress { reason, .. }) => reason,
            other => panic!("expected InvalidAddress, got {other:?}"),
        }
    }

    #[test]
    fn accounts_and_contracts_are_valid() {
        for length in [20, 32] {
            let id = AccountId::new(BECH32_PREFIX, &vec![7; length]).unwrap();
            assert_eq!(validate_address(id.as_ref()).unwrap(), id);
        }
    }

    #[test]
    fn foreign_mistyped_and_odd_addresses_are_refused() {
        let good = AccountId::new(BECH32_PREFIX, &[7; 20]).unwrap();
        assert!(reason(AccountId::new("cosmos", &[7; 20]).unwrap().as_ref()).contains("prefix"));
        assert!(
            reason(&good.as_ref().to_uppercase()).contains("prefix")
                || reason(&good.as_ref().to_uppercase()).contains("lower")
        );
        assert!(reason(&good.as_ref().replace('q', "p")).contains("checksum"));
        assert!(reason(AccountId::new(BECH32_PREFIX, &[7; 21]).unwrap().as_ref()).contains("21 bytes"));
        assert!(reason("").contains("bech32"));
    }
}
