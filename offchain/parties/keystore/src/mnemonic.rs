//! One list of words from which every key of a party is derived (BIP-39).
//!
//! The seed is BIP-39's, without a passphrase. The account is the key at m/44'/118'/0'/0/0 (BIP-32, BIP-44 with
//! Cosmos' coin type), as Keplr and other wallets derive it, so they show the same account. Every other secret is
//! HKDF-SHA256 (RFC 5869) of the 64 bytes of the seed, with the salt `BITHIVE-V1/keystore/` and the secret's label as
//! the info; each label gives 32 bytes:
//!
//! | label | what the bytes are |
//! |---|---|
//! | `endpoint` | the Ed25519 seed (RFC 8032) of the endpoint |
//! | `bls` | the seed of the ChaCha20 generator that the BLS key is drawn with |
//! | `attributes` | the nonce of the commitment to a node's attributes |
//! | `broadcast/` digest of the reference string `/` slot | the seed of the generator of a slot's broadcast key |

use bip39::Language;
use bithive_attest::bls;
use bithive_chain::SigningKey;
use bithive_exchange::EndpointKey;
use cosmrs::bip32::{DerivationPath, XPrv};
use hkdf::Hkdf;
use rand_chacha::ChaCha20Rng;
use rand_core::{CryptoRng, SeedableRng};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::KeystoreError;

/// Path of the account: the first address of the first account of Cosmos' coin type.
pub const ACCOUNT_PATH: &str = "m/44'/118'/0'/0/0";
const SALT: &[u8] = b"BITHIVE-V1/keystore/";

/// A mnemonic of 12 or 24 English words; erased when dropped, never printed.
#[derive(Clone)]
pub struct Mnemonic(bip39::Mnemonic);

impl Mnemonic {
    /// Draws 24 words: 256 bits.
    ///
    /// # Errors
    /// [`KeystoreError::Mnemonic`], which 32 bytes never cause.
    pub fn generate(rng: &mut impl CryptoRng) -> Result<Self, KeystoreError> {
        let mut entropy = Zeroizing::new([0; 32]);
        rng.fill_bytes(&mut *entropy);
        Self::from_entropy(&*entropy)
    }

    /// Reads words: any case, any white space between them.
    ///
    /// # Errors
    /// [`KeystoreError::Mnemonic`], which names the position of a word that is not in the list, and never the word.
    pub fn parse(text: &str) -> Result<Self, KeystoreError> {
        let mut words = Zeroizing::new(String::with_capacity(text.len()));
        for word in text.split_whitespace() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.extend(word.chars().map(|letter| letter.to_ascii_lowercase()));
        }
        let read = bip39::Mnemonic::parse_in_normalized(Language::English, &words).map_err(bad)?;
        Self::checked(read)
    }

    pub(crate) fn from_entropy(entropy: &[u8]) -> Result<Self, KeystoreError> {
        Self::checked(bip39::Mnemonic::from_entropy_in(Language::English, entropy).map_err(bad)?)
    }

    fn checked(read: bip39::Mnemonic) -> Result<Self, KeystoreError> {
        match read.word_count() {
            12 | 24 => Ok(Self(read)),
            count => Err(KeystoreError::Mnemonic { problem: format!("has {count} words") }),
        }
    }

    pub(crate) fn entropy(&self) -> Zeroizing<Vec<u8>> {
        let (array, length) = self.0.to_entropy_array();
        let array = Zeroizing::new(array);
        Zeroizing::new(array.iter().take(length).copied().collect())
    }

    /// The words, separated by spaces: to be shown to their owner only.
    #[must_use]
    pub fn words(&self) -> Zeroizing<String> {
        let mut words = Zeroizing::new(String::with_capacity(24 * 9));
        for word in self.0.words() {
            if !words.is_empty() {
                words.push(' ');
            }
            words.push_str(word);
        }
        words
    }

    /// How many words it has.
    #[must_use]
    pub fn word_count(&self) -> usize {
        self.0.word_count()
    }

    /// The seed that everything is derived from.
    #[must_use]
    pub fn seed(&self) -> Seed {
        Seed(Zeroizing::new(self.0.to_seed_normalized("")))
    }
}

fn bad(error: bip39::Error) -> KeystoreError {
    let problem = match error {
        bip39::Error::UnknownWord(index) => {
            format!("has a word in place {} that is in no list", index.saturating_add(1))
        }
        bip39::Error::InvalidChecksum => {
            "has a wrong checksum: a word is wrong, or two changed places".into()
        }
        bip39::Error::BadWordCount(count) => format!("has {count} words"),
        _ => "can't be read".into(),
    };
    KeystoreError::Mnemonic { problem }
}

/// BIP-39's seed; erased when dropped.
pub struct Seed(Zeroizing<[u8; 64]>);

impl Seed {
    /// The account, at [`ACCOUNT_PATH`].
    ///
    /// # Errors
    /// [`KeystoreError::Mnemonic`], which one of 2^127 seeds causes.
    pub fn account(&self) -> Result<SigningKey, KeystoreError> {
        let bad = |problem: String| KeystoreError::Mnemonic { problem };
        let path: DerivationPath = ACCOUNT_PATH
            .parse()
            .map_err(|_| bad("has no account: its derivation path is not valid".into()))?;
        let key = XPrv::derive_from_path(self.0.as_slice(), &path);
        let key = key.map_err(|_| bad("has no account at m/44'/118'/0'/0/0".into()))?;
        let bytes = Zeroizing::new(key.to_bytes());
        SigningKey::from_bytes(&bytes).map_err(|error| bad(error.to_string()))
    }

    /// The Ed25519 key of the party's endpoint.
    #[must_use]
    pub fn endpoint(&self) -> EndpointKey {
        EndpointKey::from_bytes(&self.bytes("endpoint"))
    }

    /// The BLS key.
    ///
    /// # Errors
    /// [`KeystoreError::Mnemonic`], which no seed causes.
    pub fn bls(&self) -> Result<bls::SecretKey, KeystoreError> {
        bls::SecretKey::generate(&mut self.rng("bls"))
            .map_err(|error| KeystoreError::Mnemonic { problem: error.to_string() })
    }

    /// The nonce of the commitment to a node's attributes.
    #[must_use]
    pub fn attributes_nonce(&self) -> Zeroizing<[u8; 32]> {
        self.bytes("attributes")
    }

    /// The generator of the broadcast key of the registry's slot `slot`, numbered 1..=G*L, under the reference string
    /// with this digest.
    #[must_use]
    pub fn broadcast_rng(&self, reference_string: &[u8; 32], slot: u16) -> ChaCha20Rng {
        self.rng(&format!("broadcast/{}/{slot}", hex::encode(reference_string)))
    }

    fn rng(&self, label: &str) -> ChaCha20Rng {
        ChaCha20Rng::from_seed(*self.bytes(label))
    }

    fn bytes(&self, label: &str) -> Zeroizing<[u8; 32]> {
        let mut bytes = Zeroizing::new([0; 32]);
        let derived =
            Hkdf::<Sha256>::new(Some(SALT), self.0.as_slice()).expand(label.as_bytes(), &mut *bytes);
        // HKDF gives up to 255 times 32 bytes.
        debug_assert!(derived.is_ok());
        bytes
    }
}
