//! A keystore that is open: named secrets, each of a kind.

use std::path::Path;

use bithive_attest::bls;
use bithive_chain::SigningKey;
use bithive_exchange::EndpointKey;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::sealed::Sealed;
use crate::{Described, Kdf, KeystoreError, Kind, Mnemonic, Password, private};

/// Most characters of an entry's name.
const LONGEST_NAME: usize = 64;
/// Most entries of one file.
const MOST_ENTRIES: usize = 256;

/// Names that every party uses for what it has.
pub mod names {
    /// The mnemonic that the other keys are derived from.
    pub const MNEMONIC: &str = "mnemonic";
    /// The account that pays and is paid.
    pub const ACCOUNT: &str = "account";
    /// The identity on the network.
    pub const ENDPOINT: &str = "endpoint";
    /// A node's BLS key.
    pub const BLS: &str = "bls";
    /// A node's broadcast key.
    pub const BROADCAST: &str = "broadcast";
    /// What a node registered: attributes, their nonce, price.
    pub const NODE: &str = "node";
    /// A committee member's key for releases of contents' keys.
    pub const RELEASE: &str = "release";
    /// What a committee member keeps while such a key is made.
    pub const CEREMONY: &str = "ceremony";
}

struct Entry {
    described: Described,
    secret: Zeroizing<Vec<u8>>,
}

/// Secrets that are open in memory; erased when dropped, never printed.
#[derive(Default)]
pub struct Keystore {
    entries: Vec<Entry>,
}

impl Keystore {
    /// An empty keystore.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A party's keys: the mnemonic, and the account, endpoint and BLS key that are derived from it.
    ///
    /// # Errors
    /// [`KeystoreError::Mnemonic`], which one of 2^127 mnemonics causes.
    pub fn from_mnemonic(mnemonic: &Mnemonic) -> Result<Self, KeystoreError> {
        let (mut keystore, seed) = (Self::new(), mnemonic.seed());
        keystore.insert_mnemonic(names::MNEMONIC, mnemonic)?;
        keystore.insert_account(names::ACCOUNT, &seed.account()?)?;
        keystore.insert_endpoint(names::ENDPOINT, &seed.endpoint())?;
        keystore.insert_bls(names::BLS, &seed.bls()?)?;
        Ok(keystore)
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`KeystoreError::Exposed`], [`KeystoreError::File`], [`KeystoreError::Field`], [`KeystoreError::Shut`].
    pub fn open(file: &Path, password: &Password) -> Result<Self, KeystoreError> {
        let sealed = Sealed::read(file)?;
        let secrets = sealed.open(file, password)?;
        let mut keystore = Self::new();
        for (described, secret) in sealed.entries.into_iter().zip(secrets.iter()) {
            let bytes = hex::decode(secret).map(Zeroizing::new).map_err(|_| KeystoreError::Secret {
                name: described.name.clone(),
                kind: described.kind,
                problem: "it is not hex".into(),
            })?;
            keystore.insert(described, bytes)?;
        }
        Ok(keystore)
    }

    /// What is in a file, without its password. It is not authenticated: only [`Self::open`] shows that nobody
    /// changed it.
    ///
    /// # Errors
    /// As [`Self::open`], but never [`KeystoreError::Shut`].
    pub fn describe(file: &Path) -> Result<Vec<Described>, KeystoreError> {
        Ok(Sealed::read(file)?.entries)
    }

    /// What it costs to guess a password of this file.
    ///
    /// # Errors
    /// As [`Self::describe`].
    pub fn costs(file: &Path) -> Result<Kdf, KeystoreError> {
        Sealed::read(file)?.costs(file)
    }

    /// Writes a file that is not there yet.
    ///
    /// # Errors
    /// [`KeystoreError::Exists`], [`KeystoreError::File`], [`KeystoreError::Kdf`].
    pub fn create(
        &self,
        file: &Path,
        password: (&Password, Kdf),
        rng: &mut impl CryptoRng,
    ) -> Result<(), KeystoreError> {
        private::create(file, &self.seal(password, rng)?)
    }

    /// Writes a file in the place of the one that is there; it is the old one or the new one, whatever happens.
    ///
    /// # Errors
    /// [`KeystoreError::File`], [`KeystoreError::Kdf`].
    pub fn replace(
        &self,
        file: &Path,
        password: (&Password, Kdf),
        rng: &mut impl CryptoRng,
    ) -> Result<(), KeystoreError> {
        private::replace(file, &self.seal(password, rng)?)
    }

    fn seal(&self, password: (&Password, Kdf), rng: &mut impl CryptoRng) -> Result<Vec<u8>, KeystoreError> {
        let described = self.entries.iter().map(|entry| entry.described.clone()).collect();
        let secrets: Vec<_> =
            self.entries.iter().map(|entry| Zeroizing::new(hex::encode(&*entry.secret))).collect();
        Sealed::seal(described, &secrets, password, rng)?.encode()
    }

    /// What is in it, in order.
    pub fn entries(&self) -> impl Iterator<Item = &Described> {
        self.entries.iter().map(|entry| &entry.described)
    }

    /// Whether there is an entry of this name.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.described.name == name)
    }

    /// Adds a mnemonic.
    ///
    /// # Errors
    /// [`KeystoreError::Name`].
    pub fn insert_mnemonic(&mut self, name: &str, mnemonic: &Mnemonic) -> Result<(), KeystoreError> {
        let public = format!("{} words", mnemonic.word_count());
        self.add(name, Kind::Mnemonic, public, mnemonic.entropy())
    }

    /// Adds an account.
    ///
    /// # Errors
    /// [`KeystoreError::Name`].
    pub fn insert_account(&mut self, name: &str, key: &SigningKey) -> Result<(), KeystoreError> {
        self.add(name, Kind::Account, key.address().into(), copy(&*key.to_bytes()))
    }

    /// Adds an endpoint.
    ///
    /// # Errors
    /// [`KeystoreError::Name`].
    pub fn insert_endpoint(&mut self, name: &str, key: &EndpointKey) -> Result<(), KeystoreError> {
        self.add(name, Kind::Endpoint, key.id().to_string(), copy(&*key.to_bytes()))
    }

    /// Adds a BLS key.
    ///
    /// # Errors
    /// [`KeystoreError::Name`].
    pub fn insert_bls(&mut self, name: &str, key: &bls::SecretKey) -> Result<(), KeystoreError> {
        self.add(name, Kind::Bls, hex::encode(key.public_key()), copy(&*key.to_bytes()))
    }

    /// Adds a broadcast key, as `bithive-dgkbe` encodes it.
    ///
    /// # Errors
    /// [`KeystoreError::Name`].
    pub fn insert_broadcast(&mut self, name: &str, encoded: &[u8]) -> Result<(), KeystoreError> {
        self.add(name, Kind::Broadcast, String::new(), copy(encoded))
    }

    /// Adds anything else.
    ///
    /// # Errors
    /// [`KeystoreError::Name`].
    pub fn insert_document(&mut self, name: &str, bytes: &[u8]) -> Result<(), KeystoreError> {
        self.add(name, Kind::Document, String::new(), copy(bytes))
    }

    /// Removes an entry; it need not be there.
    pub fn remove(&mut self, name: &str) {
        self.entries.retain(|entry| entry.described.name != name);
    }

    /// The mnemonic of this name.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`], [`KeystoreError::Kind`], [`KeystoreError::Mnemonic`].
    pub fn mnemonic(&self, name: &str) -> Result<Mnemonic, KeystoreError> {
        Mnemonic::from_entropy(self.secret(name, Kind::Mnemonic)?)
    }

    /// The account of this name.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`], [`KeystoreError::Kind`], [`KeystoreError::Secret`].
    pub fn account(&self, name: &str) -> Result<SigningKey, KeystoreError> {
        let key = SigningKey::from_bytes(&*self.array(name, Kind::Account)?);
        key.map_err(|error| secret(name, Kind::Account, error.to_string()))
    }

    /// The endpoint of this name.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`], [`KeystoreError::Kind`], [`KeystoreError::Secret`].
    pub fn endpoint(&self, name: &str) -> Result<EndpointKey, KeystoreError> {
        Ok(EndpointKey::from_bytes(&*self.array(name, Kind::Endpoint)?))
    }

    /// The BLS key of this name.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`], [`KeystoreError::Kind`], [`KeystoreError::Secret`].
    pub fn bls(&self, name: &str) -> Result<bls::SecretKey, KeystoreError> {
        let key = bls::SecretKey::from_bytes(&*self.array(name, Kind::Bls)?);
        key.map_err(|error| secret(name, Kind::Bls, error.to_string()))
    }

    /// The encoded broadcast key of this name.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`], [`KeystoreError::Kind`].
    pub fn broadcast(&self, name: &str) -> Result<&[u8], KeystoreError> {
        self.secret(name, Kind::Broadcast)
    }

    /// The bytes of a document.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`], [`KeystoreError::Kind`].
    pub fn document(&self, name: &str) -> Result<&[u8], KeystoreError> {
        self.secret(name, Kind::Document)
    }

    /// The secret of any entry in hex, to be shown to its owner only.
    ///
    /// # Errors
    /// [`KeystoreError::Missing`].
    pub fn export(&self, name: &str) -> Result<(Kind, Zeroizing<String>), KeystoreError> {
        let entry = self.entry(name)?;
        Ok((entry.described.kind, Zeroizing::new(hex::encode(&*entry.secret))))
    }

    fn add(
        &mut self,
        name: &str,
        kind: Kind,
        public: String,
        secret: Zeroizing<Vec<u8>>,
    ) -> Result<(), KeystoreError> {
        self.insert(Described { name: name.into(), kind, public }, secret)
    }

    fn insert(&mut self, described: Described, secret: Zeroizing<Vec<u8>>) -> Result<(), KeystoreError> {
        let name = &described.name;
        let bad = |problem| Err(KeystoreError::Name { name: name.clone(), problem });
        let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
        if name.is_empty() || name.len() > LONGEST_NAME || !name.bytes().all(allowed) {
            return bad("expected 1 to 64 of a-z, 0-9, - and .");
        }
        if self.has(name) {
            return bad("there is one of this name");
        }
        if self.entries.len() >= MOST_ENTRIES {
            return bad("there are 256 entries already");
        }
        self.entries.push(Entry { described, secret });
        Ok(())
    }

    fn entry(&self, name: &str) -> Result<&Entry, KeystoreError> {
        self.entries.iter().find(|entry| entry.described.name == name).ok_or_else(|| {
            let names: Vec<_> = self.entries().map(|entry| entry.name.as_str()).collect();
            let has = if names.is_empty() { "none".into() } else { names.join(", ") };
            KeystoreError::Missing { name: name.into(), has }
        })
    }

    fn secret(&self, name: &str, expected: Kind) -> Result<&[u8], KeystoreError> {
        let entry = self.entry(name)?;
        let found = entry.described.kind;
        if found == expected {
            return Ok(&entry.secret);
        }
        Err(KeystoreError::Kind { name: name.into(), found, expected })
    }

    fn array(&self, name: &str, kind: Kind) -> Result<Zeroizing<[u8; 32]>, KeystoreError> {
        let bytes = self.secret(name, kind)?.try_into();
        bytes.map(Zeroizing::new).map_err(|_| secret(name, kind, "expected 32 bytes".into()))
    }
}

fn secret(name: &str, kind: Kind, problem: String) -> KeystoreError {
    KeystoreError::Secret { name: name.into(), kind, problem }
}

fn copy(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}
