//! The server's rules: what a flow has paid for, and what its next voucher has to be.

use serde::{Deserialize, Serialize};

use crate::amount::Amount;
use crate::error::Code;
use crate::signature::Signature;
use bithive_signed::Digest;

/// Requests of a flow that are remembered with their replies. A client asks for its next one after it has a reply, so that only
/// programs that ask ahead need more than one.
pub const KEPT: usize = 8;

/// What a flow has paid for, as the server records it before each reply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Book {
    /// What all requests have cost, in base units; the newest voucher is for this amount.
    pub charged: Amount,
    /// Signature of the newest voucher.
    pub signature: Signature,
    /// What of it the chain had credited to the server when it was last read, in base units.
    pub paid: Amount,
    /// Number of the next row, from 0.
    pub next: u64,
    /// The newest [`KEPT`] requests, oldest first.
    pub rows: Vec<Row>,
}

/// A request that was paid for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Its number, from 0.
    pub number: u64,
    /// Amount of its voucher, in base units.
    pub cumulative: Amount,
    /// Digest of the request.
    pub request: Digest,
}

/// A flow as the chain has it, in base units.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FlowView {
    /// All that was deposited.
    pub deposit: u128,
    /// What of it the server was credited with.
    pub paid: u128,
    /// Whether further vouchers may be taken: it is not closing, and its end is far enough away.
    pub open: bool,
}

/// What a voucher with a true signature is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It pays for the request.
    Fresh,
    /// It has paid for this very request: the reply is kept under this number.
    Again(u64),
}

/// Why a voucher with a true signature does not pay.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why it was refused.
    pub code: Code,
    /// What all requests have cost so far, in base units.
    pub charged: u128,
}

impl Book {
    /// What a voucher for `cumulative` is to a request that costs `price`. `book` is none of a flow that has paid for nothing here yet.
    ///
    /// # Errors
    /// See [`Refusal`].
    pub fn judge(
        book: Option<&Self>,
        flow: FlowView,
        (cumulative, price): (u128, u128),
        request: &Digest,
    ) -> Result<Verdict, Refusal> {
        let rows = book.map_or(&[][..], |book| &book.rows);
        // A server that lost its book, or whose vouchers somebody else redeemed, goes on from what the chain has.
        let charged = book.map_or(0, |book| book.charged.0).max(flow.paid);
        let refuse = |code| Err(Refusal { code, charged });
        if let Some(row) = rows.iter().find(|row| row.cumulative.0 == cumulative) {
            return if row.request == *request { Ok(Verdict::Again(row.number)) } else { refuse(Code::Used) };
        }
        if charged.checked_add(price) != Some(cumulative) || price == 0 {
            return refuse(Code::Cumulative);
        }
        if cumulative > flow.deposit {
            return refuse(Code::Deposit);
        }
        if !flow.open {
            return refuse(Code::Closing);
        }
        Ok(Verdict::Fresh)
    }

    /// The book after a request that was paid for with a voucher that [`Book::judge`] found fresh, and the number of its row.
    #[must_use]
    pub fn after(
        book: Option<&Self>,
        paid: u128,
        (cumulative, signature): (u128, Signature),
        request: Digest,
    ) -> (Self, u64) {
        let number = book.map_or(0, |book| book.next);
        let mut rows: Vec<Row> = book.map(|book| book.rows.clone()).unwrap_or_default();
        rows.push(Row { number, cumulative: Amount(cumulative), request });
        let old = rows.len().saturating_sub(KEPT);
        rows.drain(..old);
        let (charged, paid) = (Amount(cumulative), Amount(paid));
        (Self { charged, signature, paid, next: number.saturating_add(1), rows }, number)
    }

    /// What was served and the chain has not credited, in base units.
    #[must_use]
    pub const fn exposure(&self) -> u128 {
        self.charged.0.saturating_sub(self.paid.0)
    }

    /// Which of [`KEPT`] places the reply of a row has: that of a row that is forgotten.
    #[must_use]
    pub const fn place(number: u64) -> u64 {
        // Not 0.
        match number.checked_rem(KEPT as u64) {
            Some(place) => place,
            None => 0,
        }
    }
}
