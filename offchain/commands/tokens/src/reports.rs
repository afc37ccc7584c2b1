//! Reports of feeds: the keys of reporters, what they sign, and what anybody submits.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, Result, ensure};
use bithive_api::ContractEvent as _;
use bithive_api::oracle::{Event, FeedResponse, limits};
use bithive_client::ReportFile;
use bithive_command_kit::Output;
use bithive_keystore::{fresh_rng, private};
use clap::Args;
use cosmwasm_std::HexBinary;
use ed25519_dalek::{Signer as _, SigningKey};
use rand_core::Rng as _;
use serde_json::json;
use zeroize::Zeroizing;

use super::accounts::now;
use super::feeds::Site;
use super::timebank::read;

/// Most bytes of a key's file: 64 hex digits, and the end of a line.
const MOST_KEY_BYTES: usize = 66;

/// A report to sign.
#[derive(Args)]
pub struct ReportArgs {
    /// Number of the feed.
    id: u64,
    /// The value, in minor units of the feed's currency for 10^decimals base units.
    #[arg(long, value_parser = clap::value_parser!(u128))]
    value: u128,
    /// File with the reporter's key, as `feed key` has written it.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// When it was seen, in Unix seconds; now when left out. It decides for which round the report is.
    #[arg(long, value_name = "SECONDS")]
    time: Option<u64>,
    /// File to write the report to; it is printed when left out.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

/// Makes the key of a reporter.
pub(super) fn new_key(out: &Path, output: Output) -> Result<()> {
    let mut seed = Zeroizing::new([0; 32]);
    fresh_rng()?.fill_bytes(&mut *seed);
    let public = public_key(&SigningKey::from_bytes(&seed));
    private::create(out, Zeroizing::new(hex::encode(*seed)).as_bytes())?;
    output.show(&json!({ "reporter": public, "file": out }), |_| {
        println!("{public}");
        println!("wrote {}; the owner of the feeds needs the line above, and nobody the file", out.display());
    })
}

fn public_key(key: &SigningKey) -> HexBinary {
    key.verifying_key().as_bytes().into()
}

/// Reads a key that nobody else can read.
fn read_key(file: &Path) -> Result<SigningKey> {
    let bytes = private::read(file, MOST_KEY_BYTES)?;
    let mut seed = Zeroizing::new([0; 32]);
    hex::decode_to_slice(bytes.trim_ascii_end(), &mut *seed).map_err(|_| {
        anyhow::anyhow!("{} is no key; expected 64 hex digits, as `feed key` writes them", file.display())
    })?;
    Ok(SigningKey::from_bytes(&seed))
}

/// Signs a report, which has to be one that the contract can take.
pub(super) async fn sign(site: &Site<'_>, args: ReportArgs, output: Output) -> Result<()> {
    let (feed, now) = (site.known(args.id).await?, now(site.accounts).await?);
    let (key, time) = (read_key(&args.key)?, args.time.unwrap_or(now));
    let mut file = ReportFile {
        chain_id: site.feeds.chain_id().into(),
        contract: site.feeds.contract().into(),
        feed: args.id,
        round: round(&feed, time),
        reporter: public_key(&key),
        value: args.value.into(),
        time,
        signature: HexBinary::default(),
    };
    ensure!(args.value > 0, "--value is 0; expected at least 1");
    ensure!(
        feed.reporters.iter().any(|reporter| reporter.key == file.reporter),
        "{} is no reporter of feed {}; `feed show {}` lists them",
        file.reporter,
        args.id,
        args.id
    );
    ensure!(
        time <= now.saturating_add(limits::MAX_AHEAD) && now <= time.saturating_add(feed.terms.max_age),
        "--time is {time}, and it is {now}; expected at most {} seconds more, and at most {} less",
        limits::MAX_AHEAD,
        feed.terms.max_age
    );
    file.signature = key.sign(file.text().as_bytes()).to_bytes().into();
    let Some(out) = &args.out else {
        return output.show(&file, |file| println!("{}", json!(file)));
    };
    private::create(out, json!(file).to_string().as_bytes())?;
    output.show(&file, |file| println!("wrote {}: {} for round {}", out.display(), file.value, file.round))
}

/// The round that a time is in; an interval is never 0.
fn round(feed: &FeedResponse, time: u64) -> u64 {
    time.checked_div(feed.terms.interval).unwrap_or_default()
}

/// Submits reports of one round of one feed. 1 if one was skipped.
pub(super) async fn submit(
    site: &Site<'_>,
    files: &[PathBuf],
    from: &str,
    output: Output,
) -> Result<ExitCode> {
    let most = limits::MAX_REPORTERS;
    ensure!(files.len() <= most, "{} reports; expected at most {most} for one transaction", files.len());
    let (mut reports, mut same) = (Vec::new(), None);
    for path in files {
        let file: ReportFile = read(path)?;
        let name = path.display();
        ensure!(
            file.is_of(&site.feeds),
            "{name}: this report is for {} on {}; name that chain with --chain or --network",
            file.contract,
            file.chain_id
        );
        ensure!(
            file.is_signed(),
            "{name}: the signature is not of the report's reporter; ask for another report"
        );
        let (feed, round) = *same.get_or_insert((file.feed, file.round));
        ensure!(
            (file.feed, file.round) == (feed, round),
            "{name}: this report is for round {} of feed {}, and the first one for round {round} of feed {feed}; expected \
             reports of one round",
            file.round,
            file.feed
        );
        reports.push(file.report());
    }
    let to = same.context("expected a file")?;
    let account = site.accounts.account(from).await?;
    let receipt = site.feeds.submit(&account, to, reports).await?;
    let events: Vec<_> = Event::of(site.feeds.contract(), &receipt.events)
        .collect::<Result<_, _>>()
        .context("what the contract has announced")?;
    let pick = |wanted: fn(&Event) -> Option<serde_json::Value>| {
        events.iter().filter_map(wanted).collect::<Vec<_>>()
    };
    let skipped = pick(|event| match event {
        Event::Skipped { reporter, reason, .. } => Some(json!({ "reporter": reporter, "reason": reason })),
        _ => None,
    });
    let answer = json!({
        "transaction": receipt.hash.to_string(),
        "height": receipt.height,
        "feed": to.0,
        "round": to.1,
        "price": pick(|event| match event {
            Event::Updated { value, time, reports, .. } => {
                Some(json!({ "value": value, "time": time, "reports": reports }))
            }
            _ => None,
        }).pop(),
        "tripped": pick(|event| match event {
            Event::Tripped { value, last, until, .. } => {
                Some(json!({ "value": value, "last": last, "until": until }))
            }
            _ => None,
        }).pop(),
        "outliers": pick(|event| match event {
            Event::Outlier { reporter, value, .. } => Some(json!({ "reporter": reporter, "value": value })),
            _ => None,
        }),
        "suspended": pick(|event| match event {
            Event::Suspended { reporter, until, .. } => Some(json!({ "reporter": reporter, "until": until })),
            _ => None,
        }),
        "skipped": &skipped,
    });
    output.show(&answer, |_| events.iter().for_each(tell))?;
    Ok(if skipped.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn tell(event: &Event) {
    match event {
        Event::Updated { feed, round, value, reports, .. } => {
            println!("feed {feed} is {value}: the median of {reports} reports for round {round}");
        }
        Event::Tripped { feed, value, last, until, .. } => println!(
            "feed {feed} has tripped: {value} is too far from {last}, and more reporters can confirm it from {until} on (Unix seconds)"
        ),
        Event::Skipped { reason, .. } => println!("skipped: {reason}"),
        Event::Outlier { reporter, value, .. } => println!("{value} of {reporter} is far from the price"),
        Event::Suspended { reporter, until, .. } => {
            println!("{reporter} is suspended until {until} (Unix seconds)");
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_written_once_and_read_by_its_owner_only() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("reporter.key");
        new_key(&file, Output { json: true }).unwrap();
        let key = read_key(&file).unwrap();
        assert_eq!(key.to_bytes(), read_key(&file).unwrap().to_bytes());
        assert!(new_key(&file, Output { json: true }).is_err(), "never in the place of another");
        for text in ["", "00", &"zz".repeat(32), &format!("{}\n\n\n", "01".repeat(32))] {
            let bad = folder.path().join("bad.key");
            private::replace(&bad, text.as_bytes()).unwrap();
            assert!(read_key(&bad).is_err(), "{text:?}");
        }
        std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o644)).unwrap();
        let exposed = read_key(&file).unwrap_err().to_string();
        assert!(exposed.contains("reporter.key"), "{exposed}");
    }
}
