//! Questions to a person at the terminal, for what the command line does not say.

use std::io::{BufRead as _, IsTerminal as _, Write as _};
use std::str::FromStr;

use anyhow::{Context, Result};

use super::args::SetupArgs;

/// Asks for what is missing, where there is a terminal; elsewhere what is missing is an error later.
pub(super) fn complete(args: &mut SetupArgs) -> Result<()> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        return Ok(());
    }
    if args.network.is_none() && args.contract.is_none() {
        let file: String = question("File of the network (enter: find it by the address of a contract)", "")?;
        if file.is_empty() {
            args.contract = Some(question("Address of the job market or of the registry", "")?);
        } else {
            args.network = Some(file.into());
        }
    }
    if args.contract.is_some() && args.chain.is_none() {
        args.chain = Some(question("RPC server of the chain", "http://127.0.0.1:26657")?);
    }
    if args.contract.is_some() && args.reference_string.is_none() && args.role.needs_reference_string() {
        args.reference_string = Some(question("File or URL with the reference string", "crs.bin")?);
    }
    if args.dir.is_none() {
        args.dir = Some(question::<String>("Folder for the party's files", args.role.name())?.into());
    }
    Ok(())
}

/// Asks until the answer can be read; an empty one is the default.
fn question<T: FromStr<Err: std::fmt::Display>>(text: &str, default: &str) -> Result<T> {
    loop {
        let shown = if default.is_empty() { String::new() } else { format!(" [{default}]") };
        eprint!("{text}{shown}: ");
        std::io::stderr().flush()?;
        let mut line = String::new();
        let read = std::io::stdin().lock().read_line(&mut line)?;
        (read > 0).then_some(()).context("standard input ended before every question was answered")?;
        let answer = match line.trim() {
            "" => default,
            given => given,
        };
        match answer.parse() {
            Ok(value) => return Ok(value),
            Err(error) => eprintln!("{answer:?}: {error}"),
        }
    }
}
