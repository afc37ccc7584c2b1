//! `bithive content`: files whose keys a committee releases to whom their author permits.

mod acts;
mod files;
mod open;
mod seal;
mod show;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_command_kit::Output;
use bithive_home::{Home, RELEASE_COMMITTEE};
use bithive_release::Committee;
use clap::Subcommand;

/// Contents: encrypted files whose keys a committee releases to whom their author permits.
#[derive(Subcommand)]
pub enum Command {
    /// Encrypt a file for a committee, for example:
    /// content seal scan.dcm --author ADDRESS --committee committee.bin --out scan.sealed --registration scan.json
    ///
    /// The author registers what is in the registration; the sealed file goes wherever readers get it from. The author keeps no key: it permits
    /// itself to read, too.
    Seal(Box<seal::SealArgs>),
    /// Register a sealed file as its author, for good, for example: content register scan.json --from patient
    Register(Box<acts::RegisterArgs>),
    /// Permit accounts to read a content until a time, for example:
    /// content permit scan.sealed --reader ADDRESS --purpose TREAT --days 30 --from patient
    ///
    /// Everybody sees on the chain who may read which content, what for and until when.
    Permit(Box<acts::PermitArgs>),
    /// Take permits back. It counts from the next transaction on, and can't call back a key that was released.
    Revoke(Box<acts::RevokeArgs>),
    /// Show a content and its permits; with --reader, whether that account may read it. Exit codes: 0 it may; 1 it may not; 2 an error.
    Show(Box<show::ShowArgs>),
    /// Ask the committee for the key of a sealed file, and decrypt it, for example: content open scan.sealed --out scan.dcm --config requester.toml
    ///
    /// The reader is a registered requester whom the content's author permits.
    Open(Box<open::OpenArgs>),
}

/// Runs a command.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Seal(args) => seal::seal(&args, home, output).await?,
        Command::Register(args) => acts::register(&args, home, output).await?,
        Command::Permit(args) => acts::permit(&args, home, output).await?,
        Command::Revoke(args) => acts::revoke(&args, home, output).await?,
        Command::Show(args) => return show::show(&args, home, output).await,
        Command::Open(args) => open::open(&args, home, output).await?,
    }
    Ok(ExitCode::SUCCESS)
}

/// Which committee releases the key.
#[derive(clap::Args)]
struct CommitteeArgs {
    /// File of the committee, as `ceremony release finish` writes it; that of the home folder by default.
    #[arg(long, value_name = "FILE")]
    committee: Option<PathBuf>,
}

impl CommitteeArgs {
    fn read(&self, home: &Path, opened: Option<&Home>) -> Result<Committee> {
        let file = match (&self.committee, opened) {
            (Some(file), _) => file.clone(),
            (None, Some(_)) => home.join(RELEASE_COMMITTEE),
            (None, None) => {
                anyhow::bail!("expected --committee FILE, which the members of the committee publish")
            }
        };
        let bytes = std::fs::read(&file).with_context(|| {
            format!("{}: the members of a committee make it with `bithive ceremony release`", file.display())
        })?;
        Committee::decode(&bytes).with_context(|| file.display().to_string())
    }
}
