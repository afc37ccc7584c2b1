//! Codes by which programs tell refusals apart.

use std::fmt;

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal: $remedy:literal;)*) => {
        /// Why a payment is refused, as the protocol and its scheme name it.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Code {
            $($(#[$doc])* $name,)*
        }

        impl Code {
            /// All of them.
            pub const ALL: &[Self] = &[$(Self::$name),*];

            /// The code as it is sent.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// What whoever pays can do about it.
            #[must_use]
            pub const fn remedy(self) -> &'static str {
                match self { $(Self::$name => $remedy),* }
            }
        }
    };
}

codes! {
    /// There is no payment.
    Required = "payment_required": "send the header PAYMENT-SIGNATURE with a payment as PAYMENT-REQUIRED describes it";
    /// The payment can't be read.
    Payload = "invalid_payload": "send base64 of the JSON of x402 version 2, with a voucher as `bithive voucher sign` writes it, or a payment for an offer";
    /// It is for another price, asset, payee or scheme than the server's.
    Requirements = "invalid_payment_requirements": "copy an entry of `accepts` into `accepted` without a change";
    /// The voucher names another chain or contract.
    Network = "invalid_network": "sign for the chain and the contract of this server";
    /// There is no such flow, or it has ended.
    NotFound = "invalid_batch_settlement_cosmos_channel_not_found": "open a flow by vouchers to `payTo`, and name its number";
    /// The flow pays somebody else, something else, or by time.
    Channel = "invalid_batch_settlement_cosmos_channel_mismatch": "open a flow by vouchers to `payTo` in `asset`, with the notice and deposit of `extra`";
    /// The signature is not of the flow's key over this voucher.
    Signature = "invalid_batch_settlement_cosmos_voucher_signature": "sign the text of the voucher with the key that the flow names";
    /// It is not for what is owed so far and the price.
    Cumulative = "invalid_batch_settlement_cosmos_cumulative_amount_mismatch": "sign for `chargedCumulativeAmount` of `channelState` and the price";
    /// It is for more than the flow has.
    Deposit = "insufficient_funds": "add to the flow's deposit with `bithive stream top-up`";
    /// The flow is closing or near its end.
    Closing = "invalid_batch_settlement_cosmos_channel_closing": "open another flow";
    /// The server has as much to redeem as it wants to have.
    Exposure = "invalid_batch_settlement_cosmos_exposure": "try again in a minute; the server redeems vouchers meanwhile";
    /// The voucher has paid for another request.
    Used = "invalid_batch_settlement_cosmos_voucher_used": "sign the next voucher; this one gets the kept reply of the request that it was first sent with";
    /// The transaction is none that pays for a request here; it was not sent.
    Transaction = "invalid_exact_cosmos_transaction": "sign one message that pays `offer` of `extra` with `amount` of `asset`, with the account's next sequence; nothing was sent or charged";
    /// The payment is under the key of another request.
    OtherRequest = "invalid_exact_cosmos_other_request": "a payment is of one request; make the key of this request, its `request` and the salt, and pay under it";
    /// The chain refuses the transaction.
    Failed = "invalid_exact_cosmos_transaction_failed": "see what the chain says, and sign a transaction that it takes, under the same key: it pays once at most";
    /// There is no payment of this account under the key.
    NoReceipt = "invalid_exact_cosmos_receipt_not_found": "pay `offer` of `extra` under the key of this request, or send the signed transaction that does";
    /// The payment was given back.
    Refunded = "invalid_exact_cosmos_refunded": "its seller has given the payment back; ask anew under another key, with another salt or another query in the URL";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_code_has_a_text_and_a_remedy_of_its_own() {
        let texts: BTreeSet<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        let remedies: BTreeSet<_> = Code::ALL.iter().map(|code| code.remedy()).collect();
        assert_eq!((texts.len(), remedies.len()), (Code::ALL.len(), Code::ALL.len()));
    }
}
