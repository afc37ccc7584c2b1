//! `bithive audit watch`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use bithive_audit::{Alert, Detector, Digest, Entry, Head, Rules, Verifier, show_time};
use bithive_audit_log::{Backoff, Follower, HookKey, Webhook, verify};
use bithive_command_kit::{Output, PasswordArgs};
use bithive_daemon::Stop;
use bithive_keystore::private;
use serde_json::json;

use super::anchor::Anchor;
use super::anchors::Anchors;
use super::which::LogArgs;
use crate::relied::read_file;

/// Time between two looks at the log.
const ROUND: Duration = Duration::from_secs(1);
/// Most bytes of a file of rules, of the webhook's key, and of the file that says how far was watched.
const MAX_RULES_BYTES: usize = 64 << 10;
const MAX_KEY_BYTES: usize = 4_096;
const MAX_STATE_BYTES: usize = 4_096;

/// Arguments of `bithive audit watch`.
#[derive(clap::Args)]
pub struct WatchArgs {
    #[command(flatten)]
    log: LogArgs,
    /// Rules, as `audit rules --out` writes them; those by default.
    #[arg(long, value_name = "FILE")]
    rules: Option<PathBuf>,
    /// Where alerts are posted: https://..., or http:// on this machine.
    #[arg(long, value_name = "URL", requires = "webhook_key_file")]
    webhook: Option<String>,
    /// File with the key under which alerts are signed (HMAC-SHA256), at least 32 bytes, which only its owner can read.
    #[arg(long, value_name = "FILE", requires = "webhook")]
    webhook_key_file: Option<PathBuf>,
    /// File that keeps how far was watched, so that nothing is told twice; watched.json in the folder of the log by default.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Put the last entry on the chain when this time has passed since the last time, such as 1h, if there are new entries.
    #[arg(long, value_name = "TIME", value_parser = humantime::parse_duration)]
    anchor_every: Option<Duration>,
    /// Do so, too, when there are so many new entries.
    #[arg(long, value_name = "NUMBER", default_value_t = 1_000, requires = "anchor_every")]
    anchor_entries: u64,
    /// Configuration of the party whose account sends it; that of --config by default.
    #[arg(long, value_name = "FILE", requires = "anchor_every")]
    account: Option<PathBuf>,
    /// Name of a wallet of the home folder that sends it, where there is no configuration.
    #[arg(long, value_name = "NAME", default_value = "operator", requires = "anchor_every")]
    from: String,
    #[command(flatten)]
    password: PasswordArgs,
    /// End when all that is there was looked at.
    #[arg(long)]
    once: bool,
}

/// Watches a log.
pub(crate) async fn run(args: WatchArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let folder = args.log.folder(home)?;
    let rules = match &args.rules {
        None => Rules::default(),
        Some(file) => {
            let bytes = read_file(file, MAX_RULES_BYTES).context("--rules")?;
            Rules::read(&bytes).with_context(|| format!("--rules {}", file.display()))?
        }
    };
    let hook = match (&args.webhook, &args.webhook_key_file) {
        (Some(url), Some(file)) => {
            let key = HookKey::new(&private::read(file, MAX_KEY_BYTES)?)
                .with_context(|| format!("--webhook-key-file {}", file.display()))?;
            Some(Webhook::new(url, key, Backoff::default()).context("--webhook")?)
        }
        _ => None,
    };
    let state = args.state.clone().unwrap_or_else(|| folder.join("watched.json"));
    let watched = watched(&state)?;
    // What was watched before is known from outside of the log: an end that was cut off shows.
    if let Err(fault) = verify(&folder, watched.clone(), |_| {})?.log {
        return broken(&fault.to_string(), output);
    }
    let anchors = match args.anchor_every {
        Some(every) => {
            let config = args.account.as_deref().or(args.log.config.as_deref());
            let anchor = Anchor::open(&args.log, (config, &args.from), &args.password, home).await?;
            Some(Anchors::new(anchor, every, args.anchor_entries))
        }
        None => None,
    };
    let mut watch = Watch {
        anchors,
        follower: Follower::new(&folder)?,
        verifier: Verifier::new([]),
        detector: Detector::new(rules),
        log: None,
        watched,
        alerts: 0,
        hook,
        state,
        output,
    };
    let (stop, _handle) = Stop::on_signals()?;
    loop {
        let looked = tokio::select! {
            looked = watch.look() => looked?,
            () = stop.requested() => return Ok(ExitCode::SUCCESS),
        };
        match looked {
            Looked::Broken(fault) => return broken(&fault, output),
            Looked::More => continue,
            // At the end alone: a head is of all that was looked at.
            Looked::AtEnd if watch.anchor().await? => continue,
            Looked::AtEnd if args.once => {
                return Ok(if watch.alerts == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE });
            }
            Looked::AtEnd => {}
        }
        tokio::select! {
            () = tokio::time::sleep(ROUND) => {}
            () = stop.requested() => return Ok(ExitCode::SUCCESS),
        }
    }
}

/// The last entry that was watched; none if nothing was.
fn watched(file: &Path) -> Result<Option<Head>> {
    if !file.exists() {
        return Ok(None);
    }
    let bytes = read_file(file, MAX_STATE_BYTES)?;
    let head = serde_json::from_slice(&bytes).with_context(|| {
        format!("{} does not say how far the log was watched; move it away to begin anew", file.display())
    })?;
    Ok(Some(head))
}

fn broken(fault: &str, output: Output) -> Result<ExitCode> {
    let answer = json!({ "rule": "log-broken", "severity": "high", "problem": fault });
    if output.json {
        println!("{answer}");
    } else {
        println!("high: the log is broken: {fault}");
    }
    Ok(ExitCode::FAILURE)
}

/// A log under watch.
struct Watch {
    anchors: Option<Anchors>,
    follower: Follower,
    verifier: Verifier,
    detector: Detector,
    /// Identity of the log, once its first entry was read.
    log: Option<Digest>,
    watched: Option<Head>,
    alerts: u64,
    hook: Option<Webhook>,
    state: PathBuf,
    output: Output,
}

/// What a look at the log has shown.
enum Looked {
    /// Something new, and there may be more.
    More,
    /// No entry since the last look.
    AtEnd,
    Broken(String),
}

impl Watch {
    async fn look(&mut self) -> Result<Looked> {
        let lines = self.follower.next_lines()?;
        if lines.is_empty() {
            return Ok(Looked::AtEnd);
        }
        for line in lines {
            let Some(entry) = self.verifier.push(&line).cloned() else {
                // The first fault ends the watch.
                let verifier = std::mem::replace(&mut self.verifier, Verifier::new([]));
                let fault = verifier.finish().err().map_or_else(String::new, |fault| fault.to_string());
                return Ok(Looked::Broken(fault));
            };
            self.take(&entry).await?;
        }
        // After the alerts: what was not told before a crash is told after it, perhaps twice.
        if let Some(head) = &self.watched {
            private::replace(&self.state, &serde_json::to_vec(head)?)?;
        }
        Ok(Looked::More)
    }

    async fn take(&mut self, entry: &Entry) -> Result<()> {
        let log = *self.log.get_or_insert(entry.prev);
        if let Some(anchors) = &mut self.anchors {
            anchors.see(entry);
        }
        // Rules learn from what was watched before, too.
        let alerts = self.detector.feed(entry);
        if self.watched.as_ref().is_some_and(|head| entry.seq <= head.seq) {
            return Ok(());
        }
        for alert in &alerts {
            self.alerts = self.alerts.saturating_add(1);
            self.tell(alert)?;
            if let Some(hook) = &self.hook {
                hook.deliver(log, alert).await.with_context(|| {
                    format!("the alert of entry {}; it is told again when the watch begins anew", alert.seq)
                })?;
            }
        }
        self.watched = Some(Head::of(entry, log));
        Ok(())
    }

    /// Puts the head on the chain if it is time; says whether it did.
    async fn anchor(&mut self) -> Result<bool> {
        let Some(anchors) = self.anchors.as_mut().filter(|anchors| anchors.is_due()) else {
            return Ok(false);
        };
        let Some(head) = anchors.put().await? else { return Ok(false) };
        if self.output.json {
            println!("{}", json!({ "anchored": head }));
        } else {
            println!("entry {} is on the chain", head.seq);
        }
        Ok(true)
    }

    fn tell(&self, alert: &Alert) -> Result<()> {
        if self.output.json {
            println!("{}", serde_json::to_string(alert)?);
        } else {
            let found = alert.found.map_or_else(String::new, |found| format!(", {found} in all"));
            println!(
                "{}: {} by a {} at {}: {}{found}; `bithive audit show --seq {}` says who",
                word(alert),
                alert.rule,
                alert.role,
                show_time(alert.at),
                alert.act,
                alert.seq
            );
        }
        Ok(())
    }
}

const fn word(alert: &Alert) -> &'static str {
    match alert.severity {
        bithive_audit::Severity::Low => "low",
        bithive_audit::Severity::Medium => "medium",
        bithive_audit::Severity::High => "high",
    }
}
