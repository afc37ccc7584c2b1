//! What a server asks for: the header `PAYMENT-REQUIRED`.

use bithive_signed::Digest;
use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::signature::Signature;

/// Why payment is needed, for what, and the ways to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PaymentRequired {
    /// Version of the protocol: 2.
    #[serde(rename = "x402Version")]
    pub version: u32,
    /// Why: a [`Code`](crate::Code), or words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What is paid for.
    pub resource: Resource,
    /// Each way to pay.
    pub accepts: Vec<Accepted>,
}

/// What is paid for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Resource {
    /// URL that was asked for.
    pub url: String,
    /// What it is, for people.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Media type of the reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<String>,
}

/// One way to pay, and what it costs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Accepted {
    /// Name of the scheme, like [`BATCH_SETTLEMENT`](crate::BATCH_SETTLEMENT).
    pub scheme: String,
    /// The chain, as CAIP-2 names it.
    pub network: String,
    /// Price of the request, in base units of the asset.
    pub amount: Amount,
    /// `native:<denomination>` or `cw20:<address>` on a chain of BitHive.
    pub asset: String,
    /// Address that is paid.
    pub pay_to: String,
    /// Time that a payment may take, in seconds.
    pub max_timeout_seconds: u64,
    /// What the scheme adds.
    #[serde(default)]
    pub extra: Extra,
}

/// What the schemes add on a chain of BitHive. Members of other networks are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Extra {
    /// Address of the contract: `flows`, which vouchers name, or, of the scheme `exact`, `checkout`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<String>,
    /// Shortest notice of a flow that is taken, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub withdraw_delay: Option<u64>,
    /// Least deposit of a flow that is taken, in base units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub min_deposit: Option<Amount>,
    /// Of the scheme `exact`: number of the offer that is paid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub offer: Option<u64>,
    /// Of the scheme `exact`: digest of the request that this answers, as the server has read it. A client computes it by itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<Digest>,
    /// Where the flow stands, for a client whose voucher did not fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel_state: Option<ChannelState>,
    /// The newest voucher that the server has, as a proof of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub voucher_state: Option<VoucherState>,
}

/// Where a flow stands, in base units of its asset.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ChannelState {
    /// Number of the flow, in decimal digits.
    pub channel_id: String,
    /// All that was deposited.
    pub balance: Amount,
    /// What of it the chain has credited to the server.
    pub total_claimed: Amount,
    /// All that requests have cost so far: the next voucher is for this and the price.
    pub charged_cumulative_amount: Amount,
}

/// A voucher that the server has been given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VoucherState {
    /// All that it says is owed, in base units.
    pub signed_max_claimable: Amount,
    /// The client's own signature: without it nobody believes the amount.
    pub signature: Signature,
}

impl Accepted {
    /// Whether a client means this way to pay. What servers tell of a flow or a request in `extra` is not compared.
    #[must_use]
    pub fn is_chosen_by(&self, chosen: &Self) -> bool {
        let said = |accepted: &Self| {
            let Self { scheme, network, amount, asset, pay_to, .. } = accepted.clone();
            (scheme, network, amount, asset, pay_to)
        };
        said(self) == said(chosen)
    }
}
