//! Consent receipts, lists of revocations, payment links, and keys of contents that a committee releases.

use bithive_consent::{Name, Receipt, SignedReceipt, Use, read_revocations};
use bithive_payment::Link;
use bithive_release::ceremony::{Card, Deal, Secret};
use bithive_release::{Committee, MemberKey, Request, Share, Wrap};

use crate::memory::Budget;
use crate::{canonical, choose};

/// A name of one letter is an allocation of its own, and the canonical text is made from a tree of values.
pub const BUDGET: Budget = Budget { fixed: 256 << 10, per_byte: 256 };

/// The first byte chooses between a signed receipt, one without a signature, a list of revocations, a payment link, and what is sent and kept
/// for releases of keys.
pub fn check(input: &[u8]) {
    match choose(input, 5) {
        None => {}
        Some((0, bytes)) => signed(bytes),
        Some((1, bytes)) => unsigned(bytes),
        Some((2, bytes)) => drop(read_revocations(bytes)),
        Some((3, bytes)) => link(&String::from_utf8_lossy(bytes)),
        Some((_, bytes)) => release(bytes),
    }
}

/// Everything has one encoding; keys that are read belong together.
fn release(input: &[u8]) {
    match choose(input, 8) {
        None => {}
        Some((0, bytes)) => drop(canonical(bytes, Committee::decode, Committee::encode)),
        Some((1, bytes)) => drop(canonical(bytes, Wrap::decode, Wrap::encode)),
        Some((2, bytes)) => drop(canonical(bytes, Share::decode, Share::encode)),
        Some((3, bytes)) => drop(canonical(bytes, Request::decode, Request::encode)),
        Some((4, bytes)) => drop(canonical(bytes, Card::decode, Card::encode)),
        Some((5, bytes)) => drop(canonical(bytes, Deal::decode, Deal::encode)),
        Some((6, bytes)) => drop(canonical(bytes, Secret::decode, |secret| secret.encode().to_vec())),
        Some((_, bytes)) => {
            let Some(key) = canonical(bytes, MemberKey::decode, |key| key.encode().to_vec()) else { return };
            assert!(key.committee().seat(key.member()).is_some());
        }
    }
}

/// One link has one text.
fn link(text: &str) {
    let Ok(link) = Link::parse(text) else { return };
    assert_eq!(link.to_string(), text);
    assert_eq!(Link::new(link.page(), link.request().clone()), Ok(link.clone()));
}

/// What is read is written so that it is the same receipt, with the same digest; it permits nothing before it was given.
fn signed(bytes: &[u8]) {
    let Ok(read) = SignedReceipt::read(bytes) else { return };
    let again = SignedReceipt::read(&serde_json::to_vec(&read).expect("a receipt")).expect("what was read");
    assert_eq!(read, again);
    assert_eq!(read.digest(), again.digest());
    let receipt = read.receipt();
    let (reader, purpose): (&Name, &Name) = (&receipt.readers[0], &receipt.purposes[0]);
    let mut wanted = Use { reader, purpose, data: receipt.data.first().copied(), now: receipt.exp };
    assert!(read.permits(&wanted, [receipt.issuer.as_str()], &[]).is_err(), "it has ended");
    wanted.now = receipt.nbf.max(receipt.iat);
    if wanted.now < receipt.exp {
        assert_eq!(
            read.permits(&wanted, [receipt.issuer.as_str()], &[]),
            Ok(read.digest().expect("a receipt"))
        );
    }
}

fn unsigned(bytes: &[u8]) {
    let Ok(receipt) = SignedReceipt::read_unsigned(bytes) else { return };
    let text = serde_json::to_vec(&receipt).expect("a receipt");
    assert_eq!(SignedReceipt::read_unsigned(&text), Ok(receipt.clone()));
    let sorted: Receipt = receipt.clone().sorted();
    assert_eq!(sorted, receipt, "what is read is sorted");
}
