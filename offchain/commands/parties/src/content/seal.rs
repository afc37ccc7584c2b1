//! `bithive content seal`.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use bithive_attest::Domain;
use bithive_chain::validate_address;
use bithive_command_kit::Output;
use bithive_consent::Digest;
use bithive_dgkbe::dem::Sealer;
use bithive_home::Home;
use bithive_keystore::fresh_rng;
use bithive_release::{ContentKey, Label, Wrap};
use serde_json::json;

use super::CommitteeArgs;
use super::files::{Hashing, NewFile, Registration};
use crate::acting::ReaderArgs;

/// Arguments of `bithive content seal`.
#[derive(clap::Args)]
pub struct SealArgs {
    /// File to encrypt.
    file: PathBuf,
    /// Account that will register it: an address, or the name of a wallet of the home folder. No other account can.
    #[arg(long, value_name = "ADDRESS|NAME")]
    author: String,
    #[command(flatten)]
    committee: CommitteeArgs,
    /// File to create with the encrypted content.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// File to create with what the author registers; nothing of it is secret.
    #[arg(long, value_name = "FILE")]
    registration: PathBuf,
    #[command(flatten)]
    reader: ReaderArgs,
}

/// The address that a text names.
fn author(text: &str, home: Option<&Home>) -> Result<String> {
    match (validate_address(text), home) {
        (Ok(_), _) => Ok(text.to_owned()),
        (Err(_), Some(home)) => Ok(home.key(text)?.address().to_owned()),
        (Err(error), None) => Err(error).context("--author: expected the address of an account"),
    }
}

/// Encrypts a file under a key of its own, and wraps that for the committee.
pub(super) async fn seal(args: &SealArgs, home: &Path, output: Output) -> Result<()> {
    ensure!(
        !args.registration.exists(),
        "--registration: {} exists already; choose another name or move it away",
        args.registration.display()
    );
    let (client, opened) = args.reader.open(home).await?;
    let committee = args.committee.read(home, opened.as_ref())?;
    let author = author(&args.author, opened.as_ref())?;
    let (chain_id, contract) = (client.deployment().chain_id.clone(), client.grants_address().await?);
    let grants = Domain { chain_id: &chain_id, contract: &contract };
    let mut rng = fresh_rng()?;
    let key = ContentKey::generate(&mut rng);
    let name = || args.file.display().to_string();
    let mut source = File::open(&args.file).with_context(name)?;
    let target = Hashing::new(NewFile::create(&args.out)?);
    let mut sealer = Sealer::new(key.sealing(grants, &author)?, target);
    io::copy(&mut source, &mut sealer).with_context(name)?;
    let (content, file) = sealer.finish().with_context(|| args.out.display().to_string())?.finish();
    let label = Label { grants, author: &author, content, commitment: key.commitment() };
    let wrap = Wrap::seal(&committee, &label, &key, &mut rng);
    let registration = Registration {
        chain_id: chain_id.clone(),
        contract: contract.clone(),
        author: author.clone(),
        content: Digest(content),
        commitment: Digest(label.commitment),
        committee: Digest(committee.id()),
        wrap: hex::encode(wrap.encode()),
    };
    file.keep()?;
    std::fs::write(&args.registration, serde_json::to_vec_pretty(&registration)?)
        .with_context(|| args.registration.display().to_string())?;
    let answer = json!({
        "content": registration.content, "author": author, "committee": registration.committee, "file": args.out,
        "registration": args.registration,
    });
    output.show(&answer, |_| {
        println!("wrote {}: content {}", args.out.display(), registration.content);
        println!("{author} registers it with `bithive content register {}`", args.registration.display());
        println!("{} of {} members release its key", committee.threshold(), committee.seats().len());
    })
}
