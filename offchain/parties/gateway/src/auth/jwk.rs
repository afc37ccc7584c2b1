//! Sets of public keys (RFC 7517), and signatures under them.
//!
//! A key is of one kind, and a signature is checked by an algorithm of that kind alone: a public key is never taken for a secret.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED, ECDSA_P384_SHA384_FIXED, RSA_PKCS1_2048_8192_SHA256, RSA_PKCS1_2048_8192_SHA384,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use serde::Deserialize;

/// Most bytes of a set.
pub(crate) const MAX_SET: usize = 64 << 10;
/// Most keys of a set.
const MAX_KEYS: usize = 100;
/// Most characters of the name of a key.
pub(crate) const MAX_KID: usize = 256;
/// Lengths of RSA moduli, in bytes.
const MODULUS: std::ops::RangeInclusive<usize> = 256..=1_024;

/// How a signature is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Algorithm {
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// ECDSA on P-256 with SHA-256.
    Es256,
    /// ECDSA on P-384 with SHA-384.
    Es384,
}

impl Algorithm {
    pub(crate) const ALL: [Self; 4] = [Self::Rs256, Self::Rs384, Self::Es256, Self::Es384];

    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
        }
    }
}

/// Why a document is no set of keys.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeySetError {
    /// It is too long, or no JSON of this form.
    #[error(
        "expected a set of keys, {{\"keys\": [...]}}, of at most {MAX_SET} bytes and {MAX_KEYS} keys: {0}"
    )]
    Form(String),
    /// Somebody has given a private key away.
    #[error("the key {kid:?} is private; give the public part alone, and use another key from now on")]
    Private {
        /// Name of the key.
        kid: String,
    },
    /// No key in it can be used.
    #[error(
        "no key for signatures in it; expected RSA of 2,048 to 8,192 bits, P-256 or P-384, each with a kid"
    )]
    None,
}

#[derive(Deserialize)]
struct Document {
    keys: Vec<Entry>,
}

/// Parameters that are not named here do not matter.
#[derive(Deserialize)]
struct Entry {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

#[derive(Debug)]
enum Public {
    Rsa {
        n: Vec<u8>,
        e: Vec<u8>,
    },
    /// Points as they are encoded without compression.
    P256(Vec<u8>),
    P384(Vec<u8>),
}

/// A public key with its name.
#[derive(Debug)]
pub(crate) struct Key {
    kid: String,
    alg: Option<String>,
    public: Public,
}

/// Public keys of somebody.
#[derive(Debug, Default)]
pub(crate) struct KeySet(Vec<std::sync::Arc<Key>>);

impl KeySet {
    /// Reads a set. Keys of other kinds or for other purposes are passed over.
    ///
    /// # Errors
    /// [`KeySetError`].
    pub(crate) fn read(bytes: &[u8]) -> Result<Self, KeySetError> {
        if bytes.len() > MAX_SET {
            return Err(KeySetError::Form(format!("it has {} bytes", bytes.len())));
        }
        let document: Document =
            serde_json::from_slice(bytes).map_err(|error| KeySetError::Form(error.to_string()))?;
        if document.keys.len() > MAX_KEYS {
            return Err(KeySetError::Form(format!("it has {} keys", document.keys.len())));
        }
        if let Some(private) = document.keys.iter().find(|entry| entry.d.is_some()) {
            let kid = private.kid.as_deref().unwrap_or_default().chars().take(64).collect();
            return Err(KeySetError::Private { kid });
        }
        let keys: Vec<_> = document.keys.iter().filter_map(Entry::key).map(std::sync::Arc::new).collect();
        if keys.is_empty() { Err(KeySetError::None) } else { Ok(Self(keys)) }
    }

    /// The key of a name that can check such signatures.
    pub(crate) fn find(&self, kid: &str, algorithm: Algorithm) -> Option<std::sync::Arc<Key>> {
        self.0.iter().find(|key| key.kid == kid && key.is_for(algorithm)).cloned()
    }
}

impl Entry {
    fn key(&self) -> Option<Key> {
        let kid = self.kid.clone().filter(|kid| (1..=MAX_KID).contains(&kid.len()))?;
        if self.purpose.as_deref().is_some_and(|purpose| purpose != "sig") {
            return None;
        }
        let point = |bytes: usize| {
            let (x, y) = (number(self.x.as_ref())?, number(self.y.as_ref())?);
            (x.len() == bytes && y.len() == bytes).then(|| [&[4], x.as_slice(), &y].concat())
        };
        let public = match (self.kty.as_str(), self.crv.as_deref()) {
            ("RSA", _) => {
                let (n, e) = (stripped(number(self.n.as_ref())?), stripped(number(self.e.as_ref())?));
                MODULUS.contains(&n.len()).then_some(Public::Rsa { n, e })?
            }
            ("EC", Some("P-256")) => Public::P256(point(32)?),
            ("EC", Some("P-384")) => Public::P384(point(48)?),
            _ => return None,
        };
        Some(Key { kid, alg: self.alg.clone(), public })
    }
}

fn number(text: Option<&String>) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text?).ok()
}

/// Without zeros before it.
fn stripped(bytes: Vec<u8>) -> Vec<u8> {
    bytes.into_iter().skip_while(|byte| *byte == 0).collect()
}

impl Key {
    fn is_for(&self, algorithm: Algorithm) -> bool {
        let is_kind = match self.public {
            Public::Rsa { .. } => matches!(algorithm, Algorithm::Rs256 | Algorithm::Rs384),
            Public::P256(_) => algorithm == Algorithm::Es256,
            Public::P384(_) => algorithm == Algorithm::Es384,
        };
        is_kind && self.alg.as_deref().is_none_or(|alg| alg == algorithm.word())
    }

    /// Whether a signature of a message is of this key.
    pub(crate) fn has_signed(&self, algorithm: Algorithm, message: &[u8], signature: &[u8]) -> bool {
        if !self.is_for(algorithm) {
            return false;
        }
        let checked = match &self.public {
            Public::Rsa { n, e } => {
                let parameters = if algorithm == Algorithm::Rs256 {
                    &RSA_PKCS1_2048_8192_SHA256
                } else {
                    &RSA_PKCS1_2048_8192_SHA384
                };
                RsaPublicKeyComponents { n, e }.verify(parameters, message, signature)
            }
            Public::P256(point) => {
                UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).verify(message, signature)
            }
            Public::P384(point) => {
                UnparsedPublicKey::new(&ECDSA_P384_SHA384_FIXED, point).verify(message, signature)
            }
        };
        checked.is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_keys_secrets_and_other_purposes_are_not_taken() {
        let read = |text: &str| KeySet::read(text.as_bytes()).unwrap_err();
        let x = URL_SAFE_NO_PAD.encode([1; 32]);
        let ec =
            |more: &str| format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","x":"{x}","y":"{x}"{more}}}]}}"#);
        assert!(KeySet::read(ec(r#","kid":"a""#).as_bytes()).is_ok());
        assert_eq!(read(&ec("")), KeySetError::None, "without a name");
        assert_eq!(read(&ec(r#","kid":"a","use":"enc""#)), KeySetError::None);
        assert_eq!(read(&ec(r#","kid":"a","d":"AQ""#)), KeySetError::Private { kid: "a".into() });
        assert_eq!(read(r#"{"keys":[{"kty":"oct","kid":"a","k":"AQ"}]}"#), KeySetError::None);
        assert_eq!(read(r#"{"keys":[{"kty":"RSA","kid":"a","n":"AQAB","e":"AQAB"}]}"#), KeySetError::None);
        assert!(matches!(read(r#"{"keys":1}"#), KeySetError::Form(_)));
        assert!(matches!(read(&format!("{}{}", " ".repeat(MAX_SET), "{}")), KeySetError::Form(_)));
        let many = vec![r#"{"kty":"oct"}"#; 101].join(",");
        assert!(matches!(read(&format!(r#"{{"keys":[{many}]}}"#)), KeySetError::Form(_)));
    }

    #[test]
    fn a_key_is_found_by_its_name_for_its_algorithm_only() {
        let x = URL_SAFE_NO_PAD.encode([1; 32]);
        let text = format!(r#"{{"keys":[{{"kty":"EC","crv":"P-256","x":"{x}","y":"{x}","kid":"a"}}]}}"#);
        let set = KeySet::read(text.as_bytes()).unwrap();
        assert!(set.find("a", Algorithm::Es256).is_some());
        assert!(set.find("b", Algorithm::Es256).is_none());
        for other in [Algorithm::Rs256, Algorithm::Rs384, Algorithm::Es384] {
            assert!(set.find("a", other).is_none());
        }
        let stated = text.replace("\"kid\"", "\"alg\":\"ES384\",\"kid\"");
        assert!(KeySet::read(stated.as_bytes()).unwrap().find("a", Algorithm::Es256).is_none());
    }
}
