//! What a voucher pays for.

use std::collections::BTreeMap;

use bithive_x402::{Amount, Book, Code, Digest, FlowView, KEPT, Refusal, Signature, Verdict};
use proptest::prelude::*;

const OPEN: FlowView = FlowView { deposit: 1_000, paid: 0, open: true };
const SIGNATURE: Signature = Signature([1; 64]);

fn request(number: u8) -> Digest {
    Digest([number; 32])
}

fn paid_for(requests: u8) -> Option<Book> {
    (0..requests).fold(None, |book, number| {
        let cumulative = book.as_ref().map_or(0, |book: &Book| book.charged.0) + 10;
        Some(Book::after(book.as_ref(), 0, (cumulative, SIGNATURE), request(number)).0)
    })
}

fn judge(book: Option<&Book>, flow: FlowView, cumulative: u128, number: u8) -> Result<Verdict, Code> {
    Book::judge(book, flow, (cumulative, 10), &request(number)).map_err(|refusal| refusal.code)
}

#[test]
fn a_voucher_is_for_what_is_owed_and_the_price_neither_more_nor_less() {
    assert_eq!(judge(None, OPEN, 10, 0), Ok(Verdict::Fresh));
    let book = paid_for(3);
    assert_eq!(judge(book.as_ref(), OPEN, 40, 3), Ok(Verdict::Fresh));
    for cumulative in [0, 1, 29, 31, 39, 41, 50, u128::MAX] {
        assert_eq!(judge(book.as_ref(), OPEN, cumulative, 3), Err(Code::Cumulative), "{cumulative}");
    }
    let refusal = Book::judge(book.as_ref(), OPEN, (50, 10), &request(9));
    assert_eq!(refusal, Err(Refusal { code: Code::Cumulative, charged: 30 }));
    assert_eq!(
        Book::judge(book.as_ref(), OPEN, (30, 0), &request(9)).map_err(|refusal| refusal.code),
        Err(Code::Used)
    );
    assert_eq!(
        Book::judge(None, OPEN, (0, 0), &request(9)).map_err(|refusal| refusal.code),
        Err(Code::Cumulative),
        "nothing is no payment"
    );
}

#[test]
fn a_voucher_pays_for_one_request_and_its_repetition_gets_the_kept_reply() {
    let book = paid_for(3);
    assert_eq!(judge(book.as_ref(), OPEN, 30, 2), Ok(Verdict::Again(2)));
    assert_eq!(judge(book.as_ref(), OPEN, 10, 0), Ok(Verdict::Again(0)));
    assert_eq!(judge(book.as_ref(), OPEN, 30, 7), Err(Code::Used));
    let closed = FlowView { open: false, ..OPEN };
    assert_eq!(judge(book.as_ref(), closed, 30, 2), Ok(Verdict::Again(2)), "it was paid for");
    assert_eq!(judge(book.as_ref(), closed, 40, 3), Err(Code::Closing));
}

#[test]
fn requests_that_are_forgotten_are_not_served_again() {
    let kept = u8::try_from(KEPT).unwrap();
    let book = paid_for(kept + 2).unwrap();
    assert_eq!(book.rows.len(), KEPT);
    assert_eq!(judge(Some(&book), OPEN, 20, 1), Err(Code::Cumulative));
    assert_eq!(judge(Some(&book), OPEN, 30, 2), Ok(Verdict::Again(2)));
    assert_eq!(Book::place(KEPT as u64 + 2), Book::place(2), "a new reply has the place of a forgotten one");
}

#[test]
fn a_voucher_beyond_the_deposit_pays_nothing() {
    let flow = FlowView { deposit: 39, ..OPEN };
    assert_eq!(judge(paid_for(3).as_ref(), flow, 40, 3), Err(Code::Deposit));
    assert_eq!(judge(paid_for(3).as_ref(), FlowView { deposit: 40, ..OPEN }, 40, 3), Ok(Verdict::Fresh));
}

#[test]
fn a_server_that_lost_its_book_goes_on_from_what_the_chain_has_paid() {
    let flow = FlowView { paid: 30, ..OPEN };
    assert_eq!(judge(None, flow, 40, 3), Ok(Verdict::Fresh));
    for old in [10, 20, 30] {
        assert_eq!(judge(None, flow, old, 3), Err(Code::Cumulative), "{old}");
    }
    // Somebody has redeemed a voucher that was never shown here: it is paid, and the next one is beyond it.
    assert_eq!(judge(paid_for(1).as_ref(), flow, 20, 1), Err(Code::Cumulative));
}

proptest! {
    /// Against a map that forgets nothing: every reply has its price in the newest voucher, and no voucher has two requests.
    #[test]
    fn what_is_served_is_owed(steps in proptest::collection::vec((0u128..12, 0u8..4, 0u128..3), 0..200)) {
        let mut served: BTreeMap<u128, u8> = BTreeMap::new();
        let mut book: Option<Book> = None;
        for (multiple, number, paid) in steps {
            let (cumulative, flow) = (multiple * 10, FlowView { deposit: 100, paid: paid * 10, open: true });
            match judge(book.as_ref(), flow, cumulative, number) {
                Ok(Verdict::Fresh) => {
                    prop_assert!(served.insert(cumulative, number).is_none());
                    book = Some(Book::after(book.as_ref(), flow.paid, (cumulative, SIGNATURE), request(number)).0);
                }
                Ok(Verdict::Again(_)) => prop_assert_eq!(served.get(&cumulative), Some(&number)),
                Err(_) => {}
            }
            let owed = book.as_ref().map_or(0, |book| book.charged.0);
            prop_assert!(served.len() as u128 * 10 <= owed && owed <= 100);
            prop_assert_eq!(book.as_ref().map(|book| book.charged), served.keys().last().copied().map(Amount));
        }
    }
}
