//! `bithive audit`: the audit log of a party, for its operator and for those who check it.

mod anchor;
mod anchors;
mod choose;
mod export;
mod head;
mod record;
mod show;
mod verify;
mod watch;
mod which;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Result;
use bithive_command_kit::Output;
use clap::Subcommand;
use serde_json::json;

pub use self::anchor::AnchorArgs;
pub use self::export::ExportArgs;
pub use self::head::HeadArgs;
pub use self::record::RecordArgs;
pub use self::show::{AccessArgs, ShowArgs};
pub use self::verify::VerifyArgs;
pub use self::watch::WatchArgs;
pub use self::which::LogArgs;

pub(crate) use self::head::signed_by;

/// The audit log of a party: check it, show it, and be told of what is unusual.
#[derive(Subcommand)]
pub enum Command {
    /// Begin a log. From then on the requesters of the home folder write into it; a party with a configuration begins its own when it needs it.
    Init(LogArgs),
    /// Check every entry, and name the first one that is not as it was written.
    ///
    /// The log shows what was changed, removed, put in or moved. That the end was cut off, or that all of it was written anew, shows
    /// only against a head that is known from outside: --chain, or --head. Exit codes: 0 sound; 1 broken; 2 an error.
    Verify(VerifyArgs),
    /// Show entries, the last ones by default.
    Show(ShowArgs),
    /// Who opened what, when, under which consent, for example: audit access --job 7
    Access(AccessArgs),
    /// Write entries for others: FHIR AuditEvents, one a line, or CSV. A log that is broken is not exported; the exit code is 1 then.
    Export(ExportArgs),
    /// The last entry of the log, to be kept where nobody can change it with the log.
    ///
    /// With --sign it is a statement that the account of --config signs (ADR-36). Give it to others, print it or publish it: `audit
    /// verify --head` compares.
    Head(HeadArgs),
    /// Put the last entry of the log on the chain: from then on, `audit verify --chain` shows whether the log was cut off or written anew.
    ///
    /// The chain has numbers and digests, and nothing of what the entries say. Do it regularly, for example every hour: what was written
    /// since the last time can still be cut off. `audit watch --anchor-every 1h` does it. For example: audit anchor --config requester.toml
    Anchor(AnchorArgs),
    /// Log an act that another program does, for example: audit record break-glass --code emergency --subject 64-hex-digits --actor ward-3 --role clinician
    Record(RecordArgs),
    /// Tell of what is unusual, by rules, on standard output and to a webhook.
    ///
    /// Each alert is a line of JSON. It names no person: `audit show --seq` says who it was. The log is checked as it is read. Exit codes with
    /// --once: 0 nothing unusual; 1 there are alerts, or the log is broken; 2 an error, such as a webhook that takes no alert.
    /// With --anchor-every it also puts the last entry on the chain, as `audit anchor` does, each so often and each thousand entries.
    Watch(WatchArgs),
    /// Show the rules of `audit watch`, or write them to a file, to be changed.
    Rules {
        /// File to create, in place of standard output.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Runs a command.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Init(args) => init(&args, home, output)?,
        Command::Verify(args) => return verify::run(&args, home, output).await,
        Command::Show(args) => return show::run(&args, home, output),
        Command::Access(args) => return show::access(&args, home, output),
        Command::Export(args) => return export::run(&args, home, output),
        Command::Head(args) => return head::run(&args, home, output),
        Command::Anchor(args) => return anchor::run(&args, home, output).await,
        Command::Record(args) => record::run(args, home, output)?,
        Command::Watch(args) => return watch::run(args, home, output).await,
        Command::Rules { out } => rules(out.as_deref(), output)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn init(args: &LogArgs, home: &Path, output: Output) -> Result<()> {
    let folder = args.folder(home)?;
    if args.is_of_home() {
        anyhow::ensure!(
            home.join(bithive_home::DEPLOYMENT).exists(),
            "{0} holds no network; run `bithive --home {0} chain init` first, or name a folder with --log",
            home.display()
        );
    }
    let log = args.open(home, record::operator)?;
    let answer = json!({ "log": folder, "actor": log.who().0, "role": log.who().1 });
    output.show(&answer, |_| println!("the audit log in {} has begun", folder.display()))
}

fn rules(out: Option<&Path>, output: Output) -> Result<()> {
    let Some(file) = out else {
        return output
            .show(&json!({ "rules": bithive_audit::TEMPLATE }), |_| print!("{}", bithive_audit::TEMPLATE));
    };
    bithive_keystore::private::create(file, bithive_audit::TEMPLATE.as_bytes())?;
    output.show(&json!({ "file": file }), |_| println!("wrote {}", file.display()))
}
