//! What a door is paid.

use std::time::Duration;

use bithive_api::asset::Asset;

/// What a door is paid, and how much it lets flows owe. Amounts are in base units of `asset`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DoorTerms {
    /// Account that is paid: the one that redeems.
    pub payee: String,
    /// What it is paid in.
    pub asset: Asset,
    /// Price of a request, at least 1.
    pub price: u128,
    /// Least deposit of a flow: one transaction redeems what it owes, and costs a fee.
    pub min_deposit: u128,
    /// Shortest notice of a flow, in seconds: the time to redeem after its payer has closed it.
    pub min_notice: u64,
    /// Most that all flows together may owe: what was served and the chain has not credited. From half of it on, vouchers are redeemed; a
    /// request that would lead beyond it is refused until then.
    pub exposure: u128,
    /// Longest time until what is owed is redeemed, however little it is.
    pub redeem_every: Duration,
    /// Offer of the contract `checkout` that requests are sold for, too, each by a transaction; none where vouchers alone pay.
    pub offer: Option<u64>,
}

/// A door that would serve for nothing, or nobody.
#[derive(Debug, thiserror::Error)]
#[error(
    "--price is {price} and --exposure {exposure} base units; expected a price of at least 1, and room for one request"
)]
#[must_use = "an error that is not returned refuses nothing"]
pub struct BadTerms {
    /// Price of a request, in base units.
    pub price: u128,
    /// Most that all flows together may owe, in base units.
    pub exposure: u128,
}

impl DoorTerms {
    /// Checks that a request has a price, and that one may be owed.
    ///
    /// # Errors
    /// [`BadTerms`].
    pub const fn check(&self) -> Result<(), BadTerms> {
        let (price, exposure) = (self.price, self.exposure);
        if price == 0 || exposure < price { Err(BadTerms { price, exposure }) } else { Ok(()) }
    }
}
