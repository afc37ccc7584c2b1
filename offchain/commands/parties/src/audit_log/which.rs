//! Which log a command is about.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_audit_log::{AuditLog, Who};
use bithive_command_kit::Configured;
use bithive_daemon::config::written_role;
use bithive_gateway::config::{GatewayConfig, ROLE};

use crate::acting::HOME_LOG;

/// Which log a command reads or writes.
#[derive(Clone, clap::Args)]
pub struct LogArgs {
    /// Folder of the log; that of the home folder's requesters by default.
    #[arg(long, value_name = "DIR", conflicts_with = "config")]
    log: Option<PathBuf>,
    /// Configuration of the requester, node or gateway whose log it is.
    #[arg(long, value_name = "FILE")]
    pub(crate) config: Option<PathBuf>,
}

impl LogArgs {
    /// Whether it is that of the home folder.
    pub(crate) const fn is_of_home(&self) -> bool {
        self.log.is_none() && self.config.is_none()
    }

    /// The folder of the log, by the options.
    pub(crate) fn folder(&self, home: &Path) -> Result<PathBuf> {
        if let Some(folder) = &self.log {
            return Ok(folder.clone());
        }
        let Some(file) = &self.config else { return Ok(home.join(HOME_LOG)) };
        if let Some(folder) = of_gateway(file)? {
            return Ok(folder);
        }
        let configured = Configured::load(file)?;
        configured.log_folder().map(Into::into).with_context(|| no_log(file))
    }

    /// The log, to be written. Without a configuration nobody is known who writes: `who` says it then.
    pub(crate) fn open(&self, home: &Path, who: impl FnOnce() -> Result<Who>) -> Result<AuditLog> {
        let Some(file) = &self.config else { return Ok(AuditLog::open(&self.folder(home)?, who()?)?) };
        if let Some(folder) = of_gateway(file)? {
            return Ok(AuditLog::open(&folder, who()?)?);
        }
        Configured::load(file)?.begin_log()?.with_context(|| no_log(file))
    }
}

/// The log of a gateway, if that is what a configuration is of.
fn of_gateway(file: &Path) -> Result<Option<PathBuf>> {
    if written_role(file)? != ROLE {
        return Ok(None);
    }
    let audit = GatewayConfig::load(file)?.audit;
    anyhow::ensure!(audit.enabled, "{}: [audit] is not enabled", file.display());
    Ok(Some(audit.log))
}

pub(crate) fn no_log(config: &Path) -> String {
    format!(
        "{} names no audit log; expected `log = \"audit\"` under [audit], in that of a requester or node",
        config.display()
    )
}
