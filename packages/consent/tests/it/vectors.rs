//! A receipt and a list that another implementation has made: Python with the packages json, blake3, ecdsa, bech32 and pycryptodome, from
//! the documentation of the crate alone.

use bithive_consent::{ConsentError, SignedReceipt, Use, data_digest, read_revocations};

const RECEIPT: &[u8] = include_bytes!("../vectors/receipt.json");
const REVOCATIONS: &[u8] = include_bytes!("../vectors/revocations.json");
const DIGEST: &str = include_str!("../vectors/digest.txt");

#[test]
fn a_receipt_of_another_implementation_is_read_with_its_digest_and_its_revocation() {
    let signed = SignedReceipt::read(RECEIPT).unwrap();
    assert_eq!(signed.digest().unwrap().to_string(), DIGEST.trim_end());
    let receipt = signed.receipt();
    let (reader, purpose) = ("bithive1reader".parse().unwrap(), "TREAT".parse().unwrap());
    let wanted = Use { reader: &reader, purpose: &purpose, data: Some(data_digest(b"b")), now: receipt.nbf };
    let issuer = receipt.issuer.as_str();
    assert_eq!(signed.permits(&wanted, [issuer], &[]).unwrap().to_string(), DIGEST.trim_end());
    let list = read_revocations(REVOCATIONS).unwrap().document;
    let refused = signed.permits(&wanted, [issuer], &[list]).unwrap_err();
    assert!(matches!(refused, ConsentError::Revoked { .. }), "{refused}");
}
