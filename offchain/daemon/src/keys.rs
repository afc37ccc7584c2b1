//! Files with secrets: plain JSON that only its owner can read.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use bithive_blindmatch::attributes::AttributeValue;
use bithive_chain::SigningKey;
use bithive_dgkbe::Crs;
use bithive_exchange::EndpointKey;
use bithive_node::NodeKeys;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::DaemonError;

/// A node: its secrets, and what it says of itself.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeFile {
    keys: Box<RawValue>,
    /// Its attributes; the registry holds the commitment to them.
    pub attributes: BTreeMap<String, AttributeValue>,
    /// What it asks for a job, in base units.
    pub ask: u128,
}

impl NodeFile {
    /// The file of a node with these keys.
    ///
    /// # Errors
    /// [`DaemonError::Node`] if the keys can't be encoded.
    pub fn new(
        keys: &NodeKeys,
        attributes: BTreeMap<String, AttributeValue>,
        ask: u128,
    ) -> Result<Self, DaemonError> {
        let encoded = String::from_utf8_lossy(&keys.encode()?).into_owned();
        let keys = RawValue::from_string(encoded)
            .map_err(|error| bithive_node::NodeError::Keys(error.to_string()))?;
        Ok(Self { keys, attributes, ask })
    }

    /// The keys.
    ///
    /// # Errors
    /// [`DaemonError::Node`] names the key that is wrong.
    pub fn keys(&self, crs: &Crs) -> Result<NodeKeys, DaemonError> {
        Ok(NodeKeys::decode(crs, self.keys.get().as_bytes())?)
    }
}

impl Drop for NodeFile {
    fn drop(&mut self) {
        // The box becomes a string, whose bytes can be erased.
        let keys = std::mem::replace(&mut self.keys, RawValue::NULL.to_owned());
        String::from(Box::<str>::from(keys)).zeroize();
    }
}

/// An account and an endpoint: a committee member's or a requester's.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
pub struct AccountFile {
    account: String,
    endpoint: String,
}

impl AccountFile {
    /// The file of these keys.
    #[must_use]
    pub fn new(account: &SigningKey, endpoint: &EndpointKey) -> Self {
        let account = Zeroizing::new(account.to_bytes());
        Self { account: hex::encode(&*account), endpoint: hex::encode(*endpoint.to_bytes()) }
    }

    /// The keys of `file`, from where this was read.
    ///
    /// # Errors
    /// [`DaemonError::Keys`] names the key that is wrong.
    pub fn keys(&self, file: &Path) -> Result<(SigningKey, EndpointKey), DaemonError> {
        let bad = |problem: String| DaemonError::Keys { file: file.display().to_string(), problem };
        let account = SigningKey::from_bytes(&*array("account", &self.account).map_err(bad)?);
        let account = account.map_err(|error| bad(format!("account: {error}")))?;
        Ok((account, EndpointKey::from_bytes(&*array("endpoint", &self.endpoint).map_err(bad)?)))
    }
}

fn array(name: &str, text: &str) -> Result<Zeroizing<[u8; 32]>, String> {
    let mut bytes = Zeroizing::new([0; 32]);
    hex::decode_to_slice(text, &mut *bytes).map_err(|_| format!("{name}: expected 64 hex digits"))?;
    Ok(bytes)
}

/// Reads a file of secrets that only its owner can read.
///
/// # Errors
/// [`DaemonError::Exposed`]; [`DaemonError::Keys`], without the file's content.
pub fn read<T: DeserializeOwned>(file: &Path) -> Result<T, DaemonError> {
    let bad = |problem: String| DaemonError::Keys { file: file.display().to_string(), problem };
    let mut opened = std::fs::File::open(file).map_err(|error| bad(error.to_string()))?;
    private(file, &opened.metadata().map_err(|error| bad(error.to_string()))?)?;
    let mut bytes = Zeroizing::new(Vec::new());
    std::io::Read::read_to_end(&mut opened, &mut bytes).map_err(|error| bad(error.to_string()))?;
    serde_json::from_slice(&bytes).map_err(|error| {
        // The parser's own words could quote a key.
        let place = format!("line {}, column {}", error.line(), error.column());
        bad(format!("{place}: it is not the JSON of such a file"))
    })
}

#[cfg(unix)]
fn private(file: &Path, metadata: &std::fs::Metadata) -> Result<(), DaemonError> {
    let mode = std::os::unix::fs::PermissionsExt::mode(&metadata.permissions()) & 0o777;
    if mode & 0o077 == 0 {
        return Ok(());
    }
    Err(DaemonError::Exposed { file: file.display().to_string(), mode })
}

/// Writes a file as a whole: under another name first, readable by its owner only, then renamed.
///
/// # Errors
/// The file system's own.
pub fn write(file: &Path, bytes: &[u8]) -> std::io::Result<()> {
    let temporary = file.with_extension("tmp");
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut open = options.open(&temporary)?;
    open.write_all(bytes)?;
    open.sync_all()?;
    std::fs::rename(&temporary, file)
}
