//! `bithive tx`: transactions in files, which are made, signed and sent on different machines.

use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use bithive_chain::{Chain, ChainError, MAX_TX_FILE_BYTES, Sent, TxFile, TxFileError};
use bithive_client::NetworkFile;
use bithive_command_kit::{Output, PasswordArgs, open_keystore};
use bithive_home::{Home, target};
use bithive_keystore::{names, private};
use clap::{Args, Subcommand};
use serde_json::json;

use super::profile::account_of;
use super::shown::{Names, Shown};

/// Transactions in files. A command of the economy makes one with --unsigned FILE, where the chain is; it is signed where the key is, which
/// needs no chain; anybody sends it.
#[derive(Subcommand)]
pub enum Command {
    /// Say what a transaction does, who sends it and what it costs. The exit code is 1 if it has a signature that is not the sender's.
    Show {
        /// File with the transaction, signed or not.
        file: PathBuf,
        /// File of a network, as `bithive deployment export` writes it, for the names of its contracts.
        #[arg(long, value_name = "FILE")]
        network: Option<PathBuf>,
    },
    /// Sign a transaction, after showing what it does, for example: tx sign stake.json --keystore alice.json
    ///
    /// No chain is asked, so that the machine needs no network. Read what is shown: the file may come from anybody.
    Sign(SignArgs),
    /// Send a signed transaction and wait for its block, for example: tx send stake.signed.json --chain http://127.0.0.1:26657
    ///
    /// It takes effect once, however often it is sent. The exit code is 1 if a block has it and it had no effect.
    Send {
        /// File with the signed transaction.
        file: PathBuf,
        /// A chain of the devnet, or the URL of a node's RPC; the chain of the home folder when left out.
        #[arg(long, value_name = "NAME|URL")]
        chain: Option<String>,
    },
}

/// Arguments of `bithive tx sign`.
#[derive(Args)]
pub struct SignArgs {
    /// File with the unsigned transaction.
    file: PathBuf,
    /// Keystore of the account that sends it.
    #[arg(long, value_name = "FILE")]
    keystore: PathBuf,
    /// File to create; by default the name of the unsigned one with .signed before its ending.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Sign messages, too, of which this program can't tell what they do.
    #[arg(long)]
    unknown_messages: bool,
    /// File of the network, as `bithive deployment export` writes it, for the names of its contracts.
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

/// Runs a command.
pub async fn run(command: Command, home: &Path, output: Output) -> Result<ExitCode> {
    match command {
        Command::Show { file, network } => show(&file, network.as_deref(), output),
        Command::Sign(args) => sign(args, output),
        Command::Send { file, chain } => send(&file, chain.as_deref(), home, output).await,
    }
}

fn read(file: &Path) -> Result<TxFile> {
    let named = || file.display().to_string();
    let mut bytes = Vec::new();
    let opened = std::fs::File::open(file).with_context(named)?;
    opened.take(MAX_TX_FILE_BYTES as u64 + 1).read_to_end(&mut bytes).with_context(named)?;
    TxFile::from_json(&bytes).with_context(named)
}

/// Names of the contracts of a network, which has to be the transaction's.
fn names_of(network: Option<&Path>, tx: &TxFile) -> Result<Names> {
    let Some(file) = network else { return Ok(Names::default()) };
    let deployment = NetworkFile::read(file)?.deployment;
    ensure!(
        deployment.chain_id == tx.chain_id(),
        "{} is of {}, and the transaction is for {}",
        file.display(),
        deployment.chain_id,
        tx.chain_id()
    );
    Ok(Names::of(&deployment))
}

fn show(file: &Path, network: Option<&Path>, output: Output) -> Result<ExitCode> {
    let tx = read(file)?;
    let shown = Shown::of(&tx, &names_of(network, &tx)?);
    output.show(&shown, |shown| print!("{shown}"))?;
    Ok(if shown.is_forged() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn sign(args: SignArgs, output: Output) -> Result<ExitCode> {
    let SignArgs { file, keystore, out, unknown_messages, network, password } = args;
    let tx = read(&file)?;
    let out = out.unwrap_or_else(|| signed_name(&file));
    ensure!(
        !out.exists(),
        "{} exists already; choose another name with --out or move it away",
        out.display()
    );
    let shown = Shown::of(&tx, &names_of(network.as_deref(), &tx)?);
    // Before anything is asked for: whoever types the password has read it. With --json the one document comes at the end.
    if output.json {
        eprint!("{shown}");
    } else {
        print!("{shown}");
    }
    if tx.is_signed() {
        return Err(TxFileError::Signed).with_context(|| file.display().to_string());
    }
    if !unknown_messages {
        tx.check_known()?;
    }
    // Nobody types the password of a keystore that is the wrong one.
    let key = account_of(&keystore)?;
    if key != tx.sender().address() {
        return Err(TxFileError::OtherKey { sender: tx.sender().address().into(), key }.into());
    }
    let opened = open_keystore(&keystore, &password.read(&keystore)?)?;
    let signed = tx.sign(&opened.account(names::ACCOUNT)?, unknown_messages)?;
    let hash = signed.signed()?.hash.to_string();
    private::create(&out, signed.to_json()?.as_bytes())?;
    let answer =
        json!({ "signed": out, "transaction": hash, "content": Shown::of(&signed, &Names::default()) });
    output.show(&answer, |_| {
        println!("\nwrote {}: signed, and not sent", out.display());
        println!("`bithive tx send {} --chain URL` sends it, as transaction {hash}", out.display());
    })?;
    Ok(ExitCode::SUCCESS)
}

/// `stake.json` is signed as `stake.signed.json`.
fn signed_name(file: &Path) -> PathBuf {
    match file.extension() {
        Some(extension) => file.with_extension(format!("signed.{}", extension.display())),
        None => file.with_extension("signed"),
    }
}

async fn send(file: &Path, chain: Option<&str>, home: &Path, output: Output) -> Result<ExitCode> {
    let tx = read(file)?;
    // What can be told without a chain first.
    tx.signed().with_context(|| file.display().to_string())?;
    // The embedded chain ends with its home.
    let own;
    let chain: Arc<dyn Chain> = match chain {
        Some(name) => Arc::new(target(name, home).await?.chain),
        None => {
            own = Home::open(home).await?;
            own.local.client.chain().clone()
        }
    };
    let Sent { hash, before, result } =
        tx.send(chain.as_ref()).await.with_context(|| file.display().to_string())?;
    let receipt = result.as_ref().ok();
    let error = result.as_ref().err().map(ToString::to_string);
    let answer = json!({
        "ok": error.is_none(),
        "transaction": hash.to_string(),
        "height": receipt.map(|receipt| receipt.height),
        "gas_used": receipt.map(|receipt| receipt.gas_used),
        "sent_before": before,
        "error": error,
    });
    output.show(&answer, |_| {
        let already = if before { "was sent before, and is sent no second time: it " } else { "" };
        match &result {
            Ok(receipt) => println!("transaction {hash} {already}took effect in block {}", receipt.height),
            Err(error) => {
                println!("transaction {hash} {already}had no effect, and cost its fee: {}", shown(error))
            }
        }
    })?;
    Ok(if error.is_none() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// A contract's words are not this program's.
fn shown(error: &ChainError) -> String {
    bithive_command_kit::printable(&error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_signed_file_has_a_name_of_its_own() {
        for (file, signed) in [("a/stake.json", "a/stake.signed.json"), ("stake", "stake.signed")] {
            assert_eq!(signed_name(Path::new(file)), Path::new(signed));
        }
    }

    #[test]
    fn a_file_that_is_too_large_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large");
        std::fs::write(&file, vec![b' '; MAX_TX_FILE_BYTES + 1]).unwrap();
        assert!(format!("{:#}", read(&file).unwrap_err()).contains("1048576 bytes"));
    }
}
