//! The name of a token on another chain than its own (ICS-20).

use bithive_api::ics20::DENOM_PREFIX;
use sha2::{Digest as _, Sha256};

/// Port of the transfer module.
pub(crate) const TRANSFER_PORT: &str = "transfer";

/// Denomination of the vouchers for a cw20 token that came in over `channel`, the name that the channel has where the
/// vouchers are: `ibc/` and the SHA-256 of their way in upper-case hex.
#[must_use]
pub fn voucher(channel: &str, token: &str) -> String {
    let way = format!("{TRANSFER_PORT}/{channel}/{DENOM_PREFIX}{token}");
    format!("ibc/{}", hex::encode_upper(Sha256::digest(way)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_voucher_s_name_is_that_of_ibc_go() {
        // Of sha256sum(1).
        let expected = "ibc/594602765BEC16F4ACED7D391D1C403D73CC5F88AF51FF352197A6CB2B3ABBE5";
        assert_eq!(voucher("channel-0", "abc"), expected);
    }

    #[test]
    fn another_way_is_another_denomination() {
        assert_ne!(voucher("channel-0", "abc"), voucher("channel-1", "abc"));
        assert_ne!(voucher("channel-0", "abc"), voucher("channel-0", "abd"));
    }
}
