//! Reading a configuration: its values, and whether they go together.

use std::path::{Path, PathBuf};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::parts::{AuditConfig, ChainConfig, NetworkConfig};
use super::value::MISMATCH;
use crate::ConfigError;
use crate::error::{Missing, MissingFiles};

/// Most bytes of a configuration.
const MAX_BYTES: u64 = 1 << 20;

/// A configuration of one role.
pub trait Settings: DeserializeOwned {
    /// What `role` says in its file.
    const ROLE: &'static str;

    /// Checks what the types don't, and makes paths relative to the file's folder.
    ///
    /// # Errors
    /// [`ConfigError::Field`].
    fn settle(&mut self, check: &Check<'_>) -> Result<(), ConfigError>;

    /// Files that have to be there before it starts.
    fn files(&self) -> Vec<(&'static str, &Path)>;

    /// Reads and checks a file.
    ///
    /// # Errors
    /// [`ConfigError`], naming the field.
    fn load(file: &Path) -> Result<Self, ConfigError> {
        let check = Check { file };
        let text = check.read()?;
        let role = check.role(&text)?;
        if role != Self::ROLE {
            return Err(check.field("role", role, format!("{:?}", Self::ROLE)));
        }
        let mut settings: Self = check.parse(&text)?;
        settings.settle(&check)?;
        Ok(settings)
    }
}

/// The file that is checked.
pub struct Check<'a> {
    pub(super) file: &'a Path,
}

impl<'a> Check<'a> {
    /// For settings that come from elsewhere than a file; `name` stands for it in errors.
    #[must_use]
    pub const fn of(name: &'a Path) -> Self {
        Self { file: name }
    }

    fn name(&self) -> String {
        self.file.display().to_string()
    }

    pub(super) fn read(&self) -> Result<String, ConfigError> {
        let bad = |problem: String| ConfigError::File { file: self.name(), problem };
        let length = std::fs::metadata(self.file).map_err(|error| bad(error.to_string()))?.len();
        if length > MAX_BYTES {
            return Err(bad(format!("it has {length} bytes; expected at most {MAX_BYTES}")));
        }
        std::fs::read_to_string(self.file).map_err(|error| bad(error.to_string()))
    }

    fn form(&self, error: &toml::de::Error) -> ConfigError {
        ConfigError::Form { file: self.name(), problem: error.to_string() }
    }

    pub(super) fn role(&self, text: &str) -> Result<String, ConfigError> {
        #[derive(Deserialize)]
        struct Named {
            role: String,
        }
        toml::from_str::<Named>(text).map(|named| named.role).map_err(|error| self.form(&error))
    }

    pub(super) fn field(&self, field: &str, found: impl ToString, expected: String) -> ConfigError {
        ConfigError::Field { file: self.name(), field: field.into(), found: found.to_string(), expected }
    }

    pub(super) fn missing(&self, files: Vec<Missing>) -> ConfigError {
        ConfigError::Missing { file: self.name(), files: MissingFiles(files) }
    }

    pub(super) fn settle_path(&self, path: &mut PathBuf) {
        if let Some(folder) = self.file.parent() {
            *path = folder.join(&*path);
        }
    }

    /// Makes the folder of the audit log relative to the file's folder.
    pub(super) fn settle_audit(&self, audit: &mut AuditConfig) {
        audit.log.iter_mut().for_each(|folder| self.settle_path(folder));
    }

    /// Makes the paths of what most configurations have relative to the file's folder.
    pub(super) fn settle_parts(&self, chain: &mut ChainConfig, network: &mut NetworkConfig) {
        self.settle_path(&mut chain.deployment);
        network.relay_roots.iter_mut().for_each(|path| self.settle_path(path));
    }

    /// The values of a text. An error names the field.
    fn parse<T: DeserializeOwned>(&self, text: &str) -> Result<T, ConfigError> {
        let document = toml::Deserializer::parse(text).map_err(|error| self.form(&error))?;
        serde_path_to_error::deserialize(document).map_err(|error| {
            let field = error.path().to_string();
            match error.inner().message().strip_prefix(MISMATCH) {
                Some(problem) => ConfigError::Value { file: self.name(), field, problem: problem.into() },
                None => self.form(error.inner()),
            }
        })
    }
}
