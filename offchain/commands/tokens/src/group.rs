//! Running a command on a network, and writing the transaction that it makes for somebody else to sign.

use std::future::Future;
use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};
use bithive_chain::{ChainError, TxFile};
use bithive_command_kit::Output;
use bithive_keystore::private;
use serde_json::json;

use super::network::{NetworkArgs, On};
use super::unsigned::{Transactions, Transacts, UnsignedArgs};

/// Runs a command of a group. With --unsigned its transaction is written to the file, and nothing is sent.
///
/// # Errors
/// Those of the command; with --unsigned a command that sends no transaction or several, and a file that is there.
pub async fn run<C, T, F>(on: On<C>, output: Output, command: impl FnOnce(On<C>) -> F) -> Result<T>
where
    C: clap::Subcommand + Transacts,
    T: Default,
    F: Future<Output = Result<T>>,
{
    let (options, transactions) = (on.network.unsigned.clone(), on.command.transactions());
    run_or_write(&options, transactions, output, command(on)).await
}

/// Runs a command that is of no group and sends `transactions` on the network that is meant. With --unsigned its transaction is
/// written to the file, and nothing is sent.
///
/// # Errors
/// As [`run`].
pub async fn run_on<T: Default>(
    network: &NetworkArgs,
    transactions: Transactions,
    output: Output,
    command: impl Future<Output = Result<T>>,
) -> Result<T> {
    run_or_write(&network.unsigned, transactions, output, command).await
}

async fn run_or_write<T: Default>(
    options: &UnsignedArgs,
    transactions: Transactions,
    output: Output,
    command: impl Future<Output = Result<T>>,
) -> Result<T> {
    let Some(file) = options.unsigned.clone() else {
        ensure!(
            options.gas.is_none() && options.timeout_height.is_none(),
            "--gas and --timeout-height are for transactions that are signed elsewhere; expected --unsigned FILE with them"
        );
        return command.await;
    };
    match transactions {
        Transactions::One => {}
        Transactions::None => bail!("--unsigned: this command sends no transaction"),
        Transactions::Several(instead) => {
            bail!("--unsigned: this command sends several transactions; {instead}")
        }
    }
    ensure!(
        !file.exists(),
        "--unsigned: {} exists already; choose another name or move it away",
        file.display()
    );
    let error = match command.await {
        Err(error) => error,
        Ok(answer) => {
            eprintln!("no transaction was needed; {} is not written", file.display());
            return Ok(answer);
        }
    };
    match error.downcast_ref() {
        Some(ChainError::Unsigned { transaction }) => write(&file, transaction, output)?,
        _ => return Err(error),
    }
    Ok(T::default())
}

fn write(file: &Path, transaction: &str, output: Output) -> Result<()> {
    let tx = TxFile::from_json(transaction.as_bytes()).context("the transaction that was made")?;
    private::create(file, transaction.as_bytes())?;
    let (sender, sequence) = (tx.sender().address(), tx.account().sequence);
    let answer = json!({
        "unsigned": file,
        "chain_id": tx.chain_id(),
        "sender": sender,
        "sequence": sequence,
        "gas_limit": tx.gas_limit(),
        "fee": tx.fee(),
        "timeout_height": tx.timeout_height(),
    });
    output.show(&answer, |_| {
        let file = file.display();
        println!(
            "wrote {file}: a transaction of {sender} on {}, which is not signed and not sent",
            tx.chain_id()
        );
        println!("`bithive tx sign {file} --keystore KEYSTORE` signs it where the key is");
        println!("it can be sent until the account has sent another one (sequence {sequence})");
    })
}
