//! What a client sends: the header `PAYMENT-SIGNATURE`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bithive_signed::Digest;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::amount::Amount;
use crate::required::{Accepted, Resource};
use crate::signature::Signature;
use crate::{BATCH_SETTLEMENT, EXACT, VERSION};

/// Most bytes of a transaction that pays: one with a single message has less than a quarter of it.
pub const MAX_TRANSACTION: usize = 4 << 10;

/// A payment of one request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payment {
    /// Version of the protocol: 2.
    #[serde(rename = "x402Version")]
    pub version: u32,
    /// What is paid for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resource: Option<Resource>,
    /// The way to pay that was chosen.
    pub accepted: Accepted,
    /// What the scheme has: [`Payment::proof`] reads it.
    pub payload: Value,
}

/// What proves that a request is paid for, by its scheme.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Proof {
    /// `batch-settlement`: a voucher of a flow.
    Voucher(Voucher),
    /// `exact`: a payment on the chain.
    Exact(Exact),
}

/// A payment on the chain for one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exact {
    /// What pays: a voucher or a transaction.
    pub by: PaidBy,
    /// What the key of the payment is made of beside the request ([`Order::key`](crate::Order::key)): who knows it is given the reply.
    pub salt: Digest,
}

/// What pays for a request by the scheme `exact`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PaidBy {
    /// A signed transaction (protobuf `TxRaw`), which the server sends; at most [`MAX_TRANSACTION`] bytes.
    Transaction(Vec<u8>),
    /// A payment of this account that the chain has already.
    Receipt(String),
}

/// Why a payment proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is of another version.
    #[error("x402Version: expected {VERSION}, found {0}")]
    Version(u32),
    /// Its scheme is none of these.
    #[error("accepted.scheme: expected {BATCH_SETTLEMENT} or {EXACT}, found another one")]
    Scheme,
    /// What the scheme has is not of its form.
    #[error(
        "payload: expected {{\"type\": \"voucher\", \"voucher\": …}} of {BATCH_SETTLEMENT}, or, of {EXACT}, {{\"type\": \"transaction\", \
         \"transaction\": …, \"salt\": …}} or {{\"type\": \"receipt\", \"payer\": …, \"salt\": …}}: {0}"
    )]
    Payload(String),
}

/// A voucher with all that its signature is over. `bithive voucher sign` writes the same form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Voucher {
    /// Id of the chain.
    pub chain_id: String,
    /// Address of the contract `flows`.
    pub contract: String,
    /// Number of the flow, from 1.
    pub flow: u64,
    /// All that is owed since the flow was opened, in base units of its asset.
    pub cumulative: Amount,
    /// Signature of the flow's key.
    pub signature: Signature,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase")]
enum Payload {
    Voucher { voucher: Voucher },
}

/// As it is written; the transaction in base64.
#[derive(Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "camelCase", deny_unknown_fields)]
enum ExactPayload {
    Transaction { transaction: String, salt: Digest },
    Receipt { payer: String, salt: Digest },
}

impl ExactPayload {
    fn read(self) -> Result<Exact, ProofError> {
        let (transaction, salt) = match self {
            Self::Receipt { payer, salt } => return Ok(Exact { by: PaidBy::Receipt(payer), salt }),
            Self::Transaction { transaction, salt } => (transaction, salt),
        };
        let bad =
            || ProofError::Payload(format!("transaction: expected base64 of 1 to {MAX_TRANSACTION} bytes"));
        let bytes = STANDARD.decode(transaction).map_err(|_| bad())?;
        if bytes.is_empty() || bytes.len() > MAX_TRANSACTION {
            return Err(bad());
        }
        Ok(Exact { by: PaidBy::Transaction(bytes), salt })
    }
}

impl Payment {
    /// A payment with a voucher.
    #[must_use]
    pub fn with_voucher(resource: Option<Resource>, accepted: Accepted, voucher: Voucher) -> Self {
        // Of text and numbers, so it has a JSON form.
        let payload = serde_json::to_value(Payload::Voucher { voucher }).unwrap_or_default();
        Self { version: VERSION, resource, accepted, payload }
    }

    /// A payment on the chain.
    #[must_use]
    pub fn with_exact(resource: Option<Resource>, accepted: Accepted, exact: Exact) -> Self {
        let Exact { by, salt } = exact;
        let payload = match by {
            PaidBy::Transaction(bytes) => {
                ExactPayload::Transaction { transaction: STANDARD.encode(bytes), salt }
            }
            PaidBy::Receipt(payer) => ExactPayload::Receipt { payer, salt },
        };
        // Of text, so it has a JSON form.
        let payload = serde_json::to_value(payload).unwrap_or_default();
        Self { version: VERSION, resource, accepted, payload }
    }

    /// What proves the payment.
    ///
    /// # Errors
    /// See [`ProofError`].
    pub fn proof(&self) -> Result<Proof, ProofError> {
        if self.version != VERSION {
            return Err(ProofError::Version(self.version));
        }
        let bad = |error: serde_json::Error| ProofError::Payload(error.to_string());
        match self.accepted.scheme.as_str() {
            BATCH_SETTLEMENT => {
                let Payload::Voucher { voucher } = Payload::deserialize(&self.payload).map_err(bad)?;
                Ok(Proof::Voucher(voucher))
            }
            EXACT => Ok(Proof::Exact(ExactPayload::deserialize(&self.payload).map_err(bad)?.read()?)),
            _ => Err(ProofError::Scheme),
        }
    }
}
