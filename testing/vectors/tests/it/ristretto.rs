//! ristretto255: points from peers are canonical, and not the identity.

use bithive_blindmatch::committee::{CommitteeParams, MemberSeeds, ShareKeyTable, deal};
use bithive_blindmatch::oprf::{EvaluateError, EvaluateRequest};
use bithive_vectors::{Case, cases};
use curve25519_dalek::constants::RISTRETTO_BASEPOINT_COMPRESSED;
use curve25519_dalek::ristretto::CompressedRistretto;
use curve25519_dalek::{RistrettoPoint, Scalar};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use sha2::{Digest, Sha512};

fn vectors(with: &str) -> Vec<Case> {
    let all = cases(include_str!("../../ristretto255.json"));
    assert_eq!(all.len(), 54);
    all.into_iter().filter(|case| case.has(with)).collect()
}

fn seeds() -> MemberSeeds {
    deal(CommitteeParams::new(3, 2).unwrap(), &mut ChaCha20Rng::seed_from_u64(1)).remove(0)
}

/// Whether a member evaluates a blinded point.
fn evaluates(encoding: &[u8]) -> bool {
    let request = [&[2, 0, 0, 0, 0, 0, 0, 0, 42, 0, 1, 0, 0], encoding, &[0]].concat();
    let request = EvaluateRequest::decode(&request).unwrap();
    let evaluated = seeds().epoch_keys(42, 1).unwrap().evaluate(&request, &mut ChaCha20Rng::seed_from_u64(2));
    match evaluated {
        Ok(_) => true,
        Err(error) => {
            assert_eq!(error, EvaluateError::Point { position: 0 });
            false
        }
    }
}

/// Whether a table of share keys, of 2 of 3 members and one slot, may have this point as its last.
fn is_in_table(encoding: &[u8]) -> bool {
    let generator = RISTRETTO_BASEPOINT_COMPRESSED.to_bytes();
    let bytes = [&[1, 3, 2, 0, 0, 0, 0, 0, 0, 0, 42, 0, 1], &generator[..], &generator, encoding].concat();
    assert!(ShareKeyTable::decode(&[&bytes[..77], &generator].concat()).is_ok());
    ShareKeyTable::decode(&bytes).is_ok()
}

#[test]
fn multiples_of_the_generator_are_those_of_rfc_9496() {
    let vectors = vectors("multiple");
    assert_eq!(vectors.len(), 16);
    for case in vectors {
        let (multiple, encoding) = (case.number("multiple"), case.array::<32>("encoding").unwrap());
        let point = RistrettoPoint::mul_base(&Scalar::from(multiple as u64));
        assert_eq!(point.compress().to_bytes(), encoding, "{case:?}");
        assert_eq!(CompressedRistretto(encoding).decompress(), Some(point), "{case:?}");
        // The identity is a point, but nobody's blinded input and nobody's key.
        assert_eq!((evaluates(&encoding), is_in_table(&encoding)), (multiple > 0, multiple > 0), "{case:?}");
    }
}

#[test]
fn encodings_that_rfc_9496_forbids_are_refused() {
    let vectors = vectors("refused");
    assert_eq!(vectors.len(), 29);
    for case in vectors {
        let encoding = case.array::<32>("encoding").unwrap();
        assert_eq!(CompressedRistretto(encoding).decompress(), None, "{case:?}");
        assert_eq!((evaluates(&encoding), is_in_table(&encoding)), (false, false), "{case:?}");
    }
}

#[test]
fn the_one_way_map_is_that_of_rfc_9496() {
    let vectors = vectors("label");
    assert_eq!(vectors.len(), 7);
    for case in vectors {
        let point = RistrettoPoint::from_uniform_bytes(&Sha512::digest(case.text("label")).into());
        assert_eq!(point.compress().as_bytes().as_slice(), case.bytes("encoding"), "{case:?}");
    }
}
