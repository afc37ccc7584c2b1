//! Why a request has no reply.

use bithive_chain::ChainError;
use bithive_x402::header::HeaderError;
use bithive_x402::{Digest, TermsError};

use super::purse::PurseError;

/// Why a request has no reply.
#[derive(Debug, thiserror::Error)]
pub enum PayError {
    /// The URL can't be asked.
    #[error(
        "{found}: expected a URL with https://, or one with http:// of this machine, because others could take a payment on its way"
    )]
    Url {
        /// The URL, shortened.
        found: String,
    },
    /// The client could not be set up.
    #[error("the HTTP client can't be set up: {0}")]
    Setup(String),
    /// There was no answer, however often it was asked.
    #[error(
        "no answer after {attempts} attempts: {last}; run the same command again: it sends the same payment, or finds the one that was made, so nothing is paid twice"
    )]
    Lost {
        /// Requests that were sent.
        attempts: u32,
        /// What went wrong with the last one.
        last: String,
    },
    /// The reply is larger than a client wants to have.
    #[error("the reply has more than {most} bytes")]
    TooLarge {
        /// Most bytes of a reply.
        most: usize,
    },
    /// A header of the server can't be read.
    #[error("the server's header {name} can't be read: {problem}")]
    Header {
        /// Name of the header.
        name: &'static str,
        /// What is wrong.
        problem: HeaderError,
    },
    /// The server asks for payment and does not say which.
    #[error("the server asks for payment without the header {0}; it does not speak x402 version 2")]
    NoHeader(&'static str),
    /// The server asks for something that the client does not do.
    #[error(transparent)]
    Terms(#[from] TermsError),
    /// There is no flow that could pay.
    #[error("{0}")]
    Flow(String),
    /// The server has read another request than was sent.
    #[error(
        "the server has read the request {read}, and {sent} was sent; something before it changes method, path, query or body. Nothing was paid"
    )]
    OtherRequest {
        /// Digest of what it has read, as it says.
        read: Digest,
        /// Digest of what was sent.
        sent: Digest,
    },
    /// The payment of this request was given back.
    #[error(
        "the server's account has given the payment of this request back (receipt {receipt}); to pay for it anew, add a query such as ?again to the URL"
    )]
    Refunded {
        /// Number of the receipt.
        receipt: u64,
    },
    /// The server takes no payment.
    #[error("the server takes no payment: {code}{what}")]
    Refused {
        /// Code that the server gave.
        code: String,
        /// Its words, after a colon and a blank.
        what: String,
    },
    /// The server says that it charged something else than its price.
    #[error(
        "the server says that it charged {charged} base units, and its price was {price}; the voucher is for {price} more, whatever it says"
    )]
    Charged {
        /// What it says.
        charged: u128,
        /// Price of the request, in base units.
        price: u128,
    },
    /// The chain does not answer, or refuses.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// What was signed can't be kept.
    #[error(transparent)]
    Purse(#[from] PurseError),
}

/// Most characters of a server's words that a message repeats.
const SHOWN: usize = 300;

/// The first characters of what a server says, on one line.
pub(crate) fn shown(text: &str) -> String {
    text.chars().take(SHOWN).map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}
