//! The three headers of HTTP: JSON in base64.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// Of a reply with status 402: what a payment has to be. The value is a [`PaymentRequired`](crate::PaymentRequired).
pub const PAYMENT_REQUIRED: &str = "payment-required";
/// Of a request: the payment. The value is a [`Payment`](crate::Payment).
pub const PAYMENT_SIGNATURE: &str = "payment-signature";
/// Of a reply: what was charged. The value is a [`Settled`](crate::Settled).
pub const PAYMENT_RESPONSE: &str = "payment-response";

/// Most bytes of a value, in base64. Servers in front of a door take about as much for all headers together.
pub const MAX_BYTES: usize = 8 << 10;

/// Why a header can't be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// It is longer than any header of this protocol.
    #[error("expected at most {MAX_BYTES} bytes, found {found}")]
    TooLong {
        /// Its length in bytes.
        found: usize,
    },
    /// It is no base64.
    #[error("expected base64 with the standard alphabet and its padding (RFC 4648, section 4)")]
    Base64,
    /// It is no JSON, or not of this form.
    #[error("expected the JSON of x402 version 2: {0}")]
    Json(String),
}

/// Writes the value of a header.
///
/// # Errors
/// [`HeaderError::TooLong`] where nobody would read it.
pub fn encode<T: Serialize>(value: &T) -> Result<String, HeaderError> {
    let json = serde_json::to_vec(value).map_err(|error| HeaderError::Json(error.to_string()))?;
    let text = STANDARD.encode(json);
    if text.len() > MAX_BYTES { Err(HeaderError::TooLong { found: text.len() }) } else { Ok(text) }
}

/// Reads the value of a header. Members that the protocol does not have are left out: others may add to it.
///
/// # Errors
/// See [`HeaderError`].
pub fn decode<T: DeserializeOwned>(text: &[u8]) -> Result<T, HeaderError> {
    if text.len() > MAX_BYTES {
        return Err(HeaderError::TooLong { found: text.len() });
    }
    let json = STANDARD.decode(text).map_err(|_| HeaderError::Base64)?;
    serde_json::from_slice(&json).map_err(|error| HeaderError::Json(error.to_string()))
}
