//! Options that choose entries of a log.

use std::path::Path;

use anyhow::{Context, Result};
use bithive_audit::{Act, Digest, Filter, Name, Outcome, Role, parse_time};
use bithive_audit_log::Reader;

/// Which entries are shown or exported; all of them by default.
#[derive(clap::Args)]
pub(crate) struct FilterArgs {
    #[command(flatten)]
    about: AboutArgs,
    /// Only this act; can be repeated.
    #[arg(long)]
    act: Vec<Act>,
    /// Only acts that ended so: begun, success, refused or failed.
    #[arg(long)]
    outcome: Option<Outcome>,
    /// Only who acted as this.
    #[arg(long)]
    role: Option<Role>,
    #[command(flatten)]
    time: TimeArgs,
}

/// What and whom entries are about.
#[derive(clap::Args)]
pub(crate) struct AboutArgs {
    /// Whom the data is about: a pseudonym, 64 hex digits.
    #[arg(long, value_name = "DIGEST")]
    subject: Option<Digest>,
    /// What it was done to, as the log has it: 64 hex digits.
    #[arg(long, value_name = "DIGEST", conflicts_with_all = ["job", "file"])]
    object: Option<Digest>,
    /// A job, in place of --object.
    #[arg(long, value_name = "JOB_ID", conflicts_with = "file")]
    job: Option<u64>,
    /// A file as `job post --input` was given it, in place of --object.
    #[arg(long, value_name = "PATH")]
    file: Option<String>,
    /// Digest of a consent, as `consent show` prints it.
    #[arg(long, value_name = "DIGEST")]
    consent: Option<Digest>,
    /// Only entries of this actor: an address or another pseudonym.
    #[arg(long, value_name = "ADDRESS")]
    actor: Option<Name>,
}

/// From when until when.
#[derive(clap::Args)]
pub(crate) struct TimeArgs {
    /// From this time on, for example 2026-11-23T00:00:00Z.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    since: Option<u64>,
    /// Before this time.
    #[arg(long, value_name = "TIME", value_parser = parse_time)]
    until: Option<u64>,
}

impl FilterArgs {
    pub(crate) fn filter(&self, folder: &Path) -> Result<Filter> {
        let filter = self.about.filter(folder, &self.time)?;
        Ok(Filter { acts: self.act.clone(), outcome: self.outcome, role: self.role, ..filter })
    }
}

impl AboutArgs {
    /// Whether they say anything.
    pub(crate) const fn is_some(&self) -> bool {
        let Self { subject, object, job, file, consent, actor } = self;
        subject.is_some()
            || object.is_some()
            || job.is_some()
            || file.is_some()
            || consent.is_some()
            || actor.is_some()
    }

    pub(crate) fn filter(&self, folder: &Path, time: &TimeArgs) -> Result<Filter> {
        let named = match (&self.job, &self.file) {
            (Some(job), _) => Some(("job", job.to_string())),
            (None, Some(file)) => Some(("file", file.clone())),
            (None, None) => None,
        };
        let object = match named {
            None => self.object,
            Some((kind, name)) => {
                let salt = Reader::open(folder)?.salt()?.with_context(|| {
                    format!("the salt of the log in {} is gone; without it only --object finds what was done to an object", folder.display())
                })?;
                Some(salt.object(kind, name.as_bytes()))
            }
        };
        Ok(Filter {
            subject: self.subject,
            object,
            consent: self.consent,
            actor: self.actor.clone(),
            since: time.since,
            until: time.until,
            ..Filter::default()
        })
    }
}
