//! Storage: what is kept, under which key. The ledger of contract-kit keeps `held` and `claimable`.

use bithive_api::checkout::{Asset, OfferResponse, OfferState, Part, Price, ReceiptResponse};
use cosmwasm_schema::cw_serde;
use cosmwasm_std::{Addr, Empty, HexBinary, StdResult, Storage, Uint128};
use cw_storage_plus::{Item, Map};

use crate::ContractError;

/// Number of the next offer; 1 if absent.
pub const NEXT_OFFER: Item<u64> = Item::new("next_offer");
/// Offers by number.
pub const OFFERS: Map<u64, Offer> = Map::new("offers");
/// How often offers with a bound can still be bought; apart from the offer, so that a payment writes a number and not a list of accounts.
pub const USES: Map<u64, u32> = Map::new("uses");
/// Offers of each seller and buyer.
pub const OF_PARTY: Map<(&Addr, u64), Empty> = Map::new("of_party");
/// Number of the next receipt; 1 if absent.
pub const NEXT_RECEIPT: Item<u64> = Item::new("next_receipt");
/// Receipts by number.
pub const RECEIPTS: Map<u64, Receipt> = Map::new("receipts");
/// Numbers of receipts by asset, payer and key. A token says itself who has sent it: with the asset before the payer, no made-up
/// token can use up a key of somebody's payments in another asset.
pub const BY_KEY: Map<(&str, &Addr, &[u8]), u64> = Map::new("by_key");
/// Receipts of each offer.
pub const OF_OFFER: Map<(u64, u64), Empty> = Map::new("of_offer");
/// Receipts of each payer.
pub const OF_PAYER: Map<(&Addr, u64), Empty> = Map::new("of_payer");

/// Something for sale, as it was put up.
#[cw_serde]
pub struct Offer {
    /// Account that made it.
    pub seller: Addr,
    /// The only account that may buy it.
    pub buyer: Option<Addr>,
    /// What it is paid in.
    pub asset: Asset<Addr>,
    /// What it costs.
    pub price: Price<Addr>,
    /// Among whom a payment is split; at least one, 10,000 in all.
    pub split: Vec<Part<Addr>>,
    /// Part of a payment that is its referrer's, in 1/10,000.
    pub referral_bps: u16,
    /// Last second in which it can be bought, Unix seconds.
    pub expires: Option<u64>,
    /// Salted digest of what is paid for.
    pub coding: Option<HexBinary>,
    /// Whether its seller has ended it.
    pub cancelled: bool,
}

/// A payment that was made.
#[cw_serde]
pub struct Receipt {
    /// Number of the offer, which has seller and asset.
    pub offer: u64,
    /// Account that paid.
    pub payer: Addr,
    /// The payer's key of the payment.
    pub key: HexBinary,
    /// SHA-256 of what the payment asked for; a repetition has the same.
    pub digest: HexBinary,
    /// What was paid, in base units.
    pub amount: Uint128,
    /// What of it was given back; at most `amount`.
    pub refunded: Uint128,
    /// Account that was given the referral part.
    pub referrer: Option<Addr>,
    /// Round of the feed that priced it.
    pub round: Option<u64>,
    /// When it was paid, Unix seconds.
    pub time: u64,
}

impl Offer {
    /// Whether it can be bought at `now`, with `uses` left.
    #[must_use]
    pub fn state(&self, uses: Option<u32>, now: u64) -> OfferState {
        if self.cancelled {
            OfferState::Cancelled
        } else if uses == Some(0) {
            OfferState::SoldOut
        } else if self.expires.is_some_and(|expires| now > expires) {
            OfferState::Expired
        } else {
            OfferState::Open
        }
    }

    /// The response type of a query, at `now`.
    #[must_use]
    pub fn response(self, id: u64, uses: Option<u32>, now: u64) -> OfferResponse {
        let state = self.state(uses, now);
        let Self { seller, buyer, asset, price, split, referral_bps, expires, coding, cancelled: _ } = self;
        OfferResponse { id, seller, buyer, asset, price, split, referral_bps, uses, expires, coding, state }
    }
}

impl Receipt {
    /// The response type of a query; `asset` is the offer's.
    #[must_use]
    pub fn response(self, id: u64, asset: Asset<Addr>) -> ReceiptResponse {
        let Self { offer, payer, key, digest: _, amount, refunded, referrer, round, time } = self;
        ReceiptResponse { id, offer, payer, key, asset, amount, refunded, referrer, round, time }
    }
}

/// The offer `id`.
///
/// # Errors
/// [`ContractError::NoOffer`].
pub fn offer(storage: &dyn Storage, id: u64) -> Result<Offer, ContractError> {
    OFFERS.may_load(storage, id)?.ok_or(ContractError::NoOffer { id })
}

/// The receipt `id`.
///
/// # Errors
/// [`ContractError::NoReceipt`].
pub fn receipt(storage: &dyn Storage, id: u64) -> Result<Receipt, ContractError> {
    RECEIPTS.may_load(storage, id)?.ok_or(ContractError::NoReceipt { id })
}

/// Takes the next number of `counter`. Numbers are never given twice.
pub(crate) fn next(storage: &mut dyn Storage, counter: &Item<u64>) -> StdResult<u64> {
    let id = counter.may_load(storage)?.unwrap_or(1);
    counter.save(storage, &id.saturating_add(1))?;
    Ok(id)
}
