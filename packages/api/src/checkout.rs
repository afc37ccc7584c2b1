//! `checkout`: what is for sale, and what was paid.
//!
//! A seller makes an offer: what it costs in one asset, among whom the payment is split, how often it can be bought, by whom and until when.
//! An invoice is an offer with a buyer, one use and an end. A payment credits those of the split at once, and leaves a receipt under a key
//! that the payer chooses: a payment that is sent a second time is refused, and its funds stay with the payer. Nothing is held that is not
//! somebody's credit.
//!
//! ```text
//!   Offer (anyone, its seller) --> open --- Pay, the last use --> sold out
//!                                  |  ^
//!                                  |  '--- Pay: a receipt, credits of the split and the referrer
//!                                  +------ the end has passed --> expired
//!                                  '------ Cancel (seller) -----> cancelled
//!   Refund (seller, of what it sends): a credit of the receipt's payer, in any of these states
//! ```

use cosmwasm_schema::{QueryResponses, cw_serde};
use cosmwasm_std::{Addr, HexBinary, Uint128};
use cw20::Cw20ReceiveMsg;

pub use crate::asset::Asset;
use crate::event::events;

/// Bounds of what an offer and a payment may state.
pub mod limits {
    /// Most accounts that a payment is split among. Each is credited by the message that pays.
    pub const MAX_PARTS: usize = 8;
    /// Largest part of a payment that is its referrer's, in 1/10,000: 30 %. A payer that names itself pays that much less.
    pub const MAX_REFERRAL_BPS: u16 = 3_000;
    /// Fewest bytes of a payment's key: nobody guesses another's.
    pub const MIN_KEY_BYTES: usize = 16;
    /// Most bytes of a payment's key.
    pub const MAX_KEY_BYTES: usize = 64;
    /// Length of an offer's coding, a digest of SHA-256, in bytes.
    pub const CODING_BYTES: usize = 32;
    /// Most rows of a page.
    pub const MAX_PAGE: u32 = 30;
}

events! {
    //! What the contract announces. Amounts are in base units of `asset`.

    /// Something is for sale. `uses` is absent where it can be bought any number of times, `expires` (Unix seconds) where it has no end.
    Offered, OFFERED = "checkout_offered" { id: u64, seller: Addr, asset: Asset<Addr>, buyer: Option<Addr>, uses: Option<u32>, expires: Option<u64> }
    /// The seller has ended its offer.
    Cancelled, CANCELLED = "checkout_cancelled" { id: u64 }
    /// An offer was paid. `round` is the round of the feed that priced it, absent where none did.
    Paid, PAID = "checkout_paid" { receipt: u64, offer: u64, payer: Addr, key: HexBinary, asset: Asset<Addr>, amount: Uint128, referrer: Option<Addr>, round: Option<u64> }
    /// Something of a payment was given back as a credit of its payer; `refunded` is the sum of such credits.
    Refunded, REFUNDED = "checkout_refunded" { receipt: u64, offer: u64, payer: Addr, asset: Asset<Addr>, amount: Uint128, refunded: Uint128 }
    /// What an account was owed was paid.
    Withdrawn, WITHDRAWN = "checkout_withdrawn" { account: Addr, asset: Asset<Addr>, amount: Uint128 }
}

/// Creates the contract. It has no owner, no parameters and no pause.
#[cw_serde]
pub struct InstantiateMsg {}

/// Something for sale. It never changes; a seller that wants another price cancels it and makes another one.
#[cw_serde]
pub struct Offer {
    /// What it is paid in.
    pub asset: Asset,
    /// What it costs.
    pub price: Price,
    /// Among whom a payment is split, at most [`limits::MAX_PARTS`], each once, 10,000 in all; the seller alone when empty. Parts are
    /// rounded down, and what that leaves is the first one's.
    pub split: Vec<Part>,
    /// Part of a payment that is its referrer's before the rest is split, in 1/10,000, at most [`limits::MAX_REFERRAL_BPS`].
    pub referral_bps: u16,
    /// How often it can be bought, at least once; without a bound when left out.
    pub uses: Option<u32>,
    /// The only address that may buy it; anybody when left out.
    pub buyer: Option<String>,
    /// Last second in which it can be bought, Unix seconds; without an end when left out.
    pub expires: Option<u64>,
    /// Salted digest of what is paid for, as codes of services are ([`limits::CODING_BYTES`] bytes,
    /// `bithive_payment::coding`): who is shown both can check that they belong to this offer, and nobody else learns anything.
    pub coding: Option<HexBinary>,
}

/// What an offer costs. `A` is the type of addresses: text in messages.
#[cw_serde]
pub enum Price<A = String> {
    /// An amount of the offer's asset, in base units, at least 1.
    Fixed(Uint128),
    /// A fiat amount, turned into the offer's asset when it is paid, rounded up.
    Quoted {
        /// Minor units of the feed's currency, such as cents; at least 1.
        fiat: Uint128,
        /// Contract that answers the query `price` (`bithive_api::oracle`). The seller chooses it; a payment's `max` is the payer's bound.
        oracle: A,
        /// Number of the feed there.
        feed: u64,
    },
    /// What the payer likes, in base units: a payment's `max` is its amount.
    Open {
        /// The least that is taken, at least 1.
        least: Uint128,
    },
}

/// One of those among whom a payment is split.
#[cw_serde]
pub struct Part<A = String> {
    /// Account that is credited; neither this contract nor the asset's token.
    pub account: A,
    /// Its part in 1/10,000, at least 1.
    pub bps: u16,
}

/// A payment for an offer. What was sent beyond the price comes back with the same transaction.
#[cw_serde]
pub struct Pay {
    /// Number of the offer, from 1.
    pub offer: u64,
    /// The payer's own name for this payment, [`limits::MIN_KEY_BYTES`] to [`limits::MAX_KEY_BYTES`] bytes. In one asset a payer uses a
    /// key once: whoever is not sure whether a payment went through sends the same one again.
    pub key: HexBinary,
    /// Most that the payer pays, in base units, at most what it sends. Of an open price it is the amount.
    pub max: Uint128,
    /// Account that is given the offer's referral part; refused where the offer has none. It may be the payer itself.
    pub referrer: Option<String>,
}

/// Messages. Only [`ExecuteMsg::Pay`] and [`ExecuteMsg::Refund`] take native coins, of one denomination.
#[cw_serde]
pub enum ExecuteMsg {
    /// A cw20 `Send`; `msg` is a [`Hook`]. Sender: a token contract.
    Receive(Cw20ReceiveMsg),
    /// Puts something up for sale. Sender: anyone, its seller.
    Offer(Offer),
    /// Ends an offer. What was paid stays paid, and can be refunded. Sender: its seller.
    Cancel {
        /// Number of the offer, from 1.
        id: u64,
    },
    /// Pays an offer with native coins. Sender: anyone, or the offer's buyer where it names one.
    Pay(Pay),
    /// Gives the coins that come with it back to the payer of a receipt, as a credit. Refunds of a receipt sum to what was paid at most.
    /// The parts of the split and the referrer's stay where they are. Sender: the seller.
    Refund {
        /// Number of the receipt, from 1.
        receipt: u64,
    },
    /// Pays out all that the sender is owed in an asset. Sender: anyone.
    Withdraw {
        /// The native coin or cw20 token.
        asset: Asset,
    },
}

crate::permissions!(ExecuteMsg {
    Receive: AnyToken,
    Offer: Anyone,
    Cancel: Seller,
    Pay: Anyone,
    Refund: Seller,
    Withdraw: Anyone,
});

/// What a cw20 `Send` to the contract is for.
#[cw_serde]
pub enum Hook {
    /// As [`ExecuteMsg::Pay`], with tokens.
    Pay(Pay),
    /// As [`ExecuteMsg::Refund`], with tokens.
    Refund {
        /// Number of the receipt, from 1.
        receipt: u64,
    },
}

/// Queries of the `checkout` contract.
#[cw_serde]
#[derive(QueryResponses)]
pub enum QueryMsg {
    /// An offer, null when there is none of this number.
    #[returns(Option<OfferResponse>)]
    Offer {
        /// Its number, from 1.
        id: u64,
    },
    /// Offers, by number.
    #[returns(Vec<OfferResponse>)]
    Offers {
        /// Only those that this account sells, or that name it as their buyer.
        party: Option<String>,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What an offer costs now, in base units; of an open price the least. An error where the price is stale or tripped.
    #[returns(Uint128)]
    Quote {
        /// Number of the offer, from 1.
        id: u64,
    },
    /// A receipt, null when there is none of this number.
    #[returns(Option<ReceiptResponse>)]
    Receipt {
        /// Its number, from 1.
        id: u64,
    },
    /// The receipt of a payment by its key, null when nothing was paid under it.
    #[returns(Option<ReceiptResponse>)]
    Payment {
        /// Address of the payer.
        payer: String,
        /// What was paid in.
        asset: Asset,
        /// The payer's key of the payment.
        key: HexBinary,
    },
    /// Receipts, by number.
    #[returns(Vec<ReceiptResponse>)]
    Receipts {
        /// Of which offer or payer.
        of: ReceiptsOf,
        /// Start after this one.
        start_after: Option<u64>,
        /// Page size, at most [`limits::MAX_PAGE`].
        limit: Option<u32>,
    },
    /// What an account may withdraw in an asset, in base units.
    #[returns(Uint128)]
    Claimable {
        /// Address of the account.
        account: String,
        /// The native coin or cw20 token.
        asset: Asset,
    },
    /// What the contract owes in an asset: the sum of all credits, in base units. Its balance is at least that.
    #[returns(Uint128)]
    Held {
        /// The native coin or cw20 token.
        asset: Asset,
    },
}

/// Which receipts are listed.
#[cw_serde]
pub enum ReceiptsOf {
    /// Of an offer, by its number.
    Offer(u64),
    /// Of a payer, by its address.
    Payer(String),
}

/// Whether an offer can be bought.
#[cw_serde]
#[derive(Copy, Eq)]
pub enum OfferState {
    /// It can be bought.
    Open,
    /// It was bought as often as it can be.
    SoldOut,
    /// Its end has passed.
    Expired,
    /// Its seller has ended it.
    Cancelled,
}

/// An offer as it stands now.
#[cw_serde]
pub struct OfferResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Account that made it, and that may refund payments.
    pub seller: Addr,
    /// The only account that may buy it.
    pub buyer: Option<Addr>,
    /// What it is paid in.
    pub asset: Asset<Addr>,
    /// What it costs.
    pub price: Price<Addr>,
    /// Among whom a payment is split.
    pub split: Vec<Part<Addr>>,
    /// Part of a payment that is its referrer's, in 1/10,000.
    pub referral_bps: u16,
    /// How often it can be bought from now on.
    pub uses: Option<u32>,
    /// Last second in which it can be bought, Unix seconds.
    pub expires: Option<u64>,
    /// Salted digest of what is paid for.
    pub coding: Option<HexBinary>,
    /// Whether it can be bought at the time of the query.
    pub state: OfferState,
}

/// A payment that was made.
#[cw_serde]
pub struct ReceiptResponse {
    /// Its number, from 1.
    pub id: u64,
    /// Number of the offer.
    pub offer: u64,
    /// Account that paid.
    pub payer: Addr,
    /// The payer's key of the payment.
    pub key: HexBinary,
    /// What was paid in.
    pub asset: Asset<Addr>,
    /// What was paid, in base units.
    pub amount: Uint128,
    /// What of it was given back, in base units.
    pub refunded: Uint128,
    /// Account that was given the referral part.
    pub referrer: Option<Addr>,
    /// Round of the feed that priced it, where one did.
    pub round: Option<u64>,
    /// When it was paid, Unix seconds.
    pub time: u64,
}
