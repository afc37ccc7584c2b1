//! x402 version 2: HTTP requests that are paid for, one by one.
//!
//! A server answers an unpaid request with status 402 and a [`PaymentRequired`]. The client sends the request again with a [`Payment`],
//! and the reply has a [`Settled`]. Each is JSON in base64 in a header of its own ([`header`]); networks are named as CAIP-2 has it
//! ([`network`]). Source: `specs/x402-specification-v2.md` and `specs/transports-v2/http.md` of coinbase/x402.
//!
//! There are two schemes. By `batch-settlement` the client has a flow by vouchers (contract `flows`) to the server's account, and pays with a
//! [`Voucher`] for all that it owes so far. [`Book`] has the server's rules: one amount pays for one request, and a repetition of
//! that request gets the kept reply. By `exact` each request has a payment of its own on the chain (contract `checkout`), under a key that is
//! made of the request ([`Order`]). [`Terms`] has the client's rules: what it pays at most, to whom, and on which chain. A further scheme is
//! one more variant of [`Proof`].
//!
//! The crate is pure: sockets, files and chains are in `bithive-door`.
#![cfg_attr(
    not(test),
    deny(
        clippy::arithmetic_side_effects,
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        clippy::cast_sign_loss,
        clippy::indexing_slicing
    )
)]

mod amount;
mod book;
mod error;
pub mod header;
pub mod network;
mod order;
mod payment;
mod request;
mod required;
mod settled;
mod signature;
mod terms;

pub use amount::Amount;
pub use bithive_signed::{Digest, DigestError};
pub use book::{Book, FlowView, KEPT, Refusal, Row, Verdict};
pub use error::Code;
pub use order::Order;
pub use payment::{Exact, MAX_TRANSACTION, PaidBy, Payment, Proof, ProofError, Voucher};
pub use request::digest;
pub use required::{Accepted, ChannelState, Extra, PaymentRequired, Resource, VoucherState};
pub use settled::{Charge, Settled};
pub use signature::{SIGNATURE_BYTES, Signature};
pub use terms::{Limits, Terms, TermsError};

/// Version of the protocol.
pub const VERSION: u32 = 2;
/// The scheme of payment by vouchers.
pub const BATCH_SETTLEMENT: &str = "batch-settlement";
/// The scheme of a payment on the chain for each request.
pub const EXACT: &str = "exact";
