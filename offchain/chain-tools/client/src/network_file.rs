//! A network in one file, for those who want to take part: where the contracts are, how to reach chain and relays, and the
//! reference string of the broadcast groups. It holds no secret.
//!
//! ```json
//! { "format": "bithive-network", "version": 1,
//!   "deployment": { "chain_id": "hive-1", "contracts": { .. }, "treasury": "..", "incentive_pool": ".." },
//!   "rpc": ["http://203.0.113.7:26657"], "relays": ["https://relay.example:3340"],
//!   "reference_string": "base64" }
//! ```
//!
//! Whoever hands out the file says which network it is, and can name contracts of its own: take it from somebody you trust, as
//! you would the address of a contract. The reference string needs no trust, because the registry holds its digest.

use std::fmt;
use std::io::Read as _;
use std::path::Path;
use std::str::FromStr;

use bithive_chain::RpcUrl;
use bithive_exchange::RelayUrl;
use cosmwasm_std::Binary;
use serde::{Deserialize, Serialize};

use crate::Deployment;

const FORMAT: &str = "bithive-network";
const VERSION: u32 = 1;
/// Most bytes of a file: that of a reference string for the largest groups, in base64, and room for the rest.
const MOST_BYTES: u64 = 64 << 20;

/// A file that can't be read as a network.
#[derive(Debug, thiserror::Error)]
#[error("{file}: {problem}")]
pub struct NetworkFileError {
    /// Path of the file.
    pub file: String,
    /// What is wrong with it.
    pub problem: String,
}

/// What somebody who takes part has to know of a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NetworkFile {
    /// Chain id, and addresses of the contracts.
    pub deployment: Deployment,
    /// RPC servers of the chain; may be empty.
    pub rpc: Vec<RpcUrl>,
    /// Relays; may be empty.
    pub relays: Vec<RelayUrl>,
    /// The reference string, as [`bithive_dgkbe::Crs::encode`] writes it.
    pub reference_string: Vec<u8>,
}

#[derive(Deserialize)]
struct Head {
    format: String,
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Form {
    format: String,
    version: u32,
    deployment: Deployment,
    rpc: Vec<String>,
    relays: Vec<String>,
    reference_string: Binary,
}

impl NetworkFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`NetworkFileError`]: it can't be read, is larger than 64 MiB, or is not a network of this version.
    pub fn read(file: &Path) -> Result<Self, NetworkFileError> {
        let wrong = |problem: String| NetworkFileError { file: file.display().to_string(), problem };
        let mut bytes = Vec::new();
        let opened = std::fs::File::open(file).map_err(|error| wrong(error.to_string()))?;
        opened
            .take(MOST_BYTES.saturating_add(1))
            .read_to_end(&mut bytes)
            .map_err(|error| wrong(error.to_string()))?;
        if bytes.len() as u64 > MOST_BYTES {
            return Err(wrong(format!("it has more than {MOST_BYTES} bytes")));
        }
        Self::decode(&bytes).map_err(wrong)
    }

    /// Reads the bytes of a file; the error is what is wrong with them.
    fn decode(bytes: &[u8]) -> Result<Self, String> {
        let expected = "expected a file that `bithive deployment export` wrote";
        let head: Head = serde_json::from_slice(bytes).map_err(|error| format!("{error}; {expected}"))?;
        if head.format != FORMAT {
            return Err(format!("its format is {:?}; {expected}", head.format));
        }
        if head.version != VERSION {
            return Err(format!("its version is {}, and this program reads {VERSION}", head.version));
        }
        let form: Form = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
        let (rpc, relays) = (urls("rpc", &form.rpc)?, urls("relays", &form.relays)?);
        Ok(Self { deployment: form.deployment, rpc, relays, reference_string: form.reference_string.into() })
    }

    /// The bytes of the file.
    ///
    /// # Errors
    /// [`serde_json::Error`], which these types never cause.
    pub fn encode(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_json::to_vec_pretty(&Form {
            format: FORMAT.into(),
            version: VERSION,
            deployment: self.deployment.clone(),
            rpc: self.rpc.iter().map(ToString::to_string).collect(),
            relays: self.relays.iter().map(ToString::to_string).collect(),
            reference_string: self.reference_string.clone().into(),
        })
    }
}

/// The URLs of a field; the error names the one that is wrong.
fn urls<T: FromStr<Err: fmt::Display>>(field: &str, texts: &[String]) -> Result<Vec<T>, String> {
    let parsed = texts
        .iter()
        .enumerate()
        .map(|(index, text)| text.parse().map_err(|error| format!("{field}[{index}] is {text:?}; {error}")));
    parsed.collect()
}

#[cfg(test)]
mod tests {
    use bithive_contracts::Role;

    use super::*;

    fn network() -> NetworkFile {
        let contracts = Role::Market.contracts();
        let contracts = contracts.into_iter().map(|contract| (contract, format!("at-{contract}"))).collect();
        let deployment = Deployment::new("hive-1", contracts, ("treasury", "pool")).unwrap();
        let (rpc, relays) = (vec!["http://chain".parse().unwrap()], vec!["https://relay".parse().unwrap()]);
        NetworkFile { deployment, rpc, relays, reference_string: vec![1, 2, 3] }
    }

    #[test]
    fn a_network_reads_back() {
        let bytes = network().encode().unwrap();
        assert_eq!(NetworkFile::decode(&bytes), Ok(network()));
    }

    #[test]
    fn another_file_another_version_and_more_fields_are_refused() {
        let text = String::from_utf8(network().encode().unwrap()).unwrap();
        let refused = |from: &str, to: &str| {
            assert!(text.contains(from));
            NetworkFile::decode(text.replace(from, to).as_bytes()).unwrap_err()
        };
        assert!(refused("bithive-network", "else").contains("its format is \"else\""));
        assert!(refused("\"version\": 1", "\"version\": 2").contains("its version is 2"));
        assert!(refused("\"rpc\"", "\"more\"").contains("more"));
        assert!(refused("\"AQID\"", "\"A\"").contains("base64"));
        assert!(
            refused("http://chain", "token")
                .contains("rpc[0] is \"token\"; expected a URL of a CometBFT RPC")
        );
        assert!(
            refused("https://relay", "https://relay/a")
                .contains("relays[0] is \"https://relay/a\"; expected a URL")
        );
        assert!(NetworkFile::decode(b"[chain]").unwrap_err().contains("deployment export"));
        let missing = NetworkFile::read(Path::new("/nowhere/hive.network")).unwrap_err().to_string();
        assert!(missing.contains("/nowhere/hive.network"), "{missing}");
    }
}
