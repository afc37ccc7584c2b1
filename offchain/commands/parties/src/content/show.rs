//! `bithive content show`.

use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result};
use bithive_api::grants::Standing;
use bithive_audit::show_time;
use bithive_chain::validate_address;
use bithive_command_kit::{Output, table};
use bithive_release::Wrap;
use serde_json::json;

use super::files::content_of;
use crate::acting::ReaderArgs;

/// Arguments of `bithive content show`.
#[derive(clap::Args)]
pub struct ShowArgs {
    /// The sealed file, or the content's 64 hex digits.
    content: String,
    /// Only whether this account may read it.
    #[arg(long, value_name = "ADDRESS")]
    reader: Option<String>,
    #[command(flatten)]
    chain: ReaderArgs,
}

/// Shows what the chain has of a content.
pub(super) async fn show(args: &ShowArgs, home: &Path, output: Output) -> Result<ExitCode> {
    let content = content_of(&args.content)?;
    let (client, _home) = args.chain.open(home).await?;
    let name = hex::encode(content);
    let found = client.content(content).await?;
    let found =
        found.with_context(|| format!("content {name} is not registered (`bithive content register`)"))?;
    if let Some(reader) = &args.reader {
        validate_address(reader).context("--reader")?;
        let standing = client.allowed(content, reader).await?;
        let answer = json!({ "content": name, "reader": reader, "standing": standing });
        output.show(&answer, |_| println!("the permit of {reader} is {}", standing.name()))?;
        return Ok(if standing == Standing::Live { ExitCode::SUCCESS } else { ExitCode::FAILURE });
    }
    let permits = client.permits(content).await?;
    // Whoever registers may write anything there.
    let committee = Wrap::decode(&found.wrap).ok().map(|wrap| hex::encode(wrap.committee()));
    let answer = json!({
        "content": name, "author": found.author, "granters": found.granters, "registered_at": found.at,
        "committee": committee, "permits": permits.entries, "complete": permits.complete,
    });
    output.show(&answer, |_| {
        let time = |seconds: u64| show_time(seconds.saturating_mul(1_000));
        println!("content   {name}");
        println!("author    {}, since {}", found.author, time(found.at));
        println!("committee {}", committee.as_deref().unwrap_or("none: the wrapped key can't be read"));
        for granter in &found.granters {
            println!("granter   {granter}");
        }
        let mut lines = table(&["reader", "purpose", "by", "until", "standing"]);
        for permit in &permits.entries {
            let (reader, by) = (permit.reader.to_string(), permit.by.to_string());
            let (purpose, standing) = (permit.purpose.clone(), permit.standing.name().into());
            lines.add_row([reader, purpose, by, time(permit.until), standing]);
        }
        println!("{lines}");
        if !permits.complete {
            println!("there are more; these are the first ones");
        }
    })?;
    Ok(ExitCode::SUCCESS)
}
