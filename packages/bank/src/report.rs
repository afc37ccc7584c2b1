//! What a bank tells a customer of an account.

use crate::amount::Money;
use crate::iban::Iban;
use crate::time::Date;

/// Which message it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportKind {
    /// A statement, `camt.053.001.08`: all entries of a time, between two balances.
    Statement,
    /// A notification, `camt.054.001.08`: single entries.
    Notification,
}

/// A statement or notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Report {
    /// Which message it is.
    pub kind: ReportKind,
    /// Identifier of the message, 1 to 35 characters.
    pub message: String,
    /// When the bank made it, in Unix seconds.
    pub created: u64,
    /// What the bank adds for people.
    pub note: Option<String>,
    /// What it says of each account.
    pub accounts: Vec<AccountReport>,
}

/// What is said of one account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountReport {
    /// Identifier of the statement or notification, 1 to 35 characters.
    pub id: String,
    /// Whether it is all of it, and not a page of several.
    pub whole: bool,
    /// First and last second that it is about, in Unix seconds, if it says so.
    pub period: Option<(u64, u64)>,
    /// The account; none where it has no IBAN.
    pub iban: Option<Iban>,
    /// Name of the bank, if it says so.
    pub servicer: Option<String>,
    /// Balances; a notification has none.
    pub balances: Vec<Balance>,
    /// What was booked or is to be.
    pub entries: Vec<Entry>,
}

/// A balance of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Code, such as `OPBD` and `CLBD`: booked, at the opening and the close.
    pub code: String,
    /// The amount of it.
    pub amount: Money,
    /// Whether it is the customer's; else the bank's.
    pub credit: bool,
    /// Day that it is of.
    pub date: Date,
}

/// Where an entry stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Status {
    /// `BOOK`: it is on the account.
    Booked,
    /// Anything else, such as `PDNG`, expected, and `INFO`.
    Other(String),
}

/// An entry of an account: one payment, or several that were booked together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The bank's reference of it.
    pub reference: Option<String>,
    /// The amount of it.
    pub amount: Money,
    /// Whether it is added to the account; else it is taken from it.
    pub credit: bool,
    /// Whether it takes back an earlier one.
    pub reversal: bool,
    /// Where it stands.
    pub status: Status,
    /// Day on which it was booked.
    pub booked: Option<Date>,
    /// The payments in it.
    pub payments: Vec<Payment>,
}

/// A payment of an entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Payment {
    /// What goes with it from end to end, as the bank has it: any text.
    pub end_to_end: Option<String>,
    /// How much, where that is not the entry's amount.
    pub amount: Option<Money>,
    /// Its direction, where that is not the entry's.
    pub credit: Option<bool>,
    /// Whether it is a payment that was returned.
    pub returned: bool,
}

/// What a statement leaves out nothing of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// First second, in Unix seconds.
    pub from: u64,
    /// The second after the last, in Unix seconds.
    pub until: u64,
    /// Balance at the opening, and whether it is the customer's.
    pub opening: Option<(Money, bool)>,
    /// Balance at the close.
    pub closing: Option<(Money, bool)>,
}

impl Report {
    /// Of which time nothing is missing of an account in this message: its period, or the days from its opening to its closing balance, and nothing
    /// after the message was made. None of a notification, which is of single entries, and of one of several pages.
    #[must_use]
    pub fn span(&self, account: &AccountReport) -> Option<Span> {
        if self.kind == ReportKind::Notification || !account.whole {
            return None;
        }
        let balance = |code| account.balances.iter().find(|balance| balance.code == code);
        let (opening, closing) = (balance("OPBD"), balance("CLBD"));
        let (from, until) = match (account.period, opening, closing) {
            (Some((first, last)), _, _) => (first, last.saturating_add(1)),
            (None, Some(opening), Some(closing)) => (opening.date.begins(), closing.date.ends()),
            (None, _, _) => return None,
        };
        let of = |balance: Option<&Balance>| balance.map(|balance| (balance.amount, balance.credit));
        Some(Span { from, until: until.min(self.created), opening: of(opening), closing: of(closing) })
    }
}
