//! What was charged: the header `PAYMENT-RESPONSE`.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::error::Code;
use crate::required::ChannelState;

/// What became of a payment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Settled {
    /// Whether it was taken.
    pub success: bool,
    /// Why it was not: a [`Code`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_reason: Option<String>,
    /// Hash of the transaction that paid; empty of a voucher, which needs none, and of a payment that somebody else sent.
    pub transaction: String,
    /// The chain, as CAIP-2 names it.
    pub network: String,
    /// Account that pays.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payer: Option<String>,
    /// What this request cost, of one that was taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<Charge>,
}

/// What a request cost, and what shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Charge {
    /// Price of the request, in base units.
    pub charged_amount: Amount,
    /// The flow after this payment, where a voucher paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_state: Option<ChannelState>,
    /// Number of the receipt in the contract `checkout`, where a payment on the chain paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<u64>,
}

impl Settled {
    /// Of a payment that was taken. `transaction` is the hash of the one that paid, where there is one.
    #[must_use]
    pub fn taken(network: String, payer: String, transaction: Option<String>, charge: Charge) -> Self {
        let (payer, extra, transaction) = (Some(payer), Some(charge), transaction.unwrap_or_default());
        Self { success: true, error_reason: None, transaction, network, payer, extra }
    }

    /// Of a payment that was not.
    #[must_use]
    pub fn refused(network: String, code: Code) -> Self {
        let error_reason = Some(code.as_str().to_owned());
        Self { success: false, error_reason, transaction: String::new(), network, payer: None, extra: None }
    }
}
