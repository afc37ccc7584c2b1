//! A file of any role.

use std::path::Path;

use super::{
    Check, CommitteeConfig, MeterConfig, NodeConfig, OracleConfig, RelayConfig, RelayerConfig,
    RequesterConfig, Settings,
};
use crate::ConfigError;
use crate::error::Missing;

/// A commented configuration of each role.
pub const TEMPLATES: [(&str, &str); 7] = [
    (NodeConfig::ROLE, include_str!("../../templates/node.toml")),
    (CommitteeConfig::ROLE, include_str!("../../templates/committee.toml")),
    (RelayConfig::ROLE, include_str!("../../templates/relay.toml")),
    (RelayerConfig::ROLE, include_str!("../../templates/relayer.toml")),
    (RequesterConfig::ROLE, include_str!("../../templates/requester.toml")),
    (MeterConfig::ROLE, include_str!("../../templates/meter.toml")),
    (OracleConfig::ROLE, include_str!("../../templates/oracle.toml")),
];

/// What a file says that its role is, also one that no party of the chain has.
///
/// # Errors
/// [`ConfigError::File`], [`ConfigError::Form`].
pub fn written_role(file: &Path) -> Result<String, ConfigError> {
    let check = Check { file };
    check.role(&check.read()?)
}

/// The role of a file of any party of the chain.
///
/// # Errors
/// As [`written_role`]; [`ConfigError::Field`] for a role that there is not.
pub fn role_of(file: &Path) -> Result<String, ConfigError> {
    let check = Check { file };
    let role = written_role(file)?;
    if TEMPLATES.iter().any(|(known, _)| *known == role) {
        return Ok(role);
    }
    Err(check.field("role", role, "node, committee, relay, relayer, requester, meter or oracle".into()))
}

/// Checks a file of any role, and that the files that it names are there.
///
/// # Errors
/// [`ConfigError`], naming the field.
pub fn validate(file: &Path) -> Result<&'static str, ConfigError> {
    fn all<S: Settings>(file: &Path) -> Result<&'static str, ConfigError> {
        let (settings, check) = (S::load(file)?, Check { file });
        let missing = settings.files().into_iter().filter(|(_, path)| !path.is_file());
        let missing: Vec<_> = missing.map(|(field, path)| Missing { field, path: path.into() }).collect();
        if missing.is_empty() { Ok(S::ROLE) } else { Err(check.missing(missing)) }
    }
    match role_of(file)?.as_str() {
        CommitteeConfig::ROLE => all::<CommitteeConfig>(file),
        RelayConfig::ROLE => all::<RelayConfig>(file),
        RelayerConfig::ROLE => all::<RelayerConfig>(file),
        OracleConfig::ROLE => all::<OracleConfig>(file),
        MeterConfig::ROLE => all::<MeterConfig>(file),
        RequesterConfig::ROLE => all::<RequesterConfig>(file),
        _ => all::<NodeConfig>(file),
    }
}
