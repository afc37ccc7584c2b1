//! The audit log of a party: opened before its keystore, so that this is in it too.

use std::path::Path;

use bithive_audit::{Act, Outcome, Role};
use bithive_audit_log::AuditLog;
use bithive_keystore::{Keystore, names};

use crate::DaemonError;
use crate::config::AuditConfig;

/// Opens the log that a configuration names, for the account of a keystore; none if it names none. A `configuration`, as the text
/// of its values, that is another one than last time is noted.
///
/// # Errors
/// [`DaemonError::Audit`]: a party that can't log does not start. [`DaemonError::Keystore`] for a keystore that can't be read, or without
/// an account.
pub fn begin(
    audit: &AuditConfig,
    (keys, role): (&Path, Role),
    configuration: &str,
) -> Result<Option<AuditLog>, DaemonError> {
    let Some(folder) = &audit.log else { return Ok(None) };
    let bad = |problem: String| DaemonError::Keys { file: keys.display().to_string(), problem };
    let account = Keystore::describe(keys)?.into_iter().find(|entry| entry.name == names::ACCOUNT);
    let account =
        account.ok_or_else(|| bad("it has no account, so the audit log can't say who acts".into()))?;
    let name = account.public.parse().map_err(|error| bad(format!("its account: {error}")))?;
    let log = AuditLog::open(folder, (name, role))?;
    log.note_configuration(configuration.as_bytes())?;
    Ok(Some(log))
}

/// Opens a keystore by `open`, and logs whether that succeeded.
///
/// # Errors
/// Those of `open`; [`DaemonError::Audit`] in place of keys that nobody would know were taken.
pub fn opened<T, E: From<DaemonError>>(
    log: Option<&AuditLog>,
    open: impl FnOnce() -> Result<T, E>,
) -> Result<T, E> {
    let keys = open();
    if let Some(log) = log {
        let outcome = if keys.is_ok() { Outcome::Success } else { Outcome::Failed };
        log.record(Act::KeystoreOpened, outcome, |_| {}).map_err(DaemonError::from)?;
    }
    keys
}
