//! JSON files of a home.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_keystore::private;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

/// Keys of those who made a network.
pub const FOUNDERS: &str = "founders.json";
/// The password of all keystores of a home.
pub const PASSWORD: &str = "password";

/// Reads a JSON file of the home.
pub fn read_json<T: DeserializeOwned>(path: &Path) -> Result<T> {
    let bytes = Zeroizing::new(std::fs::read(path).with_context(|| path.display().to_string())?);
    serde_json::from_slice(&bytes).with_context(|| path.display().to_string())
}

/// Writes a JSON file that only its owner can read.
pub fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<()> {
    Ok(private::replace(path, &Zeroizing::new(serde_json::to_vec_pretty(value)?))?)
}
