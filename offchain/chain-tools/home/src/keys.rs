//! The keystores of a folder, which can be read while another process has its chain.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bithive_chain::SigningKey;
use bithive_keystore::{Keystore, Password, names};

use crate::files::PASSWORD;
use crate::founders::{INCENTIVE_POOL, OPERATOR, TREASURY, read_founders};

/// Most characters of a name.
const LONGEST_NAME: usize = 32;

/// Keystores of a home, or of a deployment on another chain.
#[derive(Clone, Debug)]
pub struct HomeKeys {
    path: PathBuf,
}

impl HomeKeys {
    /// Those in the folder `path`.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        Self { path: path.into() }
    }

    /// The key of the account called `name`: a founder's or a wallet's.
    pub fn key(&self, name: &str) -> Result<SigningKey> {
        let founders = read_founders(&self.path)?;
        match name {
            OPERATOR => Ok(founders.operator),
            TREASURY => Ok(founders.treasury),
            INCENTIVE_POOL => Ok(founders.incentive_pool),
            _ => {
                let path = self.file("wallets", name, "json")?;
                if !path.exists() {
                    bail!("there is no wallet {name:?}; create it with `wallet new {name}`");
                }
                Ok(Keystore::open(&path, &self.password()?)?.account(names::ACCOUNT)?)
            }
        }
    }

    /// Names of the files in a folder of the home, without their endings.
    pub fn names(&self, folder: &str) -> Result<Vec<String>> {
        let mut names = Vec::new();
        let folder = self.path.join(folder);
        if !folder.is_dir() {
            // That of a deployment on another chain has the founders alone.
            return Ok(names);
        }
        for entry in std::fs::read_dir(&folder).with_context(|| folder.display().to_string())? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "json")
                && let Some(name) = path.file_stem().and_then(|name| name.to_str())
            {
                names.push(name.to_owned());
            }
        }
        names.sort();
        Ok(names)
    }

    /// The file of a party; names are such that they can't leave their folder.
    pub fn file(&self, folder: &str, name: &str, ending: &str) -> Result<PathBuf> {
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(allowed) {
            bail!("{name:?} is not a name; expected 1 to {LONGEST_NAME} of a-z, 0-9 and -");
        }
        Ok(self.path.join(folder).join(format!("{name}.{ending}")))
    }

    /// What opens the keystores of this home.
    pub fn password(&self) -> Result<Password> {
        Ok(Password::read(&self.path.join(PASSWORD))?)
    }
}
