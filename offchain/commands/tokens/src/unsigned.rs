//! Transactions that somebody else signs: what a command makes in place of sending it.

use std::path::PathBuf;

use bithive_chain::Wallet;

/// Whether the transaction of a command goes to a file.
#[derive(Clone, clap::Args)]
pub(super) struct UnsignedArgs {
    /// Write the transaction to this file, without a signature, and send nothing. The sender's address is enough, its key is not needed:
    /// `bithive tx sign` signs the file where the key is, `bithive tx send` sends it.
    #[arg(long, value_name = "FILE", global = true)]
    pub(super) unsigned: Option<PathBuf>,
    /// Gas limit of the transaction of --unsigned; by simulation when left out.
    #[arg(long, value_name = "UNITS", global = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) gas: Option<u64>,
    /// Last height of a block that may include the transaction of --unsigned; any when left out.
    #[arg(long, value_name = "HEIGHT", global = true, value_parser = clap::value_parser!(u64).range(1..))]
    pub(super) timeout_height: Option<u64>,
}

/// How transactions are made that somebody else signs.
#[derive(Clone, Copy)]
pub(super) struct Draft {
    gas: Option<u64>,
    timeout_height: u64,
}

impl UnsignedArgs {
    /// None where transactions are signed and sent.
    pub(super) fn draft(&self) -> Option<Draft> {
        let timeout_height = self.timeout_height.unwrap_or(0);
        self.unsigned.as_ref().map(|_| Draft { gas: self.gas, timeout_height })
    }
}

impl Draft {
    /// A wallet that makes them so.
    pub(super) fn wallet(self, wallet: Wallet) -> Wallet {
        let wallet = wallet.with_timeout_height(self.timeout_height);
        match self.gas {
            Some(gas) => wallet.with_gas_limit(gas),
            None => wallet,
        }
    }
}

/// How many transactions a command sends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transactions {
    /// It only shows something, or works on files.
    None,
    /// One at most, which depends on no other.
    One,
    /// More than one, or it can be; the text says what to do in place of that, after "this command sends several transactions".
    Several(&'static str),
}

/// Commands that send transactions.
pub trait Transacts {
    /// How many this one sends.
    fn transactions(&self) -> Transactions;
}
