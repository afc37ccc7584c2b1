//! What a message can get wrong.

use bithive_contract_kit::InputError;
use bithive_contract_kit::ledger::NothingOwed;
use bithive_contract_kit::migration::MigrationError;
use bithive_contract_kit::permission::Unauthorized;
use bithive_economics::cuts::CutsError;
use cosmwasm_std::{OverflowError, StdError, Uint128};
use cw_utils::PaymentError;

/// Errors of the contract; none of them changes anything, and what was sent stays with its sender.
#[derive(Debug, PartialEq, thiserror::Error)]
#[must_use = "an error that is not returned refuses nothing"]
pub enum ContractError {
    /// Storage, address or encoding.
    #[error(transparent)]
    Std(#[from] StdError),
    /// What came with the message is not usable.
    #[error(transparent)]
    Input(#[from] InputError),
    /// The sender may not send this message.
    #[error(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// A payment in native coins is one coin.
    #[error("{0}; expected the price in coins of one denomination")]
    Coin(#[from] PaymentError),
    /// A sum left 128 bits.
    #[error(transparent)]
    Overflow(#[from] OverflowError),
    /// The parts do not divide a payment.
    #[error("split: {0}")]
    Cuts(#[from] CutsError),
    /// There is no such offer.
    #[error("there is no offer {id}; the query offers lists those of a seller")]
    NoOffer {
        /// Number that was asked for.
        id: u64,
    },
    /// There is no such receipt.
    #[error("there is no receipt {id}; the query receipts lists those of an offer")]
    NoReceipt {
        /// Number that was asked for.
        id: u64,
    },
    /// The offer would be over before it began.
    #[error("expires is {found}, and it is {now} (Unix seconds); expected a later time, or none")]
    Expires {
        /// End that was given.
        found: u64,
        /// Time of the block.
        now: u64,
    },
    /// The offer can't be bought: its seller has ended it.
    #[error("offer {id} was cancelled by its seller; ask for another one")]
    Cancelled {
        /// Number of the offer.
        id: u64,
    },
    /// The offer can't be bought: it was bought as often as it can be.
    #[error("offer {id} was paid as often as it can be; ask its seller for another one")]
    SoldOut {
        /// Number of the offer.
        id: u64,
    },
    /// The offer can't be bought: its end has passed.
    #[error(
        "offer {id} was open until {expires}, and it is {now} (Unix seconds); ask its seller for another one"
    )]
    Expired {
        /// Number of the offer.
        id: u64,
        /// Its last second.
        expires: u64,
        /// Time of the block.
        now: u64,
    },
    /// The offer is for somebody else.
    #[error(
        "offer {id} is for {buyer}, and {found} would pay it; pay as its buyer, or ask for an offer to anybody"
    )]
    NotTheBuyer {
        /// Number of the offer.
        id: u64,
        /// Who may buy it.
        buyer: String,
        /// Who would pay.
        found: String,
    },
    /// Another asset than the offer's.
    #[error("{found} was sent; expected {expected}, which offer {id} is paid in")]
    WrongAsset {
        /// Number of the offer.
        id: u64,
        /// Asset that was sent, as text.
        found: String,
        /// Asset of the offer, as text.
        expected: String,
    },
    /// The same payment was made before.
    #[error(
        "this payment was made before: receipt {receipt} has it under this key; nothing more is to be paid"
    )]
    PaidBefore {
        /// Number of the receipt.
        receipt: u64,
    },
    /// The key was used for another payment.
    #[error(
        "the key was used for another payment, receipt {receipt}, with another offer, max or referrer; take a new key if you mean to pay again"
    )]
    Conflict {
        /// Number of the receipt.
        receipt: u64,
    },
    /// The price is above what the payer wants to pay.
    #[error("offer {id} costs {price}, and max is {max}; raise max, or wait for another price")]
    AboveMax {
        /// Number of the offer.
        id: u64,
        /// What it costs now.
        price: Uint128,
        /// The payer's bound.
        max: Uint128,
    },
    /// An open price has a least amount.
    #[error("max is {max}, the amount of a payment for offer {id}; expected at least {least}")]
    BelowLeast {
        /// Number of the offer.
        id: u64,
        /// The amount that was named.
        max: Uint128,
        /// The least that is taken.
        least: Uint128,
    },
    /// Less was sent than the price.
    #[error("{sent} was sent, and offer {id} costs {price}; send at least that, what is too much comes back")]
    TooLittle {
        /// Number of the offer.
        id: u64,
        /// What it costs now.
        price: Uint128,
        /// What was sent.
        sent: Uint128,
    },
    /// The offer gives referrers nothing.
    #[error("offer {id} has no part for a referrer; leave the referrer out")]
    NoReferral {
        /// Number of the offer.
        id: u64,
    },
    /// The feed answers no price: it is stale, tripped or not there.
    #[error("feed {feed} of {oracle} has no price now ({reason}); try again when it has")]
    NoPrice {
        /// Contract that was asked.
        oracle: String,
        /// Number of the feed.
        feed: u64,
        /// What it answered.
        reason: String,
    },
    /// The feed's price gives no amount.
    #[error(
        "feed {feed} of {oracle} answers {value} with {decimals} decimals, at which no amount of the asset is worth the price; ask the seller for an offer at another feed"
    )]
    NoAmount {
        /// Contract that was asked.
        oracle: String,
        /// Number of the feed.
        feed: u64,
        /// Value that it answers.
        value: Uint128,
        /// Decimals that it answers.
        decimals: u8,
    },
    /// More would be given back than was paid.
    #[error("{found} was sent, and of receipt {receipt} {left} can still be given back")]
    AbovePaid {
        /// Number of the receipt.
        receipt: u64,
        /// What was sent.
        found: Uint128,
        /// What was paid and not given back.
        left: Uint128,
    },
    /// Nothing is owed.
    #[error(transparent)]
    NothingOwed(#[from] NothingOwed),
    /// The stored state is not an earlier one of this contract.
    #[error(transparent)]
    Migration(#[from] MigrationError),
}
