//! `bithive ceremony`: many people make one reference string, and one honest contributor is enough; members of a committee make a key for
//! contents.
//!
//! The transcript is a file that goes from hand to hand. It is written aside and moved into place, so a refused
//! or killed command leaves it as it was.

mod release;

use std::fs::File;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use bithive_command_kit::{Output, Spinner, progress};
use bithive_dgkbe::Crs;
use bithive_dgkbe::crs::ceremony::Transcript;
use bithive_keystore::fresh_rng;
use clap::Subcommand;
use serde::Serialize;

/// Most bytes that a transcript can have, rounded up: 65,535 contributions for 4096 slots take 10 MB.
const MAX_FILE_BYTES: u64 = 16 << 20;

/// Make a reference string together, of which one honest contributor is enough, or a committee's key for contents.
#[derive(Subcommand)]
pub enum Command {
    /// Start a transcript without contributions.
    New {
        /// Slots of the broadcast group, 2 to 4096.
        #[arg(long)]
        slots: u16,
        /// Transcript to create.
        file: PathBuf,
    },
    /// Verify the transcript, then add a contribution: a new secret is multiplied in and erased.
    ///
    /// The secret comes from the operating system. Keep the hash that this prints: `verify --includes HASH`
    /// shows later that the ceremony continued from your contribution.
    Contribute {
        /// Transcript to extend.
        file: PathBuf,
    },
    /// Verify every contribution and the result.
    ///
    /// Exit code 1 if everything holds, but the transcript does not contain the hash of --includes.
    Verify {
        /// Transcript to verify.
        file: PathBuf,
        /// The hash that `contribute` printed, 64 hexadecimal digits: check that the transcript went through it.
        #[arg(long, value_name = "HASH", value_parser = parse_hash)]
        includes: Option<[u8; 32]>,
    },
    /// Verify, then write the reference string that results.
    Export {
        /// Transcript to verify.
        file: PathBuf,
        /// Reference string to create.
        #[arg(long, value_name = "CRS")]
        out: PathBuf,
    },
    /// A committee's key for contents: made together, of which each member has a share.
    #[command(subcommand)]
    Release(release::Command),
}

/// What a command says about a transcript.
#[derive(Serialize)]
struct Answer {
    slots: u16,
    contributions: usize,
    /// Hash of the transcript, in hex: what the next contribution binds.
    hash: String,
    /// Digest of the reference string, once it has been verified.
    #[serde(skip_serializing_if = "Option::is_none")]
    crs_digest: Option<String>,
    /// Whether the transcript went through the hash that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    included: Option<bool>,
}

impl Answer {
    fn new(transcript: &Transcript, crs: Option<&Crs>) -> Self {
        Self {
            slots: transcript.slots(),
            contributions: transcript.contributions(),
            hash: hex::encode(transcript.hash()),
            crs_digest: crs.map(|crs| hex::encode(crs.digest())),
            included: None,
        }
    }

    fn show(&self, output: Output) -> Result<()> {
        output.show(self, |answer| {
            println!("slots          {}", answer.slots);
            println!("contributions  {}", answer.contributions);
            println!("hash           {}", answer.hash);
            if let Some(digest) = &answer.crs_digest {
                println!("crs digest     {digest}");
            }
            if let Some(included) = answer.included {
                println!("included       {}", if included { "yes" } else { "no" });
            }
        })
    }
}

/// Runs a command on a transcript.
pub fn run(command: Command, output: Output) -> Result<ExitCode> {
    match command {
        Command::New { slots, file } => {
            let transcript = Transcript::new(slots).context("--slots")?;
            create(&file, &transcript.encode()?)?;
            Answer::new(&transcript, None).show(output)?;
        }
        Command::Contribute { file } => contribute(&file, output)?,
        Command::Verify { file, includes } => {
            let (transcript, crs) = verified(&file, output)?;
            let included = includes.map(|hash| transcript.includes(&hash));
            Answer { included, ..Answer::new(&transcript, Some(&crs)) }.show(output)?;
            if included == Some(false) {
                return Ok(ExitCode::FAILURE);
            }
        }
        Command::Export { file, out } => {
            let (transcript, crs) = verified(&file, output)?;
            create(&out, &crs.encode())?;
            Answer::new(&transcript, Some(&crs)).show(output)?;
        }
        Command::Release(command) => release::run(command, output)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn contribute(path: &Path, output: Output) -> Result<()> {
    let name = || path.display().to_string();
    // Of two contributions at once one would be lost.
    let _lock = lock(path)?;
    let mut rng = fresh_rng()?;
    let line = shown(output)?;
    let mut transcript = read(path, &line)?;
    check(&transcript, &line).with_context(name)?;
    transcript.contribute_watched(&mut rng, &mut phase(&line, "contributing"));
    replace(path, &transcript.encode().with_context(name)?)?;
    line.finish_and_clear();
    Answer::new(&transcript, None).show(output)
}

/// What shows the phases of one command.
fn shown(output: Output) -> Result<Spinner> {
    progress(output, "{msg:24} [{bar:40}] {percent:>3} %")
}

/// Shows the steps of one phase.
fn phase(line: &Spinner, what: &'static str) -> impl FnMut(usize, usize) {
    line.set_message(what);
    move |done, total| line.at(done as u64, total as u64)
}

/// Locks the transcript against others that contribute, until the file that this gives is dropped.
///
/// A contribution ends by renaming a new file into place, so what was opened may have lost its name by the time that
/// it is locked; its lock then excludes nobody.
fn lock(path: &Path) -> Result<File> {
    let name = || path.display().to_string();
    loop {
        let file = File::open(path).with_context(name)?;
        file.try_lock().with_context(|| format!("{}: another contribution is under way", path.display()))?;
        if is_at(&file, path).with_context(name)? {
            return Ok(file);
        }
    }
}

/// Whether an open file is the one that has this name.
#[cfg(unix)]
fn is_at(file: &File, path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let (open, named) = (file.metadata()?, std::fs::metadata(path)?);
    Ok((open.dev(), open.ino()) == (named.dev(), named.ino()))
}

/// Elsewhere an open file can't be replaced.
#[cfg(not(unix))]
fn is_at(_file: &File, _path: &Path) -> io::Result<bool> {
    Ok(true)
}

/// Checks the transcript before a contribution is added.
fn check(transcript: &Transcript, line: &Spinner) -> Result<()> {
    if transcript.contributions() > 0 {
        transcript.verify_watched(&mut fresh_rng()?, &mut phase(line, "verifying"))?;
    } else if transcript.encode()? != Transcript::new(transcript.slots())?.encode()? {
        bail!("there is no contribution, yet the elements are not those that a ceremony starts with");
    }
    Ok(())
}

fn verified(path: &Path, output: Output) -> Result<(Transcript, Crs)> {
    let line = shown(output)?;
    let transcript = read(path, &line)?;
    let crs = transcript
        .verify_watched(&mut fresh_rng()?, &mut phase(&line, "verifying"))
        .with_context(|| path.display().to_string())?;
    line.finish_and_clear();
    Ok((transcript, crs))
}

fn read(path: &Path, line: &Spinner) -> Result<Transcript> {
    let name = || path.display().to_string();
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES + 1).read_to_end(&mut bytes))
        .with_context(name)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        bail!("{}: more than {MAX_FILE_BYTES} bytes, which no transcript has", path.display());
    }
    Transcript::decode_watched(&bytes, &mut phase(line, "reading every point")).with_context(name)
}

/// Writes a file that must not be there yet.
fn create(path: &Path, bytes: &[u8]) -> Result<()> {
    if path.exists() {
        bail!("{} exists already; choose another file or remove it", path.display());
    }
    replace(path, bytes)
}

/// Writes a file as a whole: under another name in the same folder, then renamed.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut name =
        path.file_name().with_context(|| format!("{}: not a file name", path.display()))?.to_owned();
    name.push(format!(".new-{}", std::process::id()));
    let aside = path.with_file_name(name);
    // A killed process with the same number, as they recur in containers, may have left a file of this name.
    let written = File::create(&aside).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()?;
        std::fs::rename(&aside, path)
    });
    written.with_context(|| path.display().to_string()).inspect_err(|_| {
        // What is left aside is of no use; that it may not be there is no further error.
        let _ = std::fs::remove_file(&aside);
    })
}

fn parse_hash(text: &str) -> Result<[u8; 32]> {
    let mut hash = [0; 32];
    hex::decode_to_slice(text, &mut hash)
        .map_err(|error| anyhow!("a transcript hash has 64 hexadecimal digits: {error}"))?;
    Ok(hash)
}

#[cfg(all(test, unix))]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_on_a_file_that_was_replaced_keeps_nobody_out_and_is_not_taken_for_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("transcript");
        create(&path, b"before").unwrap();
        let stale = lock(&path).unwrap();
        assert!(is_at(&stale, &path).unwrap());
        replace(&path, b"after").unwrap();
        assert!(!is_at(&stale, &path).unwrap());
        let fresh = lock(&path).unwrap();
        assert!(is_at(&fresh, &path).unwrap());
        assert!(lock(&path).is_err());
    }
}
