//! Consent receipts: who may use which data, for what, from when until when, signed by whoever gave the consent.
//!
//! A [`Receipt`] has one encoding (JCS, RFC 8785) and the signature of its issuer's account (ADR-36), so a wallet can sign it and anybody can
//! check it without a chain. [`SignedReceipt::permits`] says whether a [`Use`] is covered, and otherwise why not. Its
//! [digest](SignedReceipt::digest) is what logs and chains hold: a secret salt inside the receipt keeps others from finding the receipt by
//! trying. [`Revocations`] is a list that the issuer signs; what it can't do is said there. [`grant`] is what a chain has of a receipt.
//!
//! The crate is pure: no I/O and no clock.

mod error;
pub mod grant;
mod receipt;
mod revocations;
mod signed;

pub use bithive_signed::{Digest, Name};
pub use error::ConsentError;
pub use receipt::{
    MAX_DATA, MAX_PURPOSES, MAX_READERS, MAX_RECEIPT_BYTES, MAX_SECONDS, Receipt, ReceiptKind, Use,
    data_digest,
};
pub use revocations::{
    MAX_REVOCATION_BYTES, MAX_REVOKED, Revocations, RevocationsKind, SignedRevocations, read_revocations,
};
pub use signed::{SKEW_SECONDS, SignedReceipt};
