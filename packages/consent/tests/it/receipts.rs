//! Receipts that are signed, read, and asked.

use bithive_consent::{
    ConsentError, Digest, MAX_RECEIPT_BYTES, MAX_SECONDS, Name, Receipt, ReceiptKind, Revocations,
    RevocationsKind, SignedReceipt, Use, data_digest, read_revocations,
};
use bithive_signed::{Signature, SignatureError, Signed, canonical};
use k256::ecdsa::signature::hazmat::PrehashSigner as _;
use k256::ecdsa::{self, SigningKey};
use proptest::prelude::*;
use serde::Serialize;
use sha2::Digest as _;

const NOW: u64 = 1_795_392_000;

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

/// A wallet: signs as those of browsers do.
struct Wallet(SigningKey);

impl Wallet {
    fn new(seed: u8) -> Self {
        Self(SigningKey::from_slice(&[seed; 32]).unwrap())
    }

    fn point(&self) -> Vec<u8> {
        self.0.verifying_key().to_encoded_point(true).as_bytes().to_vec()
    }

    fn address(&self) -> Name {
        let hash = <ripemd::Ripemd160 as ripemd::Digest>::digest(sha2::Sha256::digest(self.point()));
        let prefix = bech32::Hrp::parse("bithive").unwrap();
        name(&bech32::encode::<bech32::Bech32>(prefix, &hash).unwrap())
    }

    fn sign<T: Serialize>(&self, document: T) -> Signed<T> {
        let address = self.address();
        Signed::sign(document, (address.as_str(), &self.point()), |bytes| {
            let signature: ecdsa::Signature = self.0.sign_prehash(&sha2::Sha256::digest(bytes)).unwrap();
            let low = signature.normalize_s().unwrap_or(signature);
            Ok::<_, canonical::FormError>(low.to_bytes().to_vec())
        })
        .unwrap()
    }
}

fn receipt() -> Receipt {
    Receipt {
        data: vec![data_digest(b"a"), data_digest(b"b")],
        exp: NOW + 1_000,
        iat: NOW - 10,
        issuer: Wallet::new(1).address(),
        kind: ReceiptKind::Consent1,
        nbf: NOW,
        purposes: vec![name("TREAT"), name("HRESCH")],
        readers: vec![name("bithive1reader"), name("did:key:z6Mk")],
        salt: Digest([5; 32]),
        subject: Digest([6; 32]),
    }
    .sorted()
}

fn signed(receipt: Receipt) -> Result<SignedReceipt, ConsentError> {
    SignedReceipt::read(&serde_json::to_vec(&Wallet::new(1).sign(receipt)).unwrap())
}

fn asked(
    change: impl Fn(&mut Use<'_>),
    receipt: Receipt,
    revocations: &[Revocations],
) -> Result<Digest, ConsentError> {
    let (reader, purpose) = (name("bithive1reader"), name("TREAT"));
    let mut wanted = Use { reader: &reader, purpose: &purpose, data: Some(data_digest(b"a")), now: NOW };
    change(&mut wanted);
    let issuer = Wallet::new(1).address();
    signed(receipt)?.permits(&wanted, [issuer.as_str()], revocations)
}

#[test]
fn a_receipt_permits_what_it_says() {
    let digest = asked(|_| {}, receipt(), &[]).unwrap();
    assert_eq!(digest, signed(receipt()).unwrap().digest().unwrap());
    assert!(asked(|wanted| wanted.data = None, receipt(), &[]).is_ok());
    assert!(asked(|wanted| wanted.now = NOW + 999, receipt(), &[]).is_ok());
}

#[test]
fn each_reason_why_it_does_not_has_its_error() {
    let other = name("bithive1other");
    let with = |change: fn(&mut Receipt)| {
        let mut changed = receipt();
        change(&mut changed);
        asked(|_| {}, changed, &[]).unwrap_err()
    };
    assert!(matches!(asked(|at| at.now = NOW - 1, receipt(), &[]), Err(ConsentError::NotYet { .. })));
    assert!(matches!(asked(|at| at.now = NOW + 1_000, receipt(), &[]), Err(ConsentError::Expired { .. })));
    let research = name("HMARKT");
    let (reader, purpose) = (name("bithive1reader"), name("TREAT"));
    let issuer = receipt().issuer;
    let ask = |reader: &Name, purpose: &Name, data: &[u8], issuer: &str| {
        let wanted = Use { reader, purpose, data: Some(data_digest(data)), now: NOW };
        signed(receipt()).unwrap().permits(&wanted, [issuer], &[]).unwrap_err()
    };
    assert!(matches!(ask(&other, &purpose, b"a", issuer.as_str()), ConsentError::WrongReader { .. }));
    assert!(matches!(ask(&reader, &research, b"a", issuer.as_str()), ConsentError::WrongPurpose { .. }));
    assert!(matches!(ask(&reader, &purpose, b"c", issuer.as_str()), ConsentError::WrongData { .. }));
    assert!(matches!(ask(&reader, &purpose, b"a", other.as_str()), ConsentError::Issuer { .. }));
    assert!(matches!(with(|at| at.iat = NOW + 61), ConsentError::FutureIat { .. }));
    assert!(matches!(with(|at| at.exp = at.nbf), ConsentError::Period { .. }));
    assert!(matches!(with(|at| at.exp = at.nbf + MAX_SECONDS + 1), ConsentError::Period { .. }));
    assert!(matches!(with(|at| at.exp = u64::MAX), ConsentError::Bounds { field: "exp", .. }));
    assert!(matches!(with(|at| at.readers.clear()), ConsentError::Bounds { field: "readers", .. }));
    assert!(matches!(with(|at| at.readers.reverse()), ConsentError::Bounds { field: "readers", .. }));
    assert!(matches!(with(|at| at.data.push(at.data[0])), ConsentError::Bounds { field: "data", .. }));
    assert!(matches!(with(|at| at.issuer = "bithive1other".parse().unwrap()), ConsentError::Signer { .. }));
}

#[test]
fn a_receipt_without_a_period_is_refused_and_says_which_end_is_missing() {
    for missing in ["nbf", "exp"] {
        let mut value = serde_json::to_value(Wallet::new(1).sign(receipt())).unwrap();
        value["document"].as_object_mut().unwrap().remove(missing);
        let refused = SignedReceipt::read(value.to_string().as_bytes()).unwrap_err();
        assert_eq!(refused, ConsentError::NoPeriod { missing });
    }
}

#[test]
fn a_file_in_another_form_of_json_is_the_same_receipt() {
    let signed = Wallet::new(1).sign(receipt());
    let pretty = serde_json::to_vec_pretty(&signed).unwrap();
    let read = SignedReceipt::read(&pretty).unwrap();
    assert_eq!(read.receipt(), &receipt());
    assert_eq!(read, SignedReceipt::read(&serde_json::to_vec(&read).unwrap()).unwrap());
}

#[test]
fn no_field_of_a_receipt_can_be_changed() {
    let value = serde_json::to_value(Wallet::new(1).sign(receipt())).unwrap();
    let replaced = [
        ("exp", serde_json::json!(NOW + 1_001)),
        ("nbf", serde_json::json!(NOW - 1)),
        ("iat", serde_json::json!(NOW - 11)),
        ("salt", serde_json::json!(Digest([7; 32]))),
        ("subject", serde_json::json!(Digest([7; 32]))),
        ("purposes", serde_json::json!(["TREAT"])),
        ("readers", serde_json::json!(["bithive1other"])),
        ("data", serde_json::json!([data_digest(b"c")])),
    ];
    for (field, other) in replaced {
        let mut changed = value.clone();
        changed["document"][field] = other;
        let refused = SignedReceipt::read(changed.to_string().as_bytes()).unwrap_err();
        assert!(matches!(refused, ConsentError::Signature(SignatureError::Wrong(_))), "{field}: {refused}");
    }
    let mut kind = value.clone();
    kind["document"]["kind"] = serde_json::json!("bithive-audit-head-1");
    assert!(matches!(SignedReceipt::read(kind.to_string().as_bytes()), Err(ConsentError::Form(_))));
    let mut extra = value;
    extra["document"]["note"] = serde_json::json!("and everything else");
    assert!(matches!(SignedReceipt::read(extra.to_string().as_bytes()), Err(ConsentError::Form(_))));
}

#[test]
fn a_receipt_has_one_digest_and_two_receipts_have_two() {
    let digest = |receipt| signed(receipt).unwrap().digest().unwrap();
    assert_eq!(digest(receipt()), digest(receipt()));
    let other = Receipt { salt: Digest([9; 32]), ..receipt() };
    assert_ne!(digest(receipt()), digest(other));
}

#[test]
fn a_revocation_of_the_issuer_ends_a_consent_and_one_of_somebody_else_does_not() {
    let digest = asked(|_| {}, receipt(), &[]).unwrap();
    let list = |wallet: &Wallet, revoked: Vec<Digest>| {
        let list =
            Revocations { iat: NOW, issuer: wallet.address(), kind: RevocationsKind::Revocations1, revoked };
        let bytes = serde_json::to_vec(&wallet.sign(list)).unwrap();
        read_revocations(&bytes).map(|signed| signed.document)
    };
    let own = list(&Wallet::new(1), vec![digest]).unwrap();
    let refused = asked(|_| {}, receipt(), &[own]).unwrap_err();
    assert_eq!(refused, ConsentError::Revoked { digest, iat: NOW });
    let foreign = list(&Wallet::new(2), vec![digest]).unwrap();
    let empty = list(&Wallet::new(1), vec![]).unwrap();
    assert!(asked(|_| {}, receipt(), &[foreign, empty]).is_ok());
    assert!(matches!(list(&Wallet::new(1), vec![digest, digest]), Err(ConsentError::Bounds { .. })));
    // A list in the name of another.
    let forged = Revocations {
        iat: NOW,
        issuer: Wallet::new(1).address(),
        kind: RevocationsKind::Revocations1,
        revoked: vec![digest],
    };
    let bytes = serde_json::to_vec(&Wallet::new(2).sign(forged)).unwrap();
    assert!(matches!(read_revocations(&bytes), Err(ConsentError::Signer { .. })));
}

#[test]
fn what_is_too_long_or_no_json_is_refused() {
    assert!(matches!(SignedReceipt::read(&vec![b' '; MAX_RECEIPT_BYTES + 1]), Err(ConsentError::Form(_))));
    assert!(matches!(SignedReceipt::read("[".repeat(60_000).as_bytes()), Err(ConsentError::Form(_))));
    let unsigned = serde_json::to_vec(&receipt()).unwrap();
    assert!(SignedReceipt::read(&unsigned).is_err());
    assert_eq!(SignedReceipt::read_unsigned(&unsigned).unwrap(), receipt());
    let signature = Signature { signer: String::new(), public_key: String::new(), signature: String::new() };
    assert!(matches!(SignedReceipt::of(receipt(), signature), Err(ConsentError::Signature(_))));
}

proptest! {
    #[test]
    fn a_file_in_which_something_was_changed_is_refused_or_the_same_receipt(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let whole = serde_json::to_vec(&Wallet::new(1).sign(receipt())).unwrap();
        let mut changed = whole.clone();
        changed[place.index(whole.len())] = byte;
        if let Ok(read) = SignedReceipt::read(&changed) {
            prop_assert_eq!(read, SignedReceipt::read(&whole).unwrap());
        }
    }
}
