//! The contracts' wasm, as `scripts/wasm` writes it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

use crate::{Code, DeployError};

const CHECKSUMS: &str = "checksums.txt";

/// Files of wasm that are what their checksums say.
#[derive(Clone)]
pub struct Artifacts {
    list: PathBuf,
    wasm: BTreeMap<Code, Artifact>,
}

/// The wasm of one contract.
#[derive(Clone)]
pub(crate) struct Artifact {
    pub(crate) bytes: Vec<u8>,
    /// SHA-256, as chains list it.
    pub(crate) checksum: [u8; 32],
}

impl Artifacts {
    /// Reads `<name>.wasm` in `folder` of every contract that `checksums.txt` beside it lists, and compares the two.
    ///
    /// # Errors
    /// [`DeployError::Artifact`] for a file that is missing or has another checksum.
    pub fn read(folder: &Path) -> Result<Self, DeployError> {
        let list = folder.join(CHECKSUMS);
        let text = std::fs::read_to_string(&list).map_err(|error| DeployError::artifact(&list, error))?;
        let mut wasm = BTreeMap::new();
        for code in Code::ALL {
            let name = file(code);
            let path = folder.join(&name);
            let Some(expected) = checksum_of(&text, &name) else { continue };
            let bytes = std::fs::read(&path).map_err(|error| DeployError::artifact(&path, error))?;
            let checksum: [u8; 32] = Sha256::digest(&bytes).into();
            if checksum != expected {
                let reason =
                    format!("its checksum is {}, expected {}", hex::encode(checksum), hex::encode(expected));
                return Err(DeployError::artifact(&path, reason));
            }
            wasm.insert(code, Artifact { bytes, checksum });
        }
        Ok(Self { list, wasm })
    }

    /// A contract's wasm.
    pub(crate) fn get(&self, code: Code) -> Result<&Artifact, DeployError> {
        self.wasm
            .get(&code)
            .ok_or_else(|| DeployError::artifact(&self.list, format!("it has no checksum of {}", file(code))))
    }
}

fn file(code: Code) -> String {
    format!("{code}.wasm")
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
        for code in [Code::Token, Code::Registry, Code::Jobs] {
            let wasm = code.name().as_bytes();
            std::fs::write(folder.path().join(file(code)), wasm).unwrap();
            list.push_str(&format!("{}  {code}.wasm\n", hex::encode(Sha256::digest(wasm))));
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
        let jobs = artifacts.get(Code::Jobs).unwrap();
        assert_eq!(
            (jobs.bytes.as_slice(), jobs.checksum),
            (b"jobs".as_slice(), Sha256::digest(b"jobs").into())
        );
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
        let error = Artifacts::read(folder.path()).unwrap().get(Code::Token).err().unwrap().to_string();
        assert!(error.contains("no checksum of token.wasm") && error.contains("scripts/wasm"), "{error}");
        std::fs::remove_file(folder.path().join(CHECKSUMS)).unwrap();
        assert!(refusal(folder.path()).contains("scripts/wasm"));
    }
}
