//! What `bithive ramp` is given.

use std::path::PathBuf;

use anyhow::Result;
use bithive_bank::{Iban, Money, Party, Rail};
use clap::{ArgGroup, Args};

use super::currency::{Currency, currency};

/// A new order.
#[derive(Args)]
#[command(group = ArgGroup::new("side").args(["buy", "sell"]).required(true))]
pub struct OrderArgs {
    /// Wallet of the customer.
    #[arg(long)]
    pub(super) from: String,
    /// Number of the agent's listing (`listing list --category ramps`).
    #[arg(long)]
    pub(super) listing: u64,
    /// Buy the asset: you pay at a bank.
    #[arg(long)]
    pub(super) buy: bool,
    /// Sell the asset: the agent pays you at a bank.
    #[arg(long)]
    pub(super) sell: bool,
    /// Amount of the asset.
    #[arg(long, allow_negative_numbers = true)]
    pub(super) amount: String,
    /// The asset, in which the agent's bond has to be, too: btt, btk, sky, native:DENOMINATION or cw20:ADDRESS.
    #[arg(long, default_value = "btt", value_parser = currency)]
    pub(super) asset: Currency,
    /// What is paid at a bank, such as '46.25 EUR'.
    #[arg(long, value_name = "AMOUNT CURRENCY")]
    pub(super) money: Money,
    /// How it is paid: sepa, sepa-instant or urgent. SEPA is held for 20 days, because it can be recalled, instant or not; urgent for a day.
    #[arg(long)]
    pub(super) rail: Rail,
    /// Name of who is paid, as the bank has it: yours when you sell, the agent's when you buy.
    #[arg(long)]
    name: String,
    /// Account of who is paid.
    #[arg(long)]
    iban: Iban,
    /// Bank of that account, where the rail needs it.
    #[arg(long)]
    bic: Option<String>,
    /// Account that decides with you or with the agent where the other does not.
    #[arg(long)]
    pub(super) arbiter: String,
    /// Days in which the payment has to be given to a bank, from when the asset is in the agreement.
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=7))]
    pub(super) days: u64,
    /// New file for the order. It has a name and an account number: it is for the agent and the arbiter.
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// File of what is known of orders; `ramp.redb` in the home folder when left out.
    #[arg(long, value_name = "FILE")]
    pub(super) book: Option<PathBuf>,
}

impl OrderArgs {
    /// Who is paid at a bank.
    pub(super) fn creditor(&self) -> Result<Party> {
        Ok(Party::new(self.name.clone(), self.iban.clone(), self.bic.clone())?)
    }
}

/// The message of a payment.
#[derive(Args)]
pub struct PayArgs {
    /// File or identifier of the order.
    pub(super) order: String,
    /// Wallet of who pays at the bank and gets the asset.
    #[arg(long)]
    pub(super) from: String,
    /// Your name, as your bank has it.
    #[arg(long)]
    name: String,
    /// Number of your account.
    #[arg(long)]
    iban: Iban,
    /// Your bank, where the rail needs it.
    #[arg(long)]
    bic: Option<String>,
    /// New file for the message.
    #[arg(long, value_name = "FILE")]
    pub(super) out: PathBuf,
    /// File of what is known of orders; `ramp.redb` in the home folder when left out.
    #[arg(long, value_name = "FILE")]
    pub(super) book: Option<PathBuf>,
}

impl PayArgs {
    /// Who pays at a bank.
    pub(super) fn debtor(&self) -> Result<Party> {
        Ok(Party::new(self.name.clone(), self.iban.clone(), self.bic.clone())?)
    }
}
