//! What a wallet answers when it has signed a text.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_signed::canonical;
use serde::Deserialize;

use crate::relied::read_file;

/// Most bytes of what a wallet answers.
const MAX_BYTES: usize = 4_096;

/// The form of amino.
#[derive(Deserialize)]
pub(super) struct WalletAnswer {
    pub(super) pub_key: WalletKey,
    /// 64 bytes in base64.
    pub(super) signature: String,
}

/// A public key.
#[derive(Deserialize)]
pub(super) struct WalletKey {
    /// 33 bytes in base64.
    pub(super) value: String,
}

impl WalletAnswer {
    /// Reads the file of --wallet.
    pub(super) fn read(file: &Path) -> Result<Self> {
        canonical::decode(&read_file(file, MAX_BYTES)?, MAX_BYTES).context("--wallet")
    }
}
