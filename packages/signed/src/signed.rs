//! A document with a signature.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bech32::{Bech32, Hrp};
use k256::ecdsa::signature::hazmat::PrehashVerifier as _;
use k256::ecdsa::{self, VerifyingKey};
use ripemd::{Digest as _, Ripemd160};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::adr36;
use crate::canonical::{self, FormError};

/// Most characters of an address: what bech32 permits.
const MAX_ADDRESS: usize = 90;
/// Most characters of a key or signature: base64 of 64 bytes is 88.
const MAX_BASE64: usize = 88;

/// A document and the signature of an account over its canonical text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signed<T> {
    /// What is signed.
    pub document: T,
    /// Whose signature it has.
    pub signature: Signature,
}

/// The signature of an account in the form of ADR-36, as wallets give it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// Address of the account, bech32.
    pub signer: String,
    /// Its public key: the compressed point of secp256k1, 33 bytes in base64.
    pub public_key: String,
    /// r and s, 64 bytes in base64; s is in the lower half.
    pub signature: String,
}

/// Why a signature is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// The address is no address.
    #[error("the signer {0:?} is no address; expected bech32 of 20 bytes, in lower case")]
    Signer(String),
    /// The public key can't be read.
    #[error("the public key is not valid; expected a compressed point of secp256k1, 33 bytes in base64")]
    PublicKey,
    /// The public key is of another account.
    #[error("the public key belongs to {found}; expected that of the signer {expected}")]
    OtherAccount {
        /// The address of the public key.
        found: String,
        /// The signer that is named.
        expected: String,
    },
    /// The signature has another form, or the upper one of its two forms.
    #[error("the signature is not valid; expected r and s, 64 bytes in base64, with s in the lower half")]
    Form,
    /// The account has not signed this document.
    #[error("{0} has not signed this document: the signature does not fit")]
    Wrong(String),
    /// The document has no canonical text.
    #[error(transparent)]
    Document(#[from] FormError),
}

impl<T: Serialize> Signed<T> {
    /// Puts a signature to a document. `sign` gets the bytes of [`adr36::sign_bytes`], hashes them with SHA-256 itself, and answers with 64
    /// bytes; `public_key` is the compressed point.
    ///
    /// # Errors
    /// Those of `sign`; [`FormError`] for a document that JSON can't hold.
    pub fn sign<E: From<FormError>>(
        document: T,
        (signer, public_key): (&str, &[u8]),
        sign: impl FnOnce(&[u8]) -> Result<Vec<u8>, E>,
    ) -> Result<Self, E> {
        let text = canonical::encode(&document)?;
        let signature = Signature {
            signer: signer.to_owned(),
            public_key: STANDARD.encode(public_key),
            signature: STANDARD.encode(sign(&adr36::sign_bytes(signer, &text))?),
        };
        Ok(Self { document, signature })
    }

    /// Checks that the account which is named has signed the document; returns its address.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn check(&self) -> Result<&str, SignatureError> {
        self.signature.check(&canonical::encode(&self.document)?)?;
        Ok(&self.signature.signer)
    }
}

impl Signature {
    /// Checks the signature over a text.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn check(&self, text: &str) -> Result<(), SignatureError> {
        let prefix = prefix_of(&self.signer)?;
        let key = bytes(&self.public_key).filter(|key| key.len() == 33).ok_or(SignatureError::PublicKey)?;
        let point = VerifyingKey::from_sec1_bytes(&key).map_err(|_| SignatureError::PublicKey)?;
        let found = address(prefix, &key).ok_or(SignatureError::PublicKey)?;
        if found != self.signer {
            return Err(SignatureError::OtherAccount { found, expected: self.signer.clone() });
        }
        let signature = bytes(&self.signature).and_then(|bytes| low(&bytes)).ok_or(SignatureError::Form)?;
        let hash = adr36::hash(&self.signer, text);
        if holds(&point, &hash, &signature) {
            Ok(())
        } else {
            Err(SignatureError::Wrong(self.signer.clone()))
        }
    }
}

/// A signature of 64 bytes, r and s. The twin with s in the upper half is as good a signature: with it, one document would
/// have two.
fn low(bytes: &[u8]) -> Option<ecdsa::Signature> {
    ecdsa::Signature::from_slice(bytes).ok().filter(|signature| signature.normalize_s().is_none())
}

fn holds(point: &VerifyingKey, hash: &[u8; 32], signature: &ecdsa::Signature) -> bool {
    point.verify_prehash(hash, signature).is_ok()
}

/// The bytes of a short text in base64.
fn bytes(text: &str) -> Option<Vec<u8>> {
    if text.len() > MAX_BASE64 {
        return None;
    }
    STANDARD.decode(text).ok()
}

fn prefix_of(signer: &str) -> Result<Hrp, SignatureError> {
    let bad = || SignatureError::Signer(signer.chars().take(MAX_ADDRESS).collect());
    if signer.len() > MAX_ADDRESS || signer.bytes().any(|byte| byte.is_ascii_uppercase()) {
        return Err(bad());
    }
    let (prefix, account) = bech32::decode(signer).map_err(|_| bad())?;
    if account.len() == 20 { Ok(prefix) } else { Err(bad()) }
}

/// The account of a public key, which its address encodes: RIPEMD-160 of SHA-256 of the compressed point.
#[must_use]
pub fn account_of(key: &[u8]) -> [u8; 20] {
    Ripemd160::digest(<Sha256 as sha2::Digest>::digest(key)).into()
}

fn address(prefix: Hrp, key: &[u8]) -> Option<String> {
    bech32::encode::<Bech32>(prefix, &account_of(key)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use bithive_vectors::cases;
    use k256::ecdsa::SigningKey;
    use k256::ecdsa::signature::hazmat::PrehashSigner as _;

    fn account(seed: u8) -> (SigningKey, Vec<u8>, String) {
        let key = SigningKey::from_slice(&[seed; 32]).unwrap();
        let point = key.verifying_key().to_encoded_point(true).as_bytes().to_vec();
        let address = address(Hrp::parse("bithive").unwrap(), &point).unwrap();
        (key, point, address)
    }

    fn signed(seed: u8, document: &[u64]) -> Signed<Vec<u64>> {
        let (key, point, address) = account(seed);
        Signed::sign(document.to_vec(), (&address, &point), |bytes| {
            let hash = <Sha256 as sha2::Digest>::digest(bytes);
            let signature: ecdsa::Signature = key.sign_prehash(&hash).unwrap();
            let signature = signature.normalize_s().unwrap_or(signature);
            Ok::<_, FormError>(signature.to_bytes().to_vec())
        })
        .unwrap()
    }

    #[test]
    fn the_address_of_a_known_key_is_the_known_one() {
        // Secret 1: the public key is the generator, whose HASH160 is a published test value.
        let mut one = [0; 32];
        one[31] = 1;
        let point = SigningKey::from_slice(&one).unwrap().verifying_key().to_encoded_point(true);
        let address = address(Hrp::parse("bc").unwrap(), point.as_bytes()).unwrap();
        let hash = bech32::decode(&address).unwrap().1;
        assert_eq!(hex::encode(hash), "751e76e8199196d454941c45d1b3a323f1433bd6");
    }

    #[test]
    fn ripemd_160_is_its_authors() {
        let cases = cases(include_str!("../../../testing/vectors/ripemd160.json"));
        assert_eq!(cases.len(), 9);
        for case in cases {
            let text = case.text("text").repeat(case.number("times"));
            assert_eq!(Ripemd160::digest(&text)[..], case.bytes("hash"), "{case:?}");
        }
    }

    /// What Wycheproof says is valid with a high s is refused.
    #[test]
    fn signatures_are_wycheproofs_with_a_low_s() {
        let mut counts = [0; 3];
        for case in cases(include_str!("../../../testing/vectors/ecdsa_secp256k1_sha256.json")) {
            let uncompressed = case.bytes("key");
            let key = [&[2 + (uncompressed[64] & 1)], &uncompressed[1..33]].concat();
            let point = VerifyingKey::from_sec1_bytes(&key).unwrap();
            let hash = <Sha256 as sha2::Digest>::digest(case.bytes("msg")).into();
            let signature = case.bytes("sig");
            let held = low(&signature).is_some_and(|signature| holds(&point, &hash, &signature));
            let high = ecdsa::Signature::from_slice(&signature).is_ok_and(|s| s.normalize_s().is_some());
            assert_eq!(held, case.is_valid() && !high, "{case:?}");
            counts[if !case.is_valid() { 2 } else { usize::from(high) }] += 1;
        }
        assert_eq!(counts, [36, 29, 48]);
    }

    #[test]
    fn a_signature_is_of_one_account_and_one_document() {
        let good = signed(1, &[1, 2]);
        assert_eq!(good.check().unwrap(), good.signature.signer);
        let other = Signed { document: vec![1, 3], ..good.clone() };
        assert_eq!(other.check(), Err(SignatureError::Wrong(good.signature.signer.clone())));
        let mut claimed = good.clone();
        claimed.signature.signer = account(2).2;
        assert!(matches!(claimed.check(), Err(SignatureError::OtherAccount { .. })));
        claimed.signature.public_key = signed(2, &[1, 2]).signature.public_key;
        assert!(matches!(claimed.check(), Err(SignatureError::Wrong(_))));
    }

    #[test]
    fn the_high_twin_of_a_signature_is_refused() {
        let mut twin = signed(1, &[1]);
        let bytes = STANDARD.decode(&twin.signature.signature).unwrap();
        let (r, s) = ecdsa::Signature::from_slice(&bytes).unwrap().split_scalars();
        let high = ecdsa::Signature::from_scalars(r.to_bytes(), (-*s).to_bytes()).unwrap();
        twin.signature.signature = STANDARD.encode(high.to_bytes());
        assert_eq!(twin.check(), Err(SignatureError::Form));
    }

    #[test]
    fn what_is_no_address_key_or_signature_says_so() {
        let good = signed(1, &[1]);
        let with = |change: fn(&mut Signature)| {
            let mut bad = good.clone();
            change(&mut bad.signature);
            bad.check().unwrap_err()
        };
        assert!(matches!(with(|at| at.signer.push('x')), SignatureError::Signer(_)));
        assert!(matches!(with(|at| at.signer = "bithive1\"".into()), SignatureError::Signer(_)));
        assert!(matches!(with(|at| at.signer = at.signer.to_uppercase()), SignatureError::Signer(_)));
        assert_eq!(with(|at| at.public_key = "AAAA".into()), SignatureError::PublicKey);
        assert_eq!(with(|at| at.public_key = "A".repeat(44)), SignatureError::PublicKey);
        assert_eq!(with(|at| at.signature = String::new()), SignatureError::Form);
        assert_eq!(with(|at| at.signature = "A".repeat(1_000_000)), SignatureError::Form);
    }
}
