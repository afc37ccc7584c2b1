//! Currencies that a contract can be paid in.

use core::fmt;

use cosmwasm_schema::cw_serde;

/// A currency of the chain.
#[cw_serde]
#[derive(Eq)]
pub enum Asset<A = String> {
    /// A native denomination, vouchers of ICS-20 (`ibc/...`) among them.
    Native(String),
    /// A cw20 token.
    Cw20(A),
}

/// `native:<denomination>` or `cw20:<address>`: the name in events, and under which contracts keep what they hold.
impl<A: fmt::Display> fmt::Display for Asset<A> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Native(denom) => write!(formatter, "native:{denom}"),
            Self::Cw20(token) => write!(formatter, "cw20:{token}"),
        }
    }
}
