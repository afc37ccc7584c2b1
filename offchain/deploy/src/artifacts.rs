//! The contracts' wasm, as `scripts/wasm` writes it.

use std::collections::BTreeMap;
use std::path::Path;

use sha2::{Digest as _, Sha256};

use crate::{Contract, DeployError};

const CHECKSUMS: &str = "checksums.txt";

/// Files of wasm that are what their checksums say.
#[derive(Clone)]
pub struct Artifacts {
    wasm: BTreeMap<Contract, (Vec<u8>, [u8; 32])>,
}

impl Artifacts {
    /// Reads every contract's `<name>.wasm` in `folder` and compares it with `checksums.txt` beside it.
    ///
    /// # Errors
    /// [`DeployError::Artifact`] for a file that is missing or has another checksum.
    pub fn read(folder: &Path) -> Result<Self, DeployError> {
        let list = folder.join(CHECKSUMS);
        let text = std::fs::read_to_string(&list).map_err(|error| DeployError::artifact(&list, error))?;
        let mut wasm = BTreeMap::new();
        for contract in Contract::ALL {
            let name = format!("{contract}.wasm");
            let path = folder.join(&name);
            let expected = checksum_of(&text, &name)
                .ok_or_else(|| DeployError::artifact(&list, format!("it has no checksum of {name}")))?;
            let bytes = std::fs::read(&path).map_err(|error| DeployError::artifact(&path, error))?;
            let got: [u8; 32] = Sha256::digest(&bytes).into();
            if got != expected {
                let reason =
                    format!("its checksum is {}, expected {}", hex::encode(got), hex::encode(expected));
                return Err(DeployError::artifact(&path, reason));
            }
            wasm.insert(contract, (bytes, got));
        }
        Ok(Self { wasm })
    }

    /// SHA-256 of a contract's wasm, as chains list it.
    #[must_use]
    pub fn checksum(&self, contract: Contract) -> [u8; 32] {
        self.wasm.get(&contract).map(|(_, checksum)| *checksum).unwrap_or_default()
    }

    /// A contract's wasm.
    #[must_use]
    pub fn wasm(&self, contract: Contract) -> &[u8] {
        self.wasm.get(&contract).map(|(wasm, _)| wasm.as_slice()).unwrap_or_default()
    }
}

/// The checksum of `name` in the format of sha256sum(1).
fn checksum_of(text: &str, name: &str) -> Option<[u8; 32]> {
    let line = text.lines().find_map(|line| line.strip_suffix(name)?.strip_suffix("  "))?;
    let mut checksum = [0; 32];
    hex::decode_to_slice(line, &mut checksum).ok()?;
    Some(checksum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let mut list = String::new();
        for contract in Contract::ALL {
            let wasm = contract.name().as_bytes();
            std::fs::write(folder.path().join(format!("{contract}.wasm")), wasm).unwrap();
            list.push_str(&format!("{}  {contract}.wasm\n", hex::encode(Sha256::digest(wasm))));
        }
        std::fs::write(folder.path().join(CHECKSUMS), list).unwrap();
        folder
    }

    fn refusal(folder: &Path) -> String {
        Artifacts::read(folder).err().unwrap().to_string()
    }

    #[test]
    fn files_that_are_what_their_checksums_say_are_read() {
        let artifacts = Artifacts::read(folder().path()).unwrap();
        assert_eq!(artifacts.wasm(Contract::Jobs), b"jobs");
        assert_eq!(artifacts.checksum(Contract::Jobs)[..], Sha256::digest(b"jobs")[..]);
    }

    #[test]
    fn another_file_than_the_checksum_s_is_refused() {
        let folder = folder();
        std::fs::write(folder.path().join("registry.wasm"), b"other").unwrap();
        let error = refusal(folder.path());
        assert!(error.contains("registry.wasm") && error.contains("expected"), "{error}");
    }

    #[test]
    fn missing_files_and_lines_are_named_with_what_makes_them() {
        let folder = folder();
        std::fs::remove_file(folder.path().join("jobs.wasm")).unwrap();
        assert!(refusal(folder.path()).contains("jobs.wasm"));
        std::fs::write(folder.path().join(CHECKSUMS), "00  token.wasm\n").unwrap();
        assert!(refusal(folder.path()).contains("no checksum of token.wasm"));
        std::fs::remove_file(folder.path().join(CHECKSUMS)).unwrap();
        assert!(refusal(folder.path()).contains("scripts/wasm"));
    }
}
