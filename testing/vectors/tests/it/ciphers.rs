//! ChaCha20-Poly1305 of payloads, XChaCha20-Poly1305 of the keystore, ChaCha20 of masks.

use bithive_vectors::cases;
use chacha20::ChaCha20;
use chacha20::cipher::{KeyIvInit, StreamCipher};
use chacha20poly1305::aead::{Aead, Nonce, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, KeyInit, XChaCha20Poly1305};

/// Valid cases seal to what is published, and open; the others do not open. How many were valid, invalid, and of a nonce
/// that the type does not take.
fn check<C: Aead>(file: &str, new: impl Fn(&Key) -> C) -> [usize; 3] {
    let mut counts = [0; 3];
    for case in cases(file) {
        let cipher = new(&Key::from(case.array::<32>("key").unwrap()));
        let (aad, msg) = (case.bytes("aad"), case.bytes("msg"));
        let sealed = [case.bytes("ct"), case.bytes("tag")].concat();
        let Ok(nonce) = Nonce::<C>::try_from(case.bytes("iv").as_slice()) else {
            assert!(case.is("InvalidNonceSize"), "{case:?}");
            counts[2] += 1;
            continue;
        };
        let opened = cipher.decrypt(&nonce, Payload { msg: &sealed, aad: &aad });
        if case.is_valid() {
            assert_eq!(cipher.encrypt(&nonce, Payload { msg: &msg, aad: &aad }).unwrap(), sealed, "{case:?}");
            assert_eq!(opened.unwrap(), msg, "{case:?}");
            counts[0] += 1;
        } else {
            assert!(opened.is_err(), "{case:?}");
            counts[1] += 1;
        }
    }
    counts
}

#[test]
fn chacha20_poly1305_is_wycheproofs() {
    let counts = check(include_str!("../../chacha20_poly1305.json"), ChaCha20Poly1305::new);
    assert_eq!(counts, [56, 12, 9]);
}

#[test]
fn xchacha20_poly1305_is_wycheproofs() {
    let counts = check(include_str!("../../xchacha20_poly1305.json"), XChaCha20Poly1305::new);
    assert_eq!(counts, [54, 12, 9]);
}

/// RFC 8439, appendix A.1: test vectors 1, 2 and 5, whose blocks a stream from counter 0 has.
#[test]
fn chacha20_is_that_of_rfc_8439() {
    let mut nonce = [0; 12];
    let mut blocks = [0; 128];
    ChaCha20::new(&[0; 32].into(), &nonce.into()).apply_keystream(&mut blocks);
    assert_eq!(
        hex::encode(blocks),
        "76b8e0ada0f13d90405d6ae55386bd28bdd219b8a08ded1aa836efcc8b770dc7\
         da41597c5157488d7724e03fb8d84a376a43b8f41518a11cc387b669b2ee6586\
         9f07e7be5551387a98ba977c732d080dcb0f29a048e3656912c6533e32ee7aed\
         29b721769ce64e43d57133b074d839d531ed1f28510afb45ace10a1f4b794d6f"
    );
    nonce[11] = 2;
    let mut block = [0; 64];
    ChaCha20::new(&[0; 32].into(), &nonce.into()).apply_keystream(&mut block);
    assert_eq!(
        hex::encode(block),
        "c2c64d378cd536374ae204b9ef933fcd1a8b2288b3dfa49672ab765b54ee27c7\
         8a970e0e955c14f3a88e741b97c286f75f8fc299e8148362fa198a39531bed6d"
    );
}
