//! Which drand network contracts take rounds of.

use cosmwasm_schema::cw_serde;
use cosmwasm_std::HexBinary;

/// A drand network of the scheme `bls-unchained-g1-rfc9380` (`bithive_drand::Chain`).
#[cw_serde]
#[derive(Eq)]
pub struct Drand {
    /// Its public key, 96 bytes.
    pub public_key: HexBinary,
    /// Time of its round 1, Unix seconds.
    pub genesis: u64,
    /// Seconds from one round to the next, at least 1.
    pub period: u32,
}
