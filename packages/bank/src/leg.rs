//! What a bank says of the payment of an order, and how the order ends.

use bithive_signed::Digest;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::amount::Money;
use crate::iban::Iban;
use crate::id::EndToEndId;
use crate::order::Order;
use crate::report::{AccountReport, Entry, Report, Span, Status};
use crate::time::Date;

/// First bytes of what is hashed: the purpose of the digest, and the version of its form.
const PURPOSE: &str = "BitHive bank entry, version 1\n";

/// An entry of a bank account that pays an order exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    /// The account that is meant.
    pub iban: Iban,
    /// What came with the payment from end to end.
    pub end_to_end: EndToEndId,
    /// How much was booked.
    pub money: Money,
    /// Day of the booking.
    pub booked: Date,
    /// The bank's reference, if it gives one.
    pub reference: Option<String>,
}

impl Entered {
    /// What names the entry, whichever messages it stands in. An entry pays one order.
    #[must_use]
    pub fn digest(&self) -> Digest {
        let Self { iban, end_to_end, money, booked, reference } = self;
        let reference = reference.as_deref().unwrap_or_default();
        let text = format!("{PURPOSE}{iban}\n{end_to_end}\n{money}\n{booked}\n{reference}\n");
        Digest(Sha256::digest(text).into())
    }
}

/// What messages of a bank say of the payment of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Finding {
    /// Entries that pay it exactly, the oldest first. More than one means that it was paid again, which is to be given back.
    pub paid: Vec<Entered>,
    /// Payments with its identifier of other amounts or currencies.
    pub other: Vec<Money>,
    /// Whether a payment with its identifier is announced and not booked.
    pub pending: bool,
    /// Whether a payment with its identifier was taken back, or is to be.
    pub reversed: bool,
    /// Whether a payment with its identifier is among several of one entry, without an amount of its own.
    pub unclear: bool,
    /// Times of which nothing is missing of the account, by their beginning.
    pub spans: Vec<Span>,
    /// Names of the banks that say so, and what they add.
    pub said_by: Vec<String>,
}

/// What messages of a bank say of the payment of an order, on the account of who is paid. An entry pays it if it has its identifier, exactly its
/// amount in its currency, is booked, and adds to the account; one that takes back another never does.
#[must_use]
pub fn find(order: &Order, reports: &[Report]) -> Finding {
    let mut finding = Finding::default();
    for report in reports {
        for account in &report.accounts {
            if account.iban.as_ref() == Some(order.creditor.iban()) {
                of_account(order, report, account, &mut finding);
            }
        }
    }
    finding.paid.sort_by_key(|entered| entered.booked);
    finding.spans.sort_by_key(|span| (span.from, span.until));
    finding
}

fn of_account(order: &Order, report: &Report, account: &AccountReport, finding: &mut Finding) {
    finding.spans.extend(report.span(account));
    for name in account.servicer.iter().chain(&report.note) {
        if !finding.said_by.contains(name) {
            finding.said_by.push(name.clone());
        }
    }
    for entry in &account.entries {
        of_entry(order, report, entry, finding);
    }
}

fn of_entry(order: &Order, report: &Report, entry: &Entry, finding: &mut Finding) {
    let id = order.end_to_end.to_string();
    for payment in entry.payments.iter().filter(|payment| payment.end_to_end.as_deref() == Some(id.as_str()))
    {
        if entry.reversal || payment.returned || !payment.credit.unwrap_or(entry.credit) {
            finding.reversed = true;
            continue;
        }
        if entry.status != Status::Booked {
            finding.pending = true;
            continue;
        }
        // What is booked of a payment alone is the entry's amount, whatever was sent; of several each has its own.
        let alone = entry.payments.len() == 1;
        let Some(money) = (if alone { Some(entry.amount) } else { payment.amount }) else {
            finding.unclear = true;
            continue;
        };
        if money != order.money {
            finding.other.push(money);
            continue;
        }
        let entered = Entered {
            iban: order.creditor.iban().clone(),
            end_to_end: order.end_to_end,
            money,
            booked: entry.booked.unwrap_or_else(|| Date::of(report.created)),
            reference: entry.reference.clone(),
        };
        if !finding.paid.contains(&entered) {
            finding.paid.push(entered);
        }
    }
}

/// The payment of an order, as who is paid knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Leg {
    /// The entry that pays it.
    pub entry: Entered,
    /// Until when it is not relied on, in Unix seconds: the hold of the rail from the end of the day on which it was booked.
    pub held_until: u64,
    /// Until when nothing is missing of the account from the day of the entry on, in Unix seconds.
    pub seen_until: u64,
    /// The balance of the account then, and whether it is the customer's, as far as it is known.
    pub balance: Option<(Money, bool)>,
    /// Whether it was taken back. That stays.
    pub reversed: bool,
}

/// Why an order does not end so.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReceiptError {
    /// The payment was taken back.
    #[error("the payment was taken back by the bank; nothing is released")]
    Reversed,
    /// The payment may be recalled yet.
    #[error("the payment is held until {until} (Unix seconds), because it may be recalled; it is {now} now")]
    Held {
        /// End of the hold.
        until: u64,
        /// Time of the chain.
        now: u64,
    },
    /// Nobody has looked whether it was recalled.
    #[error(
        "the statements that were read without a gap end at {seen} (Unix seconds), and the hold at {until}; read a later camt.053 with `ramp confirm`"
    )]
    Unseen {
        /// End of the statements.
        seen: u64,
        /// End of the hold.
        until: u64,
    },
    /// It has ended the other way.
    #[error("the order has its receipt: {ended}; an order has one")]
    Ended {
        /// The receipt that it has.
        ended: &'static str,
    },
}

impl Leg {
    /// The payment of an order by an entry.
    #[must_use]
    pub fn new(order: &Order, entry: Entered) -> Self {
        let (seen_until, hold) = (entry.booked.ends(), order.rail.hold());
        Self {
            entry,
            held_until: seen_until.saturating_add(hold),
            seen_until,
            balance: None,
            reversed: false,
        }
    }

    /// What messages add, in any order of their files. A statement goes on where the one before ends: from the same second, or with the same balance, so
    /// that whatever was booked between sums to nothing.
    pub fn learn(&mut self, finding: &Finding) {
        self.reversed |= finding.reversed;
        for span in &finding.spans {
            let goes_on =
                span.from <= self.seen_until || (self.balance.is_some() && span.opening == self.balance);
            if goes_on && span.until > self.seen_until {
                (self.seen_until, self.balance) = (span.until, span.closing);
            }
        }
    }

    /// Whether who is paid releases the asset for it at `now`, in Unix seconds: the hold is over, a statement of all of it was read, and nothing
    /// was taken back.
    ///
    /// # Errors
    /// [`ReceiptError`].
    pub fn expect_final(&self, now: u64) -> Result<(), ReceiptError> {
        let (until, seen) = (self.held_until, self.seen_until);
        if self.reversed {
            return Err(ReceiptError::Reversed);
        }
        if now < until {
            return Err(ReceiptError::Held { until, now });
        }
        if seen < until { Err(ReceiptError::Unseen { seen, until }) } else { Ok(()) }
    }
}

/// How an order has ended: by one of its two legs, never by both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "leg", deny_unknown_fields)]
pub enum Receipt {
    /// The asset is again with who had put it in; nothing was paid at a bank, or it is to be given back.
    Asset {
        /// Digest of the order.
        order: Digest,
        /// Number of the agreement.
        agreement: u64,
    },
    /// The bank money was paid, as those who released the asset attest.
    Bank {
        /// Digest of the order.
        order: Digest,
        /// Number of the agreement.
        agreement: u64,
        /// Digest of the entry, with who has read it.
        entry: Option<Digest>,
    },
}

impl Receipt {
    /// What it says, for people.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Asset { .. } => "the asset was refunded",
            Self::Bank { .. } => "the bank money was attested, and the asset released",
        }
    }
}

/// The receipt of an order that has `present`, if `new` is stated as well: the first one stays, and one of the other leg is refused.
///
/// # Errors
/// [`ReceiptError::Ended`].
pub fn settle(present: Option<Receipt>, new: Receipt) -> Result<Receipt, ReceiptError> {
    match (present, new) {
        (None, new) => Ok(new),
        (Some(present @ Receipt::Asset { .. }), Receipt::Asset { .. })
        | (Some(present @ Receipt::Bank { .. }), Receipt::Bank { .. }) => Ok(present),
        (Some(present), _) => Err(ReceiptError::Ended { ended: present.name() }),
    }
}
