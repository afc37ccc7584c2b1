//! Bank money: the messages by which a customer and its bank speak (ISO 20022), and orders that exchange bank money for an asset of a chain.
//!
//! Of ISO 20022 there are three messages, each in the version that European banks exchange: [`Transfer`] is `pain.001.001.09`, by
//! which a customer asks its bank to pay; [`Report`] is `camt.053.001.08`, a statement, or `camt.054.001.08`, a notification of single
//! entries. A reader takes what the schemas of these messages allow and nothing else, within bounds; elements that are not needed are
//! passed over where the schema has them. Amounts are whole numbers of the smallest unit of their [`Currency`].
//!
//! An [`Order`] says who pays whom how much by which [`Rail`], and which asset an agreement of the `escrow` contract holds for it.
//! [`cover`] is whether the bond of an agent covers its orders. [`Leg`] is what a bank says of an order's payment, and [`Receipt`] how
//! the order has ended.
//!
//! No message here is signed. Whoever believes a statement believes the way on which it came from the bank. Nothing here moves bank
//! money, and no rule of a program binds a bank: a payment that was credited can be recalled.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss
    )
)]

mod agreement;
mod amount;
mod camt;
mod cover;
mod currency;
mod element;
mod error;
mod iban;
mod id;
mod leg;
pub mod limits;
mod order;
mod pain;
mod parse;
mod party;
mod rail;
mod report;
mod schema;
mod time;
mod transfer;
mod value;
mod write;

pub use agreement::{Mismatch, expect_agreement, pay_by, terms};
pub use amount::{Money, MoneyError};
pub use camt::{read_report, write_report};
pub use cover::{Bond, CATEGORY, Exposure, Uncovered, cover, exposure};
pub use currency::{Currency, CurrencyError};
pub use error::BankError;
pub use iban::{Iban, IbanError};
pub use id::{EndToEndId, IdError};
pub use leg::{Entered, Finding, Leg, Receipt, ReceiptError, find, settle};
pub use order::{Order, OrderError, OrderKind, Side};
pub use pain::{read_transfers, write_transfer};
pub use party::{Party, PartyError};
pub use rail::{Rail, RailError};
pub use report::{AccountReport, Balance, Entry, Payment, Report, ReportKind, Span, Status};
pub use time::{Date, DateError, instant, instant_text};
pub use transfer::Transfer;
