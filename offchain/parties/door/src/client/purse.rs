//! What a payer has signed, on disk before it is sent.

use std::path::Path;

use bithive_state::{State, StateError};
use bithive_x402::{Amount, Digest, Signature};
use serde::{Deserialize, Serialize};

/// Why a purse can't be used.
#[derive(Debug, thiserror::Error)]
pub enum PurseError {
    /// Its file can't be used.
    #[error(transparent)]
    State(#[from] StateError),
}

/// The vouchers of a payer, by flow. One process at a time has its file.
pub struct Purse(State);

/// What a payer knows of a flow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Page {
    /// What requests with replies have cost, in base units.
    pub(crate) settled: Amount,
    /// The voucher that was sent and has no reply yet.
    pub(crate) pending: Option<Pending>,
}

/// A voucher that was signed for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pending {
    /// The request: its method, URL and body.
    pub(crate) request: Digest,
    /// Price of the request, in base units.
    pub(crate) price: Amount,
    /// What the voucher says is owed in all, in base units.
    pub(crate) cumulative: Amount,
    /// Signature of the voucher.
    pub(crate) signature: Signature,
}

impl Page {
    /// What the next voucher of a request with this price is for, and the signature where it is signed already. `paid` is what the chain has
    /// paid for the flow, all in base units.
    pub(crate) fn next(&self, price: u128, paid: u128) -> Option<(u128, Option<Signature>)> {
        let settled = self.settled.0.max(paid);
        let pending = self.pending.filter(|pending| pending.cumulative.0 > settled);
        // The same voucher serves another request too, if the first one did not arrive; otherwise the server says so.
        match pending.filter(|pending| Some(pending.cumulative.0) == settled.checked_add(price)) {
            Some(pending) => Some((pending.cumulative.0, Some(pending.signature))),
            None => settled.checked_add(price).map(|cumulative| (cumulative, None)),
        }
    }

    /// Requests up to this amount were paid for: the client's own signature shows it.
    pub(crate) fn settle(&mut self, cumulative: u128) {
        self.settled = self.settled.max(Amount(cumulative));
        self.pending = self.pending.filter(|pending| pending.cumulative > self.settled);
    }
}

impl Purse {
    /// Opens the purse in a file, or makes one.
    ///
    /// # Errors
    /// As [`State::open`]: an older copy of the file is refused, because it would have vouchers signed twice.
    pub fn open(file: &Path) -> Result<Self, PurseError> {
        Ok(Self(State::open(file)?))
    }

    pub(crate) fn page(&self, of: &(String, String, u64)) -> Result<Page, PurseError> {
        Ok(self.0.get(&name(of))?.unwrap_or_default())
    }

    pub(crate) fn put(&self, of: &(String, String, u64), page: &Page) -> Result<(), PurseError> {
        Ok(self.0.put(&name(of), page)?)
    }
}

/// Chain, contract and number of a flow have no slash in them but for chain ids, which come first.
fn name((chain_id, contract, flow): &(String, String, u64)) -> String {
    format!("flow/{chain_id}/{contract}/{flow:020}")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pending(price: u128, cumulative: u128) -> Pending {
        let (price, cumulative) = (Amount(price), Amount(cumulative));
        Pending { request: Digest([0; 32]), price, cumulative, signature: Signature([1; 64]) }
    }

    #[test]
    fn no_voucher_is_for_more_than_what_had_replies_and_one_price() {
        let mut page = Page::default();
        assert_eq!(page.next(10, 0), Some((10, None)));
        page.pending = Some(pending(10, 10));
        assert_eq!(page.next(10, 0), Some((10, Some(Signature([1; 64])))), "the same one again");
        assert_eq!(page.next(7, 0), Some((7, None)), "another price");
        page.settle(10);
        assert_eq!((page.pending, page.next(7, 0)), (None, Some((17, None))));
        assert_eq!(page.next(7, 40), Some((47, None)), "the chain has paid more");
        assert_eq!(Page { settled: Amount(u128::MAX), pending: None }.next(1, 0), None);
        page.settle(3);
        assert_eq!(page.settled, Amount(10), "what is settled stays so");
    }
}
