//! X25519 and HPKE of claims.

use std::convert::Infallible;

use bithive_blindmatch::claim::{Claim, ClaimContext, ClaimError, RequesterKey};
use bithive_blindmatch::vault::MatchKey;
use bithive_vectors::{Case, cases};
use hkdf::Hkdf;
use hpke::aead::ChaCha20Poly1305;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::{
    Deserializable, Kem, OpModeR, OpModeS, Serializable, single_shot_open, single_shot_seal_with_rng,
};
use rand_chacha::ChaCha20Rng;
use rand_core::{SeedableRng, TryCryptoRng, TryRng};
use sha2::Sha256;

type Private = <X25519HkdfSha256 as Kem>::PrivateKey;
type Public = <X25519HkdfSha256 as Kem>::PublicKey;
type Encapped = <X25519HkdfSha256 as Kem>::EncappedKey;

/// ExtractAndExpand of RFC 9180, section 4.1, which makes the KEM's secret of X25519's.
fn extract_and_expand(exchanged: &[u8], context: &[u8]) -> [u8; 32] {
    const SUITE: &[u8] = b"HPKE-v1KEM\x00\x20";
    let (_, hkdf) = Hkdf::<Sha256>::extract(Some(&[]), &[SUITE, b"eae_prk", exchanged].concat());
    let mut secret = [0; 32];
    hkdf.expand_multi_info(&[&[0, 32], SUITE, b"shared_secret", context], &mut secret).unwrap();
    secret
}

fn vectors() -> Vec<Case> {
    cases(include_str!("../../x25519.json"))
}

fn is_zero(case: &Case) -> bool {
    case.bytes("shared") == [0; 32]
}

#[test]
fn shared_secrets_are_wycheproofs_and_never_zero() {
    let mut counts = [0; 2];
    for case in vectors() {
        let secret = Private::from_bytes(&case.bytes("private")).unwrap();
        let Ok(public) = Encapped::from_bytes(&case.bytes("public")) else {
            assert!(is_zero(&case), "{case:?}");
            counts[1] += 1;
            continue;
        };
        let own = X25519HkdfSha256::sk_to_pk(&secret).to_bytes();
        let context = [case.bytes("public").as_slice(), own.as_slice()].concat();
        match X25519HkdfSha256::decap(&secret, None, &public) {
            Ok(shared) => {
                let expected = extract_and_expand(&case.bytes("shared"), &context);
                assert_eq!((shared.0.as_slice(), is_zero(&case)), (expected.as_slice(), false), "{case:?}");
                counts[0] += 1;
            }
            Err(_) => {
                assert!(is_zero(&case), "{case:?}");
                counts[1] += 1;
            }
        }
    }
    assert_eq!(counts, [92, 31]);
}

/// Whoever posts a vault chooses its key, and whoever sends a claim the encapsulated one.
#[test]
fn claims_take_no_point_of_low_order() {
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let job = ClaimContext::new("bithive-1", "bithive1jobs", 7).unwrap();
    let claim = Claim { address: "bithive1node".into(), slot: 3, ask: 5, consent: [0; 96] };
    let (key, requester) = (MatchKey::from_bytes([7; 32]), RequesterKey::generate(&mut rng));
    let sealed = claim.seal(&job, &key, &requester.public(), &mut rng).unwrap();
    assert_eq!(requester.open(&job, &key, &sealed).unwrap(), claim);
    let low: Vec<[u8; 32]> =
        vectors().iter().filter(|case| is_zero(case)).filter_map(|case| case.array("public")).collect();
    assert_eq!(low.len(), 31);
    for point in low {
        assert_eq!(claim.seal(&job, &key, &point, &mut rng), Err(ClaimError::RequesterKey), "{point:?}");
        let mut false_claim = sealed.clone();
        false_claim[1..33].copy_from_slice(&point);
        assert_eq!(requester.open(&job, &key, &false_claim), Err(ClaimError::NotForUs), "{point:?}");
    }
}

/// Gives the published key material.
struct Published(Vec<u8>);

impl TryRng for Published {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        unreachable!("key material is drawn as bytes")
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        unreachable!("key material is drawn as bytes")
    }

    fn try_fill_bytes(&mut self, out: &mut [u8]) -> Result<(), Infallible> {
        out.copy_from_slice(&self.0);
        Ok(())
    }
}

impl TryCryptoRng for Published {}

/// RFC 9180, appendix A.2.1, by the two calls that claims use.
#[test]
fn hpke_is_that_of_rfc_9180() {
    let cases = cases(include_str!("../../hpke.json"));
    assert_eq!(cases.len(), 1);
    let case = &cases[0];
    let (secret, public) = X25519HkdfSha256::derive_keypair(&case.bytes("ikmR"));
    assert_eq!(public.to_bytes().as_slice(), case.bytes("pkRm"));
    assert!(secret == Private::from_bytes(&case.bytes("skRm")).unwrap());
    let (info, aad, plaintext) = (case.bytes("info"), case.bytes("aad"), case.bytes("pt"));
    let mut rng = Published(case.bytes("ikmE"));
    let (encapped, sealed) = single_shot_seal_with_rng::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &Public::from_bytes(&case.bytes("pkRm")).unwrap(),
        &info,
        &plaintext,
        &aad,
        &mut rng,
    )
    .unwrap();
    assert_eq!(encapped.to_bytes().as_slice(), case.bytes("enc"));
    assert_eq!(sealed, case.bytes("ct"));
    let opened = single_shot_open::<ChaCha20Poly1305, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        &secret,
        &encapped,
        &info,
        &sealed,
        &aad,
    );
    assert_eq!(opened.unwrap(), plaintext);
}
