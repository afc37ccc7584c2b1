//! What a client sends: the header `PAYMENT-SIGNATURE`.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::amount::Amount;
use crate::required::{Accepted, Resource};
use crate::signature::Signature;
use crate::{BATCH_SETTLEMENT, VERSION};

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
}

/// Why a payment proves nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProofError {
    /// It is of another version.
    #[error("x402Version: expected {VERSION}, found {0}")]
    Version(u32),
    /// Its scheme is none of these.
    #[error("accepted.scheme: expected {BATCH_SETTLEMENT}, found another one")]
    Scheme,
    /// What the scheme has is not of its form.
    #[error("payload: expected {{\"type\": \"voucher\", \"voucher\": …}}: {0}")]
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

impl Payment {
    /// A payment with a voucher.
    #[must_use]
    pub fn with_voucher(resource: Option<Resource>, accepted: Accepted, voucher: Voucher) -> Self {
        // Of text and numbers, so it has a JSON form.
        let payload = serde_json::to_value(Payload::Voucher { voucher }).unwrap_or_default();
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
        if self.accepted.scheme != BATCH_SETTLEMENT {
            return Err(ProofError::Scheme);
        }
        let Payload::Voucher { voucher } =
            Payload::deserialize(&self.payload).map_err(|error| ProofError::Payload(error.to_string()))?;
        Ok(Proof::Voucher(voucher))
    }
}
