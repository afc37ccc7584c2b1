//! What this machine knows of orders: which there are, what pays them, and how they ended.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail, ensure};
use bithive_bank::limits::MAX_ORDER_BYTES;
use bithive_bank::{EndToEndId, Entered, Leg, Order, Receipt, settle};
use bithive_command_kit::input;
use bithive_signed::Digest;
use bithive_state::State;
use serde::{Deserialize, Serialize};

/// File of the book, in the home folder.
const BOOK: &str = "ramp.redb";
/// Records of orders, by the identifier of their payment.
const ORDERS: &str = "order/";
/// Which order an entry pays, by the digest of the entry.
const ENTRIES: &str = "entry/";
/// How an order has ended, by its digest.
const RECEIPTS: &str = "receipt/";

/// An order, and what happened with it.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Record {
    pub(super) order: Order,
    /// Number of its agreement, once it was seen.
    pub(super) agreement: Option<u64>,
    /// File with the message that pays it.
    pub(super) message: Option<PathBuf>,
    /// Its payment, with who is paid.
    pub(super) leg: Option<Leg>,
}

/// The records, in a file that one process has at a time. An older copy in its place is noticed.
pub(super) struct Book(State);

impl Book {
    /// Opens the book, or makes a new one.
    pub(super) fn open(file: Option<PathBuf>, home: &Path) -> Result<Self> {
        let file = file.unwrap_or_else(|| home.join(BOOK));
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).with_context(|| folder.display().to_string())?;
        }
        Ok(Self(State::open(&file)?))
    }

    /// The order that a file or an identifier names. One that is in a file need not be in the book.
    pub(super) fn named(&self, text: &str) -> Result<Record> {
        let file = Path::new(text);
        if !file.is_file() {
            let id: EndToEndId =
                text.parse().with_context(|| format!("{text:?} is no file of an order, either"))?;
            return self.get(id)?.with_context(|| format!("order {id} is not in the book of this machine"));
        }
        let order = read(file)?;
        let known = self.get(order.end_to_end)?;
        let Some(known) = known else { return Ok(Record::new(order)) };
        ensure!(
            known.order == order,
            "another order has the identifier {}; an identifier is for one order",
            order.end_to_end
        );
        Ok(known)
    }

    fn get(&self, id: EndToEndId) -> Result<Option<Record>> {
        Ok(self.0.get(&format!("{ORDERS}{id}"))?)
    }

    /// All orders that are known.
    pub(super) fn all(&self) -> Result<Vec<Record>> {
        let names = self.0.names(ORDERS)?;
        names.iter().filter_map(|name| self.0.get(name).transpose()).map(|record| Ok(record?)).collect()
    }

    /// Writes what is known of an order. Its identifier is for no other one.
    pub(super) fn keep(&self, record: &Record) -> Result<()> {
        let name = format!("{ORDERS}{}", record.order.end_to_end);
        let there: Record = self.0.put_once(&name, record)?;
        ensure!(
            there.order == record.order,
            "another order has the identifier {}; an identifier is for one order",
            record.order.end_to_end
        );
        Ok(self.0.put(&name, record)?)
    }

    /// Has an entry pay an order, and no other one ever.
    pub(super) fn use_entry(&self, entry: &Entered, order: Digest) -> Result<()> {
        let there: Digest = self.0.put_once(&format!("{ENTRIES}{}", entry.digest()), &order)?;
        ensure!(there == order, "the entry has paid another order ({there}); an entry pays once");
        Ok(())
    }

    /// How an order has ended, if it has.
    pub(super) fn receipt(&self, order: &Order) -> Result<Option<Receipt>> {
        Ok(self.0.get(&format!("{RECEIPTS}{}", order.digest()?))?)
    }

    /// Writes how an order has ended. It ends once.
    pub(super) fn settle(&self, order: &Order, receipt: Receipt) -> Result<Receipt> {
        let receipt = settle(self.receipt(order)?, receipt)?;
        let there = self.0.put_once(&format!("{RECEIPTS}{}", order.digest()?), &receipt)?;
        Ok(settle(Some(there), receipt)?)
    }

    /// Nothing is done any more with an order that has ended.
    pub(super) fn expect_open(&self, order: &Order) -> Result<()> {
        match self.receipt(order)? {
            None => Ok(()),
            Some(receipt) => bail!("order {} has ended: {}", order.end_to_end, receipt.name()),
        }
    }
}

impl Record {
    pub(super) const fn new(order: Order) -> Self {
        Self { order, agreement: None, message: None, leg: None }
    }
}

/// Reads the file of an order.
pub(super) fn read(file: &Path) -> Result<Order> {
    let bytes = input::read(file, MAX_ORDER_BYTES)?;
    Order::read(&bytes).with_context(|| file.display().to_string())
}
