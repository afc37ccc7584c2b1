//! A credit transfer that a customer asks its bank for.

use crate::amount::Money;
use crate::id::EndToEndId;
use crate::party::Party;
use crate::rail::Rail;
use crate::time::Date;

/// A credit transfer. Its message has the identifier of the payment: a bank refuses a message whose identifier it has had, so that what is sent
/// again is not paid again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// When the message was made, in Unix seconds.
    pub created: u64,
    /// Day on which the bank is to pay.
    pub execution: Date,
    /// Who pays at a bank.
    pub debtor: Party,
    /// Who is paid.
    pub creditor: Party,
    /// The amount of it.
    pub amount: Money,
    /// What goes with the payment from end to end.
    pub end_to_end: EndToEndId,
    /// How it goes.
    pub rail: Rail,
}
