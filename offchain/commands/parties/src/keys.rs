//! `bithive keys`: keystores, and the words that restore them.

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use bithive_chain::SigningKey;
pub use bithive_command_kit::PasswordArgs;
use bithive_command_kit::{Output, table};
use bithive_exchange::EndpointKey;
use bithive_keystore::{
    Described, Kdf, Keystore, Kind, Mnemonic, PasswordSource, ask, fresh_rng, names, private,
};
use clap::Subcommand;
use serde_json::json;
use zeroize::Zeroizing;

/// How a new password is made expensive to guess.
#[derive(clap::Args)]
pub struct CostArgs {
    /// MiB of memory that one guess at the password takes. Fewer only where the password is random.
    #[arg(long, value_name = "MIB", default_value_t = Kdf::PERSON.memory_kib >> 10)]
    kdf_memory: u32,
}

impl CostArgs {
    fn kdf(&self) -> Result<Kdf> {
        Kdf::with_memory(self.kdf_memory.saturating_mul(1 << 10)).context("--kdf-memory, in KiB")
    }
}

/// Keystores: encrypted files with a party's keys.
#[expect(missing_docs, reason = "a doc comment would be part of the help text")]
#[derive(Subcommand)]
pub enum Command {
    /// Make the keys of a party, and the 24 words that restore them, which are shown once.
    New {
        /// File to create.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// File for the words, which only its owner can read, in place of the terminal.
        #[arg(long, value_name = "FILE")]
        words_out: Option<PathBuf>,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        cost: CostArgs,
    },
    /// Make the keys of a party from its 12 or 24 words, or a keystore with an account's key and a new endpoint.
    Import {
        /// File to create.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
        /// File with the words, which only its owner can read; the terminal is asked by default.
        #[arg(long, value_name = "FILE", conflicts_with = "account_file")]
        words_file: Option<PathBuf>,
        /// File with an account's key, 64 hex digits, which only its owner can read, in place of words.
        #[arg(long, value_name = "FILE")]
        account_file: Option<PathBuf>,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        cost: CostArgs,
    },
    /// Show a secret, at a terminal or in a file that only its owner can read.
    Export {
        /// Path of the keystore.
        keystore: PathBuf,
        /// The entry, as `keys list` names it.
        #[arg(long)]
        name: String,
        /// File to create, instead of showing it at the terminal.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// List the names and public keys in a keystore; no password is needed.
    List {
        /// Path of the keystore.
        keystore: PathBuf,
    },
    /// Change the password of a keystore.
    ChangePassword {
        /// Path of the keystore.
        keystore: PathBuf,
        /// File with the new password, which only its owner can read; the terminal is asked by default.
        #[arg(long, value_name = "FILE")]
        new_password_file: Option<PathBuf>,
        #[command(flatten)]
        password: PasswordArgs,
        #[command(flatten)]
        cost: CostArgs,
    },
}

/// Runs a command on a keystore.
pub fn run(command: Command, output: Output) -> Result<()> {
    match command {
        Command::New { out, words_out, password, cost } => {
            let keystore = new_keystore(&out, words_out.as_deref(), (&password, cost.kdf()?))?;
            listed(&keystore.entries().cloned().collect::<Vec<_>>(), &out, output)
        }
        Command::Import { out, words_file, account_file, password, cost } => {
            refuse_existing(&out)?;
            let keystore = match account_file {
                Some(file) => of_account(&file)?,
                None => Keystore::from_mnemonic(&words(words_file.as_deref())?)?,
            };
            let secret = password.source().read_new(&out)?;
            keystore.create(&out, (&secret, cost.kdf()?), &mut fresh_rng()?)?;
            listed(&keystore.entries().cloned().collect::<Vec<_>>(), &out, output)
        }
        Command::Export { keystore, name, out, password } => {
            if out.is_none() {
                terminal("--out")?;
            }
            let opened = Keystore::open(&keystore, &password.read(&keystore)?)?;
            let secret = match opened.export(&name)? {
                (Kind::Mnemonic, _) => opened.mnemonic(&name)?.words(),
                (_, secret) => secret,
            };
            let Some(file) = out else { return at_terminal(&secret) };
            private::create(&file, line(&secret).as_bytes())?;
            output.show(&json!({ "name": name, "file": file }), |_| println!("wrote {}", file.display()))
        }
        Command::List { keystore } => listed(&Keystore::describe(&keystore)?, &keystore, output),
        Command::ChangePassword { keystore, new_password_file, password, cost } => {
            let opened = Keystore::open(&keystore, &password.read(&keystore)?)?;
            let source = new_password_file.map_or(PasswordSource::Terminal, PasswordSource::File);
            let secret = source.read_new(&keystore)?;
            opened.replace(&keystore, (&secret, cost.kdf()?), &mut fresh_rng()?)?;
            output
                .show(&json!({ "file": keystore }), |_| println!("{} has a new password", keystore.display()))
        }
    }
}

/// Makes the keystore `out` with new keys. Their words go to `words_out`, or to the terminal.
pub(crate) fn new_keystore(
    out: &Path,
    words_out: Option<&Path>,
    (password, kdf): (&PasswordArgs, Kdf),
) -> Result<Keystore> {
    if words_out.is_none() {
        terminal("--words-out")?;
    }
    refuse_existing(out)?;
    let mnemonic = Mnemonic::generate(&mut fresh_rng()?)?;
    let keystore = Keystore::from_mnemonic(&mnemonic)?;
    let secret = password.source().read_new(out)?;
    // The words first: keys without words are worse than words without keys.
    if let Some(file) = words_out {
        private::create(file, line(&mnemonic.words()).as_bytes())?;
    }
    keystore.create(out, (&secret, kdf), &mut fresh_rng()?)?;
    if words_out.is_none() {
        show_once(&mnemonic)?;
    }
    Ok(keystore)
}

fn refuse_existing(file: &Path) -> Result<()> {
    if file.exists() {
        bail!("--out: {} exists already; choose another name or move it away", file.display());
    }
    Ok(())
}

/// Secrets appear at a terminal only: a pipe could end anywhere.
fn terminal(option: &str) -> Result<()> {
    if std::io::stdout().is_terminal() {
        return Ok(());
    }
    bail!(
        "standard output is not a terminal, and secrets are shown at a terminal only; expected {option} FILE"
    )
}

fn show_once(mnemonic: &Mnemonic) -> Result<()> {
    println!(
        "Write these words down and keep them where nobody else finds them. They are not shown again.\n"
    );
    at_terminal(&mnemonic.words())?;
    println!();
    Ok(())
}

fn at_terminal(secret: &Zeroizing<String>) -> Result<()> {
    let mut out = std::io::stdout().lock();
    Ok(out.write_all(line(secret).as_bytes()).and_then(|()| out.flush())?)
}

fn line(secret: &Zeroizing<String>) -> Zeroizing<String> {
    let mut line = Zeroizing::new(String::with_capacity(secret.len() + 1));
    line.push_str(secret);
    line.push('\n');
    line
}

/// Most bytes of a file with words or a key.
const MOST_BYTES: usize = 4 << 10;

fn words(file: Option<&Path>) -> Result<Mnemonic> {
    let Some(file) = file else {
        return Ok(Mnemonic::parse(ask("The 12 or 24 words, on one line: ")?.reveal())?);
    };
    let bytes = private::read(file, MOST_BYTES)?;
    let text =
        std::str::from_utf8(&bytes).with_context(|| format!("{} is not UTF-8 text", file.display()))?;
    Mnemonic::parse(text).with_context(|| file.display().to_string())
}

fn of_account(file: &Path) -> Result<Keystore> {
    let bytes = private::read(file, MOST_BYTES)?;
    let mut secret = Zeroizing::new([0; 32]);
    hex::decode_to_slice(bytes.trim_ascii(), &mut *secret)
        .map_err(|_| anyhow::anyhow!("{}: expected 64 hex digits", file.display()))?;
    let key = SigningKey::from_bytes(&secret).with_context(|| file.display().to_string())?;
    let mut keystore = Keystore::new();
    keystore.insert_account(names::ACCOUNT, &key)?;
    // Without words there is nothing to derive it from.
    keystore.insert_endpoint(names::ENDPOINT, &EndpointKey::generate(&mut fresh_rng()?))?;
    Ok(keystore)
}

fn listed(entries: &[Described], file: &Path, output: Output) -> Result<()> {
    let kdf = Keystore::costs(file)?;
    let answer = json!({ "file": file, "kdf": kdf, "entries": entries });
    output.show(&answer, |_| {
        let mut rows = table(&["entry", "kind", "public"]);
        for entry in entries {
            rows.add_row([entry.name.clone(), entry.kind.to_string(), entry.public.clone()]);
        }
        println!("{rows}\n{}, {} MiB of memory for each guess", file.display(), kdf.memory_kib >> 10);
    })
}
