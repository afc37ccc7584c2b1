//! Reading one structure within another.

use cosmwasm_schema::serde::{Deserialize, Deserializer};

/// Reads a field in a function of its own: `#[serde(deserialize_with = "contract_kit::nested")]`, with `default` where the
/// field can be missing.
///
/// wasmd takes functions with at most 100 locals. Without this the compiler puts what reads a structure that is used once into
/// what reads the structure around it, and both together can have more.
///
/// # Errors
/// Those of reading `T`.
#[inline(never)]
pub fn nested<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<T, D::Error> {
    T::deserialize(deserializer)
}
