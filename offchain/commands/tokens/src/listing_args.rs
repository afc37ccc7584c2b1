//! What `bithive listing` is given.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use clap::{ArgGroup, Args};
use cosmwasm_std::HexBinary;
use sha2::{Digest as _, Sha256};

/// A new listing.
#[derive(Args)]
pub struct AddArgs {
    /// Wallet of its owner, which pays the bond.
    #[arg(long)]
    pub(super) from: String,
    /// Name of the category.
    #[arg(long)]
    pub(super) category: String,
    /// Number of the terms that you have read (`listing category show`); the transaction is refused if there are others by then. The present ones when
    /// left out.
    #[arg(long)]
    pub(super) terms: Option<u32>,
    /// Name of what is listed, for people.
    #[arg(long)]
    pub(super) name: String,
    /// Where more is to be read.
    #[arg(long, default_value = "")]
    pub(super) uri: String,
    #[command(flatten)]
    pub(super) document: Document,
}

/// Changes of a listing.
#[derive(Args)]
#[command(group = ArgGroup::new("change").args(["name", "terms"]).required(true).multiple(true))]
pub struct UpdateArgs {
    /// Number of the listing.
    pub(super) id: u64,
    /// Wallet of its owner.
    #[arg(long)]
    pub(super) from: String,
    /// New name, with its document.
    #[arg(long, requires = "document")]
    pub(super) name: Option<String>,
    /// Where more is to be read.
    #[arg(long, requires = "name", default_value = "")]
    pub(super) uri: String,
    /// What is to be read there; its SHA-256 goes on chain, the file stays.
    #[arg(long, value_name = "FILE", group = "document", requires = "name")]
    pub(super) file: Option<PathBuf>,
    /// That digest, in hex, in place of the file.
    #[arg(long, value_name = "HEX", group = "document", requires = "name", value_parser = digest)]
    pub(super) digest: Option<HexBinary>,
    /// Number of the category's present terms, to move to them.
    #[arg(long)]
    pub(super) terms: Option<u32>,
}

/// A new challenge.
#[derive(Args)]
pub struct ChallengeArgs {
    /// Number of the listing.
    pub(super) id: u64,
    /// Wallet that pays the bond.
    #[arg(long)]
    pub(super) from: String,
    /// The revision that is not what it claims; the present one when left out.
    #[arg(long)]
    pub(super) revision: Option<u32>,
    /// Where the evidence is to be read.
    #[arg(long, default_value = "")]
    pub(super) uri: String,
    #[command(flatten)]
    pub(super) evidence: Document,
}

/// A document whose digest goes on chain.
#[derive(Args)]
#[command(group = ArgGroup::new("document").args(["file", "digest"]).required(true))]
pub(crate) struct Document {
    /// What is to be read; its SHA-256 goes on chain, the file stays.
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// That digest, in hex, in place of the file.
    #[arg(long, value_name = "HEX", value_parser = digest)]
    digest: Option<HexBinary>,
}

impl Document {
    /// SHA-256 of the document.
    pub(super) fn hash(&self) -> Result<HexBinary> {
        hash(self.file.as_deref(), self.digest.as_ref())
    }
}

/// SHA-256 of a file, or the digest that was given in its place.
pub(super) fn hash(file: Option<&Path>, digest: Option<&HexBinary>) -> Result<HexBinary> {
    if let Some(digest) = digest {
        return Ok(digest.clone());
    }
    let path = file.context("expected --file or --digest")?;
    let (mut hash, name) = (Sha256::new(), || path.display().to_string());
    let (mut opened, mut part) = (std::fs::File::open(path).with_context(name)?, [0u8; 1 << 14]);
    loop {
        let count = opened.read(&mut part).with_context(name)?;
        match part.get(..count) {
            Some([]) | None => break,
            Some(bytes) => hash.update(bytes),
        }
    }
    Ok(hash.finalize().as_slice().into())
}

/// A digest of SHA-256, in hex.
pub(super) fn digest(text: &str) -> Result<HexBinary, String> {
    bytes::<32>(text)
}

/// A beacon of drand, in hex.
pub(super) fn beacon(text: &str) -> Result<HexBinary, String> {
    bytes::<48>(text)
}

fn bytes<const N: usize>(text: &str) -> Result<HexBinary, String> {
    let bytes = HexBinary::from_hex(text).ok().filter(|bytes| bytes.len() == N);
    bytes.ok_or_else(|| format!("expected {} hex digits", N.saturating_mul(2)))
}
