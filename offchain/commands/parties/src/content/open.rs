//! `bithive content open`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use bithive_attest::Domain;
use bithive_command_kit::Output;
use bithive_committee::{PATIENCE, ask_for_key};
use bithive_dgkbe::dem::Opener;
use serde_json::json;

use super::CommitteeArgs;
use super::files::{NewFile, digest_of};
use crate::acting::RequesterArgs;

/// Arguments of `bithive content open`.
#[derive(clap::Args)]
pub struct OpenArgs {
    /// The sealed file.
    file: PathBuf,
    #[command(flatten)]
    committee: CommitteeArgs,
    /// File to create with the decrypted content.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    who: RequesterArgs,
}

/// Asks the committee for the key of a sealed file, and decrypts it.
pub(super) async fn open(args: &OpenArgs, home: &Path, output: Output) -> Result<()> {
    let name = || args.file.display().to_string();
    let content = digest_of(&args.file).with_context(name)?;
    let mut file = NewFile::create(&args.out)?;
    let acting = args.who.open(home).await?;
    let committee = args.committee.read(home, acting.home.as_ref())?;
    let (client, exchange) = (acting.requester.account().client().clone(), acting.exchange());
    let released = ask_for_key(&client, &exchange, &committee, content, PATIENCE).await;
    acting.close().await;
    let released = released?;
    let (chain_id, contract) = (&client.deployment().chain_id, client.grants_address().await?);
    let author = released.content.author.as_str();
    let (key, data) = released.key.opening(Domain { chain_id, contract: &contract }, author);
    let mut opener = Opener::new(&key, &data, File::open(&args.file).with_context(name)?);
    io::copy(&mut opener, &mut file).with_context(name)?;
    file.keep()?;
    let answer = json!({ "content": hex::encode(content), "author": author, "file": args.out });
    output.show(&answer, |_| println!("wrote {}, a content of {author}", args.out.display()))
}
