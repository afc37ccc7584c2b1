//! The file of a keystore.
//!
//! ```json
//! {"format": "bithive-keystore", "version": 1,
//!  "kdf": {"algorithm": "argon2id", "memory_kib": 65536, "iterations": 3, "parallelism": 4, "salt": "16 bytes, hex"},
//!  "cipher": {"algorithm": "xchacha20poly1305", "nonce": "24 bytes, hex"},
//!  "entries": [{"name": "account", "kind": "account", "public": "bithive1..."}],
//!  "ciphertext": "hex"}
//! ```
//!
//! The plaintext is the JSON of a list of secrets in hex, in the order of `entries`. Associated data is
//! `BITHIVE-V1/keystore-file/` and the JSON of everything but the ciphertext without white space, fields in the order
//! above: nobody can change a name, a public key or a parameter without the password. Salt and nonce are drawn anew
//! whenever the file is written.

use std::path::Path;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{Key, KeyInit, XChaCha20Poly1305, XNonce};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::kdf::SALT_BYTES;
use crate::{Kdf, KeystoreError, Kind, Password, private};

const FORMAT: &str = "bithive-keystore";
const VERSION: u32 = 1;
const KDF: &str = "argon2id";
const CIPHER: &str = "xchacha20poly1305";
const DOMAIN: &[u8] = b"BITHIVE-V1/keystore-file/";
/// Most bytes of a file: a node's keys take 2 KiB.
const MAX_BYTES: usize = 1 << 20;

/// What anybody who can read the file sees of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Described {
    /// Name of the entry, unique in the file.
    pub name: String,
    /// What the entry's secret is.
    pub kind: Kind,
    /// An account's address, a public key in hex, or nothing.
    pub public: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct KdfHeader {
    algorithm: String,
    memory_kib: u32,
    iterations: u32,
    parallelism: u32,
    salt: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CipherHeader {
    algorithm: String,
    nonce: String,
}

/// Everything but the ciphertext.
#[derive(Serialize)]
struct Header<'a> {
    format: &'a str,
    version: u32,
    kdf: &'a KdfHeader,
    cipher: &'a CipherHeader,
    entries: &'a [Described],
}

/// An encrypted keystore.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Sealed {
    format: String,
    version: u32,
    kdf: KdfHeader,
    cipher: CipherHeader,
    pub(crate) entries: Vec<Described>,
    ciphertext: String,
}

impl Sealed {
    /// Encrypts the secrets of `entries`.
    pub(crate) fn seal(
        entries: Vec<Described>,
        secrets: &[Zeroizing<String>],
        (password, kdf): (&Password, Kdf),
        rng: &mut impl CryptoRng,
    ) -> Result<Self, KeystoreError> {
        let (mut salt, mut nonce) = ([0; SALT_BYTES], [0; 24]);
        rng.fill_bytes(&mut salt);
        rng.fill_bytes(&mut nonce);
        let Kdf { memory_kib, iterations, parallelism } = kdf;
        let mut sealed = Self {
            format: FORMAT.into(),
            version: VERSION,
            kdf: KdfHeader {
                algorithm: KDF.into(),
                memory_kib,
                iterations,
                parallelism,
                salt: hex::encode(salt),
            },
            cipher: CipherHeader { algorithm: CIPHER.into(), nonce: hex::encode(nonce) },
            entries,
            ciphertext: String::new(),
        };
        let key = kdf.key(password, &salt)?;
        let plaintext = plaintext(secrets);
        let aad = sealed.associated_data();
        let payload = Payload { msg: &plaintext, aad: &aad };
        let sealed_bytes = cipher(&key).encrypt(&XNonce::from(nonce), payload);
        let sealed_bytes = sealed_bytes
            .map_err(|_| KeystoreError::Password { problem: "can't be used to encrypt".into() })?;
        sealed.ciphertext = hex::encode(sealed_bytes);
        Ok(sealed)
    }

    /// Decrypts the secrets, in the order of the entries.
    pub(crate) fn open(
        &self,
        file: &Path,
        password: &Password,
    ) -> Result<Zeroizing<Vec<Secret>>, KeystoreError> {
        let shut = || KeystoreError::Shut { file: file.display().to_string() };
        let salt: [u8; SALT_BYTES] = array(file, "kdf.salt", &self.kdf.salt)?;
        let nonce: [u8; 24] = array(file, "cipher.nonce", &self.cipher.nonce)?;
        let ciphertext = hex::decode(&self.ciphertext)
            .map_err(|_| field(file, "ciphertext", "no hex", "hex digits".into()))?;
        let key = self.costs(file)?.key(password, &salt)?;
        let aad = self.associated_data();
        let payload = Payload { msg: &ciphertext, aad: &aad };
        let plaintext = cipher(&key).decrypt(&XNonce::from(nonce), payload).map_err(|_| shut())?;
        let plaintext = Zeroizing::new(plaintext);
        let secrets: Vec<Secret> = serde_json::from_slice(&plaintext)
            .map_err(|_| field(file, "ciphertext", "no list of secrets", "one for each entry".into()))?;
        let secrets = Zeroizing::new(secrets);
        if secrets.len() != self.entries.len() {
            let found = format!("{} secrets", secrets.len());
            return Err(field(file, "ciphertext", &found, format!("{}", self.entries.len())));
        }
        Ok(secrets)
    }

    /// The parameters of the password hash, if they are within their bounds.
    pub(crate) fn costs(&self, file: &Path) -> Result<Kdf, KeystoreError> {
        let KdfHeader { memory_kib, iterations, parallelism, .. } = self.kdf;
        let kdf = Kdf { memory_kib, iterations, parallelism };
        kdf.check().map(|()| kdf).map_err(|error| match error {
            KeystoreError::Kdf { field: parameter, found, expected } => {
                let name = match parameter {
                    "memory_kib" => "kdf.memory_kib",
                    "iterations" => "kdf.iterations",
                    _ => "kdf.parallelism",
                };
                let todo =
                    "as `bithive keys` writes it; make the file anew from its words (`bithive keys import`)";
                field(file, name, &found.to_string(), format!("{expected}, {todo}"))
            }
            error => error,
        })
    }

    /// Reads a file and checks everything that needs no password.
    pub(crate) fn read(file: &Path) -> Result<Self, KeystoreError> {
        let bytes = private::read(file, MAX_BYTES)?;
        let sealed: Self = serde_json::from_slice(&bytes).map_err(|error| {
            // The parser's own words could quote what is in the file.
            let found = format!("something else at line {}, column {}", error.line(), error.column());
            field(file, "it", &found, "a keystore, as `bithive keys new` makes it".into())
        })?;
        let named = |name, found: &str, expected: &str| {
            (found == expected).then_some(()).ok_or_else(|| field(file, name, found, expected.into()))
        };
        named("format", &sealed.format, FORMAT)?;
        named("version", &sealed.version.to_string(), &VERSION.to_string())?;
        named("kdf.algorithm", &sealed.kdf.algorithm, KDF)?;
        named("cipher.algorithm", &sealed.cipher.algorithm, CIPHER)?;
        sealed.costs(file)?;
        Ok(sealed)
    }

    /// The file's bytes.
    pub(crate) fn encode(&self) -> Result<Vec<u8>, KeystoreError> {
        serde_json::to_vec_pretty(self)
            .map_err(|error| KeystoreError::File { file: "the keystore".into(), problem: error.to_string() })
    }

    fn associated_data(&self) -> Vec<u8> {
        let Self { format, version, kdf, cipher, entries, ciphertext: _ } = self;
        let header = Header { format, version: *version, kdf, cipher, entries };
        // Strings and numbers only: JSON has all of them.
        [DOMAIN, &serde_json::to_vec(&header).unwrap_or_default()].concat()
    }
}

/// A secret in hex.
pub(crate) type Secret = String;

fn plaintext(secrets: &[Zeroizing<String>]) -> Zeroizing<Vec<u8>> {
    let length = secrets.iter().map(|secret| secret.len() + 3).sum::<usize>() + 2;
    let mut bytes = Zeroizing::new(Vec::with_capacity(length));
    bytes.push(b'[');
    for (index, secret) in secrets.iter().enumerate() {
        if index > 0 {
            bytes.push(b',');
        }
        bytes.push(b'"');
        bytes.extend_from_slice(secret.as_bytes());
        bytes.push(b'"');
    }
    bytes.push(b']');
    bytes
}

fn cipher(key: &[u8; 32]) -> XChaCha20Poly1305 {
    XChaCha20Poly1305::new(&Key::from(*key))
}

fn array<const N: usize>(file: &Path, name: &'static str, text: &str) -> Result<[u8; N], KeystoreError> {
    let mut bytes = [0; N];
    hex::decode_to_slice(text, &mut bytes)
        .map_err(|_| field(file, name, &format!("{:?}", cut(text)), format!("{} hex digits", 2 * N)))?;
    Ok(bytes)
}

fn cut(text: &str) -> String {
    text.chars().take(64).collect()
}

fn field(file: &Path, field: &'static str, found: &str, expected: String) -> KeystoreError {
    KeystoreError::Field { file: file.display().to_string(), field, found: cut(found), expected }
}
