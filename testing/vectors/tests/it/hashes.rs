//! HKDF, HMAC and BLAKE3.

use bithive_vectors::{Case, cases};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256, Sha512};

/// As keys are derived here: salt and input, then one expansion, which may fail by its length alone.
fn check_hkdf(file: &str, derive: impl Fn(&Case, &mut [u8]) -> bool) -> [usize; 2] {
    let mut counts = [0; 2];
    for case in cases(file) {
        let mut okm = vec![0; case.number("size")];
        let expanded = derive(&case, &mut okm);
        assert_eq!(expanded, case.is_valid(), "{case:?}");
        if expanded && case.has("okm_sha256") {
            assert_eq!(Sha256::digest(&okm).as_slice(), case.bytes("okm_sha256"), "{case:?}");
        } else if expanded {
            assert_eq!(okm, case.bytes("okm"), "{case:?}");
        } else {
            assert!(case.is("SizeTooLarge"), "{case:?}");
        }
        counts[usize::from(!expanded)] += 1;
    }
    counts
}

#[test]
fn hkdf_with_sha_256_is_wycheproofs() {
    let counts = check_hkdf(include_str!("../../hkdf_sha256.json"), |case, okm| {
        let hkdf = Hkdf::<Sha256>::new(Some(&case.bytes("salt")), &case.bytes("ikm"));
        let info = case.bytes("info");
        let (first, second) = info.split_at(info.len() / 2);
        let mut again = vec![0; okm.len()];
        let in_parts = hkdf.expand_multi_info(&[first, second], &mut again);
        let whole = hkdf.expand(&info, okm);
        assert_eq!((in_parts.is_ok(), again == okm), (whole.is_ok(), true), "{case:?}");
        whole.is_ok()
    });
    assert_eq!(counts, [74, 3]);
}

#[test]
fn hkdf_with_sha_512_is_wycheproofs() {
    let counts = check_hkdf(include_str!("../../hkdf_sha512.json"), |case, okm| {
        Hkdf::<Sha512>::new(Some(&case.bytes("salt")), &case.bytes("ikm"))
            .expand(&case.bytes("info"), okm)
            .is_ok()
    });
    assert_eq!(counts, [74, 3]);
}

/// A shorter tag is refused, though it is the beginning of the right one: claims have all 32 bytes.
#[test]
fn hmac_with_sha_256_is_wycheproofs() {
    let mut counts = [0; 3];
    for case in cases(include_str!("../../hmac_sha256.json")) {
        let (key, tag) = (case.bytes("key"), case.bytes("tag"));
        let mac = |mut mac: Hmac<Sha256>| {
            mac.update(&case.bytes("msg"));
            mac
        };
        let sliced = mac(Hmac::new_from_slice(&key).unwrap());
        if let Some(mut block) = (key.len() <= 64).then_some([0; 64]) {
            // The form that claims use: a key filled up with zeros to a block.
            block[..key.len()].copy_from_slice(&key);
            let padded = mac(Hmac::new(&block.into()));
            assert_eq!(padded.finalize().into_bytes(), sliced.clone().finalize().into_bytes(), "{case:?}");
        }
        let whole = case.number("tag_bits") == 256;
        assert_eq!(tag.len() * 8, case.number("tag_bits"), "{case:?}");
        assert_eq!(sliced.clone().verify_slice(&tag).is_ok(), case.is_valid() && whole, "{case:?}");
        assert_eq!(sliced.finalize().into_bytes().starts_with(&tag), case.is_valid(), "{case:?}");
        counts[if !whole { 2 } else { usize::from(!case.is_valid()) }] += 1;
    }
    assert_eq!(counts, [18, 12, 30]);
}

/// Byte i of an input is i mod 251.
#[test]
fn blake3_is_the_reference_implementations() {
    let cases = cases(include_str!("../../blake3.json"));
    assert_eq!(cases.len(), 35);
    for case in cases {
        let input: Vec<u8> = (0..=250).cycle().take(case.number("input_len")).collect();
        assert_eq!(blake3::hash(&input).as_bytes().as_slice(), case.bytes("hash"), "{case:?}");
    }
}
