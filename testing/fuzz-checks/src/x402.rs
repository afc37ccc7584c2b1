//! Headers of paid requests, and what a payer and a payee make of them.

use bithive_x402::header::{MAX_BYTES, decode, encode};
use bithive_x402::{
    BATCH_SETTLEMENT, Book, Digest, FlowView, Limits, MAX_TRANSACTION, Order, PaidBy, Payment,
    PaymentRequired, Proof, Settled, Terms, Verdict, Voucher, digest,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::choose;
use crate::memory::Budget;

/// A member of an object in a payload is an allocation of its own, and what is read is written and read again.
pub const BUDGET: Budget = Budget { fixed: 256 << 10, per_byte: 1_024 };

/// What the client is ready to pay.
const LIMITS: Limits<'static> = Limits {
    chain_id: "bithive-1",
    scheme: BATCH_SETTLEMENT,
    contract: "bithive1flows",
    price: 10_000,
    asset: "cw20:bithive1btt",
    notice: 86_400,
};

/// The first byte chooses between the three headers as JSON, and the three as they are sent.
pub fn check(input: &[u8]) {
    match choose(input, 4) {
        None => {}
        Some((0, json)) => drop(header::<PaymentRequired>(json).map(|required| pays_within(&required))),
        Some((1, json)) => drop(header::<Payment>(json).map(|payment| buys_once(&payment))),
        Some((2, json)) => drop(header::<Settled>(json)),
        Some((_, text)) => {
            let read = (decode::<PaymentRequired>(text), decode::<Payment>(text), decode::<Settled>(text));
            assert!(text.len() <= MAX_BYTES || (read.0.is_err() && read.1.is_err() && read.2.is_err()));
        }
    }
}

/// What is read is written so that it is read as the same.
fn header<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(json: &[u8]) -> Option<T> {
    use base64::Engine as _;
    let read: T = decode(base64::engine::general_purpose::STANDARD.encode(json).as_bytes()).ok()?;
    if let Ok(written) = encode(&read) {
        assert!(written.len() <= MAX_BYTES);
        assert_eq!(decode::<T>(written.as_bytes()).as_ref(), Ok(&read));
    }
    Some(read)
}

/// Whatever a server asks for, a client that agrees has all of its limits kept.
fn pays_within(required: &PaymentRequired) {
    let Ok(terms) = Terms::choose(required, &LIMITS) else { return };
    assert!((1..=LIMITS.price).contains(&terms.price) && terms.notice <= LIMITS.notice);
    assert_eq!(terms.accepted.network, "cosmos:bithive-1");
    assert_eq!(terms.accepted.asset, LIMITS.asset);
    assert_eq!(terms.accepted.extra.contract.as_deref(), Some(LIMITS.contract));
    assert_eq!(terms.hold(&terms), Ok(()));
}

/// What proves a payment buys one request, and its repetition.
fn buys_once(payment: &Payment) {
    match payment.proof() {
        Err(_) => {}
        Ok(Proof::Voucher(voucher)) => once_by_voucher(payment, &voucher),
        Ok(Proof::Exact(exact)) => {
            if let PaidBy::Transaction(bytes) = &exact.by {
                assert!((1..=MAX_TRANSACTION).contains(&bytes.len()));
            }
            assert_eq!(
                Payment::with_exact(None, payment.accepted.clone(), exact.clone()).proof(),
                payment.proof()
            );
            let key = |body: &[u8]| {
                let request = digest("POST", "/predict", body);
                Order { chain_id: "bithive-1", contract: "bithive1checkout", offer: 1, request }
                    .key(&exact.salt)
            };
            assert_ne!(key(b"1"), key(b"2"));
        }
    }
}

fn once_by_voucher(payment: &Payment, voucher: &Voucher) {
    let (cumulative, price) = (voucher.cumulative.0, payment.accepted.amount.0);
    let flow = FlowView { deposit: u128::MAX, paid: cumulative.saturating_sub(price), open: true };
    let (one, other): (Digest, Digest) = (digest("POST", "/predict", b"1"), digest("POST", "/predict", b"2"));
    if Book::judge(None, flow, (cumulative, price), &one) == Ok(Verdict::Fresh) {
        let (book, number) = Book::after(None, flow.paid, (cumulative, voucher.signature), one);
        assert_eq!(Book::judge(Some(&book), flow, (cumulative, price), &one), Ok(Verdict::Again(number)));
        assert!(Book::judge(Some(&book), flow, (cumulative, price), &other).is_err());
        assert_eq!(book.exposure(), price);
    }
}
