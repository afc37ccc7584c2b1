//! Documents that an account signs with its wallet, and that anybody checks without a chain.
//!
//! [`canonical`] gives a document one encoding (JCS, RFC 8785). [`adr36`] says which bytes a wallet signs for a text. [`Signed`] puts both
//! together: a JSON document, and the signature of an account over its canonical text. [`Digest`] is how such
//! documents name others, [`Name`] how they name people and reasons without personal data. [`voucher`] is the text of a payment that a channel's
//! key signs, [`report`] that of a price.

pub mod adr36;
pub mod canonical;
mod digest;
mod name;
pub mod report;
mod signed;
pub mod voucher;

pub use digest::{Digest, DigestError};
pub use name::{Name, NameError};
pub use signed::{Signature, SignatureError, Signed, account_of};
