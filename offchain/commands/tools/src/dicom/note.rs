//! What is done with images, in an audit log.

use std::path::{Path, PathBuf};

use anyhow::Result;
use bithive_audit::{Act, Name, Outcome, Role};
use bithive_audit_log::AuditLog;

/// Where it is logged, and as whose.
#[derive(clap::Args)]
pub struct NoteArgs {
    /// Folder of an audit log in which this is noted, such as that of a requester or gateway; nothing is noted without it.
    #[arg(long, value_name = "DIR")]
    log: Option<PathBuf>,
    /// Who does it, as the log has it: a pseudonym, never a name.
    #[arg(long, value_name = "NAME", default_value = "operator")]
    actor: Name,
}

/// What it is done to.
#[derive(Clone, Copy)]
pub(super) enum To<'a> {
    /// A file or folder, as the command was given it: `bithive audit show --file` finds it.
    File(&'a Path),
    /// A subject, by its pseudonym.
    Subject(&'a str),
}

/// A log in which it is noted, if there is one.
pub(super) struct Notes(Option<AuditLog>);

impl NoteArgs {
    /// A log that can't be written is an error before anything is done.
    pub(super) fn open(&self) -> Result<Notes> {
        let who = (self.actor.clone(), Role::Operator);
        Ok(Notes(self.log.as_deref().map(|folder| AuditLog::open(folder, who)).transpose()?))
    }
}

impl Notes {
    /// Notes an act; `code` says by which command.
    pub(super) fn note(
        &self,
        (act, outcome): (Act, Outcome),
        (to, code): (To<'_>, &str),
        count: Option<u64>,
    ) -> Result<()> {
        let Some(log) = &self.0 else { return Ok(()) };
        log.record(act, outcome, |event| {
            match to {
                To::File(path) => event.object = Some(log.object("file", path.display().to_string())),
                To::Subject(subject) => event.subject = Some(log.object("subject", subject)),
            }
            event.code = code.parse().ok();
            event.count = count.map(|count| u32::try_from(count).unwrap_or(u32::MAX));
        })?;
        Ok(())
    }

    /// Notes an act before it is done, and how it ended.
    pub(super) fn around<T>(
        &self,
        act: Act,
        (to, code): (To<'_>, &str),
        work: impl FnOnce() -> Result<T>,
        count: impl FnOnce(&T) -> Option<u64>,
    ) -> Result<T> {
        self.note((act, Outcome::Begun), (to, code), None)?;
        match work() {
            Ok(done) => {
                self.note((act, Outcome::Success), (to, code), count(&done))?;
                Ok(done)
            }
            Err(error) => {
                self.note((act, Outcome::Failed), (to, code), None)?;
                Err(error)
            }
        }
    }
}
