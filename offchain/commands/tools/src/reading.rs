//! `bithive reading`: a key from a noisy reading of a chip or a person, with public helper data.
//!
//! Readings and keys are files: nothing secret is an argument or is printed. What is printed of a key is a
//! commitment, by which two runs can be compared.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context, Result, anyhow, bail};
use bithive_command_kit::{Output, table};
use bithive_extractor::{ExtractorError, HelperData, Key, MinEntropyRate, Profile, Source, enroll};
use bithive_keystore::fresh_rng;
use clap::{Args, Subcommand};
use serde::Serialize;
use zeroize::Zeroizing;

/// Most bytes that are read of a file: several times what any reading has in hexadecimal.
const MAX_FILE_BYTES: usize = 1 << 14;

/// Keys from noisy readings of a chip or a person: helper data is public, no key is stored.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// List the profiles to choose from.
    Profiles,
    /// Enrol a source: create helper data from a first reading.
    ///
    /// A source is enrolled once: helper data of a second reading can give away what the first did not. `extend`
    /// serves further contexts.
    Enroll {
        #[command(flatten)]
        reading: ReadingArgs,
        /// Parameters, one of those that `profiles` lists.
        #[arg(long, value_name = "NAME", value_parser = parse_profile)]
        profile: Profile,
        /// Min-entropy of the source for each bit read, above 0 to 1, for example 0.9. The strength of the key
        /// rests on it.
        #[arg(long, value_name = "RATE", allow_negative_numbers = true, value_parser = parse_rate)]
        min_entropy_rate: MinEntropyRate,
        /// Helper data of an earlier enrolment of the same source, wherever it is in use; repeat for each.
        #[arg(long, value_name = "HELPER")]
        earlier: Vec<PathBuf>,
        /// Helper data to create; it may be public.
        #[arg(long, value_name = "HELPER")]
        helper: PathBuf,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Get the key again, from another reading and the helper data.
    ///
    /// Exit code 1 if the reading, the source, the context or the helper data is not as enrolled.
    Reproduce {
        #[command(flatten)]
        reading: ReadingArgs,
        /// Helper data that `enroll` or `extend` created.
        #[arg(long, value_name = "HELPER")]
        helper: PathBuf,
        #[command(flatten)]
        key: KeyArgs,
    },
    /// Create helper data and a key for another context; this reveals nothing more about the source.
    ///
    /// Exit code 1 if the reading, the source, the context or the helper data is not as enrolled.
    Extend {
        #[command(flatten)]
        reading: ReadingArgs,
        /// Helper data of the context that is enrolled.
        #[arg(long, value_name = "HELPER")]
        helper: PathBuf,
        /// The context to add.
        #[arg(long, value_name = "TEXT")]
        further_context: String,
        /// Helper data to create for it.
        #[arg(long, value_name = "HELPER")]
        out: PathBuf,
        #[command(flatten)]
        key: KeyArgs,
    },
}

/// The reading, and the purpose of the key.
#[derive(Args)]
pub struct ReadingArgs {
    /// The reading: as many bytes as the profile says, or these in hexadecimal.
    #[arg(long, value_name = "FILE")]
    reading: PathBuf,
    /// What the key is for; each context has a key of its own.
    #[arg(long, value_name = "TEXT")]
    context: String,
}

/// Where the key is written.
#[derive(Args)]
pub struct KeyArgs {
    /// Write the key, 64 hexadecimal digits, to a new file that only its owner can read.
    #[arg(long, value_name = "FILE")]
    key: Option<PathBuf>,
}

/// What a command says about a key.
#[derive(Serialize)]
struct Answer {
    profile: &'static str,
    reproduced: bool,
    /// Public: equal for equal keys.
    #[serde(skip_serializing_if = "Option::is_none")]
    commitment: Option<String>,
    /// Why there is no key.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// Makes a key from a reading, or finds it again.
pub fn run(command: Command, output: Output) -> Result<ExitCode> {
    match command {
        Command::Profiles => profiles(output)?,
        Command::Enroll { reading, profile, min_entropy_rate, earlier, helper, key } => {
            let earlier = earlier.iter().map(|path| read_helper(path)).collect::<Result<Vec<_>>>()?;
            let source = Source { min_entropy_rate, earlier: &earlier };
            let name = || reading.reading.display().to_string();
            let bytes = read_reading(&reading.reading, profile)?;
            let (created, secret) =
                enroll(profile, source, &bytes, reading.context.as_bytes(), &mut fresh_rng()?)
                    .with_context(name)?;
            write_all(Some((&helper, &created)), &key, &secret)?;
            show(profile, Ok(&secret), output)?;
        }
        Command::Reproduce { reading, helper, key } => {
            let helper = read_helper(&helper)?;
            let bytes = read_reading(&reading.reading, helper.profile())?;
            let found = helper.reproduce(&bytes, reading.context.as_bytes());
            let Some(secret) = found_or_shown(found, &reading, helper.profile(), output)? else {
                return Ok(ExitCode::FAILURE);
            };
            write_all(None, &key, &secret)?;
            show(helper.profile(), Ok(&secret), output)?;
        }
        Command::Extend { reading, helper, further_context, out, key } => {
            let helper = read_helper(&helper)?;
            let bytes = read_reading(&reading.reading, helper.profile())?;
            let context = reading.context.as_bytes();
            let found = helper.extend(&bytes, context, further_context.as_bytes(), &mut fresh_rng()?);
            let Some((created, secret)) = found_or_shown(found, &reading, helper.profile(), output)? else {
                return Ok(ExitCode::FAILURE);
            };
            write_all(Some((&out, &created)), &key, &secret)?;
            show(helper.profile(), Ok(&secret), output)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What was found. Where the key is not reproduced it prints that and returns nothing: that is a failed check;
/// everything else is an error.
fn found_or_shown<T>(
    found: Result<T, ExtractorError>,
    reading: &ReadingArgs,
    profile: Profile,
    output: Output,
) -> Result<Option<T>> {
    match found {
        Err(error @ ExtractorError::NotReproduced) => {
            show(profile, Err(&error), output)?;
            Ok(None)
        }
        found => found.map(Some).with_context(|| reading.reading.display().to_string()),
    }
}

fn show(profile: Profile, key: Result<&Key, &ExtractorError>, output: Output) -> Result<()> {
    let answer = Answer {
        profile: profile.name(),
        reproduced: key.is_ok(),
        commitment: key.ok().map(|key| hex::encode(key.commitment())),
        reason: key.err().map(ToString::to_string),
    };
    output.show(&answer, |answer| {
        println!("profile     {}", answer.profile);
        if let Some(commitment) = &answer.commitment {
            println!("commitment  {commitment}");
        }
        if let Some(reason) = &answer.reason {
            println!("{reason}");
        }
    })
}

/// One profile, as listed.
#[derive(Serialize)]
struct Listed {
    name: &'static str,
    reading_bytes: usize,
    code_bits: usize,
    dimension: usize,
    corrected_errors: usize,
    repetition: usize,
    bit_error_rate: f64,
    failure_probability: f64,
    leakage_bits: u32,
    least_min_entropy_rate: f64,
    helper_bytes: usize,
}

fn profiles(output: Output) -> Result<()> {
    let listed = Profile::ALL.map(|profile| Listed {
        name: profile.name(),
        reading_bytes: profile.reading_bytes(),
        code_bits: profile.code_bits(),
        dimension: profile.dimension(),
        corrected_errors: profile.corrected_errors(),
        repetition: profile.repetition(),
        bit_error_rate: profile.noise(),
        failure_probability: profile.failure_probability(profile.noise()),
        leakage_bits: profile.leakage_bits(),
        least_min_entropy_rate: f64::from(profile.least_min_entropy_rate().thousandths()) / 1000.0,
        helper_bytes: profile.helper_bytes(),
    });
    output.show(&listed, |listed| {
        let mut table = table(&[
            "profile",
            "reading",
            "code n, k, t",
            "repeated",
            "noise",
            "keys lost",
            "gives away",
            "min-entropy rate",
            "helper data",
        ]);
        for profile in listed {
            table.add_row([
                profile.name.to_owned(),
                format!("{} bytes", profile.reading_bytes),
                format!("{}, {}, {}", profile.code_bits, profile.dimension, profile.corrected_errors),
                profile.repetition.to_string(),
                format!("{:.0} %", profile.bit_error_rate * 100.0),
                format!("{:.1e}", profile.failure_probability),
                format!("{} bits", profile.leakage_bits),
                format!("{:.3} or more", profile.least_min_entropy_rate),
                format!("{} bytes", profile.helper_bytes),
            ]);
        }
        println!("{table}");
    })
}

fn read_helper(path: &Path) -> Result<HelperData> {
    HelperData::decode(&read(path)?).with_context(|| path.display().to_string())
}

/// The bytes of the file, or what its hexadecimal digits stand for if it does not have the profile's length.
fn read_reading(path: &Path, profile: Profile) -> Result<Zeroizing<Vec<u8>>> {
    let bytes = read(path)?;
    if bytes.len() == profile.reading_bytes() {
        return Ok(bytes);
    }
    let mut digits = Zeroizing::new(Vec::with_capacity(bytes.len()));
    digits.extend(bytes.iter().filter(|byte| !byte.is_ascii_whitespace()));
    Ok(hex::decode(&*digits).map_or(bytes, Zeroizing::new))
}

fn read(path: &Path) -> Result<Zeroizing<Vec<u8>>> {
    // Of a buffer that grows, copies would be left behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_FILE_BYTES + 1));
    File::open(path)
        .and_then(|file| file.take(MAX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes))
        .with_context(|| path.display().to_string())?;
    if bytes.len() > MAX_FILE_BYTES {
        bail!("{}: more than {MAX_FILE_BYTES} bytes, which no reading or helper data has", path.display());
    }
    Ok(bytes)
}

/// Writes helper data and key, or neither.
fn write_all(helper: Option<(&PathBuf, &HelperData)>, key: &KeyArgs, secret: &Key) -> Result<()> {
    if let Some((path, helper)) = helper {
        create(path, &helper.encode(), 0o644)?;
    }
    let Some(path) = &key.key else { return Ok(()) };
    let mut digits = Zeroizing::new(vec![0; 65]);
    hex::encode_to_slice(secret.as_bytes(), &mut digits[..64])?;
    digits[64] = b'\n';
    create(path, &digits, 0o600).inspect_err(|_| {
        // The key is on no disk, so the helper data, which was created above, is of no use to anybody.
        let _ = helper.map(|(path, _)| std::fs::remove_file(path));
    })
}

/// Writes a file that must not be there yet.
fn create(path: &Path, bytes: &[u8], mode: u32) -> Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    let mut file = match options.open(path) {
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            bail!("{} exists already; choose another file or remove it", path.display())
        }
        opened => opened.with_context(|| path.display().to_string())?,
    };
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    written.with_context(|| path.display().to_string()).inspect_err(|_| {
        // Part of a file is of no use.
        let _ = std::fs::remove_file(path);
    })
}

fn parse_profile(name: &str) -> Result<Profile> {
    Profile::from_name(name).ok_or_else(|| {
        let names = Profile::ALL.map(Profile::name).join(", ");
        anyhow!("there is no profile of this name; expected one of {names}")
    })
}

/// A decimal fraction of at most three places, exactly.
fn parse_rate(text: &str) -> Result<MinEntropyRate> {
    let malformed = || anyhow!("expected a number above 0 to 1 with at most three decimals, for example 0.9");
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.len() != 1 || fraction.len() > 3 || !digits(whole) || !digits(fraction) {
        return Err(malformed());
    }
    let thousandths: u16 = format!("{whole}{fraction:0<3}").parse()?;
    MinEntropyRate::from_thousandths(thousandths).map_err(|_| malformed())
}
